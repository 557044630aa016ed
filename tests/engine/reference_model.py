"""A small model of swapping in plain Python, beside which the engine is run: it shares nothing with the engine.

Written from the kernel's rules, with objects and lists where the engine has words and tables. One page
has at most one holder (no fork, no shmem), memory is a cache of ``frames`` pages under FIFO, LRU or
CLOCK, a page written to a device is waited for by the eviction that wrote it, and the shrink worker does
all its work at the end of the operation that kicked it: so nothing depends on time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(eq=False)
class Frame:
    """A page in memory."""

    image: int = 0
    owner: tuple | None = None
    """(process, page) that maps it."""
    entry: Entry | None = None
    """Its swap entry while it is in the swapcache."""
    dirty: bool = False
    pte_dirty: bool = False
    locked: bool = False
    writing: bool = False
    referenced: bool = False
    ahead: bool = False
    dropbehind: bool = False


@dataclass(eq=False)
class Entry:
    """A swap entry: what a page table holds for a page that is out."""

    owner: tuple | None
    """The page it was given for; None once nobody holds it."""
    slot: int = 0
    """Its slot: from the start in the design of today, only once written in the others."""
    held: bool = False
    frame: Frame | None = None
    where: str = "none"
    """none, zswap, disk, zero"""
    image: int = 0
    """Of the copy that is in zswap, on disk, or the zero mark."""
    length: int = 0
    second_chance: bool = False
    object: Zspage | None = None


@dataclass(eq=False)
class Zspage:
    """Some pages of the pool with objects of one size, or one page of zbud."""

    kind: tuple
    """(pages, objects) of its class; (1, 0) for zbud."""
    objects: list
    group: int = -1
    since: int = 0
    """When it came into its group: the latest is taken first."""
    chunks: int = 0


@dataclass
class Rules:
    """What the versions of the kernel do differently."""

    design: str
    frames: int
    slots: int
    policy: str
    max_pool_pages: int
    zbud: bool
    chain: int
    same_filled: bool
    zero_map: bool
    store_raw: bool
    exclusive: bool
    second_chance: bool
    shrink: str
    """pool_page, one_entry or batch"""
    kick_always: bool
    dropbehind: bool
    vma_readahead: bool
    page_cluster: int = 3
    accept_percent: int = 90
    zswap: bool = True


def zsmalloc_class(length: int, chain: int) -> tuple[int, int]:
    """(pages, objects) of the zspage an object of so many bytes goes to: classes of the same shape are merged."""
    size = min(max(32, -(-(length + 8 - 32) // 16) * 16 + 32), 4096)
    if size & (size - 1) == 0:
        pages = 1
    else:
        pages = min(range(1, chain + 1), key=lambda n: (n * 4096 % size, n))
    return pages, pages * 4096 // size


@dataclass
class Model:
    """The whole machine. ``lz4``, ``filled`` and ``following`` are facts of images by their number."""

    rules: Rules
    lz4: dict
    filled: dict
    following: dict
    tables: dict = field(default_factory=dict)
    """(process, page) -> Frame or Entry"""
    lru: list = field(default_factory=list)
    """Frames, oldest first."""
    frames: int = 0
    under_way: list = field(default_factory=list)
    slots: dict = field(default_factory=dict)
    next_slot: int = 0
    cold: list = field(default_factory=list)
    """zswap's list of entries, coldest first."""
    stored: list = field(default_factory=list)
    zspages: list = field(default_factory=list)
    reached_full: bool = False
    kicked: bool = False
    count: Counter = field(default_factory=Counter)
    clock: int = 0
    # Readahead: of the machine, and of each region.
    hits: int = 4
    last_offset: int = 0
    last_window: int = 0
    regions: dict = field(default_factory=dict)

    # -- operations ---------------------------------------------------------------------------------

    def touch(self, page: tuple, write: bool, region: tuple, image: int) -> None:
        """A reference to a page of a region (first page, number of pages); ``image``: what it holds at first."""
        at = self.tables.get(page)
        if isinstance(at, Frame):
            self.use(at)
            at.referenced = self.rules.policy == "clock"
            if write and not at.pte_dirty:
                self.write(at)
        else:
            self.count["pgfault"] += 1
            if at is None:
                at = self.first_touch(page, image)
            else:
                at = self.fault(page, region)
                self.map(page, at, write)
            self.use(at)
        self.end()

    def use(self, frame: Frame) -> None:
        if self.rules.policy == "lru":
            self.lru.remove(frame)
            self.lru.append(frame)

    def write(self, frame: Frame) -> None:
        frame.pte_dirty = True
        frame.image = self.following[frame.image]

    def dontneed(self, page: tuple) -> None:
        """The page is given back."""
        at = self.tables.pop(page, None)
        if isinstance(at, Frame):
            at.owner = None
            at.dirty |= at.pte_dirty
            self.put(at)
        elif at is not None:
            at.held, at.owner = False, None
            if at.frame is None:
                self.free_entry(at)
            else:
                self.put(at.frame)

    def end(self) -> None:
        """What happens beside the task: writes end, then the shrink worker runs until it sleeps."""
        self.complete()
        if self.kicked:
            self.kicked = False
            self.shrink()

    # -- faults -------------------------------------------------------------------------------------

    def first_touch(self, page: tuple, image: int) -> Frame:
        frame = self.allocate()
        frame.image, frame.owner, frame.pte_dirty = image, page, True
        self.tables[page] = frame
        self.lru.append(frame)
        return frame

    def fault(self, page: tuple, region: tuple) -> Frame:
        entry = self.tables[page]
        ra = self.regions.setdefault((page[0], region), [0, 0, 4])
        if entry.frame is not None:
            frame = self.wanted(entry)
            if self.rules.vma_readahead:
                ra[0] = page[1]
            if frame.ahead:
                self.count["swap_ra_hit"] += 1
                if self.rules.vma_readahead:
                    ra[2] = min(ra[2] + 1, 63)
                else:
                    self.hits += 1
            frame.ahead = False
            return frame
        self.count["pgmajfault"] += 1
        if self.rules.vma_readahead:
            self.read_around_page(page, region, entry, ra)
        else:
            self.read_around_slot(entry)
        entry.frame.locked = False
        return entry.frame

    def map(self, page: tuple, frame: Frame, write: bool) -> None:
        frame.entry.held = False
        if self.mostly_full() or write:
            self.free_swap(frame)
        frame.owner, self.tables[page], frame.pte_dirty = page, frame, False
        if write:
            self.write(frame)

    def wanted(self, entry: Entry) -> Frame:
        frame = entry.frame
        if frame.dropbehind:
            frame.dropbehind = False
            self.lru.append(frame)
        return frame

    @staticmethod
    def window(before: int, at: int, hits: int, most: int, last: int) -> int:
        pages = hits + 2
        if hits == 0:
            pages = 2 if abs(at - before) == 1 else 1
        else:
            pages = max(4, 1 << (pages - 1).bit_length())
        return max(min(pages, most), last // 2)

    def read_around_page(self, page: tuple, region: tuple, entry: Entry, ra: list) -> None:
        before, window = ra[0], 1
        if self.rules.page_cluster:
            window = self.window(before, page[1], ra[2], 1 << self.rules.page_cluster, ra[1])
            ra[:] = [page[1], window, 0]
        if page[1] == before + 1:
            start = page[1]
        elif page[1] == before - 1:
            start = page[1] - window + 1
        else:
            start = page[1] - (window - 1) // 2
        for other in range(max(start, region[0]), min(start + window, region[0] + region[1])):
            if other == page[1]:
                self.read(entry, locked=True)
            elif isinstance(self.tables.get((page[0], other)), Entry):
                self.read_ahead(self.tables[page[0], other])

    def read_around_slot(self, entry: Entry) -> None:
        slot = entry.slot
        if self.rules.design != "legacy" and entry.where != "disk":
            self.read(entry, locked=True)
            return
        window = 1
        if self.rules.page_cluster:
            hits, self.hits = self.hits, 0
            window = self.window(self.last_offset, slot, hits, 1 << self.rules.page_cluster, self.last_window)
            if hits == 0:
                self.last_offset = slot
            self.last_window = window
        for other in range(max(slot & ~(window - 1), 1), min(slot | (window - 1), self.rules.slots) + 1):
            if other == slot:
                self.read(entry, locked=True)
            elif other in self.slots:
                self.read_ahead(self.slots[other])

    def read_ahead(self, entry: Entry) -> None:
        if not entry.held or entry.frame is not None:
            return
        frame = self.read(entry, locked=False)
        frame.ahead = True
        self.count["swap_ra"] += 1

    def read(self, entry: Entry, locked: bool) -> Frame:
        frame = self.allocate()
        frame.entry, frame.locked, entry.frame, frame.image = entry, locked, frame, entry.image
        self.lru.append(frame)
        if entry.where == "zero":
            self.count["swpin_zero"] += 1
        elif entry.where == "zswap":
            self.count["zswpin"] += 1
            if self.rules.exclusive:
                frame.dirty = True
                self.drop_zswap(entry)
        else:
            assert entry.where == "disk"
            self.count["pswpin"] += 1
        return frame

    # -- frames ---------------------------------------------------------------------------------------

    def allocate(self) -> Frame:
        while self.frames >= self.rules.frames:
            self.evict()
        self.frames += 1
        return Frame()

    def evict(self) -> None:
        ready = [frame for frame in self.lru if not frame.locked and not frame.writing]
        if self.rules.policy == "clock":
            while True:
                frame = self.lru[0]
                if frame in ready and not frame.referenced:
                    break
                frame.referenced = False
                self.lru.append(self.lru.pop(0))
        else:
            frame = ready[0]
        self.lru.remove(frame)
        self.count["pgsteal_anon"] += 1
        entry = frame.entry
        if entry is None:
            entry = frame.entry = Entry(frame.owner, frame=frame)
            frame.dirty = True
            if self.rules.design == "legacy":
                self.take_slot(entry)
        if frame.owner is not None:
            self.tables[frame.owner], entry.held = entry, True
            frame.dirty |= frame.pte_dirty
            frame.owner = None
        if not frame.dirty:
            self.count["swapcache_clean_drops"] += 1
        elif not self.write_out(frame, entry):
            return
        self.forget(frame)

    def write_out(self, frame: Frame, entry: Entry) -> bool:
        """False when nobody needed it any more: frame and entry are free already."""
        frame.dirty = False
        if not entry.held:
            self.free_swap(frame)
            self.frames -= 1
            return False
        if self.rules.zero_map and self.filled[frame.image] == 3:
            self.drop_zswap(entry)
            self.drop_slot(entry)
            entry.where, entry.image = "zero", frame.image
            self.count["swpout_zero"] += 1
            return True
        if entry.where == "zero":
            entry.where = "none"
        if self.store(frame, entry):
            return True
        if not entry.slot:
            self.take_slot(entry)
        entry.where, entry.image = "disk", frame.image
        self.count["pswpout"] += 1
        frame.writing = True
        self.under_way.append(frame)
        self.lru.append(frame)
        self.complete()
        self.lru.remove(frame)
        return True

    def complete(self) -> None:
        """All writes end: the pages are looked at next, or were only kept for the write."""
        for frame in self.under_way:
            frame.writing = False
            if frame.dropbehind:
                self.forget(frame)
            else:
                self.lru.remove(frame)
                self.lru.insert(0, frame)
        self.under_way = []

    def forget(self, frame: Frame) -> None:
        """The frame is free; its page lives on elsewhere, if anybody holds it."""
        entry = frame.entry
        entry.frame = frame.entry = None
        self.frames -= 1
        if not entry.held:
            self.free_entry(entry)

    def put(self, frame: Frame) -> None:
        """Nobody maps it any more: free unless it is being written."""
        if frame.entry is not None and not self.free_swap(frame):
            return
        self.lru.remove(frame)
        self.frames -= 1

    # -- swap entries -----------------------------------------------------------------------------------

    def mostly_full(self) -> bool:
        return (self.rules.slots - len(self.slots)) * 2 < self.rules.slots

    def take_slot(self, entry: Entry) -> None:
        free = [slot for slot in range(1, self.rules.slots + 1) if slot not in self.slots]
        entry.slot = next((slot for slot in free if slot >= self.next_slot), free[0])
        self.slots[entry.slot] = entry
        self.next_slot = entry.slot + 1 if len(free) > 1 else 0

    def drop_slot(self, entry: Entry) -> None:
        """Where the slot is only where the bytes are, it is free once they are not."""
        if self.rules.design != "legacy" and entry.slot:
            del self.slots[entry.slot]
            entry.slot = 0

    def free_swap(self, frame: Frame) -> bool:
        entry = frame.entry
        if frame.writing or entry.held:
            return False
        frame.entry = entry.frame = None
        frame.dirty, frame.ahead = True, False
        self.free_entry(entry)
        return True

    def free_entry(self, entry: Entry) -> None:
        self.drop_zswap(entry)
        if entry.slot:
            del self.slots[entry.slot]
        entry.where, entry.slot = "none", 0

    # -- zswap --------------------------------------------------------------------------------------------

    @property
    def pool_pages(self) -> int:
        return sum(zspage.kind[0] for zspage in self.zspages)

    def store(self, frame: Frame, entry: Entry) -> bool:
        rules, pages = self.rules, self.pool_pages
        if not rules.zswap:
            return self.refuse(entry, False)
        if pages >= rules.max_pool_pages:
            self.count["pool_limit_hit"] += 1
            self.reached_full = True
            return self.refuse(entry, True)
        if self.reached_full and pages > rules.max_pool_pages * rules.accept_percent // 100:
            return self.refuse(entry, False)
        self.reached_full = False
        length = self.lz4[frame.image]
        if rules.same_filled and self.filled[frame.image]:
            length = 0
        elif length >= 4096:
            if not rules.store_raw:
                self.count["reject_compress_poor"] += 1
                return self.refuse(entry, False)
            length = 4096
        if rules.zbud and length + 8 > 4096 - 64 - 64:
            self.count["reject_compress_poor"] += 1
            return self.refuse(entry, False)
        zspage = self.pool_take(length, entry) if length else None
        if entry.where == "zswap":
            self.count["duplicate_entry"] += 1
            self.drop_zswap(entry, entry.object)
        self.drop_slot(entry)
        entry.where, entry.image, entry.length, entry.object = "zswap", frame.image, length, zspage
        entry.second_chance = True
        self.stored.append(entry)
        if length:
            self.cold.append(entry)
        self.count["zswpout"] += 1
        return True

    def refuse(self, entry: Entry, full: bool) -> bool:
        self.drop_zswap(entry)
        self.kicked |= full or (self.rules.kick_always and self.reached_full)
        return False

    def drop_zswap(self, entry: Entry, zspage: Zspage | None = None) -> None:
        if entry.where != "zswap":
            return
        self.stored.remove(entry)
        if entry.length:
            self.cold.remove(entry)
            self.pool_give(entry)
        entry.where, entry.object = "none", None

    def shrink(self) -> None:
        failures = 0
        while self.cold:
            written = 0
            if self.rules.shrink == "pool_page":
                written = sum(self.write_back(entry) for entry in list(self.cold[0].object.objects) if entry)
            else:
                for _ in range(min(32 if self.rules.shrink == "batch" else 1, len(self.cold))):
                    entry = self.cold.pop(0)
                    self.cold.append(entry)
                    if self.rules.second_chance and entry.second_chance:
                        entry.second_chance = False
                    else:
                        written += self.write_back(entry)
            failures += written == 0
            accepted = self.pool_pages <= self.rules.max_pool_pages * self.rules.accept_percent // 100
            if self.rules.shrink == "pool_page" or accepted or failures == 16:
                return

    def write_back(self, entry: Entry) -> bool:
        # A memory cgroup lets reclaim past its limit by what is min elsewhere, a sixteenth of a small memory.
        if entry.frame is not None or self.frames >= self.rules.frames + self.rules.frames // 16:
            self.count["reject_reclaim_fail"] += 1
            return False
        if not entry.slot:
            self.take_slot(entry)
        frame = Frame(entry.image, entry=entry, writing=True, dropbehind=self.rules.dropbehind)
        entry.frame = frame
        self.frames += 1
        self.drop_zswap(entry)
        entry.where = "disk"
        self.count["zswpwb"] += 1
        self.count["pswpout"] += 1
        if not frame.dropbehind:
            self.lru.append(frame)
        self.under_way.append(frame)
        return True

    # -- the pool -----------------------------------------------------------------------------------------

    def pool_take(self, length: int, entry: Entry) -> Zspage:
        chunks = -(-(length + 8) // 64)
        if self.rules.zbud:
            fitting = [one for one in self.zspages if one.group >= chunks]
            best = min(fitting, key=lambda one: (one.group, -one.since), default=None)
            kind = (1, 0)
        else:
            kind = zsmalloc_class(length, self.rules.chain)
            room = [one for one in self.zspages if one.kind == kind and None in one.objects]
            best = max(room, key=lambda one: (one.group, one.since), default=None)
        if best is None:
            best = Zspage(kind, [None] * (kind[1] or 3))
            self.zspages.append(best)
        best.objects[best.objects.index(None)] = entry
        best.chunks += chunks
        self.settle(best)
        return best

    def pool_give(self, entry: Entry) -> None:
        zspage = entry.object
        zspage.objects[zspage.objects.index(entry)] = None
        zspage.chunks -= -(-(entry.length + 8) // 64)
        if any(zspage.objects):
            self.settle(zspage)
        else:
            self.zspages.remove(zspage)

    def settle(self, zspage: Zspage) -> None:
        inuse, objects = sum(one is not None for one in zspage.objects), zspage.kind[1]
        if self.rules.zbud:
            group = 63 - zspage.chunks if inuse < 2 else 0
        else:
            group = 11 if inuse == objects else 100 * inuse // objects // 10 + 1
        if group != zspage.group or self.rules.zbud:
            self.clock += 1
            zspage.group, zspage.since = group, self.clock
