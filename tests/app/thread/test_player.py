"""Speed, units, and what the transport asks of the worker."""

from __future__ import annotations

import math

import pytest

from app.thread.player import FASTEST, SLOWEST, SPEED_STEPS, Player, Unit, event_kinds, rate_of, rate_text
from engine.mm import transitions as tr


class Asked:
    """Stands for the worker and keeps what it is asked."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((name, *arguments))


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def player(qapp, asked):
    return Player(asked)


def test_speed_is_logarithmic_from_one_in_two_seconds_to_unlimited():
    assert rate_of(0) == SLOWEST == 0.5
    assert math.isclose(rate_of(SPEED_STEPS - 1), FASTEST)
    assert math.isinf(rate_of(SPEED_STEPS))
    ratios = [rate_of(step + 1) / rate_of(step) for step in range(SPEED_STEPS - 1)]
    assert max(ratios) - min(ratios) < 1e-9


@pytest.mark.parametrize(("rate", "text"), [
    (0.5, "0.5/s"), (20.4, "20/s"), (1500, "1.5 k/s"), (12_000, "12 k/s"), (2e6, "2.0 M/s"), (math.inf, "unlimited"),
])  # fmt: skip
def test_speed_in_words(rate, text):
    assert rate_text(rate) == text


def test_speed_has_no_wrong_digit_at_a_change_of_unit():
    assert rate_text(994.9) == "995/s"
    assert rate_text(996) == "1.0 k/s"
    assert rate_text(9_990) == "10 k/s"


def test_step_stops_playing(player, asked):
    player.toggle()
    player.step(-1)
    assert not player.playing
    assert [call[0] for call in asked.calls] == ["play", "pause", "step"]
    assert asked.calls[-1] == ("step", -1, Unit.TRANSITION, player.event_kind)


def test_toggling_the_other_way_turns_around(player, asked):
    player.toggle(1)
    player.toggle(-1)
    assert player.playing
    assert player.direction == -1
    player.toggle(-1)
    assert not player.playing


def test_another_speed_is_told_while_playing(player, asked):
    player.choose_speed(3)
    assert asked.calls == []
    player.toggle()
    player.choose_speed(90)
    assert asked.calls[-1][1].rate == rate_of(90)


def test_fast_forward_is_unlimited_whatever_the_slider_says(player, asked):
    player.choose_speed(0)
    player.choose_unit("fault")
    player.run_on()
    assert math.isinf(asked.calls[-1][1].rate)
    assert asked.calls[-1][1].unit == Unit.TRANSITION
    player.run_on()
    assert not player.playing
    player.run_on()
    player.toggle()
    assert player.playing
    assert asked.calls[-1][1].rate == rate_of(0)


def test_the_end_of_the_run_ends_playing(player, asked):
    player.toggle()
    player.stopped()
    assert not player.playing
    assert asked.calls[-1][0] == "play"


def test_choosing_a_kind_chooses_the_unit(player, asked):
    player.choose_event(tr.OOM)
    assert player.unit is Unit.EVENT
    player.step(1)
    assert asked.calls[-1] == ("step", 1, Unit.EVENT, tr.OOM)


def test_every_kind_but_start_and_hit_can_be_an_event():
    assert {kind.number for kind in event_kinds()} == {kind.number for kind in tr.KINDS} - {tr.START, tr.HIT}
