"""A bar on a terminal, for what takes a while, and nowhere else."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from engine.cli import progress as module
from engine.cli.progress import PatientProgress


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, seconds: float) -> str:
    """What a bar writes that is told of half and whole, with so many seconds between."""
    text = io.StringIO()
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module, "console", lambda stderr: Console(file=text, force_terminal=terminal, width=80))
    with PatientProgress("sorting") as bar:
        bar(1, 4)
        now[0] += seconds
        bar(2, 4)
        if bar._bar:
            bar._bar.refresh()
    return text.getvalue()


def test_a_terminal_sees_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, terminal=True, seconds=2)
    assert "sorting" in text
    assert "50 %" in text


def test_nothing_for_what_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=True, seconds=0.5) == ""


def test_nothing_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False, seconds=5) == ""
