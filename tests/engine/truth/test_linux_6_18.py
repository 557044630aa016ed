"""The model goes through what Linux 6.18 went through, and counts the same."""

from __future__ import annotations

from functools import cache

import pytest

from engine.machine import Machine
from engine.mm import image as im
from engine.mm.transitions import WB_ROTATE
from engine.mm.zswap import MAX_RECLAIM_RETRIES
from engine.truth import cases as those
from engine.truth.compare import WRITTEN_AHEAD, Row, replay, rows
from engine.truth.recorded import COUNTERS, FIGURES, GAUGES, KILLED, recorded

CASES = {case.name: case for case in those.cases()}


@cache
def replayed(name: str) -> tuple[Machine, dict[str, dict[str, int]]]:
    return replay(CASES[name], True)


def compared(name: str) -> list[Row]:
    return list(rows(CASES[name], replayed(name)[1]))


def test_every_recorded_case_is_replayed_to_every_mark() -> None:
    made = {(case.name, mark) for case in CASES.values() for mark in case.marks if case.name not in KILLED}
    assert made == set(FIGURES)
    assert all(len(figures) == len(COUNTERS + GAUGES) for figures in FIGURES.values())


@pytest.mark.parametrize("name", [name for name in CASES if name not in KILLED])
def test_counters_and_gauges_are_the_kernels_within_three_percent(name: str) -> None:
    found = compared(name)
    assert sum(row.compared for row in found) >= 10
    assert [row for row in found if not row.possible] == []
    assert [row for row in found if not row.holds and not row.of_the_moment] == []


def test_what_reclaim_writes_ahead_rises_and_falls_around_the_kernels_figure() -> None:
    machine = Machine(CASES["shmem_seq_twice, no zswap"].program, True)
    machine.run(16_385)
    cached = []
    while not machine.finished:
        machine.run(machine.position + 8)
        cached.append(machine.gauges()["swapcached_pages"])
    assert max(cached) <= 1.5 * WRITTEN_AHEAD
    assert min(cached) < 100 < recorded("shmem_seq_twice, no zswap", "end")["swapcached_pages"] <= 1.2 * max(cached)


def test_a_full_swapfile_ends_the_run_at_the_page_that_has_neither_slot_nor_frame() -> None:
    machine, _ = replayed("swap_full")
    assert machine.outcome == "oom"
    program = CASES["swap_full"].program
    room = program.swapfiles[0].slots + program.setting("machine.frames")
    assert machine.view.scalar(im.OOM_REFERENCE) == room + 1
    assert machine.counters()["zswpout"] == program.swapfiles[0].slots == 32 * 256 - 1


def test_a_worker_that_only_rotates_is_why_nothing_is_written_back_during_a_fast_fill() -> None:
    machine = Machine(CASES["pool_limit_seq"].program, True)
    machine.run(200_001)
    refused, stored = machine.counters()["pool_limit_hit"], machine.gauges()["zswap_stored_pages"]
    rotated = machine.view.scalar(im.KIND_COUNT[WB_ROTATE])
    assert 0 < rotated < stored, "the first entry without its second chance has not come up"
    assert rotated % MAX_RECLAIM_RETRIES in (0, machine.view["worker_failures"] % MAX_RECLAIM_RETRIES)
    assert machine.counters()["zswpwb"] == 0 < refused


def test_after_the_fill_pages_are_refused_until_a_tenth_of_the_pool_is_free() -> None:
    program = CASES["pool_limit_seq"].program
    machine = Machine(program, True)
    machine.run(200_001)
    before = machine.counters()
    while machine.counters()["zswpout"] == before["zswpout"]:
        machine.run(machine.position + 50)
    loaded = machine.counters()["zswpin"] - before["zswpin"]
    threshold = program.setting("machine.zswap.max_pool_pages") * 90 // 100
    assert machine.gauges()["zswap_pool_pages"] <= threshold + 50
    # What is loaded until then took up a tenth of the pool, at 1 787 bytes a page; reclaim may live on what it
    # wrote before for a dozen rounds, and asks only then.
    least = (those.MAX_POOL_PAGES - threshold) * 4096 // 1787
    assert least <= loaded <= least + 1000
    assert least <= recorded("pool_limit_seq", "end")["pswpout"] <= least + 1000


def test_with_more_slots_used_than_half_a_read_gives_its_slot_up() -> None:
    assert replayed("pool_limit_seq")[1]["end"]["swapcached_pages"] < 100
    assert replayed("seq_twice")[1]["end"]["swapcached_pages"] > 4_000


def test_a_row_tells_large_figures_by_share_and_small_ones_by_number() -> None:
    assert Row("case", "end", "zswpin", 1000, 1000, 1030).holds
    assert not Row("case", "end", "zswpin", 1000, 1000, 1031).holds
    assert Row("case", "end", "zswpin", 0, 0, 100).holds
    assert not Row("case", "end", "zswpin", 0, 0, 101).holds


def test_of_several_runs_of_the_kernel_the_nearest_counts() -> None:
    row = Row("case", "end", "zswpin", 1000, 1200, 1100)
    assert (row.kernel, row.deviation, row.holds) == ("1000 … 1200", 0, True)
    assert Row("case", "end", "zswpin", 1000, 1200, 970).holds
    assert not Row("case", "end", "zswpin", 1000, 1200, 1237).holds
