"""Numbers as people read them."""

from __future__ import annotations

import pytest

from app.words.numbers import GAP, count, duration


@pytest.mark.parametrize(("number", "text"), [
    (0, "0"), (999, "999"), (20480, f"20{GAP}480"), (1234567, f"1{GAP}234{GAP}567"),
])  # fmt: skip
def test_counts(number, text):
    assert count(number) == text


@pytest.mark.parametrize(("ns", "text"), [
    (0, "0 ns"), (999, "999 ns"), (1000, "1.00 µs"), (12_340, "12.3 µs"), (999_900, "1.00 ms"), (41_700_000, "41.7 ms"),
    (250_000_000, "250 ms"), (3_200_000_000, "3.20 s"), (312_000_000_000, "5.2 min"),
])  # fmt: skip
def test_durations(ns, text):
    assert duration(ns) == text
