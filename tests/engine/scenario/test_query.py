"""Queries are read into trees, and what has no sense is refused with what would have."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.scenario.query import (
    ATTRIBUTES,
    AnyNumber,
    AnyThing,
    At,
    Coldest,
    Compared,
    Event,
    Named,
    Number,
    Of,
    QueryError,
    Quoted,
    Result,
    Since,
    Sum,
    Thing,
    Times,
    is_list,
    parse_query,
)  # fmt: skip
from engine.scenario.query_check import Known, read_query

KNOWN = Known(
    ["the pool is full", "end of it"], {"editor": 10, "my shell": 4, "ring": 3}, ["swap0", "swap1"],
    {"p": Result.THING, "n": Result.NUMBER, "e": Result.EVENT},
)  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), [
    ("zswpout", Named("zswpout")),
    ("machine.zswap.max_pool_percent", Named("machine.zswap.max_pool_percent")),
    ("page 12 of editor", Thing("page", 12, "editor")),
    ("page n of 'my shell'", Thing("page", "n", "my shell")),
    ("slot 7", Thing("slot", 7)),
    ("state of page 3", Of("state", Thing("page", 3))),
    ("page of next 'written back'", Of("page", Event("next", None, "written back"))),
    ("next 4 'written back'", Event("next", 4, "written back")),
    ("last fault", Event("last", None, "fault")),
    ("next", Event("next")),
    ("kind of next transition", Of("kind", Event("next"))),
    ("coldest entry", Coldest("entry")),
    ("coldest 3 frames", Coldest("frame", 3)),
    ("times 'fault'", Times("fault")),
    ("any page of editor in zswap", AnyThing("page", "editor", "zswap")),
    ("any slot", AnyThing("slot")),
    ("any 3 to 20", AnyNumber(3, 20)),
    ("zswpout at 'end of it'", At(Named("zswpout"), "end of it")),
    ("zswpout at end", At(Named("zswpout"), "end")),
    ("zswpout at next 'fault'", At(Named("zswpout"), Event("next", None, "fault"))),
    ("zswpout since last 'mark' at end", At(Since(Named("zswpout"), Event("last", None, "mark")), "end")),
    ("zswpout since 'the pool is full' at end", At(Since(Named("zswpout"), "the pool is full"), "end")),
    ("state of page of next at end", At(Of("state", Of("page", Event("next"))), "end")),
    ("1 + 2 * 3", Sum("+", Number(1), Sum("*", Number(2), Number(3)))),
    ("(1 + 2) * 3", Sum("*", Sum("+", Number(1), Number(2)), Number(3))),
    ("5 - 2 - 1", Sum("-", Sum("-", Number(5), Number(2)), Number(1))),
    ("0x10 == 1_6", Compared("==", Number(16), Number(16))),
    ("outcome == 'oom'", Compared("==", Named("outcome"), Quoted("oom"))),
])  # fmt: skip
def test_what_is_read(text: str, tree: object) -> None:
    assert parse_query(text) == tree


@pytest.mark.parametrize(("text", "result"), [
    ("zswpout", Result.NUMBER), ("outcome", Result.TEXT), ("p", Result.THING), ("pte of p", Result.WORD),
    ("state of p at end", Result.TEXT), ("e", Result.EVENT), ("page of e", Result.THING), ("n + 1", Result.NUMBER),
    ("zswpout > n", Result.TRUTH), ("page of next == p", Result.TRUTH), ("pte of p == 0", Result.TRUTH),
    ("number of next 'fault' < number of last 'fault'", Result.TRUTH), ("time of next", Result.NUMBER),
    ("page 2 of ring", Result.THING), ("slot 3 of swap1", Result.THING), ("machine.frames", Result.NUMBER),
])  # fmt: skip
def test_what_it_gives(text: str, result: Result) -> None:
    assert read_query(text, KNOWN)[1] is result


def test_several_values() -> None:
    assert is_list(parse_query("page of next 4 'fault'"))
    assert is_list(parse_query("coldest 2 entries at end"))
    assert not is_list(parse_query("page of next 'fault'"))


@pytest.mark.parametrize(("text", "what", "near"), [
    ("", "ends too early", None),
    ("zswpot", "no figure 'zswpot'", "zswpout"),
    ("stat of p", "no 'stat of", "state"),
    ("page 12 of editor", "no page 12", None),
    ("page 1 of editr", "'editr'", "editor"),
    ("page 1", "not said of which process", None),
    ("slot 1", "not said of which swapfile", None),
    ("frame 1 of editor", "belongs to nobody", None),
    ("page q of editor", "no number 'q'", None),
    ("next 'writen back'", "no kind of transition 'writen back'", "written back"),
    ("zswpout at 'the pool is ful'", "no mark 'the pool is ful'", "the pool is full"),
    ("state of next", "a transition has no state", None),
    ("kind of p", "a thing has no kind", None),
    ("state of zswpout", "followed by a number", None),
    ("p + 1", "'+' has a thing", None),
    ("coldest 2 frames == p", "several values", None),
    ("p < p", "cannot be less", None),
    ("p == 3", "a thing is compared with a number", None),
    ("state of p since end", "'since' stands behind a text", None),
    ("any page of editor in zswp", "no page is in 'zswp'", "zswap"),
    ("any frame in zswap", "no frame is in 'zswap'", None),
    ("any 9 to 3", "3 is below 9", None),
    ("any 9", "needs two numbers", None),
    ("coldest slots", "cannot stand here", None),
    ("times", "does not say of what", None),
    ("next 51 'fault'", "51 is not possible", None),
    ("(zswpout", "bracket is not closed", None),
    ("zswpout zswpin", "'zswpin' is left over", None),
    ("zswpout at next 3 'fault'", "several transitions are no moment", None),
    ("zswpout at next 'fult'", "no kind of transition 'fult'", "fault"),
    ("zswpout at", "a name is missing", None),
    ("page 'x", "quote of 'x is not closed", None),
    ("zswpout ? 2", "'?' has no meaning", None),
    ("zswpout >", "ends too early", None),
    ("(" * 100 + "1" + ")" * 100, "nested too deeply", None),
    ("state of " * 60 + "p", "", None),
    ("1" * 500, "too long", None),
])  # fmt: skip
def test_what_is_refused(text: str, what: str, near: str | None) -> None:
    with pytest.raises(QueryError) as error:
        read_query(text, KNOWN)
    assert what in error.value.what
    assert error.value.near == near


WORDS = [*ATTRIBUTES, "of", "at", "since", "next", "last", "any", "coldest", "times", "entries", "p", "n", "zswpout",
         "in", "zswap", "editor", "'the pool is full'", "end", "3", "0x1f", "(", ")", "+", "-", "*", "/", "==", "<",
         "'", "to", "fault"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(QueryError):
        read_query(text, KNOWN)
