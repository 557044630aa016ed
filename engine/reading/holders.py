"""Who holds a swap entry and who maps a frame, for one of them or for many in one pass over the page tables.

A single entry is one comparison a word. For many, a table of what is wanted, by the lower bits of what a word
says, leaves few words to be looked at closely.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.swapops import PFN_MASK, PFN_SHIFT, PTE_OFFSET_SHIFT, PTE_PRESENT
from engine.mm.view import View
from engine.reading.entries import entries_of, frames_of, owners_of, pages_holding, pages_mapping

SIEVE_BITS = 16
Page = tuple[int, int]
"""(process, page)."""


class Holders:
    """Page-table entries by what they hold, for the swap entries and frames asked about; none of them 0."""

    def __init__(self, view: View, entries: Collection[int], frames: Collection[int]) -> None:
        self._holding, self._mapping = _holding(view, set(entries)), _mapping(view, set(frames))

    def holding(self, entry: int) -> list[Page]:
        """(process, page) of every page-table entry that holds a swap entry."""
        return self._holding.get(entry, [])

    def mapping(self, frame: int) -> list[Page]:
        """(process, page) of every page-table entry that maps a frame."""
        return self._mapping.get(frame, [])


def _holding(view: View, wanted: set[int]) -> dict[int, list[Page]]:
    if len(wanted) <= 1:
        return {entry: pages_holding(view, entry) for entry in wanted}
    column = view.column(im.PTE)
    # A word holds the offset inverted: its lower bits, turned over, are those of the entry.
    rows = _sieved((~column >> PTE_OFFSET_SHIFT), wanted)
    rows = rows[(column[rows] & PTE_PRESENT) == 0]
    return _by_what(view, rows, entries_of(column[rows]), wanted)


def _mapping(view: View, wanted: set[int]) -> dict[int, list[Page]]:
    if len(wanted) <= 1:
        return {frame: pages_mapping(view, frame) for frame in wanted}
    column = view.column(im.PTE)
    rows = _sieved(column >> PFN_SHIFT & PFN_MASK, wanted)
    return _by_what(view, rows, frames_of(column[rows]), wanted)


def _sieved(words: NDArray[np.int64], wanted: set[int]) -> NDArray[np.intp]:
    """Rows whose word has the lower bits of something wanted."""
    sieve = np.zeros(1 << SIEVE_BITS, dtype=np.bool_)
    sieve[[value & (1 << SIEVE_BITS) - 1 for value in wanted]] = True
    return np.flatnonzero(sieve[words.astype(np.uint16)])


def _by_what(view: View, rows: NDArray[np.intp], said: NDArray[np.int64], wanted: set[int]) -> dict[int, list[Page]]:
    """The owners of rows, by what those say as far as it is wanted."""
    found: dict[int, list[Page]] = {}
    for what in wanted & set(said.tolist()):
        found[what] = owners_of(view, rows[said == what])
    return found
