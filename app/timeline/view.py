"""The timeline: lanes, pressure, marks and a cursor that can be dragged; the wheel zooms where it points."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.moment import Moment
from app.timeline import density, tips
from app.timeline.lanes import Lanes
from app.timeline.marks import Mark, names_between
from app.timeline.steps import StepFlag, StepRow
from engine.transition import Transition

SMALLEST_SPAN = 12
"""Transitions across the whole width at the closest zoom."""
NEAR = 6
"""Pixels from which a mark is pointed at."""


class TimelineView(QWidget):
    """The run as a picture. Asks for jumps; never moves by itself."""

    jump_requested = Signal(object)
    loop_requested = Signal(object)
    """First and last transition to play again and again, or None."""
    step_requested = Signal(int)
    """Place of a step of the lesson whose pin was pressed."""
    span_changed = Signal(object, object)
    """First and last transition now shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Timeline"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._cursor = 0
        self._length = 0
        self._complete = False
        self._series: Any = None
        self._marks: list[Mark] = []
        self._steps = StepRow()
        self._on_branch = False
        self._records: list[Transition] = []
        self._span: tuple[float, float] | None = None
        self._lanes = Lanes()
        self._hurried = False
        """The run is played so fast that it grows with every moment."""
        self._dragging = False
        self._loop: tuple[int, int] | None = None
        self._loop_from: int | None = None
        """Where a span to loop is being drawn from."""
        self._hover = -1.0
        theme.switch().changed.connect(self._forget)

    # -- what is shown --------------------------------------------------------------------------

    def show_moment(self, moment: Moment) -> None:
        """Move the cursor, and the end of the run as far as it is known."""
        self._cursor = moment.transition.number
        self._complete = moment.complete
        self._on_branch = bool(moment.branch)
        self._hurried = moment.playing and moment.skipping
        if moment.length != self._length:
            self._length = moment.length
            if self._span is None and self._length <= self._plot().width():
                self.span_changed.emit(0, self._length)
        if self._span is not None and moment.playing:
            self._keep_in_view()
        self.update()

    def show_series(self, series: Any) -> None:
        """The samples the lanes are computed from."""
        self._series = series
        self._lanes.forget()
        self.update()

    def show_records(self, records: list[Transition]) -> None:
        """Single transitions, drawn one by one where the zoom is close enough."""
        self._records = records
        self._lanes.forget()
        self.update()

    def show_marks(self, marks: list[Mark]) -> None:
        """Flags above the lanes."""
        self._marks = marks
        self.update()

    def show_steps(self, flags: list[StepFlag]) -> None:
        """The steps of the lesson, as pins above the lanes."""
        if tuple(flags) != self._steps.flags:
            self._steps.flags = tuple(flags)
            self._lanes.forget()
            self.update()

    @property
    def loop(self) -> tuple[int, int] | None:
        """First and last transition of the span that is looped."""
        return self._loop

    def show_loop(self, span: tuple[int, int] | None) -> None:
        """The span that is played again and again."""
        self._loop = span
        self.update()

    def clear(self) -> None:
        """Another run is about to come."""
        self._loop = self._loop_from = None
        self._series, self._records, self._marks, self._span = None, [], [], None
        self._cursor = self._length = 0
        self._forget()

    @property
    def marks(self) -> list[Mark]:
        """The flags, as they were given."""
        return list(self._marks)

    @property
    def span(self) -> tuple[float, float]:
        """First and last transition shown."""
        return self._span or (0.0, float(max(1, self._length)))

    # -- zoom -----------------------------------------------------------------------------------

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show ``factor`` times as much around transition ``at`` (the cursor, if not given)."""
        first, last = self.span
        at = float(self._cursor) if at is None else at
        whole = float(max(1, self._length))
        width = min(whole, max(float(SMALLEST_SPAN), (last - first) * factor))
        share = (at - first) / max(1e-9, last - first)
        self._show_span(at - share * width, width)

    def show_all(self) -> None:
        """The whole run."""
        self._span = None
        self._changed_span()

    def pan(self, share: float) -> None:
        """Move by a share of what is shown."""
        first, last = self.span
        self._show_span(first + share * (last - first), last - first)

    def _show_span(self, first: float, width: float) -> None:
        whole = float(max(1, self._length))
        if width >= whole:
            self.show_all()
            return
        first = min(max(0.0, first), whole - width)
        self._span = (first, first + width)
        self._changed_span()

    def _changed_span(self) -> None:
        self._lanes.forget()
        first, last = self.span
        self.span_changed.emit(int(first), int(last) + 1)
        self.update()

    def _keep_in_view(self) -> None:
        first, last = self.span
        if not first <= self._cursor <= last:
            self._show_span(self._cursor - 0.1 * (last - first), last - first)

    # -- places ---------------------------------------------------------------------------------

    def _plot(self) -> QRect:
        left, top = theme.px(92), theme.px(26) + self._steps.height
        return QRect(left, top, max(10, self.width() - left - theme.px(16)), max(10, self.height() - top - theme.px(8)))

    def x_of(self, number: float) -> float:
        """Horizontal place of a transition."""
        first, last = self.span
        plot = self._plot()
        return plot.left() + (number - first) / max(1e-9, last - first) * plot.width()

    def number_at(self, x: float) -> int:
        """The transition at a horizontal place."""
        first, last = self.span
        plot = self._plot()
        number = first + (x - plot.left()) / plot.width() * (last - first)
        return int(min(max(0, round(number)), self._length))

    def _rows(self) -> list[QRect]:
        """One row for each lane and the last for the pressure."""
        plot = self._plot()
        count = len(density.DRAWN) + 1
        height = plot.height() / count
        gap = min(theme.px(9), height * 0.34)
        return [
            QRect(plot.left(), round(plot.top() + row * height + gap / 2), plot.width(), max(3, round(height - gap)))
            for row in range(count)
        ]

    # -- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, lanes, pressure, marks, cursor."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(13, bold=True))
        painter.setPen(QColor(colours.text))
        title = QRectF(theme.px(14), 0, theme.px(90), theme.px(26))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.tr("Timeline"))
        self._paint_rows(painter, colours)
        self._paint_loop(painter, colours)
        self._paint_marks(painter, colours)
        self._paint_steps(painter)
        self._paint_cursor(painter, colours)
        if self.hasFocus():
            painter.setPen(QPen(colours.colour("accent", 0.6), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), theme.px(7), theme.px(7))
        painter.end()

    def _paint_rows(self, painter: QPainter, colours: theme.Theme) -> None:
        rows = self._rows()
        names = [self.tr(name) for _, name in density.DRAWN] + [self.tr("pressure")]
        apart = rows[1].top() - rows[0].top()
        # Low rows have smaller names: they must not run into each other.
        painter.setFont(theme.font(min(12.0, 0.9 * apart / theme.switch().scale)))
        painter.setPen(QColor(colours.dim))
        for row, name in zip(rows, names, strict=True):
            painter.drawText(
                QRectF(theme.px(14), row.top() - 4, theme.px(76), row.height() + 8), Qt.AlignmentFlag.AlignVCenter, name
            )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.grid))
        for row in rows:
            painter.drawRoundedRect(row, 2, 2)
        image = self._lanes.picture(self._series, self._records, self.span, self._length, rows, self.size(),
                                    self.devicePixelRatioF(), self._hurried and self._span is None)  # fmt: skip
        if image is None:
            return
        first, last = self._lanes.span
        if (first, last) == self.span:
            painter.drawImage(QPointF(rows[0].left(), 0), image)
        else:
            painter.drawImage(QRectF(self.x_of(first), 0, self.x_of(last) - self.x_of(first), self.height()), image)

    def _paint_loop(self, painter: QPainter, colours: theme.Theme) -> None:
        """A band over all lanes with an edge at both ends."""
        if self._loop is None:
            return
        plot = self._plot()
        left, right = (min(max(self.x_of(end), plot.left()), plot.right() + 1) for end in self._loop)
        band = QRectF(left, plot.top() - 2, max(2.0, right - left), plot.height() + 2)
        painter.fillRect(band, colours.colour("accent", 0.16))
        painter.setPen(QPen(QColor(colours.accent), 1.4))
        for x in (band.left(), band.right()):
            painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))

    def _paint_steps(self, painter: QPainter) -> None:
        """The lesson belongs to the run as the scenario has it: on a branch its pins are not shown."""
        if self._length and not self._on_branch:
            plot, height = self._plot(), self._steps.height
            row = QRectF(plot.left(), plot.top() - height - theme.px(1), plot.width(), height)
            self._steps.paint(painter, self.x_of, row, plot.bottom())

    def _paint_marks(self, painter: QPainter, colours: theme.Theme) -> None:
        plot = self._plot()
        base = plot.top() - self._steps.height
        painter.setFont(theme.font(11))
        shown = [
            (self.x_of(mark.at), mark)
            for mark in sorted(self._marks, key=lambda mark: mark.at)
            if plot.left() - 1 <= self.x_of(mark.at) <= plot.right() + 1
        ]
        metrics = painter.fontMetrics()
        widths = [metrics.horizontalAdvance(mark.name) for _, mark in shown]
        names = names_between([x for x, _ in shown], widths, plot.left(), plot.right())
        for (x, mark), name in zip(shown, names, strict=True):
            colour = QColor(colours.danger if mark.danger else colours.accent if mark.own else colours.warning)
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, base - 4), QPointF(x, plot.bottom()))
            if name is None:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(x, base - 17), QPointF(x + 8, base - 13.5), QPointF(x, base - 10)]))
            painter.setPen(QPen(colour, 1))
            painter.drawLine(QPointF(x, base - 17), QPointF(x, base - 4))
            place, width = name
            if width:
                whole = width >= metrics.horizontalAdvance(mark.name)
                said = mark.name if whole else metrics.elidedText(mark.name, Qt.TextElideMode.ElideRight, int(width))
                painter.drawText(QPointF(place, base - 9), said)

    def _paint_cursor(self, painter: QPainter, colours: theme.Theme) -> None:
        plot = self._plot()
        if self._length and self._hover >= plot.left() and not self._dragging:
            painter.setPen(QPen(colours.colour("text", 0.35), 1))
            painter.drawLine(QPointF(self._hover, plot.top()), QPointF(self._hover, plot.bottom()))
        x = self.x_of(self._cursor)
        if plot.left() - 1 <= x <= plot.right() + 1:
            painter.setPen(QPen(QColor(colours.selection), 1.6))
            painter.drawLine(QPointF(x, plot.top() - 1), QPointF(x, plot.bottom()))
            painter.setBrush(QColor(colours.selection))
            painter.setPen(QPen(QColor(colours.panel), 1))
            painter.drawEllipse(QPointF(x, plot.top() - 1), theme.px(4.5), theme.px(4.5))

    # -- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the cursor; with Shift, begin a span to loop."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._length and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._loop_from = self.number_at(event.position().x())
        elif left and (pin := self._pin_at(event.position())) is not None:
            self.step_requested.emit(pin.place)
        elif left and self._length:
            self._dragging = True
            self._ask_for(event.position().x())
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the cursor, or say what lies under the pointer."""
        self._hover = event.position().x()
        if self._loop_from is not None:
            self.show_loop(self._span_to(event.position().x()))
        elif self._dragging:
            self._ask_for(event.position().x())
        elif (pin := self._pin_at(event.position())) is not None:
            self.setToolTip(tips.of_pin(pin))
        elif self._length and self._hover >= self._plot().left():
            self.setToolTip(tips.of_place(self.number_at(self._hover), self._near(self._hover)))
        else:
            row = self._row_at(event.position().y())
            self.setToolTip(tips.of_lane(row) if row else "")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the cursor, or loop the span that was drawn; a click with Shift loops nothing any more."""
        self._dragging = False
        if self._loop_from is not None:
            first, last = self._span_to(event.position().x())
            self._loop_from = None
            self.show_loop((first, last) if first < last else None)
            self.loop_requested.emit(self._loop)

    def _span_to(self, x: float) -> tuple[int, int]:
        """The span drawn so far, its ends in order."""
        one, other = self._loop_from or 0, self.number_at(x)
        return min(one, other), max(one, other)

    def leaveEvent(self, event: Any) -> None:
        """The pointer left."""
        self._hover = -1.0
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the pointer is; sideways or with Shift, pan."""
        turn = event.angleDelta()
        if turn.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(turn.x() or turn.y()) / 1200)
        else:
            self.zoom(0.8 ** (turn.y() / 120), float(self.number_at(event.position().x())))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """``+`` and ``-`` zoom at the cursor, ``0`` shows all, arrows with Ctrl pan."""
        key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.5)
        elif key == Qt.Key.Key_Minus:
            self.zoom(2.0)
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif control and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.pan(0.25 if key == Qt.Key.Key_Right else -0.25)
        else:
            super().keyPressEvent(event)

    def _ask_for(self, x: float) -> None:
        number = self.number_at(x)
        if number != self._cursor:
            self._cursor = number
            self.jump_requested.emit(number)
            self.update()

    def _pin_at(self, point: QPointF) -> StepFlag | None:
        """The step of the lesson whose pin is under the pointer."""
        return self._steps.under(point) if self._length and not self._on_branch else None

    def _row_at(self, y: float) -> str:
        """English name of the row at a height; empty between rows."""
        rows = self._rows()
        apart = rows[1].top() - rows[0].top()
        place = int((y - rows[0].center().y()) / apart + 0.5)
        return (*(name for _, name in density.DRAWN), "pressure")[place] if 0 <= place < len(rows) else ""

    def _near(self, x: float) -> list[Mark]:
        """The marks at a horizontal place."""
        return [mark for mark in self._marks if abs(self.x_of(mark.at) - x) < NEAR]

    # -- size and theme -------------------------------------------------------------------------

    def _forget(self) -> None:
        self._lanes.forget()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs other columns."""
        self._lanes.forget()

    def sizeHint(self) -> QSize:
        """Room for five rows."""
        return QSize(theme.px(700), theme.px(176))

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(theme.px(320), theme.px(100))
