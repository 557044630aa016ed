"""The image: every fact the machine has, declared once.

From these declarations come the array, the addresses the model computes with, the inspector's
texts and the reference page of the docs. If it is not in the image it does not exist: random
state, clocks, queues and counters are here too. See :mod:`engine.mm.schema` for the form and
:mod:`engine.mm.layout` for how much room each table gets.
"""

from __future__ import annotations

from engine.mm.design import design_names
from engine.mm.schema import Group, Schema

schema = Schema()
_setting = schema.setting


def _state(name: str, meaning: str, unit: str = "", kernel: str = "") -> int:
    return schema.scalar(Group.STATE, name, meaning, unit, kernel)


def _gauge(name: str, meaning: str, unit: str = "pages", kernel: str = "") -> int:
    return schema.scalar(Group.GAUGE, name, meaning, unit, kernel)


def _counter(name: str, meaning: str, unit: str = "pages") -> int:
    return schema.scalar(Group.COUNTER, name, meaning, unit, name)


# -- settings: what an operation may change while the machine runs ------------------------------

FRAMES = _setting(
    "machine.frames", "Memory that pages, pool and metadata share", "pages", "MemTotal", default=4096, low=8,
    high=1 << 24,
)  # fmt: skip
DESIGN = _setting(
    "machine.design", "Which design of the swap layer runs", choices=design_names(), fixed=True
)
RECLAIM = _setting(
    "machine.reclaim", "node: watermarks and kswapd; memcg: a hard limit and direct reclaim only",
    choices=("node", "memcg"), fixed=True)  # fmt: skip
PAGE_CLUSTER = _setting(
    "machine.page_cluster", "Readahead brings at most 2^this pages", "log2 pages", "vm.page-cluster", default=3, high=5
)
CHARGE_POOL = _setting(
    "machine.charge_pool", "The zswap pool takes its pages from the frames", default=1, high=1, fixed=True
)
CHARGE_METADATA = _setting(
    "machine.charge_metadata",
    "Descriptors and other dynamic metadata take pages from the frames",
    default=1,
    high=1,
    fixed=True,
)
SWAPPINESS = _setting(
    "machine.swappiness", "How much anonymous pages are preferred over file pages by reclaim", "", "vm.swappiness",
    default=60, high=200,
)  # fmt: skip
READAHEAD = _setting(
    "machine.readahead", "auto: VMA readahead unless a device rotates", kernel="swapin_readahead",
    choices=("auto", "cluster", "vma"),
)  # fmt: skip
READAHEAD_ZSWAP = _setting(
    "machine.readahead_zswap", "Readahead also brings pages that are in zswap", default=1, high=1
)
ZERO_PAGE = _setting(
    "machine.zero_page",
    "A first read maps the shared zero page instead of taking a frame",
    kernel="my_zero_pfn",
    high=1,
)
POLICY = _setting(
    "machine.policy", "Which page leaves memory next",
    choices=("linux", "fifo", "lru", "clock", "random", "opt", "own"), fixed=True)  # fmt: skip
WATERMARK_MIN = _setting(
    "machine.watermark_min", "Free pages only metadata may use; 0: by the kernel's formula", "pages", "min"
)
WATERMARK_LOW = _setting("machine.watermark_low", "kswapd wakes below; 0: by the kernel's formula", "pages", "low")
WATERMARK_HIGH = _setting("machine.watermark_high", "kswapd sleeps above; 0: by the kernel's formula", "pages", "high")
WORKING_SET = _setting(
    "machine.working_set_percent",
    "References reach only this share of each region, from its start; there is no more of it than all", "%",
    default=100, low=1, high=100,
)  # fmt: skip

ZSWAP_ENABLED = _setting("machine.zswap.enabled", "Compress pages on their way out", kernel="enabled", high=1)
MAX_POOL_PERCENT = _setting(
    "machine.zswap.max_pool_percent", "The pool may take this share of memory", "%", "max_pool_percent", default=20,
    low=1, high=100,
)  # fmt: skip
MAX_POOL_PAGES = _setting("machine.zswap.max_pool_pages", "The pool's limit in pages; 0: by max_pool_percent", "pages")
ACCEPT_PERCENT = _setting(
    "machine.zswap.accept_threshold_percent", "A pool that was full takes pages again below this share of its limit",
    "%", "accept_threshold_percent", default=90, low=1, high=100,
)  # fmt: skip
SHRINKER = _setting(
    "machine.zswap.shrinker_enabled", "Memory pressure shrinks the pool before it is full", kernel="shrinker_enabled",
    high=1,
)  # fmt: skip
ALLOCATOR = _setting(
    "machine.zswap.allocator", "What packs compressed pages into the pool", kernel="zpool",
    choices=("zsmalloc", "zbud", "z3fold"), fixed=True)  # fmt: skip
CHAIN = _setting(
    "machine.zswap.chain_size", "Most pages of a zspage", "pages", "CONFIG_ZSMALLOC_CHAIN_SIZE", default=8, low=1,
    high=16, fixed=True)  # fmt: skip
