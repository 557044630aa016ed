"""A complete swap engine: one machine's memory, page tables, zswap and swapfiles, one change at a time.

What tests, assignments and studies begin with; docs/python.md shows each at work:

>>> import engine
>>> scenario = engine.load_scenario("zswap-spills", ["machine.frames=64"])
>>> run = engine.run(scenario)
>>> run.outcome, run.value("zswpwb") > 0
('finished', True)

``Machine``, ``Timeline``, ``Program``, ``Run`` and ``InputError`` are looked up when they are first asked for, so
that a command loads no more of the engine than it needs.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.errors import InputError as InputError
    from engine.execution import Run as Run
    from engine.machine import Machine as Machine
    from engine.program import Program as Program
    from engine.scenario import Scenario
    from engine.timeline import Timeline as Timeline

_HOMES = {
    "InputError": "engine.errors",
    "Machine": "engine.machine",
    "Program": "engine.program",
    "Run": "engine.execution",
    "Timeline": "engine.timeline",
}
__all__ = ["InputError", "Machine", "Program", "Run", "Timeline", "compare", "load_scenario", "run"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'engine' has no attribute {name!r}")


def load_scenario(
    name: str | os.PathLike[str], sets: Sequence[str] = (), *, trace: str | os.PathLike[str] | None = None
) -> Scenario:
    """A scenario file by its path, or one that comes with Swapscope by its name, with ``key.path=value`` applied.

    ``trace``: a recording whose references take the place of the scenario's own. Its ``build()`` gives the
    :class:`Program` that a :class:`Machine` or :class:`Timeline` runs. Raises :class:`InputError` with every mistake.
    """
    from engine.scenario.read import load_scenario as load
    from engine.scenario.shipped import find_scenario

    return load(find_scenario(os.fspath(name)), sets, trace=trace)


def run(scenario: Scenario | Program, *, design: str | None = None, compiled: bool | None = None) -> Run:
    """Run to its end, to the first task that finds no memory, or to Ctrl-C.

    ``design``: ``legacy``, ``swap_desc`` or ``vswap`` in the place of the scenario's own. ``compiled``: True waits for
    the machine code, False interprets, None begins at once and goes over to machine code when that is worth it; the
    result is the same to the bit. Raises :class:`InputError` for a recording that cannot be read or an unknown design.
    """
    from engine.execution import execute

    return execute(_program(scenario, design), compiled=compiled)


def compare(
    scenario: Scenario | Program, designs: Sequence[str] = ("legacy", "swap_desc"), *, compiled: bool | None = None
) -> dict[str, Run]:
    """The same operations on several designs: the run of each, by the design's name. Raises what :func:`run` does."""
    program = _program(scenario, None)
    return {design: run(program, design=design, compiled=compiled) for design in designs}


def _program(scenario: Scenario | Program, design: str | None) -> Program:
    from engine.errors import InputError, Problem, nearest
    from engine.mm.image import schema
    from engine.program import Program

    program = scenario if isinstance(scenario, Program) else scenario.build()
    if design is None:
        return program
    names = schema.setting_for("machine.design").choices
    if design not in names:
        what, allowed = f"'{design}' is no design", ", ".join(names)
        raise InputError(Problem(what, key="design", expected=allowed, nearest=nearest(design, names)))
    return program.with_settings({"machine.design": names.index(design)})
