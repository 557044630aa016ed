"""The column of memory: the LRU lists in their order, locked pages, free frames with their marks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.cells import Field
from app.canvas.charts import LATENCY, OCCUPANCY, Chart
from app.canvas.column import EXTRA_GAP, Column, Extra
from app.canvas.levels import Level, grown, levels
from app.canvas.sprites import FRAME
from app.canvas.style import clipped
from app.canvas.telling import leaving_text
from app.canvas.words import translate
from app.moment import Thing
from engine.mm import image as im
from engine.naming import grouped

LARGEST_FRAME, GOOD_FRAME, END_FRAME = 30, 17, 14
HEAD, GAP, EMPTY = 22, 9, 22
SHARES, SHARES_NAMED, FREE_BAR = 54, 82, 70
"""Pixels of the card that says who has the frames, with the names of its parts, and of the free bar above it."""
FOOT, FOOT_NAMED = SHARES + FREE_BAR + 4, SHARES_NAMED + FREE_BAR + 4
LOW, CROWDED = 500, 382
CHART = Extra(86, 168)
ACTIVE, INACTIVE = ("active list", "second chance"), ("inactive list", "second chance")
SCALE_OF_HIGH = 6
"""The bar of free frames reaches this many times the high watermark."""


@dataclass(frozen=True)
class Strip:
    """Frames that are shown together."""

    name: str
    note: str
    frames: np.ndarray | None
    """Which frames, in order; None: all, by number."""
    nothing: str
    """What to say when there are none."""
    terms: tuple[str, ...] = ()
    """Words of the glossary that the heading stands for."""
    short: str = ""
    """The note where there is less room."""
    hand: bool = False
    """Reclaim looks at the last one next."""
    end: bool = False
    """Only the end of a long list, in cells of a size of their own."""


class MemoryColumn(Column):
    """Frames on their lists, and who has the rest."""

    ABOUT = ("frame", "anonymous page", "reclaim")

    def lay_out(self) -> None:
        memory, style = self.facts.memory, self.style
        self.name = translate("Canvas", "Memory")
        self.title = translate("Canvas", "MEMORY · {n} frames").format(n=grouped(memory.frames))
        self.note = translate("Canvas", "a hard limit") if memory.limit else translate("Canvas", "anonymous LRU")
        strips = self._strips()
        # Lists have room for as many pages as memory ever holds; between two samples it may be some more.
        known = memory.frames if self.in_words or not memory.ordered else self.run.most_resident or memory.frames
        self._most = min(memory.frames, grown(known + known // 24, memory.resident))
        width = int(self.inner.width() * style.ratio)
        choices = levels(width, self.largest(LARGEST_FRAME), 1)
        self._end_level = Level(
            max(1, width // int(style.px(END_FRAME) * style.ratio)), int(style.px(END_FRAME) * style.ratio)
        )
        whole, self.inner = self.inner, QRectF(self.inner)
        self._counters()
        # In a low window the parts of the bar are named by its tooltip only.
        self._named = self.inner.height() >= style.px(LOW)
        room = self.inner.height() - style.px(self._foot_height())
        level, heights = self.fit(choices, lambda level: self._height(strips, level), room, width, GOOD_FRAME,
                                  [CHART] * len(self._charts()))  # fmt: skip
        self._lay_charts(heights)
        room = self._foot() - self.inner.top()
        self.inner = whole
        self.height_needed = self.inner.height() + max(0.0, self._height(strips, level) - room)
        y = self.top
        with self.rolling(QRectF(self.inner.left(), self.inner.top(), self.inner.width(), room)):
            for strip in strips:
                y = self._strip(strip, level, y)

    @property
    def crowded(self) -> bool:
        """Whether lists one below the other would leave no room for their cells: then frames are by number."""
        return self.box.height() < self.style.px(CROWDED)

    def _foot_height(self) -> float:
        """Pixels at normal type size of what :meth:`_foot` lays out."""
        if self.crowded:
            return 0 if self.short else FREE_BAR + 4
        return FOOT_NAMED if self._named else FOOT

    def _counters(self) -> None:
        """Lay out what counts, at the bottom, and take its room off ``inner``."""

    def _charts(self) -> tuple[Chart, ...]:
        """What is drawn of the whole run, where there is room for it."""
        return (OCCUPANCY, LATENCY) if self.run.known else ()

    def _lay_charts(self, heights: list[float]) -> None:
        """The first charts at the bottom, as high as they may be; takes their room off ``inner``."""
        for chart, high in reversed(list(zip(self._charts(), heights, strict=False))):
            box = QRectF(self.inner.left(), self.inner.bottom() - high, self.inner.width(), high)
            self.paints.append(partial(self._chart, chart, box))
            self.hint(box, chart.tip, *chart.terms)
            self.inner.setBottom(box.top() - self.style.px(EXTRA_GAP))

    def _chart(self, chart: Chart, box: QRectF, painter: QPainter) -> None:
        chart.paint(painter, box, self.run, self.facts, self.style)

    def _strips(self) -> list[Strip]:
        memory = self.facts.memory
        active = translate("Canvas", "active · {n}").format(n=grouped(memory.nr_active))
        inactive = translate("Canvas", "inactive · {n}").format(n=grouped(memory.nr_inactive))
        first = translate("Canvas", "reclaimed first  ▸")
        if self.crowded:
            listed = translate("Canvas", "{n} on the lists").format(n=grouped(memory.nr_active + memory.nr_inactive))
            return [Strip(self.fitting(self.inner.width(), 11, f"{active}, {inactive}", listed), "", None, "")]
        if not memory.ordered:
            return [
                Strip(translate("Canvas", "end of the inactive list"), first, memory.tail,
                      translate("Canvas", "The list is empty."), INACTIVE, end=True),
                Strip(f"{active}, {inactive}", translate("Canvas", "by frame number"), None, "", (*ACTIVE, *INACTIVE)),
            ]  # fmt: skip
        found = [
            Strip(active, translate("Canvas", "newest first"), memory.active,
                  translate("Canvas", "No page was used twice yet."), ACTIVE),
            Strip(inactive, translate("Canvas", "tail is reclaimed first  ▸"), memory.inactive,
                  translate("Canvas", "New pages come here."), INACTIVE, first, hand=True),
            Strip(translate("Canvas", "off the lists · {n}").format(n=grouped(len(memory.in_hand))),
                  translate("Canvas", "in reclaim's hands"), memory.in_hand,
                  translate("Canvas", "Reclaim has no page in hand."), ("reclaim",)),
        ]  # fmt: skip
        if len(memory.locked):
            found.append(Strip(translate("Canvas", "locked · {n}").format(n=grouped(memory.nr_locked)),
                               translate("Canvas", "reclaim passes by"), memory.locked, ""))  # fmt: skip
        return found

    def _marks_of(self, strip: Strip) -> np.ndarray:
        memory = self.facts.memory
        return memory.marks[1 : memory.frames + 1] if strip.frames is None else memory.marks[strip.frames]

    def _height(self, strips: list[Strip], level: Level) -> float:
        """Room for all frames, wherever they are: cells must not change their size while pages move."""
        memory, total = self.facts.memory, 0.0
        for strip in strips:
            own = self._end_level if strip.end else level
            rows = own.rows(len(strip.frames)) if strip.end and strip.frames is not None else 1
            total += max(rows * own.pitch_y / self.style.ratio, self.style.px(EMPTY))
        total += level.rows(min(self._most, len(memory.marks) - 1)) * level.pitch_y / self.style.ratio
        return total + len(strips) * self.style.px(HEAD + GAP)

    def _strip(self, strip: Strip, level: Level, y: float) -> float:
        style = self.style
        middle, left, across = y + style.px(9), self.inner.left(), self.inner.width()
        room = across - style.width(strip.name, 11) - style.px(8)
        note = self.fitting(room, 10, strip.note, strip.short, "")
        self.text(left, middle, across, strip.name, 11, "dim")
        self.text(left + across - room, middle, room, note, 10, "dim", right=True)
        if strip.terms:
            self.hint(QRectF(left, y, across, style.px(HEAD - 3)), "", *strip.terms)
        origin = QPointF(style.snap(left), style.snap(y + style.px(HEAD)))
        marks = self._marks_of(strip)
        if not len(marks):
            self.empty(QRectF(origin.x(), origin.y(), across, style.px(EMPTY)), strip.nothing)
            return y + style.px(HEAD + GAP + EMPTY)
        own = self._end_level if strip.end else level
        field = Field(Thing.FRAME, 0, FRAME, marks, own, origin, style.ratio, numbers=strip.frames, first=1)
        self.fields.append(field)
        if (strip.hand or strip.end) and field.shapes:
            self.marks.append(lambda painter: self._hand(painter, field))
            self.tail_box = tail = field.rect(field.count - 1)
            below = QRectF(tail.left(), tail.bottom(), self.inner.right() - tail.left(), style.px(GAP + 2))
            leaving = self.facts.leaving
            to = next((file.name for file in self.facts.swapfiles if file.kind == leaving.kind), "")
            self.hint(below, leaving_text(leaving, to), "reclaim")
        return y + style.px(HEAD + GAP) + max(field.size[1], style.px(EMPTY))

    def _hand(self, painter: QPainter, field: Field) -> None:
        """The place where reclaim looks next: a bracket under the list's end."""
        rect = field.rect(field.count - 1)
        if not self.shows(painter, rect.adjusted(0, 0, 0, self.style.px(6))):
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.style.theme.warning))
        tip = QPointF(rect.center().x(), rect.bottom() + 1.5)
        size = self.style.px(4)
        path = QPainterPath(tip)
        path.lineTo(tip + QPointF(-size, size))
        path.lineTo(tip + QPointF(size, size))
        path.closeSubpath()
        painter.drawPath(path)

    # -- free frames and the sum of all -------------------------------------------------------------

    def _foot(self) -> float:
        """Lay out what stands at the bottom; gives where it begins."""
        style, memory = self.style, self.facts.memory
        if self.short:
            return self.inner.bottom()
        high = style.px(0 if self.crowded else SHARES_NAMED if self._named else SHARES)
        card = QRectF(self.inner.left(), self.inner.bottom() - high, self.inner.width(), high)
        if not self.crowded:
            self._shares(card)
        top = card.top() - style.px(FREE_BAR)
        middle = top + style.px(10)
        free = translate("Canvas", "free · {n}").format(n=grouped(memory.free))
        if memory.free < 0:  # Memory was taken away that is still in use.
            free = translate("Canvas", "free · 0, {n} too many in use").format(n=grouped(-memory.free))
        self.text(self.inner.left(), middle, self.inner.width(), free, 11, "dim")
        self.free_box = QRectF(self.inner.left(), top + style.px(22), self.inner.width(), style.px(14))
        self.paints.append(lambda painter: self._free(painter))
        below = self.free_box.bottom() + style.px(13)
        if memory.limit:
            note, colour = translate("Canvas", "no watermarks: whoever needs a page reclaims"), "dim"
        elif memory.kswapd:
            note, colour = translate("Canvas", "kswapd running"), "warning"
        else:
            note, colour = translate("Canvas", "kswapd sleeps"), "dim"
        end = self._mark_names(below) if not memory.limit else self.inner.left()
        taken = style.width(note, 10)
        if end + style.px(10) + taken > self.inner.right():
            below += style.px(14)
        self.text(self.inner.right() - taken, below, taken, note, 10, colour, right=True)
        terms = ("memory cgroup", "direct reclaim") if memory.limit else ("watermarks", "kswapd")
        self.hint(self.free_box.adjusted(0, -style.px(22), 0, style.px(30)), self._free_text, *terms)
        return top - style.px(4)

    def _free_text(self) -> str:
        memory = self.facts.memory
        free, frames = grouped(memory.free), grouped(memory.frames)
        if memory.limit:
            return translate("Canvas", "{free} of {frames} frames are left below the limit.").format(
                free=free, frames=frames
            )
        return translate(
            "Canvas",
            "{free} of {frames} frames are free.<br>"
            "Below low ({low}) kswapd wakes, above high ({high}) it sleeps;<br>"
            "a task that would go below min ({min}) must reclaim itself.",
        ).format(
            free=free, frames=frames, low=grouped(memory.low), high=grouped(memory.high), min=grouped(memory.minimum),
        )  # fmt: skip

    def _x_of(self, frames: int) -> float:
        memory = self.facts.memory
        full = memory.frames if memory.limit else max(1, memory.high * SCALE_OF_HIGH)
        return self.free_box.left() + self.free_box.width() * min(1.0, max(0.0, frames / full))

    def _marks(self) -> tuple[tuple[str, int, str], ...]:
        memory = self.facts.memory
        return ("min", memory.minimum, "danger"), ("low", memory.low, "warning"), ("high", memory.high, "dim")

    def _free(self, painter: QPainter) -> None:
        style, memory, box = self.style, self.facts.memory, self.free_box
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.theme.never))
        painter.drawRoundedRect(box, style.px(3), style.px(3))
        filled = QRectF(box.left(), box.top(), self._x_of(memory.free) - box.left(), box.height())
        low = not memory.limit and memory.free < memory.low
        if filled.width() > 0.5:
            painter.setBrush(QColor(style.theme.warning if low else style.theme.inactive))
            painter.drawRoundedRect(filled, style.px(3), style.px(3))
        if memory.limit:
            return
        for _, value, colour in self._marks():
            x = style.snap(self._x_of(value))
            painter.setPen(QPen(QColor(getattr(style.theme, colour)), style.px(1.4)))
            painter.drawLine(QPointF(x, box.top() - style.px(3)), QPointF(x, box.bottom() + style.px(3)))

    def _mark_names(self, y: float) -> float:
        """Name the marks below the bar; gives where the last name ends."""
        end = self.inner.left() - 100.0
        for name, value, _ in self._marks():
            text = f"{name} {grouped(value)}"
            width = self.style.width(text, 10)
            x = max(self.inner.left(), self._x_of(value) - width / 2)
            x = max(x, end + self.style.px(7))
            self.text(x, y, width + 1, text, 10, "dim")
            end = x + width
        return end

    def _parts(self) -> list[tuple[str, int, str]]:
        memory = self.facts.memory
        listed = memory.nr_active + memory.nr_inactive + memory.nr_locked
        in_hand = max(0, memory.resident - listed)
        given = listed + in_hand + memory.pool + memory.metadata + max(memory.free, 0)
        return [
            (translate("Canvas", "active"), memory.nr_active, "active"),
            (translate("Canvas", "inactive"), memory.nr_inactive, "inactive"),
            (translate("Canvas", "locked"), memory.nr_locked, "dim"),
            (translate("Canvas", "zswap pool"), memory.pool, "zswap"),
            (translate("Canvas", "metadata"), memory.metadata, "swapcache"),
            (translate("Canvas", "in hand"), in_hand, "warning"),
            (translate("Canvas", "other"), max(0, memory.frames - given), "raised_edge"),
            (translate("Canvas", "free"), max(memory.free, 0), "never"),
        ]  # fmt: skip

    def _shares(self, box: QRectF) -> None:
        style, memory = self.style, self.facts.memory
        self.paints.append(lambda painter: self._share_bar(painter, box))
        left, across = box.left() + style.px(10), box.width() - style.px(20)
        note = translate("Canvas", "{n} being written").format(n=grouped(memory.writing)) if memory.writing else ""
        short = translate("Canvas", "Frames")
        if style.width(note, 10) + style.width(short, 11, bold=True) + style.px(8) > across:
            note = ""
        room = across - style.width(note, 10) - style.px(8)
        title = self.fitting(room, 11, translate("Canvas", "Who has the frames"), short, bold=True)
        self.text(left, box.top() + style.px(18), room, title, 11, bold=True)
        self.text(left, box.top() + style.px(18), across, note, 10, "disk", right=True)
        self.hint(box, lambda: "<br>".join(f"{name}: {grouped(count)}" for name, count, _ in self._parts()), "frame")

    def _share_bar(self, painter: QPainter, box: QRectF) -> None:
        style = self.style
        style.card(painter, box)
        bar = QRectF(box.left() + style.px(10), box.top() + style.px(32), box.width() - style.px(20), style.px(12))
        parts = self._parts()
        total = max(1, sum(count for _, count, _ in parts))
        x = bar.left()
        if not any(count for _, count, colour in parts if colour != "never"):
            self._all_free(painter, bar)
            return
        with clipped(painter, bar, style.px(3)):
            for _, count, colour in parts:
                width = bar.width() * count / total
                painter.fillRect(QRectF(x, bar.top(), width, bar.height()), style.colour(colour))
                x += width
        if self._named:
            self._share_names(painter, box, [part for part in parts if part[1]])

    def _all_free(self, painter: QPainter, bar: QRectF) -> None:
        """Before the first page there is nothing to divide: the bar says so."""
        style = self.style
        box = bar.adjusted(0, -style.px(3), 0, style.px(5))
        if self._named:
            box.setHeight(style.px(40))
        text = translate("Canvas", "Nobody has one yet: all are free.")
        room = box.width() - 2 * style.px(10)
        self._empty(painter, box, self.fitting(room, 11, text, translate("Canvas", "All are free.")), False)

    def _share_names(self, painter: QPainter, box: QRectF, parts: list[tuple[str, int, str]]) -> None:
        style = self.style
        x, y, right = box.left() + style.px(10), box.top() + style.px(58), box.right() - style.px(8)
        for name, count, colour in parts:
            text = f"{name} {grouped(count)}"
            width = style.width(text, 10) + style.px(12)
            if x + width > right:
                x, y = box.left() + style.px(10), y + style.px(16)
                if y > box.bottom() - style.px(6):
                    return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(style.theme, colour)))
            painter.drawRoundedRect(QRectF(x, y - style.px(3.5), style.px(7), style.px(7)), 1.5, 1.5)
            style.text(painter, QRectF(x + style.px(11), y - style.px(8), width, style.px(16)), text, 10, "dim")
            x += width + style.px(9)


