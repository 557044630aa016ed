"""The window, by the clicks, keys and drags of a person."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from app import actions, theme
from app.moment import Selected, Thing
from app.shell.window import AFTER_PAINT_MS
from engine.mm import transitions as tr
from engine.transition import Transition

SCENARIO = """
format = 1
title = "Twelve pages"
summary = "Small enough to open in a test."
[machine]
design = "swap_desc"
frames = 64
[[machine.swapfile]]
name = "swap0"
slots = 64
[[process]]
name = "editor"
pages = 12
[[run]]
pattern = "sequential"
process = "editor"
references = 40
"""


def click(qtbot, window, name):
    qtbot.mouseClick(window.topbar.transport.buttons[name], Qt.MouseButton.LeftButton)


def at(qtbot, window, number):
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == number, timeout=10_000)


def moved(qtbot, window, before):
    qtbot.waitUntil(lambda: window.frame.moment.transition.number != before, timeout=10_000)
    return window.frame.moment.transition.number


# -- transport ---------------------------------------------------------------------------------------


def test_buttons_step_on_and_back(window, qtbot):
    click(qtbot, window, "step")
    at(qtbot, window, 1)
    click(qtbot, window, "step")
    at(qtbot, window, 2)
    click(qtbot, window, "back")
    at(qtbot, window, 1)


def test_last_and_first(window, qtbot):
    end = window.frame.moment.length
    assert end > 100
    click(qtbot, window, "last")
    at(qtbot, window, end)
    click(qtbot, window, "first")
    at(qtbot, window, 0)


def test_fast_forward_runs_to_the_end_and_stops_there(window, qtbot):
    click(qtbot, window, "on")
    at(qtbot, window, window.frame.moment.length)
    qtbot.waitUntil(lambda: not window.player.playing)


def test_play_and_pause(window, qtbot):
    window.topbar.transport.slider.setValue(60)
    click(qtbot, window, "play")
    assert window.player.playing
    qtbot.waitUntil(lambda: window.frame.moment.transition.number > 3)
    click(qtbot, window, "play")
    assert not window.player.playing
    qtbot.waitUntil(lambda: not window.frame.moment.playing)
    resting = window.frame.moment.transition.number
    qtbot.wait(150)
    assert window.frame.moment.transition.number == resting


def test_playing_backwards_comes_to_the_start(window, qtbot):
    window.player.jump(40)
    at(qtbot, window, 40)
    window.topbar.transport.slider.setValue(85)
    window.actions_by_name["play_back"].trigger()
    at(qtbot, window, 0)
    qtbot.waitUntil(lambda: not window.player.playing)


@pytest.mark.parametrize(("unit", "matches"), [
    ("fault", lambda transition: transition.kind.number == tr.FAULT),
    ("event", lambda transition: transition.kind.number == tr.SWAP_NAME),
    ("reference", lambda transition: transition.number > 0),
])  # fmt: skip
def test_the_unit_decides_where_a_step_ends(window, qtbot, unit, matches):
    if unit == "event":
        window.player.choose_event(tr.SWAP_NAME)
    else:
        click(qtbot, window, f"unit_{unit}")
    click(qtbot, window, "step")
    first = moved(qtbot, window, 0)
    assert matches(window.frame.moment.transition)
    click(qtbot, window, "step")
    second = moved(qtbot, window, first)
    assert second > first
    assert matches(window.frame.moment.transition)
    click(qtbot, window, "back")
    at(qtbot, window, first)


def test_the_event_is_chosen_from_a_menu(window, qtbot):
    menu = window.topbar.transport.event_button.menu()
    menu.kinds[tr.ZSWAP_STORE].trigger()
    assert window.player.unit == "event"
    assert window.topbar.transport.event_button.text().startswith("zswap store")
    click(qtbot, window, "step")
    moved(qtbot, window, 0)
    assert window.frame.moment.transition.kind.number == tr.ZSWAP_STORE


def test_keys(window, qtbot):
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Right)
    at(qtbot, window, 1)
    qtbot.keyClick(window, Qt.Key.Key_F)
    moved(qtbot, window, 1)
    assert window.frame.moment.transition.kind.number == tr.FAULT
    qtbot.keyClick(window, Qt.Key.Key_Home)
    at(qtbot, window, 0)
    qtbot.keyClick(window, Qt.Key.Key_M)
    moved(qtbot, window, 0)
    assert window.frame.moment.transition.kind.number == tr.MARK


def test_arrows_move_a_focused_slider_and_not_the_run(window, qtbot):
    slider = window.topbar.transport.slider
    window.activateWindow()
    slider.setFocus()
    qtbot.waitUntil(slider.hasFocus)
    before = slider.value()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == before + 1
    qtbot.wait(60)
    assert window.frame.moment.transition.number == 0


# -- timeline ----------------------------------------------------------------------------------------


def test_dragging_the_cursor_of_the_timeline(window, qtbot):
    timeline = window.timeline
    middle, quarter = (int(timeline.x_of(window.frame.moment.length * share)) for share in (0.5, 0.25))
    y = timeline.height() // 2
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(middle, y))
    qtbot.mouseMove(timeline, QPoint(quarter, y))
    wanted = timeline.number_at(quarter)
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(quarter, y))
    at(qtbot, window, wanted)
    assert abs(wanted - window.frame.moment.length / 4) < window.frame.moment.length / 50


def test_the_mark_is_on_the_timeline_where_it_happens(window, qtbot):
    assert [mark.name for mark in window.timeline.marks] == ["second pass"]
    window.going.seek_mark(1)
    exact = moved(qtbot, window, 0)
    assert window.frame.moment.sentence
    assert abs(window.timeline.marks[0].at - exact) < 200


# -- what is shown -----------------------------------------------------------------------------------


def test_the_sentence_and_the_place(window, qtbot):
    window.player.jump(7)
    at(qtbot, window, 7)
    assert window.sentence.text.text() == window.frame.moment.sentence != ""
    assert window.sentence.place.text().startswith("transition 7 of")
    function = window.frame.moment.transition.kind.function
    assert window.sentence.function.text() == (f"{function}()" if function else "")


def test_a_selection_reaches_every_view(window, qtbot, monkeypatch):
    seen = []
    for view in window.showing.views():
        monkeypatch.setattr(view, "show_moment", seen.append)
    chosen = (Selected(Thing.PAGE, 3, 1),)
    window.docks.inspector.selected.emit(chosen)
    assert len(seen) == len(list(window.showing.views())) >= 8
    assert all(moment.selection == chosen for moment in seen)


def test_the_table_is_filled_when_its_tab_is_opened(window, qtbot):
    window.player.jump(30)
    at(qtbot, window, 30)
    panel = window.docks.transitions
    assert not panel.isVisible()
    assert not panel.model.records
    next(dock for dock in window.docks.right if dock.isAncestorOf(panel)).raise_()
    qtbot.waitUntil(lambda: bool(panel.model.records))
    assert 30 in [record.number for record in panel.model.records]


def test_a_changed_setting_opens_a_branch(window, qtbot):
    window.player.jump(20)
    at(qtbot, window, 20)
    window.docks.pressure.change_requested.emit("machine.frames", 40)
    qtbot.waitUntil(lambda: window.frame.branch > 0)
    assert window.frame.moment.branch
    assert window.frame.moment.view["frames"] == 40


def test_what_is_shown_does_not_change_while_the_worker_goes_on(window, qtbot):
    window.player.jump(50)
    at(qtbot, window, 50)
    view = window.frame.moment.view
    before = view.words.copy()
    window.showing._clock.blockSignals(True)
    window.player.jump(150)
    for _ in range(3):
        window.player.step(1)
    answered = []
    window.worker.ask(lambda timeline: timeline.cursor, answered.append)
    qtbot.waitUntil(lambda: answered == [153])
    assert (view.words == before).all()


# -- opening -----------------------------------------------------------------------------------------


def test_opening_by_command_line_and_reading_again_when_saved(new_window, qtbot, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SCENARIO)
    window = new_window(path)
    window.show()
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.complete, timeout=20_000)
    assert window.topbar.title.text() == "Twelve pages"
    assert window.settings.recent() == [path.resolve()]
    path.write_text(SCENARIO.replace("Twelve pages", "Changed"))
    qtbot.waitUntil(lambda: window.topbar.title.text() == "Changed", timeout=10_000)


def test_a_broken_scenario_is_shown_in_its_place_and_mended(new_window, qtbot, tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text(SCENARIO.replace("frames = 64", 'framse = 64\nkernel = "7.0"'))
    window = new_window(path)
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    texts = "\n".join(window.problems.texts())
    assert "broken.toml cannot be opened" in texts
    assert "broken.toml, line 7" in texts
    assert "framse" in texts
    assert "frames" in texts
    assert "kernel" in texts
    assert not window.actions_by_name["step"].isEnabled()
    path.write_text(SCENARIO)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.machines, timeout=20_000)
    assert window.actions_by_name["step"].isEnabled()


def test_back_to_the_run_from_a_file_that_cannot_be_used(new_window, qtbot, tmp_path):
    path, broken = tmp_path / "mine.toml", tmp_path / "broken.swapscope"
    path.write_text(SCENARIO)
    broken.write_text("[]")
    window = new_window(path)
    window.show()
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.complete, timeout=20_000)
    window.player.jump(5)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 5, timeout=10_000)
    assert not window.actions_by_name["to_run"].isEnabled()
    window.open(broken)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert not any("Mend" in text for text in window.problems.texts())
    assert not window.actions_by_name["step"].isEnabled()
    qtbot.mouseClick(window.problems.back, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.machines
    assert window.frame.moment.transition.number == 5
    assert window.topbar.title.text() == "Twelve pages"
    assert window.path == path.resolve()
    qtbot.keyClick(window, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert window.welcome.back.isVisible()
    assert not window.actions_by_name["step"].isEnabled()
    assert window.status.said() == ""
    assert not window.status.health.isVisible()
    qtbot.mouseClick(window.welcome.back, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.machines
    assert window.status.said().startswith("operation ")
    assert window.status.health.isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 6, timeout=10_000)


def test_nothing_to_go_back_to(new_window, qtbot, tmp_path):
    window = new_window(tmp_path / "nowhere.toml")
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert not window.problems.back.isVisible()
    window.show_welcome()
    assert not window.welcome.back.isVisible()


def test_a_missing_file(new_window, qtbot, tmp_path):
    window = new_window(tmp_path / "nowhere.toml")
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert any("nowhere.toml" in text for text in window.problems.texts())


def test_dropping_a_file(new_window, qtbot, tmp_path):
    path = tmp_path / "dropped.toml"
    path.write_text(SCENARIO)
    window = new_window()
    window.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    point, none = QPoint(50, 50), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(point, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(point), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, drop)
    qtbot.waitUntil(lambda: window.topbar.title.text() == "Twelve pages", timeout=20_000)


def test_a_mistake_of_the_engine_is_said_and_survived(window, qtbot):
    def fails(_timeline):
        raise RuntimeError("slot 12 has two owners")

    window.worker.ask(fails, lambda _answer: None)
    qtbot.waitUntil(lambda: "slot 12 has two owners" in window.status.said())
    click(qtbot, window, "step")
    at(qtbot, window, 1)


# -- looks and memory --------------------------------------------------------------------------------


def test_the_theme_changes_at_once_and_is_remembered(window, qtbot):
    dark = window.grab().toImage().pixelColor(4, window.height() // 2)
    window.actions_by_name["light"].trigger()
    light = window.grab().toImage().pixelColor(4, window.height() // 2)
    assert dark.lightness() < 60 < 180 < light.lightness()
    assert json.loads(window.settings.file.read_text())["theme"] == "light"
    qtbot.mouseClick(window.topbar._theme, Qt.MouseButton.LeftButton)
    assert theme.current().dark


def test_larger_type_scales_everything(window, qtbot):
    before = window.sentence.text.fontInfo().pixelSize()
    for _ in range(3):
        window.actions_by_name["larger"].trigger()
    assert window.sentence.text.fontInfo().pixelSize() > before * 1.2
    window.actions_by_name["normal"].trigger()
    assert window.sentence.text.fontInfo().pixelSize() == before


def test_at_first_it_is_no_larger_than_the_screen(new_window):
    window = new_window(size=None)
    room = window.screen().availableSize().expandedTo(QSize(1280, 800))
    assert (window.width(), window.height()) == (min(1440, room.width()), min(900, room.height()))


def test_geometry_and_layout_are_remembered(window, new_window, qtbot, program):
    window.resize(1100, 741)  # the height is compared: Qt cuts the width to the screen there is
    window.docks.right[2].toggleViewAction().trigger()
    assert window.docks.right[2].isHidden()
    window.topbar.transport.slider.setValue(33)
    window.close()
    again = new_window(size=None)
    assert again.height() == 741
    assert again.topbar.transport.slider.value() == 33
    again.show()
    again.worker.open(lambda: program, "Reading")
    qtbot.waitUntil(lambda: again.frame is not None, timeout=20_000)
    assert again.docks.right[2].isHidden()
    assert not again.docks.right[0].isHidden()


def test_panels_are_put_back(window, qtbot):
    window.docks.right[2].toggleViewAction().trigger()
    window.docks.right[0].setFloating(True)
    window.actions_by_name["arrange"].trigger()
    assert not any(dock.isHidden() or dock.isFloating() for dock in (*window.docks.right, window.docks.bottom))


def test_a_broken_settings_file_is_set_aside_and_said(own_settings, new_window, qtbot):
    (own_settings / "settings.json").write_text("{ not json")
    window = new_window()
    assert "settings.broken.json" in window.status.said()
    assert (own_settings / "settings.broken.json").read_text() == "{ not json"


def test_every_action_has_its_text_tip_and_a_place(window):
    placed = {name for _, entries in actions.MENUS for name in entries}
    for spec in actions.SPECS:
        assert spec.text
        assert spec.tip.endswith("."), spec.name
        elsewhere = spec.name in ("theme", "forget") or spec.name.startswith(("language_", "shock_"))
        assert spec.name in placed or elsewhere, f"{spec.name} is in no menu"


def test_no_key_is_given_twice():
    keys = [key for spec in actions.SPECS for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_the_help_dialogues(window, qtbot):
    from app.shell.dialogs import About, Shortcuts

    shortcuts = Shortcuts(window)
    texts = {label.text() for label in shortcuts.findChildren(QLabel)}
    assert "Step on" in texts
    assert any("Space" in text for text in texts)
    about = About(window)
    assert any("MIT" in label.text() for label in about.findChildren(QLabel))
    for dialog in (shortcuts, about):
        dialog.close()
        dialog.deleteLater()


def test_transitions_are_real(window, qtbot):
    """Guards the tests above against showing something else than the engine says."""
    answers = []
    window.worker.ask(lambda timeline: timeline.transition(5), answers.append)
    qtbot.waitUntil(lambda: bool(answers))
    assert isinstance(answers[0], Transition)
    window.player.jump(5)
    at(qtbot, window, 5)
    assert window.frame.moment.transition == answers[0]


def test_closed_at_once_nothing_is_begun_any_more(new_window, qtbot):
    window = new_window()
    window.show()
    window.close()
    qtbot.wait(2 * AFTER_PAINT_MS)
    assert not window.gallery.isRunning()
    assert not window.docks.panels
