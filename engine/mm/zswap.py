"""zswap: pages kept compressed in memory (mm/zswap.c).

Stores pass the gates in the kernel's order; what a version does differently is a setting. Loads
take the page out of the pool, or leave it there. The shrink worker writes the coldest entries
to a swapfile, each with its second chance.
"""

from __future__ import annotations

from engine.mm.backend import NONE, ZSWAP, backend_tag, backend_zswap, slot_backend, zswap_backend
from engine.mm.block import start_write
from engine.mm.clock import SHRINK_WORKER, spend, time_of_actor
from engine.mm.decisions import NOTHING, UNDECIDED, next_decision
from engine.mm.design.hooks import (
    backend,
    cache_word,
    entry_bytes,
    set_backend,
    set_cache_word,
    slot_for_write,
)
from engine.mm.image import (
    COMPRESS_NS,
    CONTENT_FILLED,
    CONTENT_LZ4,
    DECOMPRESS_NS,
    DROPBEHIND,
    DUPLICATE_ENTRY,
    EXCLUSIVE_LOADS,
    FREE_PAGES,
    INCOMPRESSIBLE,
    KICK_ALWAYS,
    NEGATIVE_GAINS,
    NET_GAIN_BYTES,
    NR_INCOMPRESSIBLE,
    NR_SAME_FILLED,
    NR_STORED,
    NR_ZLRU,
    OBJECT,
    PAGE_CONTENT,
    PAGE_FLAGS,
    POOL_LIMIT_HIT,
    POOL_PAGES,
    POOL_REACHED_FULL,
    PSWPOUT,
    REJECT_ALLOC_FAIL,
    REJECT_COMPRESS_FAIL,
    REJECT_COMPRESS_POOR,
    REJECT_RECLAIM_FAIL,
    SAME_FILLED,
    SECOND_CHANCE,
    SHRINK_RULE,
    SLOT_CONTENT,
    STORED_BYTES,
    WORKER_AGAIN,
    WORKER_CAUSE,
    WORKER_DUE,
    WORKER_FAILURES,
    WORKER_RUNS,
    WORKER_STEP_NS,
    WORKER_WAKE_NS,
    WRITEBACK,
    WRITEBACK_POLICY,
    WRITTEN_BACK,
    Z_CONTENT,
    Z_HANDLE,
    Z_LENGTH,
    Z_REFERENCED,
    Z_SWPENTRY,
    ZLRU,
    ZSPAGE_FIRST,
    ZSPAGE_INUSE,
    ZSWAP_ENABLED,
    ZSWAP_LOAD_NS,
    ZSWAP_TOP,
    ZSWPIN,
    ZSWPOUT,
    ZSWPWB,
)
from engine.mm.journal import ACTOR, CAUSE, add, emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.lru import lru_add
from engine.mm.page_alloc import memalloc_floor, take_frame
from engine.mm.pageflags import PG_DIRTY, PG_DROPBEHIND, PG_RECLAIM, PG_SWAPBACKED
from engine.mm.schema import Words
from engine.mm.swap_state import enter_swap_cache
from engine.mm.swapfile import slot_row
from engine.mm.transitions import (
    REJECT_COMPRESS,
    REJECT_DISABLED,
    REJECT_FULL,
    REJECT_HYSTERESIS,
    REJECT_POOL_ALLOC,
    REJECT_POOR,
    WB_FAIL,
    WB_ROTATE,
    WORKER_KICK,
    WRITE_BACK,
    ZSWAP_FREED,
    ZSWAP_LOAD,
    ZSWAP_REJECT,
    ZSWAP_STORE,
)
from engine.mm.workingset import workingset_refault
from engine.mm.zsmalloc import HANDLE_SHIFT
from engine.mm.zswap_entry import (
    forget_zswap_entry,
    new_zswap_entry,
    pool_malloc,
    zswap_entry_free,
    zswap_lru_add,
    zswap_lru_del,
)
from engine.mm.zswap_pool import zswap_accept_thr_pages, zswap_can_accept, zswap_is_full, zswap_max_pages

PAGE_SIZE = 4096
ENTRY_BYTES = 64
"""A zswap entry with its place in the tree: 56 + 8 bytes in 6.18."""
INCOMPRESSIBLE_STORE = 1
COLDEST = 0
"""The writeback policy of the kernel: the coldest entry goes, a referenced one after its second chance."""
POOL_PAGE = 0
ONE_ENTRY = 1
BATCH = 2
SWAP_CLUSTER_MAX = 32
MAX_RECLAIM_RETRIES = 16
POOL_PAGE_RETRIES = 8
NO_SPACE = -1

