"""A layer over the canvas that dims all but what the current transition changed, for people at the back of a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app import theme
from app.canvas.changes import changed_things
from app.moment import Moment, Selected

if TYPE_CHECKING:
    from app.canvas.canvas import MachineCanvas

MOST_LIT = 80
"""A transition that changed more things than this (a fork, a mapping) changed everything: nothing is dimmed."""
DIMMED = 0.45
"""How much of what is not lit is covered."""


class Spotlight(QWidget):
    """Lies over the whole canvas and lets every click through."""

    def __init__(self, canvas: MachineCanvas) -> None:
        super().__init__(canvas)
        self.setObjectName("spotlight")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas = canvas
        self._things: tuple[Selected, ...] = ()
        self.hide()
        canvas.installEventFilter(self)

    def turn(self, on: bool) -> None:
        """Light up, or go out."""
        self.setGeometry(self._canvas.rect())
        self.setVisible(on)
        self.raise_()

    def show_moment(self, moment: Moment) -> None:
        """What the moment's transition changed is lit."""
        things = () if moment.skipping else changed_things(moment)
        self._things = things if len(things) <= MOST_LIT else ()
        self.update()

    def lit(self) -> list[QRectF]:
        """The places that stay bright; none: nothing is dimmed."""
        scene = self._canvas.scene
        if scene is None:
            return []
        edge = theme.px(7)
        return [
            rect.adjusted(-edge, -edge, edge, edge)
            for thing in self._things for rect in scene.places(thing)
        ]  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the canvas, always."""
        if watched is self._canvas and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A veil with holes, each with a bright edge."""
        lit = self.lit()
        if not lit:
            return
        holes = QPainterPath()
        for rect in lit:
            hole = QPainterPath()
            hole.addRoundedRect(rect, theme.px(6), theme.px(6))
            holes = holes.united(hole)
        veil = QPainterPath()
        veil.addRect(QRectF(self.rect()))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(veil.subtracted(holes), theme.current().colour("window", DIMMED))
        painter.setPen(QPen(theme.current().colour("warning"), theme.px(2)))
        painter.drawPath(holes)
        painter.end()
