"""A lesson as a whole: steps at their moments, texts with values and links, what cannot be made said with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import InputError
from engine.lesson.lesson import strict
from engine.timeline import Timeline

STEPS = """
[[step]]
title = "Filled"
when = "filled"
let = { p = "page 5 of editor", e = "last 'fault'" }
text = "{zswap_stored_pages} in zswap; [{p}](it:p) is {state of p}; {p}; [there](it:e); {zswpout at end}; {{x}}"
[[step.question]]
kind = "number"
ask = "How many?"
answer = "zswap_stored_pages"
[[step]]
title = "First write"
when = { kind = "written back", offset = -1 }
[[step.question]]
id = "who"
kind = "click"
ask = "Who?"
answer = "page of next 'written back'"
[[step.question]]
kind = "next"
ask = "Next?"
"""


def test_steps_are_at_their_moments(lesson_of: Callable[..., Any]) -> None:
    lesson = lesson_of(STEPS)
    assert lesson.problems == ()
    timeline = Timeline(lesson.program, False)
    assert timeline.transition(lesson.steps[0].moment).kind.name == "mark"
    assert timeline.transition(lesson.steps[1].moment + 1).kind.name == "written back"
    assert [asked.id for asked in lesson.questions] == ["q1", "who", "q3"]
    assert strict(lesson) is lesson


def test_a_text_has_values_and_links(lesson_of: Callable[..., Any]) -> None:
    lesson = lesson_of(STEPS)
    step = lesson.steps[0]
    timeline = Timeline(lesson.program, False)
    fault = next(n for n in range(step.moment, 0, -1) if timeline.transition(n).kind.name == "fault")
    timeline.run_to_end()
    timeline.jump(timeline.length)
    end = timeline.view["zswpout"]
    timeline.jump(step.moment)
    stored = timeline.view["zswap_stored_pages"]
    link = "[page 5 of editor](page:editor/5)"
    assert step.text == f"{stored} in zswap; {link} is in zswap; {link}; [there](transition:{fault}); {end}; {{x}}"


def test_values_of_one_look_follow_the_cursor(lesson_of: Callable[..., Any]) -> None:
    lesson = lesson_of(STEPS)
    timeline = Timeline(lesson.program, False)
    at_start = lesson.steps[0].text_now(timeline.view, lesson.program)
    assert at_start.startswith("0 in zswap; ")
    assert "is never touched" in at_start
    later = lesson.steps[0].text.split("; ")[-2]
    assert at_start.split("; ")[-2] == later, "what is not of one moment stays"


def test_what_cannot_be_made_is_said_with_its_place(lesson_of: Callable[..., Any]) -> None:
    lesson = lesson_of("""
[[step]]
title = "Never"
when = { kind = "out of memory" }
[[step]]
title = "Start"
let = { p = "any page of editor in zswap" }
[[step.question]]
kind = "click"
ask = "Which?"
answer = "page of last 'fault'"
[[step.question]]
kind = "number"
ask = "Show?"
answer = "zswpout"
show = "next 'out of memory'"
[[step]]
title = "End"
when = "end"
[[step.question]]
kind = "next"
ask = "?"
""")
    assert [problem.key for problem in lesson.problems] == [
        "step.0.when", "step.1.let.p", "step.1.question.0.answer", "step.1.question.1.show", "step.2.question.0",
    ]  # fmt: skip
    assert all(problem.line and problem.file for problem in lesson.problems)
    assert lesson.questions == []
    assert lesson.steps[0].moment is None
    with pytest.raises(InputError) as error:
        strict(lesson)
    assert len(error.value.problems) == 5


def test_the_same_seed_gives_the_same_lesson(lesson_of: Callable[..., Any]) -> None:
    assert lesson_of(STEPS, "seed=4").questions == lesson_of(STEPS, "seed=4").questions
    assert lesson_of(STEPS, "seed=4").questions != lesson_of(STEPS, "seed=5").questions
