"""A frame for the running task: off the free list, or by its own reclaim, or by killing somebody."""

from __future__ import annotations

from engine.mm.block import flush_plug, wait_until
from engine.mm.image import (
    BIO_DONE,
    BIO_HEAD,
    FREE_PAGES,
    MM_STATE,
    NOW,
    NR_WRITEBACK,
    POLICY,
    PROCESSES,
    PSI_FULL,
    PSI_SOME,
    RECLAIM,
    RECLAIM_NS,
)
from engine.mm.journal import CAUSE, add, emit, get
from engine.mm.kernel import kernel
from engine.mm.kswapd import throttle_direct_reclaim, wakeup_kswapd
from engine.mm.oom_kill import out_of_memory
from engine.mm.page_alloc import RECLAIM_MEMCG, take_frame, task_floor, watermark_low
from engine.mm.page_io import complete_writes
from engine.mm.policy import LINUX, evict_one
from engine.mm.schema import Words
from engine.mm.transitions import DIRECT_RECLAIM
from engine.mm.vmscan import SWAP_CLUSTER_MAX, do_try_to_free_pages, zone_reclaimable_pages

MAX_RECLAIM_RETRIES = 16
MM_RUNS = 1


@kernel
def stalled(m: Words, since: int) -> None:
    """psi_memstall_leave(): the task waited for memory; all tasks did when it is the only one."""
    waited = m[NOW] - since
    if waited <= 0:
        return
    add(m, PSI_SOME, waited)
    running = 0
    for process in range(1, m[PROCESSES] + 1):
        if get(m, MM_STATE, process) == MM_RUNS:
            running += 1
    if running <= 1:
        add(m, PSI_FULL, waited)


@kernel
def should_reclaim_retry(m: Words, floor: int, fruitless: int) -> bool:
    """should_reclaim_retry(): not without progress time and again; of a node not if all there is would not be enough.

    A cgroup (try_charge_memcg) tries sixteen times, after a first time for its stock of charges and a last one.
    """
    if m[RECLAIM] == RECLAIM_MEMCG:
        return fruitless < MAX_RECLAIM_RETRIES + 2
    return fruitless <= MAX_RECLAIM_RETRIES and m[FREE_PAGES] + zone_reclaimable_pages(m) > floor


@kernel
def direct_reclaim(m: Words, floor: int) -> bool:
    """try_to_free_pages() until more than ``floor`` frames are free, or nothing more can be freed.

    Pages under writeback are waited for before it gives up.
    """
    since = m[NOW]
    cause = m[CAUSE]
    m[CAUSE] = emit(m, DIRECT_RECLAIM, m[FREE_PAGES], 0, 0)
    fruitless = 0
    while m[FREE_PAGES] <= floor and should_reclaim_retry(m, floor, fruitless):
        complete_writes(m, m[NOW])
        throttle_direct_reclaim(m)
        if do_try_to_free_pages(m, SWAP_CLUSTER_MAX) > 0:
            fruitless = 0
        elif m[NR_WRITEBACK] > 0:
            flush_plug(m)
            wait_until(m, get(m, BIO_DONE, m[BIO_HEAD]))
            complete_writes(m, m[NOW])
        else:
            fruitless += 1
    m[CAUSE] = cause
    add(m, RECLAIM_NS, m[NOW] - since)
    stalled(m, since)
    return m[FREE_PAGES] > floor


@kernel
def alloc_frame(m: Words, process: int, retry: bool) -> int:
    """__alloc_pages(), try_charge(): a frame, or 0.

    With ``retry`` somebody is killed when there is none; 0 then means that it was the asking
    process itself, or that nobody is left. Without it (readahead) the caller does without.
    """
    if m[FREE_PAGES] <= watermark_low(m):
        wakeup_kswapd(m)
    if m[POLICY] != LINUX:
        while m[FREE_PAGES] <= 0:
            if not evict_one(m) and (not retry or out_of_memory(m) == 0 or get(m, MM_STATE, process) != MM_RUNS):
                return 0
        return take_frame(m)
    floor = task_floor(m)
    while m[FREE_PAGES] <= floor:
        if direct_reclaim(m, floor):
            break
        if not retry or out_of_memory(m) == 0 or get(m, MM_STATE, process) != MM_RUNS:
            return 0
    return take_frame(m)
