"""Reclaim: which page leaves memory next (mm/vmscan.c), for anonymous memory and shmem.

Inactive pages are looked at from the tail in batches of 32, each with its second chance; the
active list is shortened when it is longer than the inactive one by more than the ratio; the
part of the lists that is scanned doubles with every priority until 32 pages are free. Left out:
file pages and the balance between the two kinds, MGLRU, several nodes.
"""

from __future__ import annotations

from engine.mm.block import finish_plug, start_plug
from engine.mm.clock import KSWAPD, spend, time_of_actor
from engine.mm.design.hooks import can_name, name_folio
from engine.mm.fetch import fetch_list, fetch_older
from engine.mm.image import (
    ACTIVE_TAIL,
    ALLOCSTALL,
    ANON_COST,
    DROPPED_SWAPCACHE,
    FREE_PAGES,
    INACTIVE_TAIL,
    KSWAPD_FAILURES,
    LRUVEC_REFAULTS,
    MEMCG_FULL_WALK,
    MET_WRITEBACK,
    NONRESIDENT_AGE,
    NR_ACTIVE,
    NR_INACTIVE,
    NR_VMSCAN_WRITE,
    PAGE_FLAGS,
    PAGE_MAPCOUNT,
    PAGE_MAPPING,
    PAGE_SWAP,
    PAGEOUT_MAPPED_ONLY,
    PGACTIVATE,
    PGDEACTIVATE,
    PGREFILL,
    PGSCAN_ANON,
    PGSCAN_DIRECT,
    PGSCAN_KSWAPD,
    PGSTEAL_ANON,
    PGSTEAL_DIRECT,
    PGSTEAL_KSWAPD,
    POLICY,
    RECLAIM,
    SCAN_NS,
    SKIPPED_DEACTIVATE,
    SUBMIT_NS,
    SWAP_NAME_FAIL,
    SWAP_TOTAL,
    SWAPPINESS,
)
from engine.mm.journal import ACTOR, add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, lru_add, lru_del, make_unevictable, set_flags
from engine.mm.lruvec_stats import flush_memcg_stats, known_activations, known_active, known_inactive
from engine.mm.page_alloc import RECLAIM_MEMCG, give_frame_back, int_sqrt, legacy_cgroup, watermark_high
from engine.mm.page_io import (
    KEEP_ACTIVE,
    NOTHING_TO_WRITE,
    WRITING,
    complete_writes,
    remove_mapping,
    swap_writeout,
    wait_for_write,
)
from engine.mm.pageflags import (
    PG_ACTIVE,
    PG_DIRTY,
    PG_LOCKED,
    PG_LRU,
    PG_READAHEAD,
    PG_RECLAIM,
    PG_REFERENCED,
    PG_SHMEM,
    PG_SWAPCACHE,
    PG_WORKINGSET,
    PG_WRITEBACK,
)
from engine.mm.rmap import folio_referenced, shmem_from_swap, shmem_to_swap, try_to_unmap
from engine.mm.schema import Words
from engine.mm.shrinker import shrink_zswap
from engine.mm.swap_state import enter_swap_cache, folio_free_swap
from engine.mm.swapfile import vm_swap_full
from engine.mm.transitions import (
    ACTIVATED,
    DEACTIVATE,
    FREED,
    KEEP,
    MET_WRITING,
    NAME_FAIL,
    NEVER_MAPPED,
    NOT_WRITTEN,
    SWAP_NAME,
    UNMAP,
)
from engine.mm.workingset import lru_note_cost

DEF_PRIORITY = 12
SWAP_CLUSTER_MAX = 32
MAX_SWAPPINESS = 200
GIB_PAGES_SHIFT = 18

FREED_IT = 1
KEPT = 0

REFS_RECLAIM = 0
REFS_KEEP = 1
REFS_ACTIVATE = 2
REFS_LOCKED = 3


@kernel
def inactive_is_low(m: Words) -> bool:
    """inactive_is_low(): the larger memory is, the shorter the inactive list may be."""
    flush_memcg_stats(m)
    inactive = known_inactive(m)
    active = known_active(m)
    gib = (inactive + active) >> GIB_PAGES_SHIFT
    ratio = 1
    if gib != 0:
        ratio = int_sqrt(10 * gib)
    return inactive * ratio < active


