"""The shrinkers reclaim calls beside the lists (mm/shrinker.c): of these zswap's, which writes entries back."""

from __future__ import annotations

from engine.mm.image import (
    NR_DISK_SWAPINS,
    NR_STORED,
    NR_ZLRU,
    SHRINKER,
    SHRINKER_DEFERRED,
    STORED_BYTES,
    WRITEBACK,
)
from engine.mm.journal import CAUSE, emit, store
from engine.mm.kernel import kernel
from engine.mm.page_alloc import legacy_cgroup
from engine.mm.schema import Words
from engine.mm.transitions import SHRINKER_RUN
from engine.mm.zswap import shrink_for_shrinker

PAGE_SIZE = 4096
SHRINK_BATCH = 128


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
