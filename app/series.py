"""What is drawn of a run's samples: occupancy, latency, pressure, metadata, ratios, at a few hundred points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS, Group, Scalar

MOST_POINTS = 600
WINDOWS = 120
"""Latency is told for this many spans of the run."""
LOWEST_POWER = 5
"""The first bin of the latency histogram counts faults of 2^5 … 2^6 - 1 ns."""

TOLD = ("memory", "disk", "static", "dynamic", "minor p50", "minor p99", "device p50", "device p99", "all")
"""Names of curves that are told in the language of the window; others are the kernel's."""

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
    dashed: bool = False
    beside: int = 0
    """1, 2 …: of another run, drawn over ours and no part of a stack."""


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


def latency(series: Series) -> tuple[Places, list[Curve]]:
    """Samples and the p50, p90 and p99 of fault latency in µs over the span up to each; NaN where nothing faulted.

    From the differences of the histogram's counters; within a bin, whose ends are a factor of two
    apart, the place is told on a logarithmic scale.
    """
    ends = points(series, WINDOWS + 1)
    counts = histograms(series, ends)["all"]
    return ends[1:], [
        Curve(name, colour, percentile(counts, share))
        for name, colour, share in (("p50", "zswap", 0.50), ("p90", "accent", 0.90), ("p99", "disk", 0.99))
    ]


def latency_by_part(series: Series) -> tuple[Places, list[Curve]]:
    """As :func:`latency`, for faults apart by what they waited for: p50 and p99 of each, p99 dashed."""
    ends = points(series, WINDOWS + 1)
    counts = histograms(series, ends)
    return ends[1:], [
        Curve(f"{part} {name}", colour, percentile(counts[part], share), dashed)
        for name, share, dashed in (("p50", 0.50, False), ("p99", 0.99, True))
        for part, colour in (("minor", "active"), ("zswap", "zswap"), ("device", "disk"))
    ]


def histograms(series: Series, ends: Places) -> dict[str, Values]:
    """Faults in each bin of the latency histogram between samples, shape (spans, bins), of all and by part.

    ``device``: those that waited for a device; ``zswap``: the others that decompressed; ``minor``: the rest.
    """
    first = HEADER_WORDS

    def spans(addresses: list[int]) -> Values:
        columns = [address - first for address in addresses]
        return np.diff(series.values[ends][:, columns].astype(np.float64), axis=0)

    every, zswap, device = (spans(bins) for bins in (im.FAULT_LATENCY, im.FAULT_LATENCY_ZSWAP, im.FAULT_LATENCY_DEVICE))
    return {"all": every, "minor": every - zswap - device, "zswap": zswap, "device": device}


PSI_WINDOW_NS = 10_000_000_000
"""The kernel's avg10: pressure averaged over ten seconds."""
PSI_LEAST_WINDOWS = 20
"""A run shorter than so many of those is averaged over a shorter time."""


def psi_window(series: Series) -> int:
    """Nanoseconds that pressure is averaged over: the kernel's ten seconds, or 1, 2 or 5 · 10ⁿ where a run is short."""
    whole = int(series.time_ns[-1] - series.time_ns[0]) if len(series.time_ns) else 0
    wanted = max(1, whole // PSI_LEAST_WINDOWS)
    if wanted >= PSI_WINDOW_NS:
        return PSI_WINDOW_NS
    power = 10 ** (len(str(wanted)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= wanted)


def pressure(series: Series, at: Places) -> list[Curve]:
    """``some`` and ``full`` in percent, averaged as the kernel averages: each span weighs less, the longer it is past.

    calc_load() of kernel/sched/psi.c at every sample instead of every two seconds:
    avg · e^(-dt/window) + share · (1 - e^(-dt/window)).
    """
    time, window = series.time_ns.astype(np.float64), float(psi_window(series))
    spans = np.diff(time)
    decay = np.exp(-spans / window)
    found = []
    for name, colour in (("some", "zswap"), ("full", "danger")):
        stalled = np.diff(_floats(series, f"psi_{name}_ns", slice(None)))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(spans > 0, np.minimum(100 * stalled / spans, 100), 0)
        average = np.zeros(len(time))
        for index in range(len(spans)):
            average[index + 1] = average[index] * decay[index] + share[index] * (1 - decay[index])
        found.append(Curve(name, colour, average[at]))
    return found


class _Samples:
    """Samples as the formulas of metadata read an image: each scalar an array, a fixed setting the number it is."""

    def __init__(self, series: Series, at: Places) -> None:
        self._values = series.values[at].astype(np.float64)
        self._fixed = {setting.address for setting in im.schema.settings if setting.fixed}

    def scalar(self, address: int) -> Any:
        column = self._values[:, address - HEADER_WORDS]
        return int(column[-1]) if address in self._fixed else column


def metadata(series: Series, at: Places) -> list[Curve]:
    """KiB of swap metadata by the formulas of the run's design: what swapfiles cost by their size, and pages."""
    # Not at the top: it is the whole model, which the first picture can do without.
    from engine.mm.design.hooks import DESIGNS

    samples: Any = _Samples(series, at)
    static, dynamic = DESIGNS[samples.scalar(im.DESIGN)].metadata_bytes(samples)
    return [
        Curve(name, colour, np.broadcast_to(np.asarray(values, dtype=np.float64) / 1024, (len(at),)).copy())
        for name, colour, values in (("static", "dim", static), ("dynamic", "accent", dynamic))
    ]


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
    return [scalar for scalar in drawn if scalar.address not in im.LATENCY_BINS]


def held_against(ours: Values, theirs: Values, curve: Curve, number: int, run: str) -> Curve:
    """Another run's curve at the places of ours on the x axis; NaN where that run is not, or not any more.

    ``theirs`` are its own places, ``number`` counts the other runs from 1, and ``run`` is its name.
    """
    at = np.searchsorted(theirs, ours, side="right") - 1
    known = (at >= 0) & (ours <= (theirs[-1] if len(theirs) else -np.inf))
    values = np.where(known, curve.values[np.clip(at, 0, None)] if len(theirs) else np.nan, np.nan)
    return Curve(f"{curve.name} {run}".strip(), curve.colour, values, dashed=True, beside=number)


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
