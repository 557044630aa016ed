"""The editor as a whole: its preview, names, themes, languages, every scenario of the library."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app import theme
from app.editor.preview import COLOURS
from app.strings import sources
from app.words.language import language
from engine.resources import scenarios_dir
from tests.app.editor.conftest import TEXT
from tests.app.editor.hands import MACHINE, WORKLOAD, row
from tests.app.test_accessible import nameless
from tests.app.words.test_language import cut, longer

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
