"""Replay a case and set its figures beside the kernel's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.machine import Machine
from engine.operation import KIND_MASK, Op
from engine.truth.cases import Case
from engine.truth.recorded import COUNTERS, FIGURES, GAUGES, recorded
from engine.truth.walks import Walk

RECORDING = Path(__file__).with_name("walks.json")
"""A Linux 6.18 on the walks, made by :mod:`engine.truth.recorder`."""

TOLERANCE = 0.03
NOISE = 100
"""Smaller figures are the rest of the cgroup (the program's own data, swapped too) or what per-CPU counters hold."""

WRITTEN_AHEAD = 800
"""Pages reclaim writes at once when its writes are held back by readahead's plug; see ``docs/truth.md``."""
OF_THE_MOMENT = {
    ("shmem_seq_twice, no zswap", "end"): ("pswpout", "swapcached_pages", "swap_used_pages"),
    ("pool_limit_seq", "end"): ("pswpout", "zswpout"),
    ("seq_twice, no zswap", "first pass"): ("swapcached_pages",),
    ("seq_twice, no zswap", "end"): ("pswpout",),
    ("shmem_seq_twice, no zswap", "first pass"): ("swapcached_pages",),
    ("fork_write, no zswap", "first pass"): ("swapcached_pages",),
    ("fork_write, no zswap", "parent"): ("swapcached_pages",),
    ("incompressible", "end"): ("pswpout",),
}
"""Figures that rise and fall with what is written ahead: the mark takes them at one moment of that."""


@dataclass(frozen=True)
class Excuse:
    """Figures of walks that may be further from the kernel's than others, and why (``docs/truth.md``)."""

    walks: str
    """Regular expression for all of a walk's name."""
    figures: tuple[str, ...]
    within: float
    """The largest deviation, as a share of the kernel's figure."""


_BY_CHANCE = r"(random|zipf|shmem|swap half full).*"
EXCUSES = (
    # Two seconds after the last a flush falls into the run. How far the run has come by then is the disk's doing.
    Excuse(rf"{_BY_CHANCE}no zswap", ("workingset_activate_anon",), 1.0),
    Excuse(r"zipf 1.0, no zswap", ("pgmajfault", "pswpin", "workingset_refault_anon", "pgsteal_anon"), 0.08),
    Excuse(r"shmem.*no zswap|incompressible, random.*", ("pswpout",), 0.05),
    Excuse(r"incompressible, random.*", ("workingset_activate_anon",), 1.0),
    # The walk's own writes, and what waits for readahead's plug: a rhythm of hundreds of pages.
    Excuse(r"loop, written, no zswap", ("pswpout", "swap_used_pages"), 0.15),
    Excuse(r"loop, written, no zswap", ("swapcached_pages",), 1.0),
    Excuse(rf"{_BY_CHANCE}no zswap", ("swapcached_pages",), 1.0),
    # Readahead lives on its hits: a few more or less early on, and hundreds later.
    Excuse(r"a child at work", ("swap_ra", "swap_ra_hit", "swapcached_pages"), 0.25),
    Excuse(r"pool limit, (random|zipf).*", ("swapcached_pages", "workingset_activate_anon"), 1.0),
    # The pool is below its limit from the first zspage on that comes free as a whole: chance.
    Excuse(r"pool limit, (random|zipf).*", ("pool_limit_hit",), 20.0),
    # How long it stays there is chance too: the kernel's own runs differ by a fifth.
    Excuse(r"incompressible, twice round", ("pool_limit_hit",), 0.3),
    # What lzo makes of a page is known by its distribution; which pages share a zspage is not.
    Excuse(r"a child at work.*|loop, written", ("zswap_pool_pages",), 0.08),
    # Page tables are counted from the start: the lists are turned over a little sooner, other pages used twice.
    Excuse(r"backwards.*", ("swapcached_pages",), 0.05),
)


@dataclass(frozen=True)
class Row:
    """One figure of the kernel, the least and the most of its runs, and the model's."""

    case: str
    mark: str
    name: str
    low: int
    high: int
    model: int

    @property
    def compared(self) -> bool:
        """Whether the kernel's figure is large enough to mean the program's pages."""
        return self.high > NOISE

    @property
    def kernel(self) -> str:
        """The kernel's figure, or its least and most."""
        return str(self.low) if self.low == self.high else f"{self.low} … {self.high}"

    @property
    def deviation(self) -> float:
        """How far the model is from what the kernel's runs lie between, as a share; 0 in between."""
        nearest = min(max(self.model, self.low), self.high)
        return (self.model - nearest) / nearest if nearest else float(self.model)

    @property
    def of_the_moment(self) -> bool:
        """Whether it depends on where something that comes and goes happens to be at the mark."""
        return self.name in OF_THE_MOMENT.get((self.case, self.mark), ()) or self._excused > 0

    @property
    def _excused(self) -> float:
        found = [one.within for one in EXCUSES if self.name in one.figures and re.fullmatch(one.walks, self.case)]
        return max(found, default=0.0)

    @property
    def possible(self) -> bool:
        """Holds, or is off by no more than what it depends on may make of it."""
        if self._excused:
            return self.holds or abs(self.deviation) <= self._excused
        return self.holds or (self.of_the_moment and self._apart <= WRITTEN_AHEAD)

    @property
    def holds(self) -> bool:
        """Within the tolerance, or both small."""
        if self.compared:
            return abs(self.deviation) <= TOLERANCE
        return self._apart <= NOISE

    @property
    def _apart(self) -> int:
        return max(self.low - self.model, self.model - self.high, 0)


def replay(case: Case, compiled: bool | None = None) -> tuple[Machine, dict[str, dict[str, int]]]:
    """Run a case; the machine at its end, and at each mark the counters since the one before and the gauges."""
    machine = Machine(case.program, compiled)
    ends = [at + 1 for at, word in enumerate(machine.ops.tolist()) if word & KIND_MASK == Op.MARK]
    figures: dict[str, dict[str, int]] = {}
    before = dict.fromkeys(COUNTERS, 0)
    for mark, end in zip(case.marks, ends, strict=True):
        machine.run(end)
        counters, gauges = machine.counters(), machine.gauges()
        now = {name: counters[name] for name in COUNTERS}
        figures[mark] = {name: now[name] - before[name] for name in COUNTERS} | {name: gauges[name] for name in GAUGES}
        before = now
        if machine.outcome == "oom":
            break
    return machine, figures


def rows(case: Case, figures: dict[str, dict[str, int]]) -> Iterator[Row]:
    """Every figure the kernel's recording has of a case."""
    for mark in case.marks:
        if (case.name, mark) in FIGURES:
            for name, kernel in recorded(case.name, mark).items():
                yield Row(case.name, mark, name, kernel, kernel, figures[mark][name])


@dataclass(frozen=True)
class Walked:
    """A walk on the kernel: how often it was made, how often the OOM killer ended it, and its figures by mark."""

    runs: int
    killed: int
    marks: list[dict[str, list[int]]]

    def rows(self, walk: Walk, figures: dict[str, dict[str, int]]) -> Iterator[Row]:
        """The kernel's figures beside the model's, at the marks that both came to."""
        for mark, spans in zip(walk.marks, self.marks, strict=False):
            for name in COUNTERS + GAUGES if mark in figures else ():
                low, high = spans.get(name, (0, 0))
                yield Row(walk.name, mark, name, low, high, figures[mark][name])


def walked() -> dict[str, Walked]:
    """The kernel's side of every walk, by its name."""
    found = json.loads(RECORDING.read_text(encoding="utf-8"))
    return {name: Walked(**recording) for name, recording in found.items()}
