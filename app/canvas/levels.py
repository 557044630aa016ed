"""Levels of detail of a field: from many things in one dot, over dots and drawings, to a card that fills the width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

SHAPES_FROM = 7
"""Device pixels (at ratio 1) from which a cell is a drawing; smaller ones are dots of a map."""
FEW_COLUMNS = 16
"""Cells of a row that is short."""
WORDS_FROM = 60
"""Pixels at normal type size from which a cell has words."""
LINE_HEIGHT = 19
"""Pixels of a cell that is a short line of words."""


@dataclass(frozen=True)
class Level:
    """A level of detail of a field that is ``width`` device pixels wide."""

    columns: int
    pitch: int
    """Device pixels from cell to cell."""
    per: int = 1
    """Things that share a cell, their colours mixed."""
    height: int = 0
    """Device pixels from row to row, where cells are not square."""
    words: bool = False
    """Cells are cards with words beside their drawing."""

    @property
    def pitch_y(self) -> int:
        return self.height or self.pitch

    def rows(self, count: int) -> int:
        """Rows that ``count`` things need."""
        cells = -(-count // self.per)
        return -(-cells // self.columns)


@lru_cache(maxsize=64)
def levels(width: int, largest: float, multiple: int) -> tuple[Level, ...]:
    """Levels from the finest to the coarsest.

    ``largest`` device pixels is the greatest pitch; a row of drawings has a ``multiple`` of cells, so
    that a reader can count addresses along it.
    """
    found: list[Level] = []
    half = max(1, multiple // 2)
    for columns in range(half, width // SHAPES_FROM + 1, half):
        pitch = width // columns
        # Short rows are counted at a glance: half of a multiple will do, where it makes better use of the width.
        if columns % multiple and columns > FEW_COLUMNS:
            continue
        if pitch <= largest and (not found or pitch < found[-1].pitch):
            found.append(Level(columns, pitch))
    found += [Level(width // pitch, pitch) for pitch in range(min(6, int(largest)), 0, -1) if width // pitch]
    found += [Level(width, 1, 1 << power) for power in range(1, 16)]
    return tuple(found)


@lru_cache(maxsize=64)
def closer(width: int, unit: float, than: float) -> tuple[Level, ...]:
    """Levels past the largest drawing, finest first: cards, from many in a row to one that fills the width.

    ``width`` and ``than`` (the pitch they begin after) in device pixels; ``unit`` of them are a pixel
    at normal type size.
    """
    found: list[Level] = []
    for columns in range(1, max(1, int(width // than)) + 1):
        pitch = width // columns
        if pitch <= than:
            break
        high = round(max(min(pitch, 52 * unit), 0.46 * pitch))
        found.append(Level(columns, pitch, height=high, words=pitch >= WORDS_FROM * unit))
    return tuple(found)


def line(width: int, unit: float, least: float) -> Level:
    """The level in which every cell is a short line of words, at least ``least`` pixels at normal type size."""
    columns = max(1, int(width // (least * unit)))
    return Level(columns, width // columns, height=round(LINE_HEIGHT * unit), words=True)


def first_fitting(choices: Sequence[Level], room: Callable[[Level], float], height: float) -> int:
    """Place of the finest level whose ``room`` is within ``height``; of the last where none is.

    Coarser levels never need more room, so that half of the rest is passed over with each look.
    """
    low, high = 0, len(choices) - 1
    while low < high:
        middle = (low + high) // 2
        if room(choices[middle]) <= height:
            high = middle
        else:
            low = middle + 1
    return low


def grown(room: int, count: int) -> int:
    """Room for ``count`` things, in steps: what is drawn to it must not change its size with each of them."""
    while room < count:
        room += -(-room // 2)
    return room
