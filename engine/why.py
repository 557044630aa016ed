"""Why something happened and what became of a thing: chains of causes, and the changes of one page, slot or frame.

A transition concerns a thing when it names it, or names what hangs together with it at that time:
the frame a page is in, its swap entry, the zswap entry or slot of its bytes. What that is is read
out of the image wherever it may have changed, so that a page is followed all its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.lesson.facts import exists, state_text
from engine.lesson.values import PAGE_TEXTS
from engine.mm import transitions as tr
from engine.mm.swapops import SWP_TYPE_SHIFT
from engine.mm.view import View
from engine.naming import process_name
from engine.operation import COUNT_MASK, COUNT_SHIFT, KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op
from engine.phrase import Phrase, phrase
from engine.program import Program
from engine.reading import PageState
from engine.reading.chain import Chosen, Place, chain
from engine.reading.designs import seam
from engine.sentence import PAGE_MASK, sentence, swapfile_name
from engine.timeline import Timeline
from engine.transition import Transition

WINDOW = 2_000
"""Transitions read at a time."""
LONGEST_CHAIN = 40

LETS_GO = (tr.DESC_FREED, tr.SWAP_FREE, tr.ZSWAP_FREED)
"""A page is let go of by its swap entry before its page table says where it is: the table is empty meanwhile."""
ON_ITS_WAY = "on its way"

Key = tuple[str, int]
"""What a transition's operand names: ``page`` (process << 32 | page), ``frame``, ``swap``, ``zswap``, ``slot``."""


@dataclass(frozen=True)
class Reason:
    """One link of a chain of causes."""

    transition: Transition
    sentence: str


@dataclass(frozen=True)
class Change:
    """A transition that concerned a thing, and what state it was in afterwards."""

    number: int
    state: str
    """As :func:`engine.lesson.facts.state_text` says it."""
    kind: str
    sentence: str


def causes(timeline: Timeline, number: int) -> list[Reason]:
    """A transition and what it follows from, up to the one that an operation itself made; empty at the start."""
    found: list[Reason] = []
    while number > 0 and len(found) < LONGEST_CHAIN:
        transition = timeline.transition(number)
        found.append(Reason(transition, sentence(transition, timeline.program, timeline.view)))
        number = transition.cause if transition.cause < number else 0
    return found


def operation_text(program: Program, word: int) -> str:
    """An operation of a run in one line: what the program (or the person) did."""
    kind = Op(word & KIND_MASK)
    who = (word >> WHO_SHIFT & WHO_MASK) + 1
    times, value = word >> COUNT_SHIFT & COUNT_MASK, word >> VALUE_SHIFT
    page = _page(program, who, value)
    if kind in (Op.READ, Op.WRITE):
        if times:
            more = phrase("the program reads {page}, {times} times", page=page, times=times + 1)
            if kind is Op.WRITE:
                more = phrase("the program writes to {page}, {times} times", page=page, times=times + 1)
            return more
        return phrase("the program reads {page}", page=page) if kind is Op.READ else phrase(
            "the program writes to {page}", page=page
        )
    if kind is Op.SET:
        from engine.mm.image import schema

        setting = schema.settings[times]
        shown = setting.choices[min(value, len(setting.choices) - 1)] if setting.choices else str(value)
        return phrase("{setting} is set to {value}", setting=setting.key, value=shown)
    if kind is Op.MARK:
        if value >= len(program.marks):
            return phrase("a mark")
        return phrase("the mark '{name}'", name=program.marks[value])
    if kind is Op.IDLE:
        return phrase("{ns} ns pass", ns=value)
    if kind in (Op.SWAPON, Op.SWAPOFF):
        return f"{kind.name.lower()} {swapfile_name(program, who - 1)}"
    if kind is Op.FORK:
        return phrase("process {process} forks", process=process_name(program, who))
    if kind is Op.EXIT:
        return phrase("process {process} ends", process=process_name(program, who))
    name = {Op.MUNMAP: "munmap", Op.MLOCK: "mlock", Op.MUNLOCK: "munlock"}.get(kind, f"MADV_{kind.name}")
    return phrase("{call} on {pages} pages from {page}", call=name, pages=times + 1, page=page)


