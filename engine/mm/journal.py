"""The only writer of the image, and what it writes down: the journal and the transitions.

Before a word of the image changes, its address and old value go into the journal. Undoing a
stretch of the journal swaps the values back from its end, and leaves the new values in their
place, so that redoing is the same swap from its start. A *transition* is the stretch since the
transition before it, closed by :func:`emit` with a record of what it meant.

Where journal and records lie, and whether they are kept at all, is told by header words of the
image. These, and the two words that say who acts and why, are not state: between two
operations they are always the same.
"""

from __future__ import annotations

from engine.mm.image import KIND_COUNT, NOW, OPERATIONS, TRANSITIONS
from engine.mm.intrinsics import fixed, journal_kept, place, prefetch
from engine.mm.kernel import entry, kernel, machine_code_of
from engine.mm.schema import BYTE_MASK, TABLE_SHIFT, WIDTH_SHIFT, Words
from engine.mm.transitions import ACTOR_SHIFT, REC_END, RECORD_WORDS

(
    JOURNAL_BEGIN, JOURNAL_NEXT, JOURNAL_END, JOURNAL_LOST, RECORD_BEGIN, RECORD_NEXT, RECORD_END,
    WATCH_SEEN, CAUSE, ACTOR, KEEP_FROM, KEEP_END, WATCH,
) = range(32, 45)  # fmt: skip
"""
Header words. ``NEXT`` = ``END`` = 0: nothing is kept. ``WATCH`` is the first of some words that have a bit for each
kind to be noticed, 32 to a word; ``WATCH_SEEN`` is 1 once one of them came about.
``KEEP_FROM``: once this transition is done, a journal is begun that may go up to ``KEEP_END``; 0: none.
"""

WATCH_WORDS = 3
WATCH_BITS = 32
JOURNAL_ENTRY = 2
AHEAD = 16 * JOURNAL_ENTRY
"""So far ahead in the journal the word is fetched that will be swapped: a long stretch leads all over the image."""
KIND_COUNT_0 = KIND_COUNT[0]


@kernel
def address_of(m: Words, column: int, row: int) -> int:
    """Where the word of a column in a row is."""
    return m[column >> TABLE_SHIFT] + row * ((column >> WIDTH_SHIFT) & BYTE_MASK) + (column & BYTE_MASK)


@machine_code_of(address_of)
def _address_of(m: Words, column: int, row: int) -> int:
    return place(fixed(m, column >> TABLE_SHIFT) + row * ((column >> WIDTH_SHIFT) & BYTE_MASK) + (column & BYTE_MASK))


@kernel
def get(m: Words, column: int, row: int) -> int:
    """The word of a column in a row."""
    return m[m[column >> TABLE_SHIFT] + row * ((column >> WIDTH_SHIFT) & BYTE_MASK) + (column & BYTE_MASK)]


@machine_code_of(get)
def _get(m: Words, column: int, row: int) -> int:
    return m[address_of(m, column, row)]


@kernel
def store(m: Words, address: int, value: int) -> None:
    """Write one word of the image, by address: how scalars change."""
    at = m[JOURNAL_NEXT]
    if at < m[JOURNAL_END]:
        m[at] = address
        m[at + 1] = m[address]
        m[JOURNAL_NEXT] = at + JOURNAL_ENTRY
    elif at != 0:
        m[JOURNAL_LOST] = 1
    m[address] = value


@machine_code_of(store)
def _store(m: Words, address: int, value: int) -> None:
    if journal_kept():
        at = m[JOURNAL_NEXT]
        if at < m[JOURNAL_END]:
            m[place(at)] = address
            m[place(at + 1)] = m[place(address)]
            m[JOURNAL_NEXT] = at + JOURNAL_ENTRY
        elif at != 0:
            m[JOURNAL_LOST] = 1
    m[place(address)] = value


