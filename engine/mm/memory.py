"""Faults on anonymous memory: first touch, copy on write, swap-in (mm/memory.c)."""

from __future__ import annotations

from engine.mm.alloc import alloc_frame, stalled
from engine.mm.block import wait_until
from engine.mm.choice import first_image, next_image
from engine.mm.clock import spend
from engine.mm.design.hooks import lookup_cost
from engine.mm.exit import put_folio
from engine.mm.image import (
    CONTENT_COUNT,
    CONTENT_FIRST,
    DEVICE_READ_NS,
    FAULT_LATENCY,
    FAULT_LATENCY_DEVICE,
    FAULT_LATENCY_ZSWAP,
    FAULT_NS,
    FAULT_TOTAL_NS,
    LAST_FAULT_DEVICE_NS,
    LAST_FAULT_NS,
    LAST_FAULT_RECLAIM_NS,
    LAST_FAULT_ZSWAP_NS,
    LOOKUPS,
    MAP_KIND,
    MM_MAJFLT,
    MM_MINFLT,
    MM_STALL,
    MM_SWAPENTS,
    NOW,
    NR_SWAPPED,
    PAGE_CONTENT,
    PAGE_FLAGS,
    PAGE_INDEX,
    PAGE_MAPCOUNT,
    PAGE_MAPPING,
    PGFAULT,
    PGMAJFAULT,
    PTE,
    RECLAIM_NS,
    SEED,
    VMA_CONTENT,
    VMA_CONTENTS,
    VMA_FLAGS,
    VMA_MAPPING,
    VMA_PGOFF,
    VMA_START,
    ZERO_PAGE,
    ZSWAP_LOAD_NS,
)
from engine.mm.journal import CAUSE, add, emit, get, put, put_add, store
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, lru_add, make_unevictable, set_flags
from engine.mm.pageflags import PG_ANON_EXCLUSIVE, PG_LOCKED, PG_SWAPBACKED, PG_SWAPCACHE
from engine.mm.readahead import swap_update_readahead, swapin_readahead
from engine.mm.rmap import VM_LOCKED, page_add_rmap, page_remove_rmap
from engine.mm.schema import Words
from engine.mm.shmem import MAP_SHMEM, shmem_fault
from engine.mm.swap_state import folio_free_swap, put_entry, wanted_frame
from engine.mm.swapfile import vm_swap_full
from engine.mm.swapops import (
    PTE_DIRTY,
    PTE_PRESENT,
    PTE_RW,
    PTE_SWP_EXCLUSIVE,
    ZERO_PFN,
    mk_pte,
    pte_pfn,
    pte_to_swp_entry,
)
from engine.mm.transitions import (
    CACHE_HIT,
    COPY_ON_WRITE,
    FAULT,
    FIRST_TOUCH,
    PAGE_MAPPED,
    REUSE,
    ZERO_PAGE_MAPPED,
)

PROCESS_SHIFT = 32
LATENCY_FIRST_POWER = 5
LATENCY_BINS = len(FAULT_LATENCY)
FAULT_LATENCY_0 = FAULT_LATENCY[0]
FAULT_LATENCY_ZSWAP_0 = FAULT_LATENCY_ZSWAP[0]
FAULT_LATENCY_DEVICE_0 = FAULT_LATENCY_DEVICE[0]


@kernel
def written(m: Words, frame: int) -> None:
    """The program wrote: the page's bytes are now the next image of its family."""
    image = get(m, PAGE_CONTENT, frame)
    first = get(m, CONTENT_FIRST, image)
    put(m, PAGE_CONTENT, frame, next_image(first, get(m, CONTENT_COUNT, image), image))


@kernel
def attach(m: Words, frame: int, vma: int, page: int) -> None:
    """The folio's way back to the entries that map it."""
    put(m, PAGE_MAPPING, frame, get(m, VMA_MAPPING, vma))
    put(m, PAGE_INDEX, frame, page - get(m, VMA_START, vma) + get(m, VMA_PGOFF, vma))


