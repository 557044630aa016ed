"""The text that is edited: the one thing that forms and text pane both show, with its file and its undo stack.

Every change is a whole new text, so that undo gives the same bytes whoever made it. Edits that follow
one another under the same ``merge`` key (letters typed into one field) are one step of the undo stack.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.errors import InputError, Problem
from engine.scenario import edit
from engine.scenario.names import named_at, rename
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import dotted, layout_of
from engine.scenario.problems import value_at
from engine.scenario.read import read_toml
from engine.scenario.write import value_text
from engine.trace.files import write_whole

MOST_STEPS = 500
UNTITLED = "untitled.toml"
LONGEST_VALUE = 24
"""Letters of a value in the name of a step."""


class Change(QUndoCommand):
    """From one text to another."""

    def __init__(self, document: Document, after: str, name: str, merge: object) -> None:
        super().__init__(name)
        self._document = document
        self.before, self.after, self.merge = document.text, after, merge

    def redo(self) -> None:
        """The new text."""
        self._document.show_text(self.after)

    def undo(self) -> None:
        """The old text."""
        self._document.show_text(self.before)

    def id(self) -> int:
        """Only a change with a key may take another one in."""
        return -1 if self.merge is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in the next letter of the same field."""
        if not isinstance(other, Change) or other.merge != self.merge:
            return False
        self.after = other.after
        self.setText(other.text())
        self.setObsolete(self.before == self.after)
        return True


class Document(QObject):
    """One scenario's text."""

    changed = Signal()
    """The text is another one; :attr:`data` goes with it."""
    placed = Signal()
    """It has another file, or none of its changes is unsaved any more."""

    def __init__(self, text: str, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        """None until it is saved."""
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(MOST_STEPS)
        self.trouble: Problem | None = None
        """Why the text is not TOML; None when it is."""
        self.data: dict[str, Any] = {}
        """The document of the newest text that was TOML."""
        self._original: bytes | None = None
        self._eol = "\n"
        self.text = ""
        self._take(text)
        self._saved = self.text

    # -- the text -----------------------------------------------------------------------------

    def change(self, text: str, name: str, merge: object = None) -> None:
        """Another text, as a step of the undo stack; nothing where it is the same."""
        if text != self.text:
            self.stack.push(Change(self, text, name, merge))

    def base(self, merge: object) -> str:
        """The text that the next change under this key starts from: that before the letters typed so far."""
        stack = self.stack
        if merge is None or stack.index() != stack.count() or stack.index() in (0, stack.cleanIndex()):
            return self.text
        top = stack.command(stack.index() - 1)
        return top.before if isinstance(top, Change) and top.merge == merge else self.text

    def show_text(self, text: str) -> None:
        """For the steps of the undo stack."""
        self._take(text)
        self.changed.emit()

    def _take(self, text: str) -> None:
        self.text = text
        try:
            self.data, self.trouble = read_toml(text, str(self.path or "")), None
        except InputError as error:
            self.trouble = error.problems[0]

    # -- one place of it ----------------------------------------------------------------------

    def value(self, path: KeyPath) -> Any:
        """What stands at a path; None where nothing does."""
        return value_at(self.data, path)

    def set(self, path: KeyPath, value: Any, default: Any = None, merge: object = None) -> None:
        """Put a value at a path; None takes the key out, and so does the default, unless a comment would go with it.

        A thing that is renamed is renamed everywhere. Nothing happens while the text is not TOML.
        """
        if self.trouble is not None:
            return
        base = self.base(merge)
        name = self.tr("Set {key} to {value}").format(key=dotted(path), value=_short(value))
        try:
            there = layout_of(base).pair(path) is not None
            if value is None or (value == default and type(value) is type(default) and not _commented(base, path)):
                name = name if value is not None else self.tr("Reset {key}").format(key=dotted(path))
                text = edit.remove(base, path) if there else base
            elif named_at(path) and isinstance(value, str):
                text = rename(base, tomllib.loads(base), path, value)
            else:
                text = edit.put(base, path, value)
        except LookupError:
            return
        self.change(text, name, merge)

    # -- the file -----------------------------------------------------------------------------

    @classmethod
    def read(cls, path: Path, parent: QObject | None = None) -> Document:
        """The document of a file; raises InputError when it cannot be read or is no text."""
        document = cls("", path, parent)
        document.read_again()
        document.stack.clear()
        return document

    def read_again(self) -> None:
        """Take the text of the file, as a step that can be undone; raises InputError."""
        assert self.path is not None
        data = file_bytes(self.path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise InputError(Problem("is not text in UTF-8", str(self.path), line)) from None
        self._eol = "\r\n" if "\r\n" in text else "\n"
        text = text.replace("\r\n", "\n")
        self.change(text, self.tr("Read the file again"))
        self._saved_as(text, data)

    def save(self, path: Path) -> None:
        """Write the file as a whole or not at all; raises InputError."""
        data = self.encoded()
        write_whole(path, data)
        self.path = path
        self._saved_as(self.text, data)

    def encoded(self) -> bytes:
        """The bytes of the file; those it was read from while nothing is changed."""
        if self._original is not None and self.text == self._saved:
            return self._original
        return self.text.replace("\n", self._eol).encode("utf-8")

    def differs_on_disk(self) -> bool:
        """Somebody else has written the file since it was read or saved."""
        if self.path is None or self._original is None or not self.path.is_file():
            return False
        try:
            return file_bytes(self.path) != self._original
        except InputError:
            return False

    @property
    def dirty(self) -> bool:
        """Something would be lost."""
        return self.text != self._saved

    @property
    def name(self) -> str:
        """Of the file."""
        return self.path.name if self.path is not None else UNTITLED

    def _saved_as(self, text: str, data: bytes) -> None:
        self._saved, self._original = text, data
        self.stack.setClean()
        self.placed.emit()


def file_bytes(path: Path) -> bytes:
    """What is in a file; raises InputError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", os.fspath(path))) from None


def _short(value: Any) -> str:
    text = value_text(value) if value is not None else ""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _commented(text: str, path: KeyPath) -> bool:
    """Whether a comment behind the value would go with it."""
    found = layout_of(text).pair(path)
    if found is None:
        return False
    end = text.find("\n", found.end)
    return "#" in text[found.end : end if end >= 0 else len(text)]
