"""What the checks of a file share: its parts, and how they say what is wrong with which of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.content.library import load_library
from engine.errors import Problem, nearest
from engine.phrase import phrase
from engine.scenario.assignment import Assignment
from engine.scenario.lesson import Question, Step
from engine.scenario.machine import Machine, Swapfile
from engine.scenario.model import Check, Process, Shmem, Shock
from engine.scenario.part import Part
from engine.scenario.positions import Path
from engine.scenario.problems import Place, shown, value_at
from engine.scenario.vary import Vary


@dataclass
class ShockParts:
    """A shock, and apart from it the parts that it has."""

    shock: Shock | None
    run: list[Part | None]
    beside: list[Part | None]


@dataclass
class Parts:
    """A file's parts; None stands for one that is not valid in itself."""

    machine: Machine | None
    swapfiles: list[Swapfile | None]
    processes: list[Process | None]
    shmem: list[Shmem | None]
    runs: list[Part | None]
    shocks: list[ShockParts]
    checks: list[Check | None]
    steps: list[tuple[Step | None, list[Question | None]]] = field(default_factory=list)
    """Each step, and its questions."""
    assignment: Assignment | None = None
    varied: list[Vary | None] = field(default_factory=list)


class Findings:
    """Says what is wrong with a document."""

    def __init__(self, data: Mapping[str, Any], place: Place, found: list[Problem]) -> None:
        """Problems go into ``found``."""
        self.data, self.place, self.found = data, place, found

    def _say(self, path: Path, what: str, expected: str | None = None, near: str | None = None) -> None:
        self.found.append(self.place.problem(path, what, expected, near))

    def _names(self, *path: str, default: str = "") -> list[str]:
        """The names in an array of tables, those of invalid parts included."""
        items = value_at(self.data, path)
        names = []
        for number, item in enumerate(items if isinstance(items, list) else []):
            name = item.get("name") if isinstance(item, Mapping) else None
            names.append(name if isinstance(name, str) else f"{default}{number}" if default else "")
        return names

    def _once(self, names: Sequence[str], *path: str | int) -> None:
        for name, times in Counter(names).items():
            if name and times > 1:
                again = [number for number, other in enumerate(names) if other == name][1]
                self._say(
                    (*path, again, "name"),
                    phrase("the name {name} is there twice", name=shown(name)),
                    phrase("a name of its own"),
                )

    def _content(self, content: Any, path: Path) -> None:
        if isinstance(content, dict):
            for name, inner in content.items():
                self._content(inner, (*path, name))
        elif isinstance(content, str):
            families = load_library().families
            if content not in families:
                self._unknown(path, phrase("family of page images"), content, families)

    def _unknown(self, path: Path, what: str, name: str, known: Iterable[str]) -> None:
        known = [one for one in known if one]
        expected = (
            phrase("one of {names}", names=", ".join(known)) if known else phrase("none: the file has no such thing")
        )
        self._say(
            path, phrase("there is no {what} {name}", what=what, name=shown(name)), expected, nearest(name, known)
        )