@kernel
def new_anon_folio(m: Words, frame: int, vma: int, page: int, row: int, image: int) -> None:
    """folio_add_new_anon_rmap(), folio_add_lru_vma(): mapped writable, its own, on the inactive list."""
    put(m, PAGE_FLAGS, frame, PG_SWAPBACKED | PG_ANON_EXCLUSIVE)
    put(m, PAGE_CONTENT, frame, image)
    attach(m, frame, vma, page)
    put(m, PTE, row, mk_pte(frame, PTE_RW | PTE_DIRTY))
    page_add_rmap(m, frame, vma)
    lru_add(m, frame)
    lock_if_asked(m, frame, vma)


@kernel
def lock_if_asked(m: Words, frame: int, vma: int) -> None:
    """mlock_vma_folio()"""
    if get(m, VMA_FLAGS, vma) & VM_LOCKED != 0:
        make_unevictable(m, frame)


@kernel
def do_anonymous_page(m: Words, process: int, vma: int, page: int, row: int, write: bool) -> bool:
    """do_anonymous_page(): a frame for a page that was never touched, or the shared zero page for a read."""
    where = process << PROCESS_SHIFT | page
    if not write and m[ZERO_PAGE] != 0:
        put(m, PTE, row, mk_pte(ZERO_PFN, 0))
        emit(m, ZERO_PAGE_MAPPED, where, 0, 0)
        return True
    frame = alloc_frame(m, process, True)
    if frame == 0:
        return False
    image = first_image(get(m, VMA_CONTENT, vma), get(m, VMA_CONTENTS, vma), page, m[SEED])
    new_anon_folio(m, frame, vma, page, row, image)
    emit(m, FIRST_TOUCH, where, frame, image)
    return True


@kernel
def can_reuse(m: Words, frame: int) -> bool:
    """wp_can_reuse_anon_folio(): nobody else maps it and its swap entry can be given up."""
    if get(m, PAGE_MAPCOUNT, frame) > 1:
        return False
    if has_flag(m, frame, PG_SWAPCACHE):
        return folio_free_swap(m, frame)
    return True


@kernel
def do_wp_page(m: Words, process: int, vma: int, page: int, row: int) -> bool:
    """do_wp_page(): a write to a page that is mapped read-only; made writable or copied."""
    where = process << PROCESS_SHIFT | page
    old = pte_pfn(get(m, PTE, row))
    if old == ZERO_PFN:
        return do_anonymous_page(m, process, vma, page, row, True)
    if has_flag(m, old, PG_ANON_EXCLUSIVE) or can_reuse(m, old):
        set_flags(m, old, PG_ANON_EXCLUSIVE)
        put(m, PTE, row, mk_pte(old, PTE_RW | PTE_DIRTY))
        written(m, old)
        emit(m, REUSE, where, old, 0)
        return True
    locked = has_flag(m, old, PG_LOCKED)
    set_flags(m, old, PG_LOCKED)
    frame = alloc_frame(m, process, True)
    if not locked:
        clear_flags(m, old, PG_LOCKED)
    if frame == 0:
        return False
    image = get(m, PAGE_CONTENT, old)
    put(m, PTE, row, 0)
    page_remove_rmap(m, old, process)
    new_anon_folio(m, frame, vma, page, row, image)
    written(m, frame)
    emit(m, COPY_ON_WRITE, where, frame, old)
    put_folio(m, old)
    return True


