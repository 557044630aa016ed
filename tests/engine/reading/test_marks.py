"""What each page, frame and slot is shown as, in both designs."""

import numpy as np
import pytest

from engine.mm import image as im
from engine.mm.compiler import ensure_compiled
from engine.mm.pageflags import PG_MLOCKED, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK
from engine.mm.swapops import PTE_PRESENT, ZERO_PFN
from engine.reading import FrameState, PageState, SlotState, frame_states, page_states, shmem_states, slot_states
from engine.reading.entries import entries_of, frames_of, words_of
from engine.reading.marks import Marked, frame_marks
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
    """The fast reading agrees with taking every word apart."""
    built = populated(design, pages=(256, 64), frames=120, slots=(900,))
    for process in (1, 2):
        words = words_of(built.view, process)
        states, _ = page_states(built.view, process)
        assert len(states) == len(words)
        present = np.isin(states, [PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE])
        assert np.array_equal(present, frames_of(words) != 0)
        out = np.isin(states, [PageState.ZSWAP, PageState.DISK, PageState.ZERO, PageState.CACHED_ONLY])
        assert np.array_equal(out, entries_of(words) != 0)


@DESIGNS
def test_machine_code_reads_the_same(design, monkeypatch):
    """Every mark of a machine with all there is, and of words that point at rows there are not."""
    built = populated(design, pages=(400, 64), frames=120, slots=(300, 200), shmem=0)
    built.swapped((1, 0), to="disk", kind=1)
    built.put(im.SLOT_MAP, built.view.at(im.SI_BASE, 2) + 200, 0x3F)
    built.put(im.SLOT_MAP, built.view.at(im.SI_BASE, 1) + 299, 5 | 2 << 8)
    words = np.concatenate([words_of(built.view, 1), [0, 1, 2, -1, ZERO_PFN << 12 | 1, 1 << 45 | 1, 7 << 59]])

    def read():
        marked = Marked.of(built.view)
        marks = [marked.frames, marked.names, marked.pages(1), marked.pages(2), marked.slots(0), marked.slots(1)]
        return [*marks, marked.slots_between(1, 3, 50), marked.of_words(words)]

    monkeypatch.setattr("engine.reading.marks.is_ready", lambda: False)
    plain = read()
    ensure_compiled()
    monkeypatch.setattr("engine.reading.marks.is_ready", lambda: True)
    for slow, fast in zip(plain, read(), strict=True):
        assert np.array_equal(slow, fast)
    assert len(np.unique(plain[1])) > 5
    assert len(np.unique(plain[7])) > 5
