"""One chart: lines or stacked areas over the run, with the cursor, the values at it, and clicks that jump.

Imports pyqtgraph, which takes a fifth of a second: only :mod:`app.panels.charts` imports this, and
only when it is first on screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.panels.widgets import Text, column_of
from app.series import Curve, Values

HEIGHT = 132
PLOT_HEIGHT = 96
_AXIS_WIDTH = 42
_FEW_DECADES = 2.2
_TICK_SHARE = 0.07
_NEAR = 0.006
"""Share of the x axis from which the pointer counts as on a marker."""
_FEW = 30
"""Fewer points than this are marked each, so that one alone is seen."""


Ticks = tuple[float, list[float]]
"""Spacing and places of ticks, as pyqtgraph wants them."""


class Axis(pg.AxisItem):
    """Ticks as short numbers: ``20k``, ``1.5M``; on a logarithmic scale powers of ten."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [short(10.0**value) for value in values]
        return [short(value * scale) for value in values]

    def logTickValues(self, minVal: float, maxVal: float, _size: float, _ticks: object) -> list[Ticks]:
        # Powers of ten; where there are few of them, twice and five times these as well.
        parts = (1, 2, 5) if maxVal - minVal < _FEW_DECADES else (1,)
        powers = range(int(np.floor(minVal)), int(np.ceil(maxVal)) + 1)
        return [(1.0, [power + float(np.log10(part)) for power in powers for part in parts])]