WRITTEN = 0
FAILED_MEMORY = 1
FAILED_CACHED = 2
FAILED_SLOT = 3
FAILED_OFF = 4


@kernel
def zswap_check_limits(m: Words) -> int:
    """zswap_check_limits(): 0 when the pool takes more, else why not."""
    if zswap_is_full(m):
        add(m, POOL_LIMIT_HIT, 1)
        store(m, POOL_REACHED_FULL, 1)
        return REJECT_FULL
    if m[POOL_REACHED_FULL] != 0:
        if zswap_can_accept(m):
            store(m, POOL_REACHED_FULL, 0)
        else:
            return REJECT_HYSTERESIS
    return 0


@kernel
def kick_worker(m: Words) -> None:
    """queue_work(shrink_wq): nothing happens while it is queued; kicked while it runs, it runs once more."""
    if m[WORKER_DUE] != 0:
        if m[WORKER_RUNS] != 0:
            store(m, WORKER_AGAIN, 1)
        return
    store(m, WORKER_DUE, time_of_actor(m) + m[WORKER_WAKE_NS])
    store(m, WORKER_FAILURES, 0)
    store(m, WORKER_CAUSE, emit(m, WORKER_KICK, m[POOL_PAGES], zswap_max_pages(m), 0))


@kernel
def reject(m: Words, entry: int, reason: int) -> bool:
    """A store that fails drops an older copy of the page and may kick the shrink worker."""
    number = emit(m, ZSWAP_REJECT, entry, reason, m[POOL_PAGES])
    word = backend(m, entry)
    if backend_tag(word) == ZSWAP:
        zentry = backend_zswap(word)
        set_backend(m, entry, NONE)
        zswap_entry_free(m, zentry)
        emit(m, ZSWAP_FREED, zentry, entry, 0)
    if reason == REJECT_FULL or (m[KICK_ALWAYS] != 0 and m[POOL_REACHED_FULL] != 0):
        cause = m[CAUSE]
        m[CAUSE] = number
        kick_worker(m)
        m[CAUSE] = cause
    return False


@kernel
def stored_length(m: Words, image: int) -> int:
    """The length to keep: 0 for one repeated word, 4096 for raw, -1 when it does not compress."""
    if m[SAME_FILLED] != 0 and get(m, CONTENT_FILLED, image) & 1 != 0:
        return 0
    length = get(m, CONTENT_LZ4, image)
    if length < PAGE_SIZE:
        return length
    if m[INCOMPRESSIBLE] == INCOMPRESSIBLE_STORE and m[WRITEBACK] != 0:
        return PAGE_SIZE
    return -1


@kernel
def zswap_store(m: Words, frame: int, entry: int) -> bool:
    """zswap_store(): the gates in order, then compress, allocate, insert, account."""
    if m[ZSWAP_ENABLED] == 0:
        return reject(m, entry, REJECT_DISABLED)
    full = zswap_check_limits(m)
    if full != 0:
        return reject(m, entry, full)
    image = get(m, PAGE_CONTENT, frame)
    length = stored_length(m, image)
    if length != 0:
        spend(m, m[COMPRESS_NS])
    if length < 0:
        if m[INCOMPRESSIBLE] == INCOMPRESSIBLE_STORE:
            add(m, REJECT_COMPRESS_FAIL, 1)
            return reject(m, entry, REJECT_COMPRESS)
        add(m, REJECT_COMPRESS_POOR, 1)
        return reject(m, entry, REJECT_POOR)
    zentry = new_zswap_entry(m)
    handle = 0
    if length > 0:
        handle = pool_malloc(m, length, zentry)
        if handle <= 0:
            forget_zswap_entry(m, zentry)
            if handle == NO_SPACE:
                add(m, REJECT_COMPRESS_POOR, 1)
                return reject(m, entry, REJECT_POOR)
            add(m, REJECT_ALLOC_FAIL, 1)
            return reject(m, entry, REJECT_POOL_ALLOC)
    old = backend(m, entry)
    if backend_tag(old) == ZSWAP:
        add(m, DUPLICATE_ENTRY, 1)
        zswap_entry_free(m, backend_zswap(old))
    put(m, Z_SWPENTRY, zentry, entry)
    put(m, Z_LENGTH, zentry, length)
    put(m, Z_REFERENCED, zentry, 1)
    put(m, Z_HANDLE, zentry, handle)
    put(m, Z_CONTENT, zentry, image)
    if handle != 0:
        zswap_lru_add(m, zentry)
    else:
        add(m, NR_SAME_FILLED, 1)
    if length == PAGE_SIZE:
        add(m, NR_INCOMPRESSIBLE, 1)
    add(m, NR_STORED, 1)
    add(m, STORED_BYTES, length)
    add(m, ZSWPOUT, 1)
    set_backend(m, entry, zswap_backend(zentry))
    gain = PAGE_SIZE - length - ENTRY_BYTES - entry_bytes(m)
    add(m, NET_GAIN_BYTES, gain)
    if gain < 0:
        add(m, NEGATIVE_GAINS, 1)
    emit(m, ZSWAP_STORE, entry, zentry, length)
    return True


