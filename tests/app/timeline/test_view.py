"""The timeline by wheel, keys and drags."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from app.timeline import density
from app.timeline.marks import Mark
from app.timeline.view import SMALLEST_SPAN, TimelineView
from engine.history import Series
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import FAULT


def moment(number=0, length=10_000, playing=False, skipping=False):
    return SimpleNamespace(transition=SimpleNamespace(number=number), length=length, complete=True, playing=playing,
                           skipping=skipping, branch=0)  # fmt: skip


@pytest.fixture
def view(qtbot):
    made = TimelineView()
    qtbot.addWidget(made)
    made.resize(1000, 170)
    made.show()
    made.show_moment(moment())
    return made


def wheel(view, x, turn, modifiers=Qt.KeyboardModifier.NoModifier):
    where = QPointF(x, 60)
    QApplication.sendEvent(view, QWheelEvent(
        where, view.mapToGlobal(where), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    ))  # fmt: skip


def test_places_and_numbers_agree(view):
    for number in (0, 1, 5_000, 9_999, 10_000):
        assert abs(view.number_at(view.x_of(number)) - number) <= 12


def test_the_wheel_zooms_where_it_points(view):
    x = view.x_of(7_000)
    wheel(view, x, 120)
    first, last = view.span
    assert 0 < first < 7_000 < last < 10_000
    assert abs(view.number_at(x) - 7_000) < 20
    wheel(view, x, -120 * 20)
    assert view.span == (0, 10_000)


def test_zoom_has_an_end(view):
    for _ in range(40):
        wheel(view, view.x_of(100), 120)
    first, last = view.span
    assert last - first == pytest.approx(SMALLEST_SPAN)


def test_keys(view, qtbot):
    view.show_moment(moment(5_000))
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.span == (2_500, 7_500)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert view.span == (3_750, 8_750)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.span == (0, 10_000)


def test_shift_and_wheel_pan_and_stop_at_the_ends(view):
    view.zoom(0.1, 5_000)
    before = view.span
    wheel(view, 500, 120, Qt.KeyboardModifier.ShiftModifier)
    assert view.span[0] < before[0]
    for _ in range(200):
        wheel(view, 500, 120, Qt.KeyboardModifier.ShiftModifier)
    assert view.span[0] == 0


def test_dragging_asks_for_each_place_once(view, qtbot):
    asked = []
    view.jump_requested.connect(asked.append)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    qtbot.mouseMove(view, QPoint(300, 60))
    qtbot.mouseMove(view, QPoint(600, 60))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(600, 60))
    qtbot.mouseMove(view, QPoint(700, 60))
    assert asked == [view.number_at(300), view.number_at(600)]


def test_dragging_beyond_the_ends_stays_within_the_run(view, qtbot):
    asked = []
    view.jump_requested.connect(asked.append)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))
    qtbot.mouseMove(view, QPoint(-50, 60))
    qtbot.mouseMove(view, QPoint(5_000, 60))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert asked[1:] == [0, 10_000]


def test_nothing_happens_while_no_run_is_open(qtbot):
    empty = TimelineView()
    qtbot.addWidget(empty)
    asked = []
    empty.jump_requested.connect(asked.append)
    qtbot.mouseClick(empty, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    empty.grab()
    assert asked == []


def test_what_is_shown_follows_a_cursor_that_plays(view):
    view.zoom(0.05, 1_000)
    view.show_moment(moment(9_000, playing=True))
    first, last = view.span
    assert first <= 9_000 <= last


def test_the_cursor_is_drawn_where_it_is(view):
    view.show_moment(moment(2_500))
    image = view.grab().toImage()
    x = round(view.x_of(2_500))
    assert image.pixelColor(x, 100).lightness() > 200
    assert image.pixelColor(x + 30, 100).lightness() < 100


def test_marks_too_close_to_each_other_do_not_overlap(view):
    view.show_marks([Mark("one", 5_000), Mark("two", 5_010), Mark("three", 9_990)])
    with_all = view.grab().toImage()
    view.show_marks([Mark("one", 5_000), Mark("three", 9_990)])
    names = with_all.copy(round(view.x_of(5_000)) + 9, 0, 60, 20)
    assert names == view.grab().toImage().copy(round(view.x_of(5_000)) + 9, 0, 60, 20)


def test_lanes_of_a_run_that_grows_fast_are_drawn_anew_with_its_samples_only(view, monkeypatch):
    counted = []
    monkeypatch.setattr(density, "lane_counts", lambda *given, of=density.lane_counts: counted.append(1) or of(*given))
    values = np.zeros((4, len(im.schema.scalars)), dtype=np.int64)
    values[:, im.TRANSITIONS - HEADER_WORDS] = [0, 4_990, 5_010, 10_000]
    values[:, im.KIND_COUNT[FAULT] - HEADER_WORDS] = [0, 0, 20, 20]
    view.show_series(Series(values[:, 0], values))

    def fault():
        picture, row = view.grab().toImage(), view._rows()[0].center().y()
        ground = picture.pixel(view.width() - 30, row)
        return view.number_at(next(x for x in range(200, 900) if picture.pixel(x, row) != ground))

    assert abs(fault() - 5_000) < 30
    drawn = len(counted)
    view.show_moment(moment(100, 20_000, playing=True, skipping=True))
    assert abs(fault() - 5_000) < 60, "what was drawn takes half as much room now"
    assert len(counted) == drawn
    view.show_moment(moment(100, 20_000))
    assert abs(fault() - 5_000) < 60
    assert len(counted) == drawn + 1
