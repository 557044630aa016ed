"""Steps of the lesson as pins: in order, inside the row, told by a tooltip, and pressed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from app.timeline.marks import Mark
from app.timeline.steps import StepFlag
from app.timeline.view import TimelineView

FLAGS = [
    StepFlag(0, 0, "Begin", 0, 0), StepFlag(1, 5000, "Full", 2, 1), StepFlag(2, 5003, "Fuller", 1, 1),
    StepFlag(3, 10_000, "The end", 1, 0),
]  # fmt: skip


def moment(number=0, length=10_000, branch=0):
    return SimpleNamespace(
        transition=SimpleNamespace(number=number), length=length, complete=True, playing=False, branch=branch
    )


@pytest.fixture
def view(qtbot):
    made = TimelineView()
    qtbot.addWidget(made)
    made.resize(1000, 170)
    made.show()
    made.show_moment(moment())
    made.show_marks([Mark("full", 5000)])
    made.show_steps(FLAGS)
    made.grab()
    return made


def place_of(view, number):
    """The middle of a step's pin."""
    found = [QPoint(x, y) for x in range(0, view.width(), 3) for y in range(10, 60, 3)
             if (flag := view._pin_at(QPointF(x, y))) is not None and flag.place == number]  # fmt: skip
    assert found, f"no pin of step {number}"
    return found[len(found) // 2]


def test_every_step_has_a_pin_of_its_own_in_order_and_inside(view):
    places = [place_of(view, number).x() for number in range(4)]
    assert places == sorted(places)
    assert len(set(places)) == 4, "two that are close stand beside each other"
    assert abs(places[1] - view.x_of(5000)) < 30
    assert places[3] < view.width()


def test_a_pin_says_what_it_is(view):
    assert [flag.text for flag in FLAGS] == ["1", "2 ?", "3 ✓", "4 ?"]
    QTest.mouseMove(view, place_of(view, 1))
    assert "Step 2 of the lesson: Full" in view.toolTip()
    assert "1 of 2 right" in view.toolTip()


def test_pressing_it_asks_for_the_step_and_not_for_a_jump(view, qtbot):
    jumps = []
    view.jump_requested.connect(jumps.append)
    with qtbot.waitSignal(view.step_requested) as asked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place_of(view, 2))
    assert asked.args == [2]
    assert jumps == []


def test_only_the_run_of_the_scenario_has_them(view):
    view.show_moment(moment(branch=1))
    assert view._pin_at(QPointF(place_of_any(view))) is None


def place_of_any(view):
    return QPoint(round(view.x_of(5000)), 34)


def test_without_a_lesson_there_is_no_row_for_it(view):
    with_row = view._plot().top()
    view.show_steps([])
    assert view._plot().top() < with_row


@pytest.mark.parametrize(("place", "word"), list(enumerate(("fault", "reclaim", "zswap", "backend", "pressure stall"))))
def test_a_rows_name_says_what_it_shows(view, place, word):
    row = view._rows()[place]
    QTest.mouseMove(view, QPoint(20, row.center().y()))
    assert word in view.toolTip()
    QTest.mouseMove(view, QPoint(20, 4))
    assert not view.toolTip()
