"""zswap: the gates of a store in order, loads, writeback with each of its failures, and who shrinks the pool."""

from __future__ import annotations

from typing import Any

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, ZSWAP, backend_tag
from engine.mm.transitions import (
    REASONS,
    REJECT_COMPRESS,
    REJECT_DISABLED,
    REJECT_FULL,
    REJECT_HYSTERESIS,
    REJECT_POOL_ALLOC,
    REJECT_POOR,
)
from engine.mm.zswap import (
    FAILED_CACHED,
    FAILED_MEMORY,
    FAILED_SLOT,
    WRITTEN,
    kick_worker,
    shrink_entries,
    shrink_for_shrinker,
    shrink_pool_page,
    worker_step,
    zswap_writeback_entry,
)
from tests.engine.mm.machines import (
    ALL_DESIGNS,
    INDIRECT,
    LEGACY,
    LINUX_6_2,
    VSWAP,
    Toy,
    build,
    kinds,
    of_kind,
    region,
)

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)
V6_2 = {name.replace(".", "__"): value for name, value in LINUX_6_2.items()}
V6_18: dict[str, int] = {}
"""The settings' own defaults."""
LINUX_MM = {"zswap__shrink_rule": 2, "zswap__dropbehind": 1}


def refused(made: list[Any]) -> list[int]:
    """Reasons of the stores that were refused."""
    return [transition.operand("reason") for transition in of_kind(made, "zswap refuses")]


def full(toy: Toy) -> Toy:
    """As if the pool had just reached its limit, and the worker had not been told."""
    toy.m[im.POOL_PAGES] = toy.m[im.MAX_POOL_PAGES]
    return toy


def stored(pages: int = 4, **more: Any) -> Toy:
    """A machine with pages 0 … in zswap."""
    toy = build(zswap=True, **more)
    toy.write(*range(pages))
    toy.pageout(0, pages)
    assert toy["zswap_stored_pages"] == pages
    return toy


# -- gates ---------------------------------------------------------------------------------------


def test_off_refuses_everything() -> None:
    toy = build(zswap=False)
    toy.write(0)
    assert refused(toy.pageout(0)) == [REJECT_DISABLED]
    assert toy["pswpout"] == 1


def test_full_pool_refuses_until_below_the_acceptance_threshold() -> None:
    toy = build(zswap=True, zswap__max_pool_pages=10, zswap__accept_threshold_percent=80, zswap__writeback=1)
    toy.write(*range(8))
    said = []
    for page, pages in enumerate((9, 10, 9, 8, 9, 10, 9)):
        toy.m[im.POOL_PAGES] = pages
        said.append((refused(toy.pageout(page)) or [None])[0])
        toy.m[im.WORKER_DUE] = 0
    assert said == [None, REJECT_FULL, REJECT_HYSTERESIS, None, None, REJECT_FULL, REJECT_HYSTERESIS]
    assert toy["pool_limit_hit"] == 2, "only a store that finds the pool at its limit counts"


def test_until_6_9_the_limit_itself_was_allowed_and_the_threshold_itself_too_much() -> None:
    toy = build(zswap=True, zswap__max_pool_pages=10, zswap__accept_threshold_percent=80, zswap__limit_included=1)
    toy.write(*range(6))
    said = []
    for page, pages in enumerate((10, 11, 10, 8, 7, 10)):
        toy.m[im.POOL_PAGES] = pages
        said.append((refused(toy.pageout(page)) or [None])[0])
        toy.m[im.WORKER_DUE] = 0
    assert said == [None, REJECT_FULL, REJECT_HYSTERESIS, REJECT_HYSTERESIS, None, None]


def test_the_pools_limit_is_looked_at_before_the_page_is_compressed() -> None:
    toy = full(build(zswap=True, lz4=(4096,), zswap__incompressible=0, zswap__max_pool_pages=4))
    toy.write(0)
    assert refused(toy.pageout(0)) == [REJECT_FULL]
    assert toy["reject_compress_poor"] == 0


