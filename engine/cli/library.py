"""The scenario and the program that the arguments of a command mean."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.progress import PatientProgress
from engine.program import Program
from engine.scenario import Scenario, load_scenario
from engine.scenario.build import first_references
from engine.scenario.shipped import find_scenario

if TYPE_CHECKING:
    from engine.policies.file import PolicyFile


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

    with redirect_stdout(sys.stderr):
        return PolicyFile(Path(file))


def decided(program: Program, policy: PolicyFile) -> Program:
    """The program with the answers of a policy in it."""
    from engine.policies.decide import decide

    # What it prints is for the person, and no part of what the command prints.
    with redirect_stdout(sys.stderr), PatientProgress(f"{program.title}: {policy.name} decides") as progress:
        return decide(program, policy, progress)
