"""How much room each table of an image gets, and what of it is in use.

Rows are laid out for the worst the program can ask for. That costs nothing: memory never
touched is never given by the operating system, and keyframes copy only the rows in use.
The image is followed by the journal and the records of transitions, which are not state.
"""

from __future__ import annotations

import mmap as mmap_module
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from operator import add

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError, Problem
from engine.mm import image as im
from engine.mm.journal import JOURNAL_BEGIN, RECORD_BEGIN
from engine.mm.schema import BYTE_MASK, HEADER_WORDS
from engine.mm.transitions import RECORD_WORDS
from engine.phrase import phrase

Image = NDArray[np.int64]

CLUSTER_SLOTS = 512
"""Slots of a cluster: SWAPFILE_CLUSTER with CONFIG_THP_SWAP on x86-64."""
WORD_BYTES = 8
LARGE_IMAGE = 1 << 23
"""Words from which on an image asks for large pages; most of what a smaller one reserves is never touched."""
GROUPS = 12
"""Fullness groups of a zsmalloc class."""


@dataclass(frozen=True)
class Needs:
    """What a program can come to need at most."""

    processes: int
    regions: int
    pages: int
    """Page-table entries of all processes together."""
    shmem_pages: int
    frames: int
    swapfile_slots: tuple[int, ...]
    images: int
    foreseen: int = 0
    """Operations whose next use is kept, where the policy needs to know the future."""
    decisions: int = 0
    """Evictions a policy of somebody's own may decide."""
    designs_with_descriptors: bool = True
    journal_words: int = 1 << 20
    records: int = 1 << 16


