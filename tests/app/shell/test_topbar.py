"""The bar at the top gives things up, in order, where it has little room; nothing is cut off."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app import theme
from app.shell.topbar import EXPORTS


def test_everything_is_there_with_room(window, qtbot):
    bar = window.topbar
    window.resize(1680, 1050)
    qtbot.waitUntil(lambda: bar._body.given == 0)
    assert bar.transport.buttons["unit_fault"].isVisible()
    assert not bar.transport.unit.isVisible()


def test_large_type_takes_words_and_units_away_but_no_button(window, qtbot):
    theme.switch().resize_type(2.0)
    window.resize(1280, 800)
    bar = window.topbar
    qtbot.waitUntil(lambda: bar._body.given > 0)
    bar._body.setFixedWidth(1100)
    assert bar._body.least() <= 1100
    for name in ("first", "back", "play", "step", "on", "last"):
        assert bar.transport.buttons[name].isVisible()
    assert bar.transport.unit.isVisible()
    assert bar.transport.unit.accessibleName() == "Unit of a step: transition"
    units = [action.text() for action in bar.transport.unit.menu().actions()]
    assert len(units) == 4
    bar.transport.unit.menu().actions()[2].trigger()
    assert str(window.player.unit) == "fault"
    theme.switch().resize_type(1.0)
    bar._body.setFixedWidth(1660)
    assert bar._body.given == 0


def test_its_icons_are_those_of_the_theme(window):
    bar = window.topbar
    for theme_name in ("light", "dark"):
        window.looks.choose_theme(theme_name)
        for button, action in ((bar.compare, "compare"), (bar.export, "picture")):
            assert button.icon().cacheKey() == window.actions_by_name[action].icon().cacheKey()


def test_the_title_is_whole_before_the_doors_keep_their_words(window, qtbot):
    bar = window.topbar
    bar.show_title("A title of two dozen letters")
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: bar._body.given > 1)
    assert bar.compare.isVisible()
    assert bar.compare.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    assert bar.title.width() >= bar.title.sizeHint().width()


def test_what_compares_and_what_can_be_taken_along_stand_in_the_bar(window, qtbot):
    bar = window.topbar
    assert bar.export.isEnabled()
    assert list(bar.export.menu().actions()) == [window.actions_by_name[name] for name in EXPORTS]
    qtbot.mouseClick(bar.compare, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.comparing.others))


def test_the_button_tells_that_runs_are_compared_and_ends_it_when_pressed_again(window, qtbot):
    bar = window.topbar
    qtbot.mouseClick(bar.compare, Qt.MouseButton.LeftButton)
    assert bar.compare.isChecked()
    assert window.actions_by_name["compare"].isChecked()
    qtbot.mouseClick(bar.compare, Qt.MouseButton.LeftButton)
    assert window.comparing.others == ()
    assert not bar.compare.isChecked()
    assert not window.actions_by_name["compare"].isChecked()
    window.actions_by_name["machines_over"].trigger()
    assert bar.compare.isChecked(), "however it begins"


def test_in_a_small_window_the_title_is_cut_before_the_doors_go(window, qtbot):
    bar = window.topbar
    bar.show_title("A title of more than two dozen letters")
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: bar.title.width() < bar.title.sizeHint().width())
    assert bar.compare.isVisible()
    assert bar.export.isVisible()
    qtbot.mouseClick(bar.compare, Qt.MouseButton.LeftButton)
    assert bar.compare.isChecked()
