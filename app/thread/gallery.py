"""Describes the scenarios that come with Swapscope and draws a picture of each, in a thread of its own.

A picture is drawn from the scenario's own run and kept in the cache folder under a name made of what
it depends on. A long run on the plain engine is only followed for a second; such a picture is not
kept, so that a later start, with the engine compiled, draws the whole.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from app.settings import cache_dir
from app.theme import THEMES
from app.thread import thumbnail
from app.thread.preload import in_language, load_scenario
from app.words.language import NAMES, language
from engine.errors import InputError
from engine.history import Series
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.layout import Image
from engine.mm.schema import HEADER_WORDS

MOST_PLAIN = 100_000
"""Operations of a run that the plain engine carries out for a picture: about a second."""
MOST_COMPILED = 20_000_000
PIECE = 2_000
POINTS = 160
"""Samples along the run."""
DRAWING = "4"
"""Grows whenever pictures come to look different."""


@dataclass(frozen=True)
class Described:
    """A scenario file and what it says of itself."""

    path: Path
    title: str
    summary: str
    level: str
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Title and summary by language, where they are translated."""

    @property
    def shown_title(self) -> str:
        """Its title in the language of the window."""
        return self.told.get(language().code, (self.title, ""))[0]

    @property
    def shown_summary(self) -> str:
        """Its summary in the language of the window."""
        return self.told.get(language().code, ("", self.summary))[1]


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
        found = []
        for path in sorted(self._folder.glob("*.toml")):
            try:
                scenario = load_scenario(path)
            except InputError:
                continue  # `swapscope check` tells; the first page is no place for it
            told = {code: in_language(scenario, code) for code in NAMES if code != "en"}
            texts = {code: (one.title, one.summary) for code, one in told.items()}
            found.append(Described(path, scenario.title, scenario.summary, str(scenario.level or ""), texts))
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
        drawn, whole = self._draw(path)
        for name, image in drawn.items() if whole else ():
            try:
                files[name].parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                break
            image.save(str(files[name]), "PNG")
        return drawn

    def _draw(self, path: Path) -> tuple[dict[str, QImage], bool]:
        """Pictures of the run, and whether they show it to its end."""
        from engine.mm.compiler import is_ready

        program = load_scenario(path).build()
        compiled = is_ready()
        machine = Machine(program, compiled, journal_words=8, records=8)
        until = min(len(program.ops), MOST_COMPILED if compiled else MOST_PLAIN)
        samples = [_sample(machine)]
        for position in np.linspace(0, until, POINTS + 1).round().astype(int)[1:].tolist():
            if self._stopping:
                return {}, False
            while machine.position < position and not machine.finished:
                machine.run(min(position, machine.position + PIECE))
                time.sleep(0)  # the plain engine holds the interpreter: let the window have it now and then
            samples.append(_sample(machine))
        series = Series(
            np.array([operations for operations, _ in samples]), np.array([values for _, values in samples])
        )
        drawn = {name: thumbnail.draw(program, machine.view, series, colours) for name, colours in THEMES.items()}
        return drawn, machine.finished

    @staticmethod
    def _digest(path: Path) -> str:
        """What a picture depends on: the scenario's text, and the recordings beside it by size."""
        digest = hashlib.blake2b(path.read_bytes(), digest_size=10)
        for trace in sorted((path.parent / "traces").glob("*")):
            digest.update(f"{trace.name} {trace.stat().st_size}\n".encode())
        digest.update(DRAWING.encode())
        return digest.hexdigest()


def _sample(machine: Machine) -> tuple[int, Image]:
    """Operations done, and all scalars of the image."""
    return machine.position, machine.words[HEADER_WORDS : im.schema.scalar_end].copy()
