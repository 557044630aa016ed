"""A submission: a TOML file with changed settings, a workload or answers. It is data and nothing else.

Where the assignment asks for a policy it may name a Python file beside itself; that file is read by
:mod:`engine.policies` alone, in a process of its own, and only when the teacher asked for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from engine.errors import InputError, Problem, nearest
from engine.mm.image import schema
from engine.scenario import Scenario
from engine.scenario.assignment import Assignment, MayChange
from engine.scenario.lesson import question_ids
from engine.scenario.model import MAX_SEED
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import dotted, key_lines, line_of
from engine.scenario.read import changed_scenario, read_text, read_toml

KEYS = ("student", "seed", "set", "answers", "run", "policy")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Submission:
    """What one student handed in."""

    file: str
    student: str
    seed: int | None
    """The instance of the questions and of the run; None: the scenario's own."""
    values: dict[str, Any]
    """Changed settings by dotted key."""
    answers: dict[str, Any]
    """Answers by the id of their question, as they were written."""
    run: list[Any] | None
    """Parts of a workload; None: the scenario's own."""
    policy: Path | None = None
    """A Python file beside it; None: the machine's own policy."""
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def of_seed(self, seed: int) -> Submission:
        """The same with another instance of the questions."""
        return replace(self, seed=seed)

    def problem(self, path: KeyPath, what: str, expected: str | None = None, near: str | None = None) -> Problem:
        """A problem at a place of the file."""
        return Problem(what, self.file, line_of(self.lines, path), dotted(path) or None, expected, near)


def find_submissions(names: Sequence[str]) -> list[Path]:
    """Files, and every ``*.toml`` in and below a folder; raises InputError for what is not there."""
    found: list[Path] = []
    problems = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(path.rglob("*.toml"))
            if not inside:
                problems.append(Problem("there is no submission in this folder", name, expected="*.toml"))
            found += inside
        elif path.exists():
            found.append(path)
        else:
            problems.append(Problem("there is no such file or folder", name))
    if problems:
        raise InputError(problems)
    return found


def read_submission(path: str | os.PathLike[str]) -> Submission:
    """The submission in a file; raises InputError with everything that is wrong with its form."""
    name = os.fspath(path)
    if Path(path).is_file() and Path(path).stat().st_size > MAX_BYTES:
        raise InputError(Problem("is too large for a submission", name, expected=f"at most {MAX_BYTES} bytes"))
    text = read_text(path)
    data = read_toml(text, name)
    lines = key_lines(text)
    problems: list[Problem] = []

    def say(path: KeyPath, what: str, expected: str | None = None, near: str | None = None) -> None:
        problems.append(Problem(what, name, line_of(lines, path), dotted(path) or None, expected, near))

    if "title" in data and "format" in data:
        expected = "what 'swapscope new NAME --template submission' makes"
        raise InputError(Problem("is a scenario and no submission", name, expected=expected))
    for key in data:
        if key not in KEYS:
            say((key,), f"there is no key '{key}' here", ", ".join(KEYS), nearest(key, KEYS))
    student = data.get("student", Path(path).stem)
    if not isinstance(student, str) or not student.strip():
        say(("student",), "has the wrong type", "text in quotes")
    seed = data.get("seed")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED):
        say(("seed",), "is not possible", f"a whole number from 0 to {MAX_SEED}")
    for key in ("set", "answers"):
        if not isinstance(data.get(key, {}), dict):
            say((key,), "has the wrong type", "a table")
    run = data.get("run")
    if run is not None and (not isinstance(run, list) or not run or not all(isinstance(one, dict) for one in run)):
        say(("run",), "has the wrong type", "[[run]] parts")
    policy = data.get("policy")
    if policy is not None and (not isinstance(policy, str) or not _is_file_name(policy)):
        say(("policy",), "is no file beside the submission", 'a name without folders, as "mine.py"')
    elif policy is not None and not (Path(path).parent / policy).is_file():
        say(("policy",), f"there is no file '{policy}' beside the submission", "a Python file")
    if problems:
        raise InputError(problems)
    beside = None if policy is None else Path(path).parent / policy
    values = dict(_flat(data.get("set", {})))
    return Submission(name, student, seed, values, dict(data.get("answers", {})), run, beside, lines)