@kernel
def put(m: Words, column: int, row: int, value: int) -> None:
    """Write the word of a column in a row."""
    store(m, m[column >> TABLE_SHIFT] + row * ((column >> WIDTH_SHIFT) & BYTE_MASK) + (column & BYTE_MASK), value)


@machine_code_of(put)
def _put(m: Words, column: int, row: int, value: int) -> None:
    store(m, address_of(m, column, row), value)


@kernel
def add(m: Words, address: int, change: int) -> None:
    """Add to a scalar."""
    store(m, address, m[address] + change)


@kernel
def put_add(m: Words, column: int, row: int, change: int) -> None:
    """Add to the word of a column in a row."""
    address = address_of(m, column, row)
    store(m, address, m[address] + change)


@kernel
def begin_journal(m: Words) -> None:
    """From now on everything is written down, also in the middle of an operation."""
    m[JOURNAL_NEXT] = m[JOURNAL_BEGIN]
    m[JOURNAL_END] = m[KEEP_END]
    m[RECORD_NEXT] = m[RECORD_BEGIN]
    m[KEEP_FROM] = 0


@kernel
def emit(m: Words, kind: int, a: int, b: int, c: int) -> int:
    """Close a transition: all that was written since the last one belongs to it. Gives its number."""
    number = m[TRANSITIONS] + 1
    store(m, TRANSITIONS, number)
    add(m, KIND_COUNT_0 + kind, 1)
    m[WATCH_SEEN] = m[WATCH_SEEN] | (m[WATCH + (kind >> 5)] >> (kind & 31) & 1)
    if not journal_kept():
        return number
    if number == m[KEEP_FROM]:
        begin_journal(m)
        return number
    at = m[RECORD_NEXT]
    if at == 0:
        return number
    if at < m[RECORD_END]:
        m[at] = kind | m[ACTOR] << ACTOR_SHIFT
        m[at + 1] = m[NOW]
        m[at + 2] = m[OPERATIONS]
        m[at + 3] = m[CAUSE]
        m[at + 4] = m[JOURNAL_NEXT]
        m[at + 5] = a
        m[at + 6] = b
        m[at + 7] = c
        m[RECORD_NEXT] = at + RECORD_WORDS
    else:
        m[JOURNAL_LOST] = 1
    return number


@kernel
def end_operation(m: Words) -> None:
    """Count an operation; what was written since its last transition goes with that transition."""
    store(m, OPERATIONS, m[OPERATIONS] + 1)
    at = m[RECORD_NEXT]
    if journal_kept() and at > m[RECORD_BEGIN]:
        m[at - RECORD_WORDS + REC_END] = m[JOURNAL_NEXT]
    elif journal_kept() and at != 0:
        # That transition came about before the journal was begun.
        m[JOURNAL_NEXT] = m[JOURNAL_BEGIN]


@kernel
def swap_change(m: Words, at: int) -> None:
    """Swap the value of one entry of the journal with the word it is of."""
    address = m[at]
    value = m[at + 1]
    m[at + 1] = m[address]
    m[address] = value


@machine_code_of(swap_change)
def _swap_change(m: Words, at: int) -> None:
    address = place(m[place(at)])
    value = m[place(at + 1)]
    m[place(at + 1)] = m[address]
    m[address] = value


@entry
def swap_back(m: Words, begin: int, end: int) -> None:
    """Undo the stretch [begin, end) of the journal, newest entry first."""
    at = end
    while at >= begin + AHEAD:
        at -= JOURNAL_ENTRY
        prefetch(m, m[at - AHEAD + JOURNAL_ENTRY])
        swap_change(m, at)
    while at > begin:
        at -= JOURNAL_ENTRY
        swap_change(m, at)


@entry
def swap_forward(m: Words, begin: int, end: int) -> None:
    """Redo the stretch [begin, end) of the journal, oldest entry first."""
    at = begin
    while at + AHEAD < end:
        prefetch(m, m[at + AHEAD])
        swap_change(m, at)
        at += JOURNAL_ENTRY
    while at < end:
        swap_change(m, at)
        at += JOURNAL_ENTRY
