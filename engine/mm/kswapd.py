"""kswapd: keeps more than the high watermark free while tasks go on (mm/vmscan.c, balance_pgdat()).

A step is one round at one priority. It aims at as many pages as the high mark, which few lists have, so
that it goes through the priorities from 12 to 1 and begins anew until enough is free; it never forces the
active list, and never scans the lists in whole. Left out: several nodes and zones, boosts, orders.
"""

from __future__ import annotations

from engine.mm.block import flush_plug, wait_until
from engine.mm.clock import KSWAPD
from engine.mm.image import (
    BIO_DONE,
    BIO_HEAD,
    BIO_NEXT,
    FREE_PAGES,
    KSWAPD_AWAKE,
    KSWAPD_CAUSE,
    KSWAPD_CLOCK,
    KSWAPD_FAILURES,
    KSWAPD_PRIORITY,
    KSWAPD_RECLAIMED,
    MET_WRITEBACK,
    NOW,
    PGDAT_WRITEBACK,
    PGSCAN_ANON,
    PLUG,
    POLICY,
    RECLAIM,
)
from engine.mm.journal import ACTOR, CAUSE, emit, get, store
from engine.mm.kernel import kernel
from engine.mm.page_alloc import RECLAIM_MEMCG, watermark_high, watermark_low, watermark_min
from engine.mm.page_io import complete_writes
from engine.mm.schema import Words
from engine.mm.transitions import KSWAPD_SLEEP, KSWAPD_WAKE
from engine.mm.vmscan import (
    DEF_PRIORITY,
    SWAP_CLUSTER_MAX,
    can_age_anon_pages,
    inactive_is_low,
    shrink_active_list,
    shrink_node,
    snapshot_refaults,
    zone_reclaimable_pages,
)

ASLEEP, AT_WORK, DOZING = range(3)
"""DOZING: the short sleep of kswapd_try_to_sleep(), after which it looks whether it was too early."""
HZ_10_NS = 100_000_000
"""HZ/10: how long it dozes, and how long it waits at most for writes."""
MAX_RECLAIM_RETRIES = 16


@kernel
def pgdat_balanced(m: Words) -> bool:
    """pgdat_balanced(): more than the high mark is free."""
    return m[FREE_PAGES] > watermark_high(m)


@kernel
def begin_balance(m: Words) -> None:
    """balance_pgdat() begins, or begins anew."""
    store(m, KSWAPD_PRIORITY, DEF_PRIORITY)
    store(m, KSWAPD_RECLAIMED, 0)


@kernel
def wakeup_kswapd(m: Words) -> None:
    """wakeup_kswapd(): unless it is at work, the node is balanced, or it has given up."""
    if m[RECLAIM] == RECLAIM_MEMCG or m[POLICY] != 0 or m[KSWAPD_AWAKE] == AT_WORK:
        return
    if m[KSWAPD_FAILURES] >= MAX_RECLAIM_RETRIES or pgdat_balanced(m):
        return
    store(m, KSWAPD_AWAKE, AT_WORK)
    store(m, KSWAPD_CLOCK, m[NOW])
    begin_balance(m)
    store(m, KSWAPD_CAUSE, emit(m, KSWAPD_WAKE, m[FREE_PAGES], watermark_low(m), 0))


@kernel
def kswapd_try_to_sleep(m: Words) -> None:
    """kswapd_try_to_sleep(): for a tenth of a second first."""
    snapshot_refaults(m)
    if m[PGDAT_WRITEBACK] != 0 and pgdat_balanced(m):
        store(m, PGDAT_WRITEBACK, 0)
    store(m, KSWAPD_AWAKE, DOZING)
    emit(m, KSWAPD_SLEEP, m[FREE_PAGES], watermark_high(m), 0)
    store(m, KSWAPD_CLOCK, m[KSWAPD_CLOCK] + HZ_10_NS)


@kernel
def wake_from_doze(m: Words) -> None:
    """The short sleep is over: a long one follows, unless it was too early."""
    if pgdat_balanced(m) or m[KSWAPD_FAILURES] >= MAX_RECLAIM_RETRIES:
        store(m, KSWAPD_AWAKE, ASLEEP)
        return
    store(m, KSWAPD_AWAKE, AT_WORK)
    begin_balance(m)
    store(m, KSWAPD_CAUSE, emit(m, KSWAPD_WAKE, m[FREE_PAGES], watermark_low(m), 0))


