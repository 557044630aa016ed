"""The word that says where a page's bytes are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.mm.backend import (
    NONE,
    SLOT,
    ZERO,
    ZSWAP,
    backend_slot,
    backend_tag,
    backend_zswap,
    slot_backend,
    zswap_backend,
)
from engine.mm.swapops import swp_entry


@given(st.integers(1, 1 << 40))
def test_a_zswap_entry_is_kept_above_three_bits_of_tag(entry: int) -> None:
    word = zswap_backend(entry)
    assert (backend_tag(word), backend_zswap(word)) == (ZSWAP, entry)
    assert word == entry << 3 | 1


@given(st.integers(0, 31), st.integers(1, 1 << 50))
def test_a_slot_is_kept_as_offset_above_five_bits_of_type(type_: int, offset: int) -> None:
    word = slot_backend(swp_entry(type_, offset))
    assert (backend_tag(word), backend_slot(word)) == (SLOT, swp_entry(type_, offset))
    assert word == (offset << 5 | type_) << 3 | 2


def test_nothing_and_zeroes_need_no_value() -> None:
    assert (backend_tag(NONE), backend_tag(ZERO)) == (NONE, ZERO)
    assert len({NONE, ZSWAP, SLOT, ZERO}) == 4
