"""Invariants of swapfiles: slots, clusters, the way back from a slot, requests at devices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.invariants.facts import Facts, count_of
from engine.invariants.rule import IN_HANDS, equal, invariant, linked_back, listed, more, wrong
from engine.mm import image as im
from engine.mm.pageflags import PG_WRITEBACK
from engine.mm.schema import BYTE_MASK
from engine.mm.swapfile import (
    LIST_FREE,
    LIST_FULL,
    LIST_NONE,
    MAX_SWAPFILES,
    SWAP_MAP_BAD,
    SWAPFILE_CLUSTER,
    SWP_WRITEOK,
)
from engine.reading.designs import Backend


@invariant("Slots in use are counted")
def slots(f: Facts) -> Iterator[str]:
    """Slots in use of each swapfile, of its clusters and in all are what the counts say."""
    clusters = f.view.column(im.CLUSTER_COUNT)
    total = clusters_used = allowed = 0
    for kind, file in enumerate(f.files):
        used = np.flatnonzero(f.slot_used[f.file_starts[kind] : f.file_starts[kind + 1]])
        yield from equal(
            file[im.SI_INUSE & BYTE_MASK], len(used), f"swapfile {kind} counts {{said}} slots in use, {{found}} are"
        )
        first = file[im.SI_CLUSTER & BYTE_MASK]
        own = clusters[first : first + file[im.SI_MAX & BYTE_MASK] // SWAPFILE_CLUSTER + 1]
        if kind + 1 < len(f.files):
            own = clusters[first : f.files[kind + 1][im.SI_CLUSTER & BYTE_MASK]]
        found = count_of(used // SWAPFILE_CLUSTER, len(own))
        off = np.flatnonzero(own != found)
        if len(off):
            one = int(off[0])
            yield f"cluster {one} of swapfile {kind} counts {int(own[one])} slots in use, has {int(found[one])}"
        total += len(used)
        clusters_used += int(np.count_nonzero(found))
        if kind < MAX_SWAPFILES and file[im.SI_FLAGS & BYTE_MASK] & SWP_WRITEOK:
            room = min(f.scalar(im.SWAPFILE_SLOTS[kind]), file[im.SI_MAX & BYTE_MASK] - 1)
            allowed += max(room - file[im.SI_BAD & BYTE_MASK], 0)
        base = file[im.SI_BASE & BYTE_MASK]
        bad = f.view.slot[base : base + file[im.SI_MAX & BYTE_MASK], im.SLOT_MAP & BYTE_MASK] == SWAP_MAP_BAD
        yield from equal(
            file[im.SI_BAD & BYTE_MASK],
            int(np.count_nonzero(bad)),
            f"swapfile {kind} counts {{said}} bad slots, has {{found}}",
        )
    yield from equal(f.scalar(im.SWAP_USED), total, "{said} slots are counted as in use, {found} are")
    yield from equal(f.scalar(im.NR_CLUSTERS_USED), clusters_used, "{said} clusters are counted as in use, {found} are")
    yield from equal(f.scalar(im.SWAP_TOTAL), allowed, "swapfiles are said to have {said} slots, {found} are good")


@invariant("Clusters are on one list each")
def cluster_lists(f: Facts) -> Iterator[str]:
    """The lists of free, partly used and full clusters are well linked, and a cluster knows which it is on."""
    for kind, file in enumerate(f.files):
        first = file[im.SI_CLUSTER & BYTE_MASK]
        own = f.view.cluster[first : first + file[im.SI_MAX & BYTE_MASK] // SWAPFILE_CLUSTER + 1].tolist()
        seen = 0
        for number in range(LIST_FREE, LIST_FULL + 1):
            head = (im.SI_FREE & BYTE_MASK) + 2 * (number - LIST_FREE)
            at, before = file[head], 0
            while at and seen <= len(own):
                seen += 1
                row = own[at - 1]
                if row[im.CLUSTER_LIST & BYTE_MASK] != number or row[im.CLUSTER_PREV & BYTE_MASK] != before:
                    yield f"cluster {at - 1} of swapfile {kind} is on list {number} but does not say so"
                    return
                at, before = row[im.CLUSTER_NEXT & BYTE_MASK], at
            noted = f"list {number} of swapfile {kind} ends with {{found}}, noted is {{said}}"
            yield from equal(file[head + 1], before, noted)
        said = sum(row[im.CLUSTER_LIST & BYTE_MASK] != LIST_NONE for row in own)
        yield from equal(said, seen, f"{{said}} clusters of swapfile {kind} say they are on a list, {{found}} are")


@invariant("Slots held by zswap are counted")
def wasted(f: Facts) -> Iterator[str]:
    """Slots that hold nothing because the page is in zswap or all zeroes are what the gauge says."""
    held = 0 if f.descriptors else int(np.count_nonzero(f.slot_column(im.SLOT_ENTRY)))
    yield from equal(f.scalar(im.SLOTS_WASTED), held, "{said} slots are counted as held for nothing, {found} are")


@invariant("Slots and descriptors lead to each other")
def reverse_map(f: Facts) -> Iterator[str]:
    """A slot in use belongs to the one entry whose bytes are in it, and nothing is left of one that is free."""
    names = f.names_with(Backend.SLOT)
    numbers = f.slot_index(f.name_backend[1][names])
    astray = numbers < 0
    astray[~astray] = ~f.slot_used[numbers[~astray]]
    if astray.any():
        lost = names[astray]
        yield f"{f.name(int(lost[0]))} says its bytes are in a slot that is free" + more(len(lost))
    left = ~f.slot_used & (f.slot_column(im.SLOT_CONTENT) != 0)
    left |= ~f.slot_used & (f.slot_column(im.SLOT_ENTRY) != 0)
    left |= ~f.slot_used & (f.slot_column(im.SLOT_CACHE) != 0)
    if left.any():
        yield f"{f.slot_name(int(np.flatnonzero(left)[0]))} is free, but something is left in it"
    if not f.descriptors:
        return
    numbers, names = numbers[~astray], names[~astray]
    back = f.slot_column(im.SLOT_ENTRY)[numbers]
    off = names[back != names]
    if len(off):
        yield f"{f.name(int(off[0]))} has a slot that points back at another" + more(len(off))
    owned = count_of(numbers, len(f.slots))
    idle = np.flatnonzero(f.slot_used & (owned != 1))
    if len(idle) > (0 if f.settled else IN_HANDS) or (owned > 1).any():
        one = int(idle[0])
        yield f"{f.slot_name(one)} is in use, {int(owned[one])} entries have their bytes there" + more(len(idle))


@invariant("Slots with a page's bytes say which")
def contents(f: Facts) -> Iterator[str]:
    """Whatever keeps a page's bytes, zswap entry or slot, says which image they are."""
    numbers = f.slot_index(f.name_backend[1][f.names_with(Backend.SLOT)])
    bare = (
        numbers[(numbers >= 0) & (np.take(f.slot_column(im.SLOT_CONTENT), numbers, mode="clip") == 0)]
        if len(numbers)
        else numbers
    )
    if len(bare):
        yield f"{f.slot_name(int(bare[0]))} is said to hold a page but has no bytes" + more(len(bare))
    bare = np.flatnonzero(f.zswap_used & (f.zswap_column(im.Z_CONTENT) == 0))
    yield from wrong(bare, "zswap entry {row} has no bytes")


@invariant("Requests complete in order")
def requests(f: Facts) -> Iterator[str]:
    """Requests at devices are in the order in which they complete, one for every frame being written."""
    table = f.view.bio[: f.scalar(im.BIO_TOP) + 1]
    order = f.requests
    under_way = table[:, im.BIO_FRAME & BYTE_MASK] != 0
    yield from listed(order, under_way, "the list of requests")
    yield from equal(
        f.scalar(im.BIO_TAIL), int(order[-1]) if len(order) else 0, "{said} is noted as the last request, {found} is"
    )
    free = ~under_way
    free[:1] = False
    yield from listed(f.walk(f.scalar(im.BIO_FREE), im.BIO_NEXT), free, "the list of unused requests")
    if (np.diff(table[order, im.BIO_DONE & BYTE_MASK]) < 0).any():
        yield "a request that completes later comes before one that completes sooner"
    frames = f.per_frame(table[order, im.BIO_FRAME & BYTE_MASK])
    writing = f.flags & PG_WRITEBACK != 0
    off = np.flatnonzero(frames != writing)
    yield from wrong(off, "frame {row} is being written without a request, or has a request without being written")


__all__ = ["contents", "linked_back", "requests", "reverse_map", "slots", "wasted"]
