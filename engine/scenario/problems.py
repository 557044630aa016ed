"""What pydantic found wrong with a scenario, as problems a person can mend: place, mistake, what is allowed."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo

from engine.errors import Problem, nearest
from engine.mm.image import schema
from engine.phrase import joined, phrase
from engine.scenario.model import FORMAT, OPS, RUN_KINDS, Scenario
from engine.scenario.part import READABLE
from engine.scenario.positions import Path, dotted, line_of
from engine.trace.generate import PATTERNS

_TYPES = {
    "int_type": phrase("a whole number"),
    "int_from_float": phrase("a whole number"),
    "float_type": phrase("a number"),
    "bool_type": phrase("true or false"),
    "string_type": phrase("text in quotes"),
    "list_type": phrase("an array"),
    "dict_type": phrase("a table"),
    "model_type": phrase("a table"),
    "model_attributes_type": phrase("a table"),
}
_SIZES = {"string_too_short": phrase("at least one letter"), "too_short": phrase("at least one element")}


class Place:
    """Finds file, line and key of a path; of one that came from a flag, the flag (``sets``: flag by path)."""

    def __init__(self, file: str | None, lines: Mapping[Path, int], sets: Mapping[Path, str]) -> None:
        self.file = file
        self.lines = lines
        self.sets = sets

    def problem(self, path: Path, what: str, expected: str | None = None, near: str | None = None) -> Problem:
        """A problem at ``path``."""
        inside = [flag for changed, flag in self.sets.items() if changed[: len(path)] == path]
        if inside and path not in self.lines:  # a table that is only there because of the flag
            return Problem(what, inside[0], None, dotted(path), expected, near)
        for length in range(len(path), 0, -1):
            if path[:length] in self.sets:
                return Problem(what, self.sets[path[:length]], None, dotted(path), expected, near)
            if path[:length] in self.lines:
                break
        return Problem(what, self.file, line_of(self.lines, path), dotted(path) or None, expected, near)


def problems_of(error: ValidationError, data: Mapping[str, Any], place: Place) -> list[Problem]:
    """One problem for each place that pydantic refused; what several branches of a union want is joined by "or"."""
    found: dict[Path, tuple[str, list[str], str | None]] = {}
    for detail in error.errors(include_url=False):
        loc: Path = detail["loc"]
        path = _path_in(loc, data, missing=detail["type"] == "missing")
        what, expected, near = _explain(detail, loc, path, data)
        if detail["type"] == "union_tag_invalid" and isinstance(given := value_at(data, path), Mapping):
            path += tuple(kind for kind in RUN_KINDS if kind in given)[:1]
        if path in found:
            if expected and expected not in found[path][1]:
                found[path][1].append(expected)
        else:
            found[path] = (what, [expected] if expected else [], near)
    return [
        place.problem(path, what, joined(phrase(" or "), expected) if expected else None, near)
        for path, (what, expected, near) in found.items()
    ]


def paths_of(error: ValidationError, data: Mapping[str, Any]) -> list[Path]:
    """Where in ``data`` each mistake is."""
    details = error.errors(include_url=False)
    return [_path_in(detail["loc"], data, missing=detail["type"] == "missing") for detail in details]


def value_at(data: Any, path: Path) -> Any:
    """What a document has at ``path``; None where it has nothing."""
    for part in path:
        if isinstance(part, int):
            if not isinstance(data, list) or part >= len(data):
                return None
            data = data[part]
        elif isinstance(data, Mapping):
            data = data.get(part)
        else:
            return None
    return data


def shown(value: Any) -> str:
    """A value as the file would have it, cut where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = "'" + "".join(sign if sign.isprintable() else "·" for sign in value) + "'"
    elif isinstance(value, Mapping):
        return "a table"
    elif isinstance(value, list):
        return "an array"
    else:
        text = str(value)
    return text if len(text) <= 40 else text[:37] + "…'"


