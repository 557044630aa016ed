"""The command palette, with the keyboard only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import theme
from app.shell.palette import Palette


@pytest.fixture
def palette(window, qtbot):
    QTest.keySequence(window, "Ctrl+K")
    made = window.findChild(Palette)
    assert made is not None
    yield made
    if window.findChild(Palette):
        window.findChild(Palette).close()


def test_an_action_by_a_few_letters(window, palette, qtbot):
    qtbot.keyClicks(palette.line, "light")
    assert palette.shown[0].text == "Light"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert theme.current() is theme.LIGHT
    QApplication.sendPostedEvents(None, 52)
    assert window.findChild(Palette) is None


def test_to_a_mark(window, palette, qtbot):
    qtbot.keyClicks(palette.line, "second pass")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    mark = window.timeline.marks[0]
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == mark.at)


def test_to_the_next_of_a_kind(window, palette, qtbot):
    qtbot.keyClicks(palette.line, "next fault kind")
    assert palette.shown[0].group == "Kind"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.frame.moment.transition.kind.name == "fault")


def test_a_panel(window, palette, qtbot):
    qtbot.keyClicks(palette.line, "charts panel")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.docks.charts.isVisible())


def test_arrows_move_and_wrap(palette, qtbot):
    assert palette.list.currentRow() == 0
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1


def test_nothing_fits(window, palette, qtbot):
    qtbot.keyClicks(palette.line, "qqqqq")
    assert palette.shown == []
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.keyClick(palette, Qt.Key.Key_Escape)
    assert not palette.isVisible()
