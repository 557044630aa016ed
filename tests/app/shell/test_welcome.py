"""The first page: scenarios with pictures of their own runs."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

from app.shell.welcome import WelcomePage
from app.theme import THEMES
from app.thread import gallery
from app.thread.gallery import Described, Gallery
from app.thread.thumbnail import PICTURE_SIZE
from engine.resources import scenarios_dir
from tests.app.shell.test_window import SCENARIO


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    place = tmp_path / "scenarios"
    place.mkdir()
    (place / "one.toml").write_text(SCENARIO)
    (place / "two.toml").write_text("this is no scenario")
    return place


@pytest.fixture
def collect(qtbot):
    def run(folder):
        described, pictured = [], []
        thread = Gallery(folder)
        thread.described.connect(described.extend)
        thread.pictured.connect(lambda path, pictures: pictured.append((path, pictures)))
        with qtbot.waitSignal(thread.finished, timeout=30_000):
            thread.start()
        qtbot.waitUntil(lambda: len(pictured) == len(described))
        return described, pictured

    return run


def test_scenarios_are_described_and_pictured(folder, collect):
    described, pictured = collect(folder)
    assert [(one.title, one.path.name) for one in described] == [("Twelve pages", "one.toml")]
    [(path, pictures)] = pictured
    assert path == folder / "one.toml"
    assert set(pictures) == set(THEMES)
    assert all((image.width(), image.height()) == PICTURE_SIZE for image in pictures.values())
    assert pictures["dark"] != pictures["light"]


def test_pictures_are_kept_until_the_scenario_changes(folder, collect, monkeypatch):
    first = collect(folder)[1][0][1]
    drawn = []
    draw = Gallery._draw
    monkeypatch.setattr(Gallery, "_draw", lambda self, path: drawn.append(path) or draw(self, path))
    again = collect(folder)[1][0][1]
    assert drawn == []
    assert again["dark"].convertToFormat(QImage.Format.Format_RGB32) == first["dark"]
    (folder / "one.toml").write_text(SCENARIO.replace("pages = 12", "pages = 13"))
    collect(folder)
    assert drawn == [folder / "one.toml"]


def test_closing_does_not_wait_for_pictures(folder, qtbot, monkeypatch):
    monkeypatch.setattr(gallery, "PIECE", 1)
    sleep, pictured = time.sleep, []
    monkeypatch.setattr(gallery.time, "sleep", lambda _seconds: sleep(0.2))
    thread = Gallery(folder)
    thread.pictured.connect(lambda path, _pictures: pictured.append(path))
    with qtbot.waitSignal(thread.described, timeout=30_000):
        thread.start()
    thread.close()
    assert thread.isFinished()
    qtbot.wait(10)
    assert pictured == []


@pytest.fixture
def page(qtbot):
    made = WelcomePage()
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    paths = [scenarios_dir() / f"{number}.toml" for number in range(5)]
    made.show_scenarios([Described(path, f"Scenario {path.stem}", "What it shows.", "") for path in paths])
    return made


def test_a_click_and_a_key_open(page, qtbot):
    chosen = []
    page.chosen.connect(chosen.append)
    qtbot.mouseClick(page.cards[2], Qt.MouseButton.LeftButton)
    page.cards[3].setFocus()
    qtbot.keyClick(page.cards[3], Qt.Key.Key_Return)
    assert [path.name for path in chosen] == ["2.toml", "3.toml"]


def test_cards_wrap_at_the_width(page, qtbot):
    tops = {card.y() for card in page.cards}
    assert len(tops) == 2
    page.resize(700, 700)
    qtbot.waitUntil(lambda: len({card.y() for card in page.cards}) == 3)


def test_recent_files_without_those_on_cards(page, qtbot, tmp_path):
    mine = tmp_path / "mine.toml"
    page.show_recent([scenarios_dir() / "1.toml", mine])
    links = [button for button in page.findChildren(QPushButton) if "mine.toml" in button.text()]
    assert len(links) == 1
    chosen = []
    page.chosen.connect(chosen.append)
    qtbot.mouseClick(links[0], Qt.MouseButton.LeftButton)
    assert chosen == [mine]


def test_the_window_shows_the_scenarios_that_come_with_it(qtbot, closing):
    from app.application import make_window

    window = make_window(compile_engine=False)
    closing.append(window)
    window.show()
    assert window.pages.currentWidget() is window.welcome
    qtbot.waitUntil(lambda: len(window.welcome.cards) >= 4, timeout=30_000)
    qtbot.mouseClick(window.welcome.cards[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.machines, timeout=30_000)
    assert window.topbar.title.text() == window.welcome.cards[0].scenario.title
