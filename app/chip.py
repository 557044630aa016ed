"""Letter and colour of each machine that is compared: the same over its picture and among its figures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.canvas.style import Style

COLOURS = ("accent", "text", "dim")
LETTERS = "ABC"
"""Of each machine, that at the cursor first."""


def paint_chip(painter: QPainter, box: QRectF, place: int, style: Style) -> None:
    """The letter of a run on its colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(COLOURS[place]))
    painter.drawRoundedRect(box, style.px(4), style.px(4))
    painter.setFont(style.font(box.height() / style.scale * 0.69, bold=True))
    painter.setPen(style.colour("window"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, LETTERS[place])


class Chip(QWidget):
    """The letter of a run."""

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.switch().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(16), theme.px(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chip(painter, QRectF(self.rect()), self._place, Style.now(self.devicePixelRatioF()))
        painter.end()