class Plot(pg.PlotWidget):
    """A plot that says where it is pressed and dragged, and leaves the wheel to the panel around it."""

    pressed_at = Signal(float)
    hovered_at = Signal(float)
    """A place on the x axis the pointer is over; not a number once it has left."""

    def sizeHint(self) -> QSize:
        """As low as a curve can be read: several stand one below the other."""
        return QSize(theme.px(200), theme.px(PLOT_HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton:
            self._say(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._say(event)
        elif not event.buttons():
            self.hovered_at.emit(self._x_of(event))

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered_at.emit(float("nan"))
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _say(self, event: QMouseEvent) -> None:
        self.pressed_at.emit(self._x_of(event))

    def _x_of(self, event: QMouseEvent) -> float:
        return float(self.plotItem.vb.mapSceneToView(self.mapToScene(event.position().toPoint())).x())


@dataclass(frozen=True)
class Marker:
    """A moment of the run that is marked on the charts."""

    x: float
    name: str
    colour: str
    """Of the theme."""
    small: bool = False
    """One of many: only a tick at the foot."""


class Markers(pg.GraphicsObject):
    """Lines from top to bottom at marked moments, and ticks at the foot where there are many."""

    def __init__(self) -> None:
        super().__init__()
        self.all: tuple[Marker, ...] = ()
        self.setZValue(50)

    def show_markers(self, markers: Sequence[Marker]) -> None:
        """Draw these."""
        self.all = tuple(markers)
        self.update()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        now, view = theme.current(), self.viewRect()
        for marker in self.all:
            if not view.left() <= marker.x <= view.right():
                continue
            style = Qt.PenStyle.SolidLine if marker.small else Qt.PenStyle.DotLine
            painter.setPen(pg.mkPen(now.colour(marker.colour), width=1, style=style))
            height = view.height() * (_TICK_SHARE if marker.small else 1.0)
            painter.drawLine(QPointF(marker.x, view.top()), QPointF(marker.x, view.top() + height))


class Chart(QWidget):
    """Curves over one x axis; nothing of a run but what it is handed."""

    jumped = Signal(float)
    """A place on the x axis was clicked, or reached by a key."""
    hovered = Signal(float)
    """A place on the x axis the pointer is over; not a number once it has left."""
    legend_changed = Signal()
    """A curve was hidden, or shown again."""

    def __init__(
        self,
        title: str,
        stacked: bool = False,
        logarithmic: bool = False,
        format_value: Callable[[float], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.stacked, self.logarithmic = stacked, logarithmic
        self.places: Values = np.zeros(0)
        self.curves: list[Curve] = []
        self.at = 0.0
        self.hover = float("nan")
        """Where the pointer is over one of the charts; the values there are said instead of the cursor's."""
        self.hidden: frozenset[str] = frozenset()
        """Names of the curves that are not drawn."""
        self._items: list[pg.PlotDataItem] = []
        self._format = format_value or short
        self.title = Text(title, 12.5, bold=True, wrap=True)
        self.values = Text(size=11.5, colour="dim")
        self.values.setTextFormat(Qt.TextFormat.RichText)
        self.values.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.values.setWordWrap(True)
        self.values.setToolTip(self.tr("Click a name to hide its curve, or to show it again."))
        self.values.linkActivated.connect(self._toggle)
        self.plot = Plot(axisItems={"left": Axis("left"), "bottom": Axis("bottom")}, enableMenu=False)
        # pyqtgraph leaves its menu without an owner, and it would outlive the chart.
        menu = self.plot.plotItem.ctrlMenu
        menu.setParent(self, menu.windowFlags())
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.plot.setFrameShape(Plot.Shape.NoFrame)
        self.plot.setAccessibleName(title)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(False, False)
        self.plot.setLogMode(False, logarithmic)
        self.plot.pressed_at.connect(self.jumped)
        self.plot.setMouseTracking(True)
        self.plot.hovered_at.connect(self.hovered)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(100)
        self._crosshair = pg.InfiniteLine(angle=90, movable=False)
        self._crosshair.setZValue(99)
        self._crosshair.hide()
        self.markers = Markers()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = column_of(self, 2, 0)
        # A long text wraps rather than widening the panel.
        self.values.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        column.addWidget(self.title)
        column.addWidget(self.values)
        column.addWidget(self.plot, 1)
        theme.switch().changed.connect(self.restyle)
        self.restyle()

    # -- what is shown ------------------------------------------------------------------------

    def show_curves(self, x: Values, curves: Sequence[Curve]) -> None:
        """Draw these; every curve has a value for each x."""
        self.places, self.curves = x, list(curves)
        self._draw()

    def show_hover(self, x: float) -> None:
        """Say the values at another place than the cursor, with a line there; not a number: no more."""
        self.hover = x
        self._crosshair.setVisible(bool(np.isfinite(x)))
        if np.isfinite(x):
            self._crosshair.setValue(x)
        self._say_values()

    def hide_curves(self, names: Iterable[str]) -> None:
        """Draw all but these."""
        self.hidden = frozenset(names)
        self._draw()

    def _toggle(self, name: str) -> None:
        self.hide_curves(self.hidden ^ {name})
        self.legend_changed.emit()

    def show_cursor(self, x: float) -> None:
        """Move the cursor's line and say the values there."""
        self.at = x
        self._line.setValue(x)
        self._say_values()

    def restyle(self) -> None:
        """Colours, type and distances as the theme has them."""
        now = theme.current()
        self.setMinimumHeight(theme.px(HEIGHT))
        self.plot.setBackground(now.colour("panel"))
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(now.colour("panel_edge"))
            axis.setTextPen(now.colour("dim"))
            axis.setStyle(tickFont=theme.font(10), tickLength=-theme.px(3), autoExpandTextSpace=False,
                          autoReduceTextSpace=False, hideOverlappingLabels=name == "bottom")  # fmt: skip
        self.plot.getAxis("left").setWidth(theme.px(_AXIS_WIDTH))
        self.plot.getAxis("bottom").setHeight(theme.px(18))
        self.plot.showGrid(x=False, y=True, alpha=0.12)
        self._line.setPen(pg.mkPen(now.colour("selection"), width=1))
        self._crosshair.setPen(pg.mkPen(now.colour("dim"), width=1, style=Qt.PenStyle.DashLine))
        self._draw()

    def _draw(self) -> None:
        now = theme.current()
        if len(self._items) != len(self.curves):
            self.plot.clear()
            for line in (self._line, self._crosshair, self.markers):
                self.plot.addItem(line, ignoreBounds=True)
            self._items = [pg.PlotDataItem() for _ in self.curves]
            for depth, item in enumerate(self._items):
                # A stacked area hides the one behind it, so the first lies in front.
                item.setZValue(-depth)
                self.plot.addItem(item)
        if len(self.places):
            self._draw_stacked(now) if self.stacked else self._draw_lines(now)
            first, last = float(self.places[0]), float(self.places[-1])
            self.plot.setXRange(first, max(last, first + 1e-9), padding=0.01)
        else:
            for item in self._items:
                item.setData([], [])
        self._say_values()

    def _draw_stacked(self, now: theme.Theme) -> None:
        # One that is hidden takes no room in the stack.
        own = [curve.values * (curve.name not in self.hidden) for curve in self.curves if not curve.beside]
        sums = np.cumsum(own, axis=0)
        others = [curve.values for curve in self.curves if curve.beside and curve.name not in self.hidden]
        for item, curve in zip(self._items[len(own) :], self.curves[len(own) :], strict=True):
            item.setZValue(1)
            values = curve.values if curve.name not in self.hidden else curve.values * np.nan
            pen = pg.mkPen(now.colour(curve.colour), width=1.5, style=_style(curve))
            item.setData(self.places, values, pen=pen, connect="finite", fillLevel=None)
        for item, curve, total in zip(self._items, self.curves, sums, strict=False):
            colour = now.colour(curve.colour)
            if curve.name in self.hidden:
                item.setData([], [])
                continue
            item.setData(
                self.places, total, pen=pg.mkPen(colour, width=1.4), fillLevel=0.0,
                fillBrush=mixed(colour, now.colour("panel"), 0.42),
            )  # fmt: skip
        high = [float(np.nanmax(values)) for values in (sums[-1], *others) if np.isfinite(values).any()]
        self.plot.setYRange(0, max([*high, 1.0]), padding=0.04)

    def _draw_lines(self, now: theme.Theme) -> None:
        low, high = np.inf, -np.inf
        for item, curve in zip(self._items, self.curves, strict=True):
            finite = curve.values[np.isfinite(curve.values) & ((curve.values > 0) | (not self.logarithmic))]
            if not len(finite) or curve.name in self.hidden:
                item.setData([], [])
                continue
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            colour = now.colour(curve.colour)
            item.setData(
                self.places, curve.values, pen=pg.mkPen(colour, width=1.5, style=_style(curve)), connect="finite",
                symbol="o" if len(finite) < _FEW else None, symbolSize=4, symbolPen=None, symbolBrush=colour,
            )  # fmt: skip
        if low > high:
            return
        if self.logarithmic:
            self.plot.setYRange(float(np.log10(low)) - 0.15, float(np.log10(high)) + 0.15, padding=0.05)
        else:
            low = min(low, 0.0)
            self.plot.setYRange(low, high if high > low else low + 1, padding=0.05)

    def _say_values(self) -> None:
        here = self.hover if np.isfinite(self.hover) else self.at
        place = max(int(np.searchsorted(self.places, here, side="right")) - 1, 0)
        spoken, drawn = [], [self._at_hover()] if np.isfinite(self.hover) else []
        for curve in self.curves:
            value = float(curve.values[place]) if place < len(curve.values) else float("nan")
            said = "–" if np.isnan(value) else self._format(value)
            shown = curve.name not in self.hidden
            colour = theme.current().colour(curve.colour if shown else "dim").name()
            line = "none" if shown else "line-through"
            name = self.tr(curve.name) if curve.name else ""
            text = f"{name} {said}" if shown else name
            drawn.append(f'<a href="{curve.name}" style="color:{colour};text-decoration:{line}">{text}</a>')
            spoken.append(f"{curve.name} {said}")
        self.values.show_text(" · ".join(drawn))
        self.plot.setAccessibleDescription(", ".join(spoken))

    def _at_hover(self) -> str:
        """Where the pointer is, and the markers it is on."""
        width = float(self.places[-1] - self.places[0]) if len(self.places) else 0.0
        near = [one.name for one in self.markers.all if one.name and abs(one.x - self.hover) <= _NEAR * width]
        return " ".join([self.tr("at {x}").format(x=short(self.hover)), *dict.fromkeys(near)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Right) or not len(self.places):
            super().keyPressEvent(event)
            return
        # One drawn point on or back; from between two points, to the nearer one on that side.
        back = event.key() == Qt.Key.Key_Left
        place = int(np.searchsorted(self.places, self.at, side="left" if back else "right")) - back
        self.jumped.emit(float(self.places[min(max(place, 0), len(self.places) - 1)]))


def _style(curve: Curve) -> Qt.PenStyle:
    if curve.beside > 1:
        return Qt.PenStyle.DotLine
    return Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine


def short(value: float) -> str:
    """A number in at most five characters: ``0.25``, ``12.5``, ``980``, ``20k``, ``1.5M``."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if abs(value) >= size:
            scale = 1e3 if unit == "k" else size
            return f"{value / scale:.4g}{unit}" if abs(value / scale) >= 100 else f"{value / scale:.3g}{unit}"
    if value and abs(value) < 0.01:
        return f"{value:.1e}"
    return f"{value:.4g}" if abs(value) >= 100 else f"{value:.3g}"


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """``colour`` laid on ``ground`` with an opacity of ``share``, as a colour that hides what is below."""
    return QColor.fromRgbF(
        colour.redF() * share + ground.redF() * (1 - share),
        colour.greenF() * share + ground.greenF() * (1 - share),
        colour.blueF() * share + ground.blueF() * (1 - share),
    )
