"""One operation after the other, and knobs that are turned meanwhile."""

from __future__ import annotations

from engine.mm import image as im
from engine.mm.journal import ACTOR, CAUSE
from engine.mm.transitions import Actor
from tests.engine.mm.machines import build, kinds, of_kind


def test_a_knob_tells_its_value_and_the_one_before() -> None:
    toy = build()
    made = toy.setting("page_cluster", 5)
    assert kinds(made) == ["setting"]
    assert (made[0].operand("value"), made[0].operand("before"), made[0].actor) == (5, 3, Actor.USER)


def test_less_memory_is_made_room_for_at_once() -> None:
    toy = build(40, frames=64, slots=100, zswap=True)
    toy.write(*range(40))
    made = toy.setting("frames", 24)
    assert toy["nr_free_pages"] >= 0
    assert toy["resident_pages"] < 24
    assert of_kind(made, "direct reclaim")
    assert toy["oom_kill"] == 0


def test_less_memory_than_can_be_freed_kills() -> None:
    toy = build(40, frames=64, slots=0)
    toy.write(*range(40))
    toy.setting("frames", 24)
    assert toy["oom_kill"] == 1


def test_more_memory_is_free_at_once() -> None:
    toy = build(frames=64)
    toy.setting("frames", 100)
    assert toy["nr_free_pages"] == 100


def test_a_smaller_working_set_folds_references_into_the_start_of_the_region() -> None:
    toy = build(10)
    toy.setting("working_set_percent", 50)
    toy.write(9)
    assert toy.present(4)
    assert not toy.present(9)


def test_time_passes_while_nothing_runs() -> None:
    toy = build()
    before = toy["now"]
    toy.idle(12345)
    assert toy["now"] - before == 12345


def test_operations_are_counted_and_references_with_their_repeats() -> None:
    toy = build()
    toy.write(0, 1)
    toy.idle(1)
    assert toy.figures("operations", "references") == (3, 2)


def test_after_an_operation_nobody_acts_and_nothing_has_a_cause() -> None:
    toy = build(40, frames=24, slots=100, zswap=True)
    for page in range(40):
        toy.write(page)
        assert (toy.scalar(ACTOR), toy.scalar(CAUSE)) == (0, 0)
    toy.setting("frames", 20)
    toy.pageout(30, 5)
    toy.swapoff()
    assert (toy.scalar(ACTOR), toy.scalar(CAUSE)) == (0, 0)


def test_devices_finish_before_the_next_operation() -> None:
    toy = build()
    toy.write(0)
    toy.pageout(0)
    done = toy.at(im.BIO_DONE, toy["bio_head"])
    made = toy.idle(done - toy["now"])
    assert kinds(made) == ["idle", "write done"]
