"""How the pool is packed: size classes, zspages, their objects and the holes between, as the canvas draws them.

zbud and z3fold have one class and pages of two or three buddies of any length; there an object's
share is its length in the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.view import View

MOST_OBJECTS = 4000
"""Places for objects up to which every one is read; past that only the sums of each class."""
PAGE_BYTES = 4096

Numbers = NDArray[np.int64]


def _none() -> Numbers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class SizeClass:
    """One class that has zspages."""

    number: int
    """Row of table zs_class."""
    size: int
    """Bytes of an object; 0 where objects have no class."""
    pages: int
    """Pages of a zspage."""
    objs: int
    """Objects of a zspage."""
    zspages: int
    inuse: int
    """Objects in use in all of them."""

    @property
    def holes(self) -> int:
        """Places that hold nothing."""
        return self.zspages * self.objs - self.inuse


@dataclass(frozen=True)
class PoolShape:
    """All classes in use, smallest objects first, and the objects of their zspages."""

    classes: tuple[SizeClass, ...] = ()
    zspages: Numbers = field(default_factory=_none)
    """Numbers of the zspages in use, by class; empty when there are too many objects to read."""
    owners: Numbers = field(default_factory=_none)
    """Place in ``classes`` of each zspage."""
    objects: Numbers = field(default_factory=_none)
    """zswap entry of each object of each zspage, one after the other; -1: a hole."""
    lengths: Numbers = field(default_factory=_none)
    """Compressed bytes of each object."""

    @property
    def holes(self) -> int:
        """Places that hold nothing, in all classes."""
        return sum(one.holes for one in self.classes)

    @classmethod
    def of(cls, view: View) -> PoolShape:
        """Read the pool."""
        classes = _classes(view)
        if not classes or sum(one.zspages * one.objs for one in classes) > MOST_OBJECTS:
            return cls(classes)
        top = view.scalar(im.ZSPAGE_TOP) + 1
        of_zspage, first = view.column(im.ZSPAGE_CLASS)[:top], view.column(im.ZSPAGE_FIRST)[:top]
        numbers, owners, rows = [], [], []
        for place, one in enumerate(classes):
            mine = np.flatnonzero(of_zspage == one.number)
            numbers.append(mine)
            owners.append(np.full(len(mine), place))
            rows.append((first[mine][:, None] + np.arange(one.objs)).ravel())
        words = view.column(im.OBJECT)[np.concatenate(rows)]
        objects = np.where(words & 1, words >> 1, -1)
        lengths = np.where(objects > 0, view.column(im.Z_LENGTH)[np.maximum(objects, 0)], 0)
        return cls(classes, np.concatenate(numbers), np.concatenate(owners), objects, lengths)


def _classes(view: View) -> tuple[SizeClass, ...]:
    buddies = {1: 2, 2: 3}.get(view.scalar(im.ALLOCATOR), 0)
    found = []
    for number in np.flatnonzero(view.column(im.CLASS_ZSPAGES)).tolist():
        size, pages, objs, zspages, inuse = (
            view.at(code, number) for code in (im.CLASS_SIZE, im.CLASS_PAGES, im.CLASS_OBJS, im.CLASS_ZSPAGES,
                                               im.CLASS_INUSE)
        )  # fmt: skip
        if buddies:
            size, pages, objs = 0, 1, buddies
        found.append(SizeClass(number, size, pages, objs, zspages, inuse))
    return tuple(found)
