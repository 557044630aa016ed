"""The pool's size against its limits (mm/zswap.c)."""

from __future__ import annotations

from engine.mm.image import (
    ACCEPT_PERCENT,
    FRAMES,
    MAX_POOL_PAGES,
    MAX_POOL_PERCENT,
    POOL_PAGES,
    POOL_REACHED_FULL,
    ZSWAP_ENABLED,
)
from engine.mm.kernel import kernel
from engine.mm.schema import Words


@kernel
def zswap_max_pages(m: Words) -> int:
    """zswap_max_pages()"""
    if m[MAX_POOL_PAGES] != 0:
        return m[MAX_POOL_PAGES]
    return m[FRAMES] * m[MAX_POOL_PERCENT] // 100


@kernel
def zswap_accept_thr_pages(m: Words) -> int:
    """zswap_accept_thr_pages()"""
    return zswap_max_pages(m) * m[ACCEPT_PERCENT] // 100


@kernel
def zswap_would_take(m: Words) -> bool:
    """Whether the next store would pass the pool's limits; changes nothing."""
    if m[ZSWAP_ENABLED] == 0 or m[POOL_PAGES] >= zswap_max_pages(m):
        return False
    return m[POOL_REACHED_FULL] == 0 or m[POOL_PAGES] <= zswap_accept_thr_pages(m)
