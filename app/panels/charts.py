"""The charts panel: where pages live, how long faults take, and any figure over any other."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFileDialog,
    QMenu,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from app import theme
from app.language import language
from app.moment import Moment
from app.panels.widgets import Empty, Rule, Text, Toggle, column_of, row_of, scrolled
from app.said import declared
from app.series import Curve, Series, abscissa, choices, crossing, drawn, latency, points, where_pages_live
from app.terms import tip
from engine.mm.schema import Scalar

if TYPE_CHECKING:
    from app.panels.chart import Chart

REDRAW_MS = 70
"""While a run is still becoming known, one chart is drawn anew this often, in turn."""


def _tip(scalar: Scalar) -> str:
    """What a figure counts, and the word behind it."""
    unit = f" [{declared(scalar.unit)}]" if scalar.unit else ""
    return tip(f"{declared(scalar.meaning)}{unit}", scalar.name, scalar.kernel)


class ScalarChoice(QComboBox):
    """Picks a gauge or counter by its name; typing finds it by any part of the name."""

    def __init__(self, label: str, nothing: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if nothing:
            self.addItem(nothing, "")
        for scalar in choices():
            self.addItem(scalar.name, scalar.name)
            self.setItemData(self.count() - 1, _tip(scalar), Qt.ItemDataRole.ToolTipRole)
        completer, edit = self.completer(), self.lineEdit()
        assert completer is not None
        assert edit is not None
        self._edit = edit
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        edit.editingFinished.connect(self._settle)
        self.currentIndexChanged.connect(self._show_start)
        language().changed.connect(self._tell_again)
        self._show_start()

    @property
    def name(self) -> str:
        """Name of the scalar that is picked; empty for none."""
        return str(self.currentData() or "")

    def pick(self, name: str) -> None:
        """Pick a scalar by its name; an unknown one changes nothing."""
        found = self.findData(name)
        if found >= 0:
            self.setCurrentIndex(found)

    def _settle(self) -> None:
        # What was typed is a name, or it is put back.
        found = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        self.setCurrentIndex(found if found >= 0 else self.currentIndex())
        self.setEditText(self.itemText(self.currentIndex()))
        self._show_start()

    def _tell_again(self) -> None:
        """In another language now."""
        for scalar in choices():
            self.setItemData(self.findData(scalar.name), _tip(scalar), Qt.ItemDataRole.ToolTipRole)
        self._show_start()

    def _show_start(self) -> None:
        self.setToolTip(str(self.itemData(self.currentIndex(), Qt.ItemDataRole.ToolTipRole) or ""))
        self._edit.setCursorPosition(0)


class ChartsPanel(QWidget):
    """Charts of the whole run as far as it is known, with the cursor in step with the timeline."""

    jump_requested = Signal(object)
    """Number of the transition nearest to where a chart was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Charts"))
        self.series: Series | None = None
        self.charts: list[Chart] = []
        self.occupancy: Chart | None = None
        self.faults: Chart | None = None
        self.picked: Chart | None = None
        self._cursor = 0
        self._drawn: tuple[object, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REDRAW_MS)
        self._soon.timeout.connect(self._tick)
        self._stale: list[Callable[[], None]] = []
        self._build()

    def _build(self) -> None:
        self.axis = QComboBox()
        self.axis.setAccessibleName(self.tr("x axis"))
        self.axis.addItems([self.tr("over references"), self.tr("over time, ms")])
        self.axis.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.axis.currentIndexChanged.connect(self._redraw)
        self.save = QToolButton()
        self.save.setText(self.tr("Save"))
        self.save.setToolTip(self.tr("Save the charts as a picture, or their numbers as a table"))
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.save)
        menu.addAction(self.tr("Picture (PNG)…"), self._ask_picture)
        menu.addAction(self.tr("Table (CSV)…"), self._ask_table)
        self.save.setMenu(menu)
        self.top = ScalarChoice(self.tr("Figure"))
        self.top.pick("pswpout")
        self.over = ScalarChoice(self.tr("Divided by"), self.tr("as it is"))
        self.change = Toggle()
        self.change.setAccessibleName(self.tr("Growth"))
        self.change.setToolTip(self.tr("How much it grew from point to point, instead of how much it is"))
        for choice in (self.top, self.over):
            choice.currentIndexChanged.connect(self._draw_picked)
        self.change.toggled.connect(self._draw_picked)
        self.message = Text(size=11.5, colour="danger", wrap=True)
        self.message.hide()
        self.body = QWidget()
        self._column = column_of(self.body, 10)
        for picker in (self.top, self.over, self.change):
            picker.setParent(self.body)  # they join the layout with the charts, which may never come
        whole = QWidget()
        outer = column_of(whole, 0, 0)
        bar = row_of(self.axis, 1, self.save)
        bar.setContentsMargins(*(theme.px(12), theme.px(10), theme.px(12), 0))
        outer.addLayout(bar)
        outer.addWidget(self.message)
        outer.addWidget(scrolled(self.body), 1)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(
            Empty(self.tr("Nothing to draw yet"), self.tr("The charts grow as the run becomes known."))
        )
        self._stack.addWidget(whole)

    def _make_charts(self) -> None:
        """The charts themselves, when they are first on screen: the library behind them is slow to load."""
        from app.panels.chart import Chart, short

        self.occupancy = Chart(self.tr("Where pages live"), stacked=True)
        self.faults = Chart(self.tr("Fault latency, µs"), logarithmic=True, format_value=short)
        self.picked = Chart(self.tr("Any figure"))
        self.charts = [self.occupancy, self.faults, self.picked]
        for chart in self.charts[:2]:
            self._column.addWidget(chart, 1)
        self._column.addWidget(Rule())
        over = Text(self.tr("over"), 12, colour="dim")
        picker = row_of(self.top, over, self.over, spacing=6)
        picker.setStretchFactor(self.top, 1)
        picker.setStretchFactor(self.over, 1)
        self._column.addLayout(picker)
        growth = Text(self.tr("growth from point to point"), 12, colour="dim")
        growth.setBuddy(self.change)
        self._column.addLayout(row_of(growth, 1, self.change))
        self._column.addWidget(self.picked, 1)
        for chart in self.charts:
            chart.jumped.connect(self._jump)

    # -- what is shown ------------------------------------------------------------------------

    def set_series(self, series: Series | None) -> None:
        """The samples of the run as far as it is known; what is drawn follows, one chart at a time."""
        self.series = series
        if self.isVisible() and not self._soon.isActive():
            self._refresh()

    def show_moment(self, moment: Moment) -> None:
        """Move the cursor's line."""
        if moment.transition.number != self._cursor:
            self._cursor = moment.transition.number
            self._show_cursor()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._redraw()

    def hideEvent(self, event: QHideEvent) -> None:
        self._soon.stop()
        super().hideEvent(event)

    def _redraw(self) -> None:
        """Draw everything now."""
        self._drawn = ()
        if not self.isVisible():
            return
        self._refresh()
        while self._stale:
            self._draw_next()

    def _refresh(self) -> None:
        """Begin to draw what is new, if anything is."""
        series = self.series
        if series is None or not len(series.transition):
            self._stack.setCurrentIndex(0)
            self._stale, self._drawn = [], ()
            return
        mark = (len(series.transition), int(series.transition[-1]), series.values[-1].tobytes())
        if mark == self._drawn:
            return
        first = not self._drawn
        self._drawn = mark
        if self.occupancy is None:
            self._make_charts()
        self._stack.setCurrentIndex(1)
        self._stale = [self._draw_occupancy, self._draw_faults, self._draw_picked]
        if first:
            while self._stale:
                self._draw_next()
        self._soon.start()

    def _tick(self) -> None:
        """A while has passed: the next chart, or whatever came in meanwhile."""
        if self._stale:
            self._draw_next()
            self._soon.start()
        else:
            self._refresh()

    def _draw_next(self) -> None:
        self._stale.pop(0)()
        if not self._stale:
            self._show_cursor()

    def _draw_occupancy(self) -> None:
        if self.occupancy is not None and self.series is not None:
            at = points(self.series)
            self.occupancy.show_curves(abscissa(self.series, self.by_time, at), where_pages_live(self.series, at))

    def _draw_faults(self) -> None:
        if self.faults is not None and self.series is not None:
            ends, p50, p99 = latency(self.series)
            self.faults.show_curves(abscissa(self.series, self.by_time, ends), [p50, p99])

    def _draw_picked(self) -> None:
        if self.picked is None or self.series is None or not len(self.series.transition):
            return
        at = points(self.series)
        values = drawn(self.series, at, self.top.name, self.over.name, self.change.isChecked())
        self.picked.show_curves(abscissa(self.series, self.by_time, at), [Curve("", "accent", values)])
        name = f"{self.top.name} / {self.over.name}" if self.over.name else self.top.name
        self.picked.title.show_text(name)
        self.picked.plot.setAccessibleName(name)

    @property
    def by_time(self) -> bool:
        """Whether the x axis is time; references otherwise."""
        return self.axis.currentIndex() == 1

    def _ruler(self) -> np.ndarray:
        """What the x axis measures, a sample each: references, or nanoseconds."""
        assert self.series is not None
        return self.series.time_ns if self.by_time else self.series.of("references")

    def _show_cursor(self) -> None:
        if self.series is None or not self.charts or not len(self.series.transition):
            return
        x = crossing(self._cursor, self.series.transition, self._ruler())
        if self.by_time:
            x /= 1e6
        for chart in self.charts:
            chart.show_cursor(x)

    def _jump(self, x: float) -> None:
        if self.series is None or not len(self.series.transition):
            return
        wanted = x * 1e6 if self.by_time else x
        number = round(crossing(wanted, self._ruler(), self.series.transition))
        if number != self._cursor:
            self.jump_requested.emit(number)

    # -- saving -------------------------------------------------------------------------------

    def save_picture(self, path: Path) -> None:
        """The charts as they are on screen, on the panel's colour; OSError when it cannot be written."""
        picture = self.body.grab()
        whole = picture.copy()
        whole.fill(theme.current().colour("panel"))
        painter = QPainter(whole)
        painter.drawPixmap(0, 0, picture)
        painter.end()
        if not whole.save(str(path), "PNG"):
            raise OSError(f"cannot write a picture to {path}")

    def save_table(self, path: Path) -> None:
        """Every sample of what is drawn as CSV, empty where there is no value; OSError when it cannot be written."""
        if self.series is None:
            return
        every = np.arange(len(self.series.transition))
        columns: dict[str, np.ndarray] = {
            "transition": self.series.transition,
            "references": self.series.of("references"),
            "time_ns": self.series.time_ns,
        }
        for curve in where_pages_live(self.series, every):
            columns[f"{curve.name.replace(' ', '_')}_pages"] = curve.values
        ends, *lines = latency(self.series)
        for curve in lines:
            spread = np.full(len(every), np.nan)
            spread[ends] = curve.values
            columns[f"fault_latency_{curve.name}_us"] = spread
        name = f"{self.top.name} / {self.over.name}" if self.over.name else self.top.name
        columns[name] = drawn(self.series, every, self.top.name, self.over.name, self.change.isChecked())
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in zip(*columns.values(), strict=True):
                writer.writerow([_cell(value) for value in row])

    def _ask_picture(self) -> None:
        self._ask(self.tr("Save the charts"), "charts.png", self.tr("Pictures (*.png)"), self.save_picture)

    def _ask_table(self) -> None:
        self._ask(self.tr("Save the numbers"), "charts.csv", self.tr("Tables (*.csv)"), self.save_table)

    def _ask(self, title: str, name: str, kinds: str, write: Callable[[Path], None]) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(self, title, name, kinds)
        if not chosen:
            return
        try:
            write(Path(chosen))
        except OSError as error:
            self.message.show_text(f"{self.tr('Not saved:')} {error}")
            self.message.show()
        else:
            self.message.hide()


def _cell(value: float) -> str:
    """A number for a table: whole where it is, empty where there is none."""
    if np.isnan(value):
        return ""
    return str(int(value)) if value % 1 == 0 else f"{value:.10g}"
