"""Where two machines have the same page, frame or slot in different states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.marking import UNUSED_NAME
from engine.mm.view import View
from engine.reading.designs import seam
from engine.reading.marks import Marked
from engine.reading.states import PageState, SlotState

SAME = 255
"""Instead of the other's mark, where both have the same."""

Marks = NDArray[np.uint8]
_NOTHING = {"page": PageState.NEVER * 2, "shmem": PageState.NEVER * 2, "slot": SlotState.FREE * 2, "frame": 0,
            "desc": UNUSED_NAME}  # fmt: skip
"""Mark of what one of the machines does not have."""


@dataclass(frozen=True)
class Apart:
    """What is otherwise in the other machine, by kind of thing and owner as :class:`app.moment.Selected` names them."""

    marks: dict[tuple[str, int], Marks]
    """The other's mark of each thing (see :mod:`engine.reading.marks`), or :data:`SAME`; as many as ours has."""

    def of(self, thing: str, owner: int = 0) -> Marks | None:
        """Marks of one kind of thing; None where the machines cannot be compared in it."""
        return self.marks.get((thing, owner))

    def count(self, *things: str) -> int:
        """How many things of some kinds differ."""
        return sum(int(np.count_nonzero(marks != SAME)) for (thing, _), marks in self.marks.items() if thing in things)


def sight(view: View) -> dict[tuple[str, int], Marks]:
    """The marks of everything that can be compared between machines, by kind of thing and owner."""
    marked = Marked.of(view)
    seen = {("page", row): marked.pages(row) for row in range(1, view.scalar(im.PROCESSES) + 1)}
    for row in range(1, view.scalar(im.MAPPINGS) + 1):
        if view.at(im.MAP_KIND, row) == 1:
            seen["shmem", row] = marked.shmem(row)
    seen["frame", 0] = marked.frames
    for kind in range(len(view.swap_info) - 1):
        seen["slot", kind] = marked.slots(kind)
    if seam(view).has_descriptors:
        # Numbers of descriptors mean the same only where the same design gives them out.
        seen["desc", view.scalar(im.DESIGN)] = marked.names
    return seen


def apart(ours: dict[tuple[str, int], Marks], theirs: dict[tuple[str, int], Marks]) -> Apart:
    """Compare what :func:`sight` gave for two machines."""
    found: dict[tuple[str, int], Marks] = {}
    for (thing, owner), own in ours.items():
        other = theirs.get((thing, owner))
        if other is None and thing == "desc":
            continue
        padded = np.full(len(own), _NOTHING[thing], dtype=np.uint8)
        if other is not None:
            common = min(len(own), len(other))
            padded[:common] = other[:common]
        padded[padded == own] = SAME
        found[thing, 0 if thing == "desc" else owner] = padded
    return Apart(found)


def merged(several: list[Apart]) -> Apart:
    """Where any of several machines has a thing otherwise: the first one's mark that does."""
    marks: dict[tuple[str, int], Marks] = {}
    for one in several:
        for key, theirs in one.marks.items():
            before = marks.get(key)
            marks[key] = theirs if before is None else np.where(before == SAME, theirs, before)
    return Apart(marks)
