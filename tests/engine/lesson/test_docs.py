"""What docs/lessons.md shows is right: its examples are read and can be asked, its queries make sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.lesson.lesson import make_lesson, strict
from engine.lesson.submission import read_submission
from engine.resources import scenarios_dir
from engine.scenario import DEFAULT_SCENARIO, parse_scenario
from engine.scenario.query import ATTRIBUTES, PAGE_STATES, SLOT_STATES, Result
from engine.scenario.query_check import KIND_NAMES, Known, read_query


@pytest.fixture
def page(checkout: Path) -> str:
    return (checkout / "docs" / "lessons.md").read_text(encoding="utf-8")


@pytest.fixture
def blocks(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", page, re.S)


@pytest.fixture
def default() -> str:
    """The default scenario without the steps it has itself."""
    text = (scenarios_dir() / DEFAULT_SCENARIO).read_text(encoding="utf-8")
    return text[: text.index("[[step]]")]


def test_the_steps_can_be_asked(blocks: list[str], default: str) -> None:
    steps = "".join(block for block in blocks if block.startswith("[[step"))
    assert steps.count("[[step.question]]") >= 4
    scenario = parse_scenario(default + steps, scenarios_dir() / "example.toml")
    strict(make_lesson(scenario, compiled=False))


def test_the_assignment_is_right(blocks: list[str], default: str) -> None:
    assignment = next(block for block in blocks if block.startswith("[assignment]"))
    text = default + assignment.replace("all pages are filled", "the pool is full")
    assert len(parse_scenario(text, "example.toml").assignment.check) == 3


def test_the_submission_is_right(blocks: list[str], tmp_path: Path) -> None:
    file = tmp_path / "ann.toml"
    file.write_text(next(block for block in blocks if block.startswith("student")))
    submission = read_submission(file)
    assert submission.values == {"machine.zswap.max_pool_percent": 40}
    assert len(submission.answers) == 5


def test_the_queries_make_sense(page: str) -> None:
    letters = {"X": Result.NUMBER, "Y": Result.NUMBER}
    known = Known(["the pool is full", "both at work"], {"editor": 40}, ["swap0"], letters)
    table = page[page.index("| query | gives |") : page.index("Facts of a thing:")]
    rows = [line.split("|")[1] for line in table.splitlines()[2:] if line.startswith("|")]
    queries = [query for row in rows for query in re.findall(r"`([^`]+)`", row)]
    assert len(queries) > 30
    for query in queries:
        if query in ("FACT of X", "-", "*", "/", "!=", "<", "<=", ">", ">="):
            continue
        read_query(query, known)


def test_everything_there_is_is_told(page: str) -> None:
    for word in (*ATTRIBUTES, *PAGE_STATES, *SLOT_STATES):
        assert f"`{word}`" in page, word
    kinds = page[page.index("The kinds of transition are") : page.index("## Queries")]
    for kind in re.findall(r"`([^`]+)`", kinds):
        assert kind in KIND_NAMES, kind
