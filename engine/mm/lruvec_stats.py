"""What reclaim knows of a cgroup's lists: the statistics' last flush (mm/memcontrol.c).

A cgroup's statistics are counted on each CPU, and a worker adds the counts up every two seconds.
Until 6.11 reclaim had them added up before it looked; since then it reads what the last flush found.
So for two seconds a list is as long as it was then to whoever decides by its length: whether the
active list is to be shortened, whether a refault belongs to the working set, when costs are halved.
How much is scanned goes by the true lengths (``lruvec_lru_size()``).

A node (``machine.reclaim``) is one of a kernel without memory cgroups: its own counters are exact.
"""

from __future__ import annotations

from engine.mm.clock import time_of_actor
from engine.mm.image import (
    ACTIVATE_ANON,
    KNOWN_ACTIVATIONS,
    KNOWN_ACTIVE,
    KNOWN_INACTIVE,
    NR_ACTIVE,
    NR_INACTIVE,
    RECLAIM,
    STATS_FLUSH_DUE,
    STATS_FLUSH_NS,
)
from engine.mm.journal import emit, store
from engine.mm.kernel import kernel
from engine.mm.page_alloc import RECLAIM_MEMCG
from engine.mm.schema import Words
from engine.mm.transitions import FLUSH_STATS


@kernel
def counts_when_it_looks(m: Words) -> bool:
    """Whether reclaim reads the lists' true lengths."""
    return m[STATS_FLUSH_NS] == 0 or m[RECLAIM] != RECLAIM_MEMCG


@kernel
def flush_memcg_stats(m: Words) -> None:
    """flush_memcg_stats_dwork(): the statistics are added up, where that has come due since reclaim looked last."""
    if counts_when_it_looks(m):
        return
    period = m[STATS_FLUSH_NS]
    now = time_of_actor(m)
    due = m[STATS_FLUSH_DUE]
    if now < due <= now + period:
        return
    # The worker keeps its beat, however late reclaim looks; a period that was made shorter begins now.
    store(m, STATS_FLUSH_DUE, due + ((now - due) // period + 1) * period)
    store(m, KNOWN_INACTIVE, m[NR_INACTIVE])
    store(m, KNOWN_ACTIVE, m[NR_ACTIVE])
    store(m, KNOWN_ACTIVATIONS, m[ACTIVATE_ANON])
    emit(m, FLUSH_STATS, m[NR_INACTIVE], m[NR_ACTIVE], 0)


@kernel
def known_inactive(m: Words) -> int:
    """lruvec_page_state(NR_INACTIVE_ANON): pages."""
    if counts_when_it_looks(m):
        return m[NR_INACTIVE]
    return m[KNOWN_INACTIVE]


@kernel
def known_active(m: Words) -> int:
    """lruvec_page_state(NR_ACTIVE_ANON): pages."""
    if counts_when_it_looks(m):
        return m[NR_ACTIVE]
    return m[KNOWN_ACTIVE]


@kernel
def known_activations(m: Words) -> int:
    """lruvec_page_state(WORKINGSET_ACTIVATE_ANON): pages activated by a refault."""
    if counts_when_it_looks(m):
        return m[ACTIVATE_ANON]
    return m[KNOWN_ACTIVATIONS]