@kernel
def do_swap_page(m: Words, process: int, vma: int, page: int, row: int, write: bool) -> int:
    """do_swap_page(): 0 minor, 1 major, -1 without memory."""
    where = process << PROCESS_SHIFT | page
    word = get(m, PTE, row)
    entry = pte_to_swp_entry(word)
    major = 0
    add(m, LOOKUPS, lookup_cost(m, entry))
    frame = wanted_frame(m, entry)
    if frame != 0:
        swap_update_readahead(m, frame, vma, page)
        emit(m, CACHE_HIT, where, frame, entry)
        set_flags(m, frame, PG_LOCKED)
    else:
        major = 1
        add(m, PGMAJFAULT, 1)
        done = swapin_readahead(m, process, vma, entry, page, True)
        frame = 0
        if get(m, PTE, row) == word:
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
    locked_vma = get(m, VMA_FLAGS, vma) & VM_LOCKED != 0
    exclusive = word & PTE_SWP_EXCLUSIVE != 0
    put(m, PTE, row, 0)
    put_add(m, MM_SWAPENTS, process, -1)
    add(m, NR_SWAPPED, -1)
    put_entry(m, entry)
    alone = get(m, PAGE_MAPCOUNT, frame) == 0
    if vm_swap_full(m) or locked_vma or (write and alone):
        folio_free_swap(m, frame)
    attach(m, frame, vma, page)
    cached = has_flag(m, frame, PG_SWAPCACHE)
    flags = 0
    if exclusive or (alone and not cached):
        set_flags(m, frame, PG_ANON_EXCLUSIVE)
        flags = PTE_RW
        if write:
            flags = PTE_RW | PTE_DIRTY
            written(m, frame)
    put(m, PTE, row, mk_pte(frame, flags))
    page_add_rmap(m, frame, vma)
    lock_if_asked(m, frame, vma)
    kept = 0
    if cached:
        kept = 1
    emit(m, PAGE_MAPPED, where, frame, kept)
    result = major
    if write and flags == 0 and not do_wp_page(m, process, vma, page, row):
        result = -1
    clear_flags(m, frame, PG_LOCKED)
    return result


@kernel
def note_latency(m: Words, process: int, since: int, reclaim: int, device: int, zswap: int) -> None:
    """Into the histograms, and what the process waited in all, by its parts: what their totals have grown by."""
    took = m[NOW] - since
    store(m, LAST_FAULT_NS, took)
    store(m, LAST_FAULT_RECLAIM_NS, m[RECLAIM_NS] - reclaim)
    store(m, LAST_FAULT_DEVICE_NS, m[DEVICE_READ_NS] - device)
    store(m, LAST_FAULT_ZSWAP_NS, m[ZSWAP_LOAD_NS] - zswap)
    add(m, FAULT_TOTAL_NS, took)
    put_add(m, MM_STALL, process, took)
    bin_ = 0
    while bin_ < LATENCY_BINS - 1 and took >> (LATENCY_FIRST_POWER + 1 + bin_) != 0:
        bin_ += 1
    add(m, FAULT_LATENCY_0 + bin_, 1)
    if m[DEVICE_READ_NS] != device:
        add(m, FAULT_LATENCY_DEVICE_0 + bin_, 1)
    elif m[ZSWAP_LOAD_NS] != zswap:
        add(m, FAULT_LATENCY_ZSWAP_0 + bin_, 1)


@kernel
def handle_mm_fault(m: Words, process: int, vma: int, page: int, row: int, write: bool) -> bool:
    """handle_mm_fault(): False when the process was killed for want of memory."""
    since = m[NOW]
    reclaim = m[RECLAIM_NS]
    device = m[DEVICE_READ_NS]
    zswap = m[ZSWAP_LOAD_NS]
    word = get(m, PTE, row)
    access = 0
    if write:
        access = 1
    add(m, PGFAULT, 1)
    m[CAUSE] = emit(m, FAULT, process << PROCESS_SHIFT | page, access, word)
    spend(m, m[FAULT_NS])
    if get(m, MAP_KIND, get(m, VMA_MAPPING, vma)) == MAP_SHMEM:
        result = shmem_fault(m, process, vma, page, row, write)
    elif word == 0:
        result = 0
        if not do_anonymous_page(m, process, vma, page, row, write):
            result = -1
    elif word & PTE_PRESENT == 0:
        result = do_swap_page(m, process, vma, page, row, write)
    else:
        result = 0
        if not do_wp_page(m, process, vma, page, row):
            result = -1
    if result > 0:
        put_add(m, MM_MAJFLT, process, 1)
    else:
        put_add(m, MM_MINFLT, process, 1)
    note_latency(m, process, since, reclaim, device, zswap)
    m[CAUSE] = 0
    return result >= 0
