"""Marks on what another machine has otherwise: a small picture of its state there, or a corner that says it differs.

In a drawing a mark lies in a corner of its cell. In a map, whose dots have no corners, what is the
same steps back, and of a larger dot the lower half has the other's colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from app.canvas.sprites import PAGE, Family, atlas, image_of
from app.canvas.style import Style, pixels, rgb
from app.moment import Thing
from engine.reading import PageState
from engine.reading.apart import SAME, Apart

Marks = npt.NDArray[np.uint8]
"""Marks of what cells show, shape (n,), :data:`SAME` where nothing differs."""

BADGE, CORNER = 0.52, 0.36
"""Shares of a cell's side that a small picture and a plain corner take."""
LEAST = 3
"""Device pixels of a mark at least."""
MOST_OTHERS = 2
"""Others that have a corner of each cell: the first below, the second above."""
HALVED = 3
"""Device pixels of a dot from which a half of it has the other's colour."""


_NONE: Marks = np.zeros(0, dtype=np.uint8)


@dataclass(frozen=True)
class Marking:
    """What a canvas marks: where other machines differ from the one it shows."""

    others: tuple[Apart, ...] = ()
    names: tuple[str, ...] = ()
    """Who they are, for the legend."""
    pictured: bool = True
    """A mark is a picture of the other's state; else only a corner."""

    def of(self, thing: Thing, owner: int, numbers: np.ndarray | slice) -> list[Marks]:
        """What each of the others has in the place of some things; SAME also for what cannot be compared."""
        return [_part(other.of(thing, owner), numbers) for other in self.others[:MOST_OTHERS]]


def _part(marks: Marks | None, numbers: np.ndarray | slice) -> Marks:
    if isinstance(numbers, slice):
        count, known = numbers.stop - numbers.start, marks[numbers] if marks is not None else _NONE
        return known if len(known) == count else np.append(known, np.full(count - len(known), SAME, dtype=np.uint8))
    if marks is None or not len(marks):
        return np.full(len(numbers), SAME, dtype=np.uint8)
    taken: Marks = np.take(marks, numbers, mode="clip")
    taken[(numbers < 0) | (numbers >= len(marks))] = SAME
    return taken


# -- drawings ------------------------------------------------------------------------------------


def mark_cells(cells: np.ndarray, theirs: list[Marks], family: Family, gap: int, pictured: bool, style: Style) -> None:
    """Put marks into drawn cells, shape (rows, height, columns, width) of pixels; ``gap`` of a cell's are empty."""
    _, high, columns, wide = cells.shape
    side = min(high, wide) - gap
    for place, marks in enumerate(theirs):
        differing = np.flatnonzero(marks != SAME)
        if not len(differing):
            continue
        rows, across = np.divmod(differing, columns)
        if pictured:
            size = max(LEAST, round(side * BADGE))
            down = range(high - gap - size, high - gap) if place == 0 else range(size)
            right = range(wide - gap - size, wide - gap)
            _clear(cells, rows, across, range(max(0, down[0] - 1), min(high, down[-1] + 2)), right[0] - 1, style)
            drawn = atlas(family, size, size, style, 0).pixels[marks[differing]]
            ys, xs = np.array(down), np.array(right)
            cells[rows[:, None, None], ys[None, :, None], across[:, None, None], xs[None, None, :]] = drawn
        else:
            _corners(cells, rows, across, max(LEAST, round(side * CORNER)), wide - gap, style)


def _clear(cells: np.ndarray, rows: np.ndarray, across: np.ndarray, down: range, left: int, style: Style) -> None:
    """The ground around a small picture, so that it stands apart from what it lies on."""
    back = rgb(style.theme.panel)
    for y in down:
        cells[rows, y, across, max(0, left) :] = back


