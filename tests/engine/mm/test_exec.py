"""A process that starts while the machine runs: one region, nothing touched, and room that costs no state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.invariants import broken
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.layout import used_spans
from engine.mm.transitions import EXEC, FIRST_TOUCH, SKIPPED
from engine.operation import Op, encode
from engine.program import Process, Program, Spare
from tests.engine.mm.machines import build, region


def with_newcomer(pages: int = 6) -> Program:
    """An editor of eight pages from the start, and a newcomer that starts later."""
    made = build(8, frames=24).program
    late = Process("newcomer", pages, (region(pages),), late=True)
    return replace(made, processes=(*made.processes, late))


def run(program: Program, *words: int) -> Machine:
    machine = Machine(program.with_ops(np.array(words, dtype=np.int64)), False)
    machine.keep_journal()
    machine.run()
    return machine


def start(pages: int = 6) -> int:
    return encode(Op.EXEC, 1, 1, pages - 1)


def kinds(machine: Machine) -> list[int]:
    return [one.kind.number for one in machine.records(1)]


def test_it_has_one_region_of_all_its_pages_and_touches_none():
    machine = run(with_newcomer(), start())
    view = machine.view
    assert kinds(machine) == [EXEC]
    assert view.scalar(im.PROCESSES) == 2
    assert [view.at(column, 2) for column in (im.MM_STATE, im.MM_PAGES, im.MM_PTE, im.MM_RSS)] == [1, 6, 8, 0]
    vma = view.at(im.MM_VMA, 2)
    assert [view.at(column, vma) for column in (im.VMA_MM, im.VMA_START, im.VMA_PAGES, im.VMA_NEXT)] == [2, 0, 6, 0]
    assert view.at(im.MAP_VMA, view.at(im.VMA_MAPPING, vma)) == vma
    assert view.scalar(im.NR_RESIDENT) == 0


def test_its_pages_are_its_own():
    machine = run(with_newcomer(), encode(Op.WRITE, 0, 2), start(), encode(Op.WRITE, 1, 2))
    view = machine.view
    assert kinds(machine).count(FIRST_TOUCH) == 2
    rows = [view.at(im.MM_PTE, process) + 2 for process in (1, 2)]
    assert len({view.at(im.PTE, row) >> 12 for row in rows}) == 2
    assert [view.at(im.MM_RSS, process) for process in (1, 2)] == [1, 1]


def test_before_it_starts_its_operations_are_skipped_and_it_has_no_row():
    machine = run(with_newcomer(), encode(Op.WRITE, 1, 2))
    assert kinds(machine) == [SKIPPED]
    assert machine.view.scalar(im.PROCESSES) == 1


def test_a_second_start_while_it_runs_is_skipped():
    machine = run(with_newcomer(), start(), start())
    assert kinds(machine) == [EXEC, SKIPPED]


def test_it_ends_and_starts_again_in_the_same_rows():
    machine = run(with_newcomer(), start(), encode(Op.WRITE, 1, 3), encode(Op.EXIT, 1), start(), encode(Op.WRITE, 1, 3))
    view = machine.view
    assert kinds(machine).count(EXEC) == 2
    assert kinds(machine).count(FIRST_TOUCH) == 2
    assert [view.at(column, 2) for column in (im.MM_STATE, im.MM_PTE, im.MM_RSS)] == [1, 8, 1]


def test_what_is_never_started_leaves_no_trace_in_the_state():
    words = np.array([encode(Op.WRITE, 0, page) for page in range(8)], dtype=np.int64)
    plain = with_newcomer()
    alone = replace(plain, processes=plain.processes[:1])
    roomy = replace(alone, spare=Spare(3, 500))
    hashes = set()
    for program in (alone, plain, roomy):
        machine = Machine(program.with_ops(words), False)
        machine.run()
        hashes.add(machine.state_hash())
    assert len(hashes) == 1


def test_spare_room_is_not_in_use():
    plain = with_newcomer()
    used = [sum(end - start for start, end in used_spans(machine.words, machine.layout))
            for machine in (run(plain), run(replace(plain, spare=Spare(3, 5000))))]  # fmt: skip
    assert used[0] == used[1]


@pytest.mark.parametrize("pages", [1, 6])
def test_the_machine_holds_its_invariants(pages):
    words = [encode(Op.WRITE, 0, page) for page in range(8)] + [start(pages)]
    words += [encode(Op.WRITE, 1, page) for page in range(pages)]
    machine = run(with_newcomer(pages), *words)
    assert broken(machine.view, machine.program) == []
