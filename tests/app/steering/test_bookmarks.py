"""Bookmarks by their key, remembered for the file; and looping a span by key and by a drag with Shift."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog

from app.settings import Settings
from app.steering.bookmarks import MOST_FILES, Bookmark, Bookmarks


@pytest.fixture
def answer(monkeypatch):
    """What the person types when asked for a name; the text offered is kept in it."""
    given = {"text": "", "good": True, "offered": None}

    def get_text(_parent, _title, _label, text=""):
        given["offered"] = text
        return given["text"], given["good"]

    monkeypatch.setattr(QInputDialog, "getText", get_text)
    return given


def go(window, qtbot, number):
    window.player.jump(number)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == number, timeout=10_000)


def press(window, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, key, modifier)


def test_a_moment_is_named_and_found_again(window, qtbot, answer, cursor):
    control = Qt.KeyboardModifier.ControlModifier
    for number, name in ((300, "pool is full"), (120, "first swap-out")):
        go(window, qtbot, number)
        answer["text"] = name
        press(window, qtbot, Qt.Key.Key_B, control)
    assert list(window.bookmarks) == [Bookmark("first swap-out", 120), Bookmark("pool is full", 300)]
    assert ("pool is full", 300, True) in [(mark.name, mark.at, mark.own) for mark in window.timeline.marks]
    press(window, qtbot, Qt.Key.Key_Down, control)
    qtbot.waitUntil(lambda: cursor() == 300)
    press(window, qtbot, Qt.Key.Key_Down, control)
    assert "no bookmark" in window.status.said()
    press(window, qtbot, Qt.Key.Key_Up, control)
    qtbot.waitUntil(lambda: cursor() == 120)


def test_an_empty_name_takes_it_away_and_escape_leaves_it(window, qtbot, answer):
    go(window, qtbot, 50)
    window.bookmarks.put(50, "here")
    answer.update(text="there", good=False)
    window.actions_by_name["bookmark"].trigger()
    assert answer["offered"] == "here"
    assert list(window.bookmarks) == [Bookmark("here", 50)]
    answer.update(text=" ", good=True)
    window.actions_by_name["bookmark"].trigger()
    assert list(window.bookmarks) == []
    assert not any(mark.own for mark in window.timeline.marks)


def test_each_file_has_its_own_and_keeps_them(tmp_path):
    settings = Settings(tmp_path)
    marks = Bookmarks(settings)
    marks.open(tmp_path / "one.toml")
    marks.put(7, "seven")
    marks.open(tmp_path / "two.toml")
    assert list(marks) == []
    again = Bookmarks(Settings(tmp_path))
    again.open(tmp_path / "one.toml")
    assert list(again) == [Bookmark("seven", 7)]
    again.clear()
    assert settings.file.read_text().count("seven") == 0


def test_broken_and_too_many_are_left_out(tmp_path):
    settings = Settings(tmp_path)
    settings.set("bookmarks", {"a.toml": [["good", 3], ["bad", -1], 4, ["worse"]], "b.toml": "x"})
    marks = Bookmarks(settings)
    marks.open("a.toml")
    assert list(marks) == [Bookmark("good", 3)]
    marks.open("b.toml")
    assert list(marks) == []
    for number in range(MOST_FILES + 5):
        marks.open(f"{number}.toml")
        marks.put(1, "one")
    assert len(settings.get("bookmarks")) == MOST_FILES


@pytest.mark.parametrize("speed", [75, 100])
def test_a_span_drawn_with_shift_is_played_again_and_again(window, qtbot, cursor, speed):
    view = window.timeline
    ends = [QPoint(round(view.x_of(number)), view.height() // 2) for number in (300, 320)]
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, shift, pos=ends[0])
    qtbot.mouseMove(view, ends[1])
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, shift, pos=ends[1])
    first, last = view.loop
    assert abs(first - 300) < 4
    assert abs(last - 320) < 4
    assert window.actions_by_name["loop"].isChecked()
    seen = []
    window.worker.ready.connect(lambda: seen.append(window.frame.moment.transition.number))
    window.player.choose_speed(speed)
    window.player.toggle(1)
    qtbot.waitUntil(lambda: any(b < a for a, b in pairwise(seen)), timeout=20_000)
    window.player.pause()
    assert window.player.playing is False
    inside = [number for number in seen if number]
    assert min(inside) >= first
    assert max(inside) <= last
    press(window, qtbot, Qt.Key.Key_L)
    assert view.loop is None


def test_the_key_loops_what_the_timeline_shows(window, qtbot, cursor):
    go(window, qtbot, 400)
    window.timeline.zoom(0.1)
    press(window, qtbot, Qt.Key.Key_L)
    assert window.timeline.loop == tuple(round(end) for end in window.timeline.span)
    assert window.actions_by_name["loop"].isChecked()
    last = window.timeline.loop[1]
    go(window, qtbot, last - 2)
    window.player.choose_speed(60)
    window.player.toggle(-1)
    qtbot.waitUntil(lambda: cursor() < last - 20, timeout=10_000)
    window.player.pause()
    press(window, qtbot, Qt.Key.Key_L)
    assert window.timeline.loop is None
    assert not window.actions_by_name["loop"].isChecked()
