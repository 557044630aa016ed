"""Files of the editor: saved whole, never lost, the library left alone, and runs that do not harm the window's."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.editor import drafts
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from tests.app.editor.conftest import TEXT, wait_checked

FRAMES = ("machine", "frames")
BOX = QMessageBox.StandardButton


@pytest.fixture
def answers(monkeypatch):
    """What is answered to questions, and the questions."""
    given, asked = [], []

    def question(_parent, _title, text, *_rest):
        asked.append(text)
        return given.pop(0)

    monkeypatch.setattr(QMessageBox, "question", question)
    for kind in ("information", "warning"):
        monkeypatch.setattr(QMessageBox, kind, lambda _parent, _title, text, *_rest: asked.append(text))
    return given, asked


def save_to(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(path) if path else "", ""))


def test_saved_with_a_key(editor, qtbot):
    editor.document.set(FRAMES, 9)
    assert editor.isWindowModified()
    editor.actions_by_name["editor_save"].trigger()
    assert editor.document.path.read_bytes() == editor.document.text.encode()
    assert not editor.isWindowModified()
    assert not editor.actions_by_name["editor_save"].isEnabled()


def test_a_scenario_of_the_library_is_kept_as_it_is(open_editor, monkeypatch, tmp_path, answers):
    path = scenarios_dir() / "04-recorded-sort.toml"
    before = path.read_bytes()
    editor = open_editor(path)
    assert "Save keeps a copy" in editor.place.text()
    editor.document.set(FRAMES, 600)
    save_to(monkeypatch, path)
    assert not editor.keeping.save()
    assert "stay as they are" in answers[1][0]
    mine = tmp_path / "mine.toml"
    save_to(monkeypatch, mine)
    assert editor.keeping.save()
    assert path.read_bytes() == before
    assert editor.document.path == mine
    assert load_scenario(mine).build().ops.size  # the recording is found from there
    wait_checked_again(editor)
    assert editor.problems == ()


def wait_checked_again(editor):
    from app.editor.checker import check
    from app.editor.mistakes import Mistakes

    editor.mistakes = Mistakes(check(editor.document.text, editor.document.path).problems)


def test_a_new_scenario_asks_for_its_place(open_editor, monkeypatch, tmp_path):
    editor = open_editor(None)
    assert editor.problems == ()
    editor.document.set(("title",), "Two programs, one memory!")
    seen = []

    def where(_parent, _title, start, _kinds):
        seen.append(start)
        return str(tmp_path / "chosen"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", where)
    editor.actions_by_name["editor_save"].trigger()
    assert seen[0].endswith("two-programs-one-memory.toml")
    assert (tmp_path / "chosen.toml").read_text() == editor.document.text
    assert editor.windowTitle().startswith("chosen.toml")


@pytest.mark.parametrize(("place", "key"), [(0, "step"), (1, "assignment")])
def test_a_new_scenario_may_be_a_lesson_or_homework(open_editor, checked, qtbot, place, key):
    editor = open_editor(None)
    assert key not in editor.document.data
    qtbot.mouseClick(editor.notice.buttons[place], Qt.MouseButton.LeftButton)
    checked(editor)
    assert editor.document.data[key]
    assert editor.problems == ()
    assert not editor.notice.isVisible()
    editor.document.steps.undo()
    assert not editor.document.dirty


def test_asked_before_something_is_lost(editor, answers, monkeypatch):
    given, asked = answers
    editor.document.set(FRAMES, 9)
    given.append(BOX.Cancel)
    assert not editor.close()
    assert editor.isVisible()
    assert "mine.toml" in asked[0]
    given.append(BOX.Save)
    path = editor.document.path
    assert editor.close()
    assert "frames = 9 " in path.read_text()


def test_not_asked_when_nothing_is(editor, answers):
    editor.document.set(FRAMES, 9)
    editor.document.steps.undo()
    assert editor.close()
    assert answers[1] == []


def test_a_save_that_fails_is_told_and_keeps_everything(editor, answers, monkeypatch, tmp_path):
    editor.document.set(FRAMES, 9)
    save_to(monkeypatch, tmp_path / "nowhere" / "x.toml")
    assert not editor.keeping.ask_and_save()
    assert "cannot be written" in answers[1][0]
    assert editor.document.dirty


def test_another_programs_change_is_taken_where_nothing_is_unsaved(editor, qtbot):
    editor.document.path.write_text(TEXT.replace("frames = 64", "frames = 65"))
    qtbot.waitUntil(lambda: editor.document.value(FRAMES) == 65, timeout=5000)
    assert not editor.document.dirty
    editor.document.steps.undo()
    assert editor.document.text == TEXT


def test_and_asked_about_where_something_is(editor, qtbot, answers):
    editor.document.set(FRAMES, 9)
    editor.document.path.write_text(TEXT.replace("frames = 64", "frames = 65"))
    qtbot.waitUntil(lambda: editor.notice.isVisible(), timeout=5000)
    answers[0].append(BOX.No)
    assert not editor.keeping.save()
    assert editor.document.value(FRAMES) == 9
    qtbot.mouseClick(editor.notice.buttons[0], Qt.MouseButton.LeftButton)
    assert editor.document.value(FRAMES) == 65
    assert not editor.notice.isVisible()
    editor.document.steps.undo()
    assert editor.document.value(FRAMES) == 9


def test_drafts_survive_a_crash(editor, open_editor, qtbot, tmp_path):
    editor.document.set(FRAMES, 9)
    qtbot.waitUntil(lambda: any(drafts.drafts_dir().glob("*.json")), timeout=5000)
    assert drafts.left_behind() == []  # its editor lives
    file = next(drafts.drafts_dir().glob("*.json"))
    kept = file.read_bytes()
    editor.document.steps.undo()
    editor.keeping.keep_draft()
    assert not file.exists()
    path = editor.document.path
    editor.close()
    file.write_bytes(kept)  # as a crash leaves it
    again = open_editor(path)
    again.keeping.offer_drafts()
    assert "were not saved" in again.notice.text.text()
    qtbot.mouseClick(again.notice.buttons[0], Qt.MouseButton.LeftButton)
    assert again.document.value(FRAMES) == 9
    assert again.document.steps.can_undo
    assert not file.exists()


def test_a_draft_can_be_thrown_away(open_editor, qtbot, file):
    drafts.drafts_dir().mkdir(parents=True)
    left = drafts.drafts_dir() / "x.json"
    left.write_text(json.dumps({"path": str(file), "text": TEXT + "# more\n", "when": 1.0}))
    (drafts.drafts_dir() / "broken.json").write_text("{")
    editor = open_editor(file)
    editor.keeping.offer_drafts()
    qtbot.mouseClick(editor.notice.buttons[1], Qt.MouseButton.LeftButton)
    assert not left.exists()
    assert editor.document.text == TEXT


def test_the_window_tells_at_the_start_what_was_left_behind(new_window, file):
    drafts.drafts_dir().mkdir(parents=True)
    left = drafts.drafts_dir() / "x.json"
    left.write_text(json.dumps({"path": str(file), "text": TEXT + "# more\n", "when": 1.0}))
    window = new_window()
    assert "mine.toml" in window.status.said()
    left.unlink()
    assert new_window().status.said() == ""


# -- with the main window ----------------------------------------------------------------------


@pytest.fixture
def both(new_window, qtbot, file):
    """A main window on the file, and the editor opened from it."""
    window = new_window(file)
    window.show()
    qtbot.waitUntil(lambda: window.frame is not None, timeout=20_000)
    window.actions_by_name["edit"].trigger()
    editor = window.editors.open[0]
    wait_checked(qtbot, editor)
    yield window, editor
    for one in tuple(window.editors.open):
        one.discard()


def test_the_editor_of_the_open_scenario_is_there_once(both, file):
    window, editor = both
    assert editor.document.path == file
    window.actions_by_name["edit"].trigger()
    assert window.editors.open == [editor]


def test_a_run_of_what_is_not_saved_leaves_the_file_alone(both, qtbot, file):
    window, editor = both
    editor.document.set(("title",), "another one")
    editor.actions_by_name["editor_run"].trigger()
    qtbot.waitUntil(lambda: window.topbar.findChildren(type(window.topbar)) is not None
                    and window.windowTitle().startswith("another one"), timeout=20_000)  # fmt: skip
    assert file.read_bytes() == TEXT.encode()
    assert window.path != file
    assert window.settings.recent() == [file]
    window.actions_by_name["edit"].trigger()
    assert window.editors.open == [editor]


def test_a_run_that_cannot_be_keeps_the_old_one(both, qtbot, file):
    window, editor = both
    epoch = window.frame.moment.epoch
    editor.tabs.setCurrentIndex(0)
    editor.document.set(FRAMES, 3)
    editor.actions_by_name["editor_run"].trigger()
    qtbot.waitUntil(lambda: editor.tabs.currentIndex() == 1, timeout=20_000)
    assert "cannot run yet" in editor.state.text()
    assert window.path == file
    assert window.canvas.isVisibleTo(window)
    assert window.frame.moment.epoch == epoch


def test_a_saved_mistake_does_not_take_the_run_away(both, qtbot, file):
    window, editor = both
    editor.document.set(FRAMES, 3)
    wait_checked(qtbot, editor)
    editor.keeping.save()
    qtbot.wait(600)
    assert window.canvas.isVisibleTo(window)


def test_a_saved_change_is_run_where_the_window_follows_the_file(both, qtbot):
    window, editor = both
    editor.document.set(("title",), "third")
    wait_checked(qtbot, editor)
    editor.keeping.save()
    qtbot.waitUntil(lambda: window.windowTitle().startswith("third"), timeout=20_000)


def test_the_window_stays_while_an_editor_has_something_unsaved(both, answers):
    window, editor = both
    editor.document.set(FRAMES, 9)
    answers[0].append(BOX.Cancel)
    assert not window.close()
    assert window.isVisible()


def test_from_the_welcome_page_and_the_page_of_problems(new_window, qtbot, tmp_path):
    window = new_window()
    window.show()
    qtbot.mouseClick(window.welcome._new, Qt.MouseButton.LeftButton)
    assert window.editors.open[0].document.path is None
    bad = tmp_path / "bad.toml"
    bad.write_text("format = 1\n")
    window.open(bad)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert window.actions_by_name["edit"].isEnabled()
    button = next(one for one in window.problems.findChildren(type(window.welcome._new)) if "editor" in one.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.editors.open[1].document.path == bad
    for editor in tuple(window.editors.open):
        editor.close()
    assert window.editors.open == []


def test_a_new_scenario_by_key(new_window, qtbot):
    window = new_window()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert len(window.editors.open) == 1
    assert window.editors.new() is window.editors.open[0]  # nothing was done with it
    wait_checked(qtbot, window.editors.open[0])
    window.editors.open[0].close()
