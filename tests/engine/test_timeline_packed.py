"""Histories whose keyframes are packed are the histories they would be without."""

from __future__ import annotations

from random import Random

import pytest

from engine import history
from engine import scout as scout_module
from engine import shown as shown_module
from engine import timeline as timeline_module
from engine.machine import Machine
from engine.mm.compiler import ensure_compiled
from engine.operation import Op, encode
from engine.program import Program
from engine.timeline import Timeline
from tests.engine.mm.machines import program

PAGES = 40
RANDOM = Random(3)
OPS = [encode(RANDOM.choice((Op.READ, Op.WRITE)), 0, RANDOM.randrange(PAGES)) for _ in range(600)]


def pressed() -> Program:
    """Pages at random on a kernel that writes what it read ahead (before 6.16): the run ends well."""
    return program(
        PAGES, frames=24, slots=128, zswap=True, zswap__max_pool_percent=40, pageout_mapped_only=0, ops=OPS
    )


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> Timeline:
    """A history with a keyframe every 50 operations, all packed."""
    ensure_compiled()
    monkeypatch.setattr(history, "is_ready", lambda: True)
    monkeypatch.setattr(history, "PACKED_FROM", 1)
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 50)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    monkeypatch.setattr(shown_module, "BEFORE", 20)
    made = Timeline(pressed(), False)
    made.run_to_end()
    return made


def test_every_keyframe_is_packed_and_small(packed: Timeline) -> None:
    keyframes = packed.branches[0].keyframes
    assert [keyframe.position for keyframe in keyframes] == list(range(0, 601, 50))
    packed.jump(packed.length)
    assert all(keyframe.nbytes < keyframe.size * 8 // 2 for keyframe in keyframes)


def test_jumps_lead_where_running_leads(packed: Timeline) -> None:
    random = Random(5)
    for _ in range(40):
        number = random.randrange(packed.length + 1)
        assert packed.jump(number)
        assert packed.cursor == number
        position = packed.operation
        if number in (0, packed.length) or packed.transition(number + 1).operation >= position:
            machine = Machine(pressed(), False)
            machine.run(position)
            assert packed.state_hash() == machine.state_hash()


def test_the_window_reaches_behind_the_cursor(packed: Timeline) -> None:
    number = packed.length // 2
    packed.jump(number)
    hash_here, view = packed.state_hash(), packed.view
    around = packed.records(number - 5, number + 100)
    assert [one.number for one in around] == list(range(number - 5, number + 101))
    assert packed.cursor == number
    assert packed.state_hash() == hash_here
    assert packed.view is view


def test_running_at_full_speed_leaves_history_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout_module, "KEYFRAME_OPERATIONS", 50)
    monkeypatch.setattr(scout_module, "KEYFRAME_WORDS", 1 << 20)
    monkeypatch.setattr(timeline_module, "TAIL", 20)
    made = Timeline(pressed(), False)
    while made.advance(70):
        pass
    machine = Machine(pressed(), False)
    machine.run()
    assert made.state_hash() == machine.state_hash()
    assert len(made.branches[0].keyframes) > 5
    assert made.length == made.cursor == machine.view["transitions"]
    middle = made.cursor // 2
    made.jump(middle)
    assert made.length == machine.view["transitions"], "what was run is known"
    made.run_to_end()
    assert (made.complete, made.length, made.outcome) == (True, machine.view["transitions"], "finished")
    assert list(made.series.operation) == sorted(set(made.series.operation.tolist()))
    whole = Timeline(pressed(), False)
    whole.run_to_end()
    whole.jump(middle)
    assert made.state_hash() == whole.state_hash()
