"""The engine beside an independent machine in plain Python: the same, to the last flag, after every operation.

Compared are all page tables and shmem objects with where each page is, the order of reclaim's lists
and zswap's, requests under way with their times, clusters, clocks, and forty counters.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from engine.program import Program
from tests.engine.programs import CHILDREN, DESIGNS, KERNELS, KNOBS, PAGES, TEXT, action_lists, program, random_actions
from tests.engine.reference.beside import Beside

POLICIES = ("linux", "fifo", "lru", "clock", "random", "opt")
ALLOCATORS = ("zsmalloc", "zbud", "z3fold")
SWAPFILES = ((96, 64), (40, 16), (20,), (1100, 200), ())
FLUSHES = (0, 20_000, 300_000, 2_000_000_000)
MACHINES = st.fixed_dictionaries({
    "design": st.sampled_from(DESIGNS), "kernel": st.sampled_from(KERNELS), "frames": st.sampled_from((24, 40, 90)),
    "slots": st.sampled_from(SWAPFILES), "priorities": st.sampled_from(((-2, -2), (5, 1), (-2, -3))),
    "devices": st.sampled_from((("nvme", "ssd"), ("hdd", "nvme"))),
})  # fmt: skip
SETTINGS = st.fixed_dictionaries({}, optional={
    "machine.policy": st.integers(0, len(POLICIES) - 1), "machine.reclaim": st.integers(0, 1),
    "machine.charge_pool": st.integers(0, 1), "machine.charge_metadata": st.integers(0, 1),
    "machine.zswap.shrinker_enabled": st.integers(0, 1), "machine.swappiness": st.sampled_from((0, 60, 200)),
    "machine.zswap.max_pool_pages": st.sampled_from((1, 3, 12, 40)), "machine.zero_page": st.integers(0, 1),
    "machine.swap_desc.reverse_map": st.sampled_from((0, 1)), "machine.page_cluster": st.integers(0, 5),
    "machine.reclaim_full_clusters": st.integers(0, 1), "machine.stats_flush_ns": st.sampled_from(FLUSHES),
})  # fmt: skip
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=10)
LONG = settings(QUICK, max_examples=600)


def go_through(run: Program, actions: list[tuple]) -> Beside:
    both = Beside(run)
    for action in actions:
        both.act(action)
    return both


def drawn(seed: int, length: int, **more: int) -> tuple[Program, list[tuple]]:
    """A machine and a run of everything, both drawn by chance."""
    rng = np.random.default_rng(seed)

    def one_of(*values: object) -> object:
        return values[int(rng.integers(0, len(values)))]

    actions = random_actions(seed, length)
    chosen = {f"machine.{name}": int(rng.integers(0, 2)) for name in (
        "reclaim", "charge_pool", "charge_metadata", "zswap.shrinker_enabled", "zero_page",
    )}  # fmt: skip
    chosen |= {
        "machine.swappiness": one_of(0, 60, 100, 200), "machine.zswap.max_pool_pages": one_of(1, 3, 6, 12, 40),
        "machine.page_cluster": one_of(0, 1, 3, 5), "machine.swap_desc.reverse_map": one_of(0, 1, 2),
        "machine.stats_flush_ns": one_of(*FLUSHES),
    }  # fmt: skip
    made = program(
        actions, DESIGNS[seed % 3], KERNELS[seed // 3 % 3], frames=one_of(24, 32, 40, 60, 90),
        slots=one_of(*SWAPFILES), priorities=one_of((-2, -2), (5, 1)), devices=one_of(("nvme", "ssd"), ("hdd", "nvme")),
        settings=chosen | {f"machine.{name.replace('__', '.')}": value for name, value in more.items()},
    )  # fmt: skip
    return made, actions


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("design", DESIGNS)
def test_they_are_the_same_in_a_run_of_everything(design: str, kernel: str, policy: str) -> None:
    number = DESIGNS.index(design) + 3 * KERNELS.index(kernel)
    go_through(*drawn(number + 9 * POLICIES.index(policy), 40, policy=POLICIES.index(policy)))


@pytest.mark.parametrize("allocator", ALLOCATORS)
@pytest.mark.parametrize("design", DESIGNS)
def test_they_are_the_same_with_each_allocator(design: str, allocator: str) -> None:
    actions = [action for action in random_actions(20 + DESIGNS.index(design), 60) if action[0] != "set"]
    chosen = {"machine.zswap.allocator": ALLOCATORS.index(allocator), "machine.zswap.max_pool_pages": 12}
    both = go_through(program(actions, design, settings=chosen), actions)
    assert both.reference.count["zswpout"] > both.reference.count["zswpin"] > 0


def test_the_runs_do_what_they_are_for() -> None:
    """Every part of the kernel that is compared comes up in a few long runs."""
    seen: set[str] = set()
    for seed in (201, 202, 204, 207, 210, 213, 217, 226):
        both = go_through(*drawn(seed, 80))
        seen |= {name for name, number in both.reference.count.items() if number}
    assert seen >= {
        "pgmajfault", "pswpin", "pswpout", "zswpin", "zswpout", "zswpwb", "swap_ra", "swap_ra_hit", "pgscan_kswapd",
        "pgsteal_kswapd", "pgsteal_direct", "pgactivate", "pgdeactivate", "workingset_refault_anon",
        "workingset_activate_anon", "pool_limit_hit", "swapcache_clean_drops", "swapoff_ptes",
    }  # fmt: skip


@QUICK
@given(st.data())
def test_they_are_the_same_in_any_run(data: st.DataObject) -> None:
    anything(data, 25)


@pytest.mark.soak
@LONG
@given(st.data())
def test_they_are_the_same_in_any_run_for_long(data: st.DataObject) -> None:
    anything(data, 120)


def anything(data: st.DataObject, most: int) -> None:
    actions = data.draw(action_lists(most=most))
    go_through(program(actions, **data.draw(MACHINES), settings=data.draw(SETTINGS)), actions)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_they_are_the_same_in_a_long_run_drawn_by_chance(seed: int) -> None:
    go_through(*drawn(seed, 300))


class AnyOperation(RuleBasedStateMachine):
    """Operations one after the other, each chosen when those before are done (no policy that knows the future)."""

    @initialize(machine=MACHINES, chosen=SETTINGS)
    def switch_on(self, machine: dict, chosen: dict) -> None:
        room = [("fork", 0, child) for child in CHILDREN] + [("munmap", 0, 0, 1)] * 40
        if chosen.get("machine.policy") == POLICIES.index("opt"):
            chosen = chosen | {"machine.policy": 0}
        self.both = Beside(program(room, **machine, settings=chosen))
        self.both.begin_empty()

    def running(self) -> list[int]:
        return [process.number for process in self.both.reference.processes if process.state == "runs"]

    def ready(self) -> bool:
        return not self.both.reference.outcome and bool(self.running())

    def act(self, kind: str, *what: object) -> None:
        self.both.act((kind, *what))

    @precondition(ready)
    @rule(data=st.data(), first=st.integers(0, PAGES - 1), pages=st.integers(1, 30), write=st.booleans())
    def sweep(self, data: st.DataObject, first: int, pages: int, write: bool) -> None:
        process = self.both.reference.processes[data.draw(st.sampled_from(self.running()))]
        for page in range(first, min(first + pages, PAGES)):
            if self.both.reference.region_of(process, page) is not None:
                self.act("write" if write else "read", process.number, page)

    @precondition(ready)
    @rule(
        data=st.data(), first=st.integers(0, PAGES - 1), pages=st.integers(1, 20),
        kind=st.sampled_from(("pageout", "cold", "dontneed", "willneed", "mlock", "munlock", "munmap")),
    )  # fmt: skip
    def advise(self, data: st.DataObject, first: int, pages: int, kind: str) -> None:
        self.act(kind, data.draw(st.sampled_from(self.running())), first, min(pages, PAGES - first))

    @precondition(ready)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        fresh = [child for child in CHILDREN if self.both.reference.processes[child].state == "none"]
        if fresh:
            self.act("fork", data.draw(st.sampled_from(self.running())), fresh[0])

    @precondition(ready)
    @rule(data=st.data())
    def exit(self, data: st.DataObject) -> None:
        if len(self.running()) > 1:
            self.act("exit", data.draw(st.sampled_from(self.running())))

    @precondition(ready)
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        """One that has ended starts again as another program; one that runs goes on."""
        there = [process.number for process in self.both.reference.processes if process.state != "none"]
        self.act("exec", data.draw(st.sampled_from(there)), PAGES, *TEXT)

    @precondition(ready)
    @rule(kind=st.sampled_from(("swapon", "swapoff")), device=st.integers(0, 1))
    def swap_device(self, kind: str, device: int) -> None:
        self.act(kind, device)

    @precondition(ready)
    @rule(data=st.data(), knob=st.sampled_from(KNOBS))
    def turn(self, data: st.DataObject, knob: tuple) -> None:
        self.act("set", knob[0], data.draw(st.sampled_from(knob[1])))

    @rule(ns=st.sampled_from((20_000, 200_000, 5_000_000)))
    def idle(self, ns: int) -> None:
        """Behind the end of a run nothing is done any more."""
        self.act("idle", ns)


TestAnyOperation = AnyOperation.TestCase
TestAnyOperation.settings = settings(QUICK, max_examples=8, stateful_step_count=8)


class AnyOperationForLong(AnyOperation):
    """The same, longer."""


TestAnyOperationForLong = pytest.mark.soak(AnyOperationForLong.TestCase)
TestAnyOperationForLong.settings = settings(LONG, max_examples=200, stateful_step_count=50)