@kernel
def folio_check_references(m: Words, frame: int) -> int:
    """folio_check_references(): used once since the last look is kept, used twice becomes active."""
    referenced = folio_referenced(m, frame)
    if referenced < 0:
        return REFS_LOCKED
    was_referenced = has_flag(m, frame, PG_REFERENCED)
    if was_referenced:
        put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_REFERENCED)
    if referenced == 0:
        return REFS_RECLAIM
    set_flags(m, frame, PG_REFERENCED)
    if was_referenced or referenced > 1:
        return REFS_ACTIVATE
    return REFS_KEEP


@kernel
def activate_locked(m: Words, frame: int) -> int:
    """activate_locked: to the active list; with swap half full its slot is given up as well.

    A policy that stands alone has no active list: the page is the newest again.
    """
    freed = False
    if has_flag(m, frame, PG_SWAPCACHE) and vm_swap_full(m):
        freed = folio_free_swap(m, frame)
    if m[POLICY] == 0:
        set_flags(m, frame, PG_ACTIVE)
        add(m, PGACTIVATE, 1)
    if freed and get(m, PAGE_MAPCOUNT, frame) == 0 and not has_flag(m, frame, PG_SHMEM):
        # move_folios_to_lru(): nobody has it any more. It is free, and not counted as reclaimed.
        give_frame_back(m, frame)
        emit(m, FREED, frame, 0, 0)
        return KEPT
    lru_add(m, frame)
    return KEPT


@kernel
def give_name(m: Words, frame: int) -> int:
    """folio_alloc_swap(): the folio joins the swapcache under its new entry; 0: there is none for it."""
    entry = name_folio(m, frame)
    if entry == 0:
        add(m, SWAP_NAME_FAIL, 1)
        emit(m, NAME_FAIL, frame, 0, 0)
        return 0
    enter_swap_cache(m, frame, entry)
    set_flags(m, frame, PG_DIRTY)
    emit(m, SWAP_NAME, frame, entry, 0)
    return entry


@kernel
def shrink_folio(m: Words, frame: int) -> int:
    """One turn of shrink_folio_list()'s loop, for a folio already off its list: FREED_IT, or KEPT and listed again."""
    spend(m, m[SCAN_NS])
    flags = get(m, PAGE_FLAGS, frame)
    if flags & PG_LOCKED != 0:
        lru_add(m, frame)
        return KEPT
    if flags & PG_WRITEBACK != 0:
        if legacy_cgroup(m) and flags & PG_RECLAIM != 0:
            # Only a cgroup of v1 is not throttled where it dirties pages: writeback_throttling_sane().
            wait_for_write(m, frame)
        else:
            set_flags(m, frame, PG_RECLAIM)
            add(m, MET_WRITEBACK, 1)
            activate_locked(m, frame)
            emit(m, MET_WRITING, frame, 0, 0)
            return KEPT
    refs = folio_check_references(m, frame)
    if refs == REFS_LOCKED:
        folio_free_swap(m, frame)
        make_unevictable(m, frame)
        return KEPT
    if refs == REFS_ACTIVATE:
        activate_locked(m, frame)
        emit(m, ACTIVATED, frame, 0, 0)
        return KEPT
    if refs == REFS_KEEP:
        lru_add(m, frame)
        emit(m, KEEP, frame, 0, 0)
        return KEPT
    return reclaim_folio(m, frame)


