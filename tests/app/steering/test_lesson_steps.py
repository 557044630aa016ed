"""A lesson under way: playing stops at its steps, pins lead to them, a switch turns it off."""

from __future__ import annotations

import pytest

from engine.resources import scenarios_dir


@pytest.fixture
def lesson(window, qtbot):
    """The window on a short lesson, whose steps are made."""
    window.open(scenarios_dir() / "25-late-slot.toml")
    panel = window.docks.lesson
    qtbot.waitUntil(lambda: panel.course is not None and bool(panel.steps), timeout=20_000)
    qtbot.waitUntil(lambda: window.frame.moment.program.title == panel.course.title and window.frame.moment.complete,
                    timeout=20_000)  # fmt: skip
    return panel


def played(window, qtbot) -> int:
    """Play on, as fast as it goes; where it comes to rest."""
    window.player.run_on()
    qtbot.waitUntil(lambda: not window.player.playing, timeout=20_000)
    qtbot.wait(100)
    return window.frame.moment.transition.number


def moments(panel) -> list[int]:
    return [flag.at for flag in panel.flags()]


def test_nothing_stops_until_the_lesson_is_begun(window, qtbot, lesson):
    assert played(window, qtbot) == window.frame.moment.length


def test_playing_stops_at_every_step_and_the_panel_is_there(window, qtbot, lesson):
    lesson.on.click()
    steps = sorted(set(moments(lesson)))
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == steps[0], timeout=10_000)
    for number in steps[1:]:
        assert played(window, qtbot) == number
        assert lesson.steps[lesson.current].moment == number
        assert window.docks.in_sight("lesson"), "it comes to the front of its tabs"
        window.docks.call("charts")
    assert played(window, qtbot) == window.frame.moment.length


def test_the_switch_is_remembered(window, qtbot, lesson):
    action = window.actions_by_name["lesson_stops"]
    assert action.isChecked()
    action.trigger()
    lesson.on.click()
    qtbot.wait(100)
    assert played(window, qtbot) == window.frame.moment.length
    assert window.settings.get("lesson_stops") is False
    action.trigger()
    assert window.settings.get("lesson_stops") is True


def test_a_pin_leads_to_its_step(window, qtbot, lesson):
    assert [flag.title for flag in window.timeline._steps.flags] == [step.title for step in lesson.steps]
    window.timeline.step_requested.emit(1)
    assert lesson.current == 1
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == moments(lesson)[1], timeout=10_000)
    assert [flag.now for flag in window.timeline._steps.flags].index(True) == 1
    assert lesson.begun


def test_another_policy_is_another_run_without_this_lesson(window, qtbot, lesson):
    lesson.on.click()
    window.opening.use_policy(scenarios_dir() / "policies" / "fewest_visits.py")
    qtbot.waitUntil(lambda: len(window.frame.moment.program.decisions) > 0, timeout=30_000)
    assert lesson.course is None
    assert window.timeline._steps.flags == ()
