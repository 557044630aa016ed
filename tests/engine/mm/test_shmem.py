"""Shared memory objects: the page cache holds frames or swap entries, whoever maps them."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.swapops import PTE_RW
from engine.operation import Op
from engine.program import Process
from tests.engine.mm.machines import ALL_DESIGNS, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def shared(design: int = 0, processes: int = 2, **more: int) -> Toy:
    """Processes that all map the four pages of one object."""
    parts = (region(4, shared="ring"),)
    people = [Process(f"p{number}", 4, parts) for number in range(processes)]
    return build(processes=people, shmem=(("ring", 4),), design=design, children=1, **more)


def word(toy: Toy, index: int) -> int:
    """The object's page cache at an index."""
    return toy.at(im.SHMEM, index)


def test_the_first_touch_puts_a_page_into_the_object_and_others_find_it_there() -> None:
    toy = shared()
    assert "first touch" in kinds(toy.write(1))
    frame = toy.frame(1)
    assert word(toy, 1) == frame << 1
    made = toy.read(1, process=1)
    assert "first touch" not in kinds(made)
    assert toy.frame(1, process=1) == frame
    assert toy.figures("resident_pages", "nr_shmem", "pgmajfault") == (1, 1, 0)
    assert toy.at(im.PAGE_MAPCOUNT, frame) == 2
    assert toy.pte(1, process=1) & PTE_RW, "what is shared is written in place"


@EVERY
def test_a_page_that_leaves_is_held_by_the_object_and_by_no_page_table(design: int) -> None:
    toy = shared(design, zswap=True)
    toy.write(0)
    toy.read(0, process=1)
    toy.reclaim(0)
    assert (toy.pte(0), toy.pte(0, process=1)) == (0, 0)
    assert word(toy, 0) & 1
    entry = word(toy, 0) >> 1
    assert toy.count(entry) == 1
    assert toy.figures("nr_shmem", "swapped_pages") == (0, 1)
    assert (toy.at(im.MAP_RESIDENT, 1), toy.at(im.MAP_SWAPPED, 1)) == (0, 1)


@EVERY
def test_its_entry_is_freed_as_soon_as_it_is_back(design: int) -> None:
    toy = shared(design, zswap=True)
    toy.write(0)
    toy.reclaim(0)
    made = toy.read(0, process=1)
    assert "swap entry freed" in kinds(made)
    assert word(toy, 0) == toy.frame(0, process=1) << 1
    assert toy.figures("swap_used_pages", "descriptors", "swapcached_pages", "nr_shmem") == (0, 0, 0, 1)
    assert {"dirty", "shmem"} <= toy.flags(toy.frame(0, process=1))
    assert toy["pgmajfault"] == 1
    assert toy.pte(0) == 0, "the other process faults for itself"
    toy.read(0)
    assert toy["pgmajfault"] == 1


@EVERY
def test_a_page_that_is_still_being_written_is_waited_for(design: int) -> None:
    toy = shared(design)
    toy.write(0)
    toy.reclaim(0)
    assert toy["nr_writeback"] == 1
    before = toy["now"]
    toy.read(0)
    assert toy["nr_writeback"] == 0
    assert toy["now"] - before > toy["time.fault_ns"]


def test_a_page_that_finds_no_slot_is_active_again_and_nobody_maps_it() -> None:
    """shrink_folio_list() unmaps before shmem_writeout() asks for a slot; an anonymous page asks first."""
    toy = shared(slots=1)
    toy.write(0)
    toy.reclaim(0)
    toy.write(1)
    toy.read(1, process=1)
    frame = toy.frame(1)
    made = toy.reclaim(1)
    assert kinds(made) == ["unmapped", "no swap entry"]
    assert (toy.pte(1), toy.pte(1, process=1)) == (0, 0)
    assert word(toy, 1) == frame << 1
    assert toy.active() == [frame]
    assert {"dirty", "shmem"} <= toy.flags(frame)
    assert kinds(toy.read(1)) == ["fault", "mapped"], "a minor fault"


def test_a_page_that_may_not_be_written_is_the_objects_again_and_gives_its_slot_up() -> None:
    toy = shared(zswap=True, zswap__writeback=0, lz4=(4096,))
    toy.write(0)
    frame = toy.frame(0)
    made = toy.reclaim(0)
    assert "swap entry freed" in kinds(made)
    assert word(toy, 0) == frame << 1
    assert toy.active() == [frame]
    assert {"dirty", "shmem"} <= toy.flags(frame)
    assert toy.figures("swap_used_pages", "swapcached_pages", "swapped_pages", "nr_shmem") == (0, 0, 0, 1)


def test_shmem_uses_cluster_readahead_whatever_the_device() -> None:
    toy = shared()
    for page in range(4):
        toy.write(page)
    for page in range(4):
        toy.reclaim(page)
    toy.idle()
    toy.drop_swapcache()
    hits = toy["swapin_readahead_hits"]
    made = toy.read(1)
    assert len(of_kind(made, "readahead")) == 3
    assert (hits, toy["swapin_readahead_hits"]) == (4, 0), "the machine's own window was used"
    toy.read(2)
    assert toy["swap_ra_hit"] == 1


def test_an_object_outlives_the_processes_that_map_it() -> None:
    toy = shared(processes=1)
    toy.write(0)
    frame = toy.frame(0)
    toy.exit(0)
    assert word(toy, 0) == frame << 1
    assert toy.figures("resident_pages", "nr_shmem") == (1, 1)


def test_a_child_maps_the_same_object_and_finds_its_pages_by_faults() -> None:
    toy = shared(processes=1)
    toy.write(0)
    toy.fork(0, 1)
    assert toy.pte(0, process=1) == 0
    toy.write(0, process=1)
    assert toy.frame(0, process=1) == toy.frame(0)
    assert "copy on write" not in kinds(toy.write(0))


def test_dontneed_unmaps_a_shared_page_and_leaves_it_in_the_object() -> None:
    toy = shared(processes=1)
    toy.write(0)
    frame = toy.frame(0)
    toy.range(Op.DONTNEED, 0)
    assert toy.pte(0) == 0
    assert word(toy, 0) == frame << 1
    assert kinds(toy.read(0)) == ["fault", "mapped"]


def test_a_region_may_begin_anywhere_in_its_object() -> None:
    parts = (region(2, shared="ring", offset=2),)
    toy = build(processes=(Process("a", 2, parts), Process("b", 4, (region(4, shared="ring"),))), shmem=(("ring", 4),))
    toy.write(0)
    assert word(toy, 2) == toy.frame(0) << 1
    toy.read(2, process=1)
    assert toy.frame(2, process=1) == toy.frame(0)
    toy.reclaim(0)
    assert toy.pte(2, process=1) == 0
