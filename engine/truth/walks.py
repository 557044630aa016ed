"""Walks over memory that the model had not seen when its rules were written, for a kernel and for the model.

They are of the recorded cases' kind and go where those do not: random, looping and Zipf references,
other windows of readahead, other thresholds of the pool, a hot set, a child that works for a while. A
kernel's figures for them are in ``walks.json``; :mod:`engine.truth.recorder` makes them anew on any
Linux, and ``python -m engine.truth`` sets the model's beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.operation import Op, Ops, encode
from engine.program import Program
from engine.truth.cases import RANDOM, frames_left, machine_like_that, references

Pages = NDArray[np.int64]

TOUCHED_ALONE = 14
"""Pages of the cgroup that are not the walk's: the walker joins it with all its own memory in place."""
MEMORY_PAGES = 6_170_868
"""Memory of the machine the walks were recorded on: the pool's limit is a share of it."""
_SHARES = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
_LENGTHS = (1_665, 1_682, 1_695, 1_714, 1_756, 1_866, 2_525)
LZO_TEXT = tuple(int(length) for length in np.interp((np.arange(400) + 0.5) / 400, _SHARES, _LENGTHS))
"""What lzo makes of the walker's text, by the quantiles of 4 000 of its pages."""


@dataclass(frozen=True)
class Part:
    """References one after the other; the kernel's counters are read behind them."""

    pages: Pages
    writes: NDArray[np.bool_]
    by_child: bool = False
    """A child is forked for them and exits behind them, while the parent waits."""


@dataclass(frozen=True)
class Walk:
    """One process' mapping, its pages touched first in order; then the parts. Sizes in pages, ``swap_mb`` in MiB."""

    name: str
    pages: int
    frames: int
    parts: tuple[Part, ...]
    zswap: bool = True
    swap_mb: int = 256
    pool_percent: int = 20
    accept_threshold_percent: int = 90
    page_cluster: int = 3
    shmem: bool = False
    random_bytes: bool = False

    @property
    def marks(self) -> tuple[str, ...]:
        """Names of the places where counters are read: behind the first pass, and behind each part."""
        return ("first pass", *(f"part {number}" for number in range(1, len(self.parts) + 1)))

    def whole(self) -> tuple[Part, ...]:
        """The first pass and the parts."""
        first = np.arange(self.pages, dtype=np.int64)
        return (Part(first, np.ones(self.pages, dtype=bool)), *self.parts)

    def program(self) -> Program:
        """The walk as the model takes it, on the recording machine."""
        process, parts = 0, list[Ops]()
        for part in self.whole():
            process += part.by_child
            ops = references(part.pages, write=part.writes, process=process if part.by_child else 0)
            if part.by_child:
                ops = np.concatenate([[encode(Op.FORK, 0, 0, process)], ops])
            elif parts and process:
                ops = np.concatenate([[encode(Op.EXIT, process)], ops])
            parts.append(ops.astype(np.int64))
        children = any(part.by_child for part in self.parts)
        frames = frames_left(
            self.frames, self.pages, 0, processes=1 + children, shmem=self.shmem, rest=TOUCHED_ALONE
        )  # fmt: skip
        return machine_like_that(
            self.pages, frames, parts, swap_mb=self.swap_mb, zswap=self.zswap, shmem=self.shmem, marks=self.marks,
            lengths=RANDOM if self.random_bytes else LZO_TEXT,
            settings={
                "machine.page_cluster": self.page_cluster,
                "machine.zswap.max_pool_pages": MEMORY_PAGES * self.pool_percent // 100,
                "machine.zswap.accept_threshold_percent": self.accept_threshold_percent,
            },
        )  # fmt: skip


def reads(pages: Pages) -> Part:
    """All read."""
    return Part(pages, np.zeros(len(pages), dtype=bool))


def writes(pages: Pages) -> Part:
    """All written."""
    return Part(pages, np.ones(len(pages), dtype=bool))


def mixed(pages: Pages, share: float, seed: int, *, by_child: bool = False) -> Part:
    """A share of them written, by chance."""
    return Part(pages, np.random.default_rng(seed).random(len(pages)) < share, by_child)


def uniform(pages: int, count: int, seed: int) -> Pages:
    """Each page as likely as any."""
    return (np.random.default_rng(seed).random(count) * pages).astype(np.int64)


