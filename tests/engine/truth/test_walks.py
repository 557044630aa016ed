"""The model goes where Linux 6.18 went on walks it had not seen, and counts the same."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engine.machine import Machine
from engine.truth.cases import Case
from engine.truth.compare import RECORDING, Row, replay, walked
from engine.truth.walks import Walk, mixed, uniform, walks, zipf

WALKS = {walk.name: walk for walk in walks()}
KERNEL = walked()


@cache
def replayed(name: str) -> tuple[Machine, dict[str, dict[str, int]]]:
    walk = WALKS[name]
    return replay(Case(name, walk.program(), walk.marks), True)


def compared(walk: Walk) -> list[Row]:
    return list(KERNEL[walk.name].rows(walk, replayed(walk.name)[1]))


def test_the_recording_has_every_walk_to_its_last_mark_or_its_end() -> None:
    assert set(KERNEL) == set(WALKS)
    for name, recording in KERNEL.items():
        assert recording.runs >= 4
        assert len(recording.marks) == len(WALKS[name].marks) or recording.killed == recording.runs


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_ends_as_it_did_on_the_kernel(name: str) -> None:
    """Out of memory with swap to spare, or at its last reference."""
    recording = KERNEL[name]
    if recording.killed in (0, recording.runs):
        assert (replayed(name)[0].outcome == "oom") == bool(recording.killed)


@pytest.mark.parametrize("name", WALKS)
def test_counters_and_gauges_are_the_kernels_within_three_percent(name: str) -> None:
    found = compared(WALKS[name])
    assert sum(row.compared for row in found) >= 3
    assert [row for row in found if not row.possible] == []
    assert [row for row in found if not row.holds and not row.of_the_moment] == []


def test_of_all_figures_nineteen_in_twenty_hold_as_they_are() -> None:
    found = [row for walk in WALKS.values() for row in compared(walk) if row.compared]
    assert len(found) > 800
    assert sum(row.holds for row in found) / len(found) > 0.95


def test_a_window_wider_than_is_used_ends_out_of_memory_where_pages_read_ahead_are_not_written() -> None:
    """The kernel's own runs show it; without the rule of 6.16 the model would finish."""
    name = "every other page, then the others"
    program = WALKS[name].program()
    written = Machine(program.__class__(**{**vars(program), "settings": program.settings | {
        "machine.pageout_mapped_only": 0}}), True)  # fmt: skip
    written.run()
    assert (replayed(name)[0].outcome, written.outcome) == ("oom", "finished")
    assert KERNEL[name].killed == KERNEL[name].runs


def test_references_are_drawn_the_same_everywhere() -> None:
    assert uniform(1000, 4, 7).tolist() == [625, 897, 775, 225]
    assert zipf(1000, 1.0, 4, 7).tolist() == [340, 238, 79, 861]
    assert mixed(np.arange(8), 0.5, 7).writes.tolist() == [False, False, False, True, True, False, True, False]


def test_the_recording_is_of_use_to_a_reader() -> None:
    lines = RECORDING.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(WALKS)
