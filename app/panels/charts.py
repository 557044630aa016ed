"""The charts panel: where pages live, how long faults take, pressure, metadata, and any figure over any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QMenu,
    QStackedLayout,
    QToolButton,
    QWidget,
)

from app import theme
from app.moment import Moment
from app.panels.chart_curves import READY
from app.panels.chart_table import write_table
from app.panels.scalar_choice import ScalarChoice
from app.panels.widgets import Empty, Rule, Text, Toggle, column_of, row_of, scrolled
from app.series import (
    Curve,
    Places,
    Series,
    abscissa,
    crossing,
    drawn,
    held_against,
    points,
    psi_window,
)

if TYPE_CHECKING:
    from app.panels.chart import Chart

REDRAW_MS = 70
"""While a run is still becoming known, one chart is drawn anew this often, in turn."""


@dataclass(frozen=True)
class Flag:
    """A transition that is marked on every chart."""

    at: int
    name: str
    colour: str
    """Of the theme."""
    small: bool = False
    """One of many: a tick at the foot."""


LAST = "picked"
"""The chart of any figure, below them."""


class ChartsPanel(QWidget):
    """Charts of the whole run as far as it is known, with the cursor in step with the timeline."""

    jump_requested = Signal(object)
    """Number of the transition nearest to where a chart was clicked."""
    kept_changed = Signal()
    """Something that :attr:`kept` says is another way now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Charts"))
        self.series: Series | None = None
        self.charts: list[Chart] = []
        self.chart: dict[str, Chart] = {}
        """Each by its key, once they are made."""
        self._hidden: dict[str, list[str]] = {}
        self._flags: tuple[Flag, ...] = ()
        self._others: tuple[tuple[str, Series], ...] = ()
        self._restoring = False
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
        self.shown = QToolButton()
        self.shown.setText(self.tr("Charts"))
        self.shown.setToolTip(self.tr("Which of the ready-made charts are there"))
        self.shown.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        which = QMenu(self.shown)
        self.choices: dict[str, QAction] = {}
        for key, ready in READY.items():
            action = self.choices[key] = which.addAction(self.tr(ready.title))
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(self._choose)
        self.shown.setMenu(which)
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
            choice.currentIndexChanged.connect(self._keep)
        self.change.toggled.connect(self._draw_picked)
        self.change.toggled.connect(self._keep)
        self.axis.currentIndexChanged.connect(self._keep)
        self.message = Text(size=11.5, colour="danger", wrap=True)
        self.message.hide()
        self.body = QWidget()
        self._column = column_of(self.body, 10)
        for picker in (self.top, self.over, self.change):
            picker.setParent(self.body)  # they join the layout with the charts, which may never come
        whole = QWidget()
        outer = column_of(whole, 0, 0)
        bar = row_of(self.axis, 1, self.shown, self.save)
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

        for key, ready in READY.items():
            self.chart[key] = Chart(self.tr(ready.title), ready.stacked, ready.logarithmic, format_value=short)
            self._column.addWidget(self.chart[key], 1)
        self.chart[LAST] = Chart(self.tr("Any figure"))
        self.charts = list(self.chart.values())
        self._column.addWidget(Rule())
        over = Text(self.tr("over"), 12, colour="dim")
        picker = row_of(self.top, over, self.over, spacing=6)
        picker.setStretchFactor(self.top, 1)
        picker.setStretchFactor(self.over, 1)
        self._column.addLayout(picker)
        growth = Text(self.tr("growth from point to point"), 12, colour="dim")
        growth.setBuddy(self.change)
        self._column.addLayout(row_of(growth, 1, self.change))
        self._column.addWidget(self.chart[LAST], 1)
        for key, chart in self.chart.items():
            chart.hide_curves(self._hidden.get(key, ()))
            chart.jumped.connect(self._jump)
            chart.hovered.connect(self._hover)
            chart.legend_changed.connect(self._keep)
        self._choose()

    # -- what is remembered -------------------------------------------------------------------

    @property
    def kept(self) -> dict[str, Any]:
        """How the person has the charts: axis, which are there, hidden curves, and the figure that was picked."""
        hidden = {key: sorted(chart.hidden) for key, chart in self.chart.items()} if self.chart else self._hidden
        return {
            "axis": self.axis.currentIndex(),
            "closed": [key for key, one in self.choices.items() if not one.isChecked()],
            "hidden": {key: names for key, names in hidden.items() if names},
            "figure": self.top.name, "over": self.over.name, "growth": self.change.isChecked(),
        }  # fmt: skip

    def restore(self, kept: object) -> None:
        """As :attr:`kept` said; what is not right in it is left as it is."""
        if not isinstance(kept, dict):
            return
        self._restoring = True
        self.axis.setCurrentIndex(1 if kept.get("axis") == 1 else 0)
        closed, hidden = kept.get("closed"), kept.get("hidden")
        for key, action in self.choices.items():
            action.setChecked(not (isinstance(closed, list) and key in closed))
        for key, names in hidden.items() if isinstance(hidden, dict) else ():
            if isinstance(names, list):
                self._hidden[key] = [name for name in names if isinstance(name, str)]
        for choice, name in ((self.top, kept.get("figure")), (self.over, kept.get("over"))):
            if isinstance(name, str):
                choice.pick(name)
        self.change.setChecked(kept.get("growth") is True)
        self._restoring = False

    def _keep(self) -> None:
        if not self._restoring:
            self.kept_changed.emit()

    def _choose(self) -> None:
        """Show the charts that are wanted."""
        for key, action in self.choices.items():
            if key in self.chart:
                self.chart[key].setVisible(action.isChecked())
        self._redraw()
        self._keep()

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
        if not self.chart:
            self._make_charts()
        self._stack.setCurrentIndex(1)
        wanted = [partial(self._draw_ready, key) for key in READY if self.choices[key].isChecked()]
        self._stale = [*wanted, self._draw_picked]
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

    def show_others(self, others: Iterable[tuple[str, Series]]) -> None:
        """Runs that ours is compared with, each with its name: their curves are drawn over ours."""
        others = tuple((name, series) for name, series in others if len(series.transition))
        if [(name, id(series)) for name, series in others] != [(name, id(series)) for name, series in self._others]:
            self._others = others
            self._redraw()

    def _draw(
        self, key: str, at: Places, curves: list[Curve], same: Callable[[Series], tuple[Places, list[Curve]]] | None
    ) -> None:
        """Draw curves of ours, and what ``same`` gives of the runs beside it."""
        assert self.series is not None
        ours = abscissa(self.series, self.by_time, at)
        beside = []
        for number, (name, series) in enumerate(self._others if same else (), 1):
            assert same is not None
            places, theirs = same(series)
            x = abscissa(series, self.by_time, places)
            beside += [held_against(ours, x, curve, number, name) for curve in theirs]
        self.chart[key].show_curves(ours, [*curves, *beside])

    def _draw_ready(self, key: str) -> None:
        if self.series is None:
            return
        ready = READY[key]
        self._draw(key, *ready.ours(self.series), ready.theirs)
        if key == "pressure":
            window = self.tr("average of {time}").format(time=duration(psi_window(self.series)))
            self.chart[key].title.show_text(f"{self.tr(ready.title)} · {window}")

    def _draw_picked(self) -> None:
        if not self.chart or self.series is None or not len(self.series.transition):
            return

        def same(series: Series) -> tuple[Places, list[Curve]]:
            places = points(series)
            values = drawn(series, places, self.top.name, self.over.name, self.change.isChecked())
            return places, [Curve("", "accent", values)]

        self._draw(LAST, *same(self.series), same)
        name = f"{self.top.name} / {self.over.name}" if self.over.name else self.top.name
        self.chart[LAST].title.show_text(name)
        self.chart[LAST].plot.setAccessibleName(name)

    @property
    def by_time(self) -> bool:
        """Whether the x axis is time; references otherwise."""
        return self.axis.currentIndex() == 1

    def _ruler(self) -> NDArray[np.int64]:
        """What the x axis measures, a sample each: references, or nanoseconds."""
        assert self.series is not None
        return self.series.time_ns if self.by_time else self.series.of("references")

    def _x_of(self, transition: int) -> float:
        assert self.series is not None
        x = crossing(transition, self.series.transition, self._ruler())
        return x / 1e6 if self.by_time else x

    def _show_cursor(self) -> None:
        if self.series is None or not self.charts or not len(self.series.transition):
            return
        x = self._x_of(self._cursor)
        for chart in self.charts:
            chart.show_cursor(x)
        self._show_flags()

    def show_flags(self, flags: Iterable[Flag]) -> None:
        """Mark these transitions on every chart."""
        flags = tuple(flags)
        if flags != self._flags:
            self._flags = flags
            self._flags_drawn = None
            self._show_flags()

    _flags_drawn: object = None

    def _show_flags(self) -> None:
        """Markers are placed anew where the run has grown or the axis is another."""
        if self.series is None or not self.charts or not len(self.series.transition):
            return
        placed = (self._flags, self.by_time, self._drawn)
        if placed == self._flags_drawn:
            return
        from app.panels.chart import Marker

        self._flags_drawn = placed
        known = int(self.series.transition[-1])
        markers = [Marker(self._x_of(one.at), one.name, one.colour, one.small) for one in self._flags
                   if one.at <= known]  # fmt: skip
        for chart in self.charts:
            chart.markers.show_markers(markers)

    def _hover(self, x: float) -> None:
        """The pointer is at the same place of every chart."""
        for chart in self.charts:
            chart.show_hover(x)

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
        """Every sample of what can be drawn as CSV; OSError when it cannot be written."""
        if self.series is not None:
            write_table(path, self.series, self.top.name, self.over.name, self.change.isChecked())

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


def duration(ns: int) -> str:
    """A time in the largest unit that it is a whole number of: ``5 ms``, ``10 s``."""
    for unit, size in (("s", 10**9), ("ms", 10**6), ("µs", 10**3)):
        if ns % size == 0:
            return f"{ns // size} {unit}"
    return f"{ns} ns"
