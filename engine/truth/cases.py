"""The recorded cases as programs: the same machine, the same pages, the same references.

What the recording does not tell is stated here, each with its reason, and is the same for all
cases: how large the rest of the cgroup is, what the pages compress to, and the paces of the
machine (time is not compared, but decides what is still being written when reclaim comes by).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from engine.operation import Op, Ops, encode, encode_mark, encode_references
from engine.program import Images, Process, Program, Region, Swapfile

LIMIT_PAGES_FOR_THE_REST = 256
"""The cgroup's limit was the frames for the program and 1 MiB for all else: page tables, stacks, program text."""
REST_PAGES = 25
"""What of it was no page table: kernel stack, program text and data, and what a CPU's stock of charges held."""
BYTES_PER_REFERENCE = 3
"""Of the walker's own list of references so much stayed in memory, as the small and the large cases together tell."""
PTES_PER_TABLE = 512
UPPER_TABLES = 2
"""Tables above the lowest level: one of 1 GiB, one of 512 GiB."""
PAGE_SIZE = 4_096
XA_CHUNK = 64
XA_NODES_PER_PAGE = 7
"""A shmem object's index is charged too: a node of 576 bytes for 64 pages, 28 nodes to a slab of four pages."""

MAX_POOL_PAGES = 61_659
"""1 % of that machine's memory, as the pool's size tells where it stopped growing."""

TEXT = tuple(int(NormalDist(1754, 40).inv_cdf((share + 0.5) / 40)) for share in range(40))
"""Lengths of the text-like pages. Their mean is what makes 1 787 bytes of pool a page, as both the small and the
large cases have it. How much they differ is told by ``fork_write``: the more size classes they fall into, the fewer
zspages come free as a whole when the child's half of the pages goes."""
RANDOM = (4096,)
"""Random bytes do not get smaller."""

PACES = {
    # A minor fault with the clearing of its page (1.6 µs warm on the recording machine).
    "machine.time.fault_ns": 1_500,
    # lzo, there and back.
    "machine.time.compress_ns": 8_000,
    "machine.time.decompress_ns": 2_000,
    # Reclaim looks at a page, and maybe unmaps it.
    "machine.time.scan_ns": 300,
    # A page's way through the block layer; see "Figures of a moment" in docs/truth.md for these three.
    "machine.time.submit_ns": 1_040,
    # The virtio disk, whose host has the swapfile cached: 1.4 GB/s.
    "machine.time.device_latency_ns": 59_000,
    "machine.time.device_interval_ns": 2_840,
    # An unbound kernel worker, which steps through all cgroups for each entry it looks at.
    "machine.time.worker_wake_ns": 50_000,
    "machine.time.worker_step_ns": 20_000,
}
"""The paces of the recording machine, one set for all cases."""


@dataclass(frozen=True)
class Case:
    """One case: its program, and the names of its marks in order."""

    name: str
    program: Program
    marks: tuple[str, ...]


def references(
    pages: Sequence[int] | NDArray[np.int64] | range, *, write: bool | NDArray[np.bool_], process: int = 0
) -> Ops:
    """One reference to each page, all written, none, or each as it says."""
    where = np.asarray(pages, dtype=np.int64)
    ones = np.ones(len(where), dtype=np.int64)
    return encode_references(ones * process, where, np.broadcast_to(write, len(where)), ones)


def images(lengths: Sequence[int]) -> Images:
    """One family of page images of these lengths."""
    count = len(lengths)
    return Images(
        np.array([0, *lengths], dtype=np.int64),
        np.zeros(count + 1, dtype=np.int64),
        np.array([0] + [1] * count, dtype=np.int64),
        np.array([0] + [count] * count, dtype=np.int64),
    )


