"""Address spaces: finding and splitting regions, fork, munmap, mlock, madvise (mm/mmap.c, mm/madvise.c)."""

from __future__ import annotations

from engine.mm.block import finish_plug, start_plug
from engine.mm.design.hooks import duplicate_entry
from engine.mm.exit import zap_range
from engine.mm.image import (
    MAP_KIND,
    MM_MMLIST,
    MM_PARENT,
    MM_PTE,
    MM_STATE,
    MM_SWAPENTS,
    MM_VMA,
    NR_SWAPPED,
    PAGE_FLAGS,
    PAGE_MAPCOUNT,
    PGDEACTIVATE,
    PTE,
    VMA_CONTENT,
    VMA_CONTENTS,
    VMA_FLAGS,
    VMA_MAPPING,
    VMA_MM,
    VMA_NAME,
    VMA_NEXT,
    VMA_PAGES,
    VMA_PGOFF,
    VMA_RA_HITS,
    VMA_SHARING,
    VMA_START,
    VMAS,
)
from engine.mm.journal import CAUSE, add, emit, get, put, put_add, store
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, lru_add, lru_del, make_evictable, make_unevictable
from engine.mm.memory import handle_mm_fault
from engine.mm.page_io import swap_read_folio
from engine.mm.pageflags import (
    PG_ACTIVE,
    PG_ANON_EXCLUSIVE,
    PG_LRU,
    PG_REFERENCED,
    PG_UNEVICTABLE,
    PG_WORKINGSET,
)
from engine.mm.readahead import read_swap_cache_async
from engine.mm.rmap import VM_LOCKED, page_add_rmap
from engine.mm.schema import Words
from engine.mm.shmem import MAP_SHMEM
from engine.mm.swapops import (
    PTE_ACCESSED,
    PTE_PRESENT,
    PTE_RW,
    PTE_SWP_EXCLUSIVE,
    ZERO_PFN,
    pte_pfn,
    pte_to_swp_entry,
)
from engine.mm.transitions import FORK, MADVISE, MLOCK, MUNMAP
from engine.mm.vmscan import shrink_folio

PROCESS_SHIFT = 32
RA_HITS_AT_START = 4
"""A new region's readahead begins as if four pages had been hit (GET_SWAP_RA_VAL)."""
ADVICE_PAGEOUT = 0
ADVICE_COLD = 1
ADVICE_DONTNEED = 2
ADVICE_WILLNEED = 3


@kernel
def find_vma(m: Words, process: int, page: int) -> int:
    """find_vma(): the region that holds a page; 0: it is not mapped."""
    vma = get(m, MM_VMA, process)
    while vma != 0:
        offset = page - get(m, VMA_START, vma)
        if 0 <= offset < get(m, VMA_PAGES, vma):
            return vma
        vma = get(m, VMA_NEXT, vma)
    return 0


@kernel
def copy_vma(m: Words, vma: int, process: int) -> int:
    """A new region like another: of the same mapping, and the last in its process' and mapping's lists."""
    new = m[VMAS] + 1
    store(m, VMAS, new)
    put(m, VMA_MM, new, process)
    put(m, VMA_START, new, get(m, VMA_START, vma))
    put(m, VMA_PAGES, new, get(m, VMA_PAGES, vma))
    put(m, VMA_MAPPING, new, get(m, VMA_MAPPING, vma))
    put(m, VMA_PGOFF, new, get(m, VMA_PGOFF, vma))
    put(m, VMA_FLAGS, new, get(m, VMA_FLAGS, vma))
    put(m, VMA_RA_HITS, new, RA_HITS_AT_START)
    put(m, VMA_CONTENT, new, get(m, VMA_CONTENT, vma))
    put(m, VMA_CONTENTS, new, get(m, VMA_CONTENTS, vma))
    put(m, VMA_NAME, new, get(m, VMA_NAME, vma))
    put(m, VMA_SHARING, new, get(m, VMA_SHARING, vma))
    put(m, VMA_SHARING, vma, new)
    last = get(m, MM_VMA, process)
    if last == 0:
        put(m, MM_VMA, process, new)
        return new
    while get(m, VMA_NEXT, last) != 0:
        last = get(m, VMA_NEXT, last)
    put(m, VMA_NEXT, last, new)
    return new


@kernel
def split_vma(m: Words, vma: int, page: int) -> None:
    """split_vma(): a region ends before ``page``, a new one begins there."""
    start = get(m, VMA_START, vma)
    pages = get(m, VMA_PAGES, vma)
    if page <= start or page >= start + pages:
        return
    upper = copy_vma(m, vma, get(m, VMA_MM, vma))
    put(m, VMA_START, upper, page)
    put(m, VMA_PAGES, upper, start + pages - page)
    put(m, VMA_PGOFF, upper, get(m, VMA_PGOFF, vma) + page - start)
    put(m, VMA_PAGES, vma, page - start)


@kernel
def isolate_range(m: Words, process: int, first: int, pages: int) -> None:
    """Split the regions at both ends, so that whole regions make up the range."""
    vma = find_vma(m, process, first)
    if vma != 0:
        split_vma(m, vma, first)
    vma = find_vma(m, process, first + pages)
    if vma != 0:
        split_vma(m, vma, first + pages)


@kernel
def munmap(m: Words, process: int, first: int, pages: int) -> None:
    """do_vmi_munmap()"""
    isolate_range(m, process, first, pages)
    vma = get(m, MM_VMA, process)
    while vma != 0:
        start = get(m, VMA_START, vma)
        if start >= first and start + get(m, VMA_PAGES, vma) <= first + pages:
            zap_range(m, process, start, get(m, VMA_PAGES, vma))
            put(m, VMA_PAGES, vma, 0)
        vma = get(m, VMA_NEXT, vma)
    emit(m, MUNMAP, process << PROCESS_SHIFT | first, pages, 0)


