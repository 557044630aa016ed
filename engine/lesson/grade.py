"""Grading: a submission's run held against the checks of an assignment, and its answers against the run's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import InputError, Problem
from engine.lesson.answers import AnswerError, read_answer
from engine.lesson.asked import Asked, judge
from engine.lesson.course import Condition, Course, follow
from engine.lesson.evaluate import Evaluator
from engine.lesson.lesson import Lesson, make_lesson, strict
from engine.lesson.submission import Submission, checked
from engine.lesson.values import said
from engine.policies.apart import SECONDS, decide_apart
from engine.program import Program
from engine.scenario import Scenario, load_scenario
from engine.scenario.assignment import Assignment, Criterion
from engine.scenario.lesson_check import is_condition
from engine.scenario.prose import without_links
from engine.scenario.query import At, Compared, Event, QueryError, Since, walk
from engine.scenario.query_check import Known, read_query, result_of
from engine.timeline import Timeline
from engine.transition import Transition

_OPPOSITE = {"<": ">=", "<=": ">", "==": "!=", ">": "<=", ">=": "<", "!=": "=="}


@dataclass(frozen=True)
class Result:
    """What came of one check or one answer."""

    name: str
    """The comparison, or the id of the question."""
    text: str
    """What it is there for, or what was asked."""
    score: float
    """0 … 1."""
    points: int
    found: str
    expected: str
    look_at: int
    """Transition at which it can be seen."""
    look: str
    """What happens there, in a sentence."""
    hidden: bool = False

    @property
    def passed(self) -> bool:
        """Whether it has all its points."""
        return self.score == 1.0

    @property
    def earned(self) -> float:
        """Points it has."""
        return self.score * self.points


@dataclass(frozen=True)
class Graded:
    """What came of one submission."""

    file: str
    student: str
    seed: int
    results: tuple[Result, ...]
    needed_percent: int

    @property
    def earned(self) -> float:
        """Points it has."""
        return sum(result.earned for result in self.results)

    @property
    def points(self) -> int:
        """Points there are."""
        return sum(result.points for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether it has the share of points that is needed."""
        return self.earned * 100 >= self.needed_percent * self.points - 1e-9


class PolicyFailed(InputError):
    """A submission's policy could not be carried out: its run is failed, the others are graded all the same."""


class Grader:
    """Grades submissions of one assignment; lessons are made once for each seed."""

    def __init__(
        self, scenario: Scenario, *, compiled: bool | None = None, run_policies: bool = False,
        policy_seconds: float = SECONDS,
    ) -> None:  # fmt: skip
        if scenario.assignment is None:
            file = str(scenario.source) if scenario.source else None
            what, expected = "this scenario is no assignment", "an [assignment]"
            raise InputError(Problem(what, file, key="assignment", expected=expected))
        self.scenario = scenario
        self.assignment: Assignment = scenario.assignment
        self.compiled = compiled
        self.run_policies = run_policies
        """Whether the code of policies that submissions bring may run."""
        self.policy_seconds = policy_seconds
        self._lessons: dict[int, Lesson] = {}
        self._instances: dict[int, Scenario] = {}

    def grade(self, submission: Submission) -> Graded:
        """Run a submission and hold it against the assignment; raises InputError when it cannot be used."""
        seed = self.scenario.seed if submission.seed is None else submission.seed
        scenario = self._instance(seed)
        changed = checked(submission, scenario, self.assignment)
        results = list(self._checks(submission, changed))
        if self.assignment.questions and any(step.question for step in self.scenario.step):
            results += self._answers(submission, self._lesson(scenario))
        return Graded(submission.file, submission.student, seed, tuple(results), self.assignment.pass_percent)

    def _instance(self, seed: int) -> Scenario:
        """The assignment's scenario for one seed, with all that varies."""
        if seed == self.scenario.seed or self.scenario.source is None:
            return self.scenario
        if seed not in self._instances:
            self._instances[seed] = load_scenario(self.scenario.source, [f"seed={seed}"])
        return self._instances[seed]

    # -- checks -----------------------------------------------------------------------------

    def _checks(self, submission: Submission, changed: Scenario) -> Iterator[Result]:
        if not self.assignment.check:
            return
        try:
            program = self._with_policy(submission, changed.build())
        except PolicyFailed as error:
            for criterion in self.assignment.check:
                yield _not_run(criterion, error)
            return
        known = _known(program)
        queries: list[Compared] = []
        for number, criterion in enumerate(self.assignment.check):
            try:
                query, _ = read_query(criterion.that, known)
            except QueryError as error:
                # It made sense in the assignment's own run: the workload lacks what is graded.
                what = f"check {number + 1} cannot be held against this workload: {error.what}"
                raise InputError(submission.problem(("run",), what, error.expected)) from None
            assert isinstance(query, Compared)
            queries.append(query)
        breaks = {place: Condition.of(Compared(_OPPOSITE[query.sign], query.left, query.right), program)
                  for place, query in enumerate(queries) if is_condition(query)}  # fmt: skip
        course = follow(program, list(breaks.values()), compiled=self.compiled)
        rises = dict(zip(breaks, course.rises))
        evaluator = Evaluator(Timeline(program, self.compiled), course, salt="grade")
        for place, (criterion, query) in enumerate(zip(self.assignment.check, queries)):
            yield _result(criterion, query, evaluator, known, rises.get(place, ()))

    def _with_policy(self, submission: Submission, program: Program) -> Program:
        """The program with the answers of the policy that a submission brings; raises PolicyFailed for its mistakes."""
        if submission.policy is None:
            return program
        if not self.run_policies:
            what = "a policy is code, and none is run unless the teacher asks for it"
            raise InputError(submission.problem(("policy",), what, "grade --run-policies"))
        try:
            return decide_apart(program, submission.policy, sort=self.assignment.policy, seconds=self.policy_seconds)
        except InputError as error:
            raise PolicyFailed(error.problems) from None

    # -- answers ----------------------------------------------------------------------------

    def _lesson(self, scenario: Scenario) -> Lesson:
        if scenario.seed not in self._lessons:
            self._lessons[scenario.seed] = strict(make_lesson(scenario, compiled=self.compiled))
        return self._lessons[scenario.seed]

    def _answers(self, submission: Submission, lesson: Lesson) -> Iterator[Result]:
        for asked in lesson.questions:
            raw = submission.answers.get(asked.id)
            if raw is None:
                yield _answered(asked, 0.0, "no answer")
                continue
            try:
                given = read_answer(asked, raw, lesson.program)
            except AnswerError as error:
                yield _answered(asked, 0.0, f"cannot be read: {error}")
            else:
                yield _answered(asked, judge(asked, given).score, _as_written(raw))


