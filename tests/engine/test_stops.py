"""Stops and searches, beside a look at every single transition."""

import pytest

from engine.lesson.evaluate import Instant
from engine.mm import transitions as tr
from engine.reading.chain import Place
from engine.scenario.query import QueryError
from engine.stops import find_stop, read_stop, search, suggestions
from engine.timeline import Timeline
from engine.why import life
from tests.engine.test_comparison import program


@pytest.fixture(scope="module")
def timeline():
    made = Timeline(program(), False)
    made.run_to_end()
    made.jump(500)
    return made


def stop(timeline, text):
    return read_stop(text, timeline.program, timeline.view)


def found(timeline, *texts, forward=True):
    answers = [one for one in find_stop(timeline, [stop(timeline, text) for text in texts], forward) if one]
    assert timeline.cursor == 500
    return (answers[0][0], answers[0][1].text) if answers else None


def test_a_kind(timeline):
    numbers = [one.number for one in timeline.records(1, timeline.length) if one.kind.number == tr.WRITE_BACK]
    assert found(timeline, "written back") == (min(n for n in numbers if n > 500), "written back")
    numbers = [one.number for one in timeline.records(1, 499) if one.kind.number == tr.FAULT]
    assert found(timeline, "'fault'", forward=False) == (max(numbers), "'fault'")


def test_a_thing(timeline):
    numbers = [change.number for part in life(timeline, Place("page", 30, 1)) for change in part]
    assert found(timeline, "page 30")[0] in numbers
    assert found(timeline, "page 30")[0] > 500
    assert found(timeline, "page 30", forward=False)[0] == max(n for n in numbers if n < 500)


@pytest.mark.parametrize("forward", [True, False])
def test_an_expression_that_comes_to_hold(timeline, forward):
    query = stop(timeline, "pswpout >= 60")
    instant, other = Instant(timeline.program, {}), timeline.second()
    held = []
    for number in range(timeline.length + 1):
        other.jump(number)
        held.append(instant.value(query.query, other.view) is True)
    rises = [n for n in range(1, len(held)) if held[n] and not held[n - 1]]
    assert len(rises) == 1
    expected = rises[0] if (rises[0] > 500) == forward and rises[0] != 500 else None
    answer = found(timeline, "pswpout >= 60", forward=forward)
    assert (answer and answer[0]) == expected


def test_the_nearest_of_several_is_met(timeline):
    single = [found(timeline, text)[0] for text in ("written back", "fault")]
    assert found(timeline, "written back", "fault")[0] == min(single)


def test_what_never_comes_is_not_found(timeline):
    assert found(timeline, "out of memory") is None
    assert found(timeline, "pswpout >= 1000000") is None


@pytest.mark.parametrize(("text", "what"), [
    ("", "nothing is written"), ("pswpuot > 3", "no figure 'pswpuot'"), ("page 900", "no page 900"),
    ("pswpout", "this gives a number"), ("pswpout > ", ""), ("pswpout since start > 3", "more than one look"),
    ("__import__('os')", ""),
])  # fmt: skip
def test_what_cannot_be_understood_is_said(timeline, text, what):
    with pytest.raises(QueryError) as caught:
        stop(timeline, text)
    assert what in caught.value.what
    assert caught.value.what


def test_a_search_finds_every_transition_with_all_words(timeline):
    answers = [one for part in search(timeline, "page 30 faults") for one in part]
    expected = []
    for number in range(1, timeline.length + 1):
        said = timeline.sentence(number).lower()
        if "page 30 " in said and "faults" in said:
            expected.append(number)
    assert [one.number for one in answers if "Page 30 " in one.sentence] == expected
    assert expected
    assert [one for part in search(timeline, "zzz") for one in part] == []
    assert len([one for part in search(timeline, "frame", most=7) for one in part]) == 7


def test_every_suggested_kind_can_be_read(timeline):
    for text in suggestions(timeline.program):
        assert stop(timeline, text + "1" if text.endswith(" ") else text)