def test_a_page_that_does_not_compress_is_refused_until_6_18_and_kept_raw_since() -> None:
    toy = build(zswap=True, lz4=(4096,), **V6_2)
    toy.write(0)
    assert refused(toy.pageout(0)) == [REJECT_POOR]
    assert toy["reject_compress_poor"] == 1
    for version in (V6_18, LINUX_MM):
        toy = stored(1, lz4=(5000,), **version)
        assert toy.at(im.Z_LENGTH, 1) == 4096
        assert toy.figures("stored_incompressible_pages", "zswap_pool_pages", "zswap_stored_bytes") == (1, 1, 4096)


def test_a_raw_page_is_not_kept_where_it_could_never_be_written_back() -> None:
    toy = build(zswap=True, lz4=(4096,), zswap__writeback=0)
    toy.write(0)
    assert refused(toy.pageout(0)) == [REJECT_COMPRESS]
    assert toy["reject_compress_fail"] == 1


def test_a_page_that_hardly_compresses_takes_a_whole_page_of_the_pool() -> None:
    toy = stored(1, lz4=(3700,))
    assert toy.figures("zswap_pool_pages", "zswap_stored_bytes") == (1, 3700)


def test_zbud_refuses_what_is_larger_than_its_largest() -> None:
    toy = build(zswap=True, lz4=(3961,), zswap__allocator=1)
    toy.write(0)
    assert refused(toy.pageout(0)) == [REJECT_POOR]
    assert stored(1, lz4=(3960,), zswap__allocator=1)["zswap_pool_pages"] == 1


def test_without_memory_for_the_pool_the_store_fails() -> None:
    toy = build(zswap=True, node=True, lz4=(2000,), zswap__max_pool_percent=100)
    toy.write(0)
    toy.m[im.FREE_PAGES] = 0
    assert refused(toy.pageout(0)) == [REJECT_POOL_ALLOC]
    assert toy.figures("reject_alloc_fail", "zswap_stored_pages", "zswap_top") == (1, 0, 1)


def test_pages_of_one_repeated_word_are_kept_as_that_word_in_6_2() -> None:
    toy = stored(1, filled=(1,), **V6_2)
    assert (toy.at(im.Z_LENGTH, 1), toy["same_filled_pages"], toy["zswap_pool_pages"]) == (0, 1, 0)
    assert stored(1, filled=(1,), **V6_18)["same_filled_pages"] == 0


def test_zeroes_are_noted_before_zswap_is_asked_since_6_12() -> None:
    toy = build(zswap=True, filled=(3,), **V6_18)
    toy.write(0)
    made = toy.pageout(0)
    assert "zero page out" in kinds(made)
    assert toy.figures("zswpout", "swpout_zero", "zero_marked_pages", "pswpout") == (0, 1, 1, 0)
    assert stored(1, filled=(3,), **V6_2)["same_filled_pages"] == 1


def test_a_refused_store_drops_the_older_copy_of_the_page() -> None:
    """Without exclusive loads the compressed copy stays; the page changes, and the new bytes are refused."""
    toy = stored(1, slots=64, zswap__exclusive_loads=0, zswap__max_pool_pages=4)
    toy.read(0)
    assert toy["zswap_stored_pages"] == 1
    row_dirty = toy.write(0)
    assert kinds(row_dirty) == ["hit"]
    full(toy)
    made = toy.pageout(0)
    assert refused(made) == [REJECT_FULL]
    assert "zswap entry freed" in kinds(made)
    assert toy["zswap_stored_pages"] == 0
    toy.idle()
    assert backend_tag(toy.backend(toy.entry(0))) == SLOT


