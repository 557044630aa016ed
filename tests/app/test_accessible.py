"""Everything that can be clicked or typed into has a name that a screen reader can say, and can be reached by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from app import actions
from app.export.animation_dialog import AnimationDialog
from app.palette import Palette

INTERACTIVE = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
               QPlainTextEdit)  # fmt: skip


def name_of(widget):
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return (widget.accessibleName() or text).strip(" ▾…")


def own(widget):
    """Not a part that Qt puts into a widget of its own."""
    parent = widget.parentWidget()
    inner = isinstance(parent, (QAbstractSpinBox, QComboBox, QLineEdit)) or widget.objectName().startswith("qt_")
    within = parent
    while within is not None and not inner:
        inner = isinstance(within, (QComboBox, QTabBar)) or (
            isinstance(within, QAbstractItemView) and type(widget).__module__.startswith("PySide6")
        )
        within = within.parentWidget()
    return not inner and not isinstance(widget, QScrollBar)


def nameless(root):
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        for widget in root.findChildren(QWidget)
        if isinstance(widget, INTERACTIVE) and own(widget) and not any(letter.isalpha() for letter in name_of(widget))
    ]


def test_every_widget_of_the_window_has_a_name(window):
    assert nameless(window) == []


@pytest.mark.parametrize("make", [Palette, AnimationDialog])
def test_every_widget_of_the_dialogues_has_a_name(window, make):
    dialog = make(window)
    assert nameless(dialog) == []
    dialog.close()


def test_the_views_have_names(window):
    for view in (window.canvas, window.timeline, window.sentence, window.lecture.caption):
        assert view.accessibleName()


def test_tab_goes_through_the_window_and_comes_back(window, qtbot):
    window.canvas.setFocus()
    seen = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is window.canvas and len(set(map(id, seen))) > 3 and not window.canvas.walk.walking:
            break
    kinds = {type(widget).__name__ for widget in seen if widget is not None}
    assert "TimelineView" in kinds
    assert {"QToolButton", "QSlider"} <= kinds


def test_every_action_is_in_a_menu():
    listed = {entry for _, entries in actions.MENUS for entry in entries}
    elsewhere = {"theme", "forget"}  # in the top bar, and in the menu of recent files
    submenus = ("language_", "shock_")  # each made of all that begin so
    assert {spec.name for spec in actions.SPECS if not spec.name.startswith(submenus)} - listed <= elsewhere


def test_no_two_actions_share_a_key():
    seen = {}
    for spec in actions.SPECS:
        for key in spec.keys:
            assert key not in seen, f"{key}: {seen.get(key)} and {spec.name}"
            seen[key] = spec.name
