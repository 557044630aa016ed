"""A policy of one's own in the window: asked first, then the open scenario runs with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.resources import scenarios_dir

EXAMPLE = scenarios_dir() / "policies" / "most_recent.py"


def opened(window, qtbot) -> None:
    window.open(scenarios_dir() / "18-thrashing.toml")
    qtbot.waitUntil(
        lambda: window.frame.moment.program.title == "Thrashing" and window.frame.moment.complete, timeout=30_000
    )


def answers(monkeypatch, answer: QMessageBox.StandardButton, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)


def test_its_code_runs_only_after_a_yes(window, qtbot, monkeypatch) -> None:
    opened(window, qtbot)
    answers(monkeypatch, QMessageBox.StandardButton.No, EXAMPLE)
    before = window.frame.moment.program
    window.actions_by_name["policy"].trigger()
    qtbot.wait(300)
    assert window.frame.moment.program is before


def test_the_open_scenario_runs_with_it(window, qtbot, monkeypatch) -> None:
    opened(window, qtbot)
    answers(monkeypatch, QMessageBox.StandardButton.Yes, EXAMPLE)
    window.actions_by_name["policy"].trigger()
    qtbot.waitUntil(
        lambda: len(window.frame.moment.program.decisions) > 0 and window.frame.moment.complete, timeout=30_000
    )
    settings = window.frame.moment.program.settings
    assert settings["machine.policy"] == 6


def test_a_broken_policy_is_told_in_its_place(window, qtbot, monkeypatch, tmp_path: Path) -> None:
    opened(window, qtbot)
    broken = tmp_path / "broken.py"
    broken.write_text("class Mine:\n    def __init__(self, frames): pass\n", encoding="utf-8")
    answers(monkeypatch, QMessageBox.StandardButton.Yes, broken)
    window.actions_by_name["policy"].trigger()
    qtbot.waitUntil(lambda: any("victim" in text for text in window.problems.texts()), timeout=10_000)
