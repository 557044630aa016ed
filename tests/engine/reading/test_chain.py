"""From any thing of a chain, the whole chain is found, in both designs."""

import numpy as np
import pytest

from engine.mm import image as im
from engine.reading import Backend, Place, chain, chains, page_states, swap_entry
from engine.reading.entries import entries_of, pages_holding, words_of
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated

DESIGNS = pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])


def test_page_in_zswap_with_a_descriptor():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 5), (2, 7), to="zswap")
    found = chain(built.view, Place("page", 5, 1))
    assert found.pages == ((1, 5), (2, 7))
    assert (found.desc, found.zswap, found.slot, found.frame) == (entry, 1, 0, 0)
    assert found.backend is Backend.ZSWAP
    assert not found.slot_is_name


def test_page_in_zswap_today_also_has_a_slot():
    built = Built(LEGACY)
    built.swapped((1, 1), to="disk")
    built.swapped((1, 5), (2, 7), to="zswap")
    found = chain(built.view, Place("page", 7, 2))
    assert found.pages == ((1, 5), (2, 7))
    assert (found.desc, found.zswap, found.slot) == (0, 1, swap_entry(0, 2))
    assert found.slot_is_name


@DESIGNS
def test_page_on_disk(design):
    built = Built(design, slots=(8, 8))
    built.swapped((1, 0), to="zswap")
    built.swapped((1, 3), to="disk", kind=1, offset=6)
    found = chain(built.view, Place("page", 3, 1))
    assert found.slot == swap_entry(1, 6)
    assert found.backend is Backend.SLOT
    assert chain(built.view, Place("slot", 6, 1)) == found


@DESIGNS
def test_mapped_page_with_a_copy_on_disk(design):
    built = Built(design)
    frame = built.frame((1, 3))
    built.swapped((2, 4), to="disk", cached=frame)
    found = chain(built.view, Place("frame", frame))
    assert set(found.pages) == {(1, 3), (2, 4)}
    assert found.frame == frame
    assert chain(built.view, Place("page", 3, 1)) == found
    assert chain(built.view, Place("page", 4, 2)) == found


@DESIGNS
def test_shmem(design):
    built = Built(design, shmem=4)
    built.swapped(shmem=(2,), to="disk")
    found = chain(built.view, Place("shmem", 2, 1))
    assert found.shmem == ((1, 2),)
    assert found.slot
    assert built.frame(shmem=(3,)) == chain(built.view, Place("shmem", 3, 1)).frame


@DESIGNS
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_chain_is_the_same_from_each_of_its_things(design, seed):
    built = populated(design, seed=seed)
    followed = 0
    for process in (1, 2):
        for page in range(built.view.at(im.MM_PAGES, process)):
            found = chain(built.view, Place("page", page, process))
            assert (process, page) in found.pages
            for place in found.places():
                assert chain(built.view, place) == found
                followed += 1
    assert followed > 200


@DESIGNS
def test_things_that_are_not_there_have_no_chain(design):
    built = populated(design)
    for place in (
        Place("page", 10_000, 1), Place("page", 0, 9), Place("frame", 0), Place("frame", 9999), Place("zswap", 9999),
        Place("desc", 9999), Place("slot", 0, 0), Place("slot", 3, 7), Place("shmem", 0, 5),
    ):  # fmt: skip
        assert chain(built.view, place).empty, place


def test_free_slot_and_untouched_page_are_alone():
    built = Built(SWAP_DESC)
    assert list(chain(built.view, Place("slot", 9)).places()) == [Place("slot", 9, 0)]
    assert list(chain(built.view, Place("page", 9, 1)).places()) == [Place("page", 9, 1)]


def test_slot_without_reverse_map_is_found_by_a_scan():
    built = Built(SWAP_DESC)
    built.swapped((1, 1), to="zswap")
    entry = built.swapped((1, 2), to="disk", offset=4)
    built.put(im.SLOT_ENTRY, built.view.at(im.SI_BASE, 1) + 4, 0)
    assert chain(built.view, Place("slot", 4)).desc == entry


def test_zswap_entry_that_is_no_longer_used_leads_nowhere():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 1), to="zswap")
    built.backend(entry, 0, 0)
    assert chain(built.view, Place("zswap", 1)).empty


@DESIGNS
def test_holders_of_an_entry_are_found_in_every_process(design):
    built = populated(design)
    words = words_of(built.view, 1)
    entries = entries_of(words)
    for page in np.flatnonzero(entries)[:20].tolist():
        assert (1, page) in pages_holding(built.view, int(entries[page]))
    assert page_states(built.view, 1)[0][np.flatnonzero(entries)].all()


@DESIGNS
def test_many_at_once_are_what_each_is_alone(design):
    built = populated(design)
    view = built.view
    things = [Place("page", page, process) for process in (1, 2) for page in range(view.at(im.MM_PAGES, process))]
    things += [Place("frame", frame) for frame in range(1, 40)]
    things += [Place("desc", number) for number in range(1, 40)]
    things += [Place("zswap", number) for number in range(1, 20)]
    things += [Place("slot", offset, 0) for offset in range(1, 60)]
    assert chains(view, things) == [chain(view, thing) for thing in things]
    assert chains(view, ()) == []
