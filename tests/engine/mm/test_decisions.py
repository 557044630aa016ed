"""Answers of a policy of one's own are read in order, and what is no entry of the pool is not followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.decisions import NOTHING, UNDECIDED, next_decision
from engine.mm.zswap import next_to_leave
from engine.reading.lists import zswap_lru
from engine.resources import scenarios_dir
from engine.scenario import load_scenario


def machine(*answers: int) -> Machine:
    """The pool of scenario 25 with 24 entries in it, and a policy that has these answers."""
    program = load_scenario(scenarios_dir() / "25-late-slot.toml").build()
    program = replace(program, decisions=np.array(answers, dtype=np.int64))
    made = Machine(program.with_settings({"machine.zswap.writeback_policy": 1}), False)
    made.run(50)
    assert made.view.scalar(im.NR_ZLRU) > 10
    assert made.view.scalar(im.DECISIONS) == 0
    return made


def test_they_come_in_order_and_end() -> None:
    made = machine(7, NOTHING, 9)
    assert [made.call(next_decision) for _ in range(5)] == [7, NOTHING, 9, UNDECIDED, UNDECIDED]
    assert made.view.scalar(im.DECISIONS) == 5


def test_the_entry_that_was_named_goes_and_else_the_coldest() -> None:
    order = zswap_lru(machine(1).view).tolist()
    made = machine(order[3], NOTHING, 0, 1 << 40, -7, order[-1])
    asked = [made.call(next_to_leave) for _ in range(7)]
    assert asked == [order[3], 0, order[0], order[0], order[0], order[-1], order[0]]


def test_the_kernels_own_order_asks_nobody() -> None:
    made = machine(5)
    made.view.words[im.schema.setting_for("machine.zswap.writeback_policy").address] = 0
    assert made.call(next_to_leave) == zswap_lru(made.view).tolist()[0]
    assert made.view.scalar(im.DECISIONS) == 0
