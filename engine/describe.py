"""One thing of the machine in words: where it leads, what its content is, and every column it has.

A thing is named as in :mod:`engine.reading.chain`. Each row carries the addresses it was read from, so that a change
can be seen, and the thing it leads to. Texts, units and kernel names of columns are those declared in
:mod:`engine.mm.image`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine import explain as ex
from engine.columns import Row, address, column_tip, row_in_words
from engine.mm import image as im
from engine.mm import pageflags as pg
from engine.mm.swapfile import SWAP_MAP_BAD
from engine.mm.swapops import ZERO_PFN
from engine.mm.view import View
from engine.naming import (
    NARROW_SPACE,
    PAGE_BYTES,
    grouped,
    hex_address,
    image_text,
    ordinal,
    page_address,
    process_name,
    region_of,
)
from engine.phrase import Phrase, joined, phrase
from engine.program import Program
from engine.reading.chain import Chosen, Place
from engine.reading.designs import Backend, entry_name, seam, slot_row
from engine.reading.entries import offset_of, pages_holding, pages_mapping, shmem_holding, swap_entry, type_of

LONGEST_WALK = 2000
"""Neighbours looked at to tell a place on a list."""
MOST_HOLDERS = 6


@dataclass(frozen=True)
class Description:
    """A thing in words."""

    title: str
    place: str
    """Where it is: an address, a table and row."""
    state: str
    """The one word that matters most about it now."""
    word: ex.Word | None
    """The word it is known by, taken apart."""
    word_address: int
    chain: tuple[Row, ...]
    """From here on to where the bytes are, and back to who holds it."""
    columns: tuple[Row, ...]
    """Every declared column of its row in the image."""

    def as_text(self) -> str:
        """All of it as plain text with tabs, for the clipboard."""
        lines = [self.title, f"{self.place}\t{self.state}"]
        if self.word is not None:
            lines.append(self.word.hex)
            lines += [f"{item.bits}\t{item.name or '–'}\t{item.value}\t{item.meaning}" for item in self.word.fields]
        for row in (*self.chain, *self.columns):
            lines.append(f"{row.label}\t{row.text}")
        return "\n".join(lines).replace(NARROW_SPACE, " ")


ImageText = Callable[[int], str]
"""What to say of a page image, by its row in table ``content``."""


def describe(view: View, program: Program, ref: Chosen, images: ImageText | None = None) -> Description:
    """What there is to say of a thing; :class:`Absent` (a ValueError) when the image has no such row."""
    teller = _Teller(view, program, images or (lambda image: image_text(program, image)))
    tell = {
        "page": teller.page, "shmem": teller.shmem, "frame": teller.frame, "desc": teller.desc,
        "zswap": teller.zswap, "slot": teller.slot,
    }.get(ref.thing)  # fmt: skip
    if tell is None:
        raise Absent(phrase("There is no thing '{thing}'.", thing=ref.thing))
    return tell(ref)


class Absent(ValueError):
    """The image has no such row; its text is a phrase."""

    def __init__(self, text: Phrase) -> None:
        super().__init__(text)
        self.text = text


def _row(label: str, text: str, ref: Place | None = None, tip: str = "", addresses: tuple[int, ...] = ()) -> Row:
    """A row whose label can be told in another language; text and tip can where they are phrases."""
    return Row(phrase(label), text, ref, tip, addresses)


class _Teller:
    """Describes things of one image."""

    def __init__(self, view: View, program: Program, images: ImageText) -> None:
        self.view = view
        self.program = program
        self.images = images
        self.seam = seam(view)

    # -- the things ---------------------------------------------------------------------------

    def page(self, ref: Chosen) -> Description:
        self._within(ref, im.MM_PAGES, ref.owner, self.view.scalar(im.PROCESSES))
        row = self.view.at(im.MM_PTE, ref.owner) + ref.number
        raw = self.view.at(im.PTE, row)
        word, where = ex.decode_pte(raw), address(self.view, im.PTE, row)
        chain: list[Row] = []
        if word.form == ex.Form.PRESENT:
            chain += self._frame_rows(ex.pte_frame(raw), "→ frame", (where,))
        elif word.form == ex.Form.SWAPPED:
            chain += self._entry_rows(ex.pte_entry(raw), (where,))
        else:
            chain.append(_row("holds", phrase("nothing yet: the first access takes a frame"), addresses=(where,)))
        region = region_of(self.program, ref.owner, ref.number)
        if region is not None:
            last = region.first + region.pages - 1
            parts = [region.name, phrase("pages {first}–{last}", first=grouped(region.first), last=grouped(last))]
            if region.locked:
                parts.append(phrase("locked into memory"))
            chain.append(_row("region", joined(" · ", parts)))
        name = process_name(self.program, ref.owner)
        where_text = hex_address(page_address(self.program, ref.owner, ref.number))
        return Description(
            phrase("{name} page {number}", name=name, number=grouped(ref.number)), f"vaddr {where_text}",
            phrase(word.form), word, where, tuple(chain), row_in_words(self.view, im.pte, row),
        )  # fmt: skip

    def shmem(self, ref: Chosen) -> Description:
        self._within(ref, im.MAP_PAGES, ref.owner, self.view.scalar(im.MAPPINGS))
        row = self.view.at(im.MAP_CACHE, ref.owner) + ref.number
        raw = self.view.at(im.SHMEM, row)
        word, where = ex.decode_shmem(raw), address(self.view, im.SHMEM, row)
        if word.form == ex.Form.PRESENT:
            chain = self._frame_rows(raw >> 1, "→ frame", (where,))
        elif word.form == ex.Form.SWAPPED:
            chain = self._entry_rows(raw >> 1, (where,))
        else:
            chain = [_row("holds", phrase("nothing yet"), addresses=(where,))]
        return Description(phrase("shmem object {owner} page {number}", owner=ref.owner, number=grouped(ref.number)),
                           phrase("page cache (i_pages)"), phrase(word.form), word, where, tuple(chain),
                           row_in_words(self.view, im.shmem, row))  # fmt: skip

    def frame(self, ref: Chosen) -> Description:
        self._row(ref, "page", self.view.scalar(im.FRAME_TOP))
        flags, where = self.view.at(im.PAGE_FLAGS, ref.number), address(self.view, im.PAGE_FLAGS, ref.number)
        chain: list[Row] = []
        used = self._frame_used(ref.number)
        if used:
            chain += self._holders(
                [Place("page", page, owner) for owner, page in pages_mapping(self.view, ref.number)]
                + [Place("shmem", n, m) for m, n in shmem_holding(self.view, ref.number << 1)]
            )
            chain += self._frame_facts(ref.number)
        else:
            chain.append(_row("holds", phrase("no page: the frame is free"), addresses=(where,)))
        state = self._frame_state(flags) if used else phrase("free")
        return Description(phrase("frame {number}", number=grouped(ref.number)), phrase("memory"), state,
                           ex.decode_page_flags(flags), where, tuple(chain),
                           row_in_words(self.view, im.page, ref.number))  # fmt: skip

    def desc(self, ref: Chosen) -> Description:
        self._row(ref, "desc", self.view.scalar(im.DESC_TOP))
        number = ref.number
        entry = swap_entry(0, number)
        backend, where = self.view.at(im.DESC_BACKEND, number), address(self.view, im.DESC_BACKEND, number)
        count, cache = self.view.at(im.DESC_COUNT, number), self.view.at(im.DESC_CACHE, number)
        chain: list[Row] = []
        in_use = bool(count or backend or (cache and not cache & 1))
        if in_use:
            chain.append(self._count_row(entry))
            chain += self._entry_holders(entry)
            chain += self._after_name(entry)
        else:
            chain.append(_row("holds", phrase("nothing: it is not in use"), addresses=(where,)))
        word = ex.decode_backend(backend)
        states = {"none": phrase("no backend"), "zero": phrase("zero mark"), "zswap": phrase("in zswap"),
                  "swapfile": phrase("in swapfile")}  # fmt: skip
        state = states.get(word.form, phrase("in {form}", form=word.form)) if in_use else phrase("not in use")
        title = phrase("descriptor {number}", number=grouped(number))
        if self.seam.name == "vswap":
            title = phrase("virtual slot {number}", number=grouped(number))
        return Description(title, entry_name(self.view, entry), state, word, where, tuple(chain),
                           row_in_words(self.view, im.desc, number))  # fmt: skip

    def zswap(self, ref: Chosen) -> Description:
        self._row(ref, "zswap", self.view.scalar(im.ZSWAP_TOP))
        number = ref.number
        entry, where = self.view.at(im.Z_SWPENTRY, number), address(self.view, im.Z_SWPENTRY, number)
        chain: list[Row] = []
        handle = self.view.at(im.Z_HANDLE, number)
        in_use = entry != 0
        if in_use:
            chain.append(_row("belongs to", entry_name(self.view, entry), self._entry_ref(entry),
                             column_tip(im.Z_SWPENTRY), (where,)))  # fmt: skip
            chain += self._entry_holders(entry)
            chain += self._zswap_facts(number)
        else:
            chain.append(_row("holds", phrase("nothing: the entry is not in use"), addresses=(where,)))
        length = self.view.at(im.Z_LENGTH, number)
        state = f"{grouped(length)} B" if in_use else phrase("not in use")
        return Description(phrase("zswap entry {number}", number=grouped(number)), phrase("zswap pool"), state,
                           ex.decode_handle(handle), address(self.view, im.Z_HANDLE, number), tuple(chain),
                           row_in_words(self.view, im.zswap, number))  # fmt: skip

    def slot(self, ref: Chosen) -> Description:
        if not 0 <= ref.owner < len(self.program.swapfiles):
            raise Absent(phrase("There is no swapfile {number}.", number=ref.owner))
        if not 0 <= ref.number < self.view.at(im.SI_MAX, ref.owner + 1):
            raise Absent(phrase("Swapfile {file} has no slot {number}.", file=ref.owner, number=ref.number))
        row = slot_row(self.view, ref.owner, ref.number)
        byte, where = self.view.at(im.SLOT_MAP, row), address(self.view, im.SLOT_MAP, row)
        word = ex.decode_swap_map(byte)
        chain: list[Row] = []
        entry = self.seam.entry_of_slot(self.view, ref.owner, ref.number) if byte and ref.number else 0
        if ref.number == 0:
            state = phrase("header")
            chain.append(_row("holds", phrase("the swapfile's header: never a page"), addresses=(where,)))
        elif byte & 0xFF == SWAP_MAP_BAD:
            state = phrase("bad")
            chain.append(_row("holds", phrase("a bad block: never used"), addresses=(where,)))
        elif ref.number > self.view.scalar(im.SWAPFILE_SLOTS[ref.owner]) and byte == 0:
            state = phrase("beyond the end")
            chain.append(
                _row("holds", phrase("nothing: the swapfile has become shorter than this"), addresses=(where,))
            )
        elif byte == 0:
            state = phrase("free")
            chain.append(_row("holds", phrase("no page: the slot is free"), addresses=(where,)))
        else:
            state = phrase("in use")
            if self.seam.has_descriptors:
                chain.append(_row("belongs to", entry_name(self.view, entry) if entry else phrase("no descriptor"),
                                 Place("desc", offset_of(entry)) if entry else None, column_tip(im.SLOT_ENTRY),
                                 (address(self.view, im.SLOT_ENTRY, row),)))  # fmt: skip
                chain += self._entry_holders(entry) if entry else []
            else:
                chain.append(self._count_row(entry))
                chain += self._entry_holders(entry)
                chain += self._after_name(entry, slot=False)
            written = self.view.at(im.SLOT_CONTENT, row)
            if written or self.seam.has_descriptors or self.view.at(im.SLOT_ENTRY, row) == 0:
                text = self.images(written) if written else phrase("nothing was written here yet")
                tip = column_tip(im.SLOT_CONTENT)
                chain.append(_row("on disk", text, None, tip, (address(self.view, im.SLOT_CONTENT, row),)))
            elif self.view.at(im.SLOT_ENTRY, row) > 0:
                tip = column_tip(im.SLOT_CONTENT)
                chain.append(_row("on disk", phrase("nothing: the slot is only held for the page in zswap"), None, tip,
                                 (address(self.view, im.SLOT_CONTENT, row),)))  # fmt: skip
        name = self.program.swapfiles[ref.owner].name
        return Description(phrase("slot {number} of {file}", number=grouped(ref.number), file=name),
                           phrase("cluster {number}", number=ref.number // 512), state, word, where,
                           tuple(chain), row_in_words(self.view, im.slot, row))  # fmt: skip

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
                _row(
                    self.seam.entry_word,
                    grouped(offset),
                    None,
                    phrase("The number that the page table holds"),
                    addresses,
                ),
                _row(label, text, Place("desc", offset), "", (address(self.view, code, row), cache)),
            ]
        else:
            row = slot_row(self.view, type_of(entry), offset)
            name = self._slot_text(type_of(entry), offset)
            text = joined(
                " · ", [name, phrase("count {number}", number=self._count(entry)[0]), self._cache_text(entry)]
            )
            named = phrase("type {type}, offset {offset}", type=type_of(entry), offset=grouped(offset))
            rows = [
                _row("swap entry", named, None,
                    phrase("In today's design the page table names the slot itself"), addresses),
                _row("→ slot", text, Place("slot", offset, type_of(entry)), column_tip(im.SLOT_MAP),
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
            rows.append(_row("→ swapcache", text, Place("frame", cached >> 1), column_tip(code), place))
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
            rows = [_row("→ zswap entry", self._zswap_text(value), Place("zswap", value), column_tip(code), places)]
            return rows + [row for row in self._zswap_facts(value) if row.label in ("zswap LRU", "content")]
        if tag == Backend.ZERO:
            return [_row("→ zero mark", phrase("all zeroes: nothing is stored"), None, column_tip(code), places)]
        if tag == Backend.NONE:
            return [_row("backend", phrase("none: the bytes are in memory only"), None, column_tip(code), places)]
        type_, offset = ex.backend_slot(word) if self.seam.has_descriptors else (type_of(entry), offset_of(entry))
        content = self.view.at(im.SLOT_CONTENT, slot_row(self.view, type_, offset))
        rows = []
        if slot:
            target = Place("slot", offset, type_)
            rows.append(_row("→ slot", self._slot_text(type_, offset), target, column_tip(code), places))
            rows.append(_row("content", self.images(content) if content else phrase("not written yet")))
        return rows

    def _frame_rows(self, frame: int, label: str, addresses: tuple[int, ...]) -> list[Row]:
        """A frame as seen from what maps it."""
        if frame == ZERO_PFN:
            return [_row(label, phrase("the shared zero page"), None, "my_zero_pfn", addresses)]
        flags = address(self.view, im.PAGE_FLAGS, frame)
        text = joined(" · ", [grouped(frame), self._frame_text(frame)])
        return [_row(label, text, Place("frame", frame), "", (*addresses, flags)), *self._frame_facts(frame)]

    def _frame_facts(self, frame: int) -> list[Row]:
        rows = [self._lru_row(frame)]
        entry = self.view.at(im.PAGE_SWAP, frame)
        flags = self.view.at(im.PAGE_FLAGS, frame)
        if flags & pg.PG_SWAPCACHE and entry:
            count = phrase("count {number}", number=self._count(entry)[0])
            text = joined(" · ", [entry_name(self.view, entry), count])
            rows.append(_row("swapcache", text, self._entry_ref(entry), column_tip(im.PAGE_SWAP),
                            (address(self.view, im.PAGE_SWAP, frame),)))  # fmt: skip
        content = self.view.at(im.PAGE_CONTENT, frame)
        place = (address(self.view, im.PAGE_CONTENT, frame),)
        rows.append(_row("content", self.images(content), None, column_tip(im.PAGE_CONTENT), place))
        return rows

    def _lru_row(self, frame: int) -> Row:
        flags = self.view.at(im.PAGE_FLAGS, frame)
        places = (address(self.view, im.PAGE_PREV, frame), address(self.view, im.PAGE_NEXT, frame))
        tip = phrase("Place on its LRU list. Reclaim looks at the tail first.")
        if flags & pg.PG_UNEVICTABLE:
            return _row("LRU", phrase("unevictable: on no list that reclaim looks at"), None, tip, places)
        if not flags & pg.PG_LRU:
            return _row("LRU", phrase("on no list now: reclaim or a swap-in works on it"), None, tip, places)
        name = phrase("active") if flags & pg.PG_ACTIVE else phrase("inactive")
        return _row("LRU", joined(" · ", [name, self._place(frame, im.PAGE_NEXT, phrase("tail"))]), None, tip, places)

    def _zswap_facts(self, number: int) -> list[Row]:
        view = self.view
        length, handle = view.at(im.Z_LENGTH, number), view.at(im.Z_HANDLE, number)
        places = (address(view, im.Z_LENGTH, number), address(view, im.Z_HANDLE, number))
        rows = []
        if length:
            text = f"{grouped(PAGE_BYTES)} B → {grouped(length)} B · {PAGE_BYTES / length:.2f} : 1"
            rows.append(_row("size", text, None, column_tip(im.Z_LENGTH), places[:1]))
        zspage = handle >> ex.HANDLE_SHIFT
        if zspage and zspage < view.layout.rows["zspage"]:
            size = view.at(im.CLASS_SIZE, view.at(im.ZSPAGE_CLASS, zspage))
            inuse = view.at(im.ZSPAGE_INUSE, zspage)
            objects = phrase("1 object") if inuse == 1 else phrase("{number} objects", number=grouped(inuse))
            text = joined(" · ", [phrase("zspage {number}", number=grouped(zspage)),
                                  phrase("class {size} B", size=grouped(size)), objects])  # fmt: skip
            rows.append(_row("zspage", text, None, column_tip(im.Z_HANDLE), places[1:]))
        links = (address(view, im.Z_PREV, number), address(view, im.Z_NEXT, number))
        on_list = view.at(im.Z_PREV, number) or view.at(im.Z_NEXT, number) or view.scalar(im.ZLRU) == number
        text = self._place(number, im.Z_PREV, phrase("cold end")) if on_list else phrase("not on the LRU")
        if on_list and view.at(im.Z_REFERENCED, number):
            text = joined(" · ", [text, phrase("has a second chance")])
        tip = phrase("Place on zswap's LRU. The cold end is written back first.")
        rows.append(_row("zswap LRU", text, None, tip, (*links, address(view, im.Z_REFERENCED, number))))
        content = view.at(im.Z_CONTENT, number)
        place = (address(view, im.Z_CONTENT, number),)
        rows.append(_row("content", self.images(content), None, column_tip(im.Z_CONTENT), place))
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
                _row(
                    "← held by" if number == 0 else "",
                    phrase("{name} page {number}", name=name, number=grouped(ref.number)),
                    ref,
                )
            )
        if len(holders) > MOST_HOLDERS:
            rows.append(_row("", phrase("and {number} more", number=grouped(len(holders) - MOST_HOLDERS))))
        if not holders:
            rows.append(_row("← held by", phrase("no page table")))
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
        return _row("count", text, None, column_tip(code), (address(self.view, code, row),))

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

    # -- what may not be ----------------------------------------------------------------------

    def _row(self, ref: Chosen, table: str, top: int) -> None:
        if not 1 <= ref.number < self.view.layout.rows[table]:
            raise Absent(phrase("There is no {thing} {number}; {top} have been used.", thing=phrase(ref.thing),
                                number=ref.number, top=top))  # fmt: skip

    def _within(self, ref: Chosen, pages: int, owner: int, owners: int) -> None:
        if not 1 <= owner <= owners:
            raise Absent(phrase("There is no owner {owner} of a {thing}; there are {owners}.", owner=owner,
                                thing=phrase(ref.thing), owners=owners))  # fmt: skip
        room = self.view.at(pages, owner)
        if not 0 <= ref.number < room:
            raise Absent(phrase("{thing} {number} is not there: {owner} has room for {room}.", thing=phrase(ref.thing),
                                number=ref.number, owner=owner, room=room).beginning())  # fmt: skip
