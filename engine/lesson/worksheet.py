"""Sheets of paper: the questions of a lesson for one seed as Markdown, and the key with the answers."""

from __future__ import annotations

from collections.abc import Iterable

from engine.explain import Form
from engine.lesson.asked import Asked, letter
from engine.lesson.lesson import Lesson, LessonStep
from engine.lesson.pte import fields_of
from engine.naming import grouped
from engine.scenario import Scenario
from engine.scenario.prose import without_links
from engine.scenario.write import value_text

LINE = "\\_" * 24


def sheet(lesson: Lesson, scenario: Scenario) -> str:
    """The sheet: every step with its text, every question with room for the answer."""
    parts = [f"# {lesson.title}", f"Sheet {lesson.seed}    Name: {LINE}"]
    if scenario.summary:
        parts.append(scenario.summary)
    parts.append(instance_text(scenario))
    parts.append(f"In the window: open the scenario and choose instance {lesson.seed} in the menu of its lesson.")
    number = 0
    for step in lesson.steps:
        if step.moment is None:
            continue
        parts += _head(step)
        for asked in step.questions:
            number += 1
            parts.append(f"**{number}.** {without_links(asked.ask).strip()}{_worth(asked)}")
            parts.append(_room(asked))
    return "\n\n".join(part for part in parts if part) + "\n"


def instance_text(scenario: Scenario) -> str:
    """What this instance has otherwise than the file, in a sentence; empty where that is nothing."""
    if not scenario.varied:
        return ""
    told = [f"`{key}` is {value_text(here)}" + ("" if there is None else f" (in the file {value_text(there)})")
            for key, (here, there) in scenario.varied.items()]  # fmt: skip
    return f"In this instance {', '.join(told)}."


def key(lesson: Lesson) -> str:
    """The key: every answer, where it can be seen, and why."""
    parts = [f"# {lesson.title}: key to sheet {lesson.seed}"]
    number = 0
    for step in lesson.steps:
        for asked in step.questions:
            number += 1
            parts.append(f"**{number}.** {answer_text(asked)}{_worth(asked)}")
            parts.append(f"Transition {grouped(asked.shown_at)}: {asked.shown}")
            if asked.why.strip() not in ("", asked.shown):
                parts.append(without_links(asked.why).strip())
    return "\n\n".join(parts) + "\n"


def answer_text(asked: Asked) -> str:
    """The right answer as a key has it: with the letters of its options, and how far off a number may be."""
    answer = without_links(asked.answer)
    if asked.kind in ("choice", "next") and isinstance(asked.right, int):
        return f"{letter(asked.right)}: {answer}"
    if asked.kind == "order" and isinstance(asked.right, tuple):
        return " ".join(letter(place) for place in asked.right) + f": {answer}"
    if asked.kind == "number" and asked.tolerance:
        return f"{answer} (up to {asked.tolerance:.3g} more or less)"
    if asked.kind == "pte" and isinstance(asked.right, int):
        return f"`0x{asked.right:016x}`, {answer}"
    return answer


def _head(step: LessonStep) -> list[str]:
    place = f"Transition {grouped(step.moment or 0)}"
    return [f"## {step.number} {step.title}", place, without_links(step.text).strip()]


def _worth(asked: Asked) -> str:
    return "" if asked.points == 1 else f" ({asked.points} points)"


def _lines(lines: Iterable[str]) -> str:
    """One below the other without the bullets of a list, which would stand beside the boxes to tick."""
    return "\\\n".join(lines)


def _room(asked: Asked) -> str:
    """Room for the answer."""
    if asked.kind in ("choice", "next"):
        return _lines(f"☐ **{letter(place)}** {without_links(text)}" for place, text in enumerate(asked.options))
    if asked.kind == "order":
        listed = _lines(f"**{letter(place)}** {without_links(text)}" for place, text in enumerate(asked.options))
        return f"{listed}\n\nIn order: " + "  ".join(["\\_\\_\\_"] * len(asked.options))
    if asked.kind == "pte":
        lines = []
        for form in (Form.PRESENT, Form.SWAPPED):
            fields = ", ".join(f"{field.name} \\_\\_\\_" for field in fields_of(form))
            lines.append(f"☐ {form}: {fields}")
        return _lines([*lines, f"☐ {Form.NEVER}"])
    if asked.kind == "click":
        return f"Answer, by its name and number: {LINE}"
    return f"Answer: {LINE}" + (f" {asked.unit}" if asked.unit else "")
