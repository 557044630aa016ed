"""What the person compares with: which runs, how they are shown, and where they differ, while a run is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QTimer, Signal

from app.canvas.invitation import Invitation
from app.canvas.versus import Pair, Versus
from app.panels.figures import FIGURES
from app.shell.machines import MOST, Beside
from app.thread import preload
from app.thread.company import Company, Together
from app.words.numbers import count
from app.words.offers import DESIGNS, Offer
from engine.difference import Difference
from engine.mm import image as im
from engine.mm.schema import Setting
from engine.variant import DESIGN, Change, Variant, value_in

if TYPE_CHECKING:
    from app.panels.compare import ComparePanel
    from app.settings import Settings
    from app.shell.docks import Docks
    from app.shell.machines import Machines
    from app.thread.frames import Frame
    from app.thread.player import Player
    from app.thread.worker import Worker
    from engine.timeline import Timeline

POLICIES = tuple(im.schema.setting_for(key) for key in ("machine.policy", "machine.zswap.writeback_policy"))
"""Settings of which another value is another policy: one of somebody's own stands beside the others."""
FOLLOW, SEARCH = "compare", "difference"
"""Names of the errands; the first goes before playing."""
Variants = tuple[Variant, ...]


class Comparing(QObject):
    """Keeps others in step with the cursor and hands them to the machines and to the panel."""

    chosen = Signal()
    """Other runs are compared now, or none."""
    changed = Signal()
    """Another way of showing was chosen."""

    def __init__(
        self, worker: Worker, player: Player, docks: Docks, machines: Machines, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker, self._player, self._docks, self._machines = worker, player, docks, machines
        self._settings = settings
        self.others: Variants = ()
        self._frame: Frame | None = None
        self._branch = 0
        self._offered: object = None
        self._shown: object = None
        self._asked = 0
        """Number of the comparison asked for last: answers to earlier ones are not shown."""
        self._search_of = 0
        """The same for searches."""
        self._together: Together | None = None
        self._go = False
        """Whether to go where the search that is under way leads."""
        self._company: Company | None = None
        kept = settings.get("compare_view")
        self.beside = Beside(kept) if kept in set(Beside) else Beside.SIDE
        # Not at once: what is in sight is only known once the dock is laid out.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(0)
        self._late.timeout.connect(self._show_card)
        worker.told.connect(self._told)
        worker.go_first(FOLLOW)
        machines.canvas.comparison_wanted.connect(self.begin)

    def follow(self, panel: ComparePanel) -> None:
        """The panel has been made."""
        panel.show_beside(self.beside)
        panel.other_chosen.connect(self.choose_one)
        panel.beside_chosen.connect(self.show_beside)
        panel.difference_wanted.connect(self.seek)
        self._docks.named("compare").visibilityChanged.connect(lambda _there: self._late.start())
        if self._frame is not None:
            self._offer(self._frame)

    def call_panel(self) -> None:
        """Bring the panel to the front; in a lecture there are no panels."""
        if self._docks.run_shown:
            self._docks.call("compare")

    @property
    def _panel(self) -> ComparePanel | None:
        """The panel, once it has been made."""
        return self._docks.compare if self._docks.has("compare") else None

    # -- what is chosen -------------------------------------------------------------------------

    def clear(self) -> None:
        """Another run is opened."""
        self._frame, self._offered = None, None
        self.choose(())

    def take_up(self, others: Variants, frame: Frame) -> None:
        """A run has been opened that was compared with these when it was saved; the panels are as they were then."""
        self._frame = frame
        self.choose(others, calling=False)

    def choose(self, others: Variants, calling: bool = True) -> None:
        """Compare with these runs, or with nothing; ``calling`` brings the panel to the front."""
        self.others = tuple(dict.fromkeys(others))[: MOST - 1]
        self._shown = None
        self._asked += 1
        if self._panel is not None:
            self._panel.set_results([])
            self._panel.show_progress(-1)
        self._forget_search()
        for errand in (FOLLOW, SEARCH):
            self._worker.drop(errand)
        self._arrange()
        self.chosen.emit()
        if not self.others:
            self._company = None
        if self._frame is None:
            return
        self._offer(self._frame)
        if self.others:
            if calling:
                self.call_panel()
            self.seek(0, go=False)
            self.show_frame(self._frame)

    def begin(self) -> None:
        """Show the comparison; with the other design, where nothing was chosen yet."""
        self.call_panel()
        if not self.others and self._frame is not None:
            self.choose((self.offers(self._frame)[0].variant,))

    def toggle(self) -> None:
        """Begin to compare, or end it."""
        if self.others:
            self.choose(())
        else:
            self.begin()

    def show_machines(self, how: str) -> None:
        """The machines that are compared side by side or overlaid, or only ours; where there is one, another comes."""
        self.show_beside(Beside(how))
        if how != Beside.ALONE and not self.others:
            self.begin()

    def choose_one(self, place: int, other: Variant | None) -> None:
        """Compare with another run in the first or the second place, or with nothing there."""
        chosen = list(self.others)
        if other is None:
            chosen = chosen[:place] + chosen[place + 1 :]
        elif place < len(chosen):
            chosen[place] = other
        else:
            chosen.append(other)
        self.choose(tuple(chosen))

    def choose_branch(self, number: int) -> None:
        """Compare with another branch, in the first place."""
        self.choose_one(0, Variant(Change.BRANCH, number))

    def show_beside(self, beside: Beside) -> None:
        """Show the others beside our machine, over it, or only their figures; remembered."""
        self.beside = Beside(beside)
        self._settings.set("compare_view", str(self.beside))
        if self._panel is not None:
            self._panel.show_beside(self.beside)
        self._arrange()
        self.changed.emit()
        self._shown = None
        if self._frame is not None and self.others:
            self.show_frame(self._frame)

    def offers(self, frame: Frame) -> list[Offer]:
        """What the run of a frame can be compared with, in groups."""
        program = frame.moment.program
        design = program.setting(DESIGN.key)
        found = [
            Offer(self.tr("designs"), self.tr(DESIGNS.get(name, name)), Variant(Change.DESIGN, number))
            for number, name in enumerate(DESIGN.choices) if number != design
        ]  # fmt: skip
        found += [
            Offer(self.tr("kernels"), self.name_of(variant, frame), variant)
            for variant in (Variant(Change.KERNEL, 0, name) for name in preload.kernels() if name != program.kernel)
        ]
        for setting in POLICIES:
            now = program.setting(setting.key)
            # Beside the kernel's own only a person who compares policies wants another.
            others = [number for number, name in enumerate(setting.choices) if now and number != now and name != "own"]
            found += [
                Offer(self.tr("policies"), self.name_of(variant, frame), variant)
                for variant in (Variant(Change.SETTING, number, setting.key) for number in others)
            ]
        found += [
            Offer(self.tr("branches"), branch_name(self, frame, number), Variant(Change.BRANCH, number))
            for number in range(len(frame.branches)) if number != frame.branch
        ]  # fmt: skip
        return found

    def name_of(self, variant: Variant, frame: Frame) -> str:
        """A variant as people say it."""
        if variant.change is Change.DESIGN:
            return self.tr(DESIGNS[DESIGN.choices[variant.value]])
        if variant.change is Change.KERNEL:
            return self.tr("kernel {name}").format(name=variant.key)
        if variant.change is Change.BRANCH:
            return branch_name(self, frame, variant.value)
        setting = im.schema.setting_for(variant.key)
        return f"{variant.key.removeprefix('machine.')} = {value_text(setting, variant.value)}"

    def names(self) -> list[str]:
        """Of all machines, ours first: by that in which the others differ from it."""
        frame = self._frame
        if frame is None or not self.others:
            return []
        program, ours = frame.moment.program, []
        for variant in self.others:
            if variant.change is Change.DESIGN:
                ours.append(self.tr(DESIGNS[DESIGN.choices[program.setting(DESIGN.key)]]))
            elif variant.change is Change.KERNEL:
                ours.append(self.tr("kernel {name}").format(name=program.kernel or self.tr("as it is set")))
            elif variant.change is Change.BRANCH:
                ours.append(branch_name(self, frame, frame.branch))
            else:
                setting = im.schema.setting_for(variant.key)
                value = value_text(setting, value_in(program, setting))
                ours.append(f"{variant.key.removeprefix('machine.')} = {value}")
        return [" · ".join(dict.fromkeys(ours)), *(self.name_of(variant, frame) for variant in self.others)]

    def forget_branches(self) -> None:
        """Branches are about to get other numbers."""
        if any(variant.change is Change.BRANCH for variant in self.others):
            self.choose(tuple(variant for variant in self.others if variant.change is not Change.BRANCH))

    # -- in step with the cursor ----------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Bring the others to where the cursor is now."""
        self._frame = frame
        offered = (frame.branch, tuple(branch.name for branch in frame.branches), id(frame.moment.program))
        if offered != self._offered:
            first, before, self._branch = self._offered is None, self._branch, frame.branch
            self._offered = offered
            self._offer(frame)
            self._show_card()
            if not first and self.others:
                # The branch that was beside ours is shown now: then ours, as it was, stands beside it.
                here, there = Variant(Change.BRANCH, frame.branch), Variant(Change.BRANCH, before)
                self.choose(tuple(there if other == here else other for other in self.others))
                return
        place = (frame.branch, frame.operations, frame.moment.transition.number)
        drawn = self.beside is not Beside.ALONE
        if self.others and place != self._shown and (drawn or self._docks.in_sight("compare")):
            self._shown = place
            others, asked = self.others, self._asked
            self._worker.begin(FOLLOW, lambda timeline: self._follow(timeline, others, asked, drawn))

    def _offer(self, frame: Frame) -> None:
        if self._panel is None:
            return
        branches = [branch_name(self, frame, number) for number in range(len(frame.branches))]
        chosen = [Offer("", self.name_of(variant, frame), variant) for variant in self.others]
        self._panel.show_offers(self.offers(frame), chosen, branches, frame.branch, frame.moment.program)
        self._panel.show_names(self.names())

    def _arrange(self) -> None:
        self._together = None
        self._show_card()
        self._machines.arrange(self.beside if self.others else Beside.ALONE, self.names())
        if self._panel is not None:
            self._panel.show_names(self.names())

    # -- differences ----------------------------------------------------------------------------

    def seek(self, direction: int, go: bool = True) -> None:
        """To the next (1), the last (-1) or the first (0) operation that is carried out differently."""
        if not self.others:
            self.call_panel()  # which says how to begin
            return
        self._forget_search()
        self._go = go
        if self._panel is not None:
            self._panel.show_difference(None, 0.0)
        others, asked = self.others, self._search_of
        self._worker.begin(SEARCH, lambda timeline: self._differ(timeline, others, asked, direction))

    def _forget_search(self) -> None:
        self._search_of += 1
        self._go = False

    def _found(self, what: Difference | float | None) -> None:
        if self._panel is not None:
            if isinstance(what, float):
                self._panel.show_difference(None, what)
            else:
                self._panel.show_difference(what)
        if isinstance(what, Difference) and what.ours and self._go:
            self._player.jump(what.ours[what.parted].number)
        if not isinstance(what, float):
            self._go = False

    def _told(self, name: str, answer: object) -> None:
        if name not in (FOLLOW, SEARCH):
            return
        asked, what = cast("tuple[int, Any]", answer)
        if name == SEARCH:
            if asked == self._search_of:
                self._found(what)
        elif asked != self._asked:
            pass
        elif isinstance(what, Together):
            self._show(what)
        else:
            self._machines.show_waiting(what)
            if self._panel is not None:
                self._panel.show_progress(what)

    def _show(self, together: Together) -> None:
        if self._panel is not None:
            self._panel.show_progress(-1)
            self._panel.set_results(together.figures)
        if together.seen:
            self._machines.show_others(together.seen)
        self._together = together
        self._show_card()

    def _show_card(self) -> None:
        """The figures in the picture; beside the panel, which has them all, they would be said twice."""
        card: Versus | Invitation | None = None
        if self._frame is not None and not self._docks.in_sight("compare"):
            if not self.others:
                card = Invitation(self.offers(self._frame)[0].text)
            elif self._together is not None:
                card = self._versus(self._together)
        self._machines.canvas.show_comparison(card)

    def say_again(self) -> None:
        """The language is another one: what is offered, and the card, in its words."""
        if self._frame is not None:
            self._offer(self._frame)
            self._show_card()

    def _versus(self, together: Together) -> Versus:
        """Ours and the first of the others as a card in the picture."""
        ours, theirs, *_ = together.figures
        pairs = []
        for figure in FIGURES:
            values = figure.value(ours), figure.value(theirs)
            texts = ["–" if value is None else figure.text(value) for value in values]
            if values != (None, None):
                pairs.append(Pair(self.tr(figure.name), *values, *texts))
        return Versus(self.names()[1], pairs)

    # -- in the engine's thread -----------------------------------------------------------------

    def _follow(self, timeline: Timeline, others: Variants, asked: int, drawn: bool) -> Iterator[object]:
        for what in self._machines_of(timeline, others).follow(timeline, drawn):
            yield None if isinstance(what, float) and what < 0 else (asked, what)

    def _differ(self, timeline: Timeline, others: Variants, asked: int, direction: int) -> Iterator[object]:
        company = self._machines_of(timeline, others)
        start = -1 if direction == 0 else timeline.operation - 1
        for found in company.search(start, direction or 1):
            yield asked, found
            if isinstance(found, Difference):
                return
        yield asked, None

    def _machines_of(self, timeline: Timeline, others: Variants) -> Company:
        if self._company is None or not self._company.is_for(timeline, others):
            self._company = Company(timeline, others)
        return self._company


def branch_name(speaker: QObject, frame: Frame, number: int) -> str:
    """A branch as people say it: by its name, the first one as the scenario's own."""
    return frame.branches[number].name or speaker.tr("as the scenario has it")


def value_text(setting: Setting, value: int) -> str:
    """A setting's value as people read it."""
    if setting.choices:
        return setting.choices[value]
    return f"{count(value)} {setting.unit}".rstrip()


