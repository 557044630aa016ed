"""The transitions as a table: the twin of the timeline for reading, filtering, copying and jumping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QIcon,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QWidget,
)

from app import theme
from app.moment import Moment
from app.panels.row_table import RowTable
from app.panels.widgets import Empty, Text, column_of, row_of
from app.words.numbers import count, duration
from app.words.said import declared
from app.words.terms import tip
from engine.mm.transitions import Actor, Lane
from engine.transition import Transition

NUMBER, TIME, ACTOR, KIND, FUNCTION, SENTENCE = range(6)
HEADINGS = ("number", "time, ms", "actor", "kind", "function", "what happened")
ACTORS = {Actor.TASK: "task", Actor.KSWAPD: "kswapd", Actor.SHRINK_WORKER: "shrink worker", Actor.DEVICE: "device",
          Actor.USER: "user"}  # fmt: skip
LANES = {Lane.REFERENCES: "references", Lane.FAULTS: "faults", Lane.RECLAIM: "reclaim", Lane.ZSWAP: "zswap",
         Lane.DISK: "disk I/O", Lane.MACHINE: "machine"}  # fmt: skip
_OPTIONAL = ((KIND, 460), (TIME, 520), (ACTOR, 620), (FUNCTION, 760))
"""Columns that are left out where the panel is narrower than so many pixels; their text stays in the tip."""

_TALL_ROWS = 520
"""Narrower than so many pixels, a row has two lines for its sentence."""

Index = QModelIndex | QPersistentModelIndex
LANE_ROLE = Qt.ItemDataRole.UserRole


class TransitionModel(QAbstractTableModel):
    """Records and their sentences, a row each."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Transition] = []
        self.sentences: list[str] = []
        self.current = -1
        """Number of the transition at the cursor."""
        self._dots: dict[Lane, QIcon] = {}

    def show_records(self, records: Sequence[Transition], sentences: Sequence[str]) -> None:
        """Show these, sentence by sentence."""
        if len(records) != len(sentences):
            raise ValueError(f"{len(records)} transitions but {len(sentences)} sentences")
        self.beginResetModel()
        self.records, self.sentences = list(records), list(sentences)
        self.endResetModel()

    def row_of(self, number: int) -> int:
        """Row of the transition of that number, -1 where it is not shown."""
        if not self.records:
            return -1
        row = number - self.records[0].number
        if 0 <= row < len(self.records) and self.records[row].number == number:
            return row
        return next((row for row, record in enumerate(self.records) if record.number == number), -1)

    def move_to(self, number: int) -> None:
        """The cursor is at another transition."""
        for row in {self.row_of(self.current), self.row_of(number)} - {-1}:
            self.dataChanged.emit(self.index(row, 0), self.index(row, SENTENCE))
        self.current = number

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.tr(HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record, column = self.records[index.row()], index.column()
        current = record.number == self.current
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), column)
        if role == Qt.ItemDataRole.ToolTipRole:
            function = f"{record.kind.function}() · " if record.kind.function else ""
            who = f"{function}{self.tr(ACTORS[record.actor])} · {duration(record.time_ns)}"
            told = f"{self.sentences[index.row()]}\n{who}"
            if record.cause:
                told += f"\n{self.tr('because of transition')} {count(record.cause)}"
            return tip(told, record.kind.function, record.kind.name)
        if role == Qt.ItemDataRole.DecorationRole and column == NUMBER:
            return self._dot(record.kind.lane)
        if role == Qt.ItemDataRole.FontRole and column in (NUMBER, TIME, FUNCTION):
            return theme.mono(11.5, bold=current)
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(12)
        if role == Qt.ItemDataRole.ForegroundRole and column in (NUMBER, TIME, ACTOR, FUNCTION) and not current:
            return theme.current().colour("dim")
        if role == Qt.ItemDataRole.BackgroundRole and current:
            return theme.current().colour("accent", 0.18)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (NUMBER, TIME):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == NUMBER and current:
            return f"{record.number}, {self.tr('at the cursor')}"
        if role == LANE_ROLE:
            return int(record.kind.lane)
        return None

    def _text(self, row: int, column: int) -> str:
        record = self.records[row]
        if column == NUMBER:
            return count(record.number)
        if column == TIME:
            return _milliseconds(record.time_ns)
        if column == ACTOR:
            return self.tr(ACTORS[record.actor])
        if column == KIND:
            return declared(record.kind.name)
        if column == FUNCTION:
            return record.kind.function
        return self.sentences[row]

    def _dot(self, lane: Lane) -> QIcon:
        if lane not in self._dots:
            picture = QPixmap(24, 24)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.QColor(theme.current().lane_colours[lane]))
            painter.drawEllipse(QPointF(12, 12), 6, 6)
            painter.end()
            self._dots[lane] = QIcon(picture)
        return self._dots[lane]

    def restyle(self) -> None:
        """The theme is another one."""
        self._dots.clear()
        if self.records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.records) - 1, SENTENCE))