def test_a_store_of_a_page_that_has_an_older_copy_replaces_it() -> None:
    toy = stored(1, zswap__exclusive_loads=0)
    toy.read(0)
    toy.write(0)
    toy.pageout(0)
    assert toy.figures("duplicate_entry", "zswap_stored_pages", "zswpout") == (1, 1, 2)


@EVERY
def test_a_stored_page_is_on_the_lru_with_its_second_chance_and_counted(design: int) -> None:
    toy = stored(2, design=design)
    assert toy.zswap_lru() == [1, 2]
    assert [toy.at(im.Z_REFERENCED, entry) for entry in (1, 2)] == [1, 1]
    assert toy.figures("zswpout", "zswap_stored_bytes", "pswpout") == (2, 2000, 0)
    assert toy.at(im.Z_SWPENTRY, 1) == toy.entry(0)
    assert backend_tag(toy.backend(toy.entry(0))) == ZSWAP


def test_every_reason_has_a_text() -> None:
    assert len(set(REASONS)) == 8


# -- what a page in zswap costs ------------------------------------------------------------------


def test_legacy_holds_a_slot_for_a_page_in_zswap_in_which_nothing_is_written() -> None:
    toy = stored(3, design=LEGACY)
    assert toy.figures("swap_used_pages", "slots_held_by_zswap", "pswpout") == (3, 3, 0)
    toy.read(0)
    assert toy["slots_held_by_zswap"] == toy["zswap_stored_pages"]


@pytest.mark.parametrize("design", INDIRECT)
def test_with_an_indirection_it_holds_none(design: int) -> None:
    assert stored(3, design=design).figures("swap_used_pages", "slots_held_by_zswap", "descriptors") == (0, 0, 3)


@pytest.mark.parametrize(("length", "negative"), [(1000, 0), (4020, 0), (4096, 1)])
def test_the_net_gain_of_a_swap_out_and_negative_ones(length: int, negative: int) -> None:
    toy = stored(1, lz4=(length,))
    # zswap's entry 56 and 8 in its tree, 8 in the swap table.
    assert toy["net_gain_bytes"] == 4096 - length - 64 - 8
    assert toy["negative_gains"] == negative


def test_a_descriptor_makes_the_gain_smaller() -> None:
    gains = {design: stored(1, design=design)["net_gain_bytes"] for design in ALL_DESIGNS}
    assert gains[LEGACY] - gains[1] == 32 - 8
    assert gains[LEGACY] - gains[VSWAP] == 18 - 8


# -- loads ---------------------------------------------------------------------------------------


@EVERY
def test_an_exclusive_load_takes_the_page_out_of_the_pool_and_leaves_it_dirty(design: int) -> None:
    toy = stored(1, design=design, **V6_18)
    toy.read(0)
    assert toy.figures("zswap_stored_pages", "zswap_pool_pages", "zswpin") == (0, 0, 1)
    assert "dirty" in toy.flags(toy.frame(0)), "its only copy is in memory"
    toy.pageout(0)
    assert toy["zswpout"] == 2


@EVERY
def test_a_load_that_is_not_exclusive_keeps_both_copies(design: int) -> None:
    toy = stored(1, design=design, **V6_2)
    toy.read(0)
    assert toy.figures("zswap_stored_pages", "zswpin") == (1, 1)
    assert "dirty" not in toy.flags(toy.frame(0))
    made = toy.pageout(0)
    assert kinds(made) == ["madvise", "unmapped", "frame freed"], "the second eviction stores nothing"
    assert toy["zswpout"] == 1


# -- writeback -----------------------------------------------------------------------------------


