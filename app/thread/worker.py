"""The thread that owns the machine's history: commands in, at most one picture of it a frame out.

The window never waits for the engine and the engine never waits for the window. A command is put
into a queue; the thread carries it out and leaves a :class:`Frame` to be taken. ``ready`` is said
once for each frame that lies there untaken, never once an event. While it has nothing to do the
thread runs ahead of the cursor in small slices, so that the length of the run becomes known.
"""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from app.thread.errands import Errand, Errands
from app.thread.frames import Doing, Frame, FrameMaker
from engine.errors import InputError
from engine.program import Program

if TYPE_CHECKING:
    from engine.shocks import Shock
    from engine.stops import Stop, Watch
    from engine.timeline import Timeline

SLICE_SECONDS = 0.010
"""How long the thread works before it looks for the next command."""
RUSH = 2.2
"""Playing as fast as it goes works for so many slices, and then leaves a frame: nearly forty a second."""
LONGEST_SLICE = 0.060
"""The same while a frame takes long to make: a million pages are read in twenty to forty milliseconds."""
SHOW_EVERY = 30.0
"""Steps a second up to which every one is shown and may be animated."""
IDLE_POLL = 0.2
BACK_STRIDE = 20
"""Transitions gone back at a time while there is something to stop at."""
FIRST_STRIDE = 300
"""Operations that even the plain engine carries out in a few milliseconds."""
SHARE_OF_COPYING = 6
"""While playing as fast as it goes, frames are so many times as far apart as copying the image takes, at least."""


@dataclass(frozen=True)
class Pace:
    """How to play: direction 1 or -1, units a second (may be infinite), the unit, and the kind of an event."""

    direction: int
    rate: float
    unit: str
    event: int


@dataclass
class _Command:
    name: str
    do: Callable[[], object]


