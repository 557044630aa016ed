"""The page of the machine as a person uses it: fields, defaults, undo, swapfiles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import MACHINE, choose, row, type_into


def test_a_number_is_typed_and_the_text_follows_letter_by_letter(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    line = row(editor, "machine.frames").input.line
    type_into(line, "32")
    assert editor.text.written() == TEXT.replace("frames = 64 ", "frames = 32 ")
    assert len(editor.document.steps) == 1
    assert editor.actions_by_name["editor_undo"].toolTip().startswith("Undo: Set machine.frames to 32")
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert "frames = 33 " in editor.document.text
    editor.actions_by_name["editor_undo"].trigger()
    assert editor.document.text == TEXT
    assert line.text() == "64"


def test_undo_keys_work_from_a_field_and_from_the_text(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    qtbot.waitExposed(editor)
    editor.activateWindow()
    line = row(editor, "machine.frames").input.line
    type_into(line, "7")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.document.text == TEXT
    editor.text.setFocus()
    QTest.keyClick(editor.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert "frames = 7 " in editor.document.text
    QTest.keyClick(editor.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.document.text == TEXT


def test_a_default_is_shown_and_a_line_can_be_taken_out(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    frames = row(editor, "machine.frames")
    told = " ".join(label.text() for label in frames.findChildren(QLabel))
    assert "MemTotal" in told
    assert "default 4096" in told
    assert frames.input.line.placeholderText() == "4096"
    cluster = row(editor, "machine.page_cluster")
    assert not cluster.reset.isEnabled()
    qtbot.mouseClick(frames.reset, Qt.MouseButton.LeftButton)
    assert "frames" not in editor.document.text
    assert frames.input.line.text() == ""


def test_a_switch_and_a_choice(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    qtbot.mouseClick(row(editor, "machine.charge_pool").input.toggle, Qt.MouseButton.LeftButton)
    assert "frames = 64                 # few\ncharge_pool = false\n" in editor.document.text
    choose(row(editor, "machine.design").input.choice, "vswap")
    assert 'design = "vswap"' in editor.document.text
    choose(row(editor, "machine.design").input.choice, "legacy")
    assert "design =" not in editor.document.text
    for _ in range(3):
        editor.document.steps.undo()
    assert editor.document.text == TEXT


def test_defaults_follow_the_kernel(editor):
    editor.tabs.setCurrentIndex(MACHINE)
    choose(row(editor, "machine.kernel").input.choice, "6.2")
    assert row(editor, "machine.zswap.allocator").input.choice.currentText() == "zbud"
    assert "default 4" in row(editor, "machine.zswap.chain_size").about.text()


def test_the_filter_and_only_what_the_file_says(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    QTest.keyClicks(editor.machine.filter, "max_pool")
    shown = [key for form in editor.machine.forms for key, one in form.rows.items() if not one.isHidden()]
    assert shown == ["machine.zswap.max_pool_percent", "machine.zswap.max_pool_pages"]
    editor.machine.filter.clear()
    qtbot.mouseClick(editor.machine.only_set, Qt.MouseButton.LeftButton)
    shown = [key for form in editor.machine.forms for key, one in form.rows.items() if not one.isHidden()]
    assert shown == ["machine.design", "machine.frames", "machine.zswap.enabled"]


def test_swapfiles_are_added_ordered_and_removed(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    files = editor.machine.swapfiles
    qtbot.mouseClick(files.add, Qt.MouseButton.LeftButton)
    assert [one["name"] for one in editor.document.data["machine"]["swapfile"]] == ["swap0", "swap1"]
    type_into(files.form.rows["priority"].input.line, "5")
    choose(files.form.rows["device"].input.choice, "hdd")
    assert editor.document.data["machine"]["swapfile"][1] == {
        "name": "swap1", "slots": 256, "priority": 5, "device": "hdd"}  # fmt: skip
    qtbot.mouseClick(files.up, Qt.MouseButton.LeftButton)
    assert [one["name"] for one in editor.document.data["machine"]["swapfile"]] == ["swap1", "swap0"]
    qtbot.mouseClick(files.out, Qt.MouseButton.LeftButton)
    assert [one["name"] for one in editor.document.data["machine"]["swapfile"]] == ["swap0"]
    while editor.document.steps.can_undo:
        editor.document.steps.undo()
    assert editor.document.text == TEXT
