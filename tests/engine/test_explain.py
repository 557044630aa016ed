"""Words taken apart: fields cover every bit, values come back as they were put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import explain as ex
from engine.mm import image as im
from engine.mm import pageflags as pg
from engine.mm.design.legacy import duplicate_entry
from engine.mm.swapops import ZERO_PFN, mk_pte, swp_entry, swp_entry_to_pte
from tests.engine.reading.built import LEGACY, Built

WORDS = st.integers(0, (1 << 64) - 1)
DECODERS = [ex.decode_pte, ex.decode_page_flags, ex.decode_cache, ex.decode_backend,
            ex.decode_handle, ex.decode_shmem]  # fmt: skip


def test_the_golden_value_of_a_swap_pte():
    assert ex.encode_swap_pte(0, 1) == 0x07FFFFFFFFFFFC00
    assert ex.decode_pte(0x07FFFFFFFFFFFC00).hex == "0x07fffffffffffc00"


@pytest.mark.parametrize("decode", DECODERS)
@given(word=WORDS)
def test_fields_cover_every_bit_once_and_hold_its_value(decode, word):
    told = decode(word)
    above = told.bits
    rebuilt = 0
    for field in told.fields:
        assert field.high == above - 1
        assert 0 <= field.low <= field.high
        rebuilt |= field.raw << field.low
        above = field.low
    assert above == 0
    assert rebuilt == word == told.word


@given(word=st.integers(0, 255))
def test_the_fields_of_a_swap_map_byte_cover_it(word):
    told = ex.decode_swap_map(word)
    assert sum(field.width for field in told.fields) == 8
    assert sum(field.raw << field.low for field in told.fields) == word


@given(type_=st.integers(0, 31), offset=st.integers(1, (1 << 50) - 1), exclusive=st.booleans())
def test_a_swap_pte_is_the_one_the_model_makes_and_comes_back(type_, offset, exclusive):
    word = ex.encode_swap_pte(type_, offset, exclusive=exclusive)
    made = swp_entry_to_pte(swp_entry(type_, offset), int(exclusive))
    assert ex.unsigned(made) == word
    assert ex.signed(word) == made
    told = ex.decode_pte(word)
    if word:
        assert told.form == ex.Form.SWAPPED
        assert (told.field("type").value, told.field("~offset").value) == (type_, offset)
        assert told.field("E").value == exclusive
        assert ex.split_entry(ex.pte_entry(word)) == (type_, offset)


def test_soft_dirty_and_exclusive_have_their_kernel_names():
    told = ex.decode_pte(ex.encode_swap_pte(2, 75, exclusive=True, soft_dirty=True))
    assert {field.name: field.kernel for field in told.fields if field.width == 1 and field.value} == {
        "E": "_PAGE_SWP_EXCLUSIVE", "SD": "_PAGE_SWP_SOFT_DIRTY",
    }  # fmt: skip
    assert told.field("E").bits == "bit 3"
    assert told.field("~offset").bits == "bits 58–9"


@pytest.mark.parametrize(("type_", "offset"), [(32, 1), (-1, 1), (0, 1 << 50), (0, -1)])
def test_what_does_not_fit_a_pte_is_refused(type_, offset):
    with pytest.raises(ValueError):
        ex.encode_swap_pte(type_, offset)


def test_a_present_pte():
    told = ex.decode_pte(mk_pte(5, 2 | 0x40))
    assert told.form == ex.Form.PRESENT
    assert told.field("PFN").value == 5
    assert {name: told.field(name).value for name in ("P", "RW", "US", "A", "D", "NX")} == dict.fromkeys(
        ("P", "RW", "US", "A", "D", "NX"), 1
    )
    assert told.summary == "Maps frame 5: young, dirty, writable."
    clean = ex.decode_pte(mk_pte(5, 0) & ~0x20)
    assert clean.summary == "Maps frame 5."
    assert clean.field("A").meaning.startswith("Not used since")


def test_the_zero_page_is_no_frame():
    assert "zero page" in ex.decode_pte(mk_pte(ZERO_PFN, 0)).summary


def test_a_pte_never_touched():
    told = ex.decode_pte(0)
    assert told.form == ex.Form.NEVER
    assert [field.kernel for field in told.fields] == ["pte_none"]


def test_every_page_flag_has_a_meaning():
    assert set(ex.PAGE_FLAG_TEXTS) == set(pg.NAMES.values())
    told = ex.decode_page_flags(pg.PG_LRU | pg.PG_DIRTY)
    assert ex.set_page_flags(pg.PG_LRU | pg.PG_DIRTY) == ["dirty", "lru"]
    assert told.field("dirty").value == 1
    assert told.field("dirty").kernel == "PG_dirty"
    assert told.field("active").value == 0


@pytest.mark.parametrize(("byte", "said"), [
    (0, "free"), (0x01, "1 page-table entry holds it."), (0x02, "2 page-table entries"), (0x3F, "bad slot"),
    (0x41, "the swapcache too"), (0x40, "0 page-table entries"), (0xBE, "continuation"),
])  # fmt: skip
def test_a_swap_map_byte(byte, said):
    assert said in ex.decode_swap_map(byte).summary


def test_a_count_past_62_goes_on_above_the_byte():
    built = Built(LEGACY, pages=(4,) * 70)
    built.swapped((1, 1))
    for _ in range(69):
        duplicate_entry(memoryview(built.words), swp_entry(0, 1))
    word = built.view.at(im.SLOT_MAP, built.view.at(im.SI_BASE, 1) + 1)
    assert ex.swap_map_count(word) == 70
    assert ex.decode_swap_map(word).field("CONT").value == 1
    assert ex.decode_swap_map(word).summary.startswith("70 page-table entries hold it")


def test_swapcache_words():
    assert ex.decode_cache(0).summary == "Not in the swapcache."
    assert ex.decode_cache(7 << 1).summary == "Frame 7."
    assert ex.decode_cache(9 << 1 | 1).summary == "Evicted: shadow 9."


def test_backend_words():
    word = (46 << 5 | 1) << 3 | 2
    assert ex.backend_slot(word) == (1, 46)
    assert ex.decode_backend(word).summary == "In slot 46 of swapfile 1."
    assert ex.decode_backend(12 << 3 | 1).summary == "In zswap, entry 12."
    assert ex.decode_backend(3).form == "zero"
    assert ex.decode_backend(0).form == "none"


def test_a_handle_names_zspage_and_object():
    told = ex.decode_handle(3 << 12 | 4)
    assert (told.field("zspage").value, told.field("object").value) == (3, 4)


def test_shmem_words():
    assert ex.decode_shmem(0).form == ex.Form.NEVER
    assert ex.decode_shmem(8 << 1).field("frame").value == 8
    told = ex.decode_shmem(swp_entry(0, 21) << 1 | 1)
    assert told.form == ex.Form.SWAPPED
    assert told.field("offset").value == 21
