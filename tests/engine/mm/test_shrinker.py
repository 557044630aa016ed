"""The dynamic shrinker: how many entries memory pressure asks of zswap, and what it puts off."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.shrinker import shrink_zswap
from engine.mm.vmscan import do_try_to_free_pages
from tests.engine.mm.machines import Toy, build


def pool(**more: int) -> Toy:
    toy = build(128, frames=256, slots=512, zswap=True, zswap__max_pool_percent=100, **more)
    toy.write(*range(128))
    toy.pageout(0, 128)
    assert toy["zswap_stored_pages"] == 128
    return toy


def test_the_shrinker_asks_for_a_share_of_the_pool_that_doubles_with_priority() -> None:
    # 128 pages of 1000 bytes are 31 pages in all: as many entries may go, and twice that share is asked for.
    for priority, asked in ((12, 0), (4, 2), (2, 14), (1, 30), (0, 62)):
        toy = pool(zswap__shrinker_enabled=1, zswap__second_chance=0)
        toy.call(shrink_zswap, priority)
        done = asked if asked >= 31 else 0
        assert (toy["written_back_pages"], toy["shrinker_deferred"]) == (done, asked - done), priority


def test_what_the_shrinker_puts_off_is_asked_for_later() -> None:
    toy = pool(zswap__shrinker_enabled=1, zswap__second_chance=0)
    toy.call(shrink_zswap, 1)
    assert (toy["written_back_pages"], toy["shrinker_deferred"]) == (0, 30)
    toy.call(shrink_zswap, 1)
    assert (toy["written_back_pages"], toy["shrinker_deferred"]) == (45, 15), "half of what was put off, and 30 more"


def test_the_shrinker_finds_nothing_where_the_pool_is_not_charged_to_the_cgroup() -> None:
    toy = pool(zswap__shrinker_enabled=1, zswap__second_chance=0, charge_pool=0)
    toy.call(shrink_zswap, 0)
    assert toy["written_back_pages"] == 0


def test_pages_read_from_the_device_protect_as_many_entries_once() -> None:
    toy = pool(zswap__shrinker_enabled=1, zswap__second_chance=0)
    toy.m[im.NR_DISK_SWAPINS] = 100
    toy.call(shrink_zswap, 0)
    assert toy["written_back_pages"] == (128 - 100) * 31 // 128 * 2
    assert toy["nr_disk_swapins"] == 0


@pytest.mark.parametrize("name", ["zswap__shrinker_enabled", "zswap__writeback"])
def test_the_shrinker_needs_to_be_on_and_writeback_allowed(name: str) -> None:
    toy = pool(**{"zswap__shrinker_enabled": 1, "zswap__second_chance": 0, name: 0})
    toy.call(shrink_zswap, 0)
    assert toy["written_back_pages"] == 0


def test_the_shrinker_is_asked_although_no_anonymous_page_could_get_a_slot() -> None:
    toy = build(64, frames=64, slots=48, zswap=True, zswap__max_pool_percent=100, zswap__shrinker_enabled=1,
                zswap__second_chance=0)  # fmt: skip
    toy.write(*range(48))
    toy.pageout(0, 48)
    assert toy["swap_used_pages"] == 48
    pool_pages = toy["zswap_pool_pages"]
    assert toy.call(do_try_to_free_pages, 32) == 0, "what the shrinker frees is no page of the lists"
    assert toy["pgscan_anon"] == 0
    assert toy["written_back_pages"] > 0
    assert toy["zswap_pool_pages"] < pool_pages
