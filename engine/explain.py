"""Words of the image taken apart: each bit field with its name, value, meaning and kernel macro.

The fields of a :class:`Word` cover all its bits, highest first, so that they can be drawn as a
strip. Numbers are unsigned, as a kernel reader writes them; the image keeps the same 64 bits signed.
Layouts are those of x86-64 Linux (``arch/x86/include/asm/pgtable_64.h``, ``include/linux/swapops.h``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.mm.backend import NONE, SLOT, ZERO, ZSWAP
from engine.mm.pageflags import NAMES
from engine.mm.swapfile import (
    CONTINUED_BASE,
    CONTINUED_SHIFT,
    COUNT_CONTINUED,
    COUNT_MASK,
    SWAP_HAS_CACHE,
    SWAP_MAP_BAD,
)
from engine.mm.swapops import (
    PFN_MASK,
    PFN_SHIFT,
    PTE_OFFSET_MASK,
    PTE_OFFSET_SHIFT,
    PTE_SWP_EXCLUSIVE,
    PTE_SWP_SOFT_DIRTY,
    PTE_TYPE_SHIFT,
    SWP_OFFSET_MASK,
    SWP_TYPE_SHIFT,
    ZERO_PFN,
)
from engine.phrase import Phrase, joined, phrase

WORD_MASK = (1 << 64) - 1
TYPE_MASK = 31

HANDLE_SHIFT = 12
BACKEND_NAMES = {NONE: "none", ZSWAP: "zswap", SLOT: "swapfile", ZERO: "zero"}


class Role(StrEnum):
    """What a field is for; views colour by it."""

    PRESENT = "present"
    TYPE = "type"
    OFFSET = "offset"
    FRAME = "frame"
    FLAG = "flag"
    COUNT = "count"
    TAG = "tag"
    UNUSED = "unused"


class Form(StrEnum):
    """What a page-table entry is."""

    NEVER = "never touched"
    PRESENT = "present"
    SWAPPED = "not present"


@dataclass(frozen=True)
class Field:
    """Bits ``high`` … ``low`` of a word."""

    name: str
    high: int
    low: int
    raw: int
    """The bits as they stand, shifted down."""
    value: int
    """What they mean: for an inverted offset, the offset."""
    meaning: str
    kernel: str = ""
    """The kernel's macro or field name; empty where it has none."""
    role: Role = Role.FLAG

    @property
    def bits(self) -> str:
        """The bit range in words: ``bit 3`` or ``bits 58–9``."""
        if self.high == self.low:
            return phrase("bit {low}", low=self.low)
        return phrase("bits {high}–{low}", high=self.high, low=self.low)

    @property
    def width(self) -> int:
        """How many bits it has."""
        return self.high - self.low + 1


@dataclass(frozen=True)
class Word:
    """A word and what its bits say."""

    word: int
    """Unsigned."""
    bits: int
    """How many bits it has: 64, or 8 for a ``swap_map`` byte."""
    form: str
    """What kind of word it is, in a few words."""
    summary: Phrase
    """The whole word in one sentence."""
    fields: tuple[Field, ...]

    @property
    def hex(self) -> str:
        """With all its digits: ``0x07fffffffffffc00``."""
        return f"0x{self.word:0{self.bits // 4}x}"

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


def unsigned(word: int) -> int:
    """The 64 bits of an image word as a number that is not negative."""
    return int(word) & WORD_MASK


def signed(word: int) -> int:
    """The same bits as the image keeps them."""
    return word - (1 << 64) if word >> 63 else word


def swap_entry(type_: int, offset: int) -> int:
    """The ``swp_entry_t`` of a type (0 … 31) and an offset."""
    return type_ << SWP_TYPE_SHIFT | offset


def split_entry(entry: int) -> tuple[int, int]:
    """Type and offset of a ``swp_entry_t``."""
    entry = unsigned(entry)
    return entry >> SWP_TYPE_SHIFT & TYPE_MASK, entry & SWP_OFFSET_MASK


def encode_swap_pte(type_: int, offset: int, *, exclusive: bool = False, soft_dirty: bool = False) -> int:
    """The page-table entry (unsigned) of a swapped page; the offset is kept inverted.

    ValueError when the type does not fit 5 bits or the offset 50.
    """
    if not 0 <= type_ <= TYPE_MASK:
        raise ValueError(f"a swap type must be 0 to {TYPE_MASK}, not {type_}")
    if not 0 <= offset <= PTE_OFFSET_MASK:
        raise ValueError(f"a swap offset must be 0 to 2**50 - 1, not {offset}")
    flags = (PTE_SWP_EXCLUSIVE if exclusive else 0) | (PTE_SWP_SOFT_DIRTY if soft_dirty else 0)
    return type_ << PTE_TYPE_SHIFT | (~offset & PTE_OFFSET_MASK) << PTE_OFFSET_SHIFT | flags


