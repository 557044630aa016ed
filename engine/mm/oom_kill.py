"""Out of memory: the largest process is killed and the run goes on (mm/oom_kill.c)."""

from __future__ import annotations

from engine.mm.exit import exit_mmap
from engine.mm.image import (
    MM_PAGES,
    MM_RSS,
    MM_STATE,
    MM_SWAPENTS,
    OOM_KILL,
    OOM_REFERENCE,
    OUTCOME,
    PROCESSES,
    REFERENCES,
)
from engine.mm.journal import CAUSE, add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words
from engine.mm.transitions import OOM, OOM_END

PTES_PER_TABLE = 512
MM_KILLED = 3
OUTCOME_OOM = 1


@kernel
def oom_badness(m: Words, process: int) -> int:
    """oom_badness(): resident pages, swap entries and page tables."""
    tables = (get(m, MM_PAGES, process) + PTES_PER_TABLE - 1) // PTES_PER_TABLE
    return get(m, MM_RSS, process) + get(m, MM_SWAPENTS, process) + tables


@kernel
def out_of_memory(m: Words) -> int:
    """out_of_memory(): kills the process with the highest badness; its number, 0 when none is left.

    Of equals the one that comes later in the list of tasks, the younger one (oom_evaluate_task()).
    """
    if m[OOM_REFERENCE] == 0:
        store(m, OOM_REFERENCE, m[REFERENCES])
    victim = 0
    worst = -1
    for process in range(1, m[PROCESSES] + 1):
        if get(m, MM_STATE, process) == 1 and oom_badness(m, process) >= worst:
            victim = process
            worst = oom_badness(m, process)
    if victim == 0:
        store(m, OUTCOME, OUTCOME_OOM)
        emit(m, OOM_END, 0, 0, 0)
        return 0
    add(m, OOM_KILL, 1)
    put(m, MM_STATE, victim, MM_KILLED)
    cause = m[CAUSE]
    m[CAUSE] = emit(m, OOM, victim, get(m, MM_RSS, victim), get(m, MM_SWAPENTS, victim))
    exit_mmap(m, victim)
    m[CAUSE] = cause
    alive = 0
    for process in range(1, m[PROCESSES] + 1):
        if get(m, MM_STATE, process) == 1:
            alive += 1
    if alive == 0:
        store(m, OUTCOME, OUTCOME_OOM)
        emit(m, OOM_END, 0, 0, 0)
    return victim