@EVERY
def test_writeback_moves_a_page_to_the_device_and_touches_no_page_table(design: int) -> None:
    toy = stored(2, design=design)
    words = [toy.pte(page) for page in (0, 1)]
    entry = toy.entry(0)
    count = toy.count(entry)
    assert toy.call(zswap_writeback_entry, 1) == WRITTEN
    assert backend_tag(toy.backend(entry)) == SLOT
    assert toy["zswap_stored_pages"] == 1, "the compressed copy is given up before the write is done"
    frame = toy.cached(entry)
    assert {"writeback", "swapcache", "reclaim"} <= toy.flags(frame)
    assert toy.figures("zswpwb", "written_back_pages", "pswpout", "nr_writeback") == (1, 1, 1, 1)
    toy.idle()
    toy.drop_swapcache()
    assert (toy.cached(entry), toy.count(entry)) == (0, count)
    assert [toy.pte(page) for page in (0, 1)] == words
    toy.read(0)
    assert toy["pswpin"] >= 1


def test_legacy_writes_to_the_slot_it_has_had_all_along() -> None:
    toy = stored(2, design=LEGACY)
    used = toy["swap_used_pages"]
    toy.call(zswap_writeback_entry, 1)
    assert toy.at(im.BIO_SLOT, toy["bio_head"]) == toy.entry(0)
    assert toy["swap_used_pages"] == used == 2


@pytest.mark.parametrize("design", INDIRECT)
def test_a_slot_is_taken_only_when_written(design: int) -> None:
    toy = stored(2, design=design)
    assert toy["swap_used_pages"] == 0
    toy.call(zswap_writeback_entry, 1)
    assert toy["swap_used_pages"] == 1


@EVERY
def test_writeback_of_a_page_that_is_cached_already_fails_with_eexist(design: int) -> None:
    toy = stored(1, design=design, zswap__exclusive_loads=0)
    toy.read(0)
    before = toy.view["zswap_stored_pages"]
    assert toy.call(zswap_writeback_entry, 1) == FAILED_CACHED
    assert toy.figures("reject_reclaim_fail", "zswap_stored_pages", "pswpout") == (1, before, 0)


@EVERY
def test_writeback_without_a_frame_fails(design: int) -> None:
    toy = stored(1, design=design, node=True)
    toy.m[im.FREE_PAGES] = 0
    used = toy["swap_used_pages"]
    assert toy.call(zswap_writeback_entry, 1) == FAILED_MEMORY
    assert toy.figures("reject_reclaim_fail", "zswap_stored_pages", "swap_used_pages") == (1, 1, used)


@pytest.mark.parametrize("design", INDIRECT)
def test_writeback_without_a_slot_fails_and_the_entry_stays_in_zswap(design: int) -> None:
    toy = stored(1, design=design, slots=0)
    entry = toy.entry(0)
    frames = toy["resident_pages"]
    assert toy.call(zswap_writeback_entry, 1) == FAILED_SLOT
    assert backend_tag(toy.backend(entry)) == ZSWAP
    assert toy.figures("reject_reclaim_fail", "resident_pages") == (1, frames)


def test_a_page_written_back_goes_to_the_lru_and_with_dropbehind_is_freed_at_once() -> None:
    for dropbehind, listed, left in ((0, 1, 1), (1, 0, 0)):
        toy = stored(1, zswap__dropbehind=dropbehind)
        toy.call(zswap_writeback_entry, 1)
        assert toy["nr_inactive_anon"] == listed
        toy.idle()
        assert toy["swapcached_pages"] == left


# -- shrinking -----------------------------------------------------------------------------------


def test_second_chance_is_one_rotation() -> None:
    toy = stored(3)
    assert toy.call(shrink_entries, 1) == 0
    assert toy.zswap_lru() == [2, 3, 1]
    assert toy.at(im.Z_REFERENCED, 1) == 0
    assert toy.call(shrink_entries, 3) == 1, "two more lose their chance, then the first goes"
    assert toy["zswap_stored_pages"] == 2


def test_without_second_chance_the_coldest_goes_at_once() -> None:
    toy = stored(3, zswap__second_chance=0)
    assert toy.call(shrink_entries, 1) == 1
    assert toy.zswap_lru() == [2, 3]


