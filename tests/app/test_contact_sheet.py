"""The pictures of everything: complete by what is declared, taken, and shown on one page."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog

from app import actions, contact_sheet, theme
from app.canvas import Depth
from app.contact_sheet import SCREENS, Camera, Screen, asking, look_at_dialogues, write_page
from engine.resources import scenarios_dir


def test_every_dock_depth_theme_and_arrangement_is_among_them(new_window, tmp_path):
    camera = Camera(new_window(), tmp_path, SCREENS[0])
    names = [name for name, _ in camera.states()]
    assert len(names) == len(set(names))
    for colours in theme.THEMES:
        for depth in Depth:
            assert f"depth-{depth}-{colours}" in names
        for dock in camera.window.docks.all:
            assert f"panel-{dock.objectName()}-{colours}" in names
    assert any(name.startswith("zh_CN-panel-") for name in names)
    assert {"empty-panel-compare", "editor-machine-mistakes-light", "large-panel-why"} <= set(names)


def test_the_sizes_asked_for(qapp):
    assert [str(one) for one in SCREENS] == ["1280x800", "1920x1080", "3840x2160@2"]
    assert [Screen.of(str(one)) for one in SCREENS] == list(SCREENS)
    assert Screen.of("1024x700") == Screen(1024, 700, 1)


def test_mistakes_are_such_in_the_file_that_is_drawn():
    text = (scenarios_dir() / contact_sheet.SCENARIO).read_text(encoding="utf-8")
    assert all(right in text for right, _ in contact_sheet.MISTAKES)


def test_pictures_are_taken_as_large_as_the_screen(new_window, monkeypatch, tmp_path):
    camera = Camera(new_window(), tmp_path, Screen(1280, 800), "welcome-light")
    monkeypatch.setattr(contact_sheet, "asking", list)
    camera.take_all()
    assert camera.taken == ["1280x800-welcome-light.png"]
    picture = QImage(str(tmp_path / camera.taken[0]))
    assert (picture.width(), picture.height()) == (1280, 800)
    page = write_page(tmp_path).read_text(encoding="utf-8")
    assert 'src="1280x800-welcome-light.png"' in page


def test_dialogues_are_found_by_their_actions(window):
    assert {"jump", "bookmark", "shortcuts", "about", "palette", "animation"} <= set(asking())
    assert all(name in {spec.name for spec in actions.SPECS} for name in asking())
    seen = []
    assert look_at_dialogues(window, "jump", lambda dialog: seen.append(dialog.windowTitle())) == 1
    assert look_at_dialogues(window, "about", lambda dialog: seen.append(dialog.windowTitle())) == 1
    assert seen == ["Jump to transition", "About Swapscope"]
    assert not [one for one in window.findChildren(QDialog) if one.isVisible()]
