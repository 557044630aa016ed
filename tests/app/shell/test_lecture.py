"""Lecture mode, by the keys of a presenter's remote."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import theme


@pytest.fixture
def lecture(window, qtbot):
    window.player.jump(100)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 100)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.lecture.on
    return window.lecture


def at(qtbot, window, number):
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == number, timeout=10_000)


def test_only_the_machine_and_the_caption_are_left(window, lecture):
    assert window.isFullScreen()
    assert window.canvas.isVisible()
    assert lecture.caption.isVisible()
    assert lecture.caption.text.text() == window.frame.moment.sentence
    for gone in (window.menuBar(), window.topbar, window.status, *window.docks.all):
        assert not gone.isVisible()
    assert theme.switch().scale == 1.5
    assert lecture.caption.text.font().pixelSize() == theme.px(23)


def test_the_remote_steps_and_escape_leaves(window, lecture, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_PageDown)
    at(qtbot, window, 101)
    assert lecture.caption.text.text() == window.frame.moment.sentence
    qtbot.keyClick(window, Qt.Key.Key_PageUp)
    at(qtbot, window, 100)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not lecture.on
    assert not window.isFullScreen()
    assert theme.switch().scale == 1.0
    for back in (window.menuBar(), window.topbar, window.status, window.docks.bottom):
        assert back.isVisible()
    assert not lecture.caption.isVisible()
    assert not lecture.spotlight.isVisible()


def test_what_changed_is_lit_and_the_rest_dimmed(window, lecture, qtbot):
    for number in range(100, 140):
        if lecture.spotlight.lit():
            break
        qtbot.keyClick(window, Qt.Key.Key_PageDown)
        at(qtbot, window, number + 1)
    lit = lecture.spotlight.lit()
    assert lit
    picture = window.canvas.grab().toImage()
    lecture.spotlight.turn(False)
    plain = window.canvas.grab().toImage()
    ratio = picture.devicePixelRatio()
    inside = (lit[0].center() * ratio).toPoint()
    assert picture.pixelColor(inside) == plain.pixelColor(inside)
    changed = sum(
        picture.pixelColor(x, y) != plain.pixelColor(x, y)
        for x in range(0, picture.width(), 16) for y in range(0, picture.height(), 16)
    )  # fmt: skip
    assert changed > 200


def test_type_has_its_own_size_in_the_room(window, lecture, qtbot):
    QTest.keySequence(window, "Ctrl+-")
    small = theme.switch().scale
    assert 1.3 < small < 1.4
    assert lecture.caption.text.font().pixelSize() == theme.px(23)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert theme.switch().scale == 1.0
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert theme.switch().scale == pytest.approx(small)
    QTest.keySequence(window, "Ctrl+0")
    assert theme.switch().scale == 1.5


def test_closing_in_the_lecture_keeps_the_layout_of_before(window, lecture):
    window.close()
    assert not lecture.on
    assert window.menuBar().isVisibleTo(window)
    assert window.settings.get("layout")


def test_without_a_run_there_is_no_lecture(new_window, qtbot):
    made = new_window()
    made.show()
    qtbot.keyClick(made, Qt.Key.Key_F11)
    assert not made.lecture.on
