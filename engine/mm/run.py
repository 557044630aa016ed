"""The run itself: one operation after the other, and what works beside them."""

from __future__ import annotations

from typing import Any

from engine.mm.alloc import direct_reclaim
from engine.mm.block import wait_until
from engine.mm.exec import exec_mmap
from engine.mm.exit import exit_mmap
from engine.mm.fetch import fetch_ahead
from engine.mm.image import (
    BIO_HEAD,
    FIRST_SETTING,
    FRAMES,
    FREE_PAGES,
    HIT_NS,
    KSWAPD_AWAKE,
    KSWAPD_CLOCK,
    MM_PAGES,
    MM_PTE,
    MM_STATE,
    NOW,
    NR_SWAPFILES,
    OUTCOME,
    POLICY,
    PTE,
    REFERENCES,
    SI_FLAGS,
    SWAP_TOTAL,
    SWAPFILE_SLOTS,
    TRANSITIONS,
    VMA_START,
    WORKER_DUE,
    WORKING_SET,
    schema,
)
from engine.mm.journal import (
    ACTOR,
    CAUSE,
    JOURNAL_LOST,
    WATCH_SEEN,
    add,
    emit,
    end_operation,
    get,
    put,
    store,
)
from engine.mm.kernel import entry, kernel
from engine.mm.kswapd import kswapd_step
from engine.mm.memory import handle_mm_fault, written
from engine.mm.mmap import (
    ADVICE_COLD,
    ADVICE_DONTNEED,
    ADVICE_PAGEOUT,
    ADVICE_WILLNEED,
    find_vma,
    fork,
    madvise,
    mlock,
    munmap,
)
from engine.mm.oom_kill import out_of_memory
from engine.mm.page_alloc import setup_watermarks, task_floor
from engine.mm.page_io import complete_writes
from engine.mm.policy import LINUX, LRU, OPT, note_use
from engine.mm.schema import HEADER_WORDS, Words
from engine.mm.swapfile import MAX_SWAPFILES, SWP_WRITEOK, slots_good
from engine.mm.swapoff import swapoff, swapon
from engine.mm.swapops import PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_RW, pte_pfn
from engine.mm.transitions import HIT, IDLE, MARK, NO_SWAPFILE, SEGFAULT, SETTING, SKIPPED
from engine.mm.zswap import worker_step
from engine.operation import COUNT_MASK, COUNT_SHIFT, KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT

READ, WRITE, SET, MARK_OP, IDLE_OP, FORK_OP, EXIT_OP, MUNMAP_OP, PAGEOUT, COLD, DONTNEED, WILLNEED = range(1, 13)
MLOCK_OP, MUNLOCK_OP, SWAPON_OP, SWAPOFF_OP, EXEC_OP = range(13, 18)

USER = 4
PROCESS_SHIFT = 32
OUTCOME_SEGFAULT = 2
SCALAR_END = schema.scalar_end
SWAPFILE_SLOTS_0 = SWAPFILE_SLOTS[0]


@kernel
def work_beside(m: Words) -> None:
    """Devices, kswapd and the shrink worker do what they get done until the task's clock."""
    if m[BIO_HEAD] != 0:
        complete_writes(m, m[NOW])
    while m[KSWAPD_AWAKE] != 0 and m[KSWAPD_CLOCK] < m[NOW]:
        kswapd_step(m)
    while m[WORKER_DUE] != 0 and m[WORKER_DUE] < m[NOW]:
        worker_step(m)


@kernel
def touch(m: Words, process: int, page: int, write: bool, repeats: int) -> None:
    """A reference: present and permitted is a hit, anything else a fault."""
    add(m, REFERENCES, repeats + 1)
    if get(m, MM_STATE, process) != 1:
        emit(m, SKIPPED, process, 0, 0)
        return
    percent = m[WORKING_SET]
    if percent != 100:
        region = find_vma(m, process, page)
        start = get(m, VMA_START, region)
        page = start + (page - start) * percent // 100
    where = process << PROCESS_SHIFT | page
    access = 0
    if write:
        access = 1
    row = get(m, MM_PTE, process) + page
    word = 0
    if page < get(m, MM_PAGES, process):
        word = get(m, PTE, row)
    if word & PTE_PRESENT != 0 and (not write or word & PTE_RW != 0):
        wanted = word | PTE_ACCESSED
        if write:
            wanted |= PTE_DIRTY
            if word & PTE_DIRTY == 0:
                written(m, pte_pfn(word))
        if wanted != word:
            put(m, PTE, row, wanted)
        add(m, NOW, m[HIT_NS] * (repeats + 1))
        emit(m, HIT, where, pte_pfn(word), access)
        if m[POLICY] != LINUX:
            note_use(m, pte_pfn(word))
        return
    vma = find_vma(m, process, page)
    if vma == 0:
        store(m, OUTCOME, OUTCOME_SEGFAULT)
        emit(m, SEGFAULT, where, access, 0)
        return
    handle_mm_fault(m, process, vma, page, row, write)
    add(m, NOW, m[HIT_NS] * (repeats + 1))
    word = get(m, PTE, row)
    if (m[POLICY] == OPT or m[POLICY] == LRU) and word & PTE_PRESENT != 0:
        # What came along or was still in the swapcache is not the newest by itself.
        note_use(m, pte_pfn(word))


