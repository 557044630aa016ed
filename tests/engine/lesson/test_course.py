"""The course of a run agrees with the run: kinds, marks, when a figure came to a value, and when a time was reached."""

from __future__ import annotations

import numpy as np
import pytest

from engine.lesson import course as co
from engine.lesson.course import Condition, follow, moment_of
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.transitions import KINDS
from engine.program import Program
from engine.scenario import parse_scenario
from engine.scenario.lesson import When
from engine.timeline import Timeline


@pytest.fixture
def program(run_text: str) -> Program:
    return parse_scenario(run_text, "small.toml").build()


def condition(name: str, sign: str, bound: float) -> Condition:
    return Condition(im.schema.named(name).address, sign, bound)


def brute_force(program: Program, wanted: Condition) -> list[int]:
    """Every transition at which a condition came to hold, found one transition at a time."""
    timeline = Timeline(program, False)
    held, rises = False, []
    while True:
        holds = bool(wanted.holds(np.array([timeline.view.scalar(wanted.address)]))[0])
        if holds and not held:
            rises.append(timeline.cursor)
        held = holds
        if not timeline.step(1):
            return rises


def test_kinds_and_marks_are_those_of_the_run(program: Program) -> None:
    machine = Machine(program, False)
    made = machine.run_recorded(len(program.ops))
    course = follow(program, compiled=False)
    assert course.end == len(made)
    assert course.kinds[1:].tolist() == [transition.kind.number for transition in made]
    assert course.outcome == "finished"
    for name, places in course.marks.items():
        assert [KINDS[course.kinds[place]].name for place in places] == ["mark"]
        assert program.marks[made[places[0] - 1].operand("mark")] == name
    assert course.place("start") == 0
    assert course.place("end") == course.end
    assert course.place("nowhere") is None


@pytest.mark.parametrize(("name", "sign", "bound"), [
    ("zswap_stored_pages", ">=", 10), ("pswpout", "==", 3), ("nr_free_pages", "<", 4),
    ("pswpout", ">", 0), ("nr_free_pages", ">=", 20),
])  # fmt: skip
def test_a_condition_comes_to_hold_where_one_sees_it_transition_by_transition(
    program: Program, name: str, sign: str, bound: int
) -> None:
    wanted = condition(name, sign, bound)
    expected = brute_force(program, wanted)
    assert expected, "the test shows nothing"
    assert list(follow(program, [wanted], compiled=False).rises[0]) == expected


def test_it_is_the_same_in_small_batches(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal ends between two transitions, nothing may be lost or seen twice."""
    wanted = [condition("zswap_stored_pages", ">=", 10), condition("nr_free_pages", "<", 4)]
    whole = follow(program, wanted, [3_000_000], compiled=False)

    def small(self: Machine, *arguments: object, **more: object) -> None:
        original(self, *arguments, **{**more, "records": 1600})  # type: ignore[arg-type]

    original = Machine.__init__
    monkeypatch.setattr(Machine, "__init__", small)
    again = follow(program, wanted, [3_000_000], compiled=False)
    assert again.rises == whole.rises
    assert again.times == whole.times
    assert np.array_equal(again.kinds, whole.kinds)
    assert again.marks == whole.marks


def test_a_journal_that_is_too_small_is_tried_again_larger(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = follow(program, compiled=False)
    monkeypatch.setattr(co, "JOURNALS", (64, 1 << 20))
    assert np.array_equal(follow(program, compiled=False).kinds, whole.kinds)


def test_a_time_is_the_first_transition_at_or_after_it(program: Program) -> None:
    timeline = Timeline(program, False)
    timeline.run_to_end()
    course = follow(program, times=[0, 2_000_000, 1 << 60], compiled=False)
    assert course.times[0] == 0
    number = course.times[1]
    assert number is not None
    assert timeline.transition(number).time_ns >= 2_000_000
    assert timeline.transition(number - 1).time_ns < 2_000_000
    assert course.times[2] is None


def test_it_ends_when_it_is_told_to(program: Program) -> None:
    with pytest.raises(co.Stopped):
        follow(program, compiled=False, progress=lambda done, total: False)


def test_moments(program: Program) -> None:
    course = follow(program, compiled=False)
    filled = course.marks["filled"][0]
    stores = course.of_kind(KINDS.index(next(kind for kind in KINDS if kind.name == "zswap store")), 0, course.end)
    assert moment_of("filled", course) == filled
    assert moment_of(When(kind="zswap store"), course) == stores[0]
    assert moment_of(When(kind="zswap store", nth=3, offset=-1), course) == stores[2] - 1
    after = moment_of(When(kind="zswap store", after="filled"), course)
    assert after == min(number for number in stores if number >= filled)
    assert moment_of(When(kind="out of memory"), course) is None
    assert moment_of(When(transition=17), course) == 17
    assert moment_of(When(transition=10**9), course) is None
    assert moment_of(When(condition="pswpout > 0", nth=2), course, (40, 90)) == 90
    assert moment_of(When(transition=2, offset=-50), course) == 0
