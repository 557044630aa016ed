"""Replacement policies that stand alone: FIFO, LRU, CLOCK, RANDOM and OPT instead of Linux' two lists.

For classes that start there. Memory is a cache of exactly ``frames`` pages: no watermarks, no
kswapd; a fault that finds every frame taken evicts one page, which leaves memory the way any
page does. All pages are on the inactive list, newest first.

CLOCK is the one-bit variant (a page used since it was last looked at goes round once more; a new
page starts without the bit). OPT evicts the page whose next use is farthest away (Belady 1966). OWN
carries out what a policy of somebody's own decided before (:mod:`engine.policies`).
"""

from __future__ import annotations

from engine.mm.clock import random_below
from engine.mm.decisions import UNDECIDED, next_decision
from engine.mm.image import (
    FRAME_TOP,
    FRAME_USE,
    FUTURE,
    INACTIVE,
    INACTIVE_TAIL,
    MM_PAGES,
    MM_PTE,
    NR_INACTIVE,
    OPERATIONS,
    PAGE_FLAGS,
    PAGE_NEXT,
    PAGE_PREV,
    PAGE_SWAP,
    PGSCAN_ANON,
    PGSCAN_DIRECT,
    PGSTEAL_ANON,
    PGSTEAL_DIRECT,
    POLICY,
    PROCESSES,
    PTE,
)
from engine.mm.journal import add, emit, get, put
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, list_add_head, list_del, lru_del, set_flags
from engine.mm.page_io import remove_mapping, wait_for_write
from engine.mm.pageflags import PG_LOCKED, PG_LRU, PG_REFERENCED, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.schema import Words
from engine.mm.swapops import PTE_PRESENT, ZERO_PFN, pte_pfn
from engine.mm.transitions import KEEP
from engine.mm.vmscan import FREED_IT, reclaim_folio

LINUX, FIFO, LRU, CLOCK, RANDOM, OPT, OWN = range(7)
PROCESS_SHIFT = 32
PAGE_MASK = (1 << PROCESS_SHIFT) - 1


@kernel
def note_use(m: Words, frame: int) -> None:
    """A page was used: what the policy remembers of it. The shared zero page is no frame of ours."""
    if frame == ZERO_PFN:
        return
    policy = m[POLICY]
    if policy == LRU:
        flags = get(m, PAGE_FLAGS, frame)
        if m[INACTIVE] != frame and flags & PG_LRU != 0 and flags & PG_UNEVICTABLE == 0:
            list_del(m, INACTIVE, INACTIVE_TAIL, frame)
            list_add_head(m, INACTIVE, INACTIVE_TAIL, frame)
    elif policy == CLOCK:
        set_flags(m, frame, PG_REFERENCED)
    elif policy == OPT:
        put(m, FRAME_USE, frame, get(m, FUTURE, m[OPERATIONS]))


@kernel
def evictable(m: Words, frame: int) -> bool:
    """On the list, not locked by the fault that asks, not being written."""
    flags = get(m, PAGE_FLAGS, frame)
    return flags & PG_LRU != 0 and flags & (PG_LOCKED | PG_UNEVICTABLE | PG_WRITEBACK) == 0


@kernel
def oldest(m: Words) -> int:
    """The page longest on the list (FIFO), or longest unused when uses move pages to its head (LRU)."""
    frame = m[INACTIVE_TAIL]
    while frame != 0 and not evictable(m, frame):
        frame = get(m, PAGE_PREV, frame)
    return frame


@kernel
def clock_hand(m: Words) -> int:
    """The oldest page not used since the hand last came by; those that were go round once more."""
    left = 2 * m[NR_INACTIVE]
    while left > 0:
        left -= 1
        frame = m[INACTIVE_TAIL]
        if evictable(m, frame) and not has_flag(m, frame, PG_REFERENCED):
            return frame
        clear_flags(m, frame, PG_REFERENCED)
        list_del(m, INACTIVE, INACTIVE_TAIL, frame)
        list_add_head(m, INACTIVE, INACTIVE_TAIL, frame)
        emit(m, KEEP, frame, 0, 0)
    return 0


@kernel
def at_random(m: Words) -> int:
    """Any page, each as likely; after some misses the oldest."""
    for _ in range(64):
        frame = random_below(m, m[FRAME_TOP]) + 1
        if evictable(m, frame):
            return frame
    return oldest(m)


@kernel
def used_last(m: Words) -> int:
    """The page whose next use is farthest away."""
    best = 0
    farthest = -1
    frame = m[INACTIVE]
    while frame != 0:
        if evictable(m, frame) and get(m, FRAME_USE, frame) > farthest:
            best = frame
            farthest = get(m, FRAME_USE, frame)
        frame = get(m, PAGE_NEXT, frame)
    return best


@kernel
def decided(m: Words) -> int:
    """The page that a policy of somebody's own named for this eviction; the oldest where it is not to be had."""
    where = next_decision(m)
    process, page = where >> PROCESS_SHIFT, where & PAGE_MASK
    if where <= UNDECIDED or process < 1 or process > m[PROCESSES] or page >= get(m, MM_PAGES, process):
        return oldest(m)
    word = get(m, PTE, get(m, MM_PTE, process) + page)
    if word & PTE_PRESENT == 0 or not evictable(m, pte_pfn(word)):
        return oldest(m)
    return pte_pfn(word)


@kernel
def choose_victim(m: Words) -> int:
    """The page the policy gives up; 0: there is none."""
    if m[NR_INACTIVE] == 0:
        return 0
    policy = m[POLICY]
    if policy == CLOCK:
        return clock_hand(m)
    if policy == RANDOM:
        return at_random(m)
    if policy == OPT:
        return used_last(m)
    if policy == OWN:
        return decided(m)
    return oldest(m)


@kernel
def evict_one(m: Words) -> bool:
    """One page leaves memory; a write it needs is waited for."""
    frame = choose_victim(m)
    if frame == 0:
        return False
    add(m, PGSCAN_ANON, 1)
    add(m, PGSCAN_DIRECT, 1)
    lru_del(m, frame)
    if reclaim_folio(m, frame) != FREED_IT:
        if not has_flag(m, frame, PG_WRITEBACK):
            # It stays, or nobody had it any more.
            return get(m, PAGE_FLAGS, frame) == 0
        wait_for_write(m, frame)
        lru_del(m, frame)
        remove_mapping(m, frame, get(m, PAGE_SWAP, frame))
    add(m, PGSTEAL_ANON, 1)
    add(m, PGSTEAL_DIRECT, 1)
    return True