def _is_file_name(name: str) -> bool:
    """Whether a name stays in its folder, on every platform."""
    return bool(name) and PurePosixPath(name).name == PureWindowsPath(name).name == name and name != ".."


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted key: ``"machine.frames" = 4`` and ``machine.frames = 4`` mean the same."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def checked(submission: Submission, scenario: Scenario, assignment: Assignment) -> Scenario:
    """The scenario as the submission has it; raises InputError for what it may not change."""
    problems = [*_wrong_values(submission, assignment), *_wrong_answers(submission, scenario, assignment)]
    if submission.run is not None:
        problems += list(_wrong_workload(submission, assignment))
    if submission.policy is not None and assignment.policy is None:
        problems.append(submission.problem(("policy",), "a policy of one's own is not allowed here", "no policy"))
    if problems:
        raise InputError(problems)
    return changed_scenario(scenario, submission.values, submission.run, submission.file)


def _wrong_values(submission: Submission, assignment: Assignment) -> Iterator[Problem]:
    allowed = {change.key: change for change in assignment.may_change}
    for key, value in submission.values.items():
        path = ("set", key) if ("set", key) in submission.lines else ("set", *key.split("."))
        yield from _wrong_value(submission, path, key, value, allowed)


def _wrong_value(
    submission: Submission, path: KeyPath, key: str, value: Any, allowed: Mapping[str, MayChange]
) -> Iterator[Problem]:
    change = allowed.get(key)
    if change is None:
        known = {setting.key for setting in schema.settings}
        what = f"'{key}' may not be changed" if key in known else f"there is no setting '{key}'"
        expected = "one of " + ", ".join(allowed) if allowed else "no setting"
        yield submission.problem(path, what, expected, nearest(key, allowed))
        return
    if change.choices and not any(value == one and type(value) is type(one) for one in change.choices):
        yield submission.problem(path, f"{value} is not allowed", "one of " + ", ".join(map(str, change.choices)))
    if change.low is None and change.high is None:
        return
    number = isinstance(value, int) and not isinstance(value, bool)
    low, high = change.low, change.high
    if not number or (low is not None and value < low) or (high is not None and value > high):
        limits = ("" if low is None else f" from {low}") + ("" if high is None else f" up to {high}")
        yield submission.problem(path, f"{value} is not allowed", f"a whole number{limits}")


def _wrong_answers(submission: Submission, scenario: Scenario, assignment: Assignment) -> Iterator[Problem]:
    ids = [name for names in question_ids(scenario.step) for name in names] if assignment.questions else []
    for name in submission.answers:
        if name not in ids:
            expected = "one of " + ", ".join(ids) if ids else "no answers: nothing is asked"
            yield submission.problem(("answers", name), f"there is no question '{name}'", expected, nearest(name, ids))


def _wrong_workload(submission: Submission, assignment: Assignment) -> Iterator[Problem]:
    if not assignment.workload:
        yield submission.problem(("run",), "a workload of one's own is not allowed here", "no [[run]]")
        return
    allowed = {change.key: change for change in assignment.may_change}
    operations = 0
    for place, part in enumerate(submission.run or ()):
        inner = part.get("parallel")
        parts = [part, *(one for one in inner if isinstance(one, dict))] if isinstance(inner, list) else [part]
        for one in parts:
            operations += _operations(one) * (_whole(part.get("repeat")) if one is not part else 1)
            if "trace" in one:
                yield submission.problem(("run", place), "a submission cannot name trace files", "a pattern or an op")
        if isinstance(key := part.get("set"), str):
            yield from _wrong_value(submission, ("run", place, "set"), key, part.get("value"), allowed)
    if operations > assignment.max_references:
        what = f"{operations} operations are too many"
        yield submission.problem(("run",), what, f"at most {assignment.max_references}")


def _operations(part: Mapping[str, Any]) -> int:
    """About how many operations a part makes; what is no number is refused later."""
    page = part.get("page")
    length = _whole(part.get("references")) if "references" in part else len(page) if isinstance(page, list) else 1
    return length * _whole(part.get("repeat"))


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 1
