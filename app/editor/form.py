"""A form: a row for each field of a table of the file, with its meaning, default, way back, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app import actions, theme
from app.editor.document import Document
from app.editor.fields import input_for, width_of
from app.editor.inputs import Input
from app.editor.mistakes import Mistakes, tr
from app.panels.widgets import Text
from app.words.refusal import sentence
from app.words.said import declared
from engine.errors import Problem
from engine.scenario.entries import text_of
from engine.scenario.forms import Field
from engine.scenario.names import names_for
from engine.scenario.positions import Path, dotted

NARROW = 330
"""Pixels of a row at normal type size below which a short input stands below the words: they need the width."""


class FieldRow(QWidget):
    """One field."""

    wanted = Signal(object)
    """The value wanted; None: none."""
    settled = Signal()
    entered = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.problem: Problem | None = None
        self._there: bool | None = None
        """The file has a value here that can be taken out; None: not known yet."""
        self._told = False
        self.name = Text(field.key, 12.5, mono=True)
        self.kernel = Text(field.kernel if field.kernel != field.key else "", 11.5, mono=True, colour="dim")
        self.about = Text(self._about(), 11.5, colour="dim", wrap=True)
        self.input: Input = input_for(field)
        self.unit = Text(declared(field.unit), 11.5, colour="dim", parent=self)
        self.unit.setVisible(bool(field.unit))
        self.reset = QToolButton()
        self.reset.setProperty("flat", True)
        self.reset.setAutoRaise(True)
        self.wrong = Text("", 11.5, colour="danger", wrap=True)
        self.nearest = QPushButton()
        self.nearest.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.name.setBuddy(self.input)
        editor = self.input.editor()
        editor.setAccessibleName(field.key)
        editor.setAccessibleDescription(self._about())
        self.reset.setAccessibleName(self.tr("Take {key} out").format(key=field.key))
        self.reset.setToolTip(self.tr("Take this line out of the file: the default holds again"))
        self.nearest.setAccessibleName(self.tr("Take the nearest name"))
        self.input.changed.connect(self.wanted)
        self.input.settled.connect(self.settled)
        self.reset.clicked.connect(lambda _on=False: self._reset())
        self.nearest.clicked.connect(lambda _on=False: self._take_nearest())
        theme.switch().changed.connect(self._dress)
        self._dress()
        self.show_problem(None)

    def _lay_out(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, theme.px(4), 0, theme.px(4))
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(1))
        grid.setColumnStretch(1, 1)
        self.kernel.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.kernel, 0, 1)
        self._place(beside=True)
        grid.addWidget(self.wrong, 3, 0, 1, 5)
        grid.addWidget(self.nearest, 4, 0, 1, 5, Qt.AlignmentFlag.AlignLeft)

    def _place(self, beside: bool) -> None:
        """A short input beside the words or, where those had no room then, below them like a long one."""
        grid, short = self._grid, bool(width_of(self.field))
        self._beside = beside
        for widget in (self.unit, self.input, self.reset, self.about):
            grid.removeWidget(widget)
        if short and beside:
            for column, widget in ((2, self.unit), (3, self.input), (4, self.reset)):
                grid.addWidget(widget, 0, column, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self.about, 1, 0, 1, 2)
        else:
            grid.addWidget(self.reset, 0, 4)
            grid.addWidget(self.about, 1, 0, 1, 5)
            if short:
                grid.addWidget(self.input, 2, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(self.unit, 2, 2, 1, 3)
            else:
                grid.addWidget(self.input, 2, 0, 1, 5)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= theme.px(NARROW)
        if beside is not self._beside and width_of(self.field):
            self._place(beside)

    def show_default(self, field: Field) -> None:
        """The same field with another default."""
        self.field = self.input.field = field
        self.input.show_default()
        self.about.setText(self._about())

    def show_value(self, value: Any) -> None:
        """What the file says; None where it says nothing."""
        self.name.set_colour("text" if value is not None or self.field.needed else "dim")
        there = value is not None and not self.field.needed
        if there is not self._there:
            self._there = there
            self.reset.setEnabled(there)
            self._dress_reset()
        self.input.show_value(value)

    def show_problem(self, problem: Problem | None) -> None:
        """What is wrong with the value; None: nothing."""
        if problem == self.problem and self._told:
            return
        self.problem, self._told = problem, True
        self.wrong.setVisible(problem is not None)
        self.wrong.show_text(sentence(problem) if problem else "")
        near = problem.nearest if problem is not None else None
        self.nearest.setVisible(near is not None)
        if near is not None:
            self.nearest.setText(self.tr("Take “{name}”").format(name=near))
        edge = theme.current().danger if problem is not None else ""
        self.input.editor().setStyleSheet(f"border: 1px solid {edge};" if edge else "")

    def focus(self) -> None:
        """The keyboard here."""
        self.input.editor().setFocus()

    def matches(self, words: str) -> bool:
        """Whether every word is somewhere in its key, meaning or kernel name."""
        where = f"{dotted(self.field.path)} {self.field.about} {self.about.text()} {self.field.kernel}".lower()
        return all(word in where for word in words.lower().split())

    def _about(self) -> str:
        parts = [tr(self.field.about).replace("``", "")]
        if self.field.default not in (None, "", [], {}):
            parts.append(tr("default {value}").format(value=text_of(self.field, self.field.default)))
        if self.field.low is not None and self.field.high is not None and self.field.high < 1 << 31:
            parts.append(f"{self.field.low:g} … {self.field.high:g}" if self.field.high < 1e6 else "")
        return " · ".join(part for part in parts if part)

    def _reset(self) -> None:
        self.settled.emit()
        self.wanted.emit(None)

    def _take_nearest(self) -> None:
        if self.problem is not None:
            self.settled.emit()
            self.wanted.emit(self.problem.nearest)

    def _dress_reset(self) -> None:
        self.reset.setIcon(actions.icon("mdi6.restore") if self._there else QIcon())

    def _dress(self) -> None:
        self._dress_reset()
        if self.problem is not None:
            self._told = False
            self.show_problem(self.problem)
        width = width_of(self.field)
        if width:
            self.input.setFixedWidth(theme.px(width))
        self.reset.setFixedSize(theme.px(24), theme.px(24))
        self.about.setText(self._about())
        self.unit.setText(declared(self.field.unit))


class Form(QWidget):
    """Rows that change the document."""

    chosen = Signal(object, str)
    """A word that says what the part is was chosen: path of the key, and the word."""

    def __init__(
        self, document: Document, fields: Sequence[Field], changing: Iterable[str] = (), parent: QWidget | None = None
    ) -> None:
        """``changing`` are keys whose values turn the part into another one: they are told, not set."""
        super().__init__(parent)
        self._document = document
        self._prefix: Path = ()
        self._session = 0
        self._changing = frozenset(changing)
        self.rows: dict[str, FieldRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        for field in fields:
            row = FieldRow(field)
            row.wanted.connect(self._setter(row))
            row.settled.connect(self._settle)
            self.rows[dotted(field.path)] = row
            column.addWidget(row)
            if field.names:
                row.input.offer(self._namer(field))

    def show_table(self, prefix: Path, mistakes: Mistakes) -> None:
        """The values of the table at ``prefix``, and what is wrong with them."""
        if prefix != self._prefix:
            self._prefix = prefix
            self._settle()
        kind = self._document.value((*prefix, "kind"))
        for row in self.rows.values():
            path = (*prefix, *row.field.path)
            value, problem = self._document.value(path), mistakes.at(path)
            row.show_value(value)
            row.show_problem(problem)
            if row.field.only:
                # What the file says is shown even where it means nothing, so that it can be taken out.
                row.setVisible(kind in row.field.only or value is not None or problem is not None)

    def show_defaults(self, fields: Sequence[Field]) -> None:
        """The same fields with other defaults."""
        for field in fields:
            row = self.rows[dotted(field.path)]
            if field != row.field:
                row.show_default(field)

    def row_at(self, key: str) -> FieldRow | None:
        """The row of a dotted key of the file, or of what is inside its value."""
        for row in self.rows.values():
            if f"{key}.".startswith(f"{dotted((*self._prefix, *row.field.path))}."):
                return row
        return None

    def _setter(self, row: FieldRow) -> Callable[[Any], None]:
        def put(value: Any) -> None:
            field = row.field
            path = (*self._prefix, *field.path)
            if field.key in self._changing:
                if value is not None:
                    self.chosen.emit(path, str(value))
            else:
                self._document.set(path, value, field.default, (path, self._session))

        return put

    def _namer(self, field: Field) -> Callable[[], list[str]]:
        return lambda: names_for(self._document.data, field.names, self._prefix)

    def _settle(self) -> None:
        self._session += 1
