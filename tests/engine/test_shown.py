"""What is written down around the cursor: where it begins and ends, what is forgotten, and what is done at rest."""

from __future__ import annotations

import pytest

from engine import scout as scout_module
from engine import shown as shown_module
from engine.machine import Machine
from engine.mm.compiler import ensure_compiled
from engine.operation import Op, encode
from engine.program import Program
from engine.timeline import Timeline
from tests.engine.mm.machines import program

PAGES = 60
OPS = [encode(Op.WRITE, 0, page % PAGES) for page in range(3 * PAGES)]


def pressed() -> Program:
    """Each page is written, then all but a few leave memory in one operation, and come back."""
    ops = [*OPS[:PAGES], encode(Op.PAGEOUT, 0, 0, count=PAGES), *OPS[PAGES:]]
    return program(PAGES, frames=48, slots=128, zswap=True, zswap__max_pool_percent=40, ops=ops)


@pytest.fixture(scope="module")
def hashes() -> list[str]:
    """The state behind every transition of the run, from one window that has them all."""
    timeline = Timeline(pressed(), False)
    found = [timeline.state_hash()]
    while timeline.step():
        found.append(timeline.state_hash())
    return found


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little is written down, and there are samples at the beginning and end alone."""
    monkeypatch.setattr(scout_module, "SAMPLES", 1)
    monkeypatch.setattr(shown_module, "BEFORE", 5)
    monkeypatch.setattr(shown_module, "BEHIND", 0)


def large_operation() -> tuple[int, int]:
    """First and last transition of the operation that has most."""
    timeline = Timeline(pressed(), False)
    timeline.run_to_end()
    operations = [one.operation for one in timeline.records(1, timeline.length)]
    largest = max(set(operations), key=operations.count)
    first = operations.index(largest) + 1
    return first, first + operations.count(largest) - 1


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.usefixtures("few")
def test_it_begins_in_the_middle_of_an_operation(hashes: list[str], compiled: bool) -> None:
    if compiled:
        ensure_compiled()
    first, last = large_operation()
    assert last - first > 30
    timeline = Timeline(pressed(), compiled)
    timeline.run_to_end()
    for number in (first + 20, first + 7, last, last + 3, first, first + 11):
        assert timeline.jump(number)
        assert timeline.state_hash() == hashes[number]
        for back in range(1, 8):
            assert timeline.step(-1)
            assert timeline.state_hash() == hashes[number - back]
        assert timeline.jump(number)
        assert timeline.transition() == timeline.records(number, number)[0]
        assert timeline.step(3)
        assert timeline.state_hash() == hashes[number + 3]


@pytest.mark.usefixtures("few")
def test_behind_an_operation_begun_unseen_its_last_words_are_not_undone(hashes: list[str]) -> None:
    """What ends an operation goes with its last transition, also where only what comes next is written down."""
    timeline = Timeline(pressed(), False)
    timeline.run_to_end()
    shown = timeline._shown
    first, last = large_operation()
    for number in (last + 5, first + 4, last + 6, last + 4, first + 40, first - 100):
        timeline.jump(timeline.length)
        timeline.jump(number)
        assert shown.low == number - 5
        shown.swap_to(shown.low)
        assert timeline.state_hash() == hashes[number - 5]


def test_when_room_is_scarce_the_last_transitions_are_kept(hashes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_module, "BEFORE", 5)
    monkeypatch.setattr(shown_module, "RECORDS", 200)
    timeline = Timeline(pressed(), False)
    shown = timeline._shown
    forgotten = 0
    for number in range(1, len(hashes)):
        assert timeline.step()
        assert shown.low <= max(number - 5, 0)
        forgotten = max(forgotten, shown.low)
        if number % 20 == 0:
            assert timeline.step(-4)
            assert timeline.state_hash() == hashes[number - 4]
            assert timeline.changed()
            assert timeline.step(4)
            assert timeline.state_hash() == hashes[number]
    assert forgotten > 0


def test_an_operation_that_outgrows_the_journal_gets_a_larger_one(
    hashes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_module, "room_for", lambda _: (300, 16))
    timeline = Timeline(pressed(), False)
    first, last = large_operation()
    assert timeline.epoch == 0
    assert timeline.step(first + 1)
    assert timeline.epoch > 0
    assert timeline.state_hash() == hashes[first + 1]
    assert timeline.jump(last)
    assert timeline.state_hash() == hashes[last]


def test_at_rest_steps_are_written_down_on_either_side(hashes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_module, "BEFORE", 40)
    monkeypatch.setattr(shown_module, "STEPS_AT_HAND", (10, 10))
    timeline = Timeline(pressed(), False)
    timeline.run_to_end()
    while timeline.refine(1000):
        pass
    middle = timeline.length // 2
    timeline.jump(middle)
    timeline.step(-35)
    shown = timeline._shown
    assert middle - 35 - shown.low < 10
    assert not timeline.fine
    while timeline.refine(1000):
        pass
    assert timeline.cursor == middle - 35
    assert timeline.state_hash() == hashes[middle - 35]
    assert shown.low == middle - 35 - 40
    assert shown.high >= middle - 35 + 10
    timeline.jump(timeline.length)
    while timeline.refine(1000):
        pass
    assert timeline.cursor == timeline.length, "there is nothing behind the end to wait for"


def test_memory_asked_for_at_rest_changes_nothing(hashes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown_module, "WORDS_A_FRAME", shown_module.JOURNAL_WORDS // 40)
    timeline = Timeline(pressed(), False)
    timeline.run_to_end()
    timeline.jump(30)
    assert timeline._shown._touching is not None
    while timeline.refine(1000):
        pass
    assert timeline._shown._touching is None
    assert timeline.fine
    assert timeline.state_hash() == hashes[30]
    timeline.step(-4)
    assert timeline.state_hash() == hashes[26]


def test_there_is_room_for_what_one_operation_does_with_all_of_memory() -> None:
    assert shown_module.room_for(pressed()) == (shown_module.JOURNAL_WORDS, shown_module.RECORDS)
    large = program(64, frames=262_144, slots=128, ops=[])
    words, records = shown_module.room_for(large)
    assert words > 34 * 262_144
    assert records > 262_144


def test_a_machine_keeps_a_journal_from_a_transition_on() -> None:
    machine = Machine(pressed(), False)
    machine.keep_journal_from(50)
    machine.run(transitions=80)
    rows = machine.record_rows()
    assert len(rows) == machine.view["transitions"] - 50
    machine.keep_journal_from(10)
    assert len(machine.record_rows()) == 0, "that transition is done: from now on"