@kernel
def zswap_load(m: Words, frame: int, entry: int, zentry: int) -> None:
    """zswap_load(): decompress; an exclusive load frees the entry and leaves the page dirty."""
    length = get(m, Z_LENGTH, zentry)
    spend(m, m[DECOMPRESS_NS])
    add(m, ZSWAP_LOAD_NS, m[DECOMPRESS_NS])
    put(m, PAGE_CONTENT, frame, get(m, Z_CONTENT, zentry))
    add(m, ZSWPIN, 1)
    if m[EXCLUSIVE_LOADS] != 0:
        put(m, PAGE_FLAGS, frame, get(m, PAGE_FLAGS, frame) | PG_DIRTY)
        set_backend(m, entry, NONE)
        zswap_entry_free(m, zentry)
    emit(m, ZSWAP_LOAD, entry, frame, length)


@kernel
def writeback_fails(m: Words, zentry: int, entry: int, why: int) -> int:
    """A writeback that cannot be done: the entry stays where it is. 6.2 only counts pages of the pool that stay."""
    if m[SHRINK_RULE] != POOL_PAGE:
        add(m, REJECT_RECLAIM_FAIL, 1)
    emit(m, WB_FAIL, zentry, entry, why)
    return why


@kernel
def zswap_writeback_entry(m: Words, zentry: int) -> int:
    """zswap_writeback_entry(): a frame in the swapcache, a slot, decompress, drop the entry, write.

    Memory is needed to free memory, and the compressed copy is given up before the write is
    done. The page's slot is the one it has had (legacy), or one taken here.
    """
    entry = get(m, Z_SWPENTRY, zentry)
    word = cache_word(m, entry)
    if word != 0 and word & 1 == 0:
        return writeback_fails(m, zentry, entry, FAILED_CACHED)
    if m[FREE_PAGES] <= memalloc_floor(m):
        return writeback_fails(m, zentry, entry, FAILED_MEMORY)
    slot = slot_for_write(m, entry)
    if slot < 0:
        return writeback_fails(m, zentry, entry, FAILED_SLOT)
    frame = take_frame(m)
    flags = PG_SWAPBACKED | PG_RECLAIM
    if m[DROPBEHIND] != 0:
        flags |= PG_DROPBEHIND
    put(m, PAGE_FLAGS, frame, flags)
    set_cache_word(m, entry, frame << 1)
    enter_swap_cache(m, frame, entry)
    if word != 0:
        workingset_refault(m, frame, word >> 1)
    length = get(m, Z_LENGTH, zentry)
    image = get(m, Z_CONTENT, zentry)
    put(m, PAGE_CONTENT, frame, image)
    spend(m, m[DECOMPRESS_NS])
    set_backend(m, entry, slot_backend(slot))
    zswap_entry_free(m, zentry)
    put(m, SLOT_CONTENT, slot_row(m, slot), image)
    add(m, ZSWPWB, 1)
    add(m, WRITTEN_BACK, 1)
    add(m, PSWPOUT, 1)
    if m[DROPBEHIND] == 0:
        lru_add(m, frame)
    start_write(m, frame, slot)
    emit(m, WRITE_BACK, entry, slot, length)
    return WRITTEN


@kernel
def next_to_leave(m: Words) -> int:
    """The entry that goes next: the coldest, or what a policy of somebody's own named; 0 where it keeps them all."""
    if m[WRITEBACK_POLICY] == COLDEST:
        return m[ZLRU]
    chosen = next_decision(m)
    if chosen == NOTHING:
        return 0
    if chosen <= UNDECIDED or chosen > m[ZSWAP_TOP] or get(m, Z_HANDLE, chosen) == 0:
        return m[ZLRU]
    return chosen


