"""What an invariant is: a name, a check, and how what it found is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.invariants.facts import Facts
from engine.mm.layout import Image

IN_HANDS = 2
"""Between two transitions of one operation so many frames or entries at most are on their way elsewhere."""


@dataclass(frozen=True)
class Broken:
    """One invariant that does not hold, and by which numbers."""

    invariant: str
    """Its name, one of :data:`engine.invariants.NAMES`."""
    sentence: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.sentence}"


@dataclass(frozen=True)
class Invariant:
    """A rule that every image keeps at every transition."""

    name: str
    meaning: str
    check: Callable[[Facts], Iterator[str]]

    def broken(self, facts: Facts) -> Iterator[Broken]:
        """What is wrong, nothing when all is well. A pointer that leads out of its table is wrong too."""
        try:
            for sentence in self.check(facts):
                yield Broken(self.name, sentence)
        except (IndexError, ValueError, OverflowError) as error:
            yield Broken(self.name, f"a number leads out of its table ({error})")


INVARIANTS: list[Invariant] = []


def invariant(name: str) -> Callable[[Callable[[Facts], Iterator[str]]], Callable[[Facts], Iterator[str]]]:
    """Declare an invariant; the first line of the check's docstring is its meaning."""

    def declare(check: Callable[[Facts], Iterator[str]]) -> Callable[[Facts], Iterator[str]]:
        INVARIANTS.append(Invariant(name, (check.__doc__ or "").strip().splitlines()[0], check))
        return check

    return declare


def differing(said: Image, found: Image, sentence: str) -> Iterator[str]:
    """One sentence about the first place where two columns differ; it may use row, said, found and number."""
    if not np.array_equal(said, found):
        rows = np.flatnonzero(said != found)
        row = int(rows[0])
        yield sentence.format(row=row, said=int(said[row]), found=int(found[row])) + more(len(rows))


def wrong(rows: Image | NDArray[np.intp], sentence: str) -> Iterator[str]:
    """One sentence about the first of some rows at which a rule does not hold."""
    if len(rows):
        yield sentence.format(row=int(rows[0])) + more(len(rows))


def more(number: int) -> str:
    """How many others there are."""
    return f", and {number - 1} more like it" if number > 1 else ""


def equal(said: int, found: int, sentence: str) -> Iterator[str]:
    """One sentence when a total is not what is counted; it may use said and found."""
    if said != found:
        yield sentence.format(said=said, found=found)


def listed(order: Image, members: NDArray[np.bool_], name: str) -> Iterator[str]:
    """A walked list must hold each member once and nothing else; ``members`` is by row, row 0 included."""
    counted = np.bincount(order, minlength=len(members)) if len(order) else np.zeros(len(members), dtype=np.int64)
    off = np.flatnonzero(counted != members)
    if len(off):
        row = int(off[0])
        there = int(counted[row])
        belongs = "once" if row < len(members) and members[row] else "not at all"
        yield f"{name} has {row} {there} times, it belongs there {belongs}" + more(len(off))


def linked_back(order: Image, back: Image, last: int, name: str) -> Iterator[str]:
    """The links the other way agree with a walked list, and so does what is noted as its last."""
    if len(order) == 0:
        if last != 0:
            yield f"{name} is empty, but {last} is noted as its end"
        return
    if last != int(order[-1]):
        yield f"{name} ends with {int(order[-1])}, noted is {last}"
    expected = np.concatenate((np.zeros(1, dtype=np.int64), order[:-1]))
    bad = np.flatnonzero(back[order] != expected)
    if len(bad):
        at = int(bad[0])
        yield (
            f"{name}: {int(order[at])} points back at {int(back[order[at]])}, before it comes {int(expected[at])}"
            + more(len(bad))
        )
