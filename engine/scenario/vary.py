"""``[[vary]]`` of a scenario: what is another value in each instance, within limits that the author gives.

A file as it stands is the instance of its own seed: what its text and checks say is true of that
one. Any other seed draws each varied value anew, from that seed and the key alone.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from engine.scenario.part import Part
from engine.scenario.positions import Path
from engine.scenario.sets import put_at

Value = bool | int | str
Key = Annotated[str, Field(min_length=1, max_length=120)]
PARTS = ("machine", "process", "shmem", "run")
"""The keys of a scenario in which something may vary."""


class Vary(Part):
    """One ``[[vary]]``."""

    key: Key = Field(description="Dotted key of what varies, as machine.frames or run.0.references")
    also: list[Key] = Field([], max_length=20, description="Keys that get the same value")
    low: int | None = Field(None, description="Least number")
    high: int | None = Field(None, description="Greatest number")
    step: int = Field(1, ge=1, le=1_000_000, description="How far apart the numbers are, from low on")
    choices: list[Value] = Field([], max_length=40, description="The values, for what is no number")

    @property
    def values(self) -> Sequence[Value]:
        """Everything it can be; empty where it says nothing."""
        if self.choices or self.low is None or self.high is None:
            return self.choices
        return range(self.low, self.high + 1, self.step)

    def draw(self, seed: int) -> Value:
        """The value of an instance."""
        return random.Random(f"{seed}/vary/{self.key}").choice(self.values)


def vary(data: dict[str, Any], own_seed: object, fixed: Collection[Path] = ()) -> dict[Path, tuple[str, Value, Any]]:
    """Draw what varies of a document whose seed may not be its own any more; gives (key, value, value before) by path.

    Paths in ``fixed`` keep what they have, as do entries that are wrong in themselves: the check of
    the whole tells about those.
    """
    seed = data.get("seed", own_seed)
    if seed == own_seed or not isinstance(seed, int):
        return {}
    changed: dict[Path, tuple[str, Value, Any]] = {}
    for one in _entries(data):
        if not one.values:
            continue
        value = one.draw(seed)
        for key in (one.key, *one.also):
            words = tuple(key.split("."))
            if words in {tuple(map(str, path)) for path in fixed} or words[0] not in PARTS:
                continue
            before = value_before(data, words)
            try:
                changed[put_at(data, words, value)] = (key, value, before)
            except ValueError:
                continue
    return changed


def extremes(data: Mapping[str, Any]) -> list[tuple[int, Value, dict[str, Any]]]:
    """(entry's place, value, document) with each varied key at either end of what it can be, the others as they are."""
    found = []
    for place, one in enumerate(_entries(data)):
        for value in dict.fromkeys((*one.values[:1], *one.values[-1:], *one.choices)):
            other = copy.deepcopy(dict(data))
            try:
                for key in (one.key, *one.also):
                    put_at(other, tuple(key.split(".")), value)
            except ValueError:
                continue
            found.append((place, value, other))
    return found


def value_before(data: Any, words: tuple[str, ...]) -> Any:
    """What a document has at a path of words; None where it has nothing."""
    for word in words:
        if isinstance(data, list) and word.isdecimal() and int(word) < len(data):
            data = data[int(word)]
        elif isinstance(data, Mapping):
            data = data.get(word)
        else:
            return None
    return data


def _entries(data: Mapping[str, Any]) -> list[Vary]:
    """The entries that are right in themselves."""
    listed = data.get("vary")
    found = []
    for item in listed if isinstance(listed, list) else []:
        try:
            found.append(TypeAdapter(Vary).validate_python(item))
        except ValidationError:
            continue
    return found
