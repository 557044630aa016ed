"""What will be wanted soon is asked for early: on a large machine a fault is mostly waiting for memory.

Rows of a large image lie far apart, and the way to each is a wait of a hundred nanoseconds. What a later
operation will want is known a link at a time: its page-table entry, what the entry leads to, what that
leads to. Each link is asked for some operations before the next is read. Reclaim goes along a list, and
asks for what belongs to the pages behind the one it looks at.

Nothing is changed here and nothing depends on it. So the interpreter does nothing: each function has
machine code of its own.
"""

from __future__ import annotations

from engine.mm.backend import SLOT, ZSWAP, backend_slot, backend_tag, backend_zswap
from engine.mm.design.hooks import backend, cache_word, entry_address
from engine.mm.image import (
    MAP_VMA,
    MM_PAGES,
    MM_PTE,
    PAGE_FLAGS,
    PAGE_INDEX,
    PAGE_MAPPING,
    PAGE_PREV,
    PAGE_SWAP,
    PTE,
    SLOT_MAP,
    VMA_MM,
    VMA_PGOFF,
    VMA_START,
    Z_SWPENTRY,
)
from engine.mm.intrinsics import prefetch
from engine.mm.journal import address_of, get
from engine.mm.kernel import kernel, machine_code_of
from engine.mm.schema import Words
from engine.mm.swapfile import slot_row
from engine.mm.swapops import PTE_DIRTY, PTE_PRESENT, pte_pfn, pte_to_swp_entry
from engine.operation import KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT

WRITE = 2
"""The kinds up to this are references."""

FIRST_LINK = 24
"""Operations between the moment a page-table entry is asked for and its use."""
SECOND_LINK = 16
LAST_LINK = 8
PAGES_AHEAD = 4
"""Pages of a list between the one that reclaim looks at and the one whose entries are asked for."""


@kernel
def fetch_ahead(m: Words, ops: Words, at: int, end: int) -> None:
    """Have at hand what the operations behind ``at`` will want."""


@machine_code_of(fetch_ahead)
def _fetch_ahead(m: Words, ops: Words, at: int, end: int) -> None:
    if at + FIRST_LINK < end:
        fetch_pte(m, ops[at + FIRST_LINK])
        fetch_behind_pte(m, ops[at + SECOND_LINK])
        fetch_behind_entry(m, ops[at + LAST_LINK])


@kernel
def referenced_row(m: Words, word: int) -> int:
    """The row of the page-table entry that an operation references; -1: it is no reference, or leads nowhere."""
    kind = word & KIND_MASK
    process = (word >> WHO_SHIFT & WHO_MASK) + 1
    page = word >> VALUE_SHIFT
    if kind > WRITE or page >= get(m, MM_PAGES, process):
        return -1
    return get(m, MM_PTE, process) + page


@kernel
def fetch_pte(m: Words, word: int) -> None:
    """The first link."""
    row = referenced_row(m, word)
    if row >= 0:
        prefetch(m, address_of(m, PTE, row))


@kernel
def fetch_behind_pte(m: Words, word: int) -> None:
    """The second: of a page that is out, the words kept for its entry; of one that is written, its frame's row."""
    row = referenced_row(m, word)
    if row < 0:
        return
    pte = get(m, PTE, row)
    if pte & PTE_PRESENT == 0:
        if pte != 0:
            prefetch(m, entry_address(m, pte_to_swp_entry(pte)))
    elif word & KIND_MASK == WRITE and pte & PTE_DIRTY == 0:
        prefetch(m, address_of(m, PAGE_FLAGS, pte_pfn(pte)))


@kernel
def fetch_behind_entry(m: Words, word: int) -> None:
    """The last: the frame in the swapcache, or the row of the zswap entry or of the slot that has the bytes."""
    row = referenced_row(m, word)
    if row < 0:
        return
    pte = get(m, PTE, row)
    if pte & PTE_PRESENT != 0 or pte == 0:
        return
    entry = pte_to_swp_entry(pte)
    cached = cache_word(m, entry)
    if cached != 0 and cached & 1 == 0:
        prefetch(m, address_of(m, PAGE_FLAGS, cached >> 1))
        return
    bytes_ = backend(m, entry)
    if backend_tag(bytes_) == ZSWAP:
        prefetch(m, address_of(m, Z_SWPENTRY, backend_zswap(bytes_)))
    elif backend_tag(bytes_) == SLOT:
        prefetch(m, address_of(m, SLOT_MAP, slot_row(m, backend_slot(bytes_))))


@kernel
def fetch_list(m: Words, frame: int) -> int:
    """Begin at the oldest page of a list: the page from which :func:`fetch_older` goes on."""
    return 0


@machine_code_of(fetch_list)
def _fetch_list(m: Words, frame: int) -> int:
    for _ in range(PAGES_AHEAD):
        frame = fetch_older(m, frame)
    return frame


@kernel
def fetch_older(m: Words, frame: int) -> int:
    """The entries that lead to a page, the row of the page behind it on its list; gives that page. 0: none."""
    return 0


@machine_code_of(fetch_older)
def _fetch_older(m: Words, frame: int) -> int:
    if frame == 0:
        return 0
    following = get(m, PAGE_PREV, frame)
    prefetch(m, address_of(m, PAGE_FLAGS, following))
    vma = get(m, MAP_VMA, get(m, PAGE_MAPPING, frame))
    if vma != 0:
        offset = get(m, PAGE_INDEX, frame) - get(m, VMA_PGOFF, vma)
        row = get(m, MM_PTE, get(m, VMA_MM, vma)) + get(m, VMA_START, vma) + offset
        prefetch(m, address_of(m, PTE, row))
    entry = get(m, PAGE_SWAP, frame)
    if entry != 0:
        prefetch(m, entry_address(m, entry))
    return following
