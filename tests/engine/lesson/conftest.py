"""A small scenario under pressure, with room for steps: what a lesson, a quiz and an assignment are made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RUN = """\
format = 1
title = "A small lesson"
summary = "Two programs in 32 frames."
seed = 1
[machine]
design = "swap_desc"
frames = 32
watermark_min = 2
watermark_low = 4
watermark_high = 6
page_cluster = 0
charge_pool = false
[machine.zswap]
enabled = true
max_pool_percent = 40
chain_size = 4
[machine.time]
hit_ns = 20000
[[machine.swapfile]]
name = "swap0"
slots = 128
[[process]]
name = "editor"
pages = 48
content = "text"
[[process]]
name = "shell"
pages = 24
content = "heap"
[[run]]
pattern = "sequential"
process = "editor"
references = 48
write_share = 1.0
[[run]]
mark = "filled"
[[run]]
pattern = "random"
process = "shell"
references = 120
write_share = 0.5
[[run]]
mark = "both there"
[[run]]
pattern = "random"
process = "editor"
references = 120
write_share = 0.2
"""


@pytest.fixture
def run_text() -> str:
    return RUN


@pytest.fixture
def lesson_file(tmp_path: Path) -> Callable[..., Path]:
    """A scenario file of the small run with more behind it."""

    def write(more: str = "", name: str = "small.toml") -> Path:
        file = tmp_path / name
        file.write_text(RUN + more, encoding="utf-8")
        return file

    return write


@pytest.fixture
def lesson_of(lesson_file: Callable[..., Path]) -> Callable[..., Any]:
    """The lesson made of some steps, on the plain engine."""
    from engine.lesson.lesson import make_lesson
    from engine.scenario import load_scenario

    def make(steps: str, *sets: str) -> Any:
        return make_lesson(load_scenario(lesson_file(steps), sets), compiled=False)

    return make


@pytest.fixture
def ask(lesson_of: Callable[..., Any]) -> Callable[..., Any]:
    """One question at a moment: ``ask('kind = "number"\\nanswer = "zswpout"', when='"filled"')``."""

    def one(question: str, *sets: str, when: str = '"filled"', step: str = "") -> Any:
        text = f'[[step]]\ntitle = "s"\nwhen = {when}\n{step}\n[[step.question]]\nask = "?"\n{question}\n'
        lesson = lesson_of(text, *sets)
        assert not lesson.problems, lesson.problems
        return lesson.questions[0]

    return one