@kernel
def reclaim_folio(m: Words, frame: int) -> int:
    """The rest of shrink_folio_list()'s loop, for a folio nobody used: name it, unmap it, write it, free it.

    An object's page gets its name only when it is written (shmem_writeout()): it is unmapped by then.
    """
    shmem = has_flag(m, frame, PG_SHMEM)
    entry = get(m, PAGE_SWAP, frame)
    if entry == 0 and not shmem:
        entry = give_name(m, frame)
        if entry == 0:
            return activate_locked(m, frame)
    if get(m, PAGE_MAPCOUNT, frame) > 0:
        emit(m, UNMAP, frame, entry, try_to_unmap(m, frame, entry))
    if shmem:
        entry = give_name(m, frame)
        if entry == 0:
            return activate_locked(m, frame)
        shmem_to_swap(m, frame, entry)
    if has_flag(m, frame, PG_DIRTY):
        if get(m, PAGE_MAPPING, frame) == 0 and m[PAGEOUT_MAPPED_ONLY] != 0 and m[POLICY] == 0:
            # pageout() knows shmem by its mapping and the rest by folio_test_anon(): this one is neither yet.
            emit(m, NEVER_MAPPED, frame, entry, 0)
            return activate_locked(m, frame)
        wrote = swap_writeout(m, frame, entry)
        if wrote == KEEP_ACTIVE:
            emit(m, NOT_WRITTEN, frame, entry, 0)
            clear_flags(m, frame, PG_READAHEAD)
            if shmem:
                shmem_from_swap(m, frame, entry)
            return activate_locked(m, frame)
        add(m, NR_VMSCAN_WRITE, 1)
        if wrote == NOTHING_TO_WRITE:
            # Dirty again (folio_free_swap), so it is kept; but nobody has it any more: freed, and not counted.
            give_frame_back(m, frame)
            emit(m, FREED, frame, 0, 0)
            return KEPT
        if wrote == WRITING:
            spend(m, m[SUBMIT_NS])
            lru_add(m, frame)
            return KEPT
    else:
        add(m, DROPPED_SWAPCACHE, 1)
    remove_mapping(m, frame, entry)
    return FREED_IT


@kernel
def shrink_inactive_list(m: Words, pages: int) -> int:
    """shrink_inactive_list(): up to so many from the tail; how many are free now."""
    complete_writes(m, time_of_actor(m))
    freed = 0
    scanned = 0
    written = m[NR_VMSCAN_WRITE]
    pages = min(pages, m[NR_INACTIVE])
    if pages == 0:
        return 0
    ahead = fetch_list(m, m[INACTIVE_TAIL])
    while scanned < pages and m[INACTIVE_TAIL] != 0:
        scanned += 1
        ahead = fetch_older(m, ahead)
        frame = m[INACTIVE_TAIL]
        lru_del(m, frame)
        freed += shrink_folio(m, frame)
        if get(m, PAGE_FLAGS, frame) & (PG_ACTIVE | PG_LRU) == PG_ACTIVE | PG_LRU:
            # move_folios_to_lru(): an activation ages the shadows as an eviction does.
            add(m, NONRESIDENT_AGE, 1)
    add(m, PGSCAN_ANON, scanned)
    add(m, PGSTEAL_ANON, freed)
    if m[ACTOR] == KSWAPD:
        add(m, PGSCAN_KSWAPD, scanned)
        add(m, PGSTEAL_KSWAPD, freed)
    else:
        add(m, PGSCAN_DIRECT, scanned)
        add(m, PGSTEAL_DIRECT, freed)
    lru_note_cost(m, (m[NR_VMSCAN_WRITE] - written) * SWAP_CLUSTER_MAX + scanned - freed)
    return freed


@kernel
def shrink_active_list(m: Words, pages: int) -> None:
    """shrink_active_list(): anonymous pages are always deactivated, their young bits cleared."""
    moved = 0
    pages = min(pages, m[NR_ACTIVE])
    ahead = fetch_list(m, m[ACTIVE_TAIL])
    while moved < pages and m[ACTIVE_TAIL] != 0:
        ahead = fetch_older(m, ahead)
        frame = m[ACTIVE_TAIL]
        spend(m, m[SCAN_NS])
        lru_del(m, frame)
        folio_referenced(m, frame)
        put(m, PAGE_FLAGS, frame, (get(m, PAGE_FLAGS, frame) & ~PG_ACTIVE) | PG_WORKINGSET)
        lru_add(m, frame)
        moved += 1
    if moved > 0:
        add(m, PGREFILL, moved)
        add(m, PGDEACTIVATE, moved)
        emit(m, DEACTIVATE, moved, 0, 0)


@kernel
def can_age_anon_pages(m: Words) -> bool:
    """can_age_anon_pages(): the active list is worth shortening where there is swap at all, used up or not."""
    if m[SWAP_TOTAL] > 0:
        return True
    return can_name(m) != 0


@kernel
def zone_reclaimable_pages(m: Words) -> int:
    """zone_reclaimable_pages(): what reclaim could look at."""
    if can_name(m):
        return m[NR_INACTIVE] + m[NR_ACTIVE]
    return 0


