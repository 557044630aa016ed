"""Queries: what a lesson asks of a run, as ``page of next 'written back'``, read into a small tree.

The language is described in ``docs/lessons.md``. Nothing is computed here: names are checked in
:mod:`engine.scenario.query_check`, values are found in :mod:`engine.lesson.evaluate`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import nearest
from engine.phrase import phrase

LARGEST = (1 << 64) - 1
"""Of the numbers that a query names: any word of the machine."""
MAX_LENGTH = 400
MAX_COUNT = 50
"""Most transitions or list members that one query may ask for."""
MAX_DEPTH = 40


class QueryError(Exception):
    """A query that cannot be read or has no sense; the reader of the file adds the place."""

    def __init__(self, what: str, expected: str | None = None, near: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.expected = expected
        self.near = near


class Result(StrEnum):
    """What a query gives."""

    NUMBER = "a number"
    WORD = "a page-table word"
    TEXT = "a text"
    THING = "a thing"
    EVENT = "a transition"
    TRUTH = "yes or no"


# -- the tree -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A number that is written down."""

    value: float


@dataclass(frozen=True)
class Quoted:
    """A text in quotes, to compare with."""

    text: str


@dataclass(frozen=True)
class Named:
    """A counter, gauge, setting or other figure, or a name of the step's ``let``."""

    name: str


@dataclass(frozen=True)
class Thing:
    """A thing by its number: ``page 12 of editor``, ``slot 7``, ``entry 3``."""

    thing: str
    number: int | str
    """Its number, or the name of a ``let`` that has one."""
    owner: str | None = None
    """Process, shmem object or swapfile; None where there is only one."""


@dataclass(frozen=True)
class Of:
    """A fact of a thing or a transition: ``state of …``."""

    attribute: str
    of: Query


@dataclass(frozen=True)
class Event:
    """Transitions from here on (``next``), before here (``last``) or from the start (``first``)."""

    which: str
    count: int | None = None
    """How many, one after the other; None: the one."""
    kind: str | None = None
    """Of this kind; None: of any."""


@dataclass(frozen=True)
class Coldest:
    """What would go first: entries of zswap's LRU, or frames of the inactive list."""

    thing: str
    count: int | None = None


@dataclass(frozen=True)
class Times:
    """How many transitions of a kind there have been."""

    kind: str


@dataclass(frozen=True)
class AnyThing:
    """A thing drawn by the seed: ``any page of editor in zswap``."""

    thing: str
    owner: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class AnyNumber:
    """A number drawn by the seed: ``any 3 to 20``."""

    low: int
    high: int


@dataclass(frozen=True)
class At:
    """A query at another moment: a mark's name, ``start``, ``end`` or a transition."""

    query: Query
    moment: str | Event


@dataclass(frozen=True)
class Since:
    """How much a figure has grown since a moment."""

    query: Query
    moment: str | Event


@dataclass(frozen=True)
class Sum:
    """Two numbers with ``+``, ``-``, ``*`` or ``/`` between them."""

    sign: str
    left: Query
    right: Query


@dataclass(frozen=True)
class Compared:
    """Two values with a comparison between them."""

    sign: str
    left: Query
    right: Query


Query = (
    Number | Quoted | Named | Thing | Of | Event | Coldest | Times | AnyThing | AnyNumber | At | Since | Sum | Compared
)

THINGS = ("page", "frame", "desc", "entry", "slot")
"""What can be clicked. ``entry`` is a zswap entry; shmem pages are pages whose owner is the object."""
ATTRIBUTES: dict[str, Result] = {
    "page": Result.THING, "frame": Result.THING, "desc": Result.THING, "entry": Result.THING, "slot": Result.THING,
    "state": Result.TEXT, "pte": Result.WORD, "count": Result.NUMBER, "bytes": Result.NUMBER,
    "number": Result.NUMBER, "kind": Result.TEXT, "time": Result.NUMBER, "actor": Result.TEXT,
    "function": Result.TEXT, "sentence": Result.TEXT, "reason": Result.TEXT,
}  # fmt: skip
"""What can stand before ``of``, and what it gives."""
EVENT_ONLY = ("kind", "time", "actor", "function", "sentence", "reason")
THING_ONLY = ("state", "pte", "count")
PAGE_STATES = ("memory", "active", "inactive", "zswap", "swapfile", "zero", "swapcache", "untouched")
SLOT_STATES = ("free", "used", "held")
_EVENTS = ("next", "last", "first")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<sign>==|!=|<=|>=|[-+*/()<>]))"
)
_PLURALS = {"entries": "entry", "frames": "frame", "pages": "page", "slots": "slot", "descriptors": "desc"}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def reckoned(sign: str, left: float, right: float) -> float | None:
    """Two numbers reckoned; None for a division by 0, and for what is too large to be divided."""
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    try:
        return left / right
    except (ZeroDivisionError, OverflowError):
        return None


