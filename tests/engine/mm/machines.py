"""Tiny machines for tests of single rules: a few pages, a few frames, every operation by hand.

A :class:`Toy` runs in the interpreter. Operations go in one at a time and give the transitions
they made; functions of the model are called as they stand, with :attr:`Toy.m` as the image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.machine import NEVER, Machine
from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS, cache_word, entry_count
from engine.mm.design.hooks import backend as backend_word
from engine.mm.journal import get
from engine.mm.lru import clear_flags, lru_del
from engine.mm.pageflags import NAMES, PG_REFERENCED
from engine.mm.rmap import folio_referenced
from engine.mm.run import run
from engine.mm.swapops import PTE_PRESENT, pte_pfn, pte_to_swp_entry
from engine.mm.vmscan import shrink_folio, shrink_inactive_list
from engine.operation import Op, encode, encode_range, encode_setting
from engine.program import Images, Process, Program, Region, Swapfile
from engine.sentence import sentence
from engine.transition import Transition

DESIGN_NAMES = [module.NAME for module in DESIGNS]
ALL_DESIGNS = [module.NUMBER for module in DESIGNS]
LEGACY, SWAP_DESC, VSWAP = (DESIGN_NAMES.index(name) for name in ("legacy", "swap_desc", "vswap"))
INDIRECT = [SWAP_DESC, VSWAP]
"""The designs in which an entry stands between page table and bytes."""

LINUX_6_2: dict[str, int] = {
    "zero_map": 0, "zswap.allocator": 0, "zswap.chain_size": 4, "zswap.same_filled": 1, "zswap.incompressible": 0,
    "zswap.exclusive_loads": 0, "zswap.second_chance": 0, "zswap.shrink_rule": 0, "zswap.kick_always": 0,
}  # fmt: skip
"""The 6.2 preset, but with zsmalloc."""
SPLITS = 8
"""Ranges that may be unmapped or locked."""


def region(pages: int, *, image: int = 1, images: int = 1, first: int = 0, **more: Any) -> Region:
    """Pages ``first`` … of a process, all of image ``image`` unless its family is larger."""
    return Region(more.pop("name", f"region at {first}"), first, pages, image, images, **more)


def image_table(lengths: Sequence[int], filled: Sequence[int], families: Sequence[int]) -> Images:
    """Facts of page images 1 …: LZ4 lengths, and how many images each family has in turn."""
    lz4 = np.array([0, *lengths], dtype=np.int64)
    flags = np.array([0, *filled, *[0] * (len(lengths) - len(filled))], dtype=np.int64)
    first = np.arange(len(lz4), dtype=np.int64)
    count = np.ones(len(lz4), dtype=np.int64)
    at = 1
    for size in families:
        first[at : at + size] = at
        count[at : at + size] = size
        at += size
    return Images(lz4, flags, first, count)


class Toy:
    """A small machine in the interpreter."""

    def __init__(self, program: Program, *, journal_words: int = 1 << 17, records: int = 1 << 12) -> None:
        self.program = program
        self.machine = Machine(program, False, journal_words=journal_words, records=records)
        self.m = memoryview(self.machine.words.data)
        self.view = self.machine.view

    # -- operations ------------------------------------------------------------------------------

    def do(self, *words: int) -> list[Transition]:
        """Carry out operation words; the transitions they made, those of work beside included."""
        first = self.scalar(im.TRANSITIONS) + 1
        self.machine.keep_journal()
        ops = np.array(words, dtype=np.int64)
        run(self.m, memoryview(ops.data), 0, len(ops), NEVER)
        assert not self.machine.journal_lost
        made = self.machine.records(first)
        self.machine.drop_journal()
        return made

    def read(self, *pages: int, process: int = 0) -> list[Transition]:
        """Read pages one after the other."""
        return self.do(*(encode(Op.READ, process, page) for page in pages))

    def write(self, *pages: int, process: int = 0) -> list[Transition]:
        """Write pages one after the other."""
        return self.do(*(encode(Op.WRITE, process, page) for page in pages))

    def range(self, op: Op, first: int, pages: int = 1, process: int = 0) -> list[Transition]:
        """An operation on a range of pages."""
        return self.do(encode_range(op, process, first, pages))

    def pageout(self, first: int, pages: int = 1, process: int = 0) -> list[Transition]:
        """MADV_PAGEOUT: reclaim exactly these pages now."""
        return self.range(Op.PAGEOUT, first, pages, process)

    def reclaim(self, page: int, process: int = 0) -> list[Transition]:
        """Reclaim takes a page that nobody has used lately, whoever maps it."""
        frame = self.frame(page, process)
        self.call(folio_referenced, frame)
        self.call(clear_flags, frame, PG_REFERENCED)
        self.call(lru_del, frame)
        return self.watch(shrink_folio, frame)

    def push_out(self, first: int, pages: int, process: int = 0) -> None:
        """Write pages, reclaim them and all the swapcache, writes to devices awaited: no frame is left of them."""
        self.write(*range(first, first + pages), process=process)
        self.pageout(first, pages, process)
        self.idle(1_000_000_000)
        self.drop_swapcache()

    def pageout_new(self, first: int, pages: int = 1) -> list[Transition]:
        """Write pages and reclaim them, the swapcache left alone; the transitions of the reclaim."""
        self.write(*range(first, first + pages))
        made = self.pageout(first, pages)
        self.idle(1_000_000_000)
        return made

    def drop_swapcache(self) -> None:
        """Reclaim what is left on the inactive list."""
        while self["nr_inactive_anon"]:
            self.call(shrink_inactive_list, 32)

    def fork(self, parent: int, child: int) -> list[Transition]:
        """Process ``parent`` forks ``child``, both counted from 0."""
        return self.do(encode(Op.FORK, parent, count=child))

    def exit(self, process: int) -> list[Transition]:
        """A process ends."""
        return self.do(encode(Op.EXIT, process))

    def idle(self, ns: int = 10_000_000) -> list[Transition]:
        """Time passes: devices, kswapd and the shrink worker get on with their work."""
        return self.do(encode(Op.IDLE, value=ns))

    def setting(self, name: str, value: int) -> list[Transition]:
        """A knob is turned, by its key without ``machine.``."""
        return self.do(encode_setting(im.schema.setting_for(f"machine.{name}").number, value))

    def swapon(self, type_: int = 0) -> list[Transition]:
        """swapon of a swapfile by its number."""
        return self.do(encode(Op.SWAPON, type_))

    def swapoff(self, type_: int = 0) -> list[Transition]:
        """swapoff of a swapfile by its number."""
        return self.do(encode(Op.SWAPOFF, type_))

    def call(self, function: Callable[..., Any], *arguments: int) -> Any:
        """A function of the model, on this image."""
        return function(self.m, *arguments)

    def watch(self, function: Callable[..., Any], *arguments: int) -> list[Transition]:
        """The transitions a function of the model makes."""
        first = self.scalar(im.TRANSITIONS) + 1
        self.machine.keep_journal()
        self.call(function, *arguments)
        made = self.machine.records(first)
        self.machine.drop_journal()
        return made

    # -- what is there ---------------------------------------------------------------------------

    def scalar(self, address: int) -> int:
        """A scalar by its address."""
        return int(self.m[address])

    def __getitem__(self, name: str) -> int:
        return self.view[name]

    def figures(self, *names: str) -> tuple[int, ...]:
        """Several scalars at once."""
        return tuple(self[name] for name in names)

    def at(self, column: int, row: int) -> int:
        """A word of a table."""
        return int(get(self.m, column, row))

    def pte(self, page: int, process: int = 0) -> int:
        """The page-table entry of a page."""
        return self.at(im.PTE, self.at(im.MM_PTE, process + 1) + page)

    def present(self, page: int, process: int = 0) -> bool:
        """Whether a page-table entry maps a frame."""
        return self.pte(page, process) & PTE_PRESENT != 0

    def frame(self, page: int, process: int = 0) -> int:
        """The frame a page-table entry maps."""
        word = self.pte(page, process)
        assert word & PTE_PRESENT, f"page {page} is not present"
        return int(pte_pfn(word))

    def entry(self, page: int, process: int = 0) -> int:
        """The swap entry a page-table entry holds."""
        word = self.pte(page, process)
        assert word != 0, f"page {page} was never touched"
        assert not word & PTE_PRESENT, f"page {page} is present"
        return int(pte_to_swp_entry(word))

    def count(self, entry: int) -> int:
        """Holders of a swap entry."""
        return int(entry_count(self.m, entry))

    def cached(self, entry: int) -> int:
        """The frame of a swap entry in the swapcache, 0: none."""
        word = int(cache_word(self.m, entry))
        return 0 if word & 1 else word >> 1

    def backend(self, entry: int) -> int:
        """Where the entry's bytes are, as the seam says it."""
        return int(backend_word(self.m, entry))

    def flags(self, frame: int) -> set[str]:
        """Names of the flags of a frame, without ``PG_``."""
        word = self.at(im.PAGE_FLAGS, frame)
        return {name.removeprefix("PG_") for value, name in NAMES.items() if word & value}

    def inactive(self) -> list[int]:
        """Frames of the inactive list, newest first."""
        return self._list(im.INACTIVE)

    def active(self) -> list[int]:
        """Frames of the active list, newest first."""
        return self._list(im.ACTIVE)

    def zswap_lru(self) -> list[int]:
        """zswap's entries, coldest first."""
        return self._list(im.ZLRU, im.Z_NEXT)

    def _list(self, head: int, column: int = im.PAGE_NEXT) -> list[int]:
        found = []
        at = self.scalar(head)
        while at:
            found.append(at)
            at = self.at(column, at)
        return found

    def say(self, transition: Transition) -> str:
        """Its sentence."""
        return sentence(transition, self.program, self.view)


