"""The slab cache of descriptors: stock, refill, reserve, and what happens without memory."""

from __future__ import annotations

import pytest

from engine import metadata
from engine.mm import image as im
from engine.mm.slab import (
    DESC_BYTES,
    DESC_BYTES_WITH_RMAP,
    give_metadata_pages,
    objects_per_slab,
    slab_give_back,
    slab_take,
    take_metadata_pages,
)
from tests.engine.mm.machines import SWAP_DESC, Toy, build, kinds

KEPT, NONE = 0, 1
NO_STOCK = {"swap_desc__slab_stock": 1, "swap_desc__slab_refill": 0}
"""One descriptor at hand and no more, so that slab pages are counted exactly."""


def take(toy: Toy) -> bool:
    """As the design takes one: it counts it as in use."""
    taken = bool(toy.call(slab_take))
    if taken:
        toy.m[im.NR_DESC] += 1
    return taken


def give(toy: Toy) -> None:
    toy.m[im.NR_DESC] -= 1
    toy.call(slab_give_back)


def test_sizes_agree_with_the_formulas_of_metadata() -> None:
    assert metadata.descriptor_size(False) == DESC_BYTES
    assert metadata.descriptor_size(True) == DESC_BYTES_WITH_RMAP


@pytest.mark.parametrize(("reverse_map", "objects"), [(KEPT, 128), (NONE, 170)])
def test_descriptors_on_a_slab_page(reverse_map: int, objects: int) -> None:
    toy = build(design=SWAP_DESC, swap_desc__reverse_map=reverse_map, **NO_STOCK)
    assert toy.call(objects_per_slab) == objects
    for _ in range(objects):
        assert take(toy)
    assert toy["descriptor_slab_pages"] == 1
    assert take(toy)
    assert toy["descriptor_slab_pages"] == 2


def test_the_stock_is_filled_when_no_more_than_the_threshold_are_left() -> None:
    toy = build(design=SWAP_DESC, swap_desc__slab_stock=10, swap_desc__slab_refill=4)
    take(toy)
    assert toy["slab_at_hand"] == 9
    for left in (8, 7, 6, 5, 4):
        take(toy)
        assert toy["slab_at_hand"] == left
    take(toy)
    assert toy["slab_at_hand"] == 9, "filled to ten, one taken"


def test_a_slab_page_comes_out_of_the_frames() -> None:
    toy = build(design=SWAP_DESC)
    free = toy["nr_free_pages"]
    take(toy)
    assert (free - toy["nr_free_pages"], toy["metadata_pages"], toy["descriptor_slab_pages"]) == (1, 1, 1)


def test_metadata_that_is_not_charged_takes_no_frames() -> None:
    toy = build(design=SWAP_DESC, charge_metadata=0)
    take(toy)
    assert (toy["nr_free_pages"], toy["metadata_pages"], toy["descriptor_slab_pages"]) == (64, 0, 1)


def test_reclaim_takes_slab_pages_from_the_reserve_below_min() -> None:
    toy = build(design=SWAP_DESC, node=True, watermark_min=5)
    toy.m[im.FREE_PAGES] = 5
    assert take(toy)
    assert (toy["nr_free_pages"], toy["descriptor_from_reserve"]) == (4, 1)


def test_when_the_reserve_is_gone_there_is_no_descriptor_and_the_page_stays() -> None:
    toy = build(design=SWAP_DESC, node=True, zswap=True, watermark_min=5)
    toy.write(0)
    toy.m[im.FREE_PAGES] = 0
    made = toy.pageout(0)
    assert kinds(made)[1:] == ["slab empty", "no swap entry"]
    assert toy.present(0)
    assert (toy["descriptor_alloc_fail"], toy["swap_alloc_fail"], toy["descriptors"]) == (1, 1, 0)
    assert "active" in toy.flags(toy.frame(0)), "the page is activated, as with a full swapfile"


def test_every_descriptor_of_a_slab_page_is_used_before_it_fails() -> None:
    toy = build(design=SWAP_DESC, node=True)
    take(toy)
    toy.m[im.FREE_PAGES] = 0
    taken = 1
    while take(toy):
        taken += 1
    assert taken == 128
    give(toy)
    assert take(toy), "one given back is there to be taken"
    assert not take(toy)


def test_pages_go_back_when_two_pages_worth_is_unused() -> None:
    toy = build(design=SWAP_DESC, frames=64, **NO_STOCK)
    for _ in range(3 * 128):
        take(toy)
    assert toy["descriptor_slab_pages"] == 3
    for _ in range(2 * 128):
        give(toy)
    assert toy["descriptor_slab_pages"] == 3, "one of them is kept at hand"
    give(toy)
    assert toy["descriptor_slab_pages"] == 2
    for _ in range(127):
        give(toy)
    assert toy["nr_free_pages"] == 64 - toy["descriptor_slab_pages"]


def test_a_cgroup_lets_reclaims_metadata_past_its_limit() -> None:
    toy = build(watermark_min=2)
    toy.m[im.FREE_PAGES] = 0
    assert toy.call(take_metadata_pages, 3)
    assert toy.figures("nr_free_pages", "metadata_pages") == (-3, 3)


def test_metadata_pages_are_all_or_none() -> None:
    toy = build(node=True, watermark_min=2)
    toy.m[im.FREE_PAGES] = 2
    assert not toy.call(take_metadata_pages, 3)
    assert toy["nr_free_pages"] == 2
    assert toy.call(take_metadata_pages, 2)
    toy.call(give_metadata_pages, 2)
    assert (toy["nr_free_pages"], toy["metadata_pages"]) == (2, 0)
