"""A window on a small run, and how to wait for what its worker shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.operation import encode_mark, encode_references
from engine.program import Images, Process, Program, Region, Swapfile


@pytest.fixture
def program() -> Program:
    """Two passes over 90 pages in 48 frames with a small pool: swaps, writes back, and has a mark between."""
    passes = 2
    pages = np.tile(np.arange(90), passes)
    one = np.ones(len(pages), dtype=np.int64)
    ops = encode_references(0 * one, pages, np.ones(len(pages), dtype=bool), one)
    ops = np.insert(ops, 90, encode_mark(0))
    images = Images(*(np.array([0, value], dtype=np.int64) for value in (1612, 0, 1, 1)))
    editor = Process("editor", 90, (Region("heap", 0, 90, 1),))
    settings = {"machine.design": 1, "machine.frames": 48, "machine.reclaim": 1, "machine.stats_flush_ns": 0,
                "machine.zswap.enabled": 1,
                "machine.zswap.max_pool_pages": 4, "machine.charge_pool": 0, "machine.charge_metadata": 0}  # fmt: skip
    return Program("a small run", (editor,), ops, images, settings, (Swapfile("swap0", 256),), ("second pass",))


@pytest.fixture
def closing(qtbot: Any) -> Iterator[list[Any]]:
    """Windows to be closed at the end of the test, without a question about what an editor has not saved."""
    windows: list[Any] = []
    yield windows
    for window in windows:
        for editor in tuple(window.editors.open):
            editor.discard()
        window.close()
        window.deleteLater()


@pytest.fixture
def new_window(closing: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes windows whose gallery has nothing to draw."""
    from app import application, theme
    from app.shell import window

    nothing = tmp_path_factory.mktemp("scenarios")
    monkeypatch.setattr(window, "scenarios_dir", lambda: nothing)

    def make(
        path: Path | None = None, size: tuple[int, int] | None = (1280, 800), compile_engine: bool = False
    ) -> Any:
        made = application.make_window(path, compile_engine=compile_engine)
        if size:
            made.resize(*size)
        closing.append(made)
        return made

    yield make
    theme.switch().scale = 1.0
    theme.switch().choose("dark")


@pytest.fixture
def window(new_window: Any, qtbot: Any, program: Program) -> Any:
    """A shown window on :func:`program`, at transition 0, with the run known to its end."""
    made = new_window()
    made.show()
    # A window takes keys once it is the active one, which takes a turn of the event loop.
    qtbot.waitUntil(lambda: made.isActiveWindow() or made.activateWindow() or False)
    made.worker.open(lambda: program, "Reading")
    qtbot.waitUntil(lambda: made.frame is not None and made.frame.moment.complete, timeout=20_000)
    return made


@pytest.fixture
def cursor(window: Any) -> Callable[[], int]:
    """The transition that is shown."""
    return lambda: window.frame.moment.transition.number
