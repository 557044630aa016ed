"""Slots of swapfiles: which device, which cluster, which slot next (mm/swapfile.c).

Devices are taken by priority, equals in turn. Within a device slots are given one after the
other inside a cluster of 512; then a cluster that is partly used is gone on with, and only where
there is none an empty one is begun (the order of 6.18; 6.2 began empty ones first). With swap more
than half used a slot that only the swapcache holds counts as free, once its page has given it up:
:func:`alloc_slot` asks for that, since only the design knows what a slot means. Left out: order
lists for huge pages and discard; the per-CPU cluster is one for the machine.
"""

from __future__ import annotations

from engine.mm.image import (
    CLUSTER_BAD,
    CLUSTER_COUNT,
    CLUSTER_LIST,
    CLUSTER_NEXT,
    CLUSTER_PREV,
    NR_CLUSTERS_USED,
    NR_SWAPFILES,
    PAGE_FLAGS,
    RECLAIM_FULL_CLUSTERS,
    SI_BAD,
    SI_BASE,
    SI_CLOCK,
    SI_CLUSTER,
    SI_FLAGS,
    SI_FREE,
    SI_FRESH,
    SI_FULL,
    SI_HIGHEST,
    SI_INUSE,
    SI_MAX,
    SI_NEXT,
    SI_PRIO,
    SLOT_CACHE,
    SLOT_CONTENT,
    SLOT_MAP,
    SWAP_TOTAL,
    SWAP_USED,
    SWAPFILE_SLOTS,
)
from engine.mm.journal import add, get, put, put_add
from engine.mm.kernel import kernel
from engine.mm.pageflags import PG_LOCKED, PG_WRITEBACK
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
LIST_NONE, LIST_FREE, LIST_NONFULL, LIST_FRAG, LIST_FULL = range(5)
"""The list a cluster is on (enum swap_cluster_flags); head and tail are columns of its swapfile, in this order."""
MAX_SWAPFILES = 8
NO_SLOT = -1
RECLAIM_SLOT = -2
"""alloc_slot() found a slot that only the swapcache holds: ``SI_NEXT`` of the device. Give it up, then ask again."""
RECLAIM_CLUSTER = -3
"""It found nothing but the frag list: give up what only the swapcache holds of a full cluster, then ask again."""
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
def slots_good(m: Words, type_: int) -> int:
    """What a swapfile adds to total_swap_pages: the slots that may be used, bad ones not counted."""
    return max(slots_allowed(m, type_) - get(m, SI_BAD, type_ + 1), 0)


@kernel
def slots_left(m: Words, type_: int) -> int:
    """Slots of a swapfile still free; below 0 where it was made smaller than what is in use."""
    return slots_allowed(m, type_) - get(m, SI_BAD, type_ + 1) - get(m, SI_INUSE, type_ + 1)


@kernel
def nr_swap_pages(m: Words) -> int:
    """get_nr_swap_pages(): slots still free on all devices in use."""
    free = 0
    for type_ in range(m[NR_SWAPFILES]):
        if get(m, SI_FLAGS, type_ + 1) & SWP_WRITEOK != 0:
            free += max(slots_left(m, type_), 0)
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
    for type_ in range(m[NR_SWAPFILES]):
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
def cluster_room(m: Words, si: int, cluster: int, end: int) -> int:
    """Slots of a cluster that may be used: within ``end``, without the header and bad ones."""
    first = max(cluster * SWAPFILE_CLUSTER, 1)
    last = min((cluster + 1) * SWAPFILE_CLUSTER, end)
    return last - first - get(m, CLUSTER_BAD, get(m, SI_CLUSTER, si) + cluster)


@kernel
def cluster_del(m: Words, si: int, cluster: int) -> None:
    """Off the list it is on: list_del()."""
    rows = get(m, SI_CLUSTER, si)
    on = get(m, CLUSTER_LIST, rows + cluster)
    if on == LIST_NONE:
        return
    head = SI_FREE + 2 * (on - LIST_FREE)
    prev = get(m, CLUSTER_PREV, rows + cluster)
    nxt = get(m, CLUSTER_NEXT, rows + cluster)
    if prev != 0:
        put(m, CLUSTER_NEXT, rows + prev - 1, nxt)
    else:
        put(m, head, si, nxt)
    if nxt != 0:
        put(m, CLUSTER_PREV, rows + nxt - 1, prev)
    else:
        put(m, head + 1, si, prev)
    put(m, CLUSTER_LIST, rows + cluster, LIST_NONE)
    put(m, CLUSTER_PREV, rows + cluster, 0)
    put(m, CLUSTER_NEXT, rows + cluster, 0)


