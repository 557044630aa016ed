"""A row of any table of the image in words, with the texts its columns were declared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine import explain as ex
from engine.mm import image as im
from engine.mm.schema import BYTE_MASK, TABLE_SHIFT, WIDTH_SHIFT, Table
from engine.mm.view import View
from engine.naming import grouped
from engine.phrase import joined, phrase
from engine.reading.chain import Place
from engine.reading.designs import entry_name


@dataclass(frozen=True)
class Row:
    """One line: a label, its value, and what is known about it."""

    label: str
    text: str
    ref: Place | None = None
    """What it leads to."""
    tip: str = ""
    """Meaning, unit and the kernel's name."""
    addresses: tuple[int, ...] = ()
    """Words of the image it was read from."""


def address(view: View, code: int, row: int) -> int:
    """Where the image keeps column ``code`` of a row."""
    table = im.schema.tables[code >> TABLE_SHIFT]
    return view.layout.base[table.name] + row * (code >> WIDTH_SHIFT & BYTE_MASK) + (code & BYTE_MASK)


def column_tip(code: int) -> str:
    """Meaning, unit and kernel name of a column, as declared."""
    table = im.schema.tables[code >> TABLE_SHIFT]
    column = table.columns[code & BYTE_MASK]
    return _tip(table, column.meaning, column.unit, column.kernel)


def row_in_words(view: View, table: Table, row: int) -> tuple[Row, ...]:
    """Every declared column of a row."""
    return tuple(_column(view, table, row, column.code) for column in table.columns)


def _column(view: View, table: Table, row: int, code: int) -> Row:
    column = table.columns[code & BYTE_MASK]
    value = view.at(code, row)
    say = _SAYINGS.get(code)
    text: str
    if code in (im.PAGE_SWAP, im.Z_SWPENTRY) and value:
        text = entry_name(view, value)
    elif code == im.SLOT_ENTRY and value < 0:
        text = phrase("zero mark")
    else:
        text = say(value) if say else _with_unit(value, column.unit)
    return Row(column.name, text, None, column_tip(code), (address(view, code, row),))


def _tip(table: Table, meaning: str, unit: str, kernel: str) -> str:
    parts: list[str] = [phrase(meaning)]
    if unit:
        parts = [phrase("{meaning} [{unit}]", meaning=phrase(meaning), unit=phrase(unit))]
    if kernel:
        name = f"{table.kernel}.{kernel}" if table.kernel and kernel.isidentifier() else kernel
        parts.append(phrase("kernel: {name}", name=name))
    return joined(" · ", parts)


def _with_unit(value: int, unit: str) -> str:
    """A number with its unit where that is one of measure; a link shows its row's number, 0 as none."""
    if unit in _MEASURES:
        return phrase("{number} {unit}", number=grouped(value), unit=phrase(unit))
    linked = unit in ("frame", "entry", "zspage", "vma", "image", "mapping")
    return phrase("none") if linked and value == 0 else grouped(value)


_MEASURES = ("pages", "bytes", "ns", "slots", "entries", "descriptors", "faults", "objects", "zspages")


_SAYINGS: dict[int, Callable[[int], str]] = {
    im.PTE: lambda value: ex.decode_pte(value).hex,
    im.SHMEM: lambda value: ex.decode_shmem(value).summary.unstopped(),
    im.PAGE_FLAGS: lambda value: ", ".join(ex.set_page_flags(value)) or phrase("none"),
    im.SLOT_MAP: lambda value: ex.decode_swap_map(value).summary.unstopped(),
    im.SLOT_CACHE: lambda value: ex.decode_cache(value).summary.unstopped(),
    im.DESC_CACHE: lambda value: ex.decode_cache(value).summary.unstopped(),
    im.DESC_BACKEND: lambda value: ex.decode_backend(value).summary.unstopped(),
    im.Z_HANDLE: lambda value: ex.decode_handle(value).summary.unstopped(),
}
