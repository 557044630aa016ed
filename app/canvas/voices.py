"""What screen readers find on the canvas: a child for each column, with its name and what it says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.canvas.scene import Scene


class Voices:
    """Empty widgets over the columns. They draw nothing and let the pointer through."""

    def __init__(self, canvas: QWidget) -> None:
        self._canvas = canvas
        self.children: list[QWidget] = []

    def follow(self, scene: Scene | None) -> None:
        """Stand where the columns are and say what they say."""
        columns = scene.columns if scene is not None else []
        while len(self.children) < len(columns):
            child = QWidget(self._canvas)
            child.setObjectName(f"column {len(self.children)}")
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            child.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
            self.children.append(child)
        for place, child in enumerate(self.children):
            child.setVisible(place < len(columns))
            if place >= len(columns):
                continue
            column = columns[place]
            box = column.box.toRect()
            if child.geometry() != box:
                child.setGeometry(box)
            if child.accessibleName() != column.name:
                child.setAccessibleName(column.name)
            said = "; ".join([column.title, *([column.note] if column.note else []), *column.said])
            if child.accessibleDescription() != said:
                child.setAccessibleDescription(said)
