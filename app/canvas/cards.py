"""Cells so large that they can be read: a number and what it says, its word, its bits, each bit's meaning.

The last part of the way from a million coloured dots to the bits of one entry. What a card tells
is read from the image only for the few cells that are in sight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.canvas.style import CENTRE, LEFT, RIGHT, Style
from app.moment import Selected
from app.words.said import said
from engine import explain as ex
from engine.mm import image as im
from engine.mm.pageflags import (
    PG_ACTIVE,
    PG_DIRTY,
    PG_LRU,
    PG_READAHEAD,
    PG_REFERENCED,
    PG_SWAPCACHE,
    PG_WORKINGSET,
    PG_WRITEBACK,
)
from engine.mm.schema import Table
from engine.mm.swapops import ZERO_PFN
from engine.mm.view import View
from engine.naming import grouped
from engine.reading import Backend, offset_of, seam, type_of
from engine.reading.designs import slot_row

PAD = 4
LINE = 13
"""Pixels of a line of small type."""
TITLE_FROM, BITS_FROM, NAMES_FROM = 26, 40, 64
"""Height in pixels from which a card has a line for its word, its bits, and names in the bits."""

_FLAGS = ((PG_LRU, "L"), (PG_ACTIVE, "A"), (PG_REFERENCED, "R"), (PG_DIRTY, "D"), (PG_SWAPCACHE, "S"),
          (PG_WRITEBACK, "W"), (PG_READAHEAD, "a"), (PG_WORKINGSET, "w"))  # fmt: skip

_COLOURS = {
    ex.Role.PRESENT: "active", ex.Role.TYPE: "disk", ex.Role.OFFSET: "zswap", ex.Role.FRAME: "inactive",
    ex.Role.FLAG: "swapcache", ex.Role.COUNT: "disk", ex.Role.TAG: "danger", ex.Role.UNUSED: "never",
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What one cell says."""

    name: str
    """Its number."""
    short: str
    """The least that is worth saying: a frame and its letters, an arrow and where it leads."""
    word: Callable[[], ex.Word | None] = field(compare=False)
    """Takes the word it is known by apart."""
    raw: int
    """That word."""
    more: Callable[[], tuple[tuple[str, str], ...]] = field(default=tuple, compare=False)
    """Further columns of its row: name and value."""


def _letters(*pairs: tuple[bool, str]) -> str:
    return "".join(letter for there, letter in pairs if there)


def page_card(view: View, thing: Selected) -> Card:
    """A page-table entry."""
    raw = view.at(im.PTE, view.at(im.MM_PTE, thing.owner) + thing.number)
    if raw == 0:
        short = "0"
    elif raw & 1:
        frame = ex.pte_frame(raw)
        letters = _letters((bool(raw & 2), "W"), (bool(raw & 32), "A"), (bool(raw & 64), "D"))
        short = f"{'zero' if frame == ZERO_PFN else grouped(frame)} {letters}"
    else:
        entry = ex.pte_entry(raw)
        short = f"→{_entry(entry)}{' E' if raw & 8 else ''}"
    return Card(grouped(thing.number), short, lambda: ex.decode_pte(raw), raw)


def shmem_card(view: View, thing: Selected) -> Card:
    """An entry of a shmem object's page cache."""
    raw = view.at(im.SHMEM, view.at(im.MAP_CACHE, thing.owner) + thing.number)
    short = f"→{_entry(raw >> 1)}" if raw & 1 else grouped(raw >> 1) if raw else "0"
    return Card(grouped(thing.number), short, lambda: ex.decode_shmem(raw), raw)


def frame_card(view: View, thing: Selected) -> Card:
    """A frame: its flags as letters, then its links and what it holds."""
    row = thing.number
    flags = view.at(im.PAGE_FLAGS, row)
    letters = _letters(*((bool(flags & bit), letter) for bit, letter in _FLAGS)) or "–"
    return Card(
        grouped(row), f"{letters} m{view.at(im.PAGE_MAPCOUNT, row)}", lambda: ex.decode_page_flags(flags),
        flags, lambda: _columns(view, im.page, row),
    )  # fmt: skip


def desc_card(view: View, thing: Selected) -> Card:
    """A descriptor or virtual slot: count, swapcache, backend."""
    row = thing.number
    count, cache, backend = (view.at(code, row) for code in (im.DESC_COUNT, im.DESC_CACHE, im.DESC_BACKEND))
    tag, value = backend & 7, backend >> 3
    where = {Backend.NONE: "–", Backend.ZSWAP: f"z{value}", Backend.ZERO: "0"}.get(Backend(tag), "")
    if tag == Backend.SLOT:
        kind, offset = ex.backend_slot(backend)
        where = f"s{kind}:{offset}" if kind else f"s{offset}"
    held = f" f{cache >> 1}" if cache and not cache & 1 else ""
    if count == 0 and backend == 0 and cache == 0:
        return Card(grouped(row), "free", lambda: None, 0, lambda: _columns(view, im.desc, row))
    return Card(grouped(row), f"×{count}{held} {where}", lambda: ex.decode_backend(backend), backend,
                lambda: _columns(view, im.desc, row))  # fmt: skip


def slot_card(view: View, thing: Selected) -> Card:
    """A slot: its swap_map byte and what it leads to."""
    row = slot_row(view, thing.owner, thing.number)
    byte, held = view.at(im.SLOT_MAP, row), view.at(im.SLOT_ENTRY, row)
    behind = ""
    if held > 0:
        behind = f" d{held}" if seam(view).has_descriptors else f" z{held}"
    elif held < 0:
        behind = " 0"
    return Card(grouped(thing.number), f"{byte & 0xFF:02x}{behind}", lambda: ex.decode_swap_map(byte), byte,
                lambda: _columns(view, im.slot, row))  # fmt: skip


