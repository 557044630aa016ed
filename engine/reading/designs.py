"""What a reader must know of each design: where an entry's backend, swapcache pointer and count are.

One :class:`Seam` a design, in :data:`SEAMS` by the value of the image's ``design`` setting; it follows
from what the design's module says of itself, so that a new design needs nothing here. All
functions take arrays of swap entries (shape (n,), none of them 0) and give arrays of that shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from engine.mm import backend
from engine.mm import image as im
from engine.mm.backend import TAG_MASK, TAG_SHIFT, TYPE_BITS, TYPE_MASK
from engine.mm.design.hooks import DESIGNS
from engine.mm.design.legacy import ZERO_MARK
from engine.mm.layout import Image
from engine.mm.swapfile import CONTINUED_BASE, CONTINUED_SHIFT, COUNT_MASK, SWAP_MAP_BAD
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.mm.view import View
from engine.phrase import Phrase, phrase
from engine.reading.entries import offset_of, swap_entry, type_of


class Backend(IntEnum):
    """What holds a swapped page's bytes."""

    NONE = backend.NONE
    ZSWAP = backend.ZSWAP
    SLOT = backend.SLOT
    ZERO = backend.ZERO


@dataclass(frozen=True)
class Seam:
    """How one design is read."""

    name: str
    entry_word: str
    """What people call the number in a page table."""
    has_descriptors: bool
    backend_of: Callable[[View, Image], tuple[Image, Image]]
    """Tags (see :class:`Backend`) and values: a zswap entry, or a slot as ``type << 58 | offset``."""
    cache_of: Callable[[View, Image], Image]
    """Frame in the swapcache, 0 for none."""
    count_of: Callable[[View, Image], Image]
    """Page-table and shmem entries that hold it."""
    entry_of_slot: Callable[[View, int, int], int]
    """The entry that slot (type, offset) belongs to, 0 for none."""


def slot_rows(view: View, entries: Image) -> Image:
    """Rows of table slot for slots given as ``type << 58 | offset``, shape (n,)."""
    rows: Image = view.column(im.SI_BASE)[(entries >> SWP_TYPE_SHIFT) + 1] + (entries & SWP_OFFSET_MASK)
    return rows


def slot_row(view: View, kind: int, offset: int) -> int:
    """Row of table slot for one slot."""
    return view.at(im.SI_BASE, kind + 1) + offset


def _frames(words: Image) -> Image:
    """Frames from swapcache words: odd words are shadows of pages that left."""
    return np.where(words & 1, 0, words >> 1)


def _slot_backend(view: View, entries: Image) -> tuple[Image, Image]:
    rows = slot_rows(view, entries)
    held, written = view.column(im.SLOT_ENTRY)[rows], view.column(im.SLOT_CONTENT)[rows] != 0
    tags = np.select(
        [held > 0, held == ZERO_MARK, written], [int(Backend.ZSWAP), int(Backend.ZERO), int(Backend.SLOT)], 0
    )
    return tags, np.select([held > 0, tags == Backend.SLOT], [held, entries], 0)


def _slot_cache(view: View, entries: Image) -> Image:
    return _frames(view.column(im.SLOT_CACHE)[slot_rows(view, entries)])


def _slot_count(view: View, entries: Image) -> Image:
    return slot_counts(view.column(im.SLOT_MAP)[slot_rows(view, entries)])


def slot_counts(words: Image) -> Image:
    """Counts of words of the swap_map, with what a continuation page holds of them."""
    counts: Image = (words & COUNT_MASK) + CONTINUED_BASE * (words >> CONTINUED_SHIFT)
    return counts


def _slot_entry(view: View, kind: int, offset: int) -> int:
    word = view.at(im.SLOT_MAP, slot_row(view, kind, offset))
    return swap_entry(kind, offset) if word and word != SWAP_MAP_BAD else 0


def _desc_backend(view: View, entries: Image) -> tuple[Image, Image]:
    words = view.column(im.DESC_BACKEND)[entries & SWP_OFFSET_MASK]
    tags, values = words & TAG_MASK, words >> TAG_SHIFT
    slots = (values & TYPE_MASK) << SWP_TYPE_SHIFT | values >> TYPE_BITS
    return tags, np.where(tags == Backend.SLOT, slots, values)


def _desc_cache(view: View, entries: Image) -> Image:
    return _frames(view.column(im.DESC_CACHE)[entries & SWP_OFFSET_MASK])


def _desc_count(view: View, entries: Image) -> Image:
    counts: Image = view.column(im.DESC_COUNT)[entries & SWP_OFFSET_MASK]
    return counts


def _desc_entry(view: View, kind: int, offset: int) -> int:
    if not view.at(im.SLOT_MAP, slot_row(view, kind, offset)):
        return 0
    kept = view.at(im.SLOT_ENTRY, slot_row(view, kind, offset))
    if kept > 0:
        return kept
    # Without a reverse map a reader must do what the kernel would: look at every descriptor.
    top = view.scalar(im.DESC_TOP) + 1
    word = (offset << TYPE_BITS | kind) << TAG_SHIFT | Backend.SLOT
    found = np.flatnonzero(view.column(im.DESC_BACKEND)[:top] == word)
    return int(found[0]) if len(found) else 0


_READERS: dict[str, tuple[bool, Any, Any, Any, Any]] = {
    "slot": (False, _slot_backend, _slot_cache, _slot_count, _slot_entry),
    "desc": (True, _desc_backend, _desc_cache, _desc_count, _desc_entry),
}
"""How a page table's entry is read, by the table whose rows it names."""

SEAMS: dict[int, Seam] = {
    design.NUMBER: Seam(design.NAME, design.ENTRY_NAME, *_READERS[design.ENTRY_TABLE]) for design in DESIGNS
}


def seam(view: View) -> Seam:
    """The seam of the design that runs in this image."""
    return SEAMS[view.scalar(im.DESIGN)]


def entry_name(view: View, entry: int) -> Phrase:
    """A swap entry as people say it: ``slot 7 of swapfile 0`` or ``swap id 7``."""
    found = seam(view)
    if found.has_descriptors:
        return phrase(found.entry_word + " {number}", number=offset_of(entry))
    return slot_name(entry)


def slot_name(entry: int) -> Phrase:
    """A slot given as ``type << 58 | offset``, as people say it."""
    return phrase("slot {number} of swapfile {type}", number=offset_of(entry), type=type_of(entry))