@dataclass(frozen=True)
class Layout:
    """Address and rows of every table; addresses are indices of the array of words."""

    base: dict[str, int]
    rows: dict[str, int]
    state_words: int
    """Words of header, scalars and tables."""
    journal_words: int
    records: int

    @property
    def journal_base(self) -> int:
        return self.state_words

    @property
    def record_base(self) -> int:
        return self.state_words + self.journal_words

    @property
    def total_words(self) -> int:
        return self.record_base + self.records * RECORD_WORDS

    def new_image(self) -> Image:
        """An image of zeroes with the header filled in; memory is given only when touched.

        Raises InputError when even its addresses are more than this computer has to give.
        """
        try:
            words = zeroes(self.total_words)
        except (MemoryError, OSError):
            raise InputError(self._too_large()) from None
        self.write_addresses(words)
        words[JOURNAL_BEGIN] = self.journal_base
        words[RECORD_BEGIN] = self.record_base
        return words

    def write_addresses(self, words: Image) -> None:
        """Where each table begins, into the header: by that the model finds it."""
        for table in im.schema.tables:
            words[table.number] = self.base[table.name]

    def _too_large(self) -> Problem:
        """That there is no room for it here, and which table wants most."""
        words = {table.name: self.rows[table.name] * table.width for table in im.schema.tables}
        most = max(words, key=lambda name: words[name])
        what = phrase(
            "this computer has no room for it: {gigabytes} GB are needed, most of it for {rows} rows of '{table}'",
            gigabytes=-(-self.total_words * WORD_BYTES // 1_000_000_000), rows=f"{self.rows[most]:,}".replace(",", " "),
            table=most,
        )  # fmt: skip
        return Problem(what, key="machine", expected=phrase("fewer frames, pages or slots"))


def zeroes(words: int) -> Image:
    """Zeroed memory that is given only when touched and begins on a page, so that no row straddles cache lines.

    Much of it asks for large pages: references go all over an image, and with pages of 4 KiB most of
    them would miss the processor's translation cache, too.
    """
    if sys.platform == "win32":
        return np.zeros(words, dtype=np.int64)
    # By its module: on Windows the flags have no name, and this file must be importable there.
    room = mmap_module.mmap(-1, words * WORD_BYTES, flags=mmap_module.MAP_PRIVATE | mmap_module.MAP_ANONYMOUS)
    if words >= LARGE_IMAGE and hasattr(mmap_module, "MADV_HUGEPAGE"):
        with suppress(OSError):  # A kernel built without them.
            room.madvise(mmap_module.MADV_HUGEPAGE)
    return np.frombuffer(room, dtype=np.int64)


def lay_out(needs: Needs) -> Layout:
    """Addresses for every table, in the order of declaration, each on a cache line of its own."""
    total_pages = needs.pages + needs.shmem_pages
    entries = total_pages + needs.frames + 1
    rows = {
        "mm": needs.processes + 1,
        "vma": needs.regions + 1,
        "mapping": needs.regions + 1,
        "pte": needs.pages,
        "shmem": needs.shmem_pages,
        "future": needs.foreseen,
        "decision": needs.decisions + 1 if needs.decisions else 0,
        "frame_use": needs.frames + 1 if needs.foreseen else 0,
        "page": needs.frames + 1,
        "swap_info": len(needs.swapfile_slots) + 1,
        "cluster": sum(-(-(slots + 1) // CLUSTER_SLOTS) for slots in needs.swapfile_slots),
        "slot": sum(slots + 1 for slots in needs.swapfile_slots) + 1,
        "desc": 2 * entries + 2 * CLUSTER_SLOTS if needs.designs_with_descriptors else 0,
        "vcluster": 2 * entries // CLUSTER_SLOTS + 3 if needs.designs_with_descriptors else 0,
        "zswap": entries,
        "zs_class": 256,
        "zs_group": 256 * GROUPS,
        "zspage": entries,
        "zs_object": 8 * entries + 65536,
        "bio": needs.frames + 1,
        "content": needs.images + 1,
    }
    base: dict[str, int] = {}
    at = -(-im.schema.scalar_end // 8) * 8
    for table in im.schema.tables:
        base[table.name] = at
        at += -(-rows[table.name] * table.width // 8) * 8
    return Layout(base, rows, at, needs.journal_words, needs.records)


ROOM = 4
"""Frames and swapfiles may grow to this many times what a program starts with."""

_TOPS = {
    "page": im.FRAME_TOP,
    "frame_use": im.FRAME_TOP,
    "mm": im.PROCESSES,
    "vma": im.VMAS,
    "mapping": im.MAPPINGS,
    "desc": im.DESC_TOP,
    "vcluster": im.VCLUSTER_TOP,
    "zswap": im.ZSWAP_TOP,
    "zspage": im.ZSPAGE_TOP,
    "zs_object": im.ZS_OBJECT_TOP,
    "bio": im.BIO_TOP,
}
"""The scalar that tells how many rows (after row 0) of a table were ever used; others are used whole."""


def used_spans(words: Image, layout: Layout) -> Iterator[tuple[int, int]]:
    """Start and end address of each part of the image that may hold anything but zero."""
    yield HEADER_WORDS, im.schema.scalar_end
    for table in im.schema.tables:
        rows = layout.rows[table.name]
        if table.name in _TOPS:
            rows = min(rows, int(words[_TOPS[table.name]]) + 1)
        start = layout.base[table.name]
        if table.name == "slot":
            yield from _used_slots(words, layout)
        elif table.name == "pte":
            yield start, start + _used_entries(words, layout)
        else:
            yield start, start + rows * table.width


def _used_entries(words: Image, layout: Layout) -> int:
    """Page-table entries of the processes there were so far: behind them is room for others."""
    start = layout.base["mm"]
    end = start + (int(words[im.PROCESSES]) + 1) * im.mm.width
    first, pages = (words[start + (code & BYTE_MASK) : end : im.mm.width] for code in (im.MM_PTE, im.MM_PAGES))
    return int(max(map(add, first.tolist(), pages.tolist())))


def _used_slots(words: Image, layout: Layout) -> Iterator[tuple[int, int]]:
    """Of each swapfile, the slots up to the highest that was ever used."""
    for first, highest in _swapfile_slots(words, layout):
        start = layout.base["slot"] + first * im.slot.width
        yield start, start + (highest + 1) * im.slot.width


def _swapfile_slots(words: Image, layout: Layout) -> Iterator[tuple[int, int]]:
    """Of each swapfile, the row of its slot 0 and the highest slot that was ever used."""
    for row in range(1, layout.rows["swap_info"]):
        info = layout.base["swap_info"] + row * im.swap_info.width
        yield int(words[info + (im.SI_BASE & BYTE_MASK)]), int(words[info + (im.SI_HIGHEST & BYTE_MASK)])


def state_hash(words: Image, layout: Layout) -> str:
    """Sixteen hexadecimal digits that tell one state from another.

    It does not depend on capacity: columns that hold a row's place are left out, and so are
    the zeroes behind the last row in use.
    """
    digest = blake2b(digest_size=8)
    digest.update(words[HEADER_WORDS : im.schema.scalar_end].tobytes())
    for table in im.schema.tables:
        whole = words[layout.base[table.name] : layout.base[table.name] + layout.rows[table.name] * table.width]
        for part in _parts(words, layout, table.name, whole.reshape(-1, table.width)):
            kept = part
            places = [index for index, column in enumerate(table.columns) if column.unit == "row"]
            if places:
                kept = part.copy()
                kept[:, places] = 0
            flat = kept.reshape(-1)
            used = np.flatnonzero(flat)
            digest.update(flat[: used[-1] + 1 if len(used) else 0].tobytes())
            digest.update(b"|")
    return digest.hexdigest()


def _parts(words: Image, layout: Layout, name: str, rows: Image) -> Iterator[Image]:
    """The rows of a table, cut where another capacity would put them elsewhere."""
    if name == "pte":
        mm = words[layout.base["mm"] :][: layout.rows["mm"] * im.mm.width].reshape(-1, im.mm.width)
        for process in range(1, int(words[im.PROCESSES]) + 1):
            first = int(mm[process, im.MM_PTE & BYTE_MASK])
            yield rows[first : first + int(mm[process, im.MM_PAGES & BYTE_MASK])]
    elif name == "slot":
        for first, highest in _swapfile_slots(words, layout):
            yield rows[first : first + highest + 1]
    elif name == "cluster":
        infos = words[layout.base["swap_info"] :][: layout.rows["swap_info"] * im.swap_info.width]
        firsts = infos.reshape(-1, im.swap_info.width)[1:, im.SI_CLUSTER & BYTE_MASK].tolist()
        for first, end in zip(firsts, [*firsts[1:], len(rows)] if firsts else [], strict=True):
            yield rows[first:end]
    elif name in _TOPS:
        yield rows[: int(words[_TOPS[name]]) + 1]
    else:
        yield rows