@kernel
def reclaim_throttle(m: Words) -> None:
    """reclaim_throttle(VMSCAN_THROTTLE_WRITEBACK): until more than a batch is written, a tenth of a second at most.

    Where fewer are under way the last of them ends it: on memory as small as that it would be the whole tenth.
    """
    until = m[KSWAPD_CLOCK]
    bio = m[BIO_HEAD]
    left = SWAP_CLUSTER_MAX + 1
    while bio != 0 and left > 0:
        until = get(m, BIO_DONE, bio)
        bio = get(m, BIO_NEXT, bio)
        left -= 1
    store(m, KSWAPD_CLOCK, max(min(until, m[KSWAPD_CLOCK] + HZ_10_NS), m[KSWAPD_CLOCK]))


@kernel
def balance_round(m: Words) -> None:
    """One turn of balance_pgdat()'s loop: some ageing, kswapd_shrink_node(), and the priority of the next."""
    if can_age_anon_pages(m) and inactive_is_low(m):
        shrink_active_list(m, SWAP_CLUSTER_MAX)
    target = max(watermark_high(m), SWAP_CLUSTER_MAX)
    scanned = m[PGSCAN_ANON]
    met = m[MET_WRITEBACK]
    freed = shrink_node(m, m[KSWAPD_PRIORITY], target, False)
    scanned = m[PGSCAN_ANON] - scanned
    met = m[MET_WRITEBACK] - met
    store(m, KSWAPD_RECLAIMED, m[KSWAPD_RECLAIMED] + freed)
    # shrink_node(): nothing but pages under writeback; from then on it waits when it meets one.
    if met > 0 and m[PGDAT_WRITEBACK] != 0:
        reclaim_throttle(m)
    elif met > 0 and met == scanned:
        store(m, PGDAT_WRITEBACK, 1)
    if max(scanned, freed) < target or freed == 0:
        store(m, KSWAPD_PRIORITY, m[KSWAPD_PRIORITY] - 1)
    if m[KSWAPD_PRIORITY] >= 1:
        return
    if m[KSWAPD_RECLAIMED] == 0:
        store(m, KSWAPD_FAILURES, m[KSWAPD_FAILURES] + 1)
    if m[KSWAPD_FAILURES] >= MAX_RECLAIM_RETRIES:
        kswapd_try_to_sleep(m)
        return
    snapshot_refaults(m)
    begin_balance(m)


@kernel
def kswapd_step(m: Words) -> None:
    """kswapd(): a round of its work, asleep once enough is free or sixteen times in a row nothing could be."""
    actor = m[ACTOR]
    cause = m[CAUSE]
    m[ACTOR] = KSWAPD
    m[CAUSE] = m[KSWAPD_CAUSE]
    complete_writes(m, m[KSWAPD_CLOCK])
    if m[KSWAPD_AWAKE] == DOZING:
        wake_from_doze(m)
    elif pgdat_balanced(m):
        kswapd_try_to_sleep(m)
    else:
        balance_round(m)
    m[ACTOR] = actor
    m[CAUSE] = cause


@kernel
def allow_direct_reclaim(m: Words) -> bool:
    """allow_direct_reclaim(): half of min is free, or waiting is in vain."""
    if m[RECLAIM] == RECLAIM_MEMCG or m[KSWAPD_FAILURES] >= MAX_RECLAIM_RETRIES:
        return True
    if m[FREE_PAGES] > 0 and zone_reclaimable_pages(m) == 0:
        return True
    return m[FREE_PAGES] > watermark_min(m) // 2


@kernel
def throttle_direct_reclaim(m: Words) -> None:
    """throttle_direct_reclaim(): below half of min a task waits for kswapd before it reclaims itself."""
    if allow_direct_reclaim(m):
        return
    # A task that sleeps lets go what its plug holds back, and kswapd's plug is another one.
    flush_plug(m)
    plug = m[PLUG]
    store(m, PLUG, 0)
    wakeup_kswapd(m)
    while m[KSWAPD_AWAKE] == AT_WORK and not allow_direct_reclaim(m):
        until = m[KSWAPD_CLOCK]
        kswapd_step(m)
        if m[KSWAPD_AWAKE] == AT_WORK:
            until = m[KSWAPD_CLOCK]
        wait_until(m, until)
    store(m, PLUG, plug)
