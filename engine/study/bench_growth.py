"""How speed changes with size: pages, the pool's share of memory, processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.program import Program
from engine.study.bench import Effort, Figure, Say, interleave, rate
from engine.study.bench_workload import references_per_second, zipf_program

POOLS = (0, 5, 10, 20, 40)
PROCESSES = (1, 4, 16, 64)


def measure_growth(effort: Effort, say: Say) -> Iterator[Figure]:
    """References a second against each size, all others at the standard run's."""
    references, middle = effort.growth_references, min(effort.pages, 100_000)
    yield from _curve("pages", [
        (size, f"{size} pages", lambda size=size: zipf_program(references, size)) for size in effort.growth_pages
    ], effort, say)  # type: ignore[misc]  # fmt: skip
    yield from _curve("pool", [
        (size, f"a pool of {size} % of memory", lambda size=size: zipf_program(references, middle, pool_percent=size))
        for size in POOLS
    ], effort, say)  # type: ignore[misc]  # fmt: skip
    yield from _curve("processes", [
        (size, f"{size} processes", lambda size=size: zipf_program(references, middle, processes=size))
        for size in PROCESSES
    ], effort, say)  # type: ignore[misc]  # fmt: skip


def _curve(
    name: str, points: list[tuple[int, str, Callable[[], Program]]], effort: Effort, say: Say
) -> Iterator[Figure]:
    programs = {what: build() for _, what, build in points}
    contenders = {what: (lambda what=what: references_per_second(programs[what])) for what in programs}  # type: ignore[misc]
    found = interleave(effort.rounds, contenders, say)
    for size, what, _ in points:
        yield rate(f"growth.{name}.{size}", f"the full model, {what}", found[what])


def curves(figures: list[Figure]) -> dict[str, list[tuple[float, float]]]:
    """The curves among figures: by what grows, (size, M refs/s)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for figure in figures:
        parts = figure.name.split(".")
        if parts[0] == "growth" and figure.value is not None:
            found.setdefault(parts[1], []).append((float(parts[2]), figure.value))
    return found