class Worker(QThread):
    """Owns a Timeline. Every public method may be called from the window's thread."""

    ready = Signal()
    """A frame lies there to be taken."""
    opened = Signal(object)
    """A Program was opened; frames of it follow."""
    refused = Signal(object)
    """An InputError: what was to be opened cannot be."""
    broken = Signal(str)
    """The engine raised what it must not raise; the text for the person who reports it."""
    ended = Signal()
    """Playing stopped by itself: an end was reached."""
    told = Signal(str, object)
    """Name of an errand, and an answer it gave."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine")
        self._bell = threading.Condition()
        self._pending: deque[_Command] = deque()
        self._stopping = False
        self._cancelled = False
        self._frame: Frame | None = None
        self._timeline: Timeline | None = None
        self._frames = FrameMaker()
        self._pace: Pace | None = None
        self._due = 0.0
        self._to_end = False
        self._busy = ""
        self._pauses: tuple[int, ...] = ()
        self._telling = 0.0
        self._stride = FIRST_STRIDE
        """Operations of one piece of work: as many as a slice has time for."""
        self._copied_at = 0.0
        self._ahead_said = 0.0
        self._explore_failed = False
        self._compiled = False
        self._errands = Errands()
        self._first_errand = ""
        self._stops: tuple[Stop, ...] = ()
        self._watch_for: Watch | None = None
        self._loop: tuple[int, int] | None = None

    # -- from the window's thread ---------------------------------------------------------------

    def take(self) -> Frame | None:
        """The newest frame, once; None when there is no new one."""
        with self._bell:
            frame, self._frame = self._frame, None
            self._bell.notify()
        return frame

    def open(
        self, load: Callable[[], Program], say: str, begin: Callable[[Timeline], object] | None = None
    ) -> None:
        """Open what ``load`` gives, where ``begin`` takes it; both run in the thread and may raise InputError."""
        self._post("open", lambda: self._open(load, begin), say)

    def step(self, direction: int, unit: str, event: int) -> None:
        """One unit on or back."""
        self._post("step", lambda: self._move(Pace(direction, 0, unit, event)))

    def jump(self, number: int) -> None:
        """To a transition; of several jumps asked for while busy only the last is made."""
        self._post("jump", lambda: self._need().jump(number), only_last=True)

    def seek(self, kinds: frozenset[int], direction: int) -> None:
        """To the next or previous transition of one of these kinds."""
        self._post("seek", lambda: self._seek(kinds, direction > 0), "Looking for it")

    def change(self, key: str, value: int) -> None:
        """Change a setting at the cursor; of several values asked for while busy only the last is set."""
        self._post(f"change {key}", lambda: self._need().change(key, value), only_last=True)

    def strike(self, shock: Shock, name: str) -> None:
        """A ready-made shock at the cursor, by a name; ``told`` says ("shock", why) where it cannot be."""
        self._post("strike", lambda: self._strike(shock, name))

    def undo(self) -> None:
        """Forget the branch that is shown, and stand where it left the other."""
        self._post("undo", lambda: self._need().undo())

    def switch_branch(self, number: int) -> None:
        """Show another branch."""
        self._post("switch", lambda: self._need().switch(number))

    def loop(self, span: tuple[int, int] | None) -> None:
        """Play a span of transitions again and again from now on, or the whole run again."""
        self._post("begin loop", lambda: self._set_loop(span), only_last=True)

    def rename_branch(self, number: int, name: str) -> None:
        """Another name for a branch."""
        self._post("rename", lambda: self._rename(number, name))

    def remove_branch(self, number: int) -> None:
        """Forget a branch and those that left it."""
        self._post("remove", lambda: self._need().remove(number))

    def play(self, pace: Pace) -> None:
        """Play until paused or at an end; a new pace replaces the one before."""
        self._post("play", lambda: self._start(pace), only_last=True)

    def pause(self) -> None:
        """Stop playing and whatever takes long."""
        self.cancel()
        self._post("pause", self._halt)

    def run_to_end(self) -> None:
        """Carry the run out to its end, in the background, shown as it goes."""
        self._post("end", self._start_to_end)

    def cancel(self) -> None:
        """Leave what takes long where it is."""
        with self._bell:
            self._cancelled = True
            self._bell.notify()

    def is_wanted(self) -> bool:
        """Whether nobody has cancelled what takes long."""
        return not self._cancelled

    def use_compiled(self) -> None:
        """The machine code is there: go on with it."""
        self._post("compiled", self._use_compiled)

    def watch(self, first: int, last: int) -> None:
        """Put the transitions first … last into the frames from now on, if they are not too many."""
        self._post("watch", lambda: self._watch(first, last), only_last=True)

    def want_table(self, wanted: bool) -> None:
        """Whether anybody looks at the transitions around the cursor: reading them takes time."""
        self._post("table", lambda: self._want_table(wanted), only_last=True)

    def ask(self, question: Callable[[Timeline], Any], answer: Callable[[Any], None]) -> None:
        """Call ``question`` with the Timeline in the thread and hand what it gives to ``answer``, in the thread."""
        self._post("ask", lambda: answer(question(self._need())))

    def begin(self, name: str, errand: Errand) -> None:
        """Do this piece by piece while the cursor rests; ``told`` says what it answers. See ``errands``."""
        self._post(f"begin {name}", lambda: self._errands.begin(name, errand), only_last=True)

    def go_first(self, name: str) -> None:
        """The errand of this name is done before playing goes on: what is played waits for it, at any speed."""
        self._first_errand = name

    def drop(self, name: str) -> None:
        """Give an errand up."""
        self._post(f"begin {name}", lambda: self._errands.drop(name), only_last=True)

    def stop_at(self, stops: tuple[Stop, ...]) -> None:
        """Playing pauses from now on where one of these is met; ``told`` says ("stopped", (number, stop))."""
        self._post("begin stops", lambda: self._stop_at(stops), only_last=True)

    def pause_at(self, numbers: tuple[int, ...]) -> None:
        """Playing the scenario's own run pauses at these transitions; ``told`` says ("lesson step", one of them)."""
        self._post("begin pauses", lambda: self._pause_at(numbers), only_last=True)

    def close(self) -> None:
        """End the thread; returns when it has ended."""
        with self._bell:
            self._stopping = self._cancelled = True
            self._pending.clear()
            self._bell.notify()
        self.wait()
        self._frames.close()

    # -- in the thread --------------------------------------------------------------------------

    def run(self) -> None:
        """The thread: commands first, then playing, then running ahead."""
        while not self._stopping:
            command = self._next()
            try:
                if command is not None:
                    command.do()
                    if not command.name.startswith("begin "):
                        self._publish()
                elif self._timeline is None:
                    continue
                elif self._to_end:
                    self._end_slice()
                elif self._pace is not None:
                    self._play_slice()
                else:
                    self._rest_slice()
            except InputError as error:
                self._halt()
                self.refused.emit(error)
            except Exception as error:  # the window must say so and live on
                self._halt()
                self._explore_failed = True
                self.broken.emit("".join(traceback.format_exception(error)))

    def _next(self) -> _Command | None:
        """The next command; waits for one while there is nothing else to do."""
        with self._bell:
            if not self._pending and not self._stopping:
                pause = self._pause_until_next()
                if pause > 0:
                    self._bell.wait(pause)
            return self._pending.popleft() if self._pending else None

    def _pause_until_next(self) -> float:
        """Seconds that may pass before something other than a command is to be done."""
        if self._timeline is None:
            return 3600.0
        if self._to_end:
            return 0.0
        if self._pace is not None:
            if self._errands.under_way(self._first_errand):
                return 0.0
            return 0.0 if self._errands and self._pace.rate <= SHOW_EVERY else self._due - time.perf_counter()
        if self._errands:
            return 0.0
        settled = self._timeline.complete and (self._timeline.fine or not self._compiled)
        return 3600.0 if settled or self._explore_failed else 0.0005

    def _post(self, name: str, do: Callable[[], object], say: str = "", only_last: bool = False) -> None:
        with self._bell:
            self._cancelled = False
            if only_last:
                self._pending = deque(command for command in self._pending if command.name != name)
            self._pending.append(_Command(name, self._saying(do, say) if say else do))
            self._bell.notify()

    def _saying(self, do: Callable[[], object], say: str) -> Callable[[], None]:
        def saying() -> None:
            self._busy = say
            try:
                do()
            finally:
                self._busy = ""

        return saying

    def _need(self) -> Timeline:
        if self._timeline is None:
            raise RuntimeError("no run is open")
        return self._timeline

    def _open(self, load: Callable[[], Program], begin: Callable[[Timeline], object] | None) -> None:
        from engine.timeline import Timeline

        program = load()
        timeline = Timeline(program)
        if begin is not None:
            begin(timeline)
        self._halt()
        self._errands.drop()
        self._frames.begin()
        self._timeline = timeline
        with self._bell:
            self._frame = None
        self._explore_failed = False
        self.opened.emit(program)

    def _halt(self) -> None:
        self._pace, self._to_end, self._busy = None, False, ""

    def _set_loop(self, span: tuple[int, int] | None) -> None:
        self._loop = span

    def _stop_at(self, stops: tuple[Stop, ...]) -> None:
        from engine.stops import Watch

        self._stops = stops
        self._watch_for = Watch(self._need().program, stops) if stops else None
        if self._watch_for is not None:
            self._watch_for.begin(self._need().view)

    def _start(self, pace: Pace) -> None:
        self._to_end = False
        self._pace = pace
        if self._watch_for is not None:
            self._watch_for.begin(self._need().view)
        self._due = time.perf_counter() + (0.0 if math.isinf(pace.rate) else 1.0 / pace.rate)

    def _start_to_end(self) -> None:
        self._need()
        self._pace = None
        self._to_end, self._busy = True, "Running to the end"

    def _strike(self, shock: Shock, name: str) -> None:
        made = self._need().strike(shock, name)
        if isinstance(made, str):
            self.told.emit("shock", made)

    def _rename(self, number: int, name: str) -> None:
        self._need().branches[number].name = name
        self._frames.forget()  # the moment says the branch's name

    def _watch(self, first: int, last: int) -> None:
        self._frames.watched = (first, last)

    def _want_table(self, wanted: bool) -> None:
        self._frames.table_wanted = wanted

    def _move(self, pace: Pace) -> bool:
        """One unit; False at an end."""
        timeline = self._need()
        forward = pace.direction > 0
        if pace.unit == "reference":
            return timeline.step_reference(pace.direction)
        if pace.unit == "fault":
            return timeline.seek_fault(forward)
        if pace.unit == "event":
            return self._seek(frozenset({pace.event}), forward)
        return timeline.step(pace.direction)

    def _seek(self, kinds: frozenset[int], forward: bool) -> bool:
        return self._need().seek(set(kinds), forward)

    def _play_slice(self) -> None:
        """The units that are due by now, as many as fit into a slice."""
        pace, now = self._pace, time.perf_counter()
        if self._errands.under_way(self._first_errand):
            self._do_errands(self._first_errand)
            return
        if pace is None or now < self._due:
            if self._errands and self._due > now + SLICE_SECONDS:
                self._do_errands()
            return
        stop_at = now + self._slice()
        going = True
        if math.isinf(pace.rate):
            going = self._rush(pace, stop_at)
        else:
            while going and self._due <= now and time.perf_counter() < stop_at:
                going = self._move_watched(pace)
                self._due += 1.0 / pace.rate
            self._due = max(self._due, now - 1.0 / pace.rate)  # what could not be kept up with is not made up for
        if not going:
            self._halt()
            self.ended.emit()
        self._publish_going(going)

    def _rush(self, pace: Pace, stop_at: float) -> bool:
        """As far as it gets until ``stop_at``."""
        timeline = self._need()
        if self._loop is not None:
            return self._rush_around(pace, stop_at)
        if self._watch_for is not None or (self._pauses and pace.direction > 0):
            return self._rush_watched(stop_at, pace.direction)
        if pace.unit == "transition" and pace.direction > 0:
            return self._advance(stop_at)
        if pace.unit == "transition" and pace.direction < 0:
            target = max(0, timeline.cursor - max(1, timeline.length // 400))
            timeline.jump(target)
            return target > 0
        while time.perf_counter() < stop_at:
            if not self._move(pace):
                return False
        return True

    def _move_watched(self, pace: Pace) -> bool:
        """One unit, but not past a stop; False at an end or at a stop."""
        before = self._need().cursor
        if self._loop is not None:
            first, last = self._loop
            ahead = pace.direction > 0
            if not (first <= before < last if ahead else first < before <= last):
                self._need().jump(first if ahead else last)
                return True
        return self._move(pace) and not self._stopped_since(before)

    def _rush_around(self, pace: Pace, stop_at: float) -> bool:
        while time.perf_counter() < stop_at:
            if not self._move_watched(pace):
                return False
        return True

    def _rush_watched(self, stop_at: float, direction: int) -> bool:
        # Backwards every transition is looked at by itself anyhow.
        stride = 1 if self._watch_for is not None and self._watch_for.every else 200
        stride = stride if direction > 0 else -BACK_STRIDE
        while time.perf_counter() < stop_at:
            before = self._need().cursor
            going = self._need().step(stride)
            if self._stopped_since(before) or not going:
                return False
        return True

    def _pause_at(self, numbers: tuple[int, ...]) -> None:
        self._pauses = numbers

    def _stopped_since(self, before: int) -> bool:
        """Whether a stop (or, on the way on, a step of the lesson) was met since; then the cursor is there."""
        timeline = self._need()
        if timeline.cursor < before:
            return self._stopped_on_the_way_back(before)
        met = None
        if self._watch_for is not None:
            met = self._watch_for.met(timeline.records(before + 1, timeline.cursor), timeline.view)
        passed = [number for number in self._pauses if before < number <= timeline.cursor and timeline.branch == 0]
        if passed and (met is None or passed[0] <= met[0]):
            timeline.jump(passed[0])
            self.told.emit("lesson step", passed[0])
            return True
        if met is None:
            return False
        timeline.jump(met[0])
        self.told.emit("stopped", met)
        return True

    def _stopped_on_the_way_back(self, before: int) -> bool:
        from engine.stops import last_met

        timeline, here = self._need(), self._need().cursor
        if self._watch_for is None:
            return False
        met = last_met(timeline, self._watch_for, here, before - 1)
        if met is None:
            timeline.jump(here)
            return False
        self.told.emit("stopped", met)
        return True

    def _advance(self, stop_at: float) -> bool:
        while time.perf_counter() < stop_at:
            if self._piece(self._need().advance, RUSH if self._compiled else 1) == 0:
                return False
        return True

    def _piece(self, carry_out: Callable[[int], int], slices: float = 1) -> int:
        """As many operations as some slices have time for, whichever engine runs: each piece costs something besides.

        A slice is measured by what the thread had of the processor; by the clock it may be longer
        where other programs run, but not by much.
        """
        began, had = time.perf_counter(), time.thread_time()
        done = int(carry_out(int(slices * self._stride)))
        took, had = time.perf_counter() - began, time.thread_time() - had
        share = max(had / (slices * SLICE_SECONDS), took / LONGEST_SLICE, 1e-3)
        self._stride = max(FIRST_STRIDE, min(int(done / slices / share), 2 * self._stride))
        return done

    def _use_compiled(self) -> None:
        self._compiled = True

    def _end_slice(self) -> None:
        going = not self._cancelled and self._advance(time.perf_counter() + self._slice())
        if not going:
            self._halt()
            self.ended.emit()
        self._publish_going(going)

    def _rest_slice(self) -> None:
        """The cursor rests: pieces of errands, and the run a little further ahead."""
        self._do_errands()
        self._ahead_slice()

    def _do_errands(self, only: str = "") -> None:
        stop_at = time.perf_counter() + SLICE_SECONDS
        try:
            while (self._errands.under_way(only) if only else self._errands) and time.perf_counter() < stop_at:
                answer = self._errands.piece(self._need(), only)
                if answer is not None:
                    self.told.emit(*answer)
        except InputError:
            raise
        except Exception:
            self._errands.drop()
            raise

    def _ahead_slice(self) -> None:
        """Run a little ahead of the cursor, and say how far it is known a few times a second."""
        timeline = self._need()
        if timeline.complete and not timeline.fine and self._compiled and not self._explore_failed:
            timeline.refine(self._stride)
        if timeline.complete or self._explore_failed:
            return
        before = timeline.explored

        def explore(operations: int) -> int:
            timeline.explore(operations)
            return timeline.explored - before

        self._piece(explore)
        now = time.perf_counter()
        if timeline.complete or now > self._ahead_said + IDLE_POLL:
            self._ahead_said = now
            self._publish()

    def _publish_going(self, going: bool) -> None:
        """A frame on the way; the compiled engine goes on while it is read and drawn."""
        rushing = self._to_end or (self._pace is not None and math.isinf(self._pace.rate))
        if not (going and rushing and self._compiled):
            self._publish()
            self._wait_until_taken()
            return
        with self._bell:
            taken = self._frame is None
        now = time.perf_counter()
        if taken and not self._frames.reading and now >= self._copied_at + SHARE_OF_COPYING * self._frames.copying:
            self._copied_at = now
            self._frames.make_beside(self._need(), self._doing(), self._leave)

    def _wait_until_taken(self) -> None:
        """Do not run away from the window: the next slice waits until this frame is taken, or a command comes."""
        with self._bell:
            if self._frame is not None and not self._pending and not self._stopping:
                self._bell.wait(0.1)

    def _publish(self) -> None:
        """Leave a frame of the machine as it is now."""
        timeline = self._timeline
        if timeline is None:
            return
        began = time.perf_counter()
        self._frames.wait()
        with self._bell:
            untaken, self._frame = self._frame is not None, None
        self._leave(self._frames.make(timeline, self._doing(), untaken))
        self._telling = time.perf_counter() - began

    def _leave(self, frame: Frame) -> None:
        """A frame for the window to take; also called by the thread that reads frames."""
        with self._bell:
            self._frame = frame
        self.ready.emit()

    def _doing(self) -> Doing:
        pace = self._pace
        fast = pace is not None and pace.rate > SHOW_EVERY
        by_more = pace is not None and pace.unit != "transition"
        return Doing(
            playing=pace is not None or self._to_end,
            skipping=self._to_end or fast or by_more,
            hurry=self._to_end or fast,
            busy=self._busy,
            to_end=self._to_end,
        )

    def _slice(self) -> float:
        """Seconds to work before the next frame: as long as the last took to make, so that half the time is work."""
        return max(SLICE_SECONDS, min(self._telling, LONGEST_SLICE))
