"""The four columns side by side at one moment, and where anything is among them."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF

from app.canvas.backends import Backends
from app.canvas.column import Column, Viewpoint
from app.canvas.descriptors import Descriptors
from app.canvas.facts import Facts
from app.canvas.memory import MemoryColumn
from app.canvas.page_tables import PageTables
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.reading import offset_of, type_of

COLUMNS: tuple[type[Column], ...] = (PageTables, Descriptors, MemoryColumn, Backends)
WIDTHS = (356, 238, 300, 372)
"""Shares of the width, as the mock-up has them."""
GUTTER = 12


def column_boxes(area: QRectF, style: Style) -> list[QRectF]:
    """Where the columns are in ``area``, on whole device pixels."""
    gutter = style.px(GUTTER)
    room = area.width() - gutter * (len(WIDTHS) - 1)
    boxes, x = [], area.left()
    for share in WIDTHS:
        width = room * share / sum(WIDTHS)
        left = style.snap(x)
        boxes.append(QRectF(left, style.snap(area.top()), style.snap(x + width) - left, style.snap(area.height())))
        x += width + gutter
    return boxes


@dataclass
class Scene:
    """All columns, laid out."""

    facts: Facts
    columns: list[Column]
    described: bool = field(init=False)

    def __post_init__(self) -> None:
        self.described = self.facts.names.described

    @classmethod
    def of(cls, facts: Facts, area: QRectF, style: Style, looks: list[Viewpoint]) -> Scene:
        """Lay out everything for a moment's facts."""
        boxes = column_boxes(area, style)
        return cls(
            facts, [make(facts, box, style, look) for make, box, look in zip(COLUMNS, boxes, looks, strict=True)]
        )

    @property
    def tables(self) -> PageTables:
        return self.columns[0]  # type: ignore[return-value]

    @property
    def descriptors(self) -> Descriptors:
        return self.columns[1]  # type: ignore[return-value]

    @property
    def memory(self) -> MemoryColumn:
        return self.columns[2]  # type: ignore[return-value]

    @property
    def backends(self) -> Backends:
        return self.columns[3]  # type: ignore[return-value]

    def column_at(self, point: QPointF) -> int:
        """The column at a point, -1 for none."""
        return next((i for i, column in enumerate(self.columns) if column.box.contains(point)), -1)

    def at(self, point: QPointF) -> Selected | None:
        """The thing at a point."""
        place = self.column_at(point)
        return self.columns[place].at(point) if place >= 0 else None

    def place(self, selected: Selected) -> QRectF | None:
        """Where a thing is drawn; a slot's own place among the backends, not the one of its name."""
        for column in reversed(self.columns):
            rect = column.place(selected)
            if rect is not None:
                return rect
        return None

    def places(self, selected: Selected) -> list[QRectF]:
        """Everywhere a thing is drawn and not scrolled away."""
        found = []
        for column in self.columns:
            if column.visible(selected):
                rect = column.place(selected)
                assert rect is not None
                found.append(rect)
        return found

    def name_of(self, entry: int) -> QRectF | None:
        """Where a swap entry stands as a name: its descriptor, or its slot's byte."""
        if self.described:
            return self.descriptors.place(Selected(Thing.DESC, offset_of(entry)))
        return self.descriptors.place(Selected(Thing.SLOT, offset_of(entry), type_of(entry)))

    def bar_of(self, entry: int) -> QRectF | None:
        """The bar of the zswap entry that holds a swap entry's page."""
        bars = self.backends.bars
        index = bars.index_of_name(entry) if bars is not None else -1
        return bars.rect(index) if bars is not None and index >= 0 else None

    def frame_of(self, entry: int) -> QRectF | None:
        """The frame that holds a swap entry's page in the swapcache."""
        frame = self.facts.memory.cached.get(entry)
        return self.memory.place(Selected(Thing.FRAME, frame)) if frame else None

    def slot(self, entry: int) -> QRectF | None:
        """A slot given as ``type << 58 | offset``."""
        return self.backends.place(Selected(Thing.SLOT, offset_of(entry), type_of(entry)))

    def free(self) -> QRectF | None:
        """Where free frames are."""
        box = self.memory.free_box
        return QRectF(box.left(), box.top(), max(6.0, box.height()), box.height()) if not box.isEmpty() else None

    def pool(self) -> QRectF | None:
        """The edge of the zswap pool, for what does not get in."""
        box = self.backends.pool_box
        return QRectF(box.left(), box.center().y() - 6, 6, 12) if not box.isEmpty() else None