def parse_query(text: str) -> Query:
    """The tree of a query; QueryError says what cannot be read."""
    if len(text) > MAX_LENGTH:
        raise QueryError(phrase("the query is too long"), phrase("at most {most} letters", most=MAX_LENGTH))
    parser = _Parser(list(_tokens(text)))
    query = parser.comparison()
    if parser.left:
        raise QueryError(
            phrase("'{now}' is left over in the query", now=parser.now),
            phrase("its end, or one of + - * / == != < <= > >="),
        )
    return query


def parse_moment(text: str) -> str:
    """The name of a moment without its quotes."""
    return text[1:-1] if len(text) > 1 and text[0] in "'\"" and text[-1] == text[0] else text


def walk(query: Query) -> Iterator[Query]:
    """A query and every query in it."""
    yield query
    for inner in _inner(query):
        yield from walk(inner)


def _inner(query: Query) -> tuple[Query, ...]:
    if isinstance(query, Of):
        return (query.of,)
    if isinstance(query, At | Since):
        return (query.query,) if isinstance(query.moment, str) else (query.query, query.moment)
    if isinstance(query, Sum | Compared):
        return (query.left, query.right)
    return ()


def is_list(query: Query) -> bool:
    """Whether a query gives several values."""
    if isinstance(query, Event | Coldest):
        return query.count is not None
    if isinstance(query, At | Since):
        return is_list(query.query)
    return any(is_list(inner) for inner in _inner(query))


