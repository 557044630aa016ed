"""swapon and swapoff (mm/swapfile.c): emptying a swapfile, in the way the design allows.

Today every page table and every shmem object is read for entries of the device. With
descriptors these are read instead, with virtual swap the physical slots; in both the page is
only brought into the swapcache, its entry points nowhere else any more, and no page table is
touched.
"""

from __future__ import annotations

from engine.mm.backend import NONE, SLOT, backend_slot, backend_tag
from engine.mm.block import wait_until
from engine.mm.design.hooks import backend, set_backend, swapoff_walk
from engine.mm.exit import put_folio
from engine.mm.image import (
    DESC_BACKEND,
    DESC_TOP,
    MAP_CACHE,
    MAP_KIND,
    MAP_PAGES,
    MAPPINGS,
    MM_MMLIST,
    MM_PTE,
    MM_STATE,
    MM_SWAPENTS,
    MM_VMA,
    NR_SWAPPED,
    PROCESSES,
    PTE,
    SHMEM,
    SI_BASE,
    SI_FLAGS,
    SI_HIGHEST,
    SI_INUSE,
    SLOT_CACHE,
    SLOT_ENTRY,
    SLOT_MAP,
    SWAP_TOTAL,
    UNUSE_DESCS,
    UNUSE_PTES,
    UNUSE_SLOTS,
    VMA_MAPPING,
    VMA_NEXT,
    VMA_PAGES,
    VMA_START,
)
from engine.mm.journal import CAUSE, add, emit, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, set_flags
from engine.mm.memory import attach
from engine.mm.page_io import swap_read_folio, wait_for_write
from engine.mm.pageflags import PG_ANON_EXCLUSIVE, PG_DIRTY, PG_LOCKED
from engine.mm.readahead import read_swap_cache_async, swapin_readahead
from engine.mm.rmap import page_add_rmap
from engine.mm.schema import Words
from engine.mm.shmem import MAP_SHMEM, shmem_swapin_folio
from engine.mm.swap_state import folio_free_swap, put_entry, wanted_frame
from engine.mm.swapfile import SWP_USED, SWP_WRITEOK, slots_allowed, slots_good
from engine.mm.swapops import PTE_ACCESSED, PTE_PRESENT, PTE_SWP_EXCLUSIVE, mk_pte, pte_to_swp_entry, swp_type
from engine.mm.transitions import SWAPOFF_BEGIN, SWAPOFF_END, SWAPOFF_PAGE, SWAPON

WALK_PAGE_TABLES = 0
WALK_DESCRIPTORS = 1
WALK_SLOTS = 2

DONE = 0
NO_MEMORY = 1
NOT_IN_USE = 2


@kernel
def swapon(m: Words, type_: int) -> None:
    """sys_swapon()"""
    si = type_ + 1
    flags = get(m, SI_FLAGS, si)
    if flags & SWP_WRITEOK != 0:
        emit(m, SWAPON, type_, slots_good(m, type_), 0)
        return
    put(m, SI_FLAGS, si, flags | SWP_USED | SWP_WRITEOK)
    add(m, SWAP_TOTAL, slots_good(m, type_))
    emit(m, SWAPON, type_, slots_good(m, type_), 0)


@kernel
def bring_back(m: Words, process: int, entry: int) -> int:
    """The entry's page in the swapcache, read if need be and waited for; 0 without memory."""
    frame = wanted_frame(m, entry)
    if frame == 0:
        frame = read_swap_cache_async(m, process, entry, False)
        if frame != 0:
            wait_until(m, swap_read_folio(m, frame, entry))
        else:
            # The reclaim that looked for a frame may itself have brought the page into the swapcache.
            frame = wanted_frame(m, entry)
            if frame == 0:
                return 0
    wait_for_write(m, frame)
    return frame


@kernel
def bring_back_around(m: Words, process: int, vma: int, page: int, entry: int) -> int:
    """The entry's page in the swapcache, read with its neighbours as a fault would; 0 without memory.

    ``vma`` is 0 for a shmem object. Nobody is killed for it.
    """
    frame = wanted_frame(m, entry)
    if frame == 0:
        done = swapin_readahead(m, process, vma, entry, page, False)
        frame = wanted_frame(m, entry)
        if frame == 0:
            return 0
        clear_flags(m, frame, PG_LOCKED)
        wait_until(m, done)
    wait_for_write(m, frame)
    return frame


@kernel
def unuse_pte(m: Words, process: int, vma: int, page: int, row: int) -> bool:
    """unuse_pte(): the entry maps the page again, read-only and old; the swap entry loses a holder."""
    word = get(m, PTE, row)
    entry = pte_to_swp_entry(word)
    frame = bring_back_around(m, process, vma, page, entry)
    if frame == 0:
        return False
    set_flags(m, frame, PG_LOCKED)
    if word & PTE_SWP_EXCLUSIVE != 0:
        set_flags(m, frame, PG_ANON_EXCLUSIVE)
    put(m, PTE, row, mk_pte(frame, 0) & ~PTE_ACCESSED)
    put_add(m, MM_SWAPENTS, process, -1)
    add(m, NR_SWAPPED, -1)
    attach(m, frame, vma, page)
    page_add_rmap(m, frame, vma)
    put_entry(m, entry)
    folio_free_swap(m, frame)
    clear_flags(m, frame, PG_LOCKED)
    emit(m, SWAPOFF_PAGE, entry, frame, 0)
    return True


