"""All that the canvas draws, read once from a moment.

The image is only valid while a moment is shown; a resize, a scroll or a tooltip may come later.
So everything is read here, in one pass, and columns are functions of :class:`Facts` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.canvas.pool_shape import PoolShape
from app.canvas.queues import Queue
from app.canvas.words import translate
from app.moment import Moment
from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS, readahead_slot
from engine.mm.kswapd import AT_WORK
from engine.mm.layout import CLUSTER_SLOTS
from engine.mm.marking import TAGS, UNUSED_NAME
from engine.mm.page_alloc import watermark_high, watermark_low, watermark_min
from engine.mm.readahead import use_vma_readahead
from engine.mm.slab import descriptor_bytes
from engine.mm.swapfile import SWP_WRITEOK
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.mm.transitions import DISK_READ, READ_AHEAD, SWAP_IN
from engine.mm.view import View
from engine.mm.zswap_pool import zswap_accept_thr_pages, zswap_max_pages
from engine.naming import process_name
from engine.program import Program
from engine.reading import (
    Leaving,
    Marked,
    PageState,
    SlotState,
    active_list,
    inactive_list,
    inactive_tail,
    leaving,
    name_entries,
    off_the_lists,
    offset_of,
    seam,
    type_of,
    unevictable,
    zswap_lru,
)

FACTS = "facts"
"""Key of a moment's extras under which the engine's thread leaves its :class:`Facts`."""

ORDERED_FRAMES = 20_000
"""Above this many pages on a list, frames are shown by number and only the list's end in order."""
TAIL_FRAMES, IN_HAND = 64, 64
ORDERED_ENTRIES = 8_000
"""zswap entries that are shown in LRU order, counted from the cold end."""

MOST_CACHED = 20_000
"""Swapcache pages up to which it is remembered which entry is in which frame."""

REVERSE_MAPS = im.schema.setting_for("machine.swap_desc.reverse_map").choices
ALLOCATORS = im.schema.setting_for("machine.zswap.allocator").choices

Numbers = NDArray[np.int64]
Small = NDArray[np.uint8]
Flags = NDArray[np.bool_]


def _sums(marks: Small, kinds: int) -> tuple[int, ...]:
    # Bytes are compared and counted many at a time; np.bincount would make 64-bit numbers of them first.
    return tuple(int(np.count_nonzero(marks == kind)) for kind in range(kinds))


@dataclass(frozen=True)
class Pages:
    """One page table, or the page cache of one shmem object."""

    owner: int
    name: str
    marks: Small
    """:class:`PageState` × 2 + in the swapcache, of each page."""
    regions: tuple[tuple[str, int, int], ...] = ()
    """Name, first page, pages."""
    shared: bool = False
    ended: str = ""
    """Why it has no pages any more; empty while it runs."""
    sums: tuple[int, ...] = field(init=False, repr=False)
    """Pages of each mark; added up where the facts are read, not where they are drawn."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sums", _sums(self.marks, 2 * len(PageState)))

    def count(self, state: PageState) -> int:
        """Pages in a state."""
        return self.sums[state * 2] + self.sums[state * 2 + 1]

    @property
    def resident(self) -> int:
        return sum(self.count(state) for state in (PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE))


@dataclass(frozen=True)
class Names:
    """Descriptors; in today's design the slots in use, which are names as well."""

    design: str
    described: bool
    word: str
    marks: Small
    """Mark of each (see :mod:`engine.reading.marks`); those of unused descriptors are among them."""
    entries: Numbers | None
    """Swap entry of each in today's design; with descriptors the first is 1, the next 2, …"""
    used: int
    cached: int
    shared: int
    at_hand: int
    stock: int
    refill: int
    slab_pages: int
    reverse_map: str
    clusters: int
    """Virtual clusters in use."""
    static_bytes: int
    dynamic_bytes: int
    """Metadata by the design's formula: there in any case, and for what is swapped out."""
    entry_bytes: int
    """Bytes of one descriptor."""


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
    in_hand: Numbers
    """Frames on no list: reclaim has them, or a writeback."""
    ordered: bool
    """The lists are complete and in order; otherwise frames are by number and ``tail`` has the end."""
    tail: Numbers
    marks: Small
    """:class:`FrameState` × 4 + in the swapcache × 2 + being written, by frame."""
    cached: dict[int, int]
    """Swap entry → frame of the pages in the swapcache, while there are not too many of them."""
    nr_active: int
    nr_inactive: int
    nr_locked: int
    limit: bool
    """A hard limit as a memory cgroup has, instead of watermarks."""
    low: int
    minimum: int
    high: int
    kswapd: bool
    writing: int


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
    marks: Small
    """:class:`SlotState` × 2 + its page is in the swapcache, of each slot."""
    on: bool
    next: int = 0
    """Slot tried next in the current cluster; 0: none chosen."""
    clusters: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Slots in use of each cluster of 512."""
    sums: tuple[int, ...] = field(init=False, repr=False)
    """Slots of each mark."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sums", _sums(self.marks, 2 * len(SlotState)))

    @property
    def slots(self) -> int:
        return max(len(self.marks) - 1, 0)

    @property
    def used(self) -> int:
        return len(self.marks) - sum(self.count(state) for state in (SlotState.FREE, SlotState.HEADER, SlotState.BAD))

    def count(self, state: SlotState) -> int:
        """Slots in a state."""
        return self.sums[state * 2] + self.sums[state * 2 + 1]


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
    queue: Queue = field(default_factory=lambda: Queue())
    pool_shape: PoolShape = field(default_factory=lambda: PoolShape())
    leaving: Leaving = field(default_factory=Leaving)
    """Where the page that reclaim looks at next would go."""
    marked: Marked | None = None
    """The marks from which all others follow, for tables."""
    transition: int = 0
    """Number of the transition that led here."""
    view: View | None = None
    """The image itself, for the few words that are shown as they are; valid while the moment is shown."""

    def scalar(self, address: int) -> int:
        """A scalar of the image."""
        return self.view.scalar(address) if self.view is not None else 0


