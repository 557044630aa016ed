"""The names that a scenario's document gives things, where they are used, and a thing renamed everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.content.library import load_library
from engine.mm.image import schema
from engine.scenario.crosscheck import checkable_names
from engine.scenario.edit import put_all
from engine.scenario.machine import is_switch
from engine.scenario.positions import Path, dotted
from engine.scenario.problems import value_at
from engine.scenario.vary import PARTS

_ANY = -1
"""Stands for each index of an array."""
_GIVEN: dict[str, tuple[tuple[str | int, ...], ...]] = {
    "process": (("process", _ANY, "name"), ("run", _ANY, "child")),
    "region": (("process", _ANY, "regions", _ANY, "name"),),
    "shmem": (("shmem", _ANY, "name"),),
    "swapfile": (("machine", "swapfile", _ANY, "name"),),
    "mark": (("run", _ANY, "mark"),),
}
_USED: dict[str, tuple[tuple[str | int, ...], ...]] = {
    "process": (("run", _ANY, "process"), ("run", _ANY, "parallel", _ANY, "process")),
    "region": (("run", _ANY, "region"), ("run", _ANY, "parallel", _ANY, "region")),
    "shmem": (("process", _ANY, "regions", _ANY, "shared"),),
    "swapfile": (("run", _ANY, "swapfile"),),
    "mark": (("check", _ANY, "at"), ("step", _ANY, "when"), ("step", _ANY, "when", "mark"),
             ("step", _ANY, "when", "after")),
}  # fmt: skip
for _patterns in (_GIVEN, _USED):  # what comes in between has parts as the run has them
    for _kind, _places in _patterns.items():
        _between = [("shock", _ANY, *place) for place in _places if place[0] == "run"]
        _beside = [("shock", _ANY, "beside", *place[1:]) for place in _places
                   if place in (("run", _ANY, "process"), ("run", _ANY, "region"))]  # fmt: skip
        _patterns[_kind] = (*_places, *_between, *_beside)


def names_for(data: Mapping[str, Any], kind: str, path: Path = ()) -> list[str]:
    """What may be named where a key names a ``kind`` of thing; regions are those of the process named at ``path``."""
    if kind == "content":
        return list(load_library().families)
    if kind == "figure":
        return checkable_names()
    if kind == "setting":
        return [setting.key for setting in schema.settings if not setting.fixed]
    if kind == "varied":
        return [setting.key for setting in schema.settings] + list(_leaves(data))
    if kind == "value":
        return _values(value_at(data, (*path, "set")))
    if kind == "swapfile":
        files = value_at(data, ("machine", "swapfile"))
        given = [file.get("name") for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []
        return [name if isinstance(name, str) else f"swap{place}" for place, name in enumerate(given)]
    if kind == "region":
        own = process_named(data, value_at(data, (*path, "process")))
        regions = value_at(data, ("process", own, "regions")) if own is not None else None
        return [region["name"] for region in regions or () if isinstance(region, Mapping) and "name" in region]
    found = [value for pattern in _GIVEN.get(kind, ()) for _, value in _matches(data, pattern)]
    return [name for name in dict.fromkeys(found) if isinstance(name, str) and name]


def _leaves(data: Mapping[str, Any]) -> Iterator[str]:
    """Dotted keys of the values in which a scenario may vary, besides the settings of its machine."""
    def below(path: Path, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping | list):
            for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
                yield from below((*path, key), inner)
        elif value is not None:
            yield dotted(path)

    for part in PARTS:
        if part != "machine":
            yield from below((part,), data.get(part))


def _values(key: Any) -> list[str]:
    """The words that a setting may be set to; none where it takes a number."""
    setting = next((one for one in schema.settings if one.key == key), None)
    if setting is None:
        return []
    return ["true", "false"] if is_switch(setting) else list(setting.choices)


def process_named(data: Mapping[str, Any], name: Any) -> int | None:
    """The index of the process of that name; of the only one there is, where no name is given."""
    processes = value_at(data, ("process",))
    names = [process.get("name") for process in processes if isinstance(process, Mapping)] if processes else []
    if name is None:
        return 0 if len(names) == 1 else None
    return names.index(name) if name in names else None


def named_at(path: Path) -> str:
    """The kind of thing that the value at a path gives a name to; empty where it gives none."""
    pattern = tuple(_ANY if isinstance(part, int) else part for part in path)
    return next((kind for kind, patterns in _GIVEN.items() if pattern in patterns), "")


def rename(text: str, data: Mapping[str, Any], path: Path, name: str) -> str:
    """The text with another name at ``path``, and wherever the thing there was named; ``data`` is its document."""
    return put_all(text, dict.fromkeys(places_named(data, path), name))


def places_named(data: Mapping[str, Any], path: Path) -> list[Path]:
    """Where the thing stands that has its name at ``path``: there, and wherever it is used."""
    kind, old = named_at(path), value_at(data, path)
    if not kind or not isinstance(old, str) or not old or names_for(data, kind, path[:2]).count(old) > 1:
        return [path]
    used = [place for pattern in _USED[kind] for place, value in _matches(data, pattern)
            if value == old and (kind != "region" or _of_process(data, place, path))]  # fmt: skip
    return [path, *used]


def _of_process(data: Mapping[str, Any], place: Path, region: Path) -> bool:
    """Whether a part of the run is about the process that the region belongs to."""
    return process_named(data, value_at(data, (*place[:-1], "process"))) == region[1]


def free_name(data: Mapping[str, Any], kind: str, wanted: str) -> str:
    """A name that nothing of its kind has yet: ``wanted``, or with a number behind it."""
    given = [value for pattern in _GIVEN.get(kind, ()) for _, value in _matches(data, pattern)]
    if wanted not in given:
        return wanted
    base = wanted.rstrip("0123456789").rstrip("- ") or wanted
    blank = " " if " " in base else "-"
    return next(name for number in range(2, len(given) + 3) if (name := f"{base}{blank}{number}") not in given)


def _matches(data: Any, pattern: tuple[str | int, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of a pattern that is there, and what stands at it."""
    if not pattern:
        yield path, data
    elif pattern[0] == _ANY:
        for index, inner in enumerate(data if isinstance(data, list) else ()):
            yield from _matches(inner, pattern[1:], (*path, index))
    elif isinstance(data, Mapping) and pattern[0] in data:
        yield from _matches(data[str(pattern[0])], pattern[1:], (*path, pattern[0]))
