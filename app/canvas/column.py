"""What the columns have in common: a card with a title, fields of cells, texts, cards and scroll.

A column is made anew for every moment, size, scroll and zoom, from :class:`app.canvas.facts.Facts`
alone; it never looks at the image. Where things are in it is asked of :class:`app.canvas.places.Places`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.canvas.bars import Bars
from app.canvas.cells import Field
from app.canvas.facts import Facts
from app.canvas.levels import Level, closer, first_fitting, line
from app.canvas.minimap import Minimap
from app.canvas.places import Hint, Places, Viewpoint
from app.canvas.run import NO_RUN, Run
from app.canvas.style import LEFT, RIGHT, Style, clipped, keeps_lines

Paint = Callable[[QPainter], None]
MOST_WINDOWS = 8
"""Lines of words are chosen while they are at most so many times the height of the column."""
TALLY_HEAD, TALLY_LINE = 26, 14
"""Pixels of the heading of a card of counters and of its lines."""
MOST_TALLIED = 8
"""Counters one below the other, where there is no room for them side by side."""
LOW = 380
"""Pixels of a column below which it has no room for counters."""
SHORT = 292
"""Pixels of a column below which it shows its cells alone: machines side by side in a small window."""
USUAL_HEIGHT = 600
"""Pixels of a column at which cells have their usual size at most."""
EXTRA_GAP = 10
"""Pixels above a card."""
WORDS_SHARE = 0.62
"""Of a column's height, lines of words keep at least so much."""


@dataclass(frozen=True)
class Extra:
    """A card that is there only where the cells leave room for it; pixels at normal type size."""

    least: float
    most: float
    """What is left over makes it higher, up to this."""


