"""All that the canvas draws, read once from a moment.

The image is only valid while a moment is shown; a resize, a scroll or a tooltip may come later.
So everything is read here, in one pass, and columns are functions of :class:`Facts` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.moment import Moment
from engine.mm import image as im
from engine.mm.page_alloc import watermark_high, watermark_low, watermark_min
from engine.mm.pageflags import PG_WRITEBACK
from engine.mm.view import View
from engine.mm.zswap_pool import zswap_accept_thr_pages, zswap_max_pages
from engine.program import Program
from engine.reading import (
    FrameState,
    PageState,
    SlotState,
    active_list,
    descriptor_facts,
    frame_states,
    inactive_list,
    inactive_tail,
    page_states,
    process_name,
    requests,
    seam,
    shmem_name,
    shmem_states,
    slot_states,
    unevictable,
    zswap_lru,
)

ORDERED_FRAMES = 20_000
"""Above this many pages on a list, frames are shown by number and only the list's end in order."""
TAIL_FRAMES = 64
ORDERED_ENTRIES = 12_000
"""zswap entries that are shown in LRU order, counted from the cold end."""

Numbers = NDArray[np.int64]
Small = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pages:
    """One page table, or the page cache of one shmem object."""

    owner: int
    name: str
    states: Small
    cached: Flags
    regions: tuple[tuple[str, int, int], ...] = ()
    """Name, first page, pages."""
    shared: bool = False
    ended: str = ""
    """Why it has no pages any more; empty while it runs."""

    def count(self, *states: PageState) -> int:
        """Pages in one of the states."""
        return int(sum(np.count_nonzero(self.states == state) for state in states))

    @property
    def resident(self) -> int:
        return self.count(PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE)


@dataclass(frozen=True)
class Names:
    """Descriptors; in today's design the slots in use, which are names as well."""

    described: bool
    word: str
    entries: Numbers
    counts: Numbers
    frames: Numbers
    """Frame of each in the swapcache, 0 for none."""
    tags: Small
    used: int
    at_hand: int
    stock: int
    refill: int
    slab_pages: int
    reverse_map: str
    swap_map_bytes: int


@dataclass(frozen=True)
class Memory:
    """Frames and who has them."""

    frames: int
    free: int
    pool: int
    metadata: int
    resident: int
    active: Numbers
    inactive: Numbers
    locked: Numbers
    ordered: bool
    """The lists are complete and in order; otherwise frames are by number and ``tail`` has the end."""
    tail: Numbers
    states: Small
    cached: Flags
    writeback: Flags
    nr_active: int
    nr_inactive: int
    limit: bool
    """A hard limit as a memory cgroup has, instead of watermarks."""
    low: int
    minimum: int
    high: int
    kswapd: bool
    requests: int
    next_frames: tuple[int, ...]


@dataclass(frozen=True)
class Pool:
    """The zswap pool."""

    enabled: bool
    entries: Numbers
    lengths: Numbers
    names: Numbers
    """Swap entry of each."""
    fresh: Flags
    """Which still have their second chance."""
    stored: int
    pages: int
    stored_bytes: int
    limit: int
    accept: int
    percent: int
    accept_percent: int
    refusing: bool
    allocator: str
    worker: bool


@dataclass(frozen=True)
class SwapFile:
    """One swapfile."""

    kind: int
    name: str
    device: str
    priority: int
    states: Small
    cached: Flags
    on: bool

    @property
    def slots(self) -> int:
        return max(len(self.states) - 1, 0)

    @property
    def used(self) -> int:
        held = (SlotState.FREE, SlotState.HEADER, SlotState.BAD)
        return len(self.states) - int(sum(np.count_nonzero(self.states == state) for state in held))

    def count(self, state: SlotState) -> int:
        return int(np.count_nonzero(self.states == state))


@dataclass(frozen=True)
class Facts:
    """One moment, read."""

    processes: tuple[Pages, ...]
    shmem: tuple[Pages, ...]
    names: Names
    memory: Memory
    pool: Pool
    swapfiles: tuple[SwapFile, ...]
    window: tuple[int, int, int] = (0, 0, 0)
    """Type, first slot and slots of the last readahead; no slots: none to show."""
    counters: dict[str, int] = field(default_factory=dict)


def read(moment: Moment) -> Facts:
    """Everything the canvas needs of a moment."""
    view, program = moment.view, moment.program
    return Facts(
        tuple(_process(view, program, row) for row in range(1, view.scalar(im.PROCESSES) + 1)),
        tuple(
            Pages(row, shmem_name(view, program, row), *shmem_states(view, row), shared=True)
            for row in range(1, view.scalar(im.MAPPINGS) + 1)
            if view.at(im.MAP_KIND, row) == 1
        ),
        _names(view),
        _memory(view),
        _pool(view),
        tuple(_swapfile(view, program, kind) for kind in range(len(view.swap_info) - 1)),
        _window(moment),
    )


