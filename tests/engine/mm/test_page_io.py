"""Where pages go, and where they come from."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, ZERO, ZSWAP, backend_tag
from engine.mm.page_io import complete_writes, wait_for_write
from engine.mm.vmscan import shrink_inactive_list
from engine.mm.zswap import zswap_writeback_entry
from tests.engine.mm.machines import ALL_DESIGNS, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def cast(design: int, **more: int) -> Toy:
    """Pages 0 … 2 compress, are zero, and do not compress."""
    parts = tuple(region(1, first=number, image=number + 1) for number in range(3))
    return build(regions=parts, lz4=(900, 20, 4096), filled=(0, 3, 0), zswap=True, zswap__incompressible=0,
                 design=design, page_cluster=0, **more)  # fmt: skip


@EVERY
def test_a_zero_mark_first_then_zswap_then_the_device(design: int) -> None:
    toy = cast(design)
    toy.write(0, 1, 2)
    toy.pageout(0, 3)
    assert [backend_tag(toy.backend(toy.entry(page))) for page in range(3)] == [ZSWAP, ZERO, SLOT]
    assert toy.figures("zswpout", "swpout_zero", "pswpout", "nr_vmscan_write") == (1, 1, 1, 3)


@EVERY
def test_each_comes_back_as_the_image_that_left(design: int) -> None:
    toy = cast(design)
    toy.push_out(0, 3)
    toy.read(0, 1, 2)
    assert [toy.at(im.PAGE_CONTENT, toy.frame(page)) for page in range(3)] == [1, 2, 3]
    assert toy.figures("zswpin", "swpin_zero", "pswpin") == (1, 1, 1)


@EVERY
def test_a_page_that_is_no_longer_zero_loses_its_mark(design: int) -> None:
    toy = build(regions=(region(1, images=2),), lz4=(20, 900), filled=(3, 0), families=(2,), zswap=True, design=design)
    toy.write(0)
    while toy.at(im.PAGE_CONTENT, toy.frame(0)) != 1:
        toy.pageout(0)
        toy.write(0)
    toy.pageout(0)
    assert toy["zero_marked_pages"] == 1
    toy.read(0)
    toy.write(0)
    toy.pageout(0)
    assert toy.figures("zero_marked_pages", "zswap_stored_pages") == (0, 1)


@EVERY
def test_zero_pages_need_no_slot_with_an_indirection(design: int) -> None:
    toy = cast(design)
    toy.write(1)
    toy.pageout(1)
    assert toy["swap_used_pages"] == (1 if design == 0 else 0)


@EVERY
def test_a_freed_frame_says_where_its_page_lives(design: int) -> None:
    toy = cast(design)
    toy.write(0, 1, 2)
    made = toy.pageout(0, 3)
    assert [transition.operand("where") for transition in of_kind(made, "frame freed")] == [ZSWAP, ZERO]
    toy.idle()
    made = toy.watch(shrink_inactive_list, 1)
    assert [transition.operand("where") for transition in of_kind(made, "frame freed")] == [SLOT]


def test_waiting_for_a_write_lets_earlier_ones_complete_too() -> None:
    toy = build()
    toy.write(0, 1)
    toy.pageout(0, 2)
    last = toy.at(im.BIO_FRAME, toy["bio_tail"])
    toy.call(wait_for_write, last)
    assert toy["nr_writeback"] == 0


def test_dropbehind_frees_the_frame_when_its_write_ends() -> None:
    toy = build(zswap=True, zswap__dropbehind=1)
    toy.write(0)
    toy.pageout(0)
    toy.call(zswap_writeback_entry, 1)
    assert toy["swapcached_pages"] == 1
    toy.m[im.NOW] += 10_000_000
    made = toy.watch(complete_writes, toy["now"])
    assert kinds(made) == ["write done", "frame freed"]
    assert toy.figures("swapcached_pages", "resident_pages") == (0, 0)


def test_a_fault_that_finds_the_page_before_its_write_ends_takes_it_back() -> None:
    toy = build(zswap=True, zswap__dropbehind=1)
    toy.write(0)
    toy.pageout(0)
    toy.call(zswap_writeback_entry, 1)
    made = toy.read(0)
    assert "swapcache hit" in kinds(made)
    toy.idle()
    assert toy.present(0)
    assert "lru" in toy.flags(toy.frame(0))


@pytest.mark.parametrize(("zswap", "reads"), [(False, 1), (True, 0)])
def test_only_a_read_from_a_device_protects_entries_from_the_shrinker(zswap: bool, reads: int) -> None:
    toy = build(zswap=zswap)
    toy.push_out(0, 1)
    toy.read(0)
    assert toy["nr_disk_swapins"] == reads
