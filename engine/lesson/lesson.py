"""A lesson made from a scenario and its run: every step at its transition, every question with its answer found."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InputError, Problem
from engine.lesson.asked import Asked
from engine.lesson.asking import Asker, Unmade
from engine.lesson.course import Course, Progress, Stopped, condition_of, follow, moment_of
from engine.lesson.evaluate import Evaluator, Instant, Unanswerable, covered
from engine.lesson.speech import Tell, linked, spoken, value_text
from engine.lesson.values import Value
from engine.mm.view import View
from engine.program import Program
from engine.scenario import Scenario
from engine.scenario.lesson import Step, When, question_ids
from engine.scenario.positions import Path, dotted, key_lines, line_of
from engine.scenario.prose import filled, queries_in
from engine.scenario.query import Result, is_instant, parse_query
from engine.scenario.query_check import Known, result_of
from engine.timeline import Timeline

__all__ = ["Lesson", "LessonStep", "Stopped", "make_lesson", "strict"]


@dataclass(frozen=True)
class LessonStep:
    """One step of a lesson."""

    number: int
    """Counted from 1."""
    title: str
    moment: int | None
    """Its transition; None where this run never comes there."""
    text: str
    """Markdown with the values of its moment; empty where the run never comes there."""
    questions: tuple[Asked, ...]
    source: str
    """The text as the file has it."""
    let: Mapping[str, Value]
    known: Known
    values: Mapping[str, str]
    """What each query of the text gave at the step's moment."""

    def text_now(self, view: View, program: Program, tell: Tell = str) -> str:
        """The text with the values that this image has, as far as one look gives them."""
        instant = Instant(program, self.let)

        def say(text: str) -> str:
            query = parse_query(text)
            if not is_instant(query):
                return self.values.get(text, "")
            try:
                return spoken(instant.value(query, view), result_of(query, self.known), program, view, tell)
            except Unanswerable:
                return self.values.get(text, "")

        return linked(filled(self.source, say), self.let, program)


@dataclass(frozen=True)
class Lesson:
    """All steps, with what could not be made of this run."""

    title: str
    seed: int
    steps: tuple[LessonStep, ...]
    problems: tuple[Problem, ...]
    """Steps the run never comes to, and questions without an answer in it; they are left out."""
    program: Program
    course: Course

    @property
    def questions(self) -> list[Asked]:
        """Every question, in order."""
        return [question for step in self.steps for question in step.questions]


def make_lesson(scenario: Scenario, program: Program | None = None, *, compiled: bool | None = None,
                progress: Progress | None = None, tell: Tell = str) -> Lesson:
    """Run a scenario and make its lesson; ``compiled`` as for :class:`engine.machine.Machine`.

    ``tell`` gives what the engine says, as names and states of things, in the language of the reader.

    Raises :class:`engine.lesson.course.Stopped` when ``progress`` gives False.
    """
    return _Maker(scenario, program or scenario.build(), compiled, progress, tell).lesson()


def strict(lesson: Lesson) -> Lesson:
    """The lesson, where all of it could be made; raises InputError with what could not."""
    if lesson.problems:
        raise InputError(lesson.problems)
    return lesson


class _Maker:
    def __init__(
        self, scenario: Scenario, program: Program, compiled: bool | None, progress: Progress | None, tell: Tell
    ) -> None:
        self.tell = tell
        self.scenario = scenario
        self.program = program
        conditions = {i: one for i, step in enumerate(scenario.step) if (one := condition_of(step.when, program))}
        times = {i: step.when.time_ns for i, step in enumerate(scenario.step)
                 if isinstance(step.when, When) and step.when.time_ns is not None}  # fmt: skip
        self.course = follow(
            program, list(conditions.values()), list(times.values()), compiled=compiled, progress=progress
        )
        self.rises = dict(zip(conditions, self.course.rises))
        self.times = dict(zip(times, self.course.times))
        self.timeline = covered(Timeline(program, compiled), self.course.end)
        pages = {process.name: process.pages for process in program.processes} | dict(program.shmem)
        self.known = Known(program.marks, pages, [swapfile.name for swapfile in program.swapfiles])
        self.found: list[tuple[Path, str]] = []

    def lesson(self) -> Lesson:
        """Every step, and what could not be made."""
        ids = question_ids(self.scenario.step)
        steps = tuple(self._step(place, step, ids[place]) for place, step in enumerate(self.scenario.step))
        return Lesson(self.scenario.title, self.program.seed, steps, self._problems(), self.program, self.course)

    def _problems(self) -> tuple[Problem, ...]:
        source = self.scenario.source
        lines = {}
        if self.found and source is not None and source.is_file():
            lines = key_lines(source.read_text(encoding="utf-8"))
        file = os.fspath(source) if source else None
        return tuple(
            Problem(f"{what} (seed {self.program.seed})", file, line_of(lines, path), dotted(path))
            for path, what in self.found
        )

    def _step(self, place: int, step: Step, ids: list[str]) -> LessonStep:
        path: Path = ("step", place)
        moment = moment_of(step.when, self.course, self.rises.get(place, ()), self.times.get(place))
        if moment is None:
            self.found.append(((*path, "when"), "the run never comes to this moment"))
            return LessonStep(place + 1, step.title, None, "", (), step.text, {}, self.known, {})
        let: dict[str, Value] = {}
        results: dict[str, Result] = {}
        for name, text in step.let.items():
            known = Known(self.known.marks, self.known.pages, self.known.swapfiles, dict(results))
            query = parse_query(text)
            results[name] = result_of(query, known)
            let[name] = Evaluator(self.timeline, self.course, let, f"{place}/{name}").at(query, moment)
            if let[name] is None:
                self.found.append(((*path, "let", name), f"'{text}' gives nothing in this run"))
        known = Known(self.known.marks, self.known.pages, self.known.swapfiles, results)
        evaluator = Evaluator(self.timeline, self.course, let, str(place))
        values = {text: value_text(evaluator, text, known, moment, self.tell) for text in queries_in(step.text)}
        text = linked(filled(step.text, lambda query: values[query]), let, self.program)
        asked = []
        for number, question in enumerate(step.question):
            made = Asker(Evaluator(self.timeline, self.course, let, f"{place}/{ids[number]}"), known, moment, self.tell)
            try:
                asked.append(made.asked(question, ids[number]))
            except Unmade as error:
                self.found.append(((*path, "question", number, *error.path), error.what))
        return LessonStep(place + 1, step.title, moment, text, tuple(asked), step.text, let, known, values)
