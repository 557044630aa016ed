"""Runs at the same time: their operations by turns, spread evenly, so that all end together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.operation import Ops


def interleave(runs: Sequence[Ops], turn: int = 1) -> Ops:
    """Several runs at the same time, ``turn`` operations of each in turn.

    Turns are spread evenly, so that all runs end together however long each is.
    """
    keys: list[NDArray[np.float64]] = []
    for words in runs:
        turns = -(-len(words) // turn)
        number = np.arange(len(words), dtype=np.int64) // turn
        keys.append((2 * number + 1) / max(2 * turns, 1))
    order = np.argsort(np.concatenate(keys), kind="stable")
    result: Ops = np.concatenate(runs)[order]
    return result


def put_between(ops: Ops, position: int, at_once: Ops, beside: Sequence[Ops] = ()) -> Ops:
    """``at_once`` behind the first ``position`` operations, and ``beside`` between all that follow it."""
    after = interleave([ops[position:], *beside]) if beside else ops[position:]
    return np.concatenate([ops[:position], at_once, after])