@kernel
def move_cluster(m: Words, si: int, cluster: int, to: int) -> None:
    """move_cluster(): to the tail of a list, unless it is on it already."""
    rows = get(m, SI_CLUSTER, si)
    if get(m, CLUSTER_LIST, rows + cluster) == to:
        return
    cluster_del(m, si, cluster)
    head = SI_FREE + 2 * (to - LIST_FREE)
    last = get(m, head + 1, si)
    put(m, CLUSTER_LIST, rows + cluster, to)
    put(m, CLUSTER_PREV, rows + cluster, last)
    if last != 0:
        put(m, CLUSTER_NEXT, rows + last - 1, cluster + 1)
    else:
        put(m, head, si, cluster + 1)
    put(m, head + 1, si, cluster + 1)


@kernel
def cluster_is_empty(m: Words, si: int, cluster: int, end: int) -> bool:
    """cluster_is_empty(): nothing of it is in use, and nothing is unusable: the header counts as used."""
    used = get(m, CLUSTER_COUNT, get(m, SI_CLUSTER, si) + cluster)
    return used == 0 and cluster_room(m, si, cluster, end) == SWAPFILE_CLUSTER


@kernel
def relocate_cluster(m: Words, si: int, cluster: int, end: int) -> None:
    """relocate_cluster(): after an allocation it is on the frag list, or full; or free if nothing of it is used."""
    used = get(m, CLUSTER_COUNT, get(m, SI_CLUSTER, si) + cluster)
    if used >= cluster_room(m, si, cluster, end):
        move_cluster(m, si, cluster, LIST_FULL)
    elif cluster_is_empty(m, si, cluster, end):
        move_cluster(m, si, cluster, LIST_FREE)
    else:
        move_cluster(m, si, cluster, LIST_FRAG)


@kernel
def only_cached(m: Words, row: int) -> bool:
    """Whether a slot's page can give it up: it is in the swapcache, nobody works on it and no page table holds it."""
    if get(m, SLOT_MAP, row) != SWAP_HAS_CACHE:
        return False
    frame = get(m, SLOT_CACHE, row) >> 1
    return frame != 0 and get(m, PAGE_FLAGS, frame) & (PG_LOCKED | PG_WRITEBACK) == 0


@kernel
def free_slot_in_cluster(m: Words, si: int, cluster: int, start: int, end: int) -> int:
    """cluster_scan_range(): the first slot from ``start`` on that is free, or, with swap half full, only cached.

    0: there is none (slot 0 is the header).
    """
    base = get(m, SI_BASE, si)
    offset = max(start, cluster * SWAPFILE_CLUSTER, 1)
    last = min(end, (cluster + 1) * SWAPFILE_CLUSTER)
    full = vm_swap_full(m)
    while offset < last:
        word = get(m, SLOT_MAP, base + offset)
        if word == 0 or (full and only_cached(m, base + offset)):
            return offset
        offset += 1
    return 0


@kernel
def scan_cluster(m: Words, si: int, cluster: int, start: int, end: int) -> int:
    """alloc_swap_scan_cluster(): a slot from ``start`` on; 0: none, and the cluster is put where it belongs."""
    found = 0
    if get(m, CLUSTER_COUNT, get(m, SI_CLUSTER, si) + cluster) < cluster_room(m, si, cluster, end):
        found = free_slot_in_cluster(m, si, cluster, start, end)
    if found == 0:
        put(m, SI_NEXT, si, 0)
        relocate_cluster(m, si, cluster, end)
    return found


@kernel
def scan_list(m: Words, si: int, list_: int, end: int) -> int:
    """alloc_swap_scan_list(): the first cluster of a list that has a slot."""
    rows = get(m, SI_CLUSTER, si)
    at = get(m, SI_FREE + 2 * (list_ - LIST_FREE), si)
    while at != 0:
        cluster = at - 1
        at = get(m, CLUSTER_NEXT, rows + cluster)
        if cluster * SWAPFILE_CLUSTER < end:
            found = scan_cluster(m, si, cluster, 0, end)
            if found != 0:
                return found
    return 0


