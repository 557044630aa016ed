"""The scenarios that come with Swapscope, each loaded and run once for all tests of this folder."""

from __future__ import annotations

import functools
from pathlib import Path

from engine.execution import Run, execute
from engine.program import Program
from engine.resources import scenarios_dir
from engine.scenario import Scenario, load_scenario

FILES = sorted(scenarios_dir().glob("*.toml"))
DESIGNS = ("legacy", "swap_desc", "vswap")
LONG = 50_000
"""Operations from which on a run is a recording."""


def named(name: str) -> Path:
    """The file whose name ends so."""
    return next(file for file in FILES if file.stem.endswith(name))


@functools.cache
def loaded(file: Path, *sets: str) -> tuple[Scenario, Program]:
    """A scenario with some values changed, and its program."""
    scenario = load_scenario(file, sets)
    return scenario, scenario.build()


def ran(file: Path, *sets: str) -> Run:
    """The same, run to its end; the file's own design is the same run whether it is named or not."""
    own = f"machine.design={loaded(file)[0].machine.design}"
    return _ran(file, *(one for one in sets if one != own))


@functools.cache
def _ran(file: Path, *sets: str) -> Run:
    """In machine code only where the run is long and the code is at hand."""
    program = loaded(file, *sets)[1]
    return execute(program, compiled=None if len(program.ops) > LONG else False)


def figure(name: str, figure: str, mark: str | None = None, *sets: str) -> int:
    """A number of the run of a scenario, at a mark or at the end."""
    found = ran(named(name), *sets).value(figure, mark)
    assert isinstance(found, int), f"{figure} at {mark}: {found}"
    return found