class TransitionFilter(QSortFilterProxyModel):
    """Keeps rows of one lane, or of all, that hold every word typed in any column."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lane: int | None = None

    def keep(self, words: str, lane: int | None) -> None:
        """Filter by these words and this lane; None is every lane."""
        self.words, self.lane = words.lower().split(), lane
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        model = self.sourceModel()
        assert isinstance(model, TransitionModel)
        record = model.records[row]
        if self.lane is not None and record.kind.lane != self.lane:
            return False
        if not self.words:
            return True
        where = " ".join((str(record.number), ACTORS[record.actor], record.kind.name, record.kind.function,
                          declared(record.kind.name), model.sentences[row])).lower()  # fmt: skip
        return all(word in where for word in self.words)


class TransitionsPanel(QWidget):
    """A few hundred transitions around the cursor; a click jumps to one."""

    jump_requested = Signal(object)
    """Number of a transition."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Transitions"))
        self.model = TransitionModel()
        self.model.setParent(self)
        self.proxy = TransitionFilter()
        self.proxy.setParent(self)
        self.proxy.setSourceModel(self.model)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter: text, number, function"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter of transitions"))
        self.lane = QComboBox()
        self.lane.setAccessibleName(self.tr("Lane"))
        self.lane.addItem(self.tr("all lanes"), None)
        for lane, name in LANES.items():
            self.lane.addItem(self.tr(name), int(lane))
        self.told = Text(size=11.5, colour="dim")
        self.table = self._table()
        self.empty = Empty(self.tr("No transitions here"),
                           self.tr("They appear once a scenario is open and has taken its first step."))  # fmt: skip
        column = column_of(self, 6, 8)
        column.addLayout(row_of(self.filter, self.lane))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        column.addWidget(self._stack, 1)
        column.addWidget(self.told)
        self.filter.textChanged.connect(self._filter)
        self.lane.currentIndexChanged.connect(self._filter)
        theme.switch().changed.connect(self._restyle)
        self._restyle()
        self._count()

    def _table(self) -> RowTable:
        table = RowTable(self.proxy, self.tr("Table of transitions"), self.tr("Copy rows"), self.copy_rows)
        table.setWordWrap(True)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.clicked.connect(self._jump)
        table.activated.connect(self._jump)
        return table

    # -- what is shown ------------------------------------------------------------------------

    def set_records(self, records: Sequence[Transition], sentences: Sequence[str]) -> None:
        """The transitions around the cursor, with a sentence for each; the same ones again change nothing."""
        if list(records) == self.model.records and list(sentences) == self.model.sentences:
            return
        self.model.show_records(records, sentences)
        self._count()
        self._reveal()

    def show_moment(self, moment: Moment) -> None:
        """Mark the row of the cursor and bring it into view."""
        if moment.transition.number == self.model.current:
            return
        self.model.move_to(moment.transition.number)
        self._reveal()

    def row_text(self, row: int) -> list[str]:
        """The texts of a shown row, column by column."""
        return [str(self.proxy.index(row, column).data()) for column in range(len(HEADINGS))]

    def copy_rows(self) -> None:
        """Put the chosen rows on the clipboard, columns apart by tabs; all shown rows where none is chosen."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        lines = ["\t".join(self.row_text(row)) for row in rows or range(self.proxy.rowCount())]
        QGuiApplication.clipboard().setText("\n".join(["\t".join(HEADINGS), *lines]).replace("\u202f", ""))

    def _jump(self, index: QModelIndex) -> None:
        # Shift and Ctrl choose rows to copy; only a plain click goes somewhere.
        if not QGuiApplication.keyboardModifiers() & (Qt.KeyboardModifier.ShiftModifier
                                                      | Qt.KeyboardModifier.ControlModifier):  # fmt: skip
            # A chosen row would be drawn over the mark of the cursor that comes to it.
            self.table.clearSelection()
            self.jump_requested.emit(self.model.records[self.proxy.mapToSource(index).row()].number)

    def _filter(self) -> None:
        self.proxy.keep(self.filter.text(), self.lane.currentData())
        self._count()
        self._reveal()

    def _count(self) -> None:
        records, shown = self.model.records, self.proxy.rowCount()
        self._stack.setCurrentIndex(1 if shown else 0)
        if records and not shown:
            self.empty.say(self.tr("Nothing matches"), self.tr("No transition shown here has all of these words."))
        elif not records:
            self.empty.say(self.tr("No transitions here"),
                           self.tr("They appear once a scenario is open and has taken its first step."))  # fmt: skip
        if records:
            span = f"{count(records[0].number)}–{count(records[-1].number)}"
            text = self.tr("{shown} of {all} · transitions {span}")
            self.told.show_text(text.format(shown=count(shown), all=count(len(records)), span=span))
        else:
            self.told.show_text("")

    def _reveal(self) -> None:
        """Bring the cursor's row into view, with a few rows around it."""
        row = self.model.row_of(self.model.current)
        index = self.proxy.mapFromSource(self.model.index(row, 0)) if row >= 0 else QModelIndex()
        if not index.isValid():
            return
        place, view = self.table.visualRect(index), self.table.viewport().rect()
        room = min(2 * place.height(), view.height() // 3)
        if place.top() < room or place.bottom() > view.bottom() - room:
            self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._reveal()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reveal()

    def _fit(self) -> None:
        for column, width in _OPTIONAL:
            self.table.setColumnHidden(column, self.width() < theme.px(width))
        height = theme.px(40 if self.width() < theme.px(_TALL_ROWS) else 24)
        self.table.verticalHeader().setDefaultSectionSize(height)

    def _restyle(self) -> None:
        self.model.restyle()
        self._fit()
        for column, width in ((NUMBER, 84), (TIME, 86), (ACTOR, 96), (KIND, 132), (FUNCTION, 190)):
            self.table.setColumnWidth(column, theme.px(width))


def _milliseconds(ns: int) -> str:
    """A time to a tenth of a microsecond, so that neighbours differ: ``41.0031``."""
    whole, rest = divmod(ns // 100, 10_000)
    return f"{count(whole)}.{rest:04d}"