def _explain(detail: Any, loc: Path, path: Path, data: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Mistake, what is allowed, and the nearest right name."""
    kind, given = detail["type"], value_at(data, path)
    if kind == "extra_forbidden":
        keys = _keys(_annotation_at(loc[:-1]))
        elsewhere = [setting.key for setting in schema.settings if setting.key.rpartition(".")[2] == path[-1]]
        near = elsewhere[0] if len(elsewhere) == 1 else nearest(str(path[-1]), keys)
        return phrase("there is no key '{key}' here", key=path[-1]), ", ".join(sorted(keys)), near
    if kind == "missing":
        return phrase("the key '{key}' is missing", key=path[-1]), _wanted(_annotation_at(loc), _field_at(loc)), None
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _explain_run(given)
    if kind == "literal_error":
        if path == ("format",) and isinstance(given, int):
            return phrase("format {given} does not exist", given=given), str(FORMAT), None
        choices = [str(choice) for choice in get_args(_annotation_at(loc))]
        return phrase("{value} is not possible", value=shown(given)), _one_of(choices), nearest(str(given), choices)
    if kind in ("greater_than_equal", "less_than_equal"):
        told = phrase("{value} is too large", value=shown(given))
        if given != given:
            told = phrase("{value} is no number", value=shown(given))
        elif kind == "greater_than_equal":
            told = phrase("{value} is too small", value=shown(given))
        return told, _wanted(_annotation_at(loc), _field_at(loc)), None
    if kind == "string_pattern_mismatch" and detail["ctx"]["pattern"] == READABLE:
        return phrase("{value} cannot be read", value=shown(given)), phrase("letters in one line"), None
    if kind == "string_pattern_mismatch":
        return phrase("{value} is no name", value=shown(given)), phrase("a letter, then letters, digits, - and _"), None
    if kind in _SIZES:
        return phrase("is empty"), _SIZES[kind], None
    if kind in ("string_too_long", "too_long"):
        return phrase("is too long"), phrase("at most {most}", most=detail["ctx"]["max_length"]), None
    if kind in _TYPES:
        wanted = _wanted(_annotation_at(loc), _field_at(loc)) or _TYPES[kind]
        return phrase("{value} has the wrong type", value=shown(given)), wanted, None
    return str(detail["msg"]), None, None


def _explain_run(given: Any) -> tuple[str, str | None, str | None]:
    """What is wrong with a part of the run whose kind cannot be told."""
    if not isinstance(given, Mapping):
        return phrase("{value} has the wrong type", value=shown(given)), phrase("a table"), None
    kinds = [kind for kind in RUN_KINDS if kind in given]
    if not kinds:
        near = next((found for key in given if (found := nearest(str(key), RUN_KINDS))), None)
        return phrase("does not say what happens"), phrase("one of the keys {names}", names=", ".join(RUN_KINDS)), near
    if len(kinds) > 1:
        return phrase("has both '{one}' and '{other}'", one=kinds[0], other=kinds[1]), phrase("only one of them"), None
    name = given[kinds[0]]
    if kinds[0] in ("mark", "set", "op") and "op" not in given:
        told = phrase("'{key}' cannot stand inside 'parallel'", key=kinds[0])
        return told, phrase("a pattern or a trace"), None
    allowed = list(PATTERNS) if kinds[0] == "pattern" else list(OPS)
    what = phrase("pattern") if kinds[0] == "pattern" else phrase("operation")
    return (
        phrase("there is no {what} {name}", what=what, name=shown(name)),
        _one_of(allowed),
        nearest(str(name), allowed),
    )


def _path_in(loc: Path, data: Any, missing: bool) -> Path:
    """The place in the document: pydantic's, without the names of union branches."""
    path: Path = ()
    for place, part in enumerate(loc):
        if isinstance(part, str) and isinstance(data, Mapping):
            if part not in data and not (missing and place == len(loc) - 1):
                continue
            data = data.get(part)
        elif isinstance(part, int) and isinstance(data, list):
            data = data[part]
        else:
            continue
        path += (part,)
    return path


# -- the types behind a place ----------------------------------------------------------------


def _step(annotation: Any, part: str | int) -> tuple[Any, FieldInfo | None]:
    """The type one step further in, and the field where the step is a key of a table."""
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return (field.annotation, field) if field else (None, None)
    if get_origin(annotation) is list:
        return get_args(annotation)[0], None
    if get_origin(annotation) is dict:
        return get_args(annotation)[1], None
    if get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            if any(isinstance(note, Tag) and note.tag == part for note in get_args(branch)[1:]):
                return branch, None
        branches = [branch for branch in get_args(annotation) if branch is not type(None)]
        if len(branches) == 1:
            return _step(branches[0], part)
    return None, None


def _walk(loc: Path) -> tuple[Any, FieldInfo | None]:
    annotation: Any = Scenario
    field: FieldInfo | None = None
    for part in loc:
        annotation, inner = _step(annotation, part)
        field = inner or (field if isinstance(part, str) and part.startswith("<") else None)
    return annotation, field


def _annotation_at(loc: Path) -> Any:
    return _bare(_walk(loc)[0])


def _field_at(loc: Path) -> FieldInfo | None:
    return _walk(loc)[1]


def _bare(annotation: Any) -> Any:
    """Without its notes, and without "or nothing"."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        branches = [branch for branch in get_args(annotation) if branch is not type(None)]
        if len(branches) == 1:
            return _bare(branches[0])
    return annotation


def _keys(annotation: Any) -> set[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return set(annotation.model_fields)
    return set()


def _wanted(annotation: Any, field: FieldInfo | None) -> str | None:
    """A type in words, with its limits."""
    if get_origin(annotation) is Literal:
        return _one_of(str(choice) for choice in get_args(annotation))
    if annotation is bool:
        return phrase("true or false")
    if annotation is str:
        return phrase("text in quotes")
    if annotation in (int, float):
        return _limited(phrase("a whole number") if annotation is int else phrase("a number"), field)
    if get_origin(annotation) is list:
        return phrase("an array")
    is_table = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return phrase("a table") if is_table else None


def _limited(number: str, field: FieldInfo | None) -> str:
    """A sort of number with its limits."""
    notes: list[Any] = list(field.metadata) if field else []
    for branch in get_args(field.annotation) if field else ():
        notes.extend(note for extra in get_args(branch)[1:] for note in getattr(extra, "metadata", [extra]))
    low = next((note.ge for note in notes if getattr(note, "ge", None) is not None), None)
    high = next((note.le for note in notes if getattr(note, "le", None) is not None), None)
    if low is None:
        return number if high is None else phrase("{number} up to {high}", number=number, high=high)
    if high is None:
        return phrase("{number} from {low}", number=number, low=low)
    return phrase("{number} from {low} to {high}", number=number, low=low, high=high)


def _one_of(names: Iterable[str]) -> str:
    return phrase("one of {names}", names=", ".join(names))
