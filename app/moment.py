"""What every view draws: the machine at one transition, and what is selected.

A view is a function of a :class:`Moment`. It is handed one at most once a frame, keeps no state
of the machine of its own, and asks for changes only through the signals it declares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from engine.mm.view import View
from engine.program import Program
from engine.transition import Transition


class Thing(StrEnum):
    """What can be selected."""

    PAGE = "page"
    """A page of a process: ``owner`` is the process, ``number`` the page."""
    SHMEM = "shmem"
    """A page of a shmem object: ``owner`` is the mapping, ``number`` the index."""
    FRAME = "frame"
    DESC = "desc"
    ZSWAP = "zswap"
    SLOT = "slot"
    """A slot: ``owner`` is the swapfile's type (0 …), ``number`` the offset."""


@dataclass(frozen=True)
class Selected:
    """One selected thing."""

    thing: Thing
    number: int
    owner: int = 0


@dataclass(frozen=True)
class Moment:
    """The machine at the cursor. ``view`` is only valid until the next moment."""

    program: Program
    view: View
    transition: Transition
    sentence: str
    changed: frozenset[int] = frozenset()
    """Addresses that the transition wrote."""
    selection: tuple[Selected, ...] = ()
    length: int = 0
    """Transitions of the run so far known; the whole run once ``complete``."""
    complete: bool = False
    playing: bool = False
    skipping: bool = False
    """The speed is such that not every transition is shown: nothing should be animated."""
    epoch: int = 0
    """Grows whenever the layout of the image changed (another run, a relaid image)."""
    branch: str = ""
    """Name of the branch; empty for the run as the scenario has it."""
    extras: dict[str, object] = field(default_factory=dict)
