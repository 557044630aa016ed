"""``--set key.path=value``: a value of a scenario changed from outside, before anything is checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from engine.errors import InputError, Problem
from engine.scenario.positions import Path

_BARE = re.compile(r"[A-Za-z0-9_./+-]+")
_TEXT_KEYS = {("machine", "kernel")}
"""Keys whose values look like numbers and are none."""


def apply_sets(data: dict[str, Any], sets: Sequence[str]) -> dict[Path, str]:
    """Change ``data`` as each ``key.path=value`` says; gives the flag by the path it changed.

    The value is written as in the file; a word may stand without quotes. A number in the path is
    an index of an array; one past the end adds an element. Whether keys and values are right is
    left to the check of the whole. Raises InputError with every flag that cannot be applied.
    """
    changed: dict[Path, str] = {}
    problems: list[Problem] = []
    for text in sets:
        flag = f"--set {text}"
        key, equals, value = text.partition("=")
        words = tuple(word.strip() for word in key.split("."))
        if not equals or not all(words):
            problems.append(Problem("cannot be read", flag, expected="KEY.PATH=VALUE, as machine.frames=64"))
            continue
        try:
            changed[put_at(data, words, _value(words, value.strip()))] = flag
        except ValueError as error:
            problems.append(Problem(str(error), flag, key=".".join(words)))
    if problems:
        raise InputError(problems)
    return changed


def _value(words: tuple[str, ...], text: str) -> Any:
    if words in _TEXT_KEYS:
        return text.strip("\"'")
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        if _BARE.fullmatch(text):
            return text
        raise ValueError(f"'{text}' is no value; expected one as in the file, texts with blanks in quotes") from None


def put_at(data: dict[str, Any], words: tuple[str, ...], value: Any) -> Path:
    """Put ``value`` at the path of ``words``, making what is not there; gives the path with its indices as numbers."""
    here: Any = data
    path: Path = ()
    for place, word in enumerate(words):
        last = place == len(words) - 1
        if isinstance(here, list):
            if not word.isdecimal() or int(word) > len(here):
                most = f"0 to {len(here)}" if here else "0"
                raise ValueError(f"'{word}' is no index of '{'.'.join(words[:place])}'; expected {most}")
            index = int(word)
            if index == len(here):
                here.append({})
            path += (index,)
            if last:
                here[index] = value
            here = here[index]
        elif isinstance(here, dict):
            path += (word,)
            if last:
                here[word] = value
            elif word not in here:
                following = words[place + 1]
                here[word] = [] if following.isdecimal() else {}
            here = here[word]
        else:
            raise ValueError(f"'{'.'.join(words[:place])}' has no keys of its own")
    return path
