"""Answers as people write them are read, or refused with what would be possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.explain import Form, encode_swap_pte
from engine.lesson.answers import AnswerError, how_to_answer, read_answer
from engine.lesson.asked import Asked
from engine.lesson.pte import filled
from engine.program import Program
from engine.reading.chain import Place
from engine.scenario import parse_scenario


@pytest.fixture
def program(run_text: str) -> Program:
    return parse_scenario(run_text, "small.toml").build()


@pytest.fixture
def read(program: Program) -> Callable[..., Any]:
    def one(kind: str, raw: Any) -> Any:
        options = ("in **zswap**", "[page 12 of editor](page:editor/12)", "1\u202f234", "yes")
        return read_answer(Asked("q", kind, "?", 0, 1, "", "a", options=options), raw, program)

    return one


@pytest.mark.parametrize(("raw", "place"), [
    ("A", 0), ("b", 1), (" c ", 2), ("in zswap", 0), ("In zswap.", 0), ("page 12 of editor", 1), ("1234", 2), (1234, 2),
    ("1 234", 2), (True, 3),
])  # fmt: skip
def test_choices(read: Callable[..., Any], raw: Any, place: int) -> None:
    assert read("choice", raw) == place


@pytest.mark.parametrize(("raw", "number"), [
    (3, 3), (2.5, 2.5), ("43", 43), ("1\u202f612 bytes", 1612), ("1_000", 1000), ("-4", -4), ("0x10", 16),
])  # fmt: skip
def test_numbers(read: Callable[..., Any], raw: Any, number: float) -> None:
    assert read("number", raw) == number


@pytest.mark.parametrize(("raw", "place"), [
    ("page 12 of editor", Place("page", 12, 1)), ("page 3 of shell", Place("page", 3, 2)),
    ("slot 7", Place("slot", 7, 0)), ("entry 5", Place("zswap", 5)), ("descriptor 9", Place("desc", 9)),
    ("swap id 9", Place("desc", 9)), ("frame 3", Place("frame", 3)),
])  # fmt: skip
def test_things(read: Callable[..., Any], raw: str, place: Place) -> None:
    assert read("click", raw) == place


@pytest.mark.parametrize("raw", ["D B A C", "DBAC", "d, b, a, c", ["D", "page 12 of editor", "A", "1234"]])
def test_orders(read: Callable[..., Any], raw: Any) -> None:
    assert read("order", raw) == (3, 1, 0, 2)


def test_entries(read: Callable[..., Any]) -> None:
    swapped = filled(Form.SWAPPED, {"~offset": 75, "E": 1})
    assert read("pte", encode_swap_pte(0, 75, exclusive=True)) == swapped
    assert read("pte", f"0x{encode_swap_pte(0, 75, exclusive=True):016x}") == swapped
    assert read("pte", "not present: offset 75, E 1") == swapped
    assert read("pte", {"form": "not present", "offset": 75, "E": 1}) == swapped
    assert read("pte", "present, PFN 7, D=1, P 1") == filled(Form.PRESENT, {"PFN": 7, "D": 1, "P": 1})
    assert read("pte", "never touched") == filled(Form.NEVER, {})


@pytest.mark.parametrize(("kind", "raw", "said"), [
    ("choice", "E", "'E' is not among them"), ("choice", "in zswp", "in **zswap**"), ("choice", [], "no choice"),
    ("number", "many", "'many' is no number"), ("number", [1], "no number"), ("number", True, "no number"),
    ("click", "the third", "the third"), ("click", "page 99 of editor", "pages 0 to 47"), ("click", 12, "no thing"),
    ("click", "page 3 of editr", "editor"), ("click", "coldest entry", "no thing"),
    ("order", "A B", "4 things"), ("order", "A A B C", "4 things"), ("pte", "swaped, offset 3", "swapped"),
    ("pte", "present, PFM 3", "PFN"), ("pte", "present, PFN x", "no number"), ("pte", 1.5, "no page-table entry"),
])  # fmt: skip
def test_what_cannot_be_read_is_said(read: Callable[..., Any], kind: str, raw: Any, said: str) -> None:
    with pytest.raises(AnswerError) as error:
        read(kind, raw)
    assert said in str(error.value)
    assert "expected" in str(error.value)


def test_it_is_said_how_to_answer() -> None:
    asked = Asked("q", "choice", "?", 0, 1, "", "a", options=("x", "y", "z"))
    assert how_to_answer(asked) == "a letter from A to C"
