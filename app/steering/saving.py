"""What a window writes to files: pictures of the moment or of itself, replays, animations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app import theme
from app.export import replay as replays
from app.export.animation_dialog import AnimationDialog
from app.export.picture import Scene
from app.export.vector import write
from app.shell.arrangements import as_text
from app.words.refusal import refusal
from engine.errors import InputError, Problem

if TYPE_CHECKING:
    from app.shell.window import MainWindow

LEAST_WIDE, LEAST_HIGH = 1280, 800
"""A picture is at least so large, however small the window."""


class Saving(QObject):
    """Asks for a file, writes it, and says how that went."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_and_save_picture(self) -> None:
        """Ask for a file and save a picture of this moment."""
        chosen = self._ask_where(self.tr("Save picture"), ".png", self.tr("Pictures (*.png *.svg *.pdf)"))
        if chosen is not None:
            self.save_picture(chosen)

    def ask_and_save_window(self) -> None:
        """Ask for a file and save a picture of the whole window as it is."""
        chosen = self._ask_where(self.tr("Save picture of the window"), ".png", self.tr("Pictures (*.png *.svg *.pdf)"))
        if chosen is not None:
            self._written(chosen, lambda: write(self._window, chosen))

    def save_picture(self, output: Path) -> None:
        """A picture of this moment as a file; says so when it cannot be written."""
        window = self._window
        if window.frame is None:
            return
        moment, depth = window.showing.told_moment(window.frame), window.canvas.detail
        scene = Scene(moment, window.frame.series, depth, window.machines)
        try:
            scene.lay_out((max(LEAST_WIDE, window.width()), max(LEAST_HIGH, window.height())))
            self._written(output, lambda: write(scene, output))
        finally:
            scene.hide()
            scene.deleteLater()

    def ask_and_save_replay(self) -> None:
        """Ask for a file and save what opens this moment again."""
        kinds = self.tr("Replays (*{suffix})").format(suffix=replays.SUFFIX)
        chosen = self._ask_where(self.tr("Save replay"), replays.SUFFIX, kinds)
        if chosen is not None:
            self.save_replay(chosen if chosen.suffix else chosen.with_suffix(replays.SUFFIX))

    def save_replay(self, output: Path) -> None:
        """What opens this moment again, as a file."""
        window = self._window
        frame, path = window.frame, window.path
        if frame is None or path is None:
            return

        def write_it() -> None:
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(Problem("the scenario cannot be read any more", str(path))) from error
            look = replays.Look(
                theme.current().name, str(window.canvas.detail), window.arrangements.current,
                as_text(window.docks.save()), str(window.comparing.beside),
            )  # fmt: skip
            replay = replays.Replay(
                path.name, text, window.opening.sets, replays.changes_of(frame.branches), frame.branch,
                frame.moment.transition.number, replays.state_of(frame.moment.view), window.showing.selection,
                window.comparing.others, look,
            )  # fmt: skip
            replays.save(replay, output, path)

        self._written(output, write_it)

    def ask_and_save_animation(self) -> None:
        """Ask for a span and a file, and draw it frame by frame."""
        if self._window.frame is not None:
            AnimationDialog(self._window).show()

    def _ask_where(self, title: str, suffix: str, kinds: str) -> Path | None:
        """A file to write, named after what is shown; None when there is nothing to write or nowhere."""
        window = self._window
        if window.frame is None:
            return None
        name = f"{window.path.stem if window.path else 'swapscope'}-{window.frame.moment.transition.number}{suffix}"
        chosen, _ = QFileDialog.getSaveFileName(window, title, name, kinds)
        return Path(chosen) if chosen else None

    def _written(self, output: Path, write_it: Callable[[], object]) -> None:
        """Write a file; what is wrong with it is said."""
        try:
            write_it()
        except InputError as error:
            QMessageBox.warning(self._window, self.tr("Save"), refusal(error))
        else:
            self._window.status.say(self.tr("Saved {name}").format(name=output))