def zipf(pages: int, exponent: float, count: int, seed: int) -> Pages:
    """The page of rank r as likely as r to the power of minus ``exponent``; ranks are dealt out by chance."""
    rng = np.random.default_rng(seed)
    weight: NDArray[np.float64] = np.cumsum(1 / np.arange(1, pages + 1) ** exponent)
    ranks = np.minimum(np.searchsorted(weight, rng.random(count) * weight[-1]), pages - 1)
    dealt: Pages = np.argsort(rng.random(pages), kind="stable").astype(np.int64)
    walked: Pages = dealt[ranks]
    return walked


def walks() -> list[Walk]:
    """All of them."""
    found = [*_by_chance(3, ""), *_by_chance(0, ", page_cluster 0"), *_in_order()]
    found += [replace(walk, name=f"{walk.name}, no zswap", zswap=False) for walk in found]
    return [*found, *_at_the_limit()]


N, SMALL, FRAMES = 16_384, 8_192, 4_096
ORDER, HALF = np.arange(N), np.arange(SMALL)


def _by_chance(page_cluster: int, said: str) -> Iterator[Walk]:
    def walk(name: str, *parts: Part, pages: int = N, frames: int = FRAMES, **more: Any) -> Walk:
        return Walk(name + said, pages, frames, parts, page_cluster=page_cluster, **more)

    yield walk("random", reads(uniform(N, 60_000, 1)))
    yield walk("random, a third written", mixed(uniform(N, 60_000, 2), 0.3, 3))
    yield walk("zipf 1.0", reads(zipf(N, 1.0, 200_000, 4)))
    yield walk("zipf 0.8, a fifth written", mixed(zipf(N, 0.8, 200_000, 5), 0.2, 6))
    yield walk("zipf 1.2, twice the size", reads(zipf(2 * N, 1.2, 300_000, 7)), pages=2 * N, frames=2 * FRAMES)
    yield walk("shmem, random", reads(uniform(N, 40_000, 9)), shmem=True)
    yield walk("shmem, zipf 0.9, a fifth written", mixed(zipf(N, 0.9, 150_000, 10), 0.2, 11), shmem=True)
    yield walk("swap half full", reads(uniform(N, 60_000, 12)), swap_mb=80)
    child = mixed(uniform(SMALL, 20_000, 13), 0.5, 14, by_child=True)
    yield walk("a child at work", child, reads(uniform(SMALL, 10_000, 15)), pages=SMALL)


def _in_order() -> Iterator[Walk]:
    def walk(name: str, *parts: Part, pages: int = N, **more: Any) -> Walk:
        return Walk(name, pages, FRAMES, parts, **more)

    hot = np.tile(np.arange(2_000), 5)
    yield walk("loop", *[reads(HALF)] * 4, pages=SMALL)
    yield walk("loop, written", *[writes(HALF)] * 3, pages=SMALL)
    for page_cluster in (0, 1, 2, 5):
        yield walk(f"in order, page_cluster {page_cluster}", reads(ORDER), page_cluster=page_cluster)
    yield walk("backwards", reads(ORDER[::-1]))
    yield walk("every other page, then the others", reads(ORDER[::2]), reads(ORDER[1::2]))
    yield walk("a hot set and a scan", reads(np.concatenate([hot, ORDER, hot])))


def _at_the_limit() -> Iterator[Walk]:
    n = 200_000
    first = np.arange(40_000)

    def walk(name: str, part: Part, pages: int = n, frames: int = 16_384, **more: Any) -> Walk:
        return Walk(name, pages, frames, (part,), pool_percent=1, swap_mb=1_024, **more)

    yield walk("pool limit, random", reads(uniform(n, 60_000, 16)))
    yield walk("pool limit, threshold 50 %", reads(first), accept_threshold_percent=50)
    yield walk("pool limit, threshold 100 %", reads(first), accept_threshold_percent=100)
    yield walk("pool limit, zipf 0.7, half written", mixed(zipf(n, 0.7, 100_000, 17), 0.5, 18))
    yield walk("pool limit, twice round", reads(np.arange(160_000)), pages=160_000, frames=8_192)
    yield walk("incompressible, twice round", reads(np.arange(80_000)), pages=80_000, frames=8_192, random_bytes=True)
    yield walk(
        "incompressible, random, half written", mixed(uniform(100_000, 50_000, 19), 0.5, 20), pages=100_000,
        random_bytes=True,
    )  # fmt: skip
