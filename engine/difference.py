"""Where runs of the same operations part: the first operation they carry out differently, the next, the one before.

An operation is carried out differently when some kind of transition comes about more often in one
run than in the other; kinds that only one design has do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.comparison import Follower, Lockstep, Places
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.program import Program
from engine.sentence import sentence
from engine.transition import Transition

OF_THE_DESIGN = frozenset({
    tr.START, tr.HIT, tr.SETTING, tr.SWAP_NAME, tr.SLOT_TAKEN, tr.DESC_FREED, tr.SLAB_REFILLED, tr.SWAP_FREE,
    tr.IDLE, tr.MARK,
})  # fmt: skip
"""Kinds that one design has and another does not need, or that say nothing of where pages are."""
COMPARED = tuple(kind.number for kind in tr.KINDS if kind.number not in OF_THE_DESIGN)
_COUNTS = np.array([im.KIND_COUNT[kind] for kind in COMPARED])
WATCHED = sum(1 << kind for kind in COMPARED)
PIECE = 64
"""Events looked through in one piece of work."""
PAST = 1 << 62
"""Place of what does not come."""
FIRST_PART, LAST_PART = 512, 1 << 16
"""Operations of the stretch that is looked through first on the way back, and at most."""


@dataclass(frozen=True)
class Difference:
    """An operation that two runs carry out differently."""

    operation: int
    """Index in our run."""
    kinds: tuple[tuple[str, int, int], ...]
    """Kinds of transition that came about unequally often in it: name, in ours, in theirs."""
    ours: tuple[Transition, ...]
    """Transitions of the operation in our run."""
    theirs: tuple[Transition, ...]
    our_sentences: tuple[str, ...] = ()
    their_sentences: tuple[str, ...] = ()
    other: int = 0
    """Which of the others it is."""

    @property
    def parted(self) -> int:
        """Index in ``ours`` (and ``theirs``) of the first transition where they part, as kinds go."""
        ours = [one for one in self.ours if one.kind.number in COMPARED]
        theirs = [one for one in self.theirs if one.kind.number in COMPARED]
        for left, right in zip(ours, theirs, strict=False):
            if left.kind.number != right.kind.number:
                return self.ours.index(left)
        return self.ours.index(ours[len(theirs)]) if len(ours) > len(theirs) else max(0, len(self.ours) - 1)


class Search:
    """Looks through the runs of a lockstep.

    Every method gives shares done, and at last what it found; nothing but shares: there is no difference that way.
    """

    def __init__(self, lockstep: Lockstep) -> None:
        self._lockstep, self._ours, self._others = lockstep, lockstep.ours, lockstep.others
        self._total = len(lockstep.ours.program.ops)

    def after(self, operation: int) -> Iterator[Difference | float]:
        """The first operation behind ``operation`` that is carried out differently; -1: of the whole run."""
        start = operation + 1
        for found in self._scan(start, self._total):
            if isinstance(found, float):
                yield found
                continue
            yield from self._told(*found)
            return

    def before(self, operation: int) -> Iterator[Difference | float]:
        """The last operation before ``operation`` that is carried out differently."""
        stop, part = min(operation, self._total), FIRST_PART
        while stop > 0:
            start, last = max(0, stop - part), None
            for found in self._scan(start, stop):
                if isinstance(found, float):
                    yield 1 - stop / max(1, operation)
                else:
                    last = found
            if last is not None:
                yield from self._told(*last)
                return
            stop, part = start, min(2 * part, LAST_PART)

    def _scan(self, start: int, stop: int) -> Iterator[tuple[int, int] | float]:
        """Operations from ``start`` up to ``stop`` that are carried out differently, and which other does so."""
        yield from self._lockstep.reach(start)
        ours = _Course(self._ours, np.arange(self._total + 1), stop)
        courses = [
            _Course(other, where, stop) for other, where in zip(self._others, self._lockstep.where, strict=True)
        ]
        others = dict(enumerate(courses))
        seen = 0
        # Behind the end of one of two runs there is nothing left to compare.
        while others := {number: other for number, other in others.items() if not (other.over or ours.over)}:
            for course in (ours, *others.values()):
                while not course.come_on():
                    yield (self._ours.machine.position - start) / max(1, stop - start)
            place = min(course.place for course in (ours, *others.values()))
            if place == PAST:
                return
            made = ours.take(place)
            differing = [number for number, other in others.items() if other.take(place) != made]
            if differing:
                yield place - 1, differing[0]
            seen += 1
            if seen % PIECE == 0:
                yield (place - start) / max(1, stop - start)

    def _told(self, place: int, number: int) -> Iterator[Difference | float]:
        """What both did in an operation."""
        yield from self._lockstep.reach(place)
        yield from self._lockstep.reach(place + 1)
        yield self._difference(place, number)

    def _difference(self, place: int, number: int) -> Difference:
        ours, theirs = self._ours, self._others[number]
        records = tuple(ours.made), tuple(theirs.made)
        said = [
            tuple(sentence(one, follower.program, follower.machine.view) for one in transitions)
            for follower, transitions in zip((ours, theirs), records, strict=True)
        ]
        kinds = []
        for kind in COMPARED:
            times = [sum(one.kind.number == kind for one in transitions) for transitions in records]
            if times[0] != times[1]:
                kinds.append((tr.KINDS[kind].name, times[0], times[1]))
        return Difference(place, tuple(kinds), records[0], records[1], said[0], said[1], number)


class _Course:
    """One run from event to event: operations in which a kind came about that is compared."""

    def __init__(self, follower: Follower, where: Places, stop: int) -> None:
        self._follower, self._where, self._until = follower, where, int(where[stop])
        self.place = PAST
        """Operations of ours that are done behind the next event, which waits to be taken."""
        self._made = b""
        self._waits = False
        self._counts = self._now()

    def come_on(self) -> bool:
        """Go on to the next event; False: only a piece of the way was done."""
        machine = self._follower.machine
        if self._waits:
            return True
        if machine.position >= self._until or machine.finished:
            self.place, self._made, self._waits = PAST, b"", True
            return True
        if not self._follower.run_watching(self._until, WATCHED) and machine.outcome in ("running", "finished"):
            return False
        self.place = int(np.searchsorted(self._where, machine.position))
        end = int(self._where[self.place])
        while machine.position < end and not machine.finished:
            self._follower.run_watching(end, 0)
        now = self._now()
        self._made, self._counts, self._waits = (now - self._counts).tobytes(), now, True
        return True

    def take(self, place: int) -> bytes:
        """What came about there: how often each kind did."""
        if self.place != place:
            return b""
        self._waits = False
        return self._made

    @property
    def over(self) -> bool:
        """Whether the run ended before its operations did, and all of it is taken."""
        return not self._waits and self._follower.machine.outcome not in ("running", "finished")

    def _now(self) -> NDArray[np.int64]:
        """How often each kind came about so far, and whether memory ran out."""
        machine = self._follower.machine
        return np.append(machine.words[_COUNTS], int(machine.outcome == "oom"))


def first_difference(ours: Program, *others: Program) -> Iterator[Difference | float]:
    """From the start, an operation at a time; gives shares done, and at last where they differ, if they do."""
    return Search(Lockstep(ours, (), [Follower(other) for other in others])).after(-1)
