"""A small scenario to run, and the command line called as a function."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

SMALL = """\
format = 1
title = "small"
[machine]
design = "swap_desc"
frames = 32
[machine.zswap]
enabled = true
[[machine.swapfile]]
slots = 100
[[process]]
name = "editor"
pages = 60
[[run]]
pattern = "sequential"
references = 60
write_share = 1.0
[[run]]
mark = "filled"
[[run]]
pattern = "random"
references = 200
write_share = 0.2
[[run]]
mark = "used"
[[check]]
name = "references"
value = 260
[[check]]
name = "outcome"
value = "finished"
"""


class Said(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    return file


@pytest.fixture
def swapscope(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Calls the command line with arguments."""
    from engine.cli.command import main

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call
