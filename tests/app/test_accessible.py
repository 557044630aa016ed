"""Everything that can be clicked or typed into has a name that a screen reader can say, and can be reached by keys."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)

from app import actions
from app.contact_sheet import asking, look_at_dialogues

INTERACTIVE = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit,
               QPlainTextEdit)  # fmt: skip


QFILE = re.compile("QFileDialog|QSidebar|fileNameEdit")
"""Parts of Qt's own dialogue for files, which stands in for the desktop's here."""
LOOKED_AT = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView)


def name_of(widget):
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    near = widget.parentWidget().findChildren(QLabel) if widget.parentWidget() is not None else []
    text = text or next((label.text() for label in near if label.buddy() is widget), "")
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
        if isinstance(widget, INTERACTIVE) and own(widget) and widget.window() is root.window()
        and not any(letter.isalpha() for letter in name_of(widget))
    ]


def test_every_widget_of_the_window_has_a_name(window):
    assert nameless(window) == []


def test_every_widget_of_every_dialogue_has_a_name(window):
    found = {}
    for name in asking():
        look_at_dialogues(window, name, lambda dialog, name=name: found.update({name: nameless(dialog)}))
    own = {name: names for name, names in found.items() if not QFILE.search("".join(names))}
    assert {"palette", "animation", "glossary", "shortcuts", "about", "jump", "bookmark"} <= set(own)
    assert all(names == [] for names in own.values()), own


def test_every_widget_of_every_panel_has_a_name(window):
    for dock in window.docks.all:
        window.docks.call(dock.objectName())
        assert nameless(dock) == [], dock.objectName()


def test_every_panel_says_what_it_is(window):
    for dock in window.docks.all:
        window.docks.call(dock.objectName())
        assert dock.windowTitle()
        panel = dock.widget().findChild(QWidget) if dock.objectName() != "timeline" else window.timeline
        assert panel is not None
    for panel in window.docks.panels:
        assert panel.accessibleName(), type(panel).__name__


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return bytes(image.constBits())


@pytest.mark.parametrize("colours", ["dark", "light", "contrast"])
def test_what_has_the_focus_looks_different_in_each_theme(window, qtbot, colours):
    window.looks.choose_theme(colours)
    window.activateWindow()
    for name in ("lesson", "pressure", "charts", "find", "inspector"):
        window.docks.call(name)
        dock = window.docks.named(name)
        for widget in dock.findChildren(QWidget):
            stops = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.isVisible()
            if not stops or widget.visibleRegion().isEmpty() or not isinstance(widget, LOOKED_AT) or not own(widget):
                continue
            window.canvas.setFocus()
            without = pixels(widget)
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if widget.hasFocus():
                assert pixels(widget) != without, f"{type(widget).__name__} {name_of(widget)} in {name}"


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
