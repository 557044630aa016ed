"""A replacement policy and nothing else: the misses of LRU and CLOCK over a trace, as fast as they can be counted.

For curves of misses against memory over long traces. Pages are numbers 0 … n-1, so that a table
takes the place of a hash; frames are a ring of links in two arrays (LRU) or a plain ring (CLOCK).
Without pool, swap or time: what those change is the model's business.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.generate import Pages


def lru_misses(pages: Pages, frames: int) -> int:
    """Misses of LRU with ``frames`` pages of memory over page numbers 0 …, shape (references,)."""
    _check(pages, frames)
    count = int(pages.max(initial=-1)) + 1
    # Newer and older neighbour of each page; the last row is the ring's head. 0 … in where: in memory.
    links = np.zeros((count + 1, 2), np.int32)
    links[count] = count
    return int(_compiled("lru")(pages, frames, links, np.zeros(count, np.bool_)))


def clock_misses(pages: Pages, frames: int) -> int:
    """Misses of CLOCK with one bit a page; a new page starts without it, as in :mod:`engine.mm.policy`."""
    _check(pages, frames)
    count = int(pages.max(initial=-1)) + 1
    return int(_compiled("clock")(pages, frames, np.full(frames, -1, np.int32), np.zeros(count, np.uint8)))


def _check(pages: Pages, frames: int) -> None:
    if frames < 1:
        raise ValueError(f"frames must be 1 or more, not {frames}")
    if len(pages) and int(pages.min()) < 0:
        raise ValueError("page numbers must be 0 or more")


@lru_cache
def _compiled(name: str) -> Any:
    import numba

    jit: Any = numba.njit
    return jit(nogil=True, error_model="numpy", _nrt=False)({"lru": _lru, "clock": _clock}[name])


def _lru(pages: Pages, frames: int, links: NDArray[np.int32], present: NDArray[np.bool_]) -> int:
    head = len(present)
    used = 0
    misses = 0
    for page in pages:
        if present[page]:
            if links[head, 1] == page:
                continue
            newer, older = links[page, 0], links[page, 1]
            links[newer, 1] = older
            links[older, 0] = newer
        else:
            misses += 1
            present[page] = True
            if used == frames:
                victim = links[head, 0]
                newer = links[victim, 0]
                links[newer, 1] = head
                links[head, 0] = newer
                present[victim] = False
            else:
                used += 1
        first = links[head, 1]
        links[page, 0] = head
        links[page, 1] = first
        links[first, 0] = page
        links[head, 1] = page
    return misses


def _clock(pages: Pages, frames: int, ring: NDArray[np.int32], state: NDArray[np.uint8]) -> int:
    """State of a page: 0 out, 1 in memory, 3 in memory and used since the hand came by."""
    hand = 0
    misses = 0
    for page in pages:
        if state[page] != 0:
            state[page] = 3
            continue
        misses += 1
        while ring[hand] >= 0 and state[ring[hand]] == 3:
            state[ring[hand]] = 1
            hand += 1
            if hand == frames:
                hand = 0
        if ring[hand] >= 0:
            state[ring[hand]] = 0
        ring[hand] = page
        state[page] = 1
        hand += 1
        if hand == frames:
            hand = 0
    return misses
