"""The policies that stand alone miss as often as they should: against plain simulations and libCacheSim."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.machine import Machine
from engine.mm import image as im
from engine.operation import encode_references
from engine.program import Images, Process, Program, Region, Swapfile
from tests.engine.mm.machines import build

POLICIES = im.schema.setting_for("machine.policy").choices


def program(pages: list[int], frames: int, policy: str, *, zswap: bool = True) -> Program:
    """References to pages of one process in a machine that is nothing but a cache of ``frames`` pages."""
    images = Images(*(np.array(row, dtype=np.int64) for row in ([0, 1800], [0, 0], [0, 1], [0, 1])))
    numbers = np.array(pages, dtype=np.int64)
    ops = encode_references(np.zeros(len(pages), np.int64), numbers, numbers % 3 == 0, np.ones(len(pages), np.int64))
    room = max(pages) + 1
    return Program(
        "policies",
        (Process("a", room, (Region("all", 0, room, 1),)),),
        ops,
        images,
        {
            "machine.policy": POLICIES.index(policy), "machine.frames": frames, "machine.page_cluster": 0,
            "machine.charge_pool": 0, "machine.charge_metadata": 0, "machine.zswap.enabled": int(zswap),
            "machine.zswap.max_pool_percent": 50,
        },
        (Swapfile("swap0", 2 * room),),
    )  # fmt: skip


def misses(pages: list[int], frames: int, policy: str, *, zswap: bool = True) -> int:
    """Faults the engine counts."""
    machine = Machine(program(pages, frames, policy, zswap=zswap), False)
    machine.run()
    assert machine.outcome == "finished"
    assert machine.view["resident_pages"] <= frames
    return machine.counters()["pgfault"]


def simulated(pages: list[int], frames: int, policy: str) -> int:
    """The same by a page of Python that shares nothing with the engine."""
    following: list[float] = [0.0] * len(pages)
    seen: dict[int, int] = {}
    for index in range(len(pages) - 1, -1, -1):
        following[index] = seen.get(pages[index], float("inf"))
        seen[pages[index]] = index
    cache: OrderedDict[int, bool] = OrderedDict()
    next_use: dict[int, float] = {}
    missed = 0
    for index, page in enumerate(pages):
        next_use[page] = following[index]
        if page in cache:
            if policy == "lru":
                cache.move_to_end(page)
            elif policy == "clock":
                cache[page] = True
            continue
        missed += 1
        if len(cache) >= frames:
            if policy == "opt":
                del cache[max(cache, key=lambda other: next_use[other])]
            else:
                victim, used = cache.popitem(last=False)
                while policy == "clock" and used:
                    cache[victim] = False
                    victim, used = cache.popitem(last=False)
        cache[page] = False
    return missed


@pytest.mark.parametrize("policy", ["fifo", "lru", "clock", "opt"])
@pytest.mark.parametrize("zswap", [True, False])
@given(pages=st.lists(st.integers(0, 30), min_size=1, max_size=150), frames=st.integers(8, 12))
@settings(max_examples=15, deadline=None)
def test_misses_are_those_of_a_plain_simulation(pages: list[int], frames: int, policy: str, zswap: bool) -> None:
    assert misses(pages, frames, policy, zswap=zswap) == simulated(pages, frames, policy)


def test_belady_more_frames_can_mean_more_misses_with_fifo() -> None:
    # The classical string; every page of it is three here, since a machine has at least eight frames.
    string = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]
    pages = [page * 3 + part for page in string for part in range(3)]
    assert misses(pages, 9, "fifo") < misses(pages, 12, "fifo")
    assert misses(pages, 9, "lru") >= misses(pages, 12, "lru")


def test_no_policy_misses_less_than_the_one_that_knows_the_future() -> None:
    rng = np.random.default_rng(4)
    pages = (rng.zipf(1.3, 2000) % 60).tolist()
    best = misses(pages, 16, "opt")
    found = {policy: misses(pages, 16, policy) for policy in ("fifo", "lru", "clock", "random")}
    assert all(missed > best for missed in found.values()), (best, found)


def test_random_is_the_same_again_with_the_same_seed() -> None:
    rng = np.random.default_rng(5)
    pages = rng.integers(0, 40, 800).tolist()
    assert misses(pages, 16, "random") == misses(pages, 16, "random")


def test_misses_equal_libcachesims(tmp_path: Path) -> None:
    peer = pytest.importorskip("libcachesim")
    rng = np.random.default_rng(6)
    pages = (rng.zipf(1.2, 5000) % 200).tolist()
    trace = np.zeros(len(pages), dtype=[("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])
    trace["time"], trace["id"], trace["size"], trace["next"] = np.arange(len(pages)), np.array(pages) + 1, 1, -1
    trace.tofile(tmp_path / "trace.oracleGeneral")
    for name, policy in (("FIFO", "fifo"), ("LRU", "lru"), ("Clock", "clock")):
        reader = peer.TraceReader(str(tmp_path / "trace.oracleGeneral"), peer.TraceType.ORACLE_GENERAL_TRACE)
        ratio, _ = getattr(peer, name)(50).process_trace(reader)
        assert misses(pages, 50, policy) == round(ratio * len(pages)), name


@pytest.mark.parametrize("policy", ["fifo", "lru", "clock", "random"])
def test_the_shared_zero_page_is_nothing_a_policy_knows(policy: str) -> None:
    toy = build(8, zero_page=1, policy=POLICIES.index(policy))
    toy.read(0, 1, 0, 1, 0)
    assert toy.figures("pgfault", "resident_pages") == (2, 0)


@pytest.mark.parametrize("policy", ["fifo", "lru", "clock", "random"])
def test_a_page_that_finds_no_slot_stays_on_the_one_list_there_is(policy: str) -> None:
    toy = build(8, slots=0, policy=POLICIES.index(policy))
    toy.write(0, 1)
    toy.pageout(0)
    assert toy["swap_alloc_fail"] == 1
    assert toy.active() == []
    assert sorted(toy.inactive()) == [toy.frame(0), toy.frame(1)]
    toy.read(0)
    assert toy.figures("nr_inactive_anon", "pgactivate") == (2, 0)
