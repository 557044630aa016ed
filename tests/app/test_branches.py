"""The tree of branches by keys and clicks: shown, renamed, compared, removed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit


@pytest.fixture
def panel(window, qtbot, cursor):
    """Three branches: the scenario's own, fewer frames from 200 on, and a smaller pool on that one."""
    for number, key, value, transition in ((1, "machine.frames", 40, 200), (2, "machine.zswap.max_pool_pages", 2, 400)):
        window.player.jump(transition)
        qtbot.waitUntil(lambda transition=transition: cursor() == transition)
        window.branching.change(key, value)
        qtbot.waitUntil(lambda number=number: len(window.frame.branches) == number + 1, timeout=10_000)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_B)
    assert window.docks.in_sight("branches")
    return window.docks.branches


def choose(panel, number):
    panel.tree.setCurrentItem(panel.item_of(number))


def test_each_hangs_below_the_one_it_left(panel):
    assert panel.item_of(1).parent() is panel.item_of(0)
    assert panel.item_of(2).parent() is panel.item_of(1)
    assert panel.item_of(1).text(0) == "machine.frames = 40"
    assert panel.item_of(2).font(0).bold()
    assert not panel.item_of(1).font(0).bold()


def test_changes_of_the_chosen_one_are_listed(panel):
    choose(panel, 2)
    assert "machine.frames = 40 pages" in panel.changes.text()
    assert "machine.zswap.max_pool_pages = 2 pages" in panel.changes.text()
    choose(panel, 0)
    assert "Nothing is changed" in panel.changes.text()
    assert not panel.remove_button.isEnabled()


def test_enter_and_the_button_show_a_branch(window, panel, qtbot):
    choose(panel, 1)
    qtbot.mouseClick(panel.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.frame.branch == 1, timeout=10_000)
    qtbot.waitUntil(lambda: panel.item_of(1).font(0).bold())
    assert not panel.show_button.isEnabled()
    choose(panel, 0)
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.frame.branch == 0, timeout=10_000)


def test_a_branch_is_renamed_in_place(window, panel, qtbot):
    choose(panel, 2)
    qtbot.mouseClick(panel.rename_button, Qt.MouseButton.LeftButton)
    editor = panel.tree.findChild(QLineEdit)
    editor.setText("tight pool")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.frame.branches[2].name == "tight pool", timeout=10_000)
    qtbot.waitUntil(lambda: window.frame.moment.branch == "tight pool", timeout=10_000)
    assert panel.item_of(2).text(0) == "tight pool"


def test_an_empty_name_is_not_taken(window, panel):
    panel.item_of(2).setText(0, "  ")
    assert panel.item_of(2).text(0) == "machine.zswap.max_pool_pages = 2"


def test_a_branch_is_compared_with_the_one_shown(window, panel, qtbot):
    choose(panel, 0)
    qtbot.mouseClick(panel.compare_button, Qt.MouseButton.LeftButton)
    compared = window.docks.compare
    qtbot.waitUntil(lambda: len(compared.results) == 2, timeout=20_000)
    assert compared.names == ["machine.zswap.max_pool_pages = 2", "as the scenario has it"]


def test_removing_takes_those_that_left_it_along(window, panel, qtbot):
    choose(panel, 1)
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(window.frame.branches) == 1, timeout=10_000)
    assert window.frame.branch == 0
    assert panel.item_of(1) is None
    panel.tree.setCurrentItem(panel.item_of(0))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert panel.item_of(0) is not None


def test_in_another_language_the_tree_is_told_anew(window, panel):
    choose(panel, 1)
    window.looks.choose_language("zh_CN")
    try:
        assert panel.tree.headerItem().text(1) != "left at"
        assert panel.item_of(0).text(0) != "as the scenario has it"
        assert panel.chosen == 1
        assert "from transition" not in panel.changes.text()
    finally:
        window.looks.choose_language("en")
    assert panel.item_of(0).text(0) == "as the scenario has it"
