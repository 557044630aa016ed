"""The scout: a machine without a journal that finds out the whole run and leaves keyframes and samples behind.

While the run is found out, keyframes are only as close as copying them costs little; once it is known, more are put
between those farthest apart (:meth:`Scout.refine`).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import attrgetter

from engine.history import Branch, Keyframe
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.schema import HEADER_WORDS
from engine.program import Program

HISTORY_BYTES = 512 << 20
"""Keyframes may take this much; past it every other one is given up."""
LARGE_HISTORY_BYTES = 2 << 30
"""The same for machines of more than :data:`LARGE_PAGES` pages."""
LARGE_PAGES = 1 << 18
KEYFRAME_OPERATIONS = 25_000
"""Operations from one keyframe to the next, at first."""
KEYFRAME_WORDS = 8
"""Words of a keyframe for each operation up to the next, at most: else copying would take a fifth of the time."""
KEYFRAMES = 32
"""Keyframes of a run that is being found out, at most: past it, too, every other one is given up."""
FINE_SHARE = 0.75
"""Share of the memory for history up to which keyframes are added in between while there is nothing else to do."""
SAMPLES = 1_000
"""Samples of a run, at least, where it has so many operations."""
_BYTES = attrgetter("nbytes")


def history_bytes_for(program: Program) -> int:
    """What keyframes of a program may take: more where each is large."""
    pages = sum(process.pages for process in program.processes)
    return LARGE_HISTORY_BYTES if pages > LARGE_PAGES else HISTORY_BYTES


def sample_step(operations: int) -> int:
    """Operations from one sample to the next: few enough, and in step with keyframes, so that a run is cut up less."""
    wanted = max(1, operations // SAMPLES)
    if wanted > KEYFRAME_OPERATIONS:
        return -(-wanted // KEYFRAME_OPERATIONS) * KEYFRAME_OPERATIONS
    step = wanted
    while KEYFRAME_OPERATIONS % step:
        step += 1
    return step if step < 2 * wanted else wanted


class Scout:
    """Runs ahead on a branch. ``use_compiled`` says whether machine code is to be used now."""

    def __init__(self, branch: Branch, use_compiled: Callable[[], bool], history_bytes: int) -> None:
        self.history_bytes = history_bytes
        """What keyframes may take."""
        self.keyframe_operations = KEYFRAME_OPERATIONS
        self.machine = Machine(branch.program, False, journal_words=8, records=8)
        self._use_compiled = use_compiled
        self._branch = branch
        self._sample_step = sample_step(len(branch.ops))
        self._refining: Iterator[bool] | None = None
        self._refine_by = 0
        self._note_keyframe(self.machine)
        self._note_sample(self.machine)

    def enter(self, branch: Branch) -> None:
        """Go over to another branch, at its last keyframe: what is behind it has to be found out."""
        self._branch = branch
        self._sample_step = sample_step(len(branch.ops))
        self._refining = None
        self.machine.use_operations(branch.ops)
        keyframe = branch.keyframes[-1]
        keyframe.restore(self.machine)
        branch.samples = [sample for sample in branch.samples if sample[0] <= keyframe.position]
        branch.complete = branch.fine = False
        branch.length = keyframe.transition

    def explore(self, operations: int) -> bool:
        """Carry out so many operations more; False when the run is at its end."""
        scout, now = self._synced(), self._branch
        if now.complete:
            return False
        if now.keyframes[-1].position > scout.position:
            now.keyframes[-1].restore(scout)  # the machine that is shown has been there already
        self.run_noting(scout, min(scout.position + operations, len(now.ops)))
        if scout.finished:
            now.complete = True
            now.outcome, now.explored = scout.outcome, scout.position
            self._note_sample(scout)
        return not now.complete

    def refine(self, operations: int) -> bool:
        """Go on putting keyframes between those farthest apart, for so many operations; False when all is done.

        The run must be complete.
        """
        if self._refining is None:
            self._refining = self._between(self._branch)
        self._refine_by = operations
        self._branch.fine = next(self._refining, None) is None
        return not self._branch.fine

    def _between(self, now: Branch) -> Iterator[bool]:
        """Leave a keyframe in the middle of the widest gap, again and again."""
        scout, keyframes = self._synced(), now.keyframes
        while True:
            places = [*(keyframe.position for keyframe in keyframes), now.explored]
            widths = [after - before for before, after in pairwise(places)]
            index = widths.index(max(widths))
            room = FINE_SHARE * self.history_bytes - sum(map(_BYTES, keyframes))
            if widths[index] < 2 * KEYFRAME_OPERATIONS or room < keyframes[index].nbytes:
                return
            before = keyframes[index]
            before.restore(scout)
            middle = before.position + widths[index] // 2
            while scout.position < middle:
                scout.run(min(middle, scout.position + self._refine_by))
                yield True
            insort(keyframes, Keyframe(scout), key=lambda keyframe: keyframe.position)

    def run_noting(self, machine: Machine, end: int) -> None:
        """Run a machine that keeps no journal, and leave keyframes and samples where it is the first to come by."""
        now = self._branch
        step = self._sample_step
        known = min(now.keyframes[-1].position, now.samples[-1][0], end)
        if machine.position < known:
            machine.run(known)
        while machine.position < end and not machine.finished:
            to_keyframe = self.keyframe_operations - machine.position % self.keyframe_operations
            known = now.samples[-1][0]
            samples = machine.run_sampled(min(end, machine.position + to_keyframe), step)
            now.samples += [sample for sample in samples if sample[0] > known]
            if machine.position % self.keyframe_operations == 0:
                self._note_keyframe(machine)
        now.length = max(now.length, machine.view.scalar(im.TRANSITIONS))

    def _note_keyframe(self, machine: Machine) -> None:
        keyframes = self._branch.keyframes
        if keyframes and keyframes[-1].position >= machine.position:
            return
        keyframes.append(Keyframe(machine))
        if keyframes[-1].size > self.keyframe_operations * KEYFRAME_WORDS:
            self.keyframe_operations *= 2
        too_large = sum(map(_BYTES, keyframes)) > self.history_bytes and len(keyframes) > 2
        if too_large or len(keyframes) > KEYFRAMES:
            self.keyframe_operations *= 2
            keyframes[:] = [k for k in keyframes if k.position % self.keyframe_operations == 0]

    def _note_sample(self, machine: Machine) -> None:
        samples = self._branch.samples
        if not samples or samples[-1][0] < machine.position:
            samples.append((machine.position, machine.words[HEADER_WORDS : im.schema.scalar_end].copy()))

    def _synced(self) -> Machine:
        self.machine.compiled = self._use_compiled()
        return self.machine