def _process(view: View, program: Program, row: int) -> Pages:
    states, cached = page_states(view, row)
    owner = row
    # A child of a fork has the regions of the process it came from.
    while owner and (owner > len(program.processes) or not program.processes[owner - 1].regions):
        owner = view.at(im.MM_PARENT, owner)
    regions = program.processes[owner - 1].regions if owner else ()
    ended = {2: "ended", 3: "killed: out of memory"}.get(view.at(im.MM_STATE, row), "")
    spans = tuple((region.name, region.first, region.pages) for region in regions)
    return Pages(row, process_name(view, program, row), states, cached, spans, ended=ended)


def _names(view: View) -> Names:
    found = seam(view)
    entries, counts, frames, tags = descriptor_facts(view)
    return Names(
        found.has_descriptors, found.entry_word, entries, counts, frames, tags,
        used=int(np.count_nonzero(entries)),
        at_hand=view.scalar(im.SLAB_AT_HAND),
        stock=view.scalar(im.SLAB_STOCK),
        refill=view.scalar(im.SLAB_REFILL),
        slab_pages=view.scalar(im.SLAB_PAGES),
        reverse_map=im.schema.named("swap_desc.reverse_map").choices[view.scalar(im.RMAP)],  # type: ignore[attr-defined]
        swap_map_bytes=int(view.column(im.SI_MAX).sum()),
    )  # fmt: skip


def _memory(view: View) -> Memory:
    states, cached = frame_states(view)
    nr_active, nr_inactive = view.scalar(im.NR_ACTIVE), view.scalar(im.NR_INACTIVE)
    ordered = nr_active + nr_inactive <= ORDERED_FRAMES
    if ordered:
        active, inactive, tail = active_list(view), inactive_list(view), np.zeros(0, dtype=np.int64)
    else:
        active = np.flatnonzero(states == FrameState.ACTIVE).astype(np.int64)
        inactive = np.flatnonzero(states == FrameState.INACTIVE).astype(np.int64)
        tail = inactive_tail(view, TAIL_FRAMES)
    words = view.words.data
    waiting = requests(view, 8)
    return Memory(
        frames=view.scalar(im.FRAMES), free=view.scalar(im.FREE_PAGES),
        pool=view.scalar(im.POOL_PAGES) if view.scalar(im.CHARGE_POOL) else 0,
        metadata=view.scalar(im.META_PAGES) if view.scalar(im.CHARGE_METADATA) else 0,
        resident=view.scalar(im.NR_RESIDENT), active=active, inactive=inactive, locked=unevictable(view),
        ordered=ordered, tail=tail, states=states, cached=cached,
        writeback=view.column(im.PAGE_FLAGS) & PG_WRITEBACK != 0,
        nr_active=nr_active, nr_inactive=nr_inactive, limit=view.scalar(im.RECLAIM) == 1,
        low=watermark_low(words), minimum=watermark_min(words), high=watermark_high(words),
        kswapd=bool(view.scalar(im.KSWAPD_AWAKE)), requests=view.scalar(im.NR_WRITEBACK),
        next_frames=tuple(int(view.at(im.BIO_FRAME, int(row))) for row in waiting),
    )  # fmt: skip


def _pool(view: View) -> Pool:
    entries = zswap_lru(view, ORDERED_ENTRIES)
    words = view.words.data
    allocator = im.schema.named("zswap.allocator").choices[view.scalar(im.ALLOCATOR)]  # type: ignore[attr-defined]
    return Pool(
        enabled=bool(view.scalar(im.ZSWAP_ENABLED)),
        entries=entries,
        lengths=view.column(im.Z_LENGTH)[entries],
        names=view.column(im.Z_SWPENTRY)[entries],
        fresh=view.column(im.Z_REFERENCED)[entries] != 0,
        stored=view.scalar(im.NR_STORED),
        pages=view.scalar(im.POOL_PAGES),
        stored_bytes=view.scalar(im.STORED_BYTES),
        limit=zswap_max_pages(words),
        accept=zswap_accept_thr_pages(words),
        percent=0 if view.scalar(im.MAX_POOL_PAGES) else view.scalar(im.MAX_POOL_PERCENT),
        accept_percent=view.scalar(im.ACCEPT_PERCENT),
        refusing=bool(view.scalar(im.POOL_REACHED_FULL)),
        allocator=allocator,
        worker=view.scalar(im.WORKER_DUE) != 0,
    )


def _swapfile(view: View, program: Program, kind: int) -> SwapFile:
    states, cached = slot_states(view, kind)
    known = program.swapfiles[kind] if kind < len(program.swapfiles) else None
    device = ("NVMe", "SSD", "HDD")[min(view.at(im.SI_DEVICE, kind + 1), 2)]
    return SwapFile(
        kind, known.name if known else f"swap{kind}", device, view.at(im.SI_PRIO, kind + 1), states, cached,
        view.at(im.SI_FLAGS, kind + 1) != 0,
    )  # fmt: skip


def _window(moment: Moment) -> tuple[int, int, int]:
    """The aligned window of cluster readahead, while a transition of a swap-in is shown."""
    if moment.transition.kind.name not in ("swap-in", "readahead", "device read"):
        return 0, 0, 0
    view = moment.view
    pages = view.scalar(im.RA_LAST_PAGES)
    if pages < 2 or not len(view.swap_info) > 1:
        return 0, 0, 0
    first = view.scalar(im.RA_PREV_OFFSET) & ~(pages - 1)
    return 0, max(first, 1), pages
