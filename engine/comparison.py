"""Two runs of the same operations in step: figures of both at the same place, and where they first differ.

The other run has another design, or is another branch of the same scenario. Two places are the
same when the same operations are done, settings changed by hand not counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.history import Keyframe
from engine.machine import Machine, metadata_bytes
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.mm.compiler import is_ready
from engine.mm.schema import Group
from engine.operation import KIND_MASK, Op, Ops
from engine.program import Program
from engine.sentence import sentence
from engine.transition import Transition

KEYFRAME_OPERATIONS = 10_000
MOST_KEYFRAMES = 64
OF_THE_DESIGN = frozenset({
    tr.START, tr.HIT, tr.SETTING, tr.SWAP_NAME, tr.SLOT_TAKEN, tr.DESC_FREED, tr.SLAB_REFILLED, tr.SWAP_FREE,
    tr.IDLE, tr.MARK,
})  # fmt: skip
"""Kinds that one design has and another does not need, or that say nothing of where pages are."""
COMPARED = tuple(kind.number for kind in tr.KINDS if kind.number not in OF_THE_DESIGN)
_COUNTS = np.array([im.KIND_COUNT[kind] for kind in COMPARED])


@dataclass(frozen=True)
class Difference:
    """The first operation that the two runs carry out differently."""

    operation: int
    """Index in our run."""
    kinds: tuple[tuple[str, int, int], ...]
    """Kinds of transition that came about unequally often in it: name, in ours, in theirs."""
    ours: tuple[Transition, ...]
    """Transitions of the operation in our run."""
    theirs: tuple[Transition, ...]
    our_sentences: tuple[str, ...] = ()
    their_sentences: tuple[str, ...] = ()

    @property
    def parted(self) -> int:
        """Index in ``ours`` (and ``theirs``) of the first transition where they part, as kinds go."""
        ours = [one for one in self.ours if one.kind.number in COMPARED]
        theirs = [one for one in self.theirs if one.kind.number in COMPARED]
        for left, right in zip(ours, theirs, strict=False):
            if left.kind.number != right.kind.number:
                return self.ours.index(left)
        return self.ours.index(ours[len(theirs)]) if len(ours) > len(theirs) else max(0, len(self.ours) - 1)


def same_place(ours: Ops, position: int, theirs: Ops) -> int:
    """Operations that the other run has done where ours has done ``position``; settings changed do not count."""
    plain = int(np.count_nonzero((ours[:position] & KIND_MASK) != int(Op.SET)))
    others = np.cumsum((theirs & KIND_MASK) != int(Op.SET))
    found = int(np.searchsorted(others, plain, side="left")) + 1 if plain else 0
    found = min(found, len(theirs))
    if position and int(ours[position - 1]) & KIND_MASK == Op.SET:
        while found < len(theirs) and int(theirs[found]) & KIND_MASK == Op.SET:
            found += 1
    return found


class Follower:
    """A machine that is brought to any operation in small pieces, back as well."""

    def __init__(self, program: Program, keyframes: list[Keyframe] | None = None) -> None:
        self.program = program
        self.machine = Machine(program, is_ready(), journal_words=8, records=8)
        self._keyframes = [k for k in keyframes or () if k.position <= len(program.ops)] or [Keyframe(self.machine)]

    def reach(self, position: int) -> Iterator[float]:
        """Go there; gives the share done after each piece of a few milliseconds."""
        machine = self.machine
        before = bisect_right(self._keyframes, position, key=lambda keyframe: keyframe.position) - 1
        nearest = self._keyframes[before]
        if position < machine.position or nearest.position > machine.position:
            nearest.restore(machine)
            yield 0.0
        start = machine.position
        while machine.position < position and not machine.finished:
            machine.compiled = is_ready()
            stride = 20_000 if machine.compiled else 100
            machine.run(min(position, machine.position + stride))
            self._note_keyframe()
            yield (machine.position - start) / max(1, position - start)

    def _note_keyframe(self) -> None:
        last = self._keyframes[-1].position
        if self.machine.position - last >= KEYFRAME_OPERATIONS and len(self._keyframes) < MOST_KEYFRAMES:
            self._keyframes.append(Keyframe(self.machine))

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


def first_difference(ours: Program, theirs: Program) -> Iterator[Difference | float]:
    """Both from the start, an operation at a time; gives shares done, and at last where they differ, if they do."""
    machines = [Machine(program, is_ready(), journal_words=1 << 18, records=1 << 12) for program in (ours, theirs)]
    total = len(ours.ops)
    for place in range(total):
        found = _step(machines[0], place + 1), _step(machines[1], same_place_after(machines[1], ours.ops[place]))
        counts = [machine.words[_COUNTS] for machine in machines]
        if not np.array_equal(*counts) or machines[0].outcome != machines[1].outcome:
            yield _difference(machines, place, counts, found)
            return
        if machines[0].finished:
            return
        if place % 32 == 31:
            for machine in machines:
                machine.compiled = is_ready()
            yield place / total


def same_place_after(machine: Machine, word: np.int64) -> int:
    """Where the other machine stands after the same operation: past settings that are its own."""
    position, ops = machine.position, machine.ops
    if int(word) & KIND_MASK == Op.SET:
        return position + 1 if position < len(ops) and ops[position] == word else position
    while position < len(ops) and ops[position] != word and int(ops[position]) & KIND_MASK == Op.SET:
        position += 1
    return min(position + 1, len(ops))


def _step(machine: Machine, until: int) -> int:
    """Carry out operations up to ``until`` with the journal on; gives the first transition's number."""
    first = machine.view.scalar(im.TRANSITIONS) + 1
    machine.keep_journal()
    machine.run(until)
    return first


def _difference(machines: list[Machine], place: int, counts: list[Any], firsts: tuple[int, int]) -> Difference:
    records = [tuple(machine.records(first)) for machine, first in zip(machines, firsts, strict=True)]
    said = [
        tuple(sentence(one, machine.program, machine.view) for one in transitions)
        for machine, transitions in zip(machines, records, strict=True)
    ]
    # What it was often before is the same in both: the difference is what this operation made of it.
    kinds = []
    for kind in COMPARED:
        times = [sum(one.kind.number == kind for one in transitions) for transitions in records]
        if times[0] != times[1]:
            kinds.append((tr.KINDS[kind].name, times[0], times[1]))
    return Difference(place, tuple(kinds), records[0], records[1], said[0], said[1])
