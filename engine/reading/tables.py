"""The machine as tables: one row a page, frame, descriptor, zswap entry, zspage, slot or request.

A column is an array that is only read when somebody looks at it, sorts by it or filters by it; so
a table of a million rows costs nothing until then. Every view of the machine has its table here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.mm import image as im
from engine.mm.block import HELD_BACK
from engine.mm.marking import TAGS, UNUSED_NAME
from engine.mm.schema import BYTE_MASK, TABLE_SHIFT
from engine.mm.view import View
from engine.naming import process_name
from engine.program import Program
from engine.reading.designs import Backend, seam
from engine.reading.entries import entries_of, frames_of, offset_of, type_of, words_of
from engine.reading.lists import active_list, inactive_list, requests, zswap_lru
from engine.reading.marks import Marked
from engine.reading.states import FrameState, PageState, SlotState

Array = NDArray[Any]
HANDLE_SHIFT = 12
LONGEST_LIST = 200_000
"""Things on a list up to which their places are told."""


class Form(StrEnum):
    """How the values of a column are written."""

    NUMBER = "number"
    HEX = "hex"
    NAME = "name"
    """The value is a place in ``Column.names``."""


@dataclass
class Column:
    """One column of a table."""

    name: str
    read: Callable[[], Array]
    meaning: str = ""
    form: Form = Form.NUMBER
    names: tuple[str, ...] = ()
    none: int | None = None
    """A value that stands for nothing."""
    one: Callable[[int], int] | None = None
    """The value of one row, where reading all of them takes long."""
    _values: Array | None = field(default=None, repr=False)

    @property
    def values(self) -> Array:
        """One value a row, shape (rows,)."""
        if self._values is None:
            self._values = self.read()
        return self._values

    def value(self, row: int) -> int:
        """The value of one row, read alone as long as nobody needed all of them."""
        if self._values is None and self.one is not None:
            return self.one(row)
        return int(self.values[row])


@dataclass(frozen=True)
class Table:
    """All rows of one kind of thing."""

    thing: str
    """What a row can be selected as (see :class:`engine.reading.chain.Place`); empty: it cannot."""
    numbers: Array
    owners: Array
    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        return len(self.numbers)

    def row_of(self, number: int, owner: int) -> int:
        """The row of a thing, -1 where the table does not have it."""
        found = np.flatnonzero((self.numbers == number) & (self.owners == owner))
        return int(found[0]) if len(found) else -1


def _of(code: int, rows: Any, name: str = "", form: Form = Form.NUMBER, none: int | None = None) -> Callable[
    [View], Column
]:  # fmt: skip
    """A column that is a column of the image."""
    declared = im.schema.tables[code >> TABLE_SHIFT].columns[code & BYTE_MASK]

    def made(view: View) -> Column:
        return Column(name or declared.name, lambda: view.column(code)[rows], declared.meaning, form, none=none)

    return made


def _names(kinds: type[Any]) -> tuple[str, ...]:
    return tuple(kind.name.lower().replace("_", " ") for kind in kinds)


def pages(view: View, program: Program, marked: Marked) -> Table:
    """Page-table entries of all processes."""
    owners, numbers, words, marks = [], [], [], []
    for process in range(1, view.scalar(im.PROCESSES) + 1):
        entries = words_of(view, process)
        owners.append(np.full(len(entries), process))
        numbers.append(np.arange(len(entries)))
        words.append(entries)
        marks.append(process)
    who = _joined(owners)
    read = _once(lambda: _joined(words))
    states = _once(lambda: _joined([marked.pages(process) for process in marks]))
    column, base = view.column(im.PTE), view.column(im.MM_PTE)

    def word(row: int) -> Array:
        at = int(base[who[row]]) + int(where[row])
        return column[at : at + 1]

    names = ("", *(process_name(program, process) for process in range(1, view.scalar(im.PROCESSES) + 1)))
    where = _joined(numbers)
    return Table("page", where, who, (
        Column("process", lambda: who, "Whose page table", Form.NAME, names),
        Column("page", lambda: where, "Its number in the process"),
        Column("state", lambda: states() >> 1, "Where the page is", Form.NAME, _names(PageState),
               one=lambda row: int(marked.of_words(word(row))[0]) >> 1),
        Column("swapcache", lambda: states() & 1, "In the swapcache too", Form.NAME, ("", "yes"),
               one=lambda row: int(marked.of_words(word(row))[0]) & 1),
        Column("word", read, "The entry as x86-64 has it", Form.HEX, one=lambda row: int(word(row)[0])),
        Column("frame", lambda: frames_of(read()), "The frame it maps", none=0,
               one=lambda row: int(frames_of(word(row))[0])),
        Column("entry", lambda: entries_of(read()), "The swap entry it holds", none=0,
               one=lambda row: int(entries_of(word(row))[0])),
    ))  # fmt: skip


def shmem(view: View, program: Program, marked: Marked) -> Table:
    """Page caches of shmem objects."""
    rows = [row for row in range(1, view.scalar(im.MAPPINGS) + 1) if view.at(im.MAP_KIND, row) == 1]
    counts = [view.at(im.MAP_PAGES, row) for row in rows]
    who = np.repeat(np.array(rows, dtype=np.int64), counts)
    where = _joined([np.arange(count) for count in counts])
    words = _once(lambda: _joined([
        view.column(im.SHMEM)[view.at(im.MAP_CACHE, row) : view.at(im.MAP_CACHE, row) + count]
        for row, count in zip(rows, counts, strict=True)
    ]))  # fmt: skip
    states = _once(lambda: _joined([marked.shmem(row) for row in rows]))
    return Table("shmem", where, who, (
        Column("object", lambda: who, "Mapping of the object"),
        Column("index", lambda: where, "Its page"),
        Column("state", lambda: states() >> 1, "Where the page is", Form.NAME, _names(PageState)),
        Column("word", words, "The page cache's entry", Form.HEX),
        Column("frame", lambda: np.where(words() & 1, 0, words() >> 1), "The frame that has it", none=0),
        Column("entry", lambda: np.where(words() & 1, words() >> 1, 0), "The swap entry it holds", none=0),
    ))  # fmt: skip


def frames(view: View, program: Program, marked: Marked) -> Table:
    """Frames, with their places on the LRU lists."""
    rows = np.arange(1, view.scalar(im.FRAME_TOP) + 1)
    marks = marked.frames[1 : len(rows) + 1]
    code = slice(1, len(rows) + 1)
    more = (
        _of(im.PAGE_FLAGS, code, form=Form.HEX), _of(im.PAGE_MAPCOUNT, code), _of(im.PAGE_SWAP, code, none=0),
        _of(im.PAGE_MAPPING, code, none=0), _of(im.PAGE_INDEX, code), _of(im.PAGE_PREV, code, none=0),
        _of(im.PAGE_NEXT, code, none=0), _of(im.PAGE_CONTENT, code, none=0),
    )  # fmt: skip
    return Table("frame", rows, np.zeros(len(rows), dtype=np.int64), (
        Column("frame", lambda: rows, "Page frame number"),
        Column("state", lambda: marks >> 2, "What it is used for", Form.NAME, _names(FrameState)),
        Column("place", lambda: _places(view, len(rows)), "Place on its LRU list, the newest first", none=0),
        Column("swapcache", lambda: marks >> 1 & 1, "In the swapcache", Form.NAME, ("", "yes")),
        Column("writeback", lambda: marks & 1, "Being written", Form.NAME, ("", "yes")),
        *(made(view) for made in more),
    ))  # fmt: skip


def _places(view: View, count: int) -> Array:
    places = np.zeros(count + 1, dtype=np.int64)
    if view.scalar(im.NR_ACTIVE) + view.scalar(im.NR_INACTIVE) <= LONGEST_LIST:
        for listed in (active_list(view), inactive_list(view)):
            places[listed] = np.arange(1, len(listed) + 1)
    return places[1:]


def names(view: View, program: Program, marked: Marked) -> Table:
    """Descriptors or virtual slots in use; in today's design the slots in use, which are the names."""
    used = np.flatnonzero(marked.names != UNUSED_NAME)
    used = used[used > 0]
    if not seam(view).has_descriptors:
        return slots(view, program, marked)
    marks = marked.names[used]
    more = (_of(im.DESC_COUNT, used), _of(im.DESC_CACHE, used, form=Form.HEX), _of(im.DESC_BACKEND, used,
                                                                                  form=Form.HEX))  # fmt: skip
    caches = _once(lambda: view.column(im.DESC_CACHE)[used])
    return Table("desc", used, np.zeros(len(used), dtype=np.int64), (
        Column("number", lambda: used, seam(view).entry_word),
        Column("backend", lambda: marks % TAGS, "What holds the bytes", Form.NAME, _names(Backend)),
        Column("swapcache", lambda: marks // TAGS & 1, "In the swapcache too", Form.NAME, ("", "yes")),
        Column("frame", lambda: np.where(caches() & 1, 0, caches() >> 1), "Its frame in the swapcache", none=0),
        *(_renamed(made(view), {"backend": "backend word"}) for made in more),
    ))  # fmt: skip


def _renamed(column: Column, other: dict[str, str]) -> Column:
    column.name = other.get(column.name, column.name)
    return column


def zswap(view: View, program: Program, marked: Marked) -> Table:
    """Entries of zswap, the coldest first."""
    rows = zswap_lru(view)
    handles = _once(lambda: view.column(im.Z_HANDLE)[rows])
    more = (_of(im.Z_SWPENTRY, rows, "entry of"), _of(im.Z_LENGTH, rows), _of(im.Z_REFERENCED, rows),
            _of(im.Z_HANDLE, rows, form=Form.HEX), _of(im.Z_CONTENT, rows, none=0))  # fmt: skip
    return Table("zswap", rows, np.zeros(len(rows), dtype=np.int64), (
        Column("entry", lambda: rows, "zswap entry"),
        Column("place", lambda: np.arange(1, len(rows) + 1), "Place on the LRU, the next to be written first"),
        *(made(view) for made in more),
        Column("zspage", lambda: handles() >> HANDLE_SHIFT, "The zspage it is packed in", none=0),
    ))  # fmt: skip


def zspages(view: View, program: Program, marked: Marked) -> Table:
    """zspages in use, or pages of buddies, with their holes."""
    top = view.scalar(im.ZSPAGE_TOP) + 1
    rows = np.flatnonzero(view.column(im.ZSPAGE_CLASS)[:top])
    classes = _once(lambda: view.column(im.ZSPAGE_CLASS)[rows])
    buddies = {1: 2, 2: 3}.get(view.scalar(im.ALLOCATOR), 0)
    inuse = _once(lambda: view.column(im.ZSPAGE_INUSE)[rows])
    objs = _once(lambda: np.full(len(rows), buddies) if buddies else view.column(im.CLASS_OBJS)[classes()])
    return Table("", rows, np.zeros(len(rows), dtype=np.int64), (
        Column("zspage", lambda: rows, "Its number"),
        Column("class", classes, "Size class"),
        Column("object bytes", lambda: view.column(im.CLASS_SIZE)[classes()], "Room of each object", none=0),
        Column("pages", lambda: view.column(im.CLASS_PAGES)[classes()], "Pages it is made of"),
        Column("objects", objs, "Places for objects"),
        Column("in use", inuse, "Objects in use"),
        Column("holes", lambda: objs() - inuse(), "Places that hold nothing"),
        _of(im.ZSPAGE_GROUP, rows, "fullness group")(view),
        _of(im.ZSPAGE_FREE, rows, "first free", none=0)(view),
    ))  # fmt: skip


def slots(view: View, program: Program, marked: Marked) -> Table:
    """Slots of all swapfiles."""
    counts = [marked.slot_count(kind) for kind in range(len(view.swap_info) - 1)]
    who = np.repeat(np.arange(len(counts)), counts)
    where = _joined([np.arange(count) for count in counts])
    base = view.column(im.SI_BASE)
    rows = _once(lambda: base[who + 1] + where)
    states = _once(lambda: _joined([marked.slots(kind) for kind in range(len(counts))]))

    def state(row: int) -> int:
        kind, offset = int(who[row]), int(where[row])
        return int(marked.slots_between(kind, offset, offset + 1)[0])

    files = tuple(file.name for file in program.swapfiles) or ("",)

    def column(code: int, name: str, form: Form = Form.NUMBER, none: int | None = None) -> Column:
        declared = im.schema.tables[code >> TABLE_SHIFT].columns[code & BYTE_MASK]
        return Column(name, lambda: view.column(code)[rows()], declared.meaning, form, none=none,
                      one=lambda row: int(view.column(code)[int(base[who[row] + 1]) + int(where[row])]))  # fmt: skip

    return Table("slot", where, who, (
        Column("swapfile", lambda: who, "Which swapfile", Form.NAME, files),
        Column("slot", lambda: where, "Offset"),
        Column("state", lambda: states() >> 1, "What it is used for", Form.NAME, _names(SlotState),
               one=lambda row: state(row) >> 1),
        Column("swapcache", lambda: states() & 1, "Its page is in the swapcache", Form.NAME, ("", "yes"),
               one=lambda row: state(row) & 1),
        Column("cluster", lambda: where // 512, "Cluster of 512 slots"),
        column(im.SLOT_MAP, "map", Form.HEX), column(im.SLOT_CACHE, "cache", Form.HEX),
        column(im.SLOT_ENTRY, "entry", none=0), column(im.SLOT_CONTENT, "content", none=0),
    ))  # fmt: skip


def queue(view: View, program: Program, marked: Marked) -> Table:
    """Requests under way at the devices, the first to complete first."""
    rows = requests(view)
    to = _once(lambda: view.column(im.BIO_SLOT)[rows])
    frame = view.column(im.BIO_FRAME)[rows]
    told = _once(lambda: view.column(im.BIO_DONE)[rows])
    done = _once(lambda: np.where(told() == HELD_BACK, 0, told()))
    return Table("frame", frame, np.zeros(len(rows), dtype=np.int64), (
        Column("frame", lambda: frame, "Frame that is written"),
        Column("swapfile", lambda: np.array([type_of(int(one)) for one in to()], dtype=np.int64), "Which swapfile"),
        Column("slot", lambda: np.array([offset_of(int(one)) for one in to()], dtype=np.int64), "Where it goes"),
        Column("done at ns", done, "When it completes; empty while a plug holds it back", none=0),
        Column("left ns", lambda: np.where(done() > 0, done() - view.scalar(im.NOW), HELD_BACK), "Until then",
               none=HELD_BACK),
        Column("cause", lambda: view.column(im.BIO_CAUSE)[rows], "The transition that submitted it", none=0),
    ))  # fmt: skip


TABLES: dict[str, Callable[[View, Program, Marked], Table]] = {
    "pages": pages, "shmem": shmem, "names": names, "frames": frames, "zswap": zswap, "zspages": zspages,
    "slots": slots, "requests": queue,
}  # fmt: skip
"""Every table by its name."""


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _once(read: Callable[[], Array]) -> Callable[[], Array]:
    """Read at most once."""
    kept: list[Array] = []

    def reading() -> Array:
        if not kept:
            kept.append(read())
        return kept[0]

    return reading


def table(name: str, view: View, program: Program, marked: Marked | None = None) -> Table:
    """A table by its name; KeyError when there is none. ``marked`` saves reading the marks again."""
    return TABLES[name](view, program, marked or Marked.of(view))
