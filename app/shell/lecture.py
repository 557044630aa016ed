"""Lecture mode: nothing on screen but the machine and a caption, in large type, with a light on what changed.

PageDown and PageUp, which a presenter's remote sends, step by the unit chosen; Escape leaves. The
type size has a value of its own here, so that a room's size is not that of the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QVBoxLayout

from app import theme
from app.canvas.spotlight import Spotlight
from app.shell.caption import Caption

if TYPE_CHECKING:
    from app.shell.window import MainWindow


class Lecture(QObject):
    """Turns one window into a screen for a room, and back."""

    def __init__(self, window: MainWindow, under_machine: QVBoxLayout) -> None:
        super().__init__(window)
        self._window = window
        self._around = under_machine
        self.on = False
        self.caption = Caption()
        self.caption.hide()
        self.spotlight = Spotlight(window.canvas)
        self._was_full = False
        under_machine.addWidget(self.caption)

    def toggle(self) -> None:
        """In, or out."""
        if self.on:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """The machine on the whole screen. Without a run there is nothing to show."""
        window = self._window
        if self.on or window.frame is None or window.pages.currentWidget() is not window.machines:
            window.actions_by_name["lecture"].setChecked(self.on)
            return
        self.on = True
        self._was_full = window.isFullScreen()
        window.docks.show_run(False)
        self._show_frame_of_window(False)
        theme.switch().resize_type(window.settings.get("lecture_scale"))
        self.caption.show()
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        window.canvas.walk.leave()
        window.canvas.setFocus()
        self.spotlight.turn(True)
        self._finish()

    def leave(self) -> None:
        """Everything as it was."""
        if not self.on:
            return
        self.on = False
        window = self._window
        self.spotlight.turn(False)
        self.caption.hide()
        theme.switch().resize_type(window.settings.get("type_scale"))
        if not self._was_full:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._show_frame_of_window(True)
        window.docks.show_run(window.pages.currentWidget() is window.machines)
        self._finish()

    def scale_type(self, factor: float) -> None:
        """Larger or smaller for the room; 0: as it comes."""
        switch, settings = theme.switch(), self._window.settings
        settings.set("lecture_scale", settings.default("lecture_scale") if not factor else switch.scale * factor)
        switch.resize_type(settings.get("lecture_scale"))
        settings.set("lecture_scale", switch.scale)

    def _show_frame_of_window(self, shown: bool) -> None:
        self._window.menuBar().setVisible(shown)
        self._window.topbar.setVisible(shown)
        self._window.status.setVisible(shown)

    def _finish(self) -> None:
        window = self._window
        window.actions_by_name["lecture"].setChecked(self.on)
        window.actions_by_name["full"].setChecked(window.isFullScreen())
        window.dress_edges()
        window.showing.show_again()
