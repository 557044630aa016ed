"""Arrangements of the panels: switched with keys, each kept as it was left."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar


def shown(window):
    return {dock.objectName() for dock in window.docks.all if not dock.isHidden()}


def test_three_arrangements(window):
    everything = {"lesson", "inspector", "pressure", "charts", "transitions", "timeline"}
    assert shown(window) >= everything
    QTest.keySequence(window, "Alt+1")
    assert shown(window) == {"lesson", "timeline"}
    assert window.actions_by_name["arrange_lecture"].isChecked()
    QTest.keySequence(window, "Alt+3")
    assert shown(window) == (everything | {"compare"}) - {"lesson"}
    assert window.docks.in_sight("compare")
    assert len(window.comparing.others) == 1  # what is compared is there to be seen
    QTest.keySequence(window, "Alt+2")
    assert shown(window) >= everything


def test_each_is_kept_as_it_was_left(window):
    QTest.keySequence(window, "Alt+1")
    window.docks.named("charts").show()
    QTest.keySequence(window, "Alt+2")
    QTest.keySequence(window, "Alt+1")
    assert shown(window) == {"lesson", "charts", "timeline"}
    window.actions_by_name["arrange"].trigger()
    assert shown(window) == {"lesson", "timeline"}


def test_remembered_to_the_next_start(window, new_window, program, qtbot):
    QTest.keySequence(window, "Alt+1")
    window.close()
    again = new_window()
    again.show()
    again.worker.open(lambda: program, "Reading")
    qtbot.waitUntil(lambda: again.frame is not None)
    assert again.arrangements.current == "lecture"
    assert again.actions_by_name["arrange_lecture"].isChecked()
    assert shown(again) == {"lesson", "timeline"}


def test_a_broken_layout_is_not_used(window):
    window.settings.set("arrangements", {"lecture": "no layout", "compare": 4})
    QTest.keySequence(window, "Alt+1")
    assert shown(window) == {"lesson", "timeline"}
    QTest.keySequence(window, "Alt+3")
    assert "charts" in shown(window)


def test_no_tab_bar_is_left_over_another(window, qtbot):
    """Qt forgets some when docks go elsewhere."""
    def there():
        bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [[bar.tabText(tab) for tab in range(bar.count())] for bar in bars if bar.isVisible() and bar.count()]

    for keys in ("Alt+3", "Alt+2"):
        QTest.keySequence(window, keys)
    window.comparing.call_panel()
    qtbot.waitUntil(lambda: len(there()) == 1)
    assert sorted(there()[0]) == ["Charts", "Compare", "Inspector", "Lesson", "Pressure", "Transitions"]
