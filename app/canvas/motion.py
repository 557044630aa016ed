"""What moved is seen to move: tokens that travel from the old place of a thing to the new one.

Which things move is told by the transition; where they were and are, by the scene before and the
scene after it. The same moves run backwards when a person steps back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.links import curve
from app.canvas.scene import Scene
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.mm import transitions as kinds
from engine.reading import FrameState
from engine.transition import Transition

FRAME_MS = 16
MOST_TOKENS = 48


class Amount(StrEnum):
    """How much moves."""

    NONE = "none"
    SHORT = "short"
    FULL = "full"


SHARE_OF_GAP, LEAST_MS, SLOW_MS = 0.85, 50, 1000
"""Of the time between two steps a token travels this share; in less than so many milliseconds nobody sees it."""
DURATION_MS = {Amount.NONE: 0, Amount.SHORT: 130, Amount.FULL: 280}

Spot = Callable[[Scene, Transition], QRectF | None]


@dataclass(frozen=True)
class Token:
    """One thing on its way."""

    path: QPainterPath
    colour: str
    """Name of a colour of the theme."""
    keeper: QRectF | None = None
    """The name that stays where it is and keeps hold of what moves: a descriptor whose backend changes."""


def _page(scene: Scene, transition: Transition) -> QRectF | None:
    word = transition.operand("page")
    return scene.place(Selected(Thing.PAGE, word & 0xFFFFFFFF, word >> 32))


def _frame(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame(transition.operand("frame"))


def _old_frame(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame(transition.operand("old"))


def _name(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.name_of(transition.operand("swap"))


def _bar(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.bar_of(transition.operand("swap"))


def _slot(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.slot(transition.operand("slot"))


def _free(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.free()


def _pool(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.pool()


def _cached(scene: Scene, transition: Transition) -> QRectF | None:
    return scene.frame_of(transition.operand("swap"))


def _out(scene: Scene, transition: Transition) -> QRectF | None:
    """The name of a page on its way out; in the story, which has no names, the frame it is still in."""
    return _name(scene, transition) or _cached(scene, transition)


MOVES: dict[int, tuple[tuple[Spot, Spot, str], ...]] = {
    kinds.FIRST_TOUCH: ((_free, _frame, "active"), (_frame, _page, "active")),
    kinds.COPY_ON_WRITE: ((_old_frame, _frame, "active"), (_frame, _page, "active")),
    kinds.SWAP_IN: ((_free, _frame, "swapcache"),),
    kinds.READ_AHEAD: ((_free, _frame, "swapcache"),),
    kinds.ZSWAP_LOAD: ((_bar, _frame, "zswap"),),
    kinds.DISK_READ: ((_slot, _frame, "disk"),),
    kinds.ZERO_FILL: ((_name, _frame, "zero"),),
    kinds.PAGE_MAPPED: ((_frame, _page, "active"),),
    kinds.SWAP_NAME: ((_frame, _name, "swapcache"),),
    kinds.ZSWAP_STORE: ((_cached, _bar, "zswap"),),
    kinds.KEEP: ((_frame, _frame, "inactive"),),
    kinds.ACTIVATED: ((_frame, _frame, "active"),),
    kinds.NAME_FAIL: ((_frame, _frame, "active"),),
    kinds.WB_ROTATE: ((_bar, _bar, "zswap"),),
    kinds.ZSWAP_REJECT: ((_out, _pool, "danger"),),
    kinds.WRITE_BACK: ((_bar, _slot, "disk"),),
    kinds.SLOT_TAKEN: ((_out, _slot, "disk"),),
    kinds.DISK_WRITE: ((_frame, _slot, "disk"),),
    kinds.FREED: ((_frame, _free, "dim"),),
    kinds.SWAPOFF_PAGE: ((_name, _frame, "disk"),),
    kinds.ZSWAP_FREED: ((_bar, _free, "zswap"),),
}
"""From where to where, for each kind of transition."""


def tokens(transition: Transition, before: Scene, after: Scene, changed: tuple[Selected, ...] = ()) -> list[Token]:
    """What moves in a transition that leads from one scene to the other and changed those things."""
    found: list[Token] = []
    if transition.kind.number == kinds.UNMAP:
        found = _named(transition, after, changed)
    for start, end, colour in MOVES.get(transition.kind.number, ()):
        a = start(before, transition) or start(after, transition)
        b = end(after, transition) or end(before, transition)
        if a is not None and b is not None and a.center() != b.center():
            found.append(Token(curve(a, b), colour, _keeper(transition, after)))
    if not found:
        found = _between_lists(before, after)
    return found[:MOST_TOKENS]


BACKEND_CHANGES = {
    kinds.ZSWAP_STORE, kinds.WRITE_BACK, kinds.SLOT_TAKEN, kinds.DISK_WRITE, kinds.ZSWAP_LOAD, kinds.DISK_READ,
    kinds.ZSWAP_REJECT,
}  # fmt: skip
"""What the bytes of a page go to while its descriptor stays."""


def _keeper(transition: Transition, after: Scene) -> QRectF | None:
    if not after.described or transition.kind.number not in BACKEND_CHANGES:
        return None
    return _name(after, transition) if "swap" in transition.kind.operands else None


def _named(transition: Transition, after: Scene, changed: tuple[Selected, ...]) -> list[Token]:
    """The swap entry goes into every page-table entry that mapped the page."""
    name = _name(after, transition)
    found = []
    for thing in changed:
        rect = after.page(thing) if thing.thing in (Thing.PAGE, Thing.SHMEM) else None
        if name is not None and rect is not None:
            found.append(Token(curve(name, rect), "text"))
    return found


def _between_lists(before: Scene, after: Scene) -> list[Token]:
    """Frames that went from one LRU list to the other."""
    old, new = before.facts.memory, after.facts.memory
    if not (old.ordered and new.ordered) or len(old.marks) != len(new.marks):
        return []
    a, b = old.marks >> 2, new.marks >> 2
    there = (a != FrameState.FREE) & (b != FrameState.FREE)
    found = []
    for frame in (there & (a != b)).nonzero()[0][:MOST_TOKENS].tolist():
        start, end = (scene.frame(frame) for scene in (before, after))
        if start is not None and end is not None and start.center() != end.center():
            found.append(Token(curve(start, end), "active" if b[frame] == FrameState.ACTIVE else "inactive"))
    return found


class Motion(QObject):
    """The tokens on their way, and the one clock they move by; it runs only while something moves."""

    moved = Signal()
    """Something is at another place, or has arrived."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.amount = Amount.FULL
        self.tokens: list[Token] = []
        self._backwards = False
        self._duration = 0
        self._since = QElapsedTimer()
        """Since something was last asked to move."""
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self._easing = QEasingCurve(QEasingCurve.Type.InOutCubic)

    @property
    def running(self) -> bool:
        """Something moves."""
        return self._timer.isActive()

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
        """Everything is where it belongs."""
        self._timer.stop()
        self.tokens = []

    @property
    def progress(self) -> float:
        """0 … 1 along the way, eased."""
        share = min(1.0, self._clock.elapsed() / max(1, self._duration))
        return self._easing.valueForProgress(share)

    def _tick(self) -> None:
        if self._clock.elapsed() >= self._duration:
            self.stop()
        self.moved.emit()

    def paint(self, painter: QPainter, style: Style) -> None:
        """Draw the tokens where they are now, each with a tail of where it came from."""
        if not self.running:
            return
        reached = self.progress
        for token in self.tokens:
            paint_token(painter, token, 1.0 - reached if self._backwards else reached, self._backwards, style)


def paint_token(painter: QPainter, token: Token, share: float, backwards: bool, style: Style) -> None:
    """A token at ``share`` of its way."""
    colour = QColor(getattr(style.theme, token.colour))
    if token.keeper is not None:
        _paint_keeper(painter, token.keeper, token.path.pointAtPercent(min(1.0, max(0.0, share))), colour, style)
    steps = 14
    step = 0.022 * (1 if backwards else -1)
    for trail in range(steps, 0, -1):
        a, b = share + step * trail, share + step * (trail - 1)
        if min(a, b) >= 0 and max(a, b) <= 1:
            fading = QColor(colour)
            fading.setAlphaF(0.7 * (1 - trail / steps))
            painter.setPen(QPen(fading, style.px(2.4)))
            painter.drawLine(token.path.pointAtPercent(a), token.path.pointAtPercent(b))
    spot: QPointF = token.path.pointAtPercent(min(1.0, max(0.0, share)))
    painter.setPen(QPen(style.theme.colour("panel"), style.px(1.6)))
    painter.setBrush(colour)
    painter.drawEllipse(spot, style.px(5.2), style.px(5.2))


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
