"""A moment of the run as it is entered: the sort of moment, which one, and how much later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app import theme
from app.editor.inputs import Choice, Input, Line, undo_filter
from app.editor.mistakes import tr
from app.panels.widgets import Text
from engine.mm.transitions import KINDS
from engine.scenario.forms import Field
from engine.scenario.lesson import MOMENT_KEYS

LEAST_LETTERS = 12
"""Of a choice, in a narrow form."""


class MomentInput(Input):
    """A moment of the run: its start or end, a mark, a transition of a kind, a comparison that becomes true, a time."""

    WHATS = (("start", "at the start"), ("end", "at the end"), ("mark", "at the mark"), ("kind", "at a transition:"),
              ("condition", "when this becomes true:"), ("time_ns", "at nanoseconds of its clock:"),
              ("transition", "at the transition with the number"))  # fmt: skip
    _FIRST: dict[str, Any] = {"mark": "", "kind": "written back", "condition": "pswpout > 0", "time_ns": 1_000_000,
                              "transition": 100}  # fmt: skip
    """What stands there first when a person turns to this sort of moment."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._names: Callable[[], list[str]] = list
        self._value: Any = None
        self.what = Choice()
        for key, text in self.WHATS:
            self.what.addItem(tr(text), key)
        self.place = Line()
        self.place.setAccessibleName(tr("Which moment"))
        self.nth, self.offset = Line(stepped=True), Line(stepped=True)
        self.after = Choice()
        for widget, name, hint in ((self.nth, tr("Which time"), "1"), (self.offset, tr("Transitions later"), "0")):
            widget.setAccessibleName(name)
            widget.setPlaceholderText(hint)
            widget.setFixedWidth(theme.px(56))
        self.after.setAccessibleName(tr("Only after this mark"))
        for choice in (self.what, self.after):  # as wide as there is room, not as their longest word
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(LEAST_LETTERS)
        self._more = QWidget()
        first, more = QHBoxLayout(), QGridLayout(self._more)
        first.setSpacing(theme.px(6))
        first.addWidget(self.what, 3)
        first.addWidget(self.place, 2)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(theme.px(6))
        more.setColumnStretch(4, 1)
        asked: tuple[tuple[str, QWidget, int, int, int], ...] = (
            (tr("time no."), self.nth, 0, 0, 1), (tr("and later by"), self.offset, 0, 2, 1),
            (tr("after the mark"), self.after, 1, 0, 4),
        )  # fmt: skip
        for text, field_of, row, column_at, wide in asked:
            label = Text(text, 11.5, colour="dim")
            label.setBuddy(field_of)
            more.addWidget(label, row, column_at)
            more.addWidget(field_of, row, column_at + 1, 1, wide)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(first)
        column.addWidget(self._more)
        self._row.addLayout(column, 1)
        self.setFocusProxy(self.what)
        self.what.activated.connect(lambda _index: self._turned())
        self.after.activated.connect(lambda _index: self._choose(self._made()))
        for line in (self.place, self.nth, self.offset):
            line.installEventFilter(undo_filter())
            line.textEdited.connect(lambda _text: self.changed.emit(self._made()))
            line.editingFinished.connect(self.settled)
        self.place.entered.connect(self._complete)
        self.place.completed.connect(lambda _text: self.changed.emit(self._made()))

    def show_value(self, value: Any) -> None:
        """The moment of the file."""
        self._value = value
        what, place, rest = self._parts(value)
        with QSignalBlocker(self.what):
            self.what.setCurrentIndex(self.what.findData(what))
        marks: list[Any] = [None, *self._names()]
        after = rest.get("after")
        with QSignalBlocker(self.after):
            self.after.clear()
            for name in marks if after in marks else [*marks, after]:
                self.after.addItem("—" if name is None else str(name), name)
            self.after.setCurrentIndex(self.after.findData(after))
        for line, text in ((self.place, str(place)), (self.nth, str(rest.get("nth", ""))),
                           (self.offset, str(rest.get("offset", "")))):  # fmt: skip
            if text != line.text() and not (line.hasFocus() and value == self._made()):
                line.setText(text)
        self.place.setVisible(what in self._FIRST)
        self._more.setVisible(what in self._FIRST)

    def offer(self, names: Callable[[], list[str]]) -> None:
        """The marks there are."""
        self._names = names
        self.show_value(self._value)

    def editor(self) -> QWidget:
        """The choice of what sort of moment it is."""
        return self.what

    def _parts(self, value: Any) -> tuple[str, Any, dict[str, Any]]:
        """Sort of moment, its place and what else is said of it."""
        if isinstance(value, dict):
            what = next((key for key in MOMENT_KEYS if key in value), "kind")
            return what, value.get(what, ""), value
        word = value if isinstance(value, str) else "start"
        return (word, "", {}) if word in ("start", "end") else ("mark", word, {})

    def _made(self) -> Any:
        """The value as the widgets stand."""
        what = str(self.what.currentData())
        if what not in self._FIRST:
            return what
        text = self.place.text().strip()
        numbered = what in ("time_ns", "transition")
        made: dict[str, Any] = {what: int(text) if numbered and text.isdecimal() else text}
        for key, line in (("nth", self.nth), ("offset", self.offset)):
            typed = line.text().strip()
            if typed:
                made[key] = int(typed) if typed.lstrip("+-").isdecimal() else typed
        if self.after.currentData() is not None:
            made["after"] = self.after.currentData()
        return text if what == "mark" and len(made) == 1 else made

    def _turned(self) -> None:
        """Another sort of moment: it begins with something that is right."""
        what = str(self.what.currentData())
        first = self._FIRST.get(what, "")
        if what == "mark":
            first = next(iter(self._names()), "")
        for line, text in ((self.place, str(first)), (self.nth, ""), (self.offset, "")):
            line.setText(text)
        self.after.setCurrentIndex(0)
        self._choose(self._made())

    def _complete(self) -> None:
        self.settled.emit()
        what = str(self.what.currentData())
        self.place.complete({"mark": self._names, "kind": kind_names}.get(what, list)())


def kind_names() -> list[str]:
    """The kinds of transition that a moment may be."""
    return [kind.name for kind in KINDS]
