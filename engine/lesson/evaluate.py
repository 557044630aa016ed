"""What a query gives at a moment of a run: the engine is asked, nothing is known beforehand."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.figures import DERIVED
from engine.lesson.course import COMPARE, Course, figure_address
from engine.lesson.facts import entry_place, thing_fact
from engine.lesson.values import PAGE_STATES, SLOT_STATES, Single, Value
from engine.mm import image as im
from engine.mm.transitions import REASONS
from engine.mm.view import View
from engine.program import Program
from engine.reading import inactive_tail, page_states, shmem_states, slot_states, zswap_lru
from engine.reading.chain import Place
from engine.reading.designs import seam
from engine.reading.entries import offset_of, type_of
from engine.reading.marks import name_entries, name_marks
from engine.scenario.query import (
    AnyNumber,
    AnyThing,
    At,
    Coldest,
    Compared,
    Event,
    Named,
    Number,
    Of,
    Query,
    Quoted,
    Since,
    Sum,
    Thing,
    Times,
    reckoned,
)  # fmt: skip
from engine.scenario.query_check import KIND_NAMES
from engine.sentence import PAGE_MASK
from engine.shown import BEFORE
from engine.timeline import Timeline
from engine.transition import Transition

THING_OF = {"page": "page", "frame": "frame", "desc": "desc", "entry": "zswap", "slot": "slot"}
"""The thing of the image that a word of a query means."""


def covered(timeline: Timeline, end: int) -> Timeline:
    """The timeline, gone through in strides that its journal keeps: where that has room, every jump is a short one."""
    for number in range(BEFORE, end + BEFORE, BEFORE):
        timeline.jump(min(number, end))
    return timeline


class Unanswerable(Exception):
    """A query needs more than one look at the machine."""


def owner_of(program: Program, thing: str, name: str | None) -> tuple[str, int]:
    """Kind of thing and owner's number for a page or slot ``of`` a name (None: the only one)."""
    if thing == "slot":
        names = [swapfile.name for swapfile in program.swapfiles]
        return "slot", names.index(name) if name is not None else 0
    processes = [process.name for process in program.processes]
    objects = [object_name for object_name, _ in program.shmem]
    if name is None:
        return ("page", 1) if processes else ("shmem", 1)
    return ("page", processes.index(name) + 1) if name in processes else ("shmem", objects.index(name) + 1)


class Instant:
    """Queries answered by one look at a machine; what needs more raises Unanswerable."""

    def __init__(self, program: Program, let: Mapping[str, Value]) -> None:
        self.program = program
        self.let = let

    def value(self, query: Query, view: View) -> Value:
        """What the query gives in this image."""
        if isinstance(query, Number):
            return query.value
        if isinstance(query, Quoted):
            return query.text
        if isinstance(query, Named):
            return self._named(query.name, view)
        if isinstance(query, Thing):
            return self.thing(query)
        if isinstance(query, Times):
            return view.scalar(im.KIND_COUNT[KIND_NAMES[query.kind]])
        if isinstance(query, Coldest):
            return self._coldest(query, view)
        if isinstance(query, Of):
            inner = self.value(query.of, view)
            return each(inner, lambda thing: thing_fact(query.attribute, thing, view, self.program))
        if isinstance(query, Sum):
            return reckon(query.sign, self.value(query.left, view), self.value(query.right, view))
        if isinstance(query, Compared):
            return compare(query.sign, self.value(query.left, view), self.value(query.right, view))
        raise Unanswerable

    def _named(self, name: str, view: View) -> Value:
        if name in self.let:
            return self.let[name]
        if name == "outcome":
            return {0: "running", 1: "oom"}.get(view.scalar(im.OUTCOME), "segfault")
        return DERIVED[name].value(view) if name in DERIVED else view.scalar(figure_address(name))

    def thing(self, query: Thing) -> Value:
        """The thing that a query names; None where its number is no number."""
        number = query.number
        if isinstance(number, str):
            found = self.let.get(number)
            if not isinstance(found, int | float):
                return None
            number = int(found)
        thing, owner = THING_OF[query.thing], 0
        if query.thing in ("page", "slot"):
            thing, owner = owner_of(self.program, query.thing, query.owner)
        return Place(thing, number, owner)

    def _coldest(self, query: Coldest, view: View) -> Value:
        cap = query.count or 1
        if query.thing == "entry":
            rows = zswap_lru(view, cap).tolist()
        else:
            rows = inactive_tail(view, cap)[::-1].tolist()
        found: list[Single] = [Place(THING_OF[query.thing], row) for row in rows]
        return found if query.count is not None else (found[0] if found else None)