class MemoryWords(MemoryColumn):
    """The same with the flags of each frame, the heads and tails of the lists, and reclaim's counters."""

    in_words = True
    line_width = 94.0

    def _strips(self) -> list[Strip]:
        of = self.facts.scalar
        strips = super()._strips()
        if self.crowded or not self.facts.memory.ordered:
            return strips
        ends = ((im.ACTIVE, im.ACTIVE_TAIL), (im.INACTIVE, im.INACTIVE_TAIL))
        heads = [f"head {of(head)} … tail {of(tail)}  ▸" for head, tail in ends]
        found = [replace(strip, note=note, short="", hand=True) for strip, note in zip(strips[:2], heads, strict=True)]
        return [*found, *strips[2:]]

    def _charts(self) -> tuple[Chart, ...]:
        return ()

    def _counters(self) -> None:
        of = self.facts.scalar
        if self.crowded:
            return
        rows = [
            ("pgscan_kswapd", im.PGSCAN_KSWAPD), ("pgscan_direct", im.PGSCAN_DIRECT),
            ("pgsteal_kswapd", im.PGSTEAL_KSWAPD), ("pgsteal_direct", im.PGSTEAL_DIRECT),
            ("pgactivate", im.PGACTIVATE), ("pgdeactivate", im.PGDEACTIVATE), ("refault_anon", im.REFAULT_ANON),
            ("activate_anon", im.ACTIVATE_ANON), ("allocstall", im.ALLOCSTALL), ("nr_writeback", im.NR_WRITEBACK),
            ("nonresident_age", im.NONRESIDENT_AGE), ("free_frame", im.FREE_FRAME),
        ]  # fmt: skip
        figures = [(name, grouped(of(address))) for name, address in rows]
        top = self.tally(self.inner.bottom(), translate("Canvas", "Counters of reclaim"), figures)
        self.inner.setBottom(top - self.style.px(10))
