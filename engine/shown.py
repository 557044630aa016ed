"""The machine that is shown, and the transitions around the cursor that are written down.

Its journal covers the transitions after ``low`` up to ``high``: in there, a step is a swap of the few words that the
transition wrote. To be anywhere else the machine starts again from a keyframe (:meth:`Shown.rebuild`),
runs at full speed, and writes down no more than it must: the last :data:`BEFORE` transitions, which may begin in
the middle of an operation, and what its last operation does behind them. What is far behind the cursor is
forgotten when room becomes scarce.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator

import numpy as np

from engine.history import Branch
from engine.machine import JOURNAL_WORDS, NEVER, RECORDS, Machine
from engine.mm import image as im
from engine.mm.journal import (
    JOURNAL_BEGIN,
    JOURNAL_NEXT,
    RECORD_BEGIN,
    RECORD_NEXT,
    WATCH_SEEN,
    swap_back,
    swap_forward,
)
from engine.mm.layout import Image
from engine.mm.transitions import REC_END, REC_KIND, REC_OPERATION, RECORD_WORDS
from engine.program import Program
from engine.transition import Transition

BEFORE = 4_000
"""Transitions before the one jumped to that are written down, so that stepping back is at once."""
BEHIND = 512
"""Transitions behind it that are written down as well, for stepping on and for the table of transitions."""
JOURNAL_PART_FREE = 4
"""Room is scarce when less than this part of the journal or of the records is free."""
WORDS_A_FRAME, RECORDS_A_FRAME = 40, 2
"""Room for what one operation does: the first reclaim of a full memory goes over all its frames, with 34 words of the
journal and one transition each. It takes memory only once it is used."""
STEPS_AT_HAND = 1_000, 128
"""Transitions before and behind the cursor that are to be written down before anybody asks for them."""
TOUCHED_AT_ONCE = 1 << 19
"""Words of the image whose memory is asked for in one go, which takes some milliseconds."""
SMALL_PAGE_WORDS = 512


def room_for(program: Program) -> tuple[int, int]:
    """Words of the journal and records for what the largest operation of a program is likely to do."""
    frames = program.setting("machine.frames")
    return max(JOURNAL_WORDS, WORDS_A_FRAME * frames), max(RECORDS, RECORDS_A_FRAME * frames)


class Shown:
    """The machine at the cursor of a branch. ``use_compiled`` says whether machine code is to be used now."""

    def __init__(self, branch: Branch, use_compiled: Callable[[], bool]) -> None:
        self._branch = branch
        self._use_compiled = use_compiled
        self._room = room_for(branch.program)
        self.machine = self._new_machine()
        self.epoch = 0
        """Grows when the image is another array than before."""
        self.cursor = self.low = self.high = 0
        self._settled_at = -1
        self._touching = self._touch() if self._room[0] > JOURNAL_WORDS else None
        self.begin()

    def enter(self, branch: Branch) -> None:
        """Go over to another branch, at its last keyframe."""
        self._branch = branch
        self.machine.use_operations(branch.ops)
        self.machine.drop_journal()
        branch.keyframes[-1].restore(self.machine)
        self.begin()

    # -- what is written down --------------------------------------------------------------------

    def covers(self, number: int) -> bool:
        """Whether a transition's state and its record are both at hand."""
        return self.low < number <= self.high or number == self.low == 0

    def near(self, number: int) -> bool:
        """Whether a transition comes so soon behind ``high`` that going on is the way to it."""
        return self.high < number <= self.high + BEFORE

    def rows(self) -> Image:
        """The records of transitions ``low`` + 1 … ``high``, shape (transitions, RECORD_WORDS)."""
        rows: Image = self.machine.record_rows()
        return rows[: self.high - self.low]

    def records(self, first: int, last: int) -> list[Transition]:
        """Transitions ``first`` … ``last``, which must be written down."""
        rows = self.rows()[first - self.low - 1 : last - self.low].tolist()
        return [Transition.from_record(first + index, row) for index, row in enumerate(rows)]

    def changed(self) -> frozenset[int]:
        """Addresses that the transition at the cursor wrote."""
        if self.cursor <= self.low:
            return frozenset()
        begin, end = self._end_address(self.cursor - 1), int(self.rows()[self.cursor - self.low - 1, REC_END])
        return frozenset(self.machine.words[begin:end:2].tolist())

    def end_of(self, operation: int) -> int:
        """The last transition written down of the operations up to this one; ``low`` when it is before all."""
        return self.low + int(np.searchsorted(self.rows()[:, REC_OPERATION], operation, side="right"))

    def operation_of(self, number: int) -> int:
        """The operation that a transition is of; -1 when it is not written down."""
        return int(self.rows()[number - self.low - 1, REC_OPERATION]) if self.low < number <= self.high else -1

    def first_of(self, wanted: Collection[int], after: int) -> int | None:
        """The first transition of one of the kinds behind ``after``."""
        after = max(after, self.low)
        hits = self._of_kinds(self.rows()[after - self.low :], wanted)
        return after + 1 + int(hits[0]) if len(hits) else None

    def last_of(self, wanted: Collection[int], before: int) -> int | None:
        """The last transition of one of the kinds before ``before``."""
        hits = self._of_kinds(self.rows()[: max(before - 1 - self.low, 0)], wanted)
        return self.low + 1 + int(hits[-1]) if len(hits) else None

    @staticmethod
    def _of_kinds(rows: Image, wanted: Collection[int]) -> Image:
        return np.flatnonzero(np.isin(rows[:, REC_KIND] & 0xFF, list(wanted)))

    # -- moving ----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Write down what comes from here on, and nothing of what was."""
        self.machine.keep_journal()
        self.low = self.high = self.cursor = self.machine.view.scalar(im.TRANSITIONS)

    def swap_to(self, number: int) -> None:
        """Undo or redo up to a transition that is written down (or ``low``)."""
        if number == self.cursor:
            return
        machine = self._synced()
        here, there = self._end_address(self.cursor), self._end_address(number)
        if number < self.cursor:
            machine.call(swap_back, there, here)
        else:
            machine.call(swap_forward, here, there)
        self.cursor = number

    def run_on(self, until: int, transitions: int = NEVER, watch: int = 0) -> None:
        """Carry out operations and write them down; the cursor must be at ``high``, and is there afterwards.

        Ends as :meth:`engine.machine.Machine.run` does.
        """
        while True:
            self._make_room()
            machine = self._synced()
            most = min(machine.layout.records, RECORDS) // JOURNAL_PART_FREE
            machine.run(until, transitions=min(transitions, self.high + most), watch=watch)
            if machine.journal_lost:
                number = self.high
                self._enlarge()
                self.rebuild(number)
                continue
            self.high = self.cursor = machine.view.scalar(im.TRANSITIONS)
            if machine.position >= until or machine.finished or self.high >= transitions or machine.words[WATCH_SEEN]:
                return

    def rebuild(self, number: int) -> None:
        """Have transition ``number`` written down, with what is :data:`BEFORE` it; the cursor ends at ``high``."""
        low = max(number - BEFORE, 0)
        while True:
            machine = self._synced()
            machine.drop_journal()
            self._branch.bring(machine, low)
            machine.keep_journal_from(low)
            if machine.view.scalar(im.TRANSITIONS) < number:
                machine.run(transitions=number)
            if not machine.journal_lost:
                break
            self._enlarge()
        self.low, self.high = low, machine.view.scalar(im.TRANSITIONS)
        self.cursor = self.high
        if self.high < low:
            self.begin()

    def after(self, operations: int) -> int:
        """The last transition of the first so many operations; where it is not written down, the machine goes there."""
        number = self.end_of(operations - 1)
        if self.low < number < self.high or (number == self.high and self.machine.position == operations):
            return number
        machine = self._synced()
        machine.drop_journal()
        keyframes = self._branch.keyframes
        keyframes[bisect_right(keyframes, operations, key=lambda keyframe: keyframe.position) - 1].restore(machine)
        machine.run(operations)
        self.begin()
        return self.high

    def reach(self, number: int) -> bool:
        """Whether all up to ``number`` is written down; made so where that takes little. The cursor stays."""
        ahead = number - self.high
        if ahead <= 0 or self.machine.finished:
            return number <= self.high
        if ahead > BEFORE or self._scarce(2):
            return False
        cursor = self.cursor
        self.swap_to(self.high)
        self.run_on(len(self.machine.ops), transitions=number)
        if not self.covers(cursor):
            # One operation filled the journal, and the cursor's own place was forgotten.
            self.rebuild(cursor)
        self.swap_to(cursor)
        return number <= self.high

    # -- while the cursor rests --------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether steps either way are at hand, and memory for the next jumps: :meth:`settle` has nothing to do."""
        return self._touching is None and self._at_hand()

    def settle(self) -> None:
        """Do a little of what makes the next step or jump quick; the cursor stays."""
        if not self._at_hand():
            cursor = self._settled_at = self.cursor
            if cursor - self.low < min(cursor, STEPS_AT_HAND[0]):
                self.rebuild(cursor)
            self.reach(cursor + STEPS_AT_HAND[1])
            self.swap_to(cursor)
        elif self._touching is not None:
            self._touching = self._touching if next(self._touching, False) else None

    def _at_hand(self) -> bool:
        if self._settled_at == self.cursor:
            return True  # as many as there can be
        before, behind = STEPS_AT_HAND
        at_end = self.machine.finished or self.high - self.cursor >= behind
        return at_end and self.cursor - self.low >= min(self.cursor, before)

    def _touch(self) -> Iterator[bool]:
        """Ask for the memory that a large image and its largest operation take.

        Where memory was never used before it can take longer to get than what is then done in it.
        """
        machine = self.machine
        begins = int(machine.words[JOURNAL_BEGIN]), int(machine.words[RECORD_BEGIN])
        layout = machine.layout
        spans = [*self._branch.keyframes[-1].spans, (begins[0], begins[0] + layout.journal_words),
                 (begins[1], begins[1] + layout.records * RECORD_WORDS)]  # fmt: skip
        for start, end in spans:
            for at in range(start, end, TOUCHED_AT_ONCE):
                # As they are, whatever they are: memory is given for the writing.
                machine.words[at : min(at + TOUCHED_AT_ONCE, end) : SMALL_PAGE_WORDS] |= 0
                yield True

    # -- the journal's room ----------------------------------------------------------------------

    def _scarce(self, part: int) -> bool:
        """Whether less than one ``part`` of the room is free that windows usually take."""
        layout = self.machine.layout
        words, records = min(layout.journal_words, JOURNAL_WORDS), min(layout.records, RECORDS)
        return self._words_used() > words - words // part or self.high - self.low > records - records // part

    def _words_used(self) -> int:
        words = self.machine.words
        return int(words[JOURNAL_NEXT] - words[JOURNAL_BEGIN])

    def _make_room(self) -> None:
        """Where room is scarce, forget all but the last transitions."""
        if not self._scarce(JOURNAL_PART_FREE):
            return
        rows, words = self.rows(), self.machine.words
        half = min(self.machine.layout.journal_words, JOURNAL_WORDS) // 2
        too_long = int(np.searchsorted(rows[:, REC_END], int(words[JOURNAL_NEXT]) - half))
        gone = max(len(rows) - BEFORE, too_long)
        if gone >= len(rows):
            self.begin()
            return
        begin, start, end = int(words[JOURNAL_BEGIN]), int(rows[gone - 1, REC_END]), int(words[JOURNAL_NEXT])
        words[begin : begin + end - start] = words[start:end]
        kept = len(rows) - gone
        rows[:kept] = rows[gone:]
        rows[:kept, REC_END] -= start - begin
        words[JOURNAL_NEXT] -= start - begin
        words[RECORD_NEXT] -= gone * RECORD_WORDS
        self.low += gone

    def _enlarge(self) -> None:
        """One operation made more changes than there was room for: another machine with more, still at its start."""
        self._room = self._room[0] * 4, self._room[1] * 4
        self.machine = self._new_machine()
        self._touching = None
        self.epoch += 1

    def _new_machine(self) -> Machine:
        words, records = self._room
        return Machine(self._branch.program, False, journal_words=words, records=records)

    def _synced(self) -> Machine:
        self.machine.compiled = self._use_compiled()
        return self.machine

    def _end_address(self, number: int) -> int:
        """Where the journal stands once transition ``number`` is done.

        Behind the last transition come the few words that end its operation; they go with it.
        """
        words = self.machine.words
        if number == self.low:
            return int(words[JOURNAL_BEGIN])
        if number == self.high:
            return int(words[JOURNAL_NEXT])
        return int(self.rows()[number - self.low - 1, REC_END])
