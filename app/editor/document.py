"""The text that is edited: the one thing that forms and text pane both show, with its file and the steps of undo.

Every change is a whole new text, so that undo gives the same bytes whoever made it. Edits that follow
one another under the same ``merge`` key (letters typed into one field) are one step.
A value that a form puts in is known without reading the text again; a long text in which somebody
types is read in a thread, and the forms show what it was until then.
"""

from __future__ import annotations

import os
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.editor.steps import Steps
from app.thread.newest import Newest
from engine.errors import InputError, Problem
from engine.phrase import phrase
from engine.scenario import edit
from engine.scenario.names import places_named
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


AT_ONCE = 12_000
"""Letters of a text that is read in two milliseconds or less; a longer one that somebody types is read in a thread."""
Data = dict[str, Any]


@dataclass(frozen=True)
class State:
    """A text, and what it says where that is known."""

    text: str
    data: Data | None = None


class Change:
    """From one text to another."""

    def __init__(self, document: Document, after: State, name: str, merge: object) -> None:
        self._document = document
        self.before, self.after, self.name, self.merge = document.state, after, name, merge

    def redo(self) -> None:
        """The new text."""
        self._document.show(self.after)

    def undo(self) -> None:
        """The old text."""
        self._document.show(self.before)

    def take_in(self, other: Change) -> bool:
        """Take in the next letter of the same field; a change without a key takes nothing in."""
        if self.merge is None or other.merge != self.merge:
            return False
        self.after, self.name = other.after, other.name
        return True

    @property
    def empty(self) -> bool:
        """The text is what it was before."""
        return self.before.text == self.after.text


class Reader(Newest):
    """Reads the newest text that was asked for."""

    read = Signal(object)
    """The text, its data and what is wrong, one of which is None."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("reader", parent)

    def grant(self, wish: tuple[str, str]) -> None:
        """Read one; in the thread."""
        self.read.emit((wish[0], *read(*wish)))


def read(text: str, name: str) -> tuple[Data | None, Problem | None]:
    """What a text says, or why it is not TOML."""
    try:
        return read_toml(text, name), None
    except InputError as error:
        return None, error.problems[0]


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
        self.steps: Steps[Change] = Steps(MOST_STEPS, self)
        self.trouble: Problem | None = None
        """Why the text is not TOML; None when it is."""
        self.data: Data = {}
        """The document of the newest text that was TOML; not to be changed."""
        self.waiting = False
        """The text is being read: data and trouble are those of the one before."""
        self._reader = Reader(self)
        self._reader.read.connect(self._read_there)
        self._original: bytes | None = None
        self._eol = "\n"
        self.text = text
        self._read_here()
        self._saved = self.text

    # -- the text -----------------------------------------------------------------------------

    def change(self, text: str, name: str, merge: object = None) -> None:
        """Another text, as a step that can be undone; nothing where it is the same."""
        self._change(State(text), name, merge)

    def _change(self, after: State, name: str, merge: object) -> None:
        if after.text != self.text:
            self.steps.push(Change(self, after, name, merge))

    @property
    def state(self) -> State:
        """The text as it is now."""
        return State(self.text, self.data if not self.waiting and self.trouble is None else None)

    def base(self, merge: object) -> State:
        """What the next change under this key starts from: the text before the letters typed so far."""
        last = self.steps.growing
        return last.before if merge is not None and last is not None and last.merge == merge else self.state

    def show(self, state: State) -> None:
        """For the steps of undo."""
        self.text = state.text
        if state.data is not None:
            self.data, self.trouble, self.waiting = state.data, None, False
        elif len(self.text) <= AT_ONCE:
            self._read_here()
        else:
            self.waiting = True
            self._reader.want((self.text, str(self.path or "")))
        self.changed.emit()

    def settle(self) -> None:
        """Have the text read now, if it is being read."""
        if self.waiting:
            self._read_here()

    def close(self) -> None:
        """End the thread."""
        self._reader.close()

    def _read_here(self) -> None:
        self._take(*read(self.text, str(self.path or "")))

    def _read_there(self, answer: tuple[str, Data | None, Problem | None]) -> None:
        text, data, trouble = answer
        if self.waiting and text == self.text:
            self._take(data, trouble)
            self.changed.emit()

    def _take(self, data: Data | None, trouble: Problem | None) -> None:
        self.data, self.trouble, self.waiting = self.data if data is None else data, trouble, False

    # -- one place of it ----------------------------------------------------------------------

    def value(self, path: KeyPath) -> Any:
        """What stands at a path; None where nothing does."""
        return value_at(self.data, path)

    def set(self, path: KeyPath, value: Any, default: Any = None, merge: object = None) -> None:
        """Put a value at a path; None takes the key out, and so does the default, unless a comment would go with it.

        A thing that is renamed is renamed everywhere. Nothing happens while the text is not TOML.
        """
        self.settle()
        if self.trouble is not None:
            return
        base = self.base(merge)
        text, data = base.text, base.data if base.data is not None else read(base.text, self.name)[0]
        name = self.tr("Set {key} to {value}").format(key=dotted(path), value=_short(value))
        try:
            there = layout_of(text).pair(path) is not None
            if value is None or (value == default and type(value) is type(default) and not _commented(text, path)):
                name = name if value is not None else self.tr("Reset {key}").format(key=dotted(path))
                text, data = (edit.remove(text, path), without(data, path)) if there else (text, data)
                if data is None:
                    data = read(text, self.name)[0]
            elif there:
                places = places_named(data or {}, path) if isinstance(value, str) else [path]
                text = edit.put_all(text, dict.fromkeys(places, value))
                for place in places:
                    data = with_value(data, place, value)
            else:
                text, data = edit.put(text, path, value), with_value(data, path, value)
        except LookupError:
            return
        self._change(State(text, data), name, merge)

    # -- the file -----------------------------------------------------------------------------

    @classmethod
    def read(cls, path: Path, parent: QObject | None = None) -> Document:
        """The document of a file; raises InputError when it cannot be read or is no text."""
        document = cls("", path, parent)
        document.read_again()
        document.steps.forget()
        return document

    def read_again(self) -> None:
        """Take the text of the file, as a step that can be undone; raises InputError."""
        assert self.path is not None
        data = file_bytes(self.path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise InputError(Problem(phrase("is not text in UTF-8"), str(self.path), line)) from None
        self._eol = "\r\n" if "\r\n" in text else "\n"
        text = text.replace("\r\n", "\n")
        self._change(State(text, read(text, self.name)[0]), self.tr("Read the file again"), None)
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
        self.steps.set_clean()
        self.placed.emit()


def with_value(data: Any, path: KeyPath, value: Any) -> Any:
    """The document with another value at a path, tables that are missing made; what is not on the way is shared."""
    if not path:
        return value
    made = copy(data) if data is not None else {}
    made[path[0]] = with_value(made.get(path[0]) if isinstance(made, dict) else made[path[0]], path[1:], value)
    return made


def without(data: Any, path: KeyPath) -> Any:
    """The document without the key at a path; None where a table is left with nothing: the text may have none of it."""
    made = copy(data)
    if len(path) > 1:
        made[path[0]] = without(data[path[0]], path[1:])
        return made if made[path[0]] is not None else None
    del made[path[0]]
    return made or None


def file_bytes(path: Path) -> bytes:
    """What is in a file; raises InputError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(Problem(phrase("cannot be read: {why}", why=error.strerror), os.fspath(path))) from None


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
