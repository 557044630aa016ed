"""What a run can be compared with: the programs that come of a design, a preset, a setting, a branch."""

import numpy as np
import pytest

from engine.machine import Machine
from engine.mm import image as im
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from engine.step import Walk
from engine.timeline import Timeline
from engine.variant import Change, Variant, beside, can_vary, on_kernel, program_of, throughout, value_in, values_of
from tests.engine.test_comparison import program

FRAMES = im.schema.setting_for("machine.frames")
SLOTS = im.schema.setting_for("machine.swapfile.0.slots")


@pytest.fixture
def timeline():
    made = Timeline(program(), False)
    made.to_operation(70)
    made.change("machine.frames", 30)
    return made


def test_a_design_runs_the_operations_of_the_branch_that_is_shown(timeline):
    other = program_of(timeline, Variant(Change.DESIGN, 0))
    assert other.setting("machine.design") == 0
    assert np.array_equal(other.ops, timeline.branches[1].ops)


def test_a_branch_is_as_it_is(timeline):
    other = program_of(timeline, Variant(Change.BRANCH, 0))
    assert np.array_equal(other.ops, timeline.branches[0].ops)
    assert other.settings == timeline.program.settings


def test_what_a_branch_put_in_is_passed_over_and_a_branch_of_it_has_it_too(timeline):
    """Not by counting: a walk of five pages is five references like any other."""
    timeline.switch(0)
    timeline.to_operation(70)
    timeline.insert("walk", (Walk("editor", 0, 5, False),))
    walk = timeline.branch
    timeline.to_operation(100)
    timeline.change("machine.frames", 30)
    _program, where = beside(timeline, Variant(Change.BRANCH, 0))
    assert where[[70, 71, 75, 76, 100, 101, 102]].tolist() == [70, 70, 70, 71, 95, 95, 96]
    program, where = beside(timeline, Variant(Change.BRANCH, walk))
    assert where[[70, 75, 100, 101, 102]].tolist() == [70, 75, 100, 100, 101]
    assert where[-1] == len(program.ops)


def test_settings_that_are_passed_over_keep_the_runs_in_step(timeline):
    program, where = beside(timeline, Variant(Change.SETTING, 60, "machine.frames"))
    assert where[[70, 71, 72]].tolist() == [70, 70, 71]
    assert where[-1] == len(program.ops)
    program, where = beside(timeline, Variant(Change.DESIGN, 0))
    assert where.tolist() == list(range(len(program.ops) + 1))


def test_a_setting_has_its_value_all_the_way(timeline):
    other = program_of(timeline, Variant(Change.SETTING, 60, "machine.frames"))
    assert other.setting("machine.frames") == 60
    assert np.array_equal(other.ops, timeline.branches[0].ops)  # what the branch changed is that setting


def test_slots_are_the_swapfile_s_own():
    """The setting alone would leave its clusters as they were."""
    other = throughout(program(), SLOTS, 12)
    machine = Machine(other, False)
    assert machine.view["swap_total_pages"] == 12
    assert value_in(other, SLOTS) == 12
    assert machine.state_hash() == Machine(program(slots=12), False).state_hash()


def test_a_preset_changes_what_the_scenario_does_not_set_itself():
    path = scenarios_dir() / "03-zswap-spills.toml"
    for sets in ((), ("machine.zswap.exclusive_loads=true",)):
        own = load_scenario(path, ["machine.kernel=6.18", *sets]).build()
        assert own.kernel == "6.18"
        expected = load_scenario(path, ["machine.kernel=6.2", *sets]).build()
        changed = on_kernel(own, "6.2")
        assert changed.kernel == "6.2"
        for setting in im.schema.settings:
            assert changed.setting(setting.key) == expected.setting(setting.key), setting.key


@pytest.mark.parametrize("design", [0, 1, 2])
def test_any_setting_can_be_at_either_end_of_what_is_allowed(design):
    run = program(design, passes=1)
    for setting in im.schema.settings:
        if can_vary(run, setting):
            for value in values_of(run, setting):
                Machine(throughout(run, setting, value), False).run(120)


def test_a_swapfile_that_is_not_there_has_no_slots_to_vary():
    assert can_vary(program(), SLOTS)
    assert not can_vary(program(), im.schema.setting_for("machine.swapfile.1.slots"))
    assert not can_vary(program(), im.schema.setting_for("machine.design"))
    assert values_of(program(), FRAMES) == (8, 4 * 48)
