"""Invariants of zswap: its entries and their list, and the pool's zspages and objects."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.invariants.facts import Facts, count_of
from engine.invariants.rule import differing, equal, invariant, linked_back, listed, more, wrong
from engine.mm import image as im
from engine.mm.layout import Image
from engine.mm.schema import BYTE_MASK
from engine.mm.zbud import CHUNK, Z3FOLD_BUDDIES, Z3FOLD_CHUNKS, ZBUD, ZBUD_BUDDIES, ZBUD_CHUNKS, ZSWAP_HEADER
from engine.mm.zsmalloc import GROUPS, HANDLE_MASK, HANDLE_SHIFT, PAGE_SIZE, ZS_INUSE_RATIO_0, ZS_INUSE_RATIO_100
from engine.reading.designs import Backend

ZSMALLOC = 0


@invariant("zswap entries and backends agree")
def backends(f: Facts) -> Iterator[str]:
    """Every zswap entry belongs to a swap entry whose bytes are said to be in it, and the other way."""
    names = f.names_with(Backend.ZSWAP)
    values = f.name_backend[1][names]
    entries = f.zswap_column(im.Z_SWPENTRY)
    inside = (values > 0) & (values < len(entries))
    astray = names[np.where(inside, np.take(entries, values, mode="clip"), -1) != f.name_entries[names]]
    if len(astray):
        yield f"{f.name(int(astray[0]))} says it is in a zswap entry that is not its own" + more(len(astray))
    pointed = count_of(values, len(entries))
    orphans = np.flatnonzero(f.zswap_used & (pointed != 1))
    if len(orphans):
        one = int(orphans[0])
        yield f"zswap entry {one} is in use, {int(pointed[one])} swap entries say so" + more(len(orphans))


@invariant("zswap's list is whole")
def zswap_lru(f: Facts) -> Iterator[str]:
    """The list of zswap entries is well linked and holds every entry that has an object in the pool."""
    order = f.walk(f.scalar(im.ZLRU), im.Z_NEXT)
    yield from listed(order, f.zswap_used & (f.zswap_column(im.Z_HANDLE) != 0), "zswap's list")
    yield from linked_back(order, f.zswap_column(im.Z_PREV), f.scalar(im.ZLRU_TAIL), "zswap's list")
    yield from equal(f.scalar(im.NR_ZLRU), len(order), "zswap's list counts {said} entries, it has {found}")


@invariant("zswap entries are counted")
def zswap_counts(f: Facts) -> Iterator[str]:
    """Entries, their bytes, same-filled and raw ones are what the gauges say; unused ones are on the free list."""
    used = f.zswap_used
    lengths, handles = f.zswap_column(im.Z_LENGTH), f.zswap_column(im.Z_HANDLE)
    gauges = (
        (im.NR_STORED, int(np.count_nonzero(used)), "pages in zswap"),
        (im.STORED_BYTES, int(lengths[used].sum()), "bytes in zswap"),
        (im.NR_SAME_FILLED, int(np.count_nonzero(used & (handles == 0))), "same-filled pages"),
        (im.NR_INCOMPRESSIBLE, int(np.count_nonzero(used & (lengths == PAGE_SIZE))), "raw pages"),
    )
    for address, found, name in gauges:
        yield from equal(f.scalar(address), found, "{said} " + name + " are counted, {found} are there")
    free = ~used
    free[:1] = False
    yield from listed(f.walk(f.scalar(im.ZSWAP_FREE), im.Z_NEXT), free, "the list of unused zswap entries")
    wrongly = np.flatnonzero(used & ((handles == 0) != (lengths == 0)))
    yield from wrong(wrongly, "zswap entry {row} has bytes without an object, or an object without bytes")


@invariant("Objects of the pool are where entries say")
def objects(f: Facts) -> Iterator[str]:
    """An entry's handle leads to an object that names it; a zspage counts its objects; the free ones are chained."""
    entries = np.flatnonzero(f.zswap_used & (f.zswap_column(im.Z_HANDLE) != 0))
    handles = f.zswap_column(im.Z_HANDLE)[entries]
    zspages, places = handles >> HANDLE_SHIFT, handles & HANDLE_MASK
    table = f.view.zs_object[:, 0]
    rows = f.zspage_column(im.ZSPAGE_FIRST)[zspages] + places - 1
    yield from wrong(entries[table[rows] != entries << 1 | 1], "zswap entry {row} has an object that names another")
    inuse = f.zspage_column(im.ZSPAGE_INUSE)
    found = count_of(zspages, len(f.zspages))
    live = np.where(f.zspage_live, inuse, 0)
    yield from differing(live, found, "zspage {row} counts {said} objects, {found} entries have one there")
    if f.scalar(im.ALLOCATOR) == ZSMALLOC:
        yield from _free_objects(f, table)
    else:
        sizes = (f.zswap_column(im.Z_LENGTH)[entries] + ZSWAP_HEADER + CHUNK - 1) // CHUNK
        room = np.bincount(zspages, weights=sizes, minlength=len(f.zspages)).astype(np.int64)
        said = np.where(f.zspage_live, f.zspage_column(im.ZSPAGE_ROOM), 0)
        yield from differing(said, room, "page {row} of the pool counts {said} chunks in use, {found} are")


