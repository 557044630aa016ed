"""Today's design (6.2 … 6.18): the page table holds the number of a slot.

A page that leaves memory takes a slot of a swapfile at once, whoever takes the bytes. Count and
"is in the swapcache" are bits of the slot's ``swap_map`` byte; zswap finds its entry by the slot.
So a page in zswap holds a slot in which nothing is ever written, and when no slot is free
nothing can leave memory, however much room the pool has.
"""

from __future__ import annotations

from engine import metadata
from engine.mm.backend import (
    NONE,
    SLOT,
    ZERO,
    ZSWAP,
    backend_image,
    backend_tag,
    backend_zswap,
    slot_backend,
    zero_backend,
    zswap_backend,
)
from engine.mm.image import (
    CLUSTER_LIST,
    NR_CONTINUATIONS,
    NR_STORED,
    NR_SWAPCACHE,
    NR_ZEROMAP,
    PAGE_FLAGS,
    PAGE_SWAP,
    RECLAIM_FULL_CLUSTERS,
    SI_BASE,
    SI_CLUSTER,
    SI_FULL,
    SI_INUSE,
    SI_NEXT,
    SLOT_CACHE,
    SLOT_CONTENT,
    SLOT_ENTRY,
    SLOT_MAP,
    SLOTS_WASTED,
    SWAP_TOTAL,
    SWAP_USED,
)
from engine.mm.journal import add, address_of, emit, get, put
from engine.mm.kernel import kernel
from engine.mm.pageflags import PG_DIRTY, PG_READAHEAD, PG_SWAPCACHE
from engine.mm.schema import Words
from engine.mm.swapfile import (
    CONTINUED_BASE,
    CONTINUED_SHIFT,
    COUNT_CONTINUED,
    COUNT_MASK,
    LIST_NONE,
    RECLAIM_CLUSTER,
    RECLAIM_SLOT,
    SWAP_HAS_CACHE,
    SWAP_MAP_BAD,
    SWAP_MAP_MAX,
    SWAPFILE_CLUSTER,
    alloc_slot,
    cluster_del,
    free_slot,
    nr_swap_pages,
    only_cached,
    pick_device,
    relocate_cluster,
    slot_row,
    slots_allowed,
    slots_left,
    vm_swap_full,
)
from engine.mm.swapops import swp_entry, swp_type
from engine.mm.transitions import SWAP_FREE
from engine.mm.view import View
from engine.mm.zswap_entry import zswap_entry_free

NUMBER = 0
NAME = "legacy"
ENTRY_NAME = "slot"
ENTRY_TABLE = "slot"
"""The table whose rows stand for what a page table holds, for those who read an image."""

ZERO_MARK = -1
"""In SLOT_ENTRY: the slot's page is all zeroes (the kernel's zeromap bit)."""

TREE_FANOUT_BITS = 6
TREE_SLOTS_BITS = 14
"""zswap keeps one xarray for 64 MiB of swap: 2^14 slots, 2^6 to a node."""


@kernel
def can_name(m: Words) -> bool:
    """can_reclaim_anon_pages(): only while a slot is free."""
    return nr_swap_pages(m) > 0


@kernel
def name_folio(m: Words, frame: int) -> int:
    """folio_alloc_swap(): a slot now, though it may never be written.

    With swap more than half used it may be one that only the swapcache holds; and the last slot of a
    device has all its full clusters looked through for such ones.
    """
    slot = alloc_slot(m, SWAP_HAS_CACHE, False)
    while slot in (RECLAIM_SLOT, RECLAIM_CLUSTER):
        si = pick_device(m) + 1
        if slot == RECLAIM_SLOT:
            try_to_reclaim_swap(m, si, get(m, SI_NEXT, si))
        else:
            reclaim_full_cluster(m, si)
        slot = alloc_slot(m, SWAP_HAS_CACHE, slot == RECLAIM_CLUSTER)
    if slot < 0:
        return 0
    if m[RECLAIM_FULL_CLUSTERS] != 0 and slots_left(m, swp_type(slot)) == 0:
        reclaim_all_full_clusters(m, swp_type(slot) + 1)
    put(m, SLOT_CACHE, slot_row(m, slot), frame << 1)
    return slot


