"""Where the page that reclaim looks at next would go, as far as that is certain before it is looked at.

The order of questions is that of shrink_folio_list() and swap_writeout() (:mod:`engine.mm.vmscan`,
:mod:`engine.mm.page_io`), asked without changing anything. Whether the page was used since it was last
looked at is not asked: then it would be kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from engine.mm import image as im
from engine.mm.pageflags import PG_DIRTY, PG_LOCKED, PG_SHMEM, PG_WRITEBACK
from engine.mm.swapfile import pick_device
from engine.mm.view import View
from engine.mm.zswap import stored_length
from engine.mm.zswap_pool import zswap_would_take
from engine.reading.designs import seam
from engine.reading.entries import offset_of, type_of

ALL_ZERO = 3
"""CONTENT_FILLED of a page of zeroes."""


class Way(Enum):
    """What becomes of a page that leaves memory."""

    POOL = auto()
    """It is compressed into the zswap pool."""
    SLOT = auto()
    """It is written to a swapfile."""
    ZERO = auto()
    """It is all zero: a mark is enough."""
    DROP = auto()
    """Its bytes are safe already, or nobody wants them: its frame is free at once."""
    NONE = auto()
    """It cannot leave."""


@dataclass(frozen=True)
class Leaving:
    """The page at the tail of the inactive list."""

    frame: int = 0
    """0: the list is empty, or goes by another policy than Linux' own."""
    way: Way = Way.NONE
    kind: int = 0
    """The swapfile it would be written to."""
    offset: int = 0
    """The slot there, where that is known; 0: it is searched for."""


def leaving(view: View) -> Leaving:
    """Where the page at the tail of the inactive list would go if nobody used it since the last look."""
    frame = view.scalar(im.INACTIVE_TAIL)
    if frame == 0 or view.scalar(im.POLICY) != 0:
        return Leaving()
    words, design = view.words.data, seam(view)
    flags, entry = view.at(im.PAGE_FLAGS, frame), view.at(im.PAGE_SWAP, frame)
    if flags & (PG_LOCKED | PG_WRITEBACK):
        return Leaving(frame)
    if entry and not flags & PG_DIRTY:
        return Leaving(frame, Way.DROP)
    mapped = view.at(im.PAGE_MAPCOUNT, frame) > 0
    if entry and not mapped and not flags & PG_SHMEM:
        if view.at(im.PAGE_MAPPING, frame) == 0 and view.scalar(im.PAGEOUT_MAPPED_ONLY):
            return Leaving(frame)
        if not design.count_of(view, np.array([entry]))[0]:
            return Leaving(frame, Way.DROP)
    device = pick_device(words)
    # Without descriptors the name is a slot: with none left the page gets no name, wherever its bytes would go.
    if not entry and not design.has_descriptors and device < 0:
        return Leaving(frame)
    content = view.at(im.PAGE_CONTENT, frame)
    if view.scalar(im.ZERO_MAP) and view.at(im.CONTENT_FILLED, content) == ALL_ZERO:
        return Leaving(frame, Way.ZERO)
    if zswap_would_take(words) and stored_length(words, content) >= 0:
        return Leaving(frame, Way.POOL)
    if not view.scalar(im.WRITEBACK):
        return Leaving(frame)
    if entry and not design.has_descriptors:
        return Leaving(frame, Way.SLOT, type_of(entry), offset_of(entry))
    if device < 0:
        return Leaving(frame)
    return Leaving(frame, Way.SLOT, device, view.at(im.SI_NEXT, device + 1))
