"""Invariants of page tables, frames, reclaim's lists and shmem objects."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.invariants.facts import Facts, count_of
from engine.invariants.rule import IN_HANDS, differing, equal, invariant, linked_back, listed, wrong
from engine.mm import image as im
from engine.mm.pageflags import (
    PG_ACTIVE,
    PG_ANON_EXCLUSIVE,
    PG_DROPBEHIND,
    PG_LOCKED,
    PG_LRU,
    PG_SHMEM,
    PG_SWAPCACHE,
    PG_UNEVICTABLE,
    PG_WRITEBACK,
)
from engine.mm.schema import BYTE_MASK
from engine.mm.shmem import MAP_SHMEM
from engine.mm.swapops import PTE_RW


@invariant("Page tables lead to memory or to swap")
def page_tables(f: Facts) -> Iterator[str]:
    """Every page-table entry is empty, maps a frame in use, or holds a swap entry that is given out."""
    frames = f.mapped_frames
    lost = (frames < 1) | (frames > f.top) | ~np.take(f.in_use, frames, mode="clip")
    yield from wrong(f.mapped_rows[lost], "row {row} of the page tables maps a frame that is free")
    names = f.name_index(f.swapped_entries)
    gone = names < 0
    if f.name_used.size:
        gone |= ~np.take(f.name_used, names, mode="clip")
    yield from wrong(f.swapped_rows[gone], "row {row} of the page tables holds a swap entry nobody gave out")


@invariant("Only regions have pages")
def regions(f: Facts) -> Iterator[str]:
    """Regions of a process do not overlap, and outside them its page table is empty."""
    lengths = f.regions[1:, im.VMA_PAGES & BYTE_MASK]
    covered = int(np.count_nonzero(f.region_of_row))
    yield from equal(int(lengths.sum()), covered, "regions have {said} pages in all but cover {found}: some overlap")
    outside = np.flatnonzero((f.region_of_row == 0) & (f.words != 0))
    yield from wrong(outside, "row {row} of the page tables is outside every region but not empty")


@invariant("Frames know who maps them")
def mapcounts(f: Facts) -> Iterator[str]:
    """A frame's mapcount is the number of page-table entries that map it, all at the place it says."""
    yield from differing(
        f.mapcount, f.per_frame(f.mapped_frames),
        "frame {row} says that {said} page-table entries map it, {found} do",
    )  # fmt: skip
    rows, frames = f.mapped_rows, f.mapped_frames
    inside = (f.region_of_row[rows] > 0) & (frames <= f.top)
    rows, frames = rows[inside], frames[inside]
    region = f.regions[f.region_of_row[rows]]
    mapping, index = f.frame_column(im.PAGE_MAPPING)[frames], f.frame_column(im.PAGE_INDEX)[frames]
    bases = np.array(f.page_table_base, dtype=np.int64)[region[:, im.VMA_MM & BYTE_MASK]]
    place = rows - bases - region[:, im.VMA_START & BYTE_MASK] + region[:, im.VMA_PGOFF & BYTE_MASK]
    astray = (mapping != region[:, im.VMA_MAPPING & BYTE_MASK]) | (index != place)
    yield from wrong(rows[astray], "row {row} of the page tables maps a frame that says it belongs elsewhere")


@invariant("A shared page is read-only")
def shared_read_only(f: Facts) -> Iterator[str]:
    """Who may write to an anonymous page has it alone."""
    frames = f.mapped_frames
    writable = (f.words[f.mapped_rows] & PTE_RW != 0) & (frames <= f.top)
    rows, frames = f.mapped_rows[writable], frames[writable]
    shared = (f.flags[frames] & PG_SHMEM == 0) & (
        (f.mapcount[frames] != 1) | (f.flags[frames] & PG_ANON_EXCLUSIVE == 0)
    )
    yield from wrong(rows[shared], "row {row} of the page tables may write to a frame it does not have alone")


