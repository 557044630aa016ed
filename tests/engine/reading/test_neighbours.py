"""Readahead windows and the names they lead to."""

import pytest

from engine.mm import image as im
from engine.reading import Chain, chain, neighbours, offset_of
from engine.reading.chain import Place
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built

CLUSTER = {"machine.readahead": 1}


def machine(design, settings):
    built = Built(design, pages=(64,), settings=settings)
    for page in range(12):
        built.swapped((1, page), to="disk")
    return built


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_the_window_of_slots_is_aligned_and_leaves_out_the_header(design):
    built = machine(design, CLUSTER)
    found = neighbours(built.view, chain(built.view, Place("page", 9, 1)))
    slot = chain(built.view, Place("page", 9, 1)).slot
    assert [offset_of(one) for one in found.slots] == list(range(8, 16))
    assert slot in found.slots
    first = neighbours(built.view, chain(built.view, Place("page", 2, 1)))
    assert [offset_of(one) for one in first.slots] == list(range(1, 8))
    assert not found.pages


def test_the_reverse_map_leads_from_each_slot_in_use_to_its_descriptor():
    built = machine(SWAP_DESC, CLUSTER)
    found = neighbours(built.view, chain(built.view, Place("page", 9, 1)))
    assert len(found.owners) == 5, "slots 8 to 12 are taken, the others of the window free"
    for slot, entry in found.owners:
        assert chain(built.view, Place("desc", entry)).slot == slot


def test_without_a_reverse_map_nobody_knows_whose_the_neighbours_are():
    built = machine(SWAP_DESC, {**CLUSTER, "machine.swap_desc.reverse_map": 1})
    found = neighbours(built.view, chain(built.view, Place("page", 9, 1)))
    assert found.slots
    assert not found.owners


def test_page_cluster_sets_the_size():
    built = machine(SWAP_DESC, CLUSTER)
    built.set(im.PAGE_CLUSTER, 1)
    assert len(neighbours(built.view, chain(built.view, Place("page", 9, 1))).slots) == 2


def test_vma_readahead_looks_at_the_entries_around_the_page():
    built = machine(SWAP_DESC, {})
    found = neighbours(built.view, chain(built.view, Place("page", 9, 1)))
    assert [page for _, page in found.pages] == list(range(6, 14))
    assert [page for _, page, _ in found.entries] == [6, 7, 8, 9, 10, 11], "the others were never touched"
    assert not found.slots
    edge = neighbours(built.view, chain(built.view, Place("page", 0, 1)))
    assert [page for _, page in edge.pages] == [0, 1, 2, 3, 4]


def test_nothing_for_what_is_in_memory_or_nowhere():
    built = machine(SWAP_DESC, CLUSTER)
    built.frame((1, 40))
    assert neighbours(built.view, chain(built.view, Place("page", 40, 1))).slots == ()
    assert neighbours(built.view, Chain()).slots == ()
