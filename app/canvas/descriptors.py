"""The column of swap descriptors: count, swapcache and backend of each, and what they cost.

Today's design has no descriptors. There the column shows what takes their place: the swap_map byte
of every slot in use, because the slot number is the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.canvas.cells import Field
from app.canvas.column import LOW, TALLY_HEAD, TALLY_LINE, Column
from app.canvas.levels import Level, grown, levels
from app.canvas.sprites import CARD
from app.canvas.words import translate
from app.moment import Thing
from engine.mm import image as im
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.naming import grouped

REVERSE_MAP_BYTES = 8
CARDS = ((53, 32), (49, 30), (46, 28), (43, 26), (41, 25), (38, 23), (36, 22), (33, 20), (31, 19), (31, 18), (31, 17))
STRETCH = 1.22
"""Cards are made higher by at most this, to use the room there is."""
FEW = 24
HIGH = 560
"""Pixels of a column that has room for a long list of counters."""
SQUARE = 22
"""Pixels of a card with its gap: width and height at each size, and without its count."""


def titles(design: str) -> tuple[str, str]:
    """Title of the column and its plain name."""
    return {
        "legacy": (translate("Canvas", "SWAP MAP"), translate("Canvas", "Swap map")),
        "swap_desc": (translate("Canvas", "SWAP DESCRIPTORS"), translate("Canvas", "Swap descriptors")),
        "vswap": (translate("Canvas", "VIRTUAL SLOTS"), translate("Canvas", "Virtual swap slots")),
    }.get(design, (translate("Canvas", "SWAP ENTRIES"), translate("Canvas", "Swap entries")))


DESIGN_TERMS = {"legacy": ("slot", "count (of a swap entry)"), "swap_desc": ("descriptor",), "vswap": ("virtual swap",)}
"""What the column is about in each design."""


def nothing(design: str) -> str:
    """What the column will show, while no page is out."""
    return {
        "legacy": translate(
            "Canvas",
            "Today's design has no descriptor: the slot number is the name. The byte of each slot in use comes here.",
        ),
        "swap_desc": translate(
            "Canvas", "No page is out yet. A descriptor is allocated when one leaves memory, and stays its name."
        ),
        "vswap": translate(
            "Canvas", "No page is out yet. A virtual slot is taken when one leaves memory, and stays its name."
        ),
    }.get(design, translate("Canvas", "No page is out yet."))


@lru_cache(maxsize=32)
def card_levels(width: int, unit: float, largest: float) -> tuple[Level, ...]:
    """Levels of the cards in ``width`` device pixels.

    ``unit`` device pixels are one pixel at normal type size; ``largest`` is the width of the largest card.
    """
    found = []
    grown_by = largest / (CARDS[0][0] * unit)
    for wide, high in ((CARDS[0][0] * grown_by, CARDS[0][1] * grown_by), *CARDS):
        columns = max(1, int(width // (wide * unit)))
        found.append(Level(columns, min(width // columns, round(1.25 * wide * unit)), height=round(high * unit)))
    return (*found, *levels(width, SQUARE * unit, 1))


class Descriptors(Column):
    """Swap descriptors, or the slots that are names in today's design."""

    def lay_out(self) -> None:
        names, style = self.facts.names, self.style
        self.title, self.name = titles(names.design)
        self.terms = DESIGN_TERMS.get(names.design, ("swap entry",))
        self.note = translate("Canvas", "{n} in use").format(n=grouped(names.used))
        cards = [] if self.short else self._cards()
        foot = self.inner.bottom() - sum(style.px(high + 10) for high, _ in cards)
        high = foot - style.px(0 if self.short else 20) - self.inner.top()
        grid = QRectF(self.inner.left(), self.inner.top(), self.inner.width(), high)
        if len(names.marks):
            with self.rolling(grid):
                self._grid(grid)
        else:
            self.empty(grid.adjusted(0, 0, 0, -style.px(8)), nothing(names.design))
        if self.short:
            return
        across = self.inner.width()
        caption = self.fitting(
            across, 10, translate("Canvas", "count │ swapcache │ backend"),
            translate("Canvas", "count │ cache │ backend"), "", mono=True,
        )  # fmt: skip
        self.text(self.inner.left(), foot - style.px(8), across, caption, 10, "dim", mono=True)
        self.hint(QRectF(self.inner.left(), foot - style.px(18), across, style.px(20)), "",
                  "count (of a swap entry)", "swapcache", "backend")  # fmt: skip
        y = foot + style.px(4)
        for high, draw in cards:
            box = QRectF(self.inner.left(), y, self.inner.width(), style.px(high))
            draw(box)
            y += style.px(high + 10)

    def _grid(self, box: QRectF) -> None:
        names, style = self.facts.names, self.style
        choices = card_levels(int(box.width() * style.ratio), style.scale * style.ratio, self.largest(CARDS[0][0]))
        count = grown(max(FEW, self.run.most_descriptors if names.described else self.run.most_slots), len(names.marks))
        width = int(box.width() * style.ratio)
        level = self.choose(choices, lambda level: level.rows(count) * level.pitch_y / style.ratio, box.height(), width)
        origin = QPointF(style.snap(box.left()), style.snap(box.top() - self.look.scroll))
        if level.words:
            count = len(names.marks)
        elif level.height and self.look.zoom == 0:
            room = int(box.height() * style.ratio / level.rows(count))
            level = replace(level, height=max(level.height, min(room, round(level.height * STRETCH))))
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
        }.get(self.facts.names.design, [])

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
        self._title(box, translate("Canvas", "Slab cache for descriptors"), translate("Canvas", "Slab cache"))
        self.paints.append(lambda painter: self._stock(painter, box))
        at_hand = translate("Canvas", "{n} / {all} at hand").format(n=grouped(names.at_hand), all=grouped(names.stock))
        refill = translate("Canvas", "refill below {n}").format(n=names.refill)
        short = f"{grouped(names.at_hand)} / {grouped(names.stock)}"
        self._line(box, 59, f"{at_hand} · {refill}", at_hand, short)
        total = grouped(names.used * names.entry_bytes)
        sum_of = f"{grouped(names.used)} × {names.entry_bytes} B = {total} B"
        share = f" ({100 * names.entry_bytes / 4096:.2f} %)" if names.used else ""
        self._line(box, 77, sum_of + share, sum_of, f"{total} B", colour="text", mono=True)
        self.hint(box, translate(
            "Canvas",
            "Descriptors are kept at hand, because reclaim must not wait for memory to free memory.<br>"
            "{n} slab pages hold them.").format(n=grouped(names.slab_pages),
        ), "slab")  # fmt: skip

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
        kept, size = self.facts.names.reverse_map, REVERSE_MAP_BYTES
        self._title(box, translate("Canvas", "Reverse map  slot → descriptor"), translate("Canvas", "Reverse map"),
                    translate("Canvas", "rmap"))  # fmt: skip
        texts = {
            "kept": (translate("Canvas", "kept · {size} B of each descriptor").format(size=size),
                     translate("Canvas", "kept · {size} B each").format(size=size),
                     translate("Canvas", "{size} B each").format(size=size)),
            "none": (translate("Canvas", "none · no cluster readahead"), translate("Canvas", "none")),
            "scan": (translate("Canvas", "none · a scan of all descriptors"), translate("Canvas", "none · a scan")),
        }[kept]  # fmt: skip
        self._line(box, 39, *texts)
        self.hint(box, translate(
            "Canvas", "Readahead finds a slot's neighbours; only the reverse map tells whose pages they are."
        ), "reverse map (of slots)")  # fmt: skip

    def _clusters(self, box: QRectF) -> None:
        names = self.facts.names
        self._title(box, translate("Canvas", "Virtual clusters of 512 slots"), translate("Canvas", "Virtual clusters"))
        in_use = translate("Canvas", "{n} in use").format(n=grouped(names.clusters))
        self._line(box, 39, in_use + " · " + translate("Canvas", "given out on demand"), in_use)
        self._bytes_in_use(box, 58)
        self.hint(box, translate(
            "Canvas", "A virtual slot needs its swap table word, a cgroup number and a word for its backend."
        ), "virtual swap")  # fmt: skip

    def _pointers(self, box: QRectF) -> None:
        self._title(box, translate("Canvas", "Reverse map  slot → virtual slot"), translate("Canvas", "Reverse map"))
        self._line(
            box, 39, translate("Canvas", "in the physical swap table: no extra"), translate("Canvas", "no extra memory")
        )
        self.hint(box, translate(
            "Canvas", "The table of physical slots has a word for each anyway: it holds the pointer back."
        ), "swap table", "reverse map (of slots)")  # fmt: skip

    def _swap_map(self, box: QRectF) -> None:
        names = self.facts.names
        self._title(box, translate("Canvas", "Metadata of the slots"), translate("Canvas", "Metadata"))
        self._line(box, 41, translate("Canvas", "swap_map: a byte a slot, used or not"),
                   translate("Canvas", "a byte a slot, used or not"), translate("Canvas", "a byte a slot"))  # fmt: skip
        cached = translate("Canvas", "{n} in the swapcache").format(n=grouped(names.cached))
        shared = translate("Canvas", "{n} shared").format(n=grouped(names.shared))
        self._line(box, 59, f"{shared} · {cached}", cached,
                   translate("Canvas", "{n} cached").format(n=grouped(names.cached)))  # fmt: skip
        self._bytes_in_use(box, 77)
        self.hint(box, translate(
            "Canvas", "Bits 0–5 count the page-table entries, bit 6 says that the page is in the swapcache."
        ), "count (of a swap entry)", "swapcache")  # fmt: skip

    def _no_descriptor(self, box: QRectF) -> None:
        self._title(box, translate("Canvas", "No descriptor"))
        self._line(box, 39, translate("Canvas", "The slot number itself is the name."),
                   translate("Canvas", "The slot is the name."), translate("Canvas", "slot = name"))  # fmt: skip
        self.hint(box, translate(
            "Canvas",
            "So a page keeps its slot while it is in zswap, and swapoff must read every page table.",
        ), "descriptor", "swapoff")  # fmt: skip

    def _bytes_in_use(self, box: QRectF, y: float) -> None:
        names = self.facts.names
        total = f"{grouped(names.static_bytes)} B + {grouped(names.dynamic_bytes)} B"
        self._line(box, y, translate("Canvas", "{bytes} in use").format(bytes=total), total, colour="text", mono=True)


