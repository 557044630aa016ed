"""Figures that are reckoned from several words of the image: what metadata costs, how long faults took.

They have names like counters have, in checks, queries, assignments and reports. Each is a whole
number, found by one look at an image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.mm import image as im
from engine.mm.design.hooks import DESIGNS
from engine.mm.view import View

FIRST_POWER = 5
"""Bin k of the latency histogram counts faults of 2^(k+5) … 2^(k+6)-1 ns."""


@dataclass(frozen=True)
class Derived:
    """One figure."""

    name: str
    unit: str
    meaning: str
    value: Callable[[View], int]


def metadata_bytes(view: View) -> dict[str, int]:
    """Bytes of swap metadata by the formulas of the design an image runs: ``static``, ``dynamic`` and ``total``."""
    static, dynamic = DESIGNS[view.scalar(im.DESIGN)].metadata_bytes(view)
    return {"static": int(static), "dynamic": int(dynamic), "total": int(static + dynamic)}


def fault_latency(view: View, percent: int) -> int:
    """So many of a hundred faults took at most so many ns; to a power of two, as the histogram is; 0 without faults."""
    bins = [view.scalar(address) for address in im.FAULT_LATENCY]
    wanted = -(-sum(bins) * percent // 100)
    seen = 0
    for number, faults in enumerate(bins):
        seen += faults
        if faults and seen >= wanted:
            return int(1 << (number + FIRST_POWER + 1))
    return 0


DERIVED: dict[str, Derived] = {
    one.name: one
    for one in (
        Derived("metadata_bytes", "bytes", "Swap metadata of the design, by its formulas",
                lambda view: metadata_bytes(view)["total"]),
        Derived("metadata_static_bytes", "bytes", "The part of it that the size of the swapfiles costs, used or not",
                lambda view: metadata_bytes(view)["static"]),
        Derived("metadata_dynamic_bytes", "bytes", "The part of it that the pages in swap cost",
                lambda view: metadata_bytes(view)["dynamic"]),
        Derived("fault_latency_p50_ns", "ns", "Half of all faults took at most so long, to a power of two",
                lambda view: fault_latency(view, 50)),
        Derived("fault_latency_p90_ns", "ns", "Nine of ten faults took at most so long, to a power of two",
                lambda view: fault_latency(view, 90)),
        Derived("fault_latency_p99_ns", "ns", "99 of 100 faults took at most so long, to a power of two",
                lambda view: fault_latency(view, 99)),
        Derived("oom_reference", "references", "References made when memory ran out; 0 while it has not",
                lambda view: view.scalar(im.OOM_REFERENCE)),
    )
}  # fmt: skip
"""Every one, by its name."""


def derived(view: View) -> dict[str, int]:
    """All of them, by name."""
    return {name: one.value(view) for name, one in DERIVED.items()}
