"""The robot itself: it finds what breaks, does the same again, and finds nothing in ten seconds at the window."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning

from engine.resources import scenarios_dir
from tests.app.robot import Broke, Robot, run

NAMES = ("01-first-swap-out.toml", "02-zswap-without-swapfile.toml", "25-late-slot.toml")


@pytest.fixture
def short(tmp_path):
    """Short scenarios, as copies: what the robot types in the editor may be saved."""
    return [Path(shutil.copy(scenarios_dir() / name, tmp_path)) for name in NAMES]


@pytest.fixture
def shown(new_window, qtbot, short):
    window = new_window()
    window.show()
    window.open(short[0])
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.complete, timeout=20_000)
    return window


@pytest.mark.timeout(100)
def test_ten_seconds_at_random_break_nothing(shown, short):
    seed = random.SystemRandom().randrange(1_000_000)
    robot = Robot(shown, seed, short)
    try:
        run(robot, 10.0)
    except Broke as error:
        last = "\n".join(json.dumps(act) for act in robot.acts)
        pytest.fail(f"seed {seed}\n{error}\n{last}")
    assert len(robot.acts) > 10


def test_what_was_written_down_is_done_again(shown, short, tmp_path):
    log = tmp_path / "acts.log"
    robot = Robot(shown, 5, short, log)
    acts = [["trigger", "dark"], ["jump", 7], ["wait", 300], ["resize", 1300, 820], ["key", "Right", ""], ["wait", 300]]
    run(robot, 60.0, acts)
    robot.close()
    assert [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] == acts
    assert shown.frame.moment.transition.number == 8


def test_the_same_seed_chooses_the_same_first_acts(shown, short):
    first, again = Robot(shown, 9, short), Robot(shown, 9, short)
    assert [first.choose() for _ in range(5)] == [again.choose() for _ in range(5)]


def test_an_exception_in_a_slot_is_found(shown, short):
    def wrong():
        raise RuntimeError("on purpose")

    shown.player.changed.connect(wrong)
    with pytest.raises(Broke, match="on purpose"):
        run(Robot(shown, 1, short), 60.0, [["trigger", "faster"], *[["wait", 50]] * 10])
    shown.player.changed.disconnect(wrong)


def test_a_warning_of_qt_is_found(shown, short):
    QTimer.singleShot(0, shown, lambda: qWarning("QPainter::begin: on purpose"))
    with pytest.raises(Broke, match="on purpose"):
        run(Robot(shown, 1, short), 60.0, [["wait", 50]] * 10)


def test_a_broken_invariant_and_a_mistake_of_the_engine_are_found(shown, short):
    robot = Robot(shown, 1, short)
    shown.worker.broken.emit("Traceback: on purpose")
    with pytest.raises(Broke, match="on purpose"):
        run(robot, 60.0, [["wait", 20]] * 15)


def test_a_scenario_that_is_refused_is_found(shown, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("format = 1\n", encoding="utf-8")
    with pytest.raises(Broke, match="refused"):
        run(Robot(shown, 1, [broken]), 60.0, [["open", 0], *[["wait", 100]] * 30])
