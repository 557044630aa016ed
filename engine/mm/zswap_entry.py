"""zswap's entries: the LRU they are on, the memory they hold (mm/zswap.c)."""

from __future__ import annotations

from engine.mm.image import (
    ALLOCATOR,
    NR_INCOMPRESSIBLE,
    NR_SAME_FILLED,
    NR_STORED,
    NR_ZLRU,
    STORED_BYTES,
    Z_CONTENT,
    Z_HANDLE,
    Z_LENGTH,
    Z_NEXT,
    Z_PREV,
    Z_REFERENCED,
    Z_SWPENTRY,
    ZLRU,
    ZLRU_TAIL,
    ZSWAP_FREE,
    ZSWAP_TOP,
)
from engine.mm.journal import add, get, put, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.zbud import buddy_alloc, buddy_free
from engine.mm.zsmalloc import zs_free, zs_malloc

PAGE_SIZE = 4096
ZSMALLOC = 0


@kernel
def pool_malloc(m: Words, size: int, zentry: int) -> int:
    """zpool_malloc(): a handle, 0 without memory, -1 where the allocator takes no such size."""
    if m[ALLOCATOR] == ZSMALLOC:
        return zs_malloc(m, size, zentry)
    return buddy_alloc(m, size, zentry)


@kernel
def pool_free(m: Words, handle: int, size: int) -> None:
    """zpool_free()"""
    if m[ALLOCATOR] == ZSMALLOC:
        zs_free(m, handle)
    else:
        buddy_free(m, handle, size)


@kernel
def new_zswap_entry(m: Words) -> int:
    """zswap_entry_cache_alloc()"""
    zentry = m[ZSWAP_FREE]
    if zentry != 0:
        store(m, ZSWAP_FREE, get(m, Z_NEXT, zentry))
        put(m, Z_NEXT, zentry, 0)
    else:
        zentry = m[ZSWAP_TOP] + 1
        store(m, ZSWAP_TOP, zentry)
    return zentry


@kernel
def forget_zswap_entry(m: Words, zentry: int) -> None:
    """zswap_entry_cache_free()"""
    put(m, Z_SWPENTRY, zentry, 0)
    put(m, Z_LENGTH, zentry, 0)
    put(m, Z_REFERENCED, zentry, 0)
    put(m, Z_HANDLE, zentry, 0)
    put(m, Z_CONTENT, zentry, 0)
    put(m, Z_PREV, zentry, 0)
    put(m, Z_NEXT, zentry, m[ZSWAP_FREE])
    store(m, ZSWAP_FREE, zentry)


@kernel
def zswap_lru_add(m: Words, zentry: int) -> None:
    """zswap_lru_add(): to the hot end."""
    last = m[ZLRU_TAIL]
    put(m, Z_PREV, zentry, last)
    put(m, Z_NEXT, zentry, 0)
    if last != 0:
        put(m, Z_NEXT, last, zentry)
    else:
        store(m, ZLRU, zentry)
    store(m, ZLRU_TAIL, zentry)
    add(m, NR_ZLRU, 1)


@kernel
def zswap_lru_del(m: Words, zentry: int) -> None:
    """zswap_lru_del()"""
    prev = get(m, Z_PREV, zentry)
    nxt = get(m, Z_NEXT, zentry)
    if prev != 0:
        put(m, Z_NEXT, prev, nxt)
    else:
        store(m, ZLRU, nxt)
    if nxt != 0:
        put(m, Z_PREV, nxt, prev)
    else:
        store(m, ZLRU_TAIL, prev)
    add(m, NR_ZLRU, -1)


@kernel
def zswap_entry_free(m: Words, zentry: int) -> None:
    """zswap_entry_free(): its memory goes back to the pool's allocator."""
    length = get(m, Z_LENGTH, zentry)
    handle = get(m, Z_HANDLE, zentry)
    if handle != 0:
        zswap_lru_del(m, zentry)
        pool_free(m, handle, length)
    else:
        add(m, NR_SAME_FILLED, -1)
    if length == PAGE_SIZE:
        add(m, NR_INCOMPRESSIBLE, -1)
    add(m, NR_STORED, -1)
    add(m, STORED_BYTES, -length)
    forget_zswap_entry(m, zentry)
