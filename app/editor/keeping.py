"""The file of an editor: saved, changed by others, left behind as a draft, and where a new one would be."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.editor import drafts
from app.editor.document import UNTITLED
from app.thread.file_watch import FileWatch
from app.words.refusal import refusal, sentence
from engine.errors import InputError
from engine.resources import scenarios_dir
from engine.scenario.traces import with_traces_from

if TYPE_CHECKING:
    from app.editor.window import EditorWindow
    from app.settings import Settings

DRAFT_MS = 1000
"""A draft is written when nothing was typed for so long."""


class Keeping(QObject):
    """Keeps the document of one editor in its file, and what is not saved as a draft."""

    def __init__(self, window: EditorWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._drafts = drafts.DraftKeeper()
        self._draft_due = QTimer(self)
        self._draft_due.setSingleShot(True)
        self._draft_due.setInterval(DRAFT_MS)
        self._draft_due.timeout.connect(self.keep_draft)
        self._watch = FileWatch(self)
        self._watch.saved.connect(self._file_changed)
        window.document.changed.connect(self._draft_due.start)
        window.document.placed.connect(self.show_place)

    def show_place(self) -> None:
        """The document has another file, or is saved: watch it; there is nothing more to keep."""
        document = self._window.document
        if document.path is not None:
            self._watch.watch(document.path)
        if not document.dirty:
            self._drafts.drop()

    def stop(self) -> None:
        """The editor closes: what is not saved now is not wanted."""
        self._draft_due.stop()
        self._watch.stop()
        self._drafts.drop()

    @property
    def of_library(self) -> bool:
        """The file comes with Swapscope and is not to be changed."""
        path = self._window.document.path
        return path is not None and path.resolve().is_relative_to(scenarios_dir().resolve())

    def folder(self) -> Path:
        """Where the file is; where it would be saved, before it is."""
        if self._window.document.path is not None:
            return self._window.document.path.parent
        return own_folder(self._settings)

    def ask_and_open(self) -> None:
        """Another file, in an editor of its own."""
        kinds = self.tr("Scenarios (*.toml)")
        chosen, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open"), str(self.folder()), kinds)
        if chosen:
            self._window.open_wanted.emit(Path(chosen))

    def save(self) -> bool:
        """Write the file; a scenario that comes with Swapscope and one without a file are asked a place for."""
        path = self._window.document.path
        if path is None or self.of_library:
            return self.ask_and_save()
        if self._window.document.differs_on_disk() and not self._may_overwrite(path):
            return False
        return self._write(path)

    def ask_and_save(self) -> bool:
        """Ask for a file and write it; the editor goes on with that one."""
        folder = own_folder(self._settings) if self.of_library else self.folder()
        start = folder / (self.suggested() if self._window.document.path is None else self._window.document.name)
        kinds = self.tr("Scenarios (*.toml)")
        chosen, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save scenario"), str(start), kinds)
        if not chosen:
            return False
        path = Path(chosen)
        return self._write(path if path.suffix else path.with_suffix(".toml"))

    def _write(self, path: Path) -> bool:
        if path.resolve().is_relative_to(scenarios_dir().resolve()):
            said = self.tr("The scenarios that come with Swapscope stay as they are. Choose a folder of your own.")
            QMessageBox.information(self._window, self.tr("Save scenario"), said)
            return False
        old = self._window.document.path
        if old is not None and old.parent.resolve() != path.parent.resolve():
            text = with_traces_from(self._window.document.text, old.parent, path.parent)
            self._window.document.change(text, self.tr("Name the recordings as {folder} sees them").format(
                folder=path.parent.name))  # fmt: skip
        try:
            self._window.document.save(path)
        except InputError as error:
            QMessageBox.warning(self._window, self.tr("Save scenario"), refusal(error))
            return False
        self._settings.set("own_folder", str(path.parent))
        self._window.notice.hide()
        self._window.state.show_text(self.tr("Saved {name}").format(name=path))
        return True

    def _may_overwrite(self, path: Path) -> bool:
        said = self.tr("{name} was changed by another program since it was read. Write over it?")
        answer = QMessageBox.question(self._window, self.tr("Save scenario"), said.format(name=path.name))
        return answer == QMessageBox.StandardButton.Yes

    def suggested(self) -> str:
        """A name for a file, made from the scenario's title."""
        title = self._window.document.data.get("title")
        words = "".join(letter if letter.isalnum() else " " for letter in title) if isinstance(title, str) else ""
        return "-".join(words.lower().split())[:60] + ".toml" if words.split() else UNTITLED

    def _file_changed(self) -> None:
        """Another program has saved the file."""
        if not self._window.document.differs_on_disk():
            return
        if not self._window.document.dirty:
            self._read_again()
            return
        said = self.tr("Another program has changed {name}.").format(name=self._window.document.name)
        take, keep = (self.tr("Take its text"), self._read_again), (self.tr("Keep mine"), lambda: None)
        self._window.notice.say(said, take, keep)

    def _read_again(self) -> None:
        try:
            self._window.document.read_again()
        except InputError as error:
            self._window.notice.say(sentence(error.problems[0]))

    def offer_drafts(self) -> None:
        """Offer the newest draft that was left behind for this file."""
        path = self._window.document.path
        for draft in drafts.left_behind():
            if draft.path == path and draft.text != self._window.document.text:
                when = time.strftime("%Y-%m-%d %H:%M", time.localtime(draft.when))
                said = self.tr("Changes of {when} were not saved.").format(when=when)
                self._window.notice.say(said, (self.tr("Take them back up"), partial(self._restore, draft)),
                                (self.tr("Throw them away"), partial(drafts.forget, draft)))  # fmt: skip
                return

    def _restore(self, draft: drafts.Draft) -> None:
        self._window.document.change(draft.text, self.tr("Take unsaved changes back up"))
        self.keep_draft()
        drafts.forget(draft)

    def keep_draft(self) -> None:
        """Write what is not saved where it is found after a crash."""
        if self._window.document.dirty:
            self._drafts.keep(self._window.document.path, self._window.document.text)
        else:
            self._drafts.drop()


def own_folder(settings: Settings) -> Path:
    """Where a person keeps scenarios: where one was saved last, else the home folder."""
    kept = settings.get("own_folder")
    return Path(kept) if kept and Path(kept).is_dir() else Path.home()
