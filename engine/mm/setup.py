"""The image of a machine that has just been switched on, from a program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.journal import get, put, put_add, store
from engine.mm.layout import CLUSTER_SLOTS, ROOM, Image, Layout, Needs, lay_out
from engine.mm.mmap import RA_HITS_AT_START
from engine.mm.page_alloc import MIN_FREE_KBYTES_HIGH, setup_watermarks
from engine.mm.policy import OPT
from engine.mm.rmap import VM_LOCKED, VM_SHARED
from engine.mm.schema import Words
from engine.mm.shmem import MAP_SHMEM
from engine.mm.size_classes import size_classes
from engine.mm.swapfile import (
    LIST_NONFULL,
    MAX_SWAPFILES,
    SWAP_MAP_BAD,
    SWP_SOLIDSTATE,
    SWP_USED,
    SWP_WRITEOK,
    move_cluster,
    slots_good,
)
from engine.operation import COUNT_MASK, COUNT_SHIFT, KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op, Ops
from engine.program import Program, Spare

DEVICES = ("nvme", "ssd", "hdd")
HDD = 2
RANGE_OPS = (Op.MUNMAP, Op.MLOCK, Op.MUNLOCK)
RANDOM_MODULUS = 2147483647


def needs_of(program: Program, journal_words: int, records: int) -> Needs:
    """The most a run of this program can ask for."""
    kinds = _kinds(program)
    forks = program.ops[kinds == Op.FORK]
    ranges = sum(int(np.count_nonzero(kinds == op)) for op in RANGE_OPS)
    rooms = _rooms(program, forks)
    spare = program.spare or Spare(0)
    # A process that starts later gets its region then, and anew whenever it starts again.
    regions_of = [0 if process.late else len(process.regions) for process in program.processes]
    regions_of += [0] * (len(rooms) - len(program.processes))
    regions = sum(regions_of)
    starts = int(np.count_nonzero(kinds == Op.EXEC)) + spare.processes
    for word in forks.tolist():
        parent, child = word >> WHO_SHIFT & WHO_MASK, word >> COUNT_SHIFT & COUNT_MASK
        # A child that ended may be forked again: it gets regions anew.
        regions_of[child] += regions_of[parent]
    processes = len(rooms) + spare.processes
    splits = 2 * ranges * max(1, processes)
    frames = max(program.setting("machine.frames"), 1)
    return Needs(
        processes=processes,
        regions=max(regions, sum(regions_of)) + starts + splits + len(program.shmem),
        pages=sum(rooms) + spare.pages,
        shmem_pages=sum(pages for _, pages in program.shmem),
        frames=frames * ROOM + frames // 8 + MIN_FREE_KBYTES_HIGH // 4,
        swapfile_slots=tuple(swapfile.slots * ROOM for swapfile in program.swapfiles),
        images=len(program.images.lz4) - 1,
        decisions=len(program.decisions),
        foreseen=len(program.ops) + spare.operations if foresees(program) else 0,
        journal_words=journal_words,
        records=records,
    )


def foresees(program: Program) -> bool:
    """Whether its replacement policy needs to know the future."""
    return program.setting("machine.policy") == OPT


def write_future(words: Image, layout: Layout, ops: Ops) -> None:
    """For each operation, the one that touches its page next, for the policy that knows the future."""
    if not layout.rows["future"]:
        return
    following = words[layout.base["future"] :][: layout.rows["future"]]
    following[:] = len(following)
    last: dict[int, int] = {}
    for index in range(len(ops) - 1, -1, -1):
        word = int(ops[index])
        if word & KIND_MASK in (Op.READ, Op.WRITE):
            page = word >> VALUE_SHIFT << WHO_SHIFT | word >> WHO_SHIFT & WHO_MASK
            following[index] = last.get(page, len(following))
            last[page] = index


def _kinds(program: Program) -> NDArray[np.uint8]:
    """The kinds of all operations, in a byte each: jumps make machines too, and a run may have a hundred million."""
    kinds: NDArray[np.uint8] = program.ops.astype(np.uint8) & np.uint8(KIND_MASK)
    return kinds


def _rooms(program: Program, forks: Ops) -> list[int]:
    """Pages of every process there will be: those of the program, and the children forks name."""
    rooms = [process.pages for process in program.processes]
    for word in forks.tolist():
        parent, child = word >> WHO_SHIFT & WHO_MASK, word >> COUNT_SHIFT & COUNT_MASK
        rooms += [0] * (child + 1 - len(rooms))
        rooms[child] = rooms[parent]
    return rooms


def new_machine(program: Program, *, journal_words: int, records: int) -> tuple[Image, Layout]:
    """The image before the first operation, and its layout. Raises ValueError for what cannot be built."""
    if len(program.swapfiles) > MAX_SWAPFILES:
        raise ValueError(f"a machine has at most {MAX_SWAPFILES} swapfiles, not {len(program.swapfiles)}")
    layout = lay_out(needs_of(program, journal_words, records))
    words = layout.new_image()
    m = memoryview(words.data)
    for setting in im.schema.settings:
        store(m, setting.address, setting.default)
    for type_ in range(MAX_SWAPFILES):
        store(m, im.SWAPFILE_SLOTS[type_], 0)
    store(m, im.NR_SWAPFILES, len(program.swapfiles))
    _swapfiles(m, program)
    for key, value in program.settings.items():
        store(m, im.schema.setting_for(key).address, value)
    store(m, im.STATS_FLUSH_DUE, m[im.STATS_FLUSH_NS])
    store(m, im.FREE_PAGES, m[im.FRAMES])
    setup_watermarks(m)
    store(m, im.SEED, program.seed)
    store(m, im.RANDOM, program.seed % (RANDOM_MODULUS - 1) + 1)
    store(m, im.RA_HITS, RA_HITS_AT_START)
    total = sum(slots_good(m, type_) for type_, swapfile in enumerate(program.swapfiles) if swapfile.active)
    store(m, im.SWAP_TOTAL, total)
    store(m, im.DECISIONS_KNOWN, len(program.decisions))
    start = layout.base["decision"]
    words[start + 1 : start + 1 + len(program.decisions)] = program.decisions
    _images(words, layout, program)
    _size_classes(m)
    _processes(m, program)
    return words, layout


def _swapfiles(m: Words, program: Program) -> None:
    row = 1
    cluster = 0
    for type_, swapfile in enumerate(program.swapfiles):
        si = type_ + 1
        device = DEVICES.index(swapfile.device)
        flags = SWP_USED
        if swapfile.active:
            flags |= SWP_WRITEOK
        if device != HDD:
            flags |= SWP_SOLIDSTATE
        else:
            store(m, im.NR_ROTATE_SWAP, m[im.NR_ROTATE_SWAP] + 1)
        put(m, im.SI_FLAGS, si, flags)
        put(m, im.SI_BASE, si, row)
        put(m, im.SI_MAX, si, swapfile.slots * ROOM + 1)
        put(m, im.SI_PRIO, si, swapfile.priority)
        put(m, im.SI_DEVICE, si, device)
        put(m, im.SI_CLUSTER, si, cluster)
        put(m, im.SI_BAD, si, len(swapfile.bad))
        put(m, im.SI_HIGHEST, si, max(swapfile.bad, default=0))
        store(m, im.SWAPFILE_SLOTS[type_], swapfile.slots)
        for offset in swapfile.bad:
            put(m, im.SLOT_MAP, row + offset, SWAP_MAP_BAD)
            put_add(m, im.CLUSTER_BAD, cluster + offset // CLUSTER_SLOTS, 1)
        # setup_clusters(): the header, bad slots and the device's end leave clusters that are not free in whole.
        begun = {0, *(offset // CLUSTER_SLOTS for offset in swapfile.bad)}
        if (swapfile.slots + 1) % CLUSTER_SLOTS != 0:
            begun.add(swapfile.slots // CLUSTER_SLOTS)
        for index in sorted(begun):
            move_cluster(m, si, index, LIST_NONFULL)
        row += swapfile.slots * ROOM + 1
        cluster += -(-(swapfile.slots * ROOM + 1) // CLUSTER_SLOTS)


def _images(words: Image, layout: Layout, program: Program) -> None:
    rows = words[layout.base["content"] :][: layout.rows["content"] * im.content.width].reshape(-1, im.content.width)
    images = program.images
    for place, values in enumerate((images.lz4, images.filled, images.first, images.count)):
        rows[:, place] = values


def _size_classes(m: Words) -> None:
    for index, made in enumerate(size_classes(m[im.CHAIN])):
        put(m, im.CLASS_SIZE, index + 1, made.size)
        put(m, im.CLASS_PAGES, index + 1, made.pages)
        put(m, im.CLASS_OBJS, index + 1, made.objs)
        put(m, im.CLASS_MERGED, index + 1, made.merged + 1)


def _processes(m: Words, program: Program) -> None:
    caches: dict[str, int] = {}
    first_page = 0
    for name, pages in program.shmem:
        mapping = m[im.MAPPINGS] + 1
        store(m, im.MAPPINGS, mapping)
        put(m, im.MAP_KIND, mapping, MAP_SHMEM)
        put(m, im.MAP_CACHE, mapping, first_page)
        put(m, im.MAP_PAGES, mapping, pages)
        caches[name] = mapping
        first_page += pages
    base = 0
    late = {number for number, process in enumerate(program.processes) if process.late}
    for number, pages in enumerate(_rooms(program, program.ops[_kinds(program) == Op.FORK])):
        if number in late:
            continue
        put(m, im.MM_PTE, number + 1, base)
        put(m, im.MM_PAGES, number + 1, pages)
        base += pages
        store(m, im.PROCESSES, number + 1)
    for number, process in enumerate(program.processes):
        if process.late:
            continue
        # One without regions is a child that a fork will bring to life.
        put(m, im.MM_STATE, number + 1, 1 if process.regions else 0)
        last = 0
        for region in process.regions:
            vma = m[im.VMAS] + 1
            store(m, im.VMAS, vma)
            if region.shared is None:
                mapping = m[im.MAPPINGS] + 1
                store(m, im.MAPPINGS, mapping)
                put(m, im.MAP_PAGES, mapping, region.pages)
            else:
                mapping = caches[region.shared]
            put(m, im.VMA_MM, vma, number + 1)
            put(m, im.VMA_START, vma, region.first)
            put(m, im.VMA_PAGES, vma, region.pages)
            put(m, im.VMA_MAPPING, vma, mapping)
            put(m, im.VMA_PGOFF, vma, region.offset)
            put(m, im.VMA_FLAGS, vma, (VM_LOCKED if region.locked else 0) | (VM_SHARED if region.shared else 0))
            put(m, im.VMA_RA_HITS, vma, RA_HITS_AT_START)
            put(m, im.VMA_CONTENT, vma, region.image)
            put(m, im.VMA_CONTENTS, vma, region.images)
            put(m, im.VMA_NAME, vma, vma)
            put(m, im.VMA_SHARING, vma, get(m, im.MAP_VMA, mapping))
            put(m, im.MAP_VMA, mapping, vma)
            if last:
                put(m, im.VMA_NEXT, last, vma)
            else:
                put(m, im.MM_VMA, number + 1, vma)
            last = vma
