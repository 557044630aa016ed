"""Each kind of question: its answer is what the run does, wrong ones are wrong, and it leads to where that shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.explain import Form, decode_pte
from engine.lesson.asked import judge
from engine.lesson.pte import filled, filled_from
from engine.program import Program
from engine.reading.chain import Place, chain
from engine.scenario import parse_scenario
from engine.timeline import Timeline

Ask = Callable[..., Any]


@pytest.fixture
def timeline(run_text: str) -> Timeline:
    program: Program = parse_scenario(run_text, "small.toml").build()
    return Timeline(program, False)


def test_a_number_is_right_within_its_tolerance(ask: Ask, timeline: Timeline) -> None:
    asked = ask('kind = "number"\nanswer = "zswpout at end"\ntolerance_percent = 10\nunit = "pages"\npredict = true')
    timeline.run_to_end()
    timeline.jump(timeline.length)
    right = timeline.view["zswpout"]
    assert asked.right == right > 20
    assert asked.answer == f"{right} pages"
    assert asked.shown_at == timeline.length
    assert asked.predict
    assert judge(asked, right * 1.09).right
    assert not judge(asked, right * 1.11).right
    assert not judge(asked, right * 0.89).right


def test_the_engine_finds_another_answer_for_another_seed(ask: Ask) -> None:
    question = 'kind = "number"\nanswer = "pswpout at end"'
    found = {ask(question, f"seed={seed}").right for seed in range(1, 7)}
    assert len(found) > 2
    assert ask(question, "seed=3").right == ask(question, "seed=3").right


def test_a_choice_has_one_right_option(ask: Ask, timeline: Timeline) -> None:
    asked = ask('kind = "choice"\nanswer = "state of page 5 of editor"')
    assert asked.options[asked.right] == asked.answer == "in zswap"
    assert len(set(asked.options)) == len(asked.options) == 4
    for place in range(4):
        assert judge(asked, place).right == (place == asked.right)


def test_wrong_numbers_come_from_the_run_and_differ(ask: Ask) -> None:
    for seed in range(1, 6):
        asked = ask('kind = "choice"\nanswer = "zswpout at end"', f"seed={seed}")
        assert len(set(asked.options)) == 4
        assert asked.options[asked.right] == asked.answer


def test_named_choices_that_give_the_right_answer_again_are_left_out(ask: Ask) -> None:
    asked = ask('kind = "choice"\nanswer = "zswpout"\nchoices = ["zswpout + 0", "zswpout + 1", "zswpout * 2"]')
    assert len(asked.options) == 3


@pytest.mark.parametrize("answer", [
    "kind of next", "actor of next 'zswap store'", "function of next 'fault'", "reason of next 'zswap refuses'",
    "sentence of next", "outcome at end", "page of next 'fault'", "coldest entry", "coldest frame",
    "pte of page 3 of editor", "zswpout > 3", "zswpout / 7", "state of desc 1", "desc of page 1 of editor",
    "slot of next 'slot taken'",
])  # fmt: skip
def test_whatever_is_asked_has_wrong_answers(ask: Ask, answer: str) -> None:
    asked = ask(f'kind = "choice"\nanswer = "{answer}"')
    assert 2 <= len(asked.options) <= 4
    assert len(set(asked.options)) == len(asked.options)
    assert asked.options[asked.right] == asked.answer


def test_of_statements_exactly_one_holds(ask: Ask, lesson_of: Callable[..., Any]) -> None:
    options = """
