"""What a form for a part of a scenario asks for: read from the models and settings, so that both always agree.

A :class:`Field` is one key: what may stand there, what holds when nothing does, and what it means.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from engine.mm.image import schema
from engine.mm.schema import Setting
from engine.scenario import model as models
from engine.scenario.assignment import Assignment, Criterion, MayChange
from engine.scenario.kernel import DEFAULT_KERNEL, PRESETS
from engine.scenario.lesson import Option, Question, Step, When
from engine.scenario.machine import Machine, Swapfile, is_switch, read_value
from engine.scenario.part import OnlyFor, Part
from engine.scenario.patterns import MODELS
from engine.scenario.positions import Path
from engine.scenario.vary import Vary


class Kind(StrEnum):
    """What sort of value a key takes, which decides what it is entered with."""

    NUMBER = "whole number"
    REAL = "number"
    SWITCH = "true or false"
    CHOICE = "one of several words"
    TEXT = "text"
    LONG = "text of several lines"
    LINES = "list of texts"
    NUMBERS = "one number or several"
    CONTENT = "family of page images, or a compressed size"
    ANY = "a number, a word, or true or false"
    MOMENT = "a moment of the run"
    OTHER = "something written as in the file"


@dataclass(frozen=True)
class Field:
    """One key of a table of a scenario file."""

    path: Path
    """Seen from the table; of a setting of the machine seen from the file."""
    kind: Kind
    about: str
    """What it means, in English."""
    default: Any = None
    """What holds where the file says nothing; None where nothing does, or it depends on the rest."""
    needed: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    names: str = ""
    """The kind of thing it names, as :mod:`engine.scenario.names` has them; empty where it names nothing."""
    unit: str = ""
    kernel: str = ""
    """The kernel's name for it."""
    only: tuple[str, ...] = ()
    """The words for ``kind`` in its table with which it means something; empty: all."""

    @property
    def key(self) -> str:
        """Its last name, as it stands in the file."""
        return str(self.path[-1])


_NAMES = {"process": "process", "region": "region", "shared": "shmem", "swapfile": "swapfile", "at": "mark",
          "set": "setting", "key": "varied", "answer": "figure", "show": "figure", "that": "figure",
          "holds": "figure"}  # fmt: skip
"""Keys that name something, and what; a query begins with the name of a figure."""
_LONG = ("summary", "lesson", "text", "ask", "why", "task")
_CONTENT = (models.Content, models.TraceContent)


def fields_of(model: type[Part]) -> list[Field]:
    """The keys of a model, those first that say what it is; tables and arrays of tables inside it are left out."""
    found = [field for name, info in model.model_fields.items() if (field := _field(name, info)) is not None]
    if model in MODELS.values():
        found = [replace(one, choices=tuple(MODELS)) if one.key == "pattern" else one for one in found]
    elif model is models.SetPart:
        found = [replace(one, names="value") if one.key == "value" else one for one in found]
    elif model is models.Check:
        found = [replace(one, names="figure") if one.key == "name" else one for one in found]
    return sorted(found, key=lambda one: _order(one.key))


_FIRST = ("name", "pattern", "op", "trace", "mark", "set", "process", "child", "region", "references", "write_share",
          "kind", "ask", "answer")  # fmt: skip
_LAST = ("first", "repeat", "seed", "text", "id")
"""Of a part, what is asked first and last; between them the model's own order holds."""


def _order(key: str) -> int:
    if key in _FIRST:
        return _FIRST.index(key) - len(_FIRST)
    return 1 + _LAST.index(key) if key in _LAST else 0


def _field(name: str, info: FieldInfo) -> Field | None:
    default = None if info.default is PydanticUndefined else info.default
    made = Field((name,), Kind.OTHER, info.description or "", default, info.is_required())
    base, notes = _bare(info.annotation, list(info.metadata))
    made = replace(made, only=next((note.kinds for note in notes if isinstance(note, OnlyFor)), ()))
    if get_origin(base) is Literal:
        return replace(made, kind=Kind.CHOICE, choices=tuple(map(str, get_args(base))))
    low, high = _bound(notes, "ge"), _bound(notes, "le")
    if base is bool:
        return replace(made, kind=Kind.SWITCH)
    if base in (int, float):
        return replace(made, kind=Kind.NUMBER if base is int else Kind.REAL, low=low, high=high)
    if base is str:
        return replace(made, kind=Kind.LONG if name in _LONG else Kind.TEXT, names=_NAMES.get(name, ""))
    if name == "content":
        return replace(made, kind=Kind.CONTENT, names="content")
    branches = {_bare(branch, [])[0] for branch in get_args(base)}
    if When in branches:
        return replace(made, kind=Kind.MOMENT, names="mark")
    if get_origin(base) is list:
        inner = next(iter(branches))
        if set(get_args(inner)) == {bool, int, str}:
            return made
        return replace(made, kind=Kind.LINES if inner is str else Kind.NUMBERS) if inner in (str, int) else None
    if branches and branches <= {int, str, bool}:
        return replace(made, kind=Kind.ANY)
    if int in branches:
        return replace(made, kind=Kind.NUMBERS)
    return made if base is dict or get_origin(base) is dict else None


