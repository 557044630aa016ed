"""What the engine's thread leaves for the window: frames, made of a run at its cursor.

A frame is whole when it is taken: the words of the image are a copy, and all that the canvas draws
has been read from them, so that the window's thread only draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.canvas.facts import FACTS, read
from app.moment import Moment
from app.thread.snapshot import Snapshots
from engine.sentence import sentence
from engine.transition import Transition

if TYPE_CHECKING:
    from engine.history import Series
    from engine.timeline import Timeline

AROUND = 250
"""Transitions before and behind the cursor that the table of transitions is given."""
MARGIN = 80
"""It is made anew when the cursor comes nearer than this to its ends."""
TABLE_POLL = 0.3
"""In a hurry, it is made anew no more often than this; the curves neither, which many views draw."""
WIDEST_SPAN = 4000
"""A span with more transitions than this is not told one by one."""


@dataclass(frozen=True)
class Table:
    """Neighbouring transitions. The same object as before means the same transitions."""

    records: list[Transition] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def holds(self, first: int, last: int) -> bool:
        """All of first … last are in it."""
        return bool(self.records) and self.records[0].number <= first and last <= self.records[-1].number


@dataclass(frozen=True)
class Frame:
    """What the window shows: the moment, and what the thread is busy with."""

    moment: Moment
    series: Any
    """Samples of the run; in a hurry they may be some tenths of a second behind."""
    table: Table = field(default_factory=Table)
    """Transitions around the cursor."""
    span: Table = field(default_factory=Table)
    """Transitions of the span asked for by ``watch``, without sentences; empty when it is too wide."""
    branches: tuple[Any, ...] = ()
    branch: int = 0
    operations: int = 0
    """Operations carried out at the cursor."""
    explored: int = 0
    """Operations carried out as far as the run is known."""
    busy: str = ""
    """What takes long now; empty when nothing does."""
    fraction: float = -1.0
    """How far that is, 0 … 1; negative where it cannot be said."""


@dataclass(frozen=True)
class Doing:
    """What the thread is at while a frame is made."""

    playing: bool = False
    skipping: bool = False
    """Frames follow each other with more than one transition between them."""
    hurry: bool = False
    """What takes a while to look up may be some tenths of a second old."""
    busy: str = ""
    to_end: bool = False


class FrameMaker:
    """Makes the frames of one run. For the engine's thread."""

    def __init__(self) -> None:
        self.watched = (0, -1)
        """The span to be told transition by transition."""
        self.table_wanted = False
        """Whether anybody looks at the transitions around the cursor."""
        self.copying = 0.0
        """Seconds that copying the image took last."""
        self._snapshots: Snapshots | None = None
        self._epoch = 0
        self._table, self._span = Table(), Table()
        self._table_made = 0.0
        self._series: Series | None = None
        self._series_made = 0.0
        self._told_for = (0, 0)
        self._shown: tuple[object, Moment] | None = None
        self._reader = ThreadPoolExecutor(1, "read the image")
        self._reading: Future[None] | None = None

    def begin(self) -> None:
        """Another run is opened."""
        self.wait()
        self._snapshots = self._shown = self._series = None
        self._table, self._span, self.watched = Table(), Table(), (0, -1)

    def forget(self) -> None:
        """What is shown of the cursor has changed, though it stands still."""
        self._shown = None

    def make(self, timeline: Timeline, doing: Doing, untaken: bool) -> Frame:
        """The frame of now, complete; ``untaken``: the window never saw the one before."""
        self.wait()
        frame = self._frame(timeline, doing, untaken)
        _read(frame.moment)
        return frame

    def make_beside(self, timeline: Timeline, doing: Doing, leave: Callable[[Frame], None]) -> None:
        """The same while the engine goes on: only copied here; another thread reads it and hands it to ``leave``.

        To be called when the frame before was taken.
        """
        self.wait()
        frame = self._frame(timeline, doing, False)

        def finish() -> None:
            _read(frame.moment)
            leave(frame)

        self._reading = self._reader.submit(finish)

    @property
    def reading(self) -> bool:
        """A frame is being read beside the engine."""
        return self._reading is not None and not self._reading.done()

    def wait(self) -> None:
        """Until what is read beside the engine is left; raises what went wrong there."""
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.result()

    def close(self) -> None:
        """End the thread that reads."""
        self._reader.shutdown()

    def _frame(self, timeline: Timeline, doing: Doing, untaken: bool) -> Frame:
        moment = self._moment(timeline, doing, untaken)
        self._tell(timeline, doing)
        done = moment.transition.operation
        return Frame(
            moment=moment,
            series=self._series,
            table=self._table,
            span=self._span,
            branches=tuple(timeline.branches),
            branch=timeline.branch,
            operations=done,
            explored=timeline.explored,
            busy=doing.busy,
            fraction=done / max(1, timeline.operations) if doing.to_end else -1.0,
        )

    def _moment(self, timeline: Timeline, doing: Doing, untaken: bool) -> Moment:
        """The machine at the cursor; while the cursor stands still, the copy made before serves again."""
        branch = timeline.branch
        now = (timeline, timeline.cursor, branch, len(timeline.branches), timeline.layout)
        ahead: dict[str, Any] = {
            "length": timeline.length,
            "complete": timeline.complete,
            "playing": doing.playing,
            "skipping": doing.skipping,
        }
        if self._shown is not None and self._shown[0] == now:
            moment = replace(self._shown[1], **ahead)
        else:
            if self._snapshots is None or self._snapshots.layout is not timeline.layout:
                self._snapshots = Snapshots(timeline.layout)
                self._epoch += 1
            elif untaken:
                self._snapshots.take_back()
            transition = timeline.transition()
            began = time.perf_counter()
            view = self._snapshots.take(timeline.view.words)
            self.copying = time.perf_counter() - began
            moment = Moment(
                program=timeline.program,
                view=view,
                transition=transition,
                sentence=sentence(transition, timeline.program, timeline.view),
                changed=timeline.changed(),
                epoch=self._epoch,
                branch=timeline.branches[branch].name if branch else "",
                **ahead,
            )
        self._shown = (now, moment)
        return moment

    def _tell(self, timeline: Timeline, doing: Doing) -> None:
        """Make the tables anew where the cursor, the branch or what is known of the run ask for it."""
        cursor, length = timeline.cursor, timeline.length
        known = (timeline.branch, len(timeline.branches))
        if self._told_for != known:
            self._told_for = known
            self._table, self._span, self._series = Table(), Table(), None
            _ = timeline.program.mark_operations  # looked for here, once, and not in the window's thread
        now = time.perf_counter()
        if self._series is None or not (doing.hurry and now < self._series_made + TABLE_POLL):
            self._series, self._series_made = timeline.series, now
        there = self._table.holds(max(0, cursor - MARGIN), min(length, cursor + MARGIN))
        if self.table_wanted and not there and not (doing.hurry and now < self._table_made + TABLE_POLL):
            self._table_made = now
            # What comes behind a cursor that runs would have to be carried out for the table alone.
            behind = cursor if doing.hurry else min(length, cursor + AROUND)
            records = timeline.records(max(0, cursor - AROUND), behind)
            self._table = Table(records, [sentence(record, timeline.program, timeline.view) for record in records])
        first, last = max(0, self.watched[0]), min(length, self.watched[1])
        if first <= last < first + WIDEST_SPAN and not self._span.holds(first, last) and not doing.hurry:
            self._span = Table(timeline.records(first, last))


def _read(moment: Moment) -> None:
    """All that the canvas draws, read here, so that the window's thread only draws."""
    if FACTS not in moment.extras:
        moment.extras[FACTS] = read(moment)
