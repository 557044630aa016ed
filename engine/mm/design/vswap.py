"""What was applied in 2026: virtual swap, the swap table edition.

Swap-outs get a slot of a virtual device, 512 to a cluster whose tables are allocated when its
first slot is used. A virtual table says where the bytes are; a physical slot's word in its own
swap table points back, so the reverse map needs no memory of its own. Counts past 15 go to an
extend table of the cluster.
"""

from __future__ import annotations

from engine import metadata
from engine.mm.descriptor import begin_row, can_leave, end_row, point_at, slot_of_bytes, slot_when_written
from engine.mm.image import (
    DESC_ALLOC,
    DESC_ALLOC_FAIL,
    DESC_BACKEND,
    DESC_CACHE,
    DESC_COUNT,
    DESC_NEXT,
    DESC_TOP,
    NR_CLUSTERS_USED,
    NR_CONTINUATIONS,
    NR_DESC,
    NR_VCLUSTERS,
    RMAP_STEPS,
    SLOT_ENTRY,
    SLOT_MAP,
    SWAP_TOTAL,
    VCLUSTER_COUNT,
    VCLUSTER_CURRENT,
    VCLUSTER_EXTENDED,
    VCLUSTER_FIRST,
    VCLUSTER_FREE,
    VCLUSTER_LOWEST,
    VCLUSTER_NEXT,
    VCLUSTER_TOP,
)
from engine.mm.journal import add, address_of, get, put, put_add, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.slab import give_metadata_pages, take_metadata_pages
from engine.mm.swapfile import SWAP_MAP_BAD, SWAPFILE_CLUSTER, slot_row
from engine.mm.swapops import swp_offset
from engine.mm.view import View

NUMBER = 2
NAME = "vswap"
ENTRY_NAME = "virtual slot"
ENTRY_TABLE = "desc"
"""The table whose rows stand for what a page table holds, for those who read an image."""

VCLUSTER_SLOTS = 512
VCLUSTER_PAGES = 3
"""Frames a virtual cluster takes: 512 * (8 swap table + 2 memcg + 8 virtual table) + 80 bytes, in whole pages."""
COUNT_MAX = 15
"""Four bits of the swap table word; at 15 the count goes on in the cluster's extend table."""
USED = 1
"""In DESC_NEXT: the virtual slot is taken (a row of a free descriptor is 0 here)."""


@kernel
def can_name(m: Words) -> bool:
    """Virtual slots have no end: reclaim goes on while the pool takes pages or a physical slot is free."""
    return can_leave(m)


@kernel
def take_vcluster(m: Words) -> int:
    """A virtual cluster with all its slots free; 0 when there is no memory for its tables."""
    if not take_metadata_pages(m, VCLUSTER_PAGES):
        return 0
    cluster = m[VCLUSTER_FREE]
    if cluster != 0:
        store(m, VCLUSTER_FREE, get(m, VCLUSTER_NEXT, cluster))
        put(m, VCLUSTER_NEXT, cluster, 0)
    else:
        cluster = m[VCLUSTER_TOP] + 1
        store(m, VCLUSTER_TOP, cluster)
        store(m, DESC_TOP, cluster * VCLUSTER_SLOTS)
    add(m, NR_VCLUSTERS, 1)
    return cluster


@kernel
def free_in_vcluster(m: Words, cluster: int) -> int:
    """The first free virtual slot of a cluster; 0: none."""
    if get(m, VCLUSTER_COUNT, cluster) == VCLUSTER_SLOTS:
        return 0
    last = cluster * VCLUSTER_SLOTS + 1
    row = last - VCLUSTER_SLOTS + get(m, VCLUSTER_FIRST, cluster)
    while row < last:
        if get(m, DESC_NEXT, row) != USED:
            return row
        row += 1
    return 0


@kernel
def find_vslot(m: Words) -> int:
    """A virtual slot: of the current cluster, of another that is partly used, or of a new one; 0: no memory."""
    current = m[VCLUSTER_CURRENT]
    if current != 0:
        row = free_in_vcluster(m, current)
        if row != 0:
            return row
    cluster = max(m[VCLUSTER_LOWEST], 1)
    while cluster <= m[VCLUSTER_TOP]:
        used = get(m, VCLUSTER_COUNT, cluster)
        if 0 < used < VCLUSTER_SLOTS:
            store(m, VCLUSTER_CURRENT, cluster)
            store(m, VCLUSTER_LOWEST, cluster)
            return free_in_vcluster(m, cluster)
        cluster += 1
    cluster = take_vcluster(m)
    store(m, VCLUSTER_CURRENT, cluster)
    if cluster == 0:
        return 0
    store(m, VCLUSTER_LOWEST, cluster)
    return (cluster - 1) * VCLUSTER_SLOTS + 1


@kernel
def name_folio(m: Words, frame: int) -> int:
    """A virtual slot."""
    row = find_vslot(m)
    if row == 0:
        add(m, DESC_ALLOC_FAIL, 1)
        return 0
    put(m, DESC_NEXT, row, USED)
    cluster = (row - 1) // VCLUSTER_SLOTS + 1
    put_add(m, VCLUSTER_COUNT, cluster, 1)
    put(m, VCLUSTER_FIRST, cluster, (row - 1) % VCLUSTER_SLOTS + 1)
    add(m, NR_DESC, 1)
    add(m, DESC_ALLOC, 1)
    begin_row(m, row, frame)
    return row


