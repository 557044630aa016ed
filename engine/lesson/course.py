"""The course of a run: which transition came when, found in one pass, so that moments and neighbours are looked up."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError, Problem
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.journal import JOURNAL_BEGIN, JOURNAL_NEXT
from engine.mm.transitions import MARK, REC_A, REC_END, REC_KIND, REC_TIME, START
from engine.phrase import phrase
from engine.program import Program
from engine.scenario.lesson import When
from engine.scenario.query import Compared, Named, Number, Times, parse_query
from engine.scenario.query_check import KIND_NAMES

JOURNALS = (1 << 21, 1 << 24)
"""Words of the journal; the larger one is tried when an operation writes more than the first holds."""
COMPARE: dict[str, Callable[[NDArray[np.int64], float], NDArray[np.bool_]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Progress = Callable[[int, int], bool | None]
"""Told operations done and in all; ends the pass by giving False."""


class Stopped(Exception):
    """The pass was ended from outside."""


@dataclass(frozen=True)
class Condition:
    """A comparison of one scalar with a number."""

    address: int
    sign: str
    bound: float

    @classmethod
    def of(cls, query: Compared, program: Program) -> Condition:
        """The condition of a query that :func:`engine.scenario.lesson_check.is_condition` allows."""
        right = query.right
        bound = right.value if isinstance(right, Number) else program.setting(_name(right))
        if isinstance(query.left, Times):
            return cls(im.KIND_COUNT[KIND_NAMES[query.left.kind]], query.sign, bound)
        return cls(figure_address(_name(query.left)), query.sign, bound)

    def holds(self, values: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each value of the scalar whether it holds, shape as given."""
        return COMPARE[self.sign](values, self.bound)


@dataclass(frozen=True)
class Course:
    """A whole run."""

    kinds: NDArray[np.uint8]
    """Kind of every transition by its number, that of the start first, shape (transitions + 1,)."""
    marks: dict[str, list[int]]
    """Transitions at which each mark was passed."""
    rises: tuple[tuple[int, ...], ...]
    """For each condition asked for, the transitions at which it came to hold; 0 when it holds at the start."""
    times: tuple[int | None, ...]
    """For each time asked for, the first transition at or after it."""
    outcome: str

    @property
    def end(self) -> int:
        """Number of the last transition."""
        return len(self.kinds) - 1

    def of_kind(self, kind: int | None, first: int, last: int) -> NDArray[np.int64]:
        """Numbers of the transitions of a kind (None: of any) in first … last, ascending."""
        first, last = max(first, 0), min(last, self.end)
        if kind is None:
            return np.arange(first, last + 1, dtype=np.int64)
        return np.flatnonzero(self.kinds[first : last + 1] == kind).astype(np.int64) + first

    def place(self, name: str) -> int | None:
        """The transition of a mark (the last, when it is passed often), of ``start`` or of ``end``."""
        if name in self.marks:
            return self.marks[name][-1]
        return {"start": 0, "end": self.end}.get(name)


def figure_address(name: str) -> int:
    """Where the image keeps a figure or setting by the name a file has for it."""
    settings = {setting.key: setting.address for setting in im.schema.settings}
    return settings[name] if name in settings else im.schema.named({"simulated_ns": "now"}.get(name, name)).address


def follow(
    program: Program,
    conditions: Sequence[Condition] = (),
    times: Sequence[int] = (),
    *,
    compiled: bool | None = None,
    progress: Progress | None = None,
) -> Course:
    """Carry a program out to its end and note its course; raises Stopped when ``progress`` gives False."""
    for words in JOURNALS:
        found = _Pass(Machine(program, compiled, journal_words=words), conditions, times).follow(progress)
        if found is not None:
            return found
    raise InputError(Problem(phrase("an operation of this run changes too much for a lesson"), program.title))