@kernel
def copy_pte(m: Words, parent: int, child: int, page: int, new_vma: int) -> int:
    """copy_nonpresent_pte(), copy_present_ptes(): 1 when there was something to share."""
    row = get(m, MM_PTE, parent) + page
    word = get(m, PTE, row)
    if word == 0:
        return 0
    copy = get(m, MM_PTE, child) + page
    if word & PTE_PRESENT == 0:
        duplicate_entry(m, pte_to_swp_entry(word))
        if word & PTE_SWP_EXCLUSIVE != 0:
            word &= ~PTE_SWP_EXCLUSIVE
            put(m, PTE, row, word)
        put(m, PTE, copy, word)
        put_add(m, MM_SWAPENTS, child, 1)
        if get(m, MM_MMLIST, child) == 0:
            put(m, MM_MMLIST, child, 1)
        add(m, NR_SWAPPED, 1)
        return 1
    if word & PTE_RW != 0:
        word &= ~PTE_RW
        put(m, PTE, row, word)
    put(m, PTE, copy, word & ~PTE_ACCESSED)
    frame = pte_pfn(word)
    if frame != ZERO_PFN:
        clear_flags(m, frame, PG_ANON_EXCLUSIVE)
        page_add_rmap(m, frame, new_vma)
    return 1


@kernel
def fork(m: Words, parent: int, child: int) -> None:
    """dup_mmap(): anonymous pages are shared until somebody writes; shmem pages are found again by faults."""
    put(m, MM_STATE, child, 1)
    put(m, MM_PARENT, child, parent)
    shared = 0
    vma = get(m, MM_VMA, parent)
    while vma != 0:
        new = copy_vma(m, vma, child)
        put(m, VMA_FLAGS, new, get(m, VMA_FLAGS, new) & ~VM_LOCKED)
        if get(m, MAP_KIND, get(m, VMA_MAPPING, vma)) != MAP_SHMEM:
            start = get(m, VMA_START, vma)
            for page in range(start, start + get(m, VMA_PAGES, vma)):
                shared += copy_pte(m, parent, child, page, new)
        vma = get(m, VMA_NEXT, vma)
    emit(m, FORK, parent, child, shared)


@kernel
def mlock(m: Words, process: int, first: int, pages: int, lock: bool) -> None:
    """mlock_fixup(): VM_LOCKED on or off; locking brings the pages in and off the lists (populate_vma_page_range)."""
    isolate_range(m, process, first, pages)
    base = get(m, MM_PTE, process)
    for page in range(first, first + pages):
        vma = find_vma(m, process, page)
        if vma == 0:
            continue
        flags = get(m, VMA_FLAGS, vma)
        if lock:
            put(m, VMA_FLAGS, vma, flags | VM_LOCKED)
            if get(m, PTE, base + page) & PTE_PRESENT == 0 and not handle_mm_fault(
                m, process, vma, page, base + page, True
            ):
                break
        else:
            put(m, VMA_FLAGS, vma, flags & ~VM_LOCKED)
        word = get(m, PTE, base + page)
        if word & PTE_PRESENT != 0 and pte_pfn(word) != ZERO_PFN:
            if lock:
                make_unevictable(m, pte_pfn(word))
            else:
                make_evictable(m, pte_pfn(word))
    locked = 0
    if lock:
        locked = 1
    emit(m, MLOCK, process << PROCESS_SHIFT | first, pages, locked)


@kernel
def make_old(m: Words, row: int, frame: int) -> None:
    """The entry's young bit and the folio's marks of use are cleared."""
    put(m, PTE, row, get(m, PTE, row) & ~PTE_ACCESSED)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_REFERENCED)


@kernel
def madvise_page(m: Words, process: int, page: int, advice: int) -> None:
    """MADV_COLD, MADV_PAGEOUT and MADV_WILLNEED for one page; a page that others map too is left alone."""
    row = get(m, MM_PTE, process) + page
    word = get(m, PTE, row)
    if word == 0:
        return
    if word & PTE_PRESENT == 0:
        if advice == ADVICE_WILLNEED:
            entry = pte_to_swp_entry(word)
            frame = read_swap_cache_async(m, process, entry, False)
            if frame != 0:
                swap_read_folio(m, frame, entry)
        return
    frame = pte_pfn(word)
    if advice == ADVICE_WILLNEED or frame == ZERO_PFN:
        return
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_LRU == 0 or flags & PG_UNEVICTABLE != 0 or get(m, PAGE_MAPCOUNT, frame) != 1:
        return
    make_old(m, row, frame)
    if flags & PG_ACTIVE != 0:
        put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) | PG_WORKINGSET)
    elif advice == ADVICE_COLD:
        return
    lru_del(m, frame)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_ACTIVE)
    if advice == ADVICE_PAGEOUT:
        shrink_folio(m, frame)
    else:
        add(m, PGDEACTIVATE, 1)
        lru_add(m, frame)


@kernel
def madvise(m: Words, process: int, first: int, pages: int, advice: int) -> None:
    """madvise_do_behavior(): told of before it is done, so that what follows has its cause; its writes are plugged."""
    m[CAUSE] = emit(m, MADVISE, process << PROCESS_SHIFT | first, pages, advice)
    start_plug(m)
    if advice == ADVICE_DONTNEED:
        zap_range(m, process, first, pages)
    else:
        for page in range(first, first + pages):
            if find_vma(m, process, page) != 0:
                madvise_page(m, process, page, advice)
    finish_plug(m)
    m[CAUSE] = 0
