"""A text that is not TOML: the line is shown, and what is wrong with it is said in our words."""

from __future__ import annotations

import tomllib

import pytest

from engine.errors import InputError, Problem
from engine.scenario.read import read_toml


def problem_of(text: str) -> Problem:
    with pytest.raises(InputError) as caught:
        read_toml(text, "f.toml")
    (problem,) = caught.value.problems
    assert problem.file == "f.toml"
    return problem


@pytest.mark.parametrize(("text", "line", "shown", "what", "expected"), [
    ("a = 1\nb = yes\n", 2, "b = yes", "no value", "true, false"),
    ("a = 1\nb =\n", 2, "b =", "no value", "a number"),
    ("a = 1\nb", 2, "b", "'=' is missing", "KEY = VALUE"),
    ("a = 1\nb\n\n\n", 2, "b", "'=' is missing", "KEY = VALUE"),
    ("frames: 64", 1, "frames: 64", "'=' is missing", "KEY = VALUE"),
    ("<xml>", 1, "<xml>", "a key is missing", "[TABLE]"),
    ("[a.]", 1, "[a.]", "a key is missing", "letters"),
    ("a = 10%", 1, "a = 10%", "behind the value", "a line"),
    ("[a]\n[a]", 2, "[a]", "there already", "[[TABLE]]"),
    ("a = 1\na = 2", 2, "a = 2", "a value already", "once"),
    ("a = { b = 1, b = 2 }", 1, "a = { b = 1, b = 2 }", "a value already", "once"),
    ("a.b = 1\n[a.b.c]", 2, "[a.b.c]", "a value already", "once"),
    ("x = 1\n[a", 2, "[a", "bracket", "]"),
    ("[[a]", 1, "[[a]", "bracket", "]]"),
    ("a = [1 2]", 1, "a = [1 2]", "array", "commas"),
    ("a = { b = 1\n}", 1, "a = { b = 1", "table", "one line"),
    ('a = "x\nb = 1', 1, 'a = "x', "not closed", "quote"),
    ("a = 'x", 1, "a = 'x", "not closed", "quote"),
    ('a = """x\n\n', 1, 'a = """x', "not closed", "quote"),
    (r'a = "C:\q"', 1, r'a = "C:\q"', "backslash", "single quotes"),
    (r'a = "\uD800"', 1, r'a = "\uD800"', "backslash", "single quotes"),
    ("a = “x”", 1, "a = “x”", "typographic", "straight"),
    ("a = 2026-02-30T", 1, "a = 2026-02-30T", "no such day", "text"),
    ('a = "\x01"', 1, 'a = "·"', "cannot be seen", "can be read"),
])  # fmt: skip
def test_each_mistake(text: str, line: int, shown: str, what: str, expected: str) -> None:
    problem = problem_of(text)
    assert problem.line == line
    assert problem.what.startswith(f"'{shown}' is not TOML: ")
    assert what in problem.what
    assert expected in str(problem.expected)


def test_of_a_long_line_the_part_around_the_mistake() -> None:
    problem = problem_of(f"a = [{'1, ' * 200}oops, {'2, ' * 200}]")
    assert "oops" in problem.what
    assert problem.what.startswith("'…")
    assert len(problem.what) < 130


def test_what_the_parser_calls_it_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by a later parser that has messages nobody knew of."""

    def refuse(text: str) -> None:
        raise tomllib.TOMLDecodeError("Some newfangled trouble (at line 2, column 1)")

    monkeypatch.setattr("engine.scenario.read.tomllib.loads", refuse)
    assert str(problem_of("a = 1\nb = 2")) == "f.toml:2: 'b = 2' is not TOML: this cannot be read"
