"""Every scenario that comes with Swapscope is right, runs to its end in each design, and says what is true."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import numpy as np
import pytest

from engine import operation as op
from engine.cli.execution import Run, execute
from engine.mm.image import schema
from engine.mm.transitions import KINDS
from engine.operation import Op
from engine.program import Program
from engine.resources import scenarios_dir
from engine.scenario import DEFAULT_SCENARIO, Scenario, load_scenario
from engine.scenario.build import first_references
from engine.scenario.checks import judge
from engine.trace.generate import PATTERNS

FILES = sorted(scenarios_dir().glob("*.toml"))
DESIGNS = ("legacy", "swap_desc", "vswap")
OPERATIONS = ("munmap", "pageout", "cold", "dontneed", "willneed", "mlock", "fork", "exit", "swapon", "swapoff", "set")
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_design = pytest.mark.parametrize("design", DESIGNS)


@functools.cache
def loaded(file: Path, *sets: str) -> tuple[Scenario, Program]:
    scenario = load_scenario(file, sets)
    return scenario, scenario.build()


@functools.cache
def ran(file: Path, *sets: str) -> Run:
    return execute(loaded(file, *sets)[1], compiled=False)


def named(name: str) -> Path:
    return next(file for file in FILES if file.stem.endswith(name))


def test_there_are_some_with_names_in_order() -> None:
    assert len(FILES) >= 6
    assert [file.stem[:2] for file in FILES] == [f"{number:02}" for number in range(1, len(FILES) + 1)]
    assert DEFAULT_SCENARIO in [file.name for file in FILES]


@each_file
def test_it_is_a_lesson(file: Path) -> None:
    scenario, program = loaded(file)
    assert scenario.summary.endswith(".")
    assert 2 <= len(scenario.goals) <= 5
    assert len(scenario.lesson) > 800
    assert program.marks, "no mark at a moment worth seeing"
    assert len(scenario.check) >= 4
    assert file.read_text(encoding="utf-8").startswith("# "), "no comment for the teacher who changes it"


@functools.cache
def known_words() -> set[str]:
    """What a lesson may write in code letters: names of settings, figures, tables, functions, designs, operations."""
    words = {*DESIGNS, *PATTERNS, *OPERATIONS, "content", "compressed", "sort", "xz"}
    words |= {scalar.name.rpartition(".")[2] for scalar in schema.scalars} | {kind.function for kind in KINDS}
    for scalar in schema.scalars:
        words |= set(re.findall(r"\w+", scalar.kernel))
    for table in schema.tables:
        for meant in (table.name, table.kernel, *(column.kernel for column in table.columns)):
            words |= set(re.findall(r"\w+", meant))
    return words


@each_file
def test_the_lesson_names_marks_and_settings_that_exist(file: Path) -> None:
    scenario, program = loaded(file)
    for key, value in re.findall(r"(machine\.[a-z0-9_.]+)=(\w+)", scenario.lesson):
        load_scenario(file, [f"{key}={value}"])
    for word in re.findall(r"`([a-z0-9_]+)`", scenario.lesson):
        assert word in known_words(), word
    for mark in re.findall(r"(?:mark|After|after) \*\*(.+?)\*\*", scenario.lesson.replace("\n", " ")):
        assert mark in program.marks


@each_file
@each_design
def test_it_runs_to_its_end_and_its_checks_hold(file: Path, design: str) -> None:
    sets = (f"machine.design={design}",)
    scenario, program = loaded(file, *sets)
    run = ran(file, *sets)
    assert run.machine.finished
    assert run.outcome in ("finished", "oom")
    failed = [str(verdict) for verdict in judge(scenario, design, run.value) if not verdict.passed]
    assert not failed
    if run.outcome == "finished":
        assert [mark.name for mark in run.marks] == [
            program.marks[int(word >> op.VALUE_SHIFT)] for word in program.ops if word & op.KIND_MASK == Op.MARK
        ]  # fmt: skip


@each_file
@each_design
def test_the_same_again_gives_the_same_state(file: Path, design: str) -> None:
    """In other pieces, so that a state that depends on where a run was looked at would show."""
    from engine.machine import Machine

    _, program = loaded(file, f"machine.design={design}")
    program = first_references(program, 300_000)
    once = execute(program, compiled=False)
    again = Machine(program, compiled=False)
    for until in range(997, len(program.ops) + 997, 997):
        again.run(min(until, len(program.ops)))
    assert again.state_hash() == once.machine.state_hash()


# -- what lessons say that is not in the scenario itself ----------------------------------------


def test_first_swap_out_needs_slots_today() -> None:
    for design, held in (("legacy", True), ("swap_desc", False)):
        run = ran(named("first-swap-out"), f"machine.design={design}")
        assert (run.value("swap_used_pages", "page 0 is wanted again") != 0) == held


def test_without_a_swapfile_memory_runs_out_in_the_end_too() -> None:
    assert ran(named("zswap-without-swapfile"), "machine.frames=80").outcome == "oom"


def test_today_the_pool_is_empty_to_the_end_without_a_swapfile() -> None:
    run = ran(named("zswap-without-swapfile"), "machine.design=legacy")
    assert run.value("zswpout") == 0
    assert 100 <= int(run.value("references") or 0) <= 140, "about half of 240 pages"


def test_a_writeback_takes_its_slot_and_leaves_every_page_table_alone() -> None:
    """From the slot being taken to the entry being written back: which tables the shrink worker changed."""
    from engine.mm.transitions import KINDS, Actor
    from engine.timeline import Timeline

    timeline = Timeline(loaded(named("zswap-spills"))[1], compiled=False)
    numbers = {kind.name: kind.number for kind in KINDS}
    looked_at = 0
    while looked_at < 5 and timeline.seek({numbers["slot taken"]}):
        if timeline.transition().actor is not Actor.SHRINK_WORKER:
            continue
        looked_at += 1
        used = timeline.view["swap_used_pages"]
        timeline.step(-1)
        assert timeline.view["swap_used_pages"] == used - 1
        timeline.step(1)
        tables = set()
        while True:
            tables |= {table for table, _, _ in timeline.view.where(timeline.changed())}
            if timeline.transition().kind.name == "written back":
                break
            timeline.step(1)
        assert {"desc", "slot", "zswap"} <= tables
        assert "pte" not in tables
    assert looked_at == 5


def test_sort_wants_more_as_memory_shrinks() -> None:
    file = named("recorded-sort")
    runs = [ran(file, f"machine.frames={frames}") for frames in (600, 400, 320, 256, 200)]
    faults = [int(run.value("pgmajfault") or 0) for run in runs]
    times = [int(run.value("simulated_ns") or 0) for run in (runs[0], runs[-1])]
    assert faults[0] == 0
    assert ran(file, "machine.frames=600").value("swapped_pages") == 0
    assert faults == sorted(faults)
    assert times[1] < 1.1 * times[0], "the time hardly changes"


def test_most_of_what_is_read_ahead_for_sort_is_wanted() -> None:
    run = ran(named("recorded-sort"))
    assert int(run.value("swap_ra_hit") or 0) > int(run.value("swap_ra") or 0) / 2


def test_the_database_compresses_to_two_thirds() -> None:
    _, program = loaded(named("recorded-database"))
    heap = next(region for region in program.processes[0].regions if region.name == "heap")
    assert 800 < heap.pages < 900
    sizes = program.images.lz4[heap.image : heap.image + heap.images]
    assert 0.55 < float(np.mean(sizes)) / 4096 < 2 / 3


def test_a_second_chance_for_each_entry_and_not_one_written() -> None:
    run = ran(named("pool-full"))
    filled = run.marks[0].moment
    assert filled.gauges["zswap_stored_pages"] > 48, "more than three wakings of 16 entries go around"
    assert filled.gauges["zswap_pool_pages"] <= 52