@invariant("Processes count their pages")
def processes(f: Facts) -> Iterator[str]:
    """A process' resident pages and swap entries are those in its page table."""
    rows = f.view.mm[: f.scalar(im.PROCESSES) + 1].tolist()
    for number, row in enumerate(rows[1:], 1):
        first = row[im.MM_PTE & BYTE_MASK]
        span = np.array([first, first + row[im.MM_PAGES & BYTE_MASK]])
        low, high = np.searchsorted(f.mapped_rows, span)
        yield from equal(
            row[im.MM_RSS & BYTE_MASK], int(high - low),
            f.process_name(number) + " counts {said} pages in memory, its page table has {found}",
        )  # fmt: skip
        low, high = np.searchsorted(f.swapped_rows, span)
        yield from equal(
            row[im.MM_SWAPENTS & BYTE_MASK], int(high - low),
            f.process_name(number) + " counts {said} swap entries, its page table has {found}",
        )  # fmt: skip


@invariant("Every frame in use has a user")
def frames_have_users(f: Facts) -> Iterator[str]:
    """A frame in use is mapped, in the swapcache, or of a shmem object; one may be on its way."""
    cached = f.shmem_words[f.shmem_words & 1 == 0] >> 1
    held = (f.mapcount > 0) | (f.flags & PG_SWAPCACHE != 0) | (f.per_frame(cached) > 0)
    held[:1] = True
    idle = np.flatnonzero(f.in_use & ~held)
    if len(idle) > (0 if f.settled else IN_HANDS):
        yield from wrong(idle, "frame {row} is in use but nobody has it")
    if f.settled:
        bare = np.flatnonzero(f.in_use & (f.frame_column(im.PAGE_CONTENT) == 0))
        yield from wrong(bare, "frame {row} is in use but has no bytes")
        yield from wrong(np.flatnonzero(f.flags & PG_LOCKED), "frame {row} is locked though no operation is under way")


@invariant("Reclaim's lists are whole")
def lru_lists(f: Facts) -> Iterator[str]:
    """The inactive and the active list are well linked and hold exactly the frames whose flags say so."""
    on_list = f.flags & (PG_LRU | PG_UNEVICTABLE | PG_ACTIVE)
    sides = (
        ("the inactive list", im.INACTIVE, im.INACTIVE_TAIL, im.NR_INACTIVE, PG_LRU),
        ("the active list", im.ACTIVE, im.ACTIVE_TAIL, im.NR_ACTIVE, PG_LRU | PG_ACTIVE),
    )
    for name, head, tail, length, flags in sides:
        order = f.walk(f.scalar(head), im.PAGE_NEXT)
        yield from listed(order, on_list == flags, name)
        yield from linked_back(order, f.frame_column(im.PAGE_PREV), f.scalar(tail), name)
        yield from equal(f.scalar(length), len(order), name + " counts {said} frames, it has {found}")
    locked = int(np.count_nonzero(on_list & (PG_LRU | PG_UNEVICTABLE) == PG_LRU | PG_UNEVICTABLE))
    yield from equal(f.scalar(im.NR_UNEVICTABLE), locked, "{said} unevictable frames are counted, {found} are there")
    behind = f.flags & (PG_DROPBEHIND | PG_WRITEBACK) == PG_DROPBEHIND | PG_WRITEBACK
    off = np.flatnonzero(f.in_use & (f.flags & PG_LRU == 0) & ~behind)
    if len(off) > (0 if f.settled else IN_HANDS):
        yield from wrong(off, "frame {row} is in use but on no list")


@invariant("Free frames are free")
def free_frames(f: Facts) -> Iterator[str]:
    """The free list holds exactly the frames that are not in use, and nothing of them is left."""
    free = ~f.in_use
    free[:1] = False
    yield from listed(f.walk(f.scalar(im.FREE_FRAME), im.PAGE_NEXT), free, "the list of free frames")
    rest = f.view.page[: f.top + 1]
    link = im.PAGE_NEXT & BYTE_MASK
    left = (rest[:, :link] != 0).any(axis=1) | (rest[:, link + 1 :] != 0).any(axis=1)
    yield from wrong(np.flatnonzero(left & free), "frame {row} is free but something is left of its page")


