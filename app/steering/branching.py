"""What if: changes and shocks of the run, the branches that they open, taken back or saved as scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.thread.preload import load_scenario
from app.words.refusal import refusal
from engine.errors import InputError
from engine.shocks import SHOCKS, Shock

if TYPE_CHECKING:
    from app.panels.branches import BranchesPanel
    from app.shell.window import MainWindow
    from engine.timeline import Timeline

SUFFIX = ".toml"


class Branching(QObject):
    """The branches of the run of one window, as far as actions are about them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._worker, self._player, self._status = window.worker, window.player, window.status
        self._worker.told.connect(self._told)

    def follow(self, panel: BranchesPanel) -> None:
        """The panel has been made."""
        panel.switch_wanted.connect(self.switch)
        panel.rename_wanted.connect(self._worker.rename_branch)
        panel.remove_wanted.connect(self.remove)
        panel.compare_wanted.connect(self._window.comparing.choose_branch)

    def change(self, key: str, value: int) -> None:
        """Another value of a setting at the cursor: a branch opens."""
        self._player.pause()
        self._worker.change(key, int(value))

    def switch(self, number: int) -> None:
        """Show another branch; 0 is the run as the scenario has it."""
        self._player.pause()
        self._worker.switch_branch(number)

    def remove(self, number: int) -> None:
        """Forget a branch and those that left it; a comparison with a branch ends, as their numbers change."""
        self._player.pause()
        self._window.comparing.forget_branches()
        self._worker.remove_branch(number)

    def strike_named(self, key: str) -> None:
        """The ready-made shock with this key."""
        self.strike(next(shock for shock in SHOCKS if shock.key == key))

    def strike(self, shock: Shock) -> None:
        """A ready-made shock at the cursor: a branch opens."""
        self._player.pause()
        self._worker.strike(shock, self.tr(shock.name))

    def undo(self) -> None:
        """Forget the branch that is shown, and stand where its change was made."""
        frame = self._window.frame
        if frame is None or frame.branch == 0:
            self._status.say(self.tr("Nothing was changed here: this is the run as the scenario has it."))
            return
        self._player.pause()
        self._window.comparing.forget_branches()
        self._worker.undo()

    def ask_and_save(self) -> None:
        """Ask for a file and save the branch that is shown as a scenario."""
        window = self._window
        if window.frame is None or window.path is None:
            return
        if window.frame.branch == 0:
            self._status.say(self.tr("Nothing was changed here: this is the run as the scenario has it."))
            return
        name = f"{window.path.stem}-what-if{SUFFIX}"
        kinds = self.tr("Scenarios (*{suffix})").format(suffix=SUFFIX)
        chosen, _ = QFileDialog.getSaveFileName(window, self.tr("Save branch as a scenario"), name, kinds)
        if chosen:
            output = Path(chosen)
            self.save(output if output.suffix else output.with_suffix(SUFFIX))

    def save(self, output: Path) -> None:
        """The branch that is shown as a scenario file, in the engine's thread."""
        window = self._window
        if window.path is not None:
            self._worker.begin("save branch", _saving(window.path, window.opening.sets, output))

    def _told(self, name: str, answer: object) -> None:
        if name == "shock":
            self._status.say(self.tr(str(answer)))
        elif name == "save branch" and isinstance(answer, InputError):
            QMessageBox.warning(self._window, self.tr("Save"), refusal(answer))
        elif name == "save branch":
            self._status.say(self.tr("Saved {name}").format(name=answer))


def _saving(path: Path, sets: tuple[str, ...], output: Path) -> Callable[[Timeline], Iterator[object]]:
    """What the engine's thread does to save a branch; answers the file, or the InputError."""

    def save(timeline: Timeline) -> Iterator[object]:
        from engine.branch_scenario import save_branch

        branches, number = tuple(timeline.branches), timeline.branch
        yield None
        try:
            save_branch(load_scenario(path, sets), branches, number, output)
        except InputError as error:
            yield error
        else:
            yield output

    return save
