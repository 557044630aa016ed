"""The chain that a thing belongs to: page tables → swap entry → descriptor → backend, and back.

From any of a page, a shmem page, a frame, a descriptor, a zswap entry or a slot, :func:`chain`
finds all of it, with every page-table entry that shares it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from engine.mm import image as im
from engine.mm.view import View
from engine.reading.designs import Backend, seam
from engine.reading.entries import (
    entries_of,
    frames_of,
    offset_of,
    shmem_holding,
    shmem_words_of,
    swap_entry,
    type_of,
    words_of,
)
from engine.reading.holders import Holders


class Chosen(Protocol):
    """What can be asked about; ``app.moment.Selected`` is one."""

    @property
    def thing(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def owner(self) -> int: ...


class Place(NamedTuple):
    """One thing: ``page``, ``shmem``, ``frame``, ``desc``, ``zswap`` or ``slot``."""

    thing: str
    number: int
    owner: int = 0
    """Process of a page, mapping of a shmem page, type of a slot's swapfile."""


@dataclass(frozen=True)
class Chain:
    """All that hangs together; 0 and empty stand for "none"."""

    pages: tuple[tuple[int, int], ...] = ()
    """(process, page) of page-table entries that map the frame or hold the entry."""
    shmem: tuple[tuple[int, int], ...] = ()
    """(mapping, index) of shmem pages."""
    entry: int = 0
    """The swap entry."""
    desc: int = 0
    """Its descriptor; 0 in a design that has none."""
    frame: int = 0
    """The frame that holds its bytes, mapped or in the swapcache."""
    zswap: int = 0
    """The zswap entry that holds its bytes."""
    slot: int = 0
    """Its slot as ``type << 58 | offset``: with its bytes on it, or held for it in today's design."""
    backend: Backend = Backend.NONE
    slot_is_name: bool = False
    """The slot stands in the page table, whether or not anything was written to it."""

    def places(self) -> Iterator[Place]:
        """Every thing of the chain."""
        for process, page in self.pages:
            yield Place("page", page, process)
        for mapping, index in self.shmem:
            yield Place("shmem", index, mapping)
        if self.desc:
            yield Place("desc", self.desc)
        if self.frame:
            yield Place("frame", self.frame)
        if self.zswap:
            yield Place("zswap", self.zswap)
        if self.slot:
            yield Place("slot", offset_of(self.slot), type_of(self.slot))

    @property
    def empty(self) -> bool:
        """Nothing is there (any more)."""
        return not any(True for _ in self.places())


def chain(view: View, selected: Chosen) -> Chain:
    """The chain of one thing; an empty one where the thing is not there now."""
    return chains(view, (selected,))[0]


def chains(view: View, selected: Sequence[Chosen]) -> list[Chain]:
    """The chain of each of some things; the page tables are gone through once for all of them."""
    starts = [_start(view, one) for one in selected]
    entries = {entry for entry, _ in starts if entry}
    frames = {frame for _, frame in starts if frame}
    # A frame in the swapcache has its entry's chain, and an entry in it its frame's page-table entries.
    named = {frame: _entry_of(view, frame) for frame in frames}
    entries |= {entry for entry in named.values() if entry}
    frames |= set(_cached(view, sorted(entries))) - {0}
    holders = Holders(view, entries, frames)
    found = []
    for one, (entry, frame) in zip(selected, starts, strict=True):
        entry = entry or named.get(frame, 0)
        if entry:
            found.append(_of_entry(view, entry, holders))
        elif frame:
            shmem = tuple(shmem_holding(view, frame << 1))
            found.append(Chain(pages=tuple(holders.mapping(frame)), shmem=shmem, frame=frame))
        else:
            found.append(_alone(view, one))
    return found


