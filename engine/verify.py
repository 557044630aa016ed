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
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.content.codec import VerifyError, c_functions, compress, decompress
from engine.content.table import ImageTable
from engine.machine import Machine
from engine.mm import image as im
from engine.mm import ledger as lg
from engine.mm import transitions as kinds
from engine.mm.design.hooks import DESIGNS
from engine.mm.layout import zeroes
from engine.mm.mover import PARTS, SCRATCH_WORDS, WORD_SHIFT, move
from engine.mm.schema import BYTE_MASK
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
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

Words = NDArray[np.int64]
RECORDS_A_BATCH = 8
"""A batch ends when this part of the room for records is used: the last operation must still fit."""
FIRST_WORDS = 1 << 24
"""Words of the pool's memory, and of blocks, that there is room for at first; memory is given only when written."""


@dataclass(frozen=True)
class Batch:
    """What some operations did with bytes."""

    first: int
    """Number of the first transition of them."""
    rows: Words
    """The ledger's rows, one behind the other."""
    pool_words: int
    """Words of the pool's memory, and of blocks, that are in use after them."""
    block_words: int


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
        self.pool = zeroes(FIRST_WORDS)
        """Memory of the pool's zspages, one behind the other as they were first needed."""
        self.blocks = zeroes(FIRST_WORDS)
        """What was last written to each slot, in the order in which slots were first written."""
        self.book = self._new_book()
        scratch = SCRATCH_WORDS + -(-c_functions().state_bytes // 8)
        self._scratches = [np.zeros(scratch, np.int64) for _ in range(PARTS)]
        self._outs = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        """Room for rows: one is written while those in the other are done."""

    def _new_book(self) -> Words:
        """An empty ledger: a row for each swap entry, object, zspage and slot there can be."""
        machine = self.machine
        rows = machine.layout.rows
        entries = max(rows["desc"], rows["slot"])
        sizes = (entries * lg.PLACE_WORDS, rows["zs_object"], rows["zspage"] * 2, rows["slot"], len(self.pages) * 2)
        begins = np.cumsum((lg.BOOK_HEADER, *sizes))
        book = np.zeros(begins[-1], dtype=np.int64)
        parts = (lg.B_PLACES, lg.B_OBJECTS, lg.B_ZSPAGES, lg.B_SLOTS, lg.B_CALLS)
        book[list(parts)] = begins[: len(parts)]
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

    @property
    def lz4_calls(self) -> Words:
        """How often each image was compressed and decompressed, shape (images, 2); row 0 is no image."""
        calls: Words = self.book[self.book[lg.B_CALLS] :].reshape(-1, 2)
        return calls

    # -- running ---------------------------------------------------------------------------------

    def run(self, progress: Callable[[float], bool] | None = None) -> Counter[str]:
        """The whole run, and at its end every copy that never came back; gives :attr:`counts`.

        ``progress`` gets the share of operations done and ends the run by returning False. The machine
        runs ahead in a thread of its own, while the bytes of what it did before are moved.
        """
        total = max(1, len(self.machine.ops))
        going_on = True
        with ThreadPoolExecutor(PARTS) as beside:
            coming: Future[Batch] | None = beside.submit(self._batch, total)
            while coming is not None:
                batch = coming.result()
                coming = beside.submit(self._batch, total) if going_on and not self.machine.finished else None
                self._move(batch, beside)
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
        """Carry out operations and follow them through the ledger: everything but the bytes."""
        machine, book = self.machine, self.book
        first = machine.view.scalar(im.TRANSITIONS)
        machine.keep_journal()
        machine.run(machine.position + operations, transitions=first + machine.layout.records // RECORDS_A_BATCH)
        if machine.journal_lost:
            raise OverflowError(f"operation {machine.position} makes more transitions than a journal holds")
        self._outs.reverse()
        room = 2 * lg.OUT_WORDS * len(machine.record_rows())
        if room > len(self._outs[0]):
            self._outs[0] = zeroes(room)
        written = machine.work(lg.follow, machine.words, book, self._page_words, self._outs[0])
        machine.drop_journal()
        pool_words, block_words = int(book[lg.B_POOL_BYTES]) >> WORD_SHIFT, int(book[lg.B_BLOCKS]) * lg.PAGE_WORDS
        return Batch(first + 1, self._outs[0][:written], pool_words, block_words)

    def _move(self, batch: Batch, beside: ThreadPoolExecutor | None = None) -> None:
        """Do what the rows say, and raise the first disagreement; ``beside`` takes all parts but one."""
        self.pool = _with_room(self.pool, batch.pool_words)
        self.blocks = _with_room(self.blocks, batch.block_words)
        work = partial(self._move_part, batch.rows)
        if beside is None:
            wrong = [work(part) for part in range(PARTS)]
        else:
            others = [beside.submit(work, part) for part in range(1, PARTS)]
            wrong = [work(0), *(other.result() for other in others)]
        if self.files is not None:
            wrong.append(self._move_in_files(batch.rows))
        last = len(batch.rows) - lg.OUT_WORDS
        if last >= 0 and batch.rows[last] & lg.SAYING_BITS >= lg.OTHER_IMAGE:
            wrong.append(last)
        at = min((at for at in wrong if at >= 0), default=-1)
        if at >= 0:
            what, number, *facts = batch.rows[at : at + lg.OUT_WORDS].tolist()
            kind = kinds.KINDS[what >> lg.SAYING_KIND_SHIFT].name
            problem = self._problem(what & lg.SAYING_BITS, *facts)
            raise VerifyError(f"transition {batch.first + number}, {kind}: {problem}")

    def _move_part(self, rows: Words, part: int) -> int:
        """One part's share of the rows; the first that found wrong bytes, or -1."""
        scratch = self._scratches[part]
        lz4, arrays = c_functions(), (self._page_words, self.pool, self.blocks, scratch)
        addresses = (array.ctypes.data for array in (self._page_words, self.pool, scratch))
        desk = np.array([lz4.compress, lz4.decompress, *addresses, len(scratch)], dtype=np.int64)
        return self.machine.work(move, rows, len(rows), part, *arrays, desk)

    def _move_in_files(self, rows: Words) -> int:
        """What is written to and read from real files; the first row that found wrong bytes, or -1."""
        assert self.files is not None
        for row, (what, _, image, slot, *_) in enumerate(rows.reshape(-1, lg.OUT_WORDS).tolist()):
            if what & lg.SAYING_BITS == lg.WRITE_FILE:
                self.files[slot] = self.pages[image]
            elif what & lg.SAYING_BITS == lg.READ_FILE and self.files[slot] != self.pages[image]:
                return row * lg.OUT_WORDS
        return -1

    def _problem(self, what: int, a: int, b: int, c: int, d: int) -> str:
        """What a row that found something wrong tells."""
        if what == lg.COMPRESS:
            return f"image {a} makes {len(compress(self.pages[a]))} bytes, the model stored {c}"
        if what in (lg.DECOMPRESS, lg.COMPARE):
            return self._difference(partial(self._in_pool, b, c), a, f"frame {d}", "the pool")
        if what == lg.READ_BLOCK:
            block = self.blocks[b * lg.PAGE_WORDS : (b + 1) * lg.PAGE_WORDS]
            return self._difference(block.tobytes, a, f"frame {d}", _slot(c))
        if what == lg.READ_FILE and self.files is not None:
            return self._difference(partial(self.files.__getitem__, b), a, f"frame {d}", _slot(c))
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

    def _difference(self, read: Callable[[], bytes], image: int, holder: str, source: str) -> str:
        """Where bytes are not those of an image, or why there are none."""
        wanted = self.pages[image]
        try:
            page = read()
        except VerifyError as error:
            return str(error)
        at = next(at for at in range(PAGE_BYTES) if page[at] != wanted[at])
        found = f"byte {at} from {source} is 0x{page[at]:02x}, not 0x{wanted[at]:02x}"
        return f"{holder} should hold image {image}, but {found}"

    def compare_all(self) -> None:
        """Compare every copy that is in the pool now with what the model says it is."""
        view, book = self.machine.view, self.book
        begin, end = int(book[lg.B_PLACES]), int(book[lg.B_OBJECTS])
        places = book[begin:end].reshape(-1, lg.PLACE_WORDS)
        places = places[places[:, lg.P_KIND] == lg.IN_POOL]
        handles = view.zswap[: view.scalar(im.ZSWAP_TOP) + 1, im.Z_HANDLE & BYTE_MASK]
        zentries = {handle: zentry for zentry, handle in enumerate(handles.tolist()) if handle}
        rows = np.zeros(len(places) * lg.OUT_WORDS, np.int64)
        for row, (handle, length, at) in zip(
            rows.reshape(-1, lg.OUT_WORDS), places[:, lg.P_KEY :].tolist(), strict=True
        ):
            zentry = zentries.get(handle)
            if zentry is None:
                raise VerifyError(f"there are bytes in {_object(handle)}, the model has nothing there")
            image = view.at(im.Z_CONTENT, zentry)
            if length == PAGE_BYTES:
                row[:] = lg.COMPARE, 0, image, at, length, zentry
            else:
                row[:] = lg.DECOMPRESS, 0, image, at, length, zentry
                self.lz4_calls[image, 1] += 1
        wrong = [at for at in (self._move_part(rows, part) for part in range(PARTS)) if at >= 0]
        if wrong:
            _, _, image, at, length, zentry = rows[min(wrong) :][: lg.OUT_WORDS].tolist()
            problem = self._difference(partial(self._in_pool, at, length), image, f"zswap entry {zentry}",
                                       _object(int(handles[zentry])))  # fmt: skip
            raise VerifyError(problem)
        book[lg.B_COMPARED] += len(places)

    def _in_pool(self, at: int, length: int) -> bytes:
        """The page that some bytes of the pool make; raises VerifyError when they make none."""
        data = self.pool.view(np.uint8)[at : at + length].tobytes()
        return data if length == PAGE_BYTES else decompress(data)


def _with_room(array: Words, words: int) -> Words:
    """The array, or a larger one with the same in it, that has so many words."""
    if words <= len(array):
        return array
    larger = zeroes(max(words, 2 * len(array)))
    larger[: len(array)] = array
    return larger


def _object(handle: int) -> str:
    return f"object {handle & HANDLE_MASK} of zspage {handle >> HANDLE_SHIFT}"


def _slot(slot: int) -> str:
    return f"slot {slot & SWP_OFFSET_MASK} of swapfile {slot >> SWP_TYPE_SHIFT}"
