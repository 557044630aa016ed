"""Entries whose bytes can move."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, backend_tag, slot_backend, zswap_backend
from engine.mm.descriptor import begin_row, can_leave, drop_slot, end_row, point_at, slot_of_bytes, slot_when_written
from tests.engine.mm.machines import INDIRECT, Toy, build

EVERY = pytest.mark.parametrize("design", INDIRECT)
ROW = 7


def begun(design: int, **more: int) -> Toy:
    toy = build(design=design, **more)
    toy.call(begin_row, ROW, 3)
    return toy


@EVERY
def test_a_new_entry_is_held_by_nobody_cached_and_has_no_bytes(design: int) -> None:
    toy = begun(design)
    assert (toy.at(im.DESC_COUNT, ROW), toy.at(im.DESC_CACHE, ROW), toy.at(im.DESC_BACKEND, ROW)) == (0, 3 << 1, 0)
    assert toy.call(slot_of_bytes, ROW) == -1


@EVERY
def test_a_slot_is_taken_once_and_kept_for_the_next_write(design: int) -> None:
    toy = begun(design)
    slot = toy.call(slot_when_written, ROW)
    toy.call(point_at, ROW, slot_backend(slot))
    assert toy.call(slot_when_written, ROW) == slot == toy.call(slot_of_bytes, ROW)
    assert toy["swap_used_pages"] == 1


@EVERY
def test_pointing_at_other_bytes_frees_the_slot_left_behind(design: int) -> None:
    toy = begun(design)
    toy.call(point_at, ROW, slot_backend(toy.call(slot_when_written, ROW)))
    toy.call(point_at, ROW, zswap_backend(5))
    assert toy["swap_used_pages"] == 0
    toy.call(point_at, ROW, zswap_backend(5))
    assert toy.at(im.DESC_BACKEND, ROW) == zswap_backend(5)


@EVERY
def test_an_entry_that_ends_leaves_no_slot(design: int) -> None:
    toy = begun(design)
    toy.call(point_at, ROW, slot_backend(toy.call(slot_when_written, ROW)))
    assert backend_tag(toy.at(im.DESC_BACKEND, ROW)) == SLOT
    toy.call(end_row, ROW)
    assert (toy["swap_used_pages"], toy.at(im.DESC_BACKEND, ROW), toy.at(im.DESC_CACHE, ROW)) == (0, 0, 0)
    toy.call(drop_slot, ROW)
    assert toy["swap_used_pages"] == 0


@EVERY
def test_without_a_free_slot_there_is_none_to_write_to(design: int) -> None:
    assert begun(design, slots=0).call(slot_when_written, ROW) == -1


@pytest.mark.parametrize(
    ("slots", "pool", "leaves"), [(0, False, False), (4, False, True), (0, True, True), (4, True, True)]
)
def test_a_page_can_leave_while_the_pool_takes_it_or_a_slot_is_free(slots: int, pool: bool, leaves: bool) -> None:
    toy = build(design=1, slots=slots, zswap=pool)
    assert bool(toy.call(can_leave)) is leaves
