"""What a policy of somebody's own decided, read question by question in the order in which they come up.

The answers were found before the run (:mod:`engine.policies`) and lie in the image as data:
the model calls no code of anybody's.
"""

from __future__ import annotations

from engine.mm.image import DECISION, DECISIONS, DECISIONS_KNOWN
from engine.mm.journal import get, store
from engine.mm.kernel import kernel
from engine.mm.schema import Words

UNDECIDED = 0
"""No answer: what is to be done is what is done without a policy of one's own."""
NOTHING = -1
"""The answer that nothing is to leave."""


@kernel
def next_decision(m: Words) -> int:
    """The answer to the question that comes up now; ``UNDECIDED`` where there is none."""
    number = m[DECISIONS] + 1
    store(m, DECISIONS, number)
    if number > m[DECISIONS_KNOWN]:
        return UNDECIDED
    return get(m, DECISION, number)
