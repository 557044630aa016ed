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
