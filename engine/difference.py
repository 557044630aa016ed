"""Where runs of the same operations part: the first operation they carry out differently, the next, the one before.

An operation is carried out differently when some kind of transition comes about more often in one
run than in the other; kinds that only one design has do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.comparison import Follower, Lockstep
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.mm.compiler import is_ready
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
PIECE = 32
"""Operations looked through in one piece of work."""
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
    """Looks through the runs of a lockstep, an operation at a time.

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
            # Both machines have just carried it out, and have it in their journals.
            yield self._difference(*found)
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
                yield from self._lockstep.reach(last[0] + 1)
                yield self._difference(*last)
                return
            stop, part = start, min(2 * part, LAST_PART)

    def _scan(self, start: int, stop: int) -> Iterator[tuple[int, int] | float]:
        """Operations from ``start`` up to ``stop`` that are carried out differently, and which other does so."""
        yield from self._lockstep.reach(start)
        ours, where = self._ours, self._lockstep.where
        gaps = [self._gap(other) for other in self._others]
        for place in range(start, stop):
            if ours.machine.finished:
                return
            running = [not other.machine.finished for other in self._others]
            ours.carry_out(place + 1)
            for other, places in zip(self._others, where, strict=True):
                other.carry_out(int(places[place + 1]))
            now = [self._gap(other) for other in self._others]
            parted = [not np.array_equal(gap, before) for gap, before in zip(now, gaps, strict=True)]
            gaps = now
            differing = [number for number, (one, two) in enumerate(zip(parted, running, strict=True)) if one and two]
            if differing:
                yield place, differing[0]
            if not any(running):
                return
            if place % PIECE == PIECE - 1:
                for one in (ours, *self._others):
                    one.machine.compiled = is_ready()
                yield (place - start) / max(1, stop - start)

    def _gap(self, other: Follower) -> np.ndarray:
        """How much oftener each kind came about in ours so far, and whether one ended and the other did not."""
        ours, theirs = self._ours.machine, other.machine
        gap = ours.words[_COUNTS] - theirs.words[_COUNTS]
        return np.append(gap, int(ours.outcome == "oom") - int(theirs.outcome == "oom"))

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


def first_difference(ours: Program, *others: Program) -> Iterator[Difference | float]:
    """From the start, an operation at a time; gives shares done, and at last where they differ, if they do."""
    return Search(Lockstep(ours, (), [Follower(other) for other in others])).after(-1)
