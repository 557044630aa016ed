"""The pool's pages as they are packed: a box for each zspage, its objects as full as they are, and the holes.

Each object's cell is filled to the share of its place that its bytes take, so that what size
classes waste is seen as well as what holes waste.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.cells import Field
from app.canvas.levels import Level
from app.canvas.pool_shape import PAGE_BYTES, PoolShape
from app.canvas.sprites import PAGE
from app.canvas.style import Style, mixed
from app.moment import Selected, Thing
from engine.reading import PageState

CELL, HIGH, GAP = 7, 15, 5
"""Pixels of an object's place, of a row, and between two zspages."""


@dataclass
class Zspages(Field):
    """Objects of the zspages of one class, row by row."""

    places: int = 1
    """Objects of a zspage."""
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """How much of its place each object fills, 0 … 1; shape (n,)."""
    cell: float = CELL
    pages: int = 1
    """Pages of a zspage: a line stands between two."""
    across: int = 1
    """zspages in a row."""
    gap_px: float = GAP

    @property
    def size(self) -> tuple[float, float]:
        rows = -(-(self.count // self.places) // self.across)
        wide = self.places * self.cell + self.gap_px
        return self.across * wide, rows * self.level.pitch_y / self.ratio

    def group(self, number: int) -> QRectF:
        """Where zspage ``number`` of the class is."""
        row, column = divmod(number, self.across)
        wide = self.places * self.cell
        high = self.level.pitch_y / self.ratio
        return QRectF(self.origin.x() + column * (wide + self.gap_px), self.origin.y() + row * high, wide, high * 0.8)

    def rect(self, index: int) -> QRectF:
        group, place = divmod(index, self.places)
        box = self.group(group)
        return QRectF(box.left() + place * self.cell, box.top(), self.cell, box.height())

    def index_at(self, point: QPointF) -> int:
        wide, high = self.places * self.cell + self.gap_px, self.level.pitch_y / self.ratio
        column, row = int((point.x() - self.origin.x()) // wide), int((point.y() - self.origin.y()) // high)
        place = int((point.x() - self.origin.x() - column * wide) // self.cell)
        if not (0 <= column < self.across and row >= 0 and 0 <= place < self.places):
            return -1
        index = (row * self.across + column) * self.places + place
        return index if index < self.count else -1

    def step(self, index: int, dx: int, dy: int) -> int:
        there = index + dx + dy * self.across * self.places
        return there if 0 <= there < self.count else -1

    def within(self, box: QRectF) -> list[Selected]:
        found = [self.selected(i) for i in range(self.count) if self.rect(i).intersects(box)]
        return [thing for thing in found if thing is not None]

    def paint(self, painter: QPainter, style: Style, clip: QRectF) -> None:
        theme, numbers = style.theme, self.numbers
        hole, filled = QColor(theme.never), QColor(theme.zswap)
        loss = QColor(mixed(theme.zswap, theme.panel, 0.3))
        assert numbers is not None
        for number in range(self.count // self.places):
            box = self.group(number)
            if box.bottom() < clip.top() or box.top() > clip.bottom():
                continue
            for place in range(self.places):
                index = number * self.places + place
                x = box.left() + place * self.cell
                spot = QRectF(x + 0.5, box.top(), max(1.0, self.cell - 1), box.height())
                if numbers[index] < 0:
                    painter.fillRect(spot, hole)
                    continue
                painter.fillRect(spot, loss)
                high = box.height() * min(1.0, float(self.shares[index]))
                painter.fillRect(QRectF(spot.left(), spot.bottom() - high, spot.width(), high), filled)
            painter.setPen(QPen(theme.colour("dim", 0.8), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
            for page in range(1, self.pages):
                x = box.left() + box.width() * page / self.pages
                painter.drawLine(QPointF(x, box.top() - 1), QPointF(x, box.bottom() + 1))


def fields_of(shape: PoolShape, place: int, origin: QPointF, width: float, style: Style) -> Zspages:
    """The field of class ``place`` of ``shape`` in ``width`` logical pixels."""
    one = shape.classes[place]
    before = sum(other.zspages * other.objs for other in shape.classes[:place])
    part = slice(before, before + one.zspages * one.objs)
    objects, lengths = shape.objects[part], shape.lengths[part]
    room = one.size or PAGE_BYTES // one.objs
    gap = style.px(GAP)
    cell = min(style.px(14 if not one.size else CELL), (width - gap) / one.objs)
    across = max(1, int((width + gap) // (one.objs * cell + gap)))
    marks = np.where(objects >= 0, int(PageState.ZSWAP) * 2, int(PageState.NEVER) * 2).astype(np.uint8)
    return Zspages(
        Thing.ZSWAP, 0, PAGE, marks, Level(1, 1, height=round(style.px(HIGH) * style.ratio)), origin, style.ratio,
        numbers=objects, echo=True, places=one.objs, shares=lengths / room, cell=cell, pages=one.pages, across=across,
        gap_px=gap,
    )  # fmt: skip
