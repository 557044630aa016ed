"""Older formats of scenario files: read as they are, and brought up to date in place with comments kept.

Each :class:`Upgrade` leads from one format to the next, as a list of renamed keys and changed values. It is
carried out on a document when a file is read, and on the text when ``swapscope upgrade`` is asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.scenario.model import FORMAT
from engine.scenario.positions import Path, key_lines


@dataclass(frozen=True)
class Rename:
    """A key has another name now; ``table`` is where it stands, indices of arrays left out."""

    table: tuple[str, ...]
    old: str
    new: str


@dataclass(frozen=True)
class Revalue:
    """A value of a key is written otherwise now."""

    table: tuple[str, ...]
    key: str
    change: Callable[[Any], Any]
    write: Callable[[Any], str]
    """The new value as TOML."""


@dataclass(frozen=True)
class Upgrade:
    """What changed from one format to the next."""

    changes: tuple[Rename | Revalue, ...]


UPGRADES: dict[int, Upgrade] = {}
"""By the format they begin with. Format 1 is the first there is, so that nothing leads to it."""


def oldest() -> int:
    """The oldest format that can be read."""
    return min([FORMAT, *UPGRADES])


def upgraded(data: dict[str, Any]) -> dict[str, Any]:
    """A document of an older format as one of today's; others are given back as they are."""
    number = data.get("format")
    while isinstance(number, int) and not isinstance(number, bool) and number < FORMAT and number in UPGRADES:
        for change in UPGRADES[number].changes:
            for table in _tables(data, change.table):
                _apply(change, table)
        number += 1
        data["format"] = number
    return data


def upgrade_text(text: str) -> str:
    """The text of a file in today's format, its comments and order kept; the same text where nothing is to do.

    The text must be TOML, and its keys on lines of their own, as files of the format have them.
    """
    while True:
        data = tomllib.loads(text)
        number = data.get("format")
        if not isinstance(number, int) or isinstance(number, bool) or number >= FORMAT or number not in UPGRADES:
            return text
        for change in UPGRADES[number].changes:
            text = _rewritten(text, change)
        text = _with_value(text, ("format",), "format", str(number + 1))


def _tables(data: Any, table: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every table at a place, those of each element of an array."""
    if isinstance(data, list):
        return [found for one in data for found in _tables(one, table)]
    if not isinstance(data, dict):
        return []
    return [data] if not table else _tables(data.get(table[0]), table[1:])


def _apply(change: Rename | Revalue, table: dict[str, Any]) -> None:
    if isinstance(change, Rename):
        if change.old in table:
            kept = [(change.new if key == change.old else key, value) for key, value in table.items()]
            table.clear()
            table.update(kept)
    elif change.key in table:
        table[change.key] = change.change(table[change.key])


def _rewritten(text: str, change: Rename | Revalue) -> str:
    """The text with one change made wherever it applies."""
    key = change.old if isinstance(change, Rename) else change.key
    data = tomllib.loads(text)
    for path in key_lines(text):
        names = tuple(part for part in path if isinstance(part, str))
        if names != (*change.table, key) or path[-1] != key:
            continue
        if isinstance(change, Rename):
            text = _with_key(text, path, change.old, change.new)
        else:
            text = _with_value(text, path, key, change.write(_value(data, path)))
    return text


def _value(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _line(text: str, path: Path) -> tuple[list[str], int]:
    lines: Mapping[Path, int] = key_lines(text)
    return text.splitlines(keepends=True), lines[path] - 1


def _with_key(text: str, path: Path, old: str, new: str) -> str:
    lines, place = _line(text, path)
    lines[place] = lines[place].replace(old, new, 1)
    return "".join(lines)


def _with_value(text: str, path: Path, key: str, value: str) -> str:
    """The line of a key with another value; a comment behind it stays."""
    lines, place = _line(text, path)
    before, _, after = lines[place].partition(key)
    rest = after.partition("=")[2]
    _, hash_sign, comment = rest.partition("#")
    end = "\n" if lines[place].endswith("\n") else ""
    lines[place] = f"{before}{key} = {value}" + (f"  #{comment.rstrip()}" if hash_sign else "") + end
    return "".join(lines)