def facts_of(moment: Moment) -> Facts:
    """The facts of a moment: those read in the engine's thread, or read now where nobody did."""
    found = moment.extras.get(FACTS)
    return found if isinstance(found, Facts) else read(moment)


def read(moment: Moment) -> Facts:
    """Everything the canvas needs of a moment."""
    view, program = moment.view, moment.program
    marked = Marked.of(view)
    return Facts(
        tuple(_process(marked, program, row) for row in range(1, view.scalar(im.PROCESSES) + 1)),
        tuple(
            Pages(row, _shmem_name(program, place), marked.shmem(row), shared=True)
            for place, row in enumerate(_shmem_rows(view))
        ),
        _names(marked),
        _memory(marked),
        _pool(view),
        tuple(_swapfile(marked, program, kind) for kind in range(len(view.swap_info) - 1)),
        _window(moment),
        Queue.of(view),
        PoolShape.of(view),
        leaving(view),
        marked,
        moment.transition.number,
        view,
    )


def _process(marked: Marked, program: Program, row: int) -> Pages:
    view = marked.view
    owner, parent = row, view.at(im.MM_PARENT, row)
    # A child of a fork has the regions, and the name, of the process it came from.
    while owner and (owner > len(program.processes) or not program.processes[owner - 1].regions):
        owner = view.at(im.MM_PARENT, owner)
    regions = program.processes[owner - 1].regions if owner else ()
    states = {2: translate("Canvas", "ended"), 3: translate("Canvas", "killed: out of memory")}
    ended = states.get(view.at(im.MM_STATE, row), "")
    spans = tuple((region.name, region.first, region.pages) for region in regions)
    name = f"pid {row} {process_name(program, owner or row)}"
    if parent:
        name += " " + translate("Canvas", "(fork of {parent})").format(parent=parent)
    return Pages(row, name, marked.pages(row), spans, ended=ended)


def _shmem_rows(view: View) -> list[int]:
    """Rows of table mapping that are shmem objects."""
    return [row for row in range(1, view.scalar(im.MAPPINGS) + 1) if view.at(im.MAP_KIND, row) == 1]


def _shmem_name(program: Program, place: int) -> str:
    """``shm 1 ring buffer``: objects are numbered in the order of their mappings."""
    return f"shm {place + 1} {program.shmem[place][0] if place < len(program.shmem) else ''}".rstrip()


def _names(marked: Marked) -> Names:
    view, found = marked.view, seam(marked.view)
    entries = None if found.has_descriptors else name_entries(view, marked.names)
    if entries is None:
        marks = marked.names[1:]
    else:
        marks = marked.names[view.column(im.SI_BASE)[(entries >> SWP_TYPE_SHIFT) + 1] + (entries & SWP_OFFSET_MASK)]
    cached, shared = _KINDS_OF_NAME
    static, dynamic = DESIGNS[view.scalar(im.DESIGN)].metadata_bytes(view)
    sums = np.bincount(marks, minlength=UNUSED_NAME + 1)
    return Names(
        found.name, found.has_descriptors, found.entry_word, marks, entries,
        used=int(sums[:UNUSED_NAME].sum()),
        cached=int(sums[:UNUSED_NAME][cached].sum()),
        shared=int(sums[:UNUSED_NAME][shared].sum()),
        at_hand=view.scalar(im.SLAB_AT_HAND),
        stock=view.scalar(im.SLAB_STOCK),
        refill=view.scalar(im.SLAB_REFILL),
        slab_pages=view.scalar(im.SLAB_PAGES),
        reverse_map=REVERSE_MAPS[view.scalar(im.RMAP)],
        clusters=view.scalar(im.NR_VCLUSTERS),
        static_bytes=int(static),
        dynamic_bytes=int(dynamic),
        entry_bytes=descriptor_bytes(view.words.data),
    )  # fmt: skip