@dataclass
class Column(Places):
    """One column, laid out; see the module."""

    facts: Facts
    box: QRectF
    style: Style
    look: Viewpoint = field(default_factory=Viewpoint)
    run: Run = NO_RUN
    """What is known of the whole run."""

    title = ""
    ABOUT: ClassVar[tuple[str, ...]] = ()
    """Words of the glossary that the column is about."""
    name = ""
    """Plain name for screen readers."""
    in_words = False
    """Cells are lines of words, where that is at most a few windows of them."""
    line_width = 78.0
    """Pixels that such a line needs."""
    bars: Bars | None = None
    """The bars of zswap entries, in the column that has them."""

    def __post_init__(self) -> None:
        pad = self.style.px(14)
        self.fields: list[Field] = []
        self.fixed: list[Paint] = []
        self.rolled: list[Paint] = []
        self.marks: list[Paint] = []
        """What is drawn over the cells, scrolled with them."""
        self.paints = self.fixed
        """Where what is laid out now is drawn: what stays, or what is scrolled and cut off at ``window``."""
        self.hints: list[Hint] = []
        self.inner = self.box.adjusted(pad, self.style.px(40), -pad, -self.style.px(12))
        self.height_needed = self.inner.height()
        self.note = ""
        self.terms = self.ABOUT
        self.said: list[str] = []
        """What the headings say, for screen readers."""
        self.window = self.clip
        """The part of the column in which fields are scrolled."""
        self.zooms = (0, 0)
        """Least and most zoom that make a difference."""
        self.free_box, self.pool_box = QRectF(), QRectF()
        """Where free frames and the pool are, in the columns that have them."""
        self.tail_box = QRectF()
        """The frame that reclaim looks at next, in the column of memory."""
        self.invitation_box = QRectF()
        """A click there begins a comparison."""
        self.lay_out()
        zoom = min(max(self.look.zoom, self.zooms[0]), self.zooms[1])
        self.look = Viewpoint(zoom, min(self.look.scroll, self.most_scroll))
        for found in self.fields:
            found.view = self.facts.view

    def lay_out(self) -> None:
        """Fill ``fields``, ``paints`` and ``hints`` in ``inner``; ``top`` says where content begins."""
        raise NotImplementedError

    @property
    def short(self) -> bool:
        """Whether there is room for the cells alone."""
        return self.box.height() < self.style.px(SHORT)

    @property
    def top(self) -> float:
        """Where content begins, scrolled."""
        return self.style.snap(self.inner.top() - self.look.scroll)

    def choose(self, choices: Sequence[Level], room: Callable[[Level], float], height: float, width: int) -> Level:
        """The level for the zoom now chosen, and note how far it goes either way.

        ``choices`` finest first; by itself the finest that fits into ``height``. Past the finest the
        cells become cards, until one fills the ``width`` (device pixels).
        """
        unit = self.style.scale * self.style.ratio
        whole = [*closer(width, unit, choices[0].pitch), *choices]
        start = first_fitting(choices, room, height) + len(whole) - len(choices)
        fits = start
        if self.in_words:
            short = line(width, unit, self.line_width)
            if room(short) <= height * MOST_WINDOWS:
                small = short.pitch * short.pitch_y
                start = next((i for i, one in enumerate(whole) if one.pitch * one.pitch_y <= small), len(whole))
                whole.insert(start, short)
                fits = max(start, fits + 1)
        self.zooms = (start - fits, start)
        return whole[min(max(0, start - self.look.zoom), fits)]

    def fit(
        self, choices: Sequence[Level], room: Callable[[Level], float], height: float, width: int, good: float,
        extras: Sequence[Extra],
    ) -> tuple[Level, list[float]]:  # fmt: skip
        """The level of the cells, and the heights of the first ``extras`` that find room beside them.

        A card is let in while cells of ``good`` pixels still fit beside it, or none that could be larger anyway. Then
        the cells take what they can, and the cards the rest. Heights are logical pixels and end with a gap.
        """
        px, gap = self.style.px, self.style.px(EXTRA_GAP)
        room = lru_cache(maxsize=None)(room)
        best = choices[first_fitting(choices, room, height)]
        device = px(good) * self.style.ratio
        if best.pitch > device:
            best = next((level for level in choices if level.pitch <= device), best)
        # Lines of words are scrolled anyway.
        needed = height * WORDS_SHARE if self.in_words else room(best)
        there: list[Extra] = []
        taken = 0.0
        for extra in extras:
            if needed + taken + px(extra.least) + gap > height:
                break
            there.append(extra)
            taken += px(extra.least) + gap
        level = self.choose(choices, room, height - taken, width)
        left, heights = max(0.0, height - taken - room(level)), []
        for place, extra in enumerate(there):
            more = min(px(extra.most - extra.least), left / (len(there) - place))
            heights.append(px(extra.least) + more)
            left -= more
        return level, heights

    @contextmanager
    def rolling(self, window: QRectF) -> Iterator[None]:
        """What is laid out inside is scrolled, and cut off outside ``window``."""
        margin = self.style.px(4)
        self.window = window.adjusted(-margin, -margin, margin, 0)
        self.paints = self.rolled
        try:
            yield
        finally:
            self.paints = self.fixed

    # -- building --------------------------------------------------------------------------------

    def text(self, x: float, y: float, width: float, text: str, size: float = 11, colour: str = "text",
             bold: bool = False, mono: bool = False, right: bool = False) -> None:  # fmt: skip
        """One line whose middle is at ``y``."""
        half = self.style.px(max(9.0, size * 0.75))
        box = QRectF(x, y - half, width, 2 * half)
        align = RIGHT if right else LEFT
        draw = self._text if self.paints is self.fixed else self._rolled_text
        self.paints.append(partial(draw, box, text, size, colour, bold, mono, align))

    def _text(self, box: QRectF, text: str, size: float, colour: str, bold: bool, mono: bool, align: Qt.AlignmentFlag,
              painter: QPainter) -> None:  # fmt: skip
        self.style.text(painter, box, text, size, colour, bold, mono, align)

    def _rolled_text(self, box: QRectF, text: str, size: float, colour: str, bold: bool, mono: bool,
                     align: Qt.AlignmentFlag, painter: QPainter) -> None:  # fmt: skip
        if self.shows(painter, box):
            self.style.text(painter, box, text, size, colour, bold, mono, align)

    def heading(
        self, y: float, name: str, figures: list[str], colour: str = "text", last_first: bool = False,
        terms: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """A line with a bold name at the left and figures at the right, and the words of the glossary it is about.

        Where there is too little room the last figures are left out, or the first if ``last_first``.
        """
        style, across = self.style, self.inner.width()
        self.said.append(f"{name}: {', '.join(figures)}")
        # What stands in brackets after a name is the first that can be spared.
        name = self.fitting(across, 12, name, name.split(" (")[0], bold=True)
        room = across - min(style.width(name, 12, bold=True), across) - style.px(10)
        while figures and style.width(" · ".join(figures), 11) > room:
            figures = figures[1:] if last_first else figures[:-1]
        right = " · ".join(figures)
        taken = style.width(right, 11)
        self.text(self.inner.left(), y, across - taken - style.px(8), name, 12, colour, bold=True)
        self.text(self.inner.right() - taken, y, taken, right, 11, "dim", right=True)
        if terms:
            half = style.px(9)
            self.hint(QRectF(self.inner.left(), y - half, across, 2 * half), "", *terms)

    def largest(self, size: float) -> float:
        """Device pixels of the largest cell: ``size`` pixels, and more in a high window, for a room."""
        roomy = min(1.6, max(1.0, self.box.height() / self.style.px(USUAL_HEIGHT)))
        return self.style.px(size * roomy) * self.style.ratio

    def fitting(self, width: float, size: float, *texts: str, bold: bool = False, mono: bool = False) -> str:
        """The first of the texts that fits into ``width``, or the last."""
        return next((text for text in texts if self.style.width(text, size, bold, mono) <= width), texts[-1])

    def parts(self, width: float, size: float, text: str, between: str = " · ", mono: bool = False) -> str:
        """A text of parts beside each other, without the last ones for which there is no room; one always stays."""
        kept = text.split(between)
        while len(kept) > 1 and self.style.width(between.join(kept), size, mono=mono) > width:
            kept.pop()
        return between.join(kept)

    def hint(self, box: QRectF, text: str | Callable[[], str], *terms: str) -> None:
        """Let a part explain itself, and the words of the glossary that stand there, when the pointer rests on it."""
        self.hints.append(Hint(box, text, terms, self.paints is self.rolled))

    def tally(self, bottom: float, title: str, rows: list[tuple[str, str]], columns: int = 2) -> float:
        """A card of kernel names and their values that ends at ``bottom``; gives where it begins.

        In a low column the first ones are enough, or none: what it counts needs the room.
        """
        style = self.style
        if self.inner.height() < style.px(LOW):
            return bottom + style.px(10)
        rows, columns = self.tallied(rows, columns)
        high = style.px(TALLY_HEAD + TALLY_LINE * -(-len(rows) // columns))
        box = QRectF(self.inner.left(), bottom - high, self.inner.width(), high)
        self.paints.append(lambda painter: style.card(painter, box))
        self.text(box.left() + style.px(8), box.top() + style.px(12), box.width() - style.px(16), title, 10.5,
                  bold=True)  # fmt: skip
        across = (box.width() - style.px(8)) / columns
        for place, (name, value) in enumerate(rows):
            row, column = divmod(place, columns)
            x, y = box.left() + style.px(8) + column * across, box.top() + style.px(TALLY_HEAD + 1 + TALLY_LINE * row)
            room = across - style.px(8)
            taken = min(room, style.width(value, 9.5, mono=True))
            self.text(x, y, room - taken - style.px(4), name, 9.5, "dim", mono=True)
            self.text(x + room - taken, y, taken + 1, value, 9.5, mono=True, right=True)
        return box.top()

    def tallied(self, rows: list[tuple[str, str]], columns: int) -> tuple[list[tuple[str, str]], int]:
        """Which counters there is room for, and in how many columns no name is cut."""
        style, low = self.style, self.inner.height() < self.style.px(USUAL_HEIGHT * 0.8)
        kept = rows[: 2 * columns] if low else rows
        across = (self.inner.width() - style.px(8)) / columns - style.px(12)
        if columns > 1 and any(
            style.width(name, 9.5, mono=True) + style.width(value, 9.5, mono=True) > across - style.px(5)
            for name, value in kept
        ):
            room = self.inner.width() - style.px(24)
            whole = [
                (name, value) for name, value in rows
                if style.width(name, 9.5, mono=True) + style.width(value, 9.5, mono=True) <= room
            ]  # fmt: skip
            return whole[: 3 if low else MOST_TALLIED], 1
        return kept, columns

    def empty(self, box: QRectF, text: str) -> None:
        """Say what would be here."""
        rolled = self.paints is self.rolled
        self.paints.append(lambda painter: self._empty(painter, box, text, rolled))

    def _empty(self, painter: QPainter, box: QRectF, text: str, rolled: bool) -> None:
        if rolled and not self.shows(painter, box):
            return
        pen = QPen(QColor(self.style.theme.raised_edge), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), self.style.px(6), self.style.px(6))
        margin = self.style.px(10)
        inside = box.adjusted(margin, 1, -margin, -1)
        if box.height() < self.style.px(30):
            # One line, and where that is too long a dash: the heading tells how many there are.
            line = self.fitting(inside.width(), 11, text, "–")
            self.style.text(painter, inside, line, 11, "dim", align=Qt.AlignmentFlag.AlignCenter)
            return
        self.wrapped(inside, text, Qt.AlignmentFlag.AlignCenter, painter)

    def holds(self, box: QRectF, text: str) -> bool:
        """Whether a box has room for all lines of a wrapped text."""
        lines = QFontMetricsF(self.style.font(11)).boundingRect(box, int(Qt.TextFlag.TextWordWrap), text)
        return box.isValid() and lines.height() <= box.height()

    def wrapped(self, box: QRectF, text: str, align: Qt.AlignmentFlag, painter: QPainter) -> None:
        """A dim text in as many lines as it needs."""
        painter.setFont(self.style.font(11))
        painter.setPen(QColor(self.style.theme.dim))
        painter.drawText(box, int(align | Qt.TextFlag.TextWordWrap), text)

    def minimap(self) -> Minimap:
        """The whole of a column that does not fit, small, at its edge."""
        high = self.height_needed - self.inner.height() + self.window.height()
        rolling = [found for found in self.fields if found.rolls]
        return Minimap(self.box, self.window, self.window.top() + self.style.px(4) - self.look.scroll, high, rolling,
                       self.style)  # fmt: skip

    # -- drawing ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Draw all but the card it lies on."""
        if not keeps_lines(painter):
            self._paint_head(painter)
            self._paint_parts(painter, self.window, self.rolled, True)
        else:
            # Without clips what sticks out of the window, at most to the column's edge, is covered by the rest.
            self._paint_parts(painter, self.window, self.rolled, True)
            for cover in self._around(self.window):
                painter.fillRect(cover, self.style.colour("panel"))
            self._paint_head(painter)
        self._paint_parts(painter, self.clip, self.fixed, False)
        if self.most_scroll > 0:
            self.minimap().paint(painter, self.style)

    def _around(self, window: QRectF) -> list[QRectF]:
        """The parts of the column above and below a window, within the edge of its card."""
        inside = self.box.adjusted(1.5, 1.5, -1.5, -1.5)
        if window.height() >= inside.height() or (not self.rolled and not any(found.rolls for found in self.fields)):
            return []
        above = QRectF(inside.topLeft(), QPointF(inside.right(), max(inside.top(), window.top())))
        below = QRectF(QPointF(inside.left(), min(inside.bottom(), window.bottom())), inside.bottomRight())
        return [cover for cover in (above, below) if cover.height() > 0]

    def shows(self, painter: QPainter, box: QRectF) -> bool:
        """Whether a part that is scrolled is to be drawn: it is in sight, and where nothing is cut off, all inside."""
        return self.box.contains(box) if keeps_lines(painter) else self.window.intersects(box)

    def _paint_parts(self, painter: QPainter, window: QRectF, parts: list[Paint], rolls: bool) -> None:
        """What is scrolled, or what is not."""
        with clipped(painter, window):
            for part in parts:
                part(painter)
            for found in self.fields:
                if found.rolls == rolls:
                    found.paint(painter, self.style, self._rows_of(painter, found, window))
            for mark in self.marks if rolls else ():
                mark(painter)

    def _rows_of(self, painter: QPainter, found: Field, window: QRectF) -> QRectF:
        """The part of a window in which rows of a field are drawn: only whole ones inside the column without clips."""
        if not keeps_lines(painter) or not found.rolls:
            return window
        pitch, edge = found.level.pitch_y / found.ratio, self.box.adjusted(2, 2, -2, -2)
        # A row is drawn if it begins above the lower end: one more only where all of it has room.
        first = math.ceil((edge.top() - found.origin.y()) / pitch)
        last = math.floor((edge.bottom() - found.origin.y()) / pitch)
        top = max(window.top(), found.origin.y() + first * pitch)
        bottom = min(window.bottom(), found.origin.y() + last * pitch - 0.01)
        return QRectF(QPointF(window.left(), top), QPointF(window.right(), bottom))

    def _paint_head(self, painter: QPainter) -> None:
        """Title and note."""
        style = self.style
        y = self.box.top() + style.px(22)
        head = QRectF(self.inner.left(), y - style.px(9), self.inner.width(), style.px(18))
        title = self.fitting(head.width(), 12, self.title, self.name, self.name.split()[-1].capitalize(), bold=True)
        used = style.text(painter, head, title, 12, bold=True)
        if self.note and head.width() - used > style.width(self.note, 11) + style.px(10):
            style.text(painter, head.adjusted(used + style.px(10), 0, 0, 0), self.note, 11, "dim", align=RIGHT)