@kernel
def find_slot(m: Words, type_: int) -> int:
    """cluster_alloc_swap_entry() up to the frag list: the offset of a slot of this device; 0: none."""
    si = type_ + 1
    end = slots_allowed(m, type_) + 1
    nxt = get(m, SI_NEXT, si)
    if nxt != 0 and nxt < end:
        # A cluster that came free as a whole meanwhile is begun anew.
        cluster = nxt // SWAPFILE_CLUSTER
        if cluster_is_empty(m, si, cluster, end):
            nxt = cluster * SWAPFILE_CLUSTER
        found = scan_cluster(m, si, cluster, nxt, end)
        if found != 0:
            return found
    found = scan_list(m, si, LIST_NONFULL, end)
    if found != 0:
        return found
    fresh = get(m, SI_FRESH, si)
    while fresh * SWAPFILE_CLUSTER < end:
        put(m, SI_FRESH, si, fresh + 1)
        if get(m, CLUSTER_LIST, get(m, SI_CLUSTER, si) + fresh) == LIST_NONE:
            found = scan_cluster(m, si, fresh, 0, end)
            if found != 0:
                return found
        fresh += 1
    return scan_list(m, si, LIST_FREE, end)


@kernel
def find_frag_slot(m: Words, type_: int) -> int:
    """cluster_alloc_swap_entry() from the frag list on: the offset of a slot of this device; 0: none."""
    si = type_ + 1
    end = slots_allowed(m, type_) + 1
    found = scan_list(m, si, LIST_FRAG, end)
    if found != 0:
        return found
    # Only a swapfile that was made larger has room in clusters that were full.
    return scan_list(m, si, LIST_FULL, end)


@kernel
def full_cluster_to_reclaim(m: Words, si: int, map_word: int) -> bool:
    """Whether swap_reclaim_full_clusters() comes before the frag list: slots may be only cached, swap is half full."""
    return (
        map_word == SWAP_HAS_CACHE
        and m[RECLAIM_FULL_CLUSTERS] != 0
        and get(m, SI_FULL, si) != 0
        and vm_swap_full(m)
    )


@kernel
def alloc_slot(m: Words, map_word: int, reclaimed: bool) -> int:
    """A slot for a page, its map word set: type << 58 | offset, or NO_SLOT when swap is full.

    RECLAIM_SLOT and RECLAIM_CLUSTER are asked for by designs whose slots may be only cached (their
    map word is SWAP_HAS_CACHE). Once a cluster was ``reclaimed``, the frag list comes next.
    """
    type_ = pick_device(m)
    if type_ < 0:
        return NO_SLOT
    si = type_ + 1
    offset = 0
    if not reclaimed:
        offset = find_slot(m, type_)
        if offset == 0 and full_cluster_to_reclaim(m, si, map_word):
            return RECLAIM_CLUSTER
    if offset == 0:
        offset = find_frag_slot(m, type_)
    if offset == 0:
        return NO_SLOT
    if get(m, SLOT_MAP, get(m, SI_BASE, si) + offset) != 0:
        put(m, SI_NEXT, si, offset)
        return RECLAIM_SLOT
    put_add(m, SI_CLOCK, si, 1)
    if offset > get(m, SI_HIGHEST, si):
        put(m, SI_HIGHEST, si, offset)
    put_add(m, SI_INUSE, si, 1)
    cluster = get(m, SI_CLUSTER, si) + offset // SWAPFILE_CLUSTER
    if get(m, CLUSTER_COUNT, cluster) == 0:
        add(m, NR_CLUSTERS_USED, 1)
    put_add(m, CLUSTER_COUNT, cluster, 1)
    relocate_cluster(m, si, offset // SWAPFILE_CLUSTER, slots_allowed(m, type_) + 1)
    following = offset + 1
    if following % SWAPFILE_CLUSTER == 0 or get(m, CLUSTER_LIST, cluster) == LIST_FULL:
        following = 0
    put(m, SI_NEXT, si, following)
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
    if cluster_is_empty(m, si, index, slots_allowed(m, si - 1) + 1):
        move_cluster(m, si, index, LIST_FREE)
    else:
        move_cluster(m, si, index, LIST_NONFULL)
    add(m, SWAP_USED, -1)
