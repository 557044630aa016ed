"""The LRU lists of anonymous pages, and frames in and out of them (mm/swap.c, mm_inline.h)."""

from __future__ import annotations

from engine.mm.image import (
    ACTIVE,
    ACTIVE_TAIL,
    INACTIVE,
    INACTIVE_TAIL,
    NR_ACTIVE,
    NR_INACTIVE,
    NR_UNEVICTABLE,
    PAGE_FLAGS,
    PAGE_NEXT,
    PAGE_PREV,
)
from engine.mm.journal import add, get, put, store
from engine.mm.kernel import kernel
from engine.mm.pageflags import PG_ACTIVE, PG_DIRTY, PG_LOCKED, PG_LRU, PG_MLOCKED, PG_UNEVICTABLE
from engine.mm.schema import Words


@kernel
def set_flags(m: Words, frame: int, flags: int) -> None:
    """Set PG_* bits."""
    old = get(m, PAGE_FLAGS, frame)
    if old | flags != old:
        put(m, PAGE_FLAGS, frame, old | flags)


@kernel
def clear_flags(m: Words, frame: int, flags: int) -> None:
    """Clear PG_* bits."""
    old = get(m, PAGE_FLAGS, frame)
    if old & flags != 0:
        put(m, PAGE_FLAGS, frame, old & ~flags)


@kernel
def has_flag(m: Words, frame: int, flag: int) -> bool:
    """Whether a PG_* bit is set."""
    return get(m, PAGE_FLAGS, frame) & flag != 0


@kernel
def list_add_head(m: Words, head: int, tail: int, frame: int) -> None:
    """Newest end: list_add()."""
    first = m[head]
    put(m, PAGE_PREV, frame, 0)
    put(m, PAGE_NEXT, frame, first)
    if first != 0:
        put(m, PAGE_PREV, first, frame)
    else:
        store(m, tail, frame)
    store(m, head, frame)


@kernel
def list_add_tail(m: Words, head: int, tail: int, frame: int) -> None:
    """Oldest end: list_add_tail()."""
    last = m[tail]
    put(m, PAGE_NEXT, frame, 0)
    put(m, PAGE_PREV, frame, last)
    if last != 0:
        put(m, PAGE_NEXT, last, frame)
    else:
        store(m, head, frame)
    store(m, tail, frame)


@kernel
def list_del(m: Words, head: int, tail: int, frame: int) -> None:
    """list_del()"""
    prev = get(m, PAGE_PREV, frame)
    nxt = get(m, PAGE_NEXT, frame)
    if prev != 0:
        put(m, PAGE_NEXT, prev, nxt)
    else:
        store(m, head, nxt)
    if nxt != 0:
        put(m, PAGE_PREV, nxt, prev)
    else:
        store(m, tail, prev)


@kernel
def lru_add(m: Words, frame: int) -> None:
    """lruvec_add_folio(): to the head of the list its flags name."""
    flags = get(m, PAGE_FLAGS, frame)
    put(m, PAGE_FLAGS, frame, flags | PG_LRU)
    if flags & PG_UNEVICTABLE != 0:
        add(m, NR_UNEVICTABLE, 1)
    elif flags & PG_ACTIVE != 0:
        list_add_head(m, ACTIVE, ACTIVE_TAIL, frame)
        add(m, NR_ACTIVE, 1)
    else:
        list_add_head(m, INACTIVE, INACTIVE_TAIL, frame)
        add(m, NR_INACTIVE, 1)


@kernel
def lru_del(m: Words, frame: int) -> None:
    """lruvec_del_folio(): off whatever list it is on."""
    flags = get(m, PAGE_FLAGS, frame)
    put(m, PAGE_FLAGS, frame, flags & ~PG_LRU)
    if flags & PG_UNEVICTABLE != 0:
        add(m, NR_UNEVICTABLE, -1)
    elif flags & PG_ACTIVE != 0:
        list_del(m, ACTIVE, ACTIVE_TAIL, frame)
        add(m, NR_ACTIVE, -1)
    else:
        list_del(m, INACTIVE, INACTIVE_TAIL, frame)
        add(m, NR_INACTIVE, -1)


@kernel
def rotate_to_tail(m: Words, frame: int) -> None:
    """folio_rotate_reclaimable(): a page whose write ended is looked at next, unless somebody works on it."""
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_LRU == 0 or flags & (PG_LOCKED | PG_DIRTY | PG_UNEVICTABLE) != 0:
        return
    lru_del(m, frame)
    put(m, PAGE_FLAGS, frame, (get(m, PAGE_FLAGS, frame) & ~PG_ACTIVE) | PG_LRU)
    list_add_tail(m, INACTIVE, INACTIVE_TAIL, frame)
    add(m, NR_INACTIVE, 1)


@kernel
def make_unevictable(m: Words, frame: int) -> None:
    """mlock_folio(): off the lists reclaim looks at."""
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_UNEVICTABLE != 0:
        return
    if flags & PG_LRU != 0:
        lru_del(m, frame)
    put(m, PAGE_FLAGS, frame, (get(m, PAGE_FLAGS, frame) & ~PG_ACTIVE) | PG_MLOCKED | PG_UNEVICTABLE)
    lru_add(m, frame)


@kernel
def make_evictable(m: Words, frame: int) -> None:
    """munlock_folio(): back to the inactive list."""
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_UNEVICTABLE == 0:
        return
    if flags & PG_LRU != 0:
        lru_del(m, frame)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~(PG_MLOCKED | PG_UNEVICTABLE))
    lru_add(m, frame)
