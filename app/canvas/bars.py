"""zswap entries as bars in LRU order, the coldest at the bottom left; a bar's height is its compressed length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.canvas.cells import MOST_WITHIN, Field
from app.canvas.sprites import image_of
from app.canvas.style import Style, keeps_lines, mixed, premultiplied, rgb
from app.moment import Selected

PAGE_BYTES = 4096
SHELF = 0.45


@dataclass
class Bars(Field):
    """Rows of bars that are filled from the bottom up."""

    lengths: np.ndarray | None = None
    """Compressed length of each entry in bytes, shape (n,)."""
    fresh: np.ndarray | None = None
    """Which entries still have their second chance."""
    names: np.ndarray | None = None
    """Swap entry of each."""

    @property
    def row_count(self) -> int:
        return self.level.rows(self.count)

    def rect(self, index: int) -> QRectF:
        row, column = divmod(index // self.level.per, self.level.columns)
        bottom = self.origin.y() + (self.row_count - row) * self.level.pitch_y / self.ratio
        if self.level.per > 1:
            first = index - index % self.level.per
            lengths = self.lengths[first : first + self.level.per] if self.lengths is not None else np.zeros(1)
            high = max(1, int(self._high(lengths).mean())) / self.ratio
        else:
            high = max(1, int(self.heights()[index])) / self.ratio
        return QRectF(
            self.origin.x() + column * self.level.pitch / self.ratio, bottom - high,
            max(1, self.level.pitch - self.device_gap) / self.ratio, high,
        )  # fmt: skip

    @property
    def device_gap(self) -> int:
        return max(1, round(self.level.pitch * 0.2)) if self.level.pitch > 2 else 0

    def heights(self) -> np.ndarray:
        """Height of each bar in device pixels, shape (n,)."""
        assert self.lengths is not None
        return self._high(self.lengths)

    def _high(self, lengths: np.ndarray) -> np.ndarray:
        room = self.level.pitch_y - max(1, self.level.pitch_y // 9)
        return np.clip(lengths * room // PAGE_BYTES, 1, room)

    def index_at(self, point: QPointF) -> int:
        x, y = point.x() - self.origin.x(), point.y() - self.origin.y()
        column = int(x * self.ratio // self.level.pitch)
        row = self.row_count - 1 - int(y * self.ratio // self.level.pitch_y)
        if not (0 <= column < self.level.columns and 0 <= row < self.row_count):
            return -1
        index = (row * self.level.columns + column) * self.level.per
        return index if index < self.count else -1

    def step(self, index: int, dx: int, dy: int) -> int:
        return super().step(index, dx, -dy)

    def within(self, box: QRectF) -> list[Selected]:
        if not self.count or not box.intersects(self.box):
            return []
        level, part = self.level, box & self.box
        columns = range(
            max(0, int((part.left() - self.origin.x()) * self.ratio / level.pitch)),
            min(level.columns - 1, int((part.right() - self.origin.x()) * self.ratio / level.pitch)) + 1,
        )  # fmt: skip
        # Row 0 is the lowest.
        upper, lower = ((y - self.origin.y()) * self.ratio / level.pitch_y for y in (part.top(), part.bottom()))
        rows = range(max(0, self.row_count - 1 - int(lower)), self.row_count - int(upper))
        found: list[Selected] = []
        for first in ((row * level.columns + column) * level.per for row in rows for column in columns):
            if first < self.count and self.rect(first).intersects(box):
                things = (self.selected(index) for index in range(first, min(first + level.per, self.count)))
                found += [thing for thing in things if thing is not None]
        return found[:MOST_WITHIN]

    def index_of_name(self, entry: int) -> int:
        """The bar of a swap entry, -1 for none."""
        assert self.names is not None
        same = self.names == entry
        index = int(same.argmax()) if len(same) else 0
        return index if len(same) and same[index] else -1

    def paint(self, painter: QPainter, style: Style, clip: QRectF) -> None:
        if self.count and keeps_lines(painter):
            self._paint_lines(painter, style)
        elif self.count:
            image = self.picture(style, 0, self.row_count)
            image.setDevicePixelRatio(self.ratio)
            painter.drawImage(self.origin, image)

    def _paint_lines(self, painter: QPainter, style: Style) -> None:
        """The same bar by bar, for files in which lines stay lines."""
        assert self.fresh is not None
        bright, dim = style.colour("zswap"), QColor(mixed(style.theme.zswap, style.theme.panel, 0.62))
        for index in range(0, self.count, self.level.per):
            painter.fillRect(self.rect(index), bright if self.fresh[index] else dim)
        painter.setPen(style.theme.colour("zswap", SHELF))
        for row in range(1, self.row_count):
            y = self.origin.y() + row * self.level.pitch_y / self.ratio
            painter.drawLine(QPointF(self.origin.x(), y), QPointF(self.box.right(), y))

    def picture(self, style: Style, top: int, bottom: int) -> QImage:
        """All bars as an image that is clear between them: the pool's ground shows there."""
        assert self.fresh is not None
        level, rows, theme = self.level, self.row_count, style.theme
        ground, bright = 0, rgb(theme.zswap)
        dim = rgb(mixed(theme.zswap, theme.panel, 0.62))
        places = rows * level.columns
        heights, fresh = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.bool_)
        starts = np.arange(0, self.count, level.per)
        shown = np.add.reduceat(self.heights(), starts) // level.per if level.per > 1 else self.heights()
        heights[: len(shown)] = shown
        fresh[: len(shown)] = self.fresh[starts]
        # Row 0 is the coldest and lies at the bottom.
        heights = heights.reshape(rows, level.columns)[::-1]
        colours = np.where(fresh, bright, dim).astype(np.uint32).reshape(rows, level.columns)[::-1]
        depth = np.arange(level.pitch_y, 0, -1)
        filled = depth[None, :, None] <= heights[:, None, :]
        out = np.full((rows, level.pitch_y, level.columns, level.pitch), ground, dtype=np.uint32)
        width = max(1, level.pitch - self.device_gap)
        out[:, :, :, :width] = np.where(filled, colours[:, None, :], np.uint32(ground))[:, :, :, None]
        # What lies above the bottom row lies on a shelf.
        out[:-1, -1] = premultiplied(theme.zswap, SHELF)
        if width >= 5:
            # Round the shoulders by one pixel, as a painter would with a radius of two.
            ends = depth[None, :, None] == heights[:, None, :]
            for edge in (0, width - 1):
                corner = out[:, :, :, edge]
                corner[ends] = ground
        return image_of(out.reshape(rows * level.pitch_y, level.columns * level.pitch), clear=True)


def pool_ground(style: Style) -> str:
    """The ground that bars stand on."""
    return mixed(style.theme.zswap, style.theme.panel, 0.06)

