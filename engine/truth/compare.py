"""Replay a case and set its figures beside the kernel's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.machine import Machine
from engine.operation import KIND_MASK, Op
from engine.truth.cases import Case
from engine.truth.recorded import COUNTERS, FIGURES, GAUGES, recorded

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
class Row:
    """One figure of the kernel and the model's."""

    case: str
    mark: str
    name: str
    kernel: int
    model: int

    @property
    def compared(self) -> bool:
        """Whether the kernel's figure is large enough to mean the program's pages."""
        return self.kernel > NOISE

    @property
    def deviation(self) -> float:
        """(model - kernel) / kernel; 0 where both are 0."""
        return (self.model - self.kernel) / self.kernel if self.kernel else float(self.model)

    @property
    def of_the_moment(self) -> bool:
        """Whether it depends on how much reclaim happens to have written ahead at the mark."""
        return self.name in OF_THE_MOMENT.get((self.case, self.mark), ())

    @property
    def possible(self) -> bool:
        """Holds, or is off by no more than what reclaim writes ahead, where that is what it depends on."""
        return self.holds or (self.of_the_moment and abs(self.model - self.kernel) <= WRITTEN_AHEAD)

    @property
    def holds(self) -> bool:
        """Within the tolerance, or both small."""
        if self.compared:
            return abs(self.deviation) <= TOLERANCE
        return abs(self.model - self.kernel) <= NOISE


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
                yield Row(case.name, mark, name, kernel, figures[mark][name])