@kernel
def make_room(m: Words) -> None:
    """Memory has become less: reclaim, and kill if need be, until what is used fits."""
    floor = task_floor(m)
    while m[FREE_PAGES] < floor:
        if not direct_reclaim(m, floor - 1) and out_of_memory(m) == 0:
            return


@kernel
def change_setting(m: Words, number: int, value: int) -> None:
    """A knob is turned while the machine runs, with all that follows at once."""
    address = FIRST_SETTING + number
    before = m[address]
    total = 0
    for type_ in range(MAX_SWAPFILES):
        if get(m, SI_FLAGS, type_ + 1) & SWP_WRITEOK != 0:
            total -= slots_good(m, type_)
    store(m, address, value)
    for type_ in range(MAX_SWAPFILES):
        if get(m, SI_FLAGS, type_ + 1) & SWP_WRITEOK != 0:
            total += slots_good(m, type_)
    if total != 0:
        add(m, SWAP_TOTAL, total)
    setup_watermarks(m)
    if address == FRAMES:
        add(m, FREE_PAGES, value - before)
    m[CAUSE] = emit(m, SETTING, number, value, before)
    if address == FRAMES:
        make_room(m)
    m[CAUSE] = 0


@kernel
def operate(m: Words, word: int) -> None:
    """One operation."""
    kind = word & KIND_MASK
    who = word >> WHO_SHIFT & WHO_MASK
    count = word >> COUNT_SHIFT & COUNT_MASK
    value = word >> VALUE_SHIFT
    process = who + 1
    if kind == READ:
        touch(m, process, value, False, count)
        return
    if kind == WRITE:
        touch(m, process, value, True, count)
        return
    m[ACTOR] = USER
    if kind == SET:
        change_setting(m, count, value)
    elif kind == MARK_OP:
        emit(m, MARK, value, 0, 0)
    elif kind == IDLE_OP:
        wait_until(m, m[NOW] + value)
        emit(m, IDLE, value, 0, 0)
    elif kind == SWAPON_OP and who < m[NR_SWAPFILES]:
        swapon(m, who)
    elif kind == SWAPOFF_OP and who < m[NR_SWAPFILES]:
        swapoff(m, who)
    elif kind in (SWAPON_OP, SWAPOFF_OP):
        emit(m, NO_SWAPFILE, who, 0, 0)
    elif kind == EXEC_OP and get(m, MM_STATE, process) != 1:
        m[ACTOR] = 0
        exec_mmap(m, process, count + 1, value)
    elif get(m, MM_STATE, process) == 1:
        m[ACTOR] = 0
        if kind == FORK_OP and get(m, MM_STATE, count + 1) != 1:
            fork(m, process, count + 1)
        elif kind in (FORK_OP, EXEC_OP):
            emit(m, SKIPPED, process, 0, 0)
        elif kind == EXIT_OP:
            put(m, MM_STATE, process, 2)
            exit_mmap(m, process)
        elif kind == MUNMAP_OP:
            munmap(m, process, value, count + 1)
        elif kind == PAGEOUT:
            madvise(m, process, value, count + 1, ADVICE_PAGEOUT)
        elif kind == COLD:
            madvise(m, process, value, count + 1, ADVICE_COLD)
        elif kind == DONTNEED:
            madvise(m, process, value, count + 1, ADVICE_DONTNEED)
        elif kind == WILLNEED:
            madvise(m, process, value, count + 1, ADVICE_WILLNEED)
        elif kind == MLOCK_OP:
            mlock(m, process, value, count + 1, True)
        elif kind == MUNLOCK_OP:
            mlock(m, process, value, count + 1, False)
    else:
        emit(m, SKIPPED, process, 0, 0)
    m[ACTOR] = 0


@entry
def run(m: Words, ops: Words, begin: int, end: int, until: int) -> int:
    """Operations ``begin`` … ``end``-1, written down if the journal is kept; see :func:`carry_out`."""
    return carry_out(m, ops, begin, end, until)


@entry
def run_unrecorded(m: Words, ops: Words, begin: int, end: int, until: int, step: int, samples: Any) -> int:
    """The same where nothing is written down: in machine code, much faster.

    Behind every ``step`` operations all scalars go into ``samples``, as long as there is room: so the run need
    not come back for each of them. :data:`engine.mm.linking.UNRECORDED` names this entry.
    """
    at = begin
    row = 0
    while at < end:
        stop = min(end, at - at % step + step)
        at = carry_out(m, ops, at, stop, until)
        if at % step == 0 and row < len(samples):
            for word in range(HEADER_WORDS, SCALAR_END):
                samples[row + word - HEADER_WORDS] = m[word]
            row += SCALAR_END - HEADER_WORDS
        if at < stop or m[OUTCOME] != 0:
            break
    return at


@kernel
def carry_out(m: Words, ops: Words, begin: int, end: int, until: int) -> int:
    """Operations ``begin`` … ``end``-1; the index of the first that was not carried out.

    It stops early behind the operation in which a watched kind came up, the run ended, the
    journal was full, or transition ``until`` came about.
    """
    at = begin
    while at < end:
        fetch_ahead(m, ops, at, end)
        operate(m, ops[at])
        work_beside(m)
        end_operation(m)
        at += 1
        if m[WATCH_SEEN] != 0 or m[JOURNAL_LOST] != 0 or m[OUTCOME] != 0 or m[TRANSITIONS] >= until:
            break
    return at
