"""History: moving about in a run, as far back and as often as one likes, and branching off.

Two machines run the same operations. The *scout* runs ahead without a journal and leaves keyframes
(copies of the image in use) and samples of all scalars. The *shown* machine holds the image at
the cursor; its journal covers a window of transitions around it, in which a step is a swap of the
few words that the transition wrote. Anywhere else is a keyframe and a little re-execution.

A change of a setting is a ``SET`` operation put in after the operation at the cursor, and a shock a
few operations more: a branch of its own, with the keyframes before it shared, and every operation
of it known, so that any branch can be run again from the beginning. For processes that a branch may
start, the image of every timeline has room laid out.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.history import Branch, Keyframe, Series
from engine.machine import JOURNAL_WORDS, NEVER, RECORDS, Machine
from engine.mm import image as im
from engine.mm.compiler import is_ready
from engine.mm.journal import (
    JOURNAL_BEGIN,
    JOURNAL_NEXT,
    RECORD_BEGIN,
    RECORD_NEXT,
    WATCH_SEEN,
    swap_back,
    swap_forward,
)
from engine.mm.layout import ROOM, Image, Layout
from engine.mm.schema import HEADER_WORDS
from engine.mm.transitions import FAULT, REC_END, REC_OPERATION, RECORD_WORDS, START
from engine.mm.view import View
from engine.program import Program, Spare
from engine.sentence import sentence
from engine.shocks import Shock
from engine.step import Set, Step, put_in
from engine.transition import Transition

HISTORY_BYTES = 512 << 20
"""Keyframes may take this much; past it every other one is given up."""
LARGE_HISTORY_BYTES = 2 << 30
"""The same for machines of more than :data:`LARGE_PAGES` pages."""
LARGE_PAGES = 1 << 18
KEYFRAME_OPERATIONS = 25_000
"""Operations from one keyframe to the next, at first."""
KEYFRAME_WORDS = 8
"""Words of a keyframe for each operation up to the next, at most: else copying would take a fifth of the time."""
FINE_SHARE = 0.75
"""Share of the memory for history up to which keyframes are added in between while there is nothing else to do."""
SAMPLES = 1_000
"""Samples of a run, at least, where it has so many operations."""
BEFORE = 4_000
"""Transitions before the one jumped to that the journal covers, so that stepping back is at once."""
BEHIND = 512
"""Transitions behind it that are covered as well, for stepping on and for the table of transitions."""
TAIL = 256
"""Operations that the journal covers after a stretch run at full speed."""
JOURNAL_PART_FREE = 4
SPARE_PROCESSES = 8
"""Processes that may be started on a branch and those it came from."""


def history_bytes_for(program: Program) -> int:
    """What keyframes of a program may take: more where each is large."""
    pages = sum(process.pages for process in program.processes)
    return LARGE_HISTORY_BYTES if pages > LARGE_PAGES else HISTORY_BYTES


def _spare(program: Program) -> Spare:
    """Room for what a branch may start: as many pages as memory may come to have."""
    return Spare(SPARE_PROCESSES, ROOM * program.setting("machine.frames"))


def sample_step(operations: int) -> int:
    """Operations from one sample to the next: few enough, and in step with keyframes, so that a run is cut up less."""
    wanted = max(1, operations // SAMPLES)
    if wanted > KEYFRAME_OPERATIONS:
        return -(-wanted // KEYFRAME_OPERATIONS) * KEYFRAME_OPERATIONS
    step = wanted
    while KEYFRAME_OPERATIONS % step:
        step += 1
    return step if step < 2 * wanted else wanted


class Timeline:
    """A run with a cursor. Not safe for several threads at once.

    ``compiled`` as for :class:`engine.machine.Machine`, but None never waits for the compiler: the
    interpreter serves until the machine code is there.
    """

    def __init__(self, program: Program, compiled: bool | None = None, *, history_bytes: int | None = None) -> None:
        program = program if program.spare is not None else replace(program, spare=_spare(program))
        self.history_bytes = history_bytes or history_bytes_for(program)
        """What keyframes may take."""
        self._compiled = compiled
        self._journal = (JOURNAL_WORDS, RECORDS)
        self._shown = Machine(program, False)
        self._scout = Machine(program, False, journal_words=8, records=8)
        self.branches = [Branch("", program)]
        self.branch = 0
        self.keyframe_operations = KEYFRAME_OPERATIONS
        self._cursor = 0
        self._low = 0
        """Transition at the journal's beginning: the window is (low, high]."""
        self._high = 0
        self._low_position = 0
        """Operations done at the journal's beginning."""
        self._series: Series | None = None
        self._refining: tuple[Branch, Iterator[bool]] | None = None
        self._refine_by = 0
        self._note_keyframe(self._scout)
        self._note_sample(self._scout)
        self._begin_window()
        self.epoch = 0
        """Grows when the image is another array than before."""

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def program(self) -> Program:
        """What runs on the branch that is shown."""
        return self._now.program

    @property
    def view(self) -> View:
        """The image at the cursor."""
        return self._shown.view

    @property
    def layout(self) -> Layout:
        """The layout of the image at the cursor; another object when :attr:`epoch` has grown."""
        return self._shown.layout

    @property
    def cursor(self) -> int:
        """Number of the transition shown; 0 is the start."""
        return self._cursor

    @property
    def length(self) -> int:
        """Transitions known so far; all of the run once :attr:`complete`."""
        return max(self._now.length, self._high)

    @property
    def complete(self) -> bool:
        """Whether the run was carried out to its end."""
        return self._now.complete

    @property
    def outcome(self) -> str:
        """How the run ended ("finished", "oom", "segfault"), or "running" while that is not known."""
        return self._now.outcome if self._now.complete else "running"

    @property
    def operations(self) -> int:
        """Operations of the branch."""
        return len(self._now.ops)

    @property
    def explored(self) -> int:
        """Operations the scout has carried out."""
        return self._now.explored if self._now.complete else self._scout.position

    @property
    def fine(self) -> bool:
        """Whether the run is known and :meth:`refine` has nothing left to do."""
        return self._now.fine

    @property
    def operation(self) -> int:
        """Operations carried out at the cursor, the one it is in the middle of included."""
        if self._cursor == 0:
            return 0
        return self.transition().operation + 1

    def transition(self, number: int | None = None) -> Transition:
        """The transition at the cursor, or any by its number (0: the start)."""
        number = self._cursor if number is None else number
        return self.records(number, number)[0]

    def sentence(self, number: int | None = None) -> str:
        """What a transition did, in one sentence."""
        return sentence(self.transition(number), self.program, self.view)

    def records(self, first: int, last: int) -> list[Transition]:
        """Transitions ``first`` … ``last``, those that exist."""
        found: list[Transition] = []
        if first <= 0 <= last:
            found.append(Transition.from_record(0, [START, 0, 0, 0, 0, 0, 0, 0]))
        first = max(first, 1)
        last = min(last, self._find_length(last))
        if first > last:
            return found
        if self._low < first and self._reach(last):
            rows = self._rows()[first - self._low - 1 : last - self._low].tolist()
            return found + [Transition.from_record(first + index, row) for index, row in enumerate(rows)]
        size = 1
        while (read := self._read(first, last, size)) is None:
            size *= 4
        return found + read

    def _read(self, first: int, last: int, size: int) -> list[Transition] | None:
        """Transitions by carrying the run out again; None when an operation makes more than the journal holds."""
        reader = Machine(
            self.program, self._use_compiled(), journal_words=size * JOURNAL_WORDS, records=size * RECORDS
        )
        self._go_before(reader, first)
        found: list[Transition] = []
        while reader.view.scalar(im.TRANSITIONS) < last and not reader.finished:
            before = reader.view.scalar(im.TRANSITIONS)
            reader.keep_journal()
            reader.run(transitions=min(last, before + reader.layout.records // 8))
            if reader.journal_lost:
                return None
            made = reader.records(before + 1)
            found += [transition for transition in made if first <= transition.number <= last]
        return found

    def changed(self) -> frozenset[int]:
        """Addresses that the transition at the cursor wrote."""
        if self._cursor == 0 or self._cursor <= self._low:
            return frozenset()
        begin, end = self._span(self._cursor)
        return frozenset(self._shown.words[begin:end:2].tolist())

    def state_hash(self) -> str:
        """See :func:`engine.mm.layout.state_hash`."""
        return self._shown.state_hash()

    @property
    def series(self) -> Series:
        """Samples of all scalars as far as the scout has come."""
        if self._series is None or len(self._series) != len(self._now.samples):
            samples = self._now.samples
            self._series = Series(
                np.array([position for position, _ in samples], dtype=np.int64),
                np.array([values for _, values in samples], dtype=np.int64),
            )
        return self._series

    # -- moving ----------------------------------------------------------------------------------

    def step(self, count: int = 1) -> bool:
        """So many transitions on (or back, when negative); False when an end was reached first."""
        target = self._cursor + count
        if target < 0:
            self.jump(0)
            return False
        if target > self._high and count <= BEFORE:
            self._extend_to(target)
            self._swap_to(min(target, self._high))
            return self._cursor == target
        return self.jump(target)

    def step_reference(self, direction: int) -> bool:
        """To the end of the next operation, or to the end of the one before; False at an end."""
        if direction > 0:
            if self._cursor < self._high and self._same_operation(self._cursor + 1, self._cursor):
                return self._to_end_of_operation()
            return self.step(1) and self._to_end_of_operation()
        if self._cursor == 0:
            return False
        here = self.transition().operation
        while self._cursor > 0 and self.transition().operation >= here:
            if not self._skip_back(here):
                self.step(-1)
        return True

    def seek(self, kinds: int | Iterable[int], forward: bool = True) -> bool:
        """To the next (or previous) transition of one of the kinds; False and unmoved when there is none."""
        wanted = {kinds} if isinstance(kinds, int) else set(kinds)
        return self._seek_forward(wanted) if forward else self._seek_back(wanted)

    def seek_fault(self, forward: bool = True) -> bool:
        """To the next (or previous) fault."""
        return self.seek(FAULT, forward)

    def jump(self, number: int) -> bool:
        """To any transition by its number; at the nearest end, and False, when there is no such."""
        target = max(number, 0)
        if not self._low <= target <= self._high:
            target = min(target, self._find_length(target))
        if not self._low <= target <= self._high:
            near = self._shown.position > self._keyframe_before(target).position and target > self._high
            if near and target - self._high <= BEFORE:
                self._extend_to(target)
            else:
                self._rebuild(target)
        self._swap_to(min(max(target, self._low), self._high))
        return self._cursor == number

    def to_operation(self, position: int) -> bool:
        """To the end of operation number ``position`` - 1: ``position`` operations are then done."""
        if position <= 0:
            return self.jump(0)
        while self.explored < position and not self._now.complete:
            self.explore(position - self.explored)
        before = [keyframe for keyframe in self._now.keyframes if keyframe.position <= position]
        finder = self._scratch(before[-1])
        finder.run(position)
        return self.jump(finder.view.scalar(im.TRANSITIONS))

    def advance(self, operations: int) -> int:
        """Carry out so many operations from the cursor at full speed; how many it were."""
        before = self._shown.position if self._cursor == self._high else self.operation
        end = min(before + operations, len(self._now.ops))
        if end <= self._shown.position:
            rows = self._rows()[: self._high - self._low, REC_OPERATION]
            self._swap_to(self._low + int(np.searchsorted(rows, end, side="left")))
            return end - before
        self._swap_to(self._high)
        shown = self._shown
        shown.drop_journal()
        self._sync(shown)
        self._run_noting(shown, end - TAIL)
        self._begin_window()
        if shown.position < end and not shown.finished:
            self._run_window(end)
        self._swap_to(self._high)
        self._now.length = max(self._now.length, self._high)
        return self._shown.position - before

    # -- finding out how long the run is -----------------------------------------------------------

    def explore(self, operations: int) -> bool:
        """Let the scout carry out so many operations more; False when the run is at its end."""
        scout, now = self._scout, self._now
        if now.complete:
            return False
        self._sync(scout)
        if now.keyframes[-1].position > scout.position:
            now.keyframes[-1].restore(scout)  # the shown machine has been there already
        self._run_noting(scout, min(scout.position + operations, len(now.ops)))
        if scout.finished:
            now.complete = True
            now.outcome, now.explored = scout.outcome, scout.position
            self._note_sample(scout)
        return not now.complete

    def refine(self, operations: int) -> bool:
        """Put keyframes between those farthest apart; carries out so many operations, and is False when all is done.

        The run must be :attr:`complete`. While it is found out, keyframes are only as close as
        copying them costs little; jumps are to be quick too, and a machine at rest has the time.
        """
        now = self._now
        if self._refining is None or self._refining[0] is not now:
            self._refining = (now, self._between(now))
        self._refine_by = operations
        now.fine = next(self._refining[1], None) is None
        return not now.fine

    def _between(self, now: Branch) -> Iterator[bool]:
        """The scout leaves a keyframe in the middle of the widest gap, again and again."""
        scout, keyframes = self._scout, now.keyframes
        self._sync(scout)
        while True:
            places = [*(keyframe.position for keyframe in keyframes), now.explored]
            widths = [after - before for before, after in pairwise(places)]
            index = widths.index(max(widths))
            room = FINE_SHARE * self.history_bytes - sum(keyframe.nbytes for keyframe in keyframes)
            if widths[index] < 2 * KEYFRAME_OPERATIONS or room < keyframes[index].nbytes:
                return
            before = keyframes[index]
            before.restore(scout)
            middle = before.position + widths[index] // 2
            while scout.position < middle:
                scout.run(min(middle, scout.position + self._refine_by))
                yield True
            insort(keyframes, Keyframe(scout), key=lambda keyframe: keyframe.position)

    def run_to_end(self, progress: Callable[[float], bool] | None = None) -> bool:
        """Explore the whole run; ``progress`` gets the share done and ends it by returning False."""
        chunk = max(1, len(self._now.ops) // 200)
        while self.explore(chunk):
            if progress is not None and not progress(self._scout.position / max(1, len(self._now.ops))):
                return False
        return True

    # -- branches --------------------------------------------------------------------------------

    def limits(self, key: str) -> tuple[int, int]:
        """The least and greatest value a setting may be changed to while this program runs."""
        return self.program.limits(key)

    def change(self, key: str, value: int) -> Branch:
        """Change a setting after the operation at the cursor: a branch opens, and the cursor stands at the change.

        Raises :class:`engine.errors.InputError` for a setting that is unknown, cannot change while
        the machine runs, or cannot have this value.
        """
        now, position = self._now, self.operation
        name, step = f"{key} = {value}", Set(key, value)
        if self.branch > 0 and position == now.position + 1 and [(type(old), old[0]) for old in now.steps] == [
            (Set, key)
        ]:
            # The cursor stands at the change that opened this branch: its value is chosen anew.
            parent = self.branches[now.parent]
            program = put_in(parent.program, now.position, (step,))
            return self._open(Branch(name, program, now.parent, now.at, now.position, (step,)), self.branch)
        return self.insert(name, (step,))

    def insert(self, name: str, steps: Sequence[Step]) -> Branch:
        """Put steps in after the operation at the cursor: a branch of that name, the cursor at the first of them.

        Raises :class:`engine.errors.InputError` as :func:`engine.step.put_in` does.
        """
        program = put_in(self.program, self.operation, steps)
        branch = Branch(name, program, self.branch, self._cursor, self.operation, tuple(steps))
        return self._open(branch, len(self.branches))

    def strike(self, shock: Shock, name: str = "") -> Branch | str:
        """A shock at the cursor: a branch of that name, or of the shock's own, or why it cannot be."""
        steps = shock.steps(self.program, self.view)
        return steps if isinstance(steps, str) else self.insert(name or shock.name, steps)

    def undo(self) -> None:
        """Forget the branch that is shown and those that left it, and stand where it began."""
        branch, number = self._now, self.branch
        if number > 0:
            self.switch(branch.parent)
            self.jump(branch.at)
            self.remove(number)

    def _open(self, branch: Branch, index: int) -> Branch:
        """Show a new branch, the one at ``index`` or one more, at the first operation that was put in."""
        old, position = self._now, branch.position
        branch.keyframes = [keyframe for keyframe in old.keyframes if keyframe.position <= position]
        branch.samples = [sample for sample in old.samples if sample[0] <= position]
        branch.changes = (*self.branches[branch.parent].changes, *branch.steps)
        branch.length = branch.keyframes[-1].transition
        self.branches[index:] = [branch, *self.branches[index + 1 :]]
        self.branch = index
        self._enter_branch()
        finder = self._scratch(self._now.keyframes[-1])
        finder.run(position)
        self.jump(finder.view.scalar(im.TRANSITIONS) + 1)
        return branch

    def switch(self, index: int) -> None:
        """Show another branch, at the same transition number or its end."""
        number = self._cursor
        self.branch = index
        self._enter_branch()
        self.jump(min(number, self._find_length(number)))

    def remove(self, index: int) -> None:
        """Forget a branch and those that left it; the scenario's own course stays."""
        if index <= 0:
            return
        gone = {index}
        for other, branch in enumerate(self.branches):
            if branch.parent in gone:
                gone.add(other)
        if self.branch in gone:
            self.switch(0)
        kept = [other for other in range(len(self.branches)) if other not in gone]
        here = kept.index(self.branch)
        for other in kept:
            parent = self.branches[other].parent
            self.branches[other].parent = kept.index(parent) if parent >= 0 else -1
        self.branches = [self.branches[other] for other in kept]
        self.branch = here

    def second(self, index: int | None = None) -> Timeline:
        """Another cursor in this branch (or in another by its index), at its start; keyframes are shared so far."""
        branch = self.branches[self.branch if index is None else index]
        return self._another([Branch("", branch.program, keyframes=branch.keyframes, samples=branch.samples)], 0)

    def twin(self) -> Timeline:
        """Another cursor in this branch, at its start, beside all the branches that there are; keyframes as above."""
        return self._another(self.branches, self.branch)

    def _another(self, branches: Sequence[Branch], number: int) -> Timeline:
        other = Timeline(branches[0].program, self._compiled, history_bytes=self.history_bytes)
        other.keyframe_operations = self.keyframe_operations
        other.branches = [
            replace(branch, keyframes=list(branch.keyframes), samples=list(branch.samples)) for branch in branches
        ]
        other.branch = number
        other._enter_branch()
        other.jump(0)
        return other

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _now(self) -> Branch:
        return self.branches[self.branch]

    def _use_compiled(self) -> bool:
        return is_ready() if self._compiled is None else self._compiled

    def _sync(self, machine: Machine) -> None:
        machine.compiled = self._use_compiled()

    def _scratch(self, keyframe: Keyframe) -> Machine:
        """Another machine at a keyframe of this branch, for looking something up."""
        machine = Machine(self.program, self._use_compiled(), journal_words=8, records=8)
        keyframe.restore(machine)
        return machine

    def _enter_branch(self) -> None:
        """Both machines on the operations of the current branch."""
        for machine in (self._shown, self._scout):
            machine.use_operations(self._now.ops)
        self._series = None
        keyframe = self._now.keyframes[-1]
        keyframe.restore(self._scout)
        self._now.samples = [sample for sample in self._now.samples if sample[0] <= keyframe.position]
        self._now.complete = self._now.fine = False
        self._refining = None
        self._now.length = keyframe.transition
        self._shown.drop_journal()
        keyframe.restore(self._shown)
        self._begin_window()

    def _run_noting(self, machine: Machine, end: int) -> None:
        """Run a machine that keeps no journal, and leave keyframes and samples where it is the first to come by."""
        now = self._now
        step = sample_step(len(now.ops))
        known = min(now.keyframes[-1].position, now.samples[-1][0], end)
        if machine.position < known:
            machine.run(known)
        while machine.position < end and not machine.finished:
            to_sample = step - machine.position % step
            to_keyframe = self.keyframe_operations - machine.position % self.keyframe_operations
            machine.run(min(end, machine.position + min(to_sample, to_keyframe)))
            if machine.position % self.keyframe_operations == 0:
                self._note_keyframe(machine)
            if machine.position % step == 0:
                self._note_sample(machine)
        now.length = max(now.length, machine.view.scalar(im.TRANSITIONS))

    def _note_keyframe(self, machine: Machine) -> None:
        keyframes = self._now.keyframes
        if keyframes and keyframes[-1].position >= machine.position:
            return
        keyframes.append(Keyframe(machine))
        if keyframes[-1].size > self.keyframe_operations * KEYFRAME_WORDS:
            self.keyframe_operations *= 2
        if sum(keyframe.nbytes for keyframe in keyframes) > self.history_bytes and len(keyframes) > 2:
            self.keyframe_operations *= 2
            keyframes[:] = [k for k in keyframes if k.position % self.keyframe_operations == 0]

    def _note_sample(self, machine: Machine) -> None:
        samples = self._now.samples
        if not samples or samples[-1][0] < machine.position:
            samples.append((machine.position, machine.words[HEADER_WORDS : im.schema.scalar_end].copy()))

    def _find_length(self, wanted: int) -> int:
        """Transitions of the run, found out at least as far as ``wanted``."""
        while self.length < wanted and self.explore(max(1, min(KEYFRAME_OPERATIONS, wanted - self.length))):
            pass
        return self.length

    def _keyframe_before(self, number: int) -> Keyframe:
        keyframes = self._now.keyframes
        return keyframes[bisect_right(keyframes, number, key=lambda keyframe: keyframe.transition) - 1]

    # The window: what the journal of the shown machine covers.

    def _rows(self) -> Image:
        words = self._shown.words
        rows: Image = words[words[RECORD_BEGIN] : words[RECORD_NEXT]].reshape(-1, RECORD_WORDS)
        return rows

    def _span(self, number: int) -> tuple[int, int]:
        """Begin and end of a transition's stretch of the journal."""
        rows = self._rows()
        index = number - self._low - 1
        begin = int(rows[index - 1, REC_END]) if index > 0 else int(self._shown.words[JOURNAL_BEGIN])
        return begin, int(rows[index, REC_END])

    def _begin_window(self) -> None:
        self._shown.keep_journal()
        self._low = self._high = self._cursor = self._shown.view.scalar(im.TRANSITIONS)
        self._low_position = self._shown.position

    def _swap_to(self, number: int) -> None:
        """Undo or redo within the window."""
        if number == self._cursor:
            return
        self._sync(self._shown)
        if number < self._cursor:
            end = self._end_address(self._cursor)
            self._shown.call(swap_back, self._end_address(number), end)
        else:
            self._shown.call(swap_forward, self._end_address(self._cursor), self._end_address(number))
        self._cursor = number

    def _end_address(self, number: int) -> int:
        """Where the journal stands once transition ``number`` is done.

        Behind the window's last transition come the few words that end its operation; they go
        with it.
        """
        if number == self._low:
            return int(self._shown.words[JOURNAL_BEGIN])
        if number == self._high:
            return int(self._shown.words[JOURNAL_NEXT])
        return int(self._rows()[number - self._low - 1, REC_END])

    def _run_window(self, until: int, transitions: int = NEVER, watch: int = 0) -> None:
        """Carry out operations with the journal on; the cursor must be at the window's end."""
        shown = self._shown
        self._sync(shown)
        while True:
            room = shown.layout.journal_words - int(shown.words[JOURNAL_NEXT] - shown.words[JOURNAL_BEGIN])
            records = shown.layout.records - (self._high - self._low)
            scarce = room < shown.layout.journal_words // JOURNAL_PART_FREE
            if scarce or records < shown.layout.records // JOURNAL_PART_FREE:
                self._begin_window()
                room, records = shown.layout.journal_words, shown.layout.records
            limit = min(transitions, self._high + records // JOURNAL_PART_FREE)
            shown.run(until, transitions=limit, watch=watch)
            if shown.journal_lost:
                self._grow_journal()
                shown = self._shown
                continue
            self._high = shown.view.scalar(im.TRANSITIONS)
            self._cursor = self._high
            if shown.position >= until or shown.finished or self._high >= transitions or shown.words[WATCH_SEEN]:
                return

    def _grow_journal(self) -> None:
        """One operation made more changes than the journal had room for: a new window right before it.

        With a larger journal, when the window had nothing but this operation in it.
        """
        shown = self._shown
        rows = self._rows()[: self._high - self._low]
        position = int(rows[-1, REC_OPERATION]) + 1 if len(rows) else self._low_position
        if not len(rows):
            shown = Machine(
                self.program, shown.compiled, journal_words=4 * shown.layout.journal_words,
                records=4 * shown.layout.records,
            )  # fmt: skip
            self._shown = shown
            self.epoch += 1
        shown.drop_journal()
        self._keyframe_before(self._high).restore(shown)
        shown.run(position)
        self._begin_window()

    def _reach(self, number: int) -> bool:
        """Whether the window covers up to transition ``number``; made to where that takes little. The cursor stays."""
        shown, ahead = self._shown, number - self._high
        if ahead <= 0 or shown.finished:
            return number <= self._high
        room = shown.layout.journal_words - int(shown.words[JOURNAL_NEXT] - shown.words[JOURNAL_BEGIN])
        scarce = room < shown.layout.journal_words // 2 or self._high - self._low > shown.layout.records // 2
        if ahead > BEFORE or scarce:
            return False
        cursor, low = self._cursor, self._low
        self._swap_to(self._high)
        self._run_window(len(self._now.ops), transitions=number)
        if self._low != low:
            # One operation filled the journal, and the window began anew behind the cursor.
            self._rebuild_up_to(cursor)
        self._swap_to(cursor)
        return self._low == low and number <= self._high

    def _extend_to(self, number: int) -> None:
        """Make the window reach transition ``number``, from where it ends."""
        self._swap_to(self._high)
        if self._high < number and not self._shown.finished:
            self._run_window(len(self._now.ops), transitions=number)

    def _go_before(self, machine: Machine, number: int) -> None:
        """Bring a machine to an operation boundary not long before transition ``number`` comes about."""
        keyframe = self._keyframe_before(number - 1)
        machine.drop_journal()
        keyframe.restore(machine)
        target = number - BEFORE
        if target > keyframe.transition:
            machine.run(transitions=target)
            if machine.view.scalar(im.TRANSITIONS) >= number:
                # The operation just done made so many that it went past: stop before it.
                position = machine.position - 1
                keyframe.restore(machine)
                machine.run(position)

    def _rebuild(self, number: int) -> None:
        """A new window around transition ``number``, from the keyframe before it."""
        self._rebuild_up_to(number)
        self._reach(min(number + BEHIND, self._now.length))

    def _rebuild_up_to(self, number: int) -> None:
        self._sync(self._shown)
        self._go_before(self._shown, max(number, 1))
        self._begin_window()
        if self._high < number:
            self._run_window(len(self._now.ops), transitions=number)

    # Operations and kinds within the window.

    def _same_operation(self, one: int, other: int) -> bool:
        rows = self._rows()
        if min(one, other) <= self._low:
            return False
        first, second = rows[one - self._low - 1], rows[other - self._low - 1]
        return bool(first[REC_OPERATION] == second[REC_OPERATION])

    def _to_end_of_operation(self) -> bool:
        rows = self._rows()
        here = rows[self._cursor - self._low - 1, REC_OPERATION]
        last = int(np.searchsorted(rows[: self._high - self._low, REC_OPERATION], here, side="right"))
        self._swap_to(self._low + last)
        return True

    def _skip_back(self, operation: int) -> bool:
        """Within the window, to the end of the operation before; False when the window does not reach it."""
        if self._cursor <= self._low:
            return False
        rows = self._rows()[: self._high - self._low, REC_OPERATION]
        index = int(np.searchsorted(rows, operation, side="left"))
        if index == 0 and self._low > 0:
            return False
        self._swap_to(self._low + index)
        return True

    def _seek_forward(self, wanted: set[int]) -> bool:
        start = self._cursor
        mask = sum(1 << kind for kind in wanted)
        searched = self._cursor
        while True:
            found = self._first_of(wanted, searched)
            if found is not None:
                self._swap_to(found)
                return True
            self._swap_to(self._high)
            if self._shown.finished:
                self.jump(start)
                return False
            searched = self._high
            self._run_window(len(self._now.ops), watch=mask)

    def _first_of(self, wanted: set[int], after: int) -> int | None:
        rows = self._rows()[max(after - self._low, 0) : self._high - self._low, 0] & 0xFF
        hits = np.flatnonzero(np.isin(rows, list(wanted)))
        return max(after, self._low) + 1 + int(hits[0]) if len(hits) else None

    def _seek_back(self, wanted: set[int]) -> bool:
        limit = self._cursor
        rows = self._rows()[: max(limit - 1 - self._low, 0), 0] & 0xFF
        hits = np.flatnonzero(np.isin(rows, list(wanted)))
        if len(hits):
            self._swap_to(self._low + 1 + int(hits[-1]))
            return True
        limit = min(limit, self._low + 1)
        mask = sum(1 << kind for kind in wanted)
        for keyframe in reversed([k for k in self._now.keyframes if k.transition < limit]):
            last = self._last_before(keyframe, mask, limit)
            if last is not None:
                found = [t.number for t in self.records(*last) if t.kind.number in wanted and t.number < limit]
                if found:
                    return self.jump(found[-1])
            limit = keyframe.transition + 1
        if START in wanted:
            return self.jump(0)
        return False

    def _last_before(self, keyframe: Keyframe, mask: int, limit: int) -> tuple[int, int] | None:
        """Transitions of the last operation between a keyframe and ``limit`` in which a watched kind came up."""
        finder = self._scratch(keyframe)
        found = None
        while not finder.finished:
            before = finder.view.scalar(im.TRANSITIONS)
            if before >= limit - 1:
                break
            finder.run(transitions=limit, watch=mask)
            after = finder.view.scalar(im.TRANSITIONS)
            if finder.words[WATCH_SEEN]:
                found = (max(before + 1, after - BEFORE), after)
        return found
