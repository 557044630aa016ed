"""Patterns: the promised frequencies, and the very same numbers on every machine."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.trace.generate import PATTERNS, below, random_words, zipf_weights

MANY = 40_000

# CRC-32 of the pages (little-endian int64) and of the writes of each pattern. They may change only
# together with a decision that scenarios written before may run differently.
GOLDEN = {
    "sequential": (0xE74E5B23, 0x0563FDB8),
    "random": (0x35DF5481, 0x0563FDB8),
    "loop": (0xE74E5B23, 0x0563FDB8),
    "stride": (0xBAB49A6F, 0x0563FDB8),
    "zipf": (0xB9FDF739, 0x0563FDB8),
    "hot-cold": (0x7E34600B, 0x0563FDB8),
    "phases": (0xCE0B54DE, 0x0563FDB8),
    "stack": (0x5A58607C, 0xE7139828),
    "scan-hot": (0xB3B4965D, 0x0563FDB8),
}


def checksum(array: np.ndarray[Any, Any]) -> int:
    kind = "<i8" if array.dtype == np.int64 else "u1"
    return zlib.crc32(array.astype(kind).tobytes())


@pytest.mark.parametrize("name", PATTERNS)
def test_the_numbers_are_the_same_everywhere(name: str) -> None:
    page, write = PATTERNS[name](5000, 777, seed=42, write_share=0.3)
    assert (checksum(page), checksum(write)) == GOLDEN[name]


def test_the_generator_is_splitmix64() -> None:
    """From the state of the stream on, the numbers are those of the published algorithm."""
    mask = (1 << 64) - 1

    def mix(z: int) -> int:
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        return z ^ (z >> 31)

    # The first outputs for seed 0 as in the reference implementation (Vigna, splitmix64.c).
    assert [mix(i * 0x9E3779B97F4A7C15 & mask) for i in (1, 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    state = mix((7 * 0x9E3779B97F4A7C15 + 2 * 0xD1342543DE82EF95) & mask)
    expected = [mix((state + i * 0x9E3779B97F4A7C15) & mask) for i in range(1, 5)]
    assert random_words(7, 2, 4).tolist() == expected


@given(st.integers(1, 1 << 63), st.integers(0, 1 << 32))
def test_below_is_the_high_half_of_the_product(bound: int, seed: int) -> None:
    words = random_words(seed, 1, 5)
    assert below(words, bound).tolist() == [int(word) * bound >> 64 for word in words]


@pytest.mark.parametrize("name", PATTERNS)
@given(references=st.integers(0, 300), pages=st.integers(8, 60), seed=st.integers(0, 1 << 70))
def test_pages_are_within_the_process_and_the_shape_is_as_asked(
    name: str, references: int, pages: int, seed: int
) -> None:
    page, write = PATTERNS[name](references, pages, seed=seed, write_share=0.5)
    assert page.shape == write.shape == (references,)
    assert page.dtype == np.int64
    assert write.dtype == np.bool_
    assert ((page >= 0) & (page < pages)).all()


@pytest.mark.parametrize("name", [name for name in PATTERNS if name not in ("sequential", "loop", "stride")])
def test_another_seed_gives_other_pages(name: str) -> None:
    assert checksum(PATTERNS[name](500, 100, seed=1)[0]) != checksum(PATTERNS[name](500, 100, seed=2)[0])


@pytest.mark.parametrize("name", PATTERNS)
def test_the_write_share_moves_no_page(name: str) -> None:
    few, many = (PATTERNS[name](MANY, 100, seed=1, write_share=share) for share in (0.2, 0.7))
    assert np.array_equal(few[0], many[0])
    assert not (few[1] & ~many[1]).any()
    if name != "stack":
        assert few[1].mean() == pytest.approx(0.2, abs=0.01)
        assert many[1].mean() == pytest.approx(0.7, abs=0.01)
        assert not PATTERNS[name](MANY, 100, write_share=0.0)[1].any()
        assert PATTERNS[name](MANY, 100, write_share=1.0)[1].all()


def pages_of(name: str, references: int, pages: int, **own: Any) -> list[int]:
    return PATTERNS[name](references, pages, seed=5, **own)[0].tolist()


def test_sequential_loop_and_stride() -> None:
    assert pages_of("sequential", 7, 5) == [0, 1, 2, 3, 4, 0, 1]
    assert pages_of("loop", 7, 5, length=3) == [0, 1, 2, 0, 1, 2, 0]
    assert pages_of("stride", 12, 10, step=4) == [0, 4, 8, 1, 5, 9, 2, 6, 3, 7, 0, 4]


def test_random_takes_every_page_equally_often() -> None:
    times = np.bincount(pages_of("random", MANY, 50), minlength=50)
    # chi-squared with 49 degrees of freedom is above 94 once in ten thousand; the seed is fixed
    assert ((times - MANY / 50) ** 2 / (MANY / 50)).sum() < 94


@pytest.mark.parametrize("s", [0.0, 0.5, 0.8, 1.0, 1.5, 2.0, 8.0])
def test_zipf_weights_are_powers(s: float) -> None:
    weights = zipf_weights(100_000, s)
    exact = np.arange(1, 100_001, dtype=np.float64) ** -s * 2.0**32
    # s is kept to 2⁻¹⁶, which matters most for the last page; small weights are whole numbers
    assert np.abs(weights - exact).max() < 1e-4 * 2**32
    large = exact > 2**16
    assert np.abs(weights[large] / exact[large] - 1).max() < 2e-4
    assert (np.diff(weights) <= 0).all()


@pytest.mark.parametrize("s", [0.6, 1.0, 1.4])
def test_zipf_takes_pages_as_often_as_their_weights_say(s: float) -> None:
    times = np.bincount(pages_of("zipf", MANY, 30, s=s), minlength=30)
    expected = np.arange(1, 31) ** -s
    expected *= MANY / expected.sum()
    assert ((times - expected) ** 2 / expected).sum() < 66  # 29 degrees of freedom, once in ten thousand


def test_scattering_deals_the_ranks_out_over_the_pages() -> None:
    plain, scattered = (np.bincount(pages_of("zipf", MANY, 64, scatter=s), minlength=64) for s in (False, True))
    assert sorted(plain.tolist()) == sorted(scattered.tolist())
    assert plain.argmax() == 0
    assert plain.tolist() != scattered.tolist()


def test_hot_pages_get_their_share() -> None:
    page = np.array(pages_of("hot-cold", MANY, 100, hot_pages=7, hot_share=0.8))
    assert (page < 7).mean() == pytest.approx(0.8, abs=0.01)
    assert len(np.unique(page)) == 100
    assert (np.array(pages_of("hot-cold", 500, 9, hot_pages=9)) < 9).all()


def test_the_working_set_moves_between_phases() -> None:
    page = np.array(pages_of("phases", 3000, 100, working_set=30, phase_length=1000, shift=20))
    for phase, first in enumerate((0, 20, 40)):
        assert set(page[phase * 1000 : (phase + 1) * 1000]) == set(range(first, first + 30))


def test_a_stack_moves_one_page_at_a_time_and_writes_going_down() -> None:
    page, write = PATTERNS["stack"](MANY, 20, seed=5, write_share=0.0)
    moves = np.diff(page, prepend=0)
    assert set(moves.tolist()) == {-1, 0, 1}
    assert write[moves == 1].all()
    assert not write[moves == -1].any()
    assert {0, 19} <= set(page.tolist())


def test_a_scan_passes_over_the_cold_pages_in_order() -> None:
    page = np.array(pages_of("scan-hot", MANY, 100, hot_pages=10, scan_share=0.25))
    scanned = page[page >= 10]
    assert len(scanned) / MANY == pytest.approx(0.25, abs=0.01)
    assert scanned.tolist() == [10 + i % 90 for i in range(len(scanned))]
    assert set(page[page < 10].tolist()) == set(range(10))


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [
        ("zipf", {"s": -1.0}, "s must be 0 to 8"),
        ("random", {"write_share": 1.5}, "write_share must be 0 to 1"),
        ("random", {"write_share": float("nan")}, "write_share must be 0 to 1"),
        ("loop", {"length": 11}, "length must be 1 to 10"),
        ("stride", {"step": 0}, "step must be 1 to 10"),
        ("hot-cold", {"hot_pages": 0}, "hot_pages must be 1 to 10"),
        ("hot-cold", {"hot_share": -0.1}, "hot_share must be 0 to 1"),
        ("phases", {"working_set": 11}, "working_set must be 1 to 10"),
        ("phases", {"phase_length": 0}, "phase_length must be 1 or more"),
        ("scan-hot", {"scan_share": 2}, "scan_share must be 0 to 1"),
    ],
)
def test_says_which_value_is_wrong(name: str, own: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PATTERNS[name](100, 10, **own)


def test_sizes_must_be_possible() -> None:
    for references, pages in ((-1, 10), (10, 0)):
        with pytest.raises(ValueError):
            PATTERNS["random"](references, pages)
