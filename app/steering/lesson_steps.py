"""The lesson in time: its steps as pins on the timeline, and playing that stops at each while a lesson is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from app.panels.lesson import LessonPanel
    from app.settings import Settings
    from app.shell.docks import Docks
    from app.thread.worker import Worker
    from app.timeline.view import TimelineView


class LessonSteps(QObject):
    """Between the lesson panel, the timeline and the engine's thread."""

    def __init__(
        self, worker: Worker, timeline: TimelineView, docks: Docks, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker, self._timeline, self._docks, self._settings = worker, timeline, docks, settings
        self._panel: LessonPanel | None = None
        self._stops: tuple[int, ...] = ()
        timeline.step_requested.connect(self._go_to)
        worker.told.connect(self._told)

    def follow(self, panel: LessonPanel) -> None:
        """The lesson panel was made."""
        self._panel = panel
        panel.progressed.connect(self.show)
        self.show()

    def set_stops(self, wanted: bool) -> None:
        """Whether playing stops at the steps of a lesson that has been begun; remembered."""
        self._settings.set("lesson_stops", wanted)
        self.show()

    def show(self) -> None:
        """The pins as far as one has come, and the moments to stop at."""
        panel = self._panel
        flags = panel.flags() if panel is not None else []
        self._timeline.show_steps(flags)
        wanted = panel is not None and panel.begun and bool(self._settings.get("lesson_stops"))
        stops = tuple(sorted({flag.at for flag in flags})) if wanted else ()
        if stops != self._stops:
            self._stops = stops
            self._worker.pause_at(stops)

    def _go_to(self, place: int) -> None:
        if self._panel is not None:
            self._panel.go_to(place)

    def _told(self, name: str, _answer: object) -> None:
        """Playing stopped at a step: its panel comes to the front of its place, where it is open."""
        if name == "lesson step" and self._docks.run_shown and not self._docks.named("lesson").isHidden():
            self._docks.call("lesson")
