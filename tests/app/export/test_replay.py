"""Replay files: the moment comes back exactly, whatever became of the scenario's file; broken ones are told."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app import theme
from app.export import replay
from app.moment import Selected, Thing
from app.shell.machines import Beside
from engine.cli.command import main
from engine.errors import InputError
from engine.step import Set
from engine.variant import Change, Variant
from tests.app.forty import forty

SCENARIO = forty(pages=60, slots=64)


def opened(qtbot, window):
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.program.title == "Forty pages",
                    timeout=20_000)  # fmt: skip


def at(qtbot, window, number):
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == number, timeout=10_000)


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "forty.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def saved(new_window, qtbot, scenario, tmp_path, monkeypatch):
    """A replay on the second of two branches, and the state it was saved in."""
    window = new_window()
    window.show()
    window.open(scenario, ('machine.frames=40',))
    opened(qtbot, window)
    window.player.jump(150)
    at(qtbot, window, 150)
    window.branching.change("machine.zswap.max_pool_percent", 5)
    qtbot.waitUntil(lambda: window.frame.branch == 1)
    window.player.jump(200)
    at(qtbot, window, 200)
    window.branching.change("machine.frames", 36)
    qtbot.waitUntil(lambda: window.frame.branch == 2)
    window.player.jump(230)
    at(qtbot, window, 230)
    window.select((Selected(Thing.PAGE, 7, 1),))
    window.comparing.choose((Variant(Change.BRANCH, 1), Variant(Change.DESIGN, 0)))
    window.comparing.show_beside(Beside.OVER)
    window.looks.choose_theme("light")
    window.looks.choose_depth("kernel")
    window.looks.choose_arrangement("lecture")
    output = tmp_path / "moment.swapscope"
    monkeypatch.setattr("app.steering.saving.QFileDialog.getSaveFileName", lambda *_: (str(output), ""))
    QTest.keySequence(window, "Ctrl+E")
    state = window.frame.moment.view.words.tobytes()
    window.close()
    theme.switch().choose("dark")
    return output, state, window.frame.moment.sentence


def check(qtbot, window, saved):
    opened(qtbot, window)
    frame = window.frame
    assert frame.moment.transition.number == 230
    assert frame.branch == 2
    assert [branch.changes for branch in frame.branches[1:]] == [
        (("machine.zswap.max_pool_percent", 5),),
        (("machine.zswap.max_pool_percent", 5), ("machine.frames", 36)),
    ]
    assert frame.moment.sentence == saved[2]
    assert frame.moment.program.setting("machine.frames") == 40
    assert window.canvas.selection == (Selected(Thing.PAGE, 7, 1),)
    assert theme.current() is theme.LIGHT
    assert window.canvas.detail == "kernel"
    assert window.arrangements.current == "lecture"
    assert window.docks.named("charts").isHidden()
    assert "changed since" not in window.status.said()
    assert window.comparing.others == (Variant(Change.BRANCH, 1), Variant(Change.DESIGN, 0))
    qtbot.waitUntil(lambda: window.machines.caught_up, timeout=20_000)
    assert window.machines.beside is Beside.OVER
    assert len(window.canvas.marking.others) == 2
    assert window.docks.named("compare").isHidden(), "the panels are as they were, too"


def test_it_is_small_and_opens_the_same_moment(saved, new_window, qtbot):
    assert saved[0].stat().st_size < 10_000
    again = new_window()
    again.settings.set("arrangement", "explore")
    again.settings.set("arrangements", {})
    again.settings.set("compare_view", "side")
    again.show()
    again.open(saved[0])
    check(qtbot, again, saved)
    assert json.loads(saved[0].read_text(encoding="utf-8"))["state"]


def test_dropped_with_the_scenario_gone(saved, new_window, qtbot, scenario, tmp_path, monkeypatch):
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    scenario.unlink()
    again = new_window()
    again.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(saved[0]))])
    again.dropEvent(QDropEvent(QPointF(QPoint(50, 50)), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                               Qt.KeyboardModifier.NoModifier))  # fmt: skip
    check(qtbot, again, saved)


def test_the_scenario_was_changed_since(saved, new_window, qtbot, scenario, tmp_path, monkeypatch):
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    scenario.write_text(SCENARIO.replace("240", "100"), encoding="utf-8")
    again = new_window(saved[0])
    again.show()
    check(qtbot, again, saved)


def test_another_model_is_said(saved, new_window, qtbot):
    data = json.loads(saved[0].read_text(encoding="utf-8"))
    data["state"] = "0" * 16
    saved[0].write_text(json.dumps(data), encoding="utf-8")
    again = new_window(saved[0])
    again.show()
    opened(qtbot, again)
    assert "changed since" in again.status.said()


def test_the_command_line_hands_it_to_the_window(saved, monkeypatch):
    given = []
    monkeypatch.setattr("app.application.run_app", lambda argv: given.append(argv) or 0)
    assert main(["open", str(saved[0])]) == 0
    assert given == [[str(saved[0])]]


GOOD = {"swapscope": "replay", "version": 1, "scenario": {"name": "a.toml", "text": ""}, "branch": 0, "cursor": 4}


def test_the_least_there_can_be(tmp_path):
    path = tmp_path / "a.swapscope"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert replay.load(path) == replay.Replay("a.toml", "", cursor=4)


@pytest.mark.parametrize(("change", "key"), [
    ({"swapscope": "other"}, "swapscope"),
    ({"version": 4}, "version"),
    ({"version": True}, "version"),
    ({"scenario": None}, "scenario"),
    ({"scenario": {"name": "../a.toml", "text": ""}}, "scenario.name"),
    ({"scenario": {"name": "a.toml"}}, "scenario.text"),
    ({"cursor": -1}, "cursor"),
    ({"cursor": 2.5}, "cursor"),
    ({"cursor": 1 << 70}, "cursor"),
    ({"branch": 1}, "branch"),
    ({"sets": "machine.frames=4"}, "sets"),
    ({"sets": [4]}, "sets[0]"),
    ({"changes": [4]}, "changes[0]"),
    ({"changes": [{"parent": 1, "position": 0, "key": "a", "value": 0}]}, "changes[0].parent"),
    ({"changes": [{"parent": 0, "position": 0, "value": 0}]}, "changes[0].key"),
    ({"changes": [{"parent": 0, "position": 0, "name": "x", "steps": [{"step": "go"}]}]}, "changes[0].steps[0]"),
    ({"changes": [{"parent": 0, "position": 0, "name": "x", "steps": [4]}]}, "changes[0].steps[0]"),
    ({"changes": [{"parent": 0, "position": 0, "name": 7, "steps": []}]}, "changes[0].name"),
    ({"selection": [["planet", 1, 1]]}, "selection[0]"),
    ({"selection": [["page", 1]]}, "selection[0]"),
    ({"selection": [[["page"], 1, 2]]}, "selection[0]"),
    ({"compared": {}}, "compared"),
    ({"compared": [["design", 1]]}, "compared[0]"),
    ({"compared": [["planet", 1, ""]]}, "compared[0]"),
    ({"compared": [[["design"], 1, ""]]}, "compared[0]"),
    ({"compared": [["design", True, ""]]}, "compared[0]"),
    ({"compared": [["design", 9, ""]]}, "compared[0]"),
    ({"compared": [["design", 0, ""], ["branch", 1, ""]]}, "compared[1]"),
    ({"compared": [["kernel", 0, "7.99"]]}, "compared[0]"),
    ({"compared": [["setting", 40, "machine.fraems"]]}, "compared[0]"),
    ({"compared": [["setting", -1, "machine.frames"]]}, "compared[0]"),
    ({"look": []}, "look"),
    ({"look": {"theme": 4}}, "look.theme"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(tmp_path, change, key):
    path = tmp_path / "a.swapscope"
    path.write_text(json.dumps({**GOOD, **change}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        replay.load(path)
    assert key in [problem.key for problem in caught.value.problems]
    assert all(problem.file == str(path) for problem in caught.value.problems)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"4", b'{"swapscope": 1}'])
def test_no_replay_at_all(tmp_path, text):
    path = tmp_path / "a.swapscope"
    path.write_bytes(text)
    with pytest.raises(InputError, match="is no replay"):
        replay.load(path)


def test_one_of_version_1_is_read_with_its_settings(tmp_path):
    path = tmp_path / "a.swapscope"
    old = {"parent": 0, "position": 12, "key": "machine.frames", "value": 40}
    path.write_text(json.dumps({**GOOD, "version": 1, "changes": [old]}), encoding="utf-8")
    assert replay.load(path).changes == (
        replay.Change(0, 12, (Set("machine.frames", 40),), "machine.frames = 40"),
    )


def test_a_broken_one_is_shown_by_the_window(new_window, qtbot, tmp_path):
    path = tmp_path / "a.swapscope"
    path.write_text("{", encoding="utf-8")
    window = new_window(path)
    window.show()
    assert window.pages.currentWidget() is window.problems


def test_a_broken_scenario_inside_is_told_of_the_replay(saved, new_window, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path / "cache"))
    data = json.loads(saved[0].read_text(encoding="utf-8"))
    data["scenario"]["text"] = data["scenario"]["text"].replace("frames", "frame", 1)
    saved[0].write_text(json.dumps(data), encoding="utf-8")
    again = new_window(saved[0])
    again.show()
    qtbot.waitUntil(lambda: again.pages.currentWidget() is again.problems, timeout=20_000)
    told = " ".join(label.text() for label in again.problems.findChildren(QLabel))
    assert f"{saved[0].name} cannot be opened" in told
    assert "there is no key 'frame' here" in told
    assert "of its scenario" in told
    assert "cache" not in told
    assert not again.actions_by_name["edit"].isEnabled(), "the text in the replay is no file to be mended"
    assert again.opening.path == saved[0]


def test_a_change_that_cannot_be_is_shown_by_the_window(new_window, qtbot, saved):
    data = json.loads(saved[0].read_text(encoding="utf-8"))
    data["changes"][0]["steps"][0]["key"] = "machine.frame"
    saved[0].write_text(json.dumps(data), encoding="utf-8")
    window = new_window(saved[0])
    window.show()
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
