"""The story in three blocks: memory, zswap, disk. Large, calm, with few words.

A cell keeps its place as long as its frame, entry or slot lives, so that the only thing that
changes is what a person should see change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF

from app.canvas.backends import HEAD, POOL_AROUND, WASTED, Backends
from app.canvas.cells import Field
from app.canvas.charts import LATENCY
from app.canvas.column import Extra
from app.canvas.facts import SwapFile
from app.canvas.levels import levels
from app.canvas.memory import CHART, SHARES_NAMED, MemoryColumn
from app.canvas.sprites import FRAME
from app.canvas.words import translate
from app.moment import Thing
from engine.naming import grouped
from engine.reading import FrameState

LARGEST, GOOD = 60, 34
TOP, FIGURE, SAYING = 56, 30, 13.5
"""Pixels of the part above the cells, and the type of its figure and its sentence."""


class StoryMemory(MemoryColumn):
    """Memory: every frame at its own place."""

    def lay_out(self) -> None:
        memory, style = self.facts.memory, self.style
        self.name = self.title = translate("Canvas", "Memory")
        self.title = self.title.upper()
        used = memory.frames - max(memory.free, 0)
        of = (translate("Canvas", "of {n} page frames are taken"), translate("Canvas", "of {n} frames"))
        y = _say(self, grouped(used), [text.format(n=grouped(memory.frames)) for text in of],
                 [translate("Canvas", "What a program uses must be here.")])  # fmt: skip
        self._named = True
        marks = memory.marks[1 : memory.frames + 1]
        width = int(self.inner.width() * style.ratio)
        below = style.px(0 if self.short else SHARES_NAMED + 14)
        level, heights = self.fit(
            levels(width, self.largest(LARGEST), 4),
            lambda level: level.rows(len(marks)) * level.pitch_y / style.ratio, self.inner.bottom() - y - below, width,
            GOOD, [CHART] * len(self._charts()[:1]),
        )  # fmt: skip
        whole, self.inner = self.inner, QRectF(self.inner)
        self._lay_charts(heights)
        high = style.px(0 if self.short else SHARES_NAMED)
        card = QRectF(self.inner.left(), self.inner.bottom() - high, self.inner.width(), high)
        self.inner = whole
        if not self.short:
            self._shares(card)
        room = card.top() - style.px(0 if self.short else 14) - y
        # A frame that nothing is in shows the pool's or is free: those come last and are drawn as empty.
        high = level.rows(len(marks)) * level.pitch_y / style.ratio
        self.height_needed = self.inner.height() + max(0.0, high - room)
        with self.rolling(QRectF(self.inner.left(), y, self.inner.width(), room)):
            origin = QPointF(style.snap(self.inner.left()), style.snap(y - self.look.scroll))
            self.fields.append(Field(Thing.FRAME, 0, FRAME, marks, level, origin, style.ratio, first=1))
        free = int((marks >> 2 == FrameState.FREE).sum())
        if free and not level.words:
            self.free_box = QRectF(self.inner.left(), card.top() + style.px(30), self.inner.width(), style.px(14))


class StoryPool(Backends):
    """zswap: what was pressed together, the next to leave at the bottom left."""

    ABOUT: ClassVar[tuple[str, ...]] = ("zswap", "pool")

    widest_bar, high_bar = 40, 110
    headed = False

    def lay_out(self) -> None:
        pool = self.facts.pool
        self.name = translate("Canvas", "zswap")
        self.title = translate("Canvas", "ZSWAP")
        if self._off:
            # What is not there is as large as it would be.
            self.off_height = self.inner.height() / self.style.px(1) - TOP - HEAD
            says = [translate("Canvas", "It is off: pages go straight to the disk.")]
            y = _say(self, "–", [translate("Canvas", "pages are in it")], says)
        else:
            says = [translate("Canvas", "Pages pressed together, still in memory."),
                    translate("Canvas", "Pages pressed together.")]  # fmt: skip
            if pool.refusing:
                says = [translate("Canvas", "Full: it takes nothing before it is below the line."),
                        translate("Canvas", "Full: it takes nothing now.")]  # fmt: skip
            of = translate("Canvas", "pages in the room of {n}"), translate("Canvas", "in {n} pages")
            y = _say(self, grouped(pool.stored), [text.format(n=grouped(pool.pages)) for text in of], says)
        self._pool(y, self.inner.bottom() - self.style.px(0 if self.short else POOL_AROUND - HEAD) - y)


class StoryDisk(Backends):
    """The disk: every slot at its own place."""

    ABOUT: ClassVar[tuple[str, ...]] = ("slot", "backend")

    largest_slot = LARGEST // 2
    queue_rows = 0
    inviting = False

    def _figures(self, file: SwapFile) -> list[str]:
        return [file.device]

    def _cards(self) -> list[tuple[Extra, Callable[[QRectF], None]]]:
        return [*super()._cards(), *([(CHART, self._latency)] if self.run.known else [])]

    def _latency(self, box: QRectF) -> None:
        self.paints.append(lambda painter: LATENCY.paint(painter, box, self.run, self.facts, self.style))
        self.hint(box, LATENCY.tip, *LATENCY.terms)

    def lay_out(self) -> None:
        self.name = translate("Canvas", "Disk")
        self.title = translate("Canvas", "DISK")
        used = sum(file.used for file in self.facts.swapfiles)
        slots = sum(file.slots for file in self.facts.swapfiles)
        of = translate("Canvas", "of {n} slots are taken"), translate("Canvas", "of {n} slots")
        y = _say(self, grouped(used), [text.format(n=grouped(slots)) for text in of],
                 [translate("Canvas", "Slow, and so the last resort."), translate("Canvas", "Slow: the last resort.")])
        cards = self._cards()
        heights = self._room_of_disk(self.inner.bottom() - y - self.style.px(0 if self.short else WASTED), cards)
        self._disk(y, heights)


def _say(column: MemoryColumn | Backends, figure: str, of: Sequence[str], says: Sequence[str]) -> float:
    """The large figure with what it counts, and a sentence, each with shorter ones for narrow columns behind it.

    Gives where the cells begin.
    """
    style, left, top = column.style, column.inner.left(), column.inner.top()
    wide = style.width(figure, FIGURE, bold=True)
    box = QRectF(left, top - style.px(6), column.inner.width(), style.px(38))
    column.text(box.left(), box.center().y(), box.width(), figure, FIGURE, bold=True)
    x = left + wide + style.px(9)
    room, across = column.inner.right() - x, column.inner.width()
    column.text(x, top + style.px(19), room, column.fitting(room, 12, *of), 12, "dim")
    if column.short:
        return top + style.px(TOP - 14)
    fitting = ((text, size) for text in says for size in (12.5, 11.5, 10.5) if style.width(text, size) <= across)
    text, size = next(fitting, (says[-1], 9.5))
    column.text(left, top + style.px(46), across, text, size)
    return top + style.px(TOP + HEAD * 0.5)
