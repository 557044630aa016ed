"""One thing of the machine in words: where it leads, what its content is, and every column it has.

A thing is named as in :mod:`engine.reading.chain`. Each row carries the addresses it was read from, so that a change
can be seen, and the thing it leads to. Texts, units and kernel names of columns are those declared in
:mod:`engine.mm.image`.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine import explain as ex
from engine.columns import Row, address, column_tip, row_in_words
from engine.describe_rows import ImageText, Rows, told_row
from engine.mm import image as im
from engine.mm.swapfile import SWAP_MAP_BAD
from engine.mm.view import View
from engine.naming import (
    NARROW_SPACE,
    grouped,
    hex_address,
    image_text,
    page_address,
    process_name,
    region_of,
)
from engine.phrase import Phrase, joined, phrase
from engine.program import Program
from engine.reading.chain import Chosen, Place
from engine.reading.designs import entry_name, slot_row
from engine.reading.entries import offset_of, pages_mapping, shmem_holding, swap_entry


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


class _Teller(Rows):
    """Describes things of one image."""

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
            chain.append(told_row("holds", phrase("nothing yet: the first access takes a frame"), addresses=(where,)))
        region = region_of(self.program, ref.owner, ref.number)
        if region is not None:
            last = region.first + region.pages - 1
            parts = [region.name, phrase("pages {first}–{last}", first=grouped(region.first), last=grouped(last))]
            if region.locked:
                parts.append(phrase("locked into memory"))
            chain.append(told_row("region", joined(" · ", parts)))
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
            chain = [told_row("holds", phrase("nothing yet"), addresses=(where,))]
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
            chain.append(told_row("holds", phrase("no page: the frame is free"), addresses=(where,)))
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
            chain.append(told_row("holds", phrase("nothing: it is not in use"), addresses=(where,)))
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
            chain.append(told_row("belongs to", entry_name(self.view, entry), self._entry_ref(entry),
                             column_tip(im.Z_SWPENTRY), (where,)))  # fmt: skip
            chain += self._entry_holders(entry)
            chain += self._zswap_facts(number)
        else:
            chain.append(told_row("holds", phrase("nothing: the entry is not in use"), addresses=(where,)))
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
            chain.append(told_row("holds", phrase("the swapfile's header: never a page"), addresses=(where,)))
        elif byte & 0xFF == SWAP_MAP_BAD:
            state = phrase("bad")
            chain.append(told_row("holds", phrase("a bad block: never used"), addresses=(where,)))
        elif ref.number > self.view.scalar(im.SWAPFILE_SLOTS[ref.owner]) and byte == 0:
            state = phrase("beyond the end")
            chain.append(
                told_row("holds", phrase("nothing: the swapfile has become shorter than this"), addresses=(where,))
            )
        elif byte == 0:
            state = phrase("free")
            chain.append(told_row("holds", phrase("no page: the slot is free"), addresses=(where,)))
        else:
            state = phrase("in use")
            if self.seam.has_descriptors:
                chain.append(told_row("belongs to", entry_name(self.view, entry) if entry else phrase("no descriptor"),
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
                chain.append(told_row("on disk", text, None, tip, (address(self.view, im.SLOT_CONTENT, row),)))
            elif self.view.at(im.SLOT_ENTRY, row) > 0:
                tip = column_tip(im.SLOT_CONTENT)
                nothing = phrase("nothing: the slot is only held for the page in zswap")
                chain.append(told_row("on disk", nothing, None, tip, (address(self.view, im.SLOT_CONTENT, row),)))
        name = self.program.swapfiles[ref.owner].name
        return Description(phrase("slot {number} of {file}", number=grouped(ref.number), file=name),
                           phrase("cluster {number}", number=ref.number // 512), state, word, where,
                           tuple(chain), row_in_words(self.view, im.slot, row))  # fmt: skip

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
