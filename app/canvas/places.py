"""Where things are in a column: what is at a point, where a thing is drawn, what is next to it, and what hints say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.canvas.cells import Field
from app.canvas.style import Style
from app.canvas.terms import as_tooltip
from app.moment import Selected


@dataclass(frozen=True)
class Viewpoint:
    """How a reader looks at one column."""

    zoom: int = 0
    """Levels finer than the one chosen for the column by itself; below 0: coarser."""
    scroll: float = 0.0
    """Logical pixels that are scrolled away at the top."""


@dataclass
class Hint:
    """A part of a column that explains itself."""

    box: QRectF
    text: str | Callable[[], str]
    """What there is to say of this part; worked out only when somebody asks."""
    terms: tuple[str, ...] = ()
    """Words of the glossary that stand here."""
    rolls: bool = False


class Places:
    """The fields of a column that has been laid out, and its hints."""

    box: QRectF
    inner: QRectF
    """Where content may be."""
    window: QRectF
    """The part in which fields are scrolled."""
    style: Style
    look: Viewpoint
    terms: tuple[str, ...]
    """Words of the glossary that the column is about."""
    fields: list[Field]
    hints: list[Hint]
    height_needed: float

    @property
    def clip(self) -> QRectF:
        """What of the column shows content."""
        pad = self.style.px(4)
        return self.inner.adjusted(-pad, -pad, pad, pad)

    @property
    def most_scroll(self) -> float:
        return max(0.0, self.height_needed - self.inner.height())

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
        """What to say about a point where there is nothing to select, as rich text."""
        if not self.box.contains(point):
            return ""
        for hint in self.hints:
            if hint.box.contains(point) and (not hint.rolls or self.window.contains(point)):
                return as_tooltip(hint.text if isinstance(hint.text, str) else hint.text(), hint.terms)
        head = QRectF(self.box.left(), self.box.top(), self.box.width(), self.inner.top() - self.box.top())
        return as_tooltip("", self.terms) if head.contains(point) else ""

    def find(self, selected: Selected) -> tuple[Field, int] | None:
        """The field and cell that show a thing."""
        for found in sorted(self.fields, key=lambda field: field.echo):
            index = found.index_of(selected)
            if index >= 0:
                return found, index
        return None

    def within(self, box: QRectF) -> list[Selected]:
        """Everything that is drawn in a box, in order."""
        return [thing for found in self.fields for thing in found.within(box & self.view_of(found))]

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

    def raw(self, selected: Selected) -> QRectF | None:
        """Where a thing is drawn, or would be if it were not scrolled away."""
        found = self.find(selected)
        return found[0].rect(found[1]) if found is not None else None

    def visible(self, selected: Selected) -> bool:
        """Whether a thing is drawn and not scrolled away."""
        found = self.find(selected)
        return found is not None and self.view_of(found[0]).intersects(found[0].rect(found[1]))

    def places(self, selected: Selected) -> list[QRectF]:
        """Everywhere the column draws a thing, where it is not scrolled away."""
        found = []
        for one in self.fields:
            index = one.index_of(selected)
            if index >= 0:
                # What is scrolled half away is outlined as far as it is in sight.
                rect = one.rect(index) & self.view_of(one)
                if not rect.isEmpty():
                    found.append(rect)
        return found

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
