"""Requests under way at the swap devices, the one that completes next first, as the canvas draws them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.block import HELD_BACK
from engine.mm.view import View
from engine.reading import requests

HELD = -1
"""The device has not got it yet."""
MOST = 256
"""Requests that are read."""

Numbers = NDArray[np.int64]


def _none() -> Numbers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Queue:
    """Columns of the requests, each of shape (n,)."""

    frames: Numbers = field(default_factory=_none)
    """Frame that is written."""
    slots: Numbers = field(default_factory=_none)
    """Where it goes, ``type << 58 | offset``."""
    left_ns: Numbers = field(default_factory=_none)
    """Time until it completes, by the running task's clock; 0 where it is due, :data:`HELD` while a plug holds it."""
    causes: Numbers = field(default_factory=_none)
    """The transition that submitted it."""
    total: int = 0
    """Pages being written, also those that are not read here."""

    @classmethod
    def of(cls, view: View) -> Queue:
        """Read the queue."""
        rows = requests(view, MOST)
        done = view.column(im.BIO_DONE)[rows]
        left = np.where(done == HELD_BACK, HELD, np.maximum(done - view.scalar(im.NOW), 0))
        return cls(
            view.column(im.BIO_FRAME)[rows], view.column(im.BIO_SLOT)[rows], left, view.column(im.BIO_CAUSE)[rows],
            view.scalar(im.NR_WRITEBACK),
        )  # fmt: skip
