"""Operations as words: what goes in comes out, and what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.mm import run
from engine.operation import (
    COUNT_MASK,
    COUNT_SHIFT,
    KIND_MASK,
    MAX_COUNT,
    MAX_PROCESSES,
    MAX_VALUE,
    VALUE_SHIFT,
    WHO_MASK,
    WHO_SHIFT,
    Op,
    encode,
    encode_mark,
    encode_range,
    encode_references,
    encode_setting,
)


def parts(word: int) -> tuple[int, int, int, int]:
    return word & KIND_MASK, word >> WHO_SHIFT & WHO_MASK, word >> COUNT_SHIFT & COUNT_MASK, word >> VALUE_SHIFT


@given(st.sampled_from(Op), st.integers(0, MAX_PROCESSES - 1), st.integers(0, MAX_VALUE), st.integers(0, MAX_COUNT))
def test_every_part_has_bits_of_its_own(op: Op, who: int, value: int, count: int) -> None:
    word = encode(op, who, value, count)
    assert 0 <= word < 1 << 63
    assert parts(word) == (op, who, count, value)


@pytest.mark.parametrize(
    "wrong", [{"who": -1}, {"who": MAX_PROCESSES}, {"value": MAX_VALUE + 1}, {"value": -1}, {"count": MAX_COUNT + 1}]
)
def test_what_does_not_fit_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        encode(Op.READ, **wrong)


def test_references_are_the_words_that_single_operations_give() -> None:
    words = encode_references(
        np.array([0, 3]), np.array([17, MAX_VALUE]), np.array([False, True]), np.array([1, 9])
    )  # fmt: skip
    assert words.dtype == np.int64
    assert words.tolist() == [encode(Op.READ, 0, 17), encode(Op.WRITE, 3, MAX_VALUE, 8)]


def test_repeats_past_the_most_are_capped() -> None:
    words = encode_references(np.array([0]), np.array([1]), np.array([False]), np.array([MAX_COUNT + 50]))
    assert parts(int(words[0])) == (Op.READ, 0, MAX_COUNT, 1)


def test_a_range_keeps_its_pages_less_one() -> None:
    assert parts(encode_range(Op.MUNMAP, 2, 100, 64)) == (Op.MUNMAP, 2, 63, 100)
    with pytest.raises(ValueError):
        encode_range(Op.MUNMAP, 0, 0, 0)


def test_settings_and_marks() -> None:
    assert parts(encode_setting(5, 77)) == (Op.SET, 0, 5, 77)
    assert parts(encode_mark(3)) == (Op.MARK, 0, 0, 3)


def test_the_model_reads_the_same_form() -> None:
    for name in ("KIND_MASK", "WHO_SHIFT", "WHO_MASK", "COUNT_SHIFT", "COUNT_MASK", "VALUE_SHIFT"):
        assert getattr(run, name) == globals()[name]
    for op in Op:
        # A name with _OP where a transition has the same name without.
        name = f"{op.name}_OP" if hasattr(run, f"{op.name}_OP") else op.name
        assert getattr(run, name) == op, op.name
