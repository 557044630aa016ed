"""How deep to look, from the window: by keys and the menu, remembered."""

from PySide6.QtCore import Qt

from app.canvas import Depth


def test_keys_choose_the_depth_and_it_is_remembered(window, qtbot):
    window.activateWindow()
    window.canvas.setFocus()
    for key, depth in ((Qt.Key.Key_1, "story"), (Qt.Key.Key_3, "kernel"), (Qt.Key.Key_2, "mechanism")):
        qtbot.keyClick(window, key)
        assert window.canvas.detail == depth
        assert window.canvas.scene.depth == depth
        assert window.actions_by_name[f"depth_{depth}"].isChecked()
        assert window.settings.get("depth") == depth


def test_only_one_depth_is_checked(window):
    window.looks.choose_depth("kernel")
    checked = [name for name in map(str, Depth) if window.actions_by_name[f"depth_{name}"].isChecked()]
    assert checked == ["kernel"]


def test_the_depth_comes_back_at_the_next_start(window, new_window):
    window.looks.choose_depth("story")
    again = new_window()
    assert again.canvas.detail is Depth.STORY


def test_fit_is_a_key(window, qtbot):
    window.canvas.zoom(0, 5)
    assert window.canvas.zoom_of(0) == 5
    qtbot.keyClick(window, Qt.Key.Key_0)
    assert window.canvas.zoom_of(0) == 0


def test_high_contrast_is_a_choice(window):
    from app import theme

    window.looks.choose_theme("contrast")
    assert theme.current() is theme.CONTRAST
    assert window.settings.get("theme") == "contrast"
    window.looks.choose_theme("dark")


def test_the_tables_come_when_asked_for(window, qtbot):
    panel = window.docks.tables
    assert panel.model.table is None, "nothing is read before"
    window.actions_by_name["tables"].trigger()
    qtbot.waitUntil(lambda: panel.isVisible() and panel.model.rowCount() > 0)
    assert panel.model.rowCount() == 90


def test_what_the_canvas_draws_was_read_in_the_engines_thread(window):
    from app.canvas.facts import FACTS, Facts

    assert isinstance(window.frame.moment.extras[FACTS], Facts)
    assert window.canvas.scene.facts is window.frame.moment.extras[FACTS]
