"""Whatever is done to the lesson of a file, it is made, or refused with places; nothing else ever happens."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.lesson.lesson import make_lesson
from engine.scenario import Scenario, parse_scenario
from tests.engine.lesson.conftest import RUN

STEPS = """
[[step]]
title = "One"
when = { kind = "written back", nth = 2, after = "filled", offset = -1 }
let = { p = "any page of editor in zswap" }
text = "Look at [{p}](it:p): {state of p}. [slot](slot:swap0/3) [x](transition:written back) [m](mark:filled)"
[[step.question]]
kind = "click"
ask = "Who, of {zswap_stored_pages}?"
answer = "page of next 'written back'"
hints = ["{p}"]
[[step.question]]
kind = "choice"
ask = "Which?"
answer = "state of page 5 of editor at end"
choices = ["state of page 4 of editor", "state of page 30 of editor"]
show = "last 'fault'"
[[step]]
title = "Two"
when = { condition = "zswap_stored_pages >= 5" }
[[step.question]]
kind = "number"
ask = "How many?"
answer = "zswpwb at end"
tolerance_percent = 5
[[step.question]]
kind = "order"
ask = "Order?"
answer = "page of next 3 'fault'"
[[step.question]]
kind = "pte"
ask = "Fill."
answer = "pte of page 3 of editor"
[[step.question]]
kind = "next"
ask = "Next?"
""".strip()
LINES = STEPS.splitlines()
WORDS = sorted(set(re.findall(r"[a-z_]+", STEPS)))
QUERIES = ["next", "coldest entry", "page of last 'device write'", "any slot in free", "bytes of page 3 of editor", "0",
           "state of coldest frame", "page of next 9 'fault'", "entry of frame 3", "sentence of last", "outcome",
           "pte of entry 2", "zswpout / 0", "slot of page 3 of shell", "zswpout at next 'fault'"]  # fmt: skip
PLAIN = ["0", "-1", "true", '""', "[]", "{}", '["x"]', "{ mark = 'filled' }", '"end"']
VALUES = st.sampled_from([*PLAIN, *(f'"{word}"' for word in WORDS + QUERIES)])


@st.composite
def broken_steps(draw: st.DrawFn) -> str:
    """The steps with a few lines left out, doubled, or with another key or value."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["drop", "twice", "key", "value", "value", "value"]))
        if change == "drop":
            del lines[place]
        elif change == "twice":
            lines.insert(place, lines[place])
        elif "=" in lines[place]:
            key, _, value = lines[place].partition("=")
            lines[place] = f"{draw(st.sampled_from(WORDS))} ={value}" if change == "key" else f"{key}= {draw(VALUES)}"
    return "\n".join(lines) + "\n"


def read(text: str) -> Scenario | None:
    """The scenario, or None where it is refused with a place for every mistake."""
    try:
        return parse_scenario(RUN + text, Path("s.toml"))
    except InputError as error:
        problems = error.problems
    assert problems
    for problem in problems:
        assert problem.file == "s.toml"
        assert problem.line is not None
        assert problem.what
    return None


@settings(max_examples=250, deadline=None)
@given(text=broken_steps())
def test_broken_steps_are_refused_with_places_or_read(text: str) -> None:
    read(text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(text=broken_steps())
def test_what_is_read_can_be_made(text: str) -> None:
    scenario = read(text)
    if scenario is None or not scenario.step:
        return
    lesson = make_lesson(scenario, compiled=False)
    for problem in lesson.problems:
        assert problem.what
        assert problem.key
    for asked in lesson.questions:
        assert asked.answer
        assert 0 <= asked.shown_at <= lesson.course.end
