"""Texts of lessons with the values of a moment: things become links to themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.lesson.evaluate import Evaluator
from engine.lesson.values import Value, href, said
from engine.mm.view import View
from engine.program import Program
from engine.reading.chain import Place
from engine.scenario.prose import filled, with_hrefs
from engine.scenario.query import Result, parse_query
from engine.scenario.query_check import Known, result_of
from engine.transition import Transition

Tell = Callable[[str], str]
"""Tells a phrase of the engine in the language of the reader; ``str`` leaves it English."""


def spoken(value: Value, result: Result, program: Program, view: View, tell: Tell = str) -> str:
    """A value as Markdown: a thing is a link to it."""
    if isinstance(value, list):
        return ", ".join(spoken(one, result, program, view, tell) for one in value)
    text = tell(said(value, result, program, view))
    return f"[{text}]({href(value, program)})" if isinstance(value, Place) else text


def linked(text: str, let: Mapping[str, Value], program: Program) -> str:
    """The text with links to names of ``let`` leading to what they stand for."""
    for name, value in let.items():
        target = ""
        if isinstance(value, Place):
            target = href(value, program)
        elif isinstance(value, Transition):
            target = f"transition:{value.number}"
        if target:
            text = text.replace(f"](it:{name})", f"]({target})")
    return with_hrefs(text)


def value_text(evaluator: Evaluator, text: str, known: Known, number: int, tell: Tell = str) -> str:
    """What a query gives at a transition, as Markdown."""
    query = parse_query(text)
    value = evaluator.at(query, number)
    return spoken(value, result_of(query, known), evaluator.program, evaluator.view(number), tell)


def prose(evaluator: Evaluator, text: str, known: Known, number: int, tell: Tell = str) -> str:
    """A text with the values of a transition."""
    made = filled(text, lambda query: value_text(evaluator, query, known, number, tell))
    return linked(made, evaluator.let, evaluator.program)
