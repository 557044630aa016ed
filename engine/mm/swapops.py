"""Page-table entries as x86-64 has them, and swap entries as the rest of the kernel has them.

A swap entry (``swp_entry_t``) is ``type << 58 | offset``. In a page table it stands with its
offset inverted: bits 63-59 type, 58-9 ~offset, 3 exclusive, 1 soft dirty, 0 not present. A
page-table entry is kept as a signed word, so bit 63 makes it negative; every expression here
gives the same for Python's integers and for wrapping 64-bit ones.

Source: arch/x86/include/asm/pgtable_64.h, include/linux/swapops.h.
"""

from __future__ import annotations

from engine.mm.kernel import kernel

PTE_PRESENT = 1
PTE_RW = 2
PTE_USER = 4
PTE_ACCESSED = 0x20
PTE_DIRTY = 0x40
PTE_NX = -(1 << 63)
PTE_SWP_EXCLUSIVE = 8
PTE_SWP_SOFT_DIRTY = 2
PFN_SHIFT = 12
PFN_MASK = (1 << 40) - 1
ZERO_PFN = PFN_MASK
"""The shared zero page: no frame of ours has this number."""

SWP_TYPE_SHIFT = 58
SWP_OFFSET_MASK = (1 << SWP_TYPE_SHIFT) - 1
PTE_OFFSET_SHIFT = 9
PTE_OFFSET_MASK = (1 << 50) - 1
PTE_TYPE_SHIFT = 59


@kernel
def swp_entry(type_: int, offset: int) -> int:
    """swp_entry()"""
    return type_ << SWP_TYPE_SHIFT | offset


@kernel
def swp_type(entry: int) -> int:
    """swp_type()"""
    return entry >> SWP_TYPE_SHIFT


@kernel
def swp_offset(entry: int) -> int:
    """swp_offset()"""
    return entry & SWP_OFFSET_MASK


@kernel
def swp_entry_to_pte(entry: int, exclusive: int) -> int:
    """swp_entry_to_pte(), with the exclusive marker of the page that leaves."""
    type_ = entry >> SWP_TYPE_SHIFT
    inverted = (~(entry & SWP_OFFSET_MASK)) & PTE_OFFSET_MASK
    if type_ >= 16:
        type_ -= 32
    word = type_ << PTE_TYPE_SHIFT | inverted << PTE_OFFSET_SHIFT
    if exclusive != 0:
        word |= PTE_SWP_EXCLUSIVE
    return word


@kernel
def pte_to_swp_entry(word: int) -> int:
    """pte_to_swp_entry()"""
    offset = (~(word >> PTE_OFFSET_SHIFT)) & PTE_OFFSET_MASK
    return ((word >> PTE_TYPE_SHIFT) & 31) << SWP_TYPE_SHIFT | offset


@kernel
def mk_pte(frame: int, flags: int) -> int:
    """mk_pte(): a present entry of anonymous memory (not executable, young)."""
    return PTE_NX | frame << PFN_SHIFT | PTE_PRESENT | PTE_USER | PTE_ACCESSED | flags


@kernel
def pte_pfn(word: int) -> int:
    """pte_pfn()"""
    return (word >> PFN_SHIFT) & PFN_MASK
