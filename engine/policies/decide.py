"""A policy's answers found: the machine runs once beside it, and every question of the model is put to it.

The model is carried out an operation at a time. Where an operation has put a question whose answer
is not known yet, its journal is taken back to that very moment, the policy is asked about the
machine as it is there, and the operation is carried out again with the answer. So the policy sees
exactly what the model decides about, several times in one operation if need be, and what it
answered is *data* of the program: a run with it can be stepped through, jumped about in and
compared like any other, and the policy itself never touches the image that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError, Problem
from engine.invariants import broken
from engine.machine import JOURNAL_WORDS, RECORDS, Machine
from engine.mm import image as im
from engine.mm.journal import JOURNAL_BEGIN, JOURNAL_NEXT, swap_back
from engine.phrase import phrase
from engine.policies.file import PolicyFile
from engine.policies.watch import settings_of, watch_for
from engine.program import Program

Progress = Callable[[int, int], None]
"""Told operations done and in all."""


def decide(program: Program, policy: PolicyFile, progress: Progress | None = None) -> Program:
    """The program with the policy's answers in it, and the setting under which the model asks for them.

    Raises InputError for mistakes of the policy, and where the machine is not in order at the end
    (:mod:`engine.invariants`): code of somebody's own ran in this process.
    """
    room = 2 * len(program.ops) + program.setting("machine.frames")
    while True:
        answers = _Deciding(program, policy, room).answers(progress)
        if answers is not None:
            return replace(program.with_settings(settings_of(policy.sort)), decisions=answers)
        room *= 4


class _Deciding:
    """One run beside the policy, with room for so many answers."""

    def __init__(self, program: Program, policy: PolicyFile, room: int) -> None:
        self._watch = watch_for(policy, program)
        self._policy = policy
        unknown = replace(program.with_settings(settings_of(policy.sort)), decisions=np.zeros(room, dtype=np.int64))
        self._machine = Machine(unknown, journal_words=JOURNAL_WORDS, records=RECORDS)
        self._start = self._machine.layout.base["decision"]
        self._room = room
        self._answered = 0

    def answers(self, progress: Progress | None) -> NDArray[np.int64] | None:
        """Every answer, shape (questions,), one row of 0 when there was none; None when there was no room."""
        machine, watch = self._machine, self._watch
        total = len(machine.ops)
        watch.start(machine.view)
        for position, word in enumerate(machine.ops.tolist()):
            if machine.finished:
                break
            watch.before(word)
            self._run(position)
            while machine.view.scalar(im.DECISIONS) > self._answered:
                if self._answered >= self._room:
                    return None
                self._answer()
                self._run(position)
            watch.after(machine.view)
            if progress is not None and position % 256 == 0:
                progress(position, total)
        wrong = broken(machine.view, machine.program, settled=True)
        if wrong:
            what = phrase("the machine is not in order after this policy: {wrong}", wrong=str(wrong[0]))
            raise InputError(Problem(what, str(self._policy.path)))
        taken = machine.words[self._start + 1 : self._start + 1 + self._answered]
        return taken.copy() if len(taken) else np.zeros(1, dtype=np.int64)

    def _run(self, position: int) -> None:
        """Carry out one operation with its journal kept."""
        machine = self._machine
        machine.position = position
        machine.keep_journal()
        machine.run(position + 1)
        if machine.journal_lost:
            what = phrase("operation {position} changes too much for a policy of one's own", position=position)
            raise InputError(Problem(what, machine.program.title))

    def _answer(self) -> None:
        """Go back to the first question without an answer, ask, and go back to before the operation."""
        machine = self._machine
        words = machine.words
        begin, end = int(words[JOURNAL_BEGIN]), int(words[JOURNAL_NEXT])
        counted = (words[begin:end:2] == im.DECISIONS) & (words[begin + 1 : end : 2] == self._answered)
        asked = np.flatnonzero(counted)
        moment = begin + 2 * int(asked[0])
        machine.call(swap_back, moment, end)
        answer = self._watch.ask(machine.view)
        machine.call(swap_back, begin, moment)
        self._answered += 1
        words[self._start + self._answered] = answer
