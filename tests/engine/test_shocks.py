"""Shocks that come over a run at any moment: what they put in, the branch they open, and that it is kept exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.branch_scenario import branch_scenario, save_branch
from engine.errors import InputError
from engine.invariants import broken
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.block import NVME_INTERVAL_NS, NVME_LATENCY_NS
from engine.mm.design import design_names
from engine.operation import KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op
from engine.scenario import Scenario, parse_scenario
from engine.shocks import LITTLE_MEMORY, NO_ROOM, NO_SWAPFILE, OFF_ALREADY, SHOCKS, SLOTS_USED, SLOWEST, Shock
from engine.step import End, Set, Start, Walk, Work, as_data, from_data, length, room_for
from engine.timeline import Timeline
from engine.variant import BRANCH_SHIFT, identities

TEXT = """
format = 1
title = "Two programs"
lesson = "What becomes of them."
[machine]
design = "DESIGN"
frames = 48
[machine.zswap]
enabled = true
max_pool_percent = 20
[[machine.swapfile]]
name = "swap0"
slots = 400
[[process]]
name = "editor"
pages = 40
content = { compressed = 1770 }
[[process]]
name = "database"
pages = 30
[[run]]
pattern = "sequential"
process = "editor"
references = 90
write_share = 1.0
[[run]]
pattern = "zipf"
process = "database"
references = 200
write_share = 0.5
[[check]]
name = "outcome"
value = "finished"
"""


def scenario(design: str = "swap_desc", text: str = TEXT) -> Scenario:
    return parse_scenario(text.replace("DESIGN", design), "two.toml")


@pytest.fixture
def timeline() -> Timeline:
    """In the middle of the run."""
    made = Timeline(scenario().build(), False)
    made.to_operation(150)
    return made


def shock(key: str) -> Shock:
    return next(one for one in SHOCKS if one.key == key)


def figures(timeline: Timeline) -> dict[str, int]:
    timeline.run_to_end()
    timeline.jump(timeline.length)
    return {name: timeline.view[name] for name in ("pswpout", "pgmajfault", "oom_kill", "now")}


# -- what each of them is --------------------------------------------------------------------------


def steps(timeline: Timeline, key: str) -> object:
    return shock(key).steps(timeline.program, timeline.view)


def test_memory_pool_and_zswap(timeline):
    assert steps(timeline, "memory") == (Set("machine.frames", 24),)
    assert steps(timeline, "pool") == (Set("machine.zswap.max_pool_percent", 10),)
    assert steps(timeline, "zswap_off") == (Set("machine.zswap.enabled", 0),)


def test_a_second_process_has_half_as_many_pages_as_there_are_frames_and_works_on_them(timeline):
    start = Start("newcomer", 24, timeline.program.processes[0].regions[0].image)
    assert steps(timeline, "process") == (start, Walk("newcomer", 0, 24, True), Work("newcomer", 24, 140, 3))
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert steps(timeline, "process")[2].references == 4 * 24, "also where the run is at its end"


def test_it_works_beside_the_others_to_the_end_of_the_run(timeline):
    before = timeline.program.ops
    timeline.strike(shock("process"))
    ops = timeline.program.ops
    who = ops >> WHO_SHIFT & WHO_MASK
    assert np.array_equal(ops[:150], before[:150])
    assert set(who[150:175]) == {2}, "it starts and writes its pages"
    assert np.array_equal(ops[175:][who[175:] != 2], before[150:]), "the others do what they did"
    assert np.array_equal(who[175:] == 2, np.arange(280) % 2 == 1), "turn by turn"
    pages = ops[176::2] >> VALUE_SHIFT
    assert (pages < 12).mean() > 0.85
    assert 12 < len(set(pages)) <= len(set(range(24)) | set(pages)) == 24
    assert 0.2 < ((ops[176::2] & KIND_MASK) == Op.WRITE).mean() < 0.4


def test_a_comparison_with_a_second_process_finds_the_same_operations_again(timeline):
    timeline.strike(shock("process"))
    own = identities(timeline.branches, 1)
    assert np.array_equal(own[own < 1 << BRANCH_SHIFT], np.arange(290))
    assert len(set(own)) == len(own) == len(timeline.program.ops)
    assert np.array_equal(own >= 1 << BRANCH_SHIFT, (timeline.program.ops >> WHO_SHIFT & WHO_MASK) == 2)


def test_a_scan_has_a_process_of_its_own_where_none_is_larger_than_memory(timeline):
    start = Start("scanner", 48, timeline.program.processes[0].regions[0].image)
    assert steps(timeline, "scan") == (start, Walk("scanner", 0, 48, True), End("scanner"))


def test_a_scan_goes_through_the_largest_process_that_is_larger_than_memory():
    made = Timeline(scenario(text=TEXT.replace("pages = 30", "pages = 60")).build(), False)
    assert steps(made, "scan") == (Walk("database", 0, 60, False),)


def test_a_scan_leaves_out_what_is_not_mapped():
    text = TEXT.replace("pages = 30", "pages = 90").replace(
        "[[check]]", '[[run]]\nop = "munmap"\nprocess = "database"\nfirst = 20\npages = 10\n[[check]]')
    made = Timeline(scenario(text=text).build(), False)
    made.to_operation(len(made.program.ops))
    assert steps(made, "scan") == (Walk("database", 0, 20, False), Walk("database", 30, 60, False))


def test_the_swapfile_ends_where_it_is_in_use(timeline):
    used = timeline.view.at(im.SI_INUSE, 1)
    assert steps(timeline, "swap_full") == (Set("machine.swapfile.0.slots", used),)


def test_a_slow_disk_takes_ten_times_as_long_each_time(timeline):
    first = (Set("machine.time.device_latency_ns", 10 * NVME_LATENCY_NS),
             Set("machine.time.device_interval_ns", 10 * NVME_INTERVAL_NS))  # fmt: skip
    assert steps(timeline, "slow_disk") == first
    timeline.strike(shock("slow_disk"))
    timeline.step_reference(1)
    timeline.step_reference(1)
    assert steps(timeline, "slow_disk") == tuple(Set(key, 10 * value) for key, value in first)


def test_where_nothing_is_left_the_reason_is_said():
    text = TEXT.replace("frames = 48", "frames = 8").replace("enabled = true", "enabled = false")
    made = Timeline(scenario(text=text[: text.index("[[machine.swapfile]]")] + text[text.index("[[process]]") :])
                    .build(), False)  # fmt: skip
    assert [steps(made, key) for key in ("memory", "swap_full", "slow_disk", "zswap_off")] == [
        LITTLE_MEMORY, NO_SWAPFILE, NO_SWAPFILE, OFF_ALREADY]  # fmt: skip


def test_a_shock_that_cannot_be_opens_no_branch(timeline):
    timeline.strike(shock("swap_full"))
    assert steps(timeline, "swap_full") == SLOTS_USED
    timeline.change("machine.time.device_latency_ns", 1 << 30)
    assert timeline.strike(shock("slow_disk")) == SLOWEST
    assert len(timeline.branches) == 3


def test_there_is_room_for_a_few_processes_and_then_it_is_said(timeline):
    names = []
    while not isinstance(made := timeline.strike(shock("process")), str):
        names.append(made.program.processes[-1].name)
        assert len(names) < 20
    assert names[:3] == ["newcomer", "newcomer 2", "newcomer 3"]
    assert made == NO_ROOM


# -- the branch ------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", design_names())
@pytest.mark.parametrize("key", [one.key for one in SHOCKS])
def test_a_shock_is_a_branch_that_keeps_the_invariants_and_goes_when_undone(design, key):
    timeline = Timeline(scenario(design).build(), False)
    timeline.to_operation(150)
    here, before = timeline.cursor, timeline.state_hash()
    branch = timeline.strike(shock(key))
    assert not isinstance(branch, str)
    assert (branch.name, branch.parent, branch.position, branch.at) == (shock(key).name, 0, 150, here)
    assert timeline.cursor == here + 1
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert broken(timeline.view, timeline.program) == []
    again = Machine(branch.program, False)
    again.run()
    assert timeline.state_hash() == again.state_hash()
    timeline.jump(here)
    assert timeline.state_hash() == before
    timeline.jump(here + 30)
    timeline.undo()
    assert (len(timeline.branches), timeline.branch, timeline.cursor) == (1, 0, here)
    assert timeline.state_hash() == before
    timeline.undo()
    assert len(timeline.branches) == 1, "the scenario's own course stays"


def test_steps_back_out_of_a_process_that_started(timeline):
    before = timeline.state_hash()
    timeline.strike(shock("process"))
    assert timeline.view.scalar(im.PROCESSES) == 3
    assert timeline.sentence() == "Process newcomer starts with 24 pages of its own; none of them is touched yet."
    after = timeline.state_hash()
    timeline.step(40)
    timeline.step(-40)
    assert timeline.state_hash() == after
    timeline.step(-1)
    assert (timeline.view.scalar(im.PROCESSES), timeline.state_hash()) == (2, before)


def test_pressure_is_felt(timeline):
    ours = figures(timeline)
    timeline.to_operation(150)
    for key, name in (("memory", "pgmajfault"), ("process", "pswpout"), ("slow_disk", "now")):
        timeline.switch(0)
        timeline.to_operation(150)
        timeline.strike(shock(key))
        assert figures(timeline)[name] > ours[name], key


def test_a_value_chosen_anew_stays_one_branch_but_a_shock_is_not_chosen_anew(timeline):
    timeline.strike(shock("slow_disk"))
    timeline.change("machine.time.device_latency_ns", 5)
    assert [branch.parent for branch in timeline.branches] == [-1, 0, 1]
    timeline.change("machine.time.device_latency_ns", 6)
    assert len(timeline.branches) == 3
    assert timeline.branches[2].steps == (Set("machine.time.device_latency_ns", 6),)
    assert len(timeline.branches[2].changes) == 3


def test_a_second_cursor_in_the_branch_knows_its_processes(timeline):
    timeline.strike(shock("process"))
    timeline.run_to_end()
    other = timeline.second()
    other.jump(timeline.length)
    timeline.jump(timeline.length)
    assert other.state_hash() == timeline.state_hash()
    assert other.program.processes[-1].name == "newcomer"


def test_a_twin_knows_all_branches_and_moves_alone(timeline):
    timeline.strike(shock("process"))
    timeline.step(20)
    here = timeline.cursor
    other = timeline.twin()
    assert (other.branch, other.cursor, len(other.branches)) == (1, 0, 2)
    other.jump(here)
    assert other.state_hash() == timeline.state_hash()
    other.switch(0)
    other.step(3)
    assert (timeline.branch, timeline.cursor) == (1, here)
    timeline.switch(0)
    timeline.jump(other.cursor)
    assert other.state_hash() == timeline.state_hash()


def test_compiled_it_is_the_same(timeline):
    timeline.strike(shock("scan"))
    program = timeline.program
    hashes = []
    for compiled in (False, True):
        machine = Machine(program, compiled)
        machine.run()
        hashes.append(machine.state_hash())
    assert hashes[0] == hashes[1]


def test_the_policy_that_knows_the_future_has_room_for_so_many_operations():
    program = scenario(text=TEXT.replace('design = "DESIGN"', 'design = "DESIGN"\npolicy = "opt"')).build()
    timeline = Timeline(program, False)
    timeline.to_operation(100)
    timeline.strike(shock("scan"))
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert broken(timeline.view, timeline.program) == []
    room = room_for(timeline.program)
    little = replace(timeline.program, spare=replace(timeline.program.spare, operations=80))
    newcomer = shock("process").steps(little, timeline.view)
    assert (sum(map(length, newcomer)), newcomer[2].references) == (80, 55), "as much as there is room for"
    timeline.insert("newcomer", newcomer)
    assert room_for(timeline.program) == room - 80
    with pytest.raises(InputError, match="no room"):
        timeline.insert("too long", (Walk("database", 0, 30, True),) * 200)


# -- what cannot be put in ---------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "said"), [
    (Set("machine.frames", 4), "out of range"),
    (Set("machine.fraems", 40), "no setting"),
    (Start("editor", 4, 1), "already a process"),
    (Start("more", 0, 1), "no room"),
    (Start("more", 1 << 19, 1), "no room"),
    (Start("more", 4, 2), "not the first"),
    (Start("more", 4, 9999), "not the first"),
    (Walk("nobody", 0, 1, True), "no process"),
    (Walk("editor", 30, 20, True), "do not all exist"),
    (Work("nobody", 1, 1, 1), "no process"),
    (Work("editor", 41, 10, 1), "cannot make"),
    (Work("editor", 4, 0, 1), "cannot make"),
    (End("nobody"), "no process"),
])  # fmt: skip
def test_a_step_that_cannot_be_is_refused_and_nothing_is_changed(timeline, step, said):
    before = timeline.state_hash()
    with pytest.raises(InputError, match=said):
        timeline.insert("no", (step,))
    assert (len(timeline.branches), timeline.branch, timeline.state_hash()) == (1, 0, before)


@pytest.mark.parametrize("step", [
    Set("machine.frames", 4), Start("p", 3, 1), Walk("p", 0, 3, True), Work("p", 3, 9, 1), End("p"),
])  # fmt: skip
def test_steps_as_plain_values_and_back(step):
    assert from_data(as_data(step)) == step
    assert type(from_data(as_data(step))) is type(step)


@pytest.mark.parametrize("data", [
    {}, {"step": "go"}, {"step": "set", "key": 1, "value": 2}, {"step": "set", "key": "x", "value": True},
    {"step": "walk", "process": "p", "first": -1, "pages": 2, "write": True}, {"step": "end"},
])  # fmt: skip
def test_other_plain_values_are_refused(data):
    with pytest.raises(ValueError, match="no"):
        from_data(data)


# -- as a scenario -----------------------------------------------------------------------------------


@pytest.mark.parametrize("design", design_names())
def test_every_shock_saved_as_a_scenario_runs_as_its_branch(design, tmp_path):
    ours = scenario(design)
    timeline = Timeline(ours.build(), False)
    timeline.to_operation(100)
    for one in SHOCKS:
        timeline.strike(one)
        timeline.step(60)
    output = tmp_path / "branch.toml"
    save_branch(ours, timeline.branches, timeline.branch, output)
    again = parse_scenario(output.read_text(encoding="utf-8"), output)
    assert [one.name for one in again.shock] == [one.name for one in SHOCKS]
    assert (again.check, again.lesson) == ([], "")
    program = again.build()
    assert np.array_equal(program.ops, timeline.program.ops)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    machine = Machine(program, False)
    machine.run()
    assert machine.state_hash() == timeline.state_hash()


def test_what_is_in_a_newcomers_pages_is_said(timeline, tmp_path):
    timeline.strike(shock("process"))
    text = branch_scenario(scenario(), timeline.branches, 1, tmp_path / "x.toml")
    assert 'name = "newcomer"\npages = 24\ncontent = { compressed = 1770 }' in text
    assert 'title = "Two programs · A second process"' in text


def test_a_change_in_the_midst_of_a_walk_is_kept(timeline, tmp_path):
    timeline.strike(shock("process"))
    for _ in range(12):
        timeline.step_reference(1)
    timeline.change("machine.frames", 60)
    save_branch(scenario(), timeline.branches, 2, tmp_path / "x.toml")
    ops = parse_scenario((tmp_path / "x.toml").read_text(encoding="utf-8"), tmp_path / "x.toml").build().ops
    assert list(np.flatnonzero((ops & KIND_MASK) == Op.SET)) == [timeline.branches[2].position]
    assert 151 < timeline.branches[2].position < 175


def test_a_trace_is_found_from_the_new_folder(tmp_path):
    from engine.resources import scenarios_dir
    from engine.scenario import load_scenario

    with_trace = next(path for path in sorted(scenarios_dir().glob("*.toml"))
                      if "trace = " in path.read_text(encoding="utf-8"))  # fmt: skip
    ours = load_scenario(with_trace)
    timeline = Timeline(ours.build(), None)
    timeline.to_operation(40)
    timeline.strike(shock("process"))
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    save_branch(ours, timeline.branches, 1, folder / "x.toml")


def test_a_run_under_a_policy_of_ones_own_cannot_be_said(timeline, tmp_path):
    timeline.change("machine.frames", 40)
    branch = timeline.branches[1]
    branch.program = replace(branch.program, decisions=np.array([1], dtype=np.int64))
    with pytest.raises(InputError, match="policy of somebody's own"):
        save_branch(scenario(), timeline.branches, 1, tmp_path / "x.toml")
    assert list(Path(tmp_path).iterdir()) == []
