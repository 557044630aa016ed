"""What queries give, held against the machine itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.lesson.course import follow
from engine.lesson.evaluate import Evaluator, Instant, Unanswerable
from engine.lesson.values import number_text
from engine.mm import image as im
from engine.program import Program
from engine.reading import inactive_tail, page_states, zswap_lru
from engine.reading.chain import Place, chain
from engine.reading.entries import words_of
from engine.reading.states import PageState
from engine.scenario import parse_scenario
from engine.scenario.query import is_instant, parse_query
from engine.timeline import Timeline


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    from tests.engine.lesson.conftest import RUN

    made: dict[str, Any] = {}
    for design in ("swap_desc", "legacy", "vswap"):
        program = parse_scenario(RUN, "small.toml", [f"machine.design={design}"]).build()
        made[design] = Evaluator(Timeline(program, False), follow(program, compiled=False))
    return made


@pytest.fixture
def evaluator(made: dict[str, Any]) -> Evaluator:
    found: Evaluator = made["swap_desc"]
    return found


@pytest.fixture
def at(evaluator: Evaluator) -> Callable[..., Any]:
    """What a query gives at a mark."""
    return lambda text, place="filled": evaluator.at(parse_query(text), evaluator.course.place(place) or 0)


def filled(evaluator: Evaluator) -> int:
    return evaluator.course.marks["filled"][0]


def test_figures_are_those_of_the_image(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    view = evaluator.view(filled(evaluator))
    expected = {name: view[name] for name in ("zswpout", "nr_free_pages", "references", "zswap_stored_pages")}
    assert expected["zswpout"] > 0
    for name, value in expected.items():
        assert at(name) == value
    assert at("machine.frames") == 32
    assert at("simulated_ns") == evaluator.view(filled(evaluator))["now"]
    assert at("outcome") == "running"
    assert at("outcome at end") == "finished"


def test_reckoning_and_other_moments(at: Callable[..., Any]) -> None:
    assert at("zswpout since 'filled'", "both there") == at("zswpout", "both there") - at("zswpout", "filled")
    assert at("zswpout at 'both there'", "start") == at("zswpout", "both there")
    assert at("(zswpout + 2) * 3 - 4 / 2") == (at("zswpout") + 2) * 3 - 2
    assert at("zswpout / (zswpin - zswpin)") is None
    assert at("zswpout > 0") is True
    assert at("zswpout == 0") is False
    assert at("times 'fault'") == at("pgfault")


def test_things_and_what_hangs_together(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    page = at("any page of editor in zswap")
    view = evaluator.view(filled(evaluator))
    assert page_states(view, 1)[0][page.number] == PageState.ZSWAP
    together = chain(view, page)
    name = f"page {page.number} of editor"
    assert at(f"entry of {name}") == Place("zswap", together.zswap)
    assert at(f"desc of {name}") == Place("desc", together.desc)
    assert at(f"frame of {name}") is None
    assert at(f"slot of {name}") is None
    assert at(f"page of entry {together.zswap}") == page
    assert at(f"bytes of {name}") == evaluator.view(filled(evaluator)).at(im.Z_LENGTH, together.zswap)
    assert at(f"number of entry of {name}") == together.zswap
    assert at(f"state of {name}") == "in zswap"
    assert at(f"pte of {name}") == int(words_of(evaluator.view(filled(evaluator)), 1)[page.number]) & (1 << 64) - 1
    assert at(f"count of {name}") == 1
    assert at("state of page 0 of shell") == "never touched"
    assert at("count of page 0 of shell") == 0
    assert at("state of slot 0") == "the header"
    assert at("state of slot 127 of swap0") == "free"


def test_the_coldest_are_the_ends_of_the_lists(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    view = evaluator.view(filled(evaluator))
    entries, frames = zswap_lru(view, 3).tolist(), inactive_tail(view, 2).tolist()
    assert [place.number for place in at("coldest 3 entries")] == entries
    assert at("coldest entry").number == entries[0]
    assert [place.number for place in at("coldest 2 frames")] == frames[::-1]


def test_the_next_and_the_last(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    here = filled(evaluator)
    following = evaluator.timeline.records(here + 1, here + 400)
    faults = [one for one in following if one.kind.name == "fault"]
    assert at("number of next 'fault'") == faults[0].number
    assert [one.number for one in at("next 3 'fault'")] == [one.number for one in faults[:3]]
    assert at("kind of next") == following[0].kind.name
    assert at("kind of last") == "mark"
    assert at("number of first 'zswap store'") <= here
    assert at("next 'out of memory'") is None
    assert at("next 50 'mark'") is None, "there are not so many"
    word = faults[0].operand("page")
    assert at("page of next 'fault'") == Place("page", word & 0xFFFFFFFF, word >> 32)
    evaluator.timeline.jump(faults[0].number)
    assert at("sentence of next 'fault'") == evaluator.timeline.sentence(faults[0].number)


def test_a_fact_is_read_there_and_its_thing_found_here(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    page = at("page of next 'zswap store'")
    end = evaluator.course.end
    owner = "editor" if page.owner == 1 else "shell"
    expected = evaluator.at(parse_query(f"state of page {page.number} of {owner}"), end)
    assert at("state of page of next 'zswap store' at end") == expected
    stored = at("zswpout")
    assert at("zswpout at next 'zswap store'") == stored + 1
    assert at("zswpout since last 'zswap store'") == 0
    assert at("zswpout at next 'out of memory'") is None
    assert at("number of (next 'fault' at 'both there')") > evaluator.course.marks["both there"][0]


@pytest.mark.parametrize("design", ["swap_desc", "legacy", "vswap"])
def test_the_page_of_what_happens_to_its_swap_entry(made: dict[str, Any], design: str) -> None:
    """A store is about the page that was unmapped just before, whatever the design calls its entry."""
    evaluator = made[design]
    found = 0
    for number in evaluator.course.of_kind(None, 1, evaluator.course.end).tolist():
        one = evaluator.timeline.transition(number)
        if one.kind.name != "zswap store":
            continue
        page = evaluator.event_fact("page", one)
        view = evaluator.view(number)
        assert chain(view, page).zswap == one.operand("entry")
        found += 1
        if found == 5:
            return
    raise AssertionError("too few stores")


def test_draws_depend_on_the_seed_and_the_place_alone(evaluator: Evaluator, run_text: str) -> None:
    query = parse_query("any page of editor in zswap")
    here = filled(evaluator)
    one = Evaluator(evaluator.timeline, evaluator.course, salt="a").at(query, here)
    assert Evaluator(evaluator.timeline, evaluator.course, salt="a").at(query, here) == one
    others = {Evaluator(evaluator.timeline, evaluator.course, salt=str(salt)).at(query, here) for salt in range(20)}
    assert len(others) > 3
    number = parse_query("any 3 to 9")
    drawn = {Evaluator(evaluator.timeline, evaluator.course, salt=str(salt)).at(number, here) for salt in range(60)}
    assert drawn == set(range(3, 10))
    assert evaluator.at(parse_query("any page of editor in swapcache"), 0) is None


def test_names_of_let(evaluator: Evaluator) -> None:
    page = Place("page", 3, 1)
    named = Evaluator(evaluator.timeline, evaluator.course, {"p": page, "n": 7})
    assert named.at(parse_query("state of p"), 0) == "never touched"
    assert named.at(parse_query("n + 1"), 0) == 8
    assert named.at(parse_query("page n of shell"), 0) == Place("page", 7, 2)


def test_one_look_answers_what_it_can(evaluator: Evaluator) -> None:
    here = filled(evaluator)
    view = evaluator.view(here)
    instant = Instant(evaluator.program, {})
    for text in ("zswpout", "state of page 3 of editor", "coldest 2 entries", "times 'fault' + 1", "zswpout > 3"):
        query = parse_query(text)
        assert is_instant(query)
        assert instant.value(query, view) == evaluator.at(query, here)
    for text in ("next 'fault'", "zswpout at end", "any 1 to 2"):
        assert not is_instant(parse_query(text))
        with pytest.raises(Unanswerable):
            instant.value(parse_query(text), view)


def test_what_the_image_does_not_have_is_nothing(evaluator: Evaluator, at: Callable[..., Any]) -> None:
    for text in ("state of frame 99999", "page of entry 99999", "state of slot 99999",
                 "frame of entry 120", "pte of frame 31", "bytes of slot 5"):  # fmt: skip
        assert at(text) is None, text
    assert isinstance(evaluator.program, Program)


def test_numbers_are_said_as_people_write_them() -> None:
    said = {3983.6: "3\u202f984", 1234567: "1\u202f234\u202f567", 41.234: "41.2", 0.5: "0.5", 250.7: "251"}
    assert {value: number_text(value) for value in said} == said
