"""kswapd: when it wakes, how much it looks at, when it sleeps, dozes, waits, and gives up."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.journal import put, store
from engine.mm.kswapd import (
    ASLEEP,
    AT_WORK,
    DOZING,
    HZ_10_NS,
    MAX_RECLAIM_RETRIES,
    allow_direct_reclaim,
    kswapd_step,
    throttle_direct_reclaim,
    wakeup_kswapd,
)
from engine.mm.lru import lru_add, lru_del, set_flags
from engine.mm.page_alloc import watermark_high, watermark_low
from engine.mm.pageflags import PG_ACTIVE, PG_LOCKED
from engine.mm.swapops import PTE_ACCESSED
from engine.mm.vmscan import do_try_to_free_pages
from tests.engine.mm.machines import Toy, build, kinds, of_kind


def node(pages: int, *, free: int = 8, slots: int = 1024, **more: int) -> Toy:
    """A node with so many pages, unused since, and few frames free: below its low mark, above min."""
    settings = {"zswap": True, "zswap__max_pool_percent": 100, "swappiness": 200, "watermark_min": 4,
                "watermark_low": 10, "watermark_high": 20} | more  # fmt: skip
    toy = build(pages, frames=2 * pages, slots=slots, node=True, **settings)
    toy.write(*range(pages))
    for page in range(pages):
        row = toy.at(im.MM_PTE, 1) + page
        toy.call(put, im.PTE, row, toy.at(im.PTE, row) & ~PTE_ACCESSED)
    toy.m[im.FREE_PAGES] = free
    return toy


def lock_all(toy: Toy, pages: int) -> Toy:
    """Nothing of it can be reclaimed."""
    for page in range(pages):
        toy.call(set_flags, toy.frame(page), PG_LOCKED)
    return toy


def pressed(frames: int = 256) -> Toy:
    """A node whose memory has just come below its low watermark."""
    toy = build(frames, frames=frames, slots=1024, node=True, zswap=True, zswap__max_pool_percent=60)
    low = toy.call(watermark_low)
    page = 0
    while toy["nr_free_pages"] > low + 1:
        toy.write(page)
        page += 1
    return toy


def test_kswapd_wakes_below_low_and_sleeps_above_high() -> None:
    toy = pressed()
    assert toy["kswapd_awake"] == 0
    made = []
    page = 200
    while "kswapd wakes" not in kinds(made):
        made = toy.write(page)
        page += 1
    made += toy.idle()
    asleep = of_kind(made, "kswapd sleeps")
    assert len(asleep) == 1
    assert toy["kswapd_awake"] == DOZING
    assert toy["nr_free_pages"] > toy.call(watermark_high)
    assert asleep[0].operand("free") > toy.call(watermark_high)


def test_kswapd_reclaims_in_the_background_while_the_task_goes_on() -> None:
    toy = pressed()
    made = toy.write(*range(240, 244))
    made += toy.idle()
    actors = {transition.actor.name for transition in made if transition.kind.name == "zswap store"}
    assert actors == {"KSWAPD"}
    assert toy["allocstall"] == 0


def test_what_kswapd_does_has_its_waking_as_cause() -> None:
    toy = pressed()
    made = toy.write(*range(240, 244)) + toy.idle()
    wake = of_kind(made, "kswapd wakes")[0]
    stores = of_kind(made, "zswap store")
    assert stores
    assert {transition.cause for transition in stores} == {wake.number}


def test_it_goes_through_the_priorities_while_it_scans_less_than_the_high_mark() -> None:
    toy = node(64)
    toy.call(wakeup_kswapd)
    assert toy["kswapd_priority"] == 12
    seen = []
    for _ in range(9):
        before = toy["pgscan_kswapd"]
        toy.call(kswapd_step)
        seen.append(toy["pgscan_kswapd"] - before)
    # 64 >> 12 … 64 >> 7 are none; then 1, 2 of 63, 3 of 61.
    assert seen == [0, 0, 0, 0, 0, 0, 1, 1, 3]
    assert toy["kswapd_priority"] == 3
    assert toy["kswapd_reclaimed"] == 1 + 1 + 3


def test_it_keeps_its_priority_while_it_scans_as_much_as_the_high_mark_and_frees_some() -> None:
    toy = node(400, watermark_high=40)
    toy.call(wakeup_kswapd)
    toy.call(store, im.KSWAPD_PRIORITY, 3)
    toy.call(kswapd_step)
    assert toy["pgscan_kswapd"] >= 40
    assert toy["kswapd_priority"] == 3
    toy.m[im.FREE_PAGES] = 8
    toy.call(store, im.KSWAPD_PRIORITY, 6)
    toy.call(kswapd_step)
    assert toy["kswapd_priority"] == 5, "six pages are less than forty"


def test_it_never_scans_the_lists_in_whole_and_never_forces_the_active_one() -> None:
    toy = lock_all(node(48), 48)
    toy.call(wakeup_kswapd)
    for _ in range(11):
        toy.call(kswapd_step)
    assert toy["kswapd_priority"] == 1
    toy.call(kswapd_step)
    assert toy["pgscan_kswapd"] == sum(48 >> priority for priority in range(1, 13))
    assert toy["kswapd_failures"] == 1
    assert toy["kswapd_priority"] == 12, "it begins anew"
    assert toy["pgdeactivate"] == 0


def test_it_gives_up_after_sixteen_times_without_a_page_until_a_task_frees_one() -> None:
    toy = lock_all(node(48), 48)
    toy.call(wakeup_kswapd)
    steps = 0
    while toy["kswapd_awake"] == AT_WORK:
        toy.call(kswapd_step)
        steps += 1
    assert steps == MAX_RECLAIM_RETRIES * 12
    toy.call(kswapd_step)
    assert toy["kswapd_awake"] == ASLEEP, "the short sleep is followed by a long one, though too little is free"
    toy.call(wakeup_kswapd)
    assert toy["kswapd_awake"] == ASLEEP
    for page in range(48):
        toy.call(put, im.PAGE_FLAGS, toy.frame(page), toy.at(im.PAGE_FLAGS, toy.frame(page)) & ~PG_LOCKED)
    assert toy.call(do_try_to_free_pages, 1) > 0
    assert toy["kswapd_failures"] == 0
    toy.m[im.FREE_PAGES] = 8
    toy.call(wakeup_kswapd)
    assert toy["kswapd_awake"] == AT_WORK


def test_it_dozes_a_tenth_of_a_second_and_goes_on_if_that_was_too_early() -> None:
    toy = node(64, free=21)
    toy.call(store, im.KSWAPD_AWAKE, AT_WORK)
    before = toy["kswapd_clock"]
    toy.call(kswapd_step)
    assert (toy["kswapd_awake"], toy["kswapd_clock"] - before) == (DOZING, HZ_10_NS)
    toy.m[im.FREE_PAGES] = 15
    made = toy.watch(kswapd_step)
    assert kinds(made) == ["kswapd wakes"], "more than low, but not more than high"
    assert (toy["kswapd_awake"], toy["kswapd_priority"]) == (AT_WORK, 12)


def test_a_waking_ends_its_doze() -> None:
    toy = node(64)
    toy.call(store, im.KSWAPD_AWAKE, DOZING)
    toy.call(store, im.KSWAPD_CLOCK, toy["now"] + HZ_10_NS)
    toy.call(wakeup_kswapd)
    assert (toy["kswapd_awake"], toy["kswapd_clock"]) == (AT_WORK, toy["now"])


def test_it_sleeps_for_long_when_enough_is_free_after_its_doze() -> None:
    toy = node(64, free=21)
    toy.call(store, im.KSWAPD_AWAKE, DOZING)
    toy.call(kswapd_step)
    assert toy["kswapd_awake"] == ASLEEP


def test_it_is_not_woken_where_the_node_is_balanced() -> None:
    toy = node(64, free=21)
    toy.call(wakeup_kswapd)
    assert toy["kswapd_awake"] == ASLEEP


def test_it_ages_the_active_list_before_each_round() -> None:
    toy = node(64)
    for page in range(48):
        frame = toy.frame(page)
        toy.call(lru_del, frame)
        toy.call(set_flags, frame, PG_ACTIVE)
        toy.call(lru_add, frame)
    toy.call(wakeup_kswapd)
    toy.call(kswapd_step)
    assert toy.figures("pgscan_kswapd", "kswapd_priority") == (0, 11), "of 16 pages >> 12 none is looked at"
    assert toy["nr_active_anon"] == 48 - 32


@pytest.mark.parametrize(("writes", "latency", "waits"), [(40, 50, 32), (20, 50, 19), (40, 900, None)])
def test_once_it_met_nothing_but_writes_it_waits_for_a_batch_of_them(
    writes: int, latency: int, waits: int | None
) -> None:
    toy = node(writes, zswap=False, time__device_latency_ns=latency * 1_000_000, time__device_interval_ns=1_000)
    toy.pageout(0, writes)
    assert toy["nr_writeback"] == writes
    toy.m[im.FREE_PAGES] = 8
    toy.call(wakeup_kswapd)
    toy.call(store, im.KSWAPD_PRIORITY, 4)
    toy.call(kswapd_step)
    assert toy["pgdat_writeback"] == 1
    before = toy["kswapd_clock"]
    bios = [int(done) for done in toy.view.column(im.BIO_DONE)[1 : writes + 1]]
    toy.call(store, im.KSWAPD_PRIORITY, 2)
    toy.call(kswapd_step)
    if waits is None:
        assert toy["kswapd_clock"] - before == pytest.approx(HZ_10_NS, abs=100_000), "a tenth of a second at most"
    else:
        assert toy["kswapd_clock"] == sorted(bios)[waits]
    toy.m[im.FREE_PAGES] = 21
    toy.call(kswapd_step)
    assert toy["pgdat_writeback"] == 0


# -- a task that waits for it --------------------------------------------------------------------


def test_below_half_of_min_a_task_waits_for_kswapd() -> None:
    toy = node(64, free=2)
    assert not toy.call(allow_direct_reclaim)
    before = toy["now"]
    toy.call(throttle_direct_reclaim)
    assert toy["nr_free_pages"] > 4 // 2
    assert toy["pgsteal_kswapd"] > toy["pgsteal_direct"] == 0
    assert toy["now"] == toy["kswapd_clock"] > before


@pytest.mark.parametrize("why", ["a cgroup", "it has given up", "nothing to reclaim"])
def test_a_task_does_not_wait_in_vain(why: str) -> None:
    toy = node(16, free=2, slots=0 if why == "nothing to reclaim" else 64)
    if why == "a cgroup":
        toy.call(store, im.RECLAIM, 1)
    elif why == "it has given up":
        toy.call(store, im.KSWAPD_FAILURES, MAX_RECLAIM_RETRIES)
    assert toy.call(allow_direct_reclaim)


def test_what_the_tasks_plug_holds_goes_to_the_device_before_it_waits() -> None:
    toy = node(64, free=2, zswap=False)
    toy.call(store, im.PLUG, 1)
    toy.call(throttle_direct_reclaim)
    assert toy["plug"] == 1
    assert toy["plug_first"] == 0


def test_a_task_does_not_doze_with_it() -> None:
    toy = node(64, free=20, watermark_high=11)
    toy.m[im.WMARK_MIN] = 60
    toy.call(store, im.KSWAPD_AWAKE, AT_WORK)
    before = toy["now"]
    toy.call(throttle_direct_reclaim)
    assert toy["kswapd_awake"] == DOZING, "more than high is free, though not half of min"
    assert toy["now"] == before
