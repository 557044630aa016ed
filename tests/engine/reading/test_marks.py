"""What each page, frame and slot is shown as, in both designs."""

import numpy as np
import pytest

from engine.mm import image as im
from engine.mm.pageflags import PG_MLOCKED, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.swapops import PTE_PRESENT, ZERO_PFN
from engine.reading import FrameState, PageState, SlotState, frame_states, page_states, shmem_states, slot_states
from engine.reading.entries import entries_of, frames_of, words_of
from engine.reading.marks import BLOCK, Marked, frame_marks
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated

DESIGNS = pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])


@DESIGNS
def test_each_state_of_a_page(design):
    built = Built(design, pages=(10,))
    built.frame((1, 1), active=True)
    built.frame((1, 2))
    built.frame((1, 3), flags=PG_MLOCKED | PG_UNEVICTABLE)
    built.swapped((1, 4), to="zswap")
    built.swapped((1, 5), to="disk")
    built.swapped((1, 6), to="zero")
    frame = built.frame()
    built.swapped((1, 7), to="disk", cached=frame)
    built.pte(1, 8, ZERO_PFN << 12 | PTE_PRESENT)
    mapped = built.frame((1, 9))
    built.swapped(to="disk", cached=mapped)
    states, cached = page_states(built.view, 1)
    assert states.tolist() == [
        PageState.NEVER, PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE, PageState.ZSWAP, PageState.DISK,
        PageState.ZERO, PageState.CACHED_ONLY, PageState.ZERO_PAGE, PageState.INACTIVE,
    ]  # fmt: skip
    assert np.flatnonzero(cached).tolist() == [7, 9]


@DESIGNS
def test_two_processes_have_their_own_pages(design):
    built = Built(design, pages=(3, 4))
    built.swapped((1, 0), (2, 3), to="zswap")
    built.frame((2, 0), active=True)
    assert page_states(built.view, 1)[0].tolist() == [PageState.ZSWAP, 0, 0]
    assert page_states(built.view, 2)[0].tolist() == [PageState.ACTIVE, 0, 0, PageState.ZSWAP]


@DESIGNS
def test_shmem_pages(design):
    built = Built(design, shmem=4)
    built.frame(shmem=(1,), active=True)
    built.swapped(shmem=(2,), to="disk")
    built.swapped(shmem=(3,), to="zswap")
    states, cached = shmem_states(built.view, 1)
    assert states.tolist() == [PageState.NEVER, PageState.ACTIVE, PageState.DISK, PageState.ZSWAP]
    assert not cached.any()


def test_slots_of_todays_design():
    built = Built(LEGACY, slots=(6,))
    built.swapped((1, 0), to="disk")
    built.swapped((1, 1), to="zswap")
    built.swapped((1, 2), to="zero")
    built.swapped(to="none", cached=built.frame((1, 3)))
    built.swapped(to="disk", cached=built.frame((1, 4)))
    built.put(im.SLOT_MAP, built.view.at(im.SI_BASE, 1) + 6, 0x3F)
    states, cached = slot_states(built.view, 0)
    assert states.tolist() == [
        SlotState.HEADER, SlotState.DISK, SlotState.HELD, SlotState.ZERO, SlotState.CACHED, SlotState.DISK,
        SlotState.BAD,
    ]  # fmt: skip
    assert np.flatnonzero(cached).tolist() == [4, 5]


def test_with_descriptors_a_page_in_zswap_holds_no_slot():
    built = Built(SWAP_DESC, slots=(4,))
    built.swapped((1, 0), to="zswap")
    built.swapped((1, 1), to="disk")
    built.swapped(to="disk", cached=built.frame((1, 2)))
    states, cached = slot_states(built.view, 0)
    assert states.tolist() == [SlotState.HEADER, SlotState.DISK, SlotState.DISK, SlotState.FREE, SlotState.FREE]
    assert np.flatnonzero(cached).tolist() == [2]


def test_second_swapfile_in_todays_design():
    built = Built(LEGACY, slots=(4, 4))
    built.swapped((1, 0), to="disk", kind=1)
    assert slot_states(built.view, 0)[0].tolist() == [SlotState.HEADER, 0, 0, 0, 0]
    assert slot_states(built.view, 1)[0].tolist() == [SlotState.HEADER, SlotState.DISK, 0, 0, 0]
    assert page_states(built.view, 1)[0][0] == PageState.DISK


def test_frames():
    built = Built(SWAP_DESC)
    built.frame((1, 0), active=True)
    built.frame((1, 1), flags=PG_SWAPCACHE | PG_WRITEBACK)
    built.frame((1, 2), flags=PG_UNEVICTABLE)
    states, cached = frame_states(built.view)
    assert states[:5].tolist() == [
        FrameState.FREE, FrameState.ACTIVE, FrameState.INACTIVE, FrameState.UNEVICTABLE, FrameState.FREE,
    ]  # fmt: skip
    assert np.flatnonzero(cached).tolist() == [2]
    assert np.flatnonzero(frame_marks(built.view) & 1).tolist() == [2], "being written"


@DESIGNS
def test_the_states_follow_from_the_words_one_by_one(design):
    """The fast reading agrees with taking every word apart, over more than one block."""
    pages = BLOCK // 256
    built = populated(design, pages=(pages * 4, pages), frames=120, slots=(900,))
    for process in (1, 2):
        words = words_of(built.view, process)
        states, _ = page_states(built.view, process)
        assert len(states) == len(words)
        present = np.isin(states, [PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE])
        assert np.array_equal(present, frames_of(words) != 0)
        out = np.isin(states, [PageState.ZSWAP, PageState.DISK, PageState.ZERO, PageState.CACHED_ONLY])
        assert np.array_equal(out, entries_of(words) != 0)


def test_a_page_table_longer_than_a_block():
    built = Built(SWAP_DESC, pages=(BLOCK + 5,))
    last = BLOCK + 4
    built.swapped((1, 0), (1, last), to="disk")
    states = Marked.of(built.view).pages(1) >> 1
    assert np.flatnonzero(states == PageState.DISK).tolist() == [0, last]
    assert np.count_nonzero(states) == 2
