"""Where the bytes of every page that is out are: a ledger of verify mode's own, kept from transitions alone.

:func:`follow` goes through a journal again and, at each transition that moves bytes, asks the model
only which image the page holds and where the allocator put it; where bytes lie, which object is
taken and what a slot holds is noted here, apart from the model, and held against it. What is to be done
with the bytes, and every disagreement, is told in rows (``out``), in the order of the run, to
:mod:`engine.mm.mover` and :mod:`engine.verify`.

The ledger (``book``) is an array of words like the image, but no part of it: nothing here is state.
"""

from __future__ import annotations

from engine.mm.image import (
    ALLOCATOR,
    CLASS_PAGES,
    CLASS_SIZE,
    EXCLUSIVE_LOADS,
    PAGE_CONTENT,
    PAGE_SWAP,
    Z_CONTENT,
    Z_HANDLE,
    ZSPAGE_CLASS,
    ZSPAGE_FIRST,
)
from engine.mm.journal import JOURNAL_BEGIN, JOURNAL_NEXT, RECORD_BEGIN, RECORD_NEXT, get, swap_back, swap_forward
from engine.mm.kernel import entry, kernel
from engine.mm.schema import Words
from engine.mm.swap_state import cached_frame
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.mm.transitions import (
    DISK_READ,
    DISK_WRITE,
    REC_A,
    REC_B,
    REC_C,
    REC_END,
    REC_KIND,
    RECORD_WORDS,
    WRITE_BACK,
    ZERO_FILL,
    ZERO_OUT,
    ZSWAP_FREED,
    ZSWAP_LOAD,
    ZSWAP_STORE,
)
from engine.mm.zbud import Z3FOLD_BUDDIES
from engine.mm.zsmalloc import HANDLE_MASK, HANDLE_SHIFT, ZS_HANDLE_SIZE

PAGE_BYTES = 4096
PAGE_WORDS = 512
ZSMALLOC = 0
KIND_BITS = 0xFF

(
    B_PLACES, B_OBJECTS, B_ZSPAGES, B_SLOTS, B_POOL_BYTES, B_BLOCKS, B_REAL_FILES, B_FAULTY,
    B_STORED, B_LOADED, B_WRITTEN, B_READ, B_WRITTEN_BACK, B_COMPARED, B_CALLS,
) = range(15)  # fmt: skip
"""
Where the ledger's parts begin; bytes of the pool's memory and blocks given out; whether blocks are
kept in real files (by :mod:`engine.verify`) and not in memory; whether a disagreement was told; counts;
where the counts of LZ4's calls begin, two for each image: compressed, decompressed.
"""
B_TYPE = 16
MAX_TYPES = 8
BOOK_HEADER = B_TYPE + 2 * MAX_TYPES
"""From ``B_TYPE`` on: for each type of a swap entry the row of its offset 0, then the same for slots."""

PLACE_WORDS = 4
P_KIND, P_KEY, P_LENGTH, P_AT = range(PLACE_WORDS)
"""A swap entry's row: kind; handle, slot or repeated word; an object's bytes and where in the pool's memory."""
NOWHERE, IN_POOL, FILLED, IN_SLOT, ZEROES = range(5)

(
    COMPRESS, KEEP, DECOMPRESS, COMPARE, WRITE_BLOCK, READ_BLOCK, WRITE_FILE, READ_FILE,
    OTHER_IMAGE, NOT_FILLED, GIVEN_TWICE, NOT_WHERE, OTHER_SLOT, NOT_ZERO, NO_IMAGE, NO_ROOM,
) = range(16)  # fmt: skip
"""What a row of ``out`` says: the first eight are to be done, the others are disagreements."""
OUT_WORDS = 6
"""Saying, number of the transition within the journal (from 0), and up to four facts.

Of what is to be done these are the image; the byte of the pool's memory, the block, or the slot; the
length, or the slot; and the frame.
"""
SAYING_BITS = 0xFF
SAYING_KIND_SHIFT = 8
"""Above the saying: the kind of the transition."""


