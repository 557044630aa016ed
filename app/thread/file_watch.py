"""Notices when the file that is open was saved, also by editors that put a new file in the old one's place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

SETTLED_MS = 250
"""A save is told when the file has been left alone for so long: it may be written in pieces."""


class FileWatch(QObject):
    """Watches one file at a time."""

    saved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._watcher.fileChanged.connect(lambda _path: self._settled.start())
        self._settled.timeout.connect(self._told)

    def watch(self, path: Path) -> None:
        """Watch this file and no other."""
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        self._path = path
        if path.is_file():
            self._watcher.addPath(str(path))

    def stop(self) -> None:
        """Tell of nothing any more."""
        self._settled.stop()

    def _told(self) -> None:
        if self._path is not None and self._path.is_file():
            self.watch(self._path)  # a file put in its place is another file to the system
            self.saved.emit()
