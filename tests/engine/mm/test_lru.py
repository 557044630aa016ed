"""The LRU lists: which end, which list, and what takes a page off them."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.lru import lru_add, lru_del, make_evictable, make_unevictable, rotate_to_tail, set_flags
from engine.mm.pageflags import PG_ACTIVE
from tests.engine.mm.machines import build


def test_a_new_page_comes_to_the_head_of_the_inactive_list() -> None:
    toy = build()
    toy.write(0, 1, 2)
    assert toy.inactive() == [3, 2, 1]
    assert toy["inactive_tail"] == 1
    assert toy["nr_inactive_anon"] == 3
    assert toy.active() == []


def test_an_active_page_comes_to_the_head_of_the_active_list() -> None:
    toy = build()
    toy.write(0, 1)
    for frame in (1, 2):
        toy.call(lru_del, frame)
        toy.call(set_flags, frame, PG_ACTIVE)
        toy.call(lru_add, frame)
    assert (toy.inactive(), toy.active()) == ([], [2, 1])
    assert (toy["nr_inactive_anon"], toy["nr_active_anon"]) == (0, 2)


def test_a_page_can_leave_from_either_end_or_the_middle() -> None:
    for gone in (1, 2, 3):
        toy = build()
        toy.write(0, 1, 2)
        toy.call(lru_del, gone)
        assert toy.inactive() == [frame for frame in (3, 2, 1) if frame != gone]
        assert "lru" not in toy.flags(gone)
        backwards = []
        at = toy["inactive_tail"]
        while at:
            backwards.append(at)
            at = toy.at(im.PAGE_PREV, at)
        assert backwards == toy.inactive()[::-1]


def test_a_page_whose_write_ended_is_put_at_the_tail_to_be_looked_at_next() -> None:
    toy = build()
    toy.write(0, 1, 2)
    toy.call(rotate_to_tail, 3)
    assert toy.inactive() == [2, 1, 3]
    assert toy["inactive_tail"] == 3


def test_rotating_takes_an_active_page_to_the_inactive_tail() -> None:
    toy = build()
    toy.write(0, 1)
    toy.call(lru_del, 2)
    toy.call(set_flags, 2, PG_ACTIVE)
    toy.call(lru_add, 2)
    toy.call(rotate_to_tail, 2)
    assert (toy.active(), toy.inactive()) == ([], [1, 2])
    assert "active" not in toy.flags(2)


def test_rotating_a_page_that_is_on_no_list_changes_nothing() -> None:
    toy = build()
    toy.write(0, 1)
    toy.call(lru_del, 1)
    toy.call(rotate_to_tail, 1)
    assert toy.inactive() == [2]


def test_a_locked_page_is_on_no_list_that_reclaim_looks_at() -> None:
    toy = build()
    toy.write(0, 1)
    toy.call(make_unevictable, 1)
    assert toy.inactive() == [2]
    assert toy["nr_unevictable"] == 1
    assert {"unevictable", "mlocked", "lru"} <= toy.flags(1)
    toy.call(make_unevictable, 1)
    assert toy["nr_unevictable"] == 1
    toy.call(make_evictable, 1)
    assert toy.inactive() == [1, 2]
    assert toy["nr_unevictable"] == 0
    assert not toy.flags(1) & {"unevictable", "mlocked"}
