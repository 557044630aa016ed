"""What every test stands on: no display, settings of its own, and nothing of Qt left behind."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before anything imports Qt, and for the processes that tests start as well.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Nobody's settings are read or written. The cache of compiled code (SWAPSCOPE_CACHE_DIR) stays the
# user's own: compiling takes a minute, and its entries are named after the source they came from.
_settings = tempfile.TemporaryDirectory(prefix="swapscope-test-settings-")
os.environ["SWAPSCOPE_CONFIG_DIR"] = _settings.name


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch,
                 request: pytest.FixtureRequest) -> Path:
    """Each test of the window starts with no settings; returns the folder they would be in."""
    if not _uses_qt(request):
        return Path(_settings.name)
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("SWAPSCOPE_CONFIG_DIR", str(folder))
    return folder


def _uses_qt(request: pytest.FixtureRequest) -> bool:
    return not {"qtbot", "qapp"}.isdisjoint(request.fixturenames)


class _Started:
    """Keeps the QTimers and QThreads that are started, without keeping them alive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from PySide6.QtCore import QThread, QTimer

        self._seen: list[weakref.ref[Any]] = []
        for kind in (QTimer, QThread):
            self._watch(monkeypatch, kind)

    def _watch(self, monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
        start = kind.start

        def start_and_note(this: Any, *args: Any, **kwargs: Any) -> Any:
            self._seen.append(weakref.ref(this))
            return start(this, *args, **kwargs)

        monkeypatch.setattr(kind, "start", start_and_note)

    def still_running(self) -> list[str]:
        from PySide6.QtCore import QTimer
        from shiboken6 import isValid

        running = []
        for thing in {id(thing): thing for thing in (ref() for ref in self._seen) if thing is not None}.values():
            if isValid(thing) and (thing.isActive() if isinstance(thing, QTimer) else thing.isRunning()):
                running.append(f"{type(thing).__name__} '{thing.objectName()}' of {thing.parent()!r}")
        return running


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of the window fails when a window, a thread or a timer of its own outlives it."""
    if not _uses_qt(request):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    with pytest.MonkeyPatch.context() as monkeypatch:
        started = _Started(monkeypatch)
        before = set(QApplication.topLevelWidgets()) if QApplication.instance() else set()
        # Only what the test makes is looked through for what it leaves: all that was imported before it would take a
        # quarter of a second each time.
        gc.freeze()
        yield
        for _ in range(2):  # what is deleted later may itself delete something later
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        gc.unfreeze()
        left = [widget for widget in QApplication.topLevelWidgets() if isValid(widget) and widget not in before]
        windows = [repr(widget) for widget in left]
        running = started.still_running()
    # The next test must not pay for this one.
    for widget in left:
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not windows, f"windows left behind: {windows}"
    assert not running, f"still running: {running}"


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of the project's files; skips where only the installed packages are there."""
    root = Path(__file__).resolve().parents[1]
    if not (root / "pyproject.toml").is_file():
        pytest.skip("not in a checkout")
    return root


@pytest.fixture
def python_in_checkout(checkout: Path) -> Any:
    """Runs a Python program in a process of its own in the checkout; returns what it printed."""
    import subprocess

    def run(program: str, *args: str) -> str:
        done = subprocess.run([sys.executable, "-c", program, *args], cwd=checkout, capture_output=True, text=True,
                              timeout=100, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
