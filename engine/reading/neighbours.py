"""What readahead would bring along with a page: the slots around its slot, or the entries around its own.

The windows given here are the largest that ``page_cluster`` allows; how many pages a fault really
reads depends on the hits of the last one (:mod:`engine.mm.readahead`).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.mm import image as im
from engine.mm.readahead import PTRS_PER_PMD, SWAP_RA_ORDER_CEILING, use_vma_readahead
from engine.mm.view import View
from engine.reading.chain import Chain
from engine.reading.designs import Backend, seam
from engine.reading.entries import entries_of, offset_of, swap_entry, type_of, words_of

REVERSE_MAP_KEPT = 0


@dataclass(frozen=True)
class Neighbours:
    """A readahead window; empty tuples where the other kind of readahead is used."""

    slots: tuple[int, ...] = ()
    """Slots of the aligned window, ``type << 58 | offset``."""
    owners: tuple[tuple[int, int], ...] = ()
    """(slot, entry) of those whose page can be found: through the reverse map, or because the slot is the name."""
    pages: tuple[tuple[int, int], ...] = ()
    """(process, page) of the entries around the page, its own among them."""
    entries: tuple[tuple[int, int, int], ...] = ()
    """(process, page, entry) of those that are swapped out."""


def neighbours(view: View, chain: Chain) -> Neighbours:
    """The window around the page of a chain; an empty one where its bytes are in memory or nowhere."""
    words = view.words.data
    if not chain.entry or chain.backend is Backend.NONE or chain.frame:
        return Neighbours()
    if use_vma_readahead(words) and chain.pages:
        return _around_page(view, *chain.pages[0])
    if not use_vma_readahead(words) and chain.slot and (chain.slot_is_name or chain.backend is Backend.SLOT):
        return _around_slot(view, chain.slot)
    return Neighbours()


def _around_slot(view: View, slot: int) -> Neighbours:
    window = 1 << view.scalar(im.PAGE_CLUSTER)
    kind, offset = type_of(slot), offset_of(slot)
    first = max(offset & ~(window - 1), 1)
    last = min(offset | (window - 1), view.scalar(im.SWAPFILE_SLOTS[kind]))
    slots = tuple(swap_entry(kind, one) for one in range(first, last + 1))
    found = seam(view)
    if found.name == "swap_desc" and view.scalar(im.RMAP) != REVERSE_MAP_KEPT:
        return Neighbours(slots)
    owners = ((one, found.entry_of_slot(view, kind, offset_of(one))) for one in slots)
    return Neighbours(slots, tuple((one, entry) for one, entry in owners if entry))


def _around_page(view: View, process: int, page: int) -> Neighbours:
    window = 1 << min(view.scalar(im.PAGE_CLUSTER), SWAP_RA_ORDER_CEILING)
    start = page - (window - 1) // 2
    pmd = page // PTRS_PER_PMD * PTRS_PER_PMD
    low, high = pmd, min(pmd + PTRS_PER_PMD, view.at(im.MM_PAGES, process))
    region = view.at(im.MM_VMA, process)
    while region:
        first, pages = view.at(im.VMA_START, region), view.at(im.VMA_PAGES, region)
        if first <= page < first + pages:
            low, high = max(low, first), min(high, first + pages)
            break
        region = view.at(im.VMA_NEXT, region)
    span = range(max(start, low), min(start + window, high))
    if not span:
        return Neighbours()
    entries = entries_of(words_of(view, process)[span.start : span.stop]).tolist()
    return Neighbours(
        pages=tuple((process, one) for one in span),
        entries=tuple((process, one, entry) for one, entry in zip(span, entries, strict=True) if entry),
    )
