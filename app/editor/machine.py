"""The machine as forms: its settings in groups, to be filtered, and its swapfiles."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import theme
from app.editor.document import Document
from app.editor.form import FieldRow, Form
from app.editor.mistakes import Mistakes, tr
from app.editor.parts import PartsEditor
from app.panels.widgets import Text, Toggle, column_of, scrolled
from engine.scenario.forms import machine_groups
from engine.scenario.kernel import DEFAULT_KERNEL, PRESETS

SWAPFILES = ("machine", "swapfile")


class MachinePage(QWidget):
    """Every setting of the machine."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Machine"))
        self._document = document
        self._kernel = DEFAULT_KERNEL
        self._mistakes = Mistakes()
        self.forms: list[Form] = []
        self._cards: list[QFrame] = []
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter: name, meaning or kernel name"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(self.tr("Filter of settings"))
        self.filter.textChanged.connect(lambda _text: self._sift())
        self.only_set = Toggle()
        self.only_set.setAccessibleName(self.tr("Only what the file says"))
        only = Text(self.tr("Only what the file says"), 12.5)
        only.setBuddy(self.only_set)
        self.only_set.toggled.connect(lambda _on: self._sift())
        self.nothing = Text(self.tr("No setting has that in its name or meaning."), colour="dim", wrap=True)
        self.swapfiles = PartsEditor(document, [SWAPFILES], self.tr("Swapfiles"), beside=False)
        self._body = QWidget()
        self._column = column_of(self._body, 10, 8)
        self._area = scrolled(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, theme.px(8), 0, 0)
        outer.setSpacing(theme.px(6))
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(8), 0, theme.px(8), 0)
        top.addWidget(self.filter, 1)
        top.addSpacing(theme.px(8))
        top.addWidget(self.only_set)
        top.addWidget(only)
        outer.addLayout(top)
        outer.addWidget(self._area, 1)
        self._build()
        self.show_document()

    def show_document(self) -> None:
        """The settings as the document has them; the defaults follow its kernel."""
        kernel = self._document.value(("machine", "kernel"))
        kernel = kernel if isinstance(kernel, str) and kernel in PRESETS else DEFAULT_KERNEL
        if kernel != self._kernel:
            self._kernel = kernel
            for form, group in zip(self.forms, machine_groups(kernel), strict=True):
                form.show_defaults(group.fields)
        for form in self.forms:
            form.show_table((), self._mistakes)
        self.swapfiles.show_document()
        if self.only_set.isChecked():
            self._sift()

    def show_problems(self, mistakes: Mistakes) -> None:
        """What is wrong, at its fields."""
        self._mistakes = mistakes
        for form in self.forms:
            form.show_table((), self._mistakes)
        self.swapfiles.show_problems(self._mistakes)

    def row_at(self, key: str) -> FieldRow | None:
        """The row of a dotted key; None where no row is about it."""
        return next((row for form in self.forms if (row := form.row_at(key)) is not None), None)

    def reveal(self, row: FieldRow) -> None:
        """Scroll to a row and give it the keyboard."""
        if row.isHidden() or (row.parentWidget() and row.parentWidget().isHidden()):
            self.filter.clear()
            self.only_set.setChecked(False)
        self._area.ensureWidgetVisible(row)
        row.focus()

    def _build(self) -> None:
        for group in machine_groups(self._kernel):
            form = Form(self._document, group.fields)
            self.forms.append(form)
            self._cards.append(self._card(tr(group.title), form))
        self._cards.insert(4, self._card(self.tr("Swapfiles"), self.swapfiles))
        for card in self._cards:
            self._column.addWidget(card)
        self._column.addWidget(self.nothing)
        self._column.addStretch(1)
        self._sift()

    def _card(self, title: str, content: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        column = column_of(card, 4, 12)
        column.addWidget(Text(title, 14, bold=True))
        column.addWidget(content)
        return card

    def _sift(self) -> None:
        words, only = self.filter.text(), self.only_set.isChecked()
        for form in self.forms:
            there = False
            for row in form.rows.values():
                fits = row.matches(words) and not (only and self._untouched(row))
                row.setVisible(fits)
                there = there or fits
            form.parentWidget().setVisible(there)
        files = not words and (not only or bool(self._document.value(SWAPFILES)))
        self.swapfiles.parentWidget().setVisible(files)
        self.nothing.setVisible(not any(not card.isHidden() for card in self._cards))

    def _untouched(self, row: FieldRow) -> bool:
        path = row.field.path
        return self._document.value(path) is None and self._mistakes.at(path) is None