def test_an_entry_that_cannot_be_written_goes_to_the_hot_end() -> None:
    toy = stored(3, zswap__second_chance=0, zswap__exclusive_loads=0, page_cluster=0)
    toy.read(0)
    assert toy.call(shrink_entries, 1) == 0
    assert toy.zswap_lru() == [2, 3, 1]


def limited(**more: Any) -> Toy:
    """A pool of 8 entries on 2 pages, its limit; the threshold is one page."""
    toy = build(zswap=True, zswap__max_pool_pages=100, zswap__accept_threshold_percent=50, slots=64, **more)
    toy.write(*range(9))
    toy.pageout(0, 8)
    toy.setting("zswap.max_pool_pages", 2)
    assert toy.figures("zswap_stored_pages", "zswap_pool_pages") == (8, 2)
    return toy


def steps(toy: Toy) -> list[int]:
    """Pages written by each step of the worker until it sleeps."""
    toy.call(kick_worker)
    found = []
    while toy["worker_due"]:
        before = toy["zswpwb"]
        toy.call(worker_step)
        found.append(toy["zswpwb"] - before)
        assert len(found) < 100
    return found


def test_rule_one_entry_writes_one_a_step_until_the_threshold() -> None:
    toy = limited(zswap__shrink_rule=1, zswap__second_chance=0)
    assert steps(toy) == [1, 1, 1, 1]
    assert toy["zswap_pool_pages"] == 1


def test_rule_batch_looks_at_thirty_two_a_step() -> None:
    toy = limited(zswap__shrink_rule=2, zswap__second_chance=0)
    assert steps(toy) == [8]


def test_rule_pool_page_writes_every_object_of_the_coldest_entrys_page_a_kick() -> None:
    toy = limited(zswap__shrink_rule=0, zswap__second_chance=0)
    assert steps(toy) == [4]
    assert toy.zswap_lru() == [5, 6, 7, 8]
    assert toy["zswap_pool_pages"] == 1


def test_the_worker_gives_up_after_sixteen_failures() -> None:
    toy = limited(zswap__shrink_rule=1, zswap__second_chance=0, design=1)
    toy.setting("swapfile.0.slots", 0)
    assert steps(toy) == [0] * 16
    assert toy["reject_reclaim_fail"] == 16


def test_the_worker_does_nothing_where_writeback_is_not_allowed() -> None:
    toy = limited(zswap__shrink_rule=1, zswap__second_chance=0, zswap__writeback=0)
    assert sum(steps(toy)) == 0
    assert toy["pswpout"] == 0


def test_a_kick_while_the_worker_is_due_changes_nothing() -> None:
    toy = limited()
    toy.call(kick_worker)
    due = toy["worker_due"]
    toy.m[im.NOW] += 1000
    toy.call(kick_worker)
    assert toy["worker_due"] == due


def test_a_worker_kicked_while_it_runs_runs_once_more() -> None:
    toy = limited(zswap__second_chance=0)
    toy.call(kick_worker)
    toy.call(worker_step)
    assert toy.figures("worker_runs", "worker_again") == (1, 0)
    toy.call(kick_worker)
    assert toy["worker_again"] == 1
    while toy["worker_runs"]:
        toy.call(worker_step)
    assert toy["worker_again"] == 0
    assert toy["worker_due"] > 0, "once more, at the threshold already"
    toy.call(worker_step)
    assert toy["worker_due"] == 0


def test_only_the_store_that_finds_the_pool_full_kicks_in_6_2_and_every_refused_one_since() -> None:
    for always, kicks in ((0, 1), (1, 2)):
        toy = limited(zswap__kick_always=always, time__worker_wake_ns=1_000_000_000)
        made = toy.pageout(8)
        assert refused(made) == [REJECT_FULL]
        toy.m[im.WORKER_DUE] = 0
        toy.m[im.POOL_PAGES] -= 1
        toy.setting("zswap.accept_threshold_percent", 1)
        toy.write(9)
        made += toy.pageout(9)
        assert refused(made) == [REJECT_FULL, REJECT_HYSTERESIS]
        assert len(of_kind(made, "shrink worker kicked")) == kicks


