"""A task's plug holds writes back, and makes one request of pages whose slots follow each other."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.block import (
    BLK_MAX_REQUEST_COUNT,
    BLK_PLUG_FLUSH_PAGES,
    HELD_BACK,
    NVME_INTERVAL_NS,
    NVME_LATENCY_NS,
    end_write,
    finish_plug,
    flush_plug,
    start_plug,
    start_write,
    write_completes_by,
)
from engine.mm.page_alloc import take_frame
from engine.mm.swapops import swp_entry
from engine.program import Swapfile
from tests.engine.mm.machines import Toy, build


def plugged(slots: list[int], swapfiles: tuple[Swapfile, ...] = (Swapfile("swap0", 512, "nvme"),)) -> Toy:
    """A machine whose task holds a plug and has written to these slots."""
    toy = build(frames=256, swapfiles=swapfiles)
    toy.call(start_plug)
    for slot in slots:
        toy.call(start_write, toy.call(take_frame), slot)
    return toy


def ends(toy: Toy) -> list[int]:
    """When the requests under way complete, in order."""
    found = []
    bio = toy["bio_head"]
    while bio:
        found.append(toy.at(im.BIO_DONE, bio))
        bio = toy.at(im.BIO_NEXT, bio)
    return found


def test_writes_wait_for_the_plug_to_be_pulled() -> None:
    toy = plugged([swp_entry(0, 1), swp_entry(0, 9)])
    assert ends(toy) == [HELD_BACK, HELD_BACK]
    assert toy["nr_writeback"] == 2
    assert not toy.call(write_completes_by, 1 << 60)
    toy.call(finish_plug)
    assert ends(toy) == [NVME_LATENCY_NS, NVME_LATENCY_NS + NVME_INTERVAL_NS]
    assert toy["plug_first"] == toy["plug"] == 0


def test_pages_in_slots_that_follow_each_other_complete_together() -> None:
    toy = plugged([swp_entry(0, 1), swp_entry(0, 2), swp_entry(0, 3), swp_entry(0, 8)])
    assert (toy["plug_requests"], toy["plug_pages"]) == (2, 1)
    toy.call(finish_plug)
    last = NVME_LATENCY_NS + 2 * NVME_INTERVAL_NS
    assert ends(toy) == [last, last, last, last + NVME_INTERVAL_NS]


def test_only_the_outermost_plug_lets_go() -> None:
    toy = plugged([swp_entry(0, 1)])
    toy.call(start_plug)
    toy.call(finish_plug)
    assert ends(toy) == [HELD_BACK]
    toy.call(finish_plug)
    assert ends(toy) == [NVME_LATENCY_NS]


def test_a_plug_holds_thirty_two_requests_and_lets_them_go_before_the_next() -> None:
    apart = [swp_entry(0, 2 * number + 1) for number in range(BLK_MAX_REQUEST_COUNT)]
    toy = plugged(apart)
    assert set(ends(toy)) == {HELD_BACK}
    toy.call(start_write, toy.call(take_frame), swp_entry(0, 400))
    assert ends(toy).count(HELD_BACK) == 1
    assert toy["plug_requests"] == 1


def test_behind_a_large_request_the_plug_is_emptied_too() -> None:
    toy = plugged([swp_entry(0, 1 + number) for number in range(BLK_PLUG_FLUSH_PAGES)])
    toy.call(start_write, toy.call(take_frame), swp_entry(0, BLK_PLUG_FLUSH_PAGES + 1))
    assert set(ends(toy)) == {HELD_BACK}, "it still grows"
    toy.call(start_write, toy.call(take_frame), swp_entry(0, 200))
    assert ends(toy).count(HELD_BACK) == 1


@pytest.mark.parametrize(("pages", "held"), [(BLK_PLUG_FLUSH_PAGES - 1, 2), (BLK_PLUG_FLUSH_PAGES, 1)])
def test_a_request_of_128_kib_is_a_large_one(pages: int, held: int) -> None:
    toy = plugged([swp_entry(0, 1 + number) for number in range(pages)])
    toy.call(start_write, toy.call(take_frame), swp_entry(0, 200))
    assert toy["plug_requests"] == held


def test_a_request_has_as_many_pages_as_a_virtio_disk_takes_segments() -> None:
    toy = plugged([swp_entry(0, 1 + number) for number in range(254)])
    assert toy.figures("plug_requests", "plug_pages") == (1, 254)
    toy.call(start_write, toy.call(take_frame), swp_entry(0, 255))
    assert toy.figures("plug_requests", "plug_pages") == (1, 1)
    assert ends(toy).count(HELD_BACK) == 1, "the full one has gone to the device"


def test_pages_that_end_together_end_in_the_order_in_which_they_were_written() -> None:
    both = (Swapfile("slow", 64, "hdd", priority=1), Swapfile("fast", 64, "nvme"))
    toy = plugged([swp_entry(0, 5), *(swp_entry(1, number) for number in (1, 2, 3))], both)
    toy.call(finish_plug)
    frames = []
    while toy["bio_head"]:
        frames.append(toy.call(end_write))
    assert frames == [2, 3, 4, 1]


def test_a_task_that_sleeps_lets_its_writes_go() -> None:
    toy = plugged([swp_entry(0, 1)])
    toy.call(flush_plug)
    assert ends(toy) == [NVME_LATENCY_NS]
    assert toy["plug"] == 1
    toy.call(end_write)
    assert toy["nr_writeback"] == 0


def test_requests_of_two_devices_are_listed_as_they_complete() -> None:
    both = (Swapfile("slow", 64, "hdd", priority=1), Swapfile("fast", 64, "nvme"))
    toy = plugged([swp_entry(0, 5), swp_entry(1, 1)], both)
    toy.call(finish_plug)
    assert ends(toy) == sorted(ends(toy))
    assert ends(toy)[0] == NVME_LATENCY_NS


def test_reclaim_pulls_its_plug_at_the_end_of_each_round() -> None:
    toy = build(64, frames=32, slots=128)
    toy.write(*range(40))
    assert toy["plug"] == 0
    assert HELD_BACK not in ends(toy)
    assert toy["pswpout"] > 0
