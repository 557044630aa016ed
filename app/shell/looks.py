"""How the window looks: theme, language, type size, motion, depth and arrangement, chosen and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app import actions, theme
from app.canvas import Depth
from app.canvas.motion import Amount
from app.words.language import language

if TYPE_CHECKING:
    from app.shell.window import MainWindow


class Looks(QObject):
    """What one window looks like; every choice goes into the settings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        theme.switch().changed.connect(self.dress)
        window.comparing.changed.connect(self.show_choices)

    def choose_theme(self, choice: str) -> None:
        """Dark, light or as the system, from now on."""
        self._window.settings.set("theme", choice)
        theme.switch().choose(choice)
        self.show_choices()

    def toggle_theme(self) -> None:
        """The other of dark and light."""
        self.choose_theme("light" if theme.current().dark else "dark")

    def choose_language(self, code: str) -> None:
        """All texts in another language, from now on."""
        window = self._window
        window.settings.set("language", code)
        before = language().code
        language().choose(code)
        self.show_choices()
        if language().code == before:
            return
        window.showing.show_table()
        window.menus.show_scenarios(window.scenarios)
        if window.frame is not None and window.docks.run_shown:
            window.opening.make_lesson()
        window.comparing.say_again()
        window.showing.show_again()
        window.reasons.say_again()

    def scale_type(self, factor: float) -> None:
        """Everything written larger or smaller by a factor; 0: as it was."""
        window = self._window
        if window.lecture.on:
            window.lecture.scale_type(factor)
            return
        before = theme.switch().scale
        theme.switch().resize_type(before * factor if factor else 1.0)
        window.docks.grow(theme.switch().scale / before)
        window.settings.set("type_scale", theme.switch().scale)

    def choose_motion(self, amount: str) -> None:
        """How much moves on its way: ``none``, ``short`` or ``full``."""
        window = self._window
        window.settings.set("motion", amount)
        window.canvas.amount = Amount(amount)
        window.actions_by_name[f"motion_{amount}"].setChecked(True)

    def choose_depth(self, depth: str) -> None:
        """How much of the machine is told: ``story``, ``mechanism`` or ``kernel``."""
        window = self._window
        window.settings.set("depth", depth)
        window.machines.set_depth(Depth(depth))
        window.actions_by_name[f"depth_{depth}"].setChecked(True)

    def set_legend(self) -> None:
        """The legend under the machine, or more room for the machine."""
        shown = self._window.actions_by_name["legend"].isChecked()
        self._window.machines.set_legend(shown)
        self._window.settings.set("legend", shown)

    def toggle_full_screen(self) -> None:
        """On the whole screen, or as before."""
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)
        window.actions_by_name["full"].setChecked(window.isFullScreen())

    def choose_arrangement(self, name: str) -> None:
        """Another arrangement of the panels, as it was left."""
        window = self._window
        window.arrangements.choose(name)
        window.actions_by_name[f"arrange_{window.arrangements.current}"].setChecked(True)
        if name == "compare":
            window.comparing.begin()
        window.showing.show_again()

    def dress(self) -> None:
        """Icons and distances as the theme has them."""
        window = self._window
        actions.dress(window.actions_by_name)
        window.actions_by_name["play_back"].setIcon(actions.icon("mdi6.play", flip=True))
        window.dress_edges()
        window.player.changed.emit()

    def show_choices(self) -> None:
        """What is chosen, in the menus and on the machine."""
        window, settings = self._window, self._window.settings
        chosen = (theme.switch().choice, f"arrange_{window.arrangements.current}", f"language_{language().code}",
                  f"machines_{window.comparing.beside}")  # fmt: skip
        for name in chosen:
            window.actions_by_name[name].setChecked(True)
        for name, key in (("follow", "follow_file"), ("lesson_stops", "lesson_stops"), ("legend", "legend")):
            window.actions_by_name[name].setChecked(settings.get(key))
        window.machines.set_legend(settings.get("legend"))
        motion, depth = settings.get("motion"), settings.get("depth")
        self.choose_motion(motion if motion in {str(amount) for amount in Amount} else "full")
        self.choose_depth(depth if depth in set(Depth) else "mechanism")
