"""Behind the Charts panel: what is marked on the curves, what is held against them, and how the person had them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from app.moment import Selected, Thing
from app.panels.charts import ChartsPanel, Flag

if TYPE_CHECKING:
    from app.series import Series
    from app.settings import Settings
    from app.shell.docks import Docks
    from app.steering.comparing import Comparing
    from app.thread.worker import Frame, Worker
    from app.timeline.view import TimelineView
    from engine.timeline import Timeline
    from engine.variant import Variant

PIECES_SHOWN = 40
"""After so many pieces of another run its curves are shown as far as they are known."""
MOST_FAULTS = 400
"""Of the selected page: more ticks than that are a bar."""


class Charting(QObject):
    """The charts of one window."""

    def __init__(
        self, worker: Worker, docks: Docks, timeline: TimelineView, comparing: Comparing, settings: Settings,
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._worker, self._docks, self._timeline, self._settings = worker, docks, timeline, settings
        self._comparing = comparing
        self._beside_for: object = None
        """The runs that are compared, and with which."""
        self._beside: dict[int, Series] = {}
        self._asked: object = None
        """The page whose faults are looked for, and in which run."""
        self._faults: list[int] = []
        self._frame: Frame | None = None
        self._selection: tuple[Selected, ...] = ()
        comparing.chosen.connect(self._again)
        worker.told.connect(self._told)

    def follow(self, panel: ChartsPanel) -> None:
        """The panel has been made."""
        panel.restore(self._settings.get("charts"))
        panel.kept_changed.connect(lambda: self._settings.set("charts", panel.kept))

    def show_frame(self, frame: Frame, selection: tuple[Selected, ...]) -> None:
        """Mark what there is to mark: the flags of the timeline, where branches leave, faults of the selected page."""
        self._frame, self._selection = frame, selection
        if not self._docks.has("charts") or not self._docks.in_sight("charts"):
            return
        page = next((one for one in selection if one.thing is Thing.PAGE), None)
        asked = (page, frame.moment.epoch, frame.branch, len(frame.branches), frame.moment.complete) if page else None
        if asked != self._asked:
            self._asked, self._faults = asked, []
            if page is None:
                self._worker.drop("faults of page")
            else:
                self._worker.begin("faults of page", lambda timeline: _faults(timeline, page))
        self._docks.charts.show_flags(self._flags(frame))
        self._hold_against(frame)

    def _again(self) -> None:
        if self._frame is not None:
            self.show_frame(self._frame, self._selection)

    def _hold_against(self, frame: Frame) -> None:
        """The curves of the runs that ours is compared with."""
        others = self._comparing.others
        beside_for = (others, frame.branch, len(frame.branches), id(frame.moment.program)) if others else None
        if beside_for == self._beside_for:
            return
        self._beside_for, self._beside = beside_for, {}
        if others:
            self._worker.begin("charts beside", lambda timeline: _beside(timeline, others, beside_for))
        else:
            self._worker.drop("charts beside")
        self._docks.charts.show_others(())

    def _show_beside(self, frame: Frame) -> None:
        names = [self._comparing.name_of(variant, frame) for variant in self._comparing.others]
        self._docks.charts.show_others((names[number], series) for number, series in sorted(self._beside.items()))

    def _flags(self, frame: Frame) -> Iterator[Flag]:
        for mark in self._timeline.marks:
            yield Flag(mark.at, mark.name, "danger" if mark.danger else "accent" if mark.own else "zswap")
        for number, branch in enumerate(frame.branches):
            if number and frame.branch in (number, branch.parent):
                yield Flag(branch.at, branch.name, "selection")
        for number in self._faults[:MOST_FAULTS]:
            yield Flag(number, "", "text", small=True)

    def _told(self, name: str, answer: object) -> None:
        if name == "charts beside":
            beside_for, number, series = cast("tuple[object, int, Series]", answer)
            if beside_for == self._beside_for and self._frame is not None:
                self._beside[number] = series
                self._show_beside(self._frame)
        if name == "faults of page":
            page, found = cast("tuple[Selected, list[int]]", answer)
            if isinstance(self._asked, tuple) and page == self._asked[0]:
                self._faults += found
                if self._frame is not None:
                    self._docks.charts.show_flags(self._flags(self._frame))


def _beside(timeline: Timeline, others: tuple[Variant, ...], asked: object) -> Iterator[object]:
    """Each of the other runs to its end; answers its samples a few times on the way, and at last."""
    from engine.mm.compiler import is_ready
    from engine.timeline import Timeline
    from engine.variant import Change, program_of

    for number, variant in enumerate(others):
        branch = variant.change is Change.BRANCH
        other = timeline.second(variant.value) if branch else Timeline(program_of(timeline, variant))
        pieces = 0
        while other.explore(20_000 if is_ready() else 300):
            pieces += 1
            yield (asked, number, other.series) if pieces % PIECES_SHOWN == 0 else None
        yield asked, number, other.series


def _faults(timeline: Timeline, page: Selected) -> Iterator[object]:
    from engine.why import faults_of

    total = 0
    for found in faults_of(timeline, page.owner, page.number):
        total += len(found)
        yield (page, found) if found else None
        if total >= MOST_FAULTS:
            return
