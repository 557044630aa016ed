"""The words of this field: what each means in one sentence, the kernel's names for it, and where to see it.

For tooltips, for the page ``docs/glossary.md`` (made by ``python -m engine.glossary docs/glossary.md``) and
for the check that lessons write no name in code letters that nobody knows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """One word."""

    term: str
    meaning: str
    """One sentence."""
    kernel: tuple[str, ...] = ()
    """Names of functions, fields, files or flags in the kernel."""
    see: tuple[str, ...] = ()
    """Settings, figures and tables of the model where it can be seen."""
    scenario: str = ""
    """The scenario that shows it, by its name without number."""


GLOSSARY: tuple[Term, ...] = (
    Term("acceptance threshold",
         "The share of its limit below which a pool that was full takes pages again.",
         ("accept_threshold_percent", "zswap_accept_thr_pages"), ("machine.zswap.accept_threshold_percent",),
         "pool-full"),
    Term("active list",
         "The list of pages that were used more than once lately; reclaim does not look at them before they have "
         "come to the inactive list.",
         ("LRU_ACTIVE_ANON", "PG_active"), ("nr_active_anon", "pgactivate"), "first-swap-out"),
    Term("anonymous page",
         "A page of memory that has no file behind it, so that it can only leave memory through swap.",
         ("PG_swapbacked", "do_anonymous_page"), ("nr_anon_pages",), "first-swap-out"),
    Term("backend",
         "Where the bytes of a swapped page are: zswap, a slot of a swapfile, a mark that it is all zeroes, or "
         "nowhere but in the swapcache.",
         (), ("desc", "zswap_stored_pages", "swap_used_pages"), "zswap-spills"),
    Term("cluster",
         "512 slots of a swapfile that are given out one after the other, so that pages that leave together lie "
         "together.",
         ("SWAPFILE_CLUSTER", "swap_cluster_info"), ("swap_clusters_used", "cluster"), "readahead"),
    Term("cluster readahead",
         "Reading the neighbouring slots along with the one that is wanted.",
         ("swap_cluster_readahead", "page_cluster"), ("machine.page_cluster", "swap_ra", "swap_ra_hit"), "readahead"),
    Term("copy on write",
         "A page shared after a fork is copied when one of its owners writes to it.",
         ("wp_page_copy", "do_wp_page"), ("pgfault",), "fork"),
    Term("count (of a swap entry)",
         "How many page-table and shmem entries hold the swap entry; at 0, and with nothing in the swapcache, it is "
         "free.",
         ("swap_map", "swap_count", "swap_duplicate"), ("slot", "desc", "count_continuations"), "fork"),
    Term("descriptor",
         "The record of the 2023 proposal that stands between the page table and the bytes of a swapped page: count, "
         "swapcache pointer and backend, 24 bytes.",
         ("swap_desc",), ("descriptors", "desc"), "zswap-spills"),
    Term("direct reclaim",
         "A task that finds no free frame must free some itself, and waits meanwhile.",
         ("try_to_free_pages", "allocstall"), ("allocstall", "direct_reclaim_ns"), "descriptors-while-reclaiming"),
    Term("exclusive load",
         "A load that takes the page out of the pool, so that memory never holds it twice.",
         ("exclusive_loads",), ("machine.zswap.exclusive_loads",), "swapcache"),
    Term("fault",
         "The processor finds no valid page-table entry for an address and asks the kernel.",
         ("handle_mm_fault", "pgfault"), ("pgfault",), "first-swap-out"),
    Term("frame",
         "A page's worth of physical memory.",
         ("struct page", "folio", "pfn"), ("machine.frames", "nr_free_pages", "page"), "first-swap-out"),
    Term("hysteresis",
         "A full pool takes nothing until it has come down to its acceptance threshold, so that it does not fill and "
         "empty page by page.",
         ("zswap_pool_reached_full",), ("machine.zswap.accept_threshold_percent", "pool_limit_hit"), "pool-full"),
    Term("inactive list",
         "The list reclaim takes pages from: new ones come in at its head, and at its tail a page is looked at.",
         ("LRU_INACTIVE_ANON",), ("nr_inactive_anon",), "first-swap-out"),
    Term("incompressible page",
         "A page that the compressor cannot make smaller; it is refused, or kept as it is.",
         ("stored_incompressible_pages", "reject_compress_poor", "reject_compress_fail"),
         ("stored_incompressible_pages", "machine.zswap.incompressible"), "incompressible"),
    Term("kswapd",
         "The kernel's thread that frees pages before memory runs out.",
         ("kswapd", "wakeup_kswapd", "balance_pgdat"), ("pgscan_kswapd", "pgsteal_kswapd"), "first-swap-out"),
    Term("LRU inversion",
         "A full pool sends the newest pages to the device while older, colder ones stay in memory.",
         (), ("pool_limit_hit", "zswpwb"), "pool-full"),
    Term("major fault",
         "A fault whose page had to be brought from zswap or a device.",
         ("VM_FAULT_MAJOR", "pgmajfault"), ("pgmajfault",), "first-swap-out"),
    Term("memory cgroup",
         "A group of processes with a limit on their memory; at the limit they reclaim their own pages.",
         ("mem_cgroup", "try_charge"), ("machine.reclaim",)),
    Term("metadata",
         "What the kernel must keep to know about swap: static by the size of the devices, dynamic by what is swapped.",
         ("swap_map", "swap_cgroup", "zeromap"), ("metadata_pages", "descriptor_slab_pages"), "metadata"),
    Term("minor fault",
         "A fault that needs no reading: a first touch, a copy, or a page found in the swapcache.",
         ("maj_flt", "min_flt"), ("pgfault",), "readahead"),
    Term("page table",
         "A process' table from addresses to frames; the entry of a page that is out holds its swap entry.",
         ("pgd", "pte_t"), ("pte",), "first-swap-out"),
    Term("page-table entry",
         "The 64-bit word for one page: a frame and bits while the page is in memory, a swap entry while it is out.",
         ("pte", "pte_t", "swp_entry_to_pte"), ("pte",), "first-swap-out"),
    Term("pool",
         "The memory in which zswap keeps compressed pages.",
         ("zswap_pool", "zpool", "pool_total_size"), ("zswap_pool_pages", "machine.zswap.max_pool_percent"),
         "sizing-the-pool"),
    Term("pressure stall information",
         "How much time tasks stood still for want of memory: some of them, or all.",
         ("psi", "psi_memstall_enter"), ("psi_some_ns", "psi_full_ns"), "thrashing"),
    Term("priority (of a swapfile)",
         "Devices of higher priority are filled first; equal ones take turns.",
         ("prio", "swap_info_struct"), ("swap_info",), "two-devices"),
    Term("readahead window",
         "How many pages come along with the one that is wanted; it grows while they are wanted and shrinks when not.",
         ("swapin_nr_pages", "swapin_readahead"), ("machine.page_cluster", "swap_ra", "swap_ra_hit"), "readahead"),
    Term("reclaim",
         "Taking frames from pages that were not used lately.",
         ("shrink_lruvec", "shrink_folio_list"), ("pgscan_anon", "pgsteal_anon"), "first-swap-out"),
    Term("refault",
         "A page comes back; the shadow it left tells how long it was away, and whether it should be active at once.",
         ("workingset_refault", "workingset_refault_anon"), ("workingset_refault_anon", "workingset_activate_anon"),
         "rising-pressure"),
    Term("reserve",
         "Free frames below the min watermark that only reclaim itself may take, because it gives more back.",
         ("PF_MEMALLOC", "min_free_kbytes"), ("machine.watermark_min", "descriptor_from_reserve"),
         "descriptors-while-reclaiming"),
    Term("resident set",
         "The pages of a process that are in memory now; RSS for short.",
         ("get_mm_rss", "MM_ANONPAGES", "VmRSS"), ("resident_pages", "nr_anon_pages"), "first-swap-out"),
    Term("reverse map (of slots)",
         "From a slot of a device back to the entry whose page lies there; cluster readahead wants one.",
         ("rmap",), ("machine.swap_desc.reverse_map", "reverse_map_steps"), "readahead"),
    Term("second chance",
         "A page, or an entry of the pool, that was used since it was last looked at is spared once.",
         ("folio_check_references", "shrink_memcg_cb", "referenced"), ("machine.zswap.second_chance",), "pool-full"),
    Term("shadow",
         "What stays in place of a page that has left, to judge by when it comes back.",
         ("workingset_eviction", "shadow"), ("workingset_refault_anon",), "rising-pressure"),
    Term("shmem",
         "Shared memory that belongs to an object and not to a process: its page cache holds the swap entries.",
         ("shmem_fault", "shmem_swapin_folio", "i_pages", "tmpfs"), ("nr_shmem", "shmem"), "shmem"),
    Term("shrink worker",
         "The worker that writes the coldest entries of a full pool to a swapfile.",
         ("shrink_worker", "shrink_wq", "queue_work"), ("zswpwb", "machine.zswap.shrink_rule"), "pool-full"),
    Term("shrinker (dynamic)",
         "Lets memory pressure shrink the pool before it is full.",
         ("zswap_shrinker_scan", "shrinker_enabled"), ("machine.zswap.shrinker_enabled",), "phase-change"),
    Term("size class",
         "zsmalloc keeps objects of about one size together; a page's compressed length is rounded up to its class.",
         ("size_class", "zs_malloc"), ("zs_class", "machine.zswap.chain_size"), "incompressible"),
    Term("slab",
         "A page full of equal small records, as descriptors are; from partly used ones a stock at hand is filled.",
         ("kmem_cache_alloc", "slub"), ("descriptor_slab_pages", "machine.swap_desc.slab_stock"),
         "descriptors-while-reclaiming"),
    Term("slot",
         "A place for one page in a swapfile.",
         ("swp_offset", "swap_map"), ("slot", "swap_used_pages", "slots_held_by_zswap"), "wasted-slots"),
    Term("swap entry",
         "The name of a page that is out, as page tables hold it: a slot's number today, a descriptor's or virtual "
         "slot's with an indirection.",
         ("swp_entry_t", "swp_entry", "folio_alloc_swap"), ("swapped_pages",), "first-swap-out"),
    Term("swap table",
         "One word for each slot of a cluster: folio or shadow, and the count; the swapcache of 6.18 and later.",
         ("swap_table",), ("slot",), "virtual-swap"),
    Term("swapcache",
         "Where a page that is both in memory and swapped is found under its swap entry.",
         ("swap_cache_get_folio", "PG_swapcache", "nr_swapcached"), ("swapcached_pages", "swapcache_clean_drops"),
         "swapcache"),
    Term("swapoff",
         "Taking a swapfile out of use: all its pages must come back first.",
         ("sys_swapoff", "try_to_unuse", "unuse_pte_range"),
         ("swapoff_ptes", "swapoff_descriptors", "swapoff_slots"), "swapoff"),
    Term("thrashing",
         "More time goes into bringing pages back than into work.",
         (), ("psi_some_ns", "workingset_refault_anon"), "thrashing"),
    Term("virtual swap",
         "What was applied to linux-mm in 2026: a virtual device whose slots are names, in clusters of 512.",
         ("vswap", "virtual_table"), ("virtual_clusters", "vcluster"), "virtual-swap"),
    Term("VMA readahead",
         "Bringing in the pages around the fault in the page table, wherever they lie.",
         ("swap_vma_readahead", "swap_readahead_info"), ("machine.readahead",), "readahead"),
    Term("half-full swap",
         "With more than half of all slots in use, a page that comes back gives up its slot at once.",
         ("vm_swap_full", "should_try_to_free_swap"), ("swap_used_pages", "swap_total_pages"), "swapcache"),
    Term("watermarks",
         "Numbers of free frames: below low kswapd wakes, above high it sleeps, below min a task must reclaim itself.",
         ("min_free_kbytes", "watermark_scale_factor", "WMARK_MIN"),
         ("machine.watermark_min", "machine.watermark_low", "machine.watermark_high"), "first-swap-out"),
    Term("working set",
         "The pages a program uses within some time.",
         ("workingset",), ("machine.working_set_percent", "workingset_refault_anon"), "sizing-the-pool"),
    Term("writeback (from zswap)",
         "A compressed page is decompressed and written to the device, and leaves the pool; its page table does not "
         "change.",
         ("zswap_writeback_entry", "written_back_pages", "zswpwb"), ("zswpwb", "machine.zswap.writeback"),
         "zswap-spills"),
    Term("young bit",
         "The processor sets it in the page-table entry when the page is used; reclaim looks and clears it.",
         ("_PAGE_ACCESSED", "pte_young", "folio_referenced"), ("pte",), "first-swap-out"),
    Term("zero mark",
         "A page of nothing but zeroes is kept as one bit and never stored.",
         ("zeromap", "swap_zeromap_folio_set", "SWPOUT_ZERO"), ("zero_marked_pages", "swpout_zero"), "incompressible"),
    Term("zsmalloc",
         "The allocator of compressed pages: equal sizes share groups of pages (zspages), across page boundaries.",
         ("zs_malloc", "zspage"), ("zspage", "machine.zswap.allocator"), "sizing-the-pool"),
    Term("zswap",
         "Compressed memory in front of the swapfiles.",
         ("zswap_store", "zswap_load", "frontswap"), ("zswpout", "zswpin", "machine.zswap.enabled"), "zswap-spills"),
)  # fmt: skip

_SEEN_IN = {name: one for one in reversed(GLOSSARY) for name in one.see}
_BY_WORD = {
    word.lower(): one for one in reversed(GLOSSARY) for word in (*one.kernel, one.term.split(" (")[0], one.term)
}


def term_of(word: str) -> Term | None:
    """The entry for a term or one of the kernel's names, in any case; None where there is none."""
    return _BY_WORD.get(word.lower())


def term_seen_in(name: str) -> Term | None:
    """The first entry that can be seen in a setting, figure or table of this name; None where there is none."""
    return _SEEN_IN.get(name)


def kernel_names() -> frozenset[str]:
    """Every kernel name of the glossary."""
    return frozenset(name for one in GLOSSARY for name in one.kernel)


def page_table() -> str:
    """The table of ``docs/glossary.md``."""
    lines = ["| term | meaning | the kernel's names | where to see it |", "|---|---|---|---|"]
    for one in sorted(GLOSSARY, key=lambda term: term.term.lower()):
        kernel = ", ".join(f"`{name}`" for name in one.kernel)
        places = [f"`{name}`" for name in one.see]
        if one.scenario:
            places.append(f"scenario *{one.scenario}*")
        lines.append(f"| {one.term} | {one.meaning} | {kernel} | {', '.join(places)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Print the table, or put it into a page between its marks."""
    if not arguments:
        print(page_table())
        return
    page = Path(arguments[0])
    text = page.read_text(encoding="utf-8")
    made = re.sub(r"(<!-- glossary -->\n).*?(\n<!-- end -->)", lambda found: found[1] + page_table() + found[2],
                  text, flags=re.S)  # fmt: skip
    page.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
