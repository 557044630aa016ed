"""Faults: first touch, hits, copy on write, swap-in, and how long they take."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.block import NVME_LATENCY_NS
from engine.mm.journal import put
from engine.mm.rmap import VM_LOCKED
from engine.mm.swapops import PTE_ACCESSED, PTE_DIRTY, PTE_RW, PTE_SWP_EXCLUSIVE, ZERO_PFN, pte_pfn
from engine.operation import Op, encode
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def test_the_first_touch_gives_a_frame_writable_young_and_dirty_on_the_inactive_list() -> None:
    toy = build()
    made = toy.write(3)
    assert kinds(made) == ["fault", "first touch"]
    word = toy.pte(3)
    assert word & (PTE_RW | PTE_ACCESSED | PTE_DIRTY) == PTE_RW | PTE_ACCESSED | PTE_DIRTY
    frame = toy.frame(3)
    assert toy.inactive() == [frame]
    assert toy.flags(frame) == {"lru", "swapbacked", "anon_exclusive"}
    assert toy.at(im.PAGE_MAPCOUNT, frame) == 1
    assert (toy["pgfault"], toy["pgmajfault"], toy["nr_anon_pages"], toy.at(im.MM_RSS, 1)) == (1, 0, 1, 1)


def test_a_first_read_takes_a_frame_or_the_shared_zero_page() -> None:
    toy = build()
    toy.read(0)
    assert toy["resident_pages"] == 1
    toy = build(zero_page=1)
    made = toy.read(0)
    assert kinds(made) == ["fault", "zero page mapped"]
    assert toy["resident_pages"] == 0
    assert pte_pfn(toy.pte(0)) == ZERO_PFN
    assert not toy.pte(0) & PTE_RW
    made = toy.write(0)
    assert kinds(made) == ["fault", "first touch"]
    assert toy["resident_pages"] == 1


def test_a_hit_sets_young_and_a_write_dirty() -> None:
    toy = build()
    toy.write(0)
    toy.pageout(0)
    toy.idle()
    toy.read(0)
    assert not toy.pte(0) & PTE_DIRTY
    made = toy.write(0)
    assert kinds(made) == ["hit"], "it came back writable: it is the process' own"
    assert toy.pte(0) & PTE_DIRTY


def test_a_write_changes_the_pages_bytes_once_while_it_is_dirty() -> None:
    toy = build(regions=(region(4, images=3),), lz4=(900, 1000, 1100), families=(3,))
    toy.write(0)
    frame = toy.frame(0)
    first = toy.at(im.PAGE_CONTENT, frame)
    toy.write(0)
    assert toy.at(im.PAGE_CONTENT, frame) == first, "it is dirty since its first touch"
    toy.pageout(0)
    toy.idle()
    toy.write(0)
    assert toy.at(im.PAGE_CONTENT, toy.frame(0)) == (first % 3) + 1


@EVERY
def test_swap_in_from_a_device_is_a_major_fault_and_takes_its_time(design: int) -> None:
    toy = build(design=design, page_cluster=0)
    toy.push_out(0, 1)
    before = toy["now"]
    made = toy.read(0)
    assert [kind for kind in kinds(made) if kind != "refault"] == ["fault", "swap-in", "device read", "mapped"]
    assert (toy["pgmajfault"], toy["pswpin"], toy.at(im.MM_MAJFLT, 1)) == (1, 1, 1)
    assert toy["device_read_ns"] >= NVME_LATENCY_NS
    assert toy["last_fault_ns"] >= NVME_LATENCY_NS + toy["time.fault_ns"]
    assert toy["now"] - before >= toy["last_fault_ns"]


@EVERY
def test_swap_in_from_zswap_is_a_major_fault_too(design: int) -> None:
    toy = build(design=design, zswap=True, page_cluster=0)
    toy.push_out(0, 1)
    made = toy.read(0)
    assert [kind for kind in kinds(made) if kind != "refault"] == ["fault", "swap-in", "zswap load", "mapped"]
    assert (toy["pgmajfault"], toy["pswpin"], toy["zswpin"]) == (1, 0, 1)


@EVERY
def test_swap_in_of_zeroes_clears_a_frame(design: int) -> None:
    toy = build(design=design, filled=(3,), page_cluster=0)
    toy.push_out(0, 1)
    made = toy.read(0)
    assert [kind for kind in kinds(made) if kind != "refault"] == ["fault", "swap-in", "zero fill", "mapped"]
    assert (toy["swpin_zero"], toy["swpout_zero"], toy["pswpin"], toy["pswpout"]) == (1, 1, 0, 0)
    assert toy.at(im.PAGE_CONTENT, toy.frame(0)) == 1


@EVERY
def test_a_page_of_one_process_alone_comes_back_writable(design: int) -> None:
    toy = build(design=design, zswap=True)
    toy.push_out(0, 1)
    assert toy.pte(0) & PTE_SWP_EXCLUSIVE
    toy.read(0)
    assert toy.pte(0) & PTE_RW
    assert "anon_exclusive" in toy.flags(toy.frame(0))


@EVERY
def test_a_forked_page_comes_back_read_only_and_the_writer_gets_a_copy(design: int) -> None:
    toy = build(design=design, zswap=True, children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.reclaim(0)
    assert not toy.pte(0) & PTE_SWP_EXCLUSIVE
    toy.read(0)
    toy.read(0, process=1)
    shared = toy.frame(0)
    assert toy.frame(0, process=1) == shared
    assert not toy.pte(0, process=1) & PTE_RW
    made = toy.write(0, process=1)
    assert kinds(made) == ["fault", "copy on write"]
    assert toy.frame(0) == shared
    assert toy.frame(0, process=1) != shared
    assert toy.pte(0, process=1) & PTE_RW


def test_the_last_sharer_of_a_page_writes_without_a_copy() -> None:
    toy = build(children=1)
    toy.write(0)
    frame = toy.frame(0)
    toy.fork(0, 1)
    assert not toy.pte(0) & PTE_RW
    toy.exit(1)
    made = toy.write(0)
    assert kinds(made) == ["fault", "reuse"]
    assert (toy.frame(0), toy["resident_pages"]) == (frame, 1)
    assert toy.pte(0) & PTE_RW


def test_a_page_that_is_still_shared_in_swap_is_copied() -> None:
    """Its entry is held by the other process, so the swapcache page is not the writer's own."""
    toy = build(children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.reclaim(0)
    toy.idle()
    entry = toy.entry(0, process=1)
    made = toy.write(0)
    assert "copy on write" in kinds(made)
    assert toy.count(entry) == 1
    assert toy.cached(entry) != 0
    assert toy.cached(entry) != toy.frame(0)


def test_a_write_to_a_page_of_the_only_owner_frees_its_entry_but_a_read_does_not() -> None:
    for write, left in ((False, 1), (True, 0)):
        toy = build()
        toy.push_out(0, 1)
        (toy.write if write else toy.read)(0)
        assert toy["swap_used_pages"] == left


def test_repeats_make_a_reference_longer_and_are_counted() -> None:
    toy = build()
    toy.write(0)
    before, references = toy["now"], toy["references"]
    toy.do(encode(Op.READ, 0, 0, 4))
    assert toy["now"] - before == 5 * toy["time.hit_ns"]
    assert toy["references"] - references == 5


def test_the_latency_of_each_fault_is_in_the_histogram() -> None:
    toy = build(page_cluster=0)
    toy.push_out(0, 2)
    toy.read(0)
    bins = {scalar.name: toy[scalar.name] for scalar in im.schema.scalars if scalar.address in im.FAULT_LATENCY}
    assert sum(bins.values()) == toy["pgfault"] == 3
    power = toy["last_fault_ns"].bit_length() - 1
    assert bins[f"fault_latency_{power}"] == 1


def test_a_fault_is_counted_once_more_by_what_it_waited_for() -> None:
    def parts(toy: Toy) -> tuple[int, int]:
        return (sum(toy.scalar(address) for address in im.FAULT_LATENCY_ZSWAP),
                sum(toy.scalar(address) for address in im.FAULT_LATENCY_DEVICE))  # fmt: skip

    toy = build(page_cluster=0)
    toy.push_out(0, 2)
    assert parts(toy) == (0, 0), "first touches wait for neither"
    toy.read(0)
    assert parts(toy) == (0, 1)
    power = toy["last_fault_ns"].bit_length() - 1
    assert toy[f"fault_latency_device_{power}"] == 1
    toy = build(8, zswap=True, page_cluster=0)
    toy.push_out(0, 2)
    toy.read(0)
    assert parts(toy) == (1, 0)
    power = toy["last_fault_ns"].bit_length() - 1
    assert toy[f"fault_latency_zswap_{power}"] == toy[f"fault_latency_{power}"] == 1


def test_lookups_of_a_swap_in_are_counted_by_the_designs_own_steps() -> None:
    counted = {}
    for design in ALL_DESIGNS:
        toy = build(design=design, zswap=True, page_cluster=0)
        toy.push_out(0, 1)
        toy.read(0)
        counted[design] = toy["swap_lookups"]
    assert all(steps > 0 for steps in counted.values())
    assert len(of_kind(toy.read(0), "hit")) == 1
    assert counted[LEGACY] >= 3, "the swapcache, the count and zswap's tree"


def test_a_page_of_a_locked_region_gives_its_slot_up_as_it_comes_back() -> None:
    toy = build()
    toy.push_out(0, 1)
    toy.call(put, im.VMA_FLAGS, 1, VM_LOCKED)
    toy.read(0)
    assert toy.figures("swap_used_pages", "nr_unevictable") == (0, 1)


@pytest.mark.parametrize(("slots", "writable"), [(64, 0), (1, PTE_RW)])
def test_a_page_that_left_the_swapcache_and_that_nobody_else_maps_comes_back_writable(
    slots: int, writable: int
) -> None:
    toy = build(slots=slots, children=1)
    toy.write(0)
    toy.fork(0, 1)
    toy.reclaim(0)
    toy.idle()
    toy.drop_swapcache()
    toy.exit(1)
    toy.read(0)
    assert toy.pte(0) & PTE_RW == writable, "the entry does not say that one process alone had it"