def _known(program: Program) -> Known:
    pages = {process.name: process.pages for process in program.processes} | dict(program.shmem)
    return Known(program.marks, pages, [swapfile.name for swapfile in program.swapfiles])


def _answered(asked: Asked, score: float, found: str) -> Result:
    text = without_links(asked.ask).strip()
    answer = without_links(asked.answer)
    return Result(asked.id, text, score, asked.points, found, answer, asked.shown_at, asked.shown)


def _as_written(raw: Any) -> str:
    if isinstance(raw, list):
        return ", ".join(map(str, raw))
    return ", ".join(f"{key} {value}" for key, value in raw.items()) if isinstance(raw, dict) else str(raw)


def _result(
    criterion: Criterion, query: Compared, evaluator: Evaluator, known: Known, rises: tuple[int, ...]
) -> Result:
    end = evaluator.course.end
    left, right = evaluator.at(query.left, end), evaluator.at(query.right, end)
    holds = evaluator.at(query, end) is True
    view = evaluator.view(end)
    found = said(left, result_of(query.left, known), evaluator.program, view)
    wanted = said(right, result_of(query.right, known), evaluator.program, view)
    if left is None:
        found = "nothing: the run never came there"
    look_at = end if holds else _where_it_broke(query, evaluator, evaluator.course, rises)
    look = str(evaluator.event_fact("sentence", evaluator.transition(look_at)))
    sign = "" if query.sign == "==" else f"{query.sign} "
    return Result(criterion.that, criterion.text, float(holds), criterion.points, found, f"{sign}{wanted}", look_at,
                  look, criterion.hidden)  # fmt: skip


def _not_run(criterion: Criterion, error: PolicyFailed) -> Result:
    """A check that there was no run for."""
    first, more = error.problems[0], len(error.problems) - 1
    found = f"no run: {first}" + (f" (and {more} more)" if more else "")
    expected = f"a run in which {criterion.that}"
    return Result(criterion.that, criterion.text, 0.0, criterion.points, found, expected, 0,
                  "The run did not begin: its policy failed.", criterion.hidden)  # fmt: skip


def _ceased(query: Compared, evaluator: Evaluator, begin: int) -> int | None:
    """A transition at which a comparison that held at ``begin`` ceased to, by halving; None where it did not hold."""
    if evaluator.at(query, begin) is not True:
        return None
    holds, broken = begin, evaluator.course.end
    while broken - holds > 1:
        middle = (holds + broken) // 2
        if evaluator.at(query, middle) is True:
            holds = middle
        else:
            broken = middle
    return broken


def _where_it_broke(query: Compared, evaluator: Evaluator, course: Course, rises: tuple[int, ...]) -> int:
    """The transition at which a check that does not hold ceased to; the mark it is about; or the end."""
    if rises and rises[-1] > 0:
        return rises[-1]
    begins = [evaluator.place(one.moment, course.end) for one in walk(query) if isinstance(one, Since)]
    ceased = _ceased(query, evaluator, max([place for place in begins if place is not None], default=0))
    if ceased is not None:
        return ceased
    places: list[int] = []
    for one in walk(query):
        if isinstance(one, At):
            place = evaluator.place(one.moment, course.end)
            places += [] if place is None else [place]
        elif isinstance(one, Event):
            found = evaluator.at(one, course.end)
            places += [found.number] if isinstance(found, Transition) else []
    return max(places, default=course.end)