def test_the_worker_begins_some_time_after_the_kick_and_needs_time_for_each_entry() -> None:
    toy = limited(zswap__second_chance=0, time__submit_ns=0)
    toy.write(9)
    toy.pageout(8)
    kicked = toy["worker_due"]
    assert kicked >= toy["time.worker_wake_ns"]
    toy.idle(toy["time.worker_wake_ns"])
    assert toy["zswpwb"] == 0
    toy.idle(1)
    assert toy["zswpwb"] == 1
    toy.idle(toy["time.worker_step_ns"] * 20)
    assert toy["zswpwb"] == 4


def test_a_full_pool_turns_the_lru_upside_down() -> None:
    """New pages go to the disk while older ones stay compressed in memory."""
    toy = limited(zswap__writeback=1, time__worker_wake_ns=1_000_000_000)
    toy.pageout(8)
    entry = toy.entry(8)
    assert backend_tag(toy.backend(entry)) == SLOT
    assert [backend_tag(toy.backend(toy.entry(page))) for page in range(8)] == [ZSWAP] * 8


def test_what_is_compressed_is_the_image_the_page_has() -> None:
    toy = build(regions=(region(1, image=1), region(1, first=1, image=2)), lz4=(700, 3000), zswap=True)
    toy.write(0, 1)
    toy.pageout(0, 2)
    assert [toy.at(im.Z_LENGTH, entry) for entry in toy.zswap_lru()] == [700, 3000]
    assert [toy.at(im.Z_CONTENT, entry) for entry in toy.zswap_lru()] == [1, 2]


def zbud_pages(pages: int) -> Toy:
    """6.2 with two pages of the program on each page of the pool, none read back."""
    return stored(pages, lz4=(1900,), **V6_2 | {"zswap__allocator": 1, "page_cluster": 0})


def test_until_6_8_a_page_of_the_pool_that_does_not_come_free_goes_last_and_the_next_is_tried() -> None:
    toy = zbud_pages(6)
    toy.read(0)
    assert toy["zswap_pool_pages"] == 3
    assert toy.call(shrink_pool_page) == 1
    # Page 0 is cached, so only its neighbour left the first page of the pool; the second came free.
    assert toy.figures("zswap_pool_pages", "zswap_stored_pages", "zswpwb") == (2, 3, 3)
    assert toy["reject_reclaim_fail"] == 0
    held = [toy.at(im.Z_SWPENTRY, row) for row in toy.zswap_lru()]
    assert held == [toy.entry(4), toy.entry(5), toy.at(im.PAGE_SWAP, toy.frame(0))]


def test_until_6_8_a_kick_that_frees_no_page_of_the_pool_is_one_failure() -> None:
    toy = zbud_pages(4)
    toy.read(0, 2)
    assert toy.call(shrink_pool_page) == 0
    assert toy.figures("zswap_pool_pages", "zswap_stored_pages", "reject_reclaim_fail") == (2, 2, 1)


def test_a_page_written_back_is_a_refault_as_far_from_its_eviction_as_was_evicted_since() -> None:
    toy = stored(5)
    made = toy.watch(zswap_writeback_entry, toy.zswap_lru()[1])
    refault = of_kind(made, "refault")[0]
    assert (refault.operand("distance"), toy["nonresident_age"]) == (4, 5)


def test_an_entry_whose_page_is_cached_stops_the_shrinker() -> None:
    toy = stored(4, zswap__exclusive_loads=0, zswap__second_chance=0, page_cluster=0)
    toy.read(1)
    assert toy.call(shrink_for_shrinker, 4) == -1
    assert toy["zswpwb"] == 1, "the one before it was written, those behind are warm"
