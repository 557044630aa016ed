"""Slots of swapfiles: which device, which cluster, which slot next (mm/swapfile.c).

Devices are taken by priority, equals in turn. Within a device slots are given one after the
other inside a cluster of 512; then a cluster that is partly used is gone on with, and only where
there is none an empty one is begun (the order of 6.18; 6.2 began empty ones first). Left out:
order lists for huge pages and discard; the per-CPU cluster is one for the machine.
"""

from __future__ import annotations

from engine.mm.image import (
    CLUSTER_COUNT,
    NR_CLUSTERS_USED,
    SI_BAD,
    SI_BASE,
    SI_CLOCK,
    SI_CLUSTER,
    SI_CLUSTER_HINT,
    SI_FLAGS,
    SI_HIGHEST,
    SI_INUSE,
    SI_MAX,
    SI_NEXT,
    SI_PRIO,
    SLOT_CONTENT,
    SLOT_MAP,
    SWAP_TOTAL,
    SWAP_USED,
    SWAPFILE_SLOTS,
)
from engine.mm.journal import add, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.swapops import swp_entry, swp_offset, swp_type

SWP_USED = 1
SWP_WRITEOK = 2
SWP_SOLIDSTATE = 16

SWAP_MAP_MAX = 0x3E
SWAP_MAP_BAD = 0x3F
SWAP_HAS_CACHE = 0x40
COUNT_CONTINUED = 0x80
COUNT_MASK = 0x3F
CONTINUED_SHIFT = 8
CONTINUED_BASE = 63
"""Counts past 62 go on in a continuation page: the word's higher bits, each worth 63."""

SWAPFILE_CLUSTER = 512
MAX_SWAPFILES = 8
SWAPFILE_SLOTS_0 = SWAPFILE_SLOTS[0]


@kernel
def slot_row(m: Words, slot: int) -> int:
    """The row of a physical slot, given as type << 58 | offset."""
    return get(m, SI_BASE, swp_type(slot) + 1) + swp_offset(slot)


@kernel
def slots_allowed(m: Words, type_: int) -> int:
    """Slots of a swapfile that may be used now: the setting, within what the file has."""
    return min(m[SWAPFILE_SLOTS_0 + type_], get(m, SI_MAX, type_ + 1) - 1)


@kernel
def nr_swap_pages(m: Words) -> int:
    """get_nr_swap_pages(): slots still free on all devices in use."""
    free = 0
    for type_ in range(MAX_SWAPFILES):
        if m[SWAPFILE_SLOTS_0 + type_] == 0:
            continue
        if get(m, SI_FLAGS, type_ + 1) & SWP_WRITEOK != 0:
            left = slots_allowed(m, type_) - get(m, SI_BAD, type_ + 1) - get(m, SI_INUSE, type_ + 1)
            if left > 0:
                free += left
    return free


@kernel
def vm_swap_full(m: Words) -> bool:
    """vm_swap_full(): more than half of swap is in use."""
    return nr_swap_pages(m) * 2 < m[SWAP_TOTAL]


@kernel
def pick_device(m: Words) -> int:
    """The device a slot is taken from: highest priority with room, equals in turn; -1: none."""
    best = -1
    best_prio = 0
    best_turn = 0
    for type_ in range(MAX_SWAPFILES):
        if m[SWAPFILE_SLOTS_0 + type_] == 0:
            continue
        si = type_ + 1
        if get(m, SI_FLAGS, si) & SWP_WRITEOK == 0:
            continue
        if get(m, SI_INUSE, si) + get(m, SI_BAD, si) >= slots_allowed(m, type_):
            continue
        prio = get(m, SI_PRIO, si)
        turn = get(m, SI_CLOCK, si)
        if best < 0 or prio > best_prio or (prio == best_prio and turn < best_turn):
            best = type_
            best_prio = prio
            best_turn = turn
    return best