def pte_form(word: int) -> Form:
    """Whether a page-table entry is present, swapped out or was never used."""
    if word == 0:
        return Form.NEVER
    return Form.PRESENT if word & 1 else Form.SWAPPED


def pte_frame(word: int) -> int:
    """The frame a present page-table entry maps."""
    return unsigned(word) >> PFN_SHIFT & PFN_MASK


def pte_entry(word: int) -> int:
    """The ``swp_entry_t`` a swapped page-table entry holds."""
    word = unsigned(word)
    return swap_entry(word >> PTE_TYPE_SHIFT, ~(word >> PTE_OFFSET_SHIFT) & PTE_OFFSET_MASK)


def decode_pte(word: int) -> Word:
    """A page-table entry, present, swapped or never touched."""
    word = unsigned(word)
    form = pte_form(word)
    if form is Form.PRESENT:
        return _present(word)
    if form is Form.SWAPPED:
        return _swapped(word)
    fields = (_field(word, "0", 63, 0, "The whole word is 0: pte_none()", "pte_none", Role.UNUSED),)
    return Word(word, 64, form, phrase("Nothing was ever mapped here: the first access takes a frame."), fields)


def _present(word: int) -> Word:
    frame = pte_frame(word)
    target = phrase("the shared zero page") if frame == ZERO_PFN else phrase("frame {number}", number=frame)
    fields = (
        _flag(word, "NX", 63, "code must not be run from it", "it may hold code", "_PAGE_NX"),
        _unused(word, 62, 52, "Protection key and bits for software"),
        _field(word, "PFN", 51, 12, phrase("Page frame number: {target}", target=target), "PTE_PFN_MASK", Role.FRAME),
        _unused(word, 11, 7, "Software bits, global, page size"),
        _flag(word, "D", 6, "dirty: it was written since it was mapped", "clean: not written since it was mapped",
              "_PAGE_DIRTY"),
        _flag(word, "A", 5, "young: used since reclaim last looked", "not used since reclaim last looked",
              "_PAGE_ACCESSED"),
        _unused(word, 4, 3, "Cache control: PCD and PWT"),
        _flag(word, "US", 2, "user code may use it", "only the kernel may use it", "_PAGE_USER"),
        _flag(word, "RW", 1, "it may be written", "a write faults: read-only, or shared until then", "_PAGE_RW"),
        _field(word, "P", 0, 0, "Present: the processor translates by it", "_PAGE_PRESENT", Role.PRESENT),
    )  # fmt: skip
    shown = ((1 << 5, phrase("young")), (1 << 6, phrase("dirty")), (1 << 1, phrase("writable")))
    traits = [text for bit, text in shown if word & bit]
    summary = phrase("Maps {target}.", target=target)
    if traits:
        summary = phrase("Maps {target}: {traits}.", target=target, traits=joined(", ", traits))
    return Word(word, 64, Form.PRESENT, summary, fields)


def _swapped(word: int) -> Word:
    type_, offset = split_entry(pte_entry(word))
    fields = (
        _field(word, "type", 63, 59, phrase("Swap type {type}", type=type_), "__swp_type", Role.TYPE),
        Field("~offset", 58, 9, word >> PTE_OFFSET_SHIFT & PTE_OFFSET_MASK, offset,
              phrase("Offset {offset}, every bit inverted so that speculation finds no such memory (L1TF)",
                     offset=offset), "__swp_offset", Role.OFFSET),
        _unused(word, 8, 7, "Must be 0: PROTNONE and page size"),
        _unused(word, 6, 4, "Not used: some processors set D and A by mistake"),
        _flag(word, "E", 3, "one process alone had it: no copy needed on a write", "the page may be shared",
              "_PAGE_SWP_EXCLUSIVE"),
        _flag(word, "F", 2, "userfaultfd watches for writes", "userfaultfd does not watch it", "_PAGE_SWP_UFFD_WP"),
        _flag(word, "SD", 1, "written since soft-dirty was cleared", "soft-dirty is not set",
              "_PAGE_SWP_SOFT_DIRTY"),
        _field(word, "P", 0, 0, "Not present: an access faults", "_PAGE_PRESENT", Role.PRESENT),
    )  # fmt: skip
    return Word(
        word,
        64,
        Form.SWAPPED,
        phrase("The page is out: swap type {type}, offset {offset}.", type=type_, offset=offset),
        fields,
    )