def _alone(view: View, selected: Chosen) -> Chain:
    """The chain of a thing that leads nowhere: itself, as far as it is there."""
    if selected.thing == "page" and _is_page(view, selected):
        return Chain(pages=((selected.owner, selected.number),))
    if selected.thing == "shmem" and _is_shmem(view, selected):
        return Chain(shmem=((selected.owner, selected.number),))
    if selected.thing == "slot" and _is_slot(view, selected):
        return Chain(slot=swap_entry(selected.owner, selected.number))
    return Chain()


def _is_page(view: View, asked: Chosen) -> bool:
    known = 1 <= asked.owner <= view.scalar(im.PROCESSES)
    return known and 0 <= asked.number < view.at(im.MM_PAGES, asked.owner)


def _is_shmem(view: View, asked: Chosen) -> bool:
    known = 1 <= asked.owner <= view.scalar(im.MAPPINGS)
    return known and 0 <= asked.number < view.at(im.MAP_PAGES, asked.owner)


def _is_slot(view: View, asked: Chosen) -> bool:
    known = 0 <= asked.owner < len(view.swap_info) - 1
    return known and 0 < asked.number < view.at(im.SI_MAX, asked.owner + 1)


def _start(view: View, asked: Chosen) -> tuple[int, int]:
    """Swap entry and frame that the thing leads to; only one of them is other than 0."""
    number = asked.number
    if asked.thing == "page" and _is_page(view, asked):
        word = words_of(view, asked.owner)[number : number + 1]
        return int(entries_of(word)[0]), int(frames_of(word)[0])
    if asked.thing == "shmem" and _is_shmem(view, asked):
        held = int(shmem_words_of(view, asked.owner)[number])
        return (held >> 1, 0) if held & 1 else (0, held >> 1)
    if asked.thing == "frame" and 0 < number < len(view.page) and view.at(im.PAGE_FLAGS, number):
        return 0, number
    if asked.thing == "desc" and 0 < number <= view.scalar(im.DESC_TOP) and seam(view).has_descriptors:
        return number, 0
    if asked.thing == "zswap" and 0 < number <= view.scalar(im.ZSWAP_TOP):
        entry = view.at(im.Z_SWPENTRY, number)
        # An unused entry keeps the number of its last owner: only the owner knows.
        if entry and _holds(view, entry, Backend.ZSWAP, number):
            return entry, 0
    if asked.thing == "slot" and _is_slot(view, asked):
        return seam(view).entry_of_slot(view, asked.owner, number), 0
    return 0, 0


def _holds(view: View, entry: int, tag: Backend, value: int) -> bool:
    tags, values = seam(view).backend_of(view, np.array([entry], dtype=np.int64))
    return int(tags[0]) == tag and int(values[0]) == value


def _entry_of(view: View, frame: int) -> int:
    """The swap entry under which a frame is in the swapcache, 0 for none."""
    entry = view.at(im.PAGE_SWAP, frame)
    return entry if entry and _cached(view, [entry])[0] == frame else 0


def _cached(view: View, entries: Sequence[int]) -> list[int]:
    """The frame in the swapcache of each of some entries, 0 for none."""
    if not entries:
        return []
    frames: list[int] = seam(view).cache_of(view, np.array(entries, dtype=np.int64)).tolist()
    return frames


def _of_entry(view: View, entry: int, holders: Holders) -> Chain:
    found = seam(view)
    one = np.array([entry], dtype=np.int64)
    tags, values = found.backend_of(view, one)
    backend, value = Backend(int(tags[0])), int(values[0])
    frame = int(found.cache_of(view, one)[0])
    pages = list(holders.holding(entry))
    shmem = shmem_holding(view, entry << 1 | 1)
    if frame:
        pages += holders.mapping(frame)
        shmem += shmem_holding(view, frame << 1)
    slot = value if backend is Backend.SLOT else 0
    return Chain(
        pages=tuple(pages),
        shmem=tuple(shmem),
        entry=entry,
        desc=offset_of(entry) if found.has_descriptors else 0,
        frame=frame,
        zswap=value if backend is Backend.ZSWAP else 0,
        slot=slot if found.has_descriptors else entry,
        backend=backend,
        slot_is_name=not found.has_descriptors,
    )