class Evaluator(Instant):
    """Queries answered anywhere in a run."""

    def __init__(
        self, timeline: Timeline, course: Course, let: Mapping[str, Value] | None = None, salt: str = ""
    ) -> None:
        super().__init__(timeline.program, let or {})
        self.timeline = timeline
        self.course = course
        self.salt = salt
        """What is drawn depends on this and the scenario's seed alone."""

    def view(self, number: int) -> View:
        """The image after a transition; valid until the next call."""
        self.timeline.jump(number)
        return self.timeline.view

    def transition(self, number: int) -> Transition:
        """A transition by its number; quicker than asking the timeline for one away from its cursor."""
        self.timeline.jump(number)
        return self.timeline.transition()

    def at(self, query: Query, number: int) -> Value:
        """What the query gives after transition ``number``."""
        if isinstance(query, Named) and query.name == "outcome":
            return self.course.outcome if number >= self.course.end else "running"
        if isinstance(query, Event):
            return self._event(query, number)
        if isinstance(query, AnyNumber):
            return self._draw(query).randint(query.low, query.high)
        if isinstance(query, AnyThing):
            places = candidates(query, self.view(number), self.program)
            return self._draw(query).choice(places) if places else None
        if isinstance(query, At):
            return self._at(query, number)
        if isinstance(query, Since):
            place = self.place(query.moment, number)
            return None if place is None else reckon("-", self.at(query.query, number), self.at(query.query, place))
        if isinstance(query, Of):
            return self._of(query.attribute, self.at(query.of, number), number)
        if isinstance(query, Sum):
            return reckon(query.sign, self.at(query.left, number), self.at(query.right, number))
        if isinstance(query, Compared):
            return compare(query.sign, self.at(query.left, number), self.at(query.right, number))
        return self.value(query, self.view(number))

    def _draw(self, query: Query) -> random.Random:
        return random.Random(f"{self.program.seed}/{self.salt}/{query}")

    def place(self, moment: str | Event, number: int) -> int | None:
        """The transition that ``at`` or ``since`` names, seen from ``number``; None where there is none."""
        if isinstance(moment, str):
            return self.course.place(moment)
        found = self._event(moment, number)
        return found.number if isinstance(found, Transition) else None

    def _at(self, query: At, number: int) -> Value:
        place = self.place(query.moment, number)
        if place is None:
            return None
        if isinstance(query.query, Of):
            # The thing is found here, its fact there: "state of page of next … at end".
            return self._of(query.query.attribute, self.at(query.query.of, number), place)
        return self.at(query.query, place)

    def _event(self, query: Event, number: int) -> Value:
        kind = None if query.kind is None else KIND_NAMES[query.kind]
        wanted = query.count or 1
        if query.which == "next":
            found = self.course.of_kind(kind, number + 1, self.course.end)[:wanted]
        elif query.which == "first":
            found = self.course.of_kind(kind, 0 if kind is not None else 1, self.course.end)[:wanted]
        else:
            found = self.course.of_kind(kind, 0, number)[::-1][:wanted]
        made: list[Single] = [self.transition(int(one)) for one in found]
        if query.count is not None:
            return made if len(made) == query.count else None
        return made[0] if made else None

    def _of(self, attribute: str, inner: Value, number: int) -> Value:
        def fact(one: Single) -> Value:
            if isinstance(one, Transition):
                return self.event_fact(attribute, one)
            return thing_fact(attribute, one, self.view(number), self.program)

        return each(inner, fact)

    # -- facts of transitions -----------------------------------------------------------------

    def event_fact(self, attribute: str, one: Transition) -> Value:
        """A fact of a transition; what it was about is looked up just after it, or else just before."""
        plain: dict[str, Value] = {
            "kind": one.kind.name, "number": one.number, "time": one.time_ns, "function": one.kind.function,
            "actor": one.actor.name.lower().replace("_", " "),
        }  # fmt: skip
        if attribute in plain:
            return plain[attribute] or None
        if attribute == "sentence":
            self.timeline.jump(one.number)
            return self.timeline.sentence()
        if attribute == "reason":
            return REASONS[one.operand("reason")] if "reason" in one.kind.operands else None
        told = self._operand(attribute, one)
        if told is not None:
            return told
        for number in (one.number, one.number - 1):
            view = self.view(max(number, 0))
            for about in self._subjects(one, view):
                found = thing_fact(attribute, about, view, self.program)
                if found is not None:
                    return found
        return None

    def _operand(self, attribute: str, one: Transition) -> Value:
        """What the transition itself says."""
        names = one.kind.operands
        if attribute == "page" and "page" in names:
            word = one.operand("page")
            return Place("page", word & PAGE_MASK, word >> 32)
        if attribute == "slot" and "slot" in names:
            slot = one.operand("slot")
            return Place("slot", offset_of(slot), type_of(slot))
        if attribute in ("frame", "desc", "entry") and attribute in names:
            return Place(THING_OF[attribute], one.operand(attribute))
        if attribute == "desc" and "swap" in names and seam(self.timeline.view).has_descriptors:
            return Place("desc", offset_of(one.operand("swap")))
        return one.operand("bytes") if attribute == "bytes" and "bytes" in names else None

    def _subjects(self, one: Transition, view: View) -> list[Place]:
        names = one.kind.operands
        places = []
        if "page" in names:
            places.append(Place("page", one.operand("page") & PAGE_MASK, one.operand("page") >> 32))
        if "swap" in names and one.operand("swap"):
            places.append(entry_place(view, one.operand("swap")))
        if "desc" in names:
            places.append(Place("desc", one.operand("desc")))
        if "frame" in names:
            places.append(Place("frame", one.operand("frame")))
        return places


