"""Two runs in step: the same places, figures as a whole run gives them, and where they first part."""

import numpy as np
import pytest

from engine.comparison import COMPARED, Difference, Follower, first_difference, same_place
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
                "machine.charge_metadata": 0}  # fmt: skip
    swapfiles = (Swapfile("swap0", slots),)
    return Program("small", (Process("editor", 90, (Region("heap", 0, 90, 1),)),), ops, images, settings, swapfiles)


def whole(iterator):
    return list(iterator)[-1]


def test_a_place_is_the_same_with_settings_put_in():
    ops = program().ops
    word = encode_setting(im.schema.setting_for("machine.frames").number, 40)
    branch = np.concatenate([ops[:50], [word], ops[50:]])
    assert same_place(ops, 0, branch) == 0
    assert same_place(ops, 50, branch) == 50
    assert same_place(ops, 51, branch) == 52
    assert same_place(branch, 51, ops) == 50
    assert same_place(branch, 52, ops) == 51
    assert same_place(branch, len(branch), ops) == len(ops)


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
    found = whole(first_difference(timeline.program.with_ops(branch.ops), timeline.program))
    assert isinstance(found, Difference)
    assert found.operation >= 70


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
