"""Branches of a run: what a new one takes over from the one it leaves, and forgetting some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.history import Branch
from engine.mm.layout import ROOM
from engine.program import Program, Spare
from engine.step import Set

SPARE_PROCESSES = 8
"""Processes that may be started on a branch and those it came from."""


def with_spare(program: Program) -> Program:
    """The program with room for what a branch may start: as many pages as memory may come to have."""
    if program.spare is not None:
        return program
    return replace(program, spare=Spare(SPARE_PROCESSES, ROOM * program.setting("machine.frames")))


def chooses_anew(branch: Branch, position: int, key: str) -> bool:
    """Whether changing a setting after ``position`` operations gives the change that opened a branch another value."""
    only = [(type(step), step[0]) for step in branch.steps]
    return branch.parent >= 0 and position == branch.position + 1 and only == [(Set, key)]


def leave(branches: Sequence[Branch], shown: int, opened: Branch) -> Branch:
    """What a branch opened on the one that is shown has in common with it, and with those it comes from."""
    old, position = branches[shown], opened.position
    keyframes = [keyframe for keyframe in old.keyframes if keyframe.position <= position]
    return replace(
        opened, keyframes=keyframes, samples=[sample for sample in old.samples if sample[0] <= position],
        changes=(*branches[opened.parent].changes, *opened.steps), length=keyframes[-1].transition,
    )  # fmt: skip


def family(branches: Sequence[Branch], index: int) -> set[int]:
    """A branch and those that left it, and those that left these."""
    found = {index}
    for number, branch in enumerate(branches):
        if branch.parent in found:
            found.add(number)
    return found


def without(branches: Sequence[Branch], gone: set[int]) -> list[Branch]:
    """The other branches; the parents of those are among them."""
    kept = [number for number in range(len(branches)) if number not in gone]
    for number in kept:
        parent = branches[number].parent
        branches[number].parent = kept.index(parent) if parent >= 0 else -1
    return [branches[number] for number in kept]
