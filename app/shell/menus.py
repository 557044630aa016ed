"""The menus that are filled when they open: recent files, scenarios, panels, marks and branches."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from app import actions
from app.panels.transport import EventMenu
from app.thread.gallery import Described
from app.words.language import NAMES
from app.words.numbers import count
from engine.shocks import SHOCKS

if TYPE_CHECKING:
    from app.shell.window import MainWindow
    from engine.variant import Variant


class Menus(QObject):
    """Fills the menu bar of one window, and its changing parts whenever they are opened."""

    def __init__(self, window: MainWindow, events: EventMenu) -> None:
        super().__init__(window)
        self._window = window
        self.recent = self._menu(self.tr("Open &recent"), self.fill_recent)
        self.scenarios = self._menu(self.tr("S&cenarios"))
        self.panels = self._menu(self.tr("&Panels"))
        self.marks = self._menu(self.tr("To m&ark"), self.fill_marks)
        self.branches = self._menu(self.tr("&Branch"), self.fill_branches)
        self.compared = self._menu(self.tr("Compare &with"), self.fill_compared)
        self.shocks = self._menu(self.tr("S&hock"))
        for shock in SHOCKS:
            self.shocks.addAction(window.actions_by_name[f"shock_{shock.key}"])
        self.languages = self._menu(self.tr("Lang&uage"))
        for code in NAMES:
            self.languages.addAction(window.actions_by_name[f"language_{code}"])
        for action in window.docks.toggles():
            self.panels.addAction(action)
        parts = {"recent": self.recent, "scenarios": self.scenarios, "panels": self.panels,
                 "languages": self.languages, "marks": self.marks, "branches": self.branches,
                 "events": events, "compared": self.compared, "shocks": self.shocks}  # fmt: skip
        actions.fill_menus(window, window.actions_by_name, parts)

    def show_scenarios(self, scenarios: list[Described]) -> None:
        """The scenarios that come with Swapscope."""
        self.scenarios.clear()
        for scenario in scenarios:
            action = self.scenarios.addAction(_plain(scenario.shown_title))
            action.setToolTip(scenario.shown_summary)
            action.triggered.connect(partial(self._open, scenario.path))

    def fill_recent(self) -> None:
        """Files opened last, newest first."""
        self.recent.clear()
        for path in self._window.settings.recent():
            action = self.recent.addAction(_plain(path.name))
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open, path))
        if self.recent.isEmpty():
            self.recent.addAction(self.tr("No files yet")).setEnabled(False)
        self.recent.addSeparator()
        self.recent.addAction(self._window.actions_by_name["forget"])

    def fill_marks(self) -> None:
        """The flags on the timeline."""
        self.marks.clear()
        for mark in self._window.timeline.marks:
            self.marks.addAction(_plain(mark.name)).triggered.connect(partial(self._jump, mark.at))
        if self.marks.isEmpty():
            self.marks.addAction(self.tr("This run has no marks")).setEnabled(False)

    def fill_branches(self) -> None:
        """The run as the scenario has it, and what was made of it by changes."""
        self.branches.clear()
        frame = self._window.frame
        for number, branch in enumerate(frame.branches if frame else ()):
            text = self.tr("As the scenario has it")
            if number:
                text = self.tr("{name}, from transition {at}").format(name=branch.name, at=count(branch.at))
            action = self.branches.addAction(_plain(text))
            action.setCheckable(True)
            action.setChecked(frame is not None and number == frame.branch)
            action.triggered.connect(partial(self._switch, number))
        if frame is None or len(frame.branches) < 2:
            hint = self.tr("A change in Pressure opens a branch")
            self.branches.addAction(hint).setEnabled(False)

    def fill_compared(self) -> None:
        """Other designs, kernel presets and branches."""
        self.compared.clear()
        frame, comparing = self._window.frame, self._window.comparing
        for offer in comparing.offers(frame) if frame else ():
            action = self.compared.addAction(_plain(offer.text))
            action.setCheckable(True)
            action.setChecked(offer.variant in comparing.others)
            action.triggered.connect(partial(self._compare, offer.variant))

    def _menu(self, title: str, fill: object = None) -> QMenu:
        menu = QMenu(title, self._window)
        menu.setToolTipsVisible(True)
        if callable(fill):
            menu.aboutToShow.connect(fill)
        return menu

    def _open(self, path: Path, _checked: bool = False) -> None:
        self._window.open(path)

    def _jump(self, number: int, _checked: bool = False) -> None:
        self._window.player.jump(number)

    def _compare(self, variant: Variant, _checked: bool = False) -> None:
        self._window.comparing.choose((variant,))

    def _switch(self, number: int, _checked: bool = False) -> None:
        self._window.branching.switch(number)


def _plain(text: str) -> str:
    """A text in which ``&`` is no key of a menu."""
    return text.replace("&", "&&")
