"""The ``kernel`` presets: which behaviours a version of Linux has, by the settings that switch them.

A preset only changes what the file itself does not set. Settings that are not named here are the
same in all versions.
"""

from __future__ import annotations

DEFAULT_KERNEL = "6.18"

PRESETS: dict[str, dict[str, str | int | bool]] = {
    # Pages of one repeated word need no pool; a load leaves its entry in place until the slot is
    # freed; one kick of the worker frees one page of the pool, and only the store that first
    # finds the pool full gives it. zbud was the default allocator, zsmalloc chained 4 pages.
    "6.2": {
        "machine.zero_map": False,
        "machine.reclaim_full_clusters": False,
        "machine.memcg_full_walk": False,
        "machine.pageout_mapped_only": False,
        "machine.stats_flush_ns": 0,
        "machine.zswap.allocator": "zbud",
        "machine.zswap.chain_size": 4,
        "machine.zswap.same_filled": True,
        "machine.zswap.incompressible": "reject",
        "machine.zswap.exclusive_loads": False,
        "machine.zswap.second_chance": False,
        "machine.zswap.shrink_rule": "pool_page",
        "machine.zswap.kick_always": False,
        "machine.zswap.limit_included": True,
        "machine.zswap.dropbehind": False,
    },
    # Zero pages are noted before zswap is asked; zsmalloc is the only allocator; entries have an
    # LRU of their own with a second chance, and the worker takes one entry a step.
    "6.18": {
        "machine.zero_map": True,
        "machine.reclaim_full_clusters": True,
        "machine.memcg_full_walk": True,
        "machine.pageout_mapped_only": True,
        "machine.stats_flush_ns": 2_000_000_000,
        "machine.zswap.allocator": "zsmalloc",
        "machine.zswap.chain_size": 8,
        "machine.zswap.same_filled": False,
        "machine.zswap.incompressible": "store",
        "machine.zswap.exclusive_loads": True,
        "machine.zswap.second_chance": True,
        "machine.zswap.shrink_rule": "one_entry",
        "machine.zswap.kick_always": True,
        "machine.zswap.limit_included": False,
        "machine.zswap.dropbehind": False,
    },
    # The linux-mm tree of 2026: 32 entries a step, and what was written back is dropped at once.
    "mm": {
        "machine.zero_map": True,
        "machine.reclaim_full_clusters": True,
        "machine.memcg_full_walk": True,
        "machine.pageout_mapped_only": True,
        "machine.stats_flush_ns": 2_000_000_000,
        "machine.zswap.allocator": "zsmalloc",
        "machine.zswap.chain_size": 8,
        "machine.zswap.same_filled": False,
        "machine.zswap.incompressible": "store",
        "machine.zswap.exclusive_loads": True,
        "machine.zswap.second_chance": True,
        "machine.zswap.shrink_rule": "batch",
        "machine.zswap.kick_always": True,
        "machine.zswap.limit_included": False,
        "machine.zswap.dropbehind": True,
    },
}