def candidates(query: AnyThing, view: View, program: Program) -> list[Place]:
    """Everything that ``any …`` can draw, in a fixed order."""
    if query.thing in ("page", "slot"):
        thing, owner = owner_of(program, query.thing, query.owner)
        read = {"page": page_states, "shmem": shmem_states, "slot": slot_states}[thing]
        table: Mapping[str, tuple[int, ...]] = SLOT_STATES if thing == "slot" else PAGE_STATES
        named = [query.state] if query.state else [name for name in table if name != "untouched"]
        wanted = [int(state) for name in named for state in table[name]]
        return [Place(thing, int(number), owner) for number in np.flatnonzero(np.isin(read(view, owner)[0], wanted))]
    if query.thing == "entry":
        return [Place("zswap", row) for row in sorted(zswap_lru(view).tolist())]
    if query.thing == "frame":
        return [Place("frame", int(row)) for row in np.flatnonzero(view.column(im.PAGE_FLAGS))]
    if not seam(view).has_descriptors:
        return []
    return [Place("desc", int(entry)) for entry in name_entries(view, name_marks(view))]


def each(value: Value, fact: Callable[[Single], Value]) -> Value:
    """A fact of one value, or of each of several; None where one of them has none."""
    if value is None:
        return None
    if isinstance(value, list):
        found = [one for one in map(fact, value) if one is not None and not isinstance(one, list)]
        return found if len(found) == len(value) else None
    return fact(value)


def reckon(sign: str, left: Value, right: Value) -> Value:
    """Two numbers reckoned; None where one is missing, or for a division by 0."""
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    return reckoned(sign, left, right)


def compare(sign: str, left: Value, right: Value) -> Value:
    """Whether a comparison holds; None where one side is missing."""
    if left is None or right is None:
        return None
    holds: Callable[[Any, Any], Any] = COMPARE[sign]
    return bool(holds(left, right))
