"""Measures, fonts and colours of one painting: theme, type scale and pixel ratio in one value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPaintEngine, QPainter, QPainterPath, QPen, QPixmap, QStaticText

from app import theme as themes
from app.theme import Theme

LARGE_CARD = 3000
"""Square pixels from which a card is kept as a picture."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
_Key = tuple[str, float, bool, bool]
"""A text and its font: size, bold, mono."""
_SHIFTS = {LEFT: 0.0, CENTRE: 0.5, RIGHT: 1.0}
"""How much of the room that is left over stands before a text."""
MOST_TEXTS = 2000
_LINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture)


def keeps_lines(painter: QPainter) -> bool:
    """Whether lines stay lines where this painter draws (SVG, PDF): there nothing goes through a pixmap."""
    return painter.paintEngine().type() in _LINES


@contextmanager
def clipped(painter: QPainter, box: QRectF, radius: float = 0.0) -> Iterator[None]:
    """Whatever is drawn inside is cut off outside ``box`` with its round corners.

    SVG as Qt writes it knows no clips, and other programs read them in ways of their own: there nothing is cut off,
    and who draws must stay inside.
    """
    painter.save()
    if radius:
        shape = QPainterPath()
        shape.addRoundedRect(box, radius, radius)
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    else:
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    yield
    painter.restore()


@dataclass
class Style:
    """What a column needs to draw itself."""

    theme: Theme
    scale: float
    ratio: float
    """Device pixels a logical pixel."""
    _fonts: dict[tuple[float, bool, bool], QFont] = field(default_factory=dict, repr=False)
    _colours: dict[str, QColor] = field(default_factory=dict, repr=False)
    _cards: dict[tuple[int, int, str, str, float, float, float], QPixmap] = field(default_factory=dict, repr=False)
    _texts: dict[_Key, tuple[QStaticText, QFont, float, float]] = field(default_factory=dict, repr=False)
    _widths: dict[_Key, float] = field(default_factory=dict, repr=False)

    @classmethod
    def now(cls, ratio: float, share: float = 1.0) -> Style:
        """The style of the theme and ``share`` of the type size now chosen; the same one as long as nothing changes."""
        return _made(themes.current(), themes.switch().scale * share, ratio)

    def px(self, length: float) -> float:
        """A length at the type size now chosen."""
        return length * self.scale

    def snap(self, length: float) -> float:
        """The nearest whole device pixel, in logical pixels."""
        return round(length * self.ratio) / self.ratio

    def font(self, size: float, bold: bool = False, mono: bool = False) -> QFont:
        """A font of the interface; sizes in pixels at normal type size."""
        key = (size, bold, mono)
        if key not in self._fonts:
            share = self.scale / themes.switch().scale
            self._fonts[key] = themes.mono(size * share, bold) if mono else themes.font(size * share, bold)
        return self._fonts[key]

    def width(self, text: str, size: float, bold: bool = False, mono: bool = False) -> float:
        """Width of a text in logical pixels."""
        key = (text, size, bold, mono)
        found = self._widths.get(key)
        if found is None:
            if len(self._widths) > MOST_TEXTS:
                self._widths.clear()
            if mono and len(text) > 1:
                # Figures are new texts all the time, and their letters do not move closer to each other.
                found = sum(self.width(letter, size, bold, True) for letter in text)
            else:
                found = QFontMetricsF(self.font(size, bold, mono)).horizontalAdvance(text)
            self._widths[key] = found
        return found

    def text(
        self, painter: QPainter, box: QRectF, text: str, size: float = 11, colour: str = "text", bold: bool = False,
        mono: bool = False, align: Qt.AlignmentFlag = LEFT,
    ) -> float:  # fmt: skip
        """Draw one line of text, shortened with an ellipsis where it does not fit; gives its width."""
        room = box.width()
        if room <= 0:
            return 0.0
        shaped, font, width, high = self._shaped(text, size, bold, mono)
        if width > room + 0.5:
            text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
            shaped, font, _, high = self._shaped(text, size, bold, mono)
            width = room
        painter.setFont(font)
        painter.setPen(self.colour(colour))
        if align not in _SHIFTS:
            painter.drawText(box, _one_line(align), text)
        else:
            x = box.left() + _SHIFTS[align] * (room - width)
            painter.drawStaticText(QPointF(x, box.top() + (box.height() - high) / 2), shaped)
        return width

    def _shaped(self, text: str, size: float, bold: bool, mono: bool) -> tuple[QStaticText, QFont, float, float]:
        """A text laid out in its font, its width and height, made once: most texts come again with the next frame."""
        key = (text, size, bold, mono)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) > MOST_TEXTS:
                self._texts.clear()
            shaped, font = QStaticText(text), self.font(size, bold, mono)
            shaped.setTextFormat(Qt.TextFormat.PlainText)
            shaped.prepare(font=font)
            found = self._texts[key] = shaped, font, self.width(text, size, bold, mono), shaped.size().height()
        return found

    def colour(self, name: str) -> QColor:
        """A colour of the theme by the name of its field, or one given as ``#rrggbb``."""
        if name not in self._colours:
            self._colours[name] = QColor(name if name.startswith("#") else getattr(self.theme, name))
        return self._colours[name]

    def card(self, painter: QPainter, box: QRectF, fill: str = "raised", edge: str = "panel_edge", radius: float = 6,
             fill_alpha: float = 1.0, width: float = 1.0) -> None:  # fmt: skip
        """A rounded card with an edge of ``width`` pixels inside ``box``."""
        large = box.width() * box.height() > LARGE_CARD and box.width() < 4096 and box.height() < 4096
        if large and not keeps_lines(painter):
            key = (round(box.width() * self.ratio), round(box.height() * self.ratio), fill, edge, radius, fill_alpha,
                   width)  # fmt: skip
            if key not in self._cards:
                if len(self._cards) > 200:
                    self._cards.clear()
                self._cards[key] = self._large_card(key)
            painter.drawPixmap(QPointF(self.snap(box.left()), self.snap(box.top())), self._cards[key])
            return
        self._card(painter, box, fill, edge, radius, fill_alpha, width)

    def _large_card(self, key: tuple[int, int, str, str, float, float, float]) -> QPixmap:
        """A large card drawn once: filling much with round corners is slow, and they come again every frame."""
        wide, high, fill, edge, radius, fill_alpha, width = key
        made = QPixmap(wide, high)
        made.setDevicePixelRatio(self.ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._card(painter, QRectF(0, 0, wide / self.ratio, high / self.ratio), fill, edge, radius, fill_alpha, width)
        painter.end()
        return made

    def _card(self, painter: QPainter, box: QRectF, fill: str, edge: str, radius: float, fill_alpha: float,
              width: float) -> None:  # fmt: skip
        half = width / 2
        painter.setPen(QPen(self.theme.colour(edge), width) if edge else Qt.PenStyle.NoPen)
        ground = QColor(self.colour(fill)) if fill else QColor()
        ground.setAlphaF(fill_alpha)
        painter.setBrush(ground if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), self.px(radius), self.px(radius))


