"""Room for tables, what of it is in use, and the state hash."""

from __future__ import annotations

import numpy as np
import pytest

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.layout import CLUSTER_SLOTS, Needs, lay_out, used_spans
from engine.mm.schema import HEADER_WORDS
from engine.operation import Op, encode
from tests.engine.mm.machines import ALL_DESIGNS, build, program

NEEDS = Needs(2, 4, 100, 10, 64, (64, 700), 5, journal_words=1000, records=10)


def test_tables_follow_one_another_without_overlap() -> None:
    layout = lay_out(NEEDS)
    end = im.schema.scalar_end
    for table in im.schema.tables:
        assert layout.base[table.name] >= end
        assert layout.base[table.name] % 8 == 0, "on a cache line of its own"
        end = layout.base[table.name] + layout.rows[table.name] * table.width
    assert layout.state_words >= end
    assert layout.journal_base == layout.state_words
    assert layout.record_base == layout.journal_base + 1000
    assert layout.total_words == layout.record_base + 10 * 8


def test_every_swapfile_has_its_header_and_its_clusters() -> None:
    layout = lay_out(NEEDS)
    assert layout.rows["slot"] >= 65 + 701
    assert layout.rows["cluster"] == 1 + -(-701 // CLUSTER_SLOTS)


def test_a_new_image_knows_where_its_tables_are_and_nothing_else() -> None:
    layout = lay_out(NEEDS)
    words = layout.new_image()
    for table in im.schema.tables:
        assert words[table.number] == layout.base[table.name]
    assert not words[HEADER_WORDS:].any()


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_what_is_in_use_is_within_the_used_spans(design: int) -> None:
    toy = build(60, frames=24, slots=200, zswap=True, design=design)
    toy.write(*range(60))
    toy.read(*range(30))
    toy.idle()
    words = toy.machine.words[: toy.machine.layout.state_words].copy()
    for start, end in list(used_spans(words, toy.machine.layout)):
        words[start:end] = 0
    assert not words[HEADER_WORDS:].any()


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_the_state_hash_does_not_depend_on_capacity(design: int) -> None:
    ops = [encode(Op.WRITE, 0, page) for page in range(40)] + [encode(Op.READ, 0, page) for page in range(40)]
    made = program(40, frames=24, slots=100, zswap=True, design=design, ops=ops)
    roomy = made.with_ops(np.array([*ops, *[encode(Op.FORK, 0, count=5), encode(Op.MUNMAP)] * 3], dtype=np.int64))
    one, other = Machine(made, False), Machine(roomy, False)
    assert one.layout.state_words < other.layout.state_words
    other.view.words[im.PROCESSES] = one.view["processes"]
    for machine in (one, other):
        machine.run(80)
    assert one.state_hash() == other.state_hash()


def test_another_state_has_another_hash() -> None:
    toy = build()
    seen = {toy.view.state_hash()}
    for page in range(5):
        toy.write(page)
        seen.add(toy.view.state_hash())
    toy.m[im.RANDOM] += 1
    seen.add(toy.view.state_hash())
    assert len(seen) == 7


def test_a_machine_without_a_swapfile_has_a_hash_too() -> None:
    assert len(build(slots=0).view.state_hash()) == 16
