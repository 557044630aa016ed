"""Flags of the timeline: the scenario's marks, and where memory ran out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.timeline.density import transition_of_operation
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import OOM, OOM_END
from engine.operation import VALUE_SHIFT
from engine.program import Program

MOST_OOM_MARKS = 12


@dataclass(frozen=True)
class Mark:
    """A flag on the timeline."""

    name: str
    at: int
    """Transition number."""
    danger: bool = False
    own: bool = False
    """A bookmark of the person."""


def marks_of(program: Program, series: Any, called: Mapping[str, str] | None = None) -> list[Mark]:
    """Marks as far as the run is known; places are as exact as the samples. ``called``: other names for them."""
    if len(series.operation) == 0:
        return []
    known = int(series.operation[-1])
    marks = []
    for place in program.mark_operations[: bisect_left(program.mark_operations, known)]:
        number = int(program.ops[place]) >> VALUE_SHIFT
        name = program.marks[number] if number < len(program.marks) else str(number)
        marks.append(Mark((called or {}).get(name, name), transition_of_operation(series, place)))
    killed = series.values[:, [im.KIND_COUNT[kind] - HEADER_WORDS for kind in (OOM, OOM_END)]].sum(axis=1)
    for sample in np.flatnonzero(np.diff(killed))[:MOST_OOM_MARKS].tolist():
        marks.append(Mark("OOM", int(series.transition[sample + 1]), danger=True))
    return marks
