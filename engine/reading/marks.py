"""One byte for each page, frame, name and slot: fast enough to read a million of them every frame.

A *mark* is a small number that says all a coloured cell needs. Tables are read once, and whatever
points at a row of another table looks its byte up there instead of gathering 64-bit words. Machine
code does so in one pass (:mod:`engine.mm.marking`), without the interpreter that the window needs
meanwhile; numpy does until it is there. :mod:`engine.reading.states` says the same with names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.backend import TAG_MASK
from engine.mm.compiler import is_ready
from engine.mm.design.legacy import ZERO_MARK
from engine.mm.kernel import compiled
from engine.mm.layout import Image
from engine.mm.marking import (
    COUNTS,
    TAGS,
    UNUSED_NAME,
    mark_descriptors,
    mark_pages,
    mark_slot_names,
    mark_slots,
)
from engine.mm.pageflags import PG_ACTIVE, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.schema import BYTE_MASK
from engine.mm.swapfile import SWAP_MAP_BAD
from engine.mm.swapops import (
    PFN_MASK,
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
    flags = view.column(im.PAGE_FLAGS)
    marks = np.full(len(flags), FrameState.FREE * 4, dtype=np.uint8)
    used = view.scalar(im.FRAME_TOP) + 1
    np.take(_OF_FLAGS, flags[:used].astype(np.uint16), mode="clip", out=marks[:used])
    return marks


def name_marks(view: View) -> Marks:
    """(count × 2 + in the swapcache) × 4 + :class:`Backend` of every name, by row of its table.

    With descriptors that is every row of table desc up to the last one ever used; in today's design
    every row of table slot. What is not in use has :data:`UNUSED_NAME`.
    """
    if seam(view).has_descriptors:
        return _desc_marks(view)
    marks = np.full(len(view.slot), UNUSED_NAME, dtype=np.uint8)
    for row in range(1, len(view.swap_info)):
        first = view.at(im.SI_BASE, row)
        _mark_slot_names(view, first, marks[first : first + view.at(im.SI_HIGHEST, row) + 1])
    return marks


def _desc_marks(view: View) -> Marks:
    rows = view.desc[: view.scalar(im.DESC_TOP) + 1]
    marks = np.empty(len(rows), dtype=np.uint8)
    if is_ready():
        compiled(mark_descriptors)(view.words, marks)
    else:
        count, cache, backend = (code & BYTE_MASK for code in (im.DESC_COUNT, im.DESC_CACHE, im.DESC_BACKEND))
        marks[:] = _name_marks_of(rows[:, count], rows[:, cache], rows[:, backend] & TAG_MASK)
        marks[marks == 0] = UNUSED_NAME
    return marks


def _mark_slot_names(view: View, first: int, marks: Marks) -> None:
    """Fill in the marks of slots from a row of table slot on."""
    if is_ready():
        compiled(mark_slot_names)(view.words, first, marks)
        return
    rows = view.slot[first : first + len(marks)]
    columns = (im.SLOT_MAP, im.SLOT_CACHE, im.SLOT_ENTRY, im.SLOT_CONTENT)
    words, caches, entries, contents = (rows[:, code & BYTE_MASK] for code in columns)
    tags = np.where(contents != 0, Backend.SLOT, Backend.NONE)
    tags[entries > 0] = Backend.ZSWAP
    tags[entries == ZERO_MARK] = Backend.ZERO
    marks[:] = _name_marks_of(slot_counts(words), caches, tags)
    marks[(words == 0) | (words == SWAP_MAP_BAD)] = UNUSED_NAME


def _name_marks_of(counts: Image, caches: Image, tags: Image) -> Marks:
    cached = (caches != 0) & (caches & 1 == 0)
    return np.asarray((np.minimum(counts, COUNTS - 1) * 2 + cached) * TAGS + tags, dtype=np.uint8)


@dataclass(frozen=True)
class Marked:
    """The marks of frames and names, from which those of pages follow."""

    view: View
    frames: Marks
    names: Marks

    @classmethod
    def of(cls, view: View) -> Marked:
        """Read the tables of frames and names."""
        return cls(view, frame_marks(view), name_marks(view))

    def pages(self, process: int) -> Marks:
        """State × 2 + in the swapcache, of every page of a process; (pages,)."""
        if not is_ready():
            return self.of_words(words_of(self.view, process))
        marks: Marks = np.empty(self.view.at(im.MM_PAGES, process), dtype=np.uint8)
        compiled(mark_pages)(
            self.view.words, self.view.at(im.MM_PTE, process), int(seam(self.view).has_descriptors), self.frames,
            self.names, _PAGE_OF_FRAME, _PAGE_OF_NAME, marks,
        )  # fmt: skip
        return marks

    def of_words(self, words: Image) -> Marks:
        """The same of page-table words, whichever they are; shape as given."""
        frames = words >> PFN_SHIFT & PFN_MASK
        names = ~words >> PTE_OFFSET_SHIFT & PTE_OFFSET_MASK
        marks = self._marks_of(frames, self._names_behind(names, words, PTE_TYPE_SHIFT), words & PTE_PRESENT == 0)
        marks[(words & PTE_PRESENT != 0) & (frames == ZERO_PFN)] = PageState.ZERO_PAGE * 2
        return marks

    def shmem(self, mapping: int) -> Marks:
        """The same for the pages of a shmem object."""
        words = shmem_words_of(self.view, mapping)
        entries = words >> 1
        names = self._names_behind(entries & SWP_OFFSET_MASK, entries, SWP_TYPE_SHIFT)
        return self._marks_of(entries, names, words & 1 != 0)

    def _names_behind(self, offsets: Image, words: Image, type_shift: int) -> Image:
        """Rows of names from offsets of swap entries, whose types are in ``words``."""
        if seam(self.view).has_descriptors or len(self.view.swap_info) <= 1:
            return offsets
        return offsets + self.view.column(im.SI_BASE)[1:].take(words >> type_shift & TYPE_MASK, mode="clip")

    def _marks_of(self, frames: Image, names: Image, swapped: Flags) -> Marks:
        """The marks of pages that are in a frame, or ``swapped`` out under a name; a row there is not is a page never
        touched."""
        in_frame = _PAGE_OF_FRAME[np.take(self.frames, frames, mode="clip")]
        under_name = _PAGE_OF_NAME[np.take(self.names, names, mode="clip")]
        marks = np.where(swapped, under_name, in_frame)
        rows = np.where(swapped, len(self.names), len(self.frames))
        places = np.where(swapped, names, frames)
        marks[(places >= rows) | ~swapped & (frames == 0)] = PageState.NEVER * 2
        return marks

    def slots(self, kind: int) -> Marks:
        """:class:`SlotState` × 2 + its page is in the swapcache, of the header and every slot of a swapfile."""
        return self.slots_between(kind, 0, self.slot_count(kind))

    def slot_count(self, kind: int) -> int:
        """Slots of a swapfile, the header's included.

        Its table has room to grow; only the slots it has now count, and those still in use beyond
        them after it was made smaller.
        """
        view = self.view
        first, highest = view.at(im.SI_BASE, kind + 1), view.at(im.SI_HIGHEST, kind + 1)
        count = min(view.scalar(im.SWAPFILE_SLOTS[kind]) + 1, view.at(im.SI_MAX, kind + 1))
        beyond = np.flatnonzero(view.column(im.SLOT_MAP)[first + count : first + highest + 1])
        if len(beyond):
            count += int(beyond[-1]) + 1
        return count

    def slots_between(self, kind: int, first: int, last: int) -> Marks:
        """The marks of slots ``first`` to ``last`` (not included) of a swapfile."""
        base = self.view.at(im.SI_BASE, kind + 1)
        described = seam(self.view).has_descriptors
        if is_ready():
            marks: Marks = np.empty(last - first, dtype=np.uint8)
            compiled(mark_slots)(self.view.words, int(described), base + first, self.names, marks)
        else:
            marks = self._slots_between(described, base + first, base + last)
        if first == 0:
            marks[:1] = SlotState.HEADER * 2
        return marks

    def _slots_between(self, described: bool, start: int, stop: int) -> Marks:
        rows = self.view.slot[start:stop]
        words, held = rows[:, im.SLOT_MAP & BYTE_MASK], rows[:, im.SLOT_ENTRY & BYTE_MASK]
        used = words != 0
        marks = np.where(used, np.uint8(SlotState.DISK), np.uint8(SlotState.FREE))
        if described:
            owners = _CACHED_NAME[np.take(self.names, np.maximum(held, 0), mode="clip")]
            cached = owners & used & (held > 0)
        else:
            cached = _CACHED_NAME[self.names[start:stop]]
            marks[used & (rows[:, im.SLOT_CONTENT & BYTE_MASK] == 0)] = SlotState.CACHED
            marks[used & (held > 0)] = SlotState.HELD
            marks[used & (held == ZERO_MARK)] = SlotState.ZERO
        marks[words == SWAP_MAP_BAD] = SlotState.BAD
        return np.asarray(marks * 2 + cached, dtype=np.uint8)


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
