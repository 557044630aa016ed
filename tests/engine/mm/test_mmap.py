"""Address spaces: fork, munmap, mlock and the four kinds of advice."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.journal import get
from engine.mm.lru import lru_add, lru_del, set_flags
from engine.mm.mmap import find_vma, split_vma
from engine.mm.pageflags import PG_ACTIVE
from engine.mm.swapops import PTE_ACCESSED, PTE_RW, PTE_SWP_EXCLUSIVE
from engine.operation import Op
from tests.engine.mm.machines import ALL_DESIGNS, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def regions_of(toy: Toy, process: int = 0) -> list[tuple[int, int]]:
    """First page and length of each region that is still mapped."""
    found = []
    vma = toy.at(im.MM_VMA, process + 1)
    while vma:
        if toy.at(im.VMA_PAGES, vma):
            found.append((toy.at(im.VMA_START, vma), toy.at(im.VMA_PAGES, vma)))
        vma = toy.at(im.VMA_NEXT, vma)
    return sorted(found)


# -- regions -------------------------------------------------------------------------------------


def test_a_page_is_found_in_its_region_and_a_gap_in_none() -> None:
    toy = build(regions=(region(4), region(4, first=8)))
    assert [toy.call(find_vma, 1, page) for page in (0, 3, 4, 7, 8, 11, 12)] == [1, 1, 0, 0, 2, 2, 0]


def test_a_reference_outside_every_region_is_an_error_of_the_program_and_ends_the_run() -> None:
    toy = build(regions=(region(4),))
    made = toy.write(0, 9, 1)
    assert kinds(made) == ["fault", "first touch", "segmentation fault"]
    assert toy.machine.outcome == "segfault"


def test_splitting_a_region_keeps_its_mapping_and_index() -> None:
    toy = build(8)
    toy.write(6)
    toy.call(split_vma, 1, 5)
    assert regions_of(toy) == [(0, 5), (5, 3)]
    assert toy.at(im.VMA_PGOFF, 2) == 5
    toy.pageout(6)
    assert not toy.present(6), "the reverse map finds it in its new region"
    toy.call(split_vma, 1, 0)
    toy.call(split_vma, 1, 5)
    assert regions_of(toy) == [(0, 5), (5, 3)], "splitting at an edge makes nothing new"


# -- munmap and exit -----------------------------------------------------------------------------


@EVERY
def test_munmap_gives_back_frames_and_swap_and_what_is_left_works_on(design: int) -> None:
    toy = build(10, design=design, zswap=True)
    toy.write(*range(10))
    toy.pageout(0, 5)
    made = toy.range(Op.MUNMAP, 2, 6)
    assert of_kind(made, "munmap")
    assert regions_of(toy) == [(0, 2), (8, 2)]
    assert (toy["resident_pages"], toy["zswap_stored_pages"], toy["swapped_pages"]) == (2, 2, 2)
    toy.read(0, 1, 8, 9)
    assert toy["pgmajfault"] >= 1
    assert kinds(toy.read(4)) == ["segmentation fault"]


@EVERY
def test_exit_gives_everything_back(design: int) -> None:
    toy = build(20, design=design, zswap=True, zswap__max_pool_pages=2)
    free = toy["nr_free_pages"]
    toy.write(*range(20))
    toy.pageout(0, 15)
    toy.idle()
    toy.read(3, 4)
    made = toy.exit(0)
    assert "exit" in kinds(made)
    toy.idle()
    toy.drop_swapcache()
    assert not any(toy.figures("swap_used_pages", "descriptors", "zswap_stored_pages", "zswap_pool_pages"))
    assert not any(toy.figures("resident_pages", "swapped_pages", "nr_anon_pages"))
    assert (toy.at(im.MM_RSS, 1), toy.at(im.MM_SWAPENTS, 1)) == (0, 0)
    assert toy["nr_free_pages"] == free - toy["metadata_pages"]


def test_what_a_process_does_after_its_end_is_skipped() -> None:
    toy = build()
    toy.exit(0)
    assert kinds(toy.write(0)) == ["skipped"]
    assert kinds(toy.pageout(0)) == ["skipped"]


# -- fork ----------------------------------------------------------------------------------------


@EVERY
def test_fork_shares_pages_in_memory_and_entries_in_swap(design: int) -> None:
    toy = build(design=design, zswap=True, children=1)
    toy.write(0, 1)
    toy.pageout(1)
    entry = toy.entry(1)
    made = toy.fork(0, 1)
    assert of_kind(made, "fork")[0].operand("pages") == 2
    assert toy.frame(0) == toy.frame(0, process=1)
    assert toy.entry(1, process=1) == entry
    assert toy.count(entry) == 2
    assert toy["resident_pages"] == 1
    assert not toy.pte(0) & PTE_RW
    assert not toy.pte(0, process=1) & PTE_RW
    assert not toy.pte(0, process=1) & PTE_ACCESSED, "the child has not used it"
    assert not toy.pte(1) & PTE_SWP_EXCLUSIVE
    assert (toy.at(im.MM_RSS, 2), toy.at(im.MM_SWAPENTS, 2), toy.at(im.MM_PARENT, 2)) == (1, 1, 1)


def test_a_child_does_not_inherit_locks() -> None:
    toy = build(children=1)
    toy.range(Op.MLOCK, 0, 4)
    toy.fork(0, 1)
    vma = toy.at(im.MM_VMA, 2)
    assert toy.at(im.VMA_FLAGS, vma) & 1 == 0


def test_a_grandchild_shares_too_and_each_writer_gets_its_own() -> None:
    toy = build(children=2)
    toy.write(0)
    toy.fork(0, 1)
    toy.fork(1, 2)
    for process in (0, 1, 2):
        toy.write(0, process=process)
    assert len({toy.frame(0, process=process) for process in (0, 1, 2)}) == 3
    assert toy["resident_pages"] == 3


# -- mlock ---------------------------------------------------------------------------------------


@EVERY
def test_mlock_brings_pages_in_frees_their_entries_and_keeps_them(design: int) -> None:
    toy = build(8, design=design, zswap=True)
    toy.write(0, 1)
    toy.pageout(0)
    made = toy.range(Op.MLOCK, 0, 3)
    assert all(toy.present(page) for page in (0, 1, 2)), "also the one that was never touched"
    assert (toy["nr_unevictable"], toy["swap_used_pages"], toy["descriptors"]) == (3, 0, 0)
    assert kinds(made)[-1] == "mlock"
    toy.pageout(0, 3)
    assert all(toy.present(page) for page in (0, 1, 2))
    toy.range(Op.MUNLOCK, 0, 3)
    assert toy["nr_unevictable"] == 0
    toy.pageout(0, 3)
    assert not any(toy.present(page) for page in (0, 1, 2))


def test_a_page_touched_in_a_locked_region_is_locked_at_once() -> None:
    toy = build(regions=(region(4, locked=True),))
    toy.write(0)
    assert "unevictable" in toy.flags(toy.frame(0))


def test_locking_part_of_a_region_splits_it() -> None:
    toy = build(10)
    toy.range(Op.MLOCK, 2, 3)
    assert regions_of(toy) == [(0, 2), (2, 3), (5, 5)]
    assert [bool(get(toy.m, im.VMA_FLAGS, toy.call(find_vma, 1, page)) & 1) for page in (1, 2, 4, 5)] == [
        False, True, True, False,
    ]  # fmt: skip


# -- madvise -------------------------------------------------------------------------------------


@EVERY
def test_pageout_reclaims_even_a_page_that_was_just_used(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.write(0)
    made = toy.pageout(0)
    assert kinds(made)[0] == "madvise"
    assert not toy.present(0)
    assert {transition.cause for transition in made[1:]} == {made[0].number}


def test_cold_makes_an_active_page_inactive_and_old_without_taking_it() -> None:
    toy = build(zswap=True)
    toy.write(0, 1)
    frame = toy.frame(0)
    toy.call(lru_del, frame)
    toy.call(set_flags, frame, PG_ACTIVE)
    toy.call(lru_add, frame)
    toy.range(Op.COLD, 0, 2)
    assert toy.active() == []
    assert toy.inactive() == [frame, toy.frame(1)], "one that is inactive already stays where it is"
    for page in (0, 1):
        assert not toy.pte(page) & PTE_ACCESSED
        assert not toy.flags(toy.frame(page)) & {"referenced", "active"}
    assert "workingset" in toy.flags(frame)
    assert "workingset" not in toy.flags(toy.frame(1))
    assert toy["pgdeactivate"] == 1


@pytest.mark.parametrize("advice", [Op.COLD, Op.PAGEOUT])
def test_a_page_that_another_process_maps_is_left_alone_by_advice(advice: Op) -> None:
    toy = build(zswap=True, children=1)
    toy.write(0, 1)
    toy.fork(0, 1)
    assert kinds(toy.range(advice, 0, 2)) == ["madvise"]
    assert toy.pte(0) & PTE_ACCESSED
    toy.exit(1)
    toy.range(advice, 0, 2)
    assert not toy.pte(0) & PTE_ACCESSED


@EVERY
def test_dontneed_drops_pages_wherever_they_are_and_the_next_touch_is_a_first_one(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.write(0, 1)
    toy.pageout(1)
    toy.range(Op.DONTNEED, 0, 2)
    assert (toy.pte(0), toy.pte(1)) == (0, 0)
    assert not any(toy.figures("resident_pages", "swap_used_pages", "descriptors", "zswap_stored_pages"))
    assert kinds(toy.read(0)) == ["fault", "first touch"]


@EVERY
def test_willneed_brings_pages_into_the_swapcache_and_maps_none(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.push_out(0, 2)
    toy.range(Op.WILLNEED, 0, 2)
    assert not toy.present(0)
    assert toy["swapcached_pages"] == 2
    made = toy.read(0)
    assert "swapcache hit" in kinds(made)
    assert toy["pgmajfault"] == 0


def test_advice_about_pages_that_are_not_there_changes_nothing() -> None:
    toy = build(8)
    for advice in (Op.PAGEOUT, Op.COLD, Op.WILLNEED, Op.DONTNEED):
        assert kinds(toy.range(advice, 0, 8)) == ["madvise"]
    assert toy["resident_pages"] == 0


def test_what_pageout_writes_is_plugged_together() -> None:
    toy = build(8, slots=64)
    toy.write(*range(8))
    before = toy["now"]
    toy.pageout(0, 8)
    bio, done = toy.scalar(im.BIO_HEAD), set()
    while bio:
        done.add(toy.at(im.BIO_DONE, bio))
        bio = toy.at(im.BIO_NEXT, bio)
    assert len(done) == 1, "neighbouring slots are one request, whose pages end together"
    assert done.pop() > before
    assert toy["plug"] == 0