@invariant("Memory adds up")
def memory_adds_up(f: Facts) -> Iterator[str]:
    """Frames are free, hold a program's page, or were taken by the pool or by metadata."""
    resident = int(np.count_nonzero(f.in_use))
    yield from equal(f.scalar(im.NR_RESIDENT), resident, "{said} frames are counted as in use, {found} are")
    pool = f.scalar(im.POOL_PAGES) if f.scalar(im.CHARGE_POOL) else 0
    metadata = f.scalar(im.META_PAGES)
    left = f.scalar(im.FRAMES) - resident - pool - metadata
    yield from equal(
        f.scalar(im.FREE_PAGES), left,
        f"{{said}} pages are said to be free; {f.scalar(im.FRAMES)} frames less {resident} in use, {pool} of the pool "
        f"and {metadata} of metadata are {{found}}",
    )  # fmt: skip


@invariant("Pages in memory are counted")
def page_gauges(f: Facts) -> Iterator[str]:
    """The gauges of mapped pages, swapcache and pages being written are what is found."""
    gauges = (
        (im.NR_ANON, int(np.count_nonzero(f.mapcount > 0)), "mapped pages"),
        (im.NR_SWAPCACHE, int(np.count_nonzero(f.flags & PG_SWAPCACHE)), "pages in the swapcache"),
        (im.NR_WRITEBACK, int(np.count_nonzero(f.flags & PG_WRITEBACK)), "pages being written"),
    )
    for address, found, name in gauges:
        yield from equal(f.scalar(address), found, "{said} " + name + " are counted, {found} are there")


@invariant("Shmem objects know their pages")
def shmem_objects(f: Facts) -> Iterator[str]:
    """A page of a shmem object is in a frame that knows its place there, or swapped out; both are counted."""
    words = f.shmem_words
    resident = swapped = 0
    for number, row in enumerate(f.view.mapping[: f.scalar(im.MAPPINGS) + 1].tolist()):
        if row[im.MAP_KIND & BYTE_MASK] != MAP_SHMEM:
            continue
        first = row[im.MAP_CACHE & BYTE_MASK]
        own = words[first : first + row[im.MAP_PAGES & BYTE_MASK]]
        indices = np.flatnonzero((own != 0) & (own & 1 == 0))
        frames = own[indices] >> 1
        out = int(np.count_nonzero(own & 1))
        yield from equal(
            row[im.MAP_RESIDENT & BYTE_MASK],
            len(frames),
            f"object {number} counts {{said}} pages in memory, has {{found}}",
        )
        yield from equal(
            row[im.MAP_SWAPPED & BYTE_MASK], out, f"object {number} counts {{said}} pages swapped out, has {{found}}"
        )
        kept = f.flags[frames] & (PG_SHMEM | PG_LOCKED) != 0
        good = kept & (f.frame_column(im.PAGE_MAPPING)[frames] == number)
        good &= f.frame_column(im.PAGE_INDEX)[frames] == indices
        yield from wrong(indices[~good], f"page {{row}} of object {number} is in a frame that does not know it")
        resident += len(frames)
        swapped += out
    yield from equal(f.scalar(im.NR_SHMEM), resident, "{said} shmem pages are counted in memory, {found} are there")
    both = swapped + len(f.swapped_rows)
    yield from equal(f.scalar(im.NR_SWAPPED), both, "{said} pages are counted as swapped out, {found} are")
    once = count_of(words[words & 1 == 0] >> 1, f.top + 1)
    once[:1] = 0
    yield from wrong(np.flatnonzero(once > 1), "frame {row} is in shmem objects more than once")
