"""The device queue: requests under way as bars as long as the time until they complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from app.canvas.cells import Field
from app.canvas.facts import Facts
from app.canvas.levels import Level
from app.canvas.queues import HELD
from app.canvas.sprites import FRAME
from app.canvas.style import RIGHT
from app.canvas.words import translate
from app.moment import Thing
from engine.naming import grouped
from engine.reading import offset_of, type_of

if TYPE_CHECKING:
    from app.canvas.column import Column

ROW, HEAD = 17, 32
"""Pixels of a request and of the heading."""


class Waiting:
    """Lays the queue out at the bottom of a column."""

    def __init__(self, facts: Facts, column: Column) -> None:
        self.queue, self.facts, self.column = facts.queue, facts, column
        self.rows = 0

    def lay_out(self, box: QRectF) -> None:
        """A card in ``box``, with as many requests as it has room for."""
        column, style = self.column, self.column.style
        self.rows = min(int((box.height() - style.px(HEAD)) // style.px(ROW)), len(self.queue.frames))
        column.paints.append(lambda painter: self._paint(painter, box))
        side = int(style.px(ROW - 4) * style.ratio)
        origin = QPointF(style.snap(box.left() + style.px(8)), style.snap(box.top() + style.px(HEAD - 4)))
        frames = self.queue.frames[: self.rows]
        marks = self.facts.memory.marks
        known = np.where(frames < len(marks), frames, 0)
        column.fields.append(Field(
            Thing.FRAME, 0, FRAME, marks[known], Level(1, side, height=int(style.px(ROW) * style.ratio)), origin,
            style.ratio, numbers=frames, rolls=False, echo=True,
        ))  # fmt: skip
        column.hint(box, translate(
            "Canvas", "Pages on their way to a device, the one that is done first above. Until then their frames are "
            "not free. What is plugged is held back, to be handed to the device together with what follows.",
        ))  # fmt: skip

    def _paint(self, painter: QPainter, box: QRectF) -> None:
        style, queue = self.column.style, self.queue
        style.card(painter, box)
        head = QRectF(box.left() + style.px(8), box.top() + style.px(4), box.width() - style.px(16), style.px(18))
        count = grouped(queue.total)
        title = self.column.fitting(
            head.width(), 11, translate("Canvas", "Requests under way · {n}").format(n=count),
            translate("Canvas", "Requests · {n}").format(n=count), bold=True,
        )  # fmt: skip
        used = style.text(painter, head, title, 11, bold=True)
        note = translate("Canvas", "until done") if self.rows else ""
        if not self.rows:
            style.text(painter, head.translated(0, style.px(HEAD - 8)), translate("Canvas", "No page is on its way."),
                       10, "dim")  # fmt: skip
        if head.width() - used > style.width(note, 10) + style.px(8):
            style.text(painter, head, note, 10, "dim", align=RIGHT)
        longest = max(1, int(queue.left_ns[: self.rows].max(initial=1)))
        taken, names = style.px(58), style.px(78)
        # In a narrow column the time gives way to the slot.
        timed = box.width() - style.px(22 + ROW) >= names + taken
        for row in range(self.rows):
            y = box.top() + style.px(HEAD - 4 + ROW * row)
            slot = int(queue.slots[row])
            name = f"→ {_slot_name(slot)}"
            left = box.left() + style.px(8 + ROW)
            right, left_ns = box.right() - style.px(8), int(queue.left_ns[row])
            label = QRectF(left, y, min(names, right - left), style.px(ROW - 4))
            style.text(painter, label, name, 9.5, "dim", mono=True)
            if not timed:
                continue
            time = f"{left_ns / 1000:.1f} µs" if left_ns else translate("Canvas", "due")
            if left_ns == HELD:
                time = translate("Canvas", "plugged")
            style.text(painter, QRectF(right - taken, y, taken, style.px(ROW - 4)), time, 9.5, "text", mono=True,
                       align=RIGHT)  # fmt: skip
            room = right - taken - style.px(6) - label.right()
            if room > 4 and left_ns != HELD:
                bar = QRectF(label.right(), y + style.px(3), max(2.0, room * left_ns / longest), style.px(7))
                painter.fillRect(bar, QColor(style.theme.disk))


def _slot_name(slot: int) -> str:
    kind = type_of(slot)
    offset = grouped(offset_of(slot))
    return f"swap{kind} {offset}" if kind else translate("Canvas", "slot {n}").format(n=offset)
