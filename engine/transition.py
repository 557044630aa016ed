"""One transition as people read it: what happened, who did it, when, and why."""

from __future__ import annotations

from dataclasses import dataclass

from engine.mm.transitions import ACTOR_SHIFT, KINDS, REC_A, REC_CAUSE, REC_KIND, REC_OPERATION, REC_TIME, Actor, Kind


@dataclass(frozen=True)
class Transition:
    """Transition number ``number`` of a run; number 0 is the start."""

    number: int
    kind: Kind
    actor: Actor
    time_ns: int
    operation: int
    """Operations carried out before the one it belongs to."""
    cause: int
    """Number of the transition it follows from; 0: from the operation itself."""
    operands: tuple[int, int, int]

    def operand(self, name: str) -> int:
        """The operand of that name; KeyError when the kind has none."""
        try:
            return self.operands[self.kind.operands.index(name)]
        except ValueError:
            raise KeyError(name) from None

    @classmethod
    def from_record(cls, number: int, record: list[int]) -> Transition:
        """From the record the journal keeps (see :mod:`engine.mm.transitions`)."""
        word = record[REC_KIND]
        return cls(
            number,
            KINDS[word & 0xFF],
            Actor(word >> ACTOR_SHIFT),
            record[REC_TIME],
            record[REC_OPERATION],
            record[REC_CAUSE],
            (record[REC_A], record[REC_A + 1], record[REC_A + 2]),
        )
