"""Reclaim: second chance, activation, deactivation, batches, priorities, and kswapd."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.clock import KSWAPD
from engine.mm.journal import ACTOR, put, store
from engine.mm.lru import clear_flags, lru_add, lru_del, set_flags
from engine.mm.pageflags import PG_ACTIVE, PG_LOCKED, PG_WRITEBACK
from engine.mm.swapops import PTE_ACCESSED
from engine.mm.vmscan import (
    do_try_to_free_pages,
    inactive_is_low,
    scan_share,
    shrink_active_list,
    shrink_inactive_list,
    shrink_node,
)
from tests.engine.mm.machines import ALL_DESIGNS, INDIRECT, LEGACY, Toy, build, kinds, of_kind, region

GIB = 1 << 18


def look(toy: Toy, pages: int = 1) -> int:
    """Reclaim looks at so many pages from the inactive tail; how many became free."""
    return int(toy.call(shrink_inactive_list, pages))


def activate(toy: Toy, page: int) -> None:
    frame = toy.frame(page)
    toy.call(lru_del, frame)
    toy.call(set_flags, frame, PG_ACTIVE)
    toy.call(lru_add, frame)


def old(toy: Toy, *pages: int) -> Toy:
    """These pages have not been used since reclaim last looked."""
    for page in pages:
        row = toy.at(im.MM_PTE, 1) + page
        toy.call(put, im.PTE, row, toy.at(im.PTE, row) & ~PTE_ACCESSED)
    return toy


# -- the ratio of the lists ----------------------------------------------------------------------


@pytest.mark.parametrize(("gib", "ratio"), [(0.5, 1), (1, 3), (4, 6), (8, 8), (16, 12), (64, 25)])
def test_the_inactive_list_may_be_shorter_the_larger_memory_is(gib: float, ratio: int) -> None:
    toy = build()
    pages = int(gib * GIB)
    toy.m[im.NR_INACTIVE] = pages // (ratio + 1) + 1
    toy.m[im.NR_ACTIVE] = pages - pages // (ratio + 1) - 1
    assert not toy.call(inactive_is_low)
    toy.m[im.NR_INACTIVE] = pages // (ratio + 1) - 1
    toy.m[im.NR_ACTIVE] = pages - pages // (ratio + 1) + 1
    assert toy.call(inactive_is_low)


def test_equal_lists_are_not_low() -> None:
    toy = build()
    toy.m[im.NR_INACTIVE] = toy.m[im.NR_ACTIVE] = 100
    assert not toy.call(inactive_is_low)


# -- folio_check_references ----------------------------------------------------------------------


def test_a_page_used_once_since_is_kept_and_used_twice_becomes_active() -> None:
    toy = build(zswap=True)
    toy.write(0, 1)
    frame = toy.frame(0)
    assert look(toy) == 0
    assert toy.inactive()[0] == frame, "kept, at the head"
    assert not toy.pte(0) & PTE_ACCESSED, "its young bit is cleared"
    assert "referenced" in toy.flags(frame)
    toy.read(0)
    look(toy)  # page 1 has its turn
    assert look(toy) == 0
    assert toy.active() == [frame]
    assert toy["pgactivate"] == 1


def test_a_page_not_used_since_is_reclaimed_although_it_was_before() -> None:
    toy = build(zswap=True)
    toy.write(0)
    assert look(toy) == 0
    assert look(toy) == 1
    assert not toy.present(0)


def test_a_page_used_by_two_processes_becomes_active_at_once() -> None:
    toy = build(children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.read(0, process=1)
    assert look(toy) == 0
    assert toy.active() == [toy.frame(0)]


def test_a_page_of_a_locked_region_is_taken_off_the_lists() -> None:
    toy = build()
    toy.write(0)
    toy.call(put, im.VMA_FLAGS, 1, 1)
    assert look(toy) == 0
    assert (toy.inactive(), toy.active(), toy["nr_unevictable"]) == ([], [], 1)


def test_a_page_of_a_locked_region_gives_its_slot_up() -> None:
    toy = build()
    toy.push_out(0, 1)
    toy.read(0)
    assert toy["swap_used_pages"] == 1
    toy.call(put, im.VMA_FLAGS, 1, 1)
    assert look(toy) == 0
    assert (toy["swap_used_pages"], toy["swapcached_pages"], toy["nr_unevictable"]) == (0, 0, 1)


def test_a_page_somebody_works_on_is_kept_as_it_is() -> None:
    toy = build()
    toy.write(0)
    old(toy, 0)
    toy.call(set_flags, toy.frame(0), PG_LOCKED)
    assert look(toy) == 0
    assert toy.present(0)
    assert toy.inactive() == [toy.frame(0)]


# -- shrink_folio_list ---------------------------------------------------------------------------


def test_pages_are_looked_at_from_the_inactive_tail() -> None:
    toy = build(zswap=True)
    toy.write(0, 1, 2)
    old(toy, 0, 1, 2)
    assert look(toy, 2) == 2
    assert [toy.present(page) for page in range(3)] == [False, False, True]


def test_a_page_whose_write_is_under_way_is_activated_and_marked() -> None:
    toy = build()
    toy.write(0)
    toy.pageout(0)
    frame = toy.inactive()[0]
    toy.m[im.RECLAIM] = 0
    assert look(toy) == 0
    assert toy.active() == [frame]
    assert {"reclaim", "writeback"} <= toy.flags(frame)


def test_a_cgroup_of_v1_waits_for_the_write_it_meets_again() -> None:
    toy = build(charge_pool=0)
    toy.write(0)
    toy.pageout(0)
    before = toy["now"]
    assert look(toy) == 1
    assert toy["now"] > before
    assert (toy["nr_writeback"], toy["swapcached_pages"]) == (0, 0)


def test_a_cgroup_of_v2_activates_the_page_until_its_write_ends() -> None:
    toy = build(charge_pool=1)
    toy.write(0)
    frame = toy.frame(0)
    toy.pageout(0)
    before = toy["now"]
    assert look(toy) == 0
    assert toy["now"] - before < 2 * toy.scalar(im.SCAN_NS)
    assert toy.active() == [frame]
    toy.idle()
    assert (toy.active(), toy.inactive()) == ([], [frame]), "the end of the write brings it to the inactive tail"


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_without_a_slot_and_without_a_pool_nothing_leaves_memory(design: int) -> None:
    toy = build(slots=0, design=design)
    toy.write(0, 1)
    assert toy.call(do_try_to_free_pages, 32) == 0
    assert toy["pgscan_anon"] == 0, "anonymous pages are not even looked at"


def test_with_a_full_swapfile_legacy_stops_zswap_too() -> None:
    toy = build(slots=2, zswap=True)
    toy.write(0, 1, 2)
    toy.pageout(0, 2)
    assert (toy["zswap_stored_pages"], toy["swap_used_pages"]) == (2, 2)
    assert toy.call(do_try_to_free_pages, 32) == 0
    made = toy.pageout(2)
    assert "no swap entry" in kinds(made)
    assert toy.active() == [toy.frame(2)], "the page is activated"


@pytest.mark.parametrize("design", INDIRECT)
def test_with_an_indirection_zswap_needs_no_swapfile(design: int) -> None:
    toy = build(slots=0, zswap=True, design=design)
    toy.write(0, 1, 2)
    toy.pageout(0, 3)
    assert (toy["zswap_stored_pages"], toy["swap_used_pages"], toy["descriptors"]) == (3, 0, 3)
    toy.read(0)
    assert toy.present(0)


def test_a_page_that_nobody_holds_any_more_is_freed_without_a_write() -> None:
    toy = build()
    toy.write(0)
    toy.pageout(0)
    toy.exit(0)
    toy.idle()
    frame = toy.inactive()[0]
    toy.call(set_flags, frame, 2)
    written = toy["pswpout"]
    assert look(toy) == 0, "folio_free_swap() has made it dirty again: it is kept, and nobody has it any more"
    assert (toy["pswpout"], toy["pgsteal_anon"]) == (written, 0)
    assert (toy["swap_used_pages"], toy["resident_pages"]) == (0, 0)


def test_an_activated_swapcache_page_gives_up_its_slot_when_swap_is_half_full() -> None:
    toy = build(slots=4)
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    toy.read(0)
    frame = toy.frame(0)
    toy.write(1, 2)
    toy.pageout(1, 2)
    assert toy["swap_used_pages"] == 3
    toy.idle()
    # Used twice: kept the first time, activated the second.
    for _ in range(2):
        toy.read(0)
        while toy["inactive_tail"] != frame:
            look(toy)
        look(toy)
    assert frame in toy.active()
    assert "swapcache" not in toy.flags(frame)


# -- shrink_active_list --------------------------------------------------------------------------


def test_active_pages_are_deactivated_whether_they_were_used_or_not() -> None:
    toy = build()
    toy.write(0, 1, 2)
    for page in range(3):
        activate(toy, page)
    assert toy.active() == [3, 2, 1]
    toy.call(shrink_active_list, 2)
    assert toy.active() == [3]
    assert toy.inactive() == [2, 1]
    assert not toy.pte(0) & PTE_ACCESSED
    assert "workingset" in toy.flags(1)
    assert (toy["pgdeactivate"], toy["pgrefill"]) == (2, 2)


def test_the_active_list_is_left_alone_while_the_inactive_one_is_long_enough() -> None:
    toy = build(zswap=True, swappiness=200)
    toy.write(*range(8))
    activate(toy, 0)
    old(toy, *range(8))
    toy.call(do_try_to_free_pages, 1)
    assert toy["pgdeactivate"] == 0
    assert toy.present(0)


def test_after_refaults_of_the_working_set_the_active_list_is_shortened_once_although_it_is_not_longer() -> None:
    toy = build(40, frames=64, zswap=True, swappiness=200)
    toy.write(*range(40))
    for page in range(4):
        activate(toy, page)
    old(toy, *range(40))
    toy.call(store, im.ACTIVATE_ANON, 1)
    toy.call(do_try_to_free_pages, 20)
    shortened = toy["pgdeactivate"]
    assert 0 < shortened < 4
    toy.call(do_try_to_free_pages, 8)
    assert toy["pgdeactivate"] == shortened, "these refaults are known now"


def test_an_activation_by_reclaim_ages_the_shadows_as_an_eviction_does() -> None:
    toy = build()
    toy.write(0, 1)
    toy.call(set_flags, toy.frame(0), 1)
    assert look(toy) == 0
    assert (toy.active(), toy["nonresident_age"]) == ([toy.frame(0)], 1)
    assert look(toy) == 0
    assert (toy["nr_inactive_anon"], toy["nonresident_age"]) == (1, 1), "kept is not activated"


def test_what_is_written_costs_and_what_is_rotated_but_not_what_is_freed() -> None:
    toy = build(64, frames=80, zswap=True, zswap__max_pool_percent=100)
    toy.write(*range(64))
    old(toy, 0)
    # One page is written to zswap and freed; one was used and is rotated.
    toy.call(shrink_inactive_list, 2)
    assert toy["anon_cost"] == (1 * 32 + 1) // 2, "halved once it is more than a quarter of the lists"


# -- how much is scanned -------------------------------------------------------------------------


def test_a_larger_part_of_the_lists_is_scanned_with_every_priority() -> None:
    toy = build(200, frames=256, slots=256, zswap=True, zswap__max_pool_percent=100, swappiness=200)
    toy.write(*range(200))
    old(toy, *range(200))
    # 200 >> priority is 0 down to priority 8, then 1, 3, 6: the target of 5 is reached in the third.
    assert toy.call(do_try_to_free_pages, 5) == 1 + 3 + 6
    assert toy["pgscan_anon"] == 10


def test_anonymous_lists_are_scanned_by_swappiness_and_cost_until_priority_0() -> None:
    toy = build(swappiness=100)
    assert toy.call(scan_share, 64, 3, 0, False) == 32, "nothing costs anything yet: as much as the file lists would be"
    assert toy.call(scan_share, 64, 3, 10_000, False) == 64 // 3, "all the cost is the anonymous lists'"
    assert toy.call(scan_share, 64, 0, 10_000, False) == 64
    assert toy.call(scan_share, 64, 3, 10_000, True) == 64, "a node with next to no file pages: all of them"


def test_with_swappiness_0_a_cgroup_is_not_scanned_and_a_node_only_without_file_pages() -> None:
    toy = build(swappiness=0)
    assert toy.call(scan_share, 64, 0, 0, False) == 0
    node = build(swappiness=0, node=True)
    assert node.call(scan_share, 64, 0, 0, False) == 0
    assert node.call(scan_share, 64, 0, 0, True) == 64


@pytest.mark.parametrize(("stale", "free", "scanned"), [(False, 10, 24), (True, 10, 3), (False, 1000, 3)])
def test_a_node_counts_as_without_file_pages_while_little_is_free_and_nothing_is_to_be_deactivated(
    stale: bool, free: int, scanned: int
) -> None:
    toy = build(100, frames=128, slots=256, node=True, zswap=True, zswap__max_pool_percent=100)
    toy.write(*range(96))
    old(toy, *range(96))
    toy.m[im.FREE_PAGES] = free
    toy.call(store, im.ANON_COST, 1_000_000)
    toy.call(store, im.ACTIVATE_ANON, int(stale))
    toy.call(shrink_node, 2, 32, False)
    # All of 96 >> 2, or with swappiness 60 and all the cost theirs 89 parts of 508.
    assert toy["pgscan_anon"] == (scanned if scanned == 24 else 24 * 89 // (89 + 419))


def test_a_list_is_scanned_in_batches_of_thirty_two() -> None:
    toy = build(200, frames=256, slots=256, zswap=True, zswap__max_pool_percent=100)
    toy.write(*range(200))
    old(toy, *range(200))
    # At priority 0 all 200 may be looked at, but with the first 32 the target is reached.
    assert toy.call(shrink_node, 0, 1, False) == 32


def test_without_inactive_pages_the_active_list_is_shortened_by_one_batch_a_priority() -> None:
    toy = build(100, frames=128, zswap=True)
    toy.write(*range(100))
    for page in range(100):
        activate(toy, page)
    assert toy.figures("nr_inactive_anon", "nr_active_anon") == (0, 100)
    toy.call(shrink_node, 0, 1, True)
    assert toy["pgdeactivate"] == 32, "not the whole share: that ends with the inactive list's"


@pytest.mark.parametrize(("node", "actor", "freed"), [(True, 0, 64), (True, KSWAPD, 32), (False, 0, 32)])
def test_a_tasks_own_reclaim_of_a_node_goes_through_the_first_share_in_whole(
    node: bool, actor: int, freed: int
) -> None:
    toy = build(
        100, frames=128, slots=256, node=node, zswap=True, zswap__max_pool_percent=100, charge_pool=0, swappiness=200
    )
    toy.write(*range(100))
    old(toy, *range(100))
    # As if the list were so long that its first share is two batches.
    toy.call(store, im.NR_INACTIVE, 64 << 12)
    toy.call(store, ACTOR, actor)
    assert toy.call(shrink_node, 12, 1, False) == freed


@pytest.mark.parametrize(("full_walk", "walks"), [(0, 1), (1, 2)])
def test_a_reclaim_that_frees_nothing_is_gone_through_once_more_since_6_11(full_walk: int, walks: int) -> None:
    toy = build(32, frames=64, zswap=True, swappiness=200, memcg_full_walk=full_walk)
    toy.write(*range(32))
    for page in range(32):
        toy.call(set_flags, toy.frame(page), PG_LOCKED)
    # 32 >> priority: 1, 2, 4, 8, 16, 32 pages, and none at the priorities before.
    assert toy.call(do_try_to_free_pages, 32) == 0
    assert toy["pgscan_anon"] == walks * (1 + 2 + 4 + 8 + 16 + 32)


@pytest.mark.parametrize(("node", "counted"), [(True, 2), (False, 0)])
def test_stalls_are_counted_by_walk_and_a_cgroups_own_are_not(node: bool, counted: int) -> None:
    toy = build(8, node=node, slots=0)
    toy.write(*range(8))
    assert toy.call(do_try_to_free_pages, 32) == 0
    assert toy["allocstall"] == counted


def test_the_active_list_is_forced_only_where_it_was_left_alone() -> None:
    toy = build(48, frames=64, zswap=True, swappiness=200)
    toy.write(*range(48))
    for page in range(16):
        activate(toy, page)
    for page in range(48):
        toy.call(set_flags, toy.frame(page), PG_LOCKED)
    assert toy.call(do_try_to_free_pages, 32) == 0
    assert toy["pgdeactivate"] > 0
    assert not toy.m[im.SKIPPED_DEACTIVATE]
    toy = build(48, frames=64, zswap=True, swappiness=200)
    toy.write(*range(48))
    for page in range(48):
        toy.call(set_flags, toy.frame(page), PG_LOCKED)
    toy.call(do_try_to_free_pages, 32)
    without = toy["pgscan_anon"]
    assert without == 2 * sum(48 >> priority for priority in range(13)), "no third walk: there was nothing to force"


def test_with_all_slots_taken_the_active_list_is_still_shortened() -> None:
    toy = build(8, slots=2, zswap=True)
    toy.write(*range(8))
    toy.pageout(0, 2)
    for page in range(2, 8):
        activate(toy, page)
    toy.call(shrink_node, 12, 32, False)
    assert (toy["pgscan_anon"], toy["pgdeactivate"]) == (0, 6)


def test_madvise_counts_neither_as_scanned_nor_as_stolen() -> None:
    toy = build(zswap=True)
    toy.write(0, 1)
    toy.pageout(0, 2)
    assert not toy.present(0)
    assert toy.figures("pgscan_anon", "pgscan_direct", "pgsteal_anon", "pgsteal_direct") == (0, 0, 0, 0)


def test_a_write_that_is_refused_counts_as_none() -> None:
    toy = build(zswap=True, zswap__writeback=0, zswap__incompressible=1, lz4=(4096,))
    toy.write(0)
    old(toy, 0)
    assert look(toy) == 0
    assert (toy["nr_vmscan_write"], toy["anon_cost"]) == (0, 0), "1, and halved: a page looked at, none written"


def test_who_reclaims_is_counted_apart() -> None:
    toy = build(300, frames=256, slots=512, node=True, zswap=True, zswap__max_pool_percent=60)
    toy.write(*range(300))
    toy.idle()
    assert toy["pgscan_kswapd"] > 0
    assert toy["pgscan_kswapd"] + toy["pgscan_direct"] == toy["pgscan_anon"]
    assert toy["pgsteal_kswapd"] + toy["pgsteal_direct"] == toy["pgsteal_anon"]


def test_memory_writeback_off_keeps_the_page_in_the_swapcache_and_activates_it() -> None:
    toy = build(regions=(region(4),), lz4=(4096,), zswap=True, zswap__writeback=0, zswap__incompressible=1)
    toy.write(0)
    made = toy.pageout(0)
    assert of_kind(made, "zswap refuses")
    frame = toy.active()[0]
    assert {"swapcache", "dirty", "active"} <= toy.flags(frame)
    assert (toy["pswpout"], toy["swap_used_pages"], toy.count(toy.entry(0))) == (0, 1, 1)
    assert toy.m[im.DESIGN] == LEGACY
    assert "swapcache hit" in kinds(toy.read(0))


# -- what reclaim does not write --------------------------------------------------------------------


def read_ahead(**more: int) -> tuple[Toy, int]:
    """Page 0 came back from zswap and brought others along; the frame of the next one reclaim looks at."""
    toy = build(8, zswap=True, readahead=1, **more)
    toy.write(*range(8))
    toy.pageout(0, 8)
    toy.read(0)
    toy.reclaim(0)
    frame = toy["inactive_tail"]
    assert {"dirty", "readahead", "swapcache"} <= toy.flags(frame)
    return toy, frame


@pytest.mark.parametrize("asks", [1, 0])
def test_a_dirty_page_that_was_read_ahead_and_never_mapped_becomes_active_since_6_16(asks: int) -> None:
    toy, frame = read_ahead(pageout_mapped_only=asks)
    stored, before = toy["zswpout"], toy["pgactivate"]
    assert look(toy) == 1 - asks
    assert toy["zswpout"] == stored + 1 - asks
    assert ("active" in toy.flags(frame)) == bool(asks)
    assert toy["pgactivate"] == before + asks


def test_one_whose_process_is_gone_is_freed_with_its_entry_once_swap_is_half_full() -> None:
    """move_folios_to_lru() lets go of the last reference; it counts as activated, not as reclaimed."""
    toy, frame = read_ahead(slots=8)
    toy.call(set_flags, frame, PG_WRITEBACK)
    toy.exit(0)
    toy.call(clear_flags, frame, PG_WRITEBACK)
    assert {"dirty", "swapcache"} <= toy.flags(frame)
    free, before = toy["nr_free_pages"], toy["pgactivate"]
    toy.call(store, im.SWAP_TOTAL, 1000)
    assert look(toy) == 0
    assert toy["nr_free_pages"] == free + 1
    assert toy["pgactivate"] == before + 1
    assert not toy.flags(frame)


def test_once_mapped_it_is_written_like_any_other() -> None:
    toy, frame = read_ahead()
    entry = toy.at(im.PAGE_SWAP, frame)
    page = next(page for page in range(1, 8) if toy.pte(page) and toy.entry(page) == entry)
    toy.read(page)
    old(toy, page)
    stored = toy["zswpout"]
    assert look(toy) == 1
    assert toy["zswpout"] == stored + 1


def test_one_that_is_clean_is_freed_since_its_slot_has_the_bytes() -> None:
    toy = build(8, readahead=1)
    toy.write(*range(8))
    toy.pageout(0, 8)
    toy.idle(5_000_000)
    toy.drop_swapcache()
    toy.read(0)
    toy.idle(5_000_000)
    toy.reclaim(0)
    before = toy["swapcache_clean_drops"]
    assert look(toy) == 1
    assert toy["swapcache_clean_drops"] == before + 1
