"""What a policy is told and asked: the pages in memory, or the entries in the pool, as the image has them.

A watch looks at the image when it is asked to, tells the policy what came and went since it last
looked, and turns answers into the words that :mod:`engine.mm.decisions` reads.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.mm import image as im
from engine.mm.decisions import NOTHING, UNDECIDED
from engine.mm.pageflags import PG_LOCKED, PG_LRU, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.policy import OWN, PAGE_MASK, PROCESS_SHIFT
from engine.mm.swapops import PFN_SHIFT, PTE_PRESENT, ZERO_PFN
from engine.mm.view import View
from engine.mm.zswap_pool import zswap_max_pages
from engine.operation import KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op
from engine.policies.file import REPLACEMENT, Entry, Page, PolicyFile, Sort
from engine.program import Program
from engine.reading.chain import Place, chain
from engine.reading.lists import zswap_lru

OWN_WRITEBACK = 1
"""``own`` among the choices of ``machine.zswap.writeback_policy``."""


class Watch(Protocol):
    """What both sorts of policy have in common."""

    def start(self, view: View) -> None:
        """The policy begins, on the machine as it is before the first operation."""

    def ask(self, view: View) -> int:
        """The policy's answer to the question that the model has come to, as a word of the table of decisions."""

    def before(self, word: int) -> None:
        """An operation is about to be carried out."""

    def after(self, view: View) -> None:
        """It has been carried out."""


def settings_of(sort: Sort) -> dict[str, int]:
    """The settings under which the model puts its questions to a policy of this sort."""
    return {"machine.policy": OWN} if sort is REPLACEMENT else {"machine.zswap.writeback_policy": OWN_WRITEBACK}


def watch_for(policy: PolicyFile, program: Program) -> Watch:
    """The watch for a policy's sort."""
    return MemoryWatch(policy, program) if policy.sort is REPLACEMENT else PoolWatch(policy, program)


class MemoryWatch:
    """Which pages are in memory, as ``process << 32 | page``: for a replacement policy."""

    def __init__(self, policy: PolicyFile, program: Program) -> None:
        self._policy = policy
        self._names = [process.name for process in program.processes]
        self._frames = program.setting("machine.frames")
        self._frame_of: dict[int, int] = {}
        """Frame of every page in memory when it was last looked."""
        self._hit: int | None = None
        """The page of the operation under way, when it was in memory before."""
        self._write = False
        self._asked = False
        """Whether a page left during the operation under way."""

    def start(self, view: View) -> None:
        """The policy begins."""
        self._policy.start(self._frames)

    def before(self, word: int) -> None:
        """Note whether the operation's page is in memory."""
        kind = word & KIND_MASK
        page = (((word >> WHO_SHIFT) & WHO_MASK) + 1) << PROCESS_SHIFT | word >> VALUE_SHIFT
        self._hit = page if kind in (Op.READ, Op.WRITE) and page in self._frame_of else None
        self._write = kind == Op.WRITE
        self._asked = False

    def after(self, view: View) -> None:
        """Tell of the page that was used, or of what came in for it."""
        if self._hit is not None:
            self._policy.tell("used", self._page(self._hit), self._write)
        if self._hit is None or self._asked:
            self._look(view)

    def ask(self, view: View) -> int:
        """The page that is to leave, of those that may."""
        self._asked = True
        self._look(view)
        flags = view.column(im.PAGE_FLAGS)
        held = PG_LOCKED | PG_UNEVICTABLE | PG_WRITEBACK
        free = [page for page, frame in sorted(self._frame_of.items())
                if flags[frame] & PG_LRU and not flags[frame] & held]  # fmt: skip
        if not free:
            return UNDECIDED
        chosen = self._policy.ask([self._page(page) for page in free])
        assert chosen is not None
        return free[chosen]

    def _look(self, view: View) -> None:
        """Look again, and tell of the pages that came in since."""
        before = self._frame_of
        words = view.column(im.PTE)
        frames = (words >> PFN_SHIFT) & ZERO_PFN
        rows = np.flatnonzero((words & PTE_PRESENT != 0) & (frames != ZERO_PFN))
        bases = view.column(im.MM_PTE)[1 : view.scalar(im.PROCESSES) + 1]
        owners = np.searchsorted(bases, rows, side="right")
        pages = owners << PROCESS_SHIFT | rows - bases[owners - 1]
        self._frame_of = dict(zip(pages.tolist(), frames[rows].tolist(), strict=True))
        for page in sorted(self._frame_of.keys() - before.keys()):
            self._policy.tell("loaded", self._page(page))

    def _page(self, where: int) -> Page:
        process = where >> PROCESS_SHIFT
        name = self._names[process - 1] if process <= len(self._names) else str(process)
        return Page(name, where & PAGE_MASK)


class PoolWatch:
    """Which entries are in the pool: for a writeback policy."""

    def __init__(self, policy: PolicyFile, program: Program) -> None:
        self._policy = policy
        self._names = [process.name for process in program.processes]
        self._objects = [name for name, _ in program.shmem]
        self._known: dict[tuple[int, int], Entry] = {}
        """Every entry in the pool when it was last looked, by its number and the swap entry it belongs to."""

    def start(self, view: View) -> None:
        """The policy begins."""
        self._policy.start(int(zswap_max_pages(view.words.data)))

    def before(self, word: int) -> None:
        """Nothing needs to be noted."""

    def after(self, view: View) -> None:
        """Tell of what left the pool and what came into it."""
        self._look(view)

    def ask(self, view: View) -> int:
        """The entry that is to be written back, the kernel's own choice first among those offered; or nothing."""
        offered = self._look(view)
        if not offered:
            return UNDECIDED
        chosen = self._policy.ask(offered, may_keep=True)
        return NOTHING if chosen is None else offered[chosen].number

    def _look(self, view: View) -> list[Entry]:
        """Look again, and tell of every entry that left and came since; gives all, coldest first."""
        before = self._known
        rows = zswap_lru(view)
        owners = view.column(im.Z_SWPENTRY)[rows]
        order = list(zip(rows.tolist(), owners.tolist(), strict=True))
        now = set(order)
        for key in [key for key in before if key not in now]:
            self._policy.tell("left", before.pop(key))
        for key in order:
            if key not in before:
                before[key] = self._entry(view, key[0])
                self._policy.tell("stored", before[key])
        return [before[key] for key in order]

    def _entry(self, view: View, number: int) -> Entry:
        found = chain(view, Place("zswap", number))
        size = int(view.at(im.Z_LENGTH, number))
        if found.pages:
            process, page = found.pages[0]
            name = self._names[process - 1] if process <= len(self._names) else str(process)
            return Entry(number, name, page, size)
        if found.shmem:
            mapping, page = found.shmem[0]
            return Entry(number, self._objects[mapping - 1], page, size)
        return Entry(number, "", 0, size)
