"""Imports that take long are made by one thread at a time.

Python lets two threads that import packages with cycles in them go on with half-made modules rather
than wait for each other for ever; pydantic and Numba both have such cycles, and PySide looks into
every module that is imported. The engine's thread, the gallery and the compiler all come through here.
"""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.scenario import Scenario

_lock = threading.Lock()


def load_scenario(path: Path, sets: Sequence[str] = ()) -> Scenario:
    """As ``engine.scenario.load_scenario``."""
    with _lock:
        module = import_module("engine.scenario")
    return module.load_scenario(path, sets=tuple(sets))


def in_language(scenario: Scenario, code: str) -> Scenario:
    """The scenario with its texts in a language; as it is where they do not fit it."""
    with _lock:
        module = import_module("engine.scenario.translation")
    try:
        told: Scenario = module.in_language(scenario, code)
    except InputError:
        return scenario  # somebody changed the scenario since it was translated; `swapscope check` tells where
    return told


def kernels() -> tuple[str, ...]:
    """Names of the kernel presets."""
    with _lock:
        return tuple(import_module("engine.scenario.kernel").PRESETS)


def lessons() -> Any:
    """The module ``engine.lesson.lesson``."""
    with _lock:
        return import_module("engine.lesson.lesson")


def compiler() -> None:
    """Have Numba imported."""
    with _lock:
        import_module("numba")


def editing() -> Any:
    """The module ``app.editor.opening``."""
    with _lock:
        return import_module("app.editor.opening")
