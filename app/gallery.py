"""Describes the scenarios that come with Swapscope and draws a picture of each, in a thread of its own.

A picture is drawn from the scenario's own run, as far as a moment's work carries it, and kept in
the cache folder under a name made of what it depends on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from app import thumbnail
from app.settings import cache_dir
from app.theme import THEMES
from engine.errors import InputError

OPERATIONS = 40_000
"""How far a scenario is run for its picture: what the plain engine does in about half a second."""
PIECE = 500
DRAWING = "3"
"""Grows whenever pictures come to look different."""


@dataclass(frozen=True)
class Described:
    """A scenario file and what it says of itself."""

    path: Path
    title: str
    summary: str
    level: str


class Gallery(QThread):
    """Reads all scenarios, then draws what is not in the cache."""

    described = Signal(object)
    """list[Described]"""
    pictured = Signal(object, object)
    """Path and dict[name of theme, QImage]."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self._folder = folder
        self._stopping = False

    def close(self) -> None:
        """End the thread; returns when it has ended."""
        self._stopping = True
        self.wait()

    def run(self) -> None:
        """The thread."""
        from engine.scenario import load_scenario

        found = []
        for path in sorted(self._folder.glob("*.toml")):
            try:
                scenario = load_scenario(path)
            except InputError:
                continue  # `swapscope check` tells; the first page is no place for it
            found.append(Described(path, scenario.title, scenario.summary, str(scenario.level or "")))
        self.described.emit(found)
        for one in found:
            if self._stopping:
                return
            pictures = self._pictures(one.path)
            if pictures:
                self.pictured.emit(one.path, pictures)

    def _pictures(self, path: Path) -> dict[str, QImage]:
        files = {name: cache_dir() / "pictures" / f"{self._digest(path)}-{name}.png" for name in THEMES}
        kept = {name: QImage(str(file)) for name, file in files.items() if file.is_file()}
        if len(kept) == len(files) and not any(image.isNull() for image in kept.values()):
            return kept
        drawn = self._draw(path)
        for name, image in drawn.items():
            try:
                files[name].parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                break
            image.save(str(files[name]), "PNG")
        return drawn

    def _draw(self, path: Path) -> dict[str, QImage]:
        from engine.timeline import Timeline

        from engine.scenario import load_scenario

        program = load_scenario(path).build()
        timeline = Timeline(program)
        done = 0
        while done < OPERATIONS:
            if self._stopping:
                return {}
            moved = timeline.advance(PIECE)
            if moved == 0:
                break
            done += PIECE
        return {
            name: thumbnail.draw(program, timeline.view, timeline.series, colours) for name, colours in THEMES.items()
        }

    @staticmethod
    def _digest(path: Path) -> str:
        """What a picture depends on: the scenario's text, and the recordings beside it by size."""
        digest = hashlib.blake2b(path.read_bytes(), digest_size=10)
        for trace in sorted((path.parent / "traces").glob("*")):
            digest.update(f"{trace.name} {trace.stat().st_size}\n".encode())
        digest.update(DRAWING.encode())
        return digest.hexdigest()
