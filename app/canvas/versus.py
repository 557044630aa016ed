"""The card that says how this run stands against another of the same workload: a pair of bars for each figure.

What is compared, and how its figures are called, comes from whoever compares; this card only draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.canvas.style import RIGHT, Style
from app.canvas.words import translate

HEAD, ROW, FOOT, PAD = 31, 17, 6, 10
BAR = 5
LABEL, LEAST_BAR = 0.36, 24
"""Share of the width that the names take at most, and pixels of bar without which there is none."""


@dataclass(frozen=True)
class Pair:
    """One figure of both runs."""

    name: str
    ours: float | None
    theirs: float | None
    """None where the run does not have it."""
    our_text: str
    their_text: str


@dataclass(frozen=True)
class Versus:
    """A comparison as it stands at the cursor."""

    other: str
    """What the run is compared with, as people say it."""
    pairs: Sequence[Pair] = ()

    @property
    def height(self) -> float:
        """Pixels at normal type size that the card takes."""
        return HEAD + ROW * len(self.pairs) + FOOT

    def tip(self) -> str:
        """What the bars are."""
        return translate("Canvas", "Both at the same reference. Above, bright: this run; below: {other}.").format(
            other=self.other
        )

    def paint(self, painter: QPainter, box: QRectF, style: Style) -> None:
        """Draw the card."""
        px = style.px
        style.card(painter, box)
        inside = box.adjusted(px(PAD), 0, -px(PAD), 0)
        long = translate("Canvas", "Compared with {other}, same workload").format(other=self.other)
        short = translate("Canvas", "Compared with {other}").format(other=self.other)
        head = QRectF(inside.left(), box.top() + px(7), inside.width(), px(18))
        fits = style.width(long, 11, bold=True) <= head.width()
        style.text(painter, head, long if fits else short, 11, bold=True)
        ours = max((style.width(pair.our_text, 10, mono=True) for pair in self.pairs), default=0)
        theirs = max((style.width(pair.their_text, 10, mono=True) for pair in self.pairs), default=0)
        names = max((style.width(pair.name, 10) for pair in self.pairs), default=0)
        label = min(names, inside.width() * LABEL)
        bars = QRectF(inside.left() + label + px(8), 0, inside.width() - label - ours - theirs - px(24), px(BAR))
        for row, pair in enumerate(self.pairs):
            line = QRectF(inside.left(), box.top() + px(HEAD + ROW * row), inside.width(), px(ROW))
            style.text(painter, QRectF(line.left(), line.top(), label, line.height()), pair.name, 10, "dim")
            style.text(painter, line, pair.their_text, 10, "dim", mono=True, align=RIGHT)
            style.text(painter, line.adjusted(0, 0, -theirs - px(8), 0), pair.our_text, 10, "accent", mono=True,
                       align=RIGHT)  # fmt: skip
            if bars.width() >= px(LEAST_BAR):
                self._bars(painter, bars.translated(0, line.top()), pair, style)

    @staticmethod
    def _bars(painter: QPainter, box: QRectF, pair: Pair, style: Style) -> None:
        """The longer of the two fills the box."""
        full = max(pair.ours or 0.0, pair.theirs or 0.0) or 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        for value, colour, down in ((pair.ours, "accent", 2.5), (pair.theirs, "dim", 8.5)):
            if value is not None:
                painter.setBrush(style.colour(colour))
                wide = max(style.px(2), box.width() * value / full)
                bar = QRectF(box.left(), box.top() + style.px(down), wide, box.height())
                painter.drawRoundedRect(bar, style.px(1.5), style.px(1.5))
