"""The reference machine as a whole: operations one after the other, and what works beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.engine.reference.block import Block
from tests.engine.reference.faults import Faults
from tests.engine.reference.policies import Policies
from tests.engine.reference.pool import Pool
from tests.engine.reference.reclaim import Reclaim
from tests.engine.reference.spaces import Spaces
from tests.engine.reference.state import ZERO_PAGE, Device, Entry, Mapping, Process
from tests.engine.reference.swapfiles import Swapfiles
from tests.engine.reference.zswap import Zswap


@dataclass
class Facts:
    """What is given of page images, by their number: it is no rule of the kernel."""

    lz4: dict
    filled: dict
    following: dict
    first: Callable[[int, int, int], int]
    """(first of the family, how many, page) -> what a page holds when it is touched first."""


class Reference(Block, Swapfiles, Pool, Zswap, Reclaim, Policies, Faults, Spaces):
    """A machine. ``settings`` by key without ``machine.``; choices by their names."""

    def __init__(
        self, design: str, settings: dict, facts: Facts, files: list[Device], objects: list[Mapping],
        processes: list[Process], uses: list[tuple] | None = None,
    ) -> None:  # fmt: skip
        self.design, self.settings, self.facts = design, settings, facts
        self.objects, self.processes = objects, processes
        self.uses = uses or []
        self.count: Counter[str] = Counter()
        self.actor = "task"
        self.outcome = ""
        self.now = 0
        self.operations = 0
        self.insist = True
        self.begin_block()
        self.begin_swapfiles(files)
        self.begin_pool()
        self.begin_zswap()
        self.begin_reclaim()
        self.begin_faults()

    # -- time -------------------------------------------------------------------------------------------

    def clock(self) -> int:
        return {"kswapd": self.kswapd_clock, "worker": self.worker_due}.get(self.actor, self.now)

    def spend(self, ns: int) -> None:
        if self.actor == "kswapd":
            self.kswapd_clock += ns
        elif self.actor == "worker":
            self.worker_due += ns
        else:
            self.now += ns

    def work_beside(self) -> None:
        self.complete(self.now)
        while self.kswapd != "asleep" and self.kswapd_clock < self.now:
            self.kswapd_step()
        while self.worker_due and self.worker_due < self.now:
            self.worker_step()

    # -- operations ---------------------------------------------------------------------------------------

    def operate(self, kind: str, *what: object) -> None:
        """One operation, as :func:`tests.engine.programs.words_of` names it, for a single page where it can."""
        self.operation(kind, *what)
        self.work_beside()
        self.operations += 1

    def operation(self, kind: str, *what: object) -> None:
        if kind in ("read", "write"):
            self.touch(self.processes[what[0]], what[1], kind == "write")
        elif kind == "set":
            self.set(*what)
        elif kind == "idle":
            self.now += what[0]
        elif kind in ("swapon", "swapoff"):
            for device in self.devices[what[0] : what[0] + 1]:
                if kind == "swapoff":
                    self.swapoff(device)
                device.in_use |= kind == "swapon"
        elif kind == "exec" and self.processes[what[0]].state != "runs":
            self.start(self.processes[what[0]], *what[1:])
        elif kind == "exec" or self.processes[what[0]].state != "runs":
            return
        elif kind == "fork":
            if self.processes[what[1]].state != "runs":
                self.fork(self.processes[what[0]], self.processes[what[1]])
        elif kind == "exit":
            self.processes[what[0]].state = "ended"
            self.give_space_back(self.processes[what[0]])
        else:
            process, first, pages = self.processes[what[0]], what[1], what[2]
            if kind == "munmap":
                self.munmap(process, first, pages)
            elif kind == "dontneed":
                self.dontneed(process, first, pages)
            elif kind in ("mlock", "munlock"):
                self.lock(process, first, pages, kind == "mlock")
            else:
                self.advise(process, first, pages, kind)

    def touch(self, process: Process, page: int, write: bool) -> None:
        if process.state != "runs":
            return
        pte = process.table.get(page)
        hit = pte is not None and pte.frame is not None and (pte.writable or not write)
        if hit:
            if write and not pte.dirty:
                self.wrote(pte.frame)
            pte.young = True
            pte.dirty |= write
            if self.settings["policy"] != "linux":
                self.note_use(pte.frame)
        else:
            region = self.region_of(process, page)
            if region is None:
                self.outcome = "segfault"
                return
            self.fault(process, region, page, write)
            pte = process.table.get(page)
            present = pte is not None and pte.frame is not None
            if self.settings["policy"] in ("lru", "opt") and present:
                self.note_use(pte.frame)
        self.now += self.settings["time.hit_ns"]

    def next_use(self) -> int:
        """The operation that touches the page next; past the last one where none does."""
        here = self.uses[self.operations]
        later = (number for number in range(self.operations + 1, len(self.uses)) if self.uses[number] == here)
        return next(later, len(self.uses))

    def set(self, key: str, value: object) -> None:
        before = self.settings.get(key)
        self.settings[key] = value
        for device in self.devices:
            if key == f"swapfile.{device.number}.slots":
                device.allowed = min(value, device.room)
        self.set_watermarks()
        if key == "frames":
            self.free += value - before
            while self.free < self.task_floor():
                if not self.direct_reclaim(self.task_floor() - 1) and not self.kill_somebody():
                    return

    # -- what there is ------------------------------------------------------------------------------------

    def place(self, process: Process, page: int) -> tuple:
        """What a page-table entry holds, in words that the engine's image can be put in too."""
        pte = process.table.get(page)
        if pte is None or (pte.frame is None and pte.entry is None):
            return ("nothing",)
        if pte.frame is ZERO_PAGE:
            return ("zero page",)
        if pte.frame is None:
            return ("out", pte.exclusive, *self.whereabouts(pte.entry))
        frame = pte.frame
        flags = (pte.writable, pte.young, pte.dirty, frame.active, frame.unevictable, frame.referenced,
                 frame.workingset, frame.writing, frame.ahead, frame.alone)  # fmt: skip
        return ("in", frame.image, frame.mapped, flags, self.whereabouts(frame.entry) if frame.entry else None)

    @staticmethod
    def whereabouts(entry: Entry) -> tuple:
        slot = (entry.device.number, entry.slot) if entry.slot else None
        return (entry.where, slot, entry.count, entry.frame is not None, entry.shadow)
