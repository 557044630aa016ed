"""Devices: how long a request takes, and which requests are under way.

While the running task holds a plug (reclaim's, readahead's) its writes wait for it to be pulled;
pages in slots that follow each other become one request, whose pages all complete together.

A device begins one request after the other, ``interval`` apart, and each takes ``latency``: an
NVMe or SSD works on many at once, a disk on one, and where the disk's next slot is not the one
after its last it must seek. Figures: Optane and NAND NVMe 11 … 50 µs a 4 KiB read, SATA SSD about
100 µs, disks 4 … 5 ms (public benchmarks, see docs/model.md).
"""

from __future__ import annotations

from engine.mm.clock import DEVICE, time_of_actor
from engine.mm.image import (
    BIO_CAUSE,
    BIO_DONE,
    BIO_FRAME,
    BIO_FREE,
    BIO_HEAD,
    BIO_NEXT,
    BIO_SLOT,
    BIO_TAIL,
    BIO_TOP,
    DEVICE_INTERVAL_NS,
    DEVICE_LATENCY_NS,
    NOW,
    NR_WRITEBACK,
    PAGE_FLAGS,
    PLUG,
    PLUG_FIRST,
    PLUG_NEXT,
    PLUG_PAGES,
    PLUG_REQUESTS,
    SI_BUSY,
    SI_DEVICE,
    SI_LAST,
)
from engine.mm.journal import ACTOR, CAUSE, add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, rotate_to_tail, set_flags
from engine.mm.pageflags import PG_READAHEAD, PG_RECLAIM, PG_WRITEBACK
from engine.mm.schema import Words
from engine.mm.swapops import swp_offset, swp_type
from engine.mm.transitions import WRITE_DONE

NVME = 0
SSD = 1
HDD = 2

NVME_LATENCY_NS = 42_000
NVME_INTERVAL_NS = 3_000
SSD_LATENCY_NS = 100_000
SSD_INTERVAL_NS = 12_000
HDD_SEEK_NS = 4_500_000
HDD_TRANSFER_NS = 27_000

HELD_BACK = 1 << 62
"""BIO_DONE of a request that a plug holds back."""
BLK_MAX_REQUEST_COUNT = 32
BLK_PLUG_FLUSH_PAGES = 32
"""BLK_PLUG_FLUSH_SIZE, 128 KiB: behind a request of that size the plug is emptied before another is held back."""
MAX_REQUEST_PAGES = 254
"""The segments a virtio disk takes in one request (max_segments); other devices take from 64 to 1 024 pages."""


@kernel
def submit(m: Words, slot: int) -> int:
    """Hand a request for a slot to its device; the time at which it completes."""
    si = swp_type(slot) + 1
    offset = swp_offset(slot)
    device = get(m, SI_DEVICE, si)
    start = max(time_of_actor(m), get(m, SI_BUSY, si))
    if device == HDD:
        latency = HDD_TRANSFER_NS
        if offset != get(m, SI_LAST, si) + 1:
            latency += HDD_SEEK_NS
        interval = latency
    elif device == SSD:
        latency = SSD_LATENCY_NS
        interval = SSD_INTERVAL_NS
    else:
        latency = NVME_LATENCY_NS
        interval = NVME_INTERVAL_NS
    if m[DEVICE_LATENCY_NS] != 0:
        latency = m[DEVICE_LATENCY_NS]
    if m[DEVICE_INTERVAL_NS] != 0:
        interval = m[DEVICE_INTERVAL_NS]
    put(m, SI_BUSY, si, start + interval)
    put(m, SI_LAST, si, offset)
    return start + latency


@kernel
def list_request(m: Words, bio: int, done: int) -> None:
    """Put a request where it belongs among those under way: they complete in the order of the list."""
    put(m, BIO_DONE, bio, done)
    before = 0
    after = m[BIO_HEAD]
    if m[BIO_TAIL] != 0 and get(m, BIO_DONE, m[BIO_TAIL]) <= done:
        before = m[BIO_TAIL]
        after = 0
    while after != 0 and get(m, BIO_DONE, after) <= done:
        before = after
        after = get(m, BIO_NEXT, after)
    put(m, BIO_NEXT, bio, after)
    if before != 0:
        put(m, BIO_NEXT, before, bio)
    else:
        store(m, BIO_HEAD, bio)
    if after == 0:
        store(m, BIO_TAIL, bio)