def _corners(cells: np.ndarray, rows: np.ndarray, across: np.ndarray, size: int, right: int, style: Style) -> None:
    """A triangle in the upper right corner, with a line of ground along it."""
    bright, back = rgb(style.theme.text), rgb(style.theme.panel)
    for y in range(size + 1):
        first = max(0, right - size + y)
        if first > 0:
            cells[rows, y, across, first - 1] = back
        if y < size:
            cells[rows, y, across, first:right] = bright


def paint_mark(painter: QPainter, box: QRectF, theirs: list[int], family: Family, pictured: bool, style: Style) -> None:
    """The same on one cell with a painter, for cards and for what keeps lines as lines."""
    side = min(box.width(), box.height())
    for place, mark in enumerate(theirs):
        if mark == SAME:
            continue
        size = side * (BADGE if pictured else CORNER)
        if not pictured:
            corner = box.topRight()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.colour("text"))
            painter.drawPolygon(QPolygonF([corner, corner - QPointF(size, 0), corner + QPointF(0, size)]))
            continue
        top = box.top() if place else box.bottom() - size
        badge = QRectF(box.right() - size, top, size, size)
        painter.fillRect(badge.adjusted(-1, 0 if place else -1, 0, 1 if place else 0), QColor(style.theme.panel))
        family.draw(painter, badge, mark, style)


# -- maps ----------------------------------------------------------------------------------------


def mark_dots(dots: np.ndarray, theirs: list[Marks], per: int, pictured: bool, style: Style) -> None:
    """Let the dots of a map, shape (rows, columns), step back where all that one stands for is the same.

    Beside another machine they step back half as far, as there the reader compares the colours.
    """
    differs = differing_dots(theirs, dots.size, per)
    if not differs.any():
        return
    flat = dots.reshape(-1)
    back = np.uint32(rgb(style.theme.panel))
    for _ in range(2 if pictured else 1):  # half of the ground, and once more
        faded = ((flat & 0xFEFEFE) >> 1) + ((back & np.uint32(0xFEFEFE)) >> np.uint32(1)) | np.uint32(0xFF000000)
        np.copyto(flat, faded, where=~differs)


def differing_dots(theirs: list[Marks], dots: int, per: int) -> npt.NDArray[np.bool_]:
    """Which dots stand for something that differs, shape (dots,); ``per`` is a power of two."""
    found = np.zeros(dots, dtype=np.bool_)
    whole = min(per, 8)
    for marks in theirs:
        padded = np.full(dots * per, SAME, dtype=np.uint8)
        padded[: len(marks)] = marks
        # As many marks as a word holds are compared at once: all the same is a word of ones.
        words = padded.view(f"u{whole}")
        differs = words != np.iinfo(words.dtype).max
        for _ in range((per // whole).bit_length() - 1):
            differs = differs[0::2] | differs[1::2]
        found |= differs
    return found


def halve_dots(large: np.ndarray, theirs: list[Marks], columns: int, pitch: int, family: Family, style: Style) -> None:
    """The lower half of each dot that differs in the first other's colour; a dot is ``pitch`` pixels a side."""
    colours = pixels([*family.colours(style.theme), style.theme.panel])
    for marks in theirs[:1]:
        differing = np.flatnonzero(marks != SAME)
        rows, across = np.divmod(differing, columns)
        paint = np.take(colours, marks[differing], mode="clip")
        for y in range((pitch + 1) // 2, pitch):
            for x in range(pitch):
                large[rows * pitch + y, across * pitch + x] = paint


def sample(style: Style, size: int, place: int, pictured: bool) -> QImage:
    """A marked cell for the legend, ``size`` device pixels large: the ``place``-th of the others differs."""
    cell = atlas(PAGE, size, size, style, 0).pixels[PageState.INACTIVE * 2].copy().reshape(1, size, 1, size)
    same, other = np.array([SAME], dtype=np.uint8), np.array([PageState.ZSWAP * 2], dtype=np.uint8)
    mark_cells(cell, [same] * place + [other], PAGE, 0, pictured, style)
    image = image_of(cell.reshape(size, size))
    image.setDevicePixelRatio(style.ratio)
    return image
