"""The scout: how close keyframes are, what they may take, and those added at rest."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from engine import scout as scout_module
from engine.machine import Machine
from engine.scout import HISTORY_BYTES, LARGE_HISTORY_BYTES, history_bytes_for
from engine.timeline import Timeline
from tests.engine.mm.machines import program
from tests.engine.test_timeline_packed import OPS, pressed


def test_past_the_room_for_history_keyframes_are_given_up_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    one = Timeline(pressed(), False).branches[0].keyframes[0].nbytes
    made = Timeline(pressed(), False, history_bytes=30 * one)
    made.run_to_end()
    positions = [keyframe.position for keyframe in made.branches[0].keyframes]
    steps = {after - before for before, after in pairwise(positions)}
    assert steps == {made.scout.keyframe_operations}
    assert made.scout.keyframe_operations > 10
    made.jump(made.length // 3)
    assert made.step(-1)


def test_large_keyframes_are_farther_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 28)
    made = Timeline(pressed(), False)
    made.run_to_end()
    size = made.branches[0].keyframes[-1].size
    assert made.scout.keyframe_operations * scout_module.KEYFRAME_WORDS >= size


def test_large_machines_may_keep_more() -> None:
    assert history_bytes_for(pressed()) == HISTORY_BYTES
    assert history_bytes_for(program(300_000, frames=64, ops=OPS)) == LARGE_HISTORY_BYTES


def test_at_rest_keyframes_are_added_between_those_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    made = Timeline(pressed(), False)
    made.scout.keyframe_operations = 160
    made.run_to_end()
    outcome, explored = made.outcome, made.explored
    before = [keyframe.position for keyframe in made.branches[0].keyframes]
    assert before == [0, 160, 320, 480]
    while made.refine(7):
        assert not made.fine
    positions = [keyframe.position for keyframe in made.branches[0].keyframes]
    assert made.fine
    assert set(before) < set(positions)
    assert max(after - before for before, after in pairwise(positions)) < 20
    assert (made.complete, made.outcome, made.explored) == (True, outcome, explored)
    random = Random(6)
    for number in [random.randrange(made.length + 1) for _ in range(20)]:
        made.jump(number)
        position = made.operation
        if made.cursor in (0, made.length) or made.transition(made.cursor + 1).operation >= position:
            machine = Machine(pressed(), False)
            machine.run(position)
            assert made.state_hash() == machine.state_hash()


def test_keyframes_added_at_rest_leave_some_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    made = Timeline(pressed(), False)
    made.scout.keyframe_operations = 160
    made.run_to_end()
    keyframes = made.branches[0].keyframes
    made.scout.history_bytes = 2 * sum(keyframe.nbytes for keyframe in keyframes)
    while made.refine(50):
        pass
    assert len(keyframes) > 4
    # The one added last may be a little larger than its neighbour.
    assert sum(keyframe.nbytes for keyframe in keyframes) <= scout_module.FINE_SHARE * 1.01 * made.scout.history_bytes


def test_a_change_after_refining_still_branches_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    made = Timeline(pressed(), False)
    made.run_to_end()
    while made.refine(10):
        pass
    made.jump(made.length // 2)
    made.change("machine.frames", 30)
    assert not made.fine
    made.run_to_end()
    assert made.outcome == "finished"


@pytest.mark.parametrize(("operations", "step"), [(10, 1), (12_000_000, 12_500), (40_000_000, 50_000), (7_000, 8)])
def test_samples_are_in_step_with_keyframes(operations: int, step: int) -> None:
    assert scout_module.sample_step(operations) == step


def test_a_long_run_is_found_out_with_few_keyframes_and_refined_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    monkeypatch.setattr(scout_module, "KEYFRAMES", 16)
    made = Timeline(pressed(), False)
    made.run_to_end()
    assert [keyframe.position for keyframe in made.branches[0].keyframes] == list(range(0, 601, 40))
    while made.refine(1000):
        pass
    assert [keyframe.position for keyframe in made.branches[0].keyframes][:5] == [0, 10, 20, 30, 40]
