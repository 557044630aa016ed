"""History: moving about in a run, and branching off."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import InputError
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import DIRECT_RECLAIM, FAULT, OOM, START, ZSWAP_LOAD, ZSWAP_STORE
from engine.operation import Op, encode
from engine.program import Program
from engine.timeline import Timeline
from tests.engine.mm.machines import program

PAGES = 40
OPS = [encode(Op.WRITE, 0, page) for page in range(PAGES)] + [encode(Op.READ, 0, page) for page in range(PAGES)]
FRAMES = "machine.frames"
PERCENT = "machine.zswap.max_pool_percent"


def pressed() -> Program:
    return program(PAGES, frames=24, slots=128, zswap=True, zswap__max_pool_percent=40, ops=OPS)


@pytest.fixture
def timeline() -> Timeline:
    made = Timeline(pressed(), False)
    made.run_to_end()
    return made


def hash_after(operations: int, program_: Program | None = None) -> str:
    machine = Machine(program_ or pressed(), False)
    machine.run(operations)
    return machine.state_hash()


# -- moving --------------------------------------------------------------------------------------


def test_it_begins_before_anything_has_happened() -> None:
    timeline = Timeline(pressed(), False)
    assert (timeline.cursor, timeline.operation, timeline.complete) == (0, 0, False)
    assert timeline.transition().kind.number == START
    assert timeline.sentence() == "The machine starts: nothing has been touched yet."
    assert timeline.changed() == frozenset()
    assert timeline.outcome == "running"


def test_the_whole_run_is_known_once_it_was_explored(timeline: Timeline) -> None:
    machine = Machine(pressed(), False)
    machine.run()
    assert timeline.complete
    assert (timeline.length, timeline.outcome) == (machine.view["transitions"], "finished")
    assert timeline.explored == timeline.operations == len(OPS)


def test_a_step_is_one_transition_and_back_is_where_it_was(timeline: Timeline) -> None:
    hashes = [timeline.state_hash()]
    for number in range(1, 120):
        assert timeline.step()
        assert timeline.cursor == number
        hashes.append(timeline.state_hash())
    assert len(set(hashes)) == len(hashes), "no two states of the run are the same"
    for number in reversed(range(119)):
        assert timeline.step(-1)
        assert timeline.state_hash() == hashes[number]


def test_what_a_step_changed_is_what_differs(timeline: Timeline) -> None:
    for _ in range(60):
        before = timeline.view.words[: timeline.layout.state_words].copy()
        timeline.step()
        after = timeline.view.words[: timeline.layout.state_words]
        differs = {int(address) for address in np.flatnonzero(before != after) if address >= HEADER_WORDS}
        assert differs
        assert differs <= timeline.changed()


def test_steps_stop_at_both_ends(timeline: Timeline) -> None:
    assert not timeline.step(-1)
    assert timeline.cursor == 0
    timeline.jump(timeline.length)
    assert not timeline.step()
    assert timeline.cursor == timeline.length
    assert not timeline.step(-(10**9))
    assert timeline.cursor == 0


def test_a_reference_is_a_step_to_the_end_of_the_next_operation(timeline: Timeline) -> None:
    for operations in range(1, 30):
        assert timeline.step_reference(1)
        assert timeline.operation == operations
        assert timeline.state_hash() == hash_after(operations)
    for operations in range(28, 0, -1):
        assert timeline.step_reference(-1)
        assert timeline.operation == operations
        assert timeline.state_hash() == hash_after(operations)
    assert timeline.step_reference(-1)
    assert timeline.cursor == 0
    assert not timeline.step_reference(-1)


def test_from_within_an_operation_a_reference_leads_to_its_end(timeline: Timeline) -> None:
    timeline.jump(1)
    assert timeline.transition().kind.number == FAULT
    timeline.step_reference(1)
    assert (timeline.cursor, timeline.operation) == (2, 1)


def test_it_finds_the_next_and_the_last_of_a_kind(timeline: Timeline) -> None:
    assert timeline.seek(DIRECT_RECLAIM)
    first = timeline.cursor
    assert timeline.transition().kind.number == DIRECT_RECLAIM
    assert timeline.seek({ZSWAP_STORE, ZSWAP_LOAD})
    assert timeline.cursor > first
    assert timeline.seek(DIRECT_RECLAIM, forward=False)
    assert timeline.cursor == first
    assert not timeline.seek(DIRECT_RECLAIM, forward=False)
    assert timeline.cursor == first, "unmoved when there is none"
    assert not timeline.seek(OOM)
    assert timeline.cursor == first
    assert timeline.seek(START, forward=False)
    assert timeline.cursor == 0


def test_it_walks_from_fault_to_fault(timeline: Timeline) -> None:
    numbers = []
    while timeline.seek_fault():
        numbers.append(timeline.cursor)
    assert len(numbers) == timeline.series.of("pgfault")[-1]
    for number in reversed(numbers[:-1]):
        assert timeline.seek_fault(forward=False)
        assert timeline.cursor == number


@pytest.mark.parametrize("number", [1, 50, 200, 333])
def test_a_jump_gives_the_state_that_steps_give(timeline: Timeline, number: int) -> None:
    walker = Timeline(pressed(), False)
    for _ in range(number):
        walker.step()
    timeline.jump(timeline.length)
    assert timeline.jump(number)
    assert timeline.state_hash() == walker.state_hash()
    assert timeline.transition() == walker.transition()


def test_a_jump_past_the_end_stands_at_the_end(timeline: Timeline) -> None:
    assert not timeline.jump(10**9)
    assert timeline.cursor == timeline.length
    assert not timeline.jump(-5)
    assert timeline.cursor == 0


def test_to_operation_and_advance_stand_at_the_end_of_an_operation() -> None:
    timeline = Timeline(pressed(), False)
    assert timeline.to_operation(33)
    assert (timeline.operation, timeline.state_hash()) == (33, hash_after(33))
    assert timeline.advance(20) == 20
    assert (timeline.operation, timeline.state_hash()) == (53, hash_after(53))
    assert timeline.step(-1)
    assert timeline.step()
    assert timeline.state_hash() == hash_after(53)
    assert timeline.advance(1000) == len(OPS) - 53
    assert timeline.advance(1) == 0


def test_records_can_be_read_without_moving(timeline: Timeline) -> None:
    walker = Timeline(pressed(), False)
    expected = []
    while walker.step():
        expected.append(walker.transition())
    assert timeline.records(1, timeline.length) == expected
    assert timeline.cursor == 0
    assert timeline.records(0, 2)[0].kind.number == START
    assert timeline.records(10**6, 10**7) == []


# -- the series ----------------------------------------------------------------------------------


def test_the_series_has_every_scalar_along_the_run(timeline: Timeline) -> None:
    series = timeline.series
    assert series.operation[0] == 0
    assert series.operation[-1] == len(OPS)
    assert len(series) == len(series.operation) == len(series.transition) == len(series.time_ns)
    assert list(series.of("references")) == list(series.operation)
    assert (series.time_ns[1:] >= series.time_ns[:-1]).all()
    assert series.at(im.PGFAULT)[-1] == series.of("pgfault")[-1] > PAGES


def test_the_series_grows_as_the_run_is_explored() -> None:
    timeline = Timeline(pressed(), False)
    assert len(timeline.series) == 1
    assert timeline.explore(10)
    assert timeline.explored == 10
    assert timeline.series.operation[-1] == 10
    seen = []
    timeline.run_to_end(lambda share: seen.append(share) or share < 0.5)
    assert seen[-1] >= 0.5
    assert not timeline.complete


# -- branches ------------------------------------------------------------------------------------


def test_a_change_opens_a_branch_with_the_change_as_an_operation(timeline: Timeline) -> None:
    timeline.to_operation(20)
    before = timeline.state_hash()
    branch = timeline.change(FRAMES, 30)
    assert timeline.branch == 1
    assert (branch.parent, branch.changes, branch.name) == (0, ((FRAMES, 30),), f"{FRAMES} = 30")
    assert timeline.operations == len(OPS) + 1
    assert timeline.view.scalar(im.FRAMES) == 30
    assert timeline.sentence() == "The setting machine.frames is now 30 pages, before 24 pages."
    timeline.step(-1)
    assert timeline.state_hash() == before


def test_a_branch_can_be_run_again_from_its_operations(timeline: Timeline) -> None:
    timeline.to_operation(20)
    branch = timeline.change(FRAMES, 30)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert timeline.state_hash() == hash_after(len(OPS) + 1, pressed().with_ops(branch.ops))


def test_the_same_knob_at_the_same_place_replaces_the_change(timeline: Timeline) -> None:
    timeline.to_operation(20)
    for value in (30, 28, 26):
        timeline.change(FRAMES, value)
    assert len(timeline.branches) == 2
    assert timeline.branches[1].changes == ((FRAMES, 26),)
    assert timeline.operations == len(OPS) + 1
    assert timeline.view.scalar(im.FRAMES) == 26


def test_another_knob_or_another_place_branches_again(timeline: Timeline) -> None:
    timeline.to_operation(20)
    timeline.change(FRAMES, 30)
    timeline.change(PERCENT, 50)
    assert [branch.parent for branch in timeline.branches] == [-1, 0, 1]
    assert timeline.branches[2].changes == ((FRAMES, 30), (PERCENT, 50))
    timeline.step_reference(1)
    timeline.change(FRAMES, 40)
    assert len(timeline.branches) == 4


def test_switching_keeps_the_place_and_the_other_branchs_past(timeline: Timeline) -> None:
    timeline.to_operation(20)
    here = timeline.cursor
    before = timeline.state_hash()
    timeline.change(FRAMES, 30)
    timeline.step(5)
    timeline.switch(0)
    assert timeline.cursor == here + 6
    assert timeline.view.scalar(im.FRAMES) == 24
    timeline.jump(here)
    assert timeline.state_hash() == before
    timeline.switch(1)
    timeline.jump(here + 1)
    assert timeline.view.scalar(im.FRAMES) == 30


def test_removing_a_branch_removes_those_that_left_it(timeline: Timeline) -> None:
    timeline.to_operation(20)
    timeline.change(FRAMES, 30)
    timeline.change(PERCENT, 50)
    timeline.switch(0)
    timeline.to_operation(10)
    timeline.change(FRAMES, 20)
    assert len(timeline.branches) == 4
    timeline.remove(1)
    assert [branch.changes for branch in timeline.branches] == [(), ((FRAMES, 20),)]
    assert timeline.branch == 1
    timeline.remove(1)
    assert (len(timeline.branches), timeline.branch) == (1, 0)
    timeline.remove(0)
    assert len(timeline.branches) == 1, "the scenario's own course stays"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("machine.fraems", 1, "no setting"),
        ("machine.design", 1, "cannot change"),
        (FRAMES, 7, "out of range"),
        (FRAMES, 24 * 4 + 1, "out of range"),
        (PERCENT, 101, "out of range"),
        (PERCENT, 0, "out of range"),
        ("machine.swapfile.0.slots", 128 * 4 + 1, "out of range"),
        ("machine.swapfile.1.slots", 1, "out of range"),
    ],
)
def test_a_change_that_cannot_be_is_refused(timeline: Timeline, key: str, value: int, said: str) -> None:
    timeline.to_operation(20)
    before = (timeline.state_hash(), timeline.branch, len(timeline.branches))
    with pytest.raises(InputError, match=said) as caught:
        timeline.change(key, value)
    problem = caught.value.problems[0]
    assert problem.key == key
    if "no setting" in said:
        assert problem.nearest == FRAMES
    assert (timeline.state_hash(), timeline.branch, len(timeline.branches)) == before, "nothing has moved"


def test_few_keyframes_are_enough() -> None:
    """However little memory history may take, every state can be reached."""
    full, thin = Timeline(pressed(), False), Timeline(pressed(), False, history_bytes=1)
    thin.scout.keyframe_operations = full.scout.keyframe_operations = 10
    for timeline in (full, thin):
        timeline.run_to_end()
    assert len(thin.branches[0].keyframes) < len(full.branches[0].keyframes)
    for number in (300, 17, 250, 90, 1):
        assert full.jump(number)
        assert thin.jump(number)
        assert full.state_hash() == thin.state_hash()
