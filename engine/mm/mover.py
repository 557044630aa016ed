"""The bytes themselves: what the ledger says is to be done with them is done here, without the interpreter.

:func:`move` goes through rows that :func:`engine.mm.ledger.follow` wrote: a page goes through LZ4
into the pool's memory and back, or into a block of a device and back, and on its way back is held
against what it was. Rows at one place come in the order of the run, rows at different places know
nothing of each other: so places are shared out by their number, and each share of them is one
thread's (``part``).
"""

from __future__ import annotations

from typing import Any

from engine.mm.intrinsics import call_c, place
from engine.mm.kernel import entry, kernel, machine_code_of
from engine.mm.ledger import (
    COMPARE,
    DECOMPRESS,
    KEEP,
    OUT_WORDS,
    PAGE_BYTES,
    PAGE_WORDS,
    READ_BLOCK,
    SAYING_BITS,
    WRITE_BLOCK,
)
from engine.mm.schema import Words

PARTS = 2
"""Threads at most that move bytes at the same time."""
WORD_SHIFT = 3
PAGE_SHIFT = 12
SCRATCH_WORDS = 2 * PAGE_WORDS
"""Room in ``scratch`` for a page on its way, of which LZ4 makes no more than 4128 bytes; behind it is LZ4's state."""
SCRATCH_BYTES = SCRATCH_WORDS << WORD_SHIFT
D_COMPRESS, D_DECOMPRESS, D_PAGES, D_POOL, D_SCRATCH, D_SCRATCH_WORDS = range(6)
"""Words of ``desk``: addresses of LZ4's two functions, and of the arrays that go to them; words of the last one."""


@kernel
def copy_words(source: Any, from_: int, target: Any, to: int, words: int) -> None:
    """So many words."""
    target[to : to + words] = source[from_ : from_ + words]


@machine_code_of(copy_words)
def _copy_words(source: Words, from_: int, target: Words, to: int, words: int) -> None:
    for word in range(words):
        target[place(to + word)] = source[place(from_ + word)]


@kernel
def same_page(one: Any, at: int, other: Any, there: int) -> bool:
    """Whether 4096 bytes are the same."""
    return bool(one[at : at + PAGE_WORDS] == other[there : there + PAGE_WORDS])


@machine_code_of(same_page)
def _same_page(one: Words, at: int, other: Words, there: int) -> bool:
    differing = 0
    for word in range(PAGE_WORDS):
        differing |= one[place(at + word)] ^ other[place(there + word)]
    return differing == 0


@kernel
def move_one(row: Words, at: int, pages: Words, pool: Words, blocks: Words, scratch: Words, desk: Words) -> bool:
    """What one row says; whether the bytes were as they should be."""
    what = row[at] & SAYING_BITS
    image = row[at + 2]
    there = row[at + 3]
    page = image * PAGE_WORDS
    if what == WRITE_BLOCK:
        copy_words(pages, page, blocks, there * PAGE_WORDS, PAGE_WORDS)
        return True
    if what == READ_BLOCK:
        return same_page(blocks, there * PAGE_WORDS, pages, page)
    word = there >> WORD_SHIFT
    length = row[at + 4]
    if what == KEEP:
        copy_words(pages, page, pool, word, PAGE_WORDS)
        return True
    if what == COMPARE:
        return same_page(pool, word, pages, page)
    if what == DECOMPRESS:
        made = call_c(desk[D_DECOMPRESS], desk[D_POOL] + there, desk[D_SCRATCH], length, PAGE_BYTES, 0, 0)
        return made == PAGE_BYTES and same_page(scratch, 0, pages, page)
    for cleared in range(SCRATCH_WORDS, desk[D_SCRATCH_WORDS]):
        scratch[cleared] = 0
    state = desk[D_SCRATCH] + SCRATCH_BYTES
    source = desk[D_PAGES] + image * PAGE_BYTES
    if call_c(desk[D_COMPRESS], state, source, desk[D_SCRATCH], PAGE_BYTES, SCRATCH_BYTES, 1) != length:
        return False
    # Objects begin and end on a whole word.
    copy_words(scratch, 0, pool, word, (length + (1 << WORD_SHIFT) - 1) >> WORD_SHIFT)
    return True


@entry
def move(rows: Words, end: int, part: int, pages: Words, pool: Words, blocks: Words, scratch: Words,
         desk: Words) -> int:  # fmt: skip
    """Do what the rows up to word ``end`` say of one part's places; the first row that found wrong bytes, or -1.

    ``pages`` has the bytes of each image (row 0 is none), ``pool`` the memory of the pool, ``blocks`` those of all
    devices. Of rows that only tell of a disagreement nothing is done.
    """
    at = 0
    while at < end:
        what = rows[at] & SAYING_BITS
        number = rows[at + 3]
        if what <= COMPARE:
            number = number >> PAGE_SHIFT
        mine = what <= READ_BLOCK and number % PARTS == part
        if mine and not move_one(rows, at, pages, pool, blocks, scratch, desk):
            return at
        at += OUT_WORDS
    return -1