def moment_of(when: str | When, course: Course, rises: Sequence[int] = (), time: int | None = None) -> int | None:
    """The transition that a step's ``when`` means; None where the run never comes there.

    ``rises`` and ``time`` are what the course has for its condition and time.
    """
    if isinstance(when, str):
        return course.place(when)
    after = 0
    if when.after is not None:
        passed = course.marks.get(when.after)
        if not passed:
            return None
        after = passed[0]
    candidates: Sequence[int]
    if when.kind is not None:
        candidates = course.of_kind(KIND_NAMES[when.kind], after, course.end).tolist()
    elif when.mark is not None:
        candidates = [number for number in course.marks.get(when.mark, ()) if number >= after]
    elif when.condition is not None:
        candidates = [number for number in rises if number >= after]
    elif when.transition is not None:
        candidates = [when.transition] if after <= when.transition <= course.end else []
    else:
        candidates = [time] if time is not None and time >= after else []
    if when.nth > len(candidates):
        return None
    return min(max(candidates[when.nth - 1] + when.offset, 0), course.end)


def condition_of(when: str | When, program: Program) -> Condition | None:
    """The condition of a step's ``when``, when it has one."""
    if isinstance(when, str) or when.condition is None:
        return None
    query = parse_query(when.condition)
    assert isinstance(query, Compared)
    return Condition.of(query, program)


def _name(query: object) -> str:
    assert isinstance(query, Named)
    return query.name


class _Pass:
    def __init__(self, machine: Machine, conditions: Sequence[Condition], times: Sequence[int]) -> None:
        self.machine = machine
        self.conditions = conditions
        self.times = list(times)
        self.kinds = [np.array([START], dtype=np.uint8)]
        self.marks: dict[str, list[int]] = {}
        start = [np.array([machine.view.scalar(one.address)]) for one in conditions]
        self.held = [bool(one.holds(value)[0]) for one, value in zip(conditions, start)]
        self.rises: list[list[int]] = [[0] if held else [] for held in self.held]
        self.found: list[int | None] = [0 if time <= 0 else None for time in times]

    def follow(self, progress: Progress | None) -> Course | None:
        """The course; None when the journal was too small."""
        machine = self.machine
        total = len(machine.ops)
        while not machine.finished:
            first = machine.view.scalar(im.TRANSITIONS) + 1
            machine.keep_journal()
            machine.run(transitions=first + machine.layout.records // 16)
            if machine.journal_lost:
                return None
            self._note(first)
            if progress is not None and progress(machine.position, total) is False:
                raise Stopped
        machine.drop_journal()
        return Course(
            np.concatenate(self.kinds), self.marks, tuple(tuple(one) for one in self.rises), tuple(self.found),
            machine.outcome,
        )  # fmt: skip

    def _note(self, first: int) -> None:
        rows = self.machine.record_rows()
        if not len(rows):
            return
        kinds = (rows[:, REC_KIND] & 0xFF).astype(np.uint8)
        self.kinds.append(kinds)
        for place in np.flatnonzero(kinds == MARK):
            self.marks.setdefault(self.machine.program.marks[int(rows[place, REC_A])], []).append(first + int(place))
        for number, time in enumerate(self.times):
            if self.found[number] is None and len(late := np.flatnonzero(rows[:, REC_TIME] >= time)):
                self.found[number] = first + int(late[0])
        if self.conditions:
            self._note_conditions(rows, first)

    def _note_conditions(self, rows: NDArray[np.int64], first: int) -> None:
        words = self.machine.words
        begin, end = int(words[JOURNAL_BEGIN]), int(words[JOURNAL_NEXT])
        addresses = words[begin:end:2]
        for number, condition in enumerate(self.conditions):
            writes = np.flatnonzero(addresses == condition.address)
            if not len(writes):
                continue
            # The journal has old values: what a write left is what the next one found.
            olds = words[begin + 1 + 2 * writes[1:]]
            values = np.append(olds, words[condition.address])
            belongs = np.searchsorted(rows[:, REC_END], begin + 2 * writes, side="right")
            belongs = np.minimum(belongs, len(rows) - 1)
            last = np.append(belongs[1:] != belongs[:-1], True)
            holds = condition.holds(values[last])
            rises = holds & ~np.append(self.held[number], holds[:-1])
            self.rises[number] += (first + belongs[last][rises]).tolist()
            self.held[number] = bool(holds[-1])
