"""The column of page tables: one cell a page, a block for each process and each shmem object."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from app.canvas.cells import Field
from app.canvas.column import EXTRA_GAP, Column, Extra
from app.canvas.facts import Pages
from app.canvas.levels import Level, levels
from app.canvas.sprites import PAGE
from app.canvas.words import translate
from app.moment import Thing
from app.words.said import declared
from engine.mm import image as im
from engine.naming import grouped
from engine.reading import PageState

REGION_EDGE = " ▏ "
HEAD, REGION_LINE, GAP = 24, 14, 14
"""Pixels of a block's heading, of its line of regions and between blocks, at normal type size."""
LARGEST_CELL, GOOD_CELL = 36, 22
ENTRY, SMALL_ENTRY = Extra(138, 192), Extra(106, 138)
"""The card of one page-table entry, and one with fewer rows."""
MORE_GAP = 14
"""Pixels by which blocks stand further apart where there is room."""


class PageTables(Column):
    """Page tables of all processes, then shmem objects."""

    ABOUT = ("page table", "page-table entry", "swap entry")

    entry = ENTRY
    card = QRectF()
    """Where one entry is told bit by bit; empty where there is no room for it."""

    def lay_out(self) -> None:
        self._gap = self.style.px(GAP)
        self.title, self.name = translate("Canvas", "PAGE TABLES"), translate("Canvas", "Page tables")
        blocks = [*self.facts.processes, *self.facts.shmem]
        self._lines = {id(block): self._under(block) for block in blocks}
        self.note = translate("Canvas", "PTEs hold a {word} when out").format(word=declared(self.facts.names.word))
        if not any(len(block.marks) for block in blocks):
            self.empty(self.inner, translate("Canvas", "No process has a page yet."))
            return
        width = int(self.inner.width() * self.style.ratio)
        choices = levels(width, self.largest(LARGEST_CELL), 4)
        level, cards = choices[-1], list[float]()
        # A list of words is not cut short for a card of two rows.
        for entry in (self.entry,) if self.in_words else (self.entry, SMALL_ENTRY):
            level, cards = self.fit(
                choices, lambda level: self._height(blocks, level), self.inner.height(), width, GOOD_CELL, [entry]
            )
            if cards:
                break
        window = QRectF(self.inner)
        if cards:
            self.card = QRectF(self.inner.left(), self.inner.bottom() - cards[0], self.inner.width(), cards[0])
            window.setBottom(self.card.top() - self.style.px(EXTRA_GAP))
        needed = self._height(blocks, level)
        self.height_needed = self.inner.height() + max(0.0, needed - window.height())
        apart = sum(1 for block in blocks if len(block.marks)) - 1
        if apart > 0 and needed < window.height():
            self._gap += min(self.style.px(MORE_GAP), (window.height() - needed) / apart)
        y = self.top
        with self.rolling(window):
            for block in blocks:
                if len(block.marks):
                    y = self._block(block, level, y)

    def _height(self, blocks: list[Pages], level: Level) -> float:
        heads = sum(self._head(block) + self.style.px(GAP) for block in blocks if len(block.marks))
        cells = sum(level.rows(len(block.marks)) * level.pitch_y for block in blocks)
        return heads + cells / self.style.ratio - self.style.px(GAP)

    def _head(self, block: Pages) -> float:
        """Height of a block's heading, with a line for each of its further lines."""
        return self.style.px(HEAD + REGION_LINE * len(self._lines[id(block)]))

    def _under(self, block: Pages) -> list[str]:
        """Lines under a block's heading: its regions, where it has more than one."""
        if len(block.regions) < 2:
            return []
        return [REGION_EDGE.join(f"{name} {grouped(pages)}" for name, _, pages in block.regions)]

    def _figures(self, block: Pages) -> list[str]:
        if block.ended:
            return [block.ended]
        figures = [
            translate("Canvas", "RSS {n}").format(n=grouped(block.resident)),
            translate("Canvas", "zswap {n}").format(n=grouped(block.count(PageState.ZSWAP))),
            translate("Canvas", "disk {n}").format(n=grouped(block.count(PageState.DISK))),
        ]
        cached = block.count(PageState.CACHED_ONLY)
        if cached:
            figures.append(translate("Canvas", "cache {n}").format(n=grouped(cached)))
        return figures

    def _block(self, block: Pages, level: Level, y: float) -> float:
        style = self.style
        self.heading(y + style.px(10), block.name, self._figures(block), "dim" if block.ended else "text")
        for line, text in enumerate(self._lines[id(block)]):
            at, between = y + style.px(26 + REGION_LINE * line), REGION_EDGE if REGION_EDGE in text else " · "
            self.text(self.inner.left(), at, self.inner.width(), self.parts(self.inner.width(), 10, text, between), 10,
                      "dim")  # fmt: skip
        origin = QPointF(style.snap(self.inner.left()), style.snap(y + self._head(block)))
        field = Field(
            Thing.SHMEM if block.shared else Thing.PAGE, block.owner, PAGE, block.marks,
            level, origin, style.ratio,
        )  # fmt: skip
        self.fields.append(field)
        box = QRectF(self.inner.left(), y, self.inner.width(), self._head(block))
        self.hint(box, partial(_about, block), *(("shmem",) if block.shared else ("page table", "resident set")))
        if field.shapes and len(block.regions) > 1:
            self.marks.append(lambda painter: self._region_marks(painter, field, block))
        return y + self._head(block) + self._gap + field.size[1]

    def _region_marks(self, painter: QPainter, field: Field, block: Pages) -> None:
        """A tick in the gap before the first page of each further region."""
        painter.setPen(QPen(self.style.theme.colour("dim"), max(1.0, self.style.px(1.2))))
        for _, first, _ in block.regions:
            if 0 < first < field.count:
                rect = field.rect(first)
                x = rect.left() - field.device_gap / field.ratio / 2
                if first % field.level.columns == 0:
                    x = rect.left() - self.style.px(3)
                if self.shows(painter, rect):
                    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def _about(block: Pages) -> str:
    """A block's name, its pages and its regions."""
    pages = translate("Canvas", "{n} pages").format(n=grouped(len(block.marks)))
    regions = ", ".join(f"{name} {first}–{first + count - 1}" for name, first, count in block.regions)
    return f"<b>{block.name}</b><br>{pages}" + (f"<br>{regions}" if regions else "")


