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
    ACTIVATE_ANON,
    ACTIVE_TAIL,
    ANON_COST,
    DROPPED_SWAPCACHE,
    FREE_PAGES,
    INACTIVE_TAIL,
    KSWAPD_AWAKE,
    KSWAPD_CAUSE,
    KSWAPD_CLOCK,
    LRUVEC_REFAULTS,
    NONRESIDENT_AGE,
    NOW,
    NR_ACTIVE,
    NR_DISK_SWAPINS,
    NR_INACTIVE,
    NR_STORED,
    NR_VMSCAN_WRITE,
    NR_ZLRU,
    PAGE_FLAGS,
    PAGE_MAPCOUNT,
    PAGE_SWAP,
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
    SHRINKER,
    SHRINKER_DEFERRED,
    STORED_BYTES,
    SUBMIT_NS,
    SWAP_NAME_FAIL,
    SWAPPINESS,
    WRITEBACK,
)
from engine.mm.journal import ACTOR, CAUSE, add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.lru import has_flag, lru_add, lru_del, make_unevictable, set_flags
from engine.mm.page_alloc import (
    RECLAIM_MEMCG,
    give_frame_back,
    int_sqrt,
    legacy_cgroup,
    watermark_high,
    watermark_low,
)
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
    PG_RECLAIM,
    PG_REFERENCED,
    PG_SHMEM,
    PG_SWAPCACHE,
    PG_WORKINGSET,
    PG_WRITEBACK,
)
from engine.mm.rmap import folio_referenced, shmem_to_swap, try_to_unmap
from engine.mm.schema import Words
from engine.mm.swap_state import enter_swap_cache, folio_free_swap
from engine.mm.swapfile import vm_swap_full
from engine.mm.transitions import (
    ACTIVATED,
    DEACTIVATE,
    FREED,
    KEEP,
    KSWAPD_SLEEP,
    KSWAPD_WAKE,
    NAME_FAIL,
    SHRINKER_RUN,
    SWAP_NAME,
    UNMAP,
)
from engine.mm.workingset import lru_note_cost
from engine.mm.zswap import shrink_for_shrinker

DEF_PRIORITY = 12
SWAP_CLUSTER_MAX = 32
MAX_SWAPPINESS = 200
PAGE_SIZE = 4096
SHRINK_BATCH = 128
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
    inactive = m[NR_INACTIVE]
    active = m[NR_ACTIVE]
    gib = (inactive + active) >> GIB_PAGES_SHIFT
    ratio = 1
    if gib != 0:
        ratio = int_sqrt(10 * gib)
    return inactive * ratio < active


@kernel
def folio_check_references(m: Words, frame: int) -> int:
    """folio_check_references(): used once since the last look is kept, used twice becomes active."""
    referenced = folio_referenced(m, frame)
    was_referenced = has_flag(m, frame, PG_REFERENCED)
    if was_referenced:
        put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_REFERENCED)
    if referenced < 0:
        return REFS_LOCKED
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
    if has_flag(m, frame, PG_SWAPCACHE) and vm_swap_full(m):
        folio_free_swap(m, frame)
    if m[POLICY] == 0:
        set_flags(m, frame, PG_ACTIVE)
        add(m, PGACTIVATE, 1)
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
def count_freed(m: Words) -> int:
    """One page less."""
    add(m, PGSTEAL_ANON, 1)
    if m[ACTOR] == KSWAPD:
        add(m, PGSTEAL_KSWAPD, 1)
    else:
        add(m, PGSTEAL_DIRECT, 1)
    return FREED_IT


@kernel
def shrink_folio(m: Words, frame: int) -> int:
    """One turn of shrink_folio_list()'s loop, for a folio already off its list: FREED_IT, or KEPT and listed again."""
    spend(m, m[SCAN_NS])
    add(m, PGSCAN_ANON, 1)
    if m[ACTOR] == KSWAPD:
        add(m, PGSCAN_KSWAPD, 1)
    else:
        add(m, PGSCAN_DIRECT, 1)
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
            return activate_locked(m, frame)
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
    """The rest of shrink_folio_list()'s loop, for a folio nobody used: name it, unmap it, write it, free it."""
    shmem = has_flag(m, frame, PG_SHMEM)
    entry = get(m, PAGE_SWAP, frame)
    if entry == 0:
        entry = give_name(m, frame)
        if entry == 0:
            return activate_locked(m, frame)
    if get(m, PAGE_MAPCOUNT, frame) > 0:
        emit(m, UNMAP, frame, entry, try_to_unmap(m, frame, entry))
    if shmem:
        shmem_to_swap(m, frame, entry)
        put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~PG_SHMEM)
    if has_flag(m, frame, PG_DIRTY):
        wrote = swap_writeout(m, frame, entry)
        if wrote == NOTHING_TO_WRITE:
            give_frame_back(m, frame)
            emit(m, FREED, frame, 0, 0)
            return count_freed(m)
        if wrote == KEEP_ACTIVE:
            return activate_locked(m, frame)
        if wrote == WRITING:
            spend(m, m[SUBMIT_NS])
            lru_add(m, frame)
            return KEPT
    else:
        add(m, DROPPED_SWAPCACHE, 1)
    remove_mapping(m, frame, entry)
    return count_freed(m)


