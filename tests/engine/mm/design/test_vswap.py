"""Virtual swap, the swap table edition: clusters of virtual slots, pointers back from physical ones."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, backend_slot, backend_tag
from engine.mm.design.vswap import (
    VCLUSTER_PAGES,
    VCLUSTER_SLOTS,
    drop_count,
    duplicate_entry,
    entry_count,
    metadata_bytes,
    name_folio,
    owner_of_slot,
    release,
)
from engine.mm.zswap import zswap_writeback_entry
from tests.engine.mm.machines import VSWAP, Toy, build, kinds


def stored(pages: int = 2, **more: int) -> Toy:
    toy = build(design=VSWAP, zswap=True, **more)
    toy.write(*range(pages))
    toy.pageout(0, pages)
    return toy


def test_the_first_virtual_slot_takes_the_tables_of_a_cluster() -> None:
    toy = stored(1)
    assert toy.figures("virtual_clusters", "metadata_pages", "descriptors") == (1, VCLUSTER_PAGES, 1)
    assert VCLUSTER_PAGES == -(-(512 * (8 + 2 + 8) + 80) // 4096)


def test_virtual_slots_follow_one_another_and_a_freed_one_is_found_again() -> None:
    toy = stored(3)
    assert [toy.entry(page) for page in range(3)] == [1, 2, 3]
    toy.write(1)
    toy.pageout(1)
    assert toy.entry(1) == 2


def test_a_cluster_gives_its_tables_back_with_its_last_slot_and_is_used_again() -> None:
    toy = stored(2)
    toy.exit(0)
    assert toy.figures("virtual_clusters", "metadata_pages", "descriptors") == (0, 0, 0)
    assert toy.call(name_folio, 1) == 1
    assert toy["vcluster_top"] == 1


def test_the_513th_virtual_slot_is_in_a_second_cluster() -> None:
    toy = build(design=VSWAP, frames=64)
    rows = [toy.call(name_folio, 1) for _ in range(VCLUSTER_SLOTS + 1)]
    assert rows == list(range(1, VCLUSTER_SLOTS + 2))
    assert toy["virtual_clusters"] == 2
    toy.call(release, 5)
    assert toy.call(name_folio, 1) == VCLUSTER_SLOTS + 2, "the current cluster is gone on with"


def test_without_memory_for_a_clusters_tables_the_page_stays() -> None:
    toy = build(design=VSWAP, node=True, zswap=True)
    toy.write(0)
    toy.m[im.FREE_PAGES] = VCLUSTER_PAGES - 1
    made = toy.pageout(0)
    assert "no swap entry" in kinds(made)
    assert toy.present(0)
    assert toy["descriptor_alloc_fail"] == 1


def test_the_fifteenth_reference_needs_the_extend_table() -> None:
    toy = stored(1)
    for count in range(2, 15):
        toy.call(duplicate_entry, 1)
        assert (toy.call(entry_count, 1), toy["count_continuations"]) == (count, 0)
    toy.call(duplicate_entry, 1)
    assert (toy.call(entry_count, 1), toy["count_continuations"], toy.at(im.VCLUSTER_EXTENDED, 1)) == (15, 1, 1)
    toy.call(duplicate_entry, 1)
    assert (toy.call(entry_count, 1), toy["count_continuations"]) == (16, 1)
    toy.call(drop_count, 1)
    toy.call(drop_count, 1)
    assert (toy.call(entry_count, 1), toy["count_continuations"], toy.at(im.VCLUSTER_EXTENDED, 1)) == (14, 0, 0)


def test_writeback_allocates_a_physical_slot_that_points_back() -> None:
    toy = stored()
    words = [toy.pte(page) for page in (0, 1)]
    toy.call(zswap_writeback_entry, 1)
    slot = backend_slot(toy.backend(1))
    assert backend_tag(toy.backend(1)) == SLOT
    assert toy.call(owner_of_slot, slot) == 1
    assert [toy.pte(page) for page in (0, 1)] == words
    assert toy.call(owner_of_slot, slot + 1) == -1


@pytest.mark.parametrize(("written", "physical"), [(0, 0), (1, 512 * 8)])
def test_metadata_counts_whole_clusters(written: int, physical: int) -> None:
    toy = stored(3)
    for entry in range(1, written + 1):
        toy.call(zswap_writeback_entry, entry)
    assert metadata_bytes(toy.view) == (64 * 48 / 512, 512 * 18 + 80 + physical)
