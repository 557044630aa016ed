"""Swap-in and its readahead: which other pages come along (mm/swap_state.c).

Cluster readahead looks at the slots around the one that is wanted, VMA readahead at the
page-table entries around the fault. The window grows with the hits of the last one. With
descriptors a neighbouring slot leads to its page only through a reverse map, and a page in
zswap has no slot and so no neighbours.
"""

from __future__ import annotations

from engine.mm.alloc import alloc_frame
from engine.mm.backend import ZSWAP, backend_tag
from engine.mm.block import finish_plug, start_plug
from engine.mm.design.hooks import backend, cache_word, entry_count, owner_of_slot, readahead_slot, set_cache_word
from engine.mm.image import (
    MM_PTE,
    NR_ROTATE_SWAP,
    PAGE_CLUSTER,
    PAGE_FLAGS,
    PTE,
    RA_HITS,
    RA_LAST_PAGES,
    RA_PREV_OFFSET,
    READAHEAD,
    READAHEAD_ZSWAP,
    SWAP_RA,
    SWAP_RA_HIT,
    VMA_PAGES,
    VMA_RA_ADDR,
    VMA_RA_HITS,
    VMA_RA_WIN,
    VMA_START,
)
from engine.mm.journal import add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, lru_add, set_flags
from engine.mm.page_alloc import give_frame_back
from engine.mm.page_io import swap_read_folio
from engine.mm.pageflags import PG_LOCKED, PG_READAHEAD, PG_RECLAIM, PG_SWAPBACKED
from engine.mm.schema import Words
from engine.mm.swap_state import cached_frame, enter_swap_cache
from engine.mm.swapfile import slots_allowed
from engine.mm.swapops import PTE_PRESENT, pte_to_swp_entry, swp_entry, swp_offset, swp_type
from engine.mm.transitions import READ_AHEAD, SWAP_IN
from engine.mm.workingset import workingset_refault

AUTO = 0
CLUSTER = 1
VMA = 2
SWAP_RA_ORDER_CEILING = 5
SWAP_RA_HITS_MAX = 63
PTRS_PER_PMD = 512


@kernel
def use_vma_readahead(m: Words) -> bool:
    """swap_use_vma_readahead(): unless a device rotates, or the scenario says which."""
    if m[READAHEAD] == AUTO:
        return m[NR_ROTATE_SWAP] == 0
    return m[READAHEAD] == VMA


