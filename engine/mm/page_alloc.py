"""Frames given out and taken back, and the watermarks (mm/page_alloc.c).

``FREE_PAGES`` is what is left of the frames after pages, pool and metadata. Under a memory
cgroup's limit it may go below zero: what reclaim itself needs is charged past the limit.
"""

from __future__ import annotations

from engine.mm.image import (
    CHARGE_POOL,
    FRAME_TOP,
    FRAME_USE,
    FRAMES,
    FREE_FRAME,
    FREE_PAGES,
    NR_RESIDENT,
    PAGE_CONTENT,
    PAGE_FLAGS,
    PAGE_INDEX,
    PAGE_MAPCOUNT,
    PAGE_MAPPING,
    PAGE_NEXT,
    PAGE_PREV,
    PAGE_SWAP,
    POLICY,
    RECLAIM,
    WATERMARK_HIGH,
    WATERMARK_LOW,
    WATERMARK_MIN,
    WMARK_HIGH,
    WMARK_LOW,
    WMARK_MIN,
)
from engine.mm.journal import add, get, put, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words

RECLAIM_NODE = 0
RECLAIM_MEMCG = 1

POLICY_OPT = 5
NEVER_USED = 1 << 62

MIN_FREE_KBYTES_LOW = 128
MIN_FREE_KBYTES_HIGH = 262144
WATERMARK_SCALE_FACTOR = 10
SMALL_MEMORY_SHARE = 16
"""On machines so small that the kernel's floor of 128 KiB would be an eighth of memory or more, min is this share."""


@kernel
def int_sqrt(value: int) -> int:
    """int_sqrt(): the largest number whose square is not above ``value``."""
    root = 0
    bit = 1 << 40
    while bit > value:
        bit >>= 2
    while bit != 0:
        if value >= root + bit:
            value -= root + bit
            root = (root >> 1) + bit
        else:
            root >>= 1
        bit >>= 2
    return root


@kernel
def min_pages(frames: int) -> int:
    """min_free_kbytes in pages: clamp(int_sqrt(kbytes * 16), 128, 262144) / 4 (init_per_zone_wmark_min)."""
    kbytes = min(max(int_sqrt(frames * 4 * 16), MIN_FREE_KBYTES_LOW), MIN_FREE_KBYTES_HIGH)
    pages = kbytes // 4
    if pages * 8 > frames:
        pages = max(frames // SMALL_MEMORY_SHARE, 1)
    return pages


@kernel
def setup_watermarks(m: Words) -> None:
    """__setup_per_zone_wmarks(): whenever memory or a setting of the marks changes, not at every allocation.

    They lie max(min / 4, managed * watermark_scale_factor / 10000) apart, at least 1; a setting that is
    not 0 takes the formula's place.
    """
    frames = m[FRAMES]
    low_mark = m[WATERMARK_MIN]
    if low_mark == 0:
        low_mark = min_pages(frames)
    store(m, WMARK_MIN, low_mark)
    gap = max(low_mark // 4, frames * WATERMARK_SCALE_FACTOR // 10000, 1)
    mark = m[WATERMARK_LOW]
    if mark == 0:
        mark = low_mark + gap
    store(m, WMARK_LOW, mark)
    high_mark = m[WATERMARK_HIGH]
    if high_mark == 0:
        high_mark = mark + gap
    store(m, WMARK_HIGH, high_mark)


@kernel
def watermark_min(m: Words) -> int:
    """min_wmark_pages(): below it only reclaim's own allocations are served."""
    return m[WMARK_MIN]


@kernel
def watermark_low(m: Words) -> int:
    """low_wmark_pages(): below it kswapd wakes."""
    return m[WMARK_LOW]


@kernel
def watermark_high(m: Words) -> int:
    """high_wmark_pages(): above it kswapd sleeps."""
    return m[WMARK_HIGH]


@kernel
def legacy_cgroup(m: Words) -> bool:
    """Whether the limit is one of cgroup v1, which alone does not charge the pool (obj_cgroup_charge_zswap())."""
    return m[RECLAIM] == RECLAIM_MEMCG and m[CHARGE_POOL] == 0


@kernel
def task_floor(m: Words) -> int:
    """A task's allocation must leave this many frames free; a policy that stands alone fills every frame."""
    if m[RECLAIM] == RECLAIM_MEMCG or m[POLICY] != 0:
        return 0
    return watermark_min(m)


@kernel
def memalloc_floor(m: Words) -> int:
    """What reclaim allocates (PF_MEMALLOC) must leave this many: none; a cgroup lets it past its limit."""
    if m[RECLAIM] == RECLAIM_MEMCG:
        return -watermark_min(m)
    return 0


@kernel
def take_frame(m: Words) -> int:
    """A frame off the free list; the caller has seen to it that there is one."""
    frame = m[FREE_FRAME]
    if frame != 0:
        store(m, FREE_FRAME, get(m, PAGE_NEXT, frame))
    else:
        frame = m[FRAME_TOP] + 1
        store(m, FRAME_TOP, frame)
    add(m, FREE_PAGES, -1)
    add(m, NR_RESIDENT, 1)
    if m[POLICY] == POLICY_OPT:
        # Until its page is touched it is not known to be used again: what was read ahead goes first.
        put(m, FRAME_USE, frame, NEVER_USED)
    return frame


@kernel
def give_frame_back(m: Words, frame: int) -> None:
    """free_unref_page(): nothing of it is left, so that stale use shows."""
    put(m, PAGE_FLAGS, frame, 0)
    put(m, PAGE_MAPPING, frame, 0)
    put(m, PAGE_INDEX, frame, 0)
    put(m, PAGE_SWAP, frame, 0)
    put(m, PAGE_MAPCOUNT, frame, 0)
    put(m, PAGE_CONTENT, frame, 0)
    put(m, PAGE_PREV, frame, 0)
    put(m, PAGE_NEXT, frame, m[FREE_FRAME])
    store(m, FREE_FRAME, frame)
    add(m, FREE_PAGES, 1)
    add(m, NR_RESIDENT, -1)
