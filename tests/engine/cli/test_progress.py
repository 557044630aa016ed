"""A bar on a terminal, for what takes a while, and nowhere else."""

from __future__ import annotations

import io
import threading
import time

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


def test_what_is_done_may_change_and_its_end_may_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(module, "console", lambda stderr: Console(file=text, force_terminal=True, width=80))
    with PatientProgress("running") as bar:
        bar(0, None)
        assert "%" not in text.getvalue()
        bar.text = "drawing"
        bar(1, 2)
    assert "running" in text.getvalue()
    assert "drawing" in text.getvalue()


@pytest.mark.parametrize(("operations", "kept", "made"), [(10, False, 0), (1 << 20, True, 0), (1 << 20, False, 1)])
def test_machine_code_is_made_once_and_for_long_runs_only(
    operations: int, kept: bool, made: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.mm import compiler

    started: list[threading.Thread] = []

    def compile_in_background() -> threading.Thread:
        started.append(threading.Thread(target=time.sleep, args=(0.05,)))
        started[-1].start()
        return started[-1]

    monkeypatch.setattr(compiler, "load_compiled", lambda: kept)
    monkeypatch.setattr(compiler, "compile_in_background", compile_in_background)
    text = io.StringIO()
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(module, "console", lambda stderr: Console(file=text, force_terminal=True, width=80))
    module.make_machine_code(operations)
    assert len(started) == made
    assert not any(work.is_alive() for work in started), "it is waited for"
    assert ("machine code" in text.getvalue()) == bool(made)


def test_nothing_for_what_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=True, seconds=0.5) == ""


def test_nothing_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False, seconds=5) == ""
