"""Repeats folded away while references stream in: what makes a recording of a hundred million lines small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]


class Folder:
    """Folds references, each named by a key of page and kind, as they come.

    With ``window`` 1 only immediate repeats of a key are folded, and the order is kept exactly. With
    a larger window the stream is cut into windows of so many references, and each key is kept once a
    window, where it first came, with how often it came. Which pages were used in a window, how often,
    and in which order they first came stays exact; what is lost is the order *within* a window, which
    a memory larger than the pages of one window hardly notices (``docs/traces.md`` has figures).
    """

    def __init__(self, window: int = 1) -> None:
        if window < 1:
            raise ValueError(f"a window has 1 reference or more, not {window}")
        self.window = window
        self.references = 0
        """References taken so far."""
        self._waiting: Keys = np.empty(0, np.int64)
        self._keys: list[Keys] = []
        self._counts: list[Keys] = []

    def add(self, keys: Keys) -> None:
        """Take the next references, (n,) int64."""
        self.references += len(keys)
        if self.window == 1:
            self._keep(keys, np.ones(len(keys), np.int64))
            return
        keys = np.concatenate([self._waiting, keys])
        whole = len(keys) - len(keys) % self.window
        self._waiting = keys[whole:]
        self._fold_windows(keys[:whole])

    def finish(self) -> tuple[Keys, Keys]:
        """All keys that are left after folding and how many references each stands for, both (m,)."""
        self._fold_windows(self._waiting)
        self._waiting = self._waiting[:0]
        if not self._keys:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        # The pieces were folded one by one; what repeats across a seam is folded here.
        return fold_repeats(np.concatenate(self._keys), np.concatenate(self._counts))

    def _fold_windows(self, keys: Keys) -> None:
        names, which = np.unique(keys, return_inverse=True)
        place = np.arange(len(keys)) // self.window * len(names) + which
        _, first, counts = np.unique(place, return_index=True, return_counts=True)
        order = np.argsort(first)
        self._keep(keys[first[order]], counts[order].astype(np.int64))

    def _keep(self, keys: Keys, counts: Keys) -> None:
        if len(keys):
            keys, counts = fold_repeats(keys, counts)
            self._keys.append(keys)
            self._counts.append(counts)


def fold_repeats(keys: Keys, counts: Keys) -> tuple[Keys, Keys]:
    """Immediate repeats of a key made one, their counts added up; both arrays are (n,) with n ≥ 1."""
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[starts], np.add.reduceat(counts, starts)
