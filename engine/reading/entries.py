"""Page-table words and swap entries taken apart, for whole arrays at once.

The encodings are those of :mod:`engine.mm.swapops`, here for arrays. No swap entry is ever 0:
offset 0 is a swapfile's header and row 0 of every table is unused, so 0 stands for "none".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.layout import Image
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

TYPE_MASK = 31

Flags = NDArray[np.bool_]


def swap_entry(kind: int, offset: int) -> int:
    """The swap entry of slot, descriptor or virtual slot ``offset`` of type ``kind``."""
    return kind << SWP_TYPE_SHIFT | offset


def type_of(entry: int) -> int:
    """Type of a swap entry: the swapfile in today's design, 0 otherwise."""
    return entry >> SWP_TYPE_SHIFT


def offset_of(entry: int) -> int:
    """Offset of a swap entry."""
    return entry & SWP_OFFSET_MASK


def frames_of(words: Image) -> Image:
    """Frame number of each page-table word that maps one and 0 for the others, shape as given."""
    frames = words >> PFN_SHIFT & PFN_MASK
    return np.where((words & PTE_PRESENT == PTE_PRESENT) & (frames != ZERO_PFN), frames, 0)


def entries_of(words: Image) -> Image:
    """Swap entry of each page-table word that holds one and 0 for the others, shape as given."""
    entries = (words >> PTE_TYPE_SHIFT & TYPE_MASK) << SWP_TYPE_SHIFT | ~words >> PTE_OFFSET_SHIFT & PTE_OFFSET_MASK
    return np.where((words & PTE_PRESENT == 0) & (words != 0), entries, 0)


def words_of(view: View, process: int) -> Image:
    """The page table of process ``process`` (row of table mm), shape (pages,)."""
    first = view.at(im.MM_PTE, process)
    return view.column(im.PTE)[first : first + view.at(im.MM_PAGES, process)]


def shmem_words_of(view: View, mapping: int) -> Image:
    """The page cache of a shmem object (row of table mapping), shape (pages,)."""
    first = view.at(im.MAP_CACHE, mapping)
    return view.column(im.SHMEM)[first : first + view.at(im.MAP_PAGES, mapping)]


def pages_holding(view: View, entry: int) -> list[tuple[int, int]]:
    """(process, page) of every page-table entry that holds a swap entry."""
    # One comparison a word: the upper 55 bits of a swap word are type and inverted offset alone.
    upper = type_of(entry) << PTE_TYPE_SHIFT - PTE_OFFSET_SHIFT | ~offset_of(entry) & PTE_OFFSET_MASK
    upper -= (upper >> 54 & 1) << 55
    column = view.column(im.PTE)
    found = np.flatnonzero(column >> PTE_OFFSET_SHIFT == upper)
    return owners_of(view, found[(column[found] & PTE_PRESENT) == 0])


def pages_mapping(view: View, frame: int) -> list[tuple[int, int]]:
    """(process, page) of every page-table entry that maps a frame."""
    column = view.column(im.PTE)
    found = np.flatnonzero((column >> PFN_SHIFT & PFN_MASK) == frame)
    return owners_of(view, found[(column[found] & PTE_PRESENT) == PTE_PRESENT])


def owners_of(view: View, rows: NDArray[np.intp]) -> list[tuple[int, int]]:
    """(process, page) of rows of table pte."""
    owners = []
    for process in range(1, view.scalar(im.PROCESSES) + 1):
        first, pages = view.at(im.MM_PTE, process), view.at(im.MM_PAGES, process)
        owners += [(process, int(row) - first) for row in rows if first <= row < first + pages]
    return owners


def shmem_holding(view: View, word: int) -> list[tuple[int, int]]:
    """(mapping, index) of every page-cache word of a shmem object that is ``word``."""
    rows = np.flatnonzero(view.column(im.SHMEM) == word)
    owners = []
    for mapping in range(1, view.scalar(im.MAPPINGS) + 1):
        first, pages = view.at(im.MAP_CACHE, mapping), view.at(im.MAP_PAGES, mapping)
        owners += [(mapping, int(row) - first) for row in rows if first <= row < first + pages]
    return owners
