"""Shadows of evicted pages, and what a refault tells (mm/workingset.c).

A shadow is the eviction clock at eviction and whether the page had been in the working set,
kept where the page was: in the swap cache's word of its entry.
"""

from __future__ import annotations

from engine.mm.design.hooks import can_name
from engine.mm.image import (
    ACTIVATE_ANON,
    ANON_COST,
    NONRESIDENT_AGE,
    POLICY,
    REFAULT_ANON,
    REFAULT_COST,
    RESTORE_ANON,
)
from engine.mm.journal import add, emit, store
from engine.mm.kernel import kernel
from engine.mm.lru import has_flag, set_flags
from engine.mm.lruvec_stats import flush_memcg_stats, known_active, known_inactive
from engine.mm.pageflags import PG_ACTIVE, PG_WORKINGSET
from engine.mm.schema import Words
from engine.mm.transitions import REFAULT

SWAP_CLUSTER_MAX = 32
"""A page read or written costs as much as so many turns (lru_note_cost)."""


@kernel
def lru_note_cost(m: Words, cost: int) -> None:
    """lru_note_cost_unlock_irq(): what the anonymous lists cost, halved once it is a quarter of their length."""
    if cost == 0:
        return
    total = m[ANON_COST] + cost
    if total > (known_inactive(m) + known_active(m)) // 4:
        total //= 2
    store(m, ANON_COST, total)


@kernel
def workingset_eviction(m: Words, frame: int) -> int:
    """The shadow of a page that is evicted; the eviction clock goes on by one."""
    shadow = m[NONRESIDENT_AGE] << 1
    if has_flag(m, frame, PG_WORKINGSET):
        shadow |= 1
    add(m, NONRESIDENT_AGE, 1)
    return shadow


@kernel
def workingset_refault(m: Words, frame: int, shadow: int) -> None:
    """A page came back: if less was evicted since than is active, it belongs to the working set.

    A policy that stands alone has no active list.
    """
    add(m, REFAULT_ANON, 1)
    distance = m[NONRESIDENT_AGE] - (shadow >> 1)
    size = 0
    flush_memcg_stats(m)
    if can_name(m):
        size = known_active(m)
    activated = 0
    if distance <= size and m[POLICY] == 0:
        activated = 1
        set_flags(m, frame, PG_ACTIVE)
        add(m, NONRESIDENT_AGE, 1)
        add(m, ACTIVATE_ANON, 1)
        if shadow & 1 != 0:
            set_flags(m, frame, PG_WORKINGSET)
            add(m, REFAULT_COST, 1)
            lru_note_cost(m, SWAP_CLUSTER_MAX)
            add(m, RESTORE_ANON, 1)
    emit(m, REFAULT, frame, distance, activated)
