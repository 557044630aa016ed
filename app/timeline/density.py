"""What the timeline draws, computed from the samples of a run: no Qt, only arrays.

The samples hold how many transitions of each kind there were so far. Between two columns of
pixels the difference of a lane's count is what happened there, however long the run is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import KINDS, Lane

Floats = NDArray[np.float64]

DRAWN: tuple[tuple[Lane, str], ...] = (
    (Lane.FAULTS, "faults"),
    (Lane.RECLAIM, "reclaim"),
    (Lane.ZSWAP, "zswap"),
    (Lane.DISK, "disk I/O"),
)
"""Lanes with their names, from top to bottom."""

LANE_COLUMNS: dict[Lane, list[int]] = {
    lane: [im.KIND_COUNT[kind.number] - HEADER_WORDS for kind in KINDS if kind.lane is lane] for lane in Lane
}
"""Columns of ``Series.values`` whose sum is a lane's count."""


def lane_counts(series: Any, edges: Floats) -> dict[Lane, Floats]:
    """Transitions of each drawn lane between neighbouring edges; edges are transition numbers, shape (n + 1,)."""
    between = _Between(series, edges)
    return {lane: np.diff(between.sums(LANE_COLUMNS[lane])) for lane, _ in DRAWN}


def pressure(series: Any, edges: Floats) -> Floats:
    """Share of time in which a task waited for memory between neighbouring edges, 0 … 1; shape (n,)."""
    between = _Between(series, edges)
    stalled = np.diff(between.sums([im.PSI_SOME - HEADER_WORDS]))
    passed = np.diff(between.of(np.asarray(series.time_ns)))
    return np.divide(stalled, passed, out=np.zeros_like(stalled), where=passed > 0).clip(0.0, 1.0)


class _Between:
    """Interpolation between samples at the edges."""

    def __init__(self, series: Any, edges: Floats) -> None:
        at = np.asarray(series.transition)
        self._values = series.values
        self._count = len(edges)
        if len(at) == 0:
            self._before = None
            return
        inside = np.clip(edges, at[0], at[-1])
        after = np.clip(np.searchsorted(at, inside, side="left"), 0, len(at) - 1)
        before = np.maximum(after - 1, 0)
        width = (at[after] - at[before]).astype(np.float64)
        self._before, self._after = before, after
        self._share = np.divide(inside - at[before], width, out=np.ones(len(edges)), where=width > 0)

    def sums(self, columns: list[int]) -> Floats:
        """Columns of the samples' values added up, at each edge."""
        if self._before is None:
            return np.zeros(self._count)
        return self.of(self._values[:, columns].sum(axis=1))

    def of(self, samples: NDArray[Any]) -> Floats:
        """One value a sample, at each edge."""
        if self._before is None:
            return np.zeros(self._count)
        low, high = samples[self._before], samples[self._after]
        return low + self._share * (high - low)


def smooth(values: Floats, width: int) -> Floats:
    """Mean over ``width`` neighbours, the ends as they are."""
    if width < 2 or len(values) < width:
        return values
    kernel = np.ones(width) / width
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, kernel, mode="valid")


def transition_of_operation(series: Any, operation: int) -> int:
    """The transition at which an operation begins, as near as the samples tell it."""
    if len(series.operation) == 0:
        return 0
    return int(np.interp(operation, np.asarray(series.operation), np.asarray(series.transition)))
