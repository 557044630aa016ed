"""Which things the current transition changed, from the addresses it wrote.

Links of lists, counters and shadows change all the time as a side effect of other things; only
columns that a person would call a property of the thing count.
"""

from __future__ import annotations

from app.moment import Moment, Selected, Thing
from engine.mm import image as im
from engine.mm.view import View

MOST = 400
"""Addresses that are looked at; a transition of more is a fork or a mapping, and everything changed."""

_TELLING = {
    "pte": {"word"}, "shmem": {"word"}, "page": {"flags", "mapping", "swap", "mapcount", "content"},
    "desc": {"count", "cache", "backend"}, "zswap": {"swpentry", "length", "referenced"},
    "slot": {"map", "entry", "content"},
}  # fmt: skip


def changed_things(moment: Moment) -> tuple[Selected, ...]:
    """What to highlight, in no particular order."""
    view = moment.view
    found: dict[Selected, None] = {}
    for table, row, name in view.where(list(moment.changed)[:MOST]):
        if name in _TELLING.get(table, ()):
            thing = _thing(view, table, row)
            if thing is not None:
                found[thing] = None
    if "page" in moment.transition.kind.operands[:1]:
        # The page that a reference or a fault is about, also where nothing of it changed.
        word = moment.transition.operand("page")
        found[Selected(Thing.PAGE, word & 0xFFFFFFFF, word >> 32)] = None
    return tuple(found)


def _thing(view: View, table: str, row: int) -> Selected | None:
    if table == "pte":
        return _owned(view, row, Thing.PAGE, im.PROCESSES, im.MM_PTE, im.MM_PAGES)
    if table == "shmem":
        return _owned(view, row, Thing.SHMEM, im.MAPPINGS, im.MAP_CACHE, im.MAP_PAGES)
    if table == "slot":
        for kind in range(len(view.swap_info) - 1):
            first = view.at(im.SI_BASE, kind + 1)
            if first <= row < first + view.at(im.SI_MAX, kind + 1):
                return Selected(Thing.SLOT, row - first, kind)
        return None
    return Selected({"page": Thing.FRAME, "desc": Thing.DESC, "zswap": Thing.ZSWAP}[table], row)


def _owned(view: View, row: int, thing: Thing, owners: int, first_of: int, count_of: int) -> Selected | None:
    for owner in range(1, view.scalar(owners) + 1):
        first = view.at(first_of, owner)
        if first <= row < first + view.at(count_of, owner):
            return Selected(thing, row - first, owner)
    return None
