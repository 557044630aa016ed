"""A machine: operations in, transitions out, in the interpreter and compiled alike."""

from __future__ import annotations

import pytest

from engine.machine import Machine, metadata_bytes
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import DIRECT_RECLAIM, FIRST_TOUCH
from engine.operation import Op, encode
from engine.program import Program
from tests.engine.mm.machines import ALL_DESIGNS, LEGACY, SWAP_DESC, VSWAP, program

PAGES = 40
OPS = [encode(Op.WRITE, 0, page) for page in range(PAGES)] + [encode(Op.READ, 0, page) for page in range(PAGES)]


def pressed(**more: int) -> Program:
    """Forty pages in twenty-four frames, written once and read once."""
    return program(PAGES, frames=24, slots=128, zswap=True, ops=OPS, **more)


def test_it_runs_to_where_it_is_told_and_then_to_the_end() -> None:
    machine = Machine(pressed(), False)
    assert machine.run(10) == machine.position == 10
    assert machine.view["references"] == 10
    assert machine.outcome == "running"
    assert machine.run() == len(OPS)
    assert (machine.outcome, machine.finished) == ("finished", True)
    assert machine.run() == len(OPS), "there is nothing left to do"


def test_running_in_parts_gives_the_same_state_as_in_one_go() -> None:
    whole, parts = Machine(pressed(), False), Machine(pressed(), False)
    whole.run()
    for until in (1, 2, 17, 40, 41, 79, 80):
        parts.run(until)
    assert parts.state_hash() == whole.state_hash()


def test_a_journal_changes_nothing() -> None:
    without, kept = Machine(pressed(), False), Machine(pressed(), False)
    without.run()
    kept.keep_journal()
    kept.run()
    assert not kept.journal_lost
    assert kept.state_hash() == without.state_hash()
    kept.drop_journal()
    assert kept.state_hash() == without.state_hash()


def test_it_stops_behind_the_operation_of_a_transition_or_a_watched_kind() -> None:
    machine = Machine(pressed(), False)
    machine.run(transitions=5)
    assert machine.position == 3, "each first touch makes two"
    machine.run(watch=1 << DIRECT_RECLAIM)
    assert machine.position == 25, "the twenty-fifth page finds no frame"


def test_transitions_come_numbered_with_their_operation() -> None:
    machine = Machine(pressed(), False)
    made = machine.run_recorded(3)
    assert [transition.number for transition in made] == [1, 2, 3, 4, 5, 6]
    assert [transition.operation for transition in made] == [0, 0, 1, 1, 2, 2]
    assert [transition.cause for transition in made] == [0, 1, 0, 3, 0, 5]
    assert [transition.time_ns for transition in made] == sorted(transition.time_ns for transition in made)
    assert made[1].kind.number == FIRST_TOUCH
    assert made[1].operand("frame") == 1
    with pytest.raises(KeyError):
        made[1].operand("slot")


def test_the_record_of_a_run_is_the_same_however_it_is_cut() -> None:
    whole = Machine(pressed(), False).run_recorded(len(OPS))
    machine = Machine(pressed(), False, records=512)
    assert machine.run_recorded(len(OPS)) == whole


def test_an_operation_that_makes_more_than_a_journal_holds_is_an_error_that_says_so() -> None:
    machine = Machine(pressed(), False, journal_words=64)
    with pytest.raises(OverflowError, match="operation"):
        machine.run_recorded(len(OPS))


def test_counters_have_the_kernels_names_and_the_histogram_is_left_out() -> None:
    machine = Machine(pressed(), False)
    machine.run()
    counters = machine.counters()
    assert {"pswpin", "zswpout", "pgmajfault", "pool_limit_hit"} <= set(counters)
    assert not any(name.startswith("fault_latency_") for name in counters)
    assert counters["pgfault"] >= PAGES
    assert machine.gauges()["resident_pages"] == machine.view.scalar(im.NR_RESIDENT)


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_a_whole_run_is_right_in_every_design(design: int) -> None:
    machine = Machine(pressed(design=design), False)
    machine.run()
    assert machine.outcome == "finished"
    told = machine.metadata_bytes()
    assert told["total"] == told["static"] + told["dynamic"] > 0


def test_metadata_is_by_the_designs_own_formula() -> None:
    static, dynamic = {}, {}
    for design in ALL_DESIGNS:
        machine = Machine(pressed(design=design), False)
        machine.run(30)
        told = metadata_bytes(machine.view)
        static[design], dynamic[design] = told["static"], told["dynamic"]
        view = machine.view
        if design == LEGACY:
            assert told["dynamic"] == 8 * view["swap_used_pages"] + 8 * view["zswap_stored_pages"]
        elif design == SWAP_DESC:
            assert told["dynamic"] == 32 * view["descriptors"]
        else:
            assert told["dynamic"] >= 512 * view["virtual_clusters"] * 18
    assert static[LEGACY] == int(128 * 3.125)
    assert static[SWAP_DESC] == 128
    assert static[VSWAP] == int(128 * 48 / 512)


def test_a_run_that_ends_for_want_of_memory_says_so() -> None:
    machine = Machine(program(PAGES, frames=24, slots=0, ops=OPS), False)
    machine.run()
    assert (machine.outcome, machine.finished) == ("oom", True)
    assert machine.position == 25
    assert machine.view["oom_reference"] == 25


def test_a_page_outside_every_region_ends_the_run() -> None:
    machine = Machine(program(8, ops=[encode(Op.WRITE, 0, 3), encode(Op.WRITE, 0, 9), encode(Op.READ, 0, 3)]), False)
    machine.run()
    assert (machine.outcome, machine.position) == ("segfault", 2)


def test_other_operations_may_take_the_place_of_those_to_come() -> None:
    machine = Machine(pressed(), False)
    machine.run(10)
    machine.use_operations(machine.ops[:12])
    machine.run()
    assert (machine.position, machine.outcome) == (12, "finished")


@pytest.mark.parametrize("compiled", [False, True])
def test_samples_on_the_way_are_those_of_stopping_there(compiled: bool) -> None:
    whole, parts = Machine(pressed(), compiled), Machine(pressed(), compiled)
    found = whole.run_sampled(30, 7) + whole.run_sampled(1000, 7)
    assert [position for position, _ in found] == list(range(7, 81, 7))
    for position, scalars in found:
        parts.run(position)
        assert (scalars == parts.words[HEADER_WORDS : im.schema.scalar_end]).all()
    assert whole.position == len(OPS)
    assert whole.run_sampled(1000, 7) == []


@pytest.mark.parametrize("compiled", [False, True])
def test_a_run_that_ends_has_no_samples_behind_its_end(compiled: bool) -> None:
    ended = program(PAGES, frames=24, slots=0, ops=OPS)
    machine, plain = Machine(ended, compiled), Machine(ended, False)
    found = machine.run_sampled(len(OPS), 1)
    plain.run()
    assert machine.outcome == plain.outcome == "oom"
    assert machine.position == plain.position == len(found) < len(OPS)
    assert machine.state_hash() == plain.state_hash()