kind = "choice"
[[step.question.option]]
text = "in zswap"
holds = "state of page 5 of editor == 'in zswap'"
[[step.question.option]]
text = "in memory"
holds = "number of frame of page 5 of editor > 0"
"""
    asked = ask(options)
    assert asked.options[asked.right] == "in zswap"
    at_the_start = lesson_of('[[step]]\ntitle = "s"\n[[step.question]]\nask = "?"\n' + options)
    assert at_the_start.questions == []
    problem = at_the_start.problems[0]
    assert problem.key == "step.0.question.0.option"
    assert "none of the options holds" in problem.what
    assert problem.line is not None


def test_a_click_takes_anything_of_the_chain(ask: Ask, timeline: Timeline) -> None:
    asked = ask('kind = "click"\nanswer = "page of next \'written back\'"')
    timeline.jump(asked.moment)
    assert timeline.transition(asked.shown_at).kind.name == "written back"
    page = next(place for place in asked.accepts if place.thing == "page")
    assert asked.accepts == {page, *chain(timeline.view, page).places()}
    assert {place.thing for place in asked.accepts} == {"page", "desc", "zswap"}
    for place in asked.accepts:
        assert judge(asked, place).right
    assert not judge(asked, Place("page", page.number + 1, page.owner)).right


def test_a_click_on_what_is_written_back_next_is_right(ask: Ask, timeline: Timeline) -> None:
    """The one that the run itself writes back: its entry is gone afterwards, and its page is on the device."""
    asked = ask('kind = "click"\nanswer = "page of next \'written back\'"')
    page = next(place for place in asked.accepts if place.thing == "page")
    timeline.jump(asked.shown_at)
    together = chain(timeline.view, page)
    assert together.slot
    assert not together.zswap


def test_an_order_is_shuffled_and_partly_right(ask: Ask, timeline: Timeline) -> None:
    asked = ask('kind = "order"\nanswer = "page of next 4 \'frame freed\'"')
    assert sorted(asked.right) == [0, 1, 2, 3]
    assert asked.right != (0, 1, 2, 3)
    assert ", ".join(asked.options[place] for place in asked.right) == asked.answer
    assert judge(asked, asked.right).right
    first, second, *rest = asked.right
    partly = judge(asked, (second, first, *rest))
    assert (partly.right, partly.score) == (False, 0.5)
    assert judge(asked, (0, 1)).score == 0.0


@pytest.mark.parametrize(("page", "form"), [(5, Form.SWAPPED), (46, Form.PRESENT)])
def test_an_entry_is_right_field_by_field(ask: Ask, page: int, form: Form) -> None:
    asked = ask(f'kind = "pte"\nanswer = "pte of page {page} of editor"')
    word = decode_pte(asked.right)
    assert word.form == form
    assert judge(asked, filled_from(asked.right)).right
    assert judge(asked, asked.right).right
    values = dict(filled_from(asked.right).fields)
    first = next(iter(values))
    partly = judge(asked, filled(form, {**values, first: values[first] ^ 1}))
    assert not partly.right
    assert partly.score == pytest.approx(1 - 1 / len(values))
    other = Form.PRESENT if form is Form.SWAPPED else Form.SWAPPED
    assert judge(asked, filled(other, values)).score == 0.0
    assert judge(asked, filled(Form.NEVER, {})).score == 0.0


def test_an_entry_that_was_never_touched(ask: Ask) -> None:
    asked = ask('kind = "pte"\nanswer = "pte of page 0 of shell"')
    assert judge(asked, filled(Form.NEVER, {})).right
    assert judge(asked, 0).right


def test_what_happens_next(ask: Ask, timeline: Timeline) -> None:
    asked = ask('kind = "next"', when='{ kind = "fault", after = "filled" }')
    assert asked.shown_at == asked.moment + 1
    assert asked.options[asked.right] == timeline.transition(asked.moment + 1).kind.name
    timeline.jump(asked.shown_at)
    assert asked.shown == timeline.sentence()
    assert "mark" not in asked.options


def test_texts_of_a_question_have_the_values_of_their_moment(ask: Ask, timeline: Timeline) -> None:
    asked = ask(
        'kind = "number"\nanswer = "zswpout at end"\nwhy = "{zswpout} in the end"\n'
        'hints = ["{zswpout} so far, {{so}}"]\nshow = "next \'zswap store\'"', step='let = { p = "page 3 of editor" }',
    )  # fmt: skip
    timeline.jump(asked.moment)
    assert asked.hints == (f"{timeline.view['zswpout']} so far, {{so}}",)
    timeline.jump(asked.shown_at)
    assert timeline.transition().kind.name == "zswap store"
    assert asked.why == f"{timeline.view['zswpout']} in the end"


def test_an_answer_of_another_kind_is_a_mistake_of_the_program(ask: Ask) -> None:
    asked = ask('kind = "click"\nanswer = "page 5 of editor"')
    with pytest.raises(TypeError):
        judge(asked, 3)
