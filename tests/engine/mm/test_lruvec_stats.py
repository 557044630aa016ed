"""What a cgroup's reclaim knows of its lists between two flushes of the statistics."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.lruvec_stats import known_active, known_inactive
from engine.mm.vmscan import inactive_is_low
from engine.mm.workingset import lru_note_cost
from tests.engine.mm.machines import Toy, build, of_kind

FLUSH = 2_000_000
"""A thousandth of the kernel's two seconds: an operation cannot pass more than 2^31 ns."""


def machine(**more: int) -> Toy:
    """A cgroup that goes by the statistics, with four pages on the inactive list."""
    toy = build(16, stats_flush_ns=FLUSH, **more)
    toy.write(0, 1, 2, 3)
    return toy


def known(toy: Toy) -> tuple[int, int]:
    toy.call(inactive_is_low)
    return toy.call(known_inactive), toy.call(known_active)


def test_before_the_first_flush_the_lists_are_empty_to_reclaim() -> None:
    assert known(machine()) == (0, 0)


def test_a_flush_is_due_every_period_and_what_it_found_stays_until_the_next() -> None:
    toy = machine()
    toy.idle(FLUSH)
    assert known(toy) == (4, 0)
    toy.write(4, 5)
    assert known(toy) == (4, 0)
    toy.idle(FLUSH)
    assert known(toy) == (6, 0)


def test_the_worker_keeps_its_beat_when_reclaim_looks_late() -> None:
    toy = machine()
    toy.idle(FLUSH + FLUSH // 2)
    assert known(toy) == (4, 0)
    assert toy["stats_flush_due"] == 2 * FLUSH
    toy.idle(FLUSH)
    known(toy)
    assert toy["stats_flush_due"] == 3 * FLUSH


def test_a_shorter_period_holds_from_the_next_look() -> None:
    toy = machine()
    toy.setting("stats_flush_ns", 1000)
    assert known(toy) == (4, 0)
    assert toy.m[im.NOW] < toy["stats_flush_due"] <= toy.m[im.NOW] + 1000


def test_the_active_list_is_left_alone_until_a_flush_has_seen_it() -> None:
    """A real 6.18 does so: a cgroup whose pages all became active within two seconds finds nothing to reclaim."""
    toy = machine()
    toy.m[im.NR_ACTIVE], toy.m[im.NR_INACTIVE] = 4, 0
    assert not toy.call(inactive_is_low)
    toy.idle(FLUSH)
    assert toy.call(inactive_is_low)


def test_a_refault_is_measured_by_the_active_list_of_the_last_flush() -> None:
    toy = machine(zswap=True, page_cluster=0)
    toy.pageout(0, 3)
    toy.m[im.NR_ACTIVE] += 3
    assert of_kind(toy.read(0), "refault")[0].operand("verdict") == 0
    toy.idle(FLUSH)
    assert of_kind(toy.read(1), "refault")[0].operand("verdict") == 1
    toy.m[im.NR_ACTIVE] -= 3


def test_costs_are_halved_by_the_lengths_of_the_last_flush() -> None:
    toy = machine()
    toy.idle(FLUSH)
    known(toy)
    toy.m[im.NR_INACTIVE] += 400
    toy.call(lru_note_cost, 10)
    assert toy["anon_cost"] == 5, "more than a quarter of four pages"


@pytest.mark.parametrize("more", [{"node": True}, {"stats_flush_ns": 0}])
def test_a_node_and_a_kernel_that_flushes_first_know_the_lengths_as_they_are(more: dict[str, int]) -> None:
    toy = build(16, **({"stats_flush_ns": FLUSH} | more))
    toy.write(0, 1, 2, 3)
    assert known(toy) == (4, 0)


def test_a_flush_is_told() -> None:
    toy = machine(frames=6)
    toy.idle(FLUSH)
    told = of_kind(toy.write(4, 5, 6), "statistics flushed")
    assert [(flush.operand("inactive"), flush.operand("active")) for flush in told] == [(6, 0)]
