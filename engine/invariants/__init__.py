"""Rules that every image keeps at every transition, each with a name people understand.

:func:`broken` looks at the whole image and tells which rules do not hold, by which numbers;
:func:`summary` says it in one line for a badge. Nothing here writes, and nothing knows Qt. On two
cores a machine of 64 pages takes about a millisecond and one of 65 536 pages some tens.
"""

from __future__ import annotations

from engine.invariants import accounts, memory, names, pool, swapfiles
from engine.invariants.facts import Facts
from engine.invariants.rule import INVARIANTS, Broken, Invariant
from engine.mm.view import View
from engine.program import Program

NAMES = tuple(invariant.name for invariant in INVARIANTS)
"""Names of all invariants."""


def broken(view: View, program: Program | None = None, *, settled: bool = False) -> list[Broken]:
    """What does not hold in an image; empty when all is well.

    ``settled`` says that the image is that behind a whole operation, so that nothing may be on its
    way from one place to another; ``program`` gives processes their names.
    """
    facts = Facts(view, program, settled)
    # What has no room overwrote its neighbours: then nothing else can be believed.
    first = [found for invariant in INVARIANTS if invariant.check is accounts.room for found in invariant.broken(facts)]
    if first:
        return first
    return [found for invariant in INVARIANTS for found in invariant.broken(facts)]


def summary(view: View, program: Program | None = None, *, settled: bool = False) -> tuple[bool, str]:
    """Whether all invariants hold, and one line that says so or what is wrong first."""
    found = broken(view, program, settled=settled)
    if not found:
        return True, f"All {len(INVARIANTS)} invariants hold"
    kinds = len({one.invariant for one in found})
    others = f" ({kinds} invariants are broken)" if kinds > 1 else ""
    return False, f"{found[0]}{others}"


__all__ = ["INVARIANTS", "NAMES", "Broken", "Facts", "Invariant", "accounts", "broken", "memory", "names", "pool",
           "summary", "swapfiles"]  # fmt: skip
