"""The pool's size against its limits."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.zswap_pool import zswap_accept_thr_pages, zswap_max_pages, zswap_would_take
from tests.engine.mm.machines import build


@pytest.mark.parametrize(("frames", "percent", "pages"), [(4096, 20, 819), (1000, 25, 250), (64, 1, 0), (64, 100, 64)])
def test_the_limit_is_a_share_of_memory_rounded_down(frames: int, percent: int, pages: int) -> None:
    toy = build(frames=frames, zswap__max_pool_percent=percent)
    assert toy.call(zswap_max_pages) == pages


def test_the_limit_can_be_given_in_pages() -> None:
    assert build(frames=1000, zswap__max_pool_percent=20, zswap__max_pool_pages=7).call(zswap_max_pages) == 7


def test_the_acceptance_threshold_is_a_share_of_the_limit() -> None:
    toy = build(zswap__max_pool_pages=819, zswap__accept_threshold_percent=90)
    assert toy.call(zswap_accept_thr_pages) == 737


@pytest.mark.parametrize(
    ("pages", "was_full", "takes"),
    [(0, 0, True), (9, 0, True), (10, 0, False), (11, 0, False), (10, 1, False), (9, 1, True), (8, 1, True)],
)
def test_what_the_next_store_would_meet(pages: int, was_full: int, takes: bool) -> None:
    toy = build(zswap=True, zswap__max_pool_pages=10, zswap__accept_threshold_percent=90)
    toy.m[im.POOL_PAGES], toy.m[im.POOL_REACHED_FULL] = pages, was_full
    before = list(toy.m[: im.schema.scalar_end])
    assert toy.call(zswap_would_take) is takes
    assert list(toy.m[: im.schema.scalar_end]) == before, "asking changes nothing"


def test_a_pool_that_is_off_takes_nothing() -> None:
    assert not build(zswap=False, zswap__max_pool_pages=10).call(zswap_would_take)