SAME_FILLED = _setting(
    "machine.zswap.same_filled", "Pages of one repeated word are kept as that word (until 6.9)", high=1
)
ZERO_MAP = _setting(
    "machine.zero_map", "Pages of zeroes are noted as a bit and never stored", kernel="zeromap", default=1, high=1
)
INCOMPRESSIBLE = _setting(
    "machine.zswap.incompressible", "What happens with a page that does not get smaller",
    choices=("reject", "store"), default=1,
)  # fmt: skip
EXCLUSIVE_LOADS = _setting(
    "machine.zswap.exclusive_loads", "A load takes the page out of the pool", kernel="exclusive_loads", default=1,
    high=1,
)  # fmt: skip
WRITEBACK = _setting(
    "machine.zswap.writeback", "zswap may write to the swapfile", kernel="memory.zswap.writeback", default=1, high=1
)
SECOND_CHANCE = _setting(
    "machine.zswap.second_chance", "A referenced entry is rotated once before it is written back",
    kernel="shrink_memcg_cb", default=1, high=1,
)  # fmt: skip
WRITEBACK_POLICY = _setting(
    "machine.zswap.writeback_policy", "Which entry leaves the pool next: the coldest, or what a policy file decided",
    choices=("lru", "own"), fixed=True)  # fmt: skip
SHRINK_RULE = _setting(
    "machine.zswap.shrink_rule", "How much one step of the shrink worker writes: a pool page, one entry, 32 entries",
    kernel="shrink_worker", choices=("pool_page", "one_entry", "batch"), default=1,
)  # fmt: skip
KICK_ALWAYS = _setting(
    "machine.zswap.kick_always", "Every refused store kicks the shrink worker, not only the first", default=1, high=1
)
DROPBEHIND = _setting(
    "machine.zswap.dropbehind", "A page written back is freed when its write ends, without a turn on the LRU",
    kernel="folio_set_dropbehind", high=1,
)  # fmt: skip
LIMIT_INCLUDED = _setting(
    "machine.zswap.limit_included",
    "The pool may have its limit in whole, and takes pages again only below its threshold (until 6.9)",
    kernel="zswap_is_full", high=1,
)  # fmt: skip
MEMCG_FULL_WALK = _setting(
    "machine.memcg_full_walk",
    "A reclaim that freed nothing is gone through once more before the active list is shortened by force (since 6.11)",
    kernel="memcg_full_walk", default=1, high=1,
)  # fmt: skip
PAGEOUT_MAPPED_ONLY = _setting(
    "machine.pageout_mapped_only",
    "A dirty page that was read ahead and never mapped is not written by reclaim but becomes active (since 6.16)",
    kernel="pageout", default=1, high=1,
)  # fmt: skip
STATS_FLUSH_NS = _setting(
    "machine.stats_flush_ns",
    "A cgroup's reclaim goes by its lists' lengths as counted so often (since 6.12); 0: it counts when it looks",
    "ns", kernel="FLUSH_TIME", default=2_000_000_000,
)  # fmt: skip
RECLAIM_FULL_CLUSTERS = _setting(
    "machine.reclaim_full_clusters",
    "With swap half full and no other cluster left, full ones give up slots that only the swapcache holds",
    kernel="swap_reclaim_full_clusters", default=1, high=1,
)  # fmt: skip

RMAP = _setting(
    "machine.swap_desc.reverse_map", "How a slot finds its descriptor", choices=("kept", "none", "scan"), fixed=True
)
SLAB_STOCK = _setting(
    "machine.swap_desc.slab_stock", "Descriptors kept at hand for reclaim", "descriptors", default=10, low=1, high=4096
)
SLAB_REFILL = _setting(
    "machine.swap_desc.slab_refill", "The stock is filled up when fewer are left", "descriptors", default=4, high=4096
)

FAULT_NS = _setting("machine.time.fault_ns", "A fault's own work", "ns", default=1000)
HIT_NS = _setting("machine.time.hit_ns", "A reference to a present page", "ns", default=100)
COMPRESS_NS = _setting("machine.time.compress_ns", "LZ4 of one page", "ns", default=10000)
DECOMPRESS_NS = _setting("machine.time.decompress_ns", "LZ4 back of one page", "ns", default=3000)
SCAN_NS = _setting("machine.time.scan_ns", "Reclaim looks at one page", "ns", default=200)
SUBMIT_NS = _setting("machine.time.submit_ns", "Reclaim hands one page to a device", "ns", default=500)
DEVICE_LATENCY_NS = _setting(
    "machine.time.device_latency_ns", "From a request to its completion; 0: by the kind of device", "ns"
)
DEVICE_INTERVAL_NS = _setting(
    "machine.time.device_interval_ns", "From a page to the next at a device; 0: by the kind of device", "ns"
)
LOOKUP_NS = _setting("machine.time.lookup_ns", "One look-up in a tree or table", "ns", default=100)
WORKER_WAKE_NS = _setting(
    "machine.time.worker_wake_ns", "From a kick to the shrink worker's first step", "ns", default=50_000
)
WORKER_STEP_NS = _setting("machine.time.worker_step_ns", "The shrink worker writes one entry", "ns", default=20_000)

SWAPFILE_SLOTS = [
    _setting(
        f"machine.swapfile.{number}.slots", f"Slots of swapfile {number}, the header's not counted", "slots", "Size"
    )
    for number in range(8)
]

FIRST_SETTING = schema.settings[0].address
"""Settings lie one after the other: number ``n`` is at ``FIRST_SETTING + n``."""

# -- state: clocks, list heads, windows, random numbers -----------------------------------------

