"""What the reference machine is made of: pages, entries, page tables, regions, devices, and the rules that hold."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class Frame:
    """A page in memory."""

    number: int = 0
    image: int = 0
    mapping: Mapping | None = None
    index: int = 0
    """Its place in the mapping."""
    mapped: int = 0
    """Page-table entries that map it."""
    entry: Entry | None = None
    """Its swap entry while it is in the swapcache."""
    dirty: bool = False
    referenced: bool = False
    active: bool = False
    unevictable: bool = False
    workingset: bool = False
    writing: bool = False
    reclaim: bool = False
    locked: bool = False
    ahead: bool = False
    dropbehind: bool = False
    shmem: bool = False
    alone: bool = False
    """PG_anon_exclusive: one process has it to itself."""
    listed: bool = False
    next_use: int = 1 << 62
    """Of a page that was not touched yet: never, as far as anybody knows."""

    @property
    def cached(self) -> bool:
        return self.entry is not None


ZERO_PAGE = Frame()
"""What a page that was only read maps, where the setting says so."""


@dataclass(eq=False)
class Entry:
    """A swap entry: what a page table or a shmem object holds for a page that is out."""

    device: Device | None = None
    slot: int = 0
    """Its slot: from the start in the design of today, only once written in the others. 0: none."""
    name: int = 0
    """The virtual slot, in the design that has one."""
    count: int = 0
    frame: Frame | None = None
    shadow: tuple | None = None
    """(age at eviction, in the working set then)"""
    where: str = "none"
    """none, zswap, disk, zero"""
    image: int = 0
    """Of the copy that is in zswap, on disk, or the zero mark."""
    stored: Stored | None = None


@dataclass(eq=False)
class Stored:
    """A page in zswap."""

    entry: Entry
    image: int
    length: int
    referenced: bool = True
    place: Zspage | None = None


@dataclass(eq=False)
class Zspage:
    """Some pages of the pool with objects of one size, or one page of zbud or z3fold."""

    kind: tuple
    """(pages, objects) of its class; (1, buddies) for the older ones."""
    objects: list
    holes: list
    """Free places; zsmalloc gives the one freed last."""
    group: int = -1
    since: int = 0
    """When it came into its group: the latest is taken first."""
    chunks: int = 0


@dataclass(eq=False)
class Pte:
    """A page-table entry: a frame, or a swap entry."""

    frame: Frame | None = None
    entry: Entry | None = None
    writable: bool = False
    young: bool = False
    dirty: bool = False
    exclusive: bool = False
    """Of an entry that is out: one process alone had the page."""


@dataclass(eq=False)
class Mapping:
    """Regions that may share pages: those a fork made alike, or those that map a shmem object."""

    pages: int
    shmem: bool = False
    regions: list = field(default_factory=list)
    cache: dict = field(default_factory=dict)
    """A shmem object's pages: index -> Frame or Entry."""


@dataclass(eq=False)
class Region:
    """A part of a process' address space."""

    process: Process
    first: int
    pages: int
    mapping: Mapping
    offset: int
    images: tuple
    """First image of its family, and how many there are."""
    locked: bool = False
    last_page: int = 0
    last_window: int = 0
    hits: int = 4

    def __contains__(self, page: int) -> bool:
        return self.first <= page < self.first + self.pages


@dataclass(eq=False)
class Process:
    """A process."""

    number: int
    pages: int
    state: str = "none"
    """none, runs, ended, killed"""
    table: dict = field(default_factory=dict)
    """page -> Pte"""
    regions: list = field(default_factory=list)
    swapped_once: bool = False

    @property
    def resident(self) -> int:
        return sum(pte.frame is not None and pte.frame is not ZERO_PAGE for pte in self.table.values())

    @property
    def swapped(self) -> int:
        return sum(pte.entry is not None for pte in self.table.values())


@dataclass(eq=False)
class Cluster:
    """512 slots of a device."""

    number: int
    used: set = field(default_factory=set)
    on: str = ""
    """The list it is on: free, nonfull, frag, full, or none yet."""


@dataclass(eq=False)
class Device:
    """A swapfile."""

    number: int
    slots: int
    room: int
    """Slots it could have at most."""
    priority: int
    kind: str
    bad: frozenset
    in_use: bool = True
    allowed: int = 0
    turn: int = 0
    next: int = 0
    clusters: list = field(default_factory=list)
    lists: dict = field(default_factory=dict)
    fresh: int = 0
    highest: int = 0
    owners: dict = field(default_factory=dict)
    """slot -> Entry"""
    written: dict = field(default_factory=dict)
    busy: int = 0
    last: int = 0
