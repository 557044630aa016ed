"""Programs: plain data that decides a run."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from engine.machine import Machine
from engine.mm.setup import new_machine
from engine.operation import Op, encode
from engine.operation import encode_mark as mark
from engine.program import Swapfile
from tests.engine.mm.machines import program


def test_a_setting_that_is_not_given_has_its_default() -> None:
    made = program(frames=99)
    assert made.setting("machine.frames") == 99
    assert made.setting("machine.page_cluster") == 3
    with pytest.raises(KeyError):
        made.setting("machine.no_such")


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"machine\.fraems"):
        program(fraems=10)


def test_changes_make_another_program_and_leave_the_first_as_it_was() -> None:
    made = program()
    changed = made.with_settings({"machine.frames": 12})
    assert (made.setting("machine.frames"), changed.setting("machine.frames")) == (64, 12)
    ops = np.array([encode(Op.READ)], dtype=np.int64)
    assert len(made.with_ops(ops).ops) == 1
    with pytest.raises(FrozenInstanceError):
        made.seed = 7  # type: ignore[misc]


def test_equal_programs_give_equal_states_and_another_seed_another() -> None:
    ops = [encode(Op.WRITE, 0, page) for page in range(16)]

    def end(seed: int) -> str:
        made = program(
            regions=None, ops=ops, lz4=tuple(range(900, 940)), families=(40,), frames=12, zswap=True
        )  # fmt: skip
        region = replace(made.processes[0].regions[0], images=40)
        people = (replace(made.processes[0], regions=(region,)),)
        machine = Machine(replace(made, seed=seed, processes=people), False)
        machine.run()
        return machine.state_hash()

    assert end(1) == end(1)
    assert end(1) != end(2)


def test_a_ninth_swapfile_cannot_be_built() -> None:
    made = program(swapfiles=[Swapfile(f"swap{number}", 8) for number in range(9)])
    with pytest.raises(ValueError, match="at most 8"):
        new_machine(made, journal_words=8, records=8)


def test_its_marks_are_found_among_the_operations() -> None:
    ops = [encode(Op.READ, 0, 3), mark(0), encode(Op.WRITE, 0, 3), mark(1)]
    assert program(ops=ops).mark_operations == (1, 3)
    assert program(ops=ops[:1]).mark_operations == ()
