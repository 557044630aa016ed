"""Flags of the timeline: the scenario's marks, and where memory ran out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
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
FLAG = 11
"""Pixels from a flag's pole to its name; flags closer together than this share one."""
GAP = 7
"""Pixels between a name and the next flag."""
SHORTEST = 36
"""Pixels in which a name, cut short, still says something."""


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


def names_between(
    poles: Sequence[float], widths: Sequence[float], left: float, right: float
) -> list[tuple[float, float] | None]:
    """Where each flag's name begins and how wide it may be; None: no room for another flag. Pixels.

    ``poles`` ascend. A name stands behind its flag and ends before the next one, cut short where it must be; one at
    the right end stands before its flag if it fits there. A width of 0 leaves the flag without a name.
    """
    found: list[tuple[float, float] | None] = [None] * len(poles)
    shown: list[int] = []
    for number, pole in enumerate(poles):
        if not shown or pole >= poles[shown[-1]] + FLAG:
            shown.append(number)
    used = left
    for number, following in zip(shown, [*shown[1:], None]):
        pole, width = poles[number], widths[number]
        room = (right if following is None else poles[following] - GAP) - pole - FLAG
        place = pole + FLAG
        if width > room and following is None and pole - GAP - width >= used:
            place, room = pole - GAP - width, width
        elif width > room and room < SHORTEST:
            room = 0.0
        found[number] = (place, min(width, room))
        used = max(used, place + min(width, room), pole) + GAP
    return found
