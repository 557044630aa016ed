"""History: moving about in a run, as far back and as often as one likes, and branching off.

Two machines run the same operations. The *scout* (:mod:`engine.scout`) runs ahead without a journal
and leaves keyframes (copies of the image in use) and samples of all scalars. The *shown* machine
(:mod:`engine.shown`) holds the image at the cursor; its journal covers the transitions around it, in
which a step is a swap of the few words that the transition wrote. Anywhere else is a keyframe and a
little re-execution.

A change of a setting is a ``SET`` operation put in after the operation at the cursor, and a shock a
few operations more: a branch of its own (:mod:`engine.branching`), with the keyframes before it shared,
and every operation of it known, so that any branch can be run again from the beginning. For processes
that a branch may start, the image of every timeline has room laid out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.branching import chooses_anew, family, leave, with_spare, without
from engine.history import Branch, Series
from engine.machine import JOURNAL_WORDS, NEVER, RECORDS, Machine
from engine.mm import image as im
from engine.mm.compiler import is_ready
from engine.mm.layout import Image, Layout
from engine.mm.transitions import FAULT, REC_KIND, START
from engine.mm.view import View
from engine.program import Program
from engine.scout import KEYFRAME_OPERATIONS, Scout, history_bytes_for
from engine.sentence import sentence
from engine.shocks import Shock
from engine.shown import BEHIND, Shown
from engine.step import Set, Step, put_in
from engine.transition import Transition

TAIL = 256
"""Operations that are written down after a stretch run at full speed."""


class Timeline:
    """A run with a cursor. Not safe for several threads at once.

    ``compiled`` as for :class:`engine.machine.Machine`, but None never waits for the compiler: the
    interpreter serves until the machine code is there.
    """

    def __init__(self, program: Program, compiled: bool | None = None, *, history_bytes: int | None = None) -> None:
        program = with_spare(program)
        self._compiled = compiled
        self.branches = [Branch("", program)]
        self.branch = 0
        self.scout = Scout(self._now, self._use_compiled, history_bytes or history_bytes_for(program))
        self._shown = Shown(self._now, self._use_compiled)
        self._series: Series | None = None

    # -- what is shown ---------------------------------------------------------------------------

    @property
    def program(self) -> Program:
        """What runs on the branch that is shown."""
        return self._now.program

    @property
    def view(self) -> View:
        """The image at the cursor."""
        return self._shown.machine.view

    @property
    def layout(self) -> Layout:
        """The layout of the image at the cursor; another object when :attr:`epoch` has grown."""
        return self._shown.machine.layout

    @property
    def epoch(self) -> int:
        """Grows when the image is another array than before."""
        return self._shown.epoch

    @property
    def cursor(self) -> int:
        """Number of the transition shown; 0 is the start."""
        return self._shown.cursor

    @property
    def length(self) -> int:
        """Transitions known so far; all of the run once :attr:`complete`."""
        return max(self._now.length, self._shown.high)

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
        return self._now.explored if self._now.complete else self.scout.machine.position

    @property
    def fine(self) -> bool:
        """Whether the run is known and :meth:`refine` has nothing left to do."""
        return self._now.fine and self._shown.settled

    @property
    def operation(self) -> int:
        """Operations carried out at the cursor, the one it is in the middle of included."""
        return self.transition().operation + 1 if self.cursor > 0 else 0

    def transition(self, number: int | None = None) -> Transition:
        """The transition at the cursor, or any by its number (0: the start)."""
        number = self.cursor if number is None else number
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
        if self._shown.low < first and self._shown.reach(last):
            return found + self._shown.records(first, last)
        for number, rows in self._again(first - 1, last):
            made = [Transition.from_record(number + index, row) for index, row in enumerate(rows.tolist())]
            found += [transition for transition in made if first <= transition.number <= last]
        return found

    def _again(self, after: int, last: int) -> Iterator[tuple[int, Image]]:
        """Records from not long before transition ``after`` up to ``last``, by carrying the run out again.

        Gives some at a time: the number of the first, and the rows.
        """
        size = 1
        reader = self._reader(size)
        self._now.bring(reader, after)
        while (before := reader.view.scalar(im.TRANSITIONS)) < last and not reader.finished:
            position = reader.position
            reader.keep_journal()
            reader.run(transitions=min(last, before + reader.layout.records // 8))
            if reader.journal_lost:
                size *= 4
                reader = self._reader(size)
                self._now.bring(reader, before)
                reader.run(position)
            else:
                yield before + 1, reader.record_rows()

    def _reader(self, size: int) -> Machine:
        return Machine(self.program, self._use_compiled(), journal_words=size * JOURNAL_WORDS, records=size * RECORDS)

    def changed(self) -> frozenset[int]:
        """Addresses that the transition at the cursor wrote."""
        return self._shown.changed()

    def state_hash(self) -> str:
        """See :func:`engine.mm.layout.state_hash`."""
        return self._shown.machine.state_hash()

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
        target, shown = self.cursor + count, self._shown
        if target < 0:
            self.jump(0)
            return False
        if shown.near(target):
            self._extend_to(target)
            shown.swap_to(min(target, shown.high))
            return self.cursor == target
        return self.jump(target)

    def step_reference(self, direction: int) -> bool:
        """To the end of the next operation, or to the end of the one before; False at an end."""
        shown, here = self._shown, self.cursor
        if direction > 0:
            operation = shown.operation_of(here)
            if operation < 0 or shown.operation_of(here + 1) != operation:
                if not self.step(1):
                    return False
                operation = shown.operation_of(self.cursor)
            shown.swap_to(shown.end_of(operation))
            return True
        if here == 0:
            return False
        operation = self.transition().operation
        target = shown.end_of(operation - 1)
        if shown.covers(target):
            shown.swap_to(target)
            return True
        return self.to_operation(operation)

    def seek(self, kinds: int | Iterable[int], forward: bool = True) -> bool:
        """To the next (or previous) transition of one of the kinds; False and unmoved when there is none."""
        wanted = {kinds} if isinstance(kinds, int) else set(kinds)
        return self._seek_forward(wanted) if forward else self._seek_back(wanted)

    def seek_fault(self, forward: bool = True) -> bool:
        """To the next (or previous) fault."""
        return self.seek(FAULT, forward)

    def jump(self, number: int) -> bool:
        """To any transition by its number; at the nearest end, and False, when there is no such."""
        target, shown = max(number, 0), self._shown
        if not shown.covers(target):
            target = min(target, self._find_length(target))
        if not shown.covers(target):
            if shown.near(target) and shown.machine.position > self._now.keyframe_before(target).position:
                self._extend_to(target)
            else:
                shown.rebuild(target)
                shown.reach(min(target + BEHIND, self._now.length))
        shown.swap_to(min(max(target, shown.low), shown.high))
        return self.cursor == number

    def to_operation(self, position: int) -> bool:
        """To the end of operation number ``position`` - 1: ``position`` operations are then done."""
        if position <= 0:
            return self.jump(0)
        while self.explored < position and not self._now.complete:
            self.explore(position - self.explored)
        return self.jump(self._shown.after(position))

    def advance(self, operations: int) -> int:
        """Carry out so many operations from the cursor at full speed; how many it were."""
        shown, machine = self._shown, self._shown.machine
        before = machine.position if self.cursor == shown.high else self.operation
        end = min(before + operations, len(self._now.ops))
        if end <= machine.position:
            shown.swap_to(shown.end_of(end - 1))
            return end - before
        shown.swap_to(shown.high)
        machine.compiled = self._use_compiled()
        machine.drop_journal()
        self.scout.run_noting(machine, end - TAIL)
        shown.begin()
        if machine.position < end and not machine.finished:
            shown.run_on(end)
        if self.cursor > 0 and not shown.covers(self.cursor):
            shown.rebuild(self.cursor)
        self._now.length = max(self._now.length, shown.high)
        return self._shown.machine.position - before

    # -- finding out how long the run is -----------------------------------------------------------

    def explore(self, operations: int) -> bool:
        """Let the scout carry out so many operations more; False when the run is at its end."""
        return self.scout.explore(operations)

    def refine(self, operations: int) -> bool:
        """While the cursor rests: have steps at hand, then put keyframes between those farthest apart.

        Carries out so many operations, and is False when all is done. The run must be :attr:`complete`.
        While it is found out, keyframes are only as close as copying them costs little; jumps are to be
        quick too, and a machine at rest has the time.
        """
        if not self._shown.settled:
            self._shown.settle()
        elif not self._now.fine:
            self.scout.refine(operations)
        return not self.fine

    def run_to_end(self, progress: Callable[[float], bool] | None = None) -> bool:
        """Explore the whole run; ``progress`` gets the share done and ends it by returning False."""
        chunk = max(1, len(self._now.ops) // 200)
        while self.explore(chunk):
            if progress is not None and not progress(self.explored / max(1, len(self._now.ops))):
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
        if chooses_anew(now, position, key):
            program = put_in(self.branches[now.parent].program, now.position, (step,))
            return self._open(Branch(name, program, now.parent, now.at, now.position, (step,)), self.branch)
        return self.insert(name, (step,))

    def insert(self, name: str, steps: Sequence[Step]) -> Branch:
        """Put steps in after the operation at the cursor: a branch of that name, the cursor at the first of them.

        Raises :class:`engine.errors.InputError` as :func:`engine.step.put_in` does.
        """
        program = put_in(self.program, self.operation, steps)
        branch = Branch(name, program, self.branch, self.cursor, self.operation, tuple(steps))
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

    def _open(self, opened: Branch, index: int) -> Branch:
        """Show a new branch, the one at ``index`` or one more, at the first operation that was put in."""
        branch = leave(self.branches, self.branch, opened)
        self.branches[index:] = [branch, *self.branches[index + 1 :]]
        self.branch = index
        self._enter_branch()
        self._shown.swap_to(self._shown.after(branch.position))
        self.step()
        return branch

    def switch(self, index: int) -> None:
        """Show another branch, at the same transition number or its end."""
        number = self.cursor
        self.branch = index
        self._enter_branch()
        self.jump(min(number, self._find_length(number)))

    def remove(self, index: int) -> None:
        """Forget a branch and those that left it; the scenario's own course stays."""
        if index <= 0:
            return
        gone = family(self.branches, index)
        if self.branch in gone:
            self.switch(0)
        here = self._now
        self.branches = without(self.branches, gone)
        self.branch = next(number for number, branch in enumerate(self.branches) if branch is here)

    def second(self, index: int | None = None) -> Timeline:
        """Another cursor in this branch (or in another by its index), at its start; keyframes are shared so far."""
        branch = self.branches[self.branch if index is None else index]
        return self._another([Branch("", branch.program, keyframes=branch.keyframes, samples=branch.samples)], 0)

    def twin(self) -> Timeline:
        """Another cursor in this branch, at its start, beside all the branches that there are; keyframes as above."""
        return self._another(self.branches, self.branch)

    def _another(self, branches: Sequence[Branch], number: int) -> Timeline:
        other = Timeline(branches[0].program, self._compiled, history_bytes=self.scout.history_bytes)
        other.scout.keyframe_operations = self.scout.keyframe_operations
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

    def _enter_branch(self) -> None:
        """Both machines on the operations of the current branch, at its last keyframe."""
        self._series = None
        self.scout.enter(self._now)
        self._shown.enter(self._now)

    def _find_length(self, wanted: int) -> int:
        """Transitions of the run, found out at least as far as ``wanted``."""
        while self.length < wanted and self.explore(max(1, min(KEYFRAME_OPERATIONS, wanted - self._now.length))):
            pass
        return self.length

    def _extend_to(self, number: int) -> None:
        """Write down what comes up to transition ``number``, from where that ends."""
        shown = self._shown
        shown.swap_to(shown.high)
        if shown.high < number and not shown.machine.finished:
            shown.run_on(len(self._now.ops), transitions=number)

    def _seek_forward(self, wanted: set[int]) -> bool:
        shown, start = self._shown, self.cursor
        mask = sum(1 << kind for kind in wanted)
        searched = start
        while (found := shown.first_of(wanted, searched)) is None:
            shown.swap_to(shown.high)
            if shown.machine.finished:
                self.jump(start)
                return False
            searched, until = self._next_stretch(wanted, shown.high)
            if searched > shown.high:
                shown.rebuild(searched)
            shown.run_on(len(self._now.ops), transitions=until, watch=mask)
        shown.swap_to(found)
        return True

    def _next_stretch(self, wanted: set[int], after: int) -> tuple[int, int]:
        """From where on, and up to where, kinds may come about behind a transition: samples count them."""
        ends, seen = self.series.transition, self.series.counted(wanted)
        here = int(np.searchsorted(ends, after, side="right")) - 1
        later = np.flatnonzero(np.diff(seen)[here:])
        first = here + int(later[0]) if len(later) else len(ends) - 1
        return max(after, int(ends[first])), int(ends[first + 1]) if first + 1 < len(ends) else NEVER

    def _seek_back(self, wanted: set[int]) -> bool:
        shown, limit = self._shown, self.cursor
        found = shown.last_of(wanted, limit)
        limit = min(limit, shown.low + 1)
        ends, seen = self.series.transition, self.series.counted(wanted)
        # The last stretch that begins before the limit may go beyond what samples know.
        stretches = np.flatnonzero(np.diff(seen, append=seen[-1] + 1))
        for stretch in reversed(stretches[ends[stretches] < limit - 1].tolist()):
            if found is not None:
                break
            until = min(limit - 1, int(ends[stretch + 1])) if stretch + 1 < len(ends) else limit - 1
            for number, rows in self._again(int(ends[stretch]), until):
                hits = np.flatnonzero(np.isin(rows[: until + 1 - number, REC_KIND] & 0xFF, list(wanted)))
                found = number + int(hits[-1]) if len(hits) else found
        if found is None and START not in wanted:
            return False
        return self.jump(found or 0)
