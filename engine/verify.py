"""Verify mode: beside the model go the real bytes, through LZ4, the pool and the swapfile, and are compared on return.

The model only knows which image a page holds. A :class:`Verifier` carries out a run and does with the
bytes what each transition says was done: compresses a page and writes it into the memory of the very
object the allocator gave out, decompresses it, writes it to the very slot, reads it back. Had the model
given an object or a slot to two pages, lost one, or read from a place where the page is not, the bytes
would tell. Where bytes are is kept in a ledger of its own (:mod:`engine.mm.ledger`); LZ4 is here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.content.codec import VerifyError, compress, decompress
from engine.content.table import ImageTable
from engine.machine import Machine
from engine.mm import image as im
from engine.mm import ledger as lg
from engine.mm import transitions as kinds
from engine.mm.design.hooks import DESIGNS
from engine.mm.layout import zeroes
from engine.mm.schema import BYTE_MASK
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.mm.transitions import REC_KIND
from engine.mm.zsmalloc import HANDLE_MASK, HANDLE_SHIFT
from engine.program import Program

PAGE_BYTES = 4096
SYNTHETIC = "compressed="
"""How the name of a family of made-up images begins; what follows is their compressed length."""

COUNTS = {
    "stored": lg.B_STORED, "loaded": lg.B_LOADED, "written": lg.B_WRITTEN, "read": lg.B_READ,
    "written back": lg.B_WRITTEN_BACK, "compared": lg.B_COMPARED,
}  # fmt: skip
WHERE = {lg.NOWHERE: "nowhere", lg.IN_POOL: "in the pool", lg.FILLED: "one word repeated", lg.IN_SLOT: "in a slot",
         lg.ZEROES: "a zero mark"}  # fmt: skip

DEEDS = (kinds.ZSWAP_STORE, kinds.ZSWAP_LOAD, kinds.ZSWAP_FREED, kinds.WRITE_BACK, kinds.DISK_WRITE, kinds.DISK_READ,
         kinds.ZERO_OUT, kinds.ZERO_FILL)  # fmt: skip
"""Kinds of transition that move bytes."""

Words = NDArray[np.int64]
Batch = tuple[int, Words, Words]
"""Number of the first transition of some operations, the kinds of all of them, and the ledger's rows."""
RECORDS_A_BATCH = 8
"""A batch ends when this part of the room for records is used: the last operation must still fit."""
FIRST_BLOCKS = 1 << 16
"""Blocks that there is room for at first; memory is given only when they are written."""


def table_of(program: Program) -> ImageTable:
    """The bytes of a program's images. Raises ValueError when the program does not say which they are."""
    if not program.images.names:
        raise ValueError("the program's images have no bytes: it was not built from a scenario")
    table = ImageTable()
    for name in program.images.names:
        table.add({"compressed": int(name.removeprefix(SYNTHETIC))} if name.startswith(SYNTHETIC) else name)
    return table


