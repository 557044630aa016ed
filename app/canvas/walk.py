"""Going about on the canvas with the keyboard: from column to column, and from thing to thing within one.

The arrows belong to the window, where they step the run, until Tab or Return came to the canvas;
then they move the selection, until Escape or a click. So a person who clicked a page can watch it
while stepping, and one without a mouse gets everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.canvas.scene import Scene
from app.moment import Selected

ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class Walk:
    """Where the keyboard is."""

    def __init__(self) -> None:
        self.walking = False
        """The arrows move the selection."""
        self.column = -1
        """The column of the keyboard, or of the last click; -1: none."""

    def wants(self, event: QKeyEvent) -> bool:
        """Keys that mean something here before they mean something to the window."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        return self.walking and plain and (event.key() in ARROWS or event.key() == Qt.Key.Key_Escape)

    def clicked(self, column: int) -> None:
        """A click takes over."""
        self.walking, self.column = False, column

    def leave(self) -> None:
        """The arrows are the window's again."""
        self.walking = False

    def tab(self, forwards: bool, columns: int) -> bool:
        """To the next column; False when there is none and the next widget has the turn."""
        wanted = self.column + (1 if forwards else -1) if self.walking else (0 if forwards else columns - 1)
        self.walking = 0 <= wanted < columns
        self.column = wanted if self.walking else -1
        return self.walking

    def enter(self, scene: Scene, nearby: Iterable[Selected]) -> Selected | None:
        """Begin in the column at one of the things ``nearby``, or at its first thing."""
        self.walking, self.column = True, min(max(self.column, 0), len(scene.columns) - 1)
        column = scene.columns[self.column]
        return next((thing for thing in nearby if column.find(thing)), None) or column.first()

    def step(self, scene: Scene, selection: tuple[Selected, ...], key: int) -> Selected | None:
        """What an arrow leads to."""
        column = scene.columns[self.column]
        here = next((thing for thing in selection if column.find(thing)), None)
        return column.neighbour(here, *ARROWS[Qt.Key(key)]) if here is not None else column.first()
