"""The page of the workload: the tree of what happens, and a form for each part."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from engine.resources import scenarios_dir
from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import choose, part_row, pick, type_into


def test_the_tree_shows_what_happens(workload):
    lines = [item.text(0) for item in workload.tree.items()]
    assert lines == [
        "Processes", "editor · 40 pages", "shell · 24 pages", "Shared memory", "What happens, in order",
        "sequential · 40 references · editor", "filled", "zipf · 90 references · shell",
        "What comes in between", "Checks",
    ]  # fmt: skip


def test_a_form_for_each_part_changes_it(editor, workload):
    workload.tree.choose(("run", 2))
    assert workload.title.text() == "zipf · 90 references · shell"
    type_into(part_row(editor, "s").input.line, "0.8")
    choose(part_row(editor, "process").input.choice, "editor")
    assert editor.document.data["run"][2] == {"pattern": "zipf", "process": "editor", "references": 90, "s": 0.8}
    choose(part_row(editor, "pattern").input.choice, "loop")
    assert editor.document.data["run"][2] == {"pattern": "loop", "process": "editor", "references": 90}
    assert "length" in workload.form.rows
    assert editor.document.steps.undo_name == "Turn zipf into loop"
    while editor.document.steps.can_undo:
        editor.document.steps.undo()
    assert editor.document.text == TEXT
    assert "s" in workload.form.rows


def test_content_is_a_family_or_a_size(editor, workload):
    workload.tree.choose(("process", 0))
    content = part_row(editor, "content").input
    choose(content.choice, "text")
    assert editor.document.value(("process", 0, "content")) == "text"
    choose(content.choice, True)
    type_into(content.size_line, "900")
    assert editor.document.value(("process", 0, "content")) == {"compressed": 900}


def test_parts_are_added_from_the_menu(editor, workload):
    workload.tree.choose(("run", 0))
    pick(workload, "Operation", "pageout")
    assert editor.document.data["run"][1] == {"op": "pageout", "process": "editor"}
    assert workload.tree.path == ("run", 1)
    pick(workload, "Mark")
    pick(workload, "Several at the same time")
    assert workload.tree.path == ("run", 3)
    pick(workload, "Pattern, at the same time", "stack")
    assert [one["pattern"] for one in editor.document.data["run"][3]["parallel"]] == ["random", "random", "stack"]
    pick(workload, "Process")
    assert editor.document.data["process"][2]["name"] == "program"
    pick(workload, "Region of program")
    assert editor.document.data["process"][2]["regions"] == [{"name": "heap", "pages": 64}]
    assert workload.tree.path == ("process", 2, "regions", 0)
    pick(workload, "Something in between")
    assert workload.tree.path == ("shock", 0)
    pick(workload, "Operation", "read")
    assert workload.tree.path == ("shock", 0, "run", 1)
    pick(workload, "Check")
    pick(workload, "Shared memory")
    pick(workload, "Change of a setting")
    assert editor.document.data["run"][-1] == {"set": "machine.frames", "value": 32}
    while editor.document.steps.can_undo:
        editor.document.steps.undo()
    assert editor.document.text == TEXT


def test_keys_move_copy_and_remove(editor, workload):
    workload.tree.choose(("run", 0))
    workload.tree.setFocus()
    QTest.keyClick(workload.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert workload.tree.path == ("run", 1)
    assert [next(iter(part)) for part in editor.document.data["run"]] == ["mark", "pattern", "pattern"]
    assert "# first\n[[run]]\npattern = \"sequential\"" in editor.document.text
    QTest.keyClick(workload.tree, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert workload.tree.path == ("run", 2)
    assert len(editor.document.data["run"]) == 4
    QTest.keyClick(workload.tree, Qt.Key.Key_Delete)
    QTest.keyClick(workload.tree, Qt.Key.Key_Delete)
    assert len(editor.document.data["run"]) == 2
    while editor.document.steps.can_undo:
        editor.document.steps.undo()
    assert editor.document.text == TEXT


def test_a_copy_of_a_process_has_a_name_of_its_own(editor, workload, qtbot):
    workload.tree.choose(("process", 1))
    qtbot.mouseClick(workload.copy, Qt.MouseButton.LeftButton)
    assert [one["name"] for one in editor.document.data["process"]] == ["editor", "shell", "shell-2"]


def test_a_part_is_dragged_below_another_one(editor, workload):
    workload.tree.drop_on(("run", 0), ("run", 2), below=True)
    assert [next(iter(part)) for part in editor.document.data["run"]] == ["mark", "pattern", "pattern"]
    assert workload.tree.path == ("run", 2)
    workload.tree.drop_on(("run", 2), ("run", 0), below=False)
    assert editor.document.text == TEXT
    count = len(editor.document.steps)
    workload.tree.drop_on(("run", 0), ("process", 0), below=True)
    workload.tree.drop_on(("run", 0), ("run", 0), below=True)
    assert len(editor.document.steps) == count


def test_a_recording_is_chosen_and_named_from_the_files_folder(editor, workload, monkeypatch, tmp_path):
    trace = next(iter(sorted((scenarios_dir() / "traces").glob("*.swt"))))
    (tmp_path / "traces").mkdir()
    here = tmp_path / "traces" / trace.name
    here.write_bytes(trace.read_bytes())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a: (str(here), ""))
    pick(workload, "Recording…")
    assert editor.document.data["run"][-1] == {"trace": f"traces/{trace.name}"}
