"""Every kind of transition told in a sentence, from runs in which it really came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from engine.mm import image as im
from engine.mm.transitions import KINDS, OOM, REASONS, START
from engine.mm.vmscan import shrink_inactive_list
from engine.mm.zswap import kick_worker
from engine.operation import Op, encode, encode_mark
from engine.program import Process, Swapfile
from engine.sentence import page_name, slot_name
from engine.transition import Transition
from tests.engine.mm.machines import ALL_DESIGNS, SWAP_DESC, Toy, build, of_kind, region

Told = Iterator[tuple[Toy, list[Transition]]]


def first_touches_and_faults() -> Told:
    toy = build(zero_page=1, children=1)
    yield toy, toy.read(0) + toy.write(0, 1) + toy.read(1)
    yield toy, toy.fork(0, 1) + toy.write(1, process=1) + toy.exit(1) + toy.write(1)
    yield toy, toy.do(encode_mark(0)) + toy.idle(5) + toy.setting("page_cluster", 2) + toy.write(1, process=1)
    toy.program = toy.program.__class__(**{**vars(toy.program), "marks": ("a mark",)})
    yield toy, toy.do(encode_mark(0))
    yield toy, toy.read(99)


def out_and_back(design: int) -> Told:
    toy = build(40, design=design, readahead=1)
    yield toy, toy.write(*range(20)) + toy.pageout(0, 20) + toy.idle() + toy.write(0)
    toy.drop_swapcache()
    yield toy, toy.read(3) + toy.read(4)
    toy = build(4, design=design, filled=(3,))
    yield toy, toy.write(0) + toy.pageout(0) + toy.read(0)
    toy = build(20, frames=12, slots=4, design=design)
    yield toy, toy.write(*range(20))


def reclaim_by_statistics() -> Told:
    toy = build(20, frames=12, stats_flush_ns=1000)
    yield toy, toy.write(*range(20))
    toy = build(4, zswap=True, lz4=(4090,), zswap__writeback=0, zswap__incompressible=0)
    yield toy, toy.write(0) + toy.pageout(0)
    toy = build(20, frames=12, zswap=True, readahead=1)
    toy.write(*range(20))
    yield toy, toy.read(*range(0, 20, 4)) + toy.read(*range(0, 20, 4))


def zswap(design: int) -> Told:
    toy = build(60, design=design, zswap=True, zswap__max_pool_pages=4)
    yield toy, toy.write(*range(60)) + toy.pageout(0, 40) + toy.idle() + toy.read(5) + toy.exit(0)
    toy = build(8, design=design, zswap=True, zswap__exclusive_loads=0, zswap__second_chance=0)
    toy.push_out(0, 4)
    toy.read(0)
    toy.setting("zswap.max_pool_pages", 1)
    toy.call(kick_worker)
    yield toy, toy.idle()


def address_spaces() -> Told:
    newcomer = Process("newcomer", 4, (region(4),), late=True)
    toy = build(processes=[Process("editor", 4, (region(4),)), newcomer])
    yield toy, toy.do(encode(Op.EXEC, 1, 1, 3))
    toy = build(40, zswap=True)
    yield toy, toy.write(*range(10)) + toy.range(Op.MLOCK, 0, 2) + toy.range(Op.MUNLOCK, 0, 2)
    yield toy, toy.range(Op.COLD, 0, 2) + toy.range(Op.WILLNEED, 0, 2) + toy.range(Op.DONTNEED, 0, 2)
    yield toy, toy.range(Op.MUNMAP, 4, 2) + toy.exit(0) + toy.write(1)


def devices(design: int) -> Told:
    toy = build(16, design=design, swapfiles=(Swapfile("fast", 8, priority=3), Swapfile("slow", 8, "hdd")))
    toy.push_out(0, 4)
    yield toy, toy.swapoff() + toy.swapoff() + toy.swapon()
    yield toy, toy.do(encode(Op.SWAPOFF, 7)) + toy.do(encode(Op.SWAPON, 7))


def reclaim() -> Told:
    toy = build(300, frames=256, slots=600, node=True, zswap=True)
    yield toy, toy.write(*range(240)) + toy.read(*range(60)) + toy.write(*range(240, 300)) + toy.read(*range(300))
    yield toy, toy.idle()
    toy = build(8)
    toy.write(0)
    toy.pageout(0)
    yield toy, toy.watch(shrink_inactive_list, 1)
    toy = build(1)
    yield toy, toy.write(0) + toy.watch(shrink_inactive_list, 1) + toy.read(0) + toy.watch(shrink_inactive_list, 1)
    toy = build(40, frames=24, slots=64, zswap=True, zswap__shrinker_enabled=1, zswap__max_pool_percent=90)
    yield toy, toy.write(*range(40)) + toy.read(*range(40))
    people = [Process(f"p{number}", 12, (region(12),)) for number in range(2)]
    toy = build(processes=people, frames=16, slots=0)
    yield toy, toy.write(*range(10)) + toy.write(*range(12), process=1)
    toy = build(20, frames=10, slots=0)
    yield toy, toy.write(*range(20))
    toy = build(4, frames=256, design=SWAP_DESC, node=True, zswap=True)
    toy.write(0)
    toy.m[im.FREE_PAGES] = 0
    yield toy, toy.pageout(0)
    toy = build(4, design=SWAP_DESC, swapfiles=(Swapfile("swap0", 1),))
    yield toy, toy.write(0, 1) + toy.pageout(0, 2)


RUNS: list[Callable[[], Told]] = [first_touches_and_faults, address_spaces, reclaim, reclaim_by_statistics]
RUNS += [partial(runs, design) for runs in (out_and_back, zswap, devices) for design in ALL_DESIGNS]


@pytest.fixture(scope="module")
def told() -> dict[int, list[str]]:
    """Sentences by kind."""
    found: dict[int, list[str]] = {START: []}
    for run in RUNS:
        for toy, made in run():
            for transition in made:
                found.setdefault(transition.kind.number, []).append(toy.say(transition))
    toy = build()
    found[START].append(toy.say(Transition.from_record(0, [START, 0, 0, 0, 0, 0, 0, 0])))
    return found


def test_every_kind_comes_about_in_a_run(told: dict[int, list[str]]) -> None:
    assert [kind.name for kind in KINDS if kind.number not in told] == []


def test_every_sentence_is_one_with_nothing_left_to_fill_in(told: dict[int, list[str]]) -> None:
    for sentences in told.values():
        for sentence in sentences:
            assert "{" not in sentence
            assert "}" not in sentence
            assert sentence[0] == sentence[0].upper()
            assert sentence.endswith(".")
            assert "  " not in sentence


def test_operands_named_in_the_templates_are_those_the_kind_has() -> None:
    for kind in KINDS:
        wanted = {part.split("}")[0] for part in kind.sentence.split("{")[1:]}
        assert wanted <= set(kind.operands), kind.name


def test_a_swapfile_is_called_by_its_name_where_there_are_several() -> None:
    several = build(swapfiles=(Swapfile("fast", 8), Swapfile("slow", 8))).program
    assert slot_name(several, 1 << 58 | 5) == "slot 5 of slow"
    assert slot_name(build().program, 5) == "slot 5"


def test_a_process_is_called_by_its_name_where_there_are_several() -> None:
    people = [Process(name, 4, (region(4),)) for name in ("editor", "browser")]
    assert page_name(build(processes=people).program, 2 << 32 | 3) == "Page 3 of browser"
    assert page_name(build().program, 1 << 32 | 3) == "Page 3"


def test_an_entry_is_called_what_the_design_calls_it() -> None:
    said = []
    for design in ALL_DESIGNS:
        toy = build(design=design, zswap=True)
        toy.write(0)
        said.append(toy.say(of_kind(toy.pageout(0), "zswap store")[0]).split(":")[0])
    assert said == ["Slot 1", "Swap id 1", "Virtual slot 1"]


def test_a_killed_process_is_named() -> None:
    people = [Process(name, 12, (region(12),)) for name in ("editor", "browser")]
    toy = build(processes=people, frames=16, slots=0)
    toy.write(*range(10))
    made = toy.write(*range(12), process=1)
    kills = [toy.say(transition) for transition in made if transition.kind.number == OOM]
    assert len(kills) == 1
    assert "process editor with 10 pages" in kills[0]


def test_reasons_of_a_refusal_are_told() -> None:
    toy = build(zswap=True, zswap__max_pool_pages=1)
    toy.write(*range(6))
    made = toy.pageout(0, 6)
    said = [toy.say(transition) for transition in of_kind(made, "zswap refuses")]
    assert said[0].endswith(f"is not taken into zswap: {REASONS[1]}.")


def test_a_setting_is_told_with_its_choice_or_unit() -> None:
    toy = build()
    assert toy.say(toy.setting("readahead", 1)[0]) == "The setting machine.readahead is now cluster, before auto."
    assert toy.say(toy.setting("frames", 70)[0]) == "The setting machine.frames is now 70 pages, before 64 pages."


def test_a_frame_that_had_no_entry_is_freed_without_one() -> None:
    toy = build()
    toy.write(0)
    said = [toy.say(transition) for transition in of_kind(toy.exit(0), "frame freed")]
    assert said == ["Frame 1 is free; its page now lives nowhere: nobody needs it."]
