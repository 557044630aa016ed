"""One byte for each page, name and slot, in one pass over their tables: what a picture of a million of them needs.

What the bytes say is told in :mod:`engine.reading.marks`, which reads by these where there is machine code.
Nothing here writes to the image.
"""

from __future__ import annotations

from typing import Any

from engine.mm.backend import NONE, SLOT, TAG_MASK, ZERO, ZSWAP
from engine.mm.design.legacy import ZERO_MARK
from engine.mm.image import (
    DESC_BACKEND,
    DESC_CACHE,
    DESC_COUNT,
    PTE,
    SI_BASE,
    SLOT_CACHE,
    SLOT_CONTENT,
    SLOT_ENTRY,
    SLOT_MAP,
)
from engine.mm.journal import address_of, get
from engine.mm.kernel import entry, kernel
from engine.mm.schema import Words
from engine.mm.swapfile import CONTINUED_BASE, CONTINUED_SHIFT, COUNT_MASK, SWAP_MAP_BAD
from engine.mm.swapops import PFN_MASK, PFN_SHIFT, PTE_PRESENT, ZERO_PFN, pte_to_swp_entry, swp_offset, swp_type

COUNTS = 11
"""Counts 0 … 9 have marks of their own, and all above share one."""
TAGS = 4
"""Backends a name can have; see :mod:`engine.mm.backend`."""
UNUSED_NAME = COUNTS * 2 * TAGS
"""Mark of a name that is not in use."""

PAGE_NEVER, PAGE_OF_ZEROES = 0, 8
"""See :class:`engine.reading.PageState`: a page never touched, and one that maps the shared zero page."""
SLOT_FREE, SLOT_DISK, SLOT_HELD, SLOT_CACHED, SLOT_ZERO, SLOT_BAD = range(6)
"""See :class:`engine.reading.SlotState`."""


@kernel
def name_mark(count: int, cache: int, tag: int) -> int:
    """The mark of a name in use."""
    in_swapcache = 0
    if cache != 0 and cache & 1 == 0:
        in_swapcache = 1
    return (min(count, COUNTS - 1) * 2 + in_swapcache) * TAGS + tag


@kernel
def is_cached(mark: int) -> int:
    """1 for the mark of a name whose page is in the swapcache."""
    if mark < UNUSED_NAME:
        return mark // TAGS & 1
    return 0


@entry
def mark_descriptors(m: Words, marks: Any) -> int:
    """The marks of the first rows of table desc, as many as there is room for."""
    for row in range(len(marks)):
        mark = name_mark(get(m, DESC_COUNT, row), get(m, DESC_CACHE, row), get(m, DESC_BACKEND, row) & TAG_MASK)
        if mark == 0:
            mark = UNUSED_NAME
        marks[row] = mark
    return 0


@entry
def mark_slot_names(m: Words, first: int, marks: Any) -> int:
    """The marks of slots where they are the names, from row ``first`` on, as many as there is room for."""
    for place in range(len(marks)):
        row = first + place
        word = get(m, SLOT_MAP, row)
        mark = UNUSED_NAME
        if word != 0 and word != SWAP_MAP_BAD:
            held = get(m, SLOT_ENTRY, row)
            tag = NONE
            if held == ZERO_MARK:
                tag = ZERO
            elif held > 0:
                tag = ZSWAP
            elif get(m, SLOT_CONTENT, row) != 0:
                tag = SLOT
            count = (word & COUNT_MASK) + CONTINUED_BASE * (word >> CONTINUED_SHIFT)
            mark = name_mark(count, get(m, SLOT_CACHE, row), tag)
        marks[place] = mark
    return 0


@entry
def mark_slots(m: Words, described: int, first: int, names: Any, marks: Any) -> int:
    """State × 2 + in the swapcache of the slots from row ``first`` on, as many as there is room for."""
    for place in range(len(marks)):
        word = get(m, SLOT_MAP, first + place)
        state = SLOT_FREE
        cached = 0
        if word == SWAP_MAP_BAD:
            state = SLOT_BAD
        elif word != 0:
            state = SLOT_DISK
            held = get(m, SLOT_ENTRY, first + place)
            if described != 0:
                if held > 0:
                    cached = is_cached(names[min(held, len(names) - 1)])
            else:
                cached = is_cached(names[first + place])
                if held == ZERO_MARK:
                    state = SLOT_ZERO
                elif held > 0:
                    state = SLOT_HELD
                elif get(m, SLOT_CONTENT, first + place) == 0:
                    state = SLOT_CACHED
        marks[place] = state * 2 + cached
    return 0


@entry
def mark_pages(m: Words, first: int, described: int, frames: Any, names: Any, of_frame: Any, of_name: Any,
               marks: Any) -> int:  # fmt: skip
    """The marks of pages from row ``first`` of table pte on, as many as there is room for.

    ``of_frame`` and ``of_name`` give that of a page for each of a frame or name.
    """
    for page in range(len(marks)):
        word = get(m, PTE, first + page)
        mark = PAGE_NEVER
        if word & PTE_PRESENT != 0:
            frame = (word >> PFN_SHIFT) & PFN_MASK
            if frame == ZERO_PFN:
                mark = PAGE_OF_ZEROES * 2
            elif 0 < frame < len(frames):
                mark = of_frame[frames[frame]]
        elif word != 0:
            entry = pte_to_swp_entry(word)
            name = swp_offset(entry)
            if described == 0:
                name += get(m, SI_BASE, swp_type(entry) + 1)
            if name < len(names):
                mark = of_name[names[name]]
        marks[page] = mark
    return 0


@entry
def walk_list(m: Words, link: int, first: int, rows: Any) -> int:
    """Rows of a table from ``first`` along its column ``link`` until 0 or there is no more room; how many they are.

    In a broken image a link may lead anywhere: the walk ends at a row that is outside the image.
    """
    row = first
    at = 0
    while 0 < row < len(m) and at < len(rows):
        where = address_of(m, link, row)
        if where < 0 or where >= len(m):
            break
        rows[at] = row
        row = m[where]
        at += 1
    return at