def is_instant(query: Query) -> bool:
    """Whether one look at the machine answers it: nothing before or after the moment is asked for."""
    return not any(isinstance(one, Event | At | Since | AnyThing | AnyNumber) for one in walk(query))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            rest = text[at:].strip()
            if rest[0] in "'\"":
                raise QueryError(
                    phrase("the quote of {rest} is not closed", rest=rest[:20]), phrase("the same quote at the end")
                )
            raise QueryError(phrase("'{rest}' has no meaning in a query", rest=rest[0]))
        yield str(found.lastgroup), found[0].strip()
        at = found.end()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def left(self) -> bool:
        """Whether something has not been read yet."""
        return self.at < len(self.tokens)

    @property
    def now(self) -> str:
        """The next token; empty at the end."""
        return self.tokens[self.at][1] if self.left else ""

    @property
    def _type(self) -> str:
        return self.tokens[self.at][0] if self.left else ""

    def _take(self) -> str:
        taken = self.now
        self.at += 1
        return taken

    def _takes(self, *words: str) -> str:
        """The next token when it is one of these; empty otherwise."""
        return self._take() if self._type in ("word", "sign") and self.now in words else ""

    # -- numbers and comparisons --

    def comparison(self) -> Query:
        left = self._sum()
        sign = self._takes(*_COMPARISONS)
        return Compared(sign, left, self._sum()) if sign else left

    def _sum(self) -> Query:
        query = self._product()
        while sign := self._takes("+", "-"):
            query = Sum(sign, query, self._product())
        return query

    def _product(self) -> Query:
        query = self._moment()
        while sign := self._takes("*", "/"):
            query = Sum(sign, query, self._moment())
        return query

    def _moment(self) -> Query:
        query = self._value()
        while word := self._takes("at", "since"):
            moment = self._place()
            query = At(query, moment) if word == "at" else Since(query, moment)
        return query

    def _place(self) -> str | Event:
        """A mark's name, start, end, or a transition."""
        if self._type == "word" and self.now in _EVENTS:
            event = self._phrase()
            if isinstance(event, Event) and event.count is None:
                return event
            raise QueryError(phrase("several transitions are no moment"), phrase("one, as next 'written back'"))
        return self._name("a mark in quotes, start, end, or a transition, as next 'written back'")

    # -- phrases --

    def _value(self) -> Query:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError(phrase("the query is nested too deeply"))
        if not self.left:
            raise QueryError(phrase("the query ends too early"), phrase("a figure, a thing or a transition"))
        if self._takes("("):
            query = self.comparison()
            if not self._takes(")"):
                raise QueryError(phrase("a bracket is not closed"), "')'")
            return query
        if self._type == "number":
            return Number(self._number())
        if self._type == "quoted":
            return Quoted(parse_moment(self._take()))
        if self._type != "word":
            raise QueryError(
                phrase("'{now}' cannot stand here", now=self.now), phrase("a figure, a thing or a transition")
            )
        return self._phrase()

    def _phrase(self) -> Query:
        word = self._take()
        if self._takes("of"):
            if word not in ATTRIBUTES:
                expected = phrase("one of {names}", names=", ".join(ATTRIBUTES))
                raise QueryError(phrase("there is no '{word} of …'", word=word), expected, nearest(word, ATTRIBUTES))
            return Of(word, self._value())
        if word in THINGS and self._type in ("number", "word") and self.now not in ("at", "since"):
            number = self._whole("a number") if self._type == "number" else self._take()
            return Thing(word, number, self._owner())
        if word in _EVENTS:
            count = self._whole("how many", MAX_COUNT, 1) if self._type == "number" else None
            return Event(word, count, self._kind())
        if word == "coldest":
            count = self._whole("how many", MAX_COUNT, 1) if self._type == "number" else None
            return Coldest(self._one_thing(("entry", "frame")), count)
        if word == "times":
            kind = self._kind()
            if kind is None:
                raise QueryError(
                    phrase("'times' does not say of what"), phrase("a kind of transition, as times 'written back'")
                )
            return Times(kind)
        if word == "any":
            return self._any()
        return Named(word)

    def _any(self) -> Query:
        if self._type == "number":
            low = self._whole("a number")
            if not self._takes("to"):
                raise QueryError(phrase("'any' needs two numbers"), phrase("as any 3 to 20"))
            high = self._whole("a number")
            if high < low:
                raise QueryError(phrase("{high} is below {low}", high=high, low=low), phrase("at least {low}", low=low))
            return AnyNumber(low, high)
        thing = self._one_thing(THINGS)
        owner = self._owner()
        state = None
        if self._takes("in"):
            allowed = {"page": PAGE_STATES, "slot": SLOT_STATES}.get(thing)
            state = self._name("a state")
            if allowed is None or state not in allowed:
                expected = (
                    phrase("one of {names}", names=", ".join(allowed))
                    if allowed
                    else phrase("no state: only pages and slots have one")
                )
                raise QueryError(
                    phrase("no {thing} is in '{state}'", thing=thing, state=state),
                    expected,
                    nearest(state, allowed or ()),
                )
        return AnyThing(thing, owner, state)

    def _one_thing(self, allowed: tuple[str, ...]) -> str:
        given = self._take()
        thing = _PLURALS.get(given, given)
        if thing not in allowed:
            raise QueryError(
                phrase("'{given}' cannot stand here", given=given),
                phrase("one of {names}", names=", ".join(allowed)),
                nearest(given, allowed),
            )
        return thing

    def _owner(self) -> str | None:
        return self._name("the name of a process, shmem object or swapfile") if self._takes("of") else None

    def _kind(self) -> str | None:
        """A kind of transition: in quotes, or a single word."""
        if self._type == "quoted":
            return parse_moment(self._take())
        if self._type == "word" and self.now not in ("at", "since"):
            word = self._take()
            return None if word in ("transition", "transitions") else word
        return None

    def _name(self, expected: str) -> str:
        if self._type not in ("quoted", "word"):
            raise QueryError(
                phrase("a name is missing") if not self.left else phrase("'{now}' is no name", now=self.now), expected
            )
        return parse_moment(self._take())

    def _number(self) -> float:
        word = self._take()
        text = word.replace("_", "").lower()
        if text == "0x":
            raise QueryError(phrase("'{now}' is no number", now=word), phrase("digits behind 0x"))
        number = int(text, 16) if text.startswith("0x") else float(text) if "." in text else int(text)
        if number > LARGEST:
            raise QueryError(phrase("a number is too large"), phrase("at most {most}", most=LARGEST))
        return number

    def _whole(self, expected: str, most: int = 1 << 50, least: int = 0) -> int:
        if self._type != "number":
            raise QueryError(
                phrase("a number is missing") if not self.left else phrase("'{now}' is no number", now=self.now),
                expected,
            )
        number = self._number()
        if not isinstance(number, int) or not least <= number <= most:
            raise QueryError(
                phrase("{number} is not possible here", number=number),
                phrase("a whole number {least} to {most}", least=least, most=most),
            )
        return number
