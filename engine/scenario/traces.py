"""The trace files of a scenario: each read once, what is in their pages, and their names for another folder."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from engine.errors import InputError, Problem
from engine.phrase import phrase
from engine.scenario.edit import put
from engine.scenario.model import Compressed, TracePart
from engine.scenario.positions import layout_of
from engine.scenario.problems import value_at
from engine.trace import Recording, Region, load_trace

ContentValue = str | Compressed

_BY_SUFFIX = {".db": "database", ".sqlite": "database", ".sqlite3": "database", ".json": "json"}


class TraceFiles:
    """Trace files seen from one folder; each is read when it is first asked for."""

    def __init__(self, base_dir: Path) -> None:
        self.base_dir = base_dir
        self._read: dict[Path, Recording] = {}

    def load(self, name: str) -> Recording:
        """The recording in file ``name``; raises InputError when it cannot be used."""
        path = self.base_dir / name
        if path not in self._read:
            if not path.is_file():
                raise InputError(
                    Problem(phrase("is not a file") if path.exists() else phrase("there is no such file"), str(path))
                )
            self._read[path] = load_trace(path)
        return self._read[path]


def content_of(part: TracePart, recording: Recording, region: Region | None) -> ContentValue:
    """What is in the pages of a region (None: of a process without regions): as the part says, or by its name."""
    name = region.name if region else ""
    if isinstance(part.content, dict):
        if name in part.content:
            return part.content[name]
    elif part.content is not None:
        return part.content
    return usual_content(region, recording) if region else "heap"


def usual_content(region: Region, recording: Recording) -> str:
    """The family of page images most like a region: code of libraries and programs, databases, text, or a heap."""
    if not region.file:
        return "heap"
    program = recording.processes[region.process]
    if ".so" in region.name or region.name.startswith(program) or program.startswith(region.name):
        return "code"
    return _BY_SUFFIX.get(Path(region.name).suffix, "text")


def with_traces_from(text: str, old: Path, new: Path | None) -> str:
    """A scenario's text as it must be in another folder: its traces as they are seen from there; None: named in full.

    A trace that is not there is left as it is, and so is a text that is not TOML.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text
    for pair in layout_of(text).pairs:
        if pair.path[0] != "run" or pair.path[-1] != "trace":
            continue
        place = (old / str(value_at(data, pair.path))).resolve()
        if place.is_file():
            apart = new is None or place.anchor != new.resolve().anchor
            seen = str(place) if new is None or apart else os.path.relpath(place, new.resolve())
            text = put(text, pair.path, Path(seen).as_posix())
    return text
