"""A column that does not fit, whole and small at its edge: where the reader is, and a way to anywhere in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.canvas.cells import Field
from app.canvas.sprites import image_of
from app.canvas.style import Style, pixels

WIDTH, EDGE = 9, 2
"""Pixels of the map and of its distance to the column's edge."""


class Minimap:
    """The map of one column; its heights are shares of the whole content."""

    def __init__(self, column: QRectF, window: QRectF, top: float, high: float, fields: Sequence[Field],
                 style: Style) -> None:  # fmt: skip
        self.box = QRectF(
            column.right() - style.px(WIDTH + EDGE), window.top() + style.px(4), style.px(WIDTH),
            max(1.0, window.height() - style.px(6)),
        )  # fmt: skip
        self._window, self._top, self._high, self._fields = window, top, max(high, 1.0), fields

    @property
    def seen(self) -> QRectF:
        """The part that is in sight now."""
        scale = self.box.height() / self._high
        least = min(8.0, self.box.height())
        high = max(least, min(self.box.height(), self._window.height() * scale))
        y = self.box.top() + max(0.0, (self._window.top() - self._top) * scale)
        return QRectF(self.box.left(), min(y, self.box.bottom() - high), self.box.width(), high)

    def scroll_at(self, y: float) -> float:
        """The scroll that brings the content at height ``y`` of the map into the middle of the column."""
        share = (y - self.box.top()) / self.box.height()
        return share * self._high - self._window.height() / 2

    def paint(self, painter: QPainter, style: Style) -> None:
        """Draw the content in its colours and a frame around what is in sight."""
        painter.fillRect(self.box, QColor(style.theme.grid))
        scale = self.box.height() / self._high
        for found in self._fields:
            y = self.box.top() + (found.origin.y() - self._top) * scale
            self._field(painter, found, QRectF(self.box.left(), y, self.box.width(), found.size[1] * scale), style)
        painter.setBrush(style.theme.colour("selection", 0.16))
        painter.setPen(QColor(style.theme.selection))
        painter.drawRoundedRect(self.seen.adjusted(-0.5, 0.5, 0.5, -0.5), 2, 2)
        painter.setPen(Qt.PenStyle.NoPen)

    def _field(self, painter: QPainter, found: Field, box: QRectF, style: Style) -> None:
        """One field, a dot for every n-th of its things."""
        rows, columns = max(1, round(box.height() * style.ratio)), max(1, round(box.width() * style.ratio))
        if not found.count:
            return
        places = np.linspace(0, found.count - 1, rows * columns).astype(np.int64)
        colours = pixels([*found.family.colours(style.theme), style.theme.panel])
        dots = np.take(colours, found.sprites[places], mode="clip").reshape(rows, columns)
        image = image_of(dots)
        image.setDevicePixelRatio(style.ratio)
        painter.drawImage(QPointF(style.snap(box.left()), style.snap(box.top())), image)
