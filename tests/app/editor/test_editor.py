"""The editor's window as a person uses it: clicks and keys, forms and text, undo, mistakes at their place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QToolButton

from app import theme
from app.editor.preview import COLOURS
from app.strings import sources
from app.words.language import language
from engine.resources import scenarios_dir
from tests.app.editor.conftest import TEXT
from tests.app.test_accessible import nameless
from tests.app.words.test_language import cut, longer

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


@pytest.fixture
def workload(editor, qtbot):
    editor.tabs.setCurrentIndex(WORKLOAD)
    return editor.workload


# -- machine -----------------------------------------------------------------------------------


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


# -- workload ----------------------------------------------------------------------------------


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


def pick(workload, *texts):
    """Choose from the menu of what can be added."""
    workload.fill_menu()
    menu = workload.menu
    for text in texts[:-1]:
        found = next(action for action in menu.actions() if action.text() == text)
        menu = next(one for one in workload.menu.findChildren(QMenu) if one.menuAction() is found)
    next(action for action in menu.actions() if action.text() == texts[-1]).trigger()


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


# -- text --------------------------------------------------------------------------------------


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


# -- mistakes ----------------------------------------------------------------------------------


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


# -- preview -----------------------------------------------------------------------------------


def test_the_preview_is_the_run_as_it_stands(editor, checked):
    assert editor.preview.map.references == 130
    assert editor.preview.map.bands == (("editor", 40), ("shell", 24))
    editor.document.set(("run", 2, "references"), 200)
    checked(editor)
    assert editor.preview.map.references == 240
    editor.document.set(("run", 2, "references"), 0)
    checked(editor)
    assert editor.preview.map.references == 240  # as it was before something was wrong
    editor.document.set(("run", 2, "references"), 90_000_000)
    checked(editor)
    assert "too many" in editor.preview._note or editor.problems


def test_a_click_into_the_preview_chooses_the_part(editor, qtbot):
    box = editor.preview.rect()
    qtbot.mouseClick(editor.preview, Qt.MouseButton.LeftButton, pos=QPoint(box.right() - 20, box.center().y()))
    assert editor.tabs.currentIndex() == WORKLOAD
    assert editor.workload.tree.path == ("run", 2)
    told = editor.preview.told_at(QPointF(box.right() - 20, box.center().y()))
    assert told.startswith("Reference 12")
    assert "of editor" in told


def test_the_preview_is_drawn_in_the_colours_of_the_theme(editor):
    picture = editor.preview.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert theme.current().active in colours or len(colours) > 20


# -- everyone ----------------------------------------------------------------------------------


def test_every_widget_has_a_name(editor, workload):
    for path in (("run", 0), ("run", 1), ("process", 0)):
        workload.tree.choose(path)
    assert nameless(editor) == []


def test_no_two_actions_share_a_key():
    from app.editor.commands import COMMANDS, MENUS

    keys = [key for spec in COMMANDS for key in spec.keys]
    assert len(keys) == len(set(keys))
    assert {spec.name for spec in COMMANDS} == {name for _, names in MENUS for name in names} - {"-"}


@pytest.mark.parametrize("name", ["light", "contrast", "dark"])
def test_another_theme_at_once(editor, workload, name):
    theme.switch().choose(name)
    assert editor.grab().toImage().pixelColor(3, editor.height() - 3).name() == theme.current().window
    theme.switch().choose("dark")


def test_every_scenario_of_the_library_opens(open_editor, checked):
    for path in sorted(scenarios_dir().glob("*.toml"))[::4]:
        editor = open_editor(path)
        assert editor.problems == ()
        assert editor.preview.map is not None
        for index in range(3):
            editor.tabs.setCurrentIndex(index)
        for item in list(editor.workload.tree.items()):
            editor.workload.tree.setCurrentItem(item)
        assert editor.document.encoded() == path.read_bytes()
        assert not editor.document.dirty


def test_buttons_have_tips(editor):
    assert all(button.toolTip() for button in editor.workload.findChildren(QToolButton)
               if button in (editor.workload.copy, editor.workload.out, editor.workload.up))  # fmt: skip


def test_mistakes_are_told_in_the_language_of_the_window(editor, checked):
    editor.document.set(("machine", "frames"), 3)
    editor.document.set(("run", 2, "process"), "shel")
    checked(editor)
    try:
        language().choose("zh_CN")
        assert row(editor, "machine.frames").wrong.text().startswith("3 太小")
        assert "8 到 16777216 的整数" in editor.list.item(0).text()
        assert "没有进程 'shel'" in editor.list.item(1).text()
        assert editor.tabs.tabText(MACHINE) == "机器"
        assert "默认 4096" in row(editor, "machine.frames").about.text()
        assert editor.actions_by_name["editor_undo"].iconText() == "撤销"
    finally:
        language().choose("en")
    assert row(editor, "machine.frames").wrong.text().startswith("3 is too small")


@pytest.mark.parametrize("page", range(4))
def test_no_label_is_cut_where_texts_are_longer(editor, checked, qtbot, page):
    editor.resize(1280, 800)
    editor.document.set(("run", 2, "process"), "shel")
    checked(editor)
    editor.tabs.setCurrentIndex(page)
    editor.workload.tree.choose(("run", 2))
    try:
        language().use({source: longer(source) for source in sources()})
        assert editor.width() == 1280
        qtbot.waitUntil(lambda: not cut(editor), timeout=3000)
    finally:
        language().use({})


def test_find_in_the_text(editor):
    editor.actions_by_name["editor_find"].trigger()
    QTest.keyClicks(editor.finder.line, "[[run]]")
    first = editor.text.textCursor().blockNumber()
    QTest.keyClick(editor.finder.line, Qt.Key.Key_Return)
    second = editor.text.textCursor().blockNumber()
    assert (first + 1, second + 1) == tuple(
        number for number, line in enumerate(TEXT.splitlines(), 1) if line == "[[run]]")[:2]  # fmt: skip
    QTest.keyClick(editor.finder.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text.textCursor().blockNumber() == first
    QTest.keyClicks(editor.finder.line, "!")
    assert editor.finder.none.text() == "not found"
    QTest.keyClick(editor.finder.line, Qt.Key.Key_Escape)
    assert not editor.finder.isVisible()
    assert editor.text.hasFocus()
    assert editor.document.text == TEXT


def test_a_part_has_the_colour_of_its_process(editor, workload):
    colours = theme.current()
    shown = {workload.tree.path_of(item): item.icon(0).pixmap(16, 16).toImage() for item in workload.tree.items()}

    def has(path, colour):
        image = shown[path]
        seen = {image.pixelColor(x, y).name() for x in range(16) for y in range(16)}
        return getattr(colours, colour) in seen

    assert has(("process", 0), COLOURS[0])
    assert has(("run", 0), COLOURS[0])
    assert has(("process", 1), COLOURS[1])
    assert has(("run", 2), COLOURS[1])
    assert has(("run", 1), "dim")
