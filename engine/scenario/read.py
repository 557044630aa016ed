"""From a scenario file to a checked scenario, or to a list of everything that is wrong with it."""

from __future__ import annotations

import copy
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.errors import InputError, Problem
from engine.phrase import joined, phrase
from engine.scenario.assignment import Assignment
from engine.scenario.crosscheck import cross_problems
from engine.scenario.findings import Parts, ShockParts
from engine.scenario.lesson import Question, Step
from engine.scenario.machine import Machine, Swapfile
from engine.scenario.model import DEFAULT_SEED, FORMAT, Check, Process, RunPart, Scenario, Shmem, Shock
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import dotted, key_lines, line_of
from engine.scenario.problems import Place, paths_of, problems_of, value_at
from engine.scenario.sets import apply_sets, put_at
from engine.scenario.syntax import syntax_problem
from engine.scenario.traces import TraceFiles
from engine.scenario.upgrade import upgraded
from engine.scenario.vary import Vary, extremes, vary
from engine.trace.binary import MAGIC

_OF_THE_RUN = ("run", "shock", "check", "step", "assignment")
"""What a file says about its own run, which another trace takes the place of."""
RECORDING_BEGINS = MAGIC[:4]
DEEPEST = 32
"""Tables in tables, far more than any scenario has: a file with more is a mistake that recursion would stumble over."""
_MANY_DIGITS = re.compile(r"[0-9_]{4000}")


def load_scenario(
    path: str | os.PathLike[str], sets: Sequence[str] = (), *, trace: str | os.PathLike[str] | None = None
) -> Scenario:
    """The scenario in file ``path``, with each ``key.path=value`` of ``sets`` applied.

    With ``trace``, that file's references take the place of all ``[[run]]`` parts; the file's
    shocks, checks, steps and assignment, which are about its own run, are left out then, and a process
    that is shorter than the trace needs is made longer. Raises InputError with every problem of the file.
    """
    return parse_scenario(read_text(path), Path(path), sets, trace=trace)


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file; raises InputError when it cannot be read or is no text.

    The byte order mark that some editors put before a text is no part of it.
    """
    file = Path(path)
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(Problem(phrase("cannot be read: {why}", why=error.strerror), os.fspath(path))) from None
    except UnicodeDecodeError as error:
        if error.object.startswith(RECORDING_BEGINS):
            told = Problem(phrase("is a recording"), os.fspath(path), expected=phrase("a scenario, and --trace FILE"))
            raise InputError(told) from None
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(Problem(phrase("is not text in UTF-8"), os.fspath(path), line)) from None


def read_toml(text: str, name: str) -> dict[str, Any]:
    """A text as a document; raises InputError with its place ``name`` when it is not TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(syntax_problem(error, text, name)) from None
    except RecursionError:
        raise InputError(Problem(phrase("is not TOML: it is nested too deeply"), name)) from None
    except ValueError:  # Python reads no whole number of more than some thousand digits.
        digits = next((at for at, line in enumerate(text.split("\n"), 1) if _MANY_DIGITS.search(line)), None)
        raise InputError(Problem(phrase("is not TOML: a number has too many digits"), name, digits)) from None
    if _depth(data) > DEEPEST:
        raise InputError(Problem(phrase("is not TOML: it is nested too deeply"), name))
    return data


def _depth(data: Any) -> int:
    """How many tables and arrays lie in each other at most, up to one more than are allowed."""
    level, depth = [data], 0
    while level and depth <= DEEPEST:
        nested = [item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list)]
        level = [inner for items in nested for inner in items]
        depth += bool(nested)
    return depth


def changed_scenario(scenario: Scenario, values: Mapping[str, Any], run: Sequence[Any] | None, origin: str) -> Scenario:
    """The scenario with values by dotted key, and other ``[[run]]`` parts where they are given.

    Its own checks and steps are left out. Raises InputError, with ``origin`` as the place of what was changed.
    """
    if scenario.source is None:
        raise ValueError("only a scenario that was read from a file can be changed")
    text = read_text(scenario.source)
    data = upgraded(read_toml(text, os.fspath(scenario.source)))
    flags: dict[KeyPath, str] = {("seed",): origin}
    own_seed = data.get("seed", DEFAULT_SEED)
    data["seed"] = scenario.seed
    vary(data, own_seed)
    for key, value in values.items():
        flags[put_at(data, tuple(key.split(".")), value)] = origin
    for key in ("check", "step", "assignment", "vary"):
        data.pop(key, None)
    if run is not None:
        data["run"] = list(run)
        data.pop("shock", None)
        flags[("run",)] = origin
    lines = {path: line for path, line in key_lines(text).items()
             if not any(path[: len(gone)] == gone for gone in flags)}  # fmt: skip
    made = check_document(data, Place(os.fspath(scenario.source), lines, flags), scenario.source.parent)
    made._source = scenario.source
    return made


