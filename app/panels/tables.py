"""The machine as tables beside the picture of it: sort, filter, jump, copy; selected in one is selected in both."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QLineEdit, QToolButton, QWidget

from app import theme
from app.canvas.facts import facts_of
from app.moment import Moment, Selected, Thing
from app.panels.row_table import RowTable
from app.panels.table_model import TableModel
from app.panels.widgets import Text, column_of, row_of
from app.words.numbers import count
from engine.reading import tables

MOST_SELECTED = 4096
MANY_ROWS = 20_000
SLOW_MS = 400
"""While the run plays, a long table that is sorted or filtered is made anew no more often than this."""
TABLE_OF = {
    Thing.PAGE: "pages", Thing.SHMEM: "shmem", Thing.FRAME: "frames", Thing.DESC: "names", Thing.ZSWAP: "zswap",
    Thing.SLOT: "slots",
}  # fmt: skip


class TablesPanel(QWidget):
    """One table at a time, chosen at the top."""

    selected = Signal(object)
    """tuple[Selected, ...]: the rows that are selected now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Tables"))
        self.model = TableModel(self)
        self._moment: Moment | None = None
        self._shown: tuple[object, str] | None = None
        self._selection: tuple[Selected, ...] = ()
        self._following = False
        self.which = QComboBox()
        self.which.setAccessibleName(self.tr("Which table"))
        for name, text in (
            ("pages", self.tr("Page tables")), ("names", self.tr("Swap descriptors")), ("frames", self.tr("Frames")),
            ("zswap", self.tr("zswap entries")), ("zspages", self.tr("zspages")), ("slots", self.tr("Slots")),
            ("shmem", self.tr("Shmem objects")), ("requests", self.tr("Requests under way")),
        ):  # fmt: skip
            self.which.addItem(text, name)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter: disk, 42, length>2000, state=zswap"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter of the table"))
        self.table = self._table()
        self.told = Text(size=11.5, colour="dim")
        column = column_of(self, 6, 8)
        self.go = QToolButton()
        self.go.setText(self.tr("Go to selection"))
        self.go.setToolTip(self.tr("The row of what is selected, in the table it belongs to."))
        self.go.setEnabled(False)
        self.go.clicked.connect(self._go)
        column.addLayout(row_of(self.which, self.go))
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addWidget(self.told)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SLOW_MS)
        self._later.timeout.connect(self._make)
        self.which.currentIndexChanged.connect(self._choose)
        self.filter.textChanged.connect(self._filter)
        theme.switch().changed.connect(self._restyle)
        self._restyle()

    def _table(self) -> RowTable:
        table = RowTable(self.model, self.tr("Table of the machine"), self.tr("Copy rows"), self.copy_rows)
        table.setWordWrap(False)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionsClickable(True)
        header.sortIndicatorChanged.connect(self._sort)
        table.selectionModel().selectionChanged.connect(self._rows_selected)
        return table

    # -- what is shown ------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """The machine at another moment, or with another selection; nothing is read while nobody looks."""
        self._moment = moment
        if not self.isVisible():
            return
        self.go.setEnabled(bool(moment.selection))
        if self._shown != self._wanted():
            many = self.model.rowCount() > MANY_ROWS and (self.model.sorting is not None or self.model.words)
            if moment.playing and many:
                if not self._later.isActive():
                    self._later.start()
            else:
                self._make()
        if moment.selection != self._selection:
            self._selection = moment.selection
            self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._moment is not None:
            self.show_moment(self._moment)

    @property
    def name(self) -> str:
        """The table that is shown."""
        return str(self.which.currentData())

    def choose(self, name: str) -> None:
        """Show a table by its name."""
        self.which.setCurrentIndex(self.which.findData(name))

    def _wanted(self) -> tuple[object, str]:
        assert self._moment is not None
        return (self._moment.view, self._moment.transition, self._moment.branch), self.name

    def _make(self) -> None:
        """Read the table of this moment."""
        if self._moment is None or not self.isVisible():
            return
        moment = self._moment
        columns = self.model.columnCount()
        found = tables.table(self.name, moment.view, moment.program, facts_of(moment).marked)
        self._shown = self._wanted()
        self._quietly(lambda: self.model.show_table(found))
        if self.model.columnCount() != columns:
            self._widths()
        self._count()
        self._follow(scroll=False)

    def _choose(self) -> None:
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._quietly(lambda: self.model.show_table(None))
        self._shown = None
        self._make()
        self._follow()

    def _filter(self) -> None:
        self._quietly(lambda: self.model.keep(self.filter.text()))
        self._count()
        self._follow()

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self._quietly(lambda: self.model.sort(column, order))
        self._follow()

    def _count(self) -> None:
        table = self.model.table
        if table is None or self.model.refused:
            word = self.model.refused
            self.told.show_text(self.tr("“{word}” is not understood here").format(word=word) if word else "")
            return
        text = self.tr("{n} of {all} rows").format(n=count(self.model.rowCount()), all=count(table.rows))
        self.told.show_text(text)

    # -- selection ----------------------------------------------------------------------------

    def _quietly(self, do: Callable[[], object]) -> None:
        """Rows may move and be selected without anybody having selected them."""
        self._following = True
        try:
            do()
        finally:
            self._following = False

    def _rows_selected(self) -> None:
        table = self.model.table
        if self._following or table is None or not table.thing:
            return
        things = []
        spans = self.table.selectionModel().selection()
        for span in (spans.at(place) for place in range(spans.count())):
            for row in range(span.top(), min(span.bottom() + 1, span.top() + MOST_SELECTED)):
                source = self.model.source_row(row)
                things.append(Selected(Thing(table.thing), int(table.numbers[source]), int(table.owners[source])))
        self._selection = tuple(things[:MOST_SELECTED])
        self.selected.emit(self._selection)

    def _follow(self, scroll: bool = True) -> None:
        """Select the rows of what is selected elsewhere, and bring the first into view."""
        table = self.model.table
        if table is None or not table.thing:
            return
        wanted = [thing for thing in self._selection if thing.thing == table.thing][:MOST_SELECTED]
        rows = [self.model.shown_row(table.row_of(thing.number, thing.owner)) for thing in wanted[:64]]
        rows = [row for row in rows if row >= 0]
        chosen = QItemSelection()
        last = self.model.columnCount() - 1
        for row in rows:
            chosen.select(self.model.index(row, 0), self.model.index(row, last))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        if len(wanted) <= 64:
            self._quietly(lambda: self.table.selectionModel().select(chosen, flags))
        if rows and scroll:
            self.table.scrollTo(self.model.index(rows[0], 0), QAbstractItemView.ScrollHint.EnsureVisible)

    def jump(self, thing: Selected) -> None:
        """Go to the row of a thing, in the table it belongs to."""
        self.choose(TABLE_OF[thing.thing])
        self._selection = (thing,)
        self._follow()

    def _go(self) -> None:
        """To the first thing selected; a filter that hides it gives way."""
        if self._moment is not None and self._moment.selection:
            self.filter.clear()
            self.jump(self._moment.selection[0])
            self.table.setFocus()

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard, columns apart by tabs; all shown rows where none is selected."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        columns = range(self.model.columnCount())
        names = [str(self.model.headerData(column, Qt.Orientation.Horizontal)) for column in columns]
        lines = ["\t".join(names)]
        for row in rows or range(self.model.rowCount()):
            lines.append("\t".join(str(self.model.index(row, column).data()) for column in columns))
        QGuiApplication.clipboard().setText("\n".join(lines).replace("\u202f", ""))

    # -- looks --------------------------------------------------------------------------------

    def _widths(self) -> None:
        metrics = self.table.fontMetrics()
        for column in range(self.model.columnCount()):
            texts = [str(self.model.headerData(column, Qt.Orientation.Horizontal)) + "  "]
            step = max(1, self.model.rowCount() // 24)
            for row in range(0, self.model.rowCount(), step):
                texts.append(str(self.model.index(row, column).data(Qt.ItemDataRole.DisplayRole)))
            self.table.setColumnWidth(column, max(map(metrics.horizontalAdvance, texts)) + theme.px(22))

    def _restyle(self) -> None:
        self.table.setFont(theme.mono(11.5))
        self.table.verticalHeader().setDefaultSectionSize(theme.px(22))
        self._widths()
