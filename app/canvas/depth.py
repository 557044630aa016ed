"""How much of the machine the canvas shows: the story, the mechanism or the kernel's own tables."""

from __future__ import annotations

from enum import StrEnum


class Depth(StrEnum):
    """Chosen by the reader; selection, colours and shapes are the same at every depth."""

    STORY = "story"
    """Memory, zswap and disk: large blocks, few words."""
    MECHANISM = "mechanism"
    """Page tables, descriptors, LRU lists, the pool and the swapfiles."""
    KERNEL = "kernel"
    """The words themselves: bits, counts, list heads, size classes, requests."""
