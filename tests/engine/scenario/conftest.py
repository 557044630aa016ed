"""A scenario that is right, to be changed by the tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.scenario import Scenario, load_scenario

RIGHT = """\
format = 1
title = "right"
[machine]
design = "swap_desc"
frames = 64
[machine.zswap]
enabled = true
[[machine.swapfile]]
name = "swap0"
slots = 100
[[process]]
name = "editor"
pages = 40
[[process]]
name = "shell"
regions = [{ name = "heap", pages = 10 }, { name = "shared", pages = 6, shared = "ring" }]
[[shmem]]
name = "ring"
pages = 8
[[run]]
pattern = "sequential"
process = "editor"
references = 40
[[run]]
mark = "filled"
"""


@pytest.fixture
def right() -> str:
    return RIGHT


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Scenario]:
    """Writes a text to a file and loads it."""

    def load(text: str, *sets: str, **options: object) -> Scenario:
        file = tmp_path / "scenario.toml"
        file.write_text(text, encoding="utf-8")
        return load_scenario(file, sets, **options)  # type: ignore[arg-type]

    return load
