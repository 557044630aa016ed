"""Checks the newest text in a thread of its own: every mistake, and the references of a run that is right."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.thread.newest import Newest
from engine.errors import InputError, Problem
from engine.scenario.build import build_with_parts
from engine.scenario.model import ParallelPart, Scenario
from engine.scenario.part import Part
from engine.scenario.read import parse_scenario
from engine.scenario.reference_map import ReferenceMap, reference_map

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.15
"""Seconds that a text must have been left alone."""
MOST_DRAWN = 4_000_000
"""References of a run that is drawn while it is edited."""
MAP_SIZE = (560, 72)
"""Coarse enough for a single reference to be seen."""


@dataclass(frozen=True)
class Checked:
    """What was found about a text."""

    text: str
    problems: tuple[Problem, ...] = ()
    map: ReferenceMap | None = None
    """None where the text is not right, or its run too long to be drawn."""
    references: int = 0
    """At least so many references are in the run."""


class Checker(Newest):
    """Checks the newest text that was asked for, once it was left alone for a moment."""

    checked = Signal(object)
    """A :class:`Checked`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("checker", parent, pause=PAUSE)

    def check(self, text: str, path: Path) -> None:
        """Check this text soon; ``path`` is where its traces are seen from."""
        self.want((text, path))

    def grant(self, wish: tuple[str, Path]) -> None:
        """Check one; in the thread."""
        self.checked.emit(check(*wish, self.going_on))


def check(text: str, path: Path, going_on: Callable[[], bool] = lambda: True) -> Checked:
    """Every problem of a text, as ``swapscope check`` finds them, and the map of a run that is right."""
    try:
        scenario = parse_scenario(text, path)
        references = references_of(scenario)
        if references > MOST_DRAWN or not going_on():
            return Checked(text, references=references)
        program, lengths = build_with_parts(scenario, path.parent)
        return Checked(text, (), reference_map(program, lengths, *MAP_SIZE), references)
    except InputError as error:
        return Checked(text, error.problems)
    except Exception as error:  # a mistake of ours must not end the editor's thread
        what = "".join(traceback.format_exception_only(error)).strip()
        return Checked(text, (Problem(what, str(path)),))


def references_of(scenario: Scenario) -> int:
    """How many references a scenario's patterns make; those of traces are not counted."""
    return sum(_references(part) for part in scenario.run)


def _references(part: Part) -> int:
    inner: Iterable[Part] = part.parallel if isinstance(part, ParallelPart) else ()
    own = int(getattr(part, "references", 0)) + sum(_references(one) for one in inner)
    return own * int(getattr(part, "repeat", 1))
