"""The scenarios that come with Swapscope: found by name, listed, and made into programs as a command asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.progress import PatientProgress
from engine.errors import InputError, Problem, nearest
from engine.program import Program
from engine.resources import scenarios_dir
from engine.scenario import Scenario, load_scenario
from engine.scenario.build import first_references

if TYPE_CHECKING:
    from engine.policies.file import PolicyFile


def shipped() -> list[Path]:
    """The files of the scenarios that come with Swapscope, in order."""
    try:
        return sorted(scenarios_dir().glob("*.toml"))
    except FileNotFoundError as error:
        raise InputError(Problem(str(error))) from None


def find_scenario(name: str) -> Path:
    """The file that ``name`` means: a path, or a shipped scenario's name with or without its number and suffix.

    Raises InputError with the nearest name.
    """
    path = Path(name)
    if path.exists():
        return path
    files = shipped()
    for file in files:
        if name in (file.name, file.stem, file.stem.partition("-")[2], file.stem.partition("-")[0]):
            return file
    stems = [file.stem for file in files]
    plain = {file.stem.partition("-")[2]: file.stem for file in files}
    near = nearest(path.stem, [*stems, *plain])
    near = plain.get(near, near) if near else None
    raise InputError(Problem("there is no such file and no scenario of this name", name, nearest=near))


def load(
    name: str,
    sets: list[str],
    *,
    design: str | None = None,
    trace: str | None = None,
    limit: int | None = None,
    policy: str | None = None,
) -> tuple[Scenario, Program]:
    """The scenario and program that the arguments of a command mean; raises InputError."""
    if design is not None:
        sets = [*sets, f'machine.design="{design}"']
    scenario = load_scenario(find_scenario(name), sets, trace=trace)
    program = scenario.build()
    if limit is not None:
        program = first_references(program, limit)
    return scenario, program if policy is None else decided(program, read_policy(policy))


def read_policy(file: str) -> PolicyFile:
    """A policy file that somebody named: its code runs. Raises InputError for its mistakes."""
    from engine.policies.file import PolicyFile

    return PolicyFile(Path(file))


def decided(program: Program, policy: PolicyFile) -> Program:
    """The program with the answers of a policy in it."""
    from engine.policies.decide import decide

    with PatientProgress(f"{program.title}: {policy.name} decides") as progress:
        return decide(program, policy, progress)
