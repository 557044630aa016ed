"""Slots of swapfiles: which device, which cluster, which slot."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.design.legacy import reclaim_full_cluster
from engine.mm.journal import put
from engine.mm.lru import set_flags
from engine.mm.pageflags import PG_LOCKED, PG_WRITEBACK
from engine.mm.swapfile import (
    LIST_FRAG,
    LIST_FULL,
    LIST_NONFULL,
    SWAP_HAS_CACHE,
    SWAPFILE_CLUSTER,
    alloc_slot,
    free_slot,
    move_cluster,
    nr_swap_pages,
    vm_swap_full,
)
from engine.mm.swapops import swp_entry, swp_offset, swp_type
from engine.operation import Op
from engine.program import Swapfile
from tests.engine.mm.machines import Toy, build, kinds, of_kind


def take(toy: Toy, count: int = 1) -> list[int]:
    """Offsets of so many slots, all of the first swapfile."""
    return [swp_offset(toy.call(alloc_slot, SWAP_HAS_CACHE, False)) for _ in range(count)]


def test_slots_are_given_one_after_the_other_from_slot_1() -> None:
    assert take(build(slots=64), 5) == [1, 2, 3, 4, 5]


def test_next_fit_goes_on_behind_the_last_slot_although_an_earlier_one_is_free() -> None:
    toy = build(slots=64)
    take(toy, 4)
    toy.call(free_slot, swp_entry(0, 2))
    assert take(toy, 2) == [5, 6]


def test_a_cluster_that_is_partly_used_is_gone_on_with_before_an_empty_one() -> None:
    toy = build(slots=3 * SWAPFILE_CLUSTER - 1)
    take(toy, SWAPFILE_CLUSTER - 1)
    toy.call(free_slot, swp_entry(0, 7))
    assert take(toy, 1) == [7], "the nonfull list is looked at before the free list"
    assert take(toy, 1) == [SWAPFILE_CLUSTER]


def test_at_the_end_of_a_cluster_none_is_chosen_any_more() -> None:
    toy = build(slots=3 * SWAPFILE_CLUSTER)
    take(toy, SWAPFILE_CLUSTER - 2)
    assert toy.at(im.SI_NEXT, 1) == SWAPFILE_CLUSTER - 1
    take(toy, 1)
    assert toy.at(im.SI_NEXT, 1) == 0


def test_a_freed_cluster_is_begun_again_only_when_none_is_partly_used() -> None:
    toy = build(slots=4 * SWAPFILE_CLUSTER - 1)
    taken = take(toy, 2 * SWAPFILE_CLUSTER)
    assert taken[-1] == 2 * SWAPFILE_CLUSTER
    for offset in range(SWAPFILE_CLUSTER, 2 * SWAPFILE_CLUSTER):
        toy.call(free_slot, swp_entry(0, offset))
    assert toy["swap_clusters_used"] == 2
    rest = take(toy, SWAPFILE_CLUSTER - 1)
    assert (rest[0], rest[-1]) == (2 * SWAPFILE_CLUSTER + 1, 3 * SWAPFILE_CLUSTER - 1)
    assert take(toy, 1) == [3 * SWAPFILE_CLUSTER], "one that was never used comes before one that came free"
    take(toy, SWAPFILE_CLUSTER - 1)
    assert take(toy, 1) == [SWAPFILE_CLUSTER]


def test_clusters_come_up_again_in_the_order_in_which_slots_of_theirs_came_free() -> None:
    toy = build(slots=4 * SWAPFILE_CLUSTER - 1)
    take(toy, 4 * SWAPFILE_CLUSTER - 1)
    for offset in (1500, 700, 1501, 40):
        toy.call(free_slot, swp_entry(0, offset))
    assert take(toy, 4) == [1500, 1501, 700, 40]


def test_a_cluster_that_is_not_usable_in_whole_is_begun_before_empty_ones() -> None:
    toy = build(slots=3 * SWAPFILE_CLUSTER + 1)
    taken = take(toy, SWAPFILE_CLUSTER + 2)
    assert taken[SWAPFILE_CLUSTER - 2 :] == [
        SWAPFILE_CLUSTER - 1, 3 * SWAPFILE_CLUSTER, 3 * SWAPFILE_CLUSTER + 1, SWAPFILE_CLUSTER,
    ]  # fmt: skip


def test_the_last_free_slot_is_found_wherever_it_is() -> None:
    toy = build(slots=2 * SWAPFILE_CLUSTER)
    take(toy, 2 * SWAPFILE_CLUSTER)
    assert toy.call(alloc_slot, SWAP_HAS_CACHE, False) == -1
    toy.call(free_slot, swp_entry(0, 100))
    assert take(toy) == [100]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE, False) == -1


def test_slot_0_is_the_header_and_never_given() -> None:
    toy = build(slots=8)
    assert take(toy, 8) == list(range(1, 9))
    assert toy.call(alloc_slot, SWAP_HAS_CACHE, False) == -1


def test_bad_slots_are_never_given_and_not_counted_as_free() -> None:
    toy = build(swapfiles=(Swapfile("swap0", 8, bad=(2, 3, 7)),))
    assert toy.call(nr_swap_pages) == 5
    assert take(toy, 5) == [1, 4, 5, 6, 8]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE, False) == -1
    assert toy.call(nr_swap_pages) == 0


def test_the_device_of_highest_priority_is_filled_first() -> None:
    toy = build(swapfiles=(Swapfile("slow", 4, priority=1), Swapfile("fast", 3, priority=10)))
    slots = [toy.call(alloc_slot, SWAP_HAS_CACHE, False) for _ in range(7)]
    assert [swp_type(slot) for slot in slots] == [1, 1, 1, 0, 0, 0, 0]


def test_devices_of_equal_priority_take_turns() -> None:
    toy = build(swapfiles=(Swapfile("a", 8, priority=5), Swapfile("b", 8, priority=5), Swapfile("c", 8, priority=1)))
    slots = [toy.call(alloc_slot, SWAP_HAS_CACHE, False) for _ in range(6)]
    assert [swp_type(slot) for slot in slots] == [0, 1, 0, 1, 0, 1]


def test_when_one_of_the_equals_is_full_the_other_goes_on() -> None:
    toy = build(swapfiles=(Swapfile("a", 1, priority=5), Swapfile("b", 4, priority=5)))
    assert [swp_type(toy.call(alloc_slot, SWAP_HAS_CACHE, False)) for _ in range(5)] == [0, 1, 1, 1, 1]


def test_a_device_that_is_not_in_use_gives_no_slot() -> None:
    toy = build(swapfiles=(Swapfile("spare", 8, priority=9, active=False), Swapfile("swap0", 8)))
    assert swp_type(toy.call(alloc_slot, SWAP_HAS_CACHE, False)) == 1
    assert (toy["swap_total_pages"], toy.call(nr_swap_pages)) == (8, 7)


def test_slots_and_clusters_in_use_are_counted() -> None:
    toy = build(slots=2 * SWAPFILE_CLUSTER - 1)
    take(toy, SWAPFILE_CLUSTER)
    assert (toy["swap_used_pages"], toy["swap_clusters_used"], toy.at(im.SI_INUSE, 1)) == (512, 2, 512)
    toy.call(free_slot, swp_entry(0, SWAPFILE_CLUSTER))
    assert (toy["swap_used_pages"], toy["swap_clusters_used"]) == (511, 1)


@pytest.mark.parametrize(("slots", "half"), [(8, 4), (9, 4), (1, 0), (511, 255)])
def test_swap_is_full_for_vm_swap_full_from_the_first_slot_past_half(slots: int, half: int) -> None:
    toy = build(slots=slots)
    take(toy, half)
    assert not toy.call(vm_swap_full), "half, rounded down, is not more than half"
    take(toy, 1)
    assert toy.call(vm_swap_full)


def test_a_swapfile_made_smaller_gives_no_slot_behind_its_end() -> None:
    toy = build(slots=8, reclaim_full_clusters=0)
    take(toy, 3)
    toy.setting("swapfile.0.slots", 4)
    assert toy["swap_total_pages"] == 4
    assert take(toy, 1) == [4]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE, False) == -1
    toy.setting("swapfile.0.slots", 6)
    assert take(toy, 2) == [5, 6]


def half_used(*, used: int, slots: int = 8, **settings: int) -> Toy:
    """Pages 0 … ``used`` - 1 are out, each in a slot of its own; page 0 was read since and is in the swapcache too."""
    toy = build(16, slots=slots, **settings)
    toy.push_out(0, used)
    toy.read(0)
    assert toy.flags(toy.frame(0)) >= {"swapcache"}
    return toy


def test_with_swap_half_full_a_slot_that_only_the_swapcache_holds_is_taken() -> None:
    toy = half_used(used=4)
    toy.pageout_new(4, 2)
    toy.range(Op.DONTNEED, 1)
    toy.pageout_new(6, 2)
    assert [swp_offset(toy.entry(page)) for page in (4, 5, 6, 7)] == [5, 6, 7, 8]
    # The cluster is begun anew: slot 1 is only cached, slot 2 is free.
    made = toy.pageout_new(8)
    assert swp_offset(toy.entry(8)) == 1
    assert [transition.operands[1] for transition in of_kind(made, "swap entry freed")] == [toy.frame(0)]
    assert "swapcache" not in toy.flags(toy.frame(0))
    assert "dirty" in toy.flags(toy.frame(0)), "its bytes are nowhere else now"


@pytest.mark.parametrize("flag", [PG_LOCKED, PG_WRITEBACK])
def test_a_slot_whose_page_somebody_works_on_is_not_taken(flag: int) -> None:
    toy = half_used(used=4)
    toy.pageout_new(4, 2)
    toy.range(Op.DONTNEED, 1)
    toy.pageout_new(6, 2)
    toy.call(set_flags, toy.frame(0), flag)
    toy.pageout_new(8)
    assert swp_offset(toy.entry(8)) == 2


def test_up_to_half_of_swap_a_cached_slot_is_left_alone() -> None:
    toy = half_used(used=4, slots=600)
    toy.call(put, im.SI_NEXT, 1, 1)
    toy.pageout_new(4)
    assert swp_offset(toy.entry(4)) == 5
    assert "swapcache" in toy.flags(toy.frame(0))


def test_the_last_slot_has_the_full_clusters_looked_through() -> None:
    toy = half_used(used=4)
    toy.pageout_new(4, 4)
    assert toy["swap_used_pages"] == 7, "slot 1 came free again"
    assert "swapcache" not in toy.flags(toy.frame(0))
    toy.pageout_new(8)
    assert swp_offset(toy.entry(8)) == 1


def test_until_6_12_nobody_looked_through_full_clusters() -> None:
    toy = half_used(used=4, reclaim_full_clusters=0)
    toy.pageout_new(4, 4)
    assert toy["swap_used_pages"] == 8
    assert "swapcache" in toy.flags(toy.frame(0))
    toy.write(8)
    assert "no swap entry" in kinds(toy.pageout(8))


def two_clusters(**settings: int) -> Toy:
    """Cluster 0 is full, but slot 1 only cached; cluster 1 is on the frag list, its scan at the end: one slot free."""
    toy = build(2 * SWAPFILE_CLUSTER, frames=2 * SWAPFILE_CLUSTER, slots=2 * SWAPFILE_CLUSTER - 1, **settings)
    toy.push_out(0, SWAPFILE_CLUSTER - 1)
    toy.read(0)
    take(toy, SWAPFILE_CLUSTER - 1)
    # The current cluster is given up, and is on the frag list: slot 600 is free, and nothing before it.
    toy.call(put, im.SI_NEXT, 1, 0)
    toy.call(free_slot, swp_entry(0, 600))
    toy.call(move_cluster, 1, 1, LIST_FRAG)
    assert toy.at(im.CLUSTER_LIST, toy.at(im.SI_CLUSTER, 1)) == LIST_FULL
    return toy


def test_before_the_frag_list_a_full_cluster_gives_up_what_is_only_cached() -> None:
    toy = two_clusters()
    toy.pageout_new(SWAPFILE_CLUSTER)
    assert swp_offset(toy.entry(SWAPFILE_CLUSTER)) == 600, "the slot itself is taken from the frag list"
    assert "swapcache" not in toy.flags(toy.frame(0))
    assert toy.at(im.CLUSTER_LIST, toy.at(im.SI_CLUSTER, 1)) == LIST_NONFULL


def test_until_6_12_the_frag_list_came_next() -> None:
    toy = two_clusters(reclaim_full_clusters=0)
    toy.pageout_new(SWAPFILE_CLUSTER)
    assert swp_offset(toy.entry(SWAPFILE_CLUSTER)) == 600
    assert "swapcache" in toy.flags(toy.frame(0))


def test_full_clusters_are_looked_through_in_turn() -> None:
    toy = build(8, slots=3 * SWAPFILE_CLUSTER - 1)
    take(toy, 3 * SWAPFILE_CLUSTER - 1)
    first = toy.at(im.SI_FULL, 1)
    toy.call(reclaim_full_cluster, 1)
    assert (toy.at(im.SI_FULL, 1), toy.at(im.SI_FULL_TAIL, 1)) == (first + 1, first)


@pytest.mark.parametrize("where", ["zswap", "zero"])
def test_a_slot_given_up_takes_the_compressed_copy_or_the_zero_mark_with_it(where: str) -> None:
    filled = (3,) if where == "zero" else ()
    toy = build(16, slots=8, zswap=True, zswap__exclusive_loads=0, filled=filled)
    toy.push_out(0, 4)
    toy.read(0)
    toy.pageout_new(4, 4)
    assert toy["swap_used_pages"] == 7
    left = toy["zswap_stored_pages"] + toy["zero_marked_pages"]
    assert (left, toy["slots_held_by_zswap"]) == (7, 7)


def test_with_the_last_slot_of_a_cluster_its_scan_is_at_an_end() -> None:
    toy = build(slots=8, reclaim_full_clusters=0)
    take(toy, 8)
    toy.call(free_slot, swp_entry(0, 3))
    assert take(toy) == [3]
    assert toy.at(im.SI_NEXT, 1) == 0