def _bare(annotation: Any, notes: list[Any]) -> tuple[Any, list[Any]]:
    """A type without its notes and without "or nothing", and the notes."""
    while True:
        if get_origin(annotation) is Annotated:
            for note in get_args(annotation)[1:]:
                notes += getattr(note, "metadata", [note])
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            branches = [branch for branch in get_args(annotation) if branch is not type(None)]
            if len(branches) > 1:
                return annotation, notes
            annotation = branches[0]
        else:
            return annotation, notes


def _bound(notes: list[Any], name: str) -> float | None:
    return next((value for note in notes if (value := getattr(note, name, None)) is not None), None)


# -- the machine -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Settings of the machine that belong together."""

    title: str
    fields: tuple[Field, ...]


_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Design and kernel", ("design", "kernel", "swap_desc.")),
    ("Memory", ("frames", "working_set_percent", "charge_pool", "charge_metadata", "zero_page")),
    ("Reclaim", (
        "reclaim", "policy", "swappiness", "watermark_", "memcg_full_walk", "pageout_mapped_only", "stats_flush_ns",
    )),
    ("zswap", ("zswap.", "zero_map")),
    ("Readahead", ("page_cluster", "readahead")),
    ("Time", ("time.",)),
)
"""Titles, and the keys below ``machine.`` or how they begin."""
OTHERS = "Others"
_NOT_IN_FILES = ("machine.policy", "own")
"""A policy of one's own is given on the command line and in the window; no file can name it."""


def machine_groups(kernel: str = DEFAULT_KERNEL) -> list[Group]:
    """Every setting of the machine but its swapfiles, in groups; the defaults are those of a ``kernel`` preset."""
    preset = PRESETS.get(kernel, {})
    about = Machine.model_fields
    fields = [setting_field(setting, preset) for setting in schema.settings if ".swapfile." not in setting.key]
    fields.append(
        Field(("machine", "kernel"), Kind.CHOICE, about["kernel"].description or "", DEFAULT_KERNEL,
              choices=tuple(PRESETS))
    )  # fmt: skip
    groups = []
    for title, keys in _GROUPS:
        own = [field for key in keys for field in fields if _begins(field, key)]
        fields = [field for field in fields if field not in own]
        groups.append(Group(title, tuple(own)))
    return [*groups, Group(OTHERS, tuple(fields))] if fields else groups


def _begins(field: Field, key: str) -> bool:
    inside = ".".join(map(str, field.path[1:]))
    return inside == key or inside.startswith(key)


def setting_field(setting: Setting, preset: Mapping[str, Any]) -> Field:
    """A setting of the machine as a field; ``preset`` goes before the setting's own default."""
    default = preset.get(setting.key, read_value(setting, setting.default))
    made = Field(tuple(setting.key.split(".")), Kind.NUMBER, setting.meaning, default, unit=setting.unit,
                 kernel=setting.kernel)  # fmt: skip
    if setting.choices:
        choices = tuple(choice for choice in setting.choices if (setting.key, choice) != _NOT_IN_FILES)
        return replace(made, kind=Kind.CHOICE, choices=choices)
    if is_switch(setting):
        return replace(made, kind=Kind.SWITCH)
    return replace(made, low=setting.low, high=setting.high)


# -- parts -------------------------------------------------------------------------------------


def model_at(path: Path, value: Any) -> type[Part] | None:
    """The model of the table at a path; None where no form knows it, or it does not say what it is."""
    match path:
        case ():
            return models.Scenario
        case ("machine", "swapfile", _):
            return Swapfile
        case ("process", _):
            return models.Process
        case ("process", _, "regions", _):
            return models.Region
        case ("shmem", _):
            return models.Shmem
        case ("check", _):
            return models.Check
        case ("shock", _):
            return models.Shock
        case ("step", _):
            return Step
        case ("step", _, "question", _):
            return Question
        case ("step", _, "question", _, "option", _):
            return Option
        case ("vary", _):
            return Vary
        case ("assignment",):
            return Assignment
        case ("assignment", "may_change", _):
            return MayChange
        case ("assignment", "check", _):
            return Criterion
    return models.run_model(value) if len(path) > 1 and path[-2] in ("run", "parallel", "beside") else None


_TABLES: tuple[type[Part], ...] = (
    models.Scenario, models.Process, models.Region, models.Shmem, models.Check, models.Shock, Swapfile,
    models.TracePart,
    models.MarkPart, models.SetPart, models.ParallelPart, models.TouchPart, models.RangePart, models.ForkPart,
    models.ExecPart, models.ExitPart, models.SwapPart, models.IdlePart, *MODELS.values(),
    Step, Question, Option, Vary, Assignment, MayChange, Criterion,
)  # fmt: skip


def texts() -> set[str]:
    """Every English text that the forms show: meanings of fields and titles of groups."""
    groups = machine_groups()
    found = {field.about for table in _TABLES for field in fields_of(table)}
    return found | {field.about for group in groups for field in group.fields} | {group.title for group in groups}