@kernel
def one_word(page: Words, at: int) -> bool:
    """Whether 4096 bytes are one word repeated."""
    differing = 0
    for word in range(PAGE_WORDS):
        differing |= page[at + word] ^ page[at]
    return differing == 0


@kernel
def say(book: Words, out: Words, row: int, what: int, a: int, b: int, c: int, d: int) -> int:
    """Write one row; gives where the next one goes."""
    out[row] = what
    out[row + 2] = a
    out[row + 3] = b
    out[row + 4] = c
    out[row + 5] = d
    if what >= OTHER_IMAGE:
        book[B_FAULTY] = 1
    return row + OUT_WORDS


@kernel
def place_of(book: Words, swap_entry: int) -> int:
    """The ledger's row of a swap entry."""
    row = book[B_TYPE + (swap_entry >> SWP_TYPE_SHIFT)] + (swap_entry & SWP_OFFSET_MASK)
    return book[B_PLACES] + row * PLACE_WORDS


@kernel
def object_of(m: Words, book: Words, handle: int) -> int:
    """The ledger's word of an object of the pool."""
    return book[B_OBJECTS] + get(m, ZSPAGE_FIRST, handle >> HANDLE_SHIFT) + (handle & HANDLE_MASK) - 1


@kernel
def forget(m: Words, book: Words, swap_entry: int) -> None:
    """A swap entry's bytes are nowhere any more."""
    place = place_of(book, swap_entry)
    if book[place + P_KIND] == IN_POOL:
        book[object_of(m, book, book[place + P_KEY])] = 0
    book[place + P_KIND] = NOWHERE


@kernel
def note(book: Words, swap_entry: int, kind: int, key: int) -> None:
    """A swap entry's bytes are somewhere else now."""
    place = place_of(book, swap_entry)
    book[place + P_KIND] = kind
    book[place + P_KEY] = key


@kernel
def memory_of(m: Words, book: Words, handle: int) -> int:
    """Where in the pool's memory an object begins: objects of a class lie one behind the other, across pages.

    Where on its page an object of zbud or z3fold lies is not modelled: each has a page to itself.
    """
    zspage = handle >> HANDLE_SHIFT
    size = PAGE_BYTES
    pages = Z3FOLD_BUDDIES
    if m[ALLOCATOR] == ZSMALLOC:
        number = get(m, ZSPAGE_CLASS, zspage)
        size = get(m, CLASS_SIZE, number)
        pages = get(m, CLASS_PAGES, number)
    base = book[B_ZSPAGES] + zspage * 2
    if book[base + 1] == 0:
        book[base] = book[B_POOL_BYTES]
        book[base + 1] = pages * PAGE_BYTES
        book[B_POOL_BYTES] += pages * PAGE_BYTES
    at = ((handle & HANDLE_MASK) - 1) * size
    if size < PAGE_BYTES:
        # The handle comes first; in an object of a whole page it has no room and lies elsewhere.
        at += ZS_HANDLE_SIZE
    return book[base] + at


@kernel
def end_of_memory(book: Words, handle: int) -> int:
    """Where in the pool's memory a zspage ends."""
    base = book[B_ZSPAGES] + (handle >> HANDLE_SHIFT) * 2
    return book[base] + book[base + 1]


@kernel
def follow_store(m: Words, book: Words, pages: Words, out: Words, row: int, swap_entry: int, zentry: int,
                 length: int) -> int:  # fmt: skip
    """zswap took a page: compress it into the object it was given."""
    frame = cached_frame(m, swap_entry)
    image = get(m, Z_CONTENT, zentry)
    if frame == 0 or get(m, PAGE_SWAP, frame) != swap_entry or get(m, PAGE_CONTENT, frame) != image:
        return say(book, out, row, OTHER_IMAGE, frame, zentry, 0, 0)
    book[B_STORED] += 1
    if length == 0:
        if not one_word(pages, image * PAGE_WORDS):
            return say(book, out, row, NOT_FILLED, image, 0, 0, 0)
        forget(m, book, swap_entry)
        note(book, swap_entry, FILLED, pages[image * PAGE_WORDS])
        return row
    handle = get(m, Z_HANDLE, zentry)
    holder = object_of(m, book, handle)
    if book[holder] != 0:
        return say(book, out, row, GIVEN_TWICE, handle, book[holder] - 1, 0, 0)
    at = memory_of(m, book, handle)
    if at + length > end_of_memory(book, handle):
        return say(book, out, row, NO_ROOM, handle, length, 0, 0)
    forget(m, book, swap_entry)
    book[holder] = swap_entry + 1
    note(book, swap_entry, IN_POOL, handle)
    place = place_of(book, swap_entry)
    book[place + P_LENGTH] = length
    book[place + P_AT] = at
    if length == PAGE_BYTES:
        return say(book, out, row, KEEP, image, at, length, frame)
    book[book[B_CALLS] + 2 * image] += 1
    return say(book, out, row, COMPRESS, image, at, length, frame)


