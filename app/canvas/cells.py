"""A field of cells: one coloured drawing for each of n things, or a map of them where they are many.

Geometry, picture and hit-test of a field are functions of its level of detail. All sizes inside a
field are whole device pixels, so that every cell is crisp and alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QPixmap

from app.canvas.cards import TELL, TITLE_FROM, Card, paint_card, words_of_cards
from app.canvas.levels import SHAPES_FROM, Level
from app.canvas.marking import HALVED, Marking, halve_dots, mark_cells, mark_dots, paint_mark
from app.canvas.sprites import CARD, FRAME, PAGE, SLOT, Atlas, Family, atlas, image_of
from app.canvas.style import Style, keeps_lines, pixels, rgb
from app.moment import Selected, Thing
from app.words.language import language
from engine.mm.view import View

Numbers = npt.NDArray[Any]

MOST_CARDS = 4000
"""Cards that are kept drawn."""
MOST_LOOKS = 24
"""Kinds and sizes of cards that are kept."""
_cards: dict[tuple[object, ...], dict[object, QPixmap]] = {}
MOST_WITHIN = 4096
"""Things that one box selects."""

MARKED = {Thing.PAGE: PAGE, Thing.SHMEM: PAGE, Thing.FRAME: FRAME, Thing.SLOT: SLOT, Thing.DESC: CARD}
"""The drawings of each thing that is marked where another machine has it otherwise."""

MOST_MAPS = 12
_maps: dict[tuple[object, ...], tuple[np.ndarray, np.ndarray]] = {}
"""Maps drawn last: what they were drawn from, and their dots."""

GAPS_FROM = 4
"""Device pixels (at ratio 1) from which the dots of a map are set apart."""


@dataclass
class Field:
    """Cells of one kind of thing at a place of the canvas."""

    thing: Thing
    owner: int
    family: Family
    sprites: np.ndarray
    """Sprite of each cell, shape (n,)."""
    level: Level
    origin: QPointF
    """Top left corner in logical pixels, on a whole device pixel."""
    ratio: float
    numbers: np.ndarray | None = None
    """Number of the thing in each cell; None: cell i shows thing i + ``first``."""
    first: int = 0
    owners: np.ndarray | None = None
    """Owner of each cell, where they differ."""
    rolls: bool = True
    """It is scrolled with its column."""
    gap: int = 2
    """Device pixels between cells (at ratio 1) where they are drawings."""
    view: View | None = None
    """The image that cards are read from, while this moment is shown."""
    marking: Marking | None = None
    """Where other machines differ."""
    echo: bool = False
    """What it shows has its proper place elsewhere."""

    @property
    def count(self) -> int:
        return len(self.sprites)

    @property
    def shapes(self) -> bool:
        """Cells are drawings, not dots."""
        return self.level.per == 1 and self.level.pitch >= SHAPES_FROM * self.ratio

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in logical pixels."""
        rows = self.level.rows(self.count)
        return self.level.columns * self.level.pitch / self.ratio, rows * self.level.pitch_y / self.ratio

    @property
    def box(self) -> QRectF:
        """Where the field is."""
        return QRectF(self.origin.x(), self.origin.y(), *self.size)

    def rect(self, index: int) -> QRectF:
        """Where thing ``index`` of the field is drawn."""
        row, column = divmod(index // self.level.per, self.level.columns)
        gap = self.device_gap
        return QRectF(
            self.origin.x() + column * self.level.pitch / self.ratio,
            self.origin.y() + row * self.level.pitch_y / self.ratio,
            max(self.level.pitch - gap, 1) / self.ratio,
            max(self.level.pitch_y - gap, 1) / self.ratio,
        )

    @property
    def device_gap(self) -> int:
        if not self.shapes:
            return 0
        gap = min(self.gap, max(1, self.level.pitch // 8)) if self.level.pitch < 16 * self.ratio else self.gap
        return round(gap * self.ratio)

    def index_at(self, point: QPointF) -> int:
        """The thing under a point, -1 for none."""
        x, y = point.x() - self.origin.x(), point.y() - self.origin.y()
        column = int(x * self.ratio // self.level.pitch)
        row = int(y * self.ratio // self.level.pitch_y)
        if not (0 <= column < self.level.columns and row >= 0):
            return -1
        index = (row * self.level.columns + column) * self.level.per
        return index if index < self.count else -1

    def at(self, point: QPointF) -> Selected | None:
        """The thing under a point."""
        index = self.index_at(point)
        return self.selected(index) if index >= 0 else None

    def selected(self, index: int) -> Selected | None:
        """Thing ``index`` of the field, None where the cell stands for nothing."""
        number = index + self.first if self.numbers is None else int(self.numbers[index])
        owner = self.owner if self.owners is None else int(self.owners[index])
        return Selected(self.thing, number, owner) if number >= 0 else None

    def index_of(self, selected: Selected) -> int:
        """The cell of a thing, -1 where this field does not show it."""
        if selected.thing != self.thing:
            return -1
        if self.numbers is None:
            index = selected.number - self.first
            return index if selected.owner == self.owner and 0 <= index < self.count else -1
        same = self.numbers == selected.number
        same &= (self.owners if self.owners is not None else self.owner) == selected.owner
        index = int(same.argmax()) if len(same) else 0
        return index if len(same) and same[index] else -1

    def within(self, box: QRectF) -> list[Selected]:
        """Everything whose cell touches a box, in order, at most :data:`MOST_WITHIN`."""
        if not self.count or not box.intersects(self.box):
            return []
        level, part = self.level, box & self.box
        left, right = ((x - self.origin.x()) * self.ratio / level.pitch for x in (part.left(), part.right()))
        top, bottom = ((y - self.origin.y()) * self.ratio / level.pitch_y for y in (part.top(), part.bottom()))
        found: list[Selected] = []
        for row in range(int(top), min(int(bottom), level.rows(self.count) - 1) + 1):
            first = (row * level.columns + int(left)) * level.per
            last = (row * level.columns + min(int(right), level.columns - 1) + 1) * level.per
            for index in range(first, min(last, self.count)):
                thing = self.selected(index)
                if thing is not None:
                    found.append(thing)
            if len(found) >= MOST_WITHIN:
                break
        return found[:MOST_WITHIN]

    def step(self, index: int, dx: int, dy: int) -> int:
        """The cell left, right, above or below; -1 when that is outside the field."""
        per, columns = self.level.per, self.level.columns
        cell = index // per
        if dx and not 0 <= cell % columns + dx < columns:
            return -1
        cell += dx + dy * columns
        return cell * per if cell >= 0 and cell * per < self.count else -1

    def paint(self, painter: QPainter, style: Style, clip: QRectF) -> None:
        """Draw the rows that are inside ``clip``."""
        pitch = self.level.pitch_y / self.ratio
        top = max(0, int((clip.top() - self.origin.y()) // pitch))
        bottom = min(self.level.rows(self.count), int((clip.bottom() - self.origin.y()) // pitch) + 1)
        if bottom <= top:
            return
        if self.level.words:
            self._paint_words(painter, style, top, bottom)
            return
        if self.shapes and keeps_lines(painter):
            columns = self.level.columns
            for index in range(top * columns, min(bottom * columns, self.count)):
                self.family.draw(painter, self.rect(index), int(self.sprites[index]), style)
                self._paint_mark(painter, self.rect(index), index, style)
            return
        image = self.picture(style, top, bottom)
        image.setDevicePixelRatio(self.ratio)
        painter.drawImage(QPointF(self.origin.x(), self.origin.y() + top * pitch), image)

    def _paint_words(self, painter: QPainter, style: Style, top: int, bottom: int) -> None:
        """Rows ``top`` to ``bottom`` as cards: the drawing at the left, the words beside it."""
        columns, tell = self.level.columns, TELL[self.thing]
        # A large card also says what is not in its key: the columns of its row.
        large = self.level.pitch_y > style.px(TITLE_FROM) * self.ratio
        side = int(min(self.level.pitch_y / self.ratio - style.px(6), style.px(26)) * self.ratio)
        if keeps_lines(painter):
            self._paint_word_lines(painter, style, top, bottom, side)
            return
        sprites = atlas(self.family, side, side, style, 0)
        look = (self.thing, self.level, style.theme.name, style.scale, self.ratio, language().code)
        kept = _cards.setdefault(look, {})
        if len(kept) > MOST_CARDS or len(_cards) > MOST_LOOKS:
            _cards.clear()
            kept = _cards.setdefault(look, {})
        left, down = self.origin.x(), self.origin.y()
        across, high = self.level.pitch / self.ratio, self.level.pitch_y / self.ratio
        size = self.rect(0).size()
        # From one moment to the next nearly all cards say the same: the words of a cell tell, without reading it.
        for index, key in enumerate(self._keys(top * columns, min(bottom * columns, self.count)), top * columns):
            drawn = None if large else kept.get(key)
            if drawn is None:
                thing = self.selected(index)
                card = tell(self.view, thing) if self.view is not None and thing is not None else None
                drawn = kept[key] = self._card(size, card, sprites, int(self.sprites[index]), side, style)
            row, column = divmod(index, columns)
            painter.drawPixmap(QPointF(left + column * across, down + row * high), drawn)
            if self.marking is not None:
                self._paint_mark(painter, self._drawing(size, side, style).translated(left + column * across,
                                 down + row * high), index, style)  # fmt: skip

    def _drawing(self, card: QSizeF, side: int, style: Style) -> QRectF:
        """Where a card has its drawing, ``side`` device pixels large."""
        low, across = card.height() <= style.px(52), side / self.ratio
        down = style.snap((card.height() - across) / 2) if low else style.px(5)
        return QRectF(style.snap(style.px(3)), style.snap(down), across, across)

    def theirs(self, first: int, last: int) -> list[Numbers]:
        """The marks that other machines have for cells ``first`` to ``last``; none: nothing is to be marked."""
        if self.marking is None or MARKED.get(self.thing) is not self.family or self.owners is not None:
            return []
        if self.numbers is not None and self.thing is Thing.FRAME:
            return []  # in the order of a list, a frame's number says nothing
        if self.numbers is not None:
            return list(self.marking.of(self.thing, self.owner, self.numbers[first:last]))
        return list(self.marking.of(self.thing, self.owner, slice(first + self.first, last + self.first)))

    def _paint_mark(self, painter: QPainter, box: QRectF, index: int, style: Style) -> None:
        theirs = [int(marks[0]) for marks in self.theirs(index, index + 1)]
        if theirs and self.marking is not None:
            paint_mark(painter, box, theirs, self.family, self.marking.pictured, style)

    def _keys(self, start: int, stop: int) -> list[tuple[int, ...]]:
        """What the card of each cell from ``start`` on depends on: its sprite, its number and words of its row."""
        numbers = np.arange(start, stop) + self.first if self.numbers is None else self.numbers[start:stop]
        parts: list[Numbers] = [self.sprites[start:stop], numbers]
        if self.view is not None:
            owners: int | Numbers = self.owner if self.owners is None else self.owners[start:stop]
            parts += words_of_cards(self.view, self.thing, numbers, owners)
        return list(zip(*(part.tolist() for part in parts), strict=True))

    def _card(self, size: QSizeF, card: Card | None, sprites: Atlas, sprite: int, side: int, style: Style) -> QPixmap:
        """One card drawn."""
        made = QPixmap((size * self.ratio).toSize())
        made.setDevicePixelRatio(self.ratio)
        made.fill(style.colour("panel"))
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing = image_of(sprites.pixels[sprite])
        drawing.setDevicePixelRatio(self.ratio)
        self._paint_card(painter, QRectF(QPointF(0, 0), size), card, side, style)
        painter.drawImage(self._drawing(size, side, style).topLeft(), drawing)
        painter.end()
        return made

    def _paint_card(self, painter: QPainter, box: QRectF, card: Card | None, side: int, style: Style) -> None:
        """A card without its drawing."""
        style.card(painter, box, "raised", "panel_edge", radius=3)
        if card is not None:
            paint_card(painter, box.adjusted(side / self.ratio + style.px(7), 0, 0, 0), card, style)

    def _paint_word_lines(self, painter: QPainter, style: Style, top: int, bottom: int, side: int) -> None:
        """The same cards one by one, for files in which lines stay lines."""
        columns = self.level.columns
        for index in range(top * columns, min(bottom * columns, self.count)):
            thing, box = self.selected(index), self.rect(index)
            card = TELL[self.thing](self.view, thing) if self.view is not None and thing is not None else None
            self._paint_card(painter, box, card, side, style)
            place = self._drawing(box.size(), side, style).translated(box.topLeft())
            self.family.draw(painter, place, int(self.sprites[index]), style)
            if self.marking is not None:
                self._paint_mark(painter, place, index, style)

    def _dots(self, part: np.ndarray, style: Style, rows: int) -> np.ndarray:
        """The map of a part: only rows in which something changed since it was drawn last are made anew.

        What it gives is kept and written again by the next call.
        """
        level, theme = self.level, style.theme
        span = level.columns * level.per
        look = (self.thing, self.owner, self.family.name, level, theme.name, rows, len(part))
        colours = self.family.colours(theme)
        before = _maps.get(look)
        if before is None:
            if len(_maps) > MOST_MAPS:
                _maps.clear()
            dots = map_pixels(part, colours, theme.panel, rows, level.columns, level.per)
            _maps[look] = part.copy(), dots
            return dots
        old, dots = before
        whole = len(part) // span
        lines = part[: whole * span].reshape(whole, span)
        again = np.flatnonzero((lines != old[: whole * span].reshape(whole, span)).any(axis=1))
        rest = len(part) > whole * span and bool((part[whole * span :] != old[whole * span :]).any())
        if len(again) * 2 > rows:
            dots[...] = map_pixels(part, colours, theme.panel, rows, level.columns, level.per)
        else:
            if len(again):
                dots[again] = map_pixels(
                    lines[again].ravel(), colours, theme.panel, len(again), level.columns, level.per
                )
            if rest:
                dots[whole] = map_pixels(part[whole * span :], colours, theme.panel, 1, level.columns, level.per)[0]
        if len(again) or rest:
            np.copyto(old, part)
        return dots

    def picture(self, style: Style, top: int, bottom: int) -> QImage:
        """Rows ``top`` to ``bottom`` as an image in device pixels."""
        level = self.level
        span = level.columns * level.per
        part = self.sprites[top * span : bottom * span]
        theirs = self.theirs(top * span, top * span + len(part))
        pictured = self.marking is not None and self.marking.pictured
        if self.shapes:
            found = atlas(self.family, level.pitch, level.pitch_y, style, self.device_gap)
            cells = np.full((bottom - top) * span, found.blank, dtype=np.intp)
            cells[: len(part)] = part
            drawn = found.compose(cells.reshape(bottom - top, level.columns))
            if theirs:
                apart = drawn.pixels.reshape(bottom - top, level.pitch_y, level.columns, level.pitch)
                mark_cells(apart, theirs, self.family, self.device_gap, pictured, style)
            return drawn
        dots = self._dots(part, style, bottom - top)
        if theirs:
            dots = dots.copy()
            mark_dots(dots, theirs, level.per, pictured, style)
        if level.pitch > 1:
            dots = dots.repeat(level.pitch, axis=0).repeat(level.pitch, axis=1)
            if theirs and pictured and level.per == 1 and level.pitch >= HALVED:
                halve_dots(dots, theirs, level.columns, level.pitch, self.family, style)
        gap = int(self.ratio) if level.pitch >= GAPS_FROM * self.ratio else 0
        for line in range(1, gap + 1):
            dots[level.pitch - line :: level.pitch] = rgb(style.theme.panel)
            dots[:, level.pitch - line :: level.pitch] = rgb(style.theme.panel)
        return image_of(dots)


def map_pixels(sprites: np.ndarray, colours: list[str], back: str, rows: int, columns: int, per: int) -> np.ndarray:
    """A map, shape (rows, columns) of uint32: one colour a cell, the mean of ``per`` things each.

    ``per`` is a power of two; past 2¹³ things are thinned out to that. The three channels of a colour lie apart in
    one word, so that a sum of words is the sum of all three: 10 bits each in 32 bits for up to eight things, which is
    what large maps have, else 21 bits each in 64.
    """
    blank = len(colours)
    if len(sprites) == rows * columns * per and sprites.dtype == np.uint8 and sprites.flags.c_contiguous:
        padded: Numbers = sprites
    else:
        padded = np.full(rows * columns * per, blank, dtype=np.uint8)
        padded[: len(sprites)] = sprites
    if per == 1:
        return np.take(pixels([*colours, back]), padded, mode="clip").reshape(rows, columns)
    # Two neighbours at once: a table of all pairs halves the look-ups. In blocks, which stay in the cache.
    narrow = per <= 8
    table, pairs = _pairs(tuple(colours), back, narrow), padded.view(np.uint16).reshape(-1, per // 2)
    pairs = pairs[:, :: max(1, per >> 13)]
    # ``per`` is a power of two: the mean of each channel is a shift.
    shift = (2 * pairs.shape[1]).bit_length() - 1
    mean = np.empty(rows * columns, dtype=np.uint32)
    block = max(1, 1 << 17 >> shift)
    for start in range(0, len(mean), block):
        found = np.take(table, pairs[start : start + block], mode="clip")
        mean[start : start + block] = _means(found, shift) if narrow else _wide_means(found, shift)
    mean |= 0xFF000000
    return mean.reshape(rows, columns)


def _means(found: Numbers, shift: int) -> Numbers:
    """Means of the rows of ``found``, one, two or four sums of pairs each, channels 10 bits apart."""
    if found.shape[1] < 4:
        sums = found[:, 0] + found[:, 1] if found.shape[1] == 2 else found[:, 0]
        return sums >> (4 + shift) & 0xFF0000 | sums >> (2 + shift) & 0xFF00 | sums >> shift & 0xFF
    # Eight bytes come to 11 bits: the outer channels are summed up apart from the one between.
    one, other = found[:, 0] + found[:, 1], found[:, 2] + found[:, 3]
    outer = (one & OUTER) + (other & OUTER)
    inner = (one >> 10 & 1023) + (other >> 10 & 1023)
    return outer >> 7 & 0xFF0000 | inner << 5 & 0xFF00 | outer >> 3 & 0xFF


OUTER = 1023 << 20 | 1023
"""The first and the last of three channels 10 bits apart."""


def _wide_means(found: Numbers, shift: int) -> Numbers:
    """Means of the rows of ``found``, sums of pairs, channels 21 bits apart."""
    sums = found[:, 0].copy()
    for place in range(1, found.shape[1]):
        sums += found[:, place]
    return sums >> (26 + shift) & 0xFF0000 | sums >> (13 + shift) & 0xFF00 | sums >> shift & 0xFF


NARROW_BITS, WIDE_BITS = 10, 21
"""From channel to channel in a word of 32 bits and of 64."""


@lru_cache(maxsize=16)
def _pairs(colours: tuple[str, ...], back: str, narrow: bool) -> Numbers:
    """Sum of the colours of two sprites by their two bytes, channels apart; shape (65536,)."""
    table = np.zeros(256, dtype=np.int64)
    table[: len(colours) + 1] = pixels([*colours, back])
    bits = NARROW_BITS if narrow else WIDE_BITS
    found = np.zeros(65536, dtype=np.int64)
    for channel in range(3):
        part = table >> 8 * channel & 255
        both = (part[:, None] + part[None, :]).reshape(-1)
        found |= both << bits * channel
    return found.astype(np.uint32 if narrow else np.uint64)
