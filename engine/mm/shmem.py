"""Shared memory objects: their page cache holds frames, or swap entries (mm/shmem.c)."""

from __future__ import annotations

from engine.mm.alloc import alloc_frame, stalled
from engine.mm.block import wait_until
from engine.mm.choice import first_image, next_image
from engine.mm.design.hooks import lookup_cost
from engine.mm.image import (
    CONTENT_COUNT,
    CONTENT_FIRST,
    DEVICE_READ_NS,
    LOOKUPS,
    MAP_CACHE,
    MAP_RESIDENT,
    NOW,
    NR_SHMEM,
    PAGE_CONTENT,
    PAGE_FLAGS,
    PAGE_INDEX,
    PAGE_MAPPING,
    PGMAJFAULT,
    PTE,
    SEED,
    SHMEM,
    VMA_CONTENT,
    VMA_CONTENTS,
    VMA_FLAGS,
    VMA_MAPPING,
    VMA_PGOFF,
    VMA_START,
)
from engine.mm.journal import add, emit, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, lru_add, make_unevictable, set_flags
from engine.mm.page_io import wait_for_write
from engine.mm.pageflags import PG_DIRTY, PG_LOCKED, PG_SHMEM, PG_SWAPBACKED
from engine.mm.readahead import swap_update_readahead, swapin_readahead
from engine.mm.rmap import VM_LOCKED, page_add_rmap, shmem_from_swap
from engine.mm.schema import Words
from engine.mm.swap_state import wanted_frame
from engine.mm.swapops import PTE_DIRTY, PTE_RW, mk_pte
from engine.mm.transitions import CACHE_HIT, FIRST_TOUCH, PAGE_MAPPED

MAP_SHMEM = 1
PROCESS_SHIFT = 32


@kernel
def shmem_swapin_folio(m: Words, process: int, mapping: int, index: int, entry: int, page: int) -> int:
    """shmem_swapin_folio(): the object's page back from swap; its entry is freed at once. 0 minor, 1 major, -1."""
    where = process << PROCESS_SHIFT | page
    major = 0
    add(m, LOOKUPS, lookup_cost(m, entry))
    frame = wanted_frame(m, entry)
    if frame != 0:
        swap_update_readahead(m, frame, 0, page)
        emit(m, CACHE_HIT, where, frame, entry)
        set_flags(m, frame, PG_LOCKED)
    else:
        major = 1
        add(m, PGMAJFAULT, 1)
        done = swapin_readahead(m, process, 0, entry, page, True)
        # Without a read it may still be there: reclaim wrote it back through the swapcache meanwhile.
        frame = wanted_frame(m, entry)
        if frame == 0:
            return -1
        set_flags(m, frame, PG_LOCKED)
        since = m[NOW]
        if done > since:
            wait_until(m, done)
            add(m, DEVICE_READ_NS, m[NOW] - since)
            stalled(m, since)
    wait_for_write(m, frame)
    put(m, PAGE_MAPPING, frame, mapping)
    put(m, PAGE_INDEX, frame, index)
    shmem_from_swap(m, frame, entry)
    clear_flags(m, frame, PG_LOCKED)
    return major


@kernel
def shmem_fault(m: Words, process: int, vma: int, page: int, row: int, write: bool) -> int:
    """shmem_fault(): find, swap in or make the object's page, then map it. 0 minor, 1 major, -1 without memory."""
    where = process << PROCESS_SHIFT | page
    mapping = get(m, VMA_MAPPING, vma)
    index = page - get(m, VMA_START, vma) + get(m, VMA_PGOFF, vma)
    word = get(m, SHMEM, get(m, MAP_CACHE, mapping) + index)
    result = 0
    if word == 0:
        frame = alloc_frame(m, process, True)
        if frame == 0:
            return -1
        put(m, PAGE_FLAGS, frame, PG_SWAPBACKED | PG_SHMEM | PG_DIRTY)
        image = first_image(get(m, VMA_CONTENT, vma), get(m, VMA_CONTENTS, vma), index, m[SEED])
        put(m, PAGE_CONTENT, frame, image)
        put(m, PAGE_MAPPING, frame, mapping)
        put(m, PAGE_INDEX, frame, index)
        put(m, SHMEM, get(m, MAP_CACHE, mapping) + index, frame << 1)
        put_add(m, MAP_RESIDENT, mapping, 1)
        add(m, NR_SHMEM, 1)
        lru_add(m, frame)
        emit(m, FIRST_TOUCH, where, frame, image)
    elif word & 1 != 0:
        result = shmem_swapin_folio(m, process, mapping, index, word >> 1, page)
        if result < 0:
            return -1
    frame = get(m, SHMEM, get(m, MAP_CACHE, mapping) + index) >> 1
    flags = PTE_RW
    if write:
        flags = PTE_RW | PTE_DIRTY
        if word != 0:
            image = get(m, PAGE_CONTENT, frame)
            first = get(m, CONTENT_FIRST, image)
            put(m, PAGE_CONTENT, frame, next_image(first, get(m, CONTENT_COUNT, image), image))
    put(m, PTE, row, mk_pte(frame, flags))
    page_add_rmap(m, frame, vma)
    if get(m, VMA_FLAGS, vma) & VM_LOCKED != 0:
        make_unevictable(m, frame)
    emit(m, PAGE_MAPPED, where, frame, 2)
    return result
