"""The column of backends: the zswap pool with its limits, then every swapfile as a map of its slots."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.bars import Bars, pool_ground
from app.canvas.cells import Field
from app.canvas.column import EXTRA_GAP, Column, Extra
from app.canvas.facts import SwapFile
from app.canvas.invitation import Invitation
from app.canvas.levels import Level, grown, levels
from app.canvas.sprites import PAGE, SLOT
from app.canvas.style import CENTRE, clipped
from app.canvas.versus import Versus
from app.canvas.waiting import HEAD as HEAD_OF_QUEUE
from app.canvas.waiting import ROW, Waiting
from app.canvas.words import translate
from app.moment import Thing
from engine.mm.layout import CLUSTER_SLOTS
from engine.naming import grouped
from engine.reading import Leaving, SlotState

POOL_SHARE, SHORT_POOL = 0.36, 54
HEADROOM = 1.16
"""The pool's box reaches this many times its limit."""
LARGEST_SLOT = 24
GOOD_SLOT = 12
HEAD, GAP, UNDER = 24, 12, 14
POOL_OFF, GAUGE = 54, 6
NAME_OF_LINE = 16
"""Height of what is written at a limit's line."""
POOL_AROUND, WASTED = 54, 24
"""Pixels of the pool's heading and of the line under it, and of the last line of the column."""
POOL_MORE, POOL_ALONE = 0.12, 0.34
"""The pool's box grows by at most this share of the column, with a swapfile below it and without."""
CROWDED_ROW = 26
"""Height of a row of bars that stand for several entries each."""
FEW_BARS = 24
USUAL_RATIO = 2.3
"""Entries a pool page is taken to hold."""


