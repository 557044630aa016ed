"""Where each page, frame and slot is, as small numbers: what the coloured cells show.

Everything is computed for whole tables at once. ``process`` is a row of table mm, ``mapping`` a
row of table mapping and ``kind`` a swapfile's type (0 …).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.layout import Image
from engine.mm.pageflags import PG_ACTIVE, PG_SWAPCACHE, PG_UNEVICTABLE
from engine.mm.view import View
from engine.reading.designs import BAD_SLOT, COUNT_MASK, HAS_CACHE, ZERO_MARK, Backend, seam
from engine.reading.entries import Flags, entries_of, frames_of, shmem_words_of, words_of, zero_page_mapped

States = NDArray[np.uint8]


class PageState(IntEnum):
    """Where a page is."""

    NEVER = 0
    """Never touched, or given back."""
    ACTIVE = 1
    INACTIVE = 2
    UNEVICTABLE = 3
    ZSWAP = 4
    DISK = 5
    ZERO = 6
    """Swapped out as nothing but a mark that it was all zeroes."""
    CACHED_ONLY = 7
    """Its page table holds a swap entry but the page is in memory, in the swapcache."""
    ZERO_PAGE = 8
    """Maps the shared zero page: it has no frame of its own."""
    ADRIFT = 9
    """Its entry has neither swapcache nor backend; between two transitions of a swap-out at most."""


class FrameState(IntEnum):
    """What a frame of memory is used for."""

    FREE = 0
    ACTIVE = 1
    INACTIVE = 2
    UNEVICTABLE = 3


class SlotState(IntEnum):
    """What a slot of a swapfile is used for."""

    FREE = 0
    DISK = 1
    """Holds a page."""
    HELD = 2
    """Taken, but its page is in zswap: it holds nothing."""
    CACHED = 3
    """Taken, but its page is still in the swapcache and was not written."""
    ZERO = 4
    """Taken, but its page is only a zero mark."""
    BAD = 5
    HEADER = 6
    """Slot 0, the file's header."""


_OF_TAG = np.zeros(8, dtype=np.uint8)
_OF_TAG[int(Backend.NONE)] = PageState.ADRIFT
_OF_TAG[int(Backend.ZSWAP)] = PageState.ZSWAP
_OF_TAG[int(Backend.SLOT)] = PageState.DISK
_OF_TAG[int(Backend.ZERO)] = PageState.ZERO


def page_states(view: View, process: int) -> tuple[States, Flags]:
    """:class:`PageState` of every page of a process, and which of them are in the swapcache; both (pages,)."""
    words = words_of(view, process)
    states, cached = _located(view, frames_of(words), entries_of(words))
    states[zero_page_mapped(words)] = PageState.ZERO_PAGE
    return states, cached


def shmem_states(view: View, mapping: int) -> tuple[States, Flags]:
    """The same for the pages of a shmem object, shape (pages,)."""
    words = shmem_words_of(view, mapping)
    return _located(view, np.where(words & 1, 0, words >> 1), np.where(words & 1, words >> 1, 0))


def frame_states(view: View) -> tuple[States, Flags]:
    """:class:`FrameState` of every row of table page, and which are in the swapcache; both (rows,)."""
    flags = view.column(im.PAGE_FLAGS)
    return _of_flags(flags), flags & PG_SWAPCACHE != 0


def slot_states(view: View, kind: int) -> tuple[States, Flags]:
    """:class:`SlotState` of every slot of swapfile ``kind``, and whose page is also in the swapcache; both (max,)."""
    first, count = view.at(im.SI_BASE, kind + 1), view.at(im.SI_MAX, kind + 1)
    words = view.column(im.SLOT_MAP)[first : first + count]
    used = words != 0
    states = used.astype(np.uint8)
    cached = np.zeros(count, dtype=np.bool_)
    if not seam(view).has_descriptors:
        held = view.column(im.SLOT_ENTRY)[first : first + count]
        cache = view.column(im.SLOT_CACHE)[first : first + count]
        cached = used & (cache != 0) & (cache & 1 == 0)
        states[used & cached & (view.column(im.SLOT_CONTENT)[first : first + count] == 0)] = SlotState.CACHED
        states[used & (held > 0)] = SlotState.HELD
        states[used & (held == ZERO_MARK)] = SlotState.ZERO
    else:
        owners = view.column(im.SLOT_ENTRY)[first : first + count]
        known = np.flatnonzero(used & (owners > 0))
        cached[known] = seam(view).cache_of(view, owners[known]) != 0
    states[used & (words & COUNT_MASK == BAD_SLOT)] = SlotState.BAD
    if count:
        states[0] = SlotState.HEADER
    return states, cached