OPERATIONS = _state("operations", "Operations carried out", "operations")
REFERENCES = _state("references", "References made, repeats counted", "references")
TRANSITIONS = _state("transitions", "State changes since the start", "transitions")
NOW = _state("now", "The running task's clock", "ns")
OUTCOME = _state("outcome", "0 running, 1 out of memory and nobody left to kill")
OOM_REFERENCE = _state("oom_reference", "References made when memory ran out", "references")
SEED = _state("seed", "Seed of the run")
RANDOM = _state("random", "State of the random generator (Park and Miller)")

WMARK_MIN = _state("wmark_min", "Free pages only reclaim itself may use", "pages", "WMARK_MIN")
WMARK_LOW = _state("wmark_low", "kswapd wakes below", "pages", "WMARK_LOW")
WMARK_HIGH = _state("wmark_high", "kswapd sleeps above", "pages", "WMARK_HIGH")
KSWAPD_AWAKE = _state("kswapd_awake", "0 asleep, 1 at work, 2 dozing: it looks again before it sleeps for long")
KSWAPD_CLOCK = _state("kswapd_clock", "kswapd's clock", "ns")
WORKER_DUE = _state("worker_due", "When the shrink worker does its next step; 0: asleep", "ns", "shrink_worker")
WORKER_RUNS = _state("worker_runs", "The shrink worker has begun: another kick has it run once more", "", "PENDING")
WORKER_AGAIN = _state("worker_again", "It was kicked while it ran")
WORKER_FAILURES = _state("worker_failures", "Failures of the shrink worker since it was kicked")
WORKER_CAUSE = _state("worker_cause", "The transition that kicked the shrink worker", "transition")
KSWAPD_CAUSE = _state("kswapd_cause", "The transition that woke kswapd", "transition")
KSWAPD_PRIORITY = _state("kswapd_priority", "kswapd's next round looks at the lists' length >> this", "", "sc.priority")
KSWAPD_RECLAIMED = _state("kswapd_reclaimed", "Pages it freed since it was at priority 12", "pages", "sc.nr_reclaimed")
KSWAPD_FAILURES = _state(
    "kswapd_failures", "Times in a row it went through all priorities and freed none", "times", "kswapd_failures"
)
PGDAT_WRITEBACK = _state(
    "pgdat_writeback", "It met nothing but pages being written: it waits when it meets one", "", "PGDAT_WRITEBACK"
)
MET_WRITEBACK = _state("met_writeback", "Pages being written that reclaim met", "pages", "sc.nr.writeback")
SKIPPED_DEACTIVATE = _state(
    "skipped_deactivate", "The reclaim under way left the active list alone", "", "skipped_deactivate"
)

INACTIVE = _state("inactive_head", "Newest page of the inactive list", "frame", "LRU_INACTIVE_ANON")
INACTIVE_TAIL = _state("inactive_tail", "Next page to be looked at by reclaim", "frame", "LRU_INACTIVE_ANON")
ACTIVE = _state("active_head", "Newest page of the active list", "frame", "LRU_ACTIVE_ANON")
ACTIVE_TAIL = _state("active_tail", "Next page to be deactivated", "frame", "LRU_ACTIVE_ANON")
FREE_FRAME = _state("free_frame", "First frame of the free list", "frame", "free_area")
FRAME_TOP = _state("frame_top", "Frames ever used", "frames")
NONRESIDENT_AGE = _state("nonresident_age", "Evictions and activations so far", "pages", "nonresident_age")
DECISIONS = _state("decisions", "Questions put to a policy of somebody's own", "questions")
DECISIONS_KNOWN = _state("decisions_known", "Its answers that are known", "questions")
LRUVEC_REFAULTS = _state("lruvec_refaults", "Activations by refault when reclaim last ended", "pages", "refaults")
STATS_FLUSH_DUE = _state("stats_flush_due", "When the lists are counted again", "ns", "stats_flush_dwork")
KNOWN_INACTIVE = _state("known_inactive", "Pages of the inactive list at the last count", "pages", "lruvec_page_state")
KNOWN_ACTIVE = _state("known_active", "Pages of the active list at the last count", "pages", "lruvec_page_state")
KNOWN_ACTIVATIONS = _state(
    "known_activations", "Activations by refault at the last count", "pages", "lruvec_page_state"
)
REFAULT_COST = _state("refault_cost", "Refaults of pages that were active before, noted as a cost", "pages")
ANON_COST = _state("anon_cost", "Cost of reclaim and refaults noted for the anonymous lists", "pages", "anon_cost")

ZLRU = _state("zswap_lru_head", "The entry that goes next (cold end)", "entry", "zswap_list_lru")
ZLRU_TAIL = _state("zswap_lru_tail", "The entry stored last (hot end)", "entry", "zswap_list_lru")
ZSWAP_FREE = _state("zswap_free", "First unused entry", "entry")
ZSWAP_TOP = _state("zswap_top", "Entries ever used", "entries")
POOL_REACHED_FULL = _state(
    "zswap_pool_reached_full",
    "The pool was full and has not come below its threshold",
    kernel="zswap_pool_reached_full",
)
NR_DISK_SWAPINS = _state("nr_disk_swapins", "Reads from the device the shrinker takes into account", "pages",
                         "nr_disk_swapins")  # fmt: skip