@kernel
def free_slot_in_cluster(m: Words, si: int, cluster: int, start: int, end: int) -> int:
    """The first free slot of [start, end) within a cluster; 0: none (slot 0 is the header)."""
    base = get(m, SI_BASE, si)
    offset = max(start, cluster * SWAPFILE_CLUSTER)
    last = min(end, (cluster + 1) * SWAPFILE_CLUSTER)
    while offset < last:
        if get(m, SLOT_MAP, base + offset) == 0:
            return offset
        offset += 1
    return 0


@kernel
def find_slot(m: Words, type_: int) -> int:
    """cluster_alloc_swap_entry(): the offset of a free slot of this device; 0: none."""
    si = type_ + 1
    end = slots_allowed(m, type_) + 1
    nxt = get(m, SI_NEXT, si)
    if nxt != 0 and nxt < end:
        found = free_slot_in_cluster(m, si, nxt // SWAPFILE_CLUSTER, nxt, end)
        if found != 0:
            return found
    rows = get(m, SI_CLUSTER, si)
    clusters = (end - 1) // SWAPFILE_CLUSTER + 1
    begun = min(clusters, get(m, SI_HIGHEST, si) // SWAPFILE_CLUSTER + 1)
    empty = -1
    cluster = get(m, SI_CLUSTER_HINT, si)
    while cluster < begun:
        used = get(m, CLUSTER_COUNT, rows + cluster)
        if 0 < used < SWAPFILE_CLUSTER:
            found = free_slot_in_cluster(m, si, cluster, 1, end)
            if found != 0:
                put(m, SI_CLUSTER_HINT, si, cluster if empty < 0 else empty)
                return found
        elif used == 0 and empty < 0:
            empty = cluster
        cluster += 1
    if empty < 0 and begun < clusters:
        empty = begun
    if empty < 0:
        return 0
    return free_slot_in_cluster(m, si, empty, 1, end)


@kernel
def alloc_slot(m: Words, map_word: int) -> int:
    """A slot for a page, its map word set: type << 58 | offset, or -1 when swap is full."""
    type_ = pick_device(m)
    if type_ < 0:
        return -1
    offset = find_slot(m, type_)
    if offset == 0:
        return -1
    si = type_ + 1
    following = offset + 1
    if following % SWAPFILE_CLUSTER == 0:
        following = 0
    put(m, SI_NEXT, si, following)
    put_add(m, SI_CLOCK, si, 1)
    if offset > get(m, SI_HIGHEST, si):
        put(m, SI_HIGHEST, si, offset)
    put_add(m, SI_INUSE, si, 1)
    cluster = get(m, SI_CLUSTER, si) + offset // SWAPFILE_CLUSTER
    if get(m, CLUSTER_COUNT, cluster) == 0:
        add(m, NR_CLUSTERS_USED, 1)
    put_add(m, CLUSTER_COUNT, cluster, 1)
    put(m, SLOT_MAP, get(m, SI_BASE, si) + offset, map_word)
    add(m, SWAP_USED, 1)
    return swp_entry(type_, offset)


@kernel
def free_slot(m: Words, slot: int) -> None:
    """swap_range_free(): nothing needs the slot any more."""
    si = swp_type(slot) + 1
    offset = swp_offset(slot)
    row = get(m, SI_BASE, si) + offset
    put(m, SLOT_MAP, row, 0)
    put(m, SLOT_CONTENT, row, 0)
    put_add(m, SI_INUSE, si, -1)
    index = offset // SWAPFILE_CLUSTER
    cluster = get(m, SI_CLUSTER, si) + index
    put_add(m, CLUSTER_COUNT, cluster, -1)
    if get(m, CLUSTER_COUNT, cluster) == 0:
        add(m, NR_CLUSTERS_USED, -1)
    if index < get(m, SI_CLUSTER_HINT, si):
        put(m, SI_CLUSTER_HINT, si, index)
    add(m, SWAP_USED, -1)
