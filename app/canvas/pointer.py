"""The pointer on the canvas: clicks select, a drag draws a band, the middle button pans, the map at the edge jumps.

A plain click selects one thing, Ctrl adds or takes away, Shift everything up to it in the same field.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.moment import Selected

if TYPE_CHECKING:
    from app.canvas.canvas import MachineCanvas

Things = tuple[Selected, ...]


class Drag(Enum):
    """What a pressed button is doing."""

    NONE = auto()
    PRESSED = auto()
    """Left button down, not moved yet."""
    BAND = auto()
    PAN = auto()
    MAP = auto()


class Pointer:
    """State between a press and its release."""

    def __init__(self, canvas: MachineCanvas) -> None:
        self._canvas = canvas
        self.drag = Drag.NONE
        self.at = QPointF()
        """Where it was last."""
        self._start, self._now = QPointF(), QPointF()
        self._column, self._scroll = -1, 0.0
        self._before: Things = ()
        self.anchor: Selected | None = None
        """Where a range with Shift begins."""

    @property
    def band(self) -> QRectF:
        """The band being drawn; empty when there is none."""
        return QRectF(self._start, self._now).normalized() if self.drag is Drag.BAND else QRectF()

    def press(self, event: QMouseEvent) -> bool:
        """A button goes down; True when it means something here."""
        scene, canvas = self._canvas.scene, self._canvas
        if scene is None:
            return False
        self._start = self._now = event.position()
        self._column = scene.column_at(self._start)
        if event.button() is Qt.MouseButton.MiddleButton and self._column >= 0:
            self.drag, self._scroll = Drag.PAN, scene.columns[self._column].look.scroll
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if self._on_map():
            self.drag = Drag.MAP
            self._to_map()
            return True
        self.drag = Drag.PRESSED
        canvas.walk.clicked(self._column)
        found, keys = canvas.at(self._start), event.modifiers()
        if found is None and scene.entry_box.contains(self._start):
            self._before = canvas.selection
            return True  # who reads the card goes on reading about the same thing
        self._before = canvas.selection if keys & (_CTRL | _SHIFT) else ()
        if keys & _SHIFT and found is not None:
            canvas.choose(_joined(canvas.selection, self._range(found)))
        elif keys & _CTRL:
            if found is not None:
                canvas.choose(_toggled(canvas.selection, found))
                self.anchor = found
        else:
            canvas.choose((found,) if found is not None else ())
            self.anchor = found
        return True

    def move(self, event: QMouseEvent) -> bool:
        """The pointer moves; True while a drag is under way."""
        self.at = event.position()
        if self.drag is Drag.NONE:
            return False
        self._now = event.position()
        if self.drag is Drag.PRESSED:
            if (self._now - self._start).manhattanLength() < QApplication.startDragDistance():
                return True
            self.drag = Drag.BAND
        if self.drag is Drag.PAN:
            self._canvas.scroll_to(self._column, self._scroll - (self._now.y() - self._start.y()))
        elif self.drag is Drag.MAP:
            self._to_map()
        else:
            self._canvas.update()
        return True

    def release(self) -> None:
        """The button goes up: a band selects what it touched."""
        drag, band = self.drag, self.band
        self.drag = Drag.NONE
        scene = self._canvas.scene
        if drag is Drag.BAND and scene is not None:
            touched = [thing for column in scene.columns for thing in column.within(band)]
            self._canvas.choose(_joined(self._before, touched))
        elif drag is Drag.PAN:
            self._canvas.setCursor(Qt.CursorShape.ArrowCursor)

    def _on_map(self) -> bool:
        scene = self._canvas.scene
        if scene is None or self._column < 0:
            return False
        column = scene.columns[self._column]
        return column.most_scroll > 0 and column.minimap().box.adjusted(-3, 0, 4, 0).contains(self._start)

    def _to_map(self) -> None:
        scene = self._canvas.scene
        if scene is not None:
            self._canvas.scroll_to(self._column, scene.columns[self._column].minimap().scroll_at(self._now.y()))

    def _range(self, last: Selected) -> list[Selected]:
        """From the anchor to ``last`` where one field shows both, else ``last`` alone."""
        scene = self._canvas.scene
        if scene is not None and self.anchor is not None:
            for column in scene.columns:
                for field in column.fields:
                    a, b = field.index_of(self.anchor), field.index_of(last)
                    if a >= 0 and b >= 0:
                        span = range(min(a, b), min(max(a, b), min(a, b) + MOST_RANGE) + 1)
                        return [thing for thing in map(field.selected, span) if thing is not None]
        return [last]


MOST_RANGE = 4096
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _joined(before: Things, more: list[Selected]) -> Things:
    return tuple(dict.fromkeys((*before, *more)))


def _toggled(selection: Things, thing: Selected) -> Things:
    return tuple(one for one in selection if one != thing) if thing in selection else (*selection, thing)
