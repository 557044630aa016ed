"""Every key of a TOML text has its line."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scenario.positions import Path, dotted, key_lines, line_of

LINES: list[tuple[str, dict[Path, int]]] = [
    ("a = 1\nb = 2\n", {("a",): 1, ("b",): 2}),
    ("# b = 1\n\n  b = 2 # c = 3\nc = 4", {("b",): 3, ("c",): 4}),
    ("a.b.c = 1\na.b.d = 2", {("a",): 1, ("a", "b", "c"): 1, ("a", "b", "d"): 2}),
    ("[m]\nx = 1\n[m.z]\ny = 2", {("m",): 1, ("m", "x"): 2, ("m", "z"): 3, ("m", "z", "y"): 4}),
    ("[[r]]\nx = 1\n[[r]]\nx = 2\n", {("r",): 1, ("r", 0): 1, ("r", 0, "x"): 2, ("r", 1): 3, ("r", 1, "x"): 4}),
    (
        "[[r]]\n[[r.p]]\nx = 1\n[[r.p]]\nx = 2\n[[r]]\n[[r.p]]\nx = 3\n[r.q]\ny = 4",
        {("r", 0, "p", 1, "x"): 5, ("r", 1, "p", 0, "x"): 8, ("r", 1, "q", "y"): 10},
    ),
    ("[ a . 'b' ]\n\"c d\" = 1", {("a", "b"): 1, ("a", "b", "c d"): 2}),
    ('"a\\"b" = 1\n\'c\\\' = 2', {('a"b',): 1, ("c\\",): 2}),
    ('"\\u00e9" = 1\nx = 2', {("é",): 1, ("x",): 2}),
    ('a = """\nb = 1\n"""\nc = 2', {("a",): 1, ("c",): 4}),
    ('a = """x\\"""y\n""""\nc = 2', {("a",): 1, ("c",): 3}),
    ("a = '''\nit's [x]\n'''''\nc = 2", {("a",): 1, ("c",): 4}),
    ('a = "# [x] \\" = 1"\nc = 2', {("a",): 1, ("c",): 2}),
    ("a = [\n  1,\n  # two\n  2, 3,\n]\nb = 1", {("a", 0): 2, ("a", 1): 4, ("a", 2): 4, ("b",): 6}),
    ("a = [[1, 2],\n [3]]\nb = 1", {("a", 0, 1): 1, ("a", 1, 0): 2, ("b",): 3}),
    ("a = { x = 1, y.z = [\n2] }\nb = 1", {("a", "x"): 1, ("a", "y", "z"): 1, ("a", "y", "z", 0): 2, ("b",): 3}),
    ("a = [{x = 1},\n{x = 2}]\nb = {}\nc = []", {("a", 1, "x"): 2, ("b",): 3, ("c",): 4}),
    ("d = 1979-05-27 07:32:00Z\ne = 1e3\nf = true", {("d",): 1, ("e",): 2, ("f",): 3}),
    ("a = 1\r\nb = 2\r\n[c]\r\nd = 3", {("a",): 1, ("b",): 2, ("c", "d"): 4}),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_lines_of_keys(text: str, expected: dict[Path, int]) -> None:
    tomllib.loads(text)
    lines = key_lines(text)
    assert {path: lines.get(path) for path in expected} == expected


def paths_of(value: Any, path: Path = ()) -> set[Path]:
    """Every path of a document."""
    found = {path} if path else set()
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found |= paths_of(inner, (*path, key))
    return found


@pytest.mark.parametrize("text", [text for text, _ in LINES])
def test_nothing_is_found_that_is_not_there_and_all_that_is(text: str) -> None:
    assert set(key_lines(text)) == paths_of(tomllib.loads(text))


KEYS = st.text("ab\"'.#= []{}\\\n", min_size=1, max_size=4)
VALUES = st.recursive(
    st.integers(0, 9) | st.text("a\"'\\#[]{}=,\n", max_size=6) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_document_that_is_written_is_found_again(document: dict[str, Any]) -> None:
    from engine.scenario.write import to_toml

    text = to_toml(document)
    assert tomllib.loads(text) == document
    lines = key_lines(text)
    assert set(lines) == paths_of(document)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_the_nearest_line_around_a_path() -> None:
    lines = key_lines("[[r]]\nx = 1\n[[r]]\n")
    assert line_of(lines, ("r", 1, "missing")) == 3
    assert line_of(lines, ("nowhere",)) is None
    assert dotted(("r", 1, "x")) == "r.1.x"


@pytest.mark.parametrize("text", ["[", "a = [1, 2", "a = {", "= 1", "a", '"a', 'a = """x', "[[a", "a = 'x"])
def test_text_that_is_not_toml_ends_the_scan(text: str) -> None:
    key_lines(text)
