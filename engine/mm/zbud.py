"""The older allocators: zbud puts two, z3fold three compressed pages on a page (until 6.14).

Sizes are counted in chunks of 64 bytes. A page with room waits in the list of its free chunks;
a request takes the first page from the list that fits it most tightly (mm/zbud.c, mm/z3fold.c).
Left out: where on its page z3fold puts the middle object.
"""

from __future__ import annotations

from engine.mm.image import (
    ALLOCATOR,
    CLASS_FREE,
    CLASS_INUSE,
    CLASS_ZSPAGES,
    GROUP_HEAD,
    OBJECT,
    ZSPAGE_CLASS,
    ZSPAGE_FIRST,
    ZSPAGE_INUSE,
    ZSPAGE_NEXT,
    ZSPAGE_ROOM,
)
from engine.mm.journal import get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.zsmalloc import (
    HANDLE_MASK,
    HANDLE_SHIFT,
    give_pool_pages,
    group_insert,
    group_remove,
    new_zspage_row,
    take_pool_pages,
)

ZBUD = 1
CHUNK = 64
ZBUD_CHUNKS = 63
ZBUD_BUDDIES = 2
ZBUD_LARGEST = 4096 - 64 - 64
"""Larger requests are refused: the header's chunk and one chunk for a buddy."""
ZSWAP_HEADER = 8
"""zswap puts the swap entry before the bytes in pools that can be shrunk page by page."""
Z3FOLD_CHUNKS = 62
Z3FOLD_BUDDIES = 3
Z3FOLD_LARGEST = 3904
CLASS = 1
"""All pages are of one class here; the groups are the lists by free chunks."""
NO_SPACE = -1


@kernel
def buddy_alloc(m: Words, size: int, entry: int) -> int:
    """zbud_alloc(), z3fold_alloc(): a handle, 0 without memory, -1 (ENOSPC) for too large a request."""
    size += ZSWAP_HEADER
    buddies = Z3FOLD_BUDDIES
    capacity = Z3FOLD_CHUNKS
    largest = Z3FOLD_LARGEST
    if m[ALLOCATOR] == ZBUD:
        buddies = ZBUD_BUDDIES
        capacity = ZBUD_CHUNKS
        largest = ZBUD_LARGEST
    if size > largest:
        return NO_SPACE
    chunks = (size + CHUNK - 1) // CHUNK
    zspage = 0
    group = chunks
    while group <= capacity and zspage == 0:
        zspage = get(m, GROUP_HEAD, group)
        group += 1
    if zspage != 0:
        group_remove(m, zspage)
    else:
        if not take_pool_pages(m, 1):
            return 0
        zspage = new_zspage_row(m, CLASS, Z3FOLD_BUDDIES)
        put_add(m, CLASS_ZSPAGES, CLASS, 1)
        put(m, ZSPAGE_ROOM, zspage, 0)
    first = get(m, ZSPAGE_FIRST, zspage)
    place = 0
    while get(m, OBJECT, first + place) != 0:
        place += 1
    put(m, OBJECT, first + place, entry << 1 | 1)
    put_add(m, ZSPAGE_INUSE, zspage, 1)
    put_add(m, CLASS_INUSE, CLASS, 1)
    put_add(m, ZSPAGE_ROOM, zspage, chunks)
    settle(m, zspage, buddies, capacity)
    return zspage << HANDLE_SHIFT | (place + 1)


@kernel
def settle(m: Words, zspage: int, buddies: int, capacity: int) -> None:
    """Into the list of its free chunks, or, with all buddies there, into the list of full pages (0)."""
    group = 0
    if get(m, ZSPAGE_INUSE, zspage) < buddies:
        group = capacity - get(m, ZSPAGE_ROOM, zspage)
    group_insert(m, group, zspage)


@kernel
def buddy_free(m: Words, handle: int, size: int) -> None:
    """zbud_free(), z3fold_free()"""
    buddies = Z3FOLD_BUDDIES
    capacity = Z3FOLD_CHUNKS
    if m[ALLOCATOR] == ZBUD:
        buddies = ZBUD_BUDDIES
        capacity = ZBUD_CHUNKS
    zspage = handle >> HANDLE_SHIFT
    put(m, OBJECT, get(m, ZSPAGE_FIRST, zspage) + (handle & HANDLE_MASK) - 1, 0)
    put_add(m, ZSPAGE_INUSE, zspage, -1)
    put_add(m, CLASS_INUSE, CLASS, -1)
    put_add(m, ZSPAGE_ROOM, zspage, -((size + ZSWAP_HEADER + CHUNK - 1) // CHUNK))
    group_remove(m, zspage)
    if get(m, ZSPAGE_INUSE, zspage) > 0:
        settle(m, zspage, buddies, capacity)
        return
    put_add(m, CLASS_ZSPAGES, CLASS, -1)
    put(m, ZSPAGE_CLASS, zspage, 0)
    put(m, ZSPAGE_NEXT, zspage, get(m, CLASS_FREE, CLASS))
    put(m, CLASS_FREE, CLASS, zspage)
    give_pool_pages(m, 1)
