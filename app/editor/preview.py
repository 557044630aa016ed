"""The references of the run as it stands: which page is used when, a band a process, the marks, the chosen part."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app import theme
from app.words.numbers import count
from engine.scenario.reference_map import ReferenceMap

COLOURS = ("active", "zswap", "disk", "swapcache", "danger", "zero")
"""Colours of the theme, one a process, beginning again after the last."""
LEFT, BOTTOM, TOP = 96, 16, 16


class PreviewStrip(QWidget):
    """Draws a :class:`ReferenceMap`."""

    part_chosen = Signal(int)
    """Number of the ``[[run]]`` part whose references were clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map: ReferenceMap | None = None
        self.part: int | None = None
        """Number of the part that is lit."""
        self._note = ""
        self._stale = False
        self._picture: QImage | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("References of the run"))
        theme.switch().changed.connect(self._dress)

    def show_map(self, found: ReferenceMap | None, note: str = "") -> None:
        """A new map; None keeps the old one, dimmed, with a note why there is no newer one."""
        self._stale, self._note = found is None, note
        if found is not None:
            self.map = found
            self._picture = None
            told = self.tr("{references} references, {marks} marks")
            self.setAccessibleDescription(
                told.format(references=count(found.references), marks=count(len(found.marks)))
            )
        self.update()

    def light(self, part: int | None) -> None:
        """Light the references of a part of the run; None: all."""
        if part != self.part:
            self.part = part
            self.update()

    def part_at(self, x: float) -> int | None:
        """Number of the part whose references are at an abscissa."""
        box = self._plot()
        if self.map is None or not box.left() <= x <= box.right() or not self.map.references:
            return None
        number = int((x - box.left()) / box.width() * self.map.references)
        return next((place for place, (first, end) in enumerate(self.map.parts) if first <= number < end), None)

    def sizeHint(self) -> QSize:
        """As high as a few lines."""
        return QSize(theme.px(600), theme.px(150))

    def minimumSizeHint(self) -> QSize:
        """Never less than can be read."""
        return QSize(theme.px(300), theme.px(90))

    # -- drawing ------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bands, references, marks."""
        colours = theme.current()
        painter = QPainter(self)
        box = self._plot()
        painter.fillRect(box, QColor(colours.window))
        if self.map is not None and self.map.references:
            painter.setOpacity(0.35 if self._stale else 1.0)
            self._paint_part(painter, box, colours)
            painter.drawImage(box, self._image(colours))
            self._paint_bands(painter, box, colours)
            self._paint_marks(painter, box, colours)
            painter.setOpacity(1.0)
        note = self._note or (self.tr("No references yet") if self.map is None or not self.map.references else "")
        if note:
            painter.setFont(theme.font(13))
            painter.setPen(QColor(colours.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, note)
        painter.setPen(QPen(QColor(colours.panel_edge), 1))
        painter.drawRect(box)
        self._paint_axis(painter, box, colours)
        painter.end()

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(theme.px(LEFT), theme.px(TOP), -theme.px(10), -theme.px(BOTTOM))

    def _image(self, colours: theme.Theme) -> QImage:
        if self._picture is None and self.map is not None:
            shades = np.zeros((len(self.map.bands) + 1, 4), np.uint8)
            for number in range(len(self.map.bands)):
                shades[number + 1] = QColor(getattr(colours, colour_of(number))).getRgb()
            pixels = shades[self.map.who[::-1]]
            reads = (self.map.who[::-1] > 0) & ~self.map.wrote[::-1]
            pixels[..., 3][reads] = 165  # what only reads is paler than what writes
            kept = np.ascontiguousarray(pixels)
            height, width = self.map.who.shape
            made = QImage(kept.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
            self._picture = made.copy()
        assert self._picture is not None
        return self._picture

    def _paint_part(self, painter: QPainter, box: QRectF, colours: theme.Theme) -> None:
        if self.map is None or self.part is None or self.part >= len(self.map.parts):
            return
        first, end = self.map.parts[self.part]
        left, right = self._x(box, first), self._x(box, end)
        painter.fillRect(QRectF(left, box.top(), max(right - left, 2.0), box.height()), colours.colour("hover"))
        painter.fillRect(QRectF(left, box.bottom() - 2, max(right - left, 2.0), 2), QColor(colours.accent))

    def _paint_bands(self, painter: QPainter, box: QRectF, colours: theme.Theme) -> None:
        assert self.map is not None
        total = max(1, sum(max(pages, 1) for _, pages in self.map.bands))
        bottom = box.bottom()
        painter.setFont(theme.font(11.5))
        least = painter.fontMetrics().height()
        for number, (name, pages) in enumerate(self.map.bands):
            top = bottom - box.height() * max(pages, 1) / total
            if number:
                painter.setPen(QPen(QColor(colours.panel_edge), 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(box.left(), bottom), QPointF(box.right(), bottom))
            if bottom - top >= least - 2:
                place = QRectF(theme.px(20), top, box.left() - theme.px(26), bottom - top)
                painter.setPen(QColor(colours.text))
                said = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(place.width()))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)
                dot = QRectF(theme.px(6), (top + bottom) / 2 - theme.px(4), theme.px(8), theme.px(8))
                painter.fillRect(dot, QColor(getattr(colours, colour_of(number))))
            bottom = top

    def _paint_marks(self, painter: QPainter, box: QRectF, colours: theme.Theme) -> None:
        assert self.map is not None
        painter.setFont(theme.font(11))
        free = box.left()
        for name, at in self.map.marks:
            x = self._x(box, at)
            painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            width = painter.fontMetrics().horizontalAdvance(name)
            left = min(x + theme.px(3), box.right() - width)
            if left >= free:
                painter.setPen(QColor(colours.dim))
                painter.drawText(QPointF(left, box.top() - theme.px(4)), name)
                free = left + width + theme.px(8)

    def _paint_axis(self, painter: QPainter, box: QRectF, colours: theme.Theme) -> None:
        painter.setFont(theme.font(11))
        painter.setPen(QColor(colours.dim))
        below = QRectF(box.left(), box.bottom() + 1, box.width(), theme.px(BOTTOM - 1))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
        if self.map is not None:
            said = self.tr("{number} references").format(number=count(self.map.references))
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)
            if self._stale and not self._note:
                said = self.tr("as it was before something was wrong")
                painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, said)

    def _x(self, box: QRectF, number: int) -> float:
        return box.left() + box.width() * number / max(1, self.map.references if self.map else 1)

    # -- the pointer --------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Which reference, whose page, which mark."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.told_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def told_at(self, at: QPointF) -> str:
        """What is at a point, in words; empty beside the drawing."""
        box, found = self._plot(), self.map
        if found is None or not found.references or not box.contains(at):
            return ""
        number = int((at.x() - box.left()) / box.width() * found.references)
        total = sum(max(pages, 1) for _, pages in found.bands)
        page = int((box.bottom() - at.y()) / box.height() * total)
        told = self.tr("Reference {number}").format(number=count(number))
        for name, pages in found.bands:
            if page < max(pages, 1):
                about = self.tr("page {page} of {process}").format(page=count(page), process=name)
                return f"{told}\n{about}"
            page -= max(pages, 1)
        return told

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the part of the run."""
        part = self.part_at(event.position().x())
        if part is not None:
            self.part_chosen.emit(part)

    def _dress(self) -> None:
        self._picture = None
        self.update()


def colour_of(number: int) -> str:
    """The name of the theme's colour for the process of that number."""
    return COLOURS[number % len(COLOURS)]
