"""What is typed into a field means a value, and the value is shown as it was typed."""

from __future__ import annotations

from typing import Any

import pytest

from engine.scenario.entries import text_of, value_of
from engine.scenario.forms import Field, Kind


def field(kind: Kind, default: Any = None) -> Field:
    return Field(("key",), kind, "", default)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.NUMBER, " 4096 ", 4096), (Kind.NUMBER, "16 384", 16384), (Kind.NUMBER, "1_000", 1000),
        (Kind.NUMBER, "-2", -2), (Kind.NUMBER, "many", "many"), (Kind.NUMBER, "2.5", 2.5), (Kind.NUMBER, "", None),
        (Kind.NUMBER, "9" * 30, "9" * 30), (Kind.NUMBER, "inf", "inf"), (Kind.NUMBER, "nan", "nan"),
        (Kind.REAL, "0.25", 0.25), (Kind.REAL, "0,25", 0.25), (Kind.REAL, "1", 1.0), (Kind.REAL, "half", "half"),
        (Kind.NUMBERS, "7", 7), (Kind.NUMBERS, "7, 8 9", [7, 8, 9]), (Kind.NUMBERS, "[1, x]", [1, "x"]),
        (Kind.ANY, "true", True), (Kind.ANY, "12", 12), (Kind.ANY, "swap_desc", "swap_desc"),
        (Kind.TEXT, " heap ", "heap"), (Kind.LONG, "two\nlines ", "two\nlines "),
        (Kind.LINES, "one\n\n two ", ["one", "two"]), (Kind.SWITCH, "true", True), (Kind.SWITCH, "on", "on"),
        (Kind.OTHER, "{ heap = 'code' }", {"heap": "code"}), (Kind.OTHER, "{", "{"), (Kind.CHOICE, "nvme", "nvme"),
    ],
)  # fmt: skip
def test_what_is_typed(kind: Kind, text: str, value: Any) -> None:
    found = value_of(field(kind), text)
    assert found == value
    assert type(found) is type(value)
    assert value_of(field(kind), text_of(field(kind), found)) == value


def test_a_list_stays_a_list_with_one_number() -> None:
    assert value_of(field(Kind.NUMBERS, []), "7") == [7]
    assert text_of(field(Kind.NUMBERS, []), [7, 9]) == "7, 9"
