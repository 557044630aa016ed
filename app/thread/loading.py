"""What the worker is given to open: a scenario file, also under a policy of somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.thread.preload import load_scenario
from engine.program import Program


def policy_loader(
    path: Path, sets: tuple[str, ...], policy: Path, wanted: Callable[[], bool]
) -> Callable[[], Program]:
    """What the worker needs to open a scenario under a policy of somebody's own, while it is ``wanted``."""

    def load() -> Program:
        from engine.policies.apart import decide_apart

        return decide_apart(load_scenario(path, sets).build(), policy, wanted=wanted)

    return load


def scenario_loader(path: Path, sets: tuple[str, ...] = ()) -> Callable[[], Program]:
    """What the worker needs to open a scenario file."""

    def load() -> Program:
        return load_scenario(path, sets).build()

    return load
