"""Runs of the same operations in step: machines that are brought to the same place, and what is read off there.

Two places are the same when the same operations are done; what only one run has does not count.
Inside an operation the others are as many transitions into theirs as ours is into its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.figures import metadata_bytes
from engine.history import PACKED_FROM, Keyframe
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.compiler import is_ready
from engine.mm.journal import JOURNAL_BEGIN, JOURNAL_NEXT, WATCH_SEEN, swap_back, swap_forward
from engine.mm.schema import Group
from engine.mm.transitions import REC_END, START
from engine.operation import KIND_MASK, Op, Ops
from engine.program import Program
from engine.transition import Transition

KEYFRAME_OPERATIONS = 10_000
MOST_KEYFRAMES = 64
NEARBY = 400
"""Operations before the place gone to at which a keyframe of a small machine is left, for steps back."""
STRIDE, PLAIN_STRIDE = 20_000, 100
"""Operations of one piece of work, compiled and not: a few milliseconds."""
Common = NDArray[np.bool_]
Places = NDArray[np.int64]
JOURNAL_WORDS, RECORDS = 1 << 18, 1 << 12
"""Room for the changes of one operation; one that makes more is only shown done."""


def places(ours: Common, theirs: Common) -> Places:
    """For each number of operations done in ours, how many are done in the other run at the same place.

    ``ours`` and ``theirs`` say of each operation whether the other run has it too. What only one of
    them has is passed over; where ours has just done such an operation, the other has done its own.
    """
    done = np.concatenate(([0], np.cumsum(ours)))
    common = np.flatnonzero(theirs)
    behind = np.concatenate(([0], common + 1))
    before = np.concatenate((common, [len(theirs)]))
    own = np.concatenate(([False], ~ours))
    return np.where(own, before[np.minimum(done, len(common))], behind[np.minimum(done, len(common))])


def places_by_operations(ours: Ops, theirs: Ops) -> Places:
    """The same for runs of one scenario in which nothing was put but settings."""
    return places((ours & KIND_MASK) != int(Op.SET), (theirs & KIND_MASK) != int(Op.SET))


class Follower:
    """A machine that is brought to any operation in small pieces, back as well, and stepped within that operation."""

    def __init__(self, program: Program, keyframes: Sequence[Keyframe] = ()) -> None:
        self.program = program
        self.machine = Machine(program, is_ready(), journal_words=JOURNAL_WORDS, records=RECORDS)
        self.whole = 0
        """Transitions of the operation carried out last; 0 where they were too many to be written down."""
        self.inside = 0
        """How many of these are done in the image."""
        self._made: list[Transition] | None = []
        self._keyframes = [k for k in keyframes if k.position <= len(program.ops)] or [Keyframe(self.machine)]
        self._near: list[Keyframe] = []
        self._apart = KEYFRAME_OPERATIONS

    def reach(self, position: int) -> Iterator[float]:
        """Go to where ``position`` operations are done; gives the share done after each piece of a few milliseconds."""
        machine = self.machine
        self.step_to(self.whole)
        position = min(position, len(self.program.ops))
        if machine.position == position or (machine.finished and machine.position < position):
            return
        self._forget_last()
        before = max(0, position - 1)
        nearest = self._nearest(before)
        if before < machine.position or nearest.position > machine.position:
            nearest.restore(machine)
            yield 0.0
        yield from self._run(before, nearest)
        if machine.position < position and not machine.finished:
            self.carry_out(position)

    def carry_out(self, position: int) -> None:
        """Carry out what is left up to ``position``, one operation as a rule, so that it can be stepped through."""
        machine = self.machine
        self.step_to(self.whole)
        machine.keep_journal()
        machine.run(position)
        self._made = None
        self.whole = self.inside = 0 if machine.journal_lost else len(machine.record_rows())

    def run_watching(self, until: int, watch: int) -> bool:
        """Go on to ``until`` or until behind the next operation with a transition of a kind whose bit is in ``watch``.

        At most a piece of a few milliseconds; gives whether there was such an operation.
        """
        machine = self.machine
        self.step_to(self.whole)
        self._forget_last()
        machine.compiled = is_ready()
        machine.run(min(until, machine.position + (STRIDE if machine.compiled else PLAIN_STRIDE)), watch=watch)
        self._note_keyframe()
        return bool(machine.words[WATCH_SEEN])

    def step_to(self, inside: int) -> None:
        """Undo or redo transitions of the last operation, until so many of them are done."""
        inside = min(max(0, inside), self.whole)
        if inside < self.inside:
            self.machine.call(swap_back, self._end_of(inside), self._end_of(self.inside))
        elif inside > self.inside:
            self.machine.call(swap_forward, self._end_of(self.inside), self._end_of(inside))
        self.inside = inside

    @property
    def made(self) -> list[Transition]:
        """The transitions of the operation carried out last."""
        if self._made is None:
            count, done = self.machine.view.scalar(im.TRANSITIONS), self.inside
            self._made = self.machine.records(count - done + 1)[: self.whole]
        return self._made

    @property
    def transition(self) -> Transition:
        """The transition that was done last, as far as it is known."""
        if self.inside:
            return self.made[self.inside - 1]
        view = self.machine.view
        words = [START, 0, max(0, self.machine.position - 1), 0, 0, 0, 0, 0]
        return Transition.from_record(view.scalar(im.TRANSITIONS), words)

    @property
    def known(self) -> bool:
        """Whether :attr:`transition` is what was done last: not where an operation made too many to be kept."""
        return self.machine.position == 0 or self.inside > 0

    def changed(self) -> frozenset[int]:
        """Addresses that the transition done last wrote."""
        if not self.inside:
            return frozenset()
        begin, end = self._end_of(self.inside - 1), self._end_of(self.inside)
        return frozenset(self.machine.words[begin:end:2].tolist())

    def figures(self) -> dict[str, Any]:
        """The figures where it is, named as ``swapscope run --json`` has them."""
        view = self.machine.view
        design = im.schema.setting_for("machine.design").choices[view.scalar(im.DESIGN)]
        outcome = self.machine.outcome
        return {
            "design": design,
            "references": view["references"],
            "transitions": view["transitions"],
            "simulated_ns": view["now"],
            "outcome": outcome,
            "oom_reference": view["oom_reference"] if outcome == "oom" else None,
            "counters": view.group(Group.COUNTER),
            "gauges": view.group(Group.GAUGE),
            "metadata_bytes": metadata_bytes(view),
        }

    # -- inside ----------------------------------------------------------------------------------

    def _nearest(self, position: int) -> Keyframe:
        at = bisect_right(self._keyframes, position, key=lambda keyframe: keyframe.position)
        near = [keyframe for keyframe in self._near if keyframe.position <= position]
        return max([*near, self._keyframes[at - 1]], key=lambda keyframe: keyframe.position)

    def _run(self, end: int, nearest: Keyframe) -> Iterator[float]:
        """Carry out operations up to ``end``, leaving keyframes on the way."""
        machine, start = self.machine, self.machine.position
        leave = end - NEARBY if nearest.size < PACKED_FROM and end - NEARBY > max(start, nearest.position) else -1
        while machine.position < end and not machine.finished:
            machine.compiled = is_ready()
            stop = min(end, machine.position + (STRIDE if machine.compiled else PLAIN_STRIDE))
            if machine.position < leave < stop:
                stop = leave
            machine.run(stop)
            if machine.position == leave:
                self._near = [*self._near[-1:], Keyframe(machine)]
            self._note_keyframe()
            yield (machine.position - start) / max(1, end - start)

    def _forget_last(self) -> None:
        self._made, self.whole, self.inside = [], 0, 0
        self.machine.drop_journal()

    def _end_of(self, inside: int) -> int:
        """Where the journal stands once so many transitions of the last operation are done."""
        words = self.machine.words
        if inside == 0:
            return int(words[JOURNAL_BEGIN])
        if inside == self.whole:
            return int(words[JOURNAL_NEXT])
        return int(self.machine.record_rows()[inside - 1, REC_END])

    def _note_keyframe(self) -> None:
        if self.machine.position - self._keyframes[-1].position < self._apart:
            return
        self._keyframes.append(Keyframe(self.machine))
        if len(self._keyframes) > MOST_KEYFRAMES:
            self._apart *= 2
            self._keyframes[1:] = self._keyframes[2::2]


class Lockstep:
    """Our run and others, each a machine at the same operation."""

    def __init__(
        self, ours: Program, keyframes: Sequence[Keyframe], others: Sequence[Follower],
        where: Sequence[Places] | None = None,
    ) -> None:  # fmt: skip
        """``where`` has for each other what :func:`places` gives; without, they differ in settings at most."""
        self.ours = Follower(ours, keyframes)
        self.others = list(others)
        self.where = where or [places_by_operations(ours.ops, other.program.ops) for other in others]

    def reach(self, position: int) -> Iterator[float]:
        """All to where ours has done ``position`` operations, each at the end of its own; gives the share done."""
        machines = 1 + len(self.others)
        for share in self.ours.reach(position):
            yield share / machines
        position = min(position, len(self.ours.program.ops))
        for done, (other, where) in enumerate(zip(self.others, self.where, strict=True), 1):
            for share in other.reach(int(where[position])):
                yield (done + share) / machines

    def step_to(self, number: int) -> None:
        """Ours to its transition ``number``, if that is of the operation reached, the others as far into theirs."""
        whole = self.ours.whole
        inside = number - self.ours.made[0].number + 1 if whole else 0
        self.ours.step_to(inside)
        for other in self.others:
            # The end of ours is the end of theirs, whichever has more to do.
            other.step_to(inside if inside < whole else other.whole)