def swapped_out(view: View, kind: int) -> int:
    """Slots of swapfile ``kind`` that are taken although their page is in zswap."""
    return int(np.count_nonzero(slot_states(view, kind)[0] == SlotState.HELD))


def descriptor_facts(view: View) -> tuple[Image, Image, Image, States]:
    """Every named page that is out of a page table, in the order of its name.

    Entries (0 where a descriptor is unused), counts, frames in the swapcache (0 for none) and
    :class:`Backend`, all of shape (n,). With descriptors these are rows 1 … of table desc; in
    today's design the slots in use of all swapfiles, because there the slot number is the name.
    """
    found = seam(view)
    if found.has_descriptors:
        entries = np.arange(1, view.scalar(im.DESC_TOP) + 1, dtype=np.int64)
        words = view.desc[1 : len(entries) + 1]
        used = (words[:, im.DESC_COUNT & 0xFF] != 0) | (words[:, im.DESC_BACKEND & 0xFF] & 7 != 0)
        used |= (words[:, im.DESC_CACHE & 0xFF] != 0) & (words[:, im.DESC_CACHE & 0xFF] & 1 == 0)
        entries = np.where(used, entries, 0)
    else:
        parts = []
        for kind in range(len(view.swap_info) - 1):
            first, count = view.at(im.SI_BASE, kind + 1), view.at(im.SI_MAX, kind + 1)
            words = view.column(im.SLOT_MAP)[first : first + count]
            in_use = np.flatnonzero((words != 0) & (words & COUNT_MASK != BAD_SLOT)).astype(np.int64)
            parts.append(in_use[in_use > 0] | kind << 58)
        entries = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    counts = np.zeros(len(entries), dtype=np.int64)
    frames = np.zeros(len(entries), dtype=np.int64)
    tags = np.zeros(len(entries), dtype=np.uint8)
    there = np.flatnonzero(entries)
    if len(there):
        counts[there] = found.count_of(view, entries[there])
        frames[there] = found.cache_of(view, entries[there])
        tags[there] = found.backend_of(view, entries[there])[0]
    return entries, counts, frames, tags


def _of_flags(flags: Image) -> States:
    states = np.where(flags & PG_ACTIVE, FrameState.ACTIVE, FrameState.INACTIVE).astype(np.uint8)
    states[flags & PG_UNEVICTABLE != 0] = FrameState.UNEVICTABLE
    states[flags == 0] = FrameState.FREE
    return states


def _located(view: View, frames: Image, entries: Image) -> tuple[States, Flags]:
    states = np.zeros(len(frames), dtype=np.uint8)
    cached = np.zeros(len(frames), dtype=np.bool_)
    present = np.flatnonzero(frames)
    flags = view.column(im.PAGE_FLAGS)[frames[present]]
    states[present] = np.maximum(_of_flags(flags), PageState.ACTIVE)
    cached[present] = flags & PG_SWAPCACHE != 0
    gone = np.flatnonzero(entries)
    if len(gone):
        found = seam(view)
        there = found.cache_of(view, entries[gone]) != 0
        states[gone] = np.where(there, PageState.CACHED_ONLY, _OF_TAG[found.backend_of(view, entries[gone])[0]])
        cached[gone] = there
    return states, cached


__all__ = [
    "HAS_CACHE", "FrameState", "PageState", "SlotState", "descriptor_facts", "frame_states", "page_states",
    "shmem_states", "slot_states", "swapped_out",
]  # fmt: skip
