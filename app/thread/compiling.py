"""The engine's machine code, made in a thread of its own while the plain engine already runs.

One compilation a process, whatever the number of windows. The thread is a daemon: it cannot be
stopped, and nobody who closes the window should wait for it.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal


class Compiling(QObject):
    """Says when the machine code is there."""

    changed = Signal()
    """Sent in the compiling thread; connect to a QObject of the window's thread, so that it is queued."""

    def __init__(self) -> None:
        super().__init__()
        self.error = ""
        """Why there will be no machine code; empty while all is well."""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Compile, unless that is done or under way."""
        if self._thread is None and not self.ready:
            self._thread = threading.Thread(target=self._work, name="compile the model", daemon=True)
            self._thread.start()

    @property
    def ready(self) -> bool:
        """The machine code can be used."""
        from engine.mm.compiler import is_ready

        return is_ready()

    @property
    def under_way(self) -> bool:
        """The compiler is at work."""
        return self._thread is not None and self._thread.is_alive()

    def _work(self) -> None:
        from app.thread import preload
        from engine.mm.compiler import ensure_compiled, load_compiled

        try:
            if not load_compiled():
                preload.compiler()
                ensure_compiled()
        except Exception as error:  # the plain engine serves as well, only slower: the window says so
            self.error = f"{type(error).__name__}: {error}"
        self.changed.emit()


_compiling: Compiling | None = None


def compiling() -> Compiling:
    """The compilation of this process."""
    global _compiling
    if _compiling is None:
        _compiling = Compiling()
    return _compiling
