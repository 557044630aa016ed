"""However one gets to a step of a run, its state is the one that plain stepping gives; so is that of machine code."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import scout as scout_module
from engine import shown as shown_module
from engine.machine import Machine
from engine.mm import transitions as kinds
from engine.mm.compiler import ensure_compiled
from engine.timeline import Timeline
from tests.engine.programs import DESIGNS, KERNELS, program, random_actions

SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=12)
SOUGHT = (kinds.FAULT, kinds.ZSWAP_STORE, kinds.WRITE_BACK, kinds.WRITE_DONE, kinds.OOM, kinds.SETTING, kinds.FREED)
CHANGES = (
    ("machine.zswap.max_pool_pages", (1, 3, 20)), ("machine.frames", (24, 56)), ("machine.page_cluster", (0, 3)),
    ("machine.zswap.enabled", (0, 1)),
)  # fmt: skip


@cache
def small_run(seed):
    return program(random_actions(seed, 14), DESIGNS[seed % 3], KERNELS[seed // 3 % 3])


class Course:
    """A run gone through once, step by step: the state, the kind and the operation of each step."""

    def __init__(self, run):
        plain = Timeline(run, False)
        self.hashes = [plain.state_hash()]
        while plain.step():
            self.hashes.append(plain.state_hash())
        self.length = len(self.hashes) - 1
        records = plain.records(1, self.length)
        self.kinds = [kinds.START, *(record.kind.number for record in records)]
        self.operations = [-1, *(record.operation for record in records)]
        self.outcome = plain.outcome

    def end_of(self, operations):
        """The last step of the first so many operations."""
        return max((step for step in range(self.length + 1) if self.operations[step] < operations), default=0)

    def next_of(self, step, wanted):
        return next((at for at in range(step + 1, self.length + 1) if self.kinds[at] == wanted), step)

    def last_of(self, step, wanted):
        return next((at for at in range(step - 1, -1, -1) if self.kinds[at] == wanted), step)


_courses: dict[bytes, Course] = {}


def course_of(run, ops):
    key = ops.tobytes() + run.seed.to_bytes(8) + repr(sorted(run.settings.items())).encode()
    if key not in _courses:
        _courses[key] = Course(run.with_ops(ops))
    return _courses[key]


def where_it_leads(move, timeline, course):
    """The step at which a move must end."""
    here, length = timeline.cursor, course.length
    kind, *rest = move
    if kind == "step":
        return min(max(here + rest[0], 0), length)
    if kind == "jump":
        return rest[0] * length // 100
    if kind == "seek":
        wanted, forward = rest
        return course.next_of(here, wanted) if forward else course.last_of(here, wanted)
    operation = course.operations[here]
    if kind == "reference":
        if rest[0] < 0:
            return course.end_of(operation)
        following = course.operations[here + 1] if here < length else operation
        return course.end_of(following + 1)
    if kind == "to operation":
        return course.end_of(rest[0] * len(timeline.branches[timeline.branch].ops) // 100)
    assert kind == "advance"
    return course.end_of(operation + 1 + rest[0])


def go(move, timeline, course):
    kind, *rest = move
    if kind == "step":
        timeline.step(rest[0])
    elif kind == "jump":
        timeline.jump(rest[0] * course.length // 100)
    elif kind == "seek":
        timeline.seek(*rest)
    elif kind == "reference":
        timeline.step_reference(rest[0])
    elif kind == "to operation":
        timeline.to_operation(rest[0] * len(timeline.branches[timeline.branch].ops) // 100)
    else:
        timeline.advance(rest[0])


MOVES = st.one_of(
    st.tuples(st.just("step"), st.sampled_from((1, 1, -1, 3, -3, 40, -40, 400, -400))),
    st.tuples(st.just("jump"), st.integers(0, 100)),
    st.tuples(st.just("seek"), st.sampled_from(SOUGHT), st.booleans()),
    st.tuples(st.just("reference"), st.sampled_from((1, -1))),
    st.tuples(st.just("to operation"), st.integers(0, 100)),
    st.tuples(st.just("advance"), st.sampled_from((1, 5, 30))),
    st.sampled_from(CHANGES).flatmap(
        lambda one: st.tuples(st.just("change"), st.just(one[0]), st.sampled_from(one[1]))
    ),
    st.tuples(st.just("switch"), st.integers(0, 5)),
)


def walk(run, moves):
    timeline = Timeline(run, False)
    timeline.scout.keyframe_operations = 9
    for move in moves:
        before = course_of(run, timeline.branches[timeline.branch].ops)
        if move[0] == "change":
            done = timeline.operation
            branch = timeline.change(move[1], move[2])
            course = course_of(run, branch.ops)
            # The change stands behind the operation the cursor was in, or replaces the change that was there.
            assert timeline.transition().kind.number == kinds.SETTING
            assert course.operations[timeline.cursor] in (done, done - 1)
            assert timeline.view[move[1].removeprefix("machine.")] == move[2]
        elif move[0] == "switch":
            index = move[1] % len(timeline.branches)
            here = timeline.cursor
            timeline.switch(index)
            course = course_of(run, timeline.branches[timeline.branch].ops)
            assert timeline.cursor == min(here, course.length)
        else:
            expected = where_it_leads(move, timeline, before)
            go(move, timeline, before)
            course = before
            assert timeline.cursor == expected, move
        assert timeline.state_hash() == course.hashes[timeline.cursor], move


@SETTINGS
@given(st.sampled_from(range(6)), st.lists(MOVES, max_size=12))
def test_any_walk_ends_in_the_state_of_its_step(seed, moves):
    walk(small_run(seed), moves)


@SETTINGS
@given(st.sampled_from(range(6)), st.lists(MOVES, max_size=12), st.sampled_from(((600, 24), (6000, 200))))
def test_a_walk_with_a_small_journal_and_few_samples_does_too(seed, moves, journal):
    words, records = journal
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shown_module, "JOURNAL_WORDS", words)
        patch.setattr(shown_module, "RECORDS", records)
        patch.setattr(shown_module, "room_for", lambda _: (words, records))
        patch.setattr(shown_module, "BEFORE", 10)
        patch.setattr(scout_module, "SAMPLES", 3)
        walk(small_run(seed), moves)


@pytest.mark.soak
@settings(SETTINGS, max_examples=2000)
@given(st.integers(0, 500), st.lists(MOVES, max_size=60))
def test_any_long_walk_ends_in_the_state_of_its_step(seed, moves):
    walk(small_run(seed), moves)


@pytest.mark.parametrize("seed", range(9))
def test_machine_code_and_the_interpreter_agree_to_the_last_word(seed):
    ensure_compiled()
    run = program(random_actions(seed, 60), DESIGNS[seed % 3], KERNELS[seed // 3 % 3])
    plain, fast = Machine(run, False), Machine(run, True)
    plain.run()
    fast.run()
    assert plain.position == fast.position
    assert plain.outcome == fast.outcome
    assert plain.state_hash() == fast.state_hash()
    assert plain.counters() == fast.counters()


@pytest.mark.parametrize("seed", range(6))
def test_a_branch_run_again_from_its_beginning_gives_the_same_state(seed):
    run = small_run(seed)
    timeline = Timeline(run, False)
    timeline.step(40)
    timeline.change("machine.zswap.max_pool_pages", 2)
    timeline.step(60)
    timeline.change("machine.frames", 30)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    again = Machine(run.with_ops(timeline.branches[timeline.branch].ops), False)
    again.run()
    assert again.state_hash() == timeline.state_hash()


@pytest.mark.parametrize("seed", range(3))
def test_room_for_more_changes_nothing(seed):
    """A program with more processes' room, more images and a larger journal runs through the same states."""
    run = small_run(seed)
    small, large = Machine(run, False, journal_words=8, records=8), Machine(run, False, journal_words=1 << 18)
    small.run()
    large.keep_journal()
    large.run()
    assert small.layout.base != large.layout.base or small.layout.total_words != large.layout.total_words
    assert small.state_hash() == large.state_hash()