def kinds(transitions: Sequence[Transition]) -> list[str]:
    """Names of their kinds, in order."""
    return [transition.kind.name for transition in transitions]


def of_kind(transitions: Sequence[Transition], kind: str) -> list[Transition]:
    """Those of one kind."""
    return [transition for transition in transitions if transition.kind.name == kind]


def build(pages: int = 16, **more: Any) -> Toy:
    """A machine that runs what :func:`program` makes of the same arguments."""
    return Toy(program(pages, **more))


def program(
    pages: int = 16,
    *,
    frames: int = 64,
    design: int = LEGACY,
    slots: int = 64,
    swapfiles: Sequence[Swapfile] | None = None,
    regions: Sequence[Region] | None = None,
    processes: Sequence[Process] | None = None,
    shmem: Sequence[tuple[str, int]] = (),
    lz4: Sequence[int] = (1000,),
    filled: Sequence[int] = (),
    families: Sequence[int] = (),
    zswap: bool = False,
    node: bool = False,
    children: int = 0,
    ops: Sequence[int] = (),
    **settings: int,
) -> Program:
    """A program with one process of ``pages`` pages of image 1, unless more is said.

    ``slots``: one swapfile of so many (0: none). ``node``: watermarks and kswapd instead of a hard
    limit. ``children``: processes that forks will name. Settings by key without ``machine.``, with
    ``__`` for the dots: ``zswap__max_pool_pages=4``.
    """
    if processes is None:
        parts = tuple(regions) if regions is not None else (region(pages),)
        processes = (Process("task", max(part.first + part.pages for part in parts), parts),)
    if swapfiles is None:
        swapfiles = (Swapfile("swap0", slots),) if slots else ()
    values = {
        "machine.frames": frames, "machine.design": design, "machine.reclaim": 0 if node else 1,
        "machine.zswap.enabled": int(zswap), "machine.stats_flush_ns": 0,
    }  # fmt: skip
    values |= {f"machine.{name.replace('__', '.')}": value for name, value in settings.items()}
    # Where operations come one by one: forks and ranges among the program's operations, which are never
    # carried out, give room for children and for regions that are split.
    rooms = [] if len(ops) else [encode_range(Op.MUNMAP, 0, 0, 1)] * SPLITS
    rooms += [encode(Op.FORK, 0, count=len(processes) + child) for child in range(children)]
    return Program(
        "a tiny machine", tuple(processes), np.array([*ops, *rooms], dtype=np.int64),
        image_table(lz4, filled, families), values, tuple(swapfiles), shmem=tuple(shmem),
    )  # fmt: skip
