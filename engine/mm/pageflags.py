"""Flags of a folio, named as include/linux/page-flags.h names them; the bit positions are our own."""

PG_REFERENCED = 1
PG_DIRTY = 2
PG_LRU = 4
PG_ACTIVE = 8
PG_WORKINGSET = 16
PG_SWAPCACHE = 32
PG_WRITEBACK = 64
PG_RECLAIM = 128
PG_READAHEAD = 256
PG_MLOCKED = 512
PG_UNEVICTABLE = 1024
PG_SWAPBACKED = 2048
PG_ANON_EXCLUSIVE = 4096
PG_SHMEM = 8192
"""Belongs to a shmem object (the kernel asks folio_test_anon)."""
PG_LOCKED = 16384
PG_DROPBEHIND = 32768

NAMES = {
    PG_REFERENCED: "PG_referenced",
    PG_DIRTY: "PG_dirty",
    PG_LRU: "PG_lru",
    PG_ACTIVE: "PG_active",
    PG_WORKINGSET: "PG_workingset",
    PG_SWAPCACHE: "PG_swapcache",
    PG_WRITEBACK: "PG_writeback",
    PG_RECLAIM: "PG_reclaim",
    PG_READAHEAD: "PG_readahead",
    PG_MLOCKED: "PG_mlocked",
    PG_UNEVICTABLE: "PG_unevictable",
    PG_SWAPBACKED: "PG_swapbacked",
    PG_ANON_EXCLUSIVE: "PG_anon_exclusive",
    PG_SHMEM: "shmem",
    PG_LOCKED: "PG_locked",
    PG_DROPBEHIND: "PG_dropbehind",
}
