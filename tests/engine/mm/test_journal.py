"""The only writer of the image, and what it writes down."""

from __future__ import annotations

import numpy as np
import pytest

from engine.machine import NEVER
from engine.mm import image as im
from engine.mm.journal import (
    ACTOR,
    CAUSE,
    JOURNAL_BEGIN,
    JOURNAL_NEXT,
    WATCH,
    WATCH_BITS,
    WATCH_SEEN,
    WATCH_WORDS,
    add,
    emit,
    get,
    put,
    put_add,
    store,
    swap_back,
    swap_forward,
)
from engine.mm.run import run
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import FAULT, HIT, KINDS, MARK
from engine.operation import Op, encode
from tests.engine.mm.machines import Toy, build


def kept() -> Toy:
    toy = build()
    toy.machine.keep_journal()
    return toy


def test_what_is_put_is_there_and_its_old_value_in_the_journal() -> None:
    toy = kept()
    toy.call(put, im.PAGE_CONTENT, 3, 77)
    toy.call(put_add, im.PAGE_CONTENT, 3, 5)
    assert toy.call(get, im.PAGE_CONTENT, 3) == 82
    begin, end = toy.scalar(JOURNAL_BEGIN), toy.scalar(JOURNAL_NEXT)
    address = toy.machine.layout.base["page"] + 3 * 8 + 7
    assert list(toy.m[begin:end]) == [address, 0, address, 77]


def test_undoing_and_redoing_are_the_same_swap() -> None:
    toy = kept()
    before = toy.machine.words[: toy.machine.layout.state_words].copy()
    header = slice(64, None)
    toy.call(store, im.NOW, 10)
    toy.call(add, im.NOW, 5)
    toy.call(put, im.PAGE_FLAGS, 2, 9)
    after = toy.machine.words[: toy.machine.layout.state_words].copy()
    begin, end = toy.scalar(JOURNAL_BEGIN), toy.scalar(JOURNAL_NEXT)
    for _ in range(3):
        toy.call(swap_back, begin, end)
        assert np.array_equal(toy.machine.words[: len(before)][header], before[header])
        toy.call(swap_forward, begin, end)
        assert np.array_equal(toy.machine.words[: len(after)][header], after[header])


def test_without_a_journal_nothing_is_kept_and_nothing_lost() -> None:
    toy = build()
    toy.call(store, im.NOW, 10)
    assert (toy.scalar(JOURNAL_NEXT), toy.machine.journal_lost) == (0, False)


def test_a_full_journal_says_that_something_is_lost_and_the_change_is_done() -> None:
    toy = build()
    toy.machine.keep_journal()
    toy.m[JOURNAL_NEXT + 1] = toy.m[JOURNAL_NEXT] + 2
    toy.call(store, im.NOW, 1)
    assert not toy.machine.journal_lost
    toy.call(store, im.NOW, 2)
    assert toy.machine.journal_lost
    assert toy["now"] == 2


def test_a_transition_has_its_kind_actor_time_cause_and_operands() -> None:
    toy = kept()
    toy.m[ACTOR], toy.m[CAUSE], toy.m[im.NOW] = 2, 41, 900
    assert toy.call(emit, MARK, 1, -2, 3) == 1
    made = toy.machine.records(1)[0]
    assert (made.kind.number, made.actor, made.cause, made.time_ns) == (MARK, 2, 41, 900)
    assert made.operands == (1, -2, 3)
    assert toy[f"kind_{MARK}"] == 1


@pytest.mark.parametrize("kind", [FAULT, 31, 32, len(KINDS) - 1])
def test_a_watched_kind_is_noticed(kind: int) -> None:
    toy = build()
    toy.machine.run(0, watch=1 << kind)
    toy.call(emit, HIT, 0, 0, 0)
    assert toy.scalar(WATCH_SEEN) == 0
    toy.call(emit, kind, 0, 0, 0)
    assert toy.scalar(WATCH_SEEN) == 1


def test_there_is_a_bit_to_watch_each_kind_by_and_all_can_be_watched() -> None:
    assert len(KINDS) <= WATCH_BITS * WATCH_WORDS
    assert WATCH + WATCH_WORDS <= HEADER_WORDS
    toy = build()
    toy.machine.run(0, watch=(1 << len(KINDS)) - 1)
    toy.call(emit, HIT, 0, 0, 0)
    assert toy.scalar(WATCH_SEEN) == 1


def test_every_change_of_an_operation_belongs_to_one_of_its_transitions() -> None:
    toy = build()
    toy.machine.keep_journal()
    ops = np.array([encode(Op.WRITE, 0, 0), encode(Op.WRITE, 0, 1), encode(Op.PAGEOUT, 0, 0)], dtype=np.int64)
    run(toy.m, memoryview(ops.data), 0, 3, NEVER)
    rows = toy.machine.record_rows()
    ends = rows[:, 4]
    assert (ends[1:] >= ends[:-1]).all()
    assert ends[-1] == toy.scalar(JOURNAL_NEXT)