def zswap_card(view: View, thing: Selected) -> Card:
    """A zswap entry: its length and where it is packed."""
    row = thing.number
    length, handle = view.at(im.Z_LENGTH, row), view.at(im.Z_HANDLE, row)
    return Card(grouped(row), f"{grouped(length)} B", lambda: ex.decode_handle(handle), handle,
                lambda: _columns(view, im.zswap, row))  # fmt: skip


def _entry(entry: int) -> str:
    kind = type_of(entry)
    return f"{kind}:{offset_of(entry)}" if kind else str(offset_of(entry))


def _columns(view: View, table: Table, row: int) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, str(view.at(column.code, row))) for column in table.columns)


TELL: dict[str, Callable[[View, Selected], Card]] = {
    "page": page_card, "shmem": shmem_card, "frame": frame_card, "desc": desc_card, "slot": slot_card,
    "zswap": zswap_card,
}  # fmt: skip


_KEYS = {
    "page": (im.PTE,), "shmem": (im.SHMEM,), "frame": (im.PAGE_FLAGS, im.PAGE_MAPCOUNT),
    "desc": (im.DESC_COUNT, im.DESC_CACHE, im.DESC_BACKEND), "slot": (im.SLOT_MAP, im.SLOT_ENTRY),
    "zswap": (im.Z_LENGTH, im.Z_HANDLE),
}  # fmt: skip
"""The columns that a small card is made of."""
_BASES = {"page": (im.MM_PTE, 0), "shmem": (im.MAP_CACHE, 0), "slot": (im.SI_BASE, 1)}
"""Where the first row of an owner is told, and how far owners are from their rows."""


def words_of_cards(
    view: View, thing: str, numbers: NDArray[Any], owners: int | NDArray[Any]
) -> list[NDArray[np.int64]]:
    """The words that the small cards of things are made of, each of the shape of ``numbers``."""
    rows = np.maximum(numbers, 0)
    if thing in _BASES:
        code, apart = _BASES[thing]
        rows = rows + view.column(code)[owners + apart]
    return [view.column(code)[rows] for code in _KEYS[thing]]


def paint_card(painter: QPainter, box: QRectF, card: Card, style: Style) -> None:
    """The words of a card into ``box``, which begins right of its drawing."""
    wide, high = box.width() / style.scale, box.height() / style.scale
    top = box.top() + (style.px(2) if high >= TITLE_FROM else (box.height() - style.px(LINE)) / 2)
    line = QRectF(box.left(), top, box.width() - style.px(PAD), style.px(LINE))
    used = style.text(painter, line, card.name, 9.5, "dim", mono=True, align=LEFT) + style.px(4)
    style.text(painter, line.adjusted(used, 0, 0, 0), card.short, 9.5, "text", mono=True, align=RIGHT)
    if high < TITLE_FROM or wide < 90:
        return
    word = card.word()
    if word is None:
        return
    y = top + style.px(LINE)
    if style.width(word.hex, 9.5, mono=True) <= line.width():
        style.text(painter, line.translated(0, y - line.top()), word.hex, 9.5, "zswap" if word.word else "dim",
                   mono=True)  # fmt: skip
        y += style.px(LINE)
    if high >= BITS_FROM:
        strip = style.px(14 if high >= NAMES_FROM else 8)
        paint_bits(painter, QRectF(box.left(), y + style.px(2), line.width(), strip), word, style)
        y += strip + style.px(5)
    if wide >= 190:
        _lines(painter, QRectF(box.left(), y, line.width(), box.bottom() - y), card, word, style)


def _lines(painter: QPainter, box: QRectF, card: Card, word: ex.Word, style: Style) -> None:
    """A sentence, then each field of the word with its meaning, then the row's columns, as many as there is room."""
    texts: list[tuple[str, str]] = [("", word.summary)]
    texts += [(field.name, field.meaning) for field in word.fields if field.role is not ex.Role.UNUSED]
    texts += list(card.more())
    step = style.px(LINE)
    for place, (name, value) in enumerate(texts[: int(box.height() // step)]):
        line = QRectF(box.left(), box.top() + place * step, box.width(), step)
        used = style.px(62) if name else 0.0
        if name:
            style.text(painter, QRectF(line.left(), line.top(), used - 4, step), name, 9.5, "dim", mono=True)
        style.text(painter, line.adjusted(used, 0, 0, 0), said(value), 9.5, "text")


def paint_bits(painter: QPainter, box: QRectF, word: ex.Word, style: Style) -> None:
    """The fields of a word as a strip, the highest bits at the left; flags wider than their one bit."""
    weights = [max(1.0, min(field.width, 24) ** 0.75) * (2.0 if field.width == 1 else 1.0) for field in word.fields]
    gap = style.px(1)
    unit = (box.width() - gap * (len(weights) - 1)) / sum(weights)
    x = box.left()
    for one, weight in zip(word.fields, weights, strict=True):
        part = QRectF(x, box.top(), weight * unit, box.height())
        x += part.width() + gap
        set_ = one.raw != 0 and one.role is not ex.Role.UNUSED
        ground = QColor(getattr(style.theme, _COLOURS[one.role]))
        if not set_:
            ground = QColor(style.theme.never)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(part, style.px(2), style.px(2))
        name = one.name if one.role is not ex.Role.UNUSED else ""
        if name and box.height() >= style.px(12) and style.width(name, 9, mono=True) <= part.width():
            dark = set_ and (style.theme.dark or one.role in (ex.Role.OFFSET,))
            painter.setFont(style.font(9, mono=True))
            painter.setPen(QColor(style.theme.on_accent if dark else style.theme.text if not set_ else "#ffffff"))
            painter.drawText(part, CENTRE, name)
