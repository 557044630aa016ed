"""Where two runs part: first, next and before, with what each did instead."""

import numpy as np
import pytest

from engine.comparison import Follower, Lockstep
from engine.difference import COMPARED, Difference, Search, first_difference
from engine.machine import Machine
from engine.mm import image as im
from engine.timeline import Timeline
from tests.engine.test_comparison import program


def whole(iterator):
    return list(iterator)[-1]


def test_the_same_run_has_no_difference():
    assert not [one for one in first_difference(program(), program()) if isinstance(one, Difference)]


def test_designs_part_where_slots_run_out():
    """Today's design takes a slot for what is in zswap, so few slots stop it first."""
    found = whole(first_difference(program(1, slots=12), program(0, slots=12)))
    assert isinstance(found, Difference)
    assert found.kinds
    ours, theirs = Machine(program(1, slots=12), False), Machine(program(0, slots=12), False)
    for machine in (ours, theirs):
        machine.run(found.operation)
    before = [[machine.view.scalar(im.KIND_COUNT[kind]) for kind in COMPARED] for machine in (ours, theirs)]
    assert before[0] == before[1]
    for machine in (ours, theirs):
        machine.run(found.operation + 1)
    after = [[machine.view.scalar(im.KIND_COUNT[kind]) for kind in COMPARED] for machine in (ours, theirs)]
    assert after[0] != after[1]
    assert found.ours[found.parted].number <= ours.view["transitions"]
    assert len(found.our_sentences) == len(found.ours)


def test_a_branch_parts_from_its_parent_behind_the_change():
    timeline = Timeline(program(), False)
    timeline.to_operation(70)
    branch = timeline.change("machine.frames", 30)
    found = whole(first_difference(branch.program, timeline.branches[0].program))
    assert isinstance(found, Difference)
    assert found.operation >= 70


def every_difference(ours, theirs):
    """Operations carried out differently, the slow way: whole runs up to each place."""
    found, gaps = [], [None]
    for place in range(len(ours.ops) + 1):
        machines = [Machine(one, False) for one in (ours, theirs)]
        for machine in machines:
            machine.run(place)
        counts = [np.array([machine.view.scalar(im.KIND_COUNT[kind]) for kind in COMPARED]) for machine in machines]
        gap = (counts[0] - counts[1]).tolist() + [machine.outcome == "oom" for machine in machines]
        if gaps[-1] is not None and gap != gaps[-1]:
            found.append(place - 1)
        gaps.append(gap)
    return found


@pytest.fixture(scope="module")
def differing():
    ours, theirs = program(1, pool=6), program(1, pool=2)
    return ours, theirs, every_difference(ours, theirs)


def test_every_difference_is_come_to_forwards_and_backwards(differing):
    ours, theirs, expected = differing
    assert len(expected) > 5
    search = Search(Lockstep(ours, (), [Follower(theirs)]))
    there, at = [], -1
    while isinstance(found := whole([0.0, *search.after(at)]), Difference):
        there.append(at := found.operation)
    assert there == expected
    back, at = [], len(ours.ops)
    while isinstance(found := whole([0.0, *search.before(at)]), Difference):
        back.append(at := found.operation)
    assert back == expected[::-1]


def test_with_several_it_says_which_parts_first(differing):
    ours, theirs, expected = differing
    found = whole(first_difference(ours, ours, theirs))
    assert (found.other, found.operation) == (1, expected[0])
    alone = whole(first_difference(ours, theirs))
    assert (found.kinds, found.ours, found.theirs) == (alone.kinds, alone.ours, alone.theirs)


def test_behind_the_end_of_one_run_nothing_is_compared_any_more():
    ours, theirs = program(1, slots=2), program(0, slots=2)
    ended = Machine(theirs, False)
    ended.run()
    assert ended.outcome == "oom"
    search = Search(Lockstep(ours, (), [Follower(theirs)]))
    assert not [one for one in search.after(ended.position) if isinstance(one, Difference)]