@lru_cache(maxsize=16)
def _one_line(align: Qt.AlignmentFlag) -> int:
    return int(align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip)


@lru_cache(maxsize=4)
def _made(theme: Theme, scale: float, ratio: float) -> Style:
    return Style(theme, scale, ratio)


def rgb(colour: str) -> int:
    """A colour ``#rrggbb`` as an opaque 32-bit pixel."""
    return 0xFF000000 | int(colour[1:], 16)


def premultiplied(colour: str, alpha: float) -> int:
    """A colour ``#rrggbb`` as a 32-bit pixel that lets ``1 - alpha`` of what is under it through."""
    pixel = round(255 * alpha) << 24
    for part, shift in zip(bytes.fromhex(colour[1:]), (16, 8, 0), strict=True):
        pixel |= round(part * alpha) << shift
    return pixel


@lru_cache(maxsize=256)
def mixed(one: str, other: str, share: float) -> str:
    """``share`` of the first colour and the rest of the second, as ``#rrggbb``."""
    parts = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in parts)


def pixels(colours: list[str]) -> np.ndarray:
    """Opaque pixels of a list of colours, shape (n,), uint32."""
    return np.array([rgb(colour) for colour in colours], dtype=np.uint32)


def centre_right(box: QRectF) -> QPointF:
    return QPointF(box.right(), box.center().y())


def centre_left(box: QRectF) -> QPointF:
    return QPointF(box.left(), box.center().y())
