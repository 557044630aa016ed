"""The swapcache: pages that are in memory and have a swap entry (mm/swap_state.c, mm/swapfile.c)."""

from __future__ import annotations

from engine.mm.backend import NONE, ZERO, ZSWAP, backend_tag, backend_zswap
from engine.mm.design.hooks import (
    backend,
    cache_word,
    drop_count,
    entry_count,
    release,
    set_backend,
    set_cache_word,
)
from engine.mm.image import NR_SWAPCACHE, NR_ZEROMAP, PAGE_FLAGS, PAGE_SWAP
from engine.mm.journal import add, emit, get, put
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, lru_add
from engine.mm.pageflags import PG_DIRTY, PG_DROPBEHIND, PG_READAHEAD, PG_SWAPCACHE, PG_WRITEBACK
from engine.mm.schema import Words
from engine.mm.transitions import SWAP_FREE, ZSWAP_FREED
from engine.mm.zswap_entry import zswap_entry_free


@kernel
def cached_frame(m: Words, entry: int) -> int:
    """swap_cache_get_folio(): the frame that holds the entry's page, 0: none."""
    word = cache_word(m, entry)
    if word & 1 != 0:
        return 0
    return word >> 1


@kernel
def wanted_frame(m: Words, entry: int) -> int:
    """swap_cache_get_folio() by one who wants the page: it is no longer dropped behind its write. 0: not cached."""
    frame = cached_frame(m, entry)
    if frame != 0 and has_flag(m, frame, PG_DROPBEHIND):
        clear_flags(m, frame, PG_DROPBEHIND)
        lru_add(m, frame)
    return frame


@kernel
def enter_swap_cache(m: Words, frame: int, entry: int) -> None:
    """The frame's side of being in the swapcache; the entry's pointer is set already."""
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) | PG_SWAPCACHE)
    put(m, PAGE_SWAP, frame, entry)
    add(m, NR_SWAPCACHE, 1)


@kernel
def leave_swap_cache(m: Words, frame: int, word: int) -> None:
    """__swap_cache_del_folio(): the entry keeps a shadow word, or nothing."""
    set_cache_word(m, get(m, PAGE_SWAP, frame), word)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) & ~(PG_SWAPCACHE | PG_READAHEAD))
    put(m, PAGE_SWAP, frame, 0)
    add(m, NR_SWAPCACHE, -1)


@kernel
def drop_bytes(m: Words, entry: int) -> int:
    """zswap_invalidate() and clearing the zero mark: nothing needs the bytes any more. The zswap entry freed, or 0."""
    word = backend(m, entry)
    tag = backend_tag(word)
    if tag == NONE:
        return 0
    set_backend(m, entry, NONE)
    if tag == ZERO:
        add(m, NR_ZEROMAP, -1)
    if tag != ZSWAP:
        return 0
    zswap_entry_free(m, backend_zswap(word))
    return backend_zswap(word)


@kernel
def free_entry(m: Words, entry: int) -> None:
    """Nobody holds the entry and its page is not cached: bytes and name are free."""
    zentry = drop_bytes(m, entry)
    release(m, entry)
    if zentry != 0:
        emit(m, ZSWAP_FREED, zentry, entry, 0)


@kernel
def folio_free_swap(m: Words, frame: int) -> bool:
    """folio_free_swap(): out of the swapcache, its entry freed; not while written or still held by a page table."""
    if not has_flag(m, frame, PG_SWAPCACHE) or has_flag(m, frame, PG_WRITEBACK):
        return False
    entry = get(m, PAGE_SWAP, frame)
    if entry_count(m, entry) > 0:
        return False
    leave_swap_cache(m, frame, 0)
    put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) | PG_DIRTY)
    free_entry(m, entry)
    emit(m, SWAP_FREE, entry, frame, 0)
    return True


@kernel
def put_entry(m: Words, entry: int) -> None:
    """swap_free(): one holder less; the last one frees it unless its page is in the swapcache."""
    drop_count(m, entry)
    if entry_count(m, entry) == 0 and cached_frame(m, entry) == 0:
        free_entry(m, entry)
