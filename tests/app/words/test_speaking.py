"""Transitions are spoken where a screen reader listens, each once, and none while they fly by."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible

from app.words import speaking


@pytest.fixture
def spoken(monkeypatch):
    said = []
    monkeypatch.setattr(speaking, "listens", lambda: True)
    monkeypatch.setattr(speaking, "announce", lambda _widget, text: said.append(text))
    return said


def test_each_step_is_spoken_once(window, qtbot, spoken):
    window.actions_by_name["step"].trigger()
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 1)
    window.showing.show_again()
    assert spoken == [window.sentence.text.text()]
    window.looks.choose_language("zh_CN")
    assert spoken[-1] == window.sentence.text.text() != spoken[0]
    window.looks.choose_language("en")


def test_nothing_is_spoken_while_nobody_listens(window, qtbot, spoken, monkeypatch):
    monkeypatch.setattr(speaking, "listens", lambda: False)
    window.player.jump(5)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 5)
    assert spoken == []


def test_nothing_is_spoken_at_full_speed(window, qtbot, spoken):
    window.actions_by_name["on"].trigger()
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == window.frame.moment.length)
    assert len(spoken) <= 2


def test_qt_takes_the_announcement(window):
    assert isinstance(QAccessible.isActive(), bool)
    speaking.announce(window.sentence, "Page 1 is in memory.")
