"""The parts of a scenario as a tree: processes, shared memory, what happens step by step and in between, checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from app import actions, theme
from app.editor.document import Document
from app.editor.mistakes import Mistakes
from app.editor.preview import colour_of
from app.editor.telling import icon_of, line_of
from engine.scenario.names import process_named
from engine.scenario.positions import Path

_PATH = Qt.ItemDataRole.UserRole
INSIDE = {"process": ("regions",), "run": ("parallel",), "shock": ("run", "beside"), "step": ("question",),
          "question": ("option",), "assignment": ("may_change", "check")}  # fmt: skip
"""Arrays of tables inside an element of another array, or inside a table that there is only one of."""


class PartsTree(QTreeWidget):
    """Shows the elements of some arrays of a document."""

    moved = Signal(object, int, int)
    """Path of an array, and the places an element was dragged from and to."""
    picked = Signal(object)
    """Path of the part that is now chosen, or of the array whose title is; None: nothing."""

    def __init__(self, document: Document, arrays: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._arrays = tuple(arrays)
        self._titles: dict[Path, str] = {}
        self._mistakes = Mistakes()
        self._paths: list[Path] = []
        self._items: list[QTreeWidgetItem] = []
        """Every item from above, and its path."""
        self._shown: list[Any] = []
        """What each item was told of last."""
        self._processes: Any = None
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(lambda now, _before: self.picked.emit(self.path_of(now)))
        theme.switch().changed.connect(self._dress)
        self._dress()

    def name_arrays(self, titles: dict[Path, str]) -> None:
        """The titles of the arrays; without one, elements stand at the top."""
        self._titles = titles

    @property
    def path(self) -> Path | None:
        """What is chosen."""
        return self.path_of(self.currentItem())

    @staticmethod
    def path_of(item: QTreeWidgetItem | None) -> Path | None:
        """The path of an item."""
        return item.data(0, _PATH) if item is not None else None

    def show_problems(self, mistakes: Mistakes) -> None:
        """Mark the parts in which something is wrong."""
        self._mistakes = mistakes
        for item in self.items():
            self._dress_item(item)

    def show_document(self, wanted: Path | None = None) -> None:
        """The document's parts; ``wanted`` is chosen, or what was chosen before."""
        wanted = wanted if wanted is not None else self.path
        rows = list(self._rows())
        paths = [path for path, _ in rows]
        if paths != self._paths:
            with QSignalBlocker(self):
                self._build(rows)
            self._shown = []
        processes = self._document.value(("process",))
        before = self._shown if processes == self._processes else []  # parts have the colours of their processes
        self._shown, self._processes = [value for _, value in rows], processes
        for item, (path, value), was in zip_longest(self._items, rows, before):
            if was == value and was is not None:
                continue  # hundreds of parts are as they were while one is typed in
            self._dress_item(item, value)
            text = self._titles[path] if path in self._arrays else line_of(path, value)
            if text != item.text(0):
                item.setText(0, text)
                item.setToolTip(0, text)
        self.choose(wanted)

    def choose(self, path: Path | None) -> None:
        """Choose a part; the nearest one where it is not there any more."""
        found = None
        while path and found is None:
            found = self._items[self._paths.index(path)] if path in self._paths else None
            last = path[-1]
            path = (*path[:-1], last - 1) if isinstance(last, int) and last > 0 else path[:-1]
        if found is None:
            found = self.topLevelItem(0)
        if found is not None and found is not self.currentItem():
            self.setCurrentItem(found)
        else:
            self.picked.emit(self.path)

    def items(self) -> Iterator[QTreeWidgetItem]:
        """Every item from above."""
        yield from self._items

    def _rows(self) -> Iterator[tuple[Path, Any]]:
        for array in self._arrays:
            if array in self._titles:
                yield array, None
            yield from self._elements(array)

    def _elements(self, array: Path) -> Iterator[tuple[Path, Any]]:
        elements = self._document.value(array)
        if isinstance(elements, dict):
            for inner in INSIDE.get(str(array[-1]), ()):
                yield from self._elements((*array, inner))
        for index, value in enumerate(elements if isinstance(elements, list) else ()):
            yield (*array, index), value
            for inner in INSIDE.get(str(array[-1]), ()):
                if isinstance(value, dict) and inner in value:
                    yield from self._elements((*array, index, inner))

    def _build(self, rows: Sequence[tuple[Path, Any]]) -> None:
        self.clear()
        self._paths, self._items = [path for path, _ in rows], []
        made: dict[Path, QTreeWidgetItem] = {}
        for path, _ in rows:
            parent = made.get(path[:-2]) or made.get(path[:-1]) if len(path) > 2 else made.get(path[:-1])
            item = QTreeWidgetItem(parent) if parent is not None else QTreeWidgetItem(self)
            item.setData(0, _PATH, path)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags if path in self._arrays else flags | Qt.ItemFlag.ItemIsDragEnabled
                          | Qt.ItemFlag.ItemIsDropEnabled)  # fmt: skip
            item.setExpanded(True)
            made[path] = item
            self._items.append(item)
        self.expandAll()

    def _dress_item(self, item: QTreeWidgetItem, value: Any = None) -> None:
        path = self.path_of(item) or ()
        if path in self._arrays:
            font = theme.font(12, bold=True)
            item.setFont(0, font)
            item.setForeground(0, QBrush(QColor(theme.current().dim)))
            return
        wrong = self._mistakes.at(path) is not None
        value = self._document.value(path) if value is None else value
        colours = theme.current()
        name = "mdi6.alert-circle" if wrong else icon_of(path, value)
        colour = colours.danger if wrong else self._colour(path, value, colours)
        look = (name, colour, colours.name)
        if item.data(0, _PATH + 1) != look:
            item.setData(0, _PATH + 1, look)
            item.setIcon(0, actions.icon(name, colour))
            item.setForeground(0, QBrush(QColor(colours.danger if wrong else colours.text)))

    def _colour(self, path: Path, value: Any, colours: theme.Theme) -> str:
        """That of the process which the part is about, as its references have it in the preview."""
        data, name = self._document.data, value.get("process") if isinstance(value, dict) else None
        number = path[1] if path[0] == "process" else process_named(data, name)
        about = path[0] == "process" or (path[0] == "run" and isinstance(value, dict) and _makes_references(value))
        return str(getattr(colours, colour_of(number))) if about and isinstance(number, int) else colours.dim

    # -- dragging -----------------------------------------------------------------------------

    def dropEvent(self, event: QDropEvent) -> None:
        """An element moves within its own array; a drop anywhere else does nothing."""
        source, target = self.path, self.path_of(self.itemAt(event.position().toPoint()))
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the document moves it, and the tree follows
        event.accept()
        if source is None or not isinstance(source[-1], int) or target is None:
            return
        below = self.dropIndicatorPosition() is QAbstractItemView.DropIndicatorPosition.BelowItem
        self.drop_on(source, target, below)

    def drop_on(self, source: Path, target: Path, below: bool) -> None:
        """Say that an element was dropped on another one, or just below it."""
        array, first = source[:-1], source[-1]
        while len(target) > len(source):
            target = target[:-2]
            below = True
        if target[:-1] != array or not isinstance(first, int) or not isinstance(target[-1], int):
            return
        to = target[-1] + (1 if below else 0)
        to -= 1 if to > first else 0
        if to != first:
            self.moved.emit(array, first, to)

    def _dress(self) -> None:
        self.setFont(theme.font(12.5))
        self.setIndentation(theme.px(16))
        self.setStyleSheet(f"QTreeView::item {{ padding: {theme.px(3)}px 0; }}")
        self._shown = []
        for item in self.items():
            item.setData(0, _PATH + 1, None)
            self._dress_item(item)


def _makes_references(part: dict[str, Any]) -> bool:
    return "pattern" in part or part.get("op") in ("read", "write")
