"""What moved is seen to move: tokens on their way, each with a word that says what happens to it.

A token has the shape of what it is: it leaves the memory as a square and arrives in the pool as a low bar. Until it is
there, the cell it left is an empty outline, and the cell it goes to is dim.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.canvas.links import curve
from app.canvas.moves import Token
from app.canvas.sprites import PAGE
from app.canvas.style import CENTRE, Style
from engine.reading import PageState

FRAME_MS = 16


class Amount(StrEnum):
    """How much moves."""

    NONE = "none"
    SHORT = "short"
    FULL = "full"


SHARE_OF_GAP, LEAST_MS, SLOW_MS = 0.85, 50, 1000
"""Of the time between two steps a token travels this share; in less than so many milliseconds nobody sees it."""
DURATION_MS = {Amount.NONE: 0, Amount.SHORT: 130, Amount.FULL: 560}
READ_MS, LINGER_MS = 220, 1100
"""A word is said where there is so long to read it; it stays so much longer when its token has arrived."""
SMALLEST, LARGEST = 15, 26
"""Pixels of a token, which is as large as the cell it goes to between these."""
SHAPES: dict[str, tuple[PageState, bool]] = {
    "active": (PageState.ACTIVE, False), "inactive": (PageState.INACTIVE, False),
    "swapcache": (PageState.INACTIVE, True), "zswap": (PageState.ZSWAP, False), "disk": (PageState.DISK, False),
    "zero": (PageState.ZERO, False),
}  # fmt: skip
"""The page that a token of a colour is drawn as, and whether with the swapcache's ring."""
VEIL = 0.62
"""How much of a cell is covered while what belongs into it is still on its way."""


