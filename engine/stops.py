"""Conditions to stop at: a kind of transition, a thing it must be about, or an expression that comes to hold.

A stop is written in one line: ``written back``, ``page 12 of editor``, ``slot 7``, or a comparison in
the language of lessons, as ``pswpout >= 100``. It is checked when it is read; no code is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.lesson.evaluate import Instant, Unanswerable
from engine.mm.transitions import KINDS
from engine.mm.view import View
from engine.phrase import phrase
from engine.program import Program
from engine.reading.chain import Place
from engine.scenario.query import Query, QueryError, Result
from engine.scenario.query_check import KIND_NAMES, Known, read_query
from engine.sentence import sentence
from engine.timeline import Timeline
from engine.transition import Transition
from engine.why import concerns, keys_of

WINDOW = 500
"""Transitions looked at in one piece of work."""


@dataclass(frozen=True)
class Stop:
    """One condition; exactly one of kind, place and query is there."""

    text: str
    kind: int | None = None
    place: Place | None = None
    query: Query | None = None


def known_names(program: Program) -> Known:
    """The names that an expression about a program may use."""
    pages = {process.name: process.pages for process in program.processes} | dict(program.shmem)
    return Known(program.marks, pages, [swapfile.name for swapfile in program.swapfiles])


def read_stop(text: str, program: Program, view: View) -> Stop:
    """The condition that a line means; QueryError says what is wrong with it."""
    text = text.strip()
    plain = text.strip("'\"")
    if plain in KIND_NAMES:
        return Stop(text, kind=KIND_NAMES[plain])
    if not text:
        raise QueryError(phrase("nothing is written here"), phrase("a kind of transition, a thing, or a comparison"))
    query, result = read_query(text, known_names(program))
    try:
        value = Instant(program, {}).value(query, view)
    except Unanswerable:
        expected = phrase("figures and things as they are now")
        raise QueryError(phrase("this needs more than one look at the machine"), expected) from None
    if result is Result.THING and isinstance(value, Place):
        return Stop(text, place=value)
    if result is Result.TRUTH:
        return Stop(text, query=query)
    expected = phrase("a kind of transition, a thing as page 12, or a comparison as pswpout > 9")
    raise QueryError(phrase("this gives {result}", result=phrase(result)), expected)


class Watch:
    """Looks whether stops are met along a way; remembers which expressions held where it looked last."""

    def __init__(self, program: Program, stops: Sequence[Stop]) -> None:
        self.program, self.stops = program, tuple(stops)
        self.every = any(stop.query is not None for stop in stops)
        """Every single transition must be looked at, because expressions are about the whole machine."""
        self._instant = Instant(program, {})
        self._held: dict[Stop, bool] = {}

    def begin(self, view: View) -> None:
        """Start here: what holds already is not met until it has ceased to hold."""
        self._held = {stop: self._holds(stop, view) for stop in self.stops if stop.query is not None}

    def met(self, transitions: Sequence[Transition], view: View) -> tuple[int, Stop] | None:
        """The first of some transitions at which a stop is met; ``view`` is the machine behind the last of them."""
        for stop in self.stops:
            if stop.place is not None:
                keys = keys_of(view, stop.place)
                for transition in transitions:
                    if concerns(transition, stop.place, keys):
                        return transition.number, stop
            elif stop.kind is not None:
                for transition in transitions:
                    if transition.kind.number == stop.kind:
                        return transition.number, stop
            else:
                held, self._held[stop] = self._held.get(stop, False), self._holds(stop, view)
                if self._held[stop] and not held and transitions:
                    return transitions[-1].number, stop
        return None

    def _holds(self, stop: Stop, view: View) -> bool:
        assert stop.query is not None
        return self._instant.value(stop.query, view) is True


def find_stop(timeline: Timeline, stops: Sequence[Stop], forward: bool = True) -> Iterator[tuple[int, Stop] | None]:
    """The next (or last) transition at which a stop is met; gives None after each piece, and ends without if none is.

    The timeline's own cursor stays.
    """
    other = timeline.second()
    other.jump(timeline.cursor)
    watch = Watch(timeline.program, stops)
    watch.begin(other.view)
    if not forward:
        yield from _find_back(other, watch)
        return
    while True:
        for _ in range(WINDOW):
            if not other.step(1):
                return
            found = watch.met([other.transition()], other.view)
            if found is not None:
                yield found
                return
        yield None


def _find_back(other: Timeline, watch: Watch) -> Iterator[tuple[int, Stop] | None]:
    while other.cursor > 1:
        last = other.cursor - 1
        first = max(1, last - WINDOW + 1)
        found = last_met(other, watch, first, last)
        if found is not None:
            yield found
            return
        other.jump(first)
        yield None


def last_met(timeline: Timeline, watch: Watch, first: int, last: int) -> tuple[int, Stop] | None:
    """The last of the transitions ``first`` … ``last`` at which a stop is met; the timeline's cursor moves.

    Backwards an expression is met at the transition before which it did not hold.
    """
    for number in range(last, max(first, 1) - 1, -1):
        timeline.jump(number - 1)
        watch.begin(timeline.view)
        timeline.step(1)
        found = watch.met([timeline.transition()], timeline.view)
        if found is not None:
            return found
    return None


@dataclass(frozen=True)
class Found:
    """A transition that was searched for."""

    number: int
    sentence: str


def search(
    timeline: Timeline, words: str, most: int = 500, tell: Callable[[str], str] = str
) -> Iterator[list[Found]]:
    """Transitions whose sentence, kind, function, actor or number has every word, numbers whole; in lists as found.

    ``tell`` gives a sentence in the language of the person who searches; words of either language are found.
    """
    wanted = words.lower().split()
    other = timeline.second()
    first, total = 1, 0
    while wanted and total < most:
        other.jump(first - 1)
        records = other.records(first, first + WINDOW - 1)
        found = []
        for one in records:
            said = sentence(one, other.program, other.view)
            actor = one.actor.name.replace("_", " ")
            where = f"{one.number} {said} {tell(said)} {one.kind.name} {one.kind.function} {actor}".lower()
            numbers = set(re.findall(r"\d+", where))
            if all(word in numbers if word.isdigit() else word in where for word in wanted):
                found.append(Found(one.number, said))
        yield found[: most - total]
        total += len(found)
        if len(records) < WINDOW:
            return
        first += WINDOW


def suggestions(program: Program) -> list[str]:
    """What may be typed as a stop, for completion: kinds, and figures to compare."""
    from engine.scenario.query_check import figure_names

    things = [f"page 0 of {process.name}" for process in program.processes]
    return [*(kind.name for kind in KINDS if kind.number), *things, *(f"{name} >= " for name in figure_names())]
