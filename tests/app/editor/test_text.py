"""The text beside the forms: each follows the other, also while it is broken."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import MACHINE, row


def test_what_is_typed_in_the_text_is_in_the_forms(editor, qtbot):
    editor.tabs.setCurrentIndex(MACHINE)
    editor.text.go_to(8)
    editor.text.moveCursor(editor.text.textCursor().MoveOperation.EndOfLine)
    for _ in range(len("                 # few") + 2):
        QTest.keyClick(editor.text, Qt.Key.Key_Backspace)
    QTest.keyClicks(editor.text, "512")
    assert row(editor, "machine.frames").input.line.text() == "512"
    assert len(editor.document.steps) <= 2
    while editor.document.steps.can_undo:
        press_undo = editor.actions_by_name["editor_undo"]
        press_undo.trigger()
    assert editor.text.written() == TEXT


def test_typing_is_a_step_a_line(editor):
    editor.text.setFocus()
    editor.text.moveCursor(editor.text.textCursor().MoveOperation.End)
    QTest.keyClicks(editor.text, "# one")
    QTest.keyClick(editor.text, Qt.Key.Key_Return)
    QTest.keyClicks(editor.text, "# two")
    assert len(editor.document.steps) == 2
    editor.document.steps.undo()
    assert editor.document.text == TEXT + "# one"


def test_letters_beyond_the_basic_plane_do_not_shift_the_rest(editor):
    editor.document.set(("title",), "🐧 penguins 🐧")
    assert editor.text.written() == editor.document.text
    editor.document.set(("machine", "frames"), 12)
    assert editor.text.written() == editor.document.text
    assert 'title = "🐧 penguins 🐧"' in editor.text.written()


def test_a_hard_space_stays_one(editor):
    editor.document.set(("title",), "one\u00a0word")
    editor.text.setFocus()
    QTest.keyClicks(editor.text, "#")
    assert "one\u00a0word" in editor.document.text


def test_the_tree_follows_the_text(editor, workload):
    editor.text.go_to(TEXT[: TEXT.index("# last")].count("\n") + 3)
    QTest.keyClick(editor.text, Qt.Key.Key_Down)
    assert workload.tree.path == ("run", 2)
    assert editor.preview.part == 2


def test_broken_text_stops_the_forms_and_loses_nothing(editor, qtbot, checked):
    bad = TEXT.replace("frames = 64", "frames = = 64")
    editor.text.setFocus()
    editor.text.selectAll()
    editor.text.insertPlainText(bad)
    assert not editor.tabs.isEnabled()
    assert "line 8" in editor.bad.text.text()
    checked(editor)
    assert editor.text.problems_at(8)
    assert editor.document.text == bad
    qtbot.mouseClick(editor.bad.buttons[0], Qt.MouseButton.LeftButton)
    assert editor.text.textCursor().blockNumber() == 7
    editor.document.steps.undo()
    assert editor.tabs.isEnabled()
    assert editor.document.text == TEXT


ODD = ("run = 3", "run = [1, 2]", "machine = 1", "process = [{}, 4]", "shmem = {}", "check = [[]]", "goals = 3",
       "[[run]]\nparallel = 5", "[[run]]\nparallel = [3]", "[machine]\nswapfile = 'x'", "[machine]\nswapfile = [1]",
       "[machine]\nkernel = 6.2\nzswap = 9", "[[shock]]\nrun = 'x'", "[[run]]\npattern = []",
       "[[run]]\nop = 3\nmark = 4", "[[process]]\nregions = [{}]\ncontent = { compressed = 'x', more = 1 }",
       "[[run]]\nop = 'read'\npage = {}",
       "[[run]]\ntrace = 1\ncontent = { heap = { compressed = 99 } }", "title = 2024-01-01", "")  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_documents_are_shown_and_told(editor, checked, text):
    editor.document.change(text, "Edit")
    checked(editor)
    assert editor.problems
    for index in range(3):
        editor.tabs.setCurrentIndex(index)
    for item in list(editor.workload.tree.items()):
        editor.workload.tree.setCurrentItem(item)
    for key in [problem.key for problem in editor.problems if problem.key]:
        editor.going.reveal(key)
    for _ in range(3):
        editor.workload.duplicate()
        editor.workload.move_by(1)
        editor.workload.remove()
    while editor.document.steps.can_undo:
        editor.document.steps.undo()
    assert editor.document.text == TEXT
