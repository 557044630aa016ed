"""Shadows of evicted pages, and what a refault tells."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.design.hooks import cache_word
from engine.mm.lru import set_flags
from engine.mm.pageflags import PG_WORKINGSET
from engine.mm.workingset import lru_note_cost
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, Toy, build, of_kind

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def evicted(design: int, pages: int = 1, **more: int) -> Toy:
    toy = build(design=design, zswap=True, page_cluster=0, **more)
    toy.write(*range(pages))
    toy.pageout(0, pages)
    return toy


def shadow(toy: Toy, page: int) -> tuple[int, bool]:
    """Age at eviction, and whether the page was of the working set."""
    word = toy.call(cache_word, toy.entry(page))
    assert word & 1
    return word >> 2, bool(word >> 1 & 1)


@EVERY
def test_an_eviction_leaves_its_age_where_the_page_was_and_makes_the_clock_go_on(design: int) -> None:
    toy = evicted(design, 3)
    assert [shadow(toy, page)[0] for page in range(3)] == [0, 1, 2]
    assert toy["nonresident_age"] == 3


@EVERY
def test_a_page_that_comes_back_soon_is_made_active(design: int) -> None:
    """Soon: fewer were evicted since than are active."""
    toy = evicted(design, 3)
    toy.m[im.NR_ACTIVE] = 3
    made = toy.read(0)
    toy.m[im.NR_ACTIVE] -= 3
    refault = of_kind(made, "refault")[0]
    assert (refault.operand("distance"), refault.operand("verdict")) == (3, 1)
    assert (toy["workingset_refault_anon"], toy["workingset_activate_anon"]) == (1, 1)
    assert "active" in toy.flags(toy.frame(0))
    assert toy["nonresident_age"] == 4, "an activation makes the clock go on too"


@EVERY
def test_a_page_that_comes_back_late_is_not(design: int) -> None:
    toy = evicted(design, 3)
    toy.m[im.NR_ACTIVE] = 2
    made = toy.read(0)
    toy.m[im.NR_ACTIVE] -= 2
    refault = of_kind(made, "refault")[0]
    assert (refault.operand("distance"), refault.operand("verdict")) == (3, 0)
    assert (toy["workingset_refault_anon"], toy["workingset_activate_anon"]) == (1, 0)
    assert "active" not in toy.flags(toy.frame(0))


@EVERY
def test_a_page_that_had_been_active_is_restored_at_a_cost(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.write(0)
    toy.call(set_flags, toy.frame(0), PG_WORKINGSET)
    toy.pageout(0)
    assert shadow(toy, 0) == (0, True)
    toy.m[im.NR_ACTIVE] = 128
    toy.read(0)
    toy.m[im.NR_ACTIVE] -= 128
    assert (toy["workingset_restore_anon"], toy["refault_cost"], toy["anon_cost"]) == (1, 1, 32)
    assert {"workingset", "active"} <= toy.flags(toy.frame(0))


def test_cost_is_halved_once_it_is_more_than_a_quarter_of_the_lists() -> None:
    toy = build()
    toy.m[im.NR_ACTIVE], toy.m[im.NR_INACTIVE] = 30, 10
    costs = []
    for _ in range(3):
        toy.call(lru_note_cost, 5)
        costs.append(toy["anon_cost"])
    assert costs == [5, 10, 7], "10 is a quarter of 40, 15 is more"


@EVERY
def test_a_freed_entry_forgets_its_shadow(design: int) -> None:
    toy = evicted(design)
    column = im.SLOT_CACHE if design == LEGACY else im.DESC_CACHE
    assert any(toy.view.column(column))
    toy.exit(0)
    assert not any(toy.view.column(column))
