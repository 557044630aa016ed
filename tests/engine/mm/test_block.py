"""Devices: how long requests take, and in which order they complete."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.block import (
    HDD_SEEK_NS,
    HDD_TRANSFER_NS,
    NVME_INTERVAL_NS,
    NVME_LATENCY_NS,
    SSD_INTERVAL_NS,
    SSD_LATENCY_NS,
    end_write,
    start_write,
    submit,
    wait_until,
    write_completes_by,
)
from engine.mm.page_alloc import take_frame
from engine.mm.pageflags import PG_RECLAIM
from engine.mm.swapops import swp_entry
from engine.program import Swapfile
from tests.engine.mm.machines import Toy, build, kinds


def on(device: str) -> Toy:
    return build(swapfiles=(Swapfile("swap0", 64, device),))


@pytest.mark.parametrize(
    ("device", "latency", "interval"),
    [("nvme", NVME_LATENCY_NS, NVME_INTERVAL_NS), ("ssd", SSD_LATENCY_NS, SSD_INTERVAL_NS)],
)
def test_flash_works_on_many_requests_at_once(device: str, latency: int, interval: int) -> None:
    toy = on(device)
    done = [toy.call(submit, swp_entry(0, offset)) for offset in (5, 9, 30)]
    assert done == [latency, latency + interval, latency + 2 * interval]
    assert interval < latency


def test_a_disk_does_one_request_after_the_other_and_seeks_unless_they_are_neighbours() -> None:
    toy = on("hdd")
    first, neighbour, far = (toy.call(submit, swp_entry(0, offset)) for offset in (5, 6, 40))
    assert first == HDD_SEEK_NS + HDD_TRANSFER_NS
    assert neighbour - first == HDD_TRANSFER_NS
    assert far - neighbour == HDD_SEEK_NS + HDD_TRANSFER_NS


def test_a_device_at_rest_begins_at_once() -> None:
    toy = on("nvme")
    toy.call(submit, swp_entry(0, 1))
    toy.call(wait_until, 1_000_000)
    assert toy.call(submit, swp_entry(0, 2)) == 1_000_000 + NVME_LATENCY_NS


def test_devices_do_not_wait_for_each_other() -> None:
    toy = build(swapfiles=(Swapfile("a", 8, "hdd"), Swapfile("b", 8, "nvme")))
    toy.call(submit, swp_entry(0, 1))
    assert toy.call(submit, swp_entry(1, 1)) == NVME_LATENCY_NS


def test_writes_complete_in_the_order_of_their_ends_whatever_the_device() -> None:
    toy = build(swapfiles=(Swapfile("a", 8, "hdd"), Swapfile("b", 8, "nvme")))
    frames = [toy.call(take_frame) for _ in range(3)]
    for frame, slot in zip(frames, (swp_entry(0, 5), swp_entry(1, 1), swp_entry(1, 2))):
        toy.call(start_write, frame, slot)
    assert toy["nr_writeback"] == 3
    assert [toy.call(end_write) for _ in range(3)] == [frames[1], frames[2], frames[0]]
    assert (toy["nr_writeback"], toy["bio_head"], toy["bio_tail"]) == (0, 0, 0)


def test_a_write_completes_only_when_its_time_has_come() -> None:
    toy = on("nvme")
    frame = toy.call(take_frame)
    toy.call(start_write, frame, swp_entry(0, 1))
    assert "writeback" in toy.flags(frame)
    assert not toy.call(write_completes_by, NVME_LATENCY_NS - 1)
    assert toy.call(write_completes_by, NVME_LATENCY_NS)
    toy.call(end_write)
    assert "writeback" not in toy.flags(frame)


def test_a_write_started_by_reclaim_ends_at_the_inactive_tail() -> None:
    toy = build()
    toy.write(0, 1, 2)
    toy.pageout(2)
    frame = toy.at(im.BIO_FRAME, toy["bio_head"])
    assert toy.at(im.PAGE_FLAGS, frame) & PG_RECLAIM
    assert toy.inactive()[0] == frame
    assert kinds(toy.idle()) == ["idle", "write done"]
    assert toy.inactive()[-1] == frame
    assert not toy.flags(frame) & {"reclaim", "writeback"}


def test_requests_that_are_done_are_used_again() -> None:
    toy = on("nvme")
    for _ in range(3):
        toy.call(start_write, toy.call(take_frame), swp_entry(0, 1))
        toy.call(end_write)
    assert toy["bio_top"] == 1


def test_waiting_never_turns_the_clock_back() -> None:
    toy = build()
    toy.call(wait_until, 500)
    toy.call(wait_until, 300)
    assert toy["now"] == 500
