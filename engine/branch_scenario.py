"""A branch of a run as a scenario of its own: the scenario, and each change as a ``[[shock]]``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import InputError, Problem
from engine.history import Branch
from engine.mm.image import schema
from engine.phrase import phrase
from engine.program import Images, Program
from engine.scenario import parse_scenario
from engine.scenario.machine import read_value
from engine.scenario.model import Scenario
from engine.scenario.write import to_toml
from engine.step import WORK_PATTERN, End, Set, Start, Step, Work, work_arguments
from engine.trace.files import write_whole

TITLE_LETTERS = 120
NAME_LETTERS = 64
_NOT_OF_A_BRANCH = ("check", "step", "assignment", "lesson", "goals", "vary")
"""What a scenario says about its own course, which a branch is not."""


def course(branches: Sequence[Branch], number: int) -> list[Branch]:
    """A branch and those it came from, the first change first; the scenario's own course is left out."""
    found: list[Branch] = []
    while number > 0:
        found.insert(0, branches[number])
        number = branches[number].parent
    return found


def save_branch(scenario: Scenario, branches: Sequence[Branch], number: int, output: Path) -> None:
    """Write what :func:`branch_scenario` gives, once it is known to run as the branch does; else InputError."""
    text = branch_scenario(scenario, branches, number, output)
    if not _same_run(parse_scenario(text, output).build(), branches[number].program):
        raise InputError(Problem(phrase("this branch cannot be said as a scenario"), os.fspath(output)))
    write_whole(output, text.encode())


def branch_scenario(scenario: Scenario, branches: Sequence[Branch], number: int, output: Path) -> str:
    """The text of a scenario file ``output`` that runs as branch ``number`` of ``scenario`` does.

    It has no lesson, checks or assignment: those were about the run without the change. Names of
    traces are seen from the folder of ``output``. Raises InputError where a branch cannot be said so.
    """
    changed = course(branches, number)
    program = branches[number].program
    if len(program.decisions):
        raise InputError(Problem(phrase("a run under a policy of somebody's own cannot be saved as a scenario")))
    data: dict[str, Any] = scenario.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    for key in _NOT_OF_A_BRANCH:
        data.pop(key, None)
    name = branches[number].name
    data["title"] = f"{scenario.title} · {name}"[:TITLE_LETTERS] if number else scenario.title
    if number:
        data["summary"] = f"{scenario.title}, and then: " + "; ".join(one.name for one in changed)
    steps = [step for branch in changed for step in branch.steps]
    started = [_process(step, program.images) for step in steps if isinstance(step, Start)]
    if started:
        data["process"] = [*data.get("process", []), *started]
    if changed:
        data["shock"] = [*data.get("shock", []), *(_shock(branch) for branch in changed)]
    if scenario.source is not None:
        _move_traces(data, scenario.source.parent, output.parent)
    return to_toml(data)


def _shock(branch: Branch) -> dict[str, Any]:
    made: dict[str, Any] = {"at": branch.position, "name": branch.name[:NAME_LETTERS]}
    made["run"] = [_part(step) for step in branch.steps if not isinstance(step, Work)]
    beside = [_part(step) for step in branch.steps if isinstance(step, Work)]
    return {**made, "beside": beside} if beside else made


def _part(step: Step) -> dict[str, Any]:
    if isinstance(step, Set):
        return {"set": step.key, "value": read_value(schema.setting_for(step.key), step.value)}
    if isinstance(step, Start):
        return {"op": "exec", "process": step.process}
    if isinstance(step, End):
        return {"op": "exit", "process": step.process}
    if isinstance(step, Work):
        return {"pattern": WORK_PATTERN, "process": step.process, "references": step.references, "pages": step.pages,
                **work_arguments(step)}  # fmt: skip
    return {
        "pattern": "sequential", "process": step.process, "first": step.first, "pages": step.pages,
        "references": step.pages, "write_share": 1.0 if step.write else 0.0,
    }  # fmt: skip


def _process(step: Start, images: Images) -> dict[str, Any]:
    if images.family is None:
        raise InputError(Problem(phrase("what is in the pages of '{process}' is not known", process=step.process)))
    family = images.names[int(images.family[step.image])]
    size = family.removeprefix("compressed=")
    return {
        "name": step.process, "pages": step.pages, "content": {"compressed": int(size)} if size != family else family
    }  # fmt: skip


def _move_traces(data: Any, source: Path, target: Path) -> None:
    """Names of trace files as they are seen from another folder."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "trace" and isinstance(value, str):
                data[key] = _seen_from(source / value, target)
            else:
                _move_traces(value, source, target)
    elif isinstance(data, list):
        for value in data:
            _move_traces(value, source, target)


def _seen_from(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return path.absolute().as_posix()


def _same_run(one: Program, other: Program) -> bool:
    """Whether two programs have the same operations on the same machine and processes."""
    def facts(program: Program) -> object:
        return (program.ops.tobytes(), program.settings, program.processes, program.swapfiles, program.seed,
                program.shmem)  # fmt: skip

    return facts(one) == facts(other)
