"""Clocks of the actors, and the random generator."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.clock import KSWAPD, SHRINK_WORKER, TASK, random_below, spend, time_of_actor
from engine.mm.journal import ACTOR
from tests.engine.mm.machines import build


def test_each_actor_spends_its_own_time() -> None:
    toy = build()
    for actor, clock in ((TASK, im.NOW), (KSWAPD, im.KSWAPD_CLOCK), (SHRINK_WORKER, im.WORKER_DUE)):
        toy.m[ACTOR] = actor
        before = [toy.scalar(address) for address in (im.NOW, im.KSWAPD_CLOCK, im.WORKER_DUE)]
        toy.call(spend, 700)
        after = [toy.scalar(address) for address in (im.NOW, im.KSWAPD_CLOCK, im.WORKER_DUE)]
        assert sum(after) - sum(before) == 700
        assert toy.call(time_of_actor) == toy.scalar(clock) == 700


def test_park_and_millers_generator_gives_its_published_sequence() -> None:
    """With multiplier 48271 and seed 1 the ten thousandth value is 399268537 (minstd_rand of C++11)."""
    toy = build()
    toy.m[im.RANDOM] = 1
    for _ in range(10_000):
        toy.call(random_below, 10)
    assert toy.scalar(im.RANDOM) == 399268537


def test_random_numbers_stay_below_their_bound_and_reach_all_of_it() -> None:
    toy = build()
    assert {toy.call(random_below, 7) for _ in range(200)} == set(range(7))


def test_background_work_catches_up_with_the_task() -> None:
    """kswapd works until its clock is past the task's, and not while the task stands still."""
    toy = build(300, frames=256, node=True, zswap=True, zswap__max_pool_percent=50)
    toy.write(*range(260))
    assert toy["pgsteal_kswapd"] > 0
    assert toy["kswapd_awake"] == 0 or toy["kswapd_clock"] >= toy["now"]