@dataclass
class Verifier:
    """A run with its bytes. ``table`` holds the bytes of the program's images; found by their names when left out.

    ``compiled`` as for :class:`engine.machine.Machine`. A difference raises
    :class:`engine.content.codec.VerifyError`, which names the transition.
    """

    program: Program
    table: ImageTable | None = None
    compiled: bool | None = None
    files: MutableMapping[int, bytes] | None = None
    """Where the blocks of swapfiles are kept (see :class:`engine.blocks.BlockFiles`); in memory when left out."""

    def __post_init__(self) -> None:
        images = self.table or table_of(self.program)
        self.machine = Machine(self.program, self.compiled)
        self.pages = [bytes(PAGE_BYTES), *(images.bytes_of(image) for image in range(len(images)))]
        """The bytes of each image as the model counts them, from 1."""
        self._page_words = np.frombuffer(b"".join(self.pages), dtype=np.int64).copy()
        self.pool = bytearray()
        """Memory of the pool's zspages, one behind the other as they were first needed."""
        self.blocks: Words = np.zeros(0, dtype=np.int64)
        """What was last written to each slot, in the order in which slots were first written."""
        self.book = self._new_book()

    def _new_book(self) -> Words:
        """An empty ledger: a row for each swap entry, object, zspage and slot there can be."""
        machine = self.machine
        rows = machine.layout.rows
        entries = max(rows["desc"], rows["slot"])
        sizes = (entries * lg.PLACE_WORDS, rows["zs_object"], rows["zspage"] * 2, rows["slot"])
        begins = np.cumsum((lg.BOOK_HEADER, *sizes))
        book = np.zeros(begins[-1], dtype=np.int64)
        for part, begin in zip((lg.B_PLACES, lg.B_OBJECTS, lg.B_ZSPAGES, lg.B_SLOTS), begins, strict=False):
            book[part] = begin
        base = machine.view.column(im.SI_BASE)[1 : len(self.program.swapfiles) + 1]
        book[lg.B_TYPE + lg.MAX_TYPES : lg.B_TYPE + lg.MAX_TYPES + len(base)] = base
        if DESIGNS[machine.view.scalar(im.DESIGN)].ENTRY_TABLE == "slot":
            book[lg.B_TYPE : lg.B_TYPE + len(base)] = base
        book[lg.B_REAL_FILES] = self.files is not None
        return book

    @property
    def counts(self) -> Counter[str]:
        """``stored``, ``loaded``, ``written``, ``read``, ``written back`` pages, ``compared`` pages in all."""
        return Counter({name: int(self.book[word]) for name, word in COUNTS.items()})

    # -- running ---------------------------------------------------------------------------------

    def run(self, progress: Callable[[float], bool] | None = None) -> Counter[str]:
        """The whole run, and at its end every copy that never came back; gives :attr:`counts`.

        ``progress`` gets the share of operations done and ends the run by returning False. The machine
        runs ahead in a thread of its own, while LZ4 is busy with what it did before.
        """
        total = max(1, len(self.machine.ops))
        going_on = True
        with ThreadPoolExecutor(1) as ahead:
            coming: Future[Batch] | None = ahead.submit(self._batch, total)
            while coming is not None:
                batch = coming.result()
                coming = ahead.submit(self._batch, total) if going_on and not self.machine.finished else None
                self._move(batch)
                if progress is not None:
                    going_on = progress(self.machine.position / total) and going_on
        self.compare_all()
        return self.counts

    def advance(self, operations: int) -> int:
        """Carry out up to so many operations, as many as one journal holds; how many it were."""
        before = self.machine.position
        self._move(self._batch(operations))
        return self.machine.position - before

    def _batch(self, operations: int) -> Batch:
        """Carry out operations and follow them through the ledger: everything but LZ4."""
        machine = self.machine
        first = machine.view.scalar(im.TRANSITIONS)
        machine.keep_journal()
        machine.run(machine.position + operations, transitions=first + machine.layout.records // RECORDS_A_BATCH)
        if machine.journal_lost:
            raise OverflowError(f"operation {machine.position} makes more transitions than a journal holds")
        kind = machine.record_rows()[:, REC_KIND] & 0xFF
        self._make_room(int(np.isin(kind, (kinds.DISK_WRITE, kinds.WRITE_BACK)).sum()))
        out = np.zeros(2 * int(np.isin(kind, DEEDS).sum()) * lg.OUT_WORDS, dtype=np.int64)
        written = machine.call_with(lg.follow, self.book, self._page_words, self.blocks, out)
        machine.drop_journal()
        return first + 1, kind, out[:written]

    def _make_room(self, writes: int) -> None:
        """Room for the blocks of slots that are written for the first time."""
        used = int(self.book[lg.B_BLOCKS]) * lg.PAGE_WORDS
        wanted = used + writes * lg.PAGE_WORDS
        if wanted > len(self.blocks) and self.files is None:
            blocks = zeroes(max(wanted, 2 * len(self.blocks), FIRST_BLOCKS * lg.PAGE_WORDS))
            blocks[:used] = self.blocks[:used]
            self.blocks = blocks

    def _move(self, batch: Batch) -> None:
        """Do what LZ4 has to do, and raise the first disagreement."""
        first, kind, out = batch
        grown = int(self.book[lg.B_POOL_BYTES]) - len(self.pool)
        if grown > 0:
            self.pool += bytes(grown)
        for what, number, a, b, c, d in out.reshape(-1, lg.OUT_WORDS).tolist():
            try:
                self._do(what, a, b, c, d)
            except VerifyError as error:
                raise VerifyError(f"transition {first + number}, {kinds.KINDS[kind[number]].name}: {error}") from None

    def _do(self, what: int, a: int, b: int, c: int, d: int) -> None:
        """One row of the ledger's: image ``a`` and ``c`` bytes of the pool from ``b`` on, for frame ``d``."""
        if what == lg.COMPRESS:
            block = compress(self.pages[a])
            if len(block) != c:
                raise VerifyError(f"image {a} makes {len(block)} bytes, the model stored {c}")
            self.pool[b : b + c] = block
        elif what == lg.DECOMPRESS:
            page = decompress(self.pool[b : b + c])
            if page != self.pages[a]:
                raise VerifyError(self._difference(page, a, f"frame {d}", "the pool"))
        elif what == lg.KEEP:
            self.pool[b : b + c] = self.pages[a]
        else:
            problem = self._other(what, a, b, c, d)
            if problem:
                raise VerifyError(problem)

    def _other(self, what: int, a: int, b: int, c: int, d: int) -> str:
        """What comes up seldom: real files, pages kept raw, disagreements; what is wrong."""
        if what == lg.COMPARE:
            return self._difference(bytes(self.pool[b : b + c]), a, f"frame {d}", "the pool")
        if what == lg.WRITE_BLOCK and self.files is not None:
            self.files[b] = self.pages[a]
            return ""
        if what == lg.READ_BLOCK and self.files is not None:
            return self._difference(self.files[b], a, f"frame {c}", _slot(b))
        if what == lg.BLOCK_DIFFERS:
            block = self.blocks[d * lg.PAGE_WORDS : (d + 1) * lg.PAGE_WORDS].tobytes()
            return self._difference(block, a, f"frame {c}", _slot(b))
        if what == lg.NOT_WHERE:
            return f"swap entry {a} should be {WHERE[b]}, its bytes are not there"
        if what == lg.GIVEN_TWICE:
            return f"{_object(a)} is given out though swap entry {b} has it"
        if what == lg.OTHER_SLOT:
            return f"swap entry {a} is read from {_slot(b)}, its bytes are in {_slot(c)}"
        return {
            lg.OTHER_IMAGE: f"frame {a} holds another image than zswap entry {b} took from it",
            lg.NOT_FILLED: f"image {a} is kept as one word but is not that word repeated",
            lg.NOT_ZERO: f"frame {a} has to do with a zero mark but is not all zeroes",
            lg.NO_IMAGE: f"frame {a} holds no image at all",
            lg.NO_ROOM: f"{b} bytes do not fit where {_object(a)} is",
        }[what]

    def _difference(self, page: bytes, image: int, holder: str, source: str) -> str:
        """Where bytes are not those of an image; empty when they are."""
        wanted = self.pages[image]
        if page == wanted:
            return ""
        at = next(at for at in range(PAGE_BYTES) if page[at] != wanted[at])
        found = f"byte {at} from {source} is 0x{page[at]:02x}, not 0x{wanted[at]:02x}"
        return f"{holder} should hold image {image}, but {found}"

    def compare_all(self) -> None:
        """Compare every copy that is in the pool now with what the model says it is."""
        view, book = self.machine.view, self.book
        begin, end = int(book[lg.B_PLACES]), int(book[lg.B_OBJECTS])
        places = book[begin:end].reshape(-1, lg.PLACE_WORDS)
        handles = view.zswap[: view.scalar(im.ZSWAP_TOP) + 1, im.Z_HANDLE & BYTE_MASK].tolist()
        zentries = {handle: zentry for zentry, handle in enumerate(handles) if handle}
        for handle, length, at in places[places[:, lg.P_KIND] == lg.IN_POOL, lg.P_KEY :].tolist():
            zentry = zentries.get(handle)
            if zentry is None:
                raise VerifyError(f"there are bytes in {_object(handle)}, the model has nothing there")
            data = bytes(self.pool[at : at + length])
            page = data if length == PAGE_BYTES else decompress(data)
            problem = self._difference(page, view.at(im.Z_CONTENT, zentry), f"zswap entry {zentry}", _object(handle))
            if problem:
                raise VerifyError(problem)
            book[lg.B_COMPARED] += 1


def _object(handle: int) -> str:
    return f"object {handle & HANDLE_MASK} of zspage {handle >> HANDLE_SHIFT}"


def _slot(slot: int) -> str:
    return f"slot {slot & SWP_OFFSET_MASK} of swapfile {slot >> SWP_TYPE_SHIFT}"
