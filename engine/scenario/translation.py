"""The texts of a scenario in another language: a file of the same name in a folder named after the language beside it.

``scenarios/zh_CN/03-zswap-spills.toml`` has the texts of ``scenarios/03-zswap-spills.toml`` in the same places: title,
summary, goals, lesson, and in as many ``[[step]]``, ``[[step.question]]`` and ``[[step.question.option]]`` their texts.
It has nothing else: the machine, the run and all answers are those of the scenario. What the texts say of the run must
be the same: each has the same queries in braces and the same links as the one it stands for.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from engine.errors import InputError, Problem
from engine.scenario.lesson import Option, Question, Step
from engine.scenario.model import MarkPart, Scenario
from engine.scenario.part import Part
from engine.scenario.positions import Path as KeyPath
from engine.scenario.positions import dotted, key_lines, line_of
from engine.scenario.problems import Place, problems_of
from engine.scenario.prose import links_in, queries_in
from engine.scenario.read import read_text, read_toml

LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")


class OptionTexts(Part):
    """Of one ``[[step.question.option]]``."""

    text: str = Field(min_length=1, description="The statement")


class QuestionTexts(Part):
    """Of one ``[[step.question]]``."""

    ask: str = Field(min_length=1, description="The question")
    unit: str = Field("", description="Unit of the answer")
    hints: list[str] = Field([], description="Its hints")
    why: str = Field("", description="Told after the answer")
    option: list[OptionTexts] = Field([], description="Its statements")


class StepTexts(Part):
    """Of one ``[[step]]``."""

    title: str = Field(min_length=1, description="What it is called")
    text: str = Field("", description="What is told there")
    question: list[QuestionTexts] = Field([], description="Its questions")


class Texts(Part):
    """Of a whole scenario."""

    title: str = Field(min_length=1, description="What it is called")
    summary: str = Field("", description="One sentence for the list")
    goals: list[str] = Field([], description="What one knows afterwards")
    lesson: str = Field("", description="Text of the lesson")
    marks: dict[str, str] = Field({}, description="What the marks of the run are called")
    step: list[StepTexts] = Field([], description="Texts of the steps")


def translation_file(scenario_file: Path, language: str) -> Path:
    """Where the texts of a scenario in a language are, if it has any."""
    return scenario_file.parent / language / scenario_file.name


def check_translations(scenario: Scenario) -> None:
    """Raise InputError with what does not fit in any language that a scenario's file has beside it."""
    if scenario.source is None:
        return
    problems: list[Problem] = []
    for folder in sorted(path for path in scenario.source.parent.glob("*/") if LANGUAGE.fullmatch(path.name)):
        try:
            load_texts(scenario, folder.name)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def load_texts(scenario: Scenario, language: str) -> Texts | None:
    """The texts of a scenario in a language; None where it has none.

    Raises InputError with every problem where the file does not fit the scenario.
    """
    if scenario.source is None or not LANGUAGE.fullmatch(language):
        return None
    file = translation_file(scenario.source, language)
    if not file.is_file():
        return None
    text, name = read_text(file), os.fspath(file)
    data = read_toml(text, name)
    lines = key_lines(text)
    try:
        texts = TypeAdapter(Texts).validate_python(data)
    except ValidationError as error:
        raise InputError(problems_of(error, data, Place(name, lines, {}))) from None
    problems = [Problem(what, name, line_of(lines, path), dotted(path)) for path, what in _misfits(scenario, texts)]
    if problems:
        raise InputError(problems)
    return texts


def in_language(scenario: Scenario, language: str) -> Scenario:
    """The scenario with its texts in a language, or as it is where it has none in it; InputError as above."""
    texts = load_texts(scenario, language)
    if texts is None:
        return scenario
    told: dict[str, Any] = {"title": texts.title, "summary": texts.summary or scenario.summary, "goals": texts.goals,
                            "lesson": _marked(texts.lesson or scenario.lesson, texts.marks)}  # fmt: skip
    if len(texts.step) == len(scenario.step):  # a scenario on another trace has no steps
        told["step"] = [_step(*pair, texts.marks) for pair in zip(scenario.step, texts.step, strict=True)]
    made = scenario.model_copy(update=told)
    made._mark_names = dict(texts.marks)
    return made


