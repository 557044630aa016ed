"""The slab cache of swap descriptors: a stock at hand, slab pages behind it (mm/slub.c, in outline).

A descriptor is wanted in the middle of reclaim, when memory is short. So a stock is kept; when
fewer than ``slab_refill`` are left it is filled up from partly used slab pages, and when these
have none, a page is taken, if need be from the reserve below min that PF_MEMALLOC opens.
Left out: which object lies on which slab page; pages go back when two pages' worth is unused.
"""

from __future__ import annotations

from engine.mm.image import (
    CHARGE_METADATA,
    DESC_ALLOC_FAIL,
    DESC_FROM_RESERVE,
    FREE_PAGES,
    META_PAGES,
    NR_DESC,
    POLICY,
    RECLAIM,
    RMAP,
    SLAB_AT_HAND,
    SLAB_PAGES,
    SLAB_REFILL,
    SLAB_STOCK,
)
from engine.mm.journal import add, emit, store
from engine.mm.kernel import kernel
from engine.mm.page_alloc import RECLAIM_MEMCG, memalloc_floor, task_floor
from engine.mm.schema import Words
from engine.mm.transitions import SLAB_EMPTY, SLAB_REFILLED

DESC_BYTES = 24
"""Count, swapcache pointer, backend: three words of the proposal."""
DESC_BYTES_WITH_RMAP = 32
PAGE_SIZE = 4096
RMAP_KEPT = 0


@kernel
def descriptor_bytes(m: Words) -> int:
    """Size of a descriptor as the reverse map makes it."""
    if m[RMAP] == RMAP_KEPT:
        return DESC_BYTES_WITH_RMAP
    return DESC_BYTES


@kernel
def objects_per_slab(m: Words) -> int:
    """Descriptors on one slab page."""
    return PAGE_SIZE // descriptor_bytes(m)


@kernel
def objects_unused(m: Words) -> int:
    """Descriptors on slab pages that are neither in use nor in the stock."""
    return m[SLAB_PAGES] * objects_per_slab(m) - m[NR_DESC] - m[SLAB_AT_HAND]


@kernel
def take_metadata_pages(m: Words, pages: int) -> bool:
    """Pages for metadata while reclaiming; False when even the reserve has not so many.

    A cgroup has no reserve to run out of: try_charge_memcg() lets PF_MEMALLOC past the limit. A cache
    under a policy of its own has none either, and evicts one page more.
    """
    if m[CHARGE_METADATA] != 0:
        past_limit = m[RECLAIM] == RECLAIM_MEMCG or m[POLICY] != 0
        if not past_limit and m[FREE_PAGES] - pages < memalloc_floor(m):
            return False
        if m[FREE_PAGES] - pages < task_floor(m):
            add(m, DESC_FROM_RESERVE, pages)
        add(m, FREE_PAGES, -pages)
        add(m, META_PAGES, pages)
    return True


@kernel
def give_metadata_pages(m: Words, pages: int) -> None:
    """The pages are free again."""
    if m[CHARGE_METADATA] != 0:
        add(m, FREE_PAGES, pages)
        add(m, META_PAGES, -pages)


@kernel
def slab_take(m: Words) -> bool:
    """kmem_cache_alloc(): one descriptor off the stock; False when there is no memory for one."""
    if m[SLAB_AT_HAND] <= m[SLAB_REFILL]:
        before = m[SLAB_AT_HAND]
        pages = 0
        if objects_unused(m) == 0 and take_metadata_pages(m, 1):
            add(m, SLAB_PAGES, 1)
            pages = 1
        more = min(objects_unused(m), max(m[SLAB_STOCK] - before, 0))
        if more > 0:
            add(m, SLAB_AT_HAND, more)
            emit(m, SLAB_REFILLED, more, pages, m[DESC_FROM_RESERVE])
    if m[SLAB_AT_HAND] == 0:
        add(m, DESC_ALLOC_FAIL, 1)
        emit(m, SLAB_EMPTY, m[FREE_PAGES], 0, 0)
        return False
    add(m, SLAB_AT_HAND, -1)
    return True


@kernel
def slab_give_back(m: Words) -> None:
    """kmem_cache_free(): into the stock, or back onto its slab page; the caller has lowered NR_DESC."""
    if m[SLAB_AT_HAND] < m[SLAB_STOCK]:
        add(m, SLAB_AT_HAND, 1)
    if objects_unused(m) >= 2 * objects_per_slab(m):
        store(m, SLAB_PAGES, m[SLAB_PAGES] - 1)
        give_metadata_pages(m, 1)
