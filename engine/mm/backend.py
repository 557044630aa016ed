"""Where the bytes of a swapped page are, as one word: value << 3 | tag."""

from __future__ import annotations

from engine.mm.kernel import kernel
from engine.mm.swapops import swp_entry, swp_offset, swp_type

NONE = 0
"""Only in the swapcache, or nowhere yet."""
ZSWAP = 1
"""Value: the zswap entry."""
SLOT = 2
"""Value: offset << 5 | type of the slot."""
ZERO = 3
"""A page of zeroes: there are no bytes. Value: its image, which the next write goes on from."""

TAG_MASK = 7
TAG_SHIFT = 3
TYPE_BITS = 5
TYPE_MASK = 31


@kernel
def zswap_backend(entry: int) -> int:
    """The word for a zswap entry."""
    return entry << TAG_SHIFT | ZSWAP


@kernel
def slot_backend(slot: int) -> int:
    """The word for a slot given as type << 58 | offset."""
    return (swp_offset(slot) << TYPE_BITS | swp_type(slot)) << TAG_SHIFT | SLOT


@kernel
def zero_backend(image: int) -> int:
    """The word for a page that is only a zero mark."""
    return image << TAG_SHIFT | ZERO


@kernel
def backend_image(word: int) -> int:
    """The image of a word with the tag ZERO."""
    return word >> TAG_SHIFT


@kernel
def backend_tag(word: int) -> int:
    """NONE, ZSWAP, SLOT or ZERO."""
    return word & TAG_MASK


@kernel
def backend_zswap(word: int) -> int:
    """The zswap entry of a word with the tag ZSWAP."""
    return word >> TAG_SHIFT


@kernel
def backend_slot(word: int) -> int:
    """The slot, type << 58 | offset, of a word with the tag SLOT."""
    value = word >> TAG_SHIFT
    return swp_entry(value & TYPE_MASK, value >> TYPE_BITS)
