"""The image of a machine that was just switched on."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.rmap import VM_LOCKED, VM_SHARED
from engine.mm.size_classes import size_classes
from engine.program import Process, Swapfile
from tests.engine.mm.machines import build, region


def test_settings_have_their_defaults_and_those_of_the_program() -> None:
    toy = build(frames=77, page_cluster=5)
    assert toy.figures("frames", "page_cluster", "nr_free_pages") == (77, 5, 77)
    assert toy["zswap.accept_threshold_percent"] == 90


def test_regions_are_mapped_in_order_each_with_a_mapping() -> None:
    toy = build(regions=(region(4), region(6, first=10, locked=True)))
    assert (toy.at(im.VMA_START, 1), toy.at(im.VMA_PAGES, 1)) == (0, 4)
    assert (toy.at(im.VMA_START, 2), toy.at(im.VMA_PAGES, 2), toy.at(im.VMA_FLAGS, 2)) == (10, 6, VM_LOCKED)
    assert (toy.at(im.MM_VMA, 1), toy.at(im.VMA_NEXT, 1), toy.at(im.VMA_NEXT, 2)) == (1, 2, 0)
    assert toy.at(im.VMA_MAPPING, 1) != toy.at(im.VMA_MAPPING, 2)


def test_all_regions_of_an_object_have_its_mapping() -> None:
    parts = (region(4, shared="ring"),)
    toy = build(processes=(Process("a", 4, parts), Process("b", 4, parts)), shmem=(("other", 2), ("ring", 4)))
    assert toy.at(im.VMA_MAPPING, 1) == toy.at(im.VMA_MAPPING, 2) == 2
    assert toy.at(im.VMA_FLAGS, 1) == VM_SHARED
    assert (toy.at(im.MAP_CACHE, 2), toy.at(im.MAP_PAGES, 2)) == (2, 4)


def test_swapfiles_lie_behind_one_another_and_only_active_ones_count() -> None:
    files = (Swapfile("a", 10, priority=4), Swapfile("b", 20, "hdd", active=False, bad=(3,)))
    toy = build(swapfiles=files)
    assert toy.figures("swap_total_pages", "nr_rotate_swap") == (10, 1)
    assert toy.at(im.SI_BASE, 2) > toy.at(im.SI_BASE, 1) + 10
    assert [toy.at(im.SI_PRIO, 1), toy.at(im.SI_DEVICE, 2), toy.at(im.SI_BAD, 2)] == [4, 2, 1]


def test_there_is_room_for_the_children_that_forks_name() -> None:
    toy = build(10, children=3)
    assert [toy.at(im.MM_PAGES, process) for process in (1, 2, 3, 4)] == [10, 10, 10, 10]
    assert [toy.at(im.MM_STATE, process) for process in (1, 2, 3, 4)] == [1, 0, 0, 0]
    assert len({toy.at(im.MM_PTE, process) for process in (1, 2, 3, 4)}) == 4


@pytest.mark.parametrize("chain", [4, 8, 16])
def test_size_classes_are_those_of_the_chain(chain: int) -> None:
    toy = build(zswap__chain_size=chain)
    for index in (0, 100, 200, 254):
        made = size_classes(chain)[index]
        assert toy.at(im.CLASS_SIZE, index + 1) == made.size
        assert toy.at(im.CLASS_PAGES, index + 1) == made.pages
        assert toy.at(im.CLASS_MERGED, index + 1) == made.merged + 1
