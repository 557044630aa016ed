"""Find by keys and clicks: a search, stops that are typed, and playing that pauses at them."""

import math

import pytest
from PySide6.QtCore import Qt

from app.moment import Selected, Thing
from engine.mm import transitions as tr
from engine.stops import search
from engine.timeline import Timeline
from engine.why import life


@pytest.fixture
def run(program):
    made = Timeline(program, False)
    made.run_to_end()
    return made


@pytest.fixture
def panel(window, qtbot):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.docks.in_sight("find")
    return window.docks.find


def add(qtbot, panel, line):
    panel.line.setText(line)
    qtbot.mouseClick(panel.add, Qt.MouseButton.LeftButton)


def of_kind(run, kind):
    return [one.number for one in run.records(1, run.length) if one.kind.number == kind]


def test_a_search_lists_all_and_a_click_goes_there(panel, run, qtbot, cursor):
    qtbot.keyClicks(panel.words, "page 30 faults")
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    expected = [one.number for part in search(run, "page 30 faults") for one in part]
    qtbot.waitUntil(lambda: f"{len(expected)} found" == panel.note.text(), timeout=10_000)
    assert [panel.results.item(row).data(Qt.ItemDataRole.UserRole) for row in range(panel.results.count())] == expected
    place = panel.results.visualItemRect(panel.results.item(0)).center()
    qtbot.mouseClick(panel.results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: cursor() == expected[0])


def test_nothing_found_is_said(panel, qtbot):
    panel.words.setText("zebra")
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Nothing has all these words" in panel.note.text(), timeout=10_000)


@pytest.mark.parametrize("rate", [math.inf, 5000.0])
@pytest.mark.parametrize("line", ["written back", "pswpout >= 60"])
def test_playing_pauses_at_a_stop(window, panel, run, qtbot, cursor, rate, line):
    add(qtbot, panel, line)
    assert panel.stops.count() == 1
    if line == "written back":
        expected = of_kind(run, tr.WRITE_BACK)[0]
    else:
        run.jump(0)
        while run.view["pswpout"] < 60:
            run.step()
        expected = run.cursor
    window.player.choose_speed(100 if math.isinf(rate) else 60)
    window.player.toggle(1)
    qtbot.waitUntil(lambda: not window.player.playing, timeout=20_000)
    qtbot.waitUntil(lambda: cursor() == expected)
    assert panel.stops.currentRow() == 0
    window.player.toggle(1)
    qtbot.waitUntil(lambda: cursor() > expected, timeout=10_000)


@pytest.mark.parametrize("rate", [math.inf, 5000.0])
@pytest.mark.parametrize("line", ["written back", "pswpout >= 60"])
def test_playing_backwards_pauses_at_a_stop(window, panel, run, qtbot, cursor, rate, line):
    expected = of_kind(run, tr.WRITE_BACK)[-1]
    if line != "written back":
        run.jump(0)
        while run.view["pswpout"] < 60:
            run.step()
        expected = run.cursor
    add(qtbot, panel, line)
    window.player.jump(run.length)
    qtbot.waitUntil(lambda: cursor() == run.length, timeout=10_000)
    window.player.choose_speed(100 if math.isinf(rate) else 60)
    window.player.toggle(-1)
    qtbot.waitUntil(lambda: not window.player.playing, timeout=20_000)
    qtbot.waitUntil(lambda: cursor() == expected)
    assert panel.stops.currentRow() == 0
    window.player.toggle(-1)
    qtbot.waitUntil(lambda: cursor() < expected, timeout=10_000)


def test_steps_back_by_faults_do_not_pass_a_stop(window, panel, run, qtbot, cursor):
    expected = of_kind(run, tr.WRITE_BACK)[-1]
    add(qtbot, panel, "written back")
    window.player.jump(run.length)
    qtbot.waitUntil(lambda: cursor() == run.length, timeout=10_000)
    window.player.choose_unit("fault")
    window.player.choose_speed(60)
    window.player.toggle(-1)
    qtbot.waitUntil(lambda: not window.player.playing, timeout=20_000)
    qtbot.waitUntil(lambda: cursor() == expected)


def test_keys_go_from_stop_to_stop(window, panel, run, qtbot, cursor):
    add(qtbot, panel, "written back")
    numbers = of_kind(run, tr.WRITE_BACK)
    window.canvas.setFocus()
    for expected in numbers[:2]:
        qtbot.keyClick(window.canvas, Qt.Key.Key_N)
        qtbot.waitUntil(lambda expected=expected: cursor() == expected, timeout=10_000)
    qtbot.keyClick(window.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: cursor() == numbers[0], timeout=10_000)


def test_a_line_that_cannot_be_read_says_why_beside_it(panel, qtbot):
    add(qtbot, panel, "pswpuot > 3")
    assert "pswpuot" in panel.problem.text()
    assert "pswpout" in panel.problem.text()
    assert panel.problem.isVisible()
    assert panel.stops.count() == 0
    qtbot.keyClicks(panel.line, "x")
    assert not panel.problem.isVisible()


def test_what_is_selected_becomes_a_stop(window, panel, run, qtbot, cursor):
    assert not panel.take.isEnabled()
    window.select((Selected(Thing.PAGE, 30, 1),))
    qtbot.mouseClick(panel.take, Qt.MouseButton.LeftButton)
    first = next(change.number for part in life(run, Selected(Thing.PAGE, 30, 1)) for change in part)
    qtbot.mouseClick(panel.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: cursor() == first, timeout=10_000)


def test_a_stop_is_switched_off_and_removed(window, panel, qtbot, cursor):
    add(qtbot, panel, "written back")
    panel.stops.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert panel.switched_on() == ()
    window.actions_by_name["next_stop"].trigger()
    assert "Nothing to stop at" in window.status.said()
    window.actions_by_name["on"].trigger()
    qtbot.waitUntil(lambda: cursor() == window.frame.moment.length, timeout=10_000)
    panel.stops.setCurrentRow(0)
    panel.stops.setFocus()
    qtbot.keyClick(panel.stops, Qt.Key.Key_Delete)
    assert panel.stops.count() == 0


def test_what_was_found_is_told_in_another_language(window, panel, qtbot):
    qtbot.keyClicks(panel.words, "page 30 faults")
    qtbot.keyClick(panel.words, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.note.text().endswith("found"), timeout=10_000)
    english = panel.results.item(0).text()
    window.looks.choose_language("zh_CN")
    try:
        assert "30" in panel.results.item(0).text()
        assert not panel.results.item(0).text().isascii()
    finally:
        window.looks.choose_language("en")
    assert panel.results.item(0).text() == english
