"""The engine's side of a comparison: others kept in step with the cursor, and searched for where they part."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from app.canvas.facts import FACTS, read
from app.moment import Moment
from app.thread.snapshot import Snapshots
from engine.comparison import Follower, Lockstep
from engine.difference import Difference, Search
from engine.reading.apart import Apart, apart, sight
from engine.sentence import sentence
from engine.variant import Change, Variant, beside

if TYPE_CHECKING:
    from engine.mm.view import View
    from engine.timeline import Timeline

SAID_AFTER = 0.12
"""Seconds from which it is said how far the others are on their way."""
_epochs = count(1)


@dataclass(frozen=True)
class Seen:
    """Another machine as it is drawn."""

    moment: Moment
    from_ours: Apart
    """What it has otherwise, as marks on ours."""
    from_theirs: Apart
    """What ours has otherwise, as marks on it."""
    said: bool
    """Whether its last transition is known."""
    outcome: str = "running"
    oom_reference: int = 0


@dataclass(frozen=True)
class Together:
    """All machines at one operation, the one of the cursor first."""

    figures: list[dict[str, Any]]
    seen: list[Seen] = field(default_factory=list)
    """The others, where they are drawn."""


class Company:
    """The machines of one comparison; lives in the engine's thread."""

    def __init__(self, timeline: Timeline, variants: tuple[Variant, ...]) -> None:
        self.variants, self.branch = variants, timeline.branches[timeline.branch]
        self._others = [beside(timeline, variant) for variant in variants]
        self._keyframes = [
            tuple(timeline.branches[variant.value].keyframes) if variant.change is Change.BRANCH else ()
            for variant in variants
        ]
        self.lockstep = self._in_step()
        followers = self.lockstep.others
        self._snapshots = [Snapshots(follower.machine.layout) for follower in followers]
        self._epochs = [next(_epochs) for _ in followers]
        self._search: Search | None = None

    def is_for(self, timeline: Timeline, variants: tuple[Variant, ...]) -> bool:
        """Whether these are the machines of that comparison."""
        return self.variants == variants and timeline.branches[timeline.branch] is self.branch

    def follow(self, timeline: Timeline, drawn: bool) -> Iterator[Together | float]:
        """Bring all to the cursor; a share done now and then where it takes long, and at last all of them."""
        began, number = time.perf_counter(), timeline.cursor
        for share in self.lockstep.reach(timeline.operation):
            yield share if time.perf_counter() - began > SAID_AFTER else -1.0
        self.lockstep.step_to(number)
        followers = [self.lockstep.ours, *self.lockstep.others]
        figures = [follower.figures() for follower in followers]
        if not drawn:
            yield Together(figures)
            return
        sights = []
        for follower in followers:
            sights.append(sight(follower.machine.view))
            yield -1.0
        marks = [(apart(sights[0], other), apart(other, sights[0])) for other in sights[1:]]
        yield -1.0
        seen = []
        for place, (one, other) in enumerate(marks):
            moment, said = self._moment(place, timeline)
            result = figures[place + 1]
            seen.append(Seen(moment, one, other, said, result["outcome"], result["oom_reference"] or 0))
            yield -1.0
        yield Together(figures, seen)

    def search(self, operation: int, direction: int) -> Iterator[Difference | float]:
        """The first difference behind an operation of ours, or the last before it (-1)."""
        if self._search is None:
            self._search = Search(self._in_step())
        return self._search.after(operation) if direction > 0 else self._search.before(operation)

    def _in_step(self) -> Lockstep:
        followers = [
            Follower(program, keyframes)
            for (program, _where), keyframes in zip(self._others, self._keyframes, strict=True)
        ]
        return Lockstep(self.branch.program, self.branch.keyframes, followers, [where for _, where in self._others])

    def _moment(self, place: int, timeline: Timeline) -> tuple[Moment, bool]:
        """The machine as it is now, in a copy that the window may read."""
        follower: Follower = self.lockstep.others[place]
        view: View = self._snapshots[place].take(follower.machine.words)
        transition, said = follower.transition, follower.known
        moment = Moment(
            program=follower.program,
            view=view,
            transition=transition,
            sentence=sentence(transition, follower.program, follower.machine.view) if said else "",
            changed=follower.changed(),
            length=view["transitions"],
            skipping=not said,
            epoch=self._epochs[place],
            branch=timeline.branches[timeline.branch].name if timeline.branch else "",
        )
        moment.extras[FACTS] = read(moment)
        return moment, said


