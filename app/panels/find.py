"""Search over all transitions, and what playing stops at: a kind, a thing, or an expression that comes to hold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QWidget,
)

from app import theme
from app.moment import Moment
from app.panels.widgets import Rule, Text, column_of, row_of
from app.words.language import language
from app.words.numbers import count
from app.words.said import said
from engine.stops import Found, Stop

FOUND_ROLE = Qt.ItemDataRole.UserRole + 1
"""Of a row: the transition that was found."""


class FindPanel(QWidget):
    """Search above, stops below."""

    jump_requested = Signal(object)
    search_wanted = Signal(str)
    stop_wanted = Signal(str)
    """A line that is to be a stop."""
    selection_wanted = Signal()
    """What is selected is to be a stop."""
    stops_changed = Signal(object)
    """Stops that are switched on, a tuple."""
    seek_wanted = Signal(int)
    """To the next (1) or last (-1) place where a stop is met."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Find"))
        self.words = QLineEdit()
        self.words.setPlaceholderText(self.tr("Search all transitions: words, numbers, functions"))
        self.words.setClearButtonEnabled(True)
        self.words.setAccessibleName(self.tr("Words to search for"))
        self.words.returnPressed.connect(lambda: self.search_wanted.emit(self.words.text()))
        self.results = self._list(self.tr("Transitions found"))
        self.results.itemClicked.connect(self._go)
        self.results.itemActivated.connect(self._go)
        self.note = Text("", 11.5, colour="dim", wrap=True)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("written back · page 12 · pswpout >= 100"))
        self.line.setAccessibleName(self.tr("What to stop at"))
        self.line.returnPressed.connect(lambda: self.stop_wanted.emit(self.line.text()))
        self.line.textEdited.connect(lambda _text: self.show_problem(""))
        self.add = QPushButton(self.tr("Add"))
        self.add.clicked.connect(lambda: self.stop_wanted.emit(self.line.text()))
        self.problem = Text("", 11.5, colour="danger", wrap=True)
        self.take = QPushButton(self.tr("Stop at the selection"))
        self.take.clicked.connect(self.selection_wanted)
        self.stops = self._list(self.tr("Stops"))
        self.no_stops = Text(self.tr("Nothing yet: playing goes on to the end. Write a condition above, or take what "
                                     "is selected."), 11.5, colour="dim", wrap=True)  # fmt: skip
        self.stops.itemChanged.connect(lambda _item: self.stops_changed.emit(self.switched_on()))
        remove = QAction(self.tr("Remove"), self.stops)
        remove.setShortcut(QKeySequence.StandardKey.Delete)
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        remove.triggered.connect(self.remove_chosen)
        self.stops.addAction(remove)
        self.stops.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.last, self.next = QToolButton(), QToolButton()
        for button, text, tip, way in ((self.last, "◂", self.tr("Back to where a stop was met last"), -1),
                                       (self.next, "▸", self.tr("On to where a stop is met next"), 1)):  # fmt: skip
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _checked=False, way=way: self.seek_wanted.emit(way))
        self._build()
        language().changed.connect(self._tell_again)
        theme.switch().changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def _build(self) -> None:
        column = column_of(self, 6)
        column.addWidget(self.words)
        column.addWidget(self.results, 3)
        column.addWidget(self.note)
        column.addWidget(Rule())
        title = row_of(Text(self.tr("Stop when"), 13, bold=True), 1, self.last, self.next)
        column.addLayout(title)
        entry = row_of(self.line, self.add)
        entry.setStretchFactor(self.line, 1)
        column.addLayout(entry)
        column.addWidget(self.problem)
        column.addWidget(self.no_stops)
        column.addWidget(self.stops, 2)
        column.addLayout(row_of(self.take, 1))

    def _list(self, name: str) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName(name)
        made.setWordWrap(True)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        return made

    # -- what is shown --------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """The moment changes nothing here."""

    def clear(self) -> None:
        """Another run is opened."""
        self.results.clear()
        self.stops.clear()
        self.note.show_text(self.tr("Found transitions are listed here; a click goes to one."))
        self.show_problem("")
        self._stops_there()

    def suggest(self, lines: Sequence[str]) -> None:
        """What may be typed as a stop."""
        completer = QCompleter(list(lines), self.line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.line.setCompleter(completer)

    def begin_results(self) -> None:
        """Another search begins."""
        self.results.clear()
        self.note.show_text(self.tr("Searching…"))

    def add_results(self, found: Sequence[Found], done: bool) -> None:
        """More of what was found."""
        for one in found:
            item = QListWidgetItem(_line(one))
            item.setData(Qt.ItemDataRole.UserRole, one.number)
            item.setData(FOUND_ROLE, one)
            self.results.addItem(item)
        total = self.results.count()
        text = self.tr("{number} found").format(number=count(total))
        text = text if total else self.tr("Nothing has all these words.")
        self.note.show_text(text if done else self.tr("{number} found so far…").format(number=count(total)))

    def _tell_again(self) -> None:
        """What was found, in another language."""
        for row in range(self.results.count()):
            item = self.results.item(row)
            item.setText(_line(item.data(FOUND_ROLE)))

    def show_problem(self, text: str) -> None:
        """What is wrong with the line that was typed."""
        self.problem.show_text(text)
        self.problem.setVisible(bool(text))

    def add_stop(self, stop: Stop) -> None:
        """One more stop, switched on."""
        item = QListWidgetItem(stop.text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        item.setData(Qt.ItemDataRole.UserRole, stop)
        self.stops.addItem(item)
        self.line.clear()
        self._stops_there()
        self.stops_changed.emit(self.switched_on())

    def remove_chosen(self) -> None:
        """Take the chosen stop away."""
        row = self.stops.currentRow()
        if row >= 0:
            self.stops.takeItem(row)
            self._stops_there()
            self.stops_changed.emit(self.switched_on())

    def switched_on(self) -> tuple[Stop, ...]:
        """The stops with a tick."""
        items = [self.stops.item(row) for row in range(self.stops.count())]
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in items
                     if item.checkState() == Qt.CheckState.Checked)  # fmt: skip

    def show_met(self, stop: Stop) -> None:
        """Choose the row of the stop that was met."""
        for row in range(self.stops.count()):
            if self.stops.item(row).data(Qt.ItemDataRole.UserRole) == stop:
                self.stops.setCurrentRow(row)

    def _stops_there(self) -> None:
        self.stops.setVisible(self.stops.count() > 0)
        self.no_stops.setVisible(not self.stops.count())
        for button in (self.last, self.next):
            button.setEnabled(self.stops.count() > 0)

    def _go(self, item: QListWidgetItem) -> None:
        self.jump_requested.emit(item.data(Qt.ItemDataRole.UserRole))

    def _restyle(self) -> None:
        for part in (self.results, self.stops, self.words, self.line):
            part.setFont(theme.font(12.5))


def _line(found: Found) -> str:
    return f"{count(found.number)} · {said(found.sentence)}"