@kernel
def shrink_one(m: Words, zentry: int) -> int:
    """shrink_memcg_cb(): second chance, or writeback; -1 when it was only rotated."""
    entry = get(m, Z_SWPENTRY, zentry)
    if m[WRITEBACK_POLICY] == COLDEST and m[SECOND_CHANCE] != 0 and get(m, Z_REFERENCED, zentry) != 0:
        put(m, Z_REFERENCED, zentry, 0)
        zswap_lru_del(m, zentry)
        zswap_lru_add(m, zentry)
        emit(m, WB_ROTATE, zentry, entry, 0)
        return -1
    zswap_lru_del(m, zentry)
    zswap_lru_add(m, zentry)
    return zswap_writeback_entry(m, zentry)


@kernel
def evict_pool_page(m: Words, zspage: int) -> bool:
    """Every object of a page of the pool written back; whether the page is free now, else its entries go last."""
    left = get(m, ZSPAGE_INUSE, zspage)
    row = get(m, ZSPAGE_FIRST, zspage)
    stayed = 0
    while left > 0:
        word = get(m, OBJECT, row)
        row += 1
        if word & 1 != 0:
            left -= 1
            if zswap_writeback_entry(m, word >> 1) != WRITTEN:
                stayed += 1
                zswap_lru_del(m, word >> 1)
                zswap_lru_add(m, word >> 1)
    return stayed == 0


@kernel
def shrink_pool_page(m: Words) -> int:
    """zpool_shrink(pool, 1) of 6.2: the coldest entry's page, or the next, up to eight; 1 once one came free."""
    tries = POOL_PAGE_RETRIES
    while tries > 0 and m[NR_ZLRU] > 0:
        tries -= 1
        zentry = next_to_leave(m)
        if zentry == 0:
            return 0
        if evict_pool_page(m, get(m, Z_HANDLE, zentry) >> HANDLE_SHIFT):
            return 1
    add(m, REJECT_RECLAIM_FAIL, 1)
    return 0


@kernel
def shrink_entries(m: Words, entries: int) -> int:
    """list_lru_walk_one(): up to so many from the cold end; how many were written."""
    written = 0
    entries = min(entries, m[NR_ZLRU])
    while entries > 0 and m[NR_ZLRU] > 0:
        entries -= 1
        zentry = next_to_leave(m)
        if zentry == 0:
            return written
        if shrink_one(m, zentry) == WRITTEN:
            written += 1
    return written


@kernel
def shrink_for_shrinker(m: Words, entries: int) -> int:
    """zswap_shrinker_scan(): so many from the cold end; how many were written.

    -1 stops the shrinker (SHRINK_STOP): none was written, or an entry's page was in the swapcache
    already, which says that the warm entries begin here.
    """
    written = 0
    while entries > 0 and m[NR_ZLRU] > 0:
        entries -= 1
        zentry = next_to_leave(m)
        if zentry == 0:
            break
        result = shrink_one(m, zentry)
        if result == WRITTEN:
            written += 1
        elif result == FAILED_CACHED:
            return -1
    if written == 0:
        return -1
    return written


@kernel
def worker_step(m: Words) -> None:
    """One turn of shrink_worker(): as much as the version's rule says, then asleep or due again."""
    actor = m[ACTOR]
    cause = m[CAUSE]
    m[ACTOR] = SHRINK_WORKER
    m[CAUSE] = m[WORKER_CAUSE]
    store(m, WORKER_RUNS, 1)
    spend(m, m[WORKER_STEP_NS])
    written = 0
    if m[NR_ZLRU] > 0 and m[WRITEBACK] != 0:
        if m[SHRINK_RULE] == POOL_PAGE:
            written = shrink_pool_page(m)
        elif m[SHRINK_RULE] == BATCH:
            written = shrink_entries(m, SWAP_CLUSTER_MAX)
        else:
            written = shrink_entries(m, 1)
    if written == 0:
        add(m, WORKER_FAILURES, 1)
    done = m[POOL_PAGES] <= zswap_accept_thr_pages(m) or m[WORKER_FAILURES] >= MAX_RECLAIM_RETRIES
    if done or m[SHRINK_RULE] == POOL_PAGE or m[NR_ZLRU] == 0:
        store(m, WORKER_RUNS, 0)
        if m[WORKER_AGAIN] != 0:
            store(m, WORKER_AGAIN, 0)
            store(m, WORKER_FAILURES, 0)
            spend(m, m[WORKER_WAKE_NS])
        else:
            store(m, WORKER_DUE, 0)
    m[ACTOR] = actor
    m[CAUSE] = cause