class DescriptorWords(Descriptors):
    """The same as words: count, swapcache and backend of each, the slab cache and its list heads."""

    in_words = True
    line_width = 94.0

    def _cards(self) -> Sequence[tuple[int, Callable[[QRectF], None]]]:
        if self.inner.height() < self.style.px(LOW):
            return []
        rows, columns = self.tallied(self._rows(), self._across())
        return [(TALLY_HEAD + TALLY_LINE * -(-len(rows) // columns), self._tally)]

    def _across(self) -> int:
        """Counters side by side: their names are long, and shortened only where the column is low."""
        return 1 if self.inner.height() > self.style.px(HIGH) else 2

    def _rows(self) -> list[tuple[str, str]]:
        names, of = self.facts.names, self.facts.scalar
        rows = [("swap_alloc_fail", of(im.SWAP_NAME_FAIL)), ("swap_lookups", of(im.LOOKUPS))]
        if names.described:
            rows += [("desc_free", of(im.DESC_FREE)), ("desc_top", of(im.DESC_TOP)),
                     ("slab_at_hand", names.at_hand), ("slab_pages", names.slab_pages),
                     ("descriptor_allocs", of(im.DESC_ALLOC)), ("alloc_fail", of(im.DESC_ALLOC_FAIL)),
                     ("from_reserve", of(im.DESC_FROM_RESERVE)), ("rmap_steps", of(im.RMAP_STEPS))]  # fmt: skip
        else:
            rows += [("continuations", of(im.NR_CONTINUATIONS)), ("slots_wasted", of(im.SLOTS_WASTED))]
        rows += [("static B", names.static_bytes), ("dynamic B", names.dynamic_bytes)]
        return [(name, grouped(int(value))) for name, value in rows]

    def _tally(self, box: QRectF) -> None:
        self.tally(box.bottom(), translate("Canvas", "Counters"), self._rows(), self._across())
