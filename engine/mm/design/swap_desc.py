"""The proposal of 2023: the page table holds a swap id, the id leads to a ``swap_desc``.

A page that leaves memory needs only a descriptor. Where its bytes are (zswap, a slot, nowhere
yet) is written in the descriptor, and so are its count and its swapcache pointer. A slot is
taken when a page is really written to disk; when the bytes move, the page table is not touched.
The price is 24 bytes a swapped page, 32 with the reverse map that readahead wants.
"""

from __future__ import annotations

from engine import metadata
from engine.mm.descriptor import begin_row, can_leave, end_row, point_at, slot_of_bytes, slot_when_written
from engine.mm.image import (
    DESC_ALLOC,
    DESC_BACKEND,
    DESC_CACHE,
    DESC_COUNT,
    DESC_FREE,
    DESC_NEXT,
    DESC_TOP,
    NR_DESC,
    RMAP,
    RMAP_STEPS,
    SLOT_ENTRY,
    SLOT_MAP,
    SWAP_TOTAL,
)
from engine.mm.journal import add, address_of, emit, get, put, put_add, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.slab import descriptor_bytes, slab_give_back, slab_take
from engine.mm.swapfile import SWAP_MAP_BAD, slot_row
from engine.mm.swapops import swp_offset
from engine.mm.transitions import DESC_FREED
from engine.mm.view import View

NUMBER = 1
NAME = "swap_desc"
ENTRY_NAME = "swap id"
ENTRY_TABLE = "desc"
"""The table whose rows stand for what a page table holds, for those who read an image."""

RMAP_KEPT = 0
RMAP_NONE = 1
RMAP_SCAN = 2

INDEX_FANOUT_BITS = 6
"""The index from id to descriptor is an xarray: 2^6 pointers to a node."""


@kernel
def can_name(m: Words) -> bool:
    """Whether a page could leave memory: the pool counts, not only the slots."""
    return can_leave(m)


@kernel
def name_folio(m: Words, frame: int) -> int:
    """A descriptor from the slab cache; its number is the page's name."""
    if not slab_take(m):
        return 0
    row = m[DESC_FREE]
    if row != 0:
        store(m, DESC_FREE, get(m, DESC_NEXT, row))
        put(m, DESC_NEXT, row, 0)
    else:
        row = m[DESC_TOP] + 1
        store(m, DESC_TOP, row)
    add(m, NR_DESC, 1)
    add(m, DESC_ALLOC, 1)
    begin_row(m, row, frame)
    return row


@kernel
def entry_address(m: Words, entry: int) -> int:
    """The descriptor's row."""
    return address_of(m, DESC_COUNT, swp_offset(entry))


@kernel
def entry_count(m: Words, entry: int) -> int:
    """The descriptor's count."""
    return get(m, DESC_COUNT, swp_offset(entry))


@kernel
def duplicate_entry(m: Words, entry: int) -> None:
    """One more entry holds the id: a whole word counts, no continuation is needed."""
    put_add(m, DESC_COUNT, swp_offset(entry), 1)


@kernel
def drop_count(m: Words, entry: int) -> None:
    """One entry less holds the id."""
    put_add(m, DESC_COUNT, swp_offset(entry), -1)


@kernel
def cache_word(m: Words, entry: int) -> int:
    """The swapcache pointer is in the descriptor."""
    return get(m, DESC_CACHE, swp_offset(entry))


@kernel
def set_cache_word(m: Words, entry: int, word: int) -> None:
    """Set it."""
    put(m, DESC_CACHE, swp_offset(entry), word)


@kernel
def backend(m: Words, entry: int) -> int:
    """The descriptor says."""
    return get(m, DESC_BACKEND, swp_offset(entry))


@kernel
def set_backend(m: Words, entry: int, word: int) -> None:
    """The descriptor is pointed elsewhere."""
    point_at(m, entry, word)


@kernel
def slot_for_write(m: Words, entry: int) -> int:
    """Taken only now."""
    return slot_when_written(m, entry)


@kernel
def release(m: Words, entry: int) -> None:
    """The descriptor goes back to the slab cache, its slot to the swapfile."""
    row = swp_offset(entry)
    end_row(m, row)
    put(m, DESC_NEXT, row, m[DESC_FREE])
    store(m, DESC_FREE, row)
    add(m, NR_DESC, -1)
    slab_give_back(m)
    emit(m, DESC_FREED, row, 0, 0)


@kernel
def owner_of_slot(m: Words, slot: int) -> int:
    """By the reverse map if it is kept, by reading every descriptor if it is scanned for, else unknown."""
    row = slot_row(m, slot)
    word = get(m, SLOT_MAP, row)
    if word == 0 or word == SWAP_MAP_BAD or m[RMAP] == RMAP_NONE:
        return -1
    if m[RMAP] == RMAP_SCAN:
        add(m, RMAP_STEPS, m[DESC_TOP])
    else:
        add(m, RMAP_STEPS, 1)
    return get(m, SLOT_ENTRY, row)


@kernel
def lookup_cost(m: Words, entry: int) -> int:
    """The index from id to descriptor, then the pointer in it."""
    height = 1
    while 1 << (INDEX_FANOUT_BITS * height) < m[DESC_TOP]:
        height += 1
    return height + 1


@kernel
def entry_bytes(m: Words) -> int:
    """The descriptor."""
    return descriptor_bytes(m)


@kernel
def readahead_slot(m: Words, entry: int) -> int:
    """The slot its bytes are in; a page in zswap has none."""
    return slot_of_bytes(m, entry)


@kernel
def swapoff_walk(m: Words) -> int:
    """The descriptors."""
    return 1


def metadata_bytes(view: View) -> tuple[float, float]:
    """Static and dynamic bytes: see :func:`engine.metadata.swap_desc`."""
    kept = view.scalar(RMAP) == RMAP_KEPT
    found = metadata.swap_desc(view.scalar(SWAP_TOTAL), view.scalar(NR_DESC), kept)
    return found.static, found.dynamic
