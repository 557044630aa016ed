"""Parts of a scenario to be added, copied, moved and removed: a tree, its buttons, and the form of what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from app import actions, theme
from app.editor.document import Document
from app.editor.form import Form
from app.editor.mistakes import Mistakes
from app.editor.telling import line_of
from app.editor.tree import PartsTree
from app.panels.widgets import Empty, Text, row_of, scrolled
from engine.scenario import edit
from engine.scenario.forms import fields_of, model_at
from engine.scenario.names import free_name, named_at
from engine.scenario.part import Part
from engine.scenario.parts import new_element, with_word
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
        self, document: Document, arrays: Sequence[Path], name: str, beside: bool,
        offer: Callable[[PartsEditor], None] = lambda _editor: None, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """``beside``: the form stands beside the tree, not below it; ``offer`` fills the menu of what can be added."""
        super().__init__(parent)
        self.document, self._offer = document, offer
        self._arrays = tuple(arrays)
        self._forms: dict[type[Part], Form] = {}
        self._mistakes = Mistakes()
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
        self.title = Text("", 14, bold=True, wrap=True)
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
                ("check",): self.tr("Checks"), ("step",): self.tr("Steps of the lesson"),
                ("vary",): self.tr("What varies from instance to instance"),
                ("assignment",): self.tr("Homework")}  # fmt: skip

    # -- showing ------------------------------------------------------------------------------

    def show_document(self) -> None:
        """The parts of the document as it is now."""
        self.tree.name_arrays(self._titles())
        wanted, self._wanted = self._wanted, None
        self.tree.show_document(wanted)

    def show_problems(self, mistakes: Mistakes) -> None:
        """What is wrong, at its parts."""
        self._mistakes = mistakes
        self.tree.show_problems(self._mistakes)
        form = self.form
        if form is not None and self.tree.path is not None:
            form.show_table(self.tree.path, self._mistakes)

    @property
    def form(self) -> Form | None:
        """The form that is shown."""
        return next((form for form in self._forms.values() if not form.isHidden()), None)

    def _show_form(self, path: Path | None) -> None:
        element = path is not None and isinstance(path[-1], int)
        value = self.document.value(path) if path is not None else None
        table = element or isinstance(value, dict)  # there is only one of some
        model = model_at(path, value) if path is not None and table else None
        for button in (self.copy, self.up, self.down):
            button.setEnabled(element)
        self.out.setEnabled(element or model is not None)
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
        self.title.setVisible(element)
        form = self._forms.get(model)
        if form is None:
            form = self._forms[model] = Form(self.document, fields_of(model), ("pattern", "op"))
            form.chosen.connect(self._turn)
            self._body.insertWidget(2, form)
        form.show()
        form.show_table(path, self._mistakes)
        self.chosen.emit(path)

    def _say_why(self, path: Path | None, value: Any, element: bool) -> None:
        if not element:
            about: dict[Path, str] = {
                ("step",): self.tr("A step is a moment of the run with a text and questions. Playing stops there."),
                ("vary",): self.tr("What varies is another value in each instance: every student has a run of "
                                   "their own, and the answers are found anew."),
                ("assignment",): self.tr("Homework says what a student may change, and what is to be reached. "
                                         "It is graded by running it."),
            }  # fmt: skip
            told = about.get(path or ())
            if told and not value:
                self.nothing.say(self.tr("There is none yet"), f"{told} {self.tr('Begin with Add.')}")
            else:
                self.nothing.say(self.tr("Nothing is chosen"), told or self.tr("Choose a part, or add one."))
            return
        problem = self._mistakes.at(path or ())
        told = problem.what if problem is not None else self.tr("It does not say what happens.")
        self.nothing.say(told, self.tr("Mend it in the text: no form knows this part."))

    # -- changing -----------------------------------------------------------------------------

    def _add(self) -> None:
        """The menu of what can be added; where there is only one kind, one of it."""
        if len(self._arrays) == 1:
            self.insert(self._arrays[0], new_element(self.document.data, self._arrays[0]))
            return
        self.fill_menu()
        self.menu.popup(self.add.mapToGlobal(QPoint(0, -self.menu.sizeHint().height())))

    def fill_menu(self) -> None:
        """What can be added here."""
        for menu in self.menu.findChildren(QMenu):
            menu.deleteLater()
        self.menu.clear()
        self._offer(self)

    def insert(self, array: Path, element: dict[str, Any]) -> None:
        """A new element behind the chosen one of its array, or behind the last one."""
        elements = self.document.value(array)
        length = len(elements) if isinstance(elements, list) else 0
        path = self.tree.path or ()
        here = path[len(array)] if path[: len(array)] == array and len(path) > len(array) else length - 1
        index = here + 1 if isinstance(here, int) else length
        what = line_of((*array, index), element)
        self._change(lambda text: edit.insert(text, array, index, element), (*array, index),
                     self.tr("Add {what}").format(what=what))  # fmt: skip
        if "trace" in element:
            self.trace_wanted.emit((*array, index))

    def begin_table(self, path: Path, value: Any) -> None:
        """The first key of a table that there is only one of, and the table chosen."""
        name = self.tr("Add {what}").format(what=dotted(path[:-1]))
        self._change(lambda text: edit.put(text, path, value), path[:-1], name)

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
                given = self.document.value(place)
                if named_at(place) and isinstance(given, str):
                    free = free_name(self.document.data, named_at(place), given)
                    made = edit.put(made, (*array, index + 1, key), free)
            return made

        name = self.tr("Duplicate {what}").format(what=line_of(path, self.document.value(path)))
        self._change(twice, (*array, index + 1), name)

    def remove(self) -> None:
        """Take what is chosen out: a part, or a table that there is only one of."""
        path = self.tree.path
        if path is not None and (self._element() is not None or isinstance(self.document.value(path), dict)):
            name = self.tr("Remove {what}").format(what=line_of(path, self.document.value(path)))
            self._change(lambda text: edit.remove(text, path), path, name)

    def move_by(self, by: int) -> None:
        """What is chosen up (-1) or down (1) in its array."""
        path = self._element()
        if path is not None:
            self.move_to(path[:-1], int(path[-1]), int(path[-1]) + by)

    def move_to(self, array: Path, first: int, to: int) -> None:
        """An element to another place of its array."""
        elements = self.document.value(array)
        if not isinstance(elements, list) or not 0 <= to < len(elements) or first == to:
            return
        order = list(range(len(elements)))
        order.insert(to, order.pop(first))
        name = self.tr("Move {what}").format(what=line_of((*array, first), elements[first]))
        self._change(lambda text: edit.reorder(text, array, order), (*array, to), name)

    def _turn(self, path: Path, word: str) -> None:
        """Another pattern or operation in the place of the chosen one."""
        part, kind = self.document.value(path[:-1]), str(path[-1])
        if isinstance(part, dict) and part.get(kind) != word:
            name = self.tr("Turn {old} into {new}").format(old=part.get(kind), new=word)
            self._change(lambda text: with_word(text, path[:-1], part, kind, word), path[:-1], name)

    def _element(self) -> Path | None:
        path = self.tree.path
        return path if path is not None and isinstance(path[-1], int) else None

    def _change(self, change: Callable[[str], str], wanted: Path, name: str) -> None:
        """Change the text, and choose a part then."""
        if self.document.trouble is not None:
            return
        try:
            text = change(self.document.text)
        except LookupError:
            return
        self._wanted = wanted
        self.document.change(text, name)
