"""The card under the page tables: one entry, its word, its bits, and the way from it to where the bytes are.

It is about the page that is selected, or the first one that the thing selected belongs to; with nothing
selected, about the page of the transition at the cursor, or else of the reference under way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from app.canvas.cards import paint_bits
from app.canvas.style import RIGHT, Style, keeps_lines
from app.canvas.terms import as_tooltip
from app.canvas.words import translate
from app.moment import Moment, Selected, Thing
from app.words.said import translated
from engine import explain as ex
from engine.columns import Row
from engine.describe import Description, describe
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.operation import KIND_MASK, VALUE_SHIFT, WHO_MASK, WHO_SHIFT, Op
from engine.reading import Chain, Place, chain, seam

PAD, LINE, STRIP, LABEL = 10, 17, 17, 84
HEAD = 66
"""Pixels above the rows."""
SPARED = ("region", "zswap LRU", "LRU")
"""Rows that are left out first where there are too many."""
COLOURS = {"→ zswap entry": "zswap", "→ slot": "disk", "→ swapcache": "swapcache", "swapcache": "swapcache",
           "→ frame": "accent"}  # fmt: skip
STATES = {ex.Form.PRESENT: "accent", ex.Form.SWAPPED: "danger"}
_ENTRIES = (Thing.PAGE, Thing.SHMEM)
MOST_ROWS = 200_000
"""Page-table entries up to which the page of a frame or of a swap entry is looked for at every transition."""


def subject(moment: Moment, selected: Chain | None) -> Selected | None:
    """The page-table or shmem entry that the card is about; ``selected`` is the chain of what is selected first."""
    if moment.selection:
        first = moment.selection[0]
        return first if first.thing in _ENTRIES else _page_of(selected) if selected is not None else None
    if moment.playing and moment.skipping:
        return None
    transition = moment.transition
    operands = transition.kind.operands
    if "page" in operands:
        word = transition.operand("page")
        return Selected(Thing.PAGE, word & 0xFFFFFFFF, word >> 32)
    return _behind(moment) or _referenced(moment)


def _behind(moment: Moment) -> Selected | None:
    """The page of the swap entry or frame that the transition is about."""
    transition, operands = moment.transition, moment.transition.kind.operands
    if len(moment.view.pte) > MOST_ROWS:
        return None
    if "swap" in operands and transition.operand("swap") > 0:
        entry = transition.operand("swap")
        named = Place("desc" if seam(moment.view).has_descriptors else "slot", entry & SWP_OFFSET_MASK,
                      0 if seam(moment.view).has_descriptors else entry >> SWP_TYPE_SHIFT)  # fmt: skip
        return _page_of(chain(moment.view, named))
    if "frame" in operands and transition.operand("frame") > 0:
        return _page_of(chain(moment.view, Place("frame", transition.operand("frame"))))
    return None


def _referenced(moment: Moment) -> Selected | None:
    """The page of the reference under way; on a branch other operations come in between, and it is not known."""
    ops, place = moment.program.ops, moment.transition.operation
    if moment.branch or not 0 <= place < len(ops):
        return None
    word = int(ops[place])
    if word & KIND_MASK not in (Op.READ, Op.WRITE):
        return None
    return Selected(Thing.PAGE, word >> VALUE_SHIFT, (word >> WHO_SHIFT & WHO_MASK) + 1)


def _page_of(found: Chain) -> Selected | None:
    """The first entry that a chain begins with."""
    for process, page in found.pages[:1]:
        return Selected(Thing.PAGE, page, process)
    for mapping, index in found.shmem[:1]:
        return Selected(Thing.SHMEM, index, mapping)
    return None


class EntryCard:
    """What the card says, and its picture."""

    def __init__(self) -> None:
        self.told: Description | None = None
        """In English; its labels say which colour a row has."""
        self.shown: Description | None = None
        """The same in the language of the window."""
        self.about: Selected | None = None
        self._picture: tuple[object, QPixmap] | None = None
        self._stale = True

    def tell(self, moment: Moment | None, about: Selected | None) -> None:
        """Read the entry out of the image."""
        self.about, self.told, self.shown, self._stale = about, None, None, True
        if moment is not None and about is not None:
            try:
                self.told = describe(moment.view, moment.program, about)
                self.shown = translated(self.told)
            except ValueError:
                self.about = None

    def tip(self) -> str:
        """Each field of the word with its meaning, as rich text."""
        if self.shown is None or self.shown.word is None:
            return translate("Canvas", "Select a page: its entry is read here bit by bit.")
        rows = "".join(
            f"<tr><td style='padding-right:8px'>{one.bits}</td><td style='padding-right:8px'><b>{one.name or '–'}</b>"
            f"</td><td>{one.meaning}</td></tr>"
            for one in self.shown.word.fields if one.role is not ex.Role.UNUSED
        )  # fmt: skip
        text = f"{self.shown.word.summary}<table cellspacing='1'>{rows}</table>"
        return as_tooltip(text, ("page-table entry",))

    def paint(self, painter: QPainter, box: QRectF, style: Style) -> None:
        """Draw the card; it is kept as a picture until it says something else."""
        if keeps_lines(painter):
            self._paint(painter, box, style)
            return
        key = (box.size(), style.theme.name, style.scale, style.ratio)
        if self._stale or self._picture is None or self._picture[0] != key:
            kept = self._picture is not None and self._picture[0] == key
            made = self._picture[1] if kept and self._picture else QPixmap((box.size() * style.ratio).toSize())
            made.setDevicePixelRatio(style.ratio)
            made.fill(style.colour("panel"))
            inner = QPainter(made)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(inner, QRectF(0, 0, box.width(), box.height()), style)
            inner.end()
            self._picture, self._stale = (key, made), False
        painter.drawPixmap(QPointF(style.snap(box.left()), style.snap(box.top())), self._picture[1])

    def _paint(self, painter: QPainter, box: QRectF, style: Style) -> None:
        px, told, shown = style.px, self.told, self.shown
        style.card(painter, box)
        inside = box.adjusted(px(PAD), px(7), -px(PAD), -px(6))
        if told is None or told.word is None or shown is None:
            painter.setFont(style.font(11))
            painter.setPen(style.colour("dim"))
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                             translate("Canvas", "Select a page: its entry is read here bit by bit."))  # fmt: skip
            return
        line = QRectF(inside.left(), inside.top(), inside.width(), px(LINE))
        kind = "PTE" if self.about is not None and self.about.thing is Thing.PAGE else "i_pages"
        room = line.width() - style.width(shown.state, 11) - px(8)
        title = f"{kind} · {shown.title}"
        if style.width(title, 11.5, bold=True) > room:
            title = shown.title
        if style.width(title, 11.5, bold=True) > room:
            room = line.width()  # which page it is goes before its state, which the bits tell, too
        else:
            style.text(painter, line, shown.state, 11, STATES.get(ex.Form(told.word.form), "dim"), align=RIGHT)
        style.text(painter, QRectF(line.left(), line.top(), room, line.height()), title, 11.5, bold=True)
        line.translate(0, px(LINE + 1))
        used = style.text(painter, line, told.word.hex, 11.5, "zswap" if told.word.word else "dim", mono=True)
        if line.width() - used > style.width(shown.place, 10) + px(10):
            style.text(painter, line, shown.place, 10, "dim", align=RIGHT)
        paint_bits(painter, QRectF(line.left(), line.bottom() + px(2), line.width(), px(STRIP)), told.word, style)
        for line, row, said in self._lines(box, style):
            label, value = self._parts(line, box, style)
            style.text(painter, label, said.label, 10.5, COLOURS.get(row.label, "dim"))
            text = shortened(said.text, value.width(), style, row.label == "content")
            used = style.text(painter, value, text, 10.5, mono=True)
            if row.ref is not None:
                # What leads on can be told before the pointer is there.
                painter.setPen(QPen(style.theme.colour("dim"), 1, Qt.PenStyle.DotLine))
                y = style.snap(value.center().y() + px(7)) + 0.5
                painter.drawLine(QPointF(value.left(), y), QPointF(value.left() + used, y))

    def _rows(self, box: QRectF, style: Style) -> list[tuple[Row, Row]]:
        """The rows there is room for: as the engine says them, and in the language of the window."""
        if self.told is None or self.shown is None:
            return []
        rows = list(zip(self.told.chain, self.shown.chain, strict=True))
        most = int((box.height() - style.px(HEAD + 6)) // style.px(LINE))
        for spared in SPARED:
            if len(rows) > most:
                rows = [row for row in rows if row[0].label != spared]
        return rows[:most]

    def _lines(self, box: QRectF, style: Style) -> Iterator[tuple[QRectF, Row, Row]]:
        """Each row with its line in the card."""
        pad, high = style.px(PAD), style.px(LINE)
        for place, (row, said) in enumerate(self._rows(box, style)):
            y = box.top() + style.px(HEAD) + place * high
            yield QRectF(box.left() + pad, y, box.width() - 2 * pad, high), row, said

    def _parts(self, line: QRectF, box: QRectF, style: Style) -> tuple[QRectF, QRectF]:
        """Where a line has its label and its value; the same for all lines."""
        longest = max((style.width(said.label, 10.5) for _, said in self._rows(box, style)), default=0.0) + style.px(8)
        label = min(max(longest, min(style.px(LABEL), line.width() * 0.34)), line.width() / 2)
        return QRectF(line.left(), line.top(), label - 4, line.height()), line.adjusted(label, 0, 0, 0)

    def link_at(self, point: QPointF, box: QRectF, style: Style) -> tuple[QRectF, Selected] | None:
        """The line at a point that leads to another thing, and that thing."""
        for line, row, _ in self._lines(box, style):
            if row.ref is not None and line.contains(point):
                return line, Selected(Thing(row.ref.thing), row.ref.number, row.ref.owner)
        return None


def shortened(text: str, width: float, style: Style, content: bool = False) -> str:
    """A text without those of its parts for which there is no room; what a page holds loses its size first."""
    parts = text.split(" · ")
    while len(parts) > 1 and style.width(" · ".join(parts), 10.5, mono=True) > width:
        # The checksum of a content says more than its size, which the zswap entry's row has too.
        parts.pop(1 if content and len(parts) > 2 else -1)
    text = " · ".join(parts)
    if style.width(text, 10.5, mono=True) > width:
        # What comes after a colon explains what stands before it.
        text = re.split("[:：]", text)[0]
    return text
