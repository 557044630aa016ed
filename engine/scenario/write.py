"""Scenarios written back: as a TOML file, and the format's JSON Schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from engine.scenario.model import Scenario

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def dump_scenario(scenario: Scenario) -> str:
    """The scenario as the text of a TOML file: what was given, without comments, in the format's order of keys."""
    return to_toml(scenario.model_dump(mode="json", exclude_unset=True, exclude_none=True))


def to_toml(data: Mapping[str, Any]) -> str:
    """A document of texts, numbers, true and false, lists and tables as TOML."""
    return _table(data, ()).lstrip("\n")


def section_text(table: Mapping[str, Any], names: Sequence[str], array: bool) -> str:
    """A table with its header ``[…]`` or, as element of an array, ``[[…]]``, and the tables inside it."""
    name = ".".join(key_text(part) for part in names)
    return (f"[[{name}]]\n" if array else f"[{name}]\n") + _table(table, tuple(names))


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the format."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Swapscope scenario"
    return schema


def _table(data: Mapping[str, Any], path: tuple[str, ...]) -> str:
    """The keys of a table, then its inner tables, then its arrays of tables."""
    text = ""
    inner = {key: value for key, value in data.items() if _is_table(value) or _is_tables(value)}
    for key, value in data.items():
        if key not in inner:
            text += f"{key_text(key)} = {value_text(value)}\n"
    for key, value in inner.items():
        name = ".".join(key_text(part) for part in (*path, key))
        if _is_table(value):
            text += f"\n[{name}]\n" + _table(value, (*path, key))
        else:
            for item in value:
                text += f"\n[[{name}]]\n" + _table(item, (*path, key))
    return text


def _is_table(value: Any) -> bool:
    """Tables of tables get headers; small tables of plain values stay in their line, but for the machine's."""
    return isinstance(value, Mapping) and "compressed" not in value


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def key_text(key: str) -> str:
    """A key as TOML, in quotes where it needs them."""
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in text)
    return '"' + "".join(letter if letter.isprintable() or ord(letter) > 0x7F else f"\\u{ord(letter):04x}"
                         for letter in escaped) + '"'  # fmt: skip


def value_text(value: Any) -> str:
    """A text, number, true, false, date, list or small table as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if "\n" in value:
            return '"""\n' + "\n".join(_string(line)[1:-1] for line in value.split("\n")) + '"""'
        return _string(value)
    if isinstance(value, list):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key_text(key)} = {value_text(item)}" for key, item in value.items()) + " }"
    if isinstance(value, date | time):
        return value.isoformat()
    return json.dumps(value)
