"""From a frame to the entries that map it, and what unmapping leaves there."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.rmap import folio_referenced, try_to_unmap
from engine.mm.swapops import PTE_ACCESSED, PTE_SWP_EXCLUSIVE
from engine.program import Process
from tests.engine.mm.machines import ALL_DESIGNS, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


@EVERY
def test_every_entry_that_maps_a_page_gets_its_swap_entry(design: int) -> None:
    toy = build(design=design, children=3)
    toy.write(0)
    for child in (1, 2, 3):
        toy.fork(0, child)
    made = toy.reclaim(0)
    assert of_kind(made, "unmapped")[0].operand("entries") == 4
    entries = {toy.entry(0, process=process) for process in range(4)}
    assert len(entries) == 1
    assert toy.count(entries.pop()) == 4
    assert toy["swapped_pages"] == 4
    assert [toy.at(im.MM_SWAPENTS, process + 1) for process in range(4)] == [1, 1, 1, 1]


def test_young_bits_of_all_entries_are_counted_and_cleared() -> None:
    toy = build(children=2)
    toy.write(0)
    toy.fork(0, 1)
    toy.fork(0, 2)
    toy.read(0, process=2)
    frame = toy.frame(0)
    assert toy.call(folio_referenced, frame) == 2, "the parent's and one child's"
    assert toy.call(folio_referenced, frame) == 0
    for process in range(3):
        assert not toy.pte(0, process=process) & PTE_ACCESSED


def test_a_dirty_entry_makes_the_folio_dirty_when_it_is_unmapped() -> None:
    toy = build()
    toy.push_out(0, 1)
    toy.read(0)
    assert "dirty" not in toy.flags(toy.frame(0))
    toy.read(0)
    made = toy.write(0)
    assert kinds(made) in (["hit"], ["fault", "reuse"])
    written = toy["pswpout"]
    toy.pageout(0)
    assert toy["pswpout"] == written + 1


@EVERY
def test_the_exclusive_marker_goes_to_the_swap_entry_only_for_pages_of_one_owner(design: int) -> None:
    toy = build(design=design, children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.write(1)
    toy.reclaim(0)
    toy.reclaim(1)
    assert not toy.pte(0) & PTE_SWP_EXCLUSIVE
    assert toy.pte(1) & PTE_SWP_EXCLUSIVE


def test_a_shmem_page_leaves_nothing_in_the_page_tables() -> None:
    parts = (region(4, shared="ring"),)
    toy = build(processes=(Process("a", 4, parts), Process("b", 4, parts)), shmem=(("ring", 4),))
    toy.write(0)
    toy.read(0, process=1)
    assert toy.frame(0) == toy.frame(0, process=1)
    made = toy.reclaim(0)
    assert of_kind(made, "unmapped")[0].operand("entries") == 2
    assert (toy.pte(0), toy.pte(0, process=1)) == (0, 0)
    assert toy.at(im.SHMEM, 0) & 1


def test_unmapping_a_page_that_nobody_maps_changes_no_count() -> None:
    toy = build(children=1)
    toy.push_out(0, 1)
    entry = toy.entry(0)
    toy.read(0)
    frame = toy.frame(0)
    toy.call(try_to_unmap, frame, entry)
    assert toy.count(entry) == 1
    assert toy.call(try_to_unmap, frame, entry) == 0
    assert toy.count(entry) == 1
