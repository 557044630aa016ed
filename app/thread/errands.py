"""Longer work that the engine's thread does while the cursor rests, piece by piece, each piece a few milliseconds.

An errand is a generator over the Timeline: it yields None after each piece of work, and anything
else it yields is an answer. Playing and commands always come first. Several errands take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.timeline import Timeline

Errand = Callable[["Timeline"], Iterator[object]]
"""Must not move the Timeline's cursor: :meth:`engine.timeline.Timeline.second` gives one of its own."""


class Errands:
    """The errands under way, by name."""

    def __init__(self) -> None:
        self._under_way: dict[str, tuple[Errand, Iterator[object] | None]] = {}

    def __bool__(self) -> bool:
        return bool(self._under_way)

    def begin(self, name: str, errand: Errand) -> None:
        """Take one on; the one of the same name is given up."""
        self._under_way.pop(name, None)
        self._under_way[name] = (errand, None)

    def drop(self, name: str | None = None) -> None:
        """Give one up, or all of them."""
        if name is None:
            self._under_way.clear()
        else:
            self._under_way.pop(name, None)

    def under_way(self, name: str) -> bool:
        """Whether the errand of this name is not done yet."""
        return name in self._under_way

    def piece(self, timeline: Timeline, name: str = "") -> tuple[str, object] | None:
        """One piece of this one, or of the one whose turn it is; its name and the answer, where it gave one."""
        name = name or next(iter(self._under_way))
        errand, pieces = self._under_way.pop(name)
        pieces = errand(timeline) if pieces is None else pieces
        try:
            answer = next(pieces)
        except StopIteration:
            return None
        self._under_way[name] = (errand, pieces)  # to the end of the queue
        return None if answer is None else (name, answer)
