"""The columns side by side at one moment, and where anything is among them.

Which columns there are depends on how deep a reader wants to look (:class:`app.canvas.depth.Depth`).
A thing may be missing at a depth: then it has no place, and nothing is drawn for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF

from app.canvas.backends import Backends
from app.canvas.bars import Bars
from app.canvas.column import Column
from app.canvas.depth import Depth
from app.canvas.descriptors import Descriptors, DescriptorWords
from app.canvas.facts import Facts
from app.canvas.kernel_backends import DiskWords, PoolWords
from app.canvas.marking import Marking
from app.canvas.memory import MemoryColumn, MemoryWords
from app.canvas.page_tables import PageTables, PageTableWords
from app.canvas.places import Viewpoint
from app.canvas.run import NO_RUN, Run
from app.canvas.story import StoryDisk, StoryMemory, StoryPool
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.reading import offset_of, type_of

Found = TypeVar("Found", bound=Column)

COLUMNS: dict[Depth, tuple[tuple[type[Column], int], ...]] = {
    Depth.STORY: ((StoryMemory, 420), (StoryPool, 360), (StoryDisk, 420)),
    Depth.MECHANISM: ((PageTables, 356), (Descriptors, 238), (MemoryColumn, 300), (Backends, 372)),
    Depth.KERNEL: ((PageTableWords, 350), (DescriptorWords, 230), (MemoryWords, 270), (PoolWords, 270),
                   (DiskWords, 270)),
}  # fmt: skip
"""The columns of each depth with their shares of the width."""
GUTTER, NARROW_GUTTER = 12, 8
NARROW = 158
"""Pixels of a column, as the mean of all, below which they stand in two rows: machines side by side are narrow."""


def column_boxes(area: QRectF, style: Style, depth: Depth = Depth.MECHANISM) -> list[QRectF]:
    """Where the columns are in ``area``, on whole device pixels: side by side, or in two rows where it is narrow."""
    widths = [share for _, share in COLUMNS[depth]]
    if area.width() >= style.px(NARROW) * len(widths):
        return _row(area, widths, style, style.px(GUTTER))
    gutter, above = style.px(NARROW_GUTTER), len(widths) // 2
    high = style.snap((area.height() - gutter) / 2)
    upper = QRectF(area.left(), area.top(), area.width(), high)
    lower = QRectF(area.left(), style.snap(area.bottom() - high), area.width(), high)
    return _row(upper, widths[:above], style, gutter) + _row(lower, widths[above:], style, gutter)


def _row(area: QRectF, widths: list[int], style: Style, gutter: float) -> list[QRectF]:
    room = area.width() - gutter * (len(widths) - 1)
    boxes, x = [], area.left()
    for share in widths:
        width = room * share / sum(widths)
        left = style.snap(x)
        boxes.append(QRectF(left, style.snap(area.top()), style.snap(x + width) - left, style.snap(area.height())))
        x += width + gutter
    return boxes


def viewpoints(depth: Depth) -> list[Viewpoint]:
    """Every column whole, as a reader finds it first."""
    return [Viewpoint() for _ in COLUMNS[depth]]


@dataclass
class Scene:
    """All columns, laid out."""

    facts: Facts
    columns: list[Column]
    depth: Depth = Depth.MECHANISM
    marking: Marking | None = None
    """Where other machines differ from this one."""
    described: bool = field(init=False)

    def __post_init__(self) -> None:
        self.described = self.facts.names.described

    @classmethod
    def of(cls, facts: Facts, area: QRectF, style: Style, looks: list[Viewpoint],
           depth: Depth = Depth.MECHANISM, marking: Marking | None = None, run: Run = NO_RUN) -> Scene:  # fmt: skip
        """Lay out everything for a moment's facts and what is known of the run."""
        boxes = column_boxes(area, style, depth)
        made = [kind(facts, box, style, look, run) for (kind, _), box, look in
                zip(COLUMNS[depth], boxes, looks, strict=True)]  # fmt: skip
        scene = cls(facts, made, depth)
        scene.mark(marking)
        return scene

    def mark(self, marking: Marking | None) -> None:
        """Mark where other machines differ, or nothing any more."""
        self.marking = marking
        for column in self.columns:
            for found in column.fields:
                found.marking = marking

    def _first(self, kind: type[Found]) -> Found | None:
        return next((column for column in self.columns if isinstance(column, kind)), None)

    def _sure(self, kind: type[Found]) -> Found:
        """A column that is there at every depth."""
        return next(column for column in self.columns if isinstance(column, kind))

    @property
    def tables(self) -> PageTables | None:
        """The column of page tables; there is none in the story."""
        return self._first(PageTables)

    @property
    def descriptors(self) -> Descriptors | None:
        """The column of names; there is none in the story."""
        return self._first(Descriptors)

    @property
    def memory(self) -> MemoryColumn:
        return self._sure(MemoryColumn)

    @property
    def backends(self) -> Backends:
        """The column of backends, or the first of them."""
        return self._sure(Backends)

    @property
    def bars(self) -> Bars | None:
        """The bars of zswap entries, wherever they are."""
        return next((column.bars for column in self.columns if column.bars is not None), None)

    @property
    def entry_box(self) -> QRectF:
        """The card that tells one page-table entry; empty where there is none."""
        found = self.tables
        return found.card if found is not None else QRectF()

    @property
    def invitation_box(self) -> QRectF:
        """The card that offers to compare; empty where there is none."""
        return self.backends.invitation_box

    def column_at(self, point: QPointF) -> int:
        """The column at a point, -1 for none."""
        return next((i for i, column in enumerate(self.columns) if column.box.contains(point)), -1)

    def at(self, point: QPointF) -> Selected | None:
        """The thing at a point."""
        place = self.column_at(point)
        return self.columns[place].at(point) if place >= 0 else None

    def place(self, selected: Selected) -> QRectF | None:
        """Where a thing is drawn; a slot's own place among the backends, not the one of its name."""
        echo: QRectF | None = None
        for column in reversed(self.columns):
            found = column.find(selected)
            if found is not None:
                rect = column.place(selected)
                if not found[0].echo:
                    return rect
                echo = echo or rect
        return echo

    def places(self, selected: Selected) -> list[QRectF]:
        """Everywhere a thing is drawn and not scrolled away."""
        return [rect for column in self.columns for rect in column.places(selected)]

    def page(self, selected: Selected) -> QRectF | None:
        """Where a page-table entry, or an entry of a shmem object's page cache, stands."""
        found = self.tables
        return found.place(selected) if found is not None else None

    def frame(self, number: int) -> QRectF | None:
        """Where a frame of memory is."""
        return self.memory.place(Selected(Thing.FRAME, number))

    def zswap(self, number: int) -> QRectF | None:
        """Where a zswap entry is."""
        return self.place(Selected(Thing.ZSWAP, number))

    def name_of(self, entry: int) -> QRectF | None:
        """Where a swap entry stands as a name: its descriptor, or its slot's byte."""
        found = self.descriptors
        if found is None:
            return None
        if self.described:
            return found.place(Selected(Thing.DESC, offset_of(entry)))
        return found.place(Selected(Thing.SLOT, offset_of(entry), type_of(entry)))

    def bar_of(self, entry: int) -> QRectF | None:
        """The bar of the zswap entry that holds a swap entry's page."""
        bars = self.bars
        index = bars.index_of_name(entry) if bars is not None else -1
        return bars.rect(index) if bars is not None and index >= 0 else None

    def frame_of(self, entry: int) -> QRectF | None:
        """The frame that holds a swap entry's page in the swapcache."""
        frame = self.facts.memory.cached.get(entry)
        return self.frame(frame) if frame else None

    def slot(self, entry: int) -> QRectF | None:
        """A slot given as ``type << 58 | offset``."""
        thing = Selected(Thing.SLOT, offset_of(entry), type_of(entry))
        for column in reversed(self.columns):
            if isinstance(column, Backends):
                rect = column.place(thing)
                if rect is not None:
                    return rect
        return None

    def free(self) -> QRectF | None:
        """Where free frames are."""
        box = self.memory.free_box
        return QRectF(box.left(), box.top(), max(6.0, box.height()), box.height()) if not box.isEmpty() else None

    def pool(self) -> QRectF | None:
        """The edge of the zswap pool, for what does not get in."""
        box = next((column.pool_box for column in self.columns if not column.pool_box.isEmpty()), QRectF())
        return QRectF(box.left(), box.center().y() - 6, 6, 12) if not box.isEmpty() else None