SHRINKER_DEFERRED = _state("shrinker_deferred", "Entries the shrinker has put off", "entries", "nr_deferred")
ZSPAGE_TOP = _state("zspage_top", "zspages ever used", "zspages")
ZS_OBJECT_TOP = _state("zs_object_top", "Object places ever used", "objects")

DESC_FREE = _state("desc_free", "First unused descriptor", "descriptor")
DESC_TOP = _state("desc_top", "Descriptors ever used", "descriptors")
SLAB_AT_HAND = _state("slab_at_hand", "Descriptors in the stock", "descriptors")
VCLUSTER_FREE = _state("vcluster_free", "First unused virtual cluster", "cluster")
VCLUSTER_TOP = _state("vcluster_top", "Virtual clusters ever used", "clusters")
VCLUSTER_CURRENT = _state("vcluster_current", "The virtual cluster slots are taken from", "cluster")
VCLUSTER_LOWEST = _state("vcluster_lowest", "No virtual cluster before it is partly used", "cluster")

RA_HITS = _state("swapin_readahead_hits", "Readahead hits since the last window", "pages", "swapin_readahead_hits")
RA_PREV_OFFSET = _state("prev_offset", "Offset of the last fault without hits", "slot", "prev_offset")
RA_LAST_PAGES = _state("last_readahead_pages", "The last window", "pages", "last_readahead_pages")
NR_SWAPFILES = _state("nr_swapfiles", "Swapfiles there are, in use or not", "swapfiles", "nr_swapfiles")
NR_ROTATE_SWAP = _state("nr_rotate_swap", "Swapfiles on a device that rotates", "devices", "nr_rotate_swap")
PLUG = _state("plug", "Plugs the running task holds: requests wait until the outermost is pulled", "", "blk_plug")
PLUG_FIRST = _state("plug_first", "First request held back by the plug; 0: none", "request", "blk_plug")
PLUG_REQUESTS = _state("plug_requests", "Merged requests held back by the plug", "requests", "rq_count")
PLUG_PAGES = _state("plug_pages", "Pages of the last of them", "pages", "blk_rq_bytes")
PLUG_NEXT = _state("plug_next", "The slot that would be merged with it", "swp_entry_t")
BIO_FREE = _state("bio_free", "First unused request", "request")
BIO_TOP = _state("bio_top", "Requests ever used", "requests")
BIO_HEAD = _state("bio_head", "The request that completes next", "request")
BIO_TAIL = _state("bio_tail", "The request that completes last", "request")
PROCESSES = _state("processes", "Processes ever started", "processes")
VMAS = _state("vmas", "Regions ever mapped", "regions")
MAPPINGS = _state("mappings", "Families of regions that share pages", "mappings")
STALL_SINCE = _state("stall_since", "The running task waits for memory since; 0: it does not", "ns")

# -- gauges: how much of a thing there is now ----------------------------------------------------

FREE_PAGES = _gauge("nr_free_pages", "Frames free", kernel="nr_free_pages")
NR_INACTIVE = _gauge("nr_inactive_anon", "Pages on the inactive list", kernel="nr_inactive_anon")
NR_ACTIVE = _gauge("nr_active_anon", "Pages on the active list", kernel="nr_active_anon")
NR_UNEVICTABLE = _gauge("nr_unevictable", "Pages locked into memory", kernel="nr_unevictable")
NR_ANON = _gauge("nr_anon_pages", "Pages mapped by at least one page table", kernel="nr_anon_pages")
NR_SHMEM = _gauge("nr_shmem", "Pages of shmem objects in memory", kernel="nr_shmem")
NR_RESIDENT = _gauge("resident_pages", "Frames that hold a program's page")
NR_SWAPCACHE = _gauge("swapcached_pages", "Pages in the swapcache", kernel="nr_swapcached")
NR_WRITEBACK = _gauge("nr_writeback", "Pages being written", kernel="nr_writeback")
NR_STORED = _gauge("zswap_stored_pages", "Pages in zswap", kernel="stored_pages")
NR_SAME_FILLED = _gauge("same_filled_pages", "Of these, kept as one word", kernel="same_filled_pages")
NR_INCOMPRESSIBLE = _gauge("stored_incompressible_pages", "Of these, kept raw", kernel="stored_incompressible_pages")
NR_ZLRU = _gauge("zswap_lru_length", "Entries on zswap's LRU")
STORED_BYTES = _gauge("zswap_stored_bytes", "Compressed lengths added up", "bytes", "memory.stat zswap")
POOL_PAGES = _gauge("zswap_pool_pages", "Pages the pool takes", kernel="pool_total_size / PAGE_SIZE")
NR_ZEROMAP = _gauge("zero_marked_pages", "Swapped pages that are only a zero mark")
SWAP_USED = _gauge("swap_used_pages", "Slots in use", kernel="/proc/swaps Used")
SWAP_TOTAL = _gauge("swap_total_pages", "Slots of all swapfiles", kernel="total_swap_pages")
SLOTS_WASTED = _gauge("slots_held_by_zswap", "Slots that hold nothing because the page is in zswap")
NR_SWAPPED = _gauge("swapped_pages", "Page-table and shmem entries that hold a swap entry")
NR_DESC = _gauge("descriptors", "Descriptors in use", "descriptors", "swap_desc")
SLAB_PAGES = _gauge("descriptor_slab_pages", "Slab pages that hold descriptors", kernel="nr_slab_unreclaimable")
META_PAGES = _gauge("metadata_pages", "Frames taken by dynamic swap metadata")
NR_VCLUSTERS = _gauge("virtual_clusters", "Virtual clusters in use", "clusters")
NR_CLUSTERS_USED = _gauge("swap_clusters_used", "Clusters of swapfiles with a slot in use", "clusters")
NR_CONTINUATIONS = _gauge("count_continuations", "Slots whose count needs a continuation", "slots", "COUNT_CONTINUED")
PSI_SOME = _gauge("psi_some_ns", "Time in which some task waited for memory", "ns", "memory pressure some total")
PSI_FULL = _gauge("psi_full_ns", "Time in which no task made progress", "ns", "memory pressure full total")
LAST_FAULT_NS = _gauge("last_fault_ns", "What the last fault took", "ns")
LAST_FAULT_RECLAIM_NS = _gauge("last_fault_reclaim_ns", "Of that, in direct reclaim", "ns")
LAST_FAULT_DEVICE_NS = _gauge("last_fault_device_ns", "Of that, waiting for a device", "ns")
LAST_FAULT_ZSWAP_NS = _gauge("last_fault_zswap_ns", "Of that, decompressing", "ns")
FAULT_TOTAL_NS = _gauge("fault_ns", "Time all faults took", "ns")
ZSWAP_LOAD_NS = _gauge("zswap_load_ns", "Time tasks spent decompressing", "ns")
DEVICE_READ_NS = _gauge("device_read_ns", "Time tasks waited for devices", "ns")
RECLAIM_NS = _gauge("direct_reclaim_ns", "Time tasks spent in direct reclaim", "ns")