def _free_objects(f: Facts, table: Image) -> Iterator[str]:
    """Follow the free objects of all zspages at once: after as many steps as are free, and no sooner, comes the end."""
    pages = np.flatnonzero(f.zspage_live)
    objs = f.view.column(im.CLASS_OBJS)[f.zspage_column(im.ZSPAGE_CLASS)[pages]]
    left = objs - f.zspage_column(im.ZSPAGE_INUSE)[pages]
    place = f.zspage_column(im.ZSPAGE_FREE)[pages]
    first = f.zspage_column(im.ZSPAGE_FIRST)[pages]
    while True:
        early = (place == 0) != (left <= 0)
        if early.any():
            yield from wrong(pages[early], "zspage {row} has a chain of free objects that ends too soon or too late")
            return
        going = left > 0
        if not going.any():
            return
        pages, objs, left, place, first = (column[going] for column in (pages, objs, left, place, first))
        words = table[first + place - 1]
        if ((words & 1) | (words >> 1 > objs)).any():
            yield from wrong(
                pages[(words & 1) | (words >> 1 > objs) != 0], "zspage {row} has an object in use among its free ones"
            )
            return
        place, left = words >> 1, left - 1


@invariant("zspages are in the list of their fullness")
def groups(f: Facts) -> Iterator[str]:
    """Every zspage is in the list that its use calls for; the lists are well linked and know their length."""
    live = f.zspage_live
    pages = np.flatnonzero(live)
    inuse = f.zspage_column(im.ZSPAGE_INUSE)[pages]
    said = f.zspage_column(im.ZSPAGE_GROUP)
    yield from wrong(
        pages[said[pages] != _group_of(f, pages, inuse)], "zspage {row} is not in the list its use calls for"
    )
    heads, tails, lengths = (f.view.column(code) for code in (im.GROUP_HEAD, im.GROUP_TAIL, im.GROUP_LENGTH))
    found = count_of(said[pages], len(heads))
    yield from differing(lengths, found, "list {row} counts {said} zspages, {found} say they are in it")
    back = f.zspage_column(im.ZSPAGE_PREV)
    for group in np.flatnonzero((heads != 0) | (tails != 0) | (found != 0)).tolist():
        order = f.walk(int(heads[group]), im.ZSPAGE_NEXT)
        yield from linked_back(order, back, int(tails[group]), f"list {group} of zspages")
        if len(order) != found[group] or (said[order] != group).any() or not live[order].all():
            yield f"list {group} of zspages has {len(order)}, {int(found[group])} say they are in it"


def _group_of(f: Facts, pages: Image, inuse: Image) -> Image:
    if f.scalar(im.ALLOCATOR) == ZSMALLOC:
        classes = f.zspage_column(im.ZSPAGE_CLASS)[pages]
        objs = f.view.column(im.CLASS_OBJS)[classes]
        steps = 100 * inuse // np.maximum(objs, 1) // 10 + 1
        fullness = np.where(inuse == 0, ZS_INUSE_RATIO_0, np.where(inuse == objs, ZS_INUSE_RATIO_100, steps))
        return np.asarray((classes - 1) * GROUPS + fullness)
    zbud = f.scalar(im.ALLOCATOR) == ZBUD
    buddies, capacity = (ZBUD_BUDDIES, ZBUD_CHUNKS) if zbud else (Z3FOLD_BUDDIES, Z3FOLD_CHUNKS)
    return np.where(inuse < buddies, capacity - f.zspage_column(im.ZSPAGE_ROOM)[pages], 0)


@invariant("The pool counts its pages")
def pool_pages(f: Facts) -> Iterator[str]:
    """Pages of the pool, zspages and objects of each class are what is found; unused zspages are on their lists."""
    live = np.flatnonzero(f.zspage_live)
    classes = f.zspage_column(im.ZSPAGE_CLASS)[live]
    table = f.view.zs_class
    pages = int(table[classes, im.CLASS_PAGES & BYTE_MASK].sum())
    yield from equal(f.scalar(im.POOL_PAGES), pages, "the pool is said to have {said} pages, its zspages have {found}")
    found = count_of(classes, len(table))
    yield from differing(
        table[:, im.CLASS_ZSPAGES & BYTE_MASK], found, "class {row} counts {said} zspages, has {found}"
    )
    inuse = f.zspage_column(im.ZSPAGE_INUSE)[live]
    used = np.bincount(classes, weights=inuse, minlength=len(table)).astype(np.int64)
    yield from differing(table[:, im.CLASS_INUSE & BYTE_MASK], used, "class {row} counts {said} objects, has {found}")
    parts = [f.walk(head, im.ZSPAGE_NEXT) for head in table[:, im.CLASS_FREE & BYTE_MASK].tolist() if head]
    order = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    free = ~f.zspage_live
    free[:1] = False
    yield from listed(order, free, "the list of unused zspages")
