"""What the lessons say of other settings, of bytes and of page tables, which no check in a file can hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import operation as op
from engine.cli.new import template
from engine.machine import Machine
from engine.mm.page_alloc import watermark_min
from engine.mm.transitions import KINDS, Actor
from engine.operation import Op
from engine.policies.decide import decide
from engine.policies.file import PolicyFile
from engine.program import Program
from engine.reading import PageState, entries_of, page_states, words_of
from engine.resources import scenarios_dir
from engine.scenario import parse_scenario
from engine.timeline import Timeline
from tests.scenarios.library_runs import DESIGNS, figure, loaded, named, ran

each_design = pytest.mark.parametrize("design", DESIGNS)


def at_mark(program: Program, mark: str) -> Machine:
    """A machine that has come to a mark."""
    machine = Machine(program, compiled=False)
    for number, word in enumerate(program.ops):
        if word & op.KIND_MASK == Op.MARK and program.marks[int(word >> op.VALUE_SHIFT)] == mark:
            machine.run(number + 1)
            return machine
    raise AssertionError(f"there is no mark {mark}")


def test_first_swap_out_needs_slots_today() -> None:
    for design, held in (("legacy", True), ("swap_desc", False)):
        run = ran(named("first-swap-out"), f"machine.design={design}")
        assert (run.value("swap_used_pages", "page 0 is wanted again") != 0) == held


def test_without_a_swapfile_memory_runs_out_in_the_end_too() -> None:
    assert ran(named("zswap-without-swapfile"), "machine.frames=80").outcome == "oom"


def test_today_the_pool_is_empty_to_the_end_without_a_swapfile() -> None:
    run = ran(named("zswap-without-swapfile"), "machine.design=legacy")
    assert run.value("zswpout") == 0
    assert 100 <= int(run.value("references") or 0) <= 140, "about half of 240 pages"


def test_a_writeback_takes_its_slot_and_leaves_every_page_table_alone() -> None:
    """From the slot being taken to the entry being written back: which tables the shrink worker changed."""
    timeline = Timeline(loaded(named("zswap-spills"))[1], compiled=False)
    numbers = {kind.name: kind.number for kind in KINDS}
    looked_at = 0
    while looked_at < 5 and timeline.seek({numbers["slot taken"]}):
        if timeline.transition().actor is not Actor.SHRINK_WORKER:
            continue
        looked_at += 1
        used = timeline.view["swap_used_pages"]
        timeline.step(-1)
        assert timeline.view["swap_used_pages"] == used - 1
        timeline.step(1)
        tables = set()
        while True:
            tables |= {table for table, _, _ in timeline.view.where(timeline.changed())}
            if timeline.transition().kind.name == "written back":
                break
            timeline.step(1)
        assert {"desc", "slot", "zswap"} <= tables
        assert "pte" not in tables
    assert looked_at == 5


def test_sort_wants_more_as_memory_shrinks() -> None:
    file = named("recorded-sort")
    runs = [
        ran(file, *sets) for sets in (("machine.frames=600",), ("machine.frames=400",), (), ("machine.frames=200",))
    ]
    faults = [int(run.value("pgmajfault") or 0) for run in runs]
    times = [int(run.value("simulated_ns") or 0) for run in (runs[0], runs[-1])]
    assert faults[0] == 0
    assert ran(file, "machine.frames=600").value("swapped_pages") == 0
    assert faults == sorted(faults)
    assert times[1] < 1.1 * times[0], "the time hardly changes"


def test_most_of_what_is_read_ahead_for_sort_is_wanted() -> None:
    run = ran(named("recorded-sort"))
    assert int(run.value("swap_ra_hit") or 0) > int(run.value("swap_ra") or 0) / 2


def test_the_database_compresses_to_two_thirds() -> None:
    _, program = loaded(named("recorded-database"))
    heap = next(region for region in program.processes[0].regions if region.name == "heap")
    assert 800 < heap.pages < 900
    sizes = program.images.lz4[heap.image : heap.image + heap.images]
    assert 0.55 < float(np.mean(sizes)) / 4096 < 2 / 3


def test_a_second_chance_for_each_entry_and_not_one_written() -> None:
    run = ran(named("pool-full"))
    filled = run.marks[0].moment
    assert filled.gauges["zswap_stored_pages"] > 48, "more than three wakings of 16 entries go around"
    assert filled.gauges["zswap_pool_pages"] <= 52


# -- 07 … 12 --------------------------------------------------------------------------------------


@each_design
def test_used_slots_are_held_slots_today_and_none_with_descriptors(design: str) -> None:
    run = ran(named("wasted-slots"), f"machine.design={design}")
    for mark in run.marks:
        assert mark.moment.gauges["swap_used_pages"] == mark.moment.gauges["slots_held_by_zswap"]
    small = ran(named("wasted-slots"), f"machine.design={design}", "machine.swapfile.0.slots=80")
    assert small.outcome == ("oom" if design == "legacy" else "finished")


def test_the_end_comes_later_by_what_the_pool_holds() -> None:
    today, then = (figure("both-full", "references", None, f"machine.design={one}") for one in ("legacy", "swap_desc"))
    pool = figure("both-full", "zswap_stored_pages", "132 pages")
    assert 60 <= pool <= 80
    assert abs(then - today - pool) < 15
    virtual = figure("both-full", "references", None, "machine.design=vswap")
    assert today + 30 < virtual < then, "somewhat earlier"


def test_a_larger_pool_makes_more_faults_and_less_waiting_up_to_a_knee() -> None:
    sizes = (5, 10, 20, 30, 40, 60, 70)
    sets = [f"machine.zswap.max_pool_percent={size}" for size in sizes]
    time = dict(zip(sizes, (figure("sizing-the-pool", "simulated_ns", None, one) for one in sets)))
    faults = dict(zip(sizes, (figure("sizing-the-pool", "pgmajfault", None, one) for one in sets)))
    assert 1.1 * faults[20] < faults[40] < 1.15 * faults[20], "an eighth"
    assert time[40] < 0.67 * time[20]
    assert time[30] - time[40] > max(time[20] - time[30], time[40] - time[60]), "the knee is between 30 and 40"
    assert time[70] == time[60]
    assert faults[70] == faults[60]
    assert figure("sizing-the-pool", "pswpout", None, sets[5]) == 0
    none = "machine.zswap.enabled=false"
    assert figure("sizing-the-pool", "pgmajfault", None, none) < 1.02 * min(faults.values())
    assert figure("sizing-the-pool", "simulated_ns", None, none) > max(time.values())


def test_readahead_with_and_without_a_reverse_map() -> None:
    def runs(figure_name: str, *sets: str) -> int:
        return figure("readahead", figure_name, "read in order", *sets)

    none, scan = "machine.swap_desc.reverse_map=none", "machine.swap_desc.reverse_map=scan"
    assert runs("pgmajfault", none) == 512
    assert runs("swap_ra", none) == 0
    assert runs("pgmajfault", scan) < 128
    assert runs("reverse_map_steps", scan) > 200_000
    assert runs("pgmajfault", none, "machine.readahead=vma") < 128
    assert runs("pgmajfault", "machine.page_cluster=0") == 512
    assert runs("simulated_ns", "machine.page_cluster=0") > 1.5 * runs("simulated_ns")
    vma = ("machine.readahead=vma", "machine.zswap.enabled=true")
    assert runs("swap_ra", *vma, "machine.readahead_zswap=false") < runs("swap_ra", *vma)


def test_swapoff_grows_with_other_things_in_each_design() -> None:
    def read(kind: str, design: str, *sets: str) -> int:
        return figure("swapoff", kind, "the device is gone", f"machine.design={design}", *sets)

    large, tight = "machine.swapfile.0.slots=8192", "machine.frames=640"
    assert read("swapoff_slots", "vswap", large) == 8192
    assert read("swapoff_slots", "legacy", large) == 8192
    assert read("swapoff_descriptors", "swap_desc", large) == 60
    for design in DESIGNS:
        assert read("swap_total_pages", design, tight) == 1024, "it stays in use"
        assert read("swap_total_pages", design) == 0


def test_no_entry_of_a_page_table_changes_when_descriptors_empty_a_device() -> None:
    _, program = loaded(named("swapoff"))
    before, after = (at_mark(program, mark) for mark in ("60 pages are out", "the device is gone"))
    for process in (1, 2, 3):
        words = words_of(before.view, process)
        held = entries_of(words) != 0
        assert (words_of(after.view, process)[held] == words[held]).all()


@each_design
def test_a_count_counts_page_tables(design: str) -> None:
    run = ran(named("fork"), f"machine.design={design}")
    one, five = (run.value("swapped_pages", mark) for mark in ("one process", "four workers"))
    assert five == 5 * int(one or 0)
    more = "\n".join(f'[[run]]\nop = "fork"\nprocess = "server"\nchild = "w{number}"' for number in range(12))
    text = named("fork").read_text(encoding="utf-8")
    text = text.replace('[[run]]\nmark = "four workers"', f'{more}\n\n[[run]]\nmark = "four workers"')
    program = parse_scenario(text, named("fork"), [f"machine.design={design}"]).build()
    assert (at_mark(program, "four workers").view["count_continuations"] > 0) == (design == "vswap")


# -- 13 … 18 --------------------------------------------------------------------------------------


@each_design
def test_page_tables_know_nothing_of_swapped_shmem(design: str) -> None:
    machine = at_mark(loaded(named("shmem"), f"machine.design={design}")[1], "written")
    words = words_of(machine.view, 1)[:96]
    assert int((words == 0).sum()) == machine.view["swapped_pages"] == machine.view["zswap_stored_pages"]
    assert not entries_of(words).any()
    before, after = (
        ran(named("shmem"), f"machine.design={design}").value("swapped_pages", mark)
        for mark in ("read", "the writer has ended")
    )
    assert before == after


def test_what_is_refused_is_written_instead() -> None:
    reject = "machine.zswap.incompressible=reject"
    assert figure("incompressible", "pswpout", "photos are out", reject) == 100
    assert figure("incompressible", "negative_gains", "all are out", reject) == 60
    grown = [figure("incompressible", "zswap_pool_pages", mark) for mark in ("notes are out", "photos are out")]
    assert grown[1] - grown[0] == 100
    old = "machine.kernel=6.2"
    assert figure("incompressible", "pswpout", "all are out", old) == 160
    assert figure("incompressible", "same_filled_pages", "all are out", old) == 40


def test_a_larger_reserve_is_enough() -> None:
    name, mark = "descriptors-while-reclaiming", "the first reclaim"
    eight = ("machine.watermark_min=8", "machine.watermark_low=10", "machine.watermark_high=12")
    formula = ("machine.watermark_min=0", "machine.watermark_low=0", "machine.watermark_high=0")
    assert figure(name, "descriptor_alloc_fail", None, *eight) == 0
    assert figure(name, "descriptor_from_reserve", mark, *eight) == 2
    assert ran(named(name), *eight, "machine.design=vswap").outcome == "finished"
    assert figure(name, "descriptor_from_reserve", None, *formula) == 6
    assert Machine(loaded(named(name), *formula)[1], compiled=False).call(watermark_min) == 42
    stock = ("machine.swap_desc.slab_stock=100", "machine.swap_desc.slab_refill=50")
    assert figure(name, "descriptor_alloc_fail", mark, *stock) > 500


def test_the_bytes_of_metadata_cross_between_25_and_50_percent() -> None:
    def total(design: str, mark: str, reverse_map: str = "none") -> int:
        sets = (f"machine.design={design}", f"machine.swap_desc.reverse_map={reverse_map}")
        return int(at_mark(loaded(named("metadata"), *sets)[1], mark).metadata_bytes()["total"])

    assert [total("legacy", f"{share} percent") for share in (25, 50, 75)] == [7296, 11392, 15488]
    assert [total("swap_desc", f"{share} percent") for share in (25, 50, 75)] == [7168, 13312, 19456]
    assert total("swap_desc", "10 percent", "kept") < total("legacy", "10 percent")
    assert total("swap_desc", "25 percent", "kept") > total("legacy", "25 percent"), "they cross at 13 percent"
    assert total("vswap", "10 percent") == total("vswap", "50 percent") == 9296 + 1024 * 48 // 512


def test_with_a_large_swapfile_nothing_is_written_twice() -> None:
    large = "machine.swapfile.0.slots=1024"
    again = figure("swapcache", "pswpout", "read again", large) - figure(
        "swapcache", "pswpout", "ballast has come", large
    )
    assert again < 100
    again = figure("swapcache", "pswpout", "read again") - figure("swapcache", "pswpout", "ballast has come")
    assert again > 200


def test_policies_in_a_loop_that_does_not_fit() -> None:
    faults = {
        policy: figure("thrashing", "pgmajfault", None, f"machine.policy={policy}")
        for policy in ("linux", "fifo", "lru", "clock", "random", "opt")
    }
    assert faults["fifo"] == faults["lru"] == 648 == 9 * 72
    assert faults["opt"] == 72
    assert faults["opt"] < faults["random"] == 126 < faults["linux"] < faults["clock"] < faults["lru"]
    assert figure("thrashing", "psi_full_ns") == figure("thrashing", "psi_some_ns")
    waited = figure("thrashing", "psi_some_ns") / (
        figure("thrashing", "simulated_ns") - figure("thrashing", "simulated_ns", "56 pages")
    )
    assert waited > 0.5
    assert figure("thrashing", "pgmajfault", None, "machine.frames=84") == 0


# -- 19 … 24 --------------------------------------------------------------------------------------


def test_a_share_of_the_fast_device_is_better_than_none() -> None:
    def waited(*sets: str) -> int:
        return figure("two-devices", "device_read_ns", "the new one works", *sets)

    assert waited("machine.swapfile.1.priority=10") < 0.95 * waited()
    assert waited("machine.swapfile.0.slots=256") < 0.02 * waited()
    alone = figure("two-devices", "device_read_ns", "the new one works alone") - waited()
    assert 0.4 * waited() < alone < 0.95 * waited(), "only faster, not fast"


def test_a_pool_that_may_take_everything_kills() -> None:
    half, shrinker = "machine.zswap.max_pool_percent=50", "machine.zswap.shrinker_enabled=true"
    assert figure("rising-pressure", "oom_kill", None, half) == 1
    assert figure("rising-pressure", "oom_kill", None, half, shrinker) == 0
    run = ran(named("rising-pressure"))
    times = np.diff([0, *(mark.moment.simulated_ns for mark in run.marks)])
    assert times.max() < 310e6
    assert times.min() > 290e6


@pytest.mark.parametrize(("kernel", "stuck"), [("6.2", True), ("6.18", False), ("mm", False)])
def test_yesterday_keeps_the_pool_only_in_old_kernels(kernel: str, stuck: bool) -> None:
    sets = (f"machine.kernel={kernel}",)
    name = "phase-change"
    served = figure(name, "zswpin", "this evening", *sets) - figure(name, "zswpin", "this morning", *sets)
    assert (served == 0) == stuck
    assert stuck or served > 200
    states, _ = page_states(at_mark(loaded(named(name), *sets)[1], "this morning").view, 1)
    in_pool = states[:448] == PageState.ZSWAP
    assert in_pool[:224].any()
    assert in_pool[224:].any() == (kernel == "mm")
    if not stuck:
        assert figure(name, "simulated_ns", None, *sets) < 0.85 * figure(name, "simulated_ns")


def test_the_shrinker_makes_this_run_slower() -> None:
    new, shrinker = "machine.kernel=6.18", "machine.zswap.shrinker_enabled=true"
    assert figure("phase-change", "simulated_ns", None, new, shrinker) > figure(
        "phase-change", "simulated_ns", None, new
    )


def test_a_few_pages_keep_whole_clusters() -> None:
    def dynamic(design: str, mark: str) -> int:
        program = loaded(named("virtual-swap"), f"machine.design={design}")[1]
        return int(at_mark(program, mark).metadata_bytes()["dynamic"])

    assert dynamic("vswap", "both are out") == dynamic("vswap", "keeper is left") == 27888
    assert dynamic("swap_desc", "keeper is left") == 1920
    assert 43_000 < dynamic("swap_desc", "both are out") < 45_000
    assert dynamic("vswap", "keeper is back") == dynamic("swap_desc", "keeper is back") == 0


@pytest.mark.parametrize(("slots", "steps"), [(1024, 4), (16384, 5)])
def test_todays_steps_grow_with_the_swapfile(slots: int, steps: int) -> None:
    sets = ("machine.design=legacy", f"machine.swapfile.0.slots={slots}")
    assert figure("lookups", "swap_lookups", "64 are back", *sets) == 64 * steps
    sets = (f"machine.swapfile.0.slots={slots}",)
    assert figure("lookups", "swap_lookups", "64 are back", *sets) == 64 * 2


def test_beladys_anomaly() -> None:
    def faults(policy: str, frames: int, mark: str = "the sequence") -> int:
        return figure("belady", "pgfault", mark, f"machine.policy={policy}", f"machine.frames={frames}")

    assert (faults("fifo", 8), faults("fifo", 9)) == (19, 20)
    assert (faults("lru", 8), faults("lru", 9)) == (20, 13) == (faults("clock", 8), faults("clock", 9))
    assert (faults("opt", 8), faults("opt", 9)) == (12, 11)
    assert 11 <= faults("random", 9) <= faults("random", 8) <= 20
    long = {policy: faults(policy, 8, "a long run") for policy in ("fifo", "random", "lru", "clock", "opt")}
    assert long["opt"] < 0.7 * long["clock"] < long["lru"] < long["random"] < long["fifo"]
    assert ran(named("belady"), "machine.policy=linux", "machine.frames=16").outcome == "finished"


@each_design
def test_a_writeback_leaves_every_page_table_as_it_is(design: str) -> None:
    program = loaded(named("late-slot"), f"machine.design={design}")[1]
    before, after = (at_mark(program, mark) for mark in ("24 are in the pool", "the worker has been here"))
    changed = words_of(before.view, 1) != words_of(after.view, 1)
    assert int(changed.sum()) == 1, "only that of the page that was given away in between"


def test_what_leaves_the_pool_decides_what_is_read(tmp_path: Path) -> None:
    def read(policy: Path) -> int:
        machine = Machine(decide(loaded(named("writeback-policy"))[1], PolicyFile(policy)), compiled=False)
        machine.run()
        return machine.counters()["pswpin"]

    assert figure("writeback-policy", "pswpin", None, "machine.zswap.second_chance=false") == 468
    assert read(scenarios_dir() / "policies" / "fewest_visits.py") == 305
    keeping = tmp_path / "keeping.py"
    text = template("writeback-policy", "keeping").replace("return entries[0]", "return None")
    keeping.write_text(text, encoding="utf-8")
    assert read(keeping) == 649
