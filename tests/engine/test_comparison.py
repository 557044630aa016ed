"""Two runs in step: the same places, figures as a whole run gives them, and where they first part."""

import numpy as np
import pytest

from engine.comparison import Follower, Lockstep, places, places_by_operations
from engine.machine import Machine
from engine.mm import image as im
from engine.operation import encode_references, encode_setting
from engine.program import Images, Process, Program, Region, Swapfile
from engine.timeline import Timeline


def program(design=1, frames=48, pool=4, slots=256, passes=2):
    pages = np.tile(np.arange(90), passes)
    one = np.ones(len(pages), dtype=np.int64)
    ops = encode_references(0 * one, pages, np.ones(len(pages), dtype=bool), one)
    images = Images(*(np.array([0, value], dtype=np.int64) for value in (1612, 0, 1, 1)))
    settings = {"machine.design": design, "machine.frames": frames, "machine.reclaim": 1, "machine.zswap.enabled": 1,
                "machine.zswap.max_pool_pages": pool, "machine.charge_pool": 0,
                "machine.charge_metadata": 0, "machine.stats_flush_ns": 0}  # fmt: skip
    swapfiles = (Swapfile("swap0", slots),)
    return Program("small", (Process("editor", 90, (Region("heap", 0, 90, 1),)),), ops, images, settings, swapfiles)


def test_a_place_is_the_same_with_settings_put_in():
    ops = program().ops
    word = encode_setting(im.schema.setting_for("machine.frames").number, 40)
    branch = np.concatenate([ops[:50], [word], ops[50:]])
    there, back = places_by_operations(ops, branch), places_by_operations(branch, ops)
    assert there[[0, 50, 51]].tolist() == [0, 50, 52]
    assert back[[51, 52, len(branch)]].tolist() == [50, 51, len(ops)]
    assert (np.diff(there) >= 0).all()


def test_what_each_run_has_for_itself_is_passed_over():
    ours = np.array([1, 1, 0, 1, 0, 0], dtype=bool)
    theirs = np.array([0, 1, 1, 0, 0, 1], dtype=bool)
    #     done: 0  1  2  +own  3  +own +own
    assert places(ours, theirs).tolist() == [0, 2, 3, 5, 6, 6, 6]


@pytest.mark.parametrize("route", [(60,), (150, 60), (30, 60), (60, 60)])
def test_a_follower_comes_to_the_same_machine_by_any_way(route):
    follower = Follower(program())
    for place in route:
        for _ in follower.reach(place):
            pass
    machine = Machine(program(), False)
    machine.run(60)
    assert follower.machine.state_hash() == machine.state_hash()
    assert follower.figures()["references"] == machine.view["references"]
    assert follower.figures()["metadata_bytes"] == machine.metadata_bytes()


def reached(follower, position):
    for _ in follower.reach(position):
        pass
    return follower


def test_the_last_operation_is_stepped_through_both_ways():
    follower = next(one for one in (reached(Follower(program()), place) for place in range(48, 60)) if one.whole > 3)
    end, whole = follower.machine.state_hash(), follower.whole
    assert [one.operation for one in follower.made] == [follower.machine.position - 1] * whole
    timeline = Timeline(program(), False)
    for inside in (whole - 1, 1, 2, whole, 0):
        follower.step_to(inside)
        timeline.jump(follower.made[0].number - 1 + inside)
        assert follower.machine.state_hash() == timeline.state_hash()
    follower.step_to(2)
    assert follower.transition == follower.made[1]
    timeline.jump(follower.transition.number)
    assert follower.changed() == timeline.changed()
    follower.step_to(whole)
    assert follower.machine.state_hash() == end


def test_going_on_from_the_middle_of_an_operation_loses_nothing():
    follower = reached(Follower(program()), 60)
    follower.step_to(1)
    assert reached(follower, 75).machine.state_hash() == reached(Follower(program()), 75).machine.state_hash()


def test_keyframes_stay_few_and_lead_back(monkeypatch):
    from engine import comparison

    monkeypatch.setattr(comparison, "KEYFRAME_OPERATIONS", 10)
    monkeypatch.setattr(comparison, "PLAIN_STRIDE", 5)
    monkeypatch.setattr(comparison, "MOST_KEYFRAMES", 6)
    follower = reached(Follower(program()), 170)
    assert len(follower._keyframes) <= 6
    assert reached(follower, 33).machine.state_hash() == reached(Follower(program()), 33).machine.state_hash()


def test_a_run_that_ended_stays_at_its_end():
    short = program(design=0, slots=2)  # no slot is left before long
    follower = reached(Follower(short), 150)
    assert follower.machine.outcome == "oom"
    ended = follower.machine.state_hash()
    assert reached(follower, 160).machine.state_hash() == ended
    assert reached(follower, 20).machine.outcome == "running"


def test_machines_in_lockstep_stand_at_the_same_operation_and_end_it_together():
    ours, theirs = program(1), program(0)
    lockstep = Lockstep(ours, (), [Follower(theirs), Follower(program(2))])
    shares = list(lockstep.reach(60))
    assert shares == sorted(shares)
    timeline = Timeline(ours, False)
    timeline.to_operation(60)
    first = lockstep.ours.made[0].number
    for number in range(first, first + lockstep.ours.whole):
        lockstep.step_to(number)
        assert lockstep.ours.inside == number - first + 1
        for other in lockstep.others:
            expected = other.whole if number == timeline.cursor else min(number - first + 1, other.whole)
            assert other.inside == expected
            assert other.machine.position == 60
    lockstep.step_to(0)
    assert all(other.inside == 0 for other in lockstep.others)


def test_a_second_cursor_does_not_move_the_first():
    timeline = Timeline(program(), False)
    timeline.run_to_end()
    timeline.jump(200)
    other = timeline.second()
    assert other.cursor == 0
    other.jump(100)
    kept = timeline.state_hash()
    other.jump(250)
    assert timeline.cursor == 200
    assert timeline.state_hash() == kept
    timeline.jump(250)
    assert other.state_hash() == timeline.state_hash()
