"""Packed images come back word for word."""

from __future__ import annotations

import numpy as np
import pytest

from engine.mm import packing
from engine.mm.compiler import ensure_compiled
from engine.mm.packing import pack, pack_in_background, unpack

RANDOM = np.random.default_rng(1)
KINDS = {
    "zeroes": np.zeros(9000, np.int64),
    "small": RANDOM.integers(0, 200, 9000),
    "two bytes": RANDOM.integers(-30_000, 30_000, 9000),
    "three bytes": RANDOM.integers(1 << 40, (1 << 40) + (1 << 23), 9000),
    "four bytes": RANDOM.integers(-(1 << 31), 1 << 31, 9000),
    "whole words": RANDOM.integers(-(1 << 62), 1 << 62, 9000),
    "extremes": np.array([-(1 << 63), (1 << 63) - 1] * 4500),
    "columns": np.tile([0, 7, 300, 1 << 20, 1 << 30, -1, 1 << 50, 5], 1125) + RANDOM.integers(0, 9, 9000),
}


@pytest.fixture(autouse=True, scope="module")
def machine_code() -> None:
    """Packing needs it."""
    ensure_compiled()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spans", [((0, 9000),), ((3, 4), (5, 5), (6, 4110), (4200, 8999)), ((10, 17),)])
def test_what_was_packed_comes_back(kind: str, spans: tuple[tuple[int, int], ...]) -> None:
    words = KINDS[kind].astype(np.int64)
    packed = pack(words, spans)
    back = np.full(9000, -7, np.int64)
    unpack(packed, back, spans)
    inside = np.zeros(9000, bool)
    for start, end in spans:
        inside[start:end] = True
    assert (back[inside] == words[inside]).all()
    assert (back[~inside] == -7).all(), "nothing else is written"


def test_much_comes_back_from_two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = ((0, 300), (300, 150_000), (150_001, 150_003), (160_000, 200_000))
    words = RANDOM.integers(-(1 << 62), 1 << 62, 200_000)
    packed = pack(words, spans)
    assert len(packed) > packing.MUCH
    asked: list[int] = []
    beside = packing._unpackers()
    submit = beside.submit
    monkeypatch.setattr(beside, "submit", lambda *work: asked.append(1) or submit(*work))
    back = np.zeros_like(words)
    unpack(packed, back, spans)
    assert asked == [1]
    for start, end in spans:
        assert (back[start:end] == words[start:end]).all()
    assert not back[150_003:160_000].any()


def test_small_numbers_take_little() -> None:
    assert pack(KINDS["zeroes"], ((0, 8192),)).nbytes < 8192 * 8 / 50
    assert pack(KINDS["small"], ((0, 8192),)).nbytes < 8192 * 8 / 6
    assert pack(KINDS["whole words"], ((0, 8192),)).nbytes < 8192 * 8 * 1.02


def test_what_is_packed_in_the_background_is_the_image_of_the_call() -> None:
    words = KINDS["columns"].copy()
    spans = ((0, 5000), (5100, 9000))
    futures = []
    states = []
    for number in range(5):
        states.append(words.copy())
        futures.append(pack_in_background(words, spans))
        words += number + 1
    for state, future in zip(states, futures, strict=True):
        back = state.copy()
        back[:] = 0
        unpack(future.result(), back, spans)
        assert (back[:5000] == state[:5000]).all()
        assert (back[5100:] == state[5100:]).all()
