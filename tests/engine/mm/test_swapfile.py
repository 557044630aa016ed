"""Slots of swapfiles: which device, which cluster, which slot."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.swapfile import (
    SWAP_HAS_CACHE,
    SWAPFILE_CLUSTER,
    alloc_slot,
    free_slot,
    nr_swap_pages,
    vm_swap_full,
)
from engine.mm.swapops import swp_entry, swp_offset, swp_type
from engine.program import Swapfile
from tests.engine.mm.machines import Toy, build


def take(toy: Toy, count: int = 1) -> list[int]:
    """Offsets of so many slots, all of the first swapfile."""
    return [swp_offset(toy.call(alloc_slot, SWAP_HAS_CACHE)) for _ in range(count)]


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
    assert toy.call(alloc_slot, SWAP_HAS_CACHE) == -1
    toy.call(free_slot, swp_entry(0, 100))
    assert take(toy) == [100]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE) == -1


def test_slot_0_is_the_header_and_never_given() -> None:
    toy = build(slots=8)
    assert take(toy, 8) == list(range(1, 9))
    assert toy.call(alloc_slot, SWAP_HAS_CACHE) == -1


def test_bad_slots_are_never_given_and_not_counted_as_free() -> None:
    toy = build(swapfiles=(Swapfile("swap0", 8, bad=(2, 3, 7)),))
    assert toy.call(nr_swap_pages) == 5
    assert take(toy, 5) == [1, 4, 5, 6, 8]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE) == -1
    assert toy.call(nr_swap_pages) == 0


def test_the_device_of_highest_priority_is_filled_first() -> None:
    toy = build(swapfiles=(Swapfile("slow", 4, priority=1), Swapfile("fast", 3, priority=10)))
    slots = [toy.call(alloc_slot, SWAP_HAS_CACHE) for _ in range(7)]
    assert [swp_type(slot) for slot in slots] == [1, 1, 1, 0, 0, 0, 0]


def test_devices_of_equal_priority_take_turns() -> None:
    toy = build(swapfiles=(Swapfile("a", 8, priority=5), Swapfile("b", 8, priority=5), Swapfile("c", 8, priority=1)))
    slots = [toy.call(alloc_slot, SWAP_HAS_CACHE) for _ in range(6)]
    assert [swp_type(slot) for slot in slots] == [0, 1, 0, 1, 0, 1]


def test_when_one_of_the_equals_is_full_the_other_goes_on() -> None:
    toy = build(swapfiles=(Swapfile("a", 1, priority=5), Swapfile("b", 4, priority=5)))
    assert [swp_type(toy.call(alloc_slot, SWAP_HAS_CACHE)) for _ in range(5)] == [0, 1, 1, 1, 1]


def test_a_device_that_is_not_in_use_gives_no_slot() -> None:
    toy = build(swapfiles=(Swapfile("spare", 8, priority=9, active=False), Swapfile("swap0", 8)))
    assert swp_type(toy.call(alloc_slot, SWAP_HAS_CACHE)) == 1
    assert (toy["swap_total_pages"], toy.call(nr_swap_pages)) == (8, 7)


def test_slots_and_clusters_in_use_are_counted() -> None:
    toy = build(slots=2 * SWAPFILE_CLUSTER - 1)
    take(toy, SWAPFILE_CLUSTER)
    assert (toy["swap_used_pages"], toy["swap_clusters_used"], toy.at(im.SI_INUSE, 1)) == (512, 2, 512)
    toy.call(free_slot, swp_entry(0, SWAPFILE_CLUSTER))
    assert (toy["swap_used_pages"], toy["swap_clusters_used"]) == (511, 1)


def test_swap_is_full_for_vm_swap_full_when_more_than_half_is_used() -> None:
    toy = build(slots=8)
    take(toy, 4)
    assert not toy.call(vm_swap_full), "exactly half is not more than half"
    take(toy, 1)
    assert toy.call(vm_swap_full)


def test_a_swapfile_made_smaller_gives_no_slot_behind_its_end() -> None:
    toy = build(slots=8)
    take(toy, 3)
    toy.setting("swapfile.0.slots", 4)
    assert toy["swap_total_pages"] == 4
    assert take(toy, 1) == [4]
    assert toy.call(alloc_slot, SWAP_HAS_CACHE) == -1
    toy.setting("swapfile.0.slots", 6)
    assert take(toy, 2) == [5, 6]
