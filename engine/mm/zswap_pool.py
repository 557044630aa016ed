"""The pool's size against its limits (mm/zswap.c)."""

from __future__ import annotations

from engine.mm.image import (
    ACCEPT_PERCENT,
    FRAMES,
    LIMIT_INCLUDED,
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
def zswap_is_full(m: Words) -> bool:
    """Whether the pool is at its limit: zswap_is_full() until 6.9, which let it have the limit in whole."""
    if m[LIMIT_INCLUDED] != 0:
        return m[POOL_PAGES] > zswap_max_pages(m)
    return m[POOL_PAGES] >= zswap_max_pages(m)


@kernel
def zswap_can_accept(m: Words) -> bool:
    """Whether a pool that was full takes pages again: zswap_can_accept() until 6.9, which wanted less than that."""
    if m[LIMIT_INCLUDED] != 0:
        return m[POOL_PAGES] < zswap_accept_thr_pages(m)
    return m[POOL_PAGES] <= zswap_accept_thr_pages(m)


@kernel
def zswap_would_take(m: Words) -> bool:
    """Whether the next store would pass the pool's limits; changes nothing."""
    if m[ZSWAP_ENABLED] == 0 or zswap_is_full(m):
        return False
    return m[POOL_REACHED_FULL] == 0 or zswap_can_accept(m)
