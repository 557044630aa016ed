"""Starts the window. :func:`make_window` is the one factory, used by the command and by the tests."""

from __future__ import annotations

import gc
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app import theme
from app.settings import Settings
from app.thread import compiling
from app.words.language import language

if TYPE_CHECKING:
    from app.shell.window import MainWindow


SWITCH_SECONDS = 0.0003
"""How long a thread may keep the interpreter while another waits for it. Every call into Qt gives it
away; with Python's 5 ms a busy engine's thread would cost the window that at each of hundreds of calls."""


STARTED_MS = 4_000
"""By then the window and its panels are made. They stay to the end, and the collector of garbage is told not to look
through them again: it would hold up every thread for sixty milliseconds."""


def make_application(argv: list[str] | None = None) -> QApplication:
    """The one QApplication of the process, dressed; made when there is none yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(["swapscope", *(argv or [])])
    app.setApplicationName("swapscope")
    app.setApplicationDisplayName("Swapscope")
    app.setDesktopFileName("swapscope")
    if not app.styleSheet():  # once: with another style every widget there is would be dressed anew
        app.setStyle("Fusion")
    sys.setswitchinterval(SWITCH_SECONDS)
    return app


def make_window(
    path: Path | str | None = None, settings: Settings | None = None, compile_engine: bool = True
) -> MainWindow:
    """A window, not yet shown; opens ``path`` when one is given, and else shows the first page.

    ``compile_engine`` False leaves the engine in plain Python unless it is compiled already.
    """
    from app.shell.window import MainWindow

    make_application()
    settings = settings or Settings()
    language().choose(settings.get("language"))
    theme.switch().scale = min(2.5, max(0.75, settings.get("type_scale")))
    theme.switch().choose(settings.get("theme"))
    window = MainWindow(settings)
    theme.switch().dress_again()
    if compile_engine:
        compiling.compiling().start()
    window.show_engine()
    if path is not None:
        window.open(Path(path))
    return window


def has_display() -> bool:
    """A window can be shown: there is a screen, or Qt was told what to use in its place."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return True
    if sys.platform.startswith(("win", "darwin", "cygwin")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_app(argv: list[str]) -> int:
    """Open the window on ``argv[0]`` if given, and return when it is closed: 0, or 2 without a display."""
    if not has_display():
        print("swapscope: there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
              "'swapscope run FILE' works without one", file=sys.stderr)  # fmt: skip
        return 2
    app = make_application()
    window = make_window(Path(argv[0]) if argv else None)
    window.show()
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    awake = QTimer()  # Python sees Ctrl-C only while it runs
    awake.timeout.connect(lambda: None)
    awake.start(250)
    QTimer.singleShot(STARTED_MS, gc.freeze)
    code = app.exec()
    awake.stop()
    if compiling.compiling().under_way:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # a compiler at work in native code must not see the interpreter taken down
    return code
