"""Has the engine look for causes, and for the life and next changes of what is selected, and shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.moment import Selected
from app.words.said import said
from engine.why import Change, Reason, causes, life, next_change, operation_text, thing_name

if TYPE_CHECKING:
    from app.panels.why import WhyPanel
    from app.shell.docks import Docks
    from app.shell.status import StatusLine
    from app.thread.frames import Frame
    from app.thread.player import Player
    from app.thread.worker import Worker
    from engine.timeline import Timeline


class Reasons(QObject):
    """Behind the Why panel, and behind the keys that go to the next and last change."""

    def __init__(self, worker: Worker, player: Player, docks: Docks, status: StatusLine, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._player, self._docks, self._status = worker, player, docks, status
        self._frame: Frame | None = None
        self._subject: Selected | None = None
        self._chain_for: object = None
        self._number = 0
        """The transition whose causes were asked for last."""
        self._life_for: object = None
        self._changes: list[Change] = []
        self._complete = False
        """All changes are known."""
        self._of_thing = True
        """Where something is selected, causes are looked for of where it is."""
        worker.told.connect(self._told)

    def follow(self, panel: WhyPanel) -> None:
        """The panel has been made."""
        panel.change_wanted.connect(self.seek)
        panel.about_thing.connect(self._ask_about)

    @property
    def _panel(self) -> WhyPanel:
        return self._docks.why

    def clear(self) -> None:
        """Another run is opened."""
        self._frame = self._subject = self._chain_for = self._life_for = None
        self._changes, self._complete = [], False
        if self._docks.has("why"):
            self._panel.empty()

    def say_again(self) -> None:
        """In another language: what was found is looked for anew."""
        self._chain_for = self._life_for = None
        if self._frame is not None:
            self.show_frame(self._frame, (self._subject,) if self._subject is not None else ())

    def show_frame(self, frame: Frame, selection: tuple[Selected, ...]) -> None:
        """The cursor or the selection may be another one: look anew for what is not known."""
        self._frame, self._subject = frame, selection[0] if selection else None
        if not self._docks.in_sight("why"):
            return
        branch = self._branch()
        if (branch, self._subject) != self._life_for:
            self._life_for = (branch, self._subject)
            self._changes, self._complete, self._of_thing = [], False, True
            self._show_life(False)
            if self._subject is None:
                self._worker.drop("life")
            else:
                subject = self._subject
                self._panel.look()
                self._worker.begin("life", lambda timeline: _life(timeline, subject))
        self._look_for_causes()

    def _branch(self) -> object:
        assert self._frame is not None
        return self._frame.moment.epoch, self._frame.branch, tuple(one.name for one in self._frame.branches)

    def _ask_about(self, thing: bool) -> None:
        self._of_thing = thing
        self._look_for_causes()

    def _look_for_causes(self) -> None:
        """Of the transition at the cursor, or of the last one that brought what is selected to where it is."""
        frame, subject = self._frame, self._subject
        if frame is None or frame.moment.skipping or not self._docks.in_sight("why"):
            return
        cursor = number = frame.moment.transition.number
        state, of_thing = "", self._of_thing and subject is not None
        if of_thing:
            if not self._complete and not (self._changes and self._changes[-1].number > cursor):
                return  # its last change before the cursor is still being looked for
            change = _brought_about(self._changes, cursor)
            if change is None:
                of_thing = False
            else:
                number, state = change.number, said(change.state)
        asked = (self._branch(), number, subject, of_thing)
        if asked != self._chain_for:
            self._chain_for, self._number = asked, number
            name = thing_name(frame.moment.program, subject) if subject is not None else ""
            # A large letter in English first: in another language a name may come to stand there.
            name = said(name[:1].upper() + name[1:])
            self._panel.show_question(name, state, of_thing)
            self._worker.begin("causes", lambda timeline: _causes(timeline, number))
        self._panel.mark(cursor)

    def seek(self, direction: int) -> None:
        """To the next (1) or last (-1) change of what is selected."""
        if self._subject is None:
            self._status.say(self.tr("Select something first: a page, frame, descriptor, zswap entry or slot."))
            return
        subject = self._subject
        self._player.pause()
        self._worker.begin("change", lambda timeline: _seek(timeline, subject, direction > 0))

    def _show_life(self, complete: bool) -> None:
        frame = self._frame
        if frame is None:
            return
        name = said(thing_name(frame.moment.program, self._subject)) if self._subject else ""
        self._panel.show_life(name, self._changes, frame.moment.length, frame.moment.transition.number, complete)

    def _told(self, name: str, answer: Any) -> None:
        if name == "causes":
            number, reasons, operation = answer
            if self._chain_for is not None and self._number == number:
                self._panel.show_causes(reasons, operation)
        elif name == "life":
            subject, changes, complete = answer
            if subject == self._subject:
                self._changes, self._complete = [*self._changes, *changes], complete
                self._show_life(complete)
                self._look_for_causes()
        elif name == "change":
            if isinstance(answer, int) and answer >= 0:
                self._player.jump(answer)
            elif self._frame is not None and self._subject is not None:
                thing = said(thing_name(self._frame.moment.program, self._subject))
                self._status.say(self.tr("Nothing more happens to {thing} in this direction.").format(thing=thing))


def _causes(timeline: Timeline, number: int) -> Iterator[object]:
    if number > timeline.length:
        return  # another run or branch was opened since it was asked for
    reasons: list[Reason] = causes(timeline, number)
    operation = ""
    if reasons:
        ops = timeline.branches[timeline.branch].ops
        operation = operation_text(timeline.program, int(ops[reasons[-1].transition.operation]))
    yield number, reasons, operation


def _brought_about(changes: list[Change], cursor: int) -> Change | None:
    """The change that brought a thing into the state it has at the cursor; None before the first."""
    found: Change | None = None
    for change in changes:
        if change.number > cursor:
            break
        if found is None or change.state != found.state:
            found = change
    return found


def _life(timeline: Timeline, subject: Selected) -> Iterator[object]:
    for changes in life(timeline, subject):
        yield (subject, changes, False) if changes else None
    yield subject, [], True


def _seek(timeline: Timeline, subject: Selected, forward: bool) -> Iterator[object]:
    for found in next_change(timeline, subject, forward):
        yield found
        if found is not None:
            return
    yield -1
