"""What the four columns have in common: a card with a title, fields of cells, texts, scroll and hit-test.

A column is made anew for every moment, size, scroll and zoom, from :class:`app.canvas.facts.Facts`
alone; it never looks at the image. It knows where each thing is (``place``), what is at a point
(``at``) and what to say about what cannot be selected (``hint``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.cells import Field
from app.canvas.facts import Facts
from app.canvas.style import LEFT, RIGHT, Style
from app.moment import Selected

Paint = Callable[[QPainter], None]
USUAL_HEIGHT = 600
"""Pixels of a column at which cells have their usual size at most."""


@dataclass(frozen=True)
class Viewpoint:
    """How a reader looks at one column."""

    zoom: int = 0
    """Levels finer than the one at which everything fits."""
    scroll: float = 0.0
    """Logical pixels that are scrolled away at the top."""


@dataclass
class Hint:
    """A part of a column that explains itself."""

    box: QRectF
    text: str
    rolls: bool = False


@dataclass
class Column:
    """One column, laid out; see the module."""

    facts: Facts
    box: QRectF
    style: Style
    look: Viewpoint = field(default_factory=Viewpoint)

    title = ""
    name = ""
    """Plain name for screen readers."""

    def __post_init__(self) -> None:
        pad = self.style.px(14)
        self.fields: list[Field] = []
        self.fixed: list[Paint] = []
        self.rolled: list[Paint] = []
        self.paints = self.fixed
        """Where what is laid out now is drawn: what stays, or what is scrolled and cut off at ``window``."""
        self.hints: list[Hint] = []
        self.inner = self.box.adjusted(pad, self.style.px(40), -pad, -self.style.px(12))
        self.height_needed = self.inner.height()
        self.note = ""
        self.window = self.clip
        """The part of the column in which fields are scrolled."""
        self.lay_out()
        self.look = Viewpoint(self.look.zoom, min(self.look.scroll, self.most_scroll))

    def lay_out(self) -> None:
        """Fill ``fields``, ``paints`` and ``hints`` in ``inner``; ``top`` says where content begins."""
        raise NotImplementedError

    @property
    def top(self) -> float:
        """Where content begins, scrolled."""
        return self.style.snap(self.inner.top() - self.look.scroll)

    @property
    def most_scroll(self) -> float:
        return max(0.0, self.height_needed - self.inner.height())

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
        box = QRectF(x, y - self.style.px(9), width, self.style.px(18))
        align = RIGHT if right else LEFT
        self.paints.append(lambda painter: self._text(painter, box, text, size, colour, bold, mono, align))

    def _text(self, painter: QPainter, box: QRectF, text: str, size: float, colour: str, bold: bool, mono: bool,
              align: Qt.AlignmentFlag) -> None:  # fmt: skip
        self.style.text(painter, box, text, size, colour, bold, mono, align)

    def heading(self, y: float, name: str, figures: list[str], colour: str = "text", last_first: bool = False) -> None:
        """A line with a bold name at the left and figures at the right.

        Where there is too little room the last figures are left out, or the first if ``last_first``.
        """
        style, across = self.style, self.inner.width()
        room = across - min(style.width(name, 12, bold=True), across * 0.45) - style.px(10)
        while len(figures) > 1 and style.width(" · ".join(figures), 11) > room:
            figures = figures[1:] if last_first else figures[:-1]
        right = " · ".join(figures)
        taken = min(style.width(right, 11), room)
        self.text(self.inner.left(), y, across - taken - style.px(8), name, 12, colour, bold=True)
        self.text(self.inner.right() - taken, y, taken, right, 11, "dim", right=True)

    def largest(self, size: float) -> float:
        """Device pixels of the largest cell: ``size`` pixels, and more in a high window, for a room."""
        roomy = min(1.6, max(1.0, self.box.height() / self.style.px(USUAL_HEIGHT)))
        return self.style.px(size * roomy) * self.style.ratio

    def fitting(self, width: float, size: float, *texts: str, bold: bool = False, mono: bool = False) -> str:
        """The first of the texts that fits into ``width``, or the last."""
        return next((text for text in texts if self.style.width(text, size, bold, mono) <= width), texts[-1])

    def hint(self, box: QRectF, text: str) -> None:
        """Let a part explain itself when the pointer rests on it."""
        self.hints.append(Hint(box, text, self.paints is self.rolled))

    def empty(self, box: QRectF, text: str) -> None:
        """Say what would be here."""
        self.paints.append(lambda painter: self._empty(painter, box, text))

    def _empty(self, painter: QPainter, box: QRectF, text: str) -> None:
        pen = QPen(QColor(self.style.theme.raised_edge), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), self.style.px(6), self.style.px(6))
        painter.setFont(self.style.font(11))
        painter.setPen(QColor(self.style.theme.dim))
        margin = self.style.px(10)
        inside = box.adjusted(margin, 1, -margin, -1)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)

    # -- asking ----------------------------------------------------------------------------------

    def at(self, point: QPointF) -> Selected | None:
        """The thing under a point."""
        for found in self.fields:
            if found.box.contains(point) and self.view_of(found).contains(point):
                chosen = found.at(point)
                if chosen is not None:
                    return chosen
        return None

    def view_of(self, field: Field) -> QRectF:
        """The part of the column in which a field can be seen."""
        return self.window if field.rolls else self.clip

    def hint_at(self, point: QPointF) -> str:
        """What to say about a point where there is nothing to select."""
        if not self.box.contains(point):
            return ""
        for hint in self.hints:
            if hint.box.contains(point) and (not hint.rolls or self.window.contains(point)):
                return hint.text
        return ""

    def find(self, selected: Selected) -> tuple[Field, int] | None:
        """The field and cell that show a thing."""
        for found in self.fields:
            index = found.index_of(selected)
            if index >= 0:
                return found, index
        return None

    def place(self, selected: Selected) -> QRectF | None:
        """Where a thing is drawn, held within the column; None where the column does not show it."""
        found = self.find(selected)
        if found is None:
            return None
        rect, view = found[0].rect(found[1]), self.view_of(found[0])
        if rect.bottom() < view.top():
            return QRectF(rect.x(), view.top(), rect.width(), 1)
        if rect.top() > view.bottom():
            return QRectF(rect.x(), view.bottom() - 1, rect.width(), 1)
        return rect

    def visible(self, selected: Selected) -> bool:
        """Whether a thing is drawn and not scrolled away."""
        found = self.find(selected)
        return found is not None and self.view_of(found[0]).intersects(found[0].rect(found[1]))

    def scroll_to(self, selected: Selected) -> float:
        """The scroll at which a thing can be seen."""
        found = self.find(selected)
        if found is None or not found[0].rolls:
            return self.look.scroll
        rect, view = found[0].rect(found[1]), self.view_of(found[0])
        margin = self.style.px(24)
        if rect.top() < view.top() + margin:
            return max(0.0, self.look.scroll - (view.top() + margin - rect.top()))
        if rect.bottom() > view.bottom() - margin:
            return min(self.most_scroll, self.look.scroll + rect.bottom() - view.bottom() + margin)
        return self.look.scroll

    def first(self) -> Selected | None:
        """The thing that the keyboard comes to first."""
        for found in self.fields:
            for index in range(found.count):
                chosen = found.selected(index)
                if chosen is not None:
                    return chosen
        return None

    def neighbour(self, selected: Selected, dx: int, dy: int) -> Selected | None:
        """The thing next to one, also in the next field when there is none in this."""
        found = self.find(selected)
        if found is None:
            return self.first()
        here, index = found
        nearby = here.step(index, dx, dy)
        if nearby >= 0:
            return here.selected(nearby)
        return self._in_next_field(here, here.rect(index).center(), dx, dy)

    def _in_next_field(self, here: Field, centre: QPointF, dx: int, dy: int) -> Selected | None:
        best: tuple[float, Selected] | None = None
        for other in self.fields:
            if other is here or not other.count:
                continue
            away = other.box.center() - here.box.center()
            if (dx and away.x() * dx <= 0) or (dy and away.y() * dy <= 0):
                continue
            row = 0 if dy > 0 else other.level.rows(other.count) - 1
            column = int((centre.x() - other.origin.x()) * other.ratio / other.level.pitch)
            column = min(max(column, 0), other.level.columns - 1)
            index = min((row * other.level.columns + column) * other.level.per, other.count - 1)
            chosen = other.selected(index)
            distance = abs(away.x()) + abs(away.y())
            if chosen is not None and (best is None or distance < best[0]):
                best = distance, chosen
        return best[1] if best else None

    # -- drawing ---------------------------------------------------------------------------------

    @property
    def clip(self) -> QRectF:
        """What of the column shows content."""
        pad = self.style.px(4)
        return self.inner.adjusted(-pad, -pad, pad, pad)

    def paint(self, painter: QPainter) -> None:
        """Draw all but the card it lies on."""
        style = self.style
        y = self.box.top() + style.px(22)
        head = QRectF(self.inner.left(), y - style.px(9), self.inner.width(), style.px(18))
        used = style.text(painter, head, self.title, 12, bold=True)
        if self.note and head.width() - used > style.width(self.note, 11) + style.px(10):
            style.text(painter, head.adjusted(used + style.px(10), 0, 0, 0), self.note, 11, "dim", align=RIGHT)
        painter.save()
        for window, parts, rolls in ((self.window, self.rolled, True), (self.clip, self.fixed, False)):
            painter.setClipRect(window)
            for part in parts:
                part(painter)
            for found in self.fields:
                if found.rolls == rolls:
                    found.paint(painter, style, window)
        painter.restore()
        if self.most_scroll > 0:
            self._scroll_mark(painter)

    def _scroll_mark(self, painter: QPainter) -> None:
        track = self.inner.height()
        length = max(self.style.px(24), track * track / self.height_needed)
        start = self.inner.top() + (track - length) * self.look.scroll / self.most_scroll
        box = QRectF(self.box.right() - self.style.px(6), start, self.style.px(3), length)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.style.theme.raised_edge))
        painter.drawRoundedRect(box, box.width() / 2, box.width() / 2)
