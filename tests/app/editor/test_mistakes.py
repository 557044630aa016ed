"""Mistakes in the editor: told at the field, in the text and in the list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import MACHINE, WORKLOAD, part_row, row, type_into


def test_a_mistake_is_told_at_the_field_in_the_text_and_in_the_list(editor, qtbot, checked):
    editor.tabs.setCurrentIndex(MACHINE)
    frames = row(editor, "machine.frames")
    type_into(frames.input.line, "3")
    checked(editor)
    said = "3 is too small. Expected: a whole number from 8 to 16777216"
    assert frames.wrong.text() == said
    assert frames.wrong.isVisible()
    assert [problem.key for problem in editor.text.problems_at(8)] == ["machine.frames"]
    assert said in editor.list.item(0).text()
    assert editor.list.isVisible()
    assert not editor.tabs.tabIcon(MACHINE).isNull()
    QTest.keyClicks(frames.input.line, "2")
    checked(editor)
    assert not frames.wrong.isVisible()
    assert not editor.list.isVisible()
    assert editor.tabs.tabIcon(MACHINE).isNull()
    assert editor.state.text() == "Nothing is wrong."


def test_a_word_in_the_place_of_a_number_is_kept_and_told(editor, checked):
    editor.tabs.setCurrentIndex(MACHINE)
    frames = row(editor, "machine.frames")
    type_into(frames.input.line, "many")
    checked(editor)
    assert 'frames = "many"' in editor.document.text
    assert "'many' has the wrong type" in frames.wrong.text()
    assert frames.input.line.text() == "many"


def test_the_nearest_name_is_taken_with_a_click(editor, qtbot, checked):
    editor.document.change(TEXT.replace('process = "shell"', 'process = "shel"'), "Edit")
    checked(editor)
    editor.list.setCurrentRow(0)
    editor.list.itemActivated.emit(editor.list.item(0))
    assert editor.tabs.currentIndex() == WORKLOAD
    assert editor.workload.tree.path == ("run", 2)
    process = part_row(editor, "process")
    assert "Did you mean “shell”?" in process.wrong.text()
    qtbot.mouseClick(process.nearest, Qt.MouseButton.LeftButton)
    assert editor.document.text == TEXT


def test_the_next_problem_by_key(editor, checked):
    editor.document.set(("machine", "frames"), 3)
    editor.document.set(("machine", "swapfile", 0, "slots"), 0)
    editor.document.set(("run", 2, "references"), 0)
    editor.document.set(("seed",), -1)
    checked(editor)
    seen = []
    for _ in range(5):
        editor.actions_by_name["editor_problem"].trigger()
        seen.append((editor.tabs.currentIndex(), editor.text.textCursor().blockNumber() + 1))
    assert seen == [(0, 4), (1, 8), (1, 15), (2, 38), (0, 4)]


def test_the_same_problems_as_the_check_command(editor, checked, tmp_path, capsys):
    from engine.cli.command import main

    text = TEXT.replace("frames = 64", "framse = 64").replace("references = 40", "references = 4000000000")
    editor.document.change(text, "Edit")
    checked(editor)
    editor.document.save(editor.document.path)
    assert main(["check", str(editor.document.path)]) == 2
    told = capsys.readouterr().err
    assert len(editor.problems) == 2
    for problem in editor.problems:
        assert " ".join(problem.what.split()[:4]) in " ".join(told.split())
        assert f":{problem.line}" in told
