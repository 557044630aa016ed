"""The states that pages, frames and slots can be in."""

from __future__ import annotations

from enum import IntEnum

from engine.mm import marking


class PageState(IntEnum):
    """Where a page is."""

    NEVER = marking.PAGE_NEVER
    """Never touched, or given back."""
    ACTIVE = 1
    INACTIVE = 2
    UNEVICTABLE = 3
    ZSWAP = 4
    DISK = 5
    ZERO = 6
    """Swapped out as nothing but a mark that it was all zeroes."""
    CACHED_ONLY = 7
    """Its page table holds a swap entry but the page is in memory, in the swapcache."""
    ZERO_PAGE = marking.PAGE_OF_ZEROES
    """Maps the shared zero page: it has no frame of its own."""
    ADRIFT = 9
    """Its entry has neither swapcache nor backend; between two transitions of a swap-out at most."""


class FrameState(IntEnum):
    """What a frame of memory is used for."""

    FREE = 0
    ACTIVE = 1
    INACTIVE = 2
    UNEVICTABLE = 3


class SlotState(IntEnum):
    """What a slot of a swapfile is used for."""

    FREE = marking.SLOT_FREE
    DISK = marking.SLOT_DISK
    """Holds a page."""
    HELD = marking.SLOT_HELD
    """Taken, but its page is in zswap: it holds nothing."""
    CACHED = marking.SLOT_CACHED
    """Taken, but its page is still in the swapcache and was not written."""
    ZERO = marking.SLOT_ZERO
    """Taken, but its page is only a zero mark."""
    BAD = marking.SLOT_BAD
    HEADER = 6
    """Slot 0, the file's header."""
