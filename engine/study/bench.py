"""Benchmarks: what is measured, in which unit, how much of it is asked for, and how two reports compare.

A *bench* is a function that measures some *figures*. Contenders of a figure are run in turns, round
after round, so that a machine that slows down slows down all of them; what is reported is the
median over the rounds, and a ratio is the median of the ratios within each round.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from engine.errors import InputError, Problem

FORMAT = 1
"""Version of the JSON report."""
SLOWER = 0.10
"""A figure that got worse by more than this share counts as slower."""


@dataclass(frozen=True)
class Effort:
    """How large a benchmark is: sizes, and rounds of each contender."""

    name: str
    rounds: int
    pages: int
    """Pages of the runs that are measured as a whole; memory is a quarter of them."""
    references: int
    growth_pages: tuple[int, ...]
    growth_references: int
    jump_pages: tuple[int, ...]
    jump_references: int
    jumps: int
    cells: tuple[int, ...]
    frames: int
    """Frames drawn of each size."""
    play_seconds: float
    starts: bool = True
    """Also what needs a Python process of its own: compiling, starting, drawing."""
    compiled: bool = True
    """Measure machine code; False: the interpreter."""


FULL = Effort(
    "full", 5, 1_000_000, 10_000_000, (1_000, 10_000, 100_000, 1_000_000, 10_000_000), 4_000_000, (65_536, 1_048_576),
    10_000_000, 60, (1_000, 16_000, 256_000, 1_000_000), 40, 6.0,
)  # fmt: skip
QUICK = Effort(
    "quick", 3, 1_000_000, 2_000_000, (1_000, 10_000, 100_000, 1_000_000), 500_000, (65_536, 1_048_576), 1_000_000, 15,
    (1_000, 16_000, 256_000, 1_000_000), 8, 2.0,
)  # fmt: skip
TINY = Effort("tiny", 1, 512, 4_000, (100, 400), 1_000, (256,), 3_000, 3, (100,), 2, 0.2, starts=False, compiled=False)
"""Says nothing about speed: only that everything that is measured works."""


@dataclass(frozen=True)
class Wanted:
    """What a figure should reach: at least, or at most."""

    bound: float
    least: bool

    def met_by(self, value: float) -> bool:
        """Whether a value is as wanted."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {number_text(self.bound)}"


def at_least(bound: float) -> Wanted:
    """A figure that is better the larger it is."""
    return Wanted(bound, True)


def at_most(bound: float) -> Wanted:
    """A figure that is better the smaller it is."""
    return Wanted(bound, False)


@dataclass(frozen=True)
class Figure:
    """One measured number."""

    name: str
    """Unique within a report: bench, then what, with dots."""
    what: str
    """For people: what was measured."""
    samples: tuple[float, ...]
    """One a round, or one an event (a jump, a frame); empty when it could not be measured."""
    unit: str
    more_is_better: bool
    wanted: Wanted | None = None
    note: str = ""
    """Why it is missing, or what the number depends on."""
    reduce: str = "median"
    """What is reported of the samples: ``median`` or ``worst``."""

    @property
    def value(self) -> float | None:
        """The number reported; None when it could not be measured."""
        if not self.samples:
            return None
        if self.reduce == "worst":
            return min(self.samples) if self.more_is_better else max(self.samples)
        return median(self.samples)

    @property
    def met(self) -> bool | None:
        """Whether it is as wanted; None when nothing is wanted of it or it is missing."""
        value = self.value
        return None if self.wanted is None or value is None else self.wanted.met_by(value)

    def to_json(self) -> dict[str, Any]:
        """As in the report."""
        return {
            "name": self.name,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "better": "more" if self.more_is_better else "less",
            "reduce": self.reduce,
            "samples": list(self.samples),
            "wanted": None if self.wanted is None else {"bound": self.wanted.bound, "least": self.wanted.least},
            "met": self.met,
            "note": self.note,
        }


def rate(name: str, what: str, samples: Iterable[float], wanted: Wanted | None = None, note: str = "") -> Figure:
    """Millions of references a second."""
    return Figure(name, what, tuple(samples), "M refs/s", True, wanted, note)


def ratio(
    name: str, what: str, ours: Iterable[float], theirs: Iterable[float], wanted: Wanted | None = None, note: str = ""
) -> Figure:
    """How many times as fast: rates of the same rounds, one divided by the other."""
    return Figure(name, what, tuple(a / b for a, b in zip(ours, theirs, strict=True)), "×", True, wanted, note)


def missing(name: str, what: str, unit: str, note: str, wanted: Wanted | None = None) -> Figure:
    """A figure that cannot be measured here, and why."""
    return Figure(name, what, (), unit, unit in ("M refs/s", "×"), wanted, note)


Say = Callable[[str], None]
"""Called with what is being done now."""


@dataclass(frozen=True)
class Bench:
    """Measures the figures whose names begin with its own."""

    name: str
    title: str
    measure: Callable[[Effort, Say], Iterator[Figure]]
    own_process: bool = False
    """It starts Python processes."""


@dataclass
class Report:
    """All figures of one run of the benchmarks, and on what."""

    effort: str
    machine: dict[str, Any]
    figures: list[Figure] = field(default_factory=list)
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Curves of the growth plot: name, then (size, M refs/s)."""

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` writes it."""
        return {
            "format": FORMAT,
            "effort": self.effort,
            "machine": self.machine,
            "figures": [figure.to_json() for figure in self.figures],
        }


def interleave(rounds: int, contenders: Mapping[str, Callable[[], float]], say: Say) -> dict[str, list[float]]:
    """Each contender's result in each round; every round begins with another contender."""
    results: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            say(f"{name}, round {turn + 1} of {rounds}")
            gc.collect()
            results[name].append(contenders[name]())
    return results


def number_text(value: float) -> str:
    """A number with three significant digits."""
    if value == 0 or 1000 <= abs(value) < 1e7 or value == round(value):
        return f"{value:,.0f}".replace(",", "\u2009")
    return f"{value:.3g}"


@dataclass(frozen=True)
class Change:
    """A figure in two reports."""

    name: str
    before: float
    now: float
    unit: str
    worse_by: float
    """Share by which it got worse; negative when it got better."""


def changes(baseline: Mapping[str, Any], report: Mapping[str, Any]) -> list[Change]:
    """Figures that both reports (as JSON) have a value of, in the order of ``report``."""
    before = {figure["name"]: figure["value"] for figure in baseline["figures"]}
    found = []
    for figure in report["figures"]:
        old, new = before.get(figure["name"]), figure["value"]
        if not old or not new:
            continue
        worse = old / new - 1 if figure["better"] == "more" else new / old - 1
        found.append(Change(figure["name"], old, new, figure["unit"], worse))
    return found


def check_baseline(value: Any, file: str) -> dict[str, Any]:
    """The JSON of an earlier report; raises InputError when it is something else."""
    good = isinstance(value, dict) and value.get("format") == FORMAT and isinstance(value.get("figures"), list)
    if good and all(isinstance(one, dict) and {"name", "value"} <= one.keys() for one in value["figures"]):
        return dict(value)
    raise InputError(
        Problem("this is not a report of the benchmarks", file, expected="a file that 'swapscope bench --json' wrote")
    )
