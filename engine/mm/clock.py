"""Time and chance: each actor's clock, and the random generator, all in the image.

The running task's clock is ``NOW``. What works beside it (kswapd, the shrink worker) has its own
clock and is let work until it has caught up; devices have the time at which they are free again.
"""

from __future__ import annotations

from engine.mm.image import KSWAPD_CLOCK, NOW, RANDOM, WORKER_DUE
from engine.mm.journal import ACTOR, add, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words

TASK = 0
KSWAPD = 1
SHRINK_WORKER = 2
DEVICE = 3
USER = 4


@kernel
def spend(m: Words, ns: int) -> None:
    """The one who acts needs this long."""
    if m[ACTOR] == KSWAPD:
        add(m, KSWAPD_CLOCK, ns)
    elif m[ACTOR] == SHRINK_WORKER:
        add(m, WORKER_DUE, ns)
    else:
        add(m, NOW, ns)


@kernel
def time_of_actor(m: Words) -> int:
    """The clock of the one who acts."""
    if m[ACTOR] == KSWAPD:
        return m[KSWAPD_CLOCK]
    if m[ACTOR] == SHRINK_WORKER:
        return m[WORKER_DUE]
    return m[NOW]


@kernel
def random_below(m: Words, bound: int) -> int:
    """A number from 0 to bound-1 (bound below 2³¹): Park and Miller's generator, products below 2⁶³."""
    value = m[RANDOM] * 48271 % 2147483647
    store(m, RANDOM, value)
    return value % bound