@kernel
def scan_share(m: Words, pages: int, priority: int, cost: int, tiny: bool) -> int:
    """get_scan_count(): the anonymous lists' share of the scan where there is nothing on the file lists.

    By swappiness and cost (SCAN_FRACT); both lists in whole at priority 0, and where a node has next to no
    file pages (``tiny``). A cgroup with swappiness 0 is not scanned at all, a node only when file pages are few.
    """
    swappiness = m[SWAPPINESS]
    if m[RECLAIM] == RECLAIM_MEMCG and swappiness == 0:
        return 0
    if tiny or (priority == 0 and swappiness != 0):
        return pages
    anon = swappiness * (3 * cost + 1) // (2 * cost + 1)
    file = (MAX_SWAPPINESS - swappiness) * (3 * cost + 1) // (cost + 1)
    return pages * anon // (anon + file)


@kernel
def shrink_lruvec(m: Words, priority: int, target: int, deactivate: bool, tiny: bool) -> int:
    """shrink_lruvec(): the lists' share of one priority, in batches; how many pages are free now."""
    cost = m[ANON_COST]
    inactive = 0
    active = 0
    if can_name(m):
        inactive = scan_share(m, m[NR_INACTIVE] >> priority, priority, cost, tiny)
        active = scan_share(m, m[NR_ACTIVE] >> priority, priority, cost, tiny)
    # A task's own reclaim of a node goes through the first share in whole (proportional_reclaim).
    whole = m[RECLAIM] != RECLAIM_MEMCG and m[ACTOR] != KSWAPD and priority == DEF_PRIORITY
    freed = 0
    start_plug(m)
    # Once the inactive share is used up, the active list is left alone as well.
    while inactive > 0:
        batch = min(inactive, SWAP_CLUSTER_MAX)
        inactive -= batch
        freed += shrink_inactive_list(m, batch)
        if active > 0:
            batch = min(active, SWAP_CLUSTER_MAX)
            active -= batch
            if deactivate:
                shrink_active_list(m, batch)
            elif m[SKIPPED_DEACTIVATE] == 0:
                store(m, SKIPPED_DEACTIVATE, 1)
        if freed >= target and not whole:
            break
    finish_plug(m)
    if can_age_anon_pages(m) and inactive_is_low(m):
        shrink_active_list(m, SWAP_CLUSTER_MAX)
    return freed


@kernel
def shrink_node(m: Words, priority: int, target: int, force: bool) -> int:
    """shrink_node(): one priority's share of the lists, then the shrinkers'; how many pages are free now."""
    # prepare_scan_control(); file_is_tiny is asked of a node alone.
    stale = inactive_is_low(m) or known_activations(m) != m[LRUVEC_REFAULTS]
    tiny = (
        m[RECLAIM] != RECLAIM_MEMCG
        and not (stale or force)
        and m[FREE_PAGES] <= watermark_high(m)
        and m[NR_INACTIVE] >> priority != 0
    )
    freed = shrink_lruvec(m, priority, target, stale or force, tiny)
    shrink_zswap(m, priority)
    if freed > 0 and m[KSWAPD_FAILURES] != 0:
        store(m, KSWAPD_FAILURES, 0)
    return freed


@kernel
def snapshot_refaults(m: Words) -> None:
    """snapshot_refaults(): refaults from now on are news to the next reclaim."""
    store(m, LRUVEC_REFAULTS, known_activations(m))


@kernel
def do_try_to_free_pages(m: Words, target: int) -> int:
    """do_try_to_free_pages(): ever larger parts of the lists until so many are free.

    Without one all is gone through once more (since 6.11), and again with the active list shortened by
    force where it was left alone.
    """
    freed = 0
    force = False
    full_walk = m[MEMCG_FULL_WALK] == 0
    again = True
    while again:
        if m[RECLAIM] != RECLAIM_MEMCG:
            add(m, ALLOCSTALL, 1)
        priority = DEF_PRIORITY
        while priority >= 0 and freed < target:
            freed += shrink_node(m, priority, target, force)
            priority -= 1
        snapshot_refaults(m)
        again = False
        if freed == 0 and not full_walk:
            full_walk = True
            again = True
        elif freed == 0 and m[SKIPPED_DEACTIVATE] != 0:
            store(m, SKIPPED_DEACTIVATE, 0)
            force = True
            again = True
    if m[SKIPPED_DEACTIVATE] != 0:
        store(m, SKIPPED_DEACTIVATE, 0)
    return freed