@kernel
def try_to_reclaim_swap(m: Words, si: int, offset: int) -> bool:
    """__try_to_reclaim_swap(TTRS_ANYWAY): the page leaves the swapcache, dirty, and its slot is free.

    Not a slot that a page table holds, nor one whose page somebody works on.
    """
    row = get(m, SI_BASE, si) + offset
    if not only_cached(m, row):
        return False
    slot = swp_entry(si - 1, offset)
    frame = get(m, SLOT_CACHE, row) >> 1
    put(m, PAGE_FLAGS, frame, (get(m, PAGE_FLAGS, frame) & ~(PG_SWAPCACHE | PG_READAHEAD)) | PG_DIRTY)
    put(m, PAGE_SWAP, frame, 0)
    add(m, NR_SWAPCACHE, -1)
    word = backend(m, slot)
    set_backend(m, slot, NONE)
    if backend_tag(word) == ZSWAP:
        zswap_entry_free(m, backend_zswap(word))
    elif backend_tag(word) == ZERO:
        add(m, NR_ZEROMAP, -1)
    release(m, slot)
    emit(m, SWAP_FREE, slot, frame, 0)
    return True


@kernel
def reclaim_full_cluster(m: Words, si: int) -> None:
    """swap_reclaim_full_clusters(): the first full cluster gives up what only the swapcache holds, or goes last."""
    cluster = get(m, SI_FULL, si) - 1
    cluster_del(m, si, cluster)
    end = slots_allowed(m, si - 1) + 1
    for offset in range(max(cluster * SWAPFILE_CLUSTER, 1), min(end, (cluster + 1) * SWAPFILE_CLUSTER)):
        try_to_reclaim_swap(m, si, offset)
    if get(m, CLUSTER_LIST, get(m, SI_CLUSTER, si) + cluster) == LIST_NONE:
        relocate_cluster(m, si, cluster, end)


@kernel
def reclaim_all_full_clusters(m: Words, si: int) -> None:
    """swap_reclaim_work(), which the last free slot of a device starts: as many clusters as are in use as a whole."""
    left = get(m, SI_INUSE, si) // SWAPFILE_CLUSTER
    while get(m, SI_FULL, si) != 0 and vm_swap_full(m):
        reclaim_full_cluster(m, si)
        left -= 1
        if left <= 0:
            break


@kernel
def entry_address(m: Words, entry: int) -> int:
    """The slot's row."""
    return address_of(m, SLOT_MAP, slot_row(m, entry))


@kernel
def entry_count(m: Words, entry: int) -> int:
    """swp_swapcount(), continuation included."""
    word = get(m, SLOT_MAP, slot_row(m, entry))
    return (word & COUNT_MASK) + CONTINUED_BASE * (word >> CONTINUED_SHIFT)


@kernel
def duplicate_entry(m: Words, entry: int) -> None:
    """__swap_duplicate(): past 62 the count goes on in a continuation page."""
    row = slot_row(m, entry)
    word = get(m, SLOT_MAP, row)
    if word & COUNT_MASK < SWAP_MAP_MAX:
        put(m, SLOT_MAP, row, word + 1)
        return
    if word & COUNT_CONTINUED == 0:
        add(m, NR_CONTINUATIONS, 1)
    put(m, SLOT_MAP, row, ((word & ~COUNT_MASK) | COUNT_CONTINUED) + (1 << CONTINUED_SHIFT))


@kernel
def drop_count(m: Words, entry: int) -> None:
    """swap_entry_put(): borrows from the continuation when the byte's own count is used up."""
    row = slot_row(m, entry)
    word = get(m, SLOT_MAP, row)
    if word & COUNT_MASK > 0:
        put(m, SLOT_MAP, row, word - 1)
        return
    word = word - (1 << CONTINUED_SHIFT) + SWAP_MAP_MAX
    if word >> CONTINUED_SHIFT == 0:
        word &= ~COUNT_CONTINUED
        add(m, NR_CONTINUATIONS, -1)
    put(m, SLOT_MAP, row, word)


