"""Bookmarks of a run: named transitions, remembered for each scenario file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.settings import Settings

MOST_FILES = 50
"""Files whose bookmarks are kept; those of the file marked longest ago go first."""
MOST = 200


@dataclass(frozen=True)
class Bookmark:
    """A named transition."""

    name: str
    at: int


class Bookmarks(QObject):
    """The bookmarks of the open file, in the order of the run."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._file = ""
        self._all: tuple[Bookmark, ...] = ()

    def __iter__(self) -> Iterator[Bookmark]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def open(self, path: Path | None) -> None:
        """Those kept for a file; what is broken in them is left out."""
        self._file = str(path) if path is not None else ""
        kept = self._settings.get("bookmarks").get(self._file, [])
        good = [Bookmark(*one) for one in (kept if isinstance(kept, list) else ()) if _is_good(one)]
        self._all = tuple(sorted(good, key=lambda one: one.at))
        self.changed.emit()

    def at(self, number: int) -> Bookmark | None:
        """The bookmark at a transition."""
        return next((one for one in self._all if one.at == number), None)

    def put(self, number: int, name: str) -> None:
        """Name a transition; an empty name takes its bookmark away."""
        others = [one for one in self._all if one.at != number]
        name = name.strip()
        if name:
            others.append(Bookmark(name, number))
        self._all = tuple(sorted(others, key=lambda one: one.at)[:MOST])
        self._keep()

    def clear(self) -> None:
        """Take all of this file's away."""
        self._all = ()
        self._keep()

    def neighbour(self, number: int, direction: int) -> Bookmark | None:
        """The next (1) or last (-1) bookmark, seen from a transition."""
        if direction > 0:
            return next((one for one in self._all if one.at > number), None)
        return next((one for one in reversed(self._all) if one.at < number), None)

    def _keep(self) -> None:
        if self._file:
            kept = dict(self._settings.get("bookmarks"))
            kept.pop(self._file, None)
            if self._all:
                kept[self._file] = [[one.name, one.at] for one in self._all]
            self._settings.set("bookmarks", dict(list(kept.items())[-MOST_FILES:]))
        self.changed.emit()


def _is_good(one: object) -> bool:
    """A name and a transition, as they are kept."""
    if not isinstance(one, list) or len(one) != 2:
        return False
    return isinstance(one[0], str) and type(one[1]) is int and one[1] >= 0
