"""What the canvas knows of the whole run: the curves of its two charts, and the most it ever has to find room for.

Made from the samples of a run, which grow while the run becomes known; one cursor more needs nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtGui import QPixmap

from app.canvas.invitation import Invitation
from app.canvas.versus import Versus
from app.series import Curve, Series, Values, latency, points, where_pages_live

MOST_POINTS = 240
"""Points of a curve: the charts are no wider than a column."""
GROWN = 1.04
"""A run that is becoming known is read anew when it is longer by this."""


def _nothing() -> Values:
    return np.zeros(0)


@dataclass(frozen=True)
class Run:
    """Curves over the numbers of transitions."""

    known: int = 0
    """Transitions of the run as far as it is known."""
    at: Values = field(default_factory=_nothing)
    """Transition of each point of ``parts``, shape (n,)."""
    parts: tuple[Curve, ...] = ()
    """Pages in memory, in zswap and on disk."""
    ends: Values = field(default_factory=_nothing)
    """Transition at the end of each span of ``percentiles``, shape (m,)."""
    percentiles: tuple[Curve, ...] = ()
    """p50 and p99 of fault latency in µs, NaN where nothing faulted."""
    most_slots: int = 0
    """Slots that are ever in use at once."""
    most_descriptors: int = 0
    """Descriptors, or virtual slots, that are ever in use."""
    most_resident: int = 0
    """Frames that ever hold a page of a program at once."""
    most_stored: int = 0
    """Entries that are ever in zswap at once."""
    writes: bool = False
    """Something is ever written to a device."""
    versus: Versus | Invitation | None = None
    """How it stands against another run now, where somebody compares, or what it could be compared with."""
    pictures: dict[object, QPixmap] = field(default_factory=dict, compare=False, repr=False)
    """The charts as they were drawn, by what they depend on."""

    @classmethod
    def of(cls, series: Series) -> Run:
        """Read the samples of a run."""
        if not len(series.transition):
            return NO_RUN
        transitions = np.asarray(series.transition, dtype=np.float64)
        at = points(series, MOST_POINTS)
        ends, (p50, _p90, p99) = latency(series)
        most_slots, most_descriptors, most_resident, most_stored, written = (
            int(series.of(name).max())
            for name in ("swap_used_pages", "desc_top", "resident_pages", "zswap_stored_pages", "pswpout")
        )
        return cls(
            int(transitions[-1]), transitions[at], tuple(where_pages_live(series, at)), transitions[ends],
            (p50, p99), most_slots, most_descriptors, most_resident, most_stored, written > 0,
        )  # fmt: skip

    def outgrown(self, series: Series) -> bool:
        """Much more is known by now, or it is another run."""
        known = int(series.transition[-1]) if len(series.transition) else 0
        return not self.known <= known < max(self.known + 1, self.known * GROWN)

    def now(self, curve: Curve, at: Values, transition: int) -> float:
        """The value of a curve at a transition: that of the last point up to there; NaN before the first."""
        place = int(np.searchsorted(at, transition, side="right")) - 1
        return float(curve.values[place]) if 0 <= place < len(curve.values) else float("nan")


NO_RUN = Run()
"""Nothing is known: there are no charts."""
