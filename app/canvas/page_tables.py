"""The column of page tables: one cell a page, a block for each process and each shmem object."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.canvas.cells import Field, Level, fitting, levels
from app.canvas.column import Column
from app.canvas.facts import Pages
from app.canvas.sprites import PAGE
from app.moment import Thing
from engine.naming import grouped
from engine.reading import PageState

HEAD, REGION_LINE, GAP = 24, 14, 14
"""Pixels of a block's heading, of its line of regions and between blocks, at normal type size."""
LARGEST_CELL = 26


class PageTables(Column):
    """Page tables of all processes, then shmem objects."""

    title = "PAGE TABLES"
    name = "Page tables"

    def lay_out(self) -> None:
        blocks = [*self.facts.processes, *self.facts.shmem]
        self.note = f"PTEs hold a {self.facts.names.word} when out"
        if not any(len(block.marks) for block in blocks):
            self.empty(self.inner, "No process has a page yet.")
            return
        choices = levels(int(self.inner.width() * self.style.ratio), self.largest(LARGEST_CELL), 4)
        level = fitting(choices, lambda level: self._height(blocks, level), self.inner.height(), self.look.zoom)
        self.height_needed = self._height(blocks, level)
        y = self.top
        with self.rolling(self.inner):
            for block in blocks:
                if len(block.marks):
                    y = self._block(block, level, y)

    def _height(self, blocks: list[Pages], level: Level) -> float:
        heads = sum(self._head(block) + self.style.px(GAP) for block in blocks if len(block.marks))
        cells = sum(level.rows(len(block.marks)) * level.pitch_y for block in blocks)
        return heads + cells / self.style.ratio - self.style.px(GAP)

    def _head(self, block: Pages) -> float:
        """Height of a block's heading: a second line names its regions."""
        return self.style.px(HEAD + (REGION_LINE if len(block.regions) > 1 else 0))

    def _block(self, block: Pages, level: Level, y: float) -> float:
        style = self.style
        zswap, disk = block.count(PageState.ZSWAP), block.count(PageState.DISK)
        figures = [f"RSS {grouped(block.resident)}", f"zswap {grouped(zswap)}", f"disk {grouped(disk)}"]
        cached = block.count(PageState.CACHED_ONLY)
        if cached:
            figures.append(f"cache {grouped(cached)}")
        if block.ended:
            figures = [block.ended]
        self.heading(y + style.px(10), block.name, figures, "dim" if block.ended else "text")
        if len(block.regions) > 1:
            names = " ▏ ".join(f"{name} {grouped(pages)}" for name, _, pages in block.regions)
            self.text(self.inner.left(), y + style.px(26), self.inner.width(), names, 10, "dim")
        origin = QPointF(style.snap(self.inner.left()), style.snap(y + self._head(block)))
        field = Field(
            Thing.SHMEM if block.shared else Thing.PAGE, block.owner, PAGE, block.marks,
            level, origin, style.ratio,
        )  # fmt: skip
        self.fields.append(field)
        regions = ", ".join(f"{name} {first}–{first + pages - 1}" for name, first, pages in block.regions)
        box = QRectF(self.inner.left(), y, self.inner.width(), self._head(block))
        self.hint(
            box, f"<b>{block.name}</b><br>{grouped(len(block.marks))} pages" + (f"<br>{regions}" if regions else "")
        )
        if field.shapes and len(block.regions) > 1:
            self.paints.append(lambda painter: self._region_marks(painter, field, block))
        return y + self._head(block) + style.px(GAP) + field.size[1]

    def _region_marks(self, painter: QPainter, field: Field, block: Pages) -> None:
        """A tick in the gap before the first page of each further region."""
        painter.setPen(QPen(self.style.theme.colour("dim"), max(1.0, self.style.px(1.2))))
        for _, first, _ in block.regions:
            if 0 < first < field.count:
                rect = field.rect(first)
                x = rect.left() - field.device_gap / field.ratio / 2
                if first % field.level.columns == 0:
                    x = rect.left() - self.style.px(3)
                painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
