"""A frame for the running task: free, by its own reclaim, or by killing somebody; and what it waited."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.alloc import alloc_frame, direct_reclaim, stalled
from engine.mm.lru import set_flags
from engine.mm.page_alloc import watermark_low, watermark_min
from engine.mm.pageflags import PG_LOCKED
from engine.mm.vmscan import do_try_to_free_pages
from engine.program import Process
from tests.engine.mm.machines import ALL_DESIGNS, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


@EVERY
def test_a_task_that_cannot_keep_min_reclaims_itself(design: int) -> None:
    toy = build(40, frames=24, slots=64, zswap=True, design=design, zswap__max_pool_percent=100)
    made = toy.write(*range(40))
    assert "direct reclaim" in kinds(made)
    assert toy["allocstall"] == 0, "a cgroup's own"
    assert toy["pgsteal_direct"] == toy["pgsteal_anon"] > 0
    assert toy["oom_kill"] == 0


def test_direct_reclaim_frees_at_least_a_batch_where_it_can() -> None:
    toy = build(200, frames=128, slots=512, zswap=True, zswap__max_pool_percent=100, swappiness=200)
    toy.write(*range(128))
    assert toy["nr_free_pages"] == 0
    toy.write(128)
    assert toy["pgsteal_direct"] >= 32


def test_direct_reclaim_stops_as_soon_as_the_floor_is_passed() -> None:
    toy = build(60, frames=64, slots=64, zswap=True)
    toy.write(*range(60))
    assert toy.call(direct_reclaim, 3)
    assert toy["pgscan_anon"] == 0, "four frames are free already"


def test_writes_under_way_are_waited_for_before_giving_up() -> None:
    toy = build(24, frames=16, slots=64)
    toy.write(*range(24))
    assert toy["oom_kill"] == 0
    assert toy["direct_reclaim_ns"] > 0


def test_kswapd_is_woken_below_low() -> None:
    toy = build(64, frames=256, node=True)
    toy.m[im.FREE_PAGES] = toy.call(watermark_low)
    toy.call(alloc_frame, 1, True)
    assert toy["kswapd_awake"] == 1


def test_a_task_leaves_min_free() -> None:
    toy = build(300, frames=256, slots=0, node=True)
    floor = toy.call(watermark_min)
    while not toy["pgscan_direct"] and not toy["oom_kill"]:
        toy.write(toy["resident_pages"])
    assert toy.figures("oom_kill") == (1,) or toy["nr_free_pages"] >= floor


def test_readahead_gets_no_frame_rather_than_somebody_killed() -> None:
    toy = build(16, frames=8, slots=0)
    toy.write(*range(8))
    assert toy.call(alloc_frame, 1, False) == 0
    assert toy["oom_kill"] == 0


def test_time_spent_in_reclaim_is_pressure_some_and_full_when_nobody_else_runs() -> None:
    toy = build(40, frames=24, slots=64)
    toy.write(*range(40))
    assert toy["psi_some_ns"] == toy["psi_full_ns"] > 0
    people = [Process(f"p{number}", 40, (region(40),)) for number in range(2)]
    toy = build(processes=people, frames=24, slots=64)
    toy.write(*range(40))
    assert toy["psi_some_ns"] > 0
    assert toy["psi_full_ns"] == 0, "the other could have run"


def test_no_time_is_no_stall() -> None:
    toy = build()
    toy.call(stalled, toy["now"])
    assert toy["psi_some_ns"] == 0


def test_reclaims_work_has_the_direct_reclaim_as_cause() -> None:
    toy = build(40, frames=24, slots=64, zswap=True)
    made = toy.write(*range(40))
    start = of_kind(made, "direct reclaim")[0]
    fault = next(transition for transition in made if transition.number == start.cause)
    assert fault.kind.name == "fault"
    assert any(transition.cause == start.number for transition in of_kind(made, "zswap store"))


@pytest.mark.parametrize(("node", "rounds"), [(True, 17), (False, 18)])
def test_it_gives_up_when_retries_have_freed_nothing(node: bool, rounds: int) -> None:
    toy = build(frames=64, zswap=True, node=node, watermark_min=20)
    toy.write(*range(8))
    for page in range(8):
        toy.call(set_flags, toy.frame(page), PG_LOCKED)
    if node:
        toy.m[im.FREE_PAGES] = 18
    floor = 20 if node else 64
    toy.call(do_try_to_free_pages, 32)
    before = toy["pgscan_anon"]
    toy.call(do_try_to_free_pages, 32)
    one, before = toy["pgscan_anon"] - before, toy["pgscan_anon"]
    assert one > 0
    assert not toy.call(direct_reclaim, floor)
    assert toy["pgscan_anon"] - before == rounds * one


def test_a_node_where_all_there_is_would_not_be_enough_is_not_reclaimed_at_all() -> None:
    toy = build(frames=64, slots=2, zswap=True, node=True, watermark_min=20)
    toy.write(*range(8))
    toy.pageout(0, 2)
    toy.m[im.FREE_PAGES] = 18
    assert not toy.call(direct_reclaim, 20), "no slot is left, so none of the pages counts (should_reclaim_retry)"
    assert toy["allocstall"] == 0