# -- counters: as /proc/vmstat and debugfs name them ---------------------------------------------

PGFAULT = _counter("pgfault", "Faults, minor and major", "faults")
PGMAJFAULT = _counter("pgmajfault", "Faults that read a page from zswap or a device", "faults")
PSWPIN = _counter("pswpin", "Pages read from a swap device")
PSWPOUT = _counter("pswpout", "Pages written to a swap device")
SWAP_RA = _counter("swap_ra", "Pages read ahead")
SWAP_RA_HIT = _counter("swap_ra_hit", "Pages read ahead, or being written, that a fault then wanted")
SWPIN_ZERO = _counter("swpin_zero", "Pages made from a zero mark")
SWPOUT_ZERO = _counter("swpout_zero", "Pages that became a zero mark")
ZSWPIN = _counter("zswpin", "Pages loaded from zswap")
ZSWPOUT = _counter("zswpout", "Pages stored in zswap")
ZSWPWB = _counter("zswpwb", "Pages written back from zswap to a device")
PGSCAN_KSWAPD = _counter("pgscan_kswapd", "Pages looked at by kswapd")
PGSCAN_DIRECT = _counter("pgscan_direct", "Pages looked at by direct reclaim")
PGSTEAL_KSWAPD = _counter("pgsteal_kswapd", "Pages freed by kswapd")
PGSTEAL_DIRECT = _counter("pgsteal_direct", "Pages freed by direct reclaim")
PGSCAN_ANON = _counter("pgscan_anon", "Anonymous pages looked at")
PGSTEAL_ANON = _counter("pgsteal_anon", "Anonymous pages freed")
ALLOCSTALL = _counter("allocstall", "Times a task reclaimed memory of the node itself, not of its cgroup", "times")
PGACTIVATE = _counter("pgactivate", "Pages made active")
PGDEACTIVATE = _counter("pgdeactivate", "Pages made inactive")
PGREFILL = _counter("pgrefill", "Active pages looked at")
REFAULT_ANON = _counter("workingset_refault_anon", "Evicted pages that came back")
ACTIVATE_ANON = _counter("workingset_activate_anon", "Of these, so early that they were made active")
RESTORE_ANON = _counter("workingset_restore_anon", "Of these, pages that were active before")
NR_VMSCAN_WRITE = _counter("nr_vmscan_write", "Pages reclaim handed to swap")
OOM_KILL = _counter("oom_kill", "Processes killed", "processes")
DROPPED_SWAPCACHE = _counter("swapcache_clean_drops", "Clean swapcache pages freed without a write")
POOL_LIMIT_HIT = _counter("pool_limit_hit", "Stores that found the pool full", "stores")
REJECT_RECLAIM_FAIL = _counter("reject_reclaim_fail", "Writebacks that failed", "entries")
REJECT_ALLOC_FAIL = _counter("reject_alloc_fail", "Stores without memory for the compressed page", "stores")
REJECT_KMEMCACHE_FAIL = _counter("reject_kmemcache_fail", "Stores without memory for the entry", "stores")
REJECT_COMPRESS_FAIL = _counter("reject_compress_fail", "Stores whose page did not compress", "stores")
REJECT_COMPRESS_POOR = _counter("reject_compress_poor", "Stores whose page hardly compressed", "stores")
WRITTEN_BACK = _counter("written_back_pages", "Entries written back")
DUPLICATE_ENTRY = _counter("duplicate_entry", "Stores that replaced an older entry", "stores")
SWAP_NAME_FAIL = _counter("swap_alloc_fail", "Pages that found no slot or descriptor and stayed")
DESC_ALLOC = _counter("descriptor_allocs", "Descriptors allocated", "descriptors")
DESC_ALLOC_FAIL = _counter("descriptor_alloc_fail", "Descriptors that could not be allocated", "times")
DESC_FROM_RESERVE = _counter("descriptor_from_reserve", "Slab pages taken below the min watermark")
LOOKUPS = _counter("swap_lookups", "Steps through trees, tables and descriptors for faults", "look-ups")
RMAP_STEPS = _counter("reverse_map_steps", "Descriptors read to find the one of a slot", "descriptors")
UNUSE_PTES = _counter("swapoff_ptes", "Page-table and shmem entries swapoff read", "entries")
UNUSE_DESCS = _counter("swapoff_descriptors", "Descriptors swapoff read", "descriptors")
UNUSE_SLOTS = _counter("swapoff_slots", "Slots swapoff read", "slots")
NET_GAIN_BYTES = _counter("net_gain_bytes", "Memory won by swap-outs after compressed copy and metadata", "bytes")
NEGATIVE_GAINS = _counter("negative_gains", "Swap-outs that took more memory than they freed")