PAGE_FLAG_TEXTS: dict[str, str] = {
    "PG_referenced": "used once since reclaim last looked",
    "PG_dirty": "differs from its copy in swap, or has none",
    "PG_lru": "on an LRU list",
    "PG_active": "on the active list",
    "PG_workingset": "was active before: its refault counts as a cost",
    "PG_swapcache": "in the swapcache: its swap entry finds it",
    "PG_writeback": "being written to a device",
    "PG_reclaim": "to be freed as soon as its write ends",
    "PG_readahead": "brought in ahead and not yet wanted",
    "PG_mlocked": "mlock() keeps it in memory",
    "PG_unevictable": "on no list that reclaim looks at",
    "PG_swapbacked": "has no file: only swap can take it",
    "PG_anon_exclusive": "mapped by one process alone",
    "shmem": "belongs to a shmem object",
    "PG_locked": "somebody works on it: it stays until that is done",
    "PG_dropbehind": "dropped as soon as its write ends",
}
"""What each flag says of a frame, by its name in :mod:`engine.mm.pageflags`."""


def set_page_flags(flags: int) -> list[str]:
    """Short names of the flags that are set, lowest bit first: ``["lru", "active"]``."""
    return [name.removeprefix("PG_") for value, name in sorted(NAMES.items()) if flags & value]


def decode_page_flags(flags: int) -> Word:
    """The PG_* flags of a frame, each a bit."""
    flags = unsigned(flags)
    fields: list[Field] = []
    above = 63
    for value, name in sorted(NAMES.items(), reverse=True):
        bit = value.bit_length() - 1
        if bit < above:
            fields.append(_unused(flags, above, bit + 1, "Not used by the model"))
        meaning = PAGE_FLAG_TEXTS.get(name, "")
        unset = phrase("if set: {meaning}", meaning=phrase(meaning))
        fields.append(_flag(flags, name.removeprefix("PG_"), bit, meaning, unset, name))
        above = bit - 1
    names = set_page_flags(flags)
    return Word(
        flags, 64, "page flags", joined("", [", ".join(names) or phrase("no flag is set"), phrase(".")]), tuple(fields)
    )


def swap_map_count(word: int) -> int:
    """Page-table entries that hold a slot, by its ``swap_map`` byte and what its continuation adds above it."""
    return (word & COUNT_MASK) + CONTINUED_BASE * (word >> CONTINUED_SHIFT)


def decode_swap_map(word: int) -> Word:
    """A byte of ``swap_map``: how many entries hold the slot, and whether the swapcache does.

    The image keeps the count of the continuation page above the byte; it is told in the sentence.
    """
    byte, count = word & 0xFF, swap_map_count(word)
    bad = byte == SWAP_MAP_BAD
    counted = phrase("A bad block: never used") if bad else phrase("{n} are counted here", n=byte & COUNT_MASK)
    fields = (
        _flag(byte, "CONT", 7, "the count goes on in a continuation page", "the count is whole", "COUNT_CONTINUED"),
        _flag(byte, "CACHE", 6, "the swapcache holds it too", "not in the swapcache", "SWAP_HAS_CACHE"),
        _field(byte, "count", 5, 0, counted, "SWAP_MAP_BAD" if bad else "swap_count", Role.COUNT),
    )  # fmt: skip
    if bad:
        return Word(byte, 8, "swap_map", phrase("A bad slot: never used."), fields)
    if byte == 0:
        return Word(byte, 8, "swap_map", phrase("The slot is free."), fields)
    parts = [phrase("1 page-table entry holds it") if count == 1 else phrase("{n} page-table entries hold it", n=count)]
    if byte & SWAP_HAS_CACHE:
        parts.append(phrase("the swapcache too"))
    if byte & COUNT_CONTINUED:
        parts.append(phrase("counted on in a continuation page"))
    return Word(byte, 8, "swap_map", joined("", [joined(", ", parts), phrase(".")]), fields)


def decode_cache(word: int) -> Word:
    """The swapcache word of a slot or descriptor: nothing, a frame, or the shadow of one that left."""
    word = unsigned(word)
    shadow = word & 1
    value = word >> 1
    fields = (
        _field(word, "shadow" if shadow else "frame", 63, 1,
               phrase("Shadow {n}: when it was evicted, for the refault distance", n=value) if shadow
               else phrase("Frame {n} has the page", n=value) if value else phrase("Not in the swapcache"),
               "workingset shadow" if shadow else "swap cache folio", Role.COUNT if shadow else Role.FRAME),
        _flag(word, "S", 0, "a shadow, no page", "a page, or nothing", "xa_is_value", Role.TAG),
    )  # fmt: skip
    summary = phrase("Evicted: shadow {n}.", n=value) if shadow else phrase("Not in the swapcache.")
    if value and not shadow:
        summary = phrase("Frame {n}.", n=value)
    return Word(word, 64, "swapcache", summary, fields)