@kernel
def unuse_mm(m: Words, process: int, type_: int) -> bool:
    """unuse_mm(): every entry of every anonymous region is read; shmem objects had their turn before."""
    base = get(m, MM_PTE, process)
    vma = get(m, MM_VMA, process)
    while vma != 0:
        start = get(m, VMA_START, vma)
        end = start + get(m, VMA_PAGES, vma)
        if get(m, MAP_KIND, get(m, VMA_MAPPING, vma)) == MAP_SHMEM:
            end = start
        for page in range(start, end):
            add(m, UNUSE_PTES, 1)
            word = get(m, PTE, base + page)
            if word == 0 or word & PTE_PRESENT != 0 or swp_type(pte_to_swp_entry(word)) != type_:
                continue
            if not unuse_pte(m, process, vma, page, base + page):
                return False
        vma = get(m, VMA_NEXT, vma)
    return True


@kernel
def shmem_unuse(m: Words, type_: int) -> bool:
    """shmem_unuse(): every index of every object is read."""
    for mapping in range(1, m[MAPPINGS] + 1):
        if get(m, MAP_KIND, mapping) != MAP_SHMEM:
            continue
        for index in range(get(m, MAP_PAGES, mapping)):
            add(m, UNUSE_PTES, 1)
            word = get(m, SHMEM, get(m, MAP_CACHE, mapping) + index)
            if word & 1 == 0 or swp_type(word >> 1) != type_:
                continue
            frame = bring_back_around(m, 0, 0, index, word >> 1)
            if frame == 0:
                return False
            set_flags(m, frame, PG_LOCKED)
            shmem_swapin_folio(m, 0, mapping, index, word >> 1, index)
            emit(m, SWAPOFF_PAGE, word >> 1, frame, 0)
    return True


@kernel
def unuse_swapcache(m: Words, type_: int) -> None:
    """What only the swapcache holds: find_next_to_unuse()"""
    base = get(m, SI_BASE, type_ + 1)
    for offset in range(1, max(slots_allowed(m, type_), get(m, SI_HIGHEST, type_ + 1)) + 1):
        add(m, UNUSE_SLOTS, 1)
        word = get(m, SLOT_CACHE, base + offset)
        if get(m, SLOT_MAP, base + offset) != 0 and word != 0 and word & 1 == 0:
            frame = word >> 1
            wait_for_write(m, frame)
            if folio_free_swap(m, frame):
                put_folio(m, frame)


@kernel
def unuse_page_tables(m: Words, type_: int) -> bool:
    """try_to_unuse(): shmem objects, then every mm that ever had a page in swap, then what only the swapcache has."""
    if not shmem_unuse(m, type_):
        return False
    for process in range(1, m[PROCESSES] + 1):
        listed = get(m, MM_STATE, process) == 1 and get(m, MM_MMLIST, process) != 0
        if listed and not unuse_mm(m, process, type_):
            return False
    unuse_swapcache(m, type_)
    return True


@kernel
def unuse_entry(m: Words, entry: int) -> bool:
    """The entry's page into the swapcache, dirty; its slot is free and no page table has noticed."""
    frame = bring_back(m, 0, entry)
    if frame == 0:
        return False
    set_backend(m, entry, NONE)
    set_flags(m, frame, PG_DIRTY)
    emit(m, SWAPOFF_PAGE, entry, frame, 0)
    return True


@kernel
def unuse_descriptors(m: Words, type_: int) -> bool:
    """Every descriptor is read once."""
    for row in range(1, m[DESC_TOP] + 1):
        add(m, UNUSE_DESCS, 1)
        word = get(m, DESC_BACKEND, row)
        if backend_tag(word) == SLOT and swp_type(backend_slot(word)) == type_ and not unuse_entry(m, row):
            return False
    return True


@kernel
def unuse_slots(m: Words, type_: int) -> bool:
    """Every physical slot is read once; its pointer leads to the entry."""
    base = get(m, SI_BASE, type_ + 1)
    for offset in range(1, max(slots_allowed(m, type_), get(m, SI_HIGHEST, type_ + 1)) + 1):
        add(m, UNUSE_SLOTS, 1)
        entry = get(m, SLOT_ENTRY, base + offset)
        if entry != 0 and backend_tag(backend(m, entry)) == SLOT and not unuse_entry(m, entry):
            return False
    return True


@kernel
def swapoff(m: Words, type_: int) -> None:
    """sys_swapoff(): no new slots, then empty it; without memory for the pages it stays in use."""
    si = type_ + 1
    flags = get(m, SI_FLAGS, si)
    if flags & SWP_WRITEOK == 0:
        emit(m, SWAPOFF_END, type_, NOT_IN_USE, 0)
        return
    before = m[UNUSE_PTES] + m[UNUSE_DESCS] + m[UNUSE_SLOTS]
    put(m, SI_FLAGS, si, flags & ~SWP_WRITEOK)
    add(m, SWAP_TOTAL, -slots_good(m, type_))
    m[CAUSE] = emit(m, SWAPOFF_BEGIN, type_, get(m, SI_INUSE, si), 0)
    walk = swapoff_walk(m)
    if walk == WALK_DESCRIPTORS:
        emptied = unuse_descriptors(m, type_)
    elif walk == WALK_SLOTS:
        emptied = unuse_slots(m, type_)
    else:
        emptied = unuse_page_tables(m, type_)
    result = DONE
    if not emptied or get(m, SI_INUSE, si) > 0:
        result = NO_MEMORY
        put(m, SI_FLAGS, si, get(m, SI_FLAGS, si) | SWP_WRITEOK)
        add(m, SWAP_TOTAL, slots_good(m, type_))
    visited = m[UNUSE_PTES] + m[UNUSE_DESCS] + m[UNUSE_SLOTS] - before
    emit(m, SWAPOFF_END, type_, result, visited)
    m[CAUSE] = 0
