"""The linked lists of the image in their order: LRU lists, zswap's LRU, requests at devices.

Without machine code a step takes some 300 ns, so callers that only need one end give a ``cap``.
"""

from __future__ import annotations

import numpy as np

from engine.mm import image as im
from engine.mm.compiler import is_ready
from engine.mm.kernel import compiled
from engine.mm.layout import Image
from engine.mm.marking import walk_list
from engine.mm.pageflags import PG_LRU, PG_UNEVICTABLE
from engine.mm.schema import TABLE_SHIFT
from engine.mm.view import View

ALL = 1 << 62


def walk(view: View, first: int, link: int, cap: int = ALL) -> Image:
    """Rows from ``first`` along column ``link`` until 0, at most ``cap`` of them, shape (n,)."""
    # A row comes at most once; the bound keeps a broken image from hanging the window.
    rows = np.empty(min(cap, view.layout.rows[im.schema.tables[link >> TABLE_SHIFT].name]), dtype=np.int64)
    if is_ready():
        return rows[: compiled(walk_list)(view.words, link, first, rows)]
    return rows[: walk_list(view.words.data, link, first, rows.data)]


def active_list(view: View, cap: int = ALL) -> Image:
    """Frames of the active list, newest first."""
    return walk(view, view.scalar(im.ACTIVE), im.PAGE_NEXT, cap)


def inactive_list(view: View, cap: int = ALL) -> Image:
    """Frames of the inactive list, newest first; the last one is the next that reclaim looks at."""
    return walk(view, view.scalar(im.INACTIVE), im.PAGE_NEXT, cap)


def inactive_tail(view: View, cap: int) -> Image:
    """The ``cap`` frames that reclaim looks at next, the very next one last."""
    return walk(view, view.scalar(im.INACTIVE_TAIL), im.PAGE_PREV, cap)[::-1]


def unevictable(view: View) -> Image:
    """Frames locked into memory, by number: they are on no list that reclaim walks."""
    return np.flatnonzero(_flags(view) & PG_UNEVICTABLE).astype(np.int64)


def off_the_lists(view: View, cap: int = ALL) -> Image:
    """Frames in use that are on no list, by number: reclaim has them in hand, or they are being written back."""
    flags = _flags(view)
    return np.flatnonzero((flags & (PG_LRU | PG_UNEVICTABLE) == 0) & (flags != 0))[:cap].astype(np.int64)


def _flags(view: View) -> Image:
    """Flags of the frames that were ever used."""
    return view.column(im.PAGE_FLAGS)[: view.scalar(im.FRAME_TOP) + 1]


def zswap_lru(view: View, cap: int = ALL) -> Image:
    """zswap entries in the order in which they would be written back, the coldest first."""
    return walk(view, view.scalar(im.ZLRU), im.Z_NEXT, cap)


def requests(view: View, cap: int = ALL) -> Image:
    """Requests under way at devices, the one that completes next first."""
    return walk(view, view.scalar(im.BIO_HEAD), im.BIO_NEXT, cap)