class Backends(Column):
    """Where the bytes of swapped pages are."""

    ABOUT: ClassVar[tuple[str, ...]] = ("backend", "zswap", "slot")

    largest_slot = LARGEST_SLOT
    widest_bar, high_bar = 16, 44
    """Pixels of the largest bar of a zswap entry."""
    queue_rows = 4
    """Requests under way that are shown."""
    headed = True
    """The pool has a heading of its own."""
    inviting = True
    """Where nobody compares, a card offers to."""
    off_height: float = POOL_OFF
    """Pixels of what stands there while there is no zswap."""
    pool_share = POOL_SHARE
    """Share of the column that the pool takes."""

    def lay_out(self) -> None:
        self.title, self.name = translate("Canvas", "SWAP BACKENDS"), translate("Canvas", "Swap backends")
        room = self.inner.height()
        pool = self._pool_height()
        cards = self._cards()
        around = self.style.px(HEAD + 6 if self.short else POOL_AROUND + WASTED)
        heights = self._room_of_disk(room - pool - around, cards)
        # What is left over makes the pool higher.
        more = room - pool - around - self._slots_need - sum(heights) - self.style.px(EXTRA_GAP) * len(heights)
        more = 0.0 if self._off else max(0.0, min(more, room * (POOL_MORE if self._files() else POOL_ALONE)))
        self._disk(self._pool(self.inner.top(), pool + more), heights)

    def _pool_height(self) -> float:
        if self._off:
            return self.style.px(self.off_height)
        return max(self.style.px(SHORT_POOL if self.short else 96), self.inner.height() * self.pool_share)

    @property
    def _off(self) -> bool:
        """There is no zswap, and nothing left in it."""
        return not self.facts.pool.enabled and not self.facts.pool.stored

    def _files(self) -> list[SwapFile]:
        return [file for file in self.facts.swapfiles if file.slots]

    def _cards(self) -> list[tuple[Extra, Callable[[QRectF], None]]]:
        """Cards below the swapfiles, the most telling first."""
        found: list[tuple[Extra, Callable[[QRectF], None]]] = []
        if self.short:
            return found
        versus = self.run.versus
        if isinstance(versus, Versus) and versus.pairs:
            found.append((Extra(versus.height, versus.height), lambda box: self._versus(versus, box)))
        # They keep their room while there are none, so that slots do not change their size with each request.
        if self.queue_rows and self._files() and (self.run.writes or self.facts.queue.total):
            least, most = (HEAD_OF_QUEUE + ROW * rows for rows in (2, self.queue_rows))
            found.append((Extra(least, most), self._queue))
        if isinstance(versus, Invitation) and self.inviting:
            found.append((Extra(versus.height, versus.height), lambda box: self._invite(versus, box)))
        return found

    def _queue(self, box: QRectF) -> None:
        Waiting(self.facts, self).lay_out(box)

    def _invite(self, invitation: Invitation, box: QRectF) -> None:
        self.invitation_box = box
        self.paints.append(lambda painter: invitation.paint(painter, box, self.style))
        self.hint(box, invitation.tip)

    def _versus(self, versus: Versus, box: QRectF) -> None:
        self.paints.append(lambda painter: versus.paint(painter, box, self.style))
        self.hint(box, versus.tip)

    def _room_of_disk(self, high: float, cards: list[tuple[Extra, Callable[[QRectF], None]]]) -> list[float]:
        """Choose how large slots are in ``high`` pixels for swapfiles and cards; gives the cards' heights."""
        files, width = self._files(), int(self.inner.width() * self.style.ratio)
        self._lines = {file.kind: self._under(file) for file in files}
        choices = levels(width, self.largest(self.largest_slot), 4)
        extras = [extra for extra, _ in cards]
        self._slot_level, heights = self.fit(choices, lambda level: self._height(files, level), high, width, GOOD_SLOT,
                                             extras)  # fmt: skip
        self._slots_need = self._height(files, self._slot_level) if files else self.style.px(HEAD + 64)
        return heights

    def _disk(self, y: float, heights: list[float]) -> None:
        """The swapfiles from ``y`` on, below them cards, last the slots that are wasted."""
        if self.short:
            self._swapfiles(y, self.inner.bottom())
            return
        foot = self.inner.bottom() - self.style.px(WASTED)
        self._wasted(foot + self.style.px(12))
        for (_, lay_out), high in reversed(list(zip(self._cards(), heights, strict=False))):
            lay_out(QRectF(self.inner.left(), foot - high, self.inner.width(), high))
            foot -= high + self.style.px(EXTRA_GAP)
        self._swapfiles(y, foot)

    # -- zswap -----------------------------------------------------------------------------------

    def _pool(self, y: float, high: float) -> float:
        """The pool, ``high`` pixels of it from ``y`` on; gives where it ends."""
        pool, style = self.facts.pool, self.style
        entries = translate("Canvas", "{n} entries in {pages} pages").format(
            n=grouped(pool.stored), pages=grouped(pool.pages)
        )
        figures = ["lz4", pool.allocator, entries]
        if pool.stored_bytes:
            figures.append(f"{pool.stored * 4096 / pool.stored_bytes:.2f}×")
        if self._off:
            figures = [translate("Canvas", "off")]
        if self.headed:
            self.heading(y + style.px(8), translate("Canvas", "zswap pool"), figures, last_first=True,
                         terms=("zswap", "zsmalloc"))  # fmt: skip
            y += style.px(HEAD)
        box = QRectF(self.inner.left(), y, self.inner.width(), high)
        if self._off:
            box.setHeight(style.px(self.off_height))
            self.empty(
                box, translate("Canvas", "zswap is off: every page that leaves memory goes straight to a swapfile.")
            )
            return box.bottom() + style.px(GAP)
        self.pool_box = box
        self.paints.append(lambda painter: self._tank(painter, box))
        if len(pool.entries):
            self._bars(box)
        else:
            text = translate("Canvas", "Compressed pages are kept here.")
            side, named = style.px(12), self._level_y(box, pool.accept) + style.px(NAME_OF_LINE)
            inside = QRectF(box.left() + side, named, box.width() - 2 * side, box.bottom() - style.px(4) - named)
            if self.holds(inside, text):
                self.paints.append(partial(self.wrapped, inside, text, Qt.AlignmentFlag.AlignBottom))
        self.hint(box, self._pool_text, "pool", "hysteresis")
        if self.short:
            return box.bottom() + style.px(6)
        below = box.bottom() + style.px(12)
        cold, hot = translate("Canvas", "◂ cold end: next to be written back"), translate("Canvas", "hot end ▸")
        if len(pool.entries) < pool.stored:
            cold = translate("Canvas", "◂ cold end · the coldest {n} of {all}").format(n=grouped(len(pool.entries)),
                             all=grouped(pool.stored))  # fmt: skip
        room = box.width() - style.width(hot, 10) - style.px(8)
        cold = self.fitting(room, 10, cold, translate("Canvas", "◂ cold end"))
        self.text(box.left(), below, box.width() * 0.8, cold, 10, "dim")
        self.text(box.left() + box.width() * 0.6, below, box.width() * 0.4, hot, 10, "dim", right=True)
        self.hint(QRectF(box.left(), box.bottom(), box.width(), style.px(24)), "", "writeback (from zswap)",
                  "shrink worker")  # fmt: skip
        return below + style.px(18)

    def _pool_text(self) -> str:
        pool = self.facts.pool
        text = translate(
            "Canvas",
            "{pages} pages of memory hold {stored} pages ({bytes} B).<br>"
            "Limit {limit} pages, takes pages again below {accept}.",
        ).format(
            pages=grouped(pool.pages), stored=grouped(pool.stored), bytes=grouped(pool.stored_bytes),
            limit=grouped(pool.limit), accept=grouped(pool.accept),
        )  # fmt: skip
        if pool.refusing:
            text += " " + translate("Canvas", "It was full and takes nothing until it is below the acceptance line.")
        shape = self.facts.pool_shape
        if shape.classes:
            holes = translate("Canvas", "{n} places for objects are empty: holes that the pool pays for.")
            text += "<br>" + holes.format(n=grouped(shape.holes))
        return text

    def _level_y(self, box: QRectF, pages: float) -> float:
        full = max(1.0, self.facts.pool.limit * HEADROOM)
        return box.bottom() - box.height() * min(1.0, pages / full)

    def _bars(self, box: QRectF) -> None:
        pool, style = self.facts.pool, self.style
        pad = style.px(10)
        width = int((box.width() - 2 * pad) * style.ratio)
        level = self._bar_level(box, width)
        size = level.rows(len(pool.entries)) * level.pitch_y / style.ratio
        origin = QPointF(style.snap(box.left() + pad), style.snap(box.bottom() - style.px(4) - size))
        self.bars = Bars(
            Thing.ZSWAP, 0, PAGE, pool.lengths, level, origin, style.ratio, numbers=pool.entries, lengths=pool.lengths,
            fresh=pool.fresh, rolls=False, names=pool.names,
        )  # fmt: skip
        self.fields.append(self.bars)

    def _bar_level(self, box: QRectF, width: int) -> Level:
        """Rows and columns such that a pool at its limit fills the box up to the line of the limit."""
        pool, style = self.facts.pool, self.style
        most = self.run.most_stored or max(1, int(pool.limit * USUAL_RATIO))
        capacity = grown(max(FEW_BARS, most), len(pool.entries))
        room = (box.bottom() - style.px(4) - self._level_y(box, pool.limit)) * style.ratio
        for pitch in range(self.widest_bar, 2, -1):
            device = max(1, round(style.px(pitch) * style.ratio))
            rows = math.ceil(capacity / max(1, width // device))
            high = int(room / rows)
            if high >= min(3.2 * device, style.px(self.high_bar) * style.ratio):
                return Level(
                    width // device, device, height=min(high, round(style.px(self.high_bar * 1.2) * style.ratio))
                )
        # Too many to tell apart: bars of several entries each, as high as their mean.
        pitch, rows = max(2, round(2 * style.ratio)), max(1, int(room // (style.px(CROWDED_ROW) * style.ratio)))
        per = math.ceil(capacity / max(1, rows * (width // pitch)))
        return Level(width // pitch, pitch, per, int(room / rows))

    def _tank(self, painter: QPainter, box: QRectF) -> None:
        """The pool as a tank with a gauge at its edge that stands at the pages of memory it takes."""
        pool, style, theme = self.facts.pool, self.style, self.style.theme
        radius, wide = style.px(7), style.px(GAUGE)
        style.card(painter, box, pool_ground(style), "", radius=7)
        level = self._level_y(box, pool.pages)
        gauge = QRectF(box.right() - wide, box.top(), wide, box.height())
        with clipped(painter, box, radius):
            painter.fillRect(gauge, style.colour("never"))
            painter.fillRect(gauge.adjusted(0, level - box.top(), 0, 0), theme.colour("zswap", 0.85))
        style.card(painter, box, "", "danger" if pool.refusing else "zswap", radius=7, width=1.4)

    def _limit_names(self) -> tuple[str, ...]:
        pool = self.facts.pool
        short = translate("Canvas", "limit {n}").format(n=grouped(pool.limit))
        pages = translate("Canvas", "{n} pages").format(n=grouped(pool.limit))
        return (f"max_pool_percent {pool.percent} · {pages}", short) if pool.percent else (short,)

    def _limit(self, painter: QPainter, box: QRectF, pages: int, colour: str, *texts: str) -> None:
        """A line across the tank with the first of the texts that fits."""
        style = self.style
        text = self.fitting(box.width() - style.px(20 + GAUGE), 10, *texts)
        y = style.snap(self._level_y(box, pages)) + 0.5 / style.ratio
        pen = QPen(style.theme.colour(colour, 0.9), style.px(1.1), Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.left() + 1, y), QPointF(box.right() - 1, y))
        box = box.adjusted(0, 0, -style.px(GAUGE), 0)
        above = colour == "danger"
        label = QRectF(
            box.left() + style.px(10), y - style.px(NAME_OF_LINE if above else 0), box.width() - style.px(20),
            style.px(NAME_OF_LINE),
        )
        if not box.contains(label.center()) or label.top() < box.top() - style.px(2):
            return  # in so low a tank the lines are enough
        width = min(style.width(text, 10), label.width())
        back = QRectF(label.right() - width - style.px(3), label.top() + 1.5, width + style.px(6), label.height() - 2)
        painter.fillRect(back, QColor(pool_ground(style)))
        style.text(painter, label, text, 10, colour, align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    # -- swapfiles ---------------------------------------------------------------------------------

    def _swapfiles(self, y: float, foot: float) -> None:
        style, files = self.style, self._files()
        if not files:
            box = QRectF(self.inner.left(), y, self.inner.width(), min(style.px(64), foot - y))
            self.heading(y + style.px(8), translate("Canvas", "swapfile"), [translate("Canvas", "none")])
            box.moveTop(y + style.px(HEAD))
            self.empty(box, translate("Canvas", "No swapfile: pages that zswap refuses must stay in memory."))
            return
        level = self._slot_level
        self.height_needed = self.inner.height() + max(0.0, self._height(files, level) - (foot - y))
        with self.rolling(QRectF(self.inner.left(), y, self.inner.width(), foot - y)):
            y = style.snap(y - self.look.scroll)
            for file in files:
                y = self._swapfile(file, level, y)

    def _height(self, files: list[SwapFile], level: Level) -> float:
        cells = sum(level.rows(len(file.marks)) * level.pitch_y for file in files)
        heads = sum(self._head(file) + self.style.px(GAP) for file in files)
        return heads + cells / self.style.ratio

    def _head(self, file: SwapFile) -> float:
        """Height of a swapfile's heading, with a line for each of its further lines."""
        return self.style.px(HEAD + UNDER * len(self._lines[file.kind]))

    def _figures(self, file: SwapFile) -> list[str]:
        """What a swapfile's heading says at the right."""
        priority = f"prio {file.priority}".replace("-", "−")
        slots = translate("Canvas", "{n} / {all} slots").format(n=grouped(file.used), all=grouped(file.slots))
        return [slots, priority, file.device]

    def _under(self, file: SwapFile) -> list[str]:
        """Lines under a swapfile's heading."""
        return []

    def _swapfile(self, file: SwapFile, level: Level, y: float) -> float:
        style = self.style
        figures = self._figures(file) if file.on else [translate("Canvas", "not in use")]
        self.heading(y + style.px(8), file.name, figures)
        for line, under in enumerate(self._lines[file.kind]):
            at = y + style.px(HEAD + UNDER * line + 1)
            under = self.parts(self.inner.width(), 9.5, under, mono=True)
            self.text(self.inner.left(), at, self.inner.width(), under, 9.5, "dim", mono=True)
        origin = QPointF(style.snap(self.inner.left()), style.snap(y + self._head(file)))
        field = Field(Thing.SLOT, file.kind, SLOT, file.marks, level, origin, style.ratio, gap=2)
        self.fields.append(field)
        if field.shapes and field.count > CLUSTER_SLOTS:
            self.marks.append(lambda painter: self._cluster_marks(painter, field))
        if field.shapes and file.next:
            self.marks.append(lambda painter: self._next_mark(painter, field, file))
        box = QRectF(self.inner.left(), y, self.inner.width(), style.px(HEAD))
        self.hint(box, partial(_about, file), "slot", "cluster", "priority (of a swapfile)")
        return y + self._head(file) + style.px(GAP) + field.size[1]

    def _cluster_marks(self, painter: QPainter, field: Field) -> None:
        painter.setPen(QPen(self.style.theme.colour("dim", 0.8), max(1.0, self.style.px(1))))
        half = field.device_gap / field.ratio / 2
        left, right = field.box.left() - half, field.box.right() - half
        for first in range(CLUSTER_SLOTS, field.count, CLUSTER_SLOTS):
            rect = field.rect(first)
            if not self.shows(painter, rect):
                continue
            x, top, bottom = rect.left() - half, rect.top() - half, rect.bottom() + half
            # Along the row's upper edge from the first slot on, and under what is before it in the row.
            painter.drawLine(QPointF(x, top), QPointF(right, top))
            if first % field.level.columns:
                painter.drawLine(QPointF(x, top), QPointF(x, bottom))
                painter.drawLine(QPointF(left, bottom), QPointF(x, bottom))

    def _next_mark(self, painter: QPainter, field: Field, file: SwapFile) -> None:
        """A small arrow over the slot that is tried next in the current cluster."""
        if not 0 < file.next < field.count:
            return
        rect, size = field.rect(file.next), self.style.px(3.5)
        if not self.shows(painter, rect):
            return
        tip = QPointF(rect.center().x(), rect.top() + 0.5)
        path = QPainterPath(tip)
        path.lineTo(tip + QPointF(-size, -size))
        path.lineTo(tip + QPointF(size, -size))
        path.closeSubpath()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.style.theme.warning))
        painter.drawPath(path)

    def slots_box(self, leaving: Leaving) -> QRectF:
        """The row of slots that a page on its way out would be written to; empty where none is in sight."""
        for field in self.fields:
            if field.thing is Thing.SLOT and field.owner == leaving.kind and not field.echo and field.count:
                slot = field.rect(min(leaving.offset, field.count - 1))
                row = QRectF(field.box.left(), slot.top(), field.box.width(), slot.height())
                return row if self.window.contains(row.center()) else QRectF()
        return QRectF()

    def window_boxes(self) -> list[QRectF]:
        """Outlines of the last readahead window, one for each row of slots it touches."""
        kind, first, pages = self.facts.window
        boxes: dict[float, QRectF] = {}
        for field in self.fields:
            if field.thing is Thing.SLOT and field.owner == kind and field.shapes:
                for offset in range(first, min(first + pages, field.count)):
                    rect = field.rect(offset)
                    boxes[rect.top()] = boxes.get(rect.top(), rect).united(rect)
        grow = self.style.px(2)
        return [box.adjusted(-grow, -grow, grow, grow) for box in boxes.values()]

    def paint(self, painter: QPainter) -> None:
        super().paint(painter)
        if not self.pool_box.isEmpty():
            pool = self.facts.pool
            self._limit(painter, self.pool_box, pool.limit, "danger", *self._limit_names())
            accept = translate("Canvas", "accept below {percent} % · {n}").format(percent=pool.accept_percent,
                               n=grouped(pool.accept))  # fmt: skip
            short = translate("Canvas", "accept {n}").format(n=grouped(pool.accept))
            self._limit(painter, self.pool_box, pool.accept, "zswap", accept, short)
        boxes = self.window_boxes()
        if boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.style.theme.text), self.style.px(1.3)))
            for box in boxes:
                painter.drawRoundedRect(box, self.style.px(3), self.style.px(3))
            self._name_window(painter, boxes[-1])

    def _name_window(self, painter: QPainter, box: QRectF) -> None:
        """Say what the outline is, under its last row."""
        style = self.style
        text = translate("Canvas", "readahead window {n}").format(n=grouped(self.facts.window[2]))
        wide, high = style.width(text, 10) + style.px(8), style.px(15)
        left = min(max(self.inner.left(), box.center().x() - wide / 2), self.inner.right() - wide)
        label = QRectF(left, box.bottom() + style.px(2), wide, high)
        if self.window.contains(label.center()):
            style.card(painter, label, "panel", "", radius=3, fill_alpha=0.85)
            style.text(painter, label, text, 10, align=CENTRE)

    def _wasted(self, y: float) -> None:
        """How many slots pages in zswap hold, and how many they would hold in the other design."""
        held = sum(file.count(SlotState.HELD) for file in self.facts.swapfiles)
        stored, style = self.facts.pool.stored, self.style
        if not self.facts.swapfiles and not self.facts.names.described:
            return
        other = translate("Canvas", "today: {n}").format(n=grouped(stored))
        if not self.facts.names.described:
            other = translate("Canvas", "with descriptors: 0")
        width = style.width(other, 11)
        colour = "warning" if held else "accent"
        room = self.inner.width() - width - style.px(8)
        text = self.fitting(
            room, 11, translate("Canvas", "{n} slots held by pages that are in zswap").format(n=grouped(held)),
            translate("Canvas", "{n} slots held for zswap").format(n=grouped(held)),
            translate("Canvas", "{n} slots held").format(n=grouped(held)),
        )  # fmt: skip
        alone = style.width(text, 11) > room
        self.text(self.inner.left(), y, self.inner.width() if alone else room, text, 11, colour)
        if not alone:
            self.text(self.inner.right() - width, y, width, other, 11, "dim", right=True)
        self.hint(QRectF(self.inner.left(), y - 8, self.inner.width(), 16), translate(
            "Canvas",
            "In today's design a page in zswap keeps a slot that holds nothing; with a descriptor it needs none.",
        ), "slot")  # fmt: skip


def _about(file: SwapFile) -> str:
    """How much of a swapfile is in use, and for what."""
    held, bad = file.count(SlotState.HELD), file.count(SlotState.BAD)
    text = translate("Canvas", "{n} of {all} slots in use").format(n=grouped(file.used), all=grouped(file.slots))
    if held:
        text += translate("Canvas", ", {n} of them by pages that are in zswap").format(n=grouped(held))
    clusters = translate("Canvas", "{n} clusters of {size}, {used} of them in use").format(
        n=math.ceil(len(file.marks) / CLUSTER_SLOTS), size=CLUSTER_SLOTS, used=int((file.clusters > 0).sum())
    )
    if bad:
        clusters += "<br>" + translate("Canvas", "{n} bad slots").format(n=grouped(bad))
    return f"<b>{file.name}</b>, {file.device}<br>{text}<br>{clusters}"
