"""The proposal of 2023: an id leads to a descriptor, and the descriptor to the bytes."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.backend import SLOT, ZSWAP, backend_slot, backend_tag
from engine.mm.design.swap_desc import lookup_cost, metadata_bytes, owner_of_slot, readahead_slot
from engine.mm.zswap import zswap_writeback_entry
from tests.engine.mm.machines import SWAP_DESC, Toy, build, kinds

KEPT, NONE, SCAN = 0, 1, 2


def stored(pages: int = 2, **more: int) -> Toy:
    toy = build(design=SWAP_DESC, zswap=True, **more)
    toy.write(*range(pages))
    toy.pageout(0, pages)
    return toy


def test_the_page_table_holds_an_id_and_no_slot_is_taken() -> None:
    toy = stored()
    assert [toy.entry(page) for page in (0, 1)] == [1, 2]
    assert toy.figures("descriptors", "swap_used_pages") == (2, 0)


def test_count_swapcache_pointer_and_backend_are_in_the_descriptor() -> None:
    toy = stored(1, zswap__exclusive_loads=0)
    assert toy.at(im.DESC_COUNT, 1) == 1
    assert toy.at(im.DESC_CACHE, 1) & 1, "a shadow"
    assert toy.at(im.DESC_BACKEND, 1) == 1 << 3 | ZSWAP
    toy.read(0)
    assert (toy.at(im.DESC_COUNT, 1), toy.at(im.DESC_CACHE, 1)) == (0, toy.frame(0) << 1)


def test_when_the_bytes_move_only_the_descriptor_changes() -> None:
    toy = stored()
    words = [toy.pte(page) for page in (0, 1)]
    toy.call(zswap_writeback_entry, 1)
    assert backend_tag(toy.backend(1)) == SLOT
    assert [toy.pte(page) for page in (0, 1)] == words
    assert toy.at(im.SLOT_ENTRY, toy.at(im.SI_BASE, 1) + 1) == 1, "the slot points back"


def test_a_page_that_goes_to_zswap_again_gives_its_slot_back() -> None:
    toy = build(design=SWAP_DESC)
    toy.push_out(0, 1)
    toy.read(0)
    toy.setting("zswap.enabled", 1)
    toy.write(0)
    assert toy["swap_used_pages"] == 1
    toy.pageout(0)
    assert toy.figures("swap_used_pages", "zswap_stored_pages") == (0, 1)


def test_a_freed_descriptor_is_used_again() -> None:
    toy = stored(3)
    entry = toy.entry(1)
    made = toy.write(1)
    assert "descriptor freed" in kinds(made)
    toy.pageout(1)
    assert toy.entry(1) == entry
    assert toy["desc_top"] == 3


@pytest.mark.parametrize(("reverse_map", "owner", "steps"), [(KEPT, 1, 1), (NONE, -1, 0), (SCAN, 1, 2)])
def test_a_slots_owner_by_each_kind_of_reverse_map(reverse_map: int, owner: int, steps: int) -> None:
    toy = stored(2, swap_desc__reverse_map=reverse_map)
    toy.call(zswap_writeback_entry, 1)
    assert toy.call(owner_of_slot, backend_slot(toy.backend(1))) == owner
    assert toy["reverse_map_steps"] == steps
    assert toy.call(owner_of_slot, 9) == -1


def test_only_a_page_on_disk_has_a_slot_to_read_around() -> None:
    toy = stored()
    assert toy.call(readahead_slot, 1) == -1
    toy.call(zswap_writeback_entry, 1)
    assert toy.call(readahead_slot, 1) == backend_slot(toy.backend(1))


def test_the_index_is_a_level_higher_for_every_64_times_as_many() -> None:
    toy = stored(1)
    steps = []
    for top in (64, 65, 4096, 4097):
        toy.m[im.DESC_TOP] = top
        steps.append(toy.call(lookup_cost, 1))
    assert steps == [2, 3, 3, 4]


@pytest.mark.parametrize(("reverse_map", "size"), [(KEPT, 32), (NONE, 24), (SCAN, 24)])
def test_metadata_is_a_slot_map_and_the_descriptors(reverse_map: int, size: int) -> None:
    toy = stored(3, swap_desc__reverse_map=reverse_map)
    assert metadata_bytes(toy.view) == (64, 3 * size)
