"""The steps of the lesson on the timeline: a pin with its number at each moment, with how far one has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app import theme


@dataclass(frozen=True)
class StepFlag:
    """One step of the lesson that is open."""

    place: int
    """Its place among the steps, from 0."""
    at: int
    """Its transition."""
    title: str
    questions: int
    right: int
    """Questions answered rightly so far."""
    now: bool = False
    """It is the one that the panel shows."""

    @property
    def text(self) -> str:
        """What stands on its pin: its number, and a mark for its questions."""
        mark = "" if not self.questions else " ✓" if self.right == self.questions else " ?"
        return f"{self.place + 1}{mark}"


class StepRow:
    """The row of pins: laid out once for a span, painted, and found again under the pointer."""

    def __init__(self) -> None:
        self.flags: tuple[StepFlag, ...] = ()
        self._pins: list[tuple[QRectF, float, StepFlag]] = []

    @property
    def height(self) -> int:
        """Pixels that the row needs; none without steps."""
        return theme.px(17) if self.flags else 0

    def paint(self, painter: QPainter, x_of: Callable[[float], float], row: QRectF, bottom: float) -> None:
        """Draw the pins that are in sight into ``row``, each with a line down to ``bottom``."""
        colours = theme.current()
        painter.setFont(theme.font(10.5, bold=True))
        self._pins = self._laid_out(painter, x_of, row)
        for pin, x, flag in self._pins:
            done = bool(flag.questions) and flag.right == flag.questions
            painter.setPen(QPen(colours.colour("accent", 0.55), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, pin.bottom()), QPointF(x, bottom))
            painter.setPen(QPen(QColor(colours.selection if flag.now else colours.accent), 2.0 if flag.now else 1.2))
            painter.setBrush(QColor(colours.accent) if done else QColor(colours.raised))
            painter.drawRoundedRect(pin, pin.height() / 2, pin.height() / 2)
            painter.setPen(QColor(colours.on_accent if done else colours.text))
            painter.drawText(pin, Qt.AlignmentFlag.AlignCenter, flag.text)

    def under(self, point: QPointF) -> StepFlag | None:
        """The step whose pin is there."""
        for pin, _x, flag in reversed(self._pins):
            if pin.adjusted(-2, -2, 2, 2).contains(point):
                return flag
        return None

    def _laid_out(
        self, painter: QPainter, x_of: Callable[[float], float], row: QRectF
    ) -> list[tuple[QRectF, float, StepFlag]]:
        """Each pin over its moment, moved aside where the one before it has no room, kept inside the row."""
        placed: list[tuple[QRectF, float, StepFlag]] = []
        free = row.left() - theme.px(6)
        seen: Sequence[StepFlag] = sorted(
            (flag for flag in self.flags if row.left() - 1 <= x_of(flag.at) <= row.right() + 1),
            key=lambda flag: (flag.at, flag.place),
        )
        widths = [painter.fontMetrics().horizontalAdvance(flag.text) + theme.px(12) for flag in seen]
        gap = theme.px(2)
        for number, flag in enumerate(seen):
            x = x_of(flag.at)
            behind = sum(widths[number:]) + gap * (len(seen) - number - 1)
            left = max(free, min(x - widths[number] / 2, row.right() + theme.px(8) - behind))
            placed.append((QRectF(left, row.top() + 1, widths[number], row.height() - 3), x, flag))
            free = left + widths[number] + gap
        return placed
