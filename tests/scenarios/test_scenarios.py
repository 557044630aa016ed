"""Every scenario that comes with Swapscope is right, runs to its end in each design, and says what is true."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from engine import operation as op
from engine.glossary import kernel_names
from engine.lesson.lesson import make_lesson
from engine.machine import Machine
from engine.mm.image import schema
from engine.mm.transitions import KINDS
from engine.operation import Op
from engine.scenario import DEFAULT_SCENARIO, load_scenario
from engine.scenario.checks import judge
from engine.scenario.read import check_variations
from engine.trace.generate import PATTERNS
from tests.scenarios.library_runs import DESIGNS, FILES, LONG, loaded, ran

OPERATIONS = ("munmap", "pageout", "cold", "dontneed", "willneed", "mlock", "fork", "exit", "swapon", "swapoff", "set")
SHORT = 1_000
"""Operations up to which a lesson is made twice, with other numbers."""
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_design = pytest.mark.parametrize("design", DESIGNS)


def test_there_are_some_with_names_in_order() -> None:
    assert len(FILES) >= 22
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
    words = {*DESIGNS, *PATTERNS, *OPERATIONS, "content", "compressed", "sort", *kernel_names()}
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
    for code in re.findall(r"`([^`]*machine\.[^`]*)`", scenario.lesson):
        load_scenario(file, re.findall(r"machine\.[a-z0-9_.]+=[\w.]+", code))
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
    sets = (f"machine.design={design}",)
    _, program = loaded(file, *sets)
    if len(program.ops) > LONG and (design != "swap_desc" or len(program.ops) > 3 * LONG):
        pytest.skip("short recordings in one design are enough")
    again = Machine(program, compiled=False)
    for until in range(997, len(program.ops) + 997, 997):
        again.run(min(until, len(program.ops)))
    assert again.state_hash() == ran(file, *sets).machine.state_hash()


@pytest.mark.parametrize("file", [file for file in FILES if loaded(file)[0].vary], ids=lambda file: file.stem)
def test_every_instance_is_right_and_its_settings_vary(file: Path) -> None:
    scenario, _ = loaded(file)
    check_variations(scenario)
    drawn = {tuple(load_scenario(file, [f"seed={seed}"]).varied.values()) for seed in range(100, 120)}
    assert len(drawn) > 2


def test_a_good_part_of_the_course_varies_in_its_settings() -> None:
    assert sum(bool(loaded(file)[0].vary) for file in FILES) >= 9


@each_file
def test_all_questions_can_be_asked_for_any_student(file: Path) -> None:
    """Every step's moment comes and every question has an answer, with the file's seed and with another."""
    scenario, program = loaded(file)
    assert 2 <= len(scenario.step) <= 8
    assert sum(len(step.question) for step in scenario.step) >= 2
    for seed in (scenario.seed, 12)[: 1 if len(program.ops) > SHORT else 2]:
        lesson = make_lesson(load_scenario(file, [f"seed={seed}"]), compiled=None if len(program.ops) > LONG else False)
        assert not lesson.problems
