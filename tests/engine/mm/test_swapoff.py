"""swapon and swapoff: what each design visits, and what becomes of the pages."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.swapops import PTE_ACCESSED, PTE_RW, swp_type
from engine.mm.vmscan import shrink_inactive_list
from engine.program import Process, Swapfile
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, SWAP_DESC, VSWAP, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def on_disk(design: int, pages: int = 5, **more: object) -> Toy:
    toy = build(16, design=design, **more)
    toy.push_out(0, pages)
    return toy


def ended(made: list) -> tuple[int, int]:  # type: ignore[type-arg]
    """Result and entries visited."""
    last = of_kind(made, "swapoff ends")[0]
    return last.operand("result"), last.operand("entries")


@EVERY
def test_swapoff_empties_the_device_and_every_page_is_still_there(design: int) -> None:
    toy = on_disk(design)
    made = toy.swapoff()
    assert ended(made)[0] == 0
    assert len(of_kind(made, "swapoff page")) == 5
    assert toy.figures("swap_used_pages", "swap_total_pages") == (0, 0)
    before = toy["pgmajfault"]
    toy.read(*range(5))
    assert all(toy.present(page) for page in range(5))
    assert toy["pgmajfault"] == before, "no page has to be read any more"
    assert toy["descriptors"] == 0 or design != LEGACY


def test_legacy_reads_every_page_table_and_maps_the_pages() -> None:
    toy = on_disk(LEGACY)
    made = toy.swapoff()
    assert ended(made) == (0, 16 + 64), "16 page-table entries, and 64 slots for what only the swapcache held"
    assert toy["swapoff_ptes"] == 16
    assert all(toy.present(page) for page in range(5))
    assert not toy.pte(0) & (PTE_ACCESSED | PTE_RW), "mapped old and read-only"
    assert toy.figures("swapped_pages", "swapcached_pages") == (0, 0)


def test_legacy_reads_as_a_fault_would_with_the_neighbours() -> None:
    toy = on_disk(LEGACY, 16, readahead=1)
    before = toy.figures("pgmajfault", "pswpin", "swap_ra")
    assert before == (0, 0, 0)
    toy.swapoff()
    assert toy.figures("pgmajfault", "pswpin") == (0, 16), "no fault, and each page once"
    # Windows of 8, then, since nobody asks for what was read ahead, half as many each time.
    assert toy["swap_ra"] == 6 + 4
    assert toy["swap_ra_hit"] == 0


@pytest.mark.parametrize("design", [SWAP_DESC, VSWAP])
def test_with_an_indirection_each_page_is_read_alone(design: int) -> None:
    toy = on_disk(design, 16, readahead=1)
    toy.swapoff()
    assert toy.figures("pswpin", "swap_ra") == (16, 0)


def test_legacy_reads_all_entries_of_every_process_that_ever_had_a_page_in_swap() -> None:
    people = [Process(f"p{number}", 100, (region(100),)) for number in range(4)]
    toy = build(processes=people)
    toy.push_out(0, 1)
    toy.push_out(0, 1, process=2)
    toy.write(0, process=2)
    toy.write(*range(50), process=3)
    assert toy["swapped_pages"] == 1
    toy.swapoff()
    assert toy["swapoff_ptes"] == 200, "those of the first and the third"


def test_descriptors_are_read_once_and_no_page_table() -> None:
    toy = on_disk(SWAP_DESC)
    words = [toy.pte(page) for page in range(5)]
    made = toy.swapoff()
    assert ended(made) == (0, 5)
    assert toy.figures("swapoff_descriptors", "swapoff_ptes", "swapoff_slots") == (5, 0, 0)
    assert [toy.pte(page) for page in range(5)] == words, "the pages are in the swapcache under their ids"
    assert toy["swapcached_pages"] == 5


def test_virtual_swap_reads_the_physical_slots() -> None:
    toy = on_disk(VSWAP)
    words = [toy.pte(page) for page in range(5)]
    made = toy.swapoff()
    assert ended(made) == (0, 64)
    assert toy.figures("swapoff_slots", "swapoff_ptes", "swapoff_descriptors") == (64, 0, 0)
    assert [toy.pte(page) for page in range(5)] == words


@pytest.mark.parametrize("design", [SWAP_DESC, VSWAP])
def test_with_an_indirection_pages_in_zswap_are_not_touched(design: int) -> None:
    toy = build(16, design=design, zswap=True)
    toy.push_out(0, 5)
    made = toy.swapoff()
    assert of_kind(made, "swapoff page") == []
    assert toy["zswap_stored_pages"] == 5


def test_legacy_must_decompress_pages_in_zswap_into_memory() -> None:
    toy = build(16, design=LEGACY, zswap=True)
    toy.push_out(0, 5)
    made = toy.swapoff()
    assert len(of_kind(made, "zswap load")) == 5
    assert toy.figures("zswap_stored_pages", "resident_pages") == (0, 5)


@EVERY
def test_shmem_pages_come_back_too(design: int) -> None:
    toy = build(processes=(Process("a", 4, (region(4, shared="ring"),)),), shmem=(("ring", 4),), design=design)
    toy.write(0, 1)
    toy.reclaim(0)
    toy.reclaim(1)
    toy.idle()
    toy.drop_swapcache()
    assert ended(toy.swapoff())[0] == 0
    before = toy["pgmajfault"]
    toy.read(0, 1)
    assert toy["pgmajfault"] == before
    if design == LEGACY:
        assert toy["swapoff_ptes"] == 4, "the object's page cache; its region is not read for entries"


@EVERY
def test_clean_swapcache_pages_lose_their_slot(design: int) -> None:
    toy = on_disk(design, page_cluster=0)
    toy.read(0)
    assert "swapcache" in toy.flags(toy.frame(0))
    toy.swapoff()
    assert toy["swap_used_pages"] == 0
    assert "dirty" in toy.flags(toy.frame(0)), "the only copy is in memory now"


@EVERY
def test_without_memory_for_the_pages_swapoff_fails_and_the_device_stays_in_use(design: int) -> None:
    toy = build(40, frames=16, design=design, slots=64, watermark_min=2)
    toy.write(*range(40))
    toy.idle()
    made = toy.swapoff()
    assert ended(made)[0] == 1
    assert toy["swap_total_pages"] == 64
    assert toy["oom_kill"] == 0
    toy.read(*range(40))
    assert toy.machine.outcome in ("running", "finished")


@EVERY
def test_other_devices_are_left_alone_and_take_what_comes(design: int) -> None:
    files = (Swapfile("a", 8, priority=5), Swapfile("b", 64, priority=1))
    toy = build(16, design=design, swapfiles=files, frames=64)
    toy.push_out(0, 12)
    assert (toy.at(im.SI_INUSE, 1), toy.at(im.SI_INUSE, 2)) == (8, 4)
    toy.swapoff(0)
    assert (toy.at(im.SI_INUSE, 1), toy.at(im.SI_INUSE, 2)) == (0, 4)
    toy.read(*range(8))
    toy.pageout(0, 8)
    toy.idle()
    assert toy.at(im.SI_INUSE, 2) == 12
    if design == LEGACY:
        assert {swp_type(toy.entry(page)) for page in range(12)} == {1}


def test_a_device_that_is_not_in_use_cannot_be_taken_out() -> None:
    toy = build()
    toy.swapoff()
    assert ended(toy.swapoff()) == (2, 0)


@EVERY
def test_swapon_makes_it_usable_again(design: int) -> None:
    toy = on_disk(design)
    toy.swapoff()
    assert kinds(toy.swapon()) == ["swapon"]
    assert toy["swap_total_pages"] == 64
    toy.read(*range(5))
    toy.pageout(0, 5)
    assert toy["swap_used_pages"] == 5
    toy.swapon()
    assert toy["swap_total_pages"] == 64, "a second swapon counts nothing twice"


def test_an_inactive_swapfile_is_used_after_swapon() -> None:
    toy = build(swapfiles=(Swapfile("later", 32, active=False),))
    toy.write(0)
    assert "no swap entry" in kinds(toy.pageout(0))
    toy.swapon()
    toy.pageout(0)
    toy.idle()
    toy.call(shrink_inactive_list, 1)
    assert toy["swap_used_pages"] == 1
