"""The window runs on plain Python until the machine code is there, and says so."""

from __future__ import annotations

import importlib
import threading

import pytest

from app import application
from app.thread import compiling
from engine.mm import compiler


@pytest.fixture
def slow_compiler(monkeypatch):
    """A compilation that waits to be let go, and what it is to raise."""
    importlib.import_module("engine.machine")  # before the patch: it takes the function by its name
    go, error, ready = threading.Event(), [], threading.Event()

    def compile_it():
        assert go.wait(20)
        if error:
            raise error[0]
        ready.set()

    monkeypatch.setattr(compiler, "load_compiled", lambda: False)
    monkeypatch.setattr(compiler, "ensure_compiled", compile_it)
    # Not compiler.is_ready: the engine would believe it, and really compile.
    monkeypatch.setattr(compiling.Compiling, "ready", property(lambda self: ready.is_set()))
    fresh = compiling.Compiling()
    monkeypatch.setattr(compiling, "_compiling", fresh)
    yield go, error
    go.set()
    assert fresh._thread is not None
    fresh._thread.join(20)


def opened(qtbot, window, program):
    window.show()
    window.worker.open(lambda: program, "Reading")
    qtbot.waitUntil(lambda: window.frame is not None and window.frame.moment.complete, timeout=20_000)


def test_usable_meanwhile_and_changes_over(slow_compiler, new_window, program, qtbot):
    go, _ = slow_compiler
    window = new_window(compile_engine=True)
    opened(qtbot, window, program)
    assert "compiling" in window.status.engine_said()
    assert not window.worker._compiled
    window.player.jump(7)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 7)
    go.set()
    qtbot.waitUntil(lambda: window.status.engine_said() == "engine: compiled")
    qtbot.waitUntil(lambda: window.worker._compiled)


def test_a_failure_leaves_the_plain_engine(slow_compiler, new_window, program, qtbot):
    go, error = slow_compiler
    error.append(OSError("the disk is full"))
    window = new_window(compile_engine=True)
    go.set()
    qtbot.waitUntil(lambda: window.status.engine_said() == "engine: plain Python")
    assert "the disk is full" in window.status._engine.toolTip()
    opened(qtbot, window, program)


def test_one_compilation_for_all_windows(slow_compiler, new_window):
    new_window(compile_engine=True)
    thread = compiling.compiling()._thread
    new_window(compile_engine=True)
    assert compiling.compiling()._thread is thread


def test_no_display_is_said(monkeypatch, capsys):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(application.sys, "platform", "linux")
    assert application.run_app([]) == 2
    assert "no display" in capsys.readouterr().err
