"""Histories whose keyframes are packed are the histories they would be without."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from engine import history
from engine import timeline as timeline_module
from engine.machine import Machine
from engine.mm.compiler import ensure_compiled
from engine.operation import Op, encode
from engine.program import Program
from engine.timeline import HISTORY_BYTES, LARGE_HISTORY_BYTES, Timeline, history_bytes_for
from tests.engine.mm.machines import program

PAGES = 40
RANDOM = Random(3)
OPS = [encode(RANDOM.choice((Op.READ, Op.WRITE)), 0, RANDOM.randrange(PAGES)) for _ in range(600)]


def pressed() -> Program:
    return program(PAGES, frames=24, slots=128, zswap=True, zswap__max_pool_percent=40, ops=OPS)


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> Timeline:
    """A history with a keyframe every 50 operations, all packed."""
    ensure_compiled()
    monkeypatch.setattr(history, "is_ready", lambda: True)
    monkeypatch.setattr(history, "PACKED_FROM", 1)
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 50)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 1 << 20)
    monkeypatch.setattr(timeline_module, "BEFORE", 20)
    made = Timeline(pressed(), False)
    made.run_to_end()
    return made


def test_every_keyframe_is_packed_and_small(packed: Timeline) -> None:
    keyframes = packed.branches[0].keyframes
    assert [keyframe.position for keyframe in keyframes] == list(range(0, 601, 50))
    packed.jump(packed.length)
    assert all(keyframe.nbytes < keyframe.size * 8 // 2 for keyframe in keyframes)


def test_jumps_lead_where_running_leads(packed: Timeline) -> None:
    random = Random(5)
    for _ in range(40):
        number = random.randrange(packed.length + 1)
        assert packed.jump(number)
        assert packed.cursor == number
        position = packed.operation
        if number in (0, packed.length) or packed.transition(number + 1).operation >= position:
            machine = Machine(pressed(), False)
            machine.run(position)
            assert packed.state_hash() == machine.state_hash()


def test_the_window_reaches_behind_the_cursor(packed: Timeline) -> None:
    number = packed.length // 2
    packed.jump(number)
    hash_here, view = packed.state_hash(), packed.view
    around = packed.records(number - 5, number + 100)
    assert [one.number for one in around] == list(range(number - 5, number + 101))
    assert packed.cursor == number
    assert packed.state_hash() == hash_here
    assert packed.view is view


def test_past_the_room_for_history_keyframes_are_given_up_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 1 << 20)
    one = Timeline(pressed(), False).branches[0].keyframes[0].nbytes
    made = Timeline(pressed(), False, history_bytes=30 * one)
    made.run_to_end()
    positions = [keyframe.position for keyframe in made.branches[0].keyframes]
    steps = {after - before for before, after in pairwise(positions)}
    assert steps == {made.keyframe_operations}
    assert made.keyframe_operations > 10
    made.jump(made.length // 3)
    assert made.step(-1)


def test_large_keyframes_are_farther_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 28)
    made = Timeline(pressed(), False)
    made.run_to_end()
    size = made.branches[0].keyframes[-1].size
    assert made.keyframe_operations * timeline_module.KEYFRAME_WORDS >= size


def test_large_machines_may_keep_more() -> None:
    assert history_bytes_for(pressed()) == HISTORY_BYTES
    assert history_bytes_for(program(300_000, frames=64, ops=OPS)) == LARGE_HISTORY_BYTES


def test_running_at_full_speed_leaves_history_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 50)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 1 << 20)
    monkeypatch.setattr(timeline_module, "TAIL", 20)
    made = Timeline(pressed(), False)
    while made.advance(70):
        pass
    machine = Machine(pressed(), False)
    machine.run()
    assert made.state_hash() == machine.state_hash()
    assert len(made.branches[0].keyframes) > 5
    assert made.length == made.cursor == machine.view["transitions"]
    middle = made.cursor // 2
    made.jump(middle)
    assert made.length == machine.view["transitions"], "what was run is known"
    made.run_to_end()
    assert (made.complete, made.length, made.outcome) == (True, machine.view["transitions"], "finished")
    assert list(made.series.operation) == sorted(set(made.series.operation.tolist()))
    whole = Timeline(pressed(), False)
    whole.run_to_end()
    whole.jump(middle)
    assert made.state_hash() == whole.state_hash()


def test_at_rest_keyframes_are_added_between_those_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 1 << 20)
    made = Timeline(pressed(), False)
    made.keyframe_operations = 160
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
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(timeline_module, "KEYFRAME_WORDS", 1 << 20)
    made = Timeline(pressed(), False)
    made.keyframe_operations = 160
    made.run_to_end()
    keyframes = made.branches[0].keyframes
    made.history_bytes = 2 * sum(keyframe.nbytes for keyframe in keyframes)
    while made.refine(50):
        pass
    assert len(keyframes) > 4
    # The one added last may be a little larger than its neighbour.
    assert sum(keyframe.nbytes for keyframe in keyframes) <= timeline_module.FINE_SHARE * 1.01 * made.history_bytes


def test_a_change_after_refining_still_branches_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_module, "KEYFRAME_OPERATIONS", 10)
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
    assert timeline_module.sample_step(operations) == step
