"""The rule for a page's image: within the family, spread evenly, the same compiled and not."""

from __future__ import annotations

from collections import Counter

import numba
from hypothesis import given
from hypothesis import strategies as st

from engine.mm.choice import first_image, next_image

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.integers(0, 10_000), st.integers(1, 5_000), INT64, INT64)
def test_images_stay_within_the_family(first: int, count: int, page: int, seed: int) -> None:
    image = first_image(first, count, page, seed)
    assert first <= image < first + count
    assert first <= next_image(first, count, image) < first + count


def test_writes_go_through_every_image_of_the_family_and_start_again() -> None:
    seen = [first_image(7, 5, 1234, 1)]
    for _ in range(5):
        seen.append(next_image(7, 5, seen[-1]))
    assert sorted(seen[:5]) == [7, 8, 9, 10, 11]
    assert seen[5] == seen[0]


def test_a_family_of_one_image_stays_with_it() -> None:
    assert first_image(3, 1, 99, 5) == 3
    assert next_image(3, 1, 3) == 3


def test_neighbouring_pages_are_spread_evenly() -> None:
    pages = 48 * 1000
    for seed in (0, 1, 2):
        counts = Counter(first_image(0, 48, page, seed) for page in range(pages))
        assert len(counts) == 48
        # 1000 expected each, standard deviation 31.
        assert max(counts.values()) < 1160
        assert min(counts.values()) > 840
        pairs = sum(first_image(0, 48, page, seed) == first_image(0, 48, page + 1, seed) for page in range(pages))
        assert 840 < pairs < 1160


def test_another_seed_gives_other_images() -> None:
    same = sum(first_image(0, 48, page, 1) == first_image(0, 48, page, 2) for page in range(4800))
    assert 50 < same < 150


def test_compiled_and_not_give_the_same() -> None:
    first_compiled = numba.njit(first_image)
    next_compiled = numba.njit(next_image)
    numbers = [0, 1, 17, 4095, 2**31 - 2, 2**31 - 1, 2**31, 2**52, 2**63 - 1, -1, -(2**63)]
    for page in numbers:
        for seed in numbers:
            image = first_image(100, 48, page, seed)
            assert first_compiled(100, 48, page, seed) == image
            assert next_compiled(100, 48, image) == next_image(100, 48, image)
