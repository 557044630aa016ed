"""zbud and z3fold: two and three compressed pages to a page, in chunks of 64 bytes."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.zbud import NO_SPACE, buddy_alloc, buddy_free
from engine.mm.zsmalloc import HANDLE_SHIFT
from tests.engine.mm.machines import Toy, build

ZBUD, Z3FOLD = 1, 2
HEADER = 8


def buddies(allocator: int, **more: int) -> Toy:
    return build(frames=64, zswap__allocator=allocator, **more)


@pytest.mark.parametrize(("allocator", "limit"), [(ZBUD, 3968), (Z3FOLD, 3904)])
def test_the_largest_request_the_header_of_eight_bytes_included(allocator: int, limit: int) -> None:
    toy = buddies(allocator)
    assert toy.call(buddy_alloc, limit - HEADER, 1) > 0
    assert toy.call(buddy_alloc, limit - HEADER + 1, 1) == NO_SPACE
    assert toy["zswap_pool_pages"] == 1


@pytest.mark.parametrize(("allocator", "most"), [(ZBUD, 2), (Z3FOLD, 3)])
def test_however_small_they_are_no_more_than_two_or_three_share_a_page(allocator: int, most: int) -> None:
    toy = buddies(allocator)
    handles = [toy.call(buddy_alloc, 100, 1) for _ in range(6)]
    pages = [handle >> HANDLE_SHIFT for handle in handles]
    assert [pages.count(page) for page in dict.fromkeys(pages)] == [most] * (6 // most)
    assert toy["zswap_pool_pages"] == 6 // most


def test_two_that_do_not_fit_together_take_two_pages() -> None:
    toy = buddies(ZBUD)
    # 63 chunks to a page: 32 and 31 fit, 32 and 32 do not.
    toy.call(buddy_alloc, 32 * 64 - HEADER, 1)
    toy.call(buddy_alloc, 31 * 64 - HEADER, 1)
    assert toy["zswap_pool_pages"] == 1
    toy.call(buddy_alloc, 32 * 64 - HEADER, 1)
    toy.call(buddy_alloc, 32 * 64 - HEADER, 1)
    assert toy["zswap_pool_pages"] == 3


def test_the_page_with_the_least_room_that_is_enough_is_taken() -> None:
    toy = buddies(ZBUD)
    roomy = toy.call(buddy_alloc, 40 * 64 - HEADER, 1) >> HANDLE_SHIFT
    tight = toy.call(buddy_alloc, 50 * 64 - HEADER, 1) >> HANDLE_SHIFT
    assert toy.call(buddy_alloc, 13 * 64 - HEADER, 1) >> HANDLE_SHIFT == tight
    assert toy.call(buddy_alloc, 13 * 64 - HEADER, 1) >> HANDLE_SHIFT == roomy


@pytest.mark.parametrize("allocator", [ZBUD, Z3FOLD])
def test_a_page_is_given_back_with_its_last_buddy(allocator: int) -> None:
    toy = buddies(allocator)
    one, other = (toy.call(buddy_alloc, 1000, 1) for _ in range(2))
    toy.call(buddy_free, one, 1000)
    assert toy["zswap_pool_pages"] == 1
    assert toy.call(buddy_alloc, 1000, 1) >> HANDLE_SHIFT == other >> HANDLE_SHIFT, "its room is found again"
    toy.call(buddy_free, one, 1000)
    toy.call(buddy_free, other, 1000)
    assert (toy["zswap_pool_pages"], toy["nr_free_pages"]) == (0, 64)


def test_room_is_counted_in_whole_chunks() -> None:
    toy = buddies(ZBUD)
    zspage = toy.call(buddy_alloc, 65 - HEADER, 1) >> HANDLE_SHIFT
    assert toy.at(im.ZSPAGE_ROOM, zspage) == 2


def test_without_a_page_there_is_no_handle() -> None:
    toy = build(frames=8, node=True, zswap__allocator=ZBUD)
    for _ in range(8):
        assert toy.call(buddy_alloc, 3900, 1) > 0
    assert toy.call(buddy_alloc, 3900, 1) == 0