@kernel
def shrink_inactive_list(m: Words, pages: int) -> int:
    """shrink_inactive_list(): up to so many from the tail; how many are free now."""
    complete_writes(m, time_of_actor(m))
    freed = 0
    scanned = 0
    written = m[NR_VMSCAN_WRITE]
    pages = min(pages, m[NR_INACTIVE])
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
def zswap_shrinker_count(m: Words) -> int:
    """zswap_shrinker_count(): entries the shrinker may take.

    What came back from the device lately protects as many entries; of the rest the share that
    compression leaves counts. Where the pool is not charged to the cgroup (cgroup v1, see
    obj_cgroup_charge_zswap) the cgroup has nothing stored as far as its figures go: always 0.
    """
    if m[SHRINKER] == 0 or m[WRITEBACK] == 0 or m[NR_STORED] == 0:
        return 0
    if legacy_cgroup(m):
        return 0
    protected = m[NR_DISK_SWAPINS]
    store(m, NR_DISK_SWAPINS, max(protected - m[NR_ZLRU], 0))
    return max(m[NR_ZLRU] - protected, 0) * (m[STORED_BYTES] // PAGE_SIZE) // m[NR_STORED]


@kernel
def shrink_zswap(m: Words, priority: int) -> None:
    """do_shrink_slab() of the dynamic shrinker: in batches of 128, what does not fill one is put off."""
    freeable = zswap_shrinker_count(m)
    if freeable == 0:
        return
    put_off = m[SHRINKER_DEFERRED]
    delta = (freeable >> priority) * 2
    left = min((put_off >> priority) + delta, 2 * freeable)
    scanned = 0
    cause = m[CAUSE]
    while left > 0 and (left >= SHRINK_BATCH or left >= freeable):
        batch = min(left, SHRINK_BATCH)
        m[CAUSE] = emit(m, SHRINKER_RUN, batch, 0, 0)
        stopped = shrink_for_shrinker(m, batch) < 0
        m[CAUSE] = cause
        if stopped:
            break
        left -= batch
        scanned += batch
    store(m, SHRINKER_DEFERRED, min(max(put_off + delta - scanned, 0), 2 * freeable))


@kernel
def scan_share(m: Words, pages: int, priority: int, cost: int) -> int:
    """get_scan_count(): the anonymous lists' share of the scan where there is nothing on the file lists.

    A cgroup is scanned by swappiness and cost (SCAN_FRACT), both lists in whole at priority 0. With no
    file pages at all a node is short of them (file_is_tiny), and only anonymous pages are scanned.
    """
    if m[RECLAIM] != RECLAIM_MEMCG or priority == 0:
        return pages
    anon = m[SWAPPINESS] * (3 * cost + 1) // (2 * cost + 1)
    file = (MAX_SWAPPINESS - m[SWAPPINESS]) * (3 * cost + 1) // (cost + 1)
    return pages * anon // (anon + file)


@kernel
def shrink_lruvec(m: Words, priority: int, target: int, force: bool) -> int:
    """shrink_lruvec() and shrink_node()'s slab part, at one priority; how many pages are free now."""
    if not can_name(m):
        return 0
    deactivate = force or inactive_is_low(m) or m[ACTIVATE_ANON] != m[LRUVEC_REFAULTS]
    cost = m[ANON_COST]
    inactive = scan_share(m, m[NR_INACTIVE] >> priority, priority, cost)
    active = scan_share(m, m[NR_ACTIVE] >> priority, priority, cost)
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
        if freed >= target and not whole:
            break
    finish_plug(m)
    if inactive_is_low(m):
        shrink_active_list(m, SWAP_CLUSTER_MAX)
    shrink_zswap(m, priority)
    return freed


@kernel
def shrink_zones(m: Words, target: int) -> int:
    """do_try_to_free_pages(): ever larger parts of the lists until enough is free."""
    freed = 0
    priority = DEF_PRIORITY
    while priority >= 0 and freed < target:
        freed += shrink_lruvec(m, priority, target, False)
        priority -= 1
    store(m, LRUVEC_REFAULTS, m[ACTIVATE_ANON])
    if freed == 0 and m[NR_ACTIVE] > 0:
        priority = DEF_PRIORITY
        while priority >= 0 and freed < target:
            freed += shrink_lruvec(m, priority, target, True)
            priority -= 1
    return freed


@kernel
def wake_kswapd(m: Words) -> None:
    """wakeup_kswapd()"""
    if m[RECLAIM] == RECLAIM_MEMCG or m[POLICY] != 0 or m[KSWAPD_AWAKE] != 0:
        return
    store(m, KSWAPD_AWAKE, 1)
    store(m, KSWAPD_CLOCK, m[NOW])
    store(m, KSWAPD_CAUSE, emit(m, KSWAPD_WAKE, m[FREE_PAGES], watermark_low(m), 0))


@kernel
def kswapd_step(m: Words) -> None:
    """One round of balance_pgdat(): a batch; asleep once enough is free, or nothing can be freed."""
    actor = m[ACTOR]
    cause = m[CAUSE]
    m[ACTOR] = KSWAPD
    m[CAUSE] = m[KSWAPD_CAUSE]
    complete_writes(m, m[KSWAPD_CLOCK])
    freed = 0
    if m[FREE_PAGES] <= watermark_high(m):
        freed = shrink_zones(m, SWAP_CLUSTER_MAX)
    if freed == 0 or m[FREE_PAGES] > watermark_high(m):
        store(m, KSWAPD_AWAKE, 0)
        emit(m, KSWAPD_SLEEP, m[FREE_PAGES], watermark_high(m), 0)
    m[ACTOR] = actor
    m[CAUSE] = cause
