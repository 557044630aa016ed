"""What is wrong, in the words that fields, text and list share."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from engine.errors import Problem
from engine.scenario.positions import Path, dotted


class Mistakes:
    """All that is wrong with a text, found by its place."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.all = tuple(problems)
        self._at: dict[str, Problem] = {}
        for problem in self.all:
            key = problem.key or ""
            while key and key not in self._at:
                self._at[key] = problem
                key = key.rpartition(".")[0]

    def at(self, path: Path) -> Problem | None:
        """The first problem of the value at a path, or inside it."""
        return self._at.get(dotted(path)) if self._at else None


def tr(text: str) -> str:
    """Translate a text of the editor."""
    return QCoreApplication.translate("editor", text)
