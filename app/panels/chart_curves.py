"""The ready-made charts: what each draws of the run, and what of a run beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.series import (
    Curve,
    Places,
    Series,
    latency,
    latency_by_part,
    metadata,
    points,
    pressure,
    where_pages_live,
)

Drawn = tuple[Places, list[Curve]]
"""Samples, and curves with a value at each of them."""


@dataclass(frozen=True)
class Ready:
    """One ready-made chart."""

    title: str
    ours: Callable[[Series], Drawn]
    theirs: Callable[[Series], Drawn] | None = None
    """Of a run that is compared; None: nothing, since its curves could not be told from ours."""
    stacked: bool = False
    logarithmic: bool = False


def _occupancy(series: Series) -> Drawn:
    at = points(series)
    return at, where_pages_live(series, at)


def _median_latency(series: Series) -> Drawn:
    """Of another run the middle is enough: six lines of nearly the same are none."""
    ends, curves = latency(series)
    return ends, curves[:1]


def _pressure(series: Series) -> Drawn:
    at = points(series)
    return at, pressure(series, at)


def _metadata(series: Series) -> Drawn:
    at = points(series)
    return at, metadata(series, at)


def _whole_metadata(series: Series) -> Drawn:
    """All of it in one line: over a stack, parts of another run could not be told from each other."""
    at, (static, dynamic) = _metadata(series)
    return at, [Curve("all", "text", static.values + dynamic.values)]


READY: dict[str, Ready] = {
    "occupancy": Ready("Where pages live", _occupancy, stacked=True),
    "faults": Ready("Fault latency, µs", latency, _median_latency, logarithmic=True),
    "parts": Ready("Fault latency by what it waited for, µs", latency_by_part, logarithmic=True),
    "pressure": Ready("Pressure stall, %", _pressure, _pressure),
    "metadata": Ready("Swap metadata, KiB", _metadata, _whole_metadata, stacked=True),
}
"""By their keys, as they come one below the other."""
