"""The editors that a main window has opened: one for each file, raised when it is asked for again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from app.settings import config_dir
from app.thread.preload import editing
from app.words.refusal import refusal
from engine.errors import InputError

if TYPE_CHECKING:
    from app.editor.window import EditorWindow
    from app.shell.window import MainWindow


class Editors(QObject):
    """Opens editors and carries out their wishes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.open: list[EditorWindow] = []
        self._tried: dict[Path, EditorWindow] = {}
        """Files that were written to try a text, by the editor they came from."""

    def new(self) -> EditorWindow:
        """An editor on a scenario that has no file yet; one that nothing was done with is brought to the front."""
        for editor in self.open:
            if editor.document.path is None and not editor.document.dirty:
                return _raised(editor)
        return self._show(editing().new_editor(self._window.settings))

    def edit(self, path: Path | None) -> EditorWindow | None:
        """The editor of a file; None where the file cannot be read."""
        if path is None:
            return None
        path = path.resolve()
        for editor in self.open:
            if editor is self._tried.get(path) or editor.document.path == path:
                return _raised(editor)
        try:
            return self._show(editing().editor_of(path, self._window.settings))
        except InputError as error:
            QMessageBox.warning(self._window, self.tr("Editor"), refusal(error))
            return None

    def tell_left_behind(self) -> None:
        """Say in the window what was not saved when Swapscope ended last."""
        if not any((config_dir() / "drafts").glob("*.json")):
            return
        names = [draft.path.name if draft.path else self.tr("a new scenario") for draft in editing().left_behind()]
        if names:
            told = self.tr("Not saved last time: {names}. The editor offers it again.")
            self._window.status.say(told.format(names=", ".join(names)), lasting=True)

    def close_all(self) -> bool:
        """Close every editor; False as soon as one is to stay."""
        return all(editor.close() for editor in tuple(self.open))

    def spoiled(self, path: Path | None) -> bool:
        """The file is open in an editor that finds something wrong with it: its run is better left as it is."""
        return any(editor.document.path == path and editor.problems for editor in self.open)

    def _show(self, editor: EditorWindow) -> EditorWindow:
        self.open.append(editor)
        editor.closed.connect(lambda: self._closed(editor))
        editor.new_wanted.connect(self.new)
        editor.open_wanted.connect(self.edit)
        editor.run_wanted.connect(lambda path, saved: self._run(editor, path, saved))
        editor.show()
        editor.keeping.offer_drafts()
        return editor

    def _run(self, editor: EditorWindow, path: Path, saved: bool) -> None:
        if not saved:
            self._tried[path.resolve()] = editor
        self._window.open(path, remembered=saved)
        self._window.raise_()

    def _closed(self, editor: EditorWindow) -> None:
        self.open.remove(editor)
        self._tried = {path: other for path, other in self._tried.items() if other is not editor}


def _raised(editor: EditorWindow) -> EditorWindow:
    editor.raise_()
    editor.activateWindow()
    return editor
