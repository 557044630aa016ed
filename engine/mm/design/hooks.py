"""The seam: what the model asks of a design, answered by the design the image names.

Each design is one module of this folder with a ``NUMBER`` (its place among the choices of
``machine.design``), a ``NAME``, and one function for each hook below. Adding a design is adding
a module: it is found here, and nothing else changes. No other part of the model may ask which
design runs.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType

from engine.mm.image import DESIGN
from engine.mm.kernel import kernel
from engine.mm.schema import Words


def _modules() -> list[ModuleType]:
    package = importlib.import_module("engine.mm.design")
    found = [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    return sorted((module for module in found if hasattr(module, "NUMBER")), key=lambda module: int(module.NUMBER))


DESIGNS = _modules()


def _choose(name: str) -> Callable[..., int]:
    """One function that calls that of the design the image names."""
    chosen: Callable[..., int] = getattr(DESIGNS[-1], name)
    made = _EITHER[chosen.__code__.co_argcount]
    for module in reversed(DESIGNS[:-1]):
        chosen = made(module.NUMBER, getattr(module, name), chosen)
    return chosen


def _either1(number: int, this: Callable[..., int], other: Callable[..., int]) -> Callable[..., int]:
    @kernel
    def either(m: Words) -> int:
        if m[DESIGN] == number:
            return this(m)
        return other(m)

    return either


def _either2(number: int, this: Callable[..., int], other: Callable[..., int]) -> Callable[..., int]:
    @kernel
    def either(m: Words, entry: int) -> int:
        if m[DESIGN] == number:
            return this(m, entry)
        return other(m, entry)

    return either


def _either3(number: int, this: Callable[..., int], other: Callable[..., int]) -> Callable[..., int]:
    @kernel
    def either(m: Words, entry: int, word: int) -> int:
        if m[DESIGN] == number:
            return this(m, entry, word)
        return other(m, entry, word)

    return either


_EITHER = {1: _either1, 2: _either2, 3: _either3}

can_name = _choose("can_name")
"""(m) -> bool: could a page that leaves memory get a name at all? get_nr_swap_pages() > 0"""
name_folio = _choose("name_folio")
"""(m, frame) -> entry or 0: a name for a page that leaves, its swapcache pointer set. folio_alloc_swap()"""
duplicate_entry = _choose("duplicate_entry")
"""(m, entry): one more page-table or shmem entry holds it. swap_duplicate()"""
drop_count = _choose("drop_count")
"""(m, entry): one entry less holds it; nothing is freed yet."""
entry_count = _choose("entry_count")
"""(m, entry) -> int: how many page-table and shmem entries hold it. swp_swapcount()"""
entry_address = _choose("entry_address")
"""(m, entry) -> int: where the words kept for it begin, for those who ask for them early."""
cache_word = _choose("cache_word")
"""(m, entry) -> frame << 1 | 0 in the swapcache, shadow << 1 | 1, or 0."""
set_cache_word = _choose("set_cache_word")
"""(m, entry, word)"""
backend = _choose("backend")
"""(m, entry) -> value << 3 | tag: where its bytes are, see engine.mm.backend."""
set_backend = _choose("set_backend")
"""(m, entry, word): its bytes are now there. A slot that is not needed any more is freed if the design can."""
slot_for_write = _choose("slot_for_write")
"""(m, entry) -> slot or -1: the slot its page is to be written to."""
release = _choose("release")
"""(m, entry): nothing holds it and it is not in the swapcache: its name is free. The bytes are dropped before."""
owner_of_slot = _choose("owner_of_slot")
"""(m, slot) -> entry or -1: whose bytes are in this slot? For readahead; costs what the reverse map costs."""
lookup_cost = _choose("lookup_cost")
"""(m, entry) -> int: steps through trees and tables from the page-table entry to the bytes."""
entry_bytes = _choose("entry_bytes")
"""(m) -> int: bytes of metadata one more swapped page costs now, without zswap's own entry."""
readahead_slot = _choose("readahead_slot")
"""(m, entry) -> slot or -1: the slot whose neighbours readahead may look at."""
swapoff_walk = _choose("swapoff_walk")
"""(m) -> int: what swapoff reads to find a device's pages: 0 page tables, 1 descriptors, 2 physical slots."""
