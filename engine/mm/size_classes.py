"""zsmalloc's size classes: how many pages a zspage of each has, and which classes are merged (mm/zsmalloc.c)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.mm.zsmalloc import PAGE_SIZE, ZS_MIN_ALLOC_SIZE, ZS_SIZE_CLASS_DELTA, ZS_SIZE_CLASSES

OLD_CHAIN = 4
"""Until 6.2 a zspage had at most four pages, chosen by the share of it that is used."""


@dataclass(frozen=True)
class SizeClass:
    """One size class."""

    size: int
    """Bytes of an object, the handle's eight included."""
    pages: int
    """Pages of a zspage."""
    objs: int
    """Objects of a zspage."""
    merged: int
    """Index of the class that serves it: the largest with as many pages and objects."""


def pages_per_zspage(size: int, chain: int) -> int:
    """get_pages_per_zspage() until 6.2 (chain 4), calculate_zspage_chain_size() since."""
    if chain == OLD_CHAIN:
        best, best_used = 1, 0
        for pages in range(1, chain + 1):
            zspage = pages * PAGE_SIZE
            used = (zspage - zspage % size) * 100 // zspage
            if used > best_used:
                best, best_used = pages, used
        return best
    if size & (size - 1) == 0:
        return 1
    return min(range(1, chain + 1), key=lambda pages: (pages * PAGE_SIZE % size, pages))


def size_classes(chain: int) -> list[SizeClass]:
    """All 255 classes, smallest first."""
    shapes = []
    for index in range(ZS_SIZE_CLASSES):
        size = min(ZS_MIN_ALLOC_SIZE + index * ZS_SIZE_CLASS_DELTA, PAGE_SIZE)
        pages = pages_per_zspage(size, chain)
        shapes.append((size, pages, pages * PAGE_SIZE // size))
    classes: list[SizeClass] = []
    merged = ZS_SIZE_CLASSES - 1
    for index in reversed(range(ZS_SIZE_CLASSES)):
        size, pages, objs = shapes[index]
        if (pages, objs) != shapes[merged][1:]:
            merged = index
        classes.append(SizeClass(size, pages, objs, merged))
    return classes[::-1]
