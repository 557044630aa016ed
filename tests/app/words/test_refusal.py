"""What is refused is said in the language of the window, wherever it came from."""

from __future__ import annotations

import re

import pytest

from app.words.language import language
from app.words.refusal import refusal
from app.words.said import said
from engine.errors import InputError
from engine.scenario.query import QueryError
from engine.scenario.query_check import Known, read_query
from engine.scenario.read import read_toml
from engine.step import End, Set, Start, Walk, put_in
from engine.trace.binary import decode
from engine.trace.text import parse_text
from tests.engine.reading.built import SWAP_DESC, Built

CHINESE = re.compile("[\u4e00-\u9fff]")
KNOWN = Known(marks=("full",), pages={"editor": 4}, swapfiles=("swap0",))


@pytest.fixture
def chinese(qapp):
    language().choose("zh_CN")
    yield
    language().choose("en")


@pytest.mark.parametrize(
    "query",
    ["nonsense", "page 99", "page 1 of nobody", "slot 2 of swap7", "frame 1 of editor", "(", "1 +", "1 2", "any 3",
     "any 9 to 3", "next 'nothing'", "number of 3", "kind of page 1", "count of next 'fault'", "1 < 'a'",
     "pswpin at nowhere", "page 1 since full", "times", "\u20ac", "'open"],
)  # fmt: skip
def test_queries(chinese, query):
    with pytest.raises(QueryError) as error:
        read_query(query, KNOWN)
    assert CHINESE.search(said(error.value.what)), error.value.what
    expected = error.value.expected
    assert not expected or CHINESE.search(said(expected)) or not re.search("[a-z]{3}", expected), expected


@pytest.mark.parametrize(
    "step",
    [Set("machine.nothing", 1), Set("machine.frames", 10**9), Set("machine.design", 1), End("nobody"),
     Start("editor", 10**7, 1), Walk("nobody", 0, 1, False)],
    ids=str,
)  # fmt: skip
def test_changes(chinese, step):
    with pytest.raises(InputError) as error:
        put_in(Built(SWAP_DESC).program, 0, [step])
    assert CHINESE.search(refusal(error.value))


def test_recordings(chinese):
    for read, data in ((parse_text, b"r\nr x\nq 1\nr 1 a b\nregion\nprocess\n"), (decode, b"short"),
                       (decode, b"\x89" + b"x" * 40)):  # fmt: skip
        with pytest.raises(InputError) as error:
            read(data, "a.swt")
        for line in refusal(error.value).splitlines():
            assert line.startswith("a.swt")
            assert CHINESE.search(line), line


def test_each_line_has_its_place_and_what_would_be_right(qapp):
    with pytest.raises(InputError) as error:
        parse_text(b"r x\n", "a.swt")
    assert re.match("a.swt:1: 'x' is no page. Expected: a whole number 0 to ", refusal(error.value))
    with pytest.raises(InputError) as error:
        read_toml("a = ", "b.toml")
    assert refusal(error.value).startswith("b.toml:1: ")


def test_a_change_that_cannot_be_is_a_notice_and_the_run_stays(window, qtbot, tmp_path):
    before = window.frame.moment.transition.number
    with qtbot.waitSignal(window.worker.refused):
        window.worker.change("machine.frames", 10**9)
    qtbot.waitUntil(lambda: "out of range" in window.status.said())
    assert window.pages.currentWidget() is window.machines
    assert window.frame.moment.transition.number == before
    window.open(tmp_path / "not there.toml")
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems)
