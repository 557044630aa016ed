"""The kinds of transition: what can happen, which kernel function does it, how it is said.

A transition's record has :data:`RECORD_WORDS` words: kind and actor, time, operation, cause,
end of its span in the journal, and three operands whose meaning the kind's ``operands`` names.
A sentence is made from a template with those names; ``{page}`` stands for the process and page of
an operand that holds ``process << 32 | page``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

RECORD_WORDS = 8
REC_KIND, REC_TIME, REC_OPERATION, REC_CAUSE, REC_END, REC_A, REC_B, REC_C = range(RECORD_WORDS)
ACTOR_SHIFT = 8


class Actor(IntEnum):
    """Who does a transition."""

    TASK = 0
    KSWAPD = 1
    SHRINK_WORKER = 2
    DEVICE = 3
    USER = 4


class Lane(IntEnum):
    """Where a transition is drawn on the timeline."""

    REFERENCES = 0
    FAULTS = 1
    RECLAIM = 2
    ZSWAP = 3
    DISK = 4
    MACHINE = 5


@dataclass(frozen=True)
class Kind:
    """One kind of transition."""

    number: int
    name: str
    lane: Lane
    function: str
    """The kernel function that does it."""
    sentence: str
    """Template of the sentence that tells it."""
    operands: tuple[str, str, str]


KINDS: list[Kind] = []


def _kind(name: str, lane: Lane, function: str, sentence: str, *operands: str) -> int:
    padded = (*operands, "", "", "")[:3]
    KINDS.append(Kind(len(KINDS), name, lane, function, sentence, (padded[0], padded[1], padded[2])))
    return len(KINDS) - 1


R, F, V, Z, D, M = Lane.REFERENCES, Lane.FAULTS, Lane.RECLAIM, Lane.ZSWAP, Lane.DISK, Lane.MACHINE

START = _kind("start", M, "", "The machine starts: nothing has been touched yet.")
HIT = _kind("hit", R, "", "{page} is in memory, frame {frame}: {access}.", "page", "frame", "access")
FAULT = _kind("fault", F, "handle_mm_fault", "{page} is not mapped: {access} faults.", "page", "access", "pte")
FIRST_TOUCH = _kind(
    "first touch", F, "do_anonymous_page", "{page} is touched for the first time and gets frame {frame}.",
    "page", "frame", "image",
)  # fmt: skip
ZERO_PAGE_MAPPED = _kind(
    "zero page mapped", F, "do_anonymous_page", "{page} is only read: it maps the shared zero page.", "page"
)
COPY_ON_WRITE = _kind(
    "copy on write", F, "wp_page_copy", "{page} is shared: the writer gets a copy in frame {frame}.",
    "page", "frame", "old",
)  # fmt: skip
REUSE = _kind("reuse", F, "wp_page_reuse", "{page} has frame {frame} to itself: it is made writable.", "page", "frame")
CACHE_HIT = _kind(
    "swapcache hit", F, "swap_cache_get_folio", "{page} is still in the swapcache, frame {frame}: a minor fault.",
    "page", "frame", "swap",
)  # fmt: skip
SWAP_IN = _kind(
    "swap-in", F, "do_swap_page", "{page} needs its page back: {swap} gets frame {frame} in the swapcache.",
    "page", "frame", "swap",
)  # fmt: skip
ZSWAP_LOAD = _kind(
    "zswap load", Z, "zswap_load", "{swap}: {bytes} bytes decompressed into frame {frame}.", "swap", "frame", "bytes"
)
DISK_READ = _kind(
    "device read", D, "swap_read_folio_bdev_sync", "{swap}: read from {slot} into frame {frame}.",
    "swap", "frame", "slot",
)  # fmt: skip
ZERO_FILL = _kind(
    "zero fill", F, "swap_read_folio_zeromap", "{swap} was all zeroes: frame {frame} is cleared.", "swap", "frame"
)
READ_AHEAD = _kind(
    "readahead", F, "swap_cluster_readahead", "{swap} is brought in ahead, frame {frame}.", "swap", "frame", "window"
)
PAGE_MAPPED = _kind("mapped", F, "do_swap_page", "{page} maps frame {frame} again; {kept}.", "page", "frame", "kept")
SWAP_FREE = _kind(
    "swap entry freed", F, "folio_free_swap", "{swap} is free again; frame {frame} left the swapcache.",
    "swap", "frame",
)  # fmt: skip
REFAULT = _kind(
    "refault", F, "workingset_refault", "Frame {frame} comes back {distance} evictions later: {verdict}.",
    "frame", "distance", "verdict",
)  # fmt: skip
DIRECT_RECLAIM = _kind(
    "direct reclaim", V, "try_to_free_pages", "No frame to be had ({free} free): the task must reclaim itself.",
    "free", "priority",
)  # fmt: skip
KSWAPD_WAKE = _kind("kswapd wakes", V, "wakeup_kswapd", "{free} frames free, too few: kswapd wakes.", "free", "low")
KSWAPD_SLEEP = _kind("kswapd sleeps", V, "kswapd_try_to_sleep", "{free} frames free: kswapd sleeps.", "free", "high")
DEACTIVATE = _kind(
    "deactivate", V, "shrink_active_list", "{pages} pages from the active list's tail become inactive.", "pages"
)
KEEP = _kind(
    "second chance", V, "folio_check_references", "Frame {frame} was used since: it is kept, its young bit cleared.",
    "frame",
)  # fmt: skip
ACTIVATED = _kind("activate", V, "folio_check_references", "Frame {frame} was used twice: it becomes active.", "frame")
SWAP_NAME = _kind(
    "swap entry allocated", V, "folio_alloc_swap", "Frame {frame} must leave: it gets {swap} and joins the swapcache.",
    "frame", "swap",
)  # fmt: skip
NAME_FAIL = _kind(
    "no swap entry", V, "folio_alloc_swap", "Frame {frame} should leave but {why}: it becomes active again.",
    "frame", "why",
)  # fmt: skip
UNMAP = _kind(
    "unmapped", V, "try_to_unmap", "{entries} page-table entries of frame {frame} now hold {swap}.",
    "frame", "swap", "entries",
)  # fmt: skip
ZSWAP_STORE = _kind(
    "zswap store", Z, "zswap_store", "{swap}: 4 096 bytes compressed to {bytes}, entry {entry}.",
    "swap", "entry", "bytes",
)  # fmt: skip
ZERO_OUT = _kind(
    "zero page out", Z, "swap_zeromap_folio_set", "{swap} is all zeroes: one bit keeps it.", "swap", "frame"
)
ZSWAP_REJECT = _kind(
    "zswap refuses", Z, "zswap_store", "{swap} is not taken into zswap: {reason}.", "swap", "reason", "pages"
)
WORKER_KICK = _kind(
    "shrink worker kicked", Z, "queue_work", "The shrink worker is told to make room.", "pages", "limit"
)
WB_ROTATE = _kind(
    "entry rotated", Z, "shrink_memcg_cb", "Entry {entry} ({swap}) has its second chance and goes to the hot end.",
    "entry", "swap",
)  # fmt: skip
WRITE_BACK = _kind(
    "written back", Z, "zswap_writeback_entry", "{swap}: {bytes} bytes decompressed, on their way to {slot}.",
    "swap", "slot", "bytes",
)  # fmt: skip
WB_FAIL = _kind(
    "writeback fails", Z, "zswap_writeback_entry", "Entry {entry} ({swap}) cannot be written back: {why}.",
    "entry", "swap", "why",
)  # fmt: skip
SLOT_TAKEN = _kind(
    "slot taken", D, "folio_alloc_swap", "{swap} now needs the disk: it takes {slot}. No page table notices.",
    "swap", "slot",
)  # fmt: skip
SLOT_FAIL = _kind("no slot", D, "folio_alloc_swap", "{swap} needs the disk but no slot is free.", "swap")
DISK_WRITE = _kind(
    "device write", D, "__swap_writepage", "Frame {frame} ({swap}) is being written to {slot}.", "frame", "swap", "slot"
)
WRITE_DONE = _kind("write done", D, "end_swap_bio_write", "{slot} is written; frame {frame} is clean.", "frame", "slot")
FREED = _kind(
    "frame freed", V, "__remove_mapping", "Frame {frame} is free; {swap} now lives {where}.", "frame", "swap", "where"
)
OOM = _kind(
    "out of memory", M, "out_of_memory", "Nothing can be freed: process {process} with {pages} pages is killed.",
    "process", "pages",
)  # fmt: skip
OOM_END = _kind("out of memory, end", M, "panic", "Nothing can be freed and no process is left to kill.")
SETTING = _kind(
    "setting", M, "", "The setting {setting} is now {value}, before {before}.", "setting", "value", "before"
)
MARK = _kind("mark", M, "", "Mark {mark}.", "mark")
FORK = _kind("fork", M, "dup_mmap", "Process {process} forks: {pages} entries are shared with {child}.",
             "process", "child", "pages")  # fmt: skip
EXIT = _kind("exit", M, "exit_mmap", "Process {process} ends and gives back {pages} pages.", "process", "pages")
MUNMAP = _kind("munmap", M, "unmap_region", "{pages} pages from {page} are unmapped.", "page", "pages")
MADVISE = _kind("madvise", M, "madvise_vma_behavior", "madvise({advice}) on {pages} pages from {page}.",
                "page", "pages", "advice")  # fmt: skip
MLOCK = _kind("mlock", M, "mlock_fixup", "{pages} pages from {page}: {locked}.", "page", "pages", "locked")
SWAPON = _kind("swapon", M, "sys_swapon", "Swapfile {swapfile} with {slots} slots is in use.", "swapfile", "slots")
SWAPOFF_BEGIN = _kind("swapoff begins", M, "try_to_unuse",
                      "Swapfile {swapfile} is to be emptied: {slots} slots in use.", "swapfile", "slots")  # fmt: skip
SWAPOFF_PAGE = _kind("swapoff page", M, "unuse_pte_range", "{swap} is brought back, frame {frame}.", "swap", "frame")
SWAPOFF_END = _kind("swapoff ends", M, "sys_swapoff", "Swapfile {swapfile}: {result}; {entries} entries visited.",
                    "swapfile", "result", "entries")  # fmt: skip
DESC_FREED = _kind("descriptor freed", M, "swap_desc_free", "Descriptor {desc} is free.", "desc")
SLAB_REFILLED = _kind(
    "slab refill", V, "kmem_cache_alloc", "The stock gets {objects} more descriptors; new slab pages: {pages}.",
    "objects", "pages", "reserve",
)  # fmt: skip
SLAB_EMPTY = _kind("slab empty", V, "kmem_cache_alloc", "No memory for a descriptor: the reserve is gone.", "free")
SHRINKER_RUN = _kind("shrinker", Z, "zswap_shrinker_scan", "Memory pressure asks zswap for {pages} entries.", "pages")
ZSWAP_FREED = _kind("zswap entry freed", Z, "zswap_invalidate", "Entry {entry} of {swap} is dropped.", "entry", "swap")
NO_SWAPFILE = _kind(
    "no such swapfile", M, "sys_swapon", "There is no {swapfile}: nothing is done (ENOENT).", "swapfile"
)
SEGFAULT = _kind("segmentation fault", M, "bad_area", "{page} is not mapped: {access} is an error of the program.",
                 "page", "access")  # fmt: skip
SKIPPED = _kind("skipped", R, "", "Process {process} is gone: its operation is skipped.", "process")
IDLE = _kind("idle", M, "", "{ns} ns pass.", "ns")
EXEC = _kind("process starts", M, "exec_mmap",
             "Process {process} starts with {pages} pages of its own; none of them is touched yet.",
             "process", "pages")  # fmt: skip
MET_WRITING = _kind(
    "met while written", V, "shrink_folio_list",
    "Frame {frame} is still being written: it becomes active, out of the way until that is done.", "frame",
)  # fmt: skip
NEVER_MAPPED = _kind(
    "never mapped", V, "pageout",
    "Frame {frame} was read ahead and nobody mapped it: it holds the only copy of {swap}, is not written, and "
    "becomes active.", "frame", "swap",
)  # fmt: skip
NOT_WRITTEN = _kind(
    "not written", V, "swap_writeout",
    "Frame {frame} can be written nowhere: zswap refused it, and there is no slot for {swap} or none may be taken. It "
    "becomes active.", "frame", "swap",
)  # fmt: skip
FLUSH_STATS = _kind(
    "statistics flushed", V, "flush_memcg_stats_dwork",
    "The lists are counted: {inactive} pages inactive, {active} active, and reclaim goes by that until the next count.",
    "inactive", "active",
)  # fmt: skip

REASONS = (
    "zswap is off", "the pool is full", "the pool was full and is not yet below its threshold",
    "no memory for the entry", "it does not compress", "it hardly compresses", "no memory for the compressed page",
    "the cgroup's limit is reached",
)  # fmt: skip
(
    REJECT_DISABLED, REJECT_FULL, REJECT_HYSTERESIS, REJECT_ENTRY, REJECT_COMPRESS, REJECT_POOR, REJECT_POOL_ALLOC,
    REJECT_LIMIT,
) = range(8)  # fmt: skip