class Motion(QObject):
    """The tokens on their way, and the one clock they move by; it runs only while something moves."""

    moved = Signal()
    """Something is at another place, or has arrived."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.amount = Amount.FULL
        self.tokens: list[Token] = []
        self._arrived: list[Token] = []
        """Those whose word still stands."""
        self._backwards = False
        self._duration = 0
        self._since = QElapsedTimer()
        """Since something was last asked to move."""
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._lingering = QTimer(self)
        self._lingering.setSingleShot(True)
        self._lingering.setInterval(LINGER_MS)
        self._lingering.timeout.connect(self._fall_silent)
        self._easing = QEasingCurve(QEasingCurve.Type.InOutCubic)

    @property
    def running(self) -> bool:
        """Something moves."""
        return self._timer.isActive()

    @property
    def said(self) -> list[str]:
        """The words that stand at tokens now."""
        talking = self.tokens if self.running and self._duration >= READ_MS else self._arrived
        return [token.says for token in talking if token.says]

    def start(self, found: list[Token], backwards: bool = False, playing: bool = False) -> None:
        """Let tokens travel; what was on its way is there at once.

        While the run plays they arrive before the next ones set off, and where that would be too
        quick to see they do not set off at all.
        """
        self.stop()
        gap = self._since.elapsed() if self._since.isValid() else SLOW_MS
        self._since.start()
        self._duration = DURATION_MS[self.amount]
        if playing:
            self._duration = min(self._duration, int(gap * SHARE_OF_GAP))
        if found and self._duration >= LEAST_MS:
            self.tokens, self._backwards = found, backwards
            self._clock.start()
            self._timer.start()

    def stop(self) -> None:
        """Everything is where it belongs, and nothing is said of it any more."""
        self._timer.stop()
        self._lingering.stop()
        self.tokens, self._arrived = [], []

    @property
    def progress(self) -> float:
        """0 … 1 along the way, eased."""
        share = min(1.0, self._clock.elapsed() / max(1, self._duration))
        return self._easing.valueForProgress(share)

    def _tick(self) -> None:
        if self._clock.elapsed() >= self._duration:
            arrived = self.tokens if self._duration >= READ_MS and not self._backwards else []
            self.stop()
            self._arrived = [token for token in arrived if token.says]
            if self._arrived:
                self._lingering.start()
        self.moved.emit()

    def _fall_silent(self) -> None:
        self._arrived = []
        self.moved.emit()

    def paint(self, painter: QPainter, style: Style) -> None:
        """Draw the tokens where they are now, each with a tail of where it came from."""
        if self.running:
            share = 1.0 - self.progress if self._backwards else self.progress
            for token in self.tokens:
                paint_token(painter, token, share, self._backwards, style)
        said = self.said
        for token in self.tokens if self.running else self._arrived:
            if token.says in said:
                paint_word(painter, token, share if self.running else 1.0, style)


def paint_token(painter: QPainter, token: Token, share: float, backwards: bool, style: Style) -> None:
    """A token at ``share`` of its way."""
    colour, share = QColor(getattr(style.theme, token.colour)), min(1.0, max(0.0, share))
    spot = token.path.pointAtPercent(share)
    _paint_ends(painter, token, backwards, colour, style)
    if token.keeper is not None:
        _paint_keeper(painter, token.keeper, spot, colour, style)
    steps = 14
    step = 0.022 * (1 if backwards else -1)
    for trail in range(steps, 0, -1):
        a, b = share + step * trail, share + step * (trail - 1)
        if min(a, b) >= 0 and max(a, b) <= 1:
            fading = QColor(colour)
            fading.setAlphaF(0.7 * (1 - trail / steps))
            painter.setPen(QPen(fading, style.px(2.4)))
            painter.drawLine(token.path.pointAtPercent(a), token.path.pointAtPercent(b))
    shape = SHAPES.get(token.before if token.before and share < 0.5 else token.colour)
    half = _half(token, style)
    if shape is None:
        painter.setPen(QPen(style.theme.colour("panel"), style.px(1.6)))
        painter.setBrush(colour)
        painter.drawEllipse(spot, half * 0.7, half * 0.7)
        return
    box = QRectF(spot.x() - half, spot.y() - half, 2 * half, 2 * half)
    edge = style.px(2.5)
    painter.setPen(QPen(style.theme.colour("selection"), style.px(1.2)))
    painter.setBrush(style.theme.colour("panel"))
    painter.drawRoundedRect(box.adjusted(-edge, -edge, edge, edge), style.px(4), style.px(4))
    state, ring = shape
    PAGE.draw(painter, box, 2 * state + ring, style)


def _half(token: Token, style: Style) -> float:
    """Half the side of a token."""
    cell = min(token.target.width(), token.target.height()) if not token.target.isEmpty() else 0.0
    return min(style.px(LARGEST), max(style.px(SMALLEST), cell)) / 2


def _paint_ends(painter: QPainter, token: Token, backwards: bool, colour: QColor, style: Style) -> None:
    """The cell that it left, as an empty outline, and the one it goes to, dim until it is there."""
    left, wanted = (token.target, token.source) if backwards else (token.source, token.target)
    if not wanted.isEmpty():
        painter.fillRect(wanted, style.theme.colour("panel", VEIL))
    if not left.isEmpty():
        pen = QPen(colour, style.px(1.4), Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([2.5, 2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(left.adjusted(0.5, 0.5, -0.5, -0.5), style.px(2.5), style.px(2.5))


def _paint_keeper(painter: QPainter, box: QRectF, spot: QPointF, colour: QColor, style: Style) -> None:
    """The descriptor that stays, framed, and a line from it to what it points at on its way."""
    faint = QColor(colour)
    faint.setAlphaF(0.55)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(faint, style.px(1.4), Qt.PenStyle.DashLine))
    painter.drawPath(curve(box, QRectF(spot.x() - 1, spot.y() - 1, 2, 2)))
    painter.setPen(QPen(colour, style.px(2.2)))
    grow = style.px(3)
    painter.drawRoundedRect(box.adjusted(-grow, -grow, grow, grow), style.px(5), style.px(5))


def paint_word(painter: QPainter, token: Token, share: float, style: Style) -> None:
    """What is said of a token, above it, or below where there is no room."""
    spot, half = token.path.pointAtPercent(min(1.0, max(0.0, share))), _half(token, style)
    wide, high = style.width(token.says, 11) + style.px(16), style.px(21)
    room, away = QRectF(painter.window()), half + style.px(7)
    left = min(max(spot.x() - wide / 2, room.left()), room.right() - wide)
    top = spot.y() - away - high
    box = QRectF(left, top if top >= room.top() else spot.y() + away, wide, high)
    style.card(painter, box, "raised", token.colour, radius=5, fill_alpha=0.95, width=1.2)
    style.text(painter, box, token.says, 11, align=CENTRE)
