"""A program that starts: a new address space of one region, nothing of it touched yet (fs/exec.c)."""

from __future__ import annotations

from engine.mm.image import (
    CONTENT_COUNT,
    MAP_PAGES,
    MAP_VMA,
    MAPPINGS,
    MM_PAGES,
    MM_PTE,
    MM_STATE,
    MM_VMA,
    PROCESSES,
    VMA_CONTENT,
    VMA_CONTENTS,
    VMA_MAPPING,
    VMA_MM,
    VMA_NAME,
    VMA_NEXT,
    VMA_PAGES,
    VMA_RA_HITS,
    VMAS,
)
from engine.mm.journal import emit, get, put, store
from engine.mm.kernel import kernel
from engine.mm.mmap import RA_HITS_AT_START
from engine.mm.schema import Words
from engine.mm.transitions import EXEC


@kernel
def page_table_top(m: Words) -> int:
    """The first row of the page-table entries that no process has."""
    top = 0
    for process in range(1, m[PROCESSES] + 1):
        end = get(m, MM_PTE, process) + get(m, MM_PAGES, process)
        if end > top:
            top = end
    return top


@kernel
def exec_mmap(m: Words, process: int, pages: int, image: int) -> None:
    """exec_mmap(): a process with one anonymous region of pages made from a family of images."""
    if get(m, MM_PAGES, process) == 0:
        put(m, MM_PTE, process, page_table_top(m))
        put(m, MM_PAGES, process, pages)
    if m[PROCESSES] < process:
        store(m, PROCESSES, process)
    mapping = m[MAPPINGS] + 1
    store(m, MAPPINGS, mapping)
    vma = m[VMAS] + 1
    store(m, VMAS, vma)
    put(m, MAP_PAGES, mapping, pages)
    put(m, MAP_VMA, mapping, vma)
    put(m, VMA_MM, vma, process)
    put(m, VMA_PAGES, vma, pages)
    put(m, VMA_MAPPING, vma, mapping)
    put(m, VMA_RA_HITS, vma, RA_HITS_AT_START)
    put(m, VMA_CONTENT, vma, image)
    put(m, VMA_CONTENTS, vma, get(m, CONTENT_COUNT, image))
    put(m, VMA_NAME, vma, vma)
    # Regions of a process that ran here before are left behind, without pages.
    put(m, VMA_NEXT, vma, get(m, MM_VMA, process))
    put(m, MM_VMA, process, vma)
    put(m, MM_STATE, process, 1)
    emit(m, EXEC, process, pages, 0)
