"""Out of memory: who is killed, and what goes on."""

from __future__ import annotations

import pytest

from engine.mm import image as im
from engine.mm.oom_kill import oom_badness, out_of_memory
from engine.program import Process
from tests.engine.mm.machines import ALL_DESIGNS, Toy, build, kinds, of_kind, region

EVERY = pytest.mark.parametrize("design", ALL_DESIGNS)


def crowd(*sizes: int, **more: object) -> Toy:
    return build(processes=[Process(f"p{pages}", pages, (region(pages),)) for pages in sizes], **more)


def test_badness_is_pages_in_memory_and_swap_and_page_tables() -> None:
    toy = crowd(600, zswap=True)
    toy.write(*range(10))
    toy.pageout(0, 4)
    assert toy.call(oom_badness, 1) == 6 + 4 + 2


@EVERY
def test_the_largest_process_is_killed_and_the_run_goes_on(design: int) -> None:
    toy = crowd(10, 20, frames=24, slots=0, design=design)
    toy.write(*range(16), process=1)
    made = toy.write(*range(10))
    assert [transition.operand("process") for transition in of_kind(made, "out of memory")] == [2]
    assert toy.at(im.MM_STATE, 2) == 3
    assert toy["oom_kill"] == 1
    assert toy.machine.outcome in ("running", "finished")
    assert all(toy.present(page) for page in range(10))
    assert kinds(toy.write(0, process=1)) == ["skipped"]


def test_swapped_pages_count_as_much_as_those_in_memory() -> None:
    toy = crowd(12, 12, frames=16, slots=64, zswap=True)
    toy.write(*range(10), process=1)
    toy.pageout(0, 10, process=1)
    toy.write(*range(6))
    assert toy.call(out_of_memory) == 2


def test_of_equals_the_younger_one_is_killed() -> None:
    toy = crowd(10, 10, 10, frames=24, slots=0)
    for process in range(3):
        toy.write(*range(4), process=process)
    toy.write(4, process=1)
    toy.write(4, process=0)
    assert [toy.call(out_of_memory) for _ in range(3)] == [2, 1, 3], "five pages, five pages, four"


def test_the_asking_process_may_be_the_largest_itself() -> None:
    toy = crowd(40, frames=16, slots=0)
    made = toy.write(*range(40))
    assert kinds(made)[-2:] == ["exit", "out of memory, end"]
    assert toy.machine.outcome == "oom"
    assert toy["oom_reference"] == 17, "the reference that did not fit"


def test_what_the_victim_had_is_free() -> None:
    toy = crowd(10, 20, frames=24, slots=64, zswap=True)
    toy.write(*range(8), process=1)
    toy.pageout(0, 4, process=1)
    toy.call(out_of_memory)
    assert toy.figures("resident_pages", "swap_used_pages", "zswap_stored_pages") == (0, 0, 0)


def test_when_the_last_is_killed_the_run_is_over() -> None:
    toy = crowd(4, 6, slots=0)
    assert [toy.call(out_of_memory) for _ in range(2)] == [1, 2] or toy["oom_kill"] == 2
    assert toy.call(out_of_memory) == 0
    assert toy.machine.outcome == "oom"


def test_what_follows_from_a_kill_has_it_as_cause() -> None:
    toy = crowd(10, 20, frames=24, slots=0)
    toy.write(*range(16), process=1)
    made = toy.write(*range(10))
    kill = of_kind(made, "out of memory")[0]
    assert {transition.cause for transition in of_kind(made, "exit")} == {kill.number}