@kernel
def cache_word(m: Words, entry: int) -> int:
    """The swap cache's word for the slot: folio, shadow or nothing."""
    return get(m, SLOT_CACHE, slot_row(m, entry))


@kernel
def set_cache_word(m: Words, entry: int, word: int) -> None:
    """Set it, and SWAP_HAS_CACHE with it."""
    row = slot_row(m, entry)
    put(m, SLOT_CACHE, row, word)
    byte = get(m, SLOT_MAP, row)
    if word != 0 and word & 1 == 0:
        put(m, SLOT_MAP, row, byte | SWAP_HAS_CACHE)
    elif byte & SWAP_HAS_CACHE != 0:
        put(m, SLOT_MAP, row, byte & ~SWAP_HAS_CACHE)


@kernel
def backend(m: Words, entry: int) -> int:
    """zswap's tree first, the zero mark, then the slot itself."""
    row = slot_row(m, entry)
    found = get(m, SLOT_ENTRY, row)
    if found > 0:
        return zswap_backend(found)
    if found == ZERO_MARK:
        return zero_backend(get(m, SLOT_CONTENT, row))
    if get(m, SLOT_CONTENT, row) != 0:
        return slot_backend(entry)
    return NONE


@kernel
def set_backend(m: Words, entry: int, word: int) -> None:
    """Into zswap's tree or out of it; the slot stays taken whatever happens."""
    row = slot_row(m, entry)
    old = get(m, SLOT_ENTRY, row)
    new = 0
    tag = backend_tag(word)
    if tag == ZSWAP:
        new = backend_zswap(word)
    elif tag == ZERO:
        new = ZERO_MARK
    if new != 0 and old == 0:
        add(m, SLOTS_WASTED, 1)
    elif new == 0 and old != 0:
        add(m, SLOTS_WASTED, -1)
    put(m, SLOT_ENTRY, row, new)
    if tag == ZERO:
        put(m, SLOT_CONTENT, row, backend_image(word))
    elif tag != SLOT:
        put(m, SLOT_CONTENT, row, 0)


@kernel
def slot_for_write(m: Words, entry: int) -> int:
    """The slot it has had all along."""
    return entry


@kernel
def release(m: Words, entry: int) -> None:
    """swap_entry_range_free(): the slot is free; a shadow is forgotten."""
    put(m, SLOT_CACHE, slot_row(m, entry), 0)
    free_slot(m, entry)


@kernel
def owner_of_slot(m: Words, slot: int) -> int:
    """The slot is the name."""
    word = get(m, SLOT_MAP, slot_row(m, slot))
    if word == 0 or word == SWAP_MAP_BAD:
        return -1
    return slot


@kernel
def lookup_cost(m: Words, entry: int) -> int:
    """The swap cache, the swap_map byte, and zswap's tree, whose height grows with the slots of its 64 MiB."""
    span = min(m[SWAP_TOTAL], 1 << TREE_SLOTS_BITS)
    height = 1
    while 1 << (TREE_FANOUT_BITS * height) < span:
        height += 1
    return 2 + height


@kernel
def entry_bytes(m: Words) -> int:
    """The swap table's word; the swap_map byte and its kin are there for every slot, used or not."""
    return 8


@kernel
def readahead_slot(m: Words, entry: int) -> int:
    """Its own, whoever has the bytes: readahead issues for pages in zswap as well."""
    return entry


@kernel
def swapoff_walk(m: Words) -> int:
    """Every page table and every shmem object."""
    return 0


def metadata_bytes(view: View) -> tuple[float, float]:
    """Static and dynamic bytes: see :func:`engine.metadata.legacy`."""
    found = metadata.legacy(view.scalar(SWAP_TOTAL), view.scalar(SWAP_USED), view.scalar(NR_STORED))
    return found.static, found.dynamic
