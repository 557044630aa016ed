"""One machine: operations go in, transitions come out.

A :class:`Machine` runs a program from its first operation on, with or without a journal. Moving
about in what has happened is the business of :class:`engine.timeline.Timeline`, which uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.figures import metadata_bytes
from engine.mm import image as im
from engine.mm.compiler import ensure_compiled, is_ready
from engine.mm.journal import (
    JOURNAL_BEGIN,
    JOURNAL_END,
    JOURNAL_LOST,
    JOURNAL_NEXT,
    KEEP_END,
    KEEP_FROM,
    RECORD_BEGIN,
    RECORD_END,
    RECORD_NEXT,
    WATCH,
    WATCH_BITS,
    WATCH_SEEN,
    WATCH_WORDS,
)
from engine.mm.kernel import compiled as compiled_twin
from engine.mm.layout import Image
from engine.mm.run import OUTCOME_SEGFAULT, run, run_unrecorded
from engine.mm.schema import HEADER_WORDS, Group
from engine.mm.setup import new_machine, write_future
from engine.mm.transitions import RECORD_WORDS
from engine.mm.view import View
from engine.operation import Ops
from engine.program import Program
from engine.transition import Transition

NEVER = (1 << 62) - 1
JOURNAL_WORDS = 1 << 21
RECORDS = 1 << 17
WORTH_COMPILING = 20_000
"""Shorter runs are done sooner in the interpreter than the machine code is loaded."""
NO_SAMPLES = np.zeros(0, dtype=np.int64)
OUTCOMES = {0: "running", 1: "oom", OUTCOME_SEGFAULT: "segfault"}


class Machine:
    """A machine at the operation it has come to.

    ``compiled``: True compiles (or loads) the machine code first, False stays in the interpreter,
    None uses machine code where it is at hand or the run is long enough to be worth it.
    """

    def __init__(
        self,
        program: Program,
        compiled: bool | None = None,
        *,
        journal_words: int = JOURNAL_WORDS,
        records: int = RECORDS,
    ) -> None:
        self.program = program
        self.words, self.layout = new_machine(program, journal_words=journal_words, records=records)
        self.view = View(self.words, self.layout)
        self.position = 0
        """Operations carried out."""
        self.compiled = compiled
        self._plain = memoryview(self.words.data)
        self.use_operations(program.ops)

    def use_operations(self, ops: Ops) -> None:
        """Go on with other operations; those before :attr:`position` should be the same."""
        self.ops = np.ascontiguousarray(ops, dtype=np.int64)
        if not self.ops.flags.writeable:
            self.ops = self.ops.copy()
        self._plain_ops = memoryview(self.ops.data)
        write_future(self.words, self.layout, self.ops)

    # -- running ---------------------------------------------------------------------------------

    def call(self, function: Callable[..., Any], *arguments: int) -> Any:
        """A function of the model on this image, compiled or not as this machine is."""
        if self._use_compiled():
            return compiled_twin(function)(self.words, *arguments)
        return function(self._plain, *arguments)

    def work(self, function: Callable[..., Any], *arguments: NDArray[np.int64] | int) -> int:
        """A function of the model on arrays of words and numbers of one's own, compiled or not as this machine is."""
        if self._use_compiled():
            return int(compiled_twin(function)(*arguments))
        return int(function(*(a if isinstance(a, int) else memoryview(a.data) for a in arguments)))

    def run(self, until: int | None = None, *, transitions: int = NEVER, watch: int = 0) -> int:
        """Carry out operations up to index ``until`` (all, when None); gives the position reached.

        Stops early behind the operation in which transition number ``transitions`` or a kind whose
        bit is set in ``watch`` came about, in which the machine's outcome was decided, or in which
        the journal (if it is kept) ran out of room: then :attr:`journal_lost` is true.
        """
        if self.finished:
            return self.position
        end = len(self.ops) if until is None else min(until, len(self.ops))
        self._watch(watch)
        if self._use_compiled():
            if self.words[JOURNAL_END] or self.words[KEEP_FROM]:
                reached = compiled_twin(run)(self.words, self.ops, self.position, end, transitions)
            else:
                reached = self._run_unrecorded(end, transitions)
        else:
            reached = run(self._plain, self._plain_ops, self.position, end, transitions)
        self.position = int(reached)
        return self.position

    def _watch(self, kinds: int) -> None:
        """Notice kinds of transition from now on, by a bit for each."""
        for word in range(WATCH_WORDS):
            self.words[WATCH + word] = kinds >> WATCH_BITS * word & (1 << WATCH_BITS) - 1
        self.words[WATCH_SEEN] = 0

    def run_sampled(self, until: int, step: int) -> list[tuple[int, Image]]:
        """Carry out operations up to index ``until``, writing nothing down; all scalars at each multiple of ``step``.

        Gives (operations done, scalars in the order of ``engine.mm.image.schema.scalars``) of each.
        """
        before, end = self.position, min(until, len(self.ops))
        samples = np.empty((end // step - before // step, im.schema.scalar_end - HEADER_WORDS), dtype=np.int64)
        if not self.finished:
            self._watch(0)
            self.position = self._run_unrecorded(end, NEVER, step, samples.ravel())
        places = range(before - before % step + step, self.position + 1, step)
        return list(zip(places, samples, strict=False))

    def _run_unrecorded(self, end: int, transitions: int, step: int = NEVER, samples: Image = NO_SAMPLES) -> int:
        if self._use_compiled():
            run_it: Any = compiled_twin(run_unrecorded)
            return int(run_it(self.words, self.ops, self.position, end, transitions, step, samples))
        return run_unrecorded(self._plain, self._plain_ops, self.position, end, transitions, step, samples.data)

    def run_recorded(self, until: int) -> list[Transition]:
        """Carry out operations up to index ``until`` and give their transitions."""
        found: list[Transition] = []
        while self.position < min(until, len(self.ops)) and self.outcome == "running":
            first = self.view.scalar(im.TRANSITIONS) + 1
            self.keep_journal()
            self.run(until, transitions=first + self.layout.records // 4)
            if self.journal_lost:
                raise OverflowError(f"operation {self.position} makes more transitions than a journal holds")
            found += self.records(first)
        self.drop_journal()
        return found

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.position >= len(self.ops) or self.outcome not in ("running", "finished")

    @property
    def outcome(self) -> str:
        """ "running", "finished", "oom" or "segfault"."""
        said = OUTCOMES[self.view.scalar(im.OUTCOME)]
        if said == "running" and self.position >= len(self.ops):
            return "finished"
        return said

    def _use_compiled(self) -> bool:
        wanted = self.compiled
        if wanted is None:
            wanted = is_ready() or len(self.ops) >= WORTH_COMPILING
        if wanted:
            # Calling a twin compiles it too, but each function by itself: minutes instead of seconds.
            ensure_compiled()
        return wanted

    # -- the journal ----------------------------------------------------------------------------

    def keep_journal(self) -> None:
        """From now on every change is written down, from the beginning of the journal."""
        words = self.words
        words[JOURNAL_NEXT] = words[JOURNAL_BEGIN]
        words[JOURNAL_END] = words[JOURNAL_BEGIN] + self.layout.journal_words
        words[RECORD_NEXT] = words[RECORD_BEGIN]
        words[RECORD_END] = words[RECORD_BEGIN] + self.layout.records * RECORD_WORDS
        words[JOURNAL_LOST] = words[KEEP_FROM] = 0

    def keep_journal_from(self, transition: int) -> None:
        """Changes are written down once a transition is done, be it in the middle of an operation."""
        if self.view.scalar(im.TRANSITIONS) >= transition:
            self.keep_journal()
            return
        words = self.words
        words[KEEP_FROM] = transition
        words[KEEP_END] = words[JOURNAL_BEGIN] + self.layout.journal_words
        words[RECORD_END] = words[RECORD_BEGIN] + self.layout.records * RECORD_WORDS

    def drop_journal(self) -> None:
        """Changes are no longer written down."""
        for word in (JOURNAL_NEXT, JOURNAL_END, RECORD_NEXT, RECORD_END, JOURNAL_LOST, KEEP_FROM):
            self.words[word] = 0

    @property
    def journal_lost(self) -> bool:
        """Whether the journal had no room for all that happened."""
        return bool(self.words[JOURNAL_LOST])

    def records(self, first_number: int) -> list[Transition]:
        """The transitions the journal holds; ``first_number`` is the number of its first."""
        rows = self.record_rows().tolist()
        return [Transition.from_record(first_number + index, row) for index, row in enumerate(rows)]

    def record_rows(self) -> Any:
        """The records of the journal as they are, shape (transitions, RECORD_WORDS)."""
        return self.words[self.words[RECORD_BEGIN] : self.words[RECORD_NEXT]].reshape(-1, RECORD_WORDS)

    # -- figures ---------------------------------------------------------------------------------

    def counters(self) -> dict[str, int]:
        """Counters by the kernel's names; the latency histogram is left out."""
        found = self.view.group(Group.COUNTER)
        return {name: value for name, value in found.items() if not name.startswith("fault_latency_")}

    def gauges(self) -> dict[str, int]:
        """Gauges by name."""
        return self.view.group(Group.GAUGE)

    def metadata_bytes(self) -> dict[str, int]:
        """Bytes of swap metadata by the design's formulas: ``static``, ``dynamic`` and ``total``."""
        return metadata_bytes(self.view)

    def state_hash(self) -> str:
        """Sixteen hexadecimal digits of the whole state; see :func:`engine.mm.layout.state_hash`."""
        return self.view.state_hash()