def _marked(text: str, marks: Mapping[str, str]) -> str:
    """The text with the names of marks, which stand in it in bold as the run has them, as they are called here."""
    for name, called in marks.items():
        text = re.sub(r"\*\*" + r"\s+".join(map(re.escape, name.split())) + r"\*\*", f"**{called}**", text)
    return text


def _step(own: Step, texts: StepTexts, marks: Mapping[str, str]) -> Step:
    questions = [_question(*pair, marks) for pair in zip(own.question, texts.question, strict=True)]
    return own.model_copy(update={"title": texts.title, "text": _marked(texts.text, marks), "question": questions})


def _question(own: Question, texts: QuestionTexts, marks: Mapping[str, str]) -> Question:
    options: list[Option] = [
        option.model_copy(update={"text": _marked(other.text, marks)})
        for option, other in zip(own.option, texts.option, strict=True)
    ]
    return own.model_copy(update={
        "ask": _marked(texts.ask, marks), "unit": texts.unit or own.unit, "why": _marked(texts.why, marks),
        "hints": [_marked(hint, marks) for hint in texts.hints], "option": options,
    })  # fmt: skip


# -- does it fit? ------------------------------------------------------------------------------------


def _misfits(scenario: Scenario, texts: Texts) -> Iterator[tuple[KeyPath, str]]:
    """Places of the translation, and what is wrong there."""
    yield from _number(("goals",), scenario.goals, texts.goals)
    own_marks = {part.mark for part in scenario.run if isinstance(part, MarkPart)}
    for name in texts.marks:
        if name not in own_marks:
            yield ("marks", name), f"the run has no mark '{name}'"
    yield from _same(("lesson",), scenario.lesson, texts.lesson)
    if scenario.step:
        yield from _number(("step",), scenario.step, texts.step)
    for place, (own, other) in enumerate(zip(scenario.step, texts.step)):
        path: KeyPath = ("step", place)
        yield from _same((*path, "text"), own.text, other.text)
        yield from _number((*path, "question"), own.question, other.question)
        for number, (question, told) in enumerate(zip(own.question, other.question)):
            at = (*path, "question", number)
            for key, ours, theirs in (("ask", question.ask, told.ask), ("why", question.why, told.why),
                                      ("unit", question.unit, told.unit)):  # fmt: skip
                yield from _same((*at, key), ours, theirs)
            for key, all_ours, all_theirs in (
                ("hints", question.hints, told.hints),
                ("option", [one.text for one in question.option], [one.text for one in told.option]),
            ):
                yield from _number((*at, key), all_ours, all_theirs)
                for index, (ours, theirs) in enumerate(zip(all_ours, all_theirs)):
                    yield from _same((*at, key, index), ours, theirs)


def _number(path: KeyPath, ours: list[Any], theirs: list[Any]) -> Iterator[tuple[KeyPath, str]]:
    if len(ours) != len(theirs):
        yield path, f"the scenario has {len(ours)} of them, not {len(theirs)}"


def _same(path: KeyPath, ours: str, theirs: str) -> Iterator[tuple[KeyPath, str]]:
    if bool(ours.strip()) != bool(theirs.strip()):
        yield path, "there is a text in the scenario, none here" if ours.strip() else "the scenario has no text here"
        return
    for name, in_ours, in_theirs in (
        ("value", Counter(queries_in(ours)), Counter(queries_in(theirs))),
        ("link", Counter(f"{link.scheme}:{link.target}" for link in links_in(ours)),
         Counter(f"{link.scheme}:{link.target}" for link in links_in(theirs))),
    ):  # fmt: skip
        for one in sorted((in_ours - in_theirs).elements()):
            yield path, f"the {name} {one} of the scenario's text is missing"
        for one in sorted((in_theirs - in_ours).elements()):
            yield path, f"the scenario's text has no {name} {one}"
