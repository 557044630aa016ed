"""Which part of an address space each page belongs to, and the packed numbering of the pages in use.

While a program runs under Valgrind, ``/proc/PID/maps`` shows its mappings and Valgrind's own together.
A page gets its name from the mappings as they were when it was first used, because a mapping may be
gone, or be another one, later on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace.recording import PAGE_BYTES, Region, as_word

UNNUMBERED_GAP = 64
"""So many unused pages in a row, or more, are left out of the numbering."""

_STACK_PAGES = 2048  # 8 MiB, what `ulimit -s` gives nearly everywhere
_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+\s*(.*)")
_OWN = re.compile(r"/valgrind/|/vgdb-pipe")

Pages = NDArray[np.int64]


@dataclass(frozen=True)
class Mapping:
    """One line of ``/proc/PID/maps``; pages are addresses divided by 4096."""

    first: int
    end: int
    rights: str
    path: str

    @property
    def anonymous(self) -> bool:
        return not self.path


def read_maps(text: str) -> list[Mapping]:
    """The mappings in the text of ``/proc/PID/maps``, lowest address first."""
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return [
        Mapping(int(m[1], 16) // PAGE_BYTES, int(m[2], 16) // PAGE_BYTES, m[3], m[4].removesuffix(" (deleted)"))
        for m in found
        if m
    ]


@dataclass(frozen=True)
class _Name:
    name: str
    file: bool = False
    own: bool = False
    """Whether it is Valgrind's own."""


class PageNames:
    """Names for pages, given when they are first seen."""

    def __init__(self, maps: Callable[[], str | None]) -> None:
        """``maps`` gives the text of ``/proc/PID/maps`` as it is now, or None when the program has ended."""
        self._maps = maps
        self._latest: list[Mapping] = []
        self._stack_page: int | None = None
        self.pages: Pages = np.empty(0, np.int64)
        """Every page seen, in order of address."""
        self._names: list[_Name] = []
        self._which: dict[_Name, int] = {}
        self._name_of: Pages = np.empty(0, np.int64)

    def see(self, page: Pages, write: NDArray[np.bool_]) -> None:
        """Take note of the pages of the next accesses, (n,) each; new ones are named from the mappings of now."""
        if self._stack_page is None and write.any():
            # A program's very first store puts a return address on its stack.
            self._stack_page = int(page[np.argmax(write)])
        new = np.unique(page)
        new = new[~np.isin(new, self.pages, assume_unique=True)]
        if not len(new):
            return
        text = self._maps()
        if text:
            self._latest = read_maps(text) or self._latest
        names = [self._number(self._name(number)) for number in new.tolist()]
        at = np.searchsorted(self.pages, new)
        self.pages = np.insert(self.pages, at, new)
        self._name_of = np.insert(self._name_of, at, names)

    def _number(self, name: _Name) -> int:
        if name not in self._which:
            self._which[name] = len(self._names)
            self._names.append(name)
        return self._which[name]

    def _name(self, page: int) -> _Name:
        for mapping in self._latest:
            if mapping.first <= page < mapping.end:
                return self._name_of_mapping(mapping)
        return _Name("stack" if self._near_stack(page) else "anon")

    def _name_of_mapping(self, mapping: Mapping) -> _Name:
        if mapping.path.startswith("["):
            return _Name(as_word(mapping.path.strip("[]")))
        if not mapping.anonymous:
            own = bool(_OWN.search(mapping.path))
            return _Name(as_word(mapping.path.rsplit("/", 1)[-1]), file=True, own=own)
        if self._stack_page is not None and mapping.first <= self._stack_page < mapping.end:
            return _Name("stack")
        return _Name("heap" if mapping.first == self._heap() else "anon")

    def _heap(self) -> int | None:
        """Where the heap begins: Valgrind makes the brk segment itself, the lowest that is writable and executable."""
        for mapping in self._latest:
            if mapping.anonymous and mapping.rights.startswith("rwx"):
                return mapping.first
        return None

    def _near_stack(self, page: int) -> bool:
        return self._stack_page is not None and 0 <= self._stack_page - page < _STACK_PAGES

    def number(self) -> tuple[tuple[Region, ...], Pages, Pages]:
        """The packed address space: its regions, and (pages in use, their numbers), both (k,), in order.

        Neighbours with the same name are one region, with the unused pages between them, up to
        :data:`UNNUMBERED_GAP`. Valgrind's own pages are in none.
        """
        own = np.array([name.own for name in self._names], np.bool_)[self._name_of]
        pages, name_of = self.pages[~own], self._name_of[~own]
        if not len(pages):
            return (), pages, pages
        apart = (np.diff(pages) > UNNUMBERED_GAP) | (np.diff(name_of) != 0)
        starts = np.concatenate([[0], np.flatnonzero(apart) + 1])
        ends = np.concatenate([starts[1:], [len(pages)]])
        lengths = pages[ends - 1] - pages[starts] + 1
        firsts = np.cumsum(lengths) - lengths
        numbers = pages - np.repeat(pages[starts] - firsts, ends - starts)
        regions = []
        for start, first, length in zip(starts.tolist(), firsts.tolist(), lengths.tolist(), strict=True):
            name = self._names[int(name_of[start])]
            regions.append(Region(0, name.name, first, length, int(pages[start]) * PAGE_BYTES, name.file))
        return tuple(regions), pages, numbers
