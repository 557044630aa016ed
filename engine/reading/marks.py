"""One byte for each page, frame, name and slot: fast enough to read a million of them every frame.

A *mark* is a small number that says all a coloured cell needs. Tables are read once, in blocks that
stay in the processor's cache, and whatever points at a row of another table looks its byte up there
instead of gathering 64-bit words. :mod:`engine.reading.states` says the same with names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.backend import TAG_MASK
from engine.mm.design.legacy import ZERO_MARK
from engine.mm.layout import Image
from engine.mm.pageflags import PG_ACTIVE, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.schema import BYTE_MASK
from engine.mm.swapfile import SWAP_MAP_BAD
from engine.mm.swapops import (
    PFN_SHIFT,
    PTE_OFFSET_MASK,
    PTE_OFFSET_SHIFT,
    PTE_PRESENT,
    PTE_TYPE_SHIFT,
    SWP_OFFSET_MASK,
    SWP_TYPE_SHIFT,
    ZERO_PFN,
)
from engine.mm.view import View
from engine.reading.designs import Backend, seam, slot_counts
from engine.reading.entries import TYPE_MASK, Flags, shmem_words_of, words_of
from engine.reading.states import FrameState, PageState, SlotState

Marks = NDArray[np.uint8]

BLOCK = 1 << 14
"""Rows read at a time: half a megabyte of a table of four columns."""
COUNTS = 11
"""Counts 0 … 9 have marks of their own, and all above share one."""
TAGS = len(Backend)
UNUSED_NAME = COUNTS * 2 * TAGS
"""Mark of a descriptor that is not in use."""
NAME_MARKS = UNUSED_NAME + 1


def _flag_table() -> Marks:
    """Mark of a frame for every value its flags can have: state × 4 + in the swapcache × 2 + being written."""
    flags = np.arange(1 << 16)
    marks = np.where(flags & PG_ACTIVE, FrameState.ACTIVE, FrameState.INACTIVE)
    marks[flags & PG_UNEVICTABLE != 0] = FrameState.UNEVICTABLE
    marks = marks * 4 + (flags & PG_SWAPCACHE != 0) * 2 + (flags & PG_WRITEBACK != 0)
    marks[0] = FrameState.FREE
    return np.asarray(marks, dtype=np.uint8)


def _page_of_frame() -> Marks:
    """Mark of a page (state × 2 + in the swapcache) from the mark of the frame it maps."""
    state = {FrameState.FREE: PageState.ACTIVE, FrameState.ACTIVE: PageState.ACTIVE,
             FrameState.INACTIVE: PageState.INACTIVE, FrameState.UNEVICTABLE: PageState.UNEVICTABLE}  # fmt: skip
    marks = np.zeros(256, dtype=np.uint8)
    for mark in range(4 * len(FrameState)):
        marks[mark] = state[FrameState(mark // 4)] * 2 + mark // 2 % 2
    return marks


def _page_of_name() -> Marks:
    """Mark of a page from the mark of the name its page-table entry holds."""
    state = {Backend.NONE: PageState.ADRIFT, Backend.ZSWAP: PageState.ZSWAP, Backend.SLOT: PageState.DISK,
             Backend.ZERO: PageState.ZERO}  # fmt: skip
    marks = np.full(256, PageState.ADRIFT * 2, dtype=np.uint8)
    for mark in range(UNUSED_NAME):
        cached = mark // TAGS % 2
        marks[mark] = PageState.CACHED_ONLY * 2 + 1 if cached else state[Backend(mark % TAGS)] * 2
    return marks


def _cached_names() -> Marks:
    """1 for each mark of a name that is in the swapcache, 0 for the others."""
    marks = np.arange(256)
    return np.asarray((marks < UNUSED_NAME) & (marks // TAGS & 1 == 1), dtype=np.uint8)


_CACHED_NAME = _cached_names()
_OF_FLAGS = _flag_table()
_PAGE_OF_FRAME = _page_of_frame()
_PAGE_OF_NAME = _page_of_name()


def frame_marks(view: View) -> Marks:
    """State × 4 + in the swapcache × 2 + being written, of every row of table page; (rows,)."""
    flags = view.column(im.PAGE_FLAGS).astype(np.uint16)
    marks: Marks = np.take(_OF_FLAGS, flags, mode="clip")
    return marks


def _name_marks_of(counts: Image, caches: Image, tags: Image) -> Marks:
    marks = np.minimum(counts, COUNTS - 1)
    marks *= 2
    marks += (caches != 0) & (caches & 1 == 0)
    marks *= TAGS
    marks += tags
    return marks.astype(np.uint8)


def name_marks(view: View) -> Marks:
    """(count × 2 + in the swapcache) × 4 + :class:`Backend` of every name, by row of its table.

    With descriptors that is every row of table desc up to the last one ever used; in today's design
    every row of table slot. What is not in use has :data:`UNUSED_NAME`.
    """
    if seam(view).has_descriptors:
        return _desc_marks(view)
    return _slot_name_marks(view)


def _desc_marks(view: View) -> Marks:
    rows = view.desc[: view.scalar(im.DESC_TOP) + 1]
    marks = np.empty(len(rows), dtype=np.uint8)
    count, cache, backend = (code & BYTE_MASK for code in (im.DESC_COUNT, im.DESC_CACHE, im.DESC_BACKEND))
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        counts, caches, tags = block[:, count], block[:, cache], block[:, backend] & TAG_MASK
        made = _name_marks_of(counts, caches, tags)
        made[made < 1] = UNUSED_NAME
        marks[start : start + BLOCK] = made
    return marks


def _slot_name_marks(view: View) -> Marks:
    rows = view.slot
    marks = np.empty(len(rows), dtype=np.uint8)
    columns = (im.SLOT_MAP, im.SLOT_CACHE, im.SLOT_ENTRY, im.SLOT_CONTENT)
    used, cache, held, content = (code & BYTE_MASK for code in columns)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        words, entries = block[:, used], block[:, held]
        tags = np.where(block[:, content] != 0, Backend.SLOT, Backend.NONE)
        tags[entries > 0] = Backend.ZSWAP
        tags[entries == ZERO_MARK] = Backend.ZERO
        made = _name_marks_of(slot_counts(words), block[:, cache], tags)
        made[(words == 0) | (words == SWAP_MAP_BAD)] = UNUSED_NAME
        marks[start : start + BLOCK] = made
    return marks


@dataclass(frozen=True)
class Marked:
    """The marks of frames and names, from which those of pages follow."""

    view: View
    frames: Marks
    names: Marks
    lookup: Marks
    """Marks of pages: by frame, behind these by name, and last the mark of a page never touched."""

    @classmethod
    def of(cls, view: View) -> Marked:
        """Read the tables of frames and names."""
        frames, names = frame_marks(view), name_marks(view)
        never = np.array([PageState.NEVER * 2], dtype=np.uint8)
        lookup = np.concatenate((_PAGE_OF_FRAME[frames], _PAGE_OF_NAME[names], never))
        lookup[0] = PageState.NEVER * 2
        return cls(view, frames, names, lookup)

    def pages(self, process: int) -> Marks:
        """State × 2 + in the swapcache, of every page of a process; (pages,)."""
        return self.of_words(words_of(self.view, process))

    def of_words(self, words: Image) -> Marks:
        """The same of page-table words, whichever they are; shape as given."""
        marks = np.empty(len(words), dtype=np.uint8)
        # A word of 0 reads as the largest offset, past the end of ``lookup``: its last mark, "never".
        names, frames = np.empty(BLOCK, dtype=np.int64), np.empty(BLOCK, dtype=np.int64)
        for start in range(0, len(words), BLOCK):
            block = words[start : start + BLOCK]
            places, mapped = names[: len(block)], frames[: len(block)]
            np.invert(block, out=places)
            places >>= PTE_OFFSET_SHIFT
            places &= PTE_OFFSET_MASK
            self._names_behind(places, block, PTE_TYPE_SHIFT)
            np.right_shift(block, PFN_SHIFT, out=mapped)
            mapped &= ZERO_PFN
            present = (block & PTE_PRESENT).astype(np.bool_)
            np.copyto(places, mapped, where=present)
            np.take(self.lookup, places, mode="clip", out=marks[start : start + BLOCK])
            present &= mapped == ZERO_PFN
            if present.any():
                marks[start : start + BLOCK][present] = PageState.ZERO_PAGE * 2
        return marks

    def shmem(self, mapping: int) -> Marks:
        """The same for the pages of a shmem object."""
        words = shmem_words_of(self.view, mapping)
        entries = words >> 1
        names = entries & SWP_OFFSET_MASK
        self._names_behind(names, entries, SWP_TYPE_SHIFT)
        return np.take(self.lookup, np.where(words & 1, names, entries), mode="clip")

    def _names_behind(self, names: Image, words: Image, type_shift: int) -> None:
        """Turn offsets of entries into places of ``lookup``, in place; ``words`` have their types."""
        if not seam(self.view).has_descriptors and len(self.view.swap_info) > 1:
            names += self.view.column(im.SI_BASE)[1:].take(words >> type_shift & TYPE_MASK, mode="clip")
        names += len(self.frames)

    def slots(self, kind: int) -> Marks:
        """:class:`SlotState` × 2 + its page is in the swapcache, of the header and every slot of a swapfile."""
        count = self.slot_count(kind)
        marks = np.empty(count, dtype=np.uint8)
        for start in range(0, count, BLOCK):
            marks[start : start + BLOCK] = self.slots_between(kind, start, min(start + BLOCK, count))
        return marks

    def slot_count(self, kind: int) -> int:
        """Slots of a swapfile, the header's included.

        Its table has room to grow; only the slots it has now count, and those still in use beyond
        them after it was made smaller.
        """
        view = self.view
        first, room = view.at(im.SI_BASE, kind + 1), view.at(im.SI_MAX, kind + 1)
        count = min(view.scalar(im.SWAPFILE_SLOTS[kind]) + 1, room)
        beyond = np.flatnonzero(view.column(im.SLOT_MAP)[first + count : first + room])
        if len(beyond):
            count += int(beyond[-1]) + 1
        return count

    def slots_between(self, kind: int, first: int, last: int) -> Marks:
        """The marks of slots ``first`` to ``last`` (not included) of a swapfile."""
        base = self.view.at(im.SI_BASE, kind + 1)
        start, stop = base + first, base + last
        rows = self.view.slot[start:stop]
        words, held = rows[:, im.SLOT_MAP & BYTE_MASK], rows[:, im.SLOT_ENTRY & BYTE_MASK]
        used = words != 0
        marks: Marks = used.astype(np.uint8)
        if seam(self.view).has_descriptors:
            owners = _CACHED_NAME[np.take(self.names, np.maximum(held, 0), mode="clip")]
            cached = owners & used & (held > 0)
        else:
            cached = _CACHED_NAME[self.names[start:stop]]
            marks[used & (rows[:, im.SLOT_CONTENT & BYTE_MASK] == 0)] = SlotState.CACHED
            marks[used & (held > 0)] = SlotState.HELD
            marks[used & (held == ZERO_MARK)] = SlotState.ZERO
        marks[words == SWAP_MAP_BAD] = SlotState.BAD
        marks = np.asarray(marks * 2 + cached, dtype=np.uint8)
        if first == 0:
            marks[:1] = SlotState.HEADER * 2
        return marks


def page_states(view: View, process: int) -> tuple[Marks, Flags]:
    """:class:`PageState` of every page of a process, and which of them are in the swapcache; both (pages,)."""
    return _apart(Marked.of(view).pages(process))


def shmem_states(view: View, mapping: int) -> tuple[Marks, Flags]:
    """The same for the pages of a shmem object, shape (pages,)."""
    return _apart(Marked.of(view).shmem(mapping))


def frame_states(view: View) -> tuple[Marks, Flags]:
    """:class:`FrameState` of every row of table page, and which are in the swapcache; both (rows,)."""
    return _apart((frame_marks(view) >> 1).astype(np.uint8))


def slot_states(view: View, kind: int) -> tuple[Marks, Flags]:
    """:class:`SlotState` of every slot of swapfile ``kind``, and whose page is in the swapcache too; both (slots,)."""
    return _apart(Marked.of(view).slots(kind))


def _apart(marks: Marks) -> tuple[Marks, Flags]:
    return (marks >> 1).astype(np.uint8), (marks & 1).astype(np.bool_)


def name_entries(view: View, names: Marks) -> Image:
    """Swap entries of all names in use, in the order of their numbers; ``names`` is :func:`name_marks`; (n,)."""
    if seam(view).has_descriptors:
        return np.flatnonzero(names != UNUSED_NAME).astype(np.int64)
    parts = [np.zeros(0, dtype=np.int64)]
    for kind in range(len(view.swap_info) - 1):
        first, count = view.at(im.SI_BASE, kind + 1), view.at(im.SI_MAX, kind + 1)
        parts.append(
            np.flatnonzero(names[first : first + count] != UNUSED_NAME).astype(np.int64) | kind << SWP_TYPE_SHIFT
        )
    return np.concatenate(parts)
