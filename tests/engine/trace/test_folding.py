"""Folding: exact counts, exact order, the same however the stream is cut into pieces."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.trace.folding import Folder


def fold(keys: list[int], window: int, pieces: int = 1) -> list[tuple[int, int]]:
    folder = Folder(window)
    for piece in np.array_split(np.array(keys, np.int64), pieces):
        folder.add(piece)
    assert folder.references == len(keys)
    kept, counts = folder.finish()
    return list(zip(kept.tolist(), counts.tolist(), strict=True))


def by_hand(keys: list[int], window: int) -> list[tuple[int, int]]:
    """The rule said in plain Python: each key once a window where it first came, then repeats made one."""
    rows: list[tuple[int, int]] = []
    for start in range(0, len(keys), window):
        rows += Counter(keys[start : start + window]).items()
    out: list[tuple[int, int]] = []
    for key, count in rows:
        if out and out[-1][0] == key:
            out[-1] = (key, out[-1][1] + count)
        else:
            out.append((key, count))
    return out


def test_immediate_repeats_become_one() -> None:
    assert fold([5, 5, 5, 7, 5, 5], 1) == [(5, 3), (7, 1), (5, 2)]


def test_a_window_keeps_each_key_once_where_it_first_came() -> None:
    assert fold([5, 7, 5, 7, 9, 7, 9, 7], 4) == [(5, 2), (7, 2), (9, 2), (7, 2)]


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(1, 9), st.integers(1, 8))
def test_any_stream_folds_as_by_hand_however_it_is_cut(keys: list[int], window: int, pieces: int) -> None:
    assert fold(keys, window, pieces) == by_hand(keys, window)


def test_a_window_has_at_least_one_reference() -> None:
    with pytest.raises(ValueError):
        Folder(0)
