"""A table of numpy arrays for Qt: sorted and filtered by index arrays, so that a hundred thousand rows are quick.

A filter is words apart by spaces, all of which must hold. ``zswap`` keeps rows one of whose names
begins with it, ``42`` rows that have the number in any column, ``0x1806`` the same as a word's bits,
and ``length>2000``, ``state=disk`` or ``holes!=0`` compare one column.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.words.numbers import count
from app.words.said import declared
from app.words.terms import tip
from engine.reading.tables import Column, Form, Table

Index = QModelIndex | QPersistentModelIndex
NONE_TEXT = "–"
_COMPARES = re.compile(r"^([^<>=!]+)(<=|>=|!=|=|<|>)(.+)$")
_OPERATORS = {"<=": np.less_equal, ">=": np.greater_equal, "!=": np.not_equal, "=": np.equal, "<": np.less,
              ">": np.greater}  # fmt: skip
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class TableModel(QAbstractTableModel):
    """Rows of a :class:`engine.reading.tables.Table` in an order of their own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.order: np.ndarray | None = None
        """Rows that are shown, in order; None: all, as they are."""
        self.sorting: tuple[int, bool] | None = None
        """Column and whether it descends."""
        self.words = ""
        self.refused = ""
        """A word of the filter that means nothing here."""

    # -- what is shown ------------------------------------------------------------------------

    def show_table(self, table: Table | None) -> None:
        """Show another table, or the same one at another moment."""
        before, rows = self.table, self.rowCount()
        alike = (
            before is not None and table is not None
            and [column.name for column in before.columns] == [column.name for column in table.columns]
        )  # fmt: skip
        if alike and self.sorting is None and not self.words and table is not None and table.rows == rows:
            self.table = table
            self._say_changed()
            return
        if not alike:
            self.beginResetModel()
            self.table, self.sorting = table, None
            self._arrange()
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        self.table = table
        self._arrange()
        self.layoutChanged.emit()

    def keep(self, words: str) -> None:
        """Filter by these words."""
        if words != self.words:
            self.layoutAboutToBeChanged.emit()
            self.words = words
            self._arrange()
            self.layoutChanged.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one: as the table is."""
        self.layoutAboutToBeChanged.emit()
        self.sorting = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._arrange()
        self.layoutChanged.emit()

    def _say_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def _arrange(self) -> None:
        self.order, self.refused = None, ""
        table = self.table
        if table is None:
            return
        if self.words.split():
            self.order = np.flatnonzero(self._kept(table))
        if self.sorting is not None and self.sorting[0] < len(table.columns):
            column, descends = table.columns[self.sorting[0]], self.sorting[1]
            values = column.values if self.order is None else column.values[self.order]
            if column.form is Form.NAME:
                values = np.argsort(np.argsort(np.array(column.names)))[values]
            order = np.argsort(values, kind="stable")
            if descends:
                order = order[::-1]
            self.order = order if self.order is None else self.order[order]

    def _kept(self, table: Table) -> np.ndarray:
        kept = np.ones(table.rows, dtype=np.bool_)
        for word in self.words.lower().split():
            kept &= self._holds(table, word)
        return kept

    def _holds(self, table: Table, word: str) -> np.ndarray:
        compares = _COMPARES.match(word)
        if compares is not None:
            return self._compared(table, *compares.groups())
        kept = np.zeros(table.rows, dtype=np.bool_)
        number = _number(word)
        for column in table.columns:
            if column.form is Form.NAME:
                kept |= _named(column, word)
            elif number is not None and (column.form is Form.HEX) == word.startswith("0x"):
                kept |= column.values == number
        return kept

    def _compared(self, table: Table, name: str, operator: str, value: str) -> np.ndarray:
        column = next((one for one in table.columns if _is_called(one, name)), None)
        number = _number(value)
        if column is None or (number is None and column.form is not Form.NAME):
            self.refused = name + operator + value
            return np.zeros(table.rows, dtype=np.bool_)
        if column.form is Form.NAME:
            same = _named(column, value)
            return ~same if operator == "!=" else same
        return np.asarray(_OPERATORS[operator](column.values, number or 0))

    # -- for Qt -------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        if self.table is None or (parent is not None and parent.isValid()):
            return 0
        return self.table.rows if self.order is None else len(self.order)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if self.table is None or (parent is not None and parent.isValid()) else len(self.table.columns)

    def source_row(self, row: int) -> int:
        """The table's row that is shown in ``row``."""
        return row if self.order is None else int(self.order[row])

    def shown_row(self, source: int) -> int:
        """Where the table's row ``source`` is shown, -1 where it is not."""
        if self.order is None:
            return source if 0 <= source < self.rowCount() else -1
        found = np.flatnonzero(self.order == source)
        return int(found[0]) if len(found) else -1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None or not index.isValid() or index.row() >= self.rowCount():
            return None
        column = self.table.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(column, column.value(self.source_row(index.row())))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column.form is Form.NAME else _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{declared(column.name)}: {text_of(column, column.value(self.source_row(index.row())))}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None or orientation is Qt.Orientation.Vertical or section >= self.columnCount():
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return declared(column.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(declared(column.meaning), column.name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column.form is Form.NAME else _RIGHT
        return None


def text_of(column: Column, value: int) -> str:
    """A value as it is written."""
    if column.form is Form.NAME:
        return declared(column.names[value]) if 0 <= value < len(column.names) else str(value)
    if value == column.none:
        return NONE_TEXT
    return f"0x{value & (1 << 64) - 1:x}" if column.form is Form.HEX else count(value)


def _number(text: str) -> int | None:
    try:
        number = int(text, 16 if text.startswith("0x") else 10)
    except ValueError:
        return None
    return number - (1 << 64) if number >> 63 else number


def _is_called(column: Column, word: str) -> bool:
    """By its own name, or as it is called in the language of the window."""
    return any(name.replace(" ", "").startswith(word) for name in (column.name, declared(column.name)))


def _named(column: Column, word: str) -> np.ndarray:
    names = [(name.lower(), declared(name)) for name in column.names]
    codes = [code for code, both in enumerate(names) if any(name.startswith(word) for name in both)]
    return np.isin(column.values, codes)
