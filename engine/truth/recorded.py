"""What a Linux 6.18 counted: the figures the model is held against.

Recorded on an x86-64 virtual machine with 24 GiB of memory while one C program walked over its
pages, alone in a memory cgroup (v1): no huge pages, classic active and inactive lists, swappiness
100, one swapfile on a virtio disk (which the kernel holds for rotational), ``page_cluster`` 3, zswap
with lzo and zsmalloc, its pool not charged to the cgroup, ``accept_threshold_percent`` 90.
"""

from __future__ import annotations

COUNTERS = (
    "pgmajfault", "pswpin", "pswpout", "zswpin", "zswpout", "zswpwb", "swap_ra", "swap_ra_hit",
    "workingset_refault_anon", "workingset_activate_anon", "pgsteal_anon", "pool_limit_hit",
)  # fmt: skip
"""Counted since the mark before, by the model's names (the kernel's own)."""
GAUGES = (
    "swapcached_pages", "swap_used_pages", "zswap_stored_pages", "zswap_pool_pages", "stored_incompressible_pages",
)  # fmt: skip
"""How much there is at the mark, in pages: nr_swapcached, /proc/swaps, stored_pages, pool_total_size, …"""

_TABLE = """
seq_twice                | first pass | 14 0 0 28 12177 0 16 6 23 3 12179 0 6 12170 12147 5354 0
seq_twice                | end        | 2061 0 0 16404 16381 0 14343 14336 16414 0 16381 0 4269 16412 12124 5337 0
seq_twice, no zswap      | first pass | 15 35 12216 0 0 0 23 4 38 0 12155 0 97 12211 0 0 0
seq_twice, no zswap      | end        | 2069 16421 4209 0 0 0 14352 14328 16413 0 16420 0 4289 16410 0 0 0
pool_limit_seq           | first pass | 23 0 42727 37 141232 0 14 4 27 5 183944 42727 33 183929 141193 61659 0
pool_limit_seq           | end        | 2507 0 14297 20021 5691 0 17514 17503 20010 0 20002 0 33 183939 126894 55425 0
incompressible           | first pass | 7 0 22060 16 61674 0 9 4 4 4 83671 22060 62 83729 61654 61671 61634
incompressible | end | 28590 8868 8676 19733 15785 0 11 3 28606 70 28593 0 15143 98793 57703 57723 57697
fork_write               | first pass | 9 0 0 30 3989 0 22 6 33 0 3991 0 8 3985 3959 1762 0
fork_write               | end        | 1029 0 0 8206 16413 0 7178 7179 8209 14 16414 0 1445 13623 12166 5353 0
fork_write               | parent     | 1 0 0 8 0 0 7 8 0 0 0 0 1445 8211 6766 5043 0
shmem_seq_twice          | first pass | 14 0 0 27 12246 0 15 5 29 0 12248 0 22 12240 12217 5380 0
shmem_seq_twice          | end        | 2060 0 0 16404 16379 0 14344 14337 16385 0 16379 0 22 12219 12190 5381 0
fork_write, no zswap     | first pass | 8 22 4004 0 0 0 15 6 0 0 3959 0 54 4001 0 0 0
fork_write, no zswap     | end        | 1038 8238 9643 0 0 0 7201 7173 8266 0 16472 0 1465 13634 0 0 0
fork_write, no zswap     | parent     | 7 16 0 0 0 0 9 10 7 0 0 0 1472 8215 0 0 0
shmem_seq_twice, no zswap| first pass | 13 19 12308 0 0 0 9 2 4 0 12247 0 87 12304 0 0 0
shmem_seq_twice, no zswap| end        | 2069 16419 17232 0 0 0 14350 14327 16414 0 16357 0 990 13144 0 0 0
"""
"""Case, mark, and the figures: the counters, then the gauges."""

KILLED = ("swap_full",)
"""Cases that ended with the program killed for want of memory."""


def _figures() -> dict[tuple[str, str], tuple[int, ...]]:
    found = {}
    for line in _TABLE.strip().splitlines():
        case, mark, numbers = (part.strip() for part in line.split("|"))
        found[case, mark] = tuple(int(number) for number in numbers.split())
    return found


FIGURES = _figures()


def recorded(case: str, mark: str) -> dict[str, int]:
    """The kernel's figures of a case at a mark, by name; KeyError when there are none."""
    return dict(zip(COUNTERS + GAUGES, FIGURES[case, mark], strict=True))