FAULT_LATENCY = [
    schema.scalar(Group.COUNTER, f"fault_latency_{power}", f"Faults of {1 << power} ns to twice that", "faults")
    for power in range(5, 31)
]
"""A histogram of fault latency: bin ``k`` counts faults of 2^(k+5) … 2^(k+6)-1 ns."""
FAULT_LATENCY_ZSWAP = [
    schema.scalar(
        Group.COUNTER, f"fault_latency_zswap_{power}",
        f"Of the faults of {1 << power} ns to twice that, those that decompressed and waited for no device", "faults",
    )
    for power in range(5, 31)
]  # fmt: skip
FAULT_LATENCY_DEVICE = [
    schema.scalar(
        Group.COUNTER, f"fault_latency_device_{power}",
        f"Of the faults of {1 << power} ns to twice that, those that waited for a device", "faults",
    )
    for power in range(5, 31)
]  # fmt: skip
"""Faults in neither of the two found their page in memory, or had nothing to bring back."""
LATENCY_BINS = (*FAULT_LATENCY, *FAULT_LATENCY_ZSWAP, *FAULT_LATENCY_DEVICE)

KIND_COUNT = [
    schema.scalar(Group.KIND, f"kind_{number}", f"Transitions of kind {number}", "transitions") for number in range(64)
]
"""Transitions of each kind so far; see :mod:`engine.mm.transitions`."""

# -- tables -------------------------------------------------------------------------------------

mm = schema.table("mm", 16, "Processes", "mm_struct")
MM_STATE = mm.column("state", "0 none, 1 runs, 2 ended, 3 killed for memory")
MM_PTE = mm.column("pte", "First row of its page table", "row", "pgd")
MM_PAGES = mm.column("pages", "Pages its page table has room for", "pages")
MM_VMA = mm.column("vma", "Its first region", "vma", "mmap")
MM_RSS = mm.column("rss", "Pages in memory", "pages", "MM_ANONPAGES")
MM_SWAPENTS = mm.column("swapents", "Entries swapped out", "pages", "MM_SWAPENTS")
MM_MAJFLT = mm.column("majflt", "Major faults", "faults", "maj_flt")
MM_MINFLT = mm.column("minflt", "Minor faults", "faults", "min_flt")
MM_PARENT = mm.column("parent", "Process it was forked from", "process")
MM_STALL = mm.column("stall", "Time it waited for memory", "ns")
MM_MMLIST = mm.column("mmlist", "1 once one of its pages was swapped out: swapoff reads its page tables", "", "mmlist")

vma = schema.table("vma", 16, "Regions of processes", "vm_area_struct")
VMA_MM = vma.column("mm", "Process it belongs to", "process", "vm_mm")
VMA_START = vma.column("start", "First page of the process' numbering", "page", "vm_start")
VMA_PAGES = vma.column("pages", "Length; 0 once unmapped", "pages")
VMA_NEXT = vma.column("next", "Next region of the process", "vma")
VMA_MAPPING = vma.column("mapping", "Family of regions that may share its pages", "mapping", "anon_vma / i_mmap")
VMA_PGOFF = vma.column("pgoff", "Index of its first page in the mapping", "pages", "vm_pgoff")
VMA_SHARING = vma.column("sharing", "Next region of the same mapping", "vma")
VMA_FLAGS = vma.column("flags", "VM_LOCKED, VM_SHARED", "", "vm_flags")
VMA_RA_ADDR = vma.column("ra_addr", "Page of the last fault", "page", "swap_readahead_info")
VMA_RA_WIN = vma.column("ra_win", "Window of the last fault", "pages", "swap_readahead_info")
VMA_RA_HITS = vma.column("ra_hits", "Readahead hits since", "pages", "swap_readahead_info")
VMA_CONTENT = vma.column("content", "First image its pages are made from", "image")
VMA_CONTENTS = vma.column("contents", "How many images", "images")
VMA_NAME = vma.column("name", "Number of its name")

