"""The drawings of cells: one for each state, rendered once a size and theme, then copied as pixels.

A family of sprites is a function that draws sprite ``index`` into a square or card. An
:class:`Atlas` holds all of a family as an array of pixels, so that 16 000 cells are one indexed
copy in numpy instead of 16 000 calls of a painter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.canvas.style import CENTRE, Style, mixed, rgb
from app.theme import Theme
from engine.mm.marking import COUNTS, TAGS, UNUSED_NAME
from engine.reading import Backend, FrameState, PageState, SlotState

Draw = Callable[[QPainter, QRectF, int, Style], None]


@dataclass(frozen=True)
class Family:
    """Sprites that belong together."""

    name: str
    count: int
    draw: Draw
    """Draws one sprite into the box (logical pixels); must stay inside it."""
    colours: Callable[[Theme], list[str]]
    """The colour of each sprite where cells are too small for a drawing."""


class Atlas:
    """A family at one size: ``pixels`` has shape (count + 1, height, width), the last one empty."""

    def __init__(self, family: Family, width: int, height: int, style: Style, gap: int) -> None:
        back = QColor(style.theme.panel)
        image = QImage(width * (family.count + 1), height, QImage.Format.Format_RGB32)
        image.fill(back)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(style.ratio, style.ratio)
        for index in range(family.count):
            box = QRectF(index * width, 0, width - gap, height - gap)
            logical = QRectF(box.x() / style.ratio, 0.0, box.width() / style.ratio, box.height() / style.ratio)
            family.draw(painter, logical, index, style)
        painter.end()
        whole = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(height, image.bytesPerLine() // 4)
        apart = whole[:, : image.width()].reshape(height, family.count + 1, width)
        self.pixels = np.ascontiguousarray(apart.transpose(1, 0, 2))
        # Not even the softened edge of the next drawing may reach into a gap.
        self.pixels[:, :, width - gap :] = self.pixels[:, height - gap :, :] = rgb(style.theme.panel)
        self.blank = family.count

    def compose(self, index: np.ndarray) -> Pixels:
        """Cells side by side: ``index`` has shape (rows, columns)."""
        rows, columns = index.shape
        _, height, width = self.pixels.shape
        out = np.empty((rows, height, columns, width), dtype=np.uint32)
        out[...] = self.pixels[index].transpose(0, 2, 1, 3)
        return image_of(out.reshape(rows * height, columns * width))


_atlases: dict[tuple[str, int, int, int, str, float, float], Atlas] = {}


def atlas(family: Family, width: int, height: int, style: Style, gap: int) -> Atlas:
    """The atlas of a family with cells of ``width`` × ``height`` device pixels, ``gap`` of them empty."""
    key = (family.name, width, height, gap, style.theme.name, style.ratio, style.scale)
    if key not in _atlases:
        if len(_atlases) > 64:
            _atlases.clear()
        _atlases[key] = Atlas(family, width, height, style, gap)
    return _atlases[key]


class Pixels(QImage):
    """An image that keeps the array it is made of: Qt does not."""

    def __init__(self, pixels: np.ndarray, form: QImage.Format) -> None:
        height, width = pixels.shape
        super().__init__(pixels.data, width, height, width * 4, form)
        self.pixels = pixels


def image_of(pixels: np.ndarray, clear: bool = False) -> Pixels:
    """An image from an array (height, width) of uint32; opaque, or ``clear`` where they are 0."""
    form = QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32
    return Pixels(np.ascontiguousarray(pixels), form)


# -- pages ---------------------------------------------------------------------------------------


def _radius(box: QRectF) -> float:
    return min(3.0, box.width() * 0.18)


def _fill(painter: QPainter, box: QRectF, colour: QColor | str, radius: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(box, radius, radius)


def _ring(painter: QPainter, box: QRectF, colour: str) -> None:
    width = max(1.0, box.width() * 0.13)
    painter.setPen(QPen(QColor(colour), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.drawRoundedRect(inside, _radius(box), _radius(box))


def draw_page(painter: QPainter, box: QRectF, index: int, style: Style) -> None:
    """One page: state ``index // 2``, with the swapcache's ring where ``index`` is odd."""
    state, ring = PageState(index // 2), index % 2 == 1
    colours = style.theme
    size, radius = box.width(), _radius(box)
    if state in (PageState.ACTIVE, PageState.INACTIVE, PageState.UNEVICTABLE):
        _fill(painter, box, colours.inactive if state is PageState.INACTIVE else colours.active, radius)
        if state is PageState.UNEVICTABLE:
            hole = size * 0.3
            _fill(painter, box.adjusted(hole, hole, -hole, -hole), colours.panel, radius / 2)
    elif state is PageState.NEVER:
        inset = size * 0.2
        _fill(painter, box.adjusted(inset, inset, -inset, -inset), colours.never, radius * 0.7)
    else:
        _fill(painter, box, colours.never, radius)
    if state is PageState.ZSWAP:
        top = size * 0.45
        _fill(painter, box.adjusted(0, top, 0, 0), colours.zswap, radius * 0.7)
    elif state is PageState.DISK:
        width = max(1.2, size * 0.14)
        painter.setPen(QPen(QColor(colours.disk), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = width / 2 + size * 0.05
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
    elif state is PageState.ZERO:
        _dot(painter, box, colours.zero, 0.17)
    elif state is PageState.CACHED_ONLY:
        inset = size * 0.3
        _fill(painter, box.adjusted(inset, inset, -inset, -inset), colours.inactive, radius * 0.5)
        _ring(painter, box, colours.swapcache)
    elif state is PageState.ZERO_PAGE:
        inset = size * 0.22
        _ring(painter, box.adjusted(inset, inset, -inset, -inset), colours.zero)
    elif state is PageState.ADRIFT:
        painter.setPen(QPen(QColor(colours.warning), max(1.2, size * 0.12)))
        third = size * 0.3
        painter.drawLine(box.topLeft() + QPointF(third, third), box.bottomRight() - QPointF(third, third))
    if ring and state is not PageState.CACHED_ONLY:
        _ring(painter, box, colours.swapcache)


def _dot(painter: QPainter, box: QRectF, colour: str, share: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(box.center(), box.width() * share, box.width() * share)


def cached_colour(theme: Theme) -> str:
    """The swapcache's colour where no ring can be drawn, moved away from the green of memory.

    Pure, it is too near to it for people with tritanopia.
    """
    return mixed(theme.swapcache, theme.text, 0.7)


def page_colours(theme: Theme) -> list[str]:
    """Colour of each page sprite in a map."""
    plain = {
        PageState.NEVER: theme.never, PageState.ACTIVE: theme.active, PageState.INACTIVE: theme.inactive,
        PageState.UNEVICTABLE: theme.active, PageState.ZSWAP: theme.zswap, PageState.DISK: theme.disk,
        PageState.ZERO: theme.zero, PageState.CACHED_ONLY: cached_colour(theme),
        PageState.ZERO_PAGE: mixed(theme.zero, theme.never, 0.5), PageState.ADRIFT: theme.warning,
    }  # fmt: skip
    colours = []
    for state in PageState:
        colours += [plain[state], mixed(theme.swapcache, plain[state], 0.6)]
    return colours


PAGE = Family("page", 2 * len(PageState), draw_page, page_colours)


# -- frames --------------------------------------------------------------------------------------


_AS_PAGE = {
    FrameState.FREE: PageState.NEVER, FrameState.ACTIVE: PageState.ACTIVE, FrameState.INACTIVE: PageState.INACTIVE,
    FrameState.UNEVICTABLE: PageState.UNEVICTABLE,
}  # fmt: skip


def draw_frame(painter: QPainter, box: QRectF, index: int, style: Style) -> None:
    """One frame, drawn as the page in it; a small arrow down where it is being written."""
    state, ring, writing = FrameState(index // 4), index // 2 % 2, index % 2
    draw_page(painter, box, _AS_PAGE[state] * 2 + ring, style)
    if writing:
        size = box.width()
        path = QPainterPath(box.center() + QPointF(-size * 0.26, -size * 0.12))
        path.lineTo(box.center() + QPointF(size * 0.26, -size * 0.12))
        path.lineTo(box.center() + QPointF(0, size * 0.26))
        path.closeSubpath()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.theme.panel if style.theme.dark else style.theme.window))
        painter.drawPath(path)


def frame_colours(theme: Theme) -> list[str]:
    """Colour of each frame sprite in a map."""
    pages = page_colours(theme)
    colours = []
    for state in FrameState:
        for ring in (0, 1):
            plain = pages[_AS_PAGE[state] * 2 + ring]
            colours += [plain, mixed(theme.disk, plain, 0.5)]
    return colours


FRAME = Family("frame", 4 * len(FrameState), draw_frame, frame_colours)


# -- slots ---------------------------------------------------------------------------------------


def draw_slot(painter: QPainter, box: QRectF, index: int, style: Style) -> None:
    """One slot of a swapfile."""
    state, ring = SlotState(index // 2), index % 2 == 1
    colours, radius = style.theme, min(2.0, box.width() * 0.2)
    if state is SlotState.DISK:
        _fill(painter, box, colours.disk, radius)
    else:
        _fill(painter, box, colours.never, radius)
    if state is SlotState.HELD:
        _hatch(painter, box, mixed(colours.zswap, colours.never, 0.8), radius)
    elif state is SlotState.CACHED:
        _ring(painter, box, colours.swapcache)
    elif state is SlotState.ZERO:
        _dot(painter, box, colours.zero, 0.2)
    elif state is SlotState.BAD:
        painter.setPen(QPen(QColor(colours.danger), max(1.0, box.width() * 0.14)))
        inside = box.adjusted(*(box.width() * 0.25 * sign for sign in (1, 1, -1, -1)))
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.topRight(), inside.bottomLeft())
    elif state is SlotState.HEADER:
        inset = box.width() * 0.25
        _fill(painter, box.adjusted(inset, inset, -inset, -inset), colours.dim, 0.5)
    if ring and state is not SlotState.CACHED:
        _ring(painter, box, colours.swapcache)


def _hatch(painter: QPainter, box: QRectF, colour: str, radius: float) -> None:
    """Diagonal lines inside a rounded edge: taken, but holding nothing."""
    width = max(0.9, box.width() * 0.1)
    painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    step, inside = max(3.0, box.width() / 3), box.adjusted(width, width, -width, -width)
    for line in range(-4, math.ceil(2 * box.width() / step) + 1):
        # From the lower to the upper edge, one to the right for each one up, as far as that is inside.
        x = box.left() + line * step
        begin, end = max(0.0, inside.left() - x), min(inside.height(), inside.right() - x)
        if begin < end:
            painter.drawLine(QPointF(x + begin, inside.bottom() - begin), QPointF(x + end, inside.bottom() - end))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(width / 2, width / 2, -width / 2, -width / 2), radius, radius)


def slot_colours(theme: Theme) -> list[str]:
    """Colour of each slot sprite in a map."""
    plain = {
        SlotState.FREE: theme.never, SlotState.DISK: theme.disk, SlotState.HELD: mixed(theme.zswap, theme.never, 0.6),
        SlotState.CACHED: cached_colour(theme), SlotState.ZERO: theme.zero, SlotState.BAD: theme.danger,
        SlotState.HEADER: theme.dim,
    }  # fmt: skip
    colours = []
    for state in SlotState:
        colours += [plain[state], mixed(theme.swapcache, plain[state], 0.5)]
    return colours


SLOT = Family("slot", 2 * len(SlotState), draw_slot, slot_colours)


# -- descriptors ---------------------------------------------------------------------------------

UNUSED = UNUSED_NAME


def backend_colour(tag: int, theme: Theme) -> str:
    """Colour of what holds a page's bytes."""
    return (theme.raised_edge, theme.zswap, theme.disk, theme.zero)[tag]


PLAIN_CARD = 10
"""Pixels of a card below which it is only a square of its backend's colour."""
SIDE = 0.34
"""Share of a card's width that the square of its backend takes at most."""


def draw_card(painter: QPainter, box: QRectF, index: int, style: Style) -> None:
    """One descriptor: count, swapcache, backend. Below 40 pixels the count is left out."""
    colours = style.theme
    if index == UNUSED:
        pen = QPen(QColor(colours.raised_edge), 1, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), box.height() * 0.2, box.height() * 0.2)
        return
    tag, cached, count = index % TAGS, index // TAGS % 2, index // TAGS // 2
    if box.width() < PLAIN_CARD:
        # No room for an edge around it.
        _small_card(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), tag, bool(cached), colours)
        return
    edge = max(1.0, box.height() * 0.06)
    painter.setPen(QPen(QColor(backend_colour(tag, colours)), edge))
    painter.setBrush(QColor(colours.raised))
    inside = box.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
    painter.drawRoundedRect(inside, box.height() * 0.2, box.height() * 0.2)
    pad = box.height() * 0.22
    field = box.adjusted(pad, pad, -pad, -pad)
    if box.width() < 1.2 * box.height():
        _small_card(painter, field, tag, bool(cached), colours)
        if count > 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            dot = max(1.3, box.width() * 0.1)
            painter.drawEllipse(QPointF(box.left() + dot * 1.6, box.top() + dot * 1.6), dot, dot)
        return
    # The count keeps its room also where the card is higher than usual.
    side = min(field.height(), field.width() * SIDE)
    backend = QRectF(field.right() - side, field.center().y() - side / 2, side, side)
    _backend(painter, backend, tag, colours)
    cache = QRectF(backend.left() - side * 0.9, backend.top(), side * 0.62, side)
    _fill(painter, cache, colours.swapcache if cached else colours.never, 2)
    digit = QRectF(field.left(), box.top(), cache.left() - field.left(), box.height())
    if digit.width() > 5:
        text = str(count) if count < COUNTS - 1 else "+"
        font = style.font(min(11.5, box.height() / style.scale * 0.48), mono=True)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        painter.drawText(digit, CENTRE, text)


def _backend(painter: QPainter, box: QRectF, tag: int, colours: Theme) -> None:
    if tag == Backend.ZERO:
        _fill(painter, box, colours.never, 2)
        _dot(painter, box, colours.zero, 0.22)
    else:
        _fill(painter, box, colours.never if tag == Backend.NONE else backend_colour(tag, colours), 2)


def _small_card(painter: QPainter, box: QRectF, tag: int, cached: bool, colours: Theme) -> None:
    _backend(painter, box, tag, colours)
    if cached:
        _ring(painter, box, colours.swapcache)


def card_colours(theme: Theme) -> list[str]:
    """Colour of each descriptor in a map: its backend's, or the swapcache's."""
    colours = []
    for index in range(UNUSED):
        tag, cached = index % TAGS, index // TAGS % 2
        plain = theme.raised_edge if tag == Backend.NONE else backend_colour(tag, theme)
        colours.append(
            (theme.swapcache if tag == Backend.NONE else mixed(theme.swapcache, plain, 0.5)) if cached else plain
        )
    return [*colours, theme.never]


CARD = Family("card", UNUSED + 1, draw_card, card_colours)
