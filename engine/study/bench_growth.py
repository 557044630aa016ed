"""How speed changes with size: pages, the pool's share of memory, processes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.program import Program
from engine.study.bench import Effort, Figure, Say, interleave, rate
from engine.study.bench_workload import references_per_second, zipf_program

POOLS = (0, 5, 10, 20, 40)
PROCESSES = (1, 4, 16, 64)
REFERENCES_A_PAGE = 4
"""References a page, at least: a large machine has to be full for a while, too, to do what a small one does."""


def measure_growth(effort: Effort, say: Say) -> Iterator[Figure]:
    """References a second against each size, all others at the standard run's."""
    references, middle = effort.growth_references, min(effort.pages, 100_000)
    by_pages = {
        size: zipf_program(max(references, REFERENCES_A_PAGE * size), size) for size in effort.growth_pages
    }
    yield from _curve("pages", by_pages, "{} pages", effort, say)
    by_pool = {size: zipf_program(references, middle, pool_percent=size) for size in POOLS}
    yield from _curve("pool", by_pool, "a pool of {} % of memory", effort, say)
    by_processes = {size: zipf_program(references, middle, processes=size) for size in PROCESSES}
    yield from _curve("processes", by_processes, "{} processes", effort, say)


def _curve(name: str, programs: dict[int, Program], text: str, effort: Effort, say: Say) -> Iterator[Figure]:
    contenders = {
        text.format(size): partial(references_per_second, program, effort.compiled)
        for size, program in programs.items()
    }
    found = interleave(effort.rounds, contenders, say)
    for size in programs:
        what = text.format(size)
        yield rate(f"growth.{name}.{size}", f"the full model, {what}", found[what])


def curves(figures: list[Figure]) -> dict[str, list[tuple[float, float]]]:
    """The curves among figures: by what grows, (size, M refs/s)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for figure in figures:
        parts = figure.name.split(".")
        if parts[0] == "growth" and figure.value is not None:
            found.setdefault(parts[1], []).append((float(parts[2]), figure.value))
    return found
