"""Images filled by hand, in either design: small enough to know by heart, or of any size by a seed."""

from __future__ import annotations

import numpy as np

from engine.mm import image as im
from engine.mm.layout import Needs, lay_out
from engine.mm.pageflags import PG_ACTIVE, PG_DIRTY, PG_LRU, PG_SWAPCACHE, PG_WRITEBACK
from engine.mm.swapops import mk_pte, swp_entry_to_pte
from engine.mm.view import View
from engine.program import Images, Process, Program, Region, Swapfile

LEGACY, SWAP_DESC = 0, 1


class Built:
    """A machine put together page by page; ``view`` reads it."""

    def __init__(self, design=SWAP_DESC, pages=(96, 48), frames=48, slots=(256,), shmem=0, settings=None):
        self.design = design
        needs = Needs(
            len(pages), 2 * len(pages) + 1, sum(pages), shmem, frames, tuple(slots), 4, journal_words=16, records=4
        )
        self.layout = lay_out(needs)
        self.words = self.layout.new_image()
        self.view = View(self.words, self.layout)
        for setting in im.schema.settings:
            self.words[setting.address] = setting.default
        self.set(im.DESIGN, design)
        self.set(im.FRAMES, frames)
        self.set(im.FREE_PAGES, frames)
        for key, value in (settings or {}).items():
            self.set(im.schema.setting_for(key).address, value)
        row = 0
        processes = []
        for number, count in enumerate(pages, start=1):
            self.put(im.MM_STATE, number, 1)
            self.put(im.MM_PTE, number, row)
            self.put(im.MM_PAGES, number, count)
            row += count
            name = ("editor", "editor", "indexer", "browser")[number % 4 - 1]
            heap = count * 2 // 3
            regions = (Region("heap", 0, heap, 1), Region("stack", heap, count - heap, 1))
            processes.append(Process(name, count, regions))
        self.set(im.PROCESSES, len(pages))
        if len(pages) > 1:
            self.put(im.MM_PARENT, 2, 1)
        if shmem:
            self.put(im.MAP_KIND, 1, 1)
            self.put(im.MAP_CACHE, 1, 0)
            self.put(im.MAP_PAGES, 1, shmem)
            self.set(im.MAPPINGS, 1)
        base = 0
        for kind, count in enumerate(slots):
            self.put(im.SI_BASE, kind + 1, base)
            self.put(im.SI_MAX, kind + 1, count + 1)
            self.put(im.SI_HIGHEST, kind + 1, count)
            self.put(im.SI_PRIO, kind + 1, -2 - kind)
            self.put(im.SI_FLAGS, kind + 1, 3)
            self.set(im.SWAPFILE_SLOTS[kind], count)
            base += count + 1
        self.set(im.SWAP_TOTAL, sum(slots))
        zeroes = np.zeros(5, dtype=np.int64)
        self.program = Program(
            "zswap spills to the swapfile", tuple(processes), np.zeros(0, dtype=np.int64),
            Images(zeroes, zeroes, zeroes, zeroes), swapfiles=tuple(
                Swapfile(f"swap{kind}", count, ("nvme", "hdd")[kind % 2], -2 - kind) for kind, count in enumerate(slots)
            ), shmem=(("ring buffer", shmem),) if shmem else (),
        )  # fmt: skip
        self.next_slot = [1] * len(slots)

    def set(self, address, value):
        self.words[address] = value

    def add(self, address, value=1):
        self.words[address] += value

    def put(self, column, row, value):
        table = im.schema.tables[column >> 16]
        self.words[self.layout.base[table.name] + row * table.width + (column & 0xFF)] = value

    def pte(self, process, page, word):
        self.put(im.PTE, self.view.at(im.MM_PTE, process) + page, word)

    def frame(self, *pages, active=False, flags=0, shmem=()):
        """A frame mapped by (process, page) pairs, at the head of a list."""
        frame = self.view.scalar(im.FRAME_TOP) + 1
        self.set(im.FRAME_TOP, frame)
        self.add(im.FREE_PAGES, -1)
        self.add(im.NR_RESIDENT)
        self.put(im.PAGE_FLAGS, frame, PG_LRU | (PG_ACTIVE if active else 0) | flags)
        self.put(im.PAGE_MAPCOUNT, frame, len(pages))
        head, tail, count = (
            (im.ACTIVE, im.ACTIVE_TAIL, im.NR_ACTIVE) if active else (im.INACTIVE, im.INACTIVE_TAIL, im.NR_INACTIVE)
        )
        self.add(count)
        old = self.view.scalar(head)
        self.put(im.PAGE_NEXT, frame, old)
        if old:
            self.put(im.PAGE_PREV, old, frame)
        else:
            self.set(tail, frame)
        self.set(head, frame)
        for process, page in pages:
            self.pte(process, page, mk_pte(frame, 2))
        for index in shmem:
            self.put(im.SHMEM, index, frame << 1)
        return frame

    def slot(self, kind=0, offset=None):
        offset = offset or self.next_slot[kind]
        self.next_slot[kind] = max(self.next_slot[kind], offset + 1)
        self.add(im.SWAP_USED)
        return offset

    def _slot_row(self, kind, offset):
        return self.view.at(im.SI_BASE, kind + 1) + offset

    def swapped(self, *pages, to="zswap", length=1612, cached=None, shmem=(), kind=0, offset=None):
        """An entry held by (process, page) pairs whose bytes are in "zswap", "disk", "zero" or nowhere ("none").

        ``cached``: a frame that holds it in the swapcache as well.
        """
        count = len(pages) + len(shmem)
        if self.design == LEGACY:
            offset = self.slot(kind, offset)
            entry, row = kind << 58 | offset, self._slot_row(kind, offset)
            self.put(im.SLOT_MAP, row, count | (0x40 if cached else 0))
            self.put(im.SLOT_CACHE, row, (cached or 0) << 1)
        else:
            entry = self.view.scalar(im.DESC_TOP) + 1
            self.set(im.DESC_TOP, entry)
            self.add(im.NR_DESC)
            self.put(im.DESC_COUNT, entry, count)
            self.put(im.DESC_CACHE, entry, (cached or 0) << 1)
        if to == "zswap":
            z = self.zswap(entry, length)
            self.backend(entry, z << 3 | 1, z)
            if self.design == LEGACY:
                self.add(im.SLOTS_WASTED)
        elif to == "zero":
            self.backend(entry, 3, -1)
        elif to == "disk":
            if self.design != LEGACY:
                offset = self.slot(kind, offset)
                row = self._slot_row(kind, offset)
                self.put(im.SLOT_MAP, row, 1)
                self.put(im.SLOT_ENTRY, row, entry)
                self.backend(entry, (offset << 5 | kind) << 3 | 2, 0)
            self.put(im.SLOT_CONTENT, self._slot_row(kind, offset), 1)
        if cached:
            self.put(im.PAGE_SWAP, cached, entry)
            flags = self.view.at(im.PAGE_FLAGS, cached)
            self.put(im.PAGE_FLAGS, cached, flags | PG_SWAPCACHE)
        for process, page in pages:
            self.pte(process, page, swp_entry_to_pte(entry, 0))
        for index in shmem:
            self.put(im.SHMEM, index, entry << 1 | 1)
        self.add(im.NR_SWAPPED, count)
        return entry

    def backend(self, entry, word, held):
        if self.design == LEGACY:
            self.put(im.SLOT_ENTRY, self._slot_row(entry >> 58, entry & (1 << 58) - 1), held)
        else:
            self.put(im.DESC_BACKEND, entry, word)

    def zswap(self, entry, length):
        z = self.view.scalar(im.ZSWAP_TOP) + 1
        self.set(im.ZSWAP_TOP, z)
        self.put(im.Z_SWPENTRY, z, entry)
        self.put(im.Z_LENGTH, z, length)
        tail = self.view.scalar(im.ZLRU_TAIL)
        self.put(im.Z_PREV, z, tail)
        if tail:
            self.put(im.Z_NEXT, tail, z)
        else:
            self.set(im.ZLRU, z)
        self.set(im.ZLRU_TAIL, z)
        self.add(im.NR_STORED)
        self.add(im.NR_ZLRU)
        self.add(im.STORED_BYTES, length)
        self.set(im.POOL_PAGES, -(-self.view.scalar(im.STORED_BYTES) * 11 // 40960))
        return z


def populated(design=SWAP_DESC, seed=1, pages=(96, 48), frames=48, slots=(256,), shmem=24, settings=None):
    """A machine under pressure: some pages in memory, the others in zswap, on disk or never touched."""
    built = Built(design, pages, frames, slots, shmem, settings)
    draw = np.random.default_rng(seed)
    wanted = [(process + 1, page) for process, count in enumerate(pages) for page in range(count)]
    draw.shuffle(wanted)
    for index in range(shmem):
        _place(built, draw, (), (index,), frames)
    for process, page in wanted:
        if draw.random() < 0.04:
            continue
        _place(built, draw, ((process, page),), (), frames)
    return built


def _place(built, draw, pages, shmem, frames):
    room = built.view.scalar(im.FRAME_TOP) < frames - 5
    chance = draw.random()
    if room and chance < 0.5:
        frame = built.frame(*pages, active=bool(draw.random() < 0.5), flags=PG_DIRTY, shmem=shmem)
        if draw.random() < 0.1:
            built.swapped(to="disk" if draw.random() < 0.6 else "none", cached=frame)
            if draw.random() < 0.5:
                flags = built.view.at(im.PAGE_FLAGS, frame)
                built.put(im.PAGE_FLAGS, frame, flags | PG_WRITEBACK)
        return
    to = "disk" if chance > 0.82 and built.next_slot[0] < built.view.at(im.SI_MAX, 1) else "zswap"
    length = int(np.clip(draw.normal(1700, 700), 300, 3900))
    if built.design == LEGACY and built.next_slot[0] >= built.view.at(im.SI_MAX, 1):
        return
    built.swapped(*pages, to="zero" if chance > 0.97 else to, length=length, shmem=shmem)