mapping = schema.table("mapping", 8, "Families of regions that share pages", "anon_vma / address_space")
MAP_KIND = mapping.column("kind", "0 anonymous, 1 shmem")
MAP_VMA = mapping.column("vma", "First region", "vma")
MAP_CACHE = mapping.column("cache", "First row of a shmem object's page cache", "row", "i_pages")
MAP_PAGES = mapping.column("pages", "Pages of the object", "pages")
MAP_RESIDENT = mapping.column("resident", "Its pages in memory", "pages", "nrpages")
MAP_SWAPPED = mapping.column("swapped", "Its pages swapped out", "pages", "swapped")

pte = schema.table("pte", 1, "Page-table entries of all processes", "pte_t")
PTE = pte.column("word", "The entry as x86-64 has it", "", "pte")

shmem = schema.table("shmem", 1, "Page caches of shmem objects", "i_pages")
SHMEM = shmem.column("word", "0 none; frame << 1; swap entry << 1 | 1", "", "xa_entry")

future = schema.table("future", 1, "When each operation's page is used again (policy opt only)")
FUTURE = future.column("next", "Operation that next touches the page; past the last one when none does", "operation")

frame_use = schema.table("frame_use", 1, "When each frame's page is used again (policy opt only)")
FRAME_USE = frame_use.column("next", "Operation that next touches its page", "operation")

decision = schema.table("decision", 1, "What a policy of somebody's own decided, question by question")
DECISION = decision.column("answer", "process << 32 | page, or entry, that is to leave; 0: none named; -1: nothing")

page = schema.table("page", 8, "Frames of memory", "folio")
PAGE_FLAGS = page.column("flags", "PG_* bits", "", "flags")
PAGE_MAPPING = page.column("mapping", "Family of regions that map it", "mapping", "mapping")
PAGE_INDEX = page.column("index", "Its index in the mapping", "pages", "index")
PAGE_SWAP = page.column("swap", "Its swap entry while in the swapcache", "swp_entry_t", "swap")
PAGE_MAPCOUNT = page.column("mapcount", "Page-table entries that map it", "entries", "_mapcount")
PAGE_PREV = page.column("prev", "Newer neighbour on its list", "frame", "lru")
PAGE_NEXT = page.column("next", "Older neighbour on its list", "frame", "lru")
PAGE_CONTENT = page.column("content", "Image of its bytes", "image")

swap_info = schema.table("swap_info", 32, "Swapfiles", "swap_info_struct")
SI_FLAGS = swap_info.column("flags", "SWP_USED, SWP_WRITEOK, SWP_SOLIDSTATE", "", "flags")
SI_BASE = swap_info.column("base", "Row of its slot 0, the header", "row")
SI_MAX = swap_info.column("max", "Rows it has room for, the header's included", "row")
SI_INUSE = swap_info.column("inuse", "Slots in use", "slots", "inuse_pages")
SI_PRIO = swap_info.column("prio", "Priority", "", "prio")
SI_DEVICE = swap_info.column("device", "0 NVMe, 1 SSD, 2 HDD")
SI_NEXT = swap_info.column("next", "Slot tried next in the current cluster; 0: none chosen", "slot", "percpu_cluster")
SI_CLUSTER = swap_info.column("cluster", "Row of its first cluster", "row", "cluster_info")
SI_HIGHEST = swap_info.column("highest", "Highest slot ever used", "slot", "highest_bit")
SI_FRESH = swap_info.column("fresh", "First cluster never used: it and those behind lead the free list", "cluster")
SI_BUSY = swap_info.column("busy", "When its last request ends", "ns")
SI_LAST = swap_info.column("last", "Slot of its last request", "slot")
SI_CLOCK = swap_info.column("turn", "Turn of round robin among equals")
SI_BAD = swap_info.column("bad", "Bad slots", "slots")
SI_FREE = swap_info.column("free", "First cluster on the free list, counted from 1", "cluster", "free_clusters")
SI_FREE_TAIL = swap_info.column("free_tail", "Last cluster on the free list", "cluster", "free_clusters")
SI_NONFULL = swap_info.column("nonfull", "First cluster on the nonfull list", "cluster", "nonfull_clusters")
SI_NONFULL_TAIL = swap_info.column("nonfull_tail", "Last cluster on the nonfull list", "cluster", "nonfull_clusters")
SI_FRAG = swap_info.column("frag", "First cluster on the frag list", "cluster", "frag_clusters")
SI_FRAG_TAIL = swap_info.column("frag_tail", "Last cluster on the frag list", "cluster", "frag_clusters")
SI_FULL = swap_info.column("full", "First cluster on the full list", "cluster", "full_clusters")
SI_FULL_TAIL = swap_info.column("full_tail", "Last cluster on the full list", "cluster", "full_clusters")

cluster = schema.table("cluster", 8, "Clusters of 512 slots", "swap_cluster_info")
CLUSTER_COUNT = cluster.column("count", "Slots in use", "slots", "count")
CLUSTER_BAD = cluster.column("bad", "Bad slots", "slots")
CLUSTER_LIST = cluster.column("list", "0 none, 1 free, 2 nonfull, 3 frag, 4 full", "", "flags")
CLUSTER_PREV = cluster.column("prev", "Cluster before it on its list, counted from 1", "cluster", "list")
CLUSTER_NEXT = cluster.column("next", "Cluster behind it on its list, counted from 1", "cluster", "list")

