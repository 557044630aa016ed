"""The card that offers to compare, where nobody compares yet: a click on it begins.

What this run would be compared with comes from whoever compares. There are no figures on it: how another design
stands is only known once the same workload has run on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.canvas.style import CENTRE, Style
from app.canvas.words import translate

PAD, BUTTON = 10, 24


@dataclass(frozen=True)
class Invitation:
    """To compare with one other run."""

    other: str
    """What the run would be compared with, as people say it."""
    height: float = 54
    """Pixels at normal type size that the card takes."""

    def tip(self) -> str:
        """What a click does."""
        return translate(
            "Canvas",
            "The same workload runs on the other machine, in step with this one, and its figures stand here: pages "
            "swapped, slots in use and wasted, metadata, faults. [C]",
        )

    def paint(self, painter: QPainter, box: QRectF, style: Style) -> None:
        """Draw the card, with a button at its right where the words leave room for one."""
        px = style.px
        style.card(painter, box)
        inside = box.adjusted(px(PAD), 0, -px(PAD), 0)
        button = translate("Canvas", "Compare")
        wide = style.width(button, 11) + px(2 * PAD)
        long = translate("Canvas", "Compared with {other}").format(other=self.other)
        room = inside.width() - wide - px(PAD)
        title = long if style.width(long, 11, bold=True) <= room else self.other[:1].upper() + self.other[1:]
        upper = QRectF(inside.left(), box.top() + px(9), room, px(18))
        style.text(painter, upper, title, 11, bold=True)
        below = upper.translated(0, px(18))
        texts = translate("Canvas", "same workload, in step: press C"), translate("Canvas", "press C")
        text = next((one for one in texts if style.width(one, 10) <= room), texts[-1])
        style.text(painter, below, text, 10, "dim")
        pill = QRectF(inside.right() - wide, box.center().y() - px(BUTTON / 2), wide, px(BUTTON))
        style.card(painter, pill, "panel", "accent", radius=5)
        style.text(painter, pill, button, 11, "accent", align=CENTRE)
