"""A thread for one kind of work of which only the newest wish counts."""

from __future__ import annotations

import threading
import time
from typing import Any

from PySide6.QtCore import QObject, QThread


class Newest(QThread):
    """Waits for wishes in a thread of its own; a wish that a newer one replaced is never granted."""

    def __init__(self, name: str, parent: QObject | None = None, *, pause: float = 0.0) -> None:
        """``pause``: seconds in which no newer wish may come before one is granted."""
        super().__init__(parent)
        self.setObjectName(name)
        self._pause = pause
        self._bell = threading.Condition()
        self._wanted: Any = None
        self._stopping = False

    def want(self, wish: Any) -> None:
        """Have this done soon, in the place of what was wanted before. Not None."""
        with self._bell:
            self._wanted = wish
            self._bell.notify()
        if not self.isRunning():
            self.start()

    def close(self) -> None:
        """End the thread; returns when it has ended."""
        with self._bell:
            self._stopping = True
            self._bell.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        while (wish := self._next()) is not None:
            self.grant(wish)

    def grant(self, wish: Any) -> None:
        """Do it, and say so with a signal; in the thread."""
        raise NotImplementedError

    def going_on(self) -> bool:
        """Whether what is being done is still wanted; lets the window have the interpreter."""
        time.sleep(0.001)
        return not self._stopping and self._wanted is None

    def _next(self) -> Any:
        """The newest wish, once it has been left alone for the pause; None: the end."""
        with self._bell:
            while self._wanted is None and not self._stopping:
                self._bell.wait()
            while self._wanted is not None and not self._stopping:
                wish, self._wanted = self._wanted, None
                if self._pause:
                    self._bell.wait(self._pause)
                if self._wanted is None and not self._stopping:
                    return wish
            return None
