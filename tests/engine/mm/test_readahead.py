"""Readahead: the window's formula, which neighbours are in it, and what is counted."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.journal import put
from engine.mm.readahead import swapin_nr_pages, swapin_window, use_vma_readahead
from engine.mm.swapops import swp_offset
from engine.program import Swapfile
from tests.engine.mm.machines import ALL_DESIGNS, INDIRECT, SWAP_DESC, VSWAP, Toy, build, kinds, of_kind, region

CLUSTER, VMA = 1, 2
KEPT, NONE, SCAN = 0, 1, 2
NO_PREVIOUS = -10


def window(hits: int, *, offset: int = 100, previous: int = NO_PREVIOUS, most: int = 8, last: int = 0) -> int:
    return swapin_window(previous, offset, hits, most, last)


def test_a_smaller_page_cluster_is_reached_by_halves_too() -> None:
    assert window(0, most=2, last=16) == 8, "not below half of the last window, whatever the most is now"
    assert window(0, most=2, last=2) == 1


# -- the window ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("hits", "pages"), [(0, 1), (1, 4), (2, 4), (3, 8), (4, 8), (6, 8), (40, 8)])
def test_the_window_by_hits(hits: int, pages: int) -> None:
    assert window(hits) == pages


@pytest.mark.parametrize(("previous", "pages"), [(99, 2), (101, 2), (100, 1), (98, 1), (102, 1)])
def test_without_hits_a_fault_next_to_the_last_brings_two(previous: int, pages: int) -> None:
    assert window(0, offset=100, previous=previous) == pages


def test_the_window_falls_by_no_more_than_half_at_a_time() -> None:
    sizes = [8]
    for _ in range(4):
        sizes.append(window(0, last=sizes[-1]))
    assert sizes == [8, 4, 2, 1, 1]


@pytest.mark.parametrize(("page_cluster", "most"), [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32)])
def test_the_window_is_no_larger_than_page_cluster_allows(page_cluster: int, most: int) -> None:
    assert window(63, most=1 << page_cluster) == most


def test_page_cluster_0_turns_readahead_off() -> None:
    toy = build(page_cluster=0)
    toy.m[im.RA_HITS] = 40
    assert toy.call(swapin_nr_pages, 5) == 1
    assert toy["swapin_readahead_hits"] == 40, "nothing is noted either"


def test_a_window_uses_its_hits_up_and_only_one_without_hits_moves_prev_offset() -> None:
    toy = build()
    assert toy["swapin_readahead_hits"] == 4, "the first window is as if four pages had been hit"
    assert toy.call(swapin_nr_pages, 40) == 8
    assert (toy["swapin_readahead_hits"], toy["prev_offset"], toy["last_readahead_pages"]) == (0, 0, 8)
    assert toy.call(swapin_nr_pages, 50) == 4
    assert (toy["prev_offset"], toy["last_readahead_pages"]) == (50, 4)


# -- which neighbours ----------------------------------------------------------------------------


def out(toy: Toy, pages: int) -> Toy:
    """Pages 0 … of process 0 are out, page n in slot n + 1, and nothing is in the swapcache."""
    toy.push_out(0, pages)
    assert not any(toy.present(page) for page in range(pages))
    assert toy["swapcached_pages"] == 0
    return toy


def ahead(toy: Toy, page: int, pages: int) -> list[int]:
    """Pages that a read of ``page`` brings in beside it."""
    toy.read(page)
    assert toy.present(page)
    return [other for other in range(pages) if not toy.present(other) and toy.cached(toy.entry(other))]


@pytest.mark.parametrize(
    ("page", "slots"), [(0, range(1, 8)), (7, range(8, 16)), (12, range(8, 16)), (30, range(24, 32))]
)
def test_cluster_readahead_reads_the_aligned_window_without_slot_0(page: int, slots: range) -> None:
    toy = out(build(40, readahead=CLUSTER), 40)
    assert swp_offset(toy.entry(page)) == page + 1
    assert ahead(toy, page, 40) == [slot - 1 for slot in slots if slot - 1 != page]


def test_cluster_readahead_ends_at_the_end_of_the_device() -> None:
    toy = out(build(20, slots=20, readahead=CLUSTER), 20)
    # Half of the slots are in use by then and are freed as they are read.
    assert ahead(toy, 19, 20) == [15, 16, 17, 18]


def test_slots_that_are_free_or_bad_are_skipped() -> None:
    toy = build(12, swapfiles=(Swapfile("swap0", 64, bad=(3,)),), readahead=CLUSTER)
    out(toy, 12)
    offsets = [swp_offset(toy.entry(page)) for page in range(12)]
    assert 3 not in offsets
    assert ahead(toy, 0, 12) == [page for page in range(1, 12) if offsets[page] < 8]


@pytest.mark.parametrize(
    ("page", "previous", "brought"), [(20, 19, range(21, 28)), (30, 31, range(23, 30))], ids=["forwards", "backwards"]
)
def test_vma_readahead_follows_the_direction_of_neighbouring_faults(page: int, previous: int, brought: range) -> None:
    toy = out(build(60, slots=200, readahead=VMA), 60)
    toy.call(put, im.VMA_RA_ADDR, 1, previous)
    assert ahead(toy, page, 60) == list(brought)
    assert (toy.at(im.VMA_RA_WIN, 1), toy.at(im.VMA_RA_ADDR, 1)) == (8, page)


def test_vma_readahead_is_centred_otherwise() -> None:
    toy = out(build(60, slots=200, readahead=VMA), 60)
    # (8 - 1) / 2 pages before, the rest behind.
    assert ahead(toy, 30, 60) == [27, 28, 29, 31, 32, 33, 34]


def test_vma_readahead_stays_within_its_region() -> None:
    toy = build(regions=(region(10), region(10, first=10)), slots=200, readahead=VMA)
    out(toy, 20)
    assert ahead(toy, 10, 20) == [11, 12, 13, 14]
    assert ahead(toy, 9, 20) == [6, 7, 8, 11, 12, 13, 14]


def test_vma_readahead_stays_within_two_mebibytes() -> None:
    toy = build(520, frames=600, slots=2000, readahead=VMA)
    out(toy, 520)
    assert ahead(toy, 511, 520) == [508, 509, 510]


def test_pages_that_are_there_or_were_never_touched_are_not_read() -> None:
    toy = build(40, slots=200, readahead=VMA)
    toy.push_out(20, 1)
    toy.push_out(23, 1)
    toy.write(21)
    made = toy.read(20)
    # The window is 17 … 24: page 21 is in memory, 23 is out, the others were never touched.
    assert [transition.operand("swap") for transition in of_kind(made, "readahead")] == [2]
    assert toy.entry(23) == 2


def test_without_a_rotating_device_readahead_goes_by_regions() -> None:
    assert build(swapfiles=(Swapfile("a", 8, "ssd"),)).call(use_vma_readahead)
    assert not build(swapfiles=(Swapfile("a", 8, "ssd"), Swapfile("b", 8, "hdd"))).call(use_vma_readahead)
    assert build(swapfiles=(Swapfile("b", 8, "hdd"),), readahead=VMA).call(use_vma_readahead)
    assert not build(readahead=CLUSTER).call(use_vma_readahead)


# -- counting ------------------------------------------------------------------------------------


def test_pages_read_ahead_are_counted_and_a_fault_that_wants_one_is_minor_and_a_hit() -> None:
    toy = out(build(40, readahead=CLUSTER), 40)
    ahead(toy, 8, 40)
    assert (toy["swap_ra"], toy["swap_ra_hit"], toy["pgmajfault"]) == (7, 0, 1)
    made = toy.read(9)
    assert "swapcache hit" in kinds(made)
    assert (toy["swap_ra_hit"], toy["pgmajfault"]) == (1, 1)
    assert "readahead" not in toy.flags(toy.frame(9))
    assert toy["swapin_readahead_hits"] == 1


def test_a_hit_by_region_makes_that_regions_window_grow() -> None:
    toy = out(build(60, slots=200, readahead=VMA), 60)
    ahead(toy, 30, 60)
    toy.read(31)
    assert (toy.at(im.VMA_RA_HITS, 1), toy.at(im.VMA_RA_ADDR, 1)) == (1, 31)
    assert toy["swapin_readahead_hits"] == 4, "the machine's own count is not for regions"


def test_a_page_in_the_swapcache_that_was_not_read_ahead_is_no_hit() -> None:
    toy = build()
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    made = toy.read(0)
    assert "swapcache hit" in kinds(made)
    assert toy["swap_ra_hit"] == 0


def test_one_that_is_being_written_counts_as_a_hit_and_loses_its_turn_at_the_tail() -> None:
    """PG_readahead is PG_reclaim."""
    toy = build(charge_pool=1)
    toy.write(0, 1)
    toy.pageout(0)
    frame = toy.inactive()[0]
    toy.read(0)
    assert toy["swap_ra_hit"] == 1
    assert "reclaim" not in toy.flags(frame)
    toy.read(0)
    toy.write(2)
    toy.idle()
    assert toy.inactive()[-1] != frame, "it is not looked at next though its write has ended"


# -- zswap and the designs -----------------------------------------------------------------------


def test_readahead_takes_pages_out_of_zswap_as_well() -> None:
    toy = out(build(40, zswap=True, readahead=CLUSTER, zswap__max_pool_percent=100), 40)
    before = toy["zswap_stored_pages"]
    assert ahead(toy, 8, 40) == [7, 9, 10, 11, 12, 13, 14]
    assert before - toy["zswap_stored_pages"] == 8, "each load is exclusive"
    assert toy["zswpin"] == 8


def test_the_switch_leaves_pages_in_zswap_where_they_are() -> None:
    for how in (CLUSTER, VMA):
        toy = out(build(40, zswap=True, readahead=how, readahead_zswap=0, zswap__max_pool_percent=100), 40)
        assert ahead(toy, 8, 40) == []
        assert (toy["zswpin"], toy["swap_ra"]) == (1, 0)


def test_the_switch_still_brings_neighbours_of_a_page_on_disk() -> None:
    toy = out(build(40, readahead=CLUSTER, readahead_zswap=0), 40)
    assert ahead(toy, 8, 40) == [7, 9, 10, 11, 12, 13, 14]


@pytest.mark.parametrize("design", INDIRECT)
def test_with_an_indirection_a_page_in_zswap_has_no_slot_and_no_neighbours(design: int) -> None:
    toy = out(build(40, design=design, zswap=True, readahead=CLUSTER, zswap__max_pool_percent=100), 40)
    assert ahead(toy, 8, 40) == []


@pytest.mark.parametrize(
    ("design", "reverse_map", "steps"), [(SWAP_DESC, KEPT, 7), (SWAP_DESC, SCAN, 7 * 40), (VSWAP, KEPT, 7)]
)
def test_a_neighbouring_slot_leads_to_its_page_by_the_reverse_map(design: int, reverse_map: int, steps: int) -> None:
    toy = out(build(40, design=design, readahead=CLUSTER, swap_desc__reverse_map=reverse_map), 40)
    assert ahead(toy, 8, 40) == [7, 9, 10, 11, 12, 13, 14]
    assert toy["reverse_map_steps"] == steps


def test_without_a_reverse_map_cluster_readahead_finds_nobody() -> None:
    toy = out(build(40, design=SWAP_DESC, readahead=CLUSTER, swap_desc__reverse_map=NONE), 40)
    assert ahead(toy, 8, 40) == []
    assert toy["reverse_map_steps"] == 0


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_readahead_by_region_needs_no_reverse_map(design: int) -> None:
    toy = out(build(40, design=design, readahead=VMA, swap_desc__reverse_map=NONE), 40)
    assert ahead(toy, 20, 40) == [17, 18, 19, 21, 22, 23, 24]
    assert toy["reverse_map_steps"] == 0


def test_readahead_reclaims_for_its_frames_and_kills_nobody() -> None:
    toy = out(build(8, frames=16, readahead=CLUSTER), 8)
    toy.m[im.FREE_PAGES] = 1
    made = toy.read(3)
    assert toy.present(3)
    assert "readahead" in kinds(made)
    assert "direct reclaim" in kinds(made)
    assert toy["oom_kill"] == 0