class PageTableWords(PageTables):
    """The same with the words of the entries, the counters of each mm_struct and its regions one by one."""

    in_words = True
    entry = Extra(ENTRY.most, ENTRY.most)
    MOST_REGIONS = 4

    def _under(self, block: Pages) -> list[str]:
        view = self.facts.view
        if view is None:
            return []
        if block.shared:
            first = view.at(im.MAP_CACHE, block.owner)
            return [f"i_pages {first}… · nrpages {view.at(im.MAP_RESIDENT, block.owner)} · "
                    f"swapped {view.at(im.MAP_SWAPPED, block.owner)}"]  # fmt: skip
        mm = block.owner
        lines = [
            f"pgd {view.at(im.MM_PTE, mm)}… · MM_SWAPENTS {grouped(view.at(im.MM_SWAPENTS, mm))} · "
            f"maj {grouped(view.at(im.MM_MAJFLT, mm))} min {grouped(view.at(im.MM_MINFLT, mm))} · "
            f"mmlist {view.at(im.MM_MMLIST, mm)}"
        ]
        vma, names = view.at(im.MM_VMA, mm), {first: name for name, first, _ in block.regions}
        while vma and len(lines) <= self.MOST_REGIONS:
            start, pages, flags = (view.at(code, vma) for code in (im.VMA_START, im.VMA_PAGES, im.VMA_FLAGS))
            window = view.at(im.VMA_RA_WIN, vma)
            lines.append(f"vma {vma} {names.get(start, '')} {start}–{start + pages - 1} · flags {flags:#x} · "
                         f"ra {view.at(im.VMA_RA_ADDR, vma)}/{window}/{view.at(im.VMA_RA_HITS, vma)}")  # fmt: skip
            vma = view.at(im.VMA_NEXT, vma)
        return lines
