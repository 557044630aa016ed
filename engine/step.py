"""What a person may put into a run at any moment: a setting, a process that starts, works or ends, a walk over pages.

A step becomes operation words of a program, a part of a scenario's ``[[shock]]``, and a few plain
values for a replay file; :mod:`engine.timeline` puts its words in at the cursor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from engine.errors import InputError, Problem, nearest
from engine.interleaving import put_between
from engine.mm import image as im
from engine.naming import grouped
from engine.operation import (
    MAX_COUNT,
    MAX_PROCESSES,
    MAX_VALUE,
    Op,
    Ops,
    encode,
    encode_references,
    encode_setting,
)
from engine.phrase import phrase
from engine.program import Process, Program, Region, Spare
from engine.trace.generate import PATTERNS

MOST_PAGES = MAX_COUNT + 1
"""Pages of a process that starts, at most: its operation has no room for more."""


class Set(NamedTuple):
    """A setting gets another value."""

    key: str
    value: int


class Start(NamedTuple):
    """A new process begins, with one region whose pages are made from the family of ``image``."""

    process: str
    pages: int
    image: int


class Walk(NamedTuple):
    """A process reads or writes pages ``first`` … one after the other, each once."""

    process: str
    first: int
    pages: int
    write: bool


class Work(NamedTuple):
    """A process uses pages 0 … pages-1 from here on, beside all that follows: mostly the first half, a third writes."""

    process: str
    pages: int
    references: int
    seed: int


class End(NamedTuple):
    """A process ends."""

    process: str


Step = Set | Start | Walk | Work | End

WORK_PATTERN = "hot-cold"
MOST_REFERENCES = 1_000_000
"""A process that works beside a longer run has its turn less often."""


def work_arguments(step: Work) -> dict[str, Any]:
    """What the pattern of a process at work takes besides references and pages."""
    return {"hot_pages": max(1, step.pages // 2), "hot_share": 0.9, "write_share": 0.3, "seed": step.seed}


def length(step: Step) -> int:
    """Operations that a step becomes."""
    return step.pages if isinstance(step, Walk) else step.references if isinstance(step, Work) else 1


def put_in(program: Program, position: int, steps: Sequence[Step]) -> Program:
    """The program with steps behind its first ``position`` operations, and with the processes they start.

    Raises InputError for a setting that is unknown, cannot change while the machine runs or cannot
    have this value, for a process or pages that do not exist, and where there is no room for a process.
    """
    at_once: list[Ops] = [np.zeros(0, np.int64)]
    beside: list[Ops] = []
    room = room_for(program)
    for step in steps:
        if isinstance(step, Start):
            program = _with_process(program, step)
        (beside if isinstance(step, Work) else at_once).append(_words(program, step))
    added = sum(map(len, at_once)) + sum(map(len, beside))
    if room is not None and added > room:
        raise InputError(Problem(phrase("the policy that knows the future has no room for so many operations more")))
    spare = program.spare or Spare(0)
    ops = put_between(program.ops, position, np.concatenate(at_once), beside)
    return replace(program, ops=ops, spare=replace(spare, operations=max(spare.operations - added, 0)))


def room_for(program: Program) -> int | None:
    """How many operations may still be put in; None: any number."""
    opt = im.schema.setting_for("machine.policy").choices.index("opt")
    return (program.spare or Spare(0)).operations if program.setting("machine.policy") == opt else None


def _with_process(program: Program, step: Start) -> Program:
    spare = program.spare or Spare(0)
    if any(process.name == step.process for process in program.processes):
        what = phrase("there is already a process '{process}'", process=step.process)
        raise InputError(Problem(what, expected=phrase("a name of its own")))
    if not 1 <= step.pages <= min(spare.pages, MOST_PAGES) or not spare.processes:
        most = min(spare.pages, MOST_PAGES) if spare.processes else 0
        what = phrase("there is no room for a process of {pages} pages", pages=step.pages)
        raise InputError(Problem(what, expected=phrase("at most {most}", most=most)))
    if len(program.processes) >= MAX_PROCESSES:
        expected = phrase("at most {most}", most=MAX_PROCESSES)
        raise InputError(Problem(phrase("there is no room for another process"), expected=expected))
    if not 1 <= step.image < len(program.images.lz4) or int(program.images.first[step.image]) != step.image:
        raise InputError(Problem(phrase("image {image} is not the first of a family of page images", image=step.image)))
    region = Region(step.process, 0, step.pages, step.image, int(program.images.count[step.image]))
    process = Process(step.process, step.pages, (region,), late=True)
    left = replace(spare, processes=spare.processes - 1, pages=spare.pages - step.pages)
    return replace(program, processes=(*program.processes, process), spare=left)


def _words(program: Program, step: Step) -> Ops:
    if isinstance(step, Set):
        return np.array([_setting(program, step)], dtype=np.int64)
    number = _number(program, step.process)
    if isinstance(step, Start):
        return np.array([encode(Op.EXEC, number, step.image, step.pages - 1)], dtype=np.int64)
    if isinstance(step, End):
        return np.array([encode(Op.EXIT, number)], dtype=np.int64)
    room = program.processes[number].pages
    if isinstance(step, Work):
        if not 1 <= step.pages <= room or not 1 <= step.references <= MOST_REFERENCES:
            what = phrase(
                "'{process}' cannot make {references} references to {pages} pages", process=step.process,
                references=step.references, pages=step.pages,
            )  # fmt: skip
            most = f"1 to {MOST_REFERENCES} references, 1 to {room} pages"
            raise InputError(Problem(what, expected=most))
        page, write = PATTERNS[WORK_PATTERN](step.references, step.pages, **work_arguments(step))
        one = np.ones(len(page), dtype=np.int64)
        return encode_references(number * one, page, write, one)
    if step.first < 0 or step.pages < 1 or step.first + step.pages > room:
        last = step.first + step.pages - 1
        what = phrase("pages {first} to {last} of '{process}' do not all exist", first=step.first, last=last,
                      process=step.process)  # fmt: skip
        raise InputError(Problem(what, expected=phrase("pages 0 to {last}", last=room - 1)))
    page = np.arange(step.first, step.first + step.pages)
    one = np.ones(len(page), dtype=np.int64)
    return encode_references(number * one, page, np.full(len(page), step.write), one)


def _setting(program: Program, step: Set) -> int:
    known = {setting.key: setting for setting in im.schema.settings}
    if step.key not in known:
        raise InputError(
            Problem(phrase("there is no setting '{key}'", key=step.key), key=step.key, nearest=nearest(step.key, known))
        )
    setting = known[step.key]
    if setting.fixed:
        raise InputError(Problem(phrase("this cannot change while the machine runs"), key=step.key))
    low, high = program.limits(step.key)
    if not low <= step.value <= min(high, MAX_VALUE):
        what = phrase("{value} is out of range", value=step.value)
        expected = phrase("{low} to {high}", low=low, high=high)
        raise InputError(Problem(what, key=step.key, expected=expected))
    return encode_setting(setting.number, step.value)


def _number(program: Program, name: str) -> int:
    names = [process.name for process in program.processes]
    if name not in names:
        raise InputError(Problem(phrase("there is no process '{name}'", name=name), nearest=nearest(name, names)))
    return names.index(name)


def value_text(key: str, value: int) -> str:
    """A setting's value as people read it, with its unit."""
    setting = im.schema.setting_for(key)
    if setting.choices:
        return setting.choices[min(value, len(setting.choices) - 1)]
    if not setting.unit:
        return grouped(value)
    return phrase("{number} {unit}", number=grouped(value), unit=phrase(setting.unit))


# -- in a replay file ----------------------------------------------------------------------------


def as_data(step: Step) -> dict[str, Any]:
    """A step as plain values: ``{"step": "set", "key": …, "value": …}``."""
    return {"step": type(step).__name__.lower(), **step._asdict()}


def from_data(data: Mapping[str, Any]) -> Step:
    """A step from what :func:`as_data` made of it; raises ValueError for anything else."""

    def text(name: str) -> str:
        if not isinstance(data.get(name), str):
            raise ValueError(f"'{name}' is no text")
        return str(data[name])

    def number(name: str) -> int:
        value = data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_VALUE:
            raise ValueError(f"'{name}' is no whole number")
        return value

    kind = data.get("step")
    if kind == "set":
        return Set(text("key"), number("value"))
    if kind == "start":
        return Start(text("process"), number("pages"), number("image"))
    if kind == "walk":
        return Walk(text("process"), number("first"), number("pages"), data.get("write") is True)
    if kind == "work":
        return Work(text("process"), number("pages"), number("references"), number("seed"))
    if kind == "end":
        return End(text("process"))
    raise ValueError(f"there is no step '{kind}'")
