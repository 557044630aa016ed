"""Swap pages to where their bytes go, and back from where they are (mm/page_io.c)."""

from __future__ import annotations

from engine.mm.backend import (
    NONE,
    ZERO,
    ZSWAP,
    backend_image,
    backend_slot,
    backend_tag,
    backend_zswap,
    slot_backend,
    zero_backend,
)
from engine.mm.block import end_write, flush_plug, start_write, submit, wait_until, write_completes_by
from engine.mm.clock import spend
from engine.mm.design.hooks import backend, entry_count, set_backend, slot_for_write
from engine.mm.image import (
    BIO_DONE,
    BIO_HEAD,
    CONTENT_FILLED,
    LOOKUP_NS,
    NR_DISK_SWAPINS,
    NR_ZEROMAP,
    PAGE_CONTENT,
    PAGE_SWAP,
    PSWPIN,
    PSWPOUT,
    SLOT_CONTENT,
    SWPIN_ZERO,
    SWPOUT_ZERO,
    WRITEBACK,
    ZERO_MAP,
)
from engine.mm.journal import add, emit, get, put
from engine.mm.kernel import kernel
from engine.mm.lru import clear_flags, has_flag, set_flags
from engine.mm.page_alloc import give_frame_back
from engine.mm.pageflags import PG_DIRTY, PG_DROPBEHIND, PG_LRU, PG_RECLAIM, PG_WRITEBACK
from engine.mm.schema import Words
from engine.mm.swap_state import folio_free_swap, free_entry, leave_swap_cache
from engine.mm.swapfile import slot_row
from engine.mm.transitions import DISK_READ, DISK_WRITE, FREED, ZERO_FILL, ZERO_OUT
from engine.mm.workingset import workingset_eviction
from engine.mm.zswap import zswap_load, zswap_store
from engine.mm.zswap_entry import zswap_entry_free

WROTE = 0
"""The bytes are safe and the folio is clean: it can be freed now."""
WRITING = 1
"""On its way to a device."""
KEEP_ACTIVE = 2
"""AOP_WRITEPAGE_ACTIVATE: it stays in the swapcache and goes to the active list."""
NOTHING_TO_WRITE = 3
"""Nobody holds its entry any more: the entry is freed already."""


@kernel
def swap_writeout(m: Words, frame: int, entry: int) -> int:
    """swap_writeout(): zero mark, then zswap, then the device."""
    clear_flags(m, frame, PG_DIRTY)
    if folio_free_swap(m, frame):
        return NOTHING_TO_WRITE
    old = backend_tag(backend(m, entry))
    if m[ZERO_MAP] != 0 and get(m, CONTENT_FILLED, get(m, PAGE_CONTENT, frame)) == 3:
        if old != ZERO:
            drop_old_zswap(m, entry)
            add(m, NR_ZEROMAP, 1)
        set_backend(m, entry, zero_backend(get(m, PAGE_CONTENT, frame)))
        add(m, SWPOUT_ZERO, 1)
        emit(m, ZERO_OUT, entry, frame, 0)
        return WROTE
    if old == ZERO:
        set_backend(m, entry, NONE)
        add(m, NR_ZEROMAP, -1)
    if zswap_store(m, frame, entry):
        return WROTE
    if m[WRITEBACK] == 0:
        set_flags(m, frame, PG_DIRTY)
        return KEEP_ACTIVE
    slot = slot_for_write(m, entry)
    if slot < 0:
        set_flags(m, frame, PG_DIRTY)
        return KEEP_ACTIVE
    set_backend(m, entry, slot_backend(slot))
    put(m, SLOT_CONTENT, slot_row(m, slot), get(m, PAGE_CONTENT, frame))
    add(m, PSWPOUT, 1)
    set_flags(m, frame, PG_RECLAIM)
    start_write(m, frame, slot)
    emit(m, DISK_WRITE, frame, entry, slot)
    return WRITING


@kernel
def drop_old_zswap(m: Words, entry: int) -> None:
    """zswap_invalidate(): an older compressed copy is of no use once the page is a zero mark."""
    from_zswap = backend(m, entry)
    if backend_tag(from_zswap) == ZSWAP:
        set_backend(m, entry, NONE)
        zswap_entry_free(m, backend_zswap(from_zswap))


@kernel
def swap_read_folio(m: Words, frame: int, entry: int) -> int:
    """swap_read_folio(): zero mark, zswap, device; when a device's read completes, 0 where none is needed."""
    word = backend(m, entry)
    tag = backend_tag(word)
    spend(m, m[LOOKUP_NS])
    if tag == ZERO:
        put(m, PAGE_CONTENT, frame, backend_image(word))
        add(m, SWPIN_ZERO, 1)
        emit(m, ZERO_FILL, entry, frame, 0)
        return 0
    if tag == ZSWAP:
        zswap_load(m, frame, entry, backend_zswap(word))
        return 0
    slot = backend_slot(word)
    put(m, PAGE_CONTENT, frame, get(m, SLOT_CONTENT, slot_row(m, slot)))
    add(m, PSWPIN, 1)
    add(m, NR_DISK_SWAPINS, 1)
    done = submit(m, slot)
    emit(m, DISK_READ, entry, frame, slot)
    return done


@kernel
def remove_mapping(m: Words, frame: int, entry: int) -> None:
    """__remove_mapping(): out of the swapcache, a shadow in its place, the frame free."""
    where = backend_tag(backend(m, entry))
    shadow = workingset_eviction(m, frame)
    held = entry_count(m, entry) > 0
    if held:
        leave_swap_cache(m, frame, shadow << 1 | 1)
    else:
        leave_swap_cache(m, frame, 0)
        free_entry(m, entry)
    give_frame_back(m, frame)
    emit(m, FREED, frame, entry, where)


@kernel
def complete_writes(m: Words, when: int) -> None:
    """All writes that are done by then; a page written behind its back is freed at once."""
    while write_completes_by(m, when):
        frame = end_write(m)
        if has_flag(m, frame, PG_DROPBEHIND):
            clear_flags(m, frame, PG_DROPBEHIND)
            if not has_flag(m, frame, PG_LRU):
                remove_mapping(m, frame, get(m, PAGE_SWAP, frame))


@kernel
def wait_for_write(m: Words, frame: int) -> None:
    """folio_wait_writeback(): the task sleeps until this page is written."""
    while has_flag(m, frame, PG_WRITEBACK):
        flush_plug(m)
        when = get(m, BIO_DONE, m[BIO_HEAD])
        wait_until(m, when)
        complete_writes(m, when)
