"""The frame clock: takes the newest frame from the worker and hands its moment to every view, with what is selected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from app.moment import Moment, Selected
from app.thread.frames import Frame, Table
from app.timeline.marks import Mark, marks_of
from app.words.language import language
from app.words.said import said
from engine.program import Program

if TYPE_CHECKING:
    from app.shell.window import MainWindow

FRAME_MS = 16
"""At most one frame is shown in this time."""
ASKING = ("why", "compare", "charts")
"""Panels that have the engine look for something when they come into sight."""


class Showing(QObject):
    """What one window shows now: the frame, and what is selected in it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.frame: Frame | None = None
        self.selection: tuple[Selected, ...] = ()
        """What is lit everywhere."""
        self._samples: object = None
        self._table: Table | None = None
        self._span: Table | None = None
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._show_newest)
        self._since_frame = QElapsedTimer()
        self._since_frame.start()
        # Not at once: what is in sight is only known once the dock is laid out.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(0)
        self._late.timeout.connect(self._show_late)
        for name in ASKING:
            window.docks.named(name).visibilityChanged.connect(self._came_into_sight)
        window.worker.ready.connect(self._frame_ready)
        window.bookmarks.changed.connect(self.show_marks)

    def views(self) -> Iterator[Any]:
        """Everything that shows moments."""
        window = self._window
        yield window.machines
        yield from window.docks.panels
        yield window.sentence
        yield window.timeline
        yield window.lecture.caption
        yield window.lecture.spotlight

    @property
    def _run_in_sight(self) -> bool:
        return self.frame is not None and self._window.pages.currentWidget() is self._window.machines

    def clear(self, program: Program) -> None:
        """Another run is opened: nothing of the one before stays."""
        window = self._window
        self.selection = ()
        self._samples = self._table = self._span = None
        window.comparing.clear()
        window.reasons.clear()
        window.stopping.clear(program)
        window.timeline.clear()
        window.machines.clear()

    def stop(self) -> None:
        """Show no frame any more."""
        self._clock.stop()

    # -- a frame --------------------------------------------------------------------------------

    def _frame_ready(self) -> None:
        if self._clock.isActive():
            return
        self._clock.start(max(0, FRAME_MS - self._since_frame.elapsed()))

    def _show_newest(self) -> None:
        self._since_frame.restart()
        frame = self._window.worker.take()
        if frame is not None:
            self._show_frame(frame)

    def _show_frame(self, frame: Frame) -> None:
        window = self._window
        self.frame = frame
        window.opening.first_frame(frame)
        if window.pages.currentWidget() is window.problems:
            return
        samples = (frame.moment.epoch, frame.branch, len(frame.series.transition))
        if samples != self._samples:
            self._samples = samples
            window.timeline.show_series(frame.series)
            window.canvas.show_series(frame.series)
            if window.docks.has("charts"):
                window.docks.charts.set_series(frame.series)
            self.show_marks()
        if frame.table is not self._table:
            self._table = frame.table
            self.show_table()
        if frame.span is not self._span:
            self._span = frame.span
            window.timeline.show_records(frame.span.records)
        self.show_again()
        window.status.show_frame(frame)
        window.health.show_frame(frame)
        window.comparing.show_frame(frame)
        if window.docks.has("branches"):
            window.docks.branches.show_branches(frame.branches, frame.branch)
        window.painted_once()

    def show_table(self) -> None:
        """The transitions around the cursor, in the language that is shown."""
        table, docks = self._table, self._window.docks
        if table is not None and docks.has("transitions"):
            docks.transitions.set_records(table.records, [said(sentence) for sentence in table.sentences])

    # -- a moment -------------------------------------------------------------------------------

    def show_again(self) -> None:
        """Hand the moment to every view that can be seen; once more, where one has come into sight."""
        if self.frame is None:
            return
        moment = self.told_moment(self.frame)
        for view in self.views():
            view.show_moment(moment)
        self._window.reasons.show_frame(self.frame, self.selection)
        self._window.stopping.show_frame(self.frame, self.selection)
        self._window.charting.show_frame(self.frame, self.selection)

    def told_moment(self, frame: Frame) -> Moment:
        """A frame's moment in the language that is shown, with what is selected here."""
        moment = frame.moment
        return replace(moment, selection=self.selection, sentence=said(moment.sentence))

    def select(self, things: tuple[Selected, ...]) -> None:
        """Light these everywhere."""
        self.selection = tuple(things)
        self.show_again()

    def show_marks(self) -> None:
        """The scenario's marks and the bookmarks, as flags on the timeline."""
        window, frame = self._window, self.frame
        marks = [Mark(one.name, one.at, own=True) for one in window.bookmarks]
        if frame is not None:
            marks = marks_of(frame.moment.program, frame.series, language().names) + marks
        window.timeline.show_marks(marks)
        if frame is not None:
            window.charting.show_frame(frame, self.selection)

    # -- panels that come later -----------------------------------------------------------------

    def _came_into_sight(self, there: bool) -> None:
        if there:
            self._late.start()

    def _show_late(self) -> None:
        """A panel that asks the engine has come into sight."""
        if self.frame is not None and self._run_in_sight:
            self._window.reasons.show_frame(self.frame, self.selection)
            self._window.comparing.show_frame(self.frame)
            self._window.charting.show_frame(self.frame, self.selection)

    def catch_up(self, name: str, panel: Any) -> None:
        """A panel was made: show it what the others show."""
        frame = self.frame
        if frame is None or not self._run_in_sight:
            return
        if name == "charts":
            panel.set_series(frame.series)
        elif name == "transitions":
            self.show_table()
        elif name == "branches":
            panel.show_branches(frame.branches, frame.branch)
        panel.show_moment(self.told_moment(frame))
