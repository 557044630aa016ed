"""Invariants of swap entries: who holds them, the swapcache, where their bytes are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.invariants.facts import Facts, count_of
from engine.invariants.rule import IN_HANDS, equal, invariant, listed, more
from engine.mm import image as im
from engine.mm.design.vswap import COUNT_MAX, VCLUSTER_PAGES, VCLUSTER_SLOTS
from engine.mm.layout import Image
from engine.mm.pageflags import PG_DIRTY, PG_SWAPCACHE
from engine.mm.schema import BYTE_MASK
from engine.mm.slab import DESC_BYTES, DESC_BYTES_WITH_RMAP, PAGE_SIZE, RMAP_KEPT
from engine.mm.swapfile import CONTINUED_SHIFT, COUNT_CONTINUED, SWAP_HAS_CACHE
from engine.mm.swapops import PTE_DIRTY, PTE_SWP_EXCLUSIVE
from engine.reading.designs import Backend

SLAB_DESIGN = 1
VIRTUAL_DESIGN = 2


def _some(f: Facts, names: Image, sentence: str, allowed: int = 0) -> Iterator[str]:
    """A sentence about the first of some names, unless they are few enough to be on their way."""
    if len(names) > (0 if f.settled else allowed):
        yield f"{f.name(int(names[0]))} {sentence}" + more(len(names))


@invariant("Swap entries count who holds them")
def counts(f: Facts) -> Iterator[str]:
    """The count of a swap entry is the number of page-table and shmem entries that hold it."""
    words = f.shmem_words
    holders = np.concatenate((f.swapped_entries, words[words & 1 != 0] >> 1))
    found = count_of(f.name_index(holders), len(f.name_count))
    off = np.flatnonzero(found != f.name_count)
    if len(off):
        one = int(off[0])
        yield f"{f.name(one)} says that {int(f.name_count[one])} hold it, {int(found[one])} do" + more(len(off))
    alone = f.name_index(f.swapped_entries[f.words[f.swapped_rows] & PTE_SWP_EXCLUSIVE != 0])
    yield from _some(f, alone[found[alone] != 1], "is marked as one holder's own and has more")


@invariant("Swap entries given out are in use")
def in_use(f: Facts) -> Iterator[str]:
    """A swap entry given out is held or in the swapcache; nothing is left of one that is not."""
    idle = f.name_used & (f.name_count == 0) & (f.name_cached == 0)
    yield from _some(f, np.flatnonzero(idle), "is given out, but nobody holds it and it is not cached", IN_HANDS)
    left = ~f.name_used & ((f.name_cache != 0) | (f.name_backend[0] != Backend.NONE) | (f.name_count != 0))
    yield from _some(f, np.flatnonzero(left), "is free, but something is left of it")


@invariant("No page is lost")
def no_page_lost(f: Facts) -> Iterator[str]:
    """The page of every swap entry that is held is in the swapcache, in zswap, in a slot, or all zeroes."""
    lost = (f.name_count > 0) & (f.name_cached == 0) & (f.name_backend[0] == Backend.NONE)
    yield from _some(f, np.flatnonzero(lost), "is held but its page is nowhere")


@invariant("The swapcache leads both ways")
def swapcache(f: Facts) -> Iterator[str]:
    """A frame in the swapcache and its swap entry point at each other."""
    entries = f.frame_column(im.PAGE_SWAP)
    cached = f.flags & PG_SWAPCACHE != 0
    frames = np.flatnonzero(cached | (entries != 0))
    names = f.name_index(entries[frames])
    astray = ~cached[frames] | (names < 0)
    if len(f.name_cached):
        astray |= np.take(f.name_cached, names, mode="clip") != frames
    off = frames[astray]
    if len(off):
        yield f"frame {int(off[0])} and the swap entry it names do not agree that it is cached" + more(len(off))
    names = np.flatnonzero(f.name_cached)
    pointed = f.name_cached[names]
    inside = pointed <= f.top
    back = np.where(inside, np.take(entries, pointed, mode="clip"), 0)
    yield from _some(f, names[back != f.name_entries[names]], "points at a frame that does not name it")
    if not f.descriptors:
        marked = (f.slot_column(im.SLOT_MAP) & SWAP_HAS_CACHE != 0) != (f.name_cached != 0)
        yield from _some(
            f, np.flatnonzero(marked & f.slot_used), "has SWAP_HAS_CACHE without its page, or the other way"
        )


@invariant("A clean page is the same as its copy")
def clean_copies(f: Facts) -> Iterator[str]:
    """A frame in the swapcache that nobody has written to has the bytes that zswap or the slot has."""
    tags, values = f.name_backend
    names = np.flatnonzero((f.name_cached > 0) & (f.name_cached <= f.top)).astype(np.int64)
    frames = f.name_cached[names]
    written = f.per_frame(f.mapped_frames[f.words[f.mapped_rows] & PTE_DIRTY != 0]) > 0
    content = f.frame_column(im.PAGE_CONTENT)
    # Content 0: the frame waits for the bytes that are just being read. One that is just being
    # written out is marked clean before its bytes are anywhere.
    clean = (f.flags[frames] & PG_DIRTY == 0) & ~written[frames] & (content[frames] != 0)
    names, frames = names[clean], frames[clean]
    inside = tags[names] == Backend.ZSWAP
    copies = f.zswap_column(im.Z_CONTENT)[values[names[inside]]]
    other = names[inside][copies != content[frames[inside]]]
    yield from _some(f, other, "has other bytes in zswap than in its clean frame", IN_HANDS)
    inside = tags[names] == Backend.SLOT
    copies = f.slot_column(im.SLOT_CONTENT)[f.slot_index(values[names[inside]])]
    other = names[inside][copies != content[frames[inside]]]
    yield from _some(f, other, "has other bytes on disk than in its clean frame", IN_HANDS)
    bare = tags[names] == Backend.NONE
    yield from _some(f, names[bare], "has a clean frame and no copy anywhere", IN_HANDS)


@invariant("Zero marks are counted")
def zero_marks(f: Facts) -> Iterator[str]:
    """As many swap entries are only a zero mark as the gauge says."""
    found = len(f.names_with(Backend.ZERO))
    yield from equal(f.scalar(im.NR_ZEROMAP), found, "{said} zero marks are counted, {found} are there")


@invariant("Large counts have their continuation")
def continuations(f: Facts) -> Iterator[str]:
    """Counts too large for their field, and only these, go on elsewhere, and they are counted."""
    design = f.scalar(im.DESIGN)
    found = 0
    if design == VIRTUAL_DESIGN:
        large = f.name_count >= COUNT_MAX
        found = int(np.count_nonzero(large))
        clusters = f.view.vcluster[: f.scalar(im.VCLUSTER_TOP) + 1, im.VCLUSTER_EXTENDED & BYTE_MASK]
        per_cluster = count_of((np.flatnonzero(large) - 1) // VCLUSTER_SLOTS + 1, len(clusters))
        off = np.flatnonzero(clusters != per_cluster)
        if len(off):
            one = int(off[0])
            yield f"virtual cluster {one} counts {int(clusters[one])} large counts, has {int(per_cluster[one])}"
    elif design != SLAB_DESIGN:
        words = f.slot_column(im.SLOT_MAP)[f.slot_used]
        continued = words & COUNT_CONTINUED != 0
        found = int(np.count_nonzero(continued))
        if not np.array_equal(continued, words >> CONTINUED_SHIFT != 0):
            yield "a slot is marked COUNT_CONTINUED without a continuation, or has one without the mark"
    yield from equal(f.scalar(im.NR_CONTINUATIONS), found, "{said} continued counts are counted, {found} are there")


@invariant("Descriptors are counted")
def descriptors(f: Facts) -> Iterator[str]:
    """Descriptors in use, the free list, and the slab pages or virtual clusters behind them add up."""
    used = int(np.count_nonzero(f.name_used)) if f.descriptors else 0
    yield from equal(f.scalar(im.NR_DESC), used, "{said} descriptors are counted as in use, {found} are")
    metadata = 0
    if f.scalar(im.DESIGN) == SLAB_DESIGN:
        free = ~f.name_used
        free[:1] = False
        yield from listed(f.free_descriptors, free, "the list of free descriptors")
        metadata = f.scalar(im.SLAB_PAGES)
        size = DESC_BYTES_WITH_RMAP if f.scalar(im.RMAP) == RMAP_KEPT else DESC_BYTES
        room, stock = metadata * (PAGE_SIZE // size), f.scalar(im.SLAB_AT_HAND)
        if used + stock > room:
            yield f"{used} descriptors in use and {stock} in stock do not fit on slab pages with room for {room}"
    elif f.scalar(im.DESIGN) == VIRTUAL_DESIGN:
        yield from _virtual_clusters(f)
        metadata = f.scalar(im.NR_VCLUSTERS) * VCLUSTER_PAGES
    if not f.scalar(im.CHARGE_METADATA):
        metadata = 0
    yield from equal(f.scalar(im.META_PAGES), metadata, "metadata is said to take {said} pages, it takes {found}")


def _virtual_clusters(f: Facts) -> Iterator[str]:
    top = f.scalar(im.VCLUSTER_TOP)
    said = f.view.vcluster[: top + 1, im.VCLUSTER_COUNT & BYTE_MASK]
    used = np.flatnonzero(f.name_used)
    found = count_of((used - 1) // VCLUSTER_SLOTS + 1, top + 1)
    off = np.flatnonzero(said != found)
    if len(off):
        one = int(off[0])
        yield f"virtual cluster {one} counts {int(said[one])} slots in use, has {int(found[one])}" + more(len(off))
    in_use = int(np.count_nonzero(found))
    yield from equal(f.scalar(im.NR_VCLUSTERS), in_use, "{said} virtual clusters are counted as in use, {found} are")
    free = found == 0
    free[:1] = False
    yield from listed(f.walk(f.scalar(im.VCLUSTER_FREE), im.VCLUSTER_NEXT), free, "the list of free virtual clusters")
    partly = np.flatnonzero((found[1:] > 0) & (found[1:] < VCLUSTER_SLOTS)) + 1
    if len(partly) and int(partly[0]) < f.scalar(im.VCLUSTER_LOWEST):
        yield (
            f"virtual cluster {int(partly[0])} is partly used, "
            f"the search for such ones begins at {f.scalar(im.VCLUSTER_LOWEST)}"
        )
    unused = np.flatnonzero(~f.name_used[1 : top * VCLUSTER_SLOTS + 1])
    first = f.view.vcluster[unused // VCLUSTER_SLOTS + 1, im.VCLUSTER_FIRST & BYTE_MASK]
    off = np.flatnonzero(unused % VCLUSTER_SLOTS < first)
    if len(off):
        one = int(unused[off[0]])
        yield f"virtual slot {one + 1} is free, the search in its cluster begins behind it" + more(len(off))
    if f.scalar(im.VCLUSTER_CURRENT) > top:
        yield f"slots are taken from virtual cluster {f.scalar(im.VCLUSTER_CURRENT)}, the last is {top}"