_ALL_NAMES = np.arange(UNUSED_NAME)
_KINDS_OF_NAME = (_ALL_NAMES // TAGS % 2 == 1, _ALL_NAMES // TAGS // 2 > 1)
"""Which marks of names are in the swapcache, and which are held more than once."""


def _memory(marked: Marked) -> Memory:
    view = marked.view
    nr_active, nr_inactive = view.scalar(im.NR_ACTIVE), view.scalar(im.NR_INACTIVE)
    ordered = nr_active + nr_inactive <= ORDERED_FRAMES
    none = np.zeros(0, dtype=np.int64)
    words = view.words.data
    return Memory(
        frames=view.scalar(im.FRAMES),
        free=view.scalar(im.FREE_PAGES),
        pool=view.scalar(im.POOL_PAGES) if view.scalar(im.CHARGE_POOL) else 0,
        metadata=view.scalar(im.META_PAGES) if view.scalar(im.CHARGE_METADATA) else 0,
        resident=view.scalar(im.NR_RESIDENT),
        active=active_list(view) if ordered else none,
        inactive=inactive_list(view) if ordered else none,
        locked=unevictable(view) if ordered else none,
        in_hand=off_the_lists(view, IN_HAND) if ordered else none,
        ordered=ordered,
        tail=none if ordered else inactive_tail(view, TAIL_FRAMES),
        marks=marked.frames,
        cached=_cached(marked),
        nr_active=nr_active,
        nr_inactive=nr_inactive,
        nr_locked=view.scalar(im.NR_UNEVICTABLE),
        limit=view.scalar(im.RECLAIM) == 1,
        low=watermark_low(words),
        minimum=watermark_min(words),
        high=watermark_high(words),
        kswapd=view.scalar(im.KSWAPD_AWAKE) == AT_WORK,
        writing=view.scalar(im.NR_WRITEBACK),
    )


def _cached(marked: Marked) -> dict[int, int]:
    if not 0 < marked.view.scalar(im.NR_SWAPCACHE) <= MOST_CACHED:
        return {}
    frames = np.flatnonzero(marked.frames & 2)
    return dict(zip(marked.view.column(im.PAGE_SWAP)[frames].tolist(), frames.tolist(), strict=True))


def _pool(view: View) -> Pool:
    entries = zswap_lru(view, ORDERED_ENTRIES)
    words = view.words.data
    allocator = ALLOCATORS[view.scalar(im.ALLOCATOR)]
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


def _swapfile(marked: Marked, program: Program, kind: int) -> SwapFile:
    view = marked.view
    known = program.swapfiles[kind] if kind < len(program.swapfiles) else None
    device = ("NVMe", "SSD", "HDD")[min(view.at(im.SI_DEVICE, kind + 1), 2)]
    return SwapFile(
        kind, known.name if known else f"swap{kind}", device, view.at(im.SI_PRIO, kind + 1), marked.slots(kind),
        view.at(im.SI_FLAGS, kind + 1) & SWP_WRITEOK != 0, view.at(im.SI_NEXT, kind + 1),
        _clusters(view, kind),
    )  # fmt: skip


def _clusters(view: View, kind: int) -> Numbers:
    first, slots = view.at(im.SI_CLUSTER, kind + 1), view.at(im.SI_MAX, kind + 1)
    counts: Numbers = view.column(im.CLUSTER_COUNT)[first : first + -(-slots // CLUSTER_SLOTS)]
    return counts.copy()


def _window(moment: Moment) -> tuple[int, int, int]:
    """The aligned window of slots that cluster readahead reads, while a transition of it is shown."""
    transition, words = moment.transition, moment.view.words.data
    if transition.kind.number not in (SWAP_IN, READ_AHEAD, DISK_READ) or use_vma_readahead(words):
        return 0, 0, 0
    slot = readahead_slot(words, transition.operand("swap"))
    pages = moment.view.scalar(im.RA_LAST_PAGES)
    if slot < 0 or pages < 2:
        return 0, 0, 0
    first = offset_of(slot) & ~(pages - 1)
    return type_of(slot), max(first, 1), pages - (first < 1)
