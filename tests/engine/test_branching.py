"""Branches: what belongs to one, and what is left when some are forgotten."""

from __future__ import annotations

from engine.branching import SPARE_PROCESSES, chooses_anew, family, with_spare, without
from engine.history import Branch
from engine.program import Program
from engine.step import Set
from tests.engine.mm.machines import program

FRAMES = "machine.frames"


def run() -> Program:
    return program(8, frames=8, slots=16, ops=[])


def tree() -> list[Branch]:
    """0 ← 1 ← 3, 0 ← 2 ← 4."""
    return [Branch(str(number), run(), parent) for number, parent in enumerate((-1, 0, 0, 1, 2))]


def test_a_branch_has_those_that_left_it() -> None:
    assert family(tree(), 1) == {1, 3}
    assert family(tree(), 2) == {2, 4}
    assert family(tree(), 4) == {4}
    assert family(tree(), 0) == {0, 1, 2, 3, 4}


def test_the_others_keep_their_parents() -> None:
    kept = without(tree(), {1, 3})
    assert [(branch.name, branch.parent) for branch in kept] == [("0", -1), ("2", 0), ("4", 1)]


def test_only_the_change_that_opened_a_branch_is_chosen_anew() -> None:
    branch = Branch("", run(), 0, position=20, steps=(Set(FRAMES, 30),))
    assert chooses_anew(branch, 21, FRAMES)
    assert not chooses_anew(branch, 22, FRAMES)
    assert not chooses_anew(branch, 21, "machine.page_cluster")
    assert not chooses_anew(Branch("", run(), -1, position=20, steps=(Set(FRAMES, 30),)), 21, FRAMES)


def test_room_for_processes_is_laid_out_once() -> None:
    spared = with_spare(run())
    assert spared.spare is not None
    assert spared.spare.processes == SPARE_PROCESSES
    assert with_spare(spared) is spared
