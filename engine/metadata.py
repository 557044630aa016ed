"""What each design's swap metadata costs: its formulas, as pure functions of numbers of slots and pages.

All results are bytes. *Static* is what a swapfile costs by its size as soon as it is in use; *dynamic*
is what swapped pages cost. ``slots`` is N, the slots of all swapfiles; the other arguments say how
much of them, or of what stands in front of them, is in use. Not counted anywhere, because it is the
same in every design: the zswap entry itself (64 bytes in 6.2, 56 in 6.18, 48 in linux-mm) and
zsmalloc's handle (8 and 8). Inner nodes of trees are left out, as the virtual-swap letter does.

Sources: the letter of the virtual-swap series (version 6, May 2026) for :func:`legacy` and
:func:`virtual_swap_space`; the letters of the swap-table phases and of the swap table edition for the others.
"""

from __future__ import annotations

from dataclasses import dataclass

CLUSTER_SLOTS = 512
"""SWAPFILE_CLUSTER with CONFIG_THP_SWAP on x86-64: tables are allocated for so many slots at a time."""

SWAP_MAP = 1
"""``swap_map``: a byte of count and flags a slot."""
SWAP_CGROUP = 2
"""``swap_cgroup``: whose memory the page in the slot was."""
SLOT_BIT = 1 / 8
"""A bit a slot: frontswap's bitmap until 6.6, the zeromap since 6.12."""
CACHE_WORD = 8
"""The swapcache's word of an entry, folio or shadow: an xarray slot, or since 6.18 a swap table entry."""
ZSWAP_TREE_WORD = 8
"""zswap's own way from slot to entry; with an indirection the descriptor points at the entry itself."""

CLUSTER_INFO_6_18 = 32
CLUSTER_INFO_MM = 48
"""``struct swap_cluster_info``: 8 bytes in 6.1, 32 in 6.18, 48 with pointers to extend and memcg tables."""
MEMCG_ID = 2
"""``memcg_table``: since phase IV a table of a cluster in use, no longer one of the whole device."""

DESCRIPTOR = 24
"""``swap_desc``: backend, swapcache pointer, and one word of count and flags."""
REVERSE_MAP = 8
"""A physical slot's pointer back to its descriptor."""
VIRTUAL_CLUSTER = 80
"""The dynamic cluster of the swap table edition, of which 512 virtual slots share one."""


@dataclass(frozen=True)
class Metadata:
    """Bytes of swap metadata."""

    static: float
    dynamic: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.static + self.dynamic


def legacy(slots: int, used: int, in_zswap: int) -> Metadata:
    """Until 6.17: N * (1 + 2 + 1/8), and for each slot in use 8 (swapcache), 8 more for a page in zswap."""
    return Metadata(slots * (SWAP_MAP + SWAP_CGROUP + SLOT_BIT), used * CACHE_WORD + in_zswap * ZSWAP_TREE_WORD)


def swap_table_phase_1(slots: int, in_clusters: int, in_zswap: int) -> Metadata:
    """6.18: the swapcache is a table of each cluster in use. ``in_clusters``: slots of such clusters."""
    static = SWAP_MAP + SWAP_CGROUP + SLOT_BIT + CLUSTER_INFO_6_18 / CLUSTER_SLOTS
    return Metadata(slots * static, in_clusters * CACHE_WORD + in_zswap * ZSWAP_TREE_WORD)


def swap_table_phase_3(slots: int, in_clusters: int, in_zswap: int) -> Metadata:
    """``swap_map`` is gone: count and swapcache share the swap table's word."""
    static = SWAP_CGROUP + SLOT_BIT + CLUSTER_INFO_6_18 / CLUSTER_SLOTS
    return Metadata(slots * static, in_clusters * CACHE_WORD + in_zswap * ZSWAP_TREE_WORD)


def swap_table_phase_4(slots: int, in_clusters: int, in_zswap: int) -> Metadata:
    """Nothing static but the clusters themselves, 0.094 bytes a slot: memcg ids and zero marks are in tables too."""
    dynamic = in_clusters * (CACHE_WORD + MEMCG_ID) + in_zswap * ZSWAP_TREE_WORD
    return Metadata(slots * CLUSTER_INFO_MM / CLUSTER_SLOTS, dynamic)


def swap_desc(slots: int, descriptors: int, reverse_map: bool) -> Metadata:
    """The proposal of 2023: a byte of slot map, and 24 bytes a swapped page, 32 with the reverse map."""
    return Metadata(slots * SWAP_MAP, descriptors * descriptor_size(reverse_map))


def descriptor_size(reverse_map: bool) -> int:
    """Bytes of one descriptor."""
    return DESCRIPTOR + REVERSE_MAP if reverse_map else DESCRIPTOR


def virtual_swap_space(slots: int, used: int, on_disk: int) -> Metadata:
    """Versions 3 to 6 of the series: N * 2/8, used * (24 + 1/8), and 8 more for each page on disk.

    ``slots`` is 0 where there is no swapfile, which pages in zswap do not need.
    """
    return Metadata(slots * 2 * SLOT_BIT, used * (DESCRIPTOR + SLOT_BIT) + on_disk * REVERSE_MAP)


def swap_table_edition(slots: int, in_virtual_clusters: int, in_clusters: int) -> Metadata:
    """The version in linux-mm: 18.16 bytes for each slot of a virtual cluster, 8.09 more for each on disk.

    ``in_virtual_clusters`` and ``in_clusters``: slots of virtual and of physical clusters in use. The
    physical slot's word is the reverse map; 0.094 of the 8.09 is there whether it is used or not.
    """
    virtual = in_virtual_clusters * virtual_slot_size()
    return Metadata(slots * CLUSTER_INFO_MM / CLUSTER_SLOTS, virtual + in_clusters * CACHE_WORD)


def virtual_slot_size() -> float:
    """Swap table word, memcg id, virtual table word, and a share of the cluster."""
    return CACHE_WORD + MEMCG_ID + CACHE_WORD + VIRTUAL_CLUSTER / CLUSTER_SLOTS
