"""zsmalloc's size classes: golden figures of the kernel's own code, by chain size."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.mm.size_classes import pages_per_zspage, size_classes


def real(chain: int) -> list[int]:
    """Indices of the classes that serve a size at all."""
    return sorted({made.merged for made in size_classes(chain)})


@pytest.mark.parametrize(("chain", "count"), [(4, 69), (8, 119), (16, 192)])
def test_classes_that_are_left_after_merging(chain: int, count: int) -> None:
    assert len(real(chain)) == count


@pytest.mark.parametrize(("chain", "size"), [(4, 3264), (8, 3632), (16, 3840)])
def test_the_largest_class_that_is_not_huge(chain: int, size: int) -> None:
    classes = size_classes(chain)
    largest = max(classes[index].size for index in real(chain) if classes[index].objs > 1)
    assert largest == size


@pytest.mark.parametrize(("chain", "first"), [(4, 3257), (8, 3625), (16, 3833)])
def test_the_smallest_length_that_takes_a_whole_page(chain: int, first: int) -> None:
    """huge_class_size: from this length on (the handle's 8 bytes not counted) an object has a page to itself."""
    assert effective_bytes(first - 1, chain) < 4096
    assert effective_bytes(first, chain) == 4096


def effective_bytes(length: int, chain: int) -> float:
    """Bytes of the pool an object of this length takes in a full zspage."""
    classes = size_classes(chain)
    index = min(254, max(0, -(-(length + 8 - 32) // 16)))
    served = classes[classes[index].merged]
    return served.pages * 4096 / served.objs


@pytest.mark.parametrize(
    ("length", "taken"),
    [
        (500, 512), (1000, 1024), (1365, 1424.7), (2000, 2048), (2700, 2730.7), (3200, 3276.8), (3600, 3640.9),
        (3625, 4096),
    ],
)
def test_bytes_an_object_takes_at_chain_8(length: int, taken: float) -> None:
    assert round(effective_bytes(length, 8), 1) == taken


def test_a_power_of_two_has_one_page_since_6_3() -> None:
    for size in (64, 256, 1024, 2048):
        assert pages_per_zspage(size, 8) == 1


def test_until_6_2_the_best_used_chain_wins_and_the_shortest_of_equals() -> None:
    # 3 pages of 1536-byte objects: 12288 / 1536 = 8 and nothing is left.
    assert pages_per_zspage(1536, 4) == 3
    assert pages_per_zspage(2048, 4) == 1
    # 4 pages hold 5 objects of 3264 bytes: 99 % used, 79 % with one page.
    assert pages_per_zspage(3264, 4) == 4


def test_since_6_3_the_chain_that_wastes_least_wins() -> None:
    # 8 pages hold 9 objects of 3632 bytes and 80 bytes are left.
    assert pages_per_zspage(3632, 8) == 8
    assert 8 * 4096 % 3632 == 80


def test_a_class_is_served_by_the_largest_of_its_shape() -> None:
    for chain in (4, 8, 16):
        classes = size_classes(chain)
        for index, made in enumerate(classes):
            served = classes[made.merged]
            assert made.merged >= index
            assert (served.pages, served.objs) == (made.pages, made.objs)
            assert served.objs * served.size <= served.pages * 4096


def test_there_are_255_classes_of_16_bytes_distance() -> None:
    sizes = [made.size for made in size_classes(8)]
    assert len(sizes) == 255
    assert (sizes[0], sizes[-1]) == (32, 4096)
    assert {b - a for a, b in pairwise(sizes)} == {16}
