"""The column of backends: the zswap pool with its limits, then every swapfile as a map of its slots."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.bars import Bars, pool_ground
from app.canvas.cells import Field, Level, fitting, grown, levels
from app.canvas.column import Column
from app.canvas.facts import SwapFile
from app.canvas.sprites import PAGE, SLOT
from app.moment import Thing
from engine.mm.layout import CLUSTER_SLOTS
from engine.naming import grouped
from engine.reading import SlotState

POOL_SHARE = 0.36
HEADROOM = 1.16
"""The pool's box reaches this many times its limit."""
LARGEST_SLOT = 14
HEAD, GAP = 24, 12
CROWDED_ROW = 26
"""Height of a row of bars that stand for several entries each."""
USUAL_RATIO = 2.3
"""Entries a pool page is taken to hold."""


class Backends(Column):
    """Where the bytes of swapped pages are."""

    title = "SWAP BACKENDS"
    name = "Swap backends"

    def lay_out(self) -> None:
        style = self.style
        self.bars: Bars | None = None
        self.pool_box = QRectF()
        y = self._pool(self.inner.top())
        foot = self.inner.bottom() - style.px(24)
        self._swapfiles(y, foot)
        self._wasted(foot + style.px(12))

    # -- zswap -----------------------------------------------------------------------------------

    def _pool(self, y: float) -> float:
        pool, style = self.facts.pool, self.style
        figures = ["lz4", pool.allocator, f"{grouped(pool.stored)} entries"]
        if pool.stored_bytes:
            figures.append(f"{pool.stored * 4096 / pool.stored_bytes:.2f}×")
        self.heading(
            y + style.px(8), "zswap pool", figures if pool.enabled or pool.stored else ["off"], last_first=True
        )
        high = max(style.px(96), self.inner.height() * POOL_SHARE)
        box = QRectF(self.inner.left(), y + style.px(HEAD), self.inner.width(), high)
        if not pool.enabled and not pool.stored:
            box.setHeight(style.px(54))
            self.empty(box, "zswap is off: every page that leaves memory goes straight to a swapfile.")
            return box.bottom() + style.px(GAP)
        self.pool_box = box
        self.paints.append(lambda painter: self._tank(painter, box))
        if len(pool.entries):
            self._bars(box)
        else:
            self.text(box.left() + style.px(12), box.bottom() - style.px(16), box.width() - style.px(24),
                      "Pages that leave memory are compressed and kept here.", 11, "dim")  # fmt: skip
        below = box.bottom() + style.px(12)
        cold = "◂ cold end: next to be written back"
        if len(pool.entries) < pool.stored:
            cold = f"◂ cold end · the coldest {grouped(len(pool.entries))} of {grouped(pool.stored)}"
        cold = self.fitting(box.width() - style.width("hot end ▸", 10) - style.px(8), 10, cold, "◂ cold end")
        self.text(box.left(), below, box.width() * 0.8, cold, 10, "dim")
        self.text(box.left() + box.width() * 0.6, below, box.width() * 0.4, "hot end ▸", 10, "dim", right=True)
        self.hint(box, self._pool_text())
        return below + style.px(18)

    def _pool_text(self) -> str:
        pool = self.facts.pool
        full = " It was full and takes nothing until it is below the acceptance line." if pool.refusing else ""
        return (
            f"{grouped(pool.pages)} pages of memory hold {grouped(pool.stored)} pages ({grouped(pool.stored_bytes)} B)."
            "<br>"
            f"Limit {grouped(pool.limit)} pages, takes pages again below {grouped(pool.accept)}.{full}"
        )

    def _level_y(self, box: QRectF, pages: float) -> float:
        full = max(1.0, self.facts.pool.limit * HEADROOM)
        return box.bottom() - box.height() * min(1.0, pages / full)

    def _bars(self, box: QRectF) -> None:
        pool, style = self.facts.pool, self.style
        pad = style.px(10)
        width = int((box.width() - 2 * pad) * style.ratio)
        level = self._bar_level(box, width)
        size = level.rows(len(pool.entries)) * level.pitch_y / style.ratio
        origin = QPointF(style.snap(box.left() + pad), style.snap(box.bottom() - style.px(4) - size))
        self.bars = Bars(
            Thing.ZSWAP, 0, PAGE, pool.lengths, level, origin, style.ratio, numbers=pool.entries, lengths=pool.lengths,
            fresh=pool.fresh, rolls=False, names=pool.names,
        )  # fmt: skip
        self.fields.append(self.bars)

    def _bar_level(self, box: QRectF, width: int) -> Level:
        """Rows and columns such that a pool at its limit fills the box up to the line of the limit."""
        pool, style = self.facts.pool, self.style
        capacity = grown(max(1, int(pool.limit * USUAL_RATIO)), len(pool.entries))
        room = (box.bottom() - style.px(4) - self._level_y(box, pool.limit)) * style.ratio
        for pitch in (16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3):
            device = max(1, round(style.px(pitch) * style.ratio))
            rows = math.ceil(capacity / max(1, width // device))
            high = int(room / rows)
            if high >= min(3.2 * device, style.px(44) * style.ratio):
                return Level(width // device, device, height=min(high, round(style.px(52) * style.ratio)))
        # Too many to tell apart: bars of several entries each, as high as their mean.
        pitch, rows = max(2, round(2 * style.ratio)), max(1, int(room // (style.px(CROWDED_ROW) * style.ratio)))
        per = math.ceil(capacity / max(1, rows * (width // pitch)))
        return Level(width // pitch, pitch, per, int(room / rows))

    def _tank(self, painter: QPainter, box: QRectF) -> None:
        """The pool as a tank: filled to the pages it takes, with the lines of its limit and of acceptance."""
        pool, style, theme = self.facts.pool, self.style, self.style.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(pool_ground(style)))
        radius = style.px(7)
        painter.drawRoundedRect(box, radius, radius)
        shape = QPainterPath()
        shape.addRoundedRect(box, radius, radius)
        gauge = QRectF(box.right() - style.px(5), self._level_y(box, pool.pages), style.px(5), box.height())
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.fillRect(gauge, theme.colour("zswap", 0.75))
        painter.restore()
        style.card(painter, box, "", "danger" if pool.refusing else "zswap", radius=7, width=1.4)

    def _taken(self, painter: QPainter, box: QRectF) -> None:
        """How many pages of memory the pool takes now: the level of the tank."""
        pool, style = self.facts.pool, self.style
        if not pool.pages:
            return
        y = style.snap(self._level_y(box, pool.pages)) + 0.5 / style.ratio
        painter.setPen(QPen(style.theme.colour("zswap", 0.55), style.px(1.1)))
        painter.drawLine(QPointF(box.left() + 1, y), QPointF(box.right() - 1, y))
        label = QRectF(box.left() + style.px(10), y - style.px(16), box.width() - style.px(20), style.px(16))
        lines = [self._level_y(box, pool.limit), self._level_y(box, pool.accept), box.top()]
        places = (y - style.px(16), y + 1)
        free = [top for top in places if not any(top < line < top + style.px(16) for line in lines)]
        if not free:
            return
        label.moveTop(free[0])
        text = f"takes {grouped(pool.pages)} pages"
        painter.fillRect(
            label.adjusted(-2, 2, style.width(text, 10) - label.width() + 2, -2), QColor(pool_ground(style))
        )
        style.text(painter, label, text, 10, "dim")

    def _limit_name(self) -> str:
        pool = self.facts.pool
        name = f"max_pool_percent {pool.percent}" if pool.percent else "limit"
        return f"{name} · {grouped(pool.limit)} pages"

    def _limit(self, painter: QPainter, box: QRectF, pages: int, colour: str, text: str) -> None:
        style = self.style
        y = style.snap(self._level_y(box, pages)) + 0.5 / style.ratio
        pen = QPen(style.theme.colour(colour, 0.9), style.px(1.1), Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left() + 1, y), QPointF(box.right() - 1, y))
        above = colour == "danger"
        label = QRectF(
            box.left() + style.px(10), y - style.px(16 if above else 0), box.width() - style.px(20), style.px(16)
        )
        width = style.width(text, 10)
        back = QRectF(label.right() - width - style.px(3), label.top() + 1.5, width + style.px(6), label.height() - 2)
        painter.fillRect(back, QColor(pool_ground(style)))
        style.text(painter, label, text, 10, colour, align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    # -- swapfiles ---------------------------------------------------------------------------------

    def _swapfiles(self, y: float, foot: float) -> None:
        style, files = self.style, [file for file in self.facts.swapfiles if file.slots]
        if not files:
            box = QRectF(self.inner.left(), y, self.inner.width(), min(style.px(64), foot - y))
            self.heading(y + style.px(8), "swapfile", ["none"])
            box.moveTop(y + style.px(HEAD))
            self.empty(box, "No swapfile: pages that zswap refuses must stay in memory.")
            return
        choices = levels(int(self.inner.width() * style.ratio), self.largest(LARGEST_SLOT), 4)
        level = fitting(choices, lambda level: self._height(files, level), foot - y, self.look.zoom)
        self.height_needed = self.inner.height() + max(0.0, self._height(files, level) - (foot - y))
        with self.rolling(QRectF(self.inner.left(), y, self.inner.width(), foot - y)):
            y = style.snap(y - self.look.scroll)
            for file in files:
                y = self._swapfile(file, level, y)

    def _height(self, files: list[SwapFile], level: Level) -> float:
        cells = sum(level.rows(len(file.marks)) * level.pitch_y for file in files)
        return len(files) * self.style.px(HEAD + GAP) + cells / self.style.ratio

    def _swapfile(self, file: SwapFile, level: Level, y: float) -> float:
        style = self.style
        priority = f"prio {file.priority}".replace("-", "−")
        figures = [f"{grouped(file.used)} / {grouped(file.slots)} slots", priority, file.device]
        self.heading(y + style.px(8), file.name, figures if file.on else ["not in use"])
        origin = QPointF(style.snap(self.inner.left()), style.snap(y + style.px(HEAD)))
        field = Field(Thing.SLOT, file.kind, SLOT, file.marks, level, origin, style.ratio, gap=2)
        self.fields.append(field)
        if field.shapes and field.count > CLUSTER_SLOTS:
            self.paints.append(lambda painter: self._cluster_marks(painter, field))
        held = file.count(SlotState.HELD)
        box = QRectF(self.inner.left(), y, self.inner.width(), style.px(HEAD))
        use = f"{grouped(file.used)} of {grouped(file.slots)} slots in use"
        self.hint(box, f"<b>{file.name}</b>, {file.device}<br>{use}"
                       + (f", {grouped(held)} of them by pages that are in zswap" if held else "")
                       + f"<br>{math.ceil(len(file.marks) / CLUSTER_SLOTS)} clusters of {CLUSTER_SLOTS}")  # fmt: skip
        return y + style.px(HEAD + GAP) + field.size[1]

    def _cluster_marks(self, painter: QPainter, field: Field) -> None:
        painter.setPen(QPen(self.style.theme.colour("dim", 0.8), max(1.0, self.style.px(1))))
        for first in range(CLUSTER_SLOTS, field.count, CLUSTER_SLOTS):
            rect = field.rect(first)
            x = rect.left() - field.device_gap / field.ratio / 2
            painter.drawLine(QPointF(x, rect.top() - 1), QPointF(x, rect.bottom() + 1))

    def window_boxes(self) -> list[QRectF]:
        """Outlines of the last readahead window, one for each row of slots it touches."""
        kind, first, pages = self.facts.window
        boxes: dict[float, QRectF] = {}
        for field in self.fields:
            if field.thing is Thing.SLOT and field.owner == kind and field.shapes:
                for offset in range(first, min(first + pages, field.count)):
                    rect = field.rect(offset)
                    boxes[rect.top()] = boxes.get(rect.top(), rect).united(rect)
        grow = self.style.px(2)
        return [box.adjusted(-grow, -grow, grow, grow) for box in boxes.values()]

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        if not self.pool_box.isEmpty():
            pool = self.facts.pool
            self._taken(painter, self.pool_box)
            self._limit(painter, self.pool_box, pool.limit, "danger", self._limit_name())
            accept = f"accept below {pool.accept_percent} % · {grouped(pool.accept)}"
            self._limit(painter, self.pool_box, pool.accept, "zswap", accept)
        boxes = self.window_boxes()
        if boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.style.theme.text), self.style.px(1.3)))
            for box in boxes:
                painter.drawRoundedRect(box, self.style.px(3), self.style.px(3))

    def _wasted(self, y: float) -> None:
        """How many slots pages in zswap hold, and how many they would hold in the other design."""
        held = sum(file.count(SlotState.HELD) for file in self.facts.swapfiles)
        stored, style = self.facts.pool.stored, self.style
        if not self.facts.swapfiles and not self.facts.names.described:
            return
        other = f"today: {grouped(stored)}" if self.facts.names.described else "with descriptors: 0"
        width = style.width(other, 11)
        colour = "warning" if held else "accent"
        room = self.inner.width() - width - style.px(8)
        text = self.fitting(
            room, 11, f"{grouped(held)} slots held by pages that are in zswap", f"{grouped(held)} slots held for zswap",
            f"{grouped(held)} slots held",
        )  # fmt: skip
        self.text(self.inner.left(), y, room, text, 11, colour)
        self.text(self.inner.right() - width, y, width, other, 11, "dim", right=True)
        self.hint(QRectF(self.inner.left(), y - 8, self.inner.width(), 16),
                  "In today's design a page in zswap keeps a slot that holds nothing; with a descriptor it needs none.",
                  )  # fmt: skip
