"""Verify mode: beside the model go the real bytes, through LZ4, the pool and the swapfile, and are compared on return.

The model only knows which image a page holds. A :class:`Verifier` carries out a run and does with the
bytes what each transition says was done: compresses a page and writes it into the memory of the very
object the allocator gave out, decompresses it, writes it to the very slot, reads it back. Had the model
given an object or a slot to two pages, lost one, or read from a place where the page is not, the bytes
would tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field

from engine.content.codec import VerifyError, compress, decompress
from engine.content.table import ImageTable
from engine.machine import Machine
from engine.mm import image as im
from engine.mm import transitions as kinds
from engine.mm.journal import JOURNAL_BEGIN, JOURNAL_NEXT, swap_back, swap_forward
from engine.mm.schema import BYTE_MASK
from engine.mm.transitions import REC_A, REC_B, REC_C, REC_END, REC_KIND
from engine.mm.zsmalloc import HANDLE_MASK, HANDLE_SHIFT, ZS_HANDLE_SIZE
from engine.program import Program

PAGE_BYTES = 4096
ZSMALLOC = 0
SYNTHETIC = "compressed="
"""How the name of a family of made-up images begins; what follows is their compressed length."""

IN_POOL, FILLED, IN_SLOT, ZEROES = "pool", "filled", "slot", "zeroes"


def table_of(program: Program) -> ImageTable:
    """The bytes of a program's images. Raises ValueError when the program does not say which they are."""
    if not program.images.names:
        raise ValueError("the program's images have no bytes: it was not built from a scenario")
    table = ImageTable()
    for name in program.images.names:
        table.add({"compressed": int(name.removeprefix(SYNTHETIC))} if name.startswith(SYNTHETIC) else name)
    return table


@dataclass(frozen=True)
class Place:
    """Where the bytes of a page that is out are."""

    kind: str
    """:data:`IN_POOL`, :data:`FILLED`, :data:`IN_SLOT` or :data:`ZEROES`."""
    key: int = 0
    """Handle of the object, or slot as ``type << 58 | offset``, or the repeated word."""
    length: int = 0
    """Bytes of the object; a whole page is kept raw."""

    def __str__(self) -> str:
        if self.kind == IN_POOL:
            return f"object {self.key & HANDLE_MASK} of zspage {self.key >> HANDLE_SHIFT}"
        return f"slot {self.key & (1 << 58) - 1} of swapfile {self.key >> 58}" if self.kind == IN_SLOT else self.kind