@kernel
def entry_address(m: Words, entry: int) -> int:
    """The virtual slot's row."""
    return address_of(m, DESC_COUNT, swp_offset(entry))


@kernel
def entry_count(m: Words, entry: int) -> int:
    """Four bits and the extend table together."""
    return get(m, DESC_COUNT, swp_offset(entry))


@kernel
def duplicate_entry(m: Words, entry: int) -> None:
    """At the sixteenth the count needs the cluster's extend table."""
    row = swp_offset(entry)
    count = get(m, DESC_COUNT, row) + 1
    put(m, DESC_COUNT, row, count)
    if count == COUNT_MAX:
        put_add(m, VCLUSTER_EXTENDED, (row - 1) // VCLUSTER_SLOTS + 1, 1)
        add(m, NR_CONTINUATIONS, 1)


@kernel
def drop_count(m: Words, entry: int) -> None:
    """Below fifteen the four bits are enough again."""
    row = swp_offset(entry)
    count = get(m, DESC_COUNT, row) - 1
    put(m, DESC_COUNT, row, count)
    if count == COUNT_MAX - 1:
        put_add(m, VCLUSTER_EXTENDED, (row - 1) // VCLUSTER_SLOTS + 1, -1)
        add(m, NR_CONTINUATIONS, -1)


@kernel
def cache_word(m: Words, entry: int) -> int:
    """The swap table's word of the virtual slot."""
    return get(m, DESC_CACHE, swp_offset(entry))


@kernel
def set_cache_word(m: Words, entry: int, word: int) -> None:
    """Set it."""
    put(m, DESC_CACHE, swp_offset(entry), word)


@kernel
def backend(m: Words, entry: int) -> int:
    """The virtual table's word."""
    return get(m, DESC_BACKEND, swp_offset(entry))


@kernel
def set_backend(m: Words, entry: int, word: int) -> None:
    """The virtual table's word is rewritten; a physical slot left behind is free."""
    point_at(m, entry, word)


@kernel
def slot_for_write(m: Words, entry: int) -> int:
    """folio_realloc_swap(): a physical slot, taken only now."""
    return slot_when_written(m, entry)


@kernel
def release(m: Words, entry: int) -> None:
    """The virtual slot is free; a cluster with none in use gives its tables back."""
    row = swp_offset(entry)
    end_row(m, row)
    put(m, DESC_NEXT, row, 0)
    add(m, NR_DESC, -1)
    cluster = (row - 1) // VCLUSTER_SLOTS + 1
    put_add(m, VCLUSTER_COUNT, cluster, -1)
    if (row - 1) % VCLUSTER_SLOTS < get(m, VCLUSTER_FIRST, cluster):
        put(m, VCLUSTER_FIRST, cluster, (row - 1) % VCLUSTER_SLOTS)
    if cluster < m[VCLUSTER_LOWEST]:
        store(m, VCLUSTER_LOWEST, cluster)
    if get(m, VCLUSTER_COUNT, cluster) == 0:
        add(m, NR_VCLUSTERS, -1)
        put(m, VCLUSTER_NEXT, cluster, m[VCLUSTER_FREE])
        store(m, VCLUSTER_FREE, cluster)
        if m[VCLUSTER_CURRENT] == cluster:
            store(m, VCLUSTER_CURRENT, 0)
        give_metadata_pages(m, VCLUSTER_PAGES)


@kernel
def owner_of_slot(m: Words, slot: int) -> int:
    """The physical slot's own swap table word points at the virtual slot."""
    row = slot_row(m, slot)
    word = get(m, SLOT_MAP, row)
    if word == 0 or word == SWAP_MAP_BAD:
        return -1
    add(m, RMAP_STEPS, 1)
    return get(m, SLOT_ENTRY, row)


@kernel
def lookup_cost(m: Words, entry: int) -> int:
    """The cluster's swap table word, then its virtual table word, then the bytes."""
    return 3


@kernel
def entry_bytes(m: Words) -> int:
    """Swap table word, virtual table word and memcg id of a virtual slot."""
    return 18


@kernel
def readahead_slot(m: Words, entry: int) -> int:
    """The slot its bytes are in; a page in zswap has none."""
    return slot_of_bytes(m, entry)


@kernel
def swapoff_walk(m: Words) -> int:
    """The physical slots, each with its pointer back."""
    return 2


def metadata_bytes(view: View) -> tuple[float, float]:
    """Static and dynamic bytes, for whole clusters: see :func:`engine.metadata.swap_table_edition`."""
    virtual = view.scalar(NR_VCLUSTERS) * VCLUSTER_SLOTS
    physical = view.scalar(NR_CLUSTERS_USED) * SWAPFILE_CLUSTER
    found = metadata.swap_table_edition(view.scalar(SWAP_TOTAL), virtual, physical)
    return found.static, found.dynamic
