"""Parts of a scenario to be added, copied, moved and removed: a tree, its buttons, and the form of what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from app import actions, theme
from app.editor.document import Document
from app.editor.form import Form
from app.editor.mistakes import at_key
from app.editor.telling import line_of
from app.editor.tree import PartsTree
from app.panels.widgets import Empty, Text, row_of, scrolled
from engine.errors import Problem
from engine.scenario import edit
from engine.scenario.forms import fields_of, model_at
from engine.scenario.names import free_name, named_at
from engine.scenario.part import Part
from engine.scenario.parts import new_element, new_part, run_choices, with_word
from engine.scenario.positions import Path, dotted


class IconButton(QToolButton):
    """A button whose icon follows the theme, with or without words beside it."""

    def __init__(self, icon: str, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        style = Qt.ToolButtonStyle
        self.setText(text)
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly)
        self.setToolTip(tip)
        self.setAccessibleName(text or tip)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setIcon(actions.icon(self._icon))


class PartsEditor(QWidget):
    """The elements of some arrays of tables of a document."""

    chosen = Signal(object)
    """Path of the part whose form is shown."""
    trace_wanted = Signal(object)
    """The file of a recording is to be chosen: for the part at this path."""

    def __init__(
        self, document: Document, arrays: Sequence[Path], name: str, beside: bool, parent: QWidget | None = None
    ) -> None:
        """``beside``: the form stands beside the tree, not below it."""
        super().__init__(parent)
        self._document = document
        self._arrays = tuple(arrays)
        self._forms: dict[type[Part], Form] = {}
        self._problems: tuple[Problem, ...] = ()
        self._wanted: Path | None = None
        """What is to be chosen once the document has changed."""
        self.tree = PartsTree(document, arrays)
        self.tree.setAccessibleName(name)
        self.tree.picked.connect(self._show_form)
        self.tree.moved.connect(self.move_to)
        self.add = IconButton("mdi6.plus", self.tr("Add"), self.tr("Add a part behind the one that is chosen"))
        self.menu = QMenu(self.add)
        self.copy = IconButton("mdi6.content-copy", "", self.tr("Duplicate what is chosen"))
        self.out = IconButton("mdi6.delete-outline", "", self.tr("Remove what is chosen"))
        self.up = IconButton("mdi6.arrow-up", "", self.tr("Move it up"))
        self.down = IconButton("mdi6.arrow-down", "", self.tr("Move it down"))
        self._act(self.copy, "Ctrl+D", self.duplicate)
        self._act(self.out, "Del", self.remove)
        self._act(self.up, "Alt+Up", lambda: self.move_by(-1))
        self._act(self.down, "Alt+Down", lambda: self.move_by(1))
        self.title = Text("", 14, bold=True)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.file = IconButton("mdi6.folder-open-outline", self.tr("Choose the recording…"), "")
        self.file.clicked.connect(lambda _on=False: self.trace_wanted.emit(self.tree.path))
        self.nothing = Empty(self.tr("Nothing is chosen"), self.tr("Choose a part, or add one."))
        self._lay_out(beside)
        self.tree.name_arrays(self._titles())
        self.add.clicked.connect(lambda _on=False: self._add())
        self.show_document()

    def _lay_out(self, beside: bool) -> None:
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addWidget(self.tree, 1)
        column.addLayout(row_of(self.add, 1, self.up, self.down, self.copy, self.out, spacing=4))
        self._body = QVBoxLayout(right)
        self._body.setContentsMargins(theme.px(4), 0, theme.px(4), 0)
        self._body.setSpacing(theme.px(6))
        self._body.addWidget(self.title)
        self._body.addWidget(self.file, 0, Qt.AlignmentFlag.AlignLeft)
        self._body.addWidget(self.nothing)
        self._body.addStretch(1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        if beside:
            splitter = QSplitter(Qt.Orientation.Horizontal)
            splitter.addWidget(left)
            splitter.addWidget(scrolled(right))
            splitter.setStretchFactor(1, 1)
            splitter.setSizes([theme.px(250), theme.px(400)])
            splitter.setChildrenCollapsible(False)
            outer.addWidget(splitter)
        else:
            self.tree.setFixedHeight(theme.px(104))
            both = QVBoxLayout()
            both.addWidget(left)
            both.addWidget(right)
            outer.addLayout(both)

    def _act(self, button: QToolButton, key: str, does: Callable[[], object]) -> None:
        button.clicked.connect(lambda _on=False: does())
        action = QAction(button.toolTip(), self.tree)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False: does())
        self.tree.addAction(action)
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{button.toolTip()}  [{shown}]")

    def _titles(self) -> dict[Path, str]:
        if len(self._arrays) == 1:
            return {}
        return {("process",): self.tr("Processes"), ("shmem",): self.tr("Shared memory"),
                ("run",): self.tr("What happens, in order"), ("shock",): self.tr("What comes in between"),
                ("check",): self.tr("Checks")}  # fmt: skip

    # -- showing ------------------------------------------------------------------------------

    def show_document(self) -> None:
        """The parts of the document as it is now."""
        self.tree.name_arrays(self._titles())
        wanted, self._wanted = self._wanted, None
        self.tree.show_document(wanted)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """What is wrong, at its parts."""
        self._problems = tuple(problems)
        self.tree.show_problems(self._problems)
        form = self.form
        if form is not None and self.tree.path is not None:
            form.show_table(self.tree.path, self._problems)

    @property
    def form(self) -> Form | None:
        """The form that is shown."""
        return next((form for form in self._forms.values() if not form.isHidden()), None)

    def _show_form(self, path: Path | None) -> None:
        element = path is not None and isinstance(path[-1], int)
        value = self._document.value(path) if path is not None and element else None
        model = model_at(path, value) if path is not None and element else None
        for button in (self.copy, self.out, self.up, self.down):
            button.setEnabled(element)
        for other, shown in self._forms.items():
            if other is not model:
                shown.hide()
        self.title.setVisible(model is not None)
        self.file.setVisible(isinstance(value, dict) and "trace" in value)
        self.nothing.setVisible(model is None)
        self._say_why(path, value, element)
        if model is None or path is None:
            return
        self.title.show_text(line_of(path, value))
        form = self._forms.get(model)
        if form is None:
            form = self._forms[model] = Form(self._document, fields_of(model), ("pattern", "op"))
            form.chosen.connect(self._turn)
            self._body.insertWidget(2, form)
        form.show()
        form.show_table(path, self._problems)
        self.chosen.emit(path)

    def _say_why(self, path: Path | None, value: Any, element: bool) -> None:
        if not element:
            self.nothing.say(self.tr("Nothing is chosen"), self.tr("Choose a part, or add one."))
            return
        problem = at_key(self._problems, dotted(path or ()))
        told = problem.what if problem is not None else self.tr("It does not say what happens.")
        self.nothing.say(told, self.tr("Mend it in the text: no form knows this part."))

    # -- changing -----------------------------------------------------------------------------

    def _add(self) -> None:
        """The menu of what can be added; where there is only one kind, one of it."""
        if len(self._arrays) == 1:
            self.insert(self._arrays[0], new_element(self._document.data, self._arrays[0]))
            return
        self.fill_menu()
        self.menu.popup(self.add.mapToGlobal(QPoint(0, -self.menu.sizeHint().height())))

    def fill_menu(self) -> None:
        """What can be added here."""
        for menu in self.menu.findChildren(QMenu):
            menu.deleteLater()
        self.menu.clear()
        path = self.tree.path or ()
        words = run_choices()
        array, together = _run_of(path), self._together(path)
        if together is not None:
            self._words(self.tr("Pattern, at the same time"), "pattern", words["pattern"], together)
            self.menu.addSeparator()
        if path[:1] == ("shock",) and len(path) > 1:
            self._words(self.tr("Pattern, beside all that follows"), "pattern", words["pattern"],
                        (*path[:2], "beside"))  # fmt: skip
        self._words(self.tr("Pattern of references"), "pattern", words["pattern"], array)
        self._words(self.tr("Operation"), "op", words["op"], array)
        for text, kind in ((self.tr("Recording…"), "trace"), (self.tr("Mark"), "mark"),
                           (self.tr("Change of a setting"), "set"),
                           (self.tr("Several at the same time"), "parallel")):  # fmt: skip
            self.menu.addAction(text).triggered.connect(partial(self._add_step, kind, "", array))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Process")).triggered.connect(partial(self._add_element, ("process",)))
        if path[:1] == ("process",) and len(path) > 1:
            array = (*path[:2], "regions")
            name = self._document.value((*path[:2], "name"))
            text = self.tr("Region of {process}").format(process=name)
            self.menu.addAction(text).triggered.connect(partial(self._add_element, array))
        self.menu.addAction(self.tr("Shared memory")).triggered.connect(partial(self._add_element, ("shmem",)))
        self.menu.addAction(self.tr("Something in between")).triggered.connect(partial(self._add_element, ("shock",)))
        self.menu.addAction(self.tr("Check")).triggered.connect(partial(self._add_element, ("check",)))

    def _words(self, title: str, kind: str, words: Sequence[str], array: Path) -> None:
        menu = self.menu.addMenu(title)
        for word in words:
            menu.addAction(word).triggered.connect(partial(self._add_step, kind, word, array))

    def _together(self, path: Path) -> Path | None:
        """The array of parts that happen at the same time, where one of them or the whole is chosen."""
        if "parallel" in path:
            return path[: path.index("parallel") + 1]
        there = path and isinstance(path[-1], int) and self._document.value((*path, "parallel")) is not None
        return (*path, "parallel") if there else None

    def _add_step(self, kind: str, word: str, array: Path, _on: bool = False) -> None:
        self.insert(array, new_part(self._document.data, kind, word))

    def _add_element(self, array: Path, _on: bool = False) -> None:
        self.insert(array, new_element(self._document.data, array))

    def insert(self, array: Path, element: dict[str, Any]) -> None:
        """A new element behind the chosen one of its array, or behind the last one."""
        elements = self._document.value(array)
        length = len(elements) if isinstance(elements, list) else 0
        path = self.tree.path or ()
        here = path[len(array)] if path[: len(array)] == array and len(path) > len(array) else length - 1
        index = here + 1 if isinstance(here, int) else length
        what = line_of((*array, index), element)
        self._change(lambda text: edit.insert(text, array, index, element), (*array, index),
                     self.tr("Add {what}").format(what=what))  # fmt: skip
        if "trace" in element:
            self.trace_wanted.emit((*array, index))

    def duplicate(self) -> None:
        """What is chosen once more, behind itself."""
        path = self._element()
        if path is None:
            return
        array, index = path[:-1], int(path[-1])

        def twice(text: str) -> str:
            made = edit.duplicate(text, path)
            for key in ("name", "child", "mark"):
                place = (*path, key)
                given = self._document.value(place)
                if named_at(place) and isinstance(given, str):
                    free = free_name(self._document.data, named_at(place), given)
                    made = edit.put(made, (*array, index + 1, key), free)
            return made

        name = self.tr("Duplicate {what}").format(what=line_of(path, self._document.value(path)))
        self._change(twice, (*array, index + 1), name)

    def remove(self) -> None:
        """Take what is chosen out."""
        path = self._element()
        if path is not None:
            name = self.tr("Remove {what}").format(what=line_of(path, self._document.value(path)))
            self._change(lambda text: edit.remove(text, path), path, name)

    def move_by(self, by: int) -> None:
        """What is chosen up (-1) or down (1) in its array."""
        path = self._element()
        if path is not None:
            self.move_to(path[:-1], int(path[-1]), int(path[-1]) + by)

    def move_to(self, array: Path, first: int, to: int) -> None:
        """An element to another place of its array."""
        elements = self._document.value(array)
        if not isinstance(elements, list) or not 0 <= to < len(elements) or first == to:
            return
        order = list(range(len(elements)))
        order.insert(to, order.pop(first))
        name = self.tr("Move {what}").format(what=line_of((*array, first), elements[first]))
        self._change(lambda text: edit.reorder(text, array, order), (*array, to), name)

    def _turn(self, path: Path, word: str) -> None:
        """Another pattern or operation in the place of the chosen one."""
        part, kind = self._document.value(path[:-1]), str(path[-1])
        if isinstance(part, dict) and part.get(kind) != word:
            name = self.tr("Turn {old} into {new}").format(old=part.get(kind), new=word)
            self._change(lambda text: with_word(text, path[:-1], part, kind, word), path[:-1], name)

    def _element(self) -> Path | None:
        path = self.tree.path
        return path if path is not None and isinstance(path[-1], int) else None

    def _change(self, change: Callable[[str], str], wanted: Path, name: str) -> None:
        """Change the text, and choose a part then."""
        if self._document.trouble is not None:
            return
        try:
            text = change(self._document.text)
        except LookupError:
            return
        self._wanted = wanted
        self._document.change(text, name)


def _run_of(path: Path) -> Path:
    """The array that a step is added to: that of the shock that is chosen, or the run's own."""
    return (*path[:2], "run") if path[:1] == ("shock",) and len(path) > 1 else ("run",)
