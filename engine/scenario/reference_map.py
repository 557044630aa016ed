"""Which page is used when, as a small picture in numbers: the references of a whole run on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine import operation
from engine.operation import Op
from engine.program import Program

MOST_DRAWN = 2_000_000
"""Of longer runs so many references are looked at, evenly spread."""


@dataclass(frozen=True)
class ReferenceMap:
    """References against time: left to right by number, bottom to top by page, the processes one above another."""

    who: NDArray[np.uint8]
    """Shape (height, width), row 0 is page 0 of the first process: process number + 1, 0 where no page is used."""
    wrote: NDArray[np.bool_]
    """The same shape: one of the references there writes."""
    references: int
    """All references of the run, repeats of a page counted once."""
    operations: int
    bands: tuple[tuple[str, int], ...]
    """Each process with its pages, from below."""
    marks: tuple[tuple[str, int], ...]
    """Each mark as often as it comes, and how many references came before it."""
    parts: tuple[tuple[int, int], ...]
    """For each ``[[run]]`` part, the number of its first reference and of the first one behind it."""


def reference_map(program: Program, lengths: Sequence[int], width: int, height: int) -> ReferenceMap:
    """The map of a program on at most ``width`` × ``height`` cells, no more than it has references and pages.

    ``lengths`` are the operations of each part of its run.
    """
    ops = program.ops
    kind = ops & operation.KIND_MASK
    is_reference = (kind == int(Op.READ)) | (kind == int(Op.WRITE))
    before = np.concatenate([[0], np.cumsum(is_reference)])
    total = int(before[-1])
    ends = np.cumsum(np.array([0, *lengths], np.int64))
    marks = [
        (program.marks[int(ops[place]) >> operation.VALUE_SHIFT], int(before[place]))
        for place in program.mark_operations
    ]
    places = np.flatnonzero(is_reference)
    number = np.arange(total, dtype=np.int64)
    if total > MOST_DRAWN:
        number = np.linspace(0, total - 1, MOST_DRAWN).astype(np.int64)
        places = places[number]
    words = ops[places]
    process = (words >> operation.WHO_SHIFT) & operation.WHO_MASK
    sizes = np.array([max(one.pages, 1) for one in program.processes] or [1], np.int64)
    page = np.minimum(words >> operation.VALUE_SHIFT, sizes[process] - 1) + (np.cumsum(sizes) - sizes)[process]
    width, height = max(1, min(width, total)), min(height, int(sizes.sum()))
    column = number * width // max(total, 1)
    row = page * height // int(sizes.sum())
    who = np.zeros((height, width), np.uint8)
    wrote = np.zeros((height, width), np.bool_)
    who[row, column] = process + 1
    writes = (words & operation.KIND_MASK) == int(Op.WRITE)
    wrote[row[writes], column[writes]] = True
    return ReferenceMap(
        who, wrote, total, len(ops), tuple((one.name, one.pages) for one in program.processes), tuple(marks),
        tuple((int(before[first]), int(before[end])) for first, end in pairwise(ends)),
    )  # fmt: skip
