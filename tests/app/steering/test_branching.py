"""Shocks by button, menu and palette; taken back by a key; saved as a scenario and in a replay."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.canvas.facts import FACTS
from app.shell.palette import Palette
from engine.scenario import load_scenario
from engine.shocks import SHOCKS
from tests.app.forty import forty

SCENARIO = forty(pages=30, slots=200)


@pytest.fixture
def opened(new_window, qtbot, tmp_path):
    """A window on a scenario file, at transition 100."""
    path = tmp_path / "forty.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    window = new_window()
    window.show()
    window.open(path)
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.complete, timeout=20_000)
    window.player.jump(100)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 100, timeout=10_000)
    return window


def on_branch(window, qtbot, name):
    qtbot.waitUntil(lambda: window.frame.moment.branch == name, timeout=20_000)


@pytest.mark.parametrize("shock", SHOCKS, ids=lambda shock: shock.key)
def test_each_shock_of_the_menu_opens_a_branch_with_its_name(opened, qtbot, shock):
    action = next(one for one in opened.menus.shocks.actions() if one.text() == shock.name)
    action.trigger()
    on_branch(opened, qtbot, shock.name)
    assert len(opened.frame.branches) == 2
    assert opened.frame.moment.transition.kind.name in ("setting", "process starts")


def test_a_button_of_the_panel_and_the_key_that_takes_it_back(opened, qtbot):
    opened.docks.call("pressure")
    qtbot.mouseClick(opened.docks.pressure.shocks["process"], Qt.MouseButton.LeftButton)
    on_branch(opened, qtbot, "A second process")
    assert "newcomer starts" in opened.frame.moment.sentence
    assert [process.name for process in opened.frame.moment.program.processes] == ["editor", "newcomer"]
    opened.player.jump(180)
    qtbot.waitUntil(lambda: opened.frame.moment.transition.number == 180, timeout=10_000)
    QTest.keySequence(opened, "Ctrl+Z")
    qtbot.waitUntil(lambda: len(opened.frame.branches) == 1, timeout=10_000)
    assert opened.frame.moment.transition.number == 100
    assert len(opened.frame.moment.program.processes) == 1
    QTest.keySequence(opened, "Ctrl+Z")
    assert "Nothing was changed here" in opened.status.said()


def test_the_palette_has_them(opened, qtbot):
    palette = Palette(opened)
    palette.show()
    qtbot.keyClicks(palette.line, "a scan")
    assert palette.shown[0].text == "A scan"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    on_branch(opened, qtbot, "A scan")


def test_one_that_cannot_be_says_why(opened, qtbot):
    opened.menus.shocks.actions()[-1].trigger()
    on_branch(opened, qtbot, "zswap off")
    opened.menus.shocks.actions()[-1].trigger()
    qtbot.waitUntil(lambda: "off already" in opened.status.said(), timeout=10_000)
    qtbot.wait(400)
    assert "off already" in opened.status.said(), "it stays until the cursor moves"
    opened.player.step(1)
    qtbot.waitUntil(lambda: "operation" in opened.status.said(), timeout=10_000)
    assert len(opened.frame.branches) == 2


def test_the_newcomer_is_drawn_and_listed(opened, qtbot):
    opened.branching.strike(next(shock for shock in SHOCKS if shock.key == "process"))
    on_branch(opened, qtbot, "A second process")
    processes = opened.frame.moment.extras[FACTS].processes
    assert [process.name for process in processes] == ["pid 1 editor", "pid 2 newcomer"]


def test_saved_as_a_scenario_it_is_the_same_run(opened, qtbot, tmp_path, monkeypatch):
    for number, key in enumerate(("scan", "slow_disk")):
        opened.branching.strike(next(shock for shock in SHOCKS if shock.key == key))
        qtbot.waitUntil(lambda number=number: len(opened.frame.branches) == number + 2, timeout=10_000)
    output = tmp_path / "what-if"
    monkeypatch.setattr("app.steering.branching.QFileDialog.getSaveFileName", lambda *_: (str(output), ""))
    QTest.keySequence(opened, "Ctrl+Shift+E")
    qtbot.waitUntil(lambda: "Saved" in opened.status.said(), timeout=20_000)
    program = load_scenario(tmp_path / "what-if.toml").build()
    assert program.ops.tobytes() == opened.frame.branches[2].ops.tobytes()
    assert program.processes[-1].late


def test_the_scenarios_own_run_is_not_saved(opened, qtbot, monkeypatch):
    monkeypatch.setattr("app.steering.branching.QFileDialog.getSaveFileName", lambda *_: pytest.fail("nothing to ask"))
    opened.branching.ask_and_save()
    assert "Nothing was changed" in opened.status.said()


def test_what_cannot_be_written_is_said(opened, qtbot, tmp_path, monkeypatch):
    opened.branching.strike(SHOCKS[0])
    qtbot.waitUntil(lambda: opened.frame.branch == 1, timeout=10_000)
    heard = []
    monkeypatch.setattr("app.steering.branching.QMessageBox.warning", lambda *said: heard.append(said[-1]))
    opened.branching.save(tmp_path / "no" / "such" / "x.toml")
    qtbot.waitUntil(lambda: bool(heard), timeout=20_000)
    assert "cannot be written" in heard[0]


def test_a_replay_brings_every_shock_back(opened, qtbot, tmp_path, new_window):
    for number, shock in enumerate(SHOCKS):
        opened.branching.strike(shock)
        qtbot.waitUntil(lambda number=number: len(opened.frame.branches) == number + 2, timeout=10_000)
    opened.saving.save_replay(tmp_path / "moment.swapscope")
    state = opened.frame.moment.view.words.tobytes()
    again = new_window()
    again.show()
    again.open(tmp_path / "moment.swapscope")
    qtbot.waitUntil(lambda: again.frame is not None and again.frame.branch == len(SHOCKS), timeout=20_000)
    assert [branch.name for branch in again.frame.branches[1:]] == [shock.name for shock in SHOCKS]
    assert again.frame.moment.view.words.tobytes() == state
    QApplication.processEvents()
    assert "changed since" not in again.status.said()
