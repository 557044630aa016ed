"""Wrong answers for a choice that look right: found in the run itself where it has any."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from engine.lesson.evaluate import Evaluator, candidates
from engine.lesson.facts import state_text, thing_fact
from engine.lesson.values import FRAME_TEXTS, PAGE_TEXTS, SLOT_TEXTS, Value
from engine.mm.transitions import IDLE, KINDS, MARK, REASONS, SETTING, SKIPPED, START, Actor
from engine.reading import PageState
from engine.reading.chain import Place
from engine.scenario.query import AnyThing, At, Of, Query, Result, is_instant

WRONG = 3
"""Wrong answers beside the right one."""
NEAR = 80
"""Transitions around the moment whose kinds are likely to be taken for the next one."""
_NO_GUESS = frozenset({START, MARK, SETTING, IDLE, SKIPPED})
"""Kinds that say how a scenario is written, not what the kernel does."""
_STATES: dict[str, Mapping[Any, str]] = {
    "page": PAGE_TEXTS, "shmem": PAGE_TEXTS, "frame": FRAME_TEXTS, "slot": SLOT_TEXTS,
}  # fmt: skip


def wrong_answers(
    evaluator: Evaluator, query: Query, result: Result, right: Value, number: int, draw: random.Random
) -> list[Value]:
    """Up to :data:`WRONG` values that differ from the right one and from each other, best first."""
    found: list[Value] = []
    for value in _sources(evaluator, query, result, right, number, draw):
        if value is not None and value != right and value not in found:
            found.append(value)
            if len(found) == WRONG:
                break
    return found


def kinds_near(evaluator: Evaluator, number: int, draw: random.Random) -> Iterator[str]:
    """Kinds of transition that come up near a moment, then those of the whole run, then any."""
    course = evaluator.course
    near = course.kinds[max(number - NEAR, 1) : number + NEAR]
    for kinds in (near, course.kinds[1:]):
        names = [KINDS[kind].name for kind in np.unique(kinds) if kind not in _NO_GUESS]
        draw.shuffle(names)
        yield from names
    yield from (kind.name for kind in KINDS if kind.number not in _NO_GUESS)


def _sources(
    evaluator: Evaluator, query: Query, result: Result, right: Value, number: int, draw: random.Random
) -> Iterator[Value]:
    if result is Result.TRUTH:
        yield not right
    elif result is Result.TEXT:
        yield from _texts(evaluator, query, number, draw)
    elif result is Result.THING and isinstance(right, Place):
        yield from _things(evaluator, right, number, draw)
    elif result is Result.WORD:
        yield from _words(evaluator, query, number, draw)
    elif isinstance(right, int | float):
        yield from _numbers(evaluator, query, right, number, draw)


def _fact(query: Query) -> Of | None:
    """The fact that a query asks for in the end."""
    while isinstance(query, At):
        query = query.query
    return query if isinstance(query, Of) else None


def _texts(evaluator: Evaluator, query: Query, number: int, draw: random.Random) -> Iterator[Value]:
    fact = _fact(query)
    attribute = fact.attribute if fact else "outcome"
    if attribute == "kind":
        yield from kinds_near(evaluator, number, draw)
    elif attribute == "actor":
        yield from (actor.name.lower().replace("_", " ") for actor in Actor)
    elif attribute == "function":
        names = [KINDS[kind].function for kind in np.unique(evaluator.course.kinds)]
        names = sorted({name for name in names if name})
        draw.shuffle(names)
        yield from names
    elif attribute == "reason":
        reasons = list(REASONS)
        draw.shuffle(reasons)
        yield from reasons
    elif attribute == "sentence":
        others = evaluator.course.of_kind(None, number - 20, number + 20).tolist()
        draw.shuffle(others)
        for other in others:
            yield evaluator.event_fact("sentence", evaluator.transition(int(other)))
    elif attribute == "state" and fact is not None:
        yield from _states(evaluator, fact, number, draw)
    else:
        yield from ("finished", "oom", "segfault")


def _states(evaluator: Evaluator, fact: Of, number: int, draw: random.Random) -> Iterator[Value]:
    """States that other things of the same sort are in first, then the others."""
    thing = evaluator.at(fact.of, number)
    if not isinstance(thing, Place):
        return
    texts = _STATES.get(thing.thing)
    if texts is None:
        yield from ("in zswap", "in a swapfile", "in memory only", "only a zero mark", "free", "in use")
        return
    view = evaluator.view(number)
    if thing.thing in ("page", "shmem"):
        seen = [state_text(view, other) for other in _alike(evaluator, thing, number)[:64]]
        # Out is out: zswap and swapfile are taken for each other, whether or not any page is there just now.
        names = sorted({text for text in seen if text} | {PAGE_TEXTS[PageState.ZSWAP], PAGE_TEXTS[PageState.DISK]})
        draw.shuffle(names)
        # What was touched is never untouched again: nobody would choose that.
        untouched = {PAGE_TEXTS[PageState.NEVER]} - {state_text(view, thing)}
        likely = (PageState.ACTIVE, PageState.INACTIVE, PageState.CACHED_ONLY, PageState.NEVER)
        yield from (name for name in (*names, *(PAGE_TEXTS[one] for one in likely)) if name not in untouched)
        return
    yield from list(texts.values())[:5]


def _alike(evaluator: Evaluator, thing: Place, number: int, state: str | None = None) -> list[Place]:
    """Things of the same sort as one: those in use, or those in a state."""
    program, view = evaluator.program, evaluator.view(number)
    word = {"zswap": "entry", "shmem": "page"}.get(thing.thing, thing.thing)
    owner = None
    if thing.thing == "page":
        owner = program.processes[thing.owner - 1].name
    elif thing.thing == "shmem":
        owner = program.shmem[thing.owner - 1][0]
    elif thing.thing == "slot":
        owner = program.swapfiles[thing.owner].name
    return candidates(AnyThing(word, owner, state), view, program)


def _things(evaluator: Evaluator, right: Place, number: int, draw: random.Random) -> Iterator[Value]:
    """Others in the same state first: they are the ones that could be taken for it."""
    others = _alike(evaluator, right, number)
    draw.shuffle(others)
    view = evaluator.view(number)
    state = state_text(view, right)
    yield from (other for other in others[:200] if state_text(view, other) == state)
    yield from others
    if right.thing in ("page", "shmem"):
        untouched = _alike(evaluator, right, number, "untouched")
        draw.shuffle(untouched)
        yield from untouched


def _words(evaluator: Evaluator, query: Query, number: int, draw: random.Random) -> Iterator[Value]:
    fact = _fact(query)
    thing = evaluator.at(fact.of, number) if fact else None
    if fact is None or not isinstance(thing, Place):
        return
    others = _alike(evaluator, thing, number)
    draw.shuffle(others)
    for place in (0, evaluator.course.end):
        yield evaluator.at(At(fact, "start" if place == 0 else "end"), number)
    for other in others:
        yield thing_fact(fact.attribute, other, evaluator.view(number), evaluator.program)


def _numbers(evaluator: Evaluator, query: Query, right: float, number: int, draw: random.Random) -> Iterator[Value]:
    """The same figure at other moments, then numbers near by."""
    inner = query.query if isinstance(query, At) else query
    if is_instant(inner):
        moments = sorted({numbers[-1] for numbers in evaluator.course.marks.values()} | {number, evaluator.course.end})
        others = [evaluator.at(inner, moment) for moment in moments]
        draw.shuffle(others)
        yield from (other for other in others if other)
    if isinstance(right, float) and not right.is_integer():
        steps: list[float] = [right * 2, right / 2, right * 1.5, right * 3]
    else:
        part = max(1, abs(int(right)) // 4)
        steps = [right + part, right - part, right * 2, right + 2 * part, right + 3 * part]
    draw.shuffle(steps)
    yield from (step for step in steps if step >= 0 or right < 0)
