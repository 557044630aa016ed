"""Invariants of counters, of what adds up to what, and of the room of tables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.invariants.facts import Facts
from engine.invariants.rule import equal, invariant
from engine.mm import image as im
from engine.mm.schema import Group

_MAY_BE_NEGATIVE = {im.FREE_PAGES, im.NET_GAIN_BYTES}
"""A memory cgroup's reclaim is charged past the limit; a swap-out may cost more than it gains."""
_NEVER_NEGATIVE = [
    scalar for scalar in im.schema.scalars
    if scalar.group in (Group.COUNTER, Group.GAUGE, Group.KIND) and scalar.address not in _MAY_BE_NEGATIVE
]  # fmt: skip
_ADDRESSES = [scalar.address for scalar in _NEVER_NEGATIVE]
_SUMS = (
    (im.PGSCAN_ANON, (im.PGSCAN_KSWAPD, im.PGSCAN_DIRECT)),
    (im.PGSTEAL_ANON, (im.PGSTEAL_KSWAPD, im.PGSTEAL_DIRECT)),
    (im.TRANSITIONS, tuple(im.KIND_COUNT)),
)
_NOT_ABOVE = (
    (im.PGMAJFAULT, im.PGFAULT), (im.ZSWPWB, im.PSWPOUT),
    (im.PGSTEAL_ANON, im.PGSCAN_ANON),
    (im.RESTORE_ANON, im.ACTIVATE_ANON), (im.ACTIVATE_ANON, im.REFAULT_ANON), (im.NEGATIVE_GAINS, im.ZSWPOUT),
    (im.NR_SAME_FILLED, im.NR_STORED), (im.NR_INCOMPRESSIBLE, im.NR_STORED), (im.NR_STORED, im.ZSWPOUT),
    (im.REFAULT_ANON, im.NONRESIDENT_AGE),
)  # fmt: skip
_NAMES = {scalar.address: scalar.name for scalar in im.schema.scalars}
_TOPS = (
    ("page", im.FRAME_TOP), ("mm", im.PROCESSES), ("vma", im.VMAS), ("mapping", im.MAPPINGS), ("desc", im.DESC_TOP),
    ("vcluster", im.VCLUSTER_TOP), ("zswap", im.ZSWAP_TOP), ("zspage", im.ZSPAGE_TOP), ("zs_object", im.ZS_OBJECT_TOP),
    ("bio", im.BIO_TOP),
)  # fmt: skip


@invariant("Counters are never negative")
def not_negative(f: Facts) -> Iterator[str]:
    """No counter and no gauge is below zero, but for free pages under a cgroup's limit and the net gain."""
    words = f.view.words[_ADDRESSES]
    if words.min() < 0:
        for scalar, value in zip(_NEVER_NEGATIVE, words.tolist(), strict=True):
            if value < 0:
                yield f"{scalar.name} is {value}"


@invariant("Counters agree with each other")
def sums(f: Facts) -> Iterator[str]:
    """Parts add up to the whole, and what is part of something is not more than it."""
    for whole, parts in _SUMS:
        found = int(f.view.words[list(parts)].sum())
        yield from equal(f.scalar(whole), found, f"{_NAMES[whole]} is {{said}}, its parts add up to {{found}}")
    for part, whole in _NOT_ABOVE:
        if f.scalar(part) > f.scalar(whole):
            yield f"{_NAMES[part]} is {f.scalar(part)}, more than {_NAMES[whole]} with {f.scalar(whole)}"
    counted = int(f.view.words[list(im.FAULT_LATENCY)].sum())
    faults = f.scalar(im.PGFAULT)
    if not (counted == faults if f.settled else faults - 1 <= counted <= faults):
        yield f"{faults} faults are counted, the latency histogram has {counted}"


@invariant("Tables have room")
def room(f: Facts) -> Iterator[str]:
    """No table has come to more rows than the image has for it."""
    for table, address in _TOPS:
        rows = f.view.layout.rows[table]
        if f.scalar(address) >= max(rows, 1):
            yield f"row {f.scalar(address)} of table {table} was given out, it has {rows}"
