"""The docks: panels are made when asked for, or one by one once there is something to see."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.shell.docks import PANELS


class Shown(QObject):
    """Notes which widgets are shown as windows of their own."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched)
        return False


def test_every_panel_is_made_and_none_shows_as_a_window_on_the_way(new_window, qtbot):
    shown = Shown()
    QApplication.instance().installEventFilter(shown)
    made = new_window()
    assert not made.docks.panels
    made.show()
    qtbot.waitUntil(lambda: len(made.docks.panels) == len(PANELS))
    assert shown.seen == [made]


def test_a_panel_asked_for_is_there_at_once(new_window):
    window = new_window()
    assert not window.docks.has("find")
    assert window.docks.find is window.docks.named("find").findChild(type(window.docks.find))
    assert window.docks.panels == [window.docks.find]


def test_a_panel_made_late_shows_what_the_others_show(window, qtbot):
    window.player.jump(40)
    qtbot.waitUntil(lambda: len(window.docks.panels) == len(PANELS))
    window.docks.call("branches")
    assert window.docks.branches.tree.topLevelItemCount() == 1


def test_panels_grow_with_the_type(window, qtbot):
    window.resize(1680, 1050)
    dock = window.docks.named("lesson")
    qtbot.waitUntil(lambda: window.docks.in_sight("lesson") and dock.width() > 300)
    before = dock.width()
    window.looks.scale_type(1.5)
    qtbot.waitUntil(lambda: dock.width() >= 1.4 * before)
    window.looks.scale_type(0)
    qtbot.waitUntil(lambda: dock.width() <= 1.1 * before)


def test_panels_that_are_away_grow_when_they_come(window, qtbot):
    window.resize(1680, 1050)
    dock = window.docks.named("lesson")
    qtbot.waitUntil(lambda: window.docks.in_sight("lesson") and dock.width() > 300)
    before = dock.width()
    window.show_welcome()
    window.looks.scale_type(1.5)
    window.docks.show_run(True)
    qtbot.waitUntil(lambda: dock.width() >= 1.4 * before)


def test_there_and_back_in_a_small_window_leaves_the_panels_as_wide_as_usual(window, qtbot):
    window.resize(1280, 800)
    dock = window.docks.named("lesson")
    qtbot.waitUntil(lambda: window.docks.in_sight("lesson") and dock.width() > 300)
    before = dock.width()
    for _ in range(6):
        window.looks.scale_type(1.1)
        QApplication.processEvents()
    window.looks.scale_type(0)
    qtbot.waitUntil(lambda: 0.95 * before <= dock.width() <= 1.2 * before)
