"""Giving address space back: munmap, exit, MADV_DONTNEED (mm/memory.c, mm/mmap.c)."""

from __future__ import annotations

from engine.mm.design.hooks import entry_count
from engine.mm.image import (
    MM_MMLIST,
    MM_PTE,
    MM_SWAPENTS,
    MM_VMA,
    NR_SWAPPED,
    PAGE_FLAGS,
    PAGE_MAPCOUNT,
    PTE,
    VMA_NEXT,
    VMA_PAGES,
    VMA_START,
)
from engine.mm.journal import add, emit, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.lru import has_flag, lru_del, make_evictable, set_flags
from engine.mm.page_alloc import give_frame_back
from engine.mm.pageflags import PG_DIRTY, PG_LRU, PG_SHMEM, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.rmap import mapped_locked, page_remove_rmap
from engine.mm.schema import Words
from engine.mm.swap_state import cached_frame, folio_free_swap, put_entry
from engine.mm.swapfile import vm_swap_full
from engine.mm.swapops import PTE_DIRTY, PTE_PRESENT, ZERO_PFN, pte_pfn, pte_to_swp_entry
from engine.mm.transitions import EXIT, FREED


@kernel
def put_folio(m: Words, frame: int) -> None:
    """folio_put() by the last who maps it: out of the swapcache if it can be, and free."""
    if get(m, PAGE_MAPCOUNT, frame) > 0:
        if has_flag(m, frame, PG_UNEVICTABLE) and not mapped_locked(m, frame):
            make_evictable(m, frame)
        return
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_SHMEM != 0:
        if flags & PG_UNEVICTABLE != 0:
            make_evictable(m, frame)
        return
    if flags & PG_SWAPCACHE != 0 and not folio_free_swap(m, frame):
        if flags & PG_UNEVICTABLE != 0:
            make_evictable(m, frame)
        return
    if flags & PG_WRITEBACK != 0:
        return
    if flags & PG_LRU != 0:
        lru_del(m, frame)
    give_frame_back(m, frame)
    emit(m, FREED, frame, 0, 0)


@kernel
def zap_pte(m: Words, process: int, row: int) -> int:
    """zap_pte_range() for one entry: 1 when there was something."""
    word = get(m, PTE, row)
    if word == 0:
        return 0
    put(m, PTE, row, 0)
    if word & PTE_PRESENT != 0:
        frame = pte_pfn(word)
        if frame != ZERO_PFN:
            if word & PTE_DIRTY != 0:
                set_flags(m, frame, PG_DIRTY)
            page_remove_rmap(m, frame, process)
            put_folio(m, frame)
        return 1
    entry = pte_to_swp_entry(word)
    put_add(m, MM_SWAPENTS, process, -1)
    add(m, NR_SWAPPED, -1)
    frame = cached_frame(m, entry)
    put_entry(m, entry)
    if frame != 0:
        # free_swap_and_cache(): the last holder's entry goes at once where nobody maps the page, or swap is half full.
        if entry_count(m, entry) == 0 and get(m, PAGE_MAPCOUNT, frame) > 0 and vm_swap_full(m):
            folio_free_swap(m, frame)
        put_folio(m, frame)
    return 1


@kernel
def zap_range(m: Words, process: int, first: int, pages: int) -> int:
    """unmap_page_range(): how many entries held something."""
    base = get(m, MM_PTE, process)
    gone = 0
    for page in range(first, first + pages):
        gone += zap_pte(m, process, base + page)
    return gone


@kernel
def exit_mmap(m: Words, process: int) -> None:
    """exit_mmap(): all of a process' pages and entries are given back. Shmem objects stay."""
    gone = 0
    vma = get(m, MM_VMA, process)
    while vma != 0:
        gone += zap_range(m, process, get(m, VMA_START, vma), get(m, VMA_PAGES, vma))
        put(m, VMA_PAGES, vma, 0)
        vma = get(m, VMA_NEXT, vma)
    # mmput(): off the list that swapoff goes through; who starts here later is not on it yet.
    put(m, MM_MMLIST, process, 0)
    emit(m, EXIT, process, gone, 0)