def page_tables(touched: int) -> int:
    """Pages of page tables for so many touched pages in a row."""
    return -(-touched // PTES_PER_TABLE) + UPPER_TABLES


def frames_left(
    frames: int, touched: int, listed: int, *, processes: int = 1, shmem: bool = False, rest: int = REST_PAGES
) -> int:
    """Frames for the ``touched`` pages within a limit of ``frames`` and 1 MiB, with so many references ``listed``."""
    taken = page_tables(touched) * processes + rest + listed * BYTES_PER_REFERENCE // PAGE_SIZE
    if shmem:
        taken += touched // XA_CHUNK // XA_NODES_PER_PAGE
    return frames + LIMIT_PAGES_FOR_THE_REST - taken


def machine_like_that(
    pages: int, frames: int, parts: Sequence[Ops], *, swap_mb: int, zswap: bool = True,
    lengths: Sequence[int] = TEXT, shmem: bool = False, marks: tuple[str, ...] = ("first pass", "end"),
    settings: dict[str, int] | None = None,
) -> Program:  # fmt: skip
    """A program on the recording machine: one process of one mapping, its operations in parts, a mark behind each.

    ``frames``: what is left for its pages. ``settings``: by dotted key, over those of the recording.
    """
    given = {
        "machine.frames": frames,
        "machine.design": 0,
        "machine.reclaim": 1,
        "machine.charge_pool": 0,
        "machine.charge_metadata": 0,
        "machine.readahead": 1,
        "machine.page_cluster": 3,
        "machine.swappiness": 100,
        "machine.zswap.enabled": int(zswap),
        "machine.zswap.max_pool_pages": MAX_POOL_PAGES,
        "machine.zswap.accept_threshold_percent": 90,
        **PACES,
        **(settings or {}),
    }
    region = Region("pages", 0, pages, 1, len(lengths), shared="object" if shmem else None)
    ops: list[Ops] = []
    for number, part in enumerate(parts):
        ops += [part, np.array([encode_mark(number)], dtype=np.int64)]
    return Program(
        "a recorded case",
        (Process("walker", pages, (region,)),),
        np.concatenate(ops),
        images(lengths),
        given,
        (Swapfile("swap", swap_mb * 256 - 1, "nvme"),),
        marks,
        shmem=(("object", pages),) if shmem else (),
    )


def seq_twice(name: str, *, zswap: bool = True, shmem: bool = False, swap_mb: int = 256) -> Case:
    """All pages in order, twice: the first time filled, the second time read."""
    pages = 16_384
    program = machine_like_that(
        pages, frames_left(4_096, pages, 2 * pages, shmem=shmem),
        [references(range(pages), write=True), references(range(pages), write=False)],
        swap_mb=swap_mb, zswap=zswap, shmem=shmem,
    )  # fmt: skip
    return Case(name, program, program.marks)


def pool_limit_seq() -> Case:
    """200 000 pages filled in order while the pool comes to its limit; then the first 20 000 read."""
    pages = 200_000
    parts = [references(range(pages), write=True), references(range(20_000), write=False)]
    program = machine_like_that(pages, frames_left(16_384, pages, 220_000), parts, swap_mb=1_024)
    return Case("pool_limit_seq", program, program.marks)


def incompressible() -> Case:
    """100 000 pages of random bytes; then 30 000 of them read, in random order and none twice.

    That none is read twice is told by the faults: 28 590 of 30 000 reads had one, where with
    repetition a fifth of them would have met a page still in memory.
    """
    pages = 100_000
    order = np.random.default_rng(618).permutation(pages)[:30_000]
    parts = [references(range(pages), write=True), references(order, write=False)]
    program = machine_like_that(pages, frames_left(16_384, pages, 130_000), parts, swap_mb=1_024, lengths=RANDOM)
    return Case("incompressible", program, program.marks)


def fork_write(name: str, *, zswap: bool = True) -> Case:
    """8 192 pages filled; a child writes every one in order and exits; the parent goes on."""
    pages = 8_192
    fork = np.array([encode(Op.FORK, 0, 0, 1)], dtype=np.int64)
    leave = np.array([encode(Op.EXIT, 1)], dtype=np.int64)
    parts = [
        references(range(pages), write=True),
        np.concatenate([fork, references(range(pages), write=True, process=1)]),
        np.concatenate([leave, references(range(1), write=False)]),
    ]
    program = machine_like_that(
        pages, frames_left(4_096, pages, 2 * pages, processes=2), parts, swap_mb=256, zswap=zswap,
        marks=("first pass", "end", "parent"),
    )  # fmt: skip
    return Case(name, program, program.marks)


def cases() -> list[Case]:
    """All recorded cases."""
    return [
        seq_twice("seq_twice"),
        seq_twice("seq_twice, no zswap", zswap=False),
        seq_twice("swap_full", swap_mb=32),
        pool_limit_seq(),
        incompressible(),
        fork_write("fork_write"),
        fork_write("fork_write, no zswap", zswap=False),
        seq_twice("shmem_seq_twice", shmem=True),
        seq_twice("shmem_seq_twice, no zswap", shmem=True, zswap=False),
    ]