@kernel
def flush_plug(m: Words) -> None:
    """blk_flush_plug(): what the plug held back goes to the devices; pages merged into one request end together."""
    first = m[PLUG_FIRST]
    if first == 0:
        return
    store(m, PLUG_FIRST, 0)
    store(m, PLUG_REQUESTS, 0)
    store(m, PLUG_PAGES, 0)
    store(m, PLUG_NEXT, 0)
    before = 0
    bio = m[BIO_HEAD]
    while bio != first:
        before = bio
        bio = get(m, BIO_NEXT, bio)
    if before != 0:
        put(m, BIO_NEXT, before, 0)
    else:
        store(m, BIO_HEAD, 0)
    store(m, BIO_TAIL, before)
    while bio != 0:
        last = bio
        pages = 1
        done = submit(m, get(m, BIO_SLOT, bio))
        following = get(m, BIO_NEXT, last)
        while (
            following != 0
            and pages < MAX_REQUEST_PAGES
            and get(m, BIO_SLOT, following) == get(m, BIO_SLOT, last) + 1
        ):
            pages += 1
            last = following
            done = submit(m, get(m, BIO_SLOT, last))
            following = get(m, BIO_NEXT, last)
        while pages > 0:
            pages -= 1
            nxt = get(m, BIO_NEXT, bio)
            list_request(m, bio, done)
            bio = nxt


@kernel
def start_plug(m: Words) -> None:
    """blk_start_plug(): inside another plug it changes nothing."""
    add(m, PLUG, 1)


@kernel
def finish_plug(m: Words) -> None:
    """blk_finish_plug(): the outermost lets the requests go."""
    add(m, PLUG, -1)
    if m[PLUG] == 0:
        flush_plug(m)


@kernel
def hold_back(m: Words, bio: int, slot: int) -> None:
    """blk_attempt_plug_merge(), blk_add_rq_to_plug(): part of the plug's last request, or a new one."""
    if slot == m[PLUG_NEXT] and m[PLUG_PAGES] < MAX_REQUEST_PAGES:
        add(m, PLUG_PAGES, 1)
    else:
        if m[PLUG_REQUESTS] >= BLK_MAX_REQUEST_COUNT or m[PLUG_PAGES] >= BLK_PLUG_FLUSH_PAGES:
            flush_plug(m)
        add(m, PLUG_REQUESTS, 1)
        store(m, PLUG_PAGES, 1)
    store(m, PLUG_NEXT, slot + 1)
    list_request(m, bio, HELD_BACK)
    if m[PLUG_FIRST] == 0:
        store(m, PLUG_FIRST, bio)


@kernel
def start_write(m: Words, frame: int, slot: int) -> None:
    """folio_start_writeback(), submit_bio(): the frame is under writeback until the device is done."""
    set_flags(m, frame, PG_WRITEBACK)
    add(m, NR_WRITEBACK, 1)
    bio = m[BIO_FREE]
    if bio != 0:
        store(m, BIO_FREE, get(m, BIO_NEXT, bio))
    else:
        bio = m[BIO_TOP] + 1
        store(m, BIO_TOP, bio)
    put(m, BIO_FRAME, bio, frame)
    put(m, BIO_SLOT, bio, slot)
    put(m, BIO_CAUSE, bio, m[CAUSE])
    if m[PLUG] != 0:
        hold_back(m, bio, slot)
    else:
        list_request(m, bio, submit(m, slot))


@kernel
def end_write(m: Words) -> int:
    """end_swap_bio_write() of the request that completes first; its frame."""
    bio = m[BIO_HEAD]
    frame = get(m, BIO_FRAME, bio)
    slot = get(m, BIO_SLOT, bio)
    following = get(m, BIO_NEXT, bio)
    store(m, BIO_HEAD, following)
    if following == 0:
        store(m, BIO_TAIL, 0)
    put(m, BIO_FRAME, bio, 0)
    put(m, BIO_NEXT, bio, m[BIO_FREE])
    store(m, BIO_FREE, bio)
    add(m, NR_WRITEBACK, -1)
    reclaim = get(m, PAGE_FLAGS, frame) & PG_RECLAIM != 0
    clear_flags(m, frame, PG_WRITEBACK | PG_RECLAIM | PG_READAHEAD)
    if reclaim:
        rotate_to_tail(m, frame)
    actor = m[ACTOR]
    cause = m[CAUSE]
    m[ACTOR] = DEVICE
    m[CAUSE] = get(m, BIO_CAUSE, bio)
    emit(m, WRITE_DONE, frame, slot, 0)
    m[ACTOR] = actor
    m[CAUSE] = cause
    return frame


@kernel
def write_completes_by(m: Words, when: int) -> bool:
    """Whether a request completes until then."""
    return m[BIO_HEAD] != 0 and get(m, BIO_DONE, m[BIO_HEAD]) <= when


@kernel
def wait_until(m: Words, when: int) -> None:
    """io_schedule(): the running task sleeps until then."""
    if when > m[NOW]:
        store(m, NOW, when)
