"""What hangs on a thing of the machine, row by row, and the words and names that such rows are made of."""

from __future__ import annotations

from collections.abc import Callable

from engine import explain as ex
from engine.columns import Row, address, column_tip
from engine.mm import image as im
from engine.mm import pageflags as pg
from engine.mm.swapops import ZERO_PFN
from engine.mm.view import View
from engine.naming import (
    PAGE_BYTES,
    grouped,
    ordinal,
    process_name,
)
from engine.phrase import joined, phrase
from engine.program import Program
from engine.reading.chain import Place
from engine.reading.designs import Backend, entry_name, seam, slot_row
from engine.reading.entries import offset_of, pages_holding, shmem_holding, type_of

LONGEST_WALK = 2000
"""Neighbours looked at to tell a place on a list."""
MOST_HOLDERS = 6
ImageText = Callable[[int], str]
"""What to say of a page image, by its row in table ``content``."""


def told_row(label: str, text: str, ref: Place | None = None, tip: str = "", addresses: tuple[int, ...] = ()) -> Row:
    """A row whose label can be told in another language; text and tip can where they are phrases."""
    return Row(phrase(label), text, ref, tip, addresses)


class Rows:
    """Tells of one image."""

    def __init__(self, view: View, program: Program, images: ImageText) -> None:
        self.view = view
        self.program = program
        self.images = images
        self.seam = seam(view)

    # -- along the chain ----------------------------------------------------------------------

    def _entry_rows(self, entry: int, addresses: tuple[int, ...]) -> list[Row]:
        """From a page table's swap entry on: its name, its descriptor or slot, and what is behind."""
        offset = offset_of(entry)
        if self.seam.has_descriptors:
            count, code, row = self._count(entry)
            text = joined(
                " · ", [f"#{grouped(offset)}", phrase("count {number}", number=count), self._cache_text(entry)]
            )
            label = "→ virtual slot" if self.seam.name == "vswap" else "→ descriptor"
            cache = address(self.view, im.DESC_CACHE, offset)
            rows = [
                told_row(
                    self.seam.entry_word,
                    grouped(offset),
                    None,
                    phrase("The number that the page table holds"),
                    addresses,
                ),
                told_row(label, text, Place("desc", offset), "", (address(self.view, code, row), cache)),
            ]
        else:
            row = slot_row(self.view, type_of(entry), offset)
            name = self._slot_text(type_of(entry), offset)
            text = joined(
                " · ", [name, phrase("count {number}", number=self._count(entry)[0]), self._cache_text(entry)]
            )
            named = phrase("type {type}, offset {offset}", type=type_of(entry), offset=grouped(offset))
            rows = [
                told_row("swap entry", named, None,
                    phrase("In today's design the page table names the slot itself"), addresses),
                told_row("→ slot", text, Place("slot", offset, type_of(entry)), column_tip(im.SLOT_MAP),
                    (address(self.view, im.SLOT_MAP, row), address(self.view, im.SLOT_CACHE, row))),
            ]  # fmt: skip
        return rows + self._after_name(entry, slot=self.seam.has_descriptors)

    def _after_name(self, entry: int, slot: bool = True) -> list[Row]:
        """What an entry leads to: the frame in the swapcache, then the backend."""
        rows: list[Row] = []
        code, row = self._cache_place(entry)
        cached = self.view.at(code, row)
        if cached and not cached & 1:
            frame = phrase("frame {number}", number=grouped(cached >> 1))
            text = joined(" · ", [frame, self._frame_text(cached >> 1)])
            place = (address(self.view, code, row),)
            rows.append(told_row("→ swapcache", text, Place("frame", cached >> 1), column_tip(code), place))
        return rows + self._backend_rows(entry, slot)

    def _backend_rows(self, entry: int, slot: bool) -> list[Row]:
        code, row = ((im.DESC_BACKEND, offset_of(entry)) if self.seam.has_descriptors
                     else (im.SLOT_ENTRY, self._entry_slot_row(entry)))  # fmt: skip
        places, word = (address(self.view, code, row),), self.view.at(code, row)
        if self.seam.has_descriptors:
            tag, value = word & 7, word >> 3
        else:
            tag = Backend.ZSWAP if word > 0 else Backend.ZERO if word < 0 else Backend.SLOT
            value = word
        if tag == Backend.ZSWAP:
            rows = [told_row("→ zswap entry", self._zswap_text(value), Place("zswap", value), column_tip(code), places)]
            return rows + [row for row in self._zswap_facts(value) if row.label in ("zswap LRU", "content")]
        if tag == Backend.ZERO:
            return [told_row("→ zero mark", phrase("all zeroes: nothing is stored"), None, column_tip(code), places)]
        if tag == Backend.NONE:
            return [told_row("backend", phrase("none: the bytes are in memory only"), None, column_tip(code), places)]
        type_, offset = ex.backend_slot(word) if self.seam.has_descriptors else (type_of(entry), offset_of(entry))
        content = self.view.at(im.SLOT_CONTENT, slot_row(self.view, type_, offset))
        rows = []
        if slot:
            target = Place("slot", offset, type_)
            rows.append(told_row("→ slot", self._slot_text(type_, offset), target, column_tip(code), places))
            rows.append(told_row("content", self.images(content) if content else phrase("not written yet")))
        return rows

    def _frame_rows(self, frame: int, label: str, addresses: tuple[int, ...]) -> list[Row]:
        """A frame as seen from what maps it."""
        if frame == ZERO_PFN:
            return [told_row(label, phrase("the shared zero page"), None, "my_zero_pfn", addresses)]
        flags = address(self.view, im.PAGE_FLAGS, frame)
        text = joined(" · ", [grouped(frame), self._frame_text(frame)])
        return [told_row(label, text, Place("frame", frame), "", (*addresses, flags)), *self._frame_facts(frame)]

    def _frame_facts(self, frame: int) -> list[Row]:
        rows = [self._lru_row(frame)]
        entry = self.view.at(im.PAGE_SWAP, frame)
        flags = self.view.at(im.PAGE_FLAGS, frame)
        if flags & pg.PG_SWAPCACHE and entry:
            count = phrase("count {number}", number=self._count(entry)[0])
            text = joined(" · ", [entry_name(self.view, entry), count])
            rows.append(told_row("swapcache", text, self._entry_ref(entry), column_tip(im.PAGE_SWAP),
                            (address(self.view, im.PAGE_SWAP, frame),)))  # fmt: skip
        content = self.view.at(im.PAGE_CONTENT, frame)
        place = (address(self.view, im.PAGE_CONTENT, frame),)
        rows.append(told_row("content", self.images(content), None, column_tip(im.PAGE_CONTENT), place))
        return rows

    def _lru_row(self, frame: int) -> Row:
        flags = self.view.at(im.PAGE_FLAGS, frame)
        places = (address(self.view, im.PAGE_PREV, frame), address(self.view, im.PAGE_NEXT, frame))
        tip = phrase("Place on its LRU list. Reclaim looks at the tail first.")
        if flags & pg.PG_UNEVICTABLE:
            return told_row("LRU", phrase("unevictable: on no list that reclaim looks at"), None, tip, places)
        if not flags & pg.PG_LRU:
            return told_row("LRU", phrase("on no list now: reclaim or a swap-in works on it"), None, tip, places)
        name = phrase("active") if flags & pg.PG_ACTIVE else phrase("inactive")
        where = joined(" · ", [name, self._place(frame, im.PAGE_NEXT, phrase("tail"))])
        return told_row("LRU", where, None, tip, places)

    def _zswap_facts(self, number: int) -> list[Row]:
        view = self.view
        length, handle = view.at(im.Z_LENGTH, number), view.at(im.Z_HANDLE, number)
        places = (address(view, im.Z_LENGTH, number), address(view, im.Z_HANDLE, number))
        rows = []
        if length:
            text = f"{grouped(PAGE_BYTES)} B → {grouped(length)} B · {PAGE_BYTES / length:.2f} : 1"
            rows.append(told_row("size", text, None, column_tip(im.Z_LENGTH), places[:1]))
        zspage = handle >> ex.HANDLE_SHIFT
        if zspage and zspage < view.layout.rows["zspage"]:
            size = view.at(im.CLASS_SIZE, view.at(im.ZSPAGE_CLASS, zspage))
            inuse = view.at(im.ZSPAGE_INUSE, zspage)
            objects = phrase("1 object") if inuse == 1 else phrase("{number} objects", number=grouped(inuse))
            text = joined(" · ", [phrase("zspage {number}", number=grouped(zspage)),
                                  phrase("class {size} B", size=grouped(size)), objects])  # fmt: skip
            rows.append(told_row("zspage", text, None, column_tip(im.Z_HANDLE), places[1:]))
        links = (address(view, im.Z_PREV, number), address(view, im.Z_NEXT, number))
        on_list = view.at(im.Z_PREV, number) or view.at(im.Z_NEXT, number) or view.scalar(im.ZLRU) == number
        text = self._place(number, im.Z_PREV, phrase("cold end")) if on_list else phrase("not on the LRU")
        if on_list and view.at(im.Z_REFERENCED, number):
            text = joined(" · ", [text, phrase("has a second chance")])
        tip = phrase("Place on zswap's LRU. The cold end is written back first.")
        rows.append(told_row("zswap LRU", text, None, tip, (*links, address(view, im.Z_REFERENCED, number))))
        content = view.at(im.Z_CONTENT, number)
        place = (address(view, im.Z_CONTENT, number),)
        rows.append(told_row("content", self.images(content), None, column_tip(im.Z_CONTENT), place))
        return rows

    def _entry_holders(self, entry: int) -> list[Row]:
        pages = [Place("page", page, owner) for owner, page in pages_holding(self.view, entry)]
        pages += [Place("shmem", number, owner) for owner, number in shmem_holding(self.view, entry << 1 | 1)]
        return self._holders(pages)

    def _holders(self, holders: list[Place]) -> list[Row]:
        """Who holds it, each a way back."""
        rows = []
        for number, ref in enumerate(holders[:MOST_HOLDERS]):
            name = process_name(self.program, ref.owner)
            if ref.thing == "shmem":
                name = phrase("shmem {number}", number=ref.owner)
            rows.append(
                told_row(
                    "← held by" if number == 0 else "",
                    phrase("{name} page {number}", name=name, number=grouped(ref.number)),
                    ref,
                )
            )
        if len(holders) > MOST_HOLDERS:
            rows.append(told_row("", phrase("and {number} more", number=grouped(len(holders) - MOST_HOLDERS))))
        if not holders:
            rows.append(told_row("← held by", phrase("no page table")))
        return rows

    # -- words and names ----------------------------------------------------------------------

    def _count(self, entry: int) -> tuple[int, int, int]:
        """How many entries hold a swap entry, and the column and row that say so."""
        code, row = im.DESC_COUNT, offset_of(entry)
        if not self.seam.has_descriptors:
            code, row = im.SLOT_MAP, self._entry_slot_row(entry)
        word = self.view.at(code, row)
        return word if self.seam.has_descriptors else ex.swap_map_count(word), code, row

    def _count_row(self, entry: int) -> Row:
        count, code, row = self._count(entry)
        text = (
            phrase("1 page-table entry") if count == 1 else phrase("{number} page-table entries", number=grouped(count))
        )
        return told_row("count", text, None, column_tip(code), (address(self.view, code, row),))

    def _entry_slot_row(self, entry: int) -> int:
        return slot_row(self.view, type_of(entry), offset_of(entry))

    def _cache_place(self, entry: int) -> tuple[int, int]:
        if self.seam.has_descriptors:
            return im.DESC_CACHE, offset_of(entry)
        return im.SLOT_CACHE, self._entry_slot_row(entry)

    def _cache_text(self, entry: int) -> str:
        word = self.view.at(*self._cache_place(entry))
        return phrase("no swapcache") if word & 1 or not word else phrase("in the swapcache")

    def _entry_ref(self, entry: int) -> Place:
        return Place("desc", offset_of(entry)) if self.seam.has_descriptors else Place("slot", offset_of(entry),
                                                                                  type_of(entry))  # fmt: skip

    def _slot_text(self, type_: int, offset: int) -> str:
        files = self.program.swapfiles
        if type_ < len(files):
            return phrase("{number} of {file}", number=grouped(offset), file=files[type_].name)
        return phrase("{number} of {file}", number=grouped(offset), file=phrase("swapfile {n}", n=type_))

    def _zswap_text(self, number: int) -> str:
        length = self.view.at(im.Z_LENGTH, number)
        zspage = self.view.at(im.Z_HANDLE, number) >> ex.HANDLE_SHIFT
        parts = [f"#{grouped(number)}", phrase("one repeated word") if length == 0 else f"{grouped(length)} B"]
        if zspage and zspage < self.view.layout.rows["zspage"]:
            size = self.view.at(im.CLASS_SIZE, self.view.at(im.ZSPAGE_CLASS, zspage))
            parts.append(phrase("class {size}", size=grouped(size)))
        return joined(" · ", parts)

    def _frame_used(self, frame: int) -> bool:
        return bool(self.view.at(im.PAGE_FLAGS, frame) or self.view.at(im.PAGE_CONTENT, frame)
                    or self.view.at(im.PAGE_MAPCOUNT, frame))  # fmt: skip

    def _frame_state(self, flags: int) -> str:
        if flags & pg.PG_WRITEBACK:
            return phrase("being written")
        if flags & pg.PG_UNEVICTABLE:
            return phrase("unevictable")
        if not flags & pg.PG_LRU:
            return phrase("off the lists")
        return phrase("active") if flags & pg.PG_ACTIVE else phrase("inactive")

    def _frame_text(self, frame: int) -> str:
        flags = self.view.at(im.PAGE_FLAGS, frame)
        shown = ((phrase("dirty"), pg.PG_DIRTY), (phrase("read ahead"), pg.PG_READAHEAD),
                 (phrase("locked"), pg.PG_MLOCKED))  # fmt: skip
        words = [name for name, flag in shown if flags & flag]
        return joined(" · ", [self._frame_state(flags), *(words or [phrase("clean")])])

    def _place(self, row: int, towards: int, end: str) -> str:
        """How far a row is from the end of its list that the column ``towards`` leads to."""
        links = self.view.column(towards)
        at, steps = row, 1
        while (at := int(links[at])) and steps <= LONGEST_WALK:
            steps += 1
        if at:
            return phrase("more than {number} from the {end}", number=grouped(LONGEST_WALK), end=end)
        if steps == 1:
            return phrase("at the {end}", end=end)
        return phrase("{ordinal} from the {end}", ordinal=ordinal(steps), end=end)