@dataclass
class Verifier:
    """A run with its bytes. ``table`` holds the bytes of the program's images; found by their names when left out.

    ``compiled`` as for :class:`engine.machine.Machine`. A difference raises
    :class:`engine.content.codec.VerifyError`, which names the transition.
    """

    program: Program
    table: ImageTable | None = None
    compiled: bool | None = None
    blocks: MutableMapping[int, bytes] | None = None
    """Where the blocks of swapfiles are kept (see :class:`engine.blocks.BlockFiles`); in memory when left out."""
    counts: Counter[str] = field(default_factory=Counter)
    """``stored``, ``loaded``, ``written``, ``read``, ``written back`` pages, ``compared`` pages in all."""

    def __post_init__(self) -> None:
        self.images = self.table or table_of(self.program)
        self.machine = Machine(self.program, self.compiled)
        self.where: dict[int, Place] = {}
        """Place of each swap entry's bytes, noted here from transitions alone."""
        self.zspages: dict[int, bytearray] = {}
        """Memory of each zspage (of each page of the pool where the allocator has no classes)."""
        self.objects: dict[int, bytes] = {}
        """Objects of allocators without classes, by handle: where on its page one lies is not modelled."""
        self.taken: dict[int, int] = {}
        """Swap entry that has each object of the pool."""
        self.slots: MutableMapping[int, bytes] = {} if self.blocks is None else self.blocks
        """What was last written to each slot."""
        self._blocks: dict[int, bytes] = {}
        self._classes: dict[int, int] = {}
        """Class of each zspage when it was last in use: its row is only used again for the same class."""
        self._deeds: dict[int, Callable[[int, int, int], None]] = {
            kinds.ZSWAP_STORE: self._store, kinds.ZSWAP_LOAD: self._load, kinds.ZSWAP_FREED: self._freed,
            kinds.WRITE_BACK: self._write_back, kinds.DISK_WRITE: self._write, kinds.DISK_READ: self._read,
            kinds.ZERO_OUT: self._zero_out, kinds.ZERO_FILL: self._zero_fill,
        }  # fmt: skip

    # -- running ---------------------------------------------------------------------------------

    def run(self, progress: Callable[[float], bool] | None = None) -> Counter[str]:
        """The whole run, and at its end every copy that never came back; gives :attr:`counts`.

        ``progress`` gets the share of operations done and ends the run by returning False.
        """
        total = max(1, len(self.machine.ops))
        while self.advance(total):
            if progress is not None and not progress(self.machine.position / total):
                break
        self.compare_all()
        return self.counts

    def advance(self, operations: int) -> int:
        """Carry out up to so many operations, as many as one journal holds; how many it were."""
        machine = self.machine
        before, first = machine.position, machine.view.scalar(im.TRANSITIONS)
        machine.keep_journal()
        machine.run(before + operations, transitions=first + machine.layout.records // 8)
        if machine.journal_lost:
            raise OverflowError(f"operation {machine.position} makes more transitions than a journal holds")
        self._follow(first)
        machine.drop_journal()
        return machine.position - before

    def _follow(self, first: int) -> None:
        """Go back to before the journal and through it again, with a stop at each transition that moves bytes."""
        machine = self.machine
        rows = machine.record_rows().tolist()
        begin, end = int(machine.words[JOURNAL_BEGIN]), int(machine.words[JOURNAL_NEXT])
        machine.call(swap_back, begin, end)
        at = begin
        for number, row in enumerate(rows, first + 1):
            deed = self._deeds.get(row[REC_KIND] & 0xFF)
            if deed is None:
                continue
            machine.call(swap_forward, at, row[REC_END])
            at = row[REC_END]
            try:
                deed(row[REC_A], row[REC_B], row[REC_C])
            except VerifyError as error:
                raise VerifyError(f"transition {number}, {kinds.KINDS[row[REC_KIND] & 0xFF].name}: {error}") from None
        machine.call(swap_forward, at, end)

    # -- what transitions do -----------------------------------------------------------------------

    def _store(self, entry: int, zentry: int, length: int) -> None:
        view = self.machine.view
        image = view.at(im.Z_CONTENT, zentry)
        frame = self._frame_of(entry)
        if image != view.at(im.PAGE_CONTENT, frame):
            raise VerifyError(f"frame {frame} holds another image than zswap entry {zentry} took from it")
        handle = view.at(im.Z_HANDLE, zentry)
        old = self.where.get(entry)
        if length == 0:
            place = Place(FILLED, int(self.images.fill_word[image - 1]))
            if self._fill(place.key) != self._bytes(image):
                raise VerifyError(f"image {image} is kept as one word but is not one word repeated")
        else:
            place = Place(IN_POOL, handle, length)
            data = self._bytes(image) if length == PAGE_BYTES else self._block(image)
            if len(data) != length:
                raise VerifyError(f"image {image} makes {len(data)} bytes, the model stored {length}")
            if handle in self.taken:
                raise VerifyError(f"{place} is given out though swap entry {self.taken[handle]} has it")
            self._put(handle, data)
            self.taken[handle] = entry
        if old is not None and old.kind == IN_POOL:
            self._drop(old)
        self.where[entry] = place
        self.counts["stored"] += 1

    def _load(self, entry: int, frame: int, length: int) -> None:
        place = self._place(entry, (IN_POOL, FILLED))
        self._compare(place, self.machine.view.at(im.PAGE_CONTENT, frame), f"frame {frame}")
        if self.machine.view.scalar(im.EXCLUSIVE_LOADS):
            self._forget(entry)
        self.counts["loaded"] += 1

    def _freed(self, zentry: int, entry: int, _: int) -> None:
        self._place(entry, (IN_POOL, FILLED))
        self._forget(entry)

    def _write_back(self, entry: int, slot: int, length: int) -> None:
        place = self._place(entry, (IN_POOL, FILLED))
        frame = self._frame_of(entry)
        page = self._compare(place, self.machine.view.at(im.PAGE_CONTENT, frame), f"frame {frame}")
        self._forget(entry)
        self.slots[slot] = page
        self.where[entry] = Place(IN_SLOT, slot)
        self.counts["written back"] += 1

    def _write(self, frame: int, entry: int, slot: int) -> None:
        self._forget(entry)
        self.slots[slot] = self._bytes(self.machine.view.at(im.PAGE_CONTENT, frame))
        self.where[entry] = Place(IN_SLOT, slot)
        self.counts["written"] += 1

    def _read(self, entry: int, frame: int, slot: int) -> None:
        place = self._place(entry, (IN_SLOT,))
        if place.key != slot:
            raise VerifyError(f"swap entry {entry} is read from {Place(IN_SLOT, slot)}, its bytes are in {place}")
        self._compare(place, self.machine.view.at(im.PAGE_CONTENT, frame), f"frame {frame}")
        self.counts["read"] += 1

    def _zero_out(self, entry: int, frame: int, _: int) -> None:
        self._forget(entry)
        if any(self._bytes(self.machine.view.at(im.PAGE_CONTENT, frame))):
            raise VerifyError(f"frame {frame} became a zero mark but is not all zeroes")
        self.where[entry] = Place(ZEROES)

    def _zero_fill(self, entry: int, frame: int, _: int) -> None:
        self._compare(self._place(entry, (ZEROES,)), self.machine.view.at(im.PAGE_CONTENT, frame), f"frame {frame}")

    # -- bytes ------------------------------------------------------------------------------------

    def compare_all(self) -> None:
        """Compare every copy that is in zswap now with what the model says it is."""
        view = self.machine.view
        handles = view.zswap[: view.scalar(im.ZSWAP_TOP) + 1, im.Z_HANDLE & BYTE_MASK].tolist()
        zentries = {handle: zentry for zentry, handle in enumerate(handles) if handle}
        for entry, place in self.where.items():
            if place.kind != IN_POOL:
                continue
            zentry = zentries.get(place.key, 0)
            if not zentry or view.at(im.Z_SWPENTRY, zentry) != entry:
                raise VerifyError(f"swap entry {entry} has bytes in {place}, the model has nothing of it there")
            self._compare(place, view.at(im.Z_CONTENT, zentry), f"zswap entry {zentry}")

    def _frame_of(self, entry: int) -> int:
        """The frame the swapcache has for a swap entry, asked of the frames' side."""
        view = self.machine.view
        column = view.page[: view.scalar(im.FRAME_TOP) + 1, im.PAGE_SWAP & BYTE_MASK]
        frames = (column == entry).nonzero()[0]
        if len(frames) != 1:
            raise VerifyError(f"{len(frames)} frames are in the swapcache for swap entry {entry}, not one")
        return int(frames[0])

    def _place(self, entry: int, allowed: tuple[str, ...]) -> Place:
        place = self.where.get(entry)
        if place is None or place.kind not in allowed:
            raise VerifyError(f"swap entry {entry} should be in {' or '.join(allowed)}, its bytes are in {place}")
        return place

    def _forget(self, entry: int) -> None:
        place = self.where.pop(entry, None)
        if place is not None and place.kind == IN_POOL:
            self._drop(place)

    def _drop(self, place: Place) -> None:
        self.taken.pop(place.key, None)
        self.objects.pop(place.key, None)

    def _compare(self, place: Place, image: int, holder: str) -> bytes:
        """The bytes of a place, decompressed; raises VerifyError unless they are those of an image."""
        page = self._page(place)
        wanted = self._bytes(image)
        if page != wanted:
            at = next(at for at in range(PAGE_BYTES) if page[at] != wanted[at])
            found = f"byte {at} from {place} is 0x{page[at]:02x}, not 0x{wanted[at]:02x}"
            raise VerifyError(f"{holder} should hold image {image}, but {found}")
        self.counts["compared"] += 1
        return page

    def _page(self, place: Place) -> bytes:
        if place.kind == ZEROES:
            return bytes(PAGE_BYTES)
        if place.kind == FILLED:
            return self._fill(place.key)
        if place.kind == IN_SLOT:
            return self.slots[place.key]
        data = self._get(place.key, place.length)
        return data if place.length == PAGE_BYTES else decompress(data)

    def _room(self, handle: int) -> tuple[bytearray, int] | None:
        """Memory and offset of an object: objects of a class lie one behind the other, across pages."""
        view = self.machine.view
        if view.scalar(im.ALLOCATOR) != ZSMALLOC:
            return None
        zspage, place = handle >> HANDLE_SHIFT, handle & HANDLE_MASK
        number = view.at(im.ZSPAGE_CLASS, zspage) or self._classes[zspage]
        self._classes[zspage] = number
        size = view.at(im.CLASS_SIZE, number)
        memory = self.zspages.setdefault(zspage, bytearray(view.at(im.CLASS_PAGES, number) * PAGE_BYTES))
        # The handle comes first, but in an object of a whole page it has no room and lies elsewhere.
        return memory, (place - 1) * size + (ZS_HANDLE_SIZE if size < PAGE_BYTES else 0)

    def _put(self, handle: int, data: bytes) -> None:
        room = self._room(handle)
        if room is None:
            self.objects[handle] = data
            return
        memory, offset = room
        if offset + len(data) > len(memory):
            raise VerifyError(f"{len(data)} bytes do not fit at byte {offset} of a zspage of {len(memory)} bytes")
        memory[offset : offset + len(data)] = data

    def _get(self, handle: int, length: int) -> bytes:
        room = self._room(handle)
        if room is None:
            return self.objects[handle]
        memory, offset = room
        return bytes(memory[offset : offset + length])

    def _block(self, image: int) -> bytes:
        """The LZ4 block of an image, made once."""
        block = self._blocks.get(image)
        if block is None:
            block = self._blocks[image] = compress(self._bytes(image))
        return block

    def _bytes(self, image: int) -> bytes:
        """The 4096 bytes of an image as the model counts them, from 1."""
        if image < 1:
            raise VerifyError("a page holds no image at all")
        return self.images.bytes_of(image - 1)

    @staticmethod
    def _fill(word: int) -> bytes:
        return (word & (1 << 64) - 1).to_bytes(8, "little") * (PAGE_BYTES // 8)