def parse_scenario(
    text: str,
    file: str | os.PathLike[str],
    sets: Sequence[str] = (),
    *,
    trace: str | os.PathLike[str] | None = None,
) -> Scenario:
    """The same for the ``text`` of a file that need not be saved yet; ``file`` is where its traces are seen from."""
    name = os.fspath(file)
    data = upgraded(read_toml(text, name))
    _refuse_newer(data, text, name)
    own_seed = data.get("seed", DEFAULT_SEED)
    flags = apply_sets(data, sets)
    varied = vary(data, own_seed, flags)
    flags.update(dict.fromkeys(varied, f"{name} (seed {data.get('seed', DEFAULT_SEED)})"))
    lines = key_lines(text)
    if trace is not None:
        data["run"] = [{"trace": os.fspath(Path(trace).absolute())}]
        data["check"] = []
        for key in ("shock", "step", "assignment", "vary"):
            data.pop(key, None)
        flags = {path: flag for path, flag in flags.items() if path[0] not in _OF_THE_RUN}
        flags[("run",)] = f"--trace {os.fspath(trace)}"
    # What a flag has replaced is not in the file any more.
    lines = {path: line for path, line in lines.items() if not any(path[: len(gone)] == gone for gone in flags)}
    scenario = check_document(data, Place(name, lines, flags), Path(file).parent, grow=trace is not None)
    scenario._source = Path(file)
    scenario._on_trace = trace is not None
    scenario._varied = {key: (value, before) for path, (key, value, before) in varied.items() if path in flags}
    return scenario


def check_variations(scenario: Scenario) -> None:
    """Raise InputError with what would be wrong in another instance of a scenario's file: each end of what varies."""
    if scenario.source is None or not scenario.vary:
        return
    name = os.fspath(scenario.source)
    text = read_text(scenario.source)
    lines = key_lines(text)
    problems = []
    for number, value, data in extremes(upgraded(read_toml(text, name))):
        try:
            check_document(data, Place(name, lines, {}), scenario.source.parent).build(scenario.source.parent)
        except InputError as error:
            first = error.problems[0]
            told = joined(": ", [first.key, first.what]) if first.key else first.what
            what = phrase("with the value {value}: {what}", value=value, what=told)
            path = ("vary", number)
            problems.append(Problem(what, name, line_of(lines, path), dotted(path), first.expected))
    if problems:
        raise InputError(problems)


def _refuse_newer(data: Mapping[str, Any], text: str, name: str) -> None:
    """A file of a newer format gets this one problem: what else looks wrong in it may be right there."""
    number = data.get("format")
    if isinstance(number, int) and not isinstance(number, bool) and number > FORMAT:
        what = phrase("format {number} is newer than this Swapscope reads: a newer Swapscope is needed", number=number)
        raise InputError(Problem(what, name, line_of(key_lines(text), ("format",)), "format", str(FORMAT)))


def check_document(data: Mapping[str, Any], place: Place, base_dir: Path, *, grow: bool = False) -> Scenario:
    """A document as a scenario; raises InputError with everything that is wrong, in the order of the lines."""
    problems: list[Problem] = []
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        problems = problems_of(error, data, place)
    problems += cross_problems(data, _valid_parts(data), TraceFiles(base_dir), place, grow=grow)
    if scenario is None or problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line or 0))
    return scenario


def _valid_parts(data: Mapping[str, Any]) -> Parts:
    """Each part of a document that is valid in itself."""
    machine = _valid(TypeAdapter(Machine), value_at(data, ("machine",)) or {})
    return Parts(
        machine,
        _each(TypeAdapter(Swapfile), data, ("machine", "swapfile")),
        _each(TypeAdapter(Process), data, ("process",)),
        _each(TypeAdapter(Shmem), data, ("shmem",)),
        _each(TypeAdapter(RunPart), data, ("run",)),
        _shocks(data),
        _each(TypeAdapter(Check), data, ("check",)),
        _steps(data),
        _valid(TypeAdapter(Assignment), data["assignment"]) if "assignment" in data else None,
        _each(TypeAdapter(Vary), data, ("vary",)),
    )


def _shocks(data: Mapping[str, Any]) -> list[ShockParts]:
    """Each shock, and apart from it its parts, so that a mistake in one hides nothing of the others."""
    shocks = value_at(data, ("shock",))
    found = []
    for number, item in enumerate(shocks if isinstance(shocks, list) else []):
        inner = ("run", "beside")
        bare = {key: value for key, value in item.items() if key not in inner} if isinstance(item, Mapping) else item
        run, beside = (_each(TypeAdapter(RunPart), data, ("shock", number, key)) for key in inner)
        found.append(ShockParts(_valid(TypeAdapter(Shock), bare), run, beside))
    return found


def _steps(data: Mapping[str, Any]) -> list[tuple[Step | None, list[Question | None]]]:
    """Each step, and apart from it its questions, so that a mistake in one hides nothing of the others."""
    steps = value_at(data, ("step",))
    found = []
    for number, item in enumerate(steps if isinstance(steps, list) else []):
        bare = {key: value for key, value in item.items() if key != "question"} if isinstance(item, Mapping) else item
        questions = _each(TypeAdapter(Question), data, ("step", number, "question"))
        found.append((_valid(TypeAdapter(Step), bare), questions))
    return found


def _each(adapter: TypeAdapter[Any], data: Mapping[str, Any], path: KeyPath) -> list[Any]:
    items = value_at(data, path)
    return [_valid(adapter, item) for item in items] if isinstance(items, list) else []


def _valid(adapter: TypeAdapter[Any], item: Any) -> Any:
    """The item as its model, keys that do not exist left out; None when it has other mistakes."""
    try:
        return adapter.validate_python(item)
    except ValidationError as error:
        if any(detail["type"] != "extra_forbidden" for detail in error.errors()):
            return None
        item = copy.deepcopy(item)
        for path in paths_of(error, item):
            del value_at(item, path[:-1])[path[-1]]
        return adapter.validate_python(item)
