"""What is drawn of a run's samples: occupancy, latency percentiles, ratios, thinned to a few hundred points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.schema import Group, Scalar

MOST_POINTS = 600
WINDOWS = 120
"""Latency is told for this many spans of the run."""
LOWEST_POWER = 5
"""The first bin of the latency histogram counts faults of 2^5 … 2^6 - 1 ns."""

Values = NDArray[np.float64]
Places = NDArray[np.intp]
"""Indices of samples."""


class Series(Protocol):
    """Samples of all scalars along a run; ``engine.timeline.Series`` is one."""

    @property
    def transition(self) -> NDArray[np.int64]: ...
    @property
    def time_ns(self) -> NDArray[np.int64]: ...
    @property
    def values(self) -> NDArray[np.int64]: ...

    def of(self, name: str) -> NDArray[np.int64]:
        """The samples of one scalar, shape (n,)."""
        ...


@dataclass(frozen=True)
class Curve:
    """One line: a name, a colour of the theme, and a value a point."""

    name: str
    colour: str
    values: Values


def points(series: Series, most: int = MOST_POINTS) -> Places:
    """Indices of the samples to draw: all of them, or evenly spread ones with the first and the last."""
    count = len(series.transition)
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)) if count else np.arange(0)


def abscissa(series: Series, by_time: bool, at: Places | slice = slice(None)) -> Values:
    """The x value of samples: references made, or milliseconds."""
    if by_time:
        return np.asarray(series.time_ns[at], dtype=np.float64) / 1e6
    return _floats(series, "references", at)


def crossing(wanted: float, known: NDArray[Any], other: NDArray[Any]) -> float:
    """The value of ``other`` where ``known``, which never falls, passes ``wanted``; straight between samples."""
    after = int(np.clip(np.searchsorted(known, wanted), 1, max(len(known) - 1, 1)))
    near = slice(after - 1, after + 1)
    return float(np.interp(wanted, known[near].astype(np.float64), other[near].astype(np.float64)))


def where_pages_live(series: Series, at: Places) -> list[Curve]:
    """Pages in memory, in zswap and on disk at the samples ``at``; one in the swapcache counts as in memory.

    On disk are the slots in use that are not held for zswap alone, and no more than there are
    entries whose page is neither in zswap nor a zero mark.
    """
    zswap = _floats(series, "zswap_stored_pages", at)
    swapped = np.maximum(_floats(series, "swapped_pages", at) - zswap - _floats(series, "zero_marked_pages", at), 0)
    slots = np.maximum(_floats(series, "swap_used_pages", at) - _floats(series, "slots_held_by_zswap", at), 0)
    return [Curve("memory", "active", _floats(series, "resident_pages", at)), Curve("zswap", "zswap", zswap),
            Curve("disk", "disk", np.minimum(slots, swapped))]  # fmt: skip


def latency(series: Series) -> tuple[Places, Curve, Curve]:
    """Samples and the p50 and p99 of fault latency in µs over the span up to each; NaN where nothing faulted.

    From the differences of the histogram's counters; within a bin, whose ends are a factor of two
    apart, the place is told on a logarithmic scale.
    """
    ends = points(series, WINDOWS + 1)
    names = [scalar.name for scalar in im.schema.scalars if scalar.address in im.FAULT_LATENCY]
    spans = np.diff(np.stack([_floats(series, name, ends) for name in names], axis=1), axis=0)
    return ends[1:], Curve("p50", "zswap", percentile(spans, 0.50)), Curve("p99", "disk", percentile(spans, 0.99))


def percentile(counts: Values, share: float) -> Values:
    """Percentile in µs of each row of a histogram by powers of two, counts of shape (n, bins)."""
    total = counts.sum(axis=1)
    running = np.cumsum(counts, axis=1)
    wanted = share * total[:, None]
    bins = np.argmax(running >= np.maximum(wanted, 1e-9), axis=1)
    rows = np.arange(len(counts))
    before = running[rows, bins] - counts[rows, bins]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = (wanted[:, 0] - before) / counts[rows, bins]
        micro: Values = 2.0 ** (bins + LOWEST_POWER + inside) / 1000
    return np.where(total > 0, micro, np.nan)


def choices() -> list[Scalar]:
    """Every gauge and counter that can be drawn, gauges first, without the histogram's bins."""
    drawn = [*im.schema.of_group(Group.GAUGE), *im.schema.of_group(Group.COUNTER)]
    return [scalar for scalar in drawn if scalar.address not in im.FAULT_LATENCY]


def drawn(series: Series, at: Places, name: str, over: str = "", change: bool = False) -> Values:
    """A scalar, or its ratio over another, at the samples ``at``; NaN where that one is 0.

    ``change``: how much each grew since the point before, instead of how much it is.
    """
    top = _floats(series, name, at)
    below = _floats(series, over, at) if over else None
    if change:
        top = np.diff(top, prepend=top[:1])
        below = None if below is None else np.diff(below, prepend=below[:1])
    if below is None:
        return top
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, top / below, np.nan)


def _floats(series: Series, name: str, at: Places | slice) -> Values:
    return np.asarray(series.of(name)[at], dtype=np.float64)