def _page(program: Program, process: int, number: int) -> Phrase:
    """A page within a sentence."""
    if len(program.processes) == 1 and process <= 1:
        return phrase("page {number}", number=number)
    return phrase("page {number} of {process}", number=number, process=process_name(program, process))


def thing_name(program: Program, place: Chosen) -> Phrase:
    """A thing as people say it: ``page 12 of editor``, ``frame 3``."""
    number = place.number
    if place.thing == "page":
        return _page(program, place.owner, number)
    if place.thing == "shmem":
        known = 1 <= place.owner <= len(program.shmem)
        owner = program.shmem[place.owner - 1][0] if known else f"shmem {place.owner}"
        return phrase("page {number} of {process}", number=number, process=owner)
    if place.thing == "slot" and len(program.swapfiles) > 1 and place.owner < len(program.swapfiles):
        return phrase("slot {number} of {file}", number=number, file=program.swapfiles[place.owner].name)
    named = {"desc": "descriptor {number}", "zswap": "zswap entry {number}"}
    return phrase(named.get(place.thing, f"{place.thing} {{number}}"), number=number)


def named_by(transition: Transition) -> set[Key]:
    """What a transition's operands name."""
    found: set[Key] = set()
    for name, value in zip(transition.kind.operands, transition.operands, strict=True):
        if name in ("frame", "old") and value > 0:
            found.add(("frame", value))
        elif name in ("swap", "desc") and value:
            found.add(("swap", value))
        elif name == "entry" and value > 0:
            found.add(("zswap", value))
        elif name == "slot":
            found.add(("slot", value))
        elif name == "page":
            found.add(("page", value))
    return found


def keys_of(view: View, place: Chosen) -> set[Key]:
    """What names a thing now: itself and, for a page or a zswap entry, what hangs together with it."""
    slot = place.owner << SWP_TYPE_SHIFT | place.number
    if place.thing == "frame":
        return {("frame", place.number)}
    if place.thing == "desc":
        return {("swap", place.number)}
    if place.thing == "slot":
        return {("slot", slot)} if seam(view).has_descriptors else {("slot", slot), ("swap", slot)}
    found: set[Key] = {("page", place.owner << 32 | place.number)} if place.thing == "page" else set()
    if place.thing == "zswap":
        found.add(("zswap", place.number))
    if not exists(view, Place(place.thing, place.number, place.owner)):
        return found
    whole = chain(view, place)
    if whole.entry:
        found.add(("swap", whole.entry))
    if place.thing != "zswap":
        found |= {(name, value) for name, value in (("frame", whole.frame), ("zswap", whole.zswap)) if value}
        if whole.slot and not seam(view).has_descriptors:
            found.add(("slot", whole.slot))
    return found


def concerns(transition: Transition, place: Chosen, keys: set[Key]) -> bool:
    """Whether a transition is about the thing that ``keys`` name just before or after it."""
    kind = transition.kind.number
    if place.thing == "page":
        if kind in (tr.MUNMAP, tr.MADVISE, tr.MLOCK):
            word = transition.operand("page")
            first = word & PAGE_MASK
            return word >> 32 == place.owner and first <= place.number < first + transition.operand("pages")
        if kind in (tr.EXIT, tr.FORK):
            return place.owner in transition.operands[: 2 if kind == tr.FORK else 1]
    return kind != tr.HIT and not keys.isdisjoint(named_by(transition))


