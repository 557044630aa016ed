"""What the timeline draws: counts between columns, pressure, marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from app.timeline import density
from app.timeline.marks import marks_of
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.mm.schema import HEADER_WORDS


@dataclass
class Samples:
    """A sample every ten transitions; each ten have one fault, and every other ten four zswap stores."""

    operation: Any
    transition: Any
    time_ns: Any
    values: Any

    def of(self, name):
        return self.values[:, im.schema.named(name).address - HEADER_WORDS]


@pytest.fixture
def samples():
    n = 11
    values = np.zeros((n, len(im.schema.scalars)), dtype=np.int64)
    values[:, im.KIND_COUNT[tr.FAULT] - HEADER_WORDS] = np.arange(n)
    values[:, im.KIND_COUNT[tr.ZSWAP_STORE] - HEADER_WORDS] = 4 * ((np.arange(n) + 1) // 2)
    values[:, im.PSI_SOME - HEADER_WORDS] = np.where(np.arange(n) > 5, (np.arange(n) - 5) * 500, 0)
    at = np.arange(n) * 10
    return Samples(at // 2, at, at * 100, values)


def test_counts_between_columns_add_up_to_the_whole(samples):
    edges = np.linspace(0, 100, 38)
    counts = density.lane_counts(samples, edges)
    assert counts[tr.Lane.FAULTS].sum() == pytest.approx(10)
    assert counts[tr.Lane.ZSWAP].sum() == pytest.approx(20)
    assert counts[tr.Lane.DISK].sum() == 0


def test_counts_lie_where_they_happened(samples):
    stores = density.lane_counts(samples, np.arange(0, 110, 10))[tr.Lane.ZSWAP]
    assert stores.tolist() == [4, 0, 4, 0, 4, 0, 4, 0, 4, 0]


def test_beyond_the_known_run_nothing_happened(samples):
    counts = density.lane_counts(samples, np.array([100.0, 150.0, 200.0]))
    assert counts[tr.Lane.FAULTS].tolist() == [0, 0]


def test_pressure_is_a_share_of_time(samples):
    assert density.pressure(samples, np.array([0.0, 50.0, 100.0])).tolist() == [0.0, 0.5]


def test_no_samples_at_all():
    empty = Samples(*(np.zeros(0, dtype=np.int64),) * 3, np.zeros((0, len(im.schema.scalars)), dtype=np.int64))
    edges = np.linspace(0, 10, 5)
    assert density.lane_counts(empty, edges)[tr.Lane.FAULTS].tolist() == [0] * 4
    assert density.pressure(empty, edges).tolist() == [0] * 4
    assert density.transition_of_operation(empty, 4) == 0


def test_smoothing_keeps_length_and_level():
    assert density.smooth(np.full(20, 3.0), 7).tolist() == pytest.approx([3.0] * 20)
    assert len(density.smooth(np.arange(20.0), 6)) == 20


def test_marks_and_oom(samples, program):
    samples.operation = np.arange(11) * 20
    samples.values[7:, im.KIND_COUNT[tr.OOM] - HEADER_WORDS] = 1
    marks = marks_of(program, samples)
    assert [(mark.name, mark.at, mark.danger) for mark in marks] == [("second pass", 45, False), ("OOM", 70, True)]


def test_marks_ahead_of_the_known_run_are_not_shown(samples, program):
    samples.operation = np.arange(11)
    assert marks_of(program, samples) == []
