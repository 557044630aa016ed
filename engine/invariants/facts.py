"""What the invariants are about, read once out of an image: columns cut to what was ever used."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.backend import TAG_MASK, TAG_SHIFT, TYPE_BITS, TYPE_MASK, ZERO
from engine.mm.design.legacy import ZERO_MARK
from engine.mm.layout import Image
from engine.mm.schema import BYTE_MASK
from engine.mm.swapfile import MAX_SWAPFILES, SWAP_MAP_BAD
from engine.mm.swapops import (
    PFN_MASK,
    PFN_SHIFT,
    PTE_OFFSET_MASK,
    PTE_OFFSET_SHIFT,
    PTE_PRESENT,
    PTE_TYPE_SHIFT,
    SWP_OFFSET_MASK,
    SWP_TYPE_SHIFT,
    ZERO_PFN,
)
from engine.mm.view import View
from engine.program import Program
from engine.reading.designs import Backend, seam, slot_counts
from engine.reading.lists import walk

Flags = NDArray[np.bool_]


class Facts:
    """Columns of one image; arrays by frame, by name (swap entry), by slot, by zswap entry, row 0 included.

    A *name* is what stands in a page table for a page that is out: a slot, a descriptor or a virtual
    slot. Names and slots are numbered through, one swapfile behind the other.
    """

    def __init__(self, view: View, program: Program | None, settled: bool) -> None:
        self.view = view
        self.program = program
        self.settled = settled
        """The image is that behind a whole operation: nothing is on its way."""
        self.descriptors = seam(view).has_descriptors

    def scalar(self, address: int) -> int:
        """A scalar by its address."""
        return self.view.scalar(address)

    def walk(self, first: int, link: int) -> Image:
        """A linked list in its order."""
        return walk(self.view, first, link)

    def process_name(self, process: int) -> str:
        """A process as people call it; ``process`` is a row of table mm."""
        if self.program is not None and process <= len(self.program.processes):
            return self.program.processes[process - 1].name
        return f"process {process}"

    # -- page tables -----------------------------------------------------------------------------

    @cached_property
    def words(self) -> Image:
        """All page-table entries, shape (pages of all processes,)."""
        return self.view.pte[:, 0]

    @cached_property
    def present(self) -> Flags:
        """Which of them map something."""
        flags: Flags = self.words & PTE_PRESENT != 0
        return flags

    @cached_property
    def mapped_rows(self) -> Image:
        """Rows of entries that map a frame (the shared zero page is none)."""
        return np.flatnonzero(self.present & (self.words >> PFN_SHIFT & PFN_MASK != ZERO_PFN)).astype(np.int64)

    @cached_property
    def mapped_frames(self) -> Image:
        """The frame each of :attr:`mapped_rows` maps."""
        frames: Image = self.words[self.mapped_rows] >> PFN_SHIFT & PFN_MASK
        return frames

    @cached_property
    def swapped_rows(self) -> Image:
        """Rows of entries that hold a swap entry."""
        return np.flatnonzero(~self.present & (self.words != 0)).astype(np.int64)

    @cached_property
    def swapped_entries(self) -> Image:
        """The swap entry of each of :attr:`swapped_rows`."""
        words = self.words[self.swapped_rows]
        entries: Image = (words >> PTE_TYPE_SHIFT & TYPE_MASK) << SWP_TYPE_SHIFT
        entries |= ~(words >> PTE_OFFSET_SHIFT) & PTE_OFFSET_MASK
        return entries

    @cached_property
    def region_of_row(self) -> Image:
        """The region each page-table entry lies in, 0 for none."""
        regions = np.zeros(len(self.words), dtype=np.int64)
        for number, region in enumerate(self.regions.tolist()):
            if number and region[_VMA_PAGES]:
                first = self.page_table_base[region[_VMA_MM]] + region[_VMA_START]
                regions[first : first + region[_VMA_PAGES]] = number
        return regions

    @cached_property
    def regions(self) -> Image:
        """Table vma as far as it is used."""
        return self.view.vma[: self.scalar(im.VMAS) + 1]

    @cached_property
    def page_table_base(self) -> list[int]:
        """First row of each process' page table."""
        bases: list[int] = self.view.column(im.MM_PTE).tolist()
        return bases

    @cached_property
    def shmem_words(self) -> Image:
        """Page caches of all shmem objects."""
        return self.view.shmem[:, 0]

    # -- frames ----------------------------------------------------------------------------------

    @cached_property
    def top(self) -> int:
        """The last frame that was ever used."""
        return self.scalar(im.FRAME_TOP)

    def frame_column(self, code: int) -> Image:
        """A column of table page."""
        return self.view.page[: self.top + 1, code & BYTE_MASK]

    @cached_property
    def flags(self) -> Image:
        """Flags of each frame."""
        return self.frame_column(im.PAGE_FLAGS).copy()

    @cached_property
    def mapcount(self) -> Image:
        """What each frame says of how often it is mapped."""
        return self.frame_column(im.PAGE_MAPCOUNT)

    @cached_property
    def in_use(self) -> Flags:
        """Which frames hold something."""
        flags: Flags = self.flags != 0
        return flags

    def per_frame(self, frames: Image) -> Image:
        """How often each frame is in an array; those out of range are left out."""
        return count_of(frames, self.top + 1)

    # -- slots -----------------------------------------------------------------------------------

    @cached_property
    def files(self) -> list[list[int]]:
        """Rows of table swap_info behind its row 0."""
        rows: list[list[int]] = self.view.swap_info[1:].tolist()
        return rows

    @cached_property
    def file_starts(self) -> list[int]:
        """Number of each swapfile's slot 0 when all are numbered through, and of the end."""
        starts = [0]
        for file in self.files:
            starts.append(starts[-1] + file[_SI_HIGHEST] + 1)
        return starts

    @cached_property
    def slots(self) -> Image:
        """Rows of table slot, up to the highest of each swapfile that was ever used; shape (slots, 4)."""
        parts = [self.view.slot[file[_SI_BASE] : file[_SI_BASE] + file[_SI_HIGHEST] + 1] for file in self.files]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.zeros((0, im.slot.width), dtype=np.int64)

    def slot_column(self, code: int) -> Image:
        """A column of :attr:`slots`."""
        return self.slots[:, code & BYTE_MASK]

    @cached_property
    def slot_used(self) -> Flags:
        """Which slots are taken."""
        words = self.slot_column(im.SLOT_MAP)
        used: Flags = (words != 0) & (words != SWAP_MAP_BAD)
        return used

    def slot_index(self, slots: Image) -> Image:
        """Numbers of slots given as ``type << 58 | offset``; -1 where no such slot was ever used."""
        kinds, offsets = slots >> SWP_TYPE_SHIFT, slots & SWP_OFFSET_MASK
        starts, lengths = np.zeros(32, dtype=np.int64), np.zeros(32, dtype=np.int64)
        for kind, start in enumerate(self.file_starts[:-1]):
            starts[kind], lengths[kind] = start, self.file_starts[kind + 1] - start
        kinds = kinds & TYPE_MASK
        return np.where((offsets > 0) & (offsets < lengths[kinds]), starts[kinds] + offsets, -1)

    @cached_property
    def slot_entries(self) -> Image:
        """``type << 58 | offset`` of every slot."""
        ends = enumerate(zip(self.file_starts[:-1], self.file_starts[1:], strict=True))
        kinds = [np.arange(end - start) | kind << SWP_TYPE_SHIFT for kind, (start, end) in ends]
        return np.concatenate(kinds) if kinds else np.zeros(0, dtype=np.int64)

    def slot_name(self, index: int) -> str:
        """A slot by its number, as people say it."""
        entry = int(self.slot_entries[index])
        return f"slot {entry & SWP_OFFSET_MASK} of swapfile {entry >> SWP_TYPE_SHIFT}"

    # -- names -----------------------------------------------------------------------------------

    def name(self, index: int) -> str:
        """A name by its number, as people say it."""
        return f"{seam(self.view).entry_word} {index}" if self.descriptors else self.slot_name(index)

    def name_index(self, entries: Image) -> Image:
        """Numbers of names given as swap entries; -1 where no such was ever given out."""
        if not self.descriptors:
            return self.slot_index(entries)
        return np.where((entries > 0) & (entries <= self.scalar(im.DESC_TOP)), entries, -1)

    @cached_property
    def desc(self) -> Image:
        """Table desc as far as it is used."""
        return self.view.desc[: self.scalar(im.DESC_TOP) + 1]

    @cached_property
    def name_entries(self) -> Image:
        """Swap entry of every name."""
        return np.arange(len(self.desc), dtype=np.int64) if self.descriptors else self.slot_entries

    @cached_property
    def name_used(self) -> Flags:
        """Which names are given out. Descriptors of the slab cache are used unless they are on its free list."""
        if not self.descriptors:
            return self.slot_used
        nexts = self.desc[:, im.DESC_NEXT & BYTE_MASK]
        if self.scalar(im.VCLUSTER_TOP):
            marked: Flags = nexts != 0
            return marked
        used = np.ones(len(nexts), dtype=np.bool_)
        used[:1] = False
        free = self.free_descriptors
        used[free[(free > 0) & (free < len(used))]] = False
        return used

    @cached_property
    def free_descriptors(self) -> Image:
        """The free list of descriptors, in its order."""
        return self.walk(self.scalar(im.DESC_FREE), im.DESC_NEXT)

    @cached_property
    def name_count(self) -> Image:
        """What each name says of how often it is held."""
        if self.descriptors:
            return self.desc[:, im.DESC_COUNT & BYTE_MASK]
        words = self.slot_column(im.SLOT_MAP)
        return np.where(words == SWAP_MAP_BAD, 0, slot_counts(words))

    @cached_property
    def name_cache(self) -> Image:
        """Each name's word of the swapcache."""
        if self.descriptors:
            return self.desc[:, im.DESC_CACHE & BYTE_MASK]
        return self.slot_column(im.SLOT_CACHE)

    @cached_property
    def name_cached(self) -> Image:
        """The frame each name has in the swapcache, 0 for none."""
        words = self.name_cache
        return np.where(words & 1 == 0, words >> 1, 0)

    @cached_property
    def name_backend(self) -> tuple[Image, Image]:
        """Tags and values of all names' backends: a zswap entry, or a slot as ``type << 58 | offset``."""
        if self.descriptors:
            words = self.desc[:, im.DESC_BACKEND & BYTE_MASK]
            tags, values = words & TAG_MASK, words >> TAG_SHIFT
            slots = (values & TYPE_MASK) << SWP_TYPE_SHIFT | values >> TYPE_BITS
            return tags, np.where(tags == Backend.SLOT, slots, values)
        held, written = self.slot_column(im.SLOT_ENTRY), self.slot_column(im.SLOT_CONTENT) != 0
        tags = np.where(written, int(Backend.SLOT), int(Backend.NONE))
        tags[held > 0] = Backend.ZSWAP
        tags[held == ZERO_MARK] = ZERO
        return tags, np.where(held > 0, held, self.slot_entries)

    def names_with(self, backend: Backend) -> Image:
        """Numbers of the names whose bytes are there."""
        return np.flatnonzero(self.name_backend[0] == backend).astype(np.int64)

    # -- zswap -----------------------------------------------------------------------------------

    @cached_property
    def zswap(self) -> Image:
        """Table zswap as far as it is used."""
        return self.view.zswap[: self.scalar(im.ZSWAP_TOP) + 1]

    def zswap_column(self, code: int) -> Image:
        """A column of table zswap."""
        return self.zswap[:, code & BYTE_MASK]

    @cached_property
    def zswap_used(self) -> Flags:
        """Which zswap entries are in use."""
        used: Flags = self.zswap_column(im.Z_SWPENTRY) != 0
        return used

    @cached_property
    def zspages(self) -> Image:
        """Table zspage as far as it is used."""
        return self.view.zspage[: self.scalar(im.ZSPAGE_TOP) + 1]

    def zspage_column(self, code: int) -> Image:
        """A column of table zspage."""
        return self.zspages[:, code & BYTE_MASK]

    @cached_property
    def zspage_live(self) -> Flags:
        """Which zspages have pages."""
        live: Flags = self.zspage_column(im.ZSPAGE_CLASS) != 0
        return live

    # -- requests --------------------------------------------------------------------------------

    @cached_property
    def requests(self) -> Image:
        """Requests under way, the one that completes next first."""
        return self.walk(self.scalar(im.BIO_HEAD), im.BIO_NEXT)


def count_of(values: Image, length: int) -> Image:
    """How often each number below ``length`` is in an array, shape (length,); others are left out."""
    kept = values[(values >= 0) & (values < length)]
    return np.bincount(kept, minlength=length).astype(np.int64)


_VMA_MM, _VMA_START, _VMA_PAGES = (code & BYTE_MASK for code in (im.VMA_MM, im.VMA_START, im.VMA_PAGES))
_SI_BASE, _SI_HIGHEST = im.SI_BASE & BYTE_MASK, im.SI_HIGHEST & BYTE_MASK
assert MAX_SWAPFILES <= TYPE_MASK