def life(timeline: Timeline, place: Chosen) -> Iterator[list[Change]]:
    """Every transition that concerned a thing, from the start of the branch, in the order they came.

    Gives them in lists, one for each stretch of the run that was looked through; many are empty.
    A hit is no change. The timeline's own cursor stays.
    """
    other = timeline.second()
    asked = Place(str(place.thing), place.number, place.owner)
    keys, first = keys_of(other.view, asked), 1
    while True:
        other.jump(first - 1)
        records = other.records(first, first + WINDOW - 1)
        found: list[Change] = []
        for index, transition in enumerate(records):
            if concerns(transition, asked, keys) or _deactivated(other, transition, asked, keys):
                other.jump(transition.number)
                keys = keys_of(other.view, asked)
                for before in records[_begin(records, index, asked, keys) : index]:
                    if not found or before.number > found[-1].number:
                        other.jump(before.number)
                        found.append(_change(other, before, asked))
                other.jump(transition.number)
                found.append(_change(other, transition, asked))
        yield found
        if len(records) < WINDOW:
            return
        first += WINDOW


def faults_of(timeline: Timeline, process: int, page: int) -> Iterator[list[int]]:
    """Numbers of the faults on a page of a process (counted from 1), from the start of the branch, as they are found.

    Gives a list for each stretch of the run that was looked through. The timeline's own cursor stays.
    """
    other = timeline.second()
    wanted, first = process << 32 | page, 1
    while True:
        other.jump(first - 1)
        records = other.records(first, first + WINDOW - 1)
        yield [one.number for one in records if one.kind.number == tr.FAULT and one.operands[0] == wanted]
        if len(records) < WINDOW:
            return
        first += WINDOW


def next_change(timeline: Timeline, place: Chosen, forward: bool = True) -> Iterator[int | None]:
    """Number of the next (or last) transition that concerns a thing, seen from the cursor; ends without if none does.

    Gives None after each stretch looked through. The timeline's own cursor stays.
    """
    here = timeline.cursor
    other = timeline.second()
    asked = Place(str(place.thing), place.number, place.owner)
    if forward:
        other.jump(here)
        keys, first = keys_of(other.view, asked), here + 1
        while records := other.records(first, first + WINDOW - 1):
            for index, transition in enumerate(records):
                if concerns(transition, asked, keys) or _deactivated(other, transition, asked, keys):
                    other.jump(transition.number)
                    yield records[_begin(records, index, asked, keys_of(other.view, asked))].number
                    return
            first += WINDOW
            other.jump(first - 1)
            yield None
        return
    other.jump(max(here - 1, 0))
    keys, last = keys_of(other.view, asked), here - 1
    while last > 0:
        other.jump(last)
        for transition in reversed(other.records(max(1, last - WINDOW + 1), last)):
            if concerns(transition, asked, keys) or _deactivated(other, transition, asked, keys):
                yield transition.number
                return
        last -= WINDOW
        yield None


def _deactivated(timeline: Timeline, transition: Transition, place: Place, keys: set[Key]) -> bool:
    """Whether a thing's frame was among those at the active list's tail: that transition counts them, it names none."""
    if transition.kind.number != tr.DEACTIVATE or all(name != "frame" for name, _ in keys):
        return False
    timeline.jump(transition.number - 1)
    before = state_of(timeline.view, place)
    timeline.jump(transition.number)
    return state_of(timeline.view, place) != before


def _begin(records: list[Transition], index: int, place: Place, keys: set[Key]) -> int:
    """Index of the first of the transitions right before one that are about what the thing has since it.

    A page that is brought back is in its frame a transition before the one that says so.
    """
    operation = records[index].operation
    while index > 0 and records[index - 1].operation == operation and concerns(records[index - 1], place, keys):
        index -= 1
    return index


def _change(timeline: Timeline, transition: Transition, place: Place) -> Change:
    said = sentence(transition, timeline.program, timeline.view)
    state = state_of(timeline.view, place)
    if state == PAGE_TEXTS[PageState.NEVER] and transition.kind.number in LETS_GO:
        state = phrase(ON_ITS_WAY)
    return Change(transition.number, state, transition.kind.name, said)


def state_of(view: View, place: Place) -> Phrase:
    """The state of a thing in words."""
    return phrase((state_text(view, place) if exists(view, place) else None) or "not there")
