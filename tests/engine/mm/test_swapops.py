"""Swap entries and page-table entries, bit by bit as x86-64 has them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mm.swapops import (
    PTE_ACCESSED,
    PTE_DIRTY,
    PTE_PRESENT,
    PTE_RW,
    PTE_SWP_EXCLUSIVE,
    mk_pte,
    pte_pfn,
    pte_to_swp_entry,
    swp_entry,
    swp_entry_to_pte,
    swp_offset,
    swp_type,
)

WORD = (1 << 64) - 1
TYPES = st.integers(0, 31)
OFFSETS = st.integers(0, (1 << 50) - 2)
"""The very last offset of type 0 would give pte_none()."""


def test_type_0_offset_1_is_07fffffffffffc00() -> None:
    assert swp_entry_to_pte(swp_entry(0, 1), 0) & WORD == 0x07FFFFFFFFFFFC00


@pytest.mark.parametrize(
    ("type_", "offset", "word"),
    [
        (0, 0, 0x07FFFFFFFFFFFE00),
        (0, 2, 0x07FFFFFFFFFFFA00),
        (1, 1, 0x0FFFFFFFFFFFFC00),
        (3, 0x1000, 0x1FFFFFFFFFDFFE00),
        (23, 5, 0xBFFFFFFFFFFFF400),
    ],
)
def test_the_offset_is_inverted_below_five_bits_of_type(type_: int, offset: int, word: int) -> None:
    assert swp_entry_to_pte(swp_entry(type_, offset), 0) & WORD == word


@given(TYPES, OFFSETS)
def test_the_kernels_own_formula(type_: int, offset: int) -> None:
    """__swp_entry(): (~offset << 14 >> 5) | type << 59, in 64 bits."""
    formula = ((~offset << 14) & WORD) >> 5 | type_ << 59
    assert swp_entry_to_pte(swp_entry(type_, offset), 0) & WORD == formula


@given(TYPES, OFFSETS, st.booleans())
def test_what_goes_in_comes_out_and_the_word_is_not_present(type_: int, offset: int, exclusive: bool) -> None:
    word = swp_entry_to_pte(swp_entry(type_, offset), int(exclusive))
    assert -(1 << 63) <= word < 1 << 63
    assert pte_to_swp_entry(word) == swp_entry(type_, offset)
    # P, G and PSE must be 0, and D and A are left alone because of an erratum.
    assert word & (PTE_PRESENT | 1 << 8 | 1 << 7 | PTE_DIRTY | PTE_ACCESSED) == 0
    assert bool(word & PTE_SWP_EXCLUSIVE) is exclusive
    assert word != 0


def test_the_exclusive_marker_is_bit_three() -> None:
    assert swp_entry_to_pte(swp_entry(0, 1), 1) & WORD == 0x07FFFFFFFFFFFC08


@given(TYPES, st.integers(0, (1 << 58) - 1))
def test_a_swap_entry_has_the_type_above_58_bits_of_offset(type_: int, offset: int) -> None:
    entry = swp_entry(type_, offset)
    assert entry == type_ << 58 | offset
    assert (swp_type(entry), swp_offset(entry)) == (type_, offset)


@given(st.integers(1, 1 << 24), st.sampled_from([0, PTE_RW, PTE_RW | PTE_DIRTY]))
def test_a_present_entry_maps_a_frame_young_for_users_and_never_executable(frame: int, flags: int) -> None:
    word = mk_pte(frame, flags) & WORD
    assert pte_pfn(mk_pte(frame, flags)) == frame
    assert word & 1
    assert word & 1 << 2, "the user may use it"
    assert word & 1 << 5, "it is young"
    assert word >> 63 == 1, "NX"
    assert word & (PTE_RW | PTE_DIRTY) == flags
