"""Keeps another run in step with the cursor in the engine's thread, and shows both in the Compare panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.panels.compare import DESIGNS, Other
from engine.comparison import Follower, same_place
from engine.difference import Difference, first_difference
from engine.mm import image as im

if TYPE_CHECKING:
    from app.docks import Docks
    from app.panels.compare import ComparePanel
    from app.worker import Frame, Worker
    from engine.timeline import Timeline

DESIGN = im.schema.setting_for("machine.design")


class _Pair:
    """Ours and the other run, each a machine; lives in the engine's thread."""

    def __init__(self, timeline: Timeline, other: Other) -> None:
        now = timeline.branches[timeline.branch]
        self.ours = now.program
        self.our_follower = Follower(self.ours, list(now.keyframes))
        what, number = other
        if what == "design":
            self.theirs = self.ours.with_settings({DESIGN.key: number})
            self.their_follower = Follower(self.theirs)
        else:
            branch = timeline.branches[number]
            self.theirs = branch.program
            self.their_follower = Follower(self.theirs, list(branch.keyframes))


class Comparing(QObject):
    """What the person compares with, for as long as the run is open."""

    def __init__(self, worker: Worker, docks: Docks, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._docks = worker, docks
        self.other: Other | None = None
        self._frame: Frame | None = None
        self._offered: object = None
        self._shown: object = None
        self._asked = 0
        """Number of the comparison asked for last: answers to earlier ones are not shown."""
        self._pair: _Pair | None = None
        worker.told.connect(self._told)

    def follow(self, panel: ComparePanel) -> None:
        """The panel has been made."""
        panel.other_chosen.connect(self.choose)
        if self._frame is not None:
            self._offer(self._frame)

    @property
    def _panel(self) -> ComparePanel:
        return self._docks.compare

    # -- in the window's thread -----------------------------------------------------------------

    def clear(self) -> None:
        """Another run is opened."""
        self._frame, self._offered = None, None
        self.choose(None)

    def choose(self, other: Other | None) -> None:
        """Compare with another design or branch, or with nothing."""
        self.other = other
        self._shown = None
        self._asked += 1
        if self._docks.has("compare"):
            self._panel.set_results(None, None)
            self._panel.show_difference(None, 0.0)
            self._panel.show_progress(-1)
        for errand in ("compare", "difference"):
            self._worker.drop(errand)
        if self._frame is not None:
            self._offer(self._frame)
            if other is not None:
                self._docks.call("compare")
                asked = self._asked
                self._worker.begin("difference", lambda timeline: self._differ(timeline, other, asked))
                self.show_frame(self._frame)

    def others(self, frame: Frame) -> list[tuple[str, Other]]:
        """What the run of a frame can be compared with."""
        design = frame.moment.program.setting(DESIGN.key)
        found: list[tuple[str, Other]] = [
            (self.tr(DESIGNS.get(name, name)), ("design", number))
            for number, name in enumerate(DESIGN.choices) if number != design
        ]  # fmt: skip
        for number in range(len(frame.branches)):
            if number != frame.branch:
                found.append((branch_name(self, frame, number), ("branch", number)))
        return found

    def show_frame(self, frame: Frame) -> None:
        """Bring the other run to where the cursor is now."""
        self._frame = frame
        offered = (frame.branch, tuple(branch.name for branch in frame.branches), id(frame.moment.program))
        if offered != self._offered:
            first = self._offered is None
            self._offered = offered
            if not first and self.other is not None:
                keep = self.other if self.other in [other for _text, other in self.others(frame)] else None
                self.choose(keep)
                return
            self._offer(frame)
        here = (frame.branch, frame.operations, frame.moment.transition.number > 0)
        if self.other is not None and here != self._shown and self._docks.in_sight("compare"):
            self._shown = here
            other, asked = self.other, self._asked
            self._worker.begin("compare", lambda timeline: self._compare(timeline, other, asked))

    def _offer(self, frame: Frame) -> None:
        if self._docks.has("compare"):
            self._panel.show_others(self.others(frame), self.other)

    def _told(self, name: str, answer: object) -> None:
        if name not in ("compare", "difference"):
            return
        asked, what = answer  # type: ignore[misc]
        if asked != self._asked:
            return
        if name == "difference":
            if isinstance(what, float):
                self._panel.show_difference(None, what)
            else:
                self._panel.show_difference(what)
        elif isinstance(what, float):
            self._panel.show_progress(what)
        else:
            self._panel.show_progress(-1)
            self._panel.set_results(*self._labelled(*what))

    def _labelled(self, ours: dict[str, Any], theirs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        if self.other is not None and self.other[0] == "branch" and self._frame is not None:
            ours = {**ours, "label": branch_name(self, self._frame, self._frame.branch)}
            theirs = {**theirs, "label": branch_name(self, self._frame, self.other[1])}
        return ours, theirs

    # -- in the engine's thread -----------------------------------------------------------------

    def _compare(self, timeline: Timeline, other: Other, asked: int) -> Iterator[object]:
        target, pair = timeline.operation, self._pair
        if pair is None or pair.ours.ops is not timeline.branches[timeline.branch].ops or self._pair_is != other:
            pair = self._pair = _Pair(timeline, other)
            self._pair_is = other
        for share in pair.our_follower.reach(target):
            yield asked, share / 2
        for share in pair.their_follower.reach(same_place(pair.ours.ops, target, pair.theirs.ops)):
            yield asked, 0.5 + share / 2
        yield asked, (pair.our_follower.figures(), pair.their_follower.figures())

    _pair_is: Other | None = None

    def _differ(self, timeline: Timeline, other: Other, asked: int) -> Iterator[object]:
        pair = _Pair(timeline, other)
        for found in first_difference(pair.ours, pair.theirs):
            if isinstance(found, Difference):
                yield asked, found
                return
            yield asked, found
        yield asked, None


def branch_name(speaker: QObject, frame: Frame, number: int) -> str:
    """A branch as people say it: by its name, the first one as the scenario's own."""
    return frame.branches[number].name or speaker.tr("as the scenario has it")
