"""The column of swap descriptors: count, swapcache and backend of each, and what they cost.

Today's design has no descriptors. There the column shows what takes their place: the swap_map byte
of every slot in use, because the slot number is the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.canvas.cells import Field, Level, fitting, grown, levels
from app.canvas.column import Column
from app.canvas.sprites import CARD
from app.moment import Thing
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.naming import grouped

REVERSE_MAP_BYTES = 8
CARDS = ((53, 32), (46, 28), (41, 25), (36, 22), (31, 19))
FEW = 24
SQUARE = 22
"""Pixels of a card with its gap: width and height at each size, and without its count."""


TITLES = {
    "legacy": ("SWAP MAP", "Swap map"),
    "swap_desc": ("SWAP DESCRIPTORS", "Swap descriptors"),
    "vswap": ("VIRTUAL SLOTS", "Virtual swap slots"),
}
NOTHING = {
    "legacy": "Today's design has no descriptor: the slot number is the name. The byte of each slot in use comes here.",
    "swap_desc": "No page is out yet. A descriptor is allocated when one leaves memory, and stays its name.",
    "vswap": "No page is out yet. A virtual slot is taken when one leaves memory, and stays its name.",
}


def card_levels(width: int, unit: float, largest: float) -> list[Level]:
    """Levels of the cards in ``width`` device pixels.

    ``unit`` device pixels are one pixel at normal type size; ``largest`` is the width of the largest card.
    """
    found = []
    grown_by = largest / (CARDS[0][0] * unit)
    for wide, high in ((CARDS[0][0] * grown_by, CARDS[0][1] * grown_by), *CARDS):
        columns = max(1, int(width // (wide * unit)))
        found.append(Level(columns, min(width // columns, round(1.25 * wide * unit)), height=round(high * unit)))
    return found + levels(width, SQUARE * unit, 1)


class Descriptors(Column):
    """Swap descriptors, or the slots that are names in today's design."""

    title = "SWAP DESCRIPTORS"
    name = "Swap descriptors"

    def lay_out(self) -> None:
        names, style = self.facts.names, self.style
        self.title, self.name = TITLES[names.design]
        self.note = f"{grouped(names.used)} in use"
        cards = self._cards()
        foot = self.inner.bottom() - sum(style.px(high + 10) for high, _ in cards)
        high = foot - style.px(20) - self.inner.top()
        grid = QRectF(self.inner.left(), self.inner.top(), self.inner.width(), high)
        if len(names.marks):
            with self.rolling(grid):
                self._grid(grid)
        else:
            self.empty(grid.adjusted(0, 0, 0, -style.px(8)), self._nothing())
        across = self.inner.width()
        caption = self.fitting(across, 10, "count │ swapcache │ backend", "count │ cache │ backend", "", mono=True)
        self.text(self.inner.left(), foot - style.px(8), across, caption, 10, "dim", mono=True)
        y = foot + style.px(4)
        for high, draw in cards:
            box = QRectF(self.inner.left(), y, self.inner.width(), style.px(high))
            draw(box)
            y += style.px(high + 10)

    def _nothing(self) -> str:
        return NOTHING[self.facts.names.design]

    def _grid(self, box: QRectF) -> None:
        names, style = self.facts.names, self.style
        choices = card_levels(int(box.width() * style.ratio), style.scale * style.ratio, self.largest(CARDS[0][0]))
        count = grown(FEW, len(names.marks))
        level = fitting(
            choices, lambda level: level.rows(count) * level.pitch_y / style.ratio, box.height(), self.look.zoom
        )
        origin = QPointF(style.snap(box.left()), style.snap(box.top() - self.look.scroll))
        self.height_needed = self.inner.height() + max(
            0.0, level.rows(count) * level.pitch_y / style.ratio - box.height()
        )
        if names.entries is None:
            field = Field(Thing.DESC, 0, CARD, names.marks, level, origin, style.ratio, first=1, gap=5)
        else:
            field = Field(
                Thing.SLOT, 0, CARD, names.marks, level, origin, style.ratio, numbers=names.entries & SWP_OFFSET_MASK,
                owners=names.entries >> SWP_TYPE_SHIFT, gap=5,
            )  # fmt: skip
        self.fields.append(field)

    def _cards(self) -> Sequence[tuple[int, Callable[[QRectF], None]]]:
        """Height of each card at the bottom, and what lays it out."""
        return {
            "legacy": [(92, self._swap_map), (54, self._no_descriptor)],
            "swap_desc": [(92, self._slab), (54, self._reverse_map)],
            "vswap": [(74, self._clusters), (54, self._pointers)],
        }[self.facts.names.design]

    def _title(self, box: QRectF, *texts: str) -> None:
        """The heading of a card: the first of the texts that fits."""
        self.paints.append(lambda painter: self.style.card(painter, box))
        px, room = self.style.px, box.width() - self.style.px(18)
        text = self.fitting(room, 11, *texts, bold=True)
        self.text(box.left() + px(10), box.top() + px(18), room, text, 11, bold=True)

    def _line(self, box: QRectF, y: float, *texts: str, colour: str = "dim", mono: bool = False) -> None:
        """A line of a card: the first of the texts that fits."""
        px, room = self.style.px, box.width() - self.style.px(18)
        text = self.fitting(room, 10, *texts, mono=mono)
        self.text(box.left() + px(10), box.top() + px(y), room, text, 10, colour, mono=mono)

    def _slab(self, box: QRectF) -> None:
        names = self.facts.names
        self._title(box, "Slab cache for descriptors", "Slab cache", "Slab")
        self.paints.append(lambda painter: self._stock(painter, box))
        at_hand = f"{grouped(names.at_hand)} / {grouped(names.stock)} at hand"
        self._line(box, 59, f"{at_hand} · refill below {names.refill}", at_hand)
        total = grouped(names.used * names.entry_bytes)
        sum_of = f"{grouped(names.used)} × {names.entry_bytes} B = {total} B"
        share = f" ({100 * names.entry_bytes / 4096:.2f} %)" if names.used else ""
        self._line(box, 77, sum_of + share, sum_of, f"{total} B", colour="text", mono=True)
        self.hint(box, "Descriptors are kept at hand, because reclaim must not wait for memory to free memory.<br>"
                       f"{grouped(names.slab_pages)} slab pages hold them.")  # fmt: skip

    def _stock(self, painter: QPainter, box: QRectF) -> None:
        names, style = self.facts.names, self.style
        shown = max(1, min(names.stock, 20))
        pitch = min(style.px(17), (box.width() - style.px(20)) / shown)
        full = round(shown * min(names.at_hand, names.stock) / max(names.stock, 1))
        painter.setPen(QColor(0, 0, 0, 0))
        for place in range(shown):
            low = names.at_hand < names.refill
            colour = style.theme.never if place >= full else style.theme.warning if low else style.theme.accent
            painter.setBrush(QColor(colour))
            spot = QRectF(
                box.left() + style.px(10) + place * pitch, box.top() + style.px(31), pitch - style.px(3), style.px(12)
            )
            painter.drawRoundedRect(spot, style.px(2), style.px(2))

    def _reverse_map(self, box: QRectF) -> None:
        kept = self.facts.names.reverse_map
        self._title(box, "Reverse map  slot → descriptor", "Reverse map")
        texts = {
            "kept": (f"kept · {REVERSE_MAP_BYTES} B of each descriptor", f"kept · {REVERSE_MAP_BYTES} B each"),
            "none": ("none · no cluster readahead", "none"),
            "scan": ("none · a scan of all descriptors", "none · a scan"),
        }[kept]
        self._line(box, 39, *texts)
        self.hint(box, "Readahead finds a slot's neighbours; only the reverse map tells whose pages they are.")

    def _clusters(self, box: QRectF) -> None:
        names = self.facts.names
        self._title(box, "Virtual clusters of 512 slots", "Virtual clusters")
        self._line(
            box, 39, f"{grouped(names.clusters)} in use · given out on demand", f"{grouped(names.clusters)} in use"
        )
        total = f"{grouped(names.static_bytes)} B + {grouped(names.dynamic_bytes)} B"
        self._line(box, 58, f"{total} in use", total, colour="text", mono=True)
        self.hint(box, "A virtual slot needs its swap table word, a cgroup number and a word for its backend.")

    def _pointers(self, box: QRectF) -> None:
        self._title(box, "Reverse map  slot → virtual slot", "Reverse map")
        self._line(box, 39, "in the physical swap table: no extra", "no extra memory")
        self.hint(box, "The table of physical slots has a word for each anyway: it holds the pointer back.")

    def _swap_map(self, box: QRectF) -> None:
        names = self.facts.names
        self._title(box, "Metadata of the slots", "Metadata")
        self._line(box, 41, "swap_map: a byte a slot, used or not", "a byte a slot, used or not", "a byte a slot")
        cached = f"{grouped(names.cached)} in the swapcache"
        self._line(box, 59, f"{grouped(names.shared)} shared · {cached}", cached)
        total = f"{grouped(names.static_bytes)} B + {grouped(names.dynamic_bytes)} B"
        self._line(box, 77, f"{total} in use", total, colour="text", mono=True)
        self.hint(box, "Bits 0–5 count the page-table entries, bit 6 says that the page is in the swapcache.")

    def _no_descriptor(self, box: QRectF) -> None:
        self._title(box, "No descriptor")
        self._line(box, 39, "The slot number itself is the name.", "The slot is the name.")
        self.hint(box, "So a page keeps its slot while it is in zswap, and swapoff must read every page table.")
