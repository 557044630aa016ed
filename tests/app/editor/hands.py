"""What a person does with the fields of the editor."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

MACHINE, WORKLOAD = 1, 2


def row(editor, key):
    found = editor.machine.row_at(key)
    assert found is not None
    return found


def type_into(widget, text):
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def choose(combo, word):
    combo.setFocus()
    combo.setCurrentIndex(combo.findData(word))
    combo.activated.emit(combo.currentIndex())


def part_row(editor, key):
    return editor.workload.form.rows[key]


def press(editor, keys):
    QTest.keySequence(editor, QKeySequence(keys))


def pick(workload, *texts):
    """Choose from the menu of what can be added."""
    workload.fill_menu()
    menu = workload.menu
    for text in texts[:-1]:
        found = next(action for action in menu.actions() if action.text() == text)
        menu = next(one for one in workload.menu.findChildren(QMenu) if one.menuAction() is found)
    next(action for action in menu.actions() if action.text() == texts[-1]).trigger()