@kernel
def swapin_window(prev_offset: int, offset: int, hits: int, max_pages: int, prev_win: int) -> int:
    """__swapin_nr_pages(): the window, 1 … ``max_pages`` pages."""
    pages = hits + 2
    if pages == 2:
        if offset != prev_offset + 1 and offset != prev_offset - 1:
            pages = 1
    else:
        roundup = 4
        while roundup < pages:
            roundup <<= 1
        pages = roundup
    return max(min(pages, max_pages), prev_win // 2)


@kernel
def swapin_nr_pages(m: Words, offset: int) -> int:
    """swapin_nr_pages()"""
    max_pages = 1 << m[PAGE_CLUSTER]
    if max_pages <= 1:
        return 1
    hits = m[RA_HITS]
    store(m, RA_HITS, 0)
    pages = swapin_window(m[RA_PREV_OFFSET], offset, hits, max_pages, m[RA_LAST_PAGES])
    if hits == 0:
        store(m, RA_PREV_OFFSET, offset)
    store(m, RA_LAST_PAGES, pages)
    return pages


@kernel
def swap_update_readahead(m: Words, frame: int, vma: int, page: int) -> None:
    """swap_update_readahead(): a swapcache hit of a page that was read ahead makes the window grow.

    So does one of a page that is being written: PG_readahead and PG_reclaim are one bit of the kernel's, and
    with it goes the page's turn at the inactive tail when the write ends.
    """
    ahead = has_flag(m, frame, PG_READAHEAD | PG_RECLAIM)
    clear_flags(m, frame, PG_READAHEAD | PG_RECLAIM)
    by_vma = vma != 0 and use_vma_readahead(m)
    if by_vma:
        if ahead:
            put(m, VMA_RA_HITS, vma, min(get(m, VMA_RA_HITS, vma) + 1, SWAP_RA_HITS_MAX))
        put(m, VMA_RA_ADDR, vma, page)
    if ahead:
        add(m, SWAP_RA_HIT, 1)
        if not by_vma:
            add(m, RA_HITS, 1)


@kernel
def read_swap_cache_async(m: Words, process: int, entry: int, insist: bool) -> int:
    """__read_swap_cache_async(): a new frame in the swapcache for an entry that is out; 0: nothing to read.

    Somebody may be killed for it if the caller insists. Finding a frame may reclaim, and reclaim may
    change what this entry is; so it is looked at again.
    """
    if entry_count(m, entry) == 0 or cached_frame(m, entry) != 0:
        return 0
    frame = alloc_frame(m, process, insist)
    if frame == 0:
        return 0
    if entry_count(m, entry) == 0 or cached_frame(m, entry) != 0:
        give_frame_back(m, frame)
        return 0
    shadow = cache_word(m, entry)
    put(m, PAGE_FLAGS, frame, PG_SWAPBACKED)
    set_cache_word(m, entry, frame << 1)
    enter_swap_cache(m, frame, entry)
    if shadow != 0:
        workingset_refault(m, frame, shadow >> 1)
    lru_add(m, frame)
    return frame


@kernel
def read_ahead(m: Words, process: int, entry: int, window: int) -> None:
    """One page brought in because its neighbour was wanted."""
    if m[READAHEAD_ZSWAP] == 0 and backend_tag(backend(m, entry)) == ZSWAP:
        return
    frame = read_swap_cache_async(m, process, entry, False)
    if frame == 0:
        return
    set_flags(m, frame, PG_READAHEAD)
    add(m, SWAP_RA, 1)
    emit(m, READ_AHEAD, entry, frame, window)
    swap_read_folio(m, frame, entry)


@kernel
def read_wanted(m: Words, process: int, entry: int, page: int, insist: bool) -> int:
    """The page it is about, locked: when its read is done, 0 if it is there already, -1 without memory."""
    frame = read_swap_cache_async(m, process, entry, insist)
    if frame == 0:
        return -1
    set_flags(m, frame, PG_LOCKED)
    emit(m, SWAP_IN, process << 32 | page, frame, entry)
    return swap_read_folio(m, frame, entry)


@kernel
def swap_cluster_readahead(m: Words, process: int, entry: int, page: int, insist: bool) -> int:
    """swap_cluster_readahead(): the aligned window of slots around the one that is wanted."""
    slot = readahead_slot(m, entry)
    if slot < 0:
        return read_wanted(m, process, entry, page, insist)
    offset = swp_offset(slot)
    window = swapin_nr_pages(m, offset)
    if window == 1:
        return read_wanted(m, process, entry, page, insist)
    type_ = swp_type(slot)
    start = max(offset & ~(window - 1), 1)
    end = min(offset | (window - 1), slots_allowed(m, type_))
    done = -1
    start_plug(m)
    for neighbour in range(start, end + 1):
        if neighbour == offset:
            done = read_wanted(m, process, entry, page, insist)
            if done < 0:
                break
        else:
            owner = owner_of_slot(m, swp_entry(type_, neighbour))
            if owner >= 0:
                read_ahead(m, process, owner, window)
    finish_plug(m)
    return done


@kernel
def swap_vma_readahead(m: Words, process: int, vma: int, entry: int, page: int, insist: bool) -> int:
    """swap_vma_readahead(): the page-table entries around the fault, within the region and its 2 MiB."""
    max_win = 1 << min(m[PAGE_CLUSTER], SWAP_RA_ORDER_CEILING)
    previous = get(m, VMA_RA_ADDR, vma)
    window = 1
    if max_win > 1:
        window = swapin_window(previous, page, get(m, VMA_RA_HITS, vma), max_win, get(m, VMA_RA_WIN, vma))
        put(m, VMA_RA_ADDR, vma, page)
        put(m, VMA_RA_WIN, vma, window)
        put(m, VMA_RA_HITS, vma, 0)
    if window == 1:
        return read_wanted(m, process, entry, page, insist)
    if page == previous + 1:
        start = page
    elif page == previous - 1:
        start = page - window + 1
    else:
        start = page - (window - 1) // 2
    end = start + window
    pmd = page // PTRS_PER_PMD * PTRS_PER_PMD
    start = max(start, get(m, VMA_START, vma), pmd)
    end = min(end, get(m, VMA_START, vma) + get(m, VMA_PAGES, vma), pmd + PTRS_PER_PMD)
    base = get(m, MM_PTE, process)
    done = -1
    start_plug(m)
    for neighbour in range(start, end):
        if neighbour == page:
            done = read_wanted(m, process, entry, page, insist)
            if done < 0:
                break
        else:
            word = get(m, PTE, base + neighbour)
            if word != 0 and word & PTE_PRESENT == 0:
                read_ahead(m, process, pte_to_swp_entry(word), window)
    finish_plug(m)
    return done


@kernel
def swapin_readahead(m: Words, process: int, vma: int, entry: int, page: int, insist: bool) -> int:
    """swapin_readahead(): when the wanted page's read is done, 0 if it is there already, -1 without memory.

    ``vma`` is 0 for a shmem object, which always uses cluster readahead. A fault may ``insist`` that
    somebody is killed for its frame; swapoff may not.
    """
    if m[READAHEAD_ZSWAP] == 0 and backend_tag(backend(m, entry)) == ZSWAP:
        return read_wanted(m, process, entry, page, insist)
    if vma != 0 and use_vma_readahead(m):
        return swap_vma_readahead(m, process, vma, entry, page, insist)
    return swap_cluster_readahead(m, process, entry, page, insist)
