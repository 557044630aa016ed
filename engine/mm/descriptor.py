"""Entries whose bytes can move: what designs with an indirection share.

A row of the table ``desc`` stands between the page table and the bytes: count, swapcache
pointer and backend are in it, and a slot of a swapfile is one possible backend. A slot's
``SLOT_ENTRY`` tells the row it belongs to.
"""

from __future__ import annotations

from engine.mm.backend import SLOT, backend_slot, backend_tag
from engine.mm.image import DESC_BACKEND, DESC_CACHE, DESC_COUNT, SLOT_ENTRY
from engine.mm.journal import emit, get, put
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.swapfile import alloc_slot, free_slot, nr_swap_pages, slot_row
from engine.mm.swapops import swp_offset
from engine.mm.transitions import SLOT_FAIL, SLOT_TAKEN
from engine.mm.zswap_pool import zswap_would_take

SLOT_TAKEN_MAP = 1
"""``SLOT_MAP`` of a physical slot in use: its count lives in the descriptor."""


@kernel
def can_leave(m: Words) -> bool:
    """A page can leave while the pool takes pages or a slot is free."""
    return zswap_would_take(m) or nr_swap_pages(m) > 0


@kernel
def begin_row(m: Words, row: int, frame: int) -> None:
    """A new entry: nobody holds it yet, its page is in the swapcache, no bytes anywhere."""
    put(m, DESC_COUNT, row, 0)
    put(m, DESC_CACHE, row, frame << 1)
    put(m, DESC_BACKEND, row, 0)


@kernel
def drop_slot(m: Words, row: int) -> None:
    """If its bytes are in a slot, the slot is free again."""
    word = get(m, DESC_BACKEND, row)
    if backend_tag(word) == SLOT:
        slot = backend_slot(word)
        put(m, SLOT_ENTRY, slot_row(m, slot), 0)
        free_slot(m, slot)


@kernel
def point_at(m: Words, entry: int, word: int) -> None:
    """The descriptor points at new bytes; a slot left behind is free. The page tables never notice."""
    row = swp_offset(entry)
    if get(m, DESC_BACKEND, row) != word:
        drop_slot(m, row)
        put(m, DESC_BACKEND, row, word)


@kernel
def slot_when_written(m: Words, entry: int) -> int:
    """The slot a page is written to: the one it has, or one taken only now; -1: none is free."""
    word = get(m, DESC_BACKEND, swp_offset(entry))
    if backend_tag(word) == SLOT:
        return backend_slot(word)
    slot = alloc_slot(m, SLOT_TAKEN_MAP, False)
    if slot < 0:
        emit(m, SLOT_FAIL, entry, 0, 0)
        return -1
    put(m, SLOT_ENTRY, slot_row(m, slot), swp_offset(entry))
    emit(m, SLOT_TAKEN, entry, slot, 0)
    return slot


@kernel
def end_row(m: Words, row: int) -> None:
    """Nothing is left of the entry."""
    drop_slot(m, row)
    put(m, DESC_COUNT, row, 0)
    put(m, DESC_CACHE, row, 0)
    put(m, DESC_BACKEND, row, 0)


@kernel
def slot_of_bytes(m: Words, entry: int) -> int:
    """The slot that holds the entry's bytes; -1: they are elsewhere."""
    word = get(m, DESC_BACKEND, swp_offset(entry))
    if backend_tag(word) == SLOT:
        return backend_slot(word)
    return -1
