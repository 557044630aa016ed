"""Giving address space back."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.exit import put_folio, zap_range
from engine.operation import Op
from tests.engine.mm.machines import ALL_DESIGNS, build, kinds

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def test_a_page_somebody_maps_is_not_freed() -> None:
    toy = build()
    toy.write(0)
    toy.call(put_folio, toy.frame(0))
    assert toy["resident_pages"] == 1


def test_zapping_counts_what_was_there() -> None:
    toy = build(zswap=True)
    toy.write(0, 2, 4)
    toy.pageout(2)
    assert toy.call(zap_range, 1, 0, 8) == 3
    assert toy.figures("resident_pages", "zswap_stored_pages", "swapped_pages") == (0, 0, 0)


def test_a_shared_page_is_freed_with_its_last_owner() -> None:
    toy = build(children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.exit(0)
    assert toy["resident_pages"] == 1
    assert toy.present(0, process=1)
    toy.exit(1)
    assert toy["resident_pages"] == 0


@pytest.mark.parametrize(("slots", "kept"), [(64, 1), (1, 0)])
def test_the_entry_of_a_page_still_mapped_goes_with_its_last_holder_when_swap_is_half_full(
    slots: int, kept: int
) -> None:
    toy = build(slots=slots, children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.reclaim(0)
    toy.idle()
    toy.drop_swapcache()
    toy.read(0)
    assert toy["swapcached_pages"] == 1
    toy.exit(1)
    assert toy.present(0)
    assert (toy["swapcached_pages"], toy["swap_used_pages"]) == (kept, kept)


@EVERY
def test_a_swapcache_page_goes_with_the_entry_of_its_last_owner(design: int) -> None:
    toy = build(design=design)
    toy.push_out(0, 1)
    toy.read(0)
    assert toy["swapcached_pages"] == 1
    toy.exit(0)
    assert toy.figures("swapcached_pages", "resident_pages", "swap_used_pages", "descriptors") == (0, 0, 0, 0)


@EVERY
def test_a_page_that_is_being_written_is_freed_when_the_write_is_done_and_it_is_found(design: int) -> None:
    toy = build(design=design)
    toy.write(0)
    toy.pageout(0)
    toy.exit(0)
    assert toy.figures("resident_pages", "swap_used_pages", "nr_writeback") == (1, 1, 1)
    toy.idle()
    toy.drop_swapcache()
    assert toy.figures("resident_pages", "swap_used_pages", "descriptors") == (0, 0, 0)


def test_a_locked_page_of_a_dead_process_is_free() -> None:
    toy = build()
    toy.write(0)
    toy.range(Op.MLOCK, 0)
    toy.exit(0)
    assert toy.figures("nr_unevictable", "resident_pages") == (0, 0)


def test_exit_says_how_many_entries_held_something() -> None:
    toy = build(zswap=True)
    toy.write(0, 1, 2)
    toy.pageout(0)
    made = toy.exit(0)
    assert made[-1].operand("pages") == 3
    assert "exit" in kinds(made)
    assert toy.at(im.MM_STATE, 1) == 2


def test_what_one_process_wrote_is_known_to_the_page_when_it_goes() -> None:
    toy = build(children=1)
    toy.write(0)
    toy.fork(0, 1)
    assert "dirty" not in toy.flags(toy.frame(0))
    toy.exit(1)
    assert "dirty" in toy.flags(toy.frame(0))


def test_a_page_that_was_only_read_stays_clean() -> None:
    toy = build(children=1)
    toy.push_out(0, 1)
    toy.read(0)
    toy.fork(0, 1)
    toy.exit(1)
    assert "dirty" not in toy.flags(toy.frame(0))