def decode_backend(word: int) -> Word:
    """The backend word of a descriptor or virtual slot: where the page's bytes are."""
    word = unsigned(word)
    tag, value = word & 7, word >> 3
    name = BACKEND_NAMES.get(tag, f"tag {tag}")
    tag_field = _field(word, "tag", 2, 0, phrase("Backend: {name}", name=phrase(name)), "backend type", Role.TAG)
    if name == "swapfile":
        type_, offset = value & TYPE_MASK, value >> 5
        fields = (
            _field(word, "offset", 63, 8, phrase("Slot {offset}", offset=offset), "swp_offset", Role.OFFSET),
            _field(word, "type", 7, 3, phrase("Swapfile {type}", type=type_), "swp_type", Role.TYPE),
            tag_field,
        )
        return Word(word, 64, name, phrase("In slot {offset} of swapfile {type}.", offset=offset, type=type_), fields)
    if name == "zswap":
        fields_ = (
            _field(word, "entry", 63, 3, phrase("zswap entry {number}", number=value), "zswap_entry", Role.OFFSET),
            tag_field,
        )
        return Word(word, 64, name, phrase("In zswap, entry {number}.", number=value), fields_)
    summary = phrase("No backend: the bytes are in memory only.")
    if name == "zero":
        summary = phrase("All zeroes: only this mark.")
    return Word(word, 64, name, summary, (_unused(word, 63, 3, "Not used"), tag_field))


def backend_slot(word: int) -> tuple[int, int]:
    """Type and offset in a backend word whose tag says swapfile."""
    value = unsigned(word) >> 3
    return value & TYPE_MASK, value >> 5


def decode_handle(handle: int) -> Word:
    """A zsmalloc handle: which zspage, and which object in it."""
    handle = unsigned(handle)
    zspage, place = handle >> HANDLE_SHIFT, handle & ((1 << HANDLE_SHIFT) - 1)
    fields = (
        _field(
            handle, "zspage", 63, HANDLE_SHIFT, phrase("zspage {number}", number=zspage), "obj_to_location", Role.FRAME
        ),
        _field(
            handle,
            "object",
            HANDLE_SHIFT - 1,
            0,
            phrase("Object {place} of it", place=place),
            "OBJ_INDEX_MASK",
            Role.OFFSET,
        ),
    )
    return Word(
        handle,
        64,
        "handle",
        phrase("Object {place} of zspage {number}.", place=place, number=zspage) if zspage else phrase("No object."),
        fields,
    )


def decode_shmem(word: int) -> Word:
    """An entry of a shmem object's page cache: a frame, a swap entry, or nothing."""
    word = unsigned(word)
    value = word >> 1
    if word & 1:
        type_, offset = split_entry(value)
        fields = (
            _unused(word, 63, 63, "Not used"),
            _field(word, "type", 62, 59, phrase("Swap type {type}", type=type_), "swp_type", Role.TYPE),
            _field(word, "offset", 58, 1, phrase("Offset {offset}", offset=offset), "swp_offset", Role.OFFSET),
            _field(word, "V", 0, 0, "A value: a swap entry, no page", "xa_is_value", Role.TAG),
        )
        return Word(
            word,
            64,
            Form.SWAPPED,
            phrase("Swapped out: type {type}, offset {offset}.", type=type_, offset=offset),
            fields,
        )
    text = phrase("Frame {n}.", n=value) if value else phrase("No page here yet.")
    fields_ = (
        _field(word, "frame", 63, 1, text.unstopped(), "folio", Role.FRAME),
        _field(word, "V", 0, 0, "A page, or nothing", "xa_is_value", Role.TAG),
    )
    return Word(word, 64, Form.PRESENT if value else Form.NEVER, text, fields_)


def _field(word: int, name: str, high: int, low: int, meaning: str, kernel: str, role: Role = Role.FLAG) -> Field:
    raw = word >> low & ((1 << (high - low + 1)) - 1)
    return Field(name, high, low, raw, raw, meaning if isinstance(meaning, Phrase) else phrase(meaning), kernel, role)


def _flag(word: int, name: str, bit: int, yes: str, no: str, kernel: str, role: Role = Role.FLAG) -> Field:
    meaning = yes if word >> bit & 1 else no
    told = meaning if isinstance(meaning, Phrase) else phrase(meaning)
    return _field(word, name, bit, bit, told.beginning(), kernel, role)


def _unused(word: int, high: int, low: int, meaning: str) -> Field:
    return _field(word, "", high, low, meaning, "", Role.UNUSED)
