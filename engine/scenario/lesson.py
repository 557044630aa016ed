"""``[[step]]`` of a scenario: a lesson in steps, each at a moment of the run, with questions that the run answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from engine.scenario.part import OnlyFor, Part, Title

MAX_STEPS = 200
MAX_QUESTIONS = 20
QueryText = Annotated[str, Field(min_length=1, max_length=400)]
ShortName = Annotated[str, Field(min_length=1, max_length=64)]
Prose = Annotated[str, Field(min_length=1, max_length=20_000)]


class When(Part):
    """The moment of a step; exactly one of the first five keys says what it is."""

    kind: ShortName | None = Field(None, description="A transition of this kind, as \"written back\"")
    mark: ShortName | None = Field(None, description="A mark of the run")
    condition: QueryText | None = Field(
        None, description='A comparison of a figure with a number that becomes true, as "zswap_pool_pages >= 20"'
    )
    time_ns: int | None = Field(None, ge=0, description="The task's clock has come to so many nanoseconds")
    transition: int | None = Field(None, ge=0, description="Number of the transition; 0 is the start")
    nth: int = Field(1, ge=1, le=1_000_000, description="The n-th time")
    after: ShortName | None = Field(None, description="Name of a mark: what came before it does not count")
    offset: int = Field(
        0, ge=-100_000, le=100_000, description="So many transitions later, or earlier when negative"
    )


MOMENT_KEYS = ("kind", "mark", "condition", "time_ns", "transition")
"""The keys of :class:`When` that say what a moment is."""


def _when_tag(value: Any) -> str:
    return "<place>" if isinstance(value, str) else "<moment>"


Moment = Annotated[
    Annotated[ShortName, Tag("<place>")] | Annotated[When, Tag("<moment>")], Discriminator(_when_tag)
]
QUESTION_KINDS = ("choice", "number", "click", "order", "pte", "next")


class Option(Part):
    """One ``[[step.question.option]]``: a statement, and the comparison that makes it the right one."""

    text: Prose = Field(description="The statement, Markdown")
    holds: QueryText = Field(description="A comparison; exactly one option's must be true")


NUMBER = OnlyFor(("number",))


class Question(Part):
    """One ``[[step.question]]``."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=40)] | None = Field(
        None, description="Its name in submissions; q1, q2 … by its place in the file when not given"
    )
    kind: Literal["choice", "number", "click", "order", "pte", "next"] = Field(description="How it is answered")
    ask: Prose = Field(description="The question, Markdown with live values")
    answer: Annotated[QueryText | None, OnlyFor(("choice", "number", "click", "order", "pte"))] = Field(
        None, description="Query that gives the right answer; none for next"
    )
    unit: Annotated[str, NUMBER] = Field("", max_length=20, description="number: unit of the answer")
    tolerance: Annotated[float, NUMBER] = Field(
        0, ge=0, le=1e18, description="number: how far off is still right"
    )
    tolerance_percent: Annotated[float, NUMBER] = Field(
        0, ge=0, le=100, description="number: the same as a share of the answer (%)"
    )
    choices: Annotated[list[QueryText], OnlyFor(("choice",))] = Field(
        [], max_length=12, description="choice: queries that give wrong answers; found from the run when not given"
    )
    option: list[Option] = Field(
        [], max_length=12, description="choice: statements, instead of an answer and choices"
    )
    predict: bool = Field(False, description="true: asked before it happens; then the run goes on and shows it")
    show: QueryText | None = Field(
        None, description="Query of the transition that shows why; that of the answer when not given"
    )
    hints: list[Prose] = Field([], max_length=5, description="Hints, Markdown, given one after the other")
    why: str = Field("", max_length=20_000, description="Told after the answer, Markdown with values of that moment")
    points: int = Field(1, ge=0, le=1000, description="What it is worth in an assignment")


class Step(Part):
    """One ``[[step]]``."""

    title: Title = Field(description="What it is called")
    when: Moment = Field("start", description="Its moment: a mark's name, start, end, or a table of these keys")
    text: str = Field("", max_length=20_000, description="What is told there, Markdown with live values and links")
    let: dict[str, QueryText] = Field({}, description="Names for queries that are answered once, when the step is made")
    question: list[Question] = Field([], max_length=MAX_QUESTIONS, description="Its questions")


def question_ids(steps: list[Step]) -> list[list[str]]:
    """The name of every question of every step: its own, or by its place among all questions."""
    ids, number = [], 0
    for step in steps:
        own = []
        for question in step.question:
            number += 1
            own.append(question.id or f"q{number}")
        ids.append(own)
    return ids
