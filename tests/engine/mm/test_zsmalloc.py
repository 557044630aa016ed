"""zsmalloc: whole zspages, fullness groups, the fullest first."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.zsmalloc import GROUPS, HANDLE_SHIFT, class_of, fullness, zs_free, zs_malloc
from tests.engine.mm.machines import Toy, build


def group_of(toy: Toy, zspage: int) -> int:
    """Fullness group of a zspage within its class."""
    return toy.at(im.ZSPAGE_GROUP, zspage) - (toy.at(im.ZSPAGE_CLASS, zspage) - 1) * GROUPS


@pytest.mark.parametrize(
    ("inuse", "objs", "group"),
    [(0, 9, 0), (1, 100, 1), (10, 100, 2), (50, 100, 6), (99, 100, 10), (100, 100, 11), (1, 1, 11), (1, 2, 6)],
)
def test_fullness_is_nothing_then_ten_steps_then_99_then_all(inuse: int, objs: int, group: int) -> None:
    assert fullness(inuse, objs) == group


def test_the_handle_adds_eight_bytes_to_every_request() -> None:
    toy = build()
    sizes = [toy.at(im.CLASS_SIZE, toy.call(class_of, length)) for length in (24, 25, 1016, 1017, 4096)]
    assert (sizes[0], sizes[1], sizes[2], sizes[4]) == (32, 48, 1024, 4096)
    assert sizes[3] > 1024


def test_the_pool_grows_and_shrinks_by_whole_zspages() -> None:
    toy = build(frames=64)
    free = toy["nr_free_pages"]
    # 3640 bytes with the handle: 8 pages hold 9.
    handles = [toy.call(zs_malloc, 3620, 7) for _ in range(9)]
    assert toy["zswap_pool_pages"] == 8
    assert free - toy["nr_free_pages"] == 8
    handles.append(toy.call(zs_malloc, 3620, 7))
    assert toy["zswap_pool_pages"] == 16
    toy.call(zs_free, handles.pop())
    assert toy["zswap_pool_pages"] == 8
    for handle in handles[:-1]:
        toy.call(zs_free, handle)
        assert toy["zswap_pool_pages"] == 8, "one object left holds all eight pages"
    toy.call(zs_free, handles[-1])
    assert toy["zswap_pool_pages"] == 0
    assert toy["nr_free_pages"] == free


def test_the_fullest_zspage_with_room_is_used_first() -> None:
    toy = build(frames=64)
    # 1024-byte class: four objects to a page.
    handles = [toy.call(zs_malloc, 1000, 1) for _ in range(12)]
    zspages = [handle >> HANDLE_SHIFT for handle in handles]
    assert [zspages.count(zspage) for zspage in dict.fromkeys(zspages)] == [4, 4, 4]
    first, second, _ = dict.fromkeys(zspages)
    for handle in handles[0:3] + handles[4:5]:
        toy.call(zs_free, handle)
    assert (toy.at(im.ZSPAGE_INUSE, first), toy.at(im.ZSPAGE_INUSE, second)) == (1, 3)
    assert toy.call(zs_malloc, 1000, 1) >> HANDLE_SHIFT == second
    assert toy.call(zs_malloc, 1000, 1) >> HANDLE_SHIFT == first


def test_one_place_free_of_very_many_is_the_fullest_of_all() -> None:
    toy = build(frames=64)
    # 32-byte class: 128 objects to a page.
    handles = [toy.call(zs_malloc, 20, 1) for _ in range(129)]
    full, other = handles[0] >> HANDLE_SHIFT, handles[-1] >> HANDLE_SHIFT
    assert full != other
    toy.call(zs_free, handles[5])
    assert group_of(toy, full) == 10
    assert toy.call(zs_malloc, 20, 1) == handles[5]


@pytest.mark.parametrize("last", [0, 1, 2])
def test_of_equally_full_zspages_the_one_that_came_into_the_group_last_is_used_first(last: int) -> None:
    toy = build(frames=64)
    handles = [toy.call(zs_malloc, 1000, 1) for _ in range(12)]
    order = [number for number in range(3) if number != last] + [last]
    for number in order:
        toy.call(zs_free, handles[4 * number])
    zspages = [handles[4 * number] >> HANDLE_SHIFT for number in reversed(order)]
    assert [toy.call(zs_malloc, 1000, 1) >> HANDLE_SHIFT for _ in range(3)] == zspages


def test_a_zspage_is_in_the_group_of_its_use() -> None:
    toy = build(frames=64)
    handles = [toy.call(zs_malloc, 1000, 1) for _ in range(4)]
    zspage = handles[0] >> HANDLE_SHIFT
    assert group_of(toy, zspage) == 11
    for left, group in ((3, 8), (2, 6), (1, 3)):
        toy.call(zs_free, handles[left])
        assert toy.at(im.ZSPAGE_INUSE, zspage) == left
        assert group_of(toy, zspage) == group


def test_a_huge_object_has_a_page_to_itself() -> None:
    toy = build(frames=64)
    toy.call(zs_malloc, 3700, 1)
    toy.call(zs_malloc, 4096, 1)
    assert toy["zswap_pool_pages"] == 2


def test_objects_of_different_classes_share_no_zspage() -> None:
    toy = build(frames=64)
    one, other = toy.call(zs_malloc, 1000, 1), toy.call(zs_malloc, 2000, 1)
    assert one >> HANDLE_SHIFT != other >> HANDLE_SHIFT
    assert toy["zswap_pool_pages"] == 2


def test_a_freed_place_is_used_again() -> None:
    toy = build(frames=64)
    handles = [toy.call(zs_malloc, 1000, 1) for _ in range(3)]
    toy.call(zs_free, handles[1])
    assert toy.call(zs_malloc, 1000, 1) == handles[1]


def test_without_pages_there_is_no_handle_and_nothing_changes() -> None:
    toy = build(frames=8, node=True, slots=0)
    for _ in range(8):
        assert toy.call(zs_malloc, 4096, 1) > 0
    assert toy["nr_free_pages"] == 0
    before = toy.view.state_hash()
    assert toy.call(zs_malloc, 4096, 1) == 0
    assert toy.view.state_hash() == before


def test_a_cgroup_is_charged_for_the_pool_past_its_limit() -> None:
    toy = build(frames=8, watermark_min=3)
    for _ in range(20):
        assert toy.call(zs_malloc, 4096, 1) > 0
    assert (toy["nr_free_pages"], toy["zswap_pool_pages"]) == (-12, 20)


def test_a_pool_that_is_not_charged_takes_no_frames() -> None:
    toy = build(frames=8, charge_pool=0)
    for _ in range(20):
        assert toy.call(zs_malloc, 4096, 1) > 0
    assert (toy["nr_free_pages"], toy["zswap_pool_pages"]) == (8, 20)