@kernel
def compare_in_zswap(book: Words, pages: Words, out: Words, row: int, swap_entry: int, frame: int, image: int) -> int:
    """What zswap holds of a swap entry must be the image a frame holds."""
    place = place_of(book, swap_entry)
    kind = book[place + P_KIND]
    if kind != IN_POOL and kind != FILLED:
        return say(book, out, row, NOT_WHERE, swap_entry, IN_POOL, 0, 0)
    book[B_COMPARED] += 1
    at = book[place + P_AT]
    length = book[place + P_LENGTH]
    if kind == FILLED:
        if not one_word(pages, image * PAGE_WORDS) or pages[image * PAGE_WORDS] != book[place + P_KEY]:
            return say(book, out, row, NOT_FILLED, image, 0, 0, 0)
        return row
    if length == PAGE_BYTES:
        return say(book, out, row, COMPARE, image, at, length, frame)
    book[book[B_CALLS] + 2 * image + 1] += 1
    return say(book, out, row, DECOMPRESS, image, at, length, frame)


@kernel
def block_of(book: Words, slot: int) -> int:
    """The ledger's word of a slot: 1 + its block, 0: never written."""
    return book[B_SLOTS] + book[B_TYPE + MAX_TYPES + (slot >> SWP_TYPE_SHIFT)] + (slot & SWP_OFFSET_MASK)


@kernel
def follow_write(m: Words, book: Words, out: Words, row: int, swap_entry: int, slot: int, frame: int,
                 image: int) -> int:  # fmt: skip
    """A page goes to a slot."""
    forget(m, book, swap_entry)
    note(book, swap_entry, IN_SLOT, slot)
    if book[B_REAL_FILES] != 0:
        return say(book, out, row, WRITE_FILE, image, slot, slot, frame)
    holder = block_of(book, slot)
    if book[holder] == 0:
        book[B_BLOCKS] += 1
        book[holder] = book[B_BLOCKS]
    return say(book, out, row, WRITE_BLOCK, image, book[holder] - 1, slot, frame)


@kernel
def follow_read(m: Words, book: Words, out: Words, row: int, swap_entry: int, frame: int, slot: int) -> int:
    """A page comes from a slot: the slot its bytes are in, and the bytes its frame holds now."""
    place = place_of(book, swap_entry)
    if book[place + P_KIND] != IN_SLOT:
        return say(book, out, row, NOT_WHERE, swap_entry, IN_SLOT, 0, 0)
    if book[place + P_KEY] != slot:
        return say(book, out, row, OTHER_SLOT, swap_entry, slot, book[place + P_KEY], 0)
    book[B_READ] += 1
    book[B_COMPARED] += 1
    image = get(m, PAGE_CONTENT, frame)
    if book[B_REAL_FILES] != 0:
        return say(book, out, row, READ_FILE, image, slot, slot, frame)
    return say(book, out, row, READ_BLOCK, image, book[block_of(book, slot)] - 1, slot, frame)


