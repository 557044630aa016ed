"""From a frame to the page-table entries that map it (mm/rmap.c).

A folio knows its mapping and its index there. All regions of that mapping are looked through
at that index: for anonymous memory the regions that a fork made alike (the kernel's anon_vma),
for a shmem object the regions that map it (i_mmap).
"""

from __future__ import annotations

from engine.mm.design.hooks import duplicate_entry
from engine.mm.image import (
    MAP_CACHE,
    MAP_RESIDENT,
    MAP_SWAPPED,
    MAP_VMA,
    MM_MMLIST,
    MM_PTE,
    MM_RSS,
    MM_SWAPENTS,
    NR_ANON,
    NR_SHMEM,
    NR_SWAPPED,
    PAGE_FLAGS,
    PAGE_INDEX,
    PAGE_MAPCOUNT,
    PAGE_MAPPING,
    PTE,
    SHMEM,
    VMA_FLAGS,
    VMA_MM,
    VMA_PAGES,
    VMA_PGOFF,
    VMA_SHARING,
    VMA_START,
)
from engine.mm.journal import add, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, set_flags
from engine.mm.pageflags import PG_ANON_EXCLUSIVE, PG_DIRTY, PG_SHMEM
from engine.mm.schema import Words
from engine.mm.swap_state import folio_free_swap, put_entry
from engine.mm.swapops import PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, pte_pfn, swp_entry_to_pte

VM_LOCKED = 1
VM_SHARED = 2


@kernel
def mapped_row(m: Words, vma: int, frame: int, index: int) -> int:
    """The row of the page-table entry that maps ``frame`` in this region; -1: none does."""
    offset = index - get(m, VMA_PGOFF, vma)
    if offset < 0 or offset >= get(m, VMA_PAGES, vma):
        return -1
    row = get(m, MM_PTE, get(m, VMA_MM, vma)) + get(m, VMA_START, vma) + offset
    word = get(m, PTE, row)
    if word & PTE_PRESENT == 0 or pte_pfn(word) != frame:
        return -1
    return row


@kernel
def folio_referenced(m: Words, frame: int) -> int:
    """folio_referenced(): how many entries used it since; their young bits are cleared. -1: it is locked."""
    referenced = 0
    left = get(m, PAGE_MAPCOUNT, frame)
    index = get(m, PAGE_INDEX, frame)
    vma = get(m, MAP_VMA, get(m, PAGE_MAPPING, frame))
    while vma != 0 and left > 0:
        row = mapped_row(m, vma, frame, index)
        if row >= 0:
            left -= 1
            if get(m, VMA_FLAGS, vma) & VM_LOCKED != 0:
                return -1
            word = get(m, PTE, row)
            if word & PTE_ACCESSED != 0:
                put(m, PTE, row, word & ~PTE_ACCESSED)
                referenced += 1
        vma = get(m, VMA_SHARING, vma)
    return referenced


@kernel
def mapped_locked(m: Words, frame: int) -> bool:
    """Whether a region that is locked into memory maps it (what the folio's mlock_count says)."""
    index = get(m, PAGE_INDEX, frame)
    vma = get(m, MAP_VMA, get(m, PAGE_MAPPING, frame))
    while vma != 0:
        if get(m, VMA_FLAGS, vma) & VM_LOCKED != 0 and mapped_row(m, vma, frame, index) >= 0:
            return True
        vma = get(m, VMA_SHARING, vma)
    return False


@kernel
def page_add_rmap(m: Words, frame: int, vma: int) -> None:
    """folio_add_anon_rmap_pte(), folio_add_file_rmap_pte(): one more entry maps it."""
    count = get(m, PAGE_MAPCOUNT, frame)
    put(m, PAGE_MAPCOUNT, frame, count + 1)
    put_add(m, MM_RSS, get(m, VMA_MM, vma), 1)
    if count == 0:
        add(m, NR_ANON, 1)


@kernel
def page_remove_rmap(m: Words, frame: int, mm: int) -> None:
    """folio_remove_rmap_pte(): one entry less maps it."""
    count = get(m, PAGE_MAPCOUNT, frame)
    put(m, PAGE_MAPCOUNT, frame, count - 1)
    put_add(m, MM_RSS, mm, -1)
    if count == 1:
        add(m, NR_ANON, -1)


@kernel
def try_to_unmap(m: Words, frame: int, entry: int) -> int:
    """try_to_unmap(): every entry that maps it now holds its swap entry (shmem: nothing). How many there were."""
    unmapped = 0
    shmem = has_flag(m, frame, PG_SHMEM)
    exclusive = 0
    if has_flag(m, frame, PG_ANON_EXCLUSIVE):
        exclusive = 1
    index = get(m, PAGE_INDEX, frame)
    vma = get(m, MAP_VMA, get(m, PAGE_MAPPING, frame))
    while vma != 0 and get(m, PAGE_MAPCOUNT, frame) > 0:
        row = mapped_row(m, vma, frame, index)
        if row >= 0:
            word = get(m, PTE, row)
            if word & PTE_DIRTY != 0:
                set_flags(m, frame, PG_DIRTY)
            mm = get(m, VMA_MM, vma)
            if shmem:
                put(m, PTE, row, 0)
            else:
                duplicate_entry(m, entry)
                put(m, PTE, row, swp_entry_to_pte(entry, exclusive))
                put_add(m, MM_SWAPENTS, mm, 1)
                if get(m, MM_MMLIST, mm) == 0:
                    put(m, MM_MMLIST, mm, 1)
                add(m, NR_SWAPPED, 1)
            page_remove_rmap(m, frame, mm)
            unmapped += 1
        vma = get(m, VMA_SHARING, vma)
    clear_flags(m, frame, PG_ANON_EXCLUSIVE)
    return unmapped


@kernel
def shmem_to_swap(m: Words, frame: int, entry: int) -> None:
    """shmem_delete_from_page_cache(): the object holds the swap entry where the page was."""
    mapping = get(m, PAGE_MAPPING, frame)
    put(m, SHMEM, get(m, MAP_CACHE, mapping) + get(m, PAGE_INDEX, frame), entry << 1 | 1)
    put_add(m, MAP_RESIDENT, mapping, -1)
    put_add(m, MAP_SWAPPED, mapping, 1)
    add(m, NR_SHMEM, -1)
    add(m, NR_SWAPPED, 1)
    duplicate_entry(m, entry)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_SHMEM)


@kernel
def shmem_from_swap(m: Words, frame: int, entry: int) -> None:
    """shmem_add_to_page_cache(): the object holds the page again where its swap entry was, and the entry is freed."""
    mapping = get(m, PAGE_MAPPING, frame)
    put(m, SHMEM, get(m, MAP_CACHE, mapping) + get(m, PAGE_INDEX, frame), frame << 1)
    put_add(m, MAP_RESIDENT, mapping, 1)
    put_add(m, MAP_SWAPPED, mapping, -1)
    add(m, NR_SHMEM, 1)
    add(m, NR_SWAPPED, -1)
    set_flags(m, frame, PG_SHMEM | PG_DIRTY)
    put_entry(m, entry)
    folio_free_swap(m, frame)