slot = schema.table("slot", 4, "Slots of all swapfiles", "swap_map")
SLOT_MAP = slot.column("map", "Count and SWAP_HAS_CACHE", "", "swap_map")
SLOT_CACHE = slot.column("cache", "frame << 1 in the swapcache, shadow << 1 | 1, or 0", "", "swap_table")
SLOT_ENTRY = slot.column("entry", "zswap entry (legacy), or descriptor it belongs to", "entry", "zswap tree / rmap")
SLOT_CONTENT = slot.column("content", "Image that was written here, or of the zero mark; 0: nothing", "image")

desc = schema.table("desc", 4, "Swap descriptors, or virtual slots", "swap_desc")
DESC_COUNT = desc.column("count", "Page-table and shmem entries that hold its id, and flags", "", "swap_count")
DESC_CACHE = desc.column("cache", "frame << 1 in the swapcache, shadow << 1 | 1, or 0", "", "swap_cache / shadow")
DESC_BACKEND = desc.column("backend", "value << 3 | 0 none, 1 zswap, 2 swapfile, 3 zero (its image)", "", "backend")
DESC_NEXT = desc.column("next", "Next unused descriptor")

vcluster = schema.table("vcluster", 4, "Virtual clusters of 512 virtual slots", "swap_cluster_info")
VCLUSTER_COUNT = vcluster.column("count", "Virtual slots in use", "slots", "count")
VCLUSTER_NEXT = vcluster.column("next", "Next unused cluster", "cluster")
VCLUSTER_EXTENDED = vcluster.column("extended", "Counts past 15", "slots", "extend_table")
VCLUSTER_FIRST = vcluster.column("first", "Every virtual slot of it before this one is in use", "slot")

zswap = schema.table("zswap", 8, "Pages in zswap", "zswap_entry")
Z_SWPENTRY = zswap.column("swpentry", "Swap entry it belongs to", "swp_entry_t", "swpentry")
Z_LENGTH = zswap.column("length", "Compressed length; 0 same-filled; 4096 kept raw", "bytes", "length")
Z_REFERENCED = zswap.column("referenced", "Has its second chance yet", "", "referenced")
Z_HANDLE = zswap.column("handle", "zspage << 12 | object", "", "handle")
Z_CONTENT = zswap.column("content", "Image of its bytes", "image")
Z_PREV = zswap.column("prev", "Colder neighbour", "entry", "lru")
Z_NEXT = zswap.column("next", "Hotter neighbour, or next unused entry", "entry", "lru")

zs_class = schema.table("zs_class", 8, "Size classes of the pool", "size_class")
CLASS_SIZE = zs_class.column("size", "Bytes of an object", "bytes", "size")
CLASS_PAGES = zs_class.column("pages", "Pages of a zspage", "pages", "pages_per_zspage")
CLASS_OBJS = zs_class.column("objs", "Objects of a zspage", "objects", "objs_per_zspage")
CLASS_MERGED = zs_class.column("merged", "The class that serves this size", "class")
CLASS_FREE = zs_class.column("free", "First unused zspage of this class", "zspage")
CLASS_ZSPAGES = zs_class.column("zspages", "zspages of this class", "zspages")
CLASS_INUSE = zs_class.column("inuse", "Objects in use", "objects")

zs_group = schema.table("zs_group", 4, "Fullness groups, twelve to a class", "fullness_list")
GROUP_HEAD = zs_group.column("head", "First zspage of the group", "zspage")
GROUP_TAIL = zs_group.column("tail", "Last zspage of the group", "zspage")
GROUP_LENGTH = zs_group.column("length", "zspages in the group", "zspages")

zspage = schema.table("zspage", 8, "Groups of pages that hold objects of one class", "zspage")
ZSPAGE_CLASS = zspage.column("class", "Its size class", "class", "class")
ZSPAGE_INUSE = zspage.column("inuse", "Objects in use", "objects", "inuse")
ZSPAGE_FREE = zspage.column("freeobj", "First free object, counted from 1", "object", "freeobj")
ZSPAGE_FIRST = zspage.column("first", "Row of its first object", "row")
ZSPAGE_GROUP = zspage.column("group", "Fullness group it is in", "group", "fullness")
ZSPAGE_PREV = zspage.column("prev", "Neighbour in its group", "zspage")
ZSPAGE_NEXT = zspage.column("next", "Neighbour in its group", "zspage")
ZSPAGE_ROOM = zspage.column("room", "Bytes used, where objects have no class (zbud, z3fold)", "bytes")

zs_object = schema.table("zs_object", 1, "Places for objects in zspages", "link_free")
OBJECT = zs_object.column("entry", "zswap entry << 1 | 1, or next free object << 1", "entry")

bio = schema.table("bio", 8, "Requests under way at devices", "bio")
BIO_FRAME = bio.column("frame", "Frame that is written", "frame")
BIO_DONE = bio.column("done", "When it completes", "ns")
BIO_SLOT = bio.column("slot", "Slot it goes to", "swp_entry_t")
BIO_CAUSE = bio.column("cause", "The transition that submitted it", "transition")
BIO_NEXT = bio.column("next", "The request that completes after it", "request")

content = schema.table("content", 4, "Page images", "")
CONTENT_LZ4 = content.column("lz4", "Length LZ4 makes of it", "bytes")
CONTENT_FILLED = content.column("filled", "1 one repeated word, 3 all zeroes", "")
CONTENT_FIRST = content.column("first", "First image of its family", "image")
CONTENT_COUNT = content.column("count", "Images of its family", "images")
