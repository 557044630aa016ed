"""Where the page at the list's end would go is where reclaim then puts it."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm import transitions as tr
from engine.mm.journal import put
from engine.mm.lru import set_flags
from engine.mm.pageflags import PG_LOCKED
from engine.mm.swapops import PTE_ACCESSED
from engine.mm.vmscan import shrink_inactive_list
from engine.reading import Way, leaving
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, SWAP_DESC, Toy, build

DONE = {tr.ZSWAP_STORE: Way.POOL, tr.DISK_WRITE: Way.SLOT, tr.ZERO_OUT: Way.ZERO}


def unused(toy: Toy) -> Toy:
    """No page was used since reclaim last looked."""
    for page in range(toy.at(im.MM_PAGES, 1)):
        row = toy.at(im.MM_PTE, 1) + page
        toy.call(put, im.PTE, row, toy.at(im.PTE, row) & ~PTE_ACCESSED)
    for frame in toy.inactive():
        toy.call(put, im.PAGE_FLAGS, frame, toy.at(im.PAGE_FLAGS, frame) & ~1)
    return toy


def went(toy: Toy) -> Way:
    """What reclaim does with the page at the list's end."""
    frames = toy.scalar(im.FREE_PAGES)
    told = {transition.kind.number for transition in toy.watch(shrink_inactive_list, 1)}
    ways = [way for kind, way in DONE.items() if kind in told]
    return ways[0] if ways else Way.DROP if toy.scalar(im.FREE_PAGES) > frames else Way.NONE


def written(**more: int) -> Toy:
    toy = build(4, **more)
    toy.write(0, 1, 2, 3)
    return unused(toy)


def dropped(**more: int) -> Toy:
    toy = build(4, **more)
    toy.push_out(0, 1)
    toy.read(0)
    return unused(toy)


@pytest.mark.parametrize("design", ALL_DESIGNS)
@pytest.mark.parametrize(("toy", "way"), [
    (lambda design: written(design=design, zswap=True), Way.POOL),
    (lambda design: written(design=design), Way.SLOT),
    (lambda design: written(design=design, zswap=True, lz4=(4096,), zswap__incompressible=0), Way.SLOT),
    (lambda design: written(design=design, zswap=True, filled=(3,)), Way.ZERO),
    (lambda design: written(design=design, slots=0), Way.NONE),
    (dropped, Way.DROP),
])  # fmt: skip
def test_it_says_where_reclaim_then_puts_it(design: int, toy, way: Way) -> None:
    machine = toy(design) if toy is not dropped else dropped(design=design)
    found = leaving(machine.view)
    assert found.way is way
    assert found.frame == machine.inactive()[-1]
    assert went(machine) is way


def test_todays_page_needs_a_slot_for_its_name_even_where_the_pool_would_take_it() -> None:
    for design, way in ((LEGACY, Way.NONE), (SWAP_DESC, Way.POOL)):
        toy = written(design=design, zswap=True, slots=0)
        assert leaving(toy.view).way is way
        assert went(toy) is way


def test_a_page_somebody_works_on_goes_nowhere_and_an_empty_list_has_none() -> None:
    toy = written(zswap=True)
    toy.call(set_flags, toy.inactive()[-1], PG_LOCKED)
    assert leaving(toy.view).way is Way.NONE
    assert leaving(build(4).view).frame == 0


def test_asking_changes_nothing() -> None:
    toy = written(zswap=True)
    before = bytes(toy.m)
    leaving(toy.view)
    assert bytes(toy.m) == before