@kernel
def follow_zero(m: Words, book: Words, pages: Words, out: Words, row: int, swap_entry: int, frame: int,
                back: bool) -> int:  # fmt: skip
    """A page of zeroes becomes a mark, or comes from one."""
    at = get(m, PAGE_CONTENT, frame) * PAGE_WORDS
    if pages[at] != 0 or not one_word(pages, at):
        return say(book, out, row, NOT_ZERO, frame, 0, 0, 0)
    if not back:
        forget(m, book, swap_entry)
        note(book, swap_entry, ZEROES, 0)
    elif book[place_of(book, swap_entry) + P_KIND] != ZEROES:
        return say(book, out, row, NOT_WHERE, swap_entry, ZEROES, 0, 0)
    else:
        book[B_COMPARED] += 1
    return row


@kernel
def follow_write_back(m: Words, book: Words, pages: Words, out: Words, row: int, swap_entry: int, slot: int) -> int:
    """An entry leaves zswap for a slot: what comes out of the pool is what the slot gets."""
    frame = cached_frame(m, swap_entry)
    if frame == 0 or get(m, PAGE_SWAP, frame) != swap_entry:
        return say(book, out, row, OTHER_IMAGE, frame, 0, 0, 0)
    image = get(m, PAGE_CONTENT, frame)
    row = compare_in_zswap(book, pages, out, row, swap_entry, frame, image)
    book[B_WRITTEN_BACK] += 1
    if book[B_FAULTY] != 0:
        return row
    return follow_write(m, book, out, row, swap_entry, slot, frame, image)


@kernel
def follow_one(m: Words, book: Words, pages: Words, out: Words, row: int, record: int) -> int:
    """One transition at its moment; where the next row of ``out`` goes."""
    kind = m[record + REC_KIND] & KIND_BITS
    a = m[record + REC_A]
    b = m[record + REC_B]
    c = m[record + REC_C]
    if kind == ZSWAP_STORE:
        return follow_store(m, book, pages, out, row, a, b, c)
    if kind == WRITE_BACK:
        return follow_write_back(m, book, pages, out, row, a, b)
    if kind == ZSWAP_FREED:
        if book[place_of(book, b) + P_KIND] not in (IN_POOL, FILLED):
            return say(book, out, row, NOT_WHERE, b, IN_POOL, 0, 0)
        forget(m, book, b)
        return row
    frame = b
    if kind == DISK_WRITE:
        frame = a
    if get(m, PAGE_CONTENT, frame) == 0:
        return say(book, out, row, NO_IMAGE, frame, 0, 0, 0)
    if kind == DISK_WRITE:
        book[B_WRITTEN] += 1
        return follow_write(m, book, out, row, b, c, frame, get(m, PAGE_CONTENT, frame))
    if kind == DISK_READ:
        return follow_read(m, book, out, row, a, frame, c)
    if kind == ZSWAP_LOAD:
        book[B_LOADED] += 1
        row = compare_in_zswap(book, pages, out, row, a, frame, get(m, PAGE_CONTENT, frame))
        if m[EXCLUSIVE_LOADS] != 0 and book[B_FAULTY] == 0:
            forget(m, book, a)
        return row
    return follow_zero(m, book, pages, out, row, a, frame, kind == ZERO_FILL)


@entry
def follow(m: Words, book: Words, pages: Words, out: Words) -> int:
    """Go back to before the journal and through it again; the words of ``out`` that were written.

    ``pages`` has the bytes of each image (row 0 is none), ``out`` room for two rows a transition. It ends at a
    disagreement, which is the last row.
    """
    at = m[JOURNAL_BEGIN]
    end = m[JOURNAL_NEXT]
    swap_back(m, at, end)
    row = 0
    number = 0
    record = m[RECORD_BEGIN]
    while record < m[RECORD_NEXT] and book[B_FAULTY] == 0:
        kind = m[record + REC_KIND] & KIND_BITS
        if kind in (ZSWAP_STORE, ZSWAP_LOAD, ZSWAP_FREED, WRITE_BACK, DISK_WRITE, DISK_READ, ZERO_OUT, ZERO_FILL):
            swap_forward(m, at, m[record + REC_END])
            at = m[record + REC_END]
            before = row
            row = follow_one(m, book, pages, out, row, record)
            while before < row:
                out[before] |= kind << SAYING_KIND_SHIFT
                out[before + 1] = number
                before += OUT_WORDS
        number += 1
        record += RECORD_WORDS
    swap_forward(m, at, end)
    return row
