"""The branches of a run as a small tree: what was changed where, renamed in place, shown, compared, removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QBrush, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from app import theme
from app.moment import Moment
from app.panels.widgets import Rule, Text, column_of, row_of
from app.words.language import language
from app.words.numbers import count
from app.words.said import said
from engine.history import Branch
from engine.step import End, Set, Start, Step, Work, value_text

NUMBER_ROLE = Qt.ItemDataRole.UserRole


class BranchesPanel(QWidget):
    """Every branch below the one it left; the one shown is marked."""

    switch_wanted = Signal(int)
    rename_wanted = Signal(int, str)
    compare_wanted = Signal(int)
    remove_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Branches"))
        self._branches: tuple[Branch, ...] = ()
        self._current = 0
        self._told: object = None
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Tree of branches"))
        self.tree.setColumnCount(2)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideLeft)  # the end of a setting's key tells which it is
        self.tree.setIndentation(theme.px(14))
        self._head()
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.tree.itemActivated.connect(lambda item, _column: self.switch_wanted.emit(_number(item)))
        self.tree.itemChanged.connect(self._edited)
        self.tree.currentItemChanged.connect(lambda _new, _old: self._choose())
        remove = QAction(self.tr("Remove"), self.tree)
        remove.setShortcut(QKeySequence.StandardKey.Delete)
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        remove.triggered.connect(self._remove)
        self.tree.addAction(remove)
        self.show_button = self._button(self.tr("Show"), self.tr("Show this branch [Enter]"),
                                        lambda number: self.switch_wanted.emit(number))  # fmt: skip
        self.rename_button = self._button(self.tr("Rename"), self.tr("Another name for this branch [F2]"), self._rename)
        self.compare_button = self._button(self.tr("Compare"), self.tr("Compare what is shown with this branch"),
                                           lambda number: self.compare_wanted.emit(number))  # fmt: skip
        self.remove_button = self._button(
            self.tr("Remove"), self.tr("Forget this branch and those that left it [Delete]"), self.remove_wanted.emit
        )
        self.changes_title = Text(self.tr("What if"), 13, bold=True, wrap=True)
        self.changes = Text("", 12.5, wrap=True)
        column = column_of(self, 6)
        column.addWidget(self.tree, 1)
        column.addLayout(row_of(self.show_button, self.rename_button, self.compare_button, self.remove_button,
                                spacing=4))  # fmt: skip
        column.addWidget(Rule())
        column.addWidget(self.changes_title)
        column.addWidget(self.changes)
        language().changed.connect(self._tell_again)
        theme.switch().changed.connect(self._restyle)
        self._restyle()

    def _head(self) -> None:
        self.tree.setHeaderLabels([self.tr("branch"), self.tr("left at")])

    def _tell_again(self) -> None:
        """The same branches in another language, the same one chosen."""
        chosen = self.chosen
        self._head()
        if self._told is not None:
            self._told = None
            self.show_branches(self._branches, self._current)
            item = self.item_of(chosen)
            if item is not None:
                self.tree.setCurrentItem(item)

    def _button(self, text: str, tip: str, does: Callable[[int], object]) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda _checked=False: does(self.chosen))
        return button

    # -- what is shown --------------------------------------------------------------------------

    @property
    def chosen(self) -> int:
        """Number of the branch the buttons are for."""
        item = self.tree.currentItem()
        return _number(item) if item is not None else 0

    def show_moment(self, moment: Moment) -> None:
        """The branches come by themselves."""

    def show_branches(self, branches: Sequence[Branch], current: int) -> None:
        """All branches and the number of the one that is shown; the same ones again change nothing."""
        told = (tuple((one.name, one.parent, one.at, one.changes) for one in branches), current)
        if told == self._told:
            return
        grown = len(branches) != len(self._branches)
        chosen = current if grown or self._told is None else min(self.chosen, len(branches) - 1)
        self._told, self._branches, self._current = told, tuple(branches), current
        self.tree.blockSignals(True)
        self.tree.clear()
        items: list[QTreeWidgetItem] = []
        for number, branch in enumerate(branches):
            item = QTreeWidgetItem([self.name_of(number), count(branch.at) if number else self.tr("start")])
            item.setData(0, NUMBER_ROLE, number)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if number:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                items[branch.parent].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            items.append(item)
        self.tree.expandAll()
        if items:
            self.tree.setCurrentItem(items[chosen])
        self.tree.blockSignals(False)
        self._mark()
        self._choose()

    def name_of(self, number: int) -> str:
        """A branch's name as shown."""
        return self._branches[number].name if number else self.tr("as the scenario has it")

    def item_of(self, number: int) -> QTreeWidgetItem | None:
        """The row of a branch."""
        def below(item: QTreeWidgetItem) -> QTreeWidgetItem | None:
            if _number(item) == number:
                return item
            return next((found for row in range(item.childCount()) if (found := below(item.child(row)))), None)

        top = self.tree.topLevelItem(0)
        return below(top) if top is not None else None

    def _mark(self) -> None:
        """The branch that is shown is bold and in the accent's colour."""
        self.tree.blockSignals(True)
        for number in range(len(self._branches)):
            item, here = self.item_of(number), number == self._current
            if item is not None:
                item.setFont(0, theme.font(12.5, bold=here))
                item.setForeground(0, QBrush(theme.current().colour("accent" if here else "text")))
                hint = self.tr("Shown now") if here else self.tr("Enter shows it, F2 renames it")
                item.setToolTip(0, f"{self.name_of(number)}\n{hint}")
        self.tree.blockSignals(False)

    def _choose(self) -> None:
        number = self.chosen
        self.show_button.setEnabled(number != self._current)
        self.compare_button.setEnabled(number != self._current)
        self.rename_button.setEnabled(number > 0)
        self.remove_button.setEnabled(number > 0)
        branch = self._branches[number] if number < len(self._branches) else None
        if branch is None or not branch.changes:
            self.changes.show_text(
                self.tr("Nothing is changed here. Move a slider in Pressure at any moment, or let a shock come: "
                        "a branch opens.")
            )  # fmt: skip
            return
        lines = [self._line(step) for step in branch.changes]
        self.changes.show_text("\n".join(lines) + "\n" + self.tr("from transition {at} on").format(at=count(branch.at)))

    def _line(self, step: Step) -> str:
        """What a step does, in one line."""
        if isinstance(step, Set):
            return f"{step.key} = {said(value_text(step.key, step.value))}"
        if isinstance(step, Start):
            return self.tr("{process} starts, with {pages} pages").format(
                process=step.process, pages=count(step.pages)
            )
        if isinstance(step, End):
            return self.tr("{process} ends").format(process=step.process)
        if isinstance(step, Work):
            return self.tr("{process} works on its pages beside all others: {number} references").format(
                process=step.process, number=count(step.references)
            )
        text = self.tr("{process} writes pages {first} to {last}") if step.write else self.tr(
            "{process} reads pages {first} to {last}"
        )
        return text.format(process=step.process, first=count(step.first), last=count(step.first + step.pages - 1))

    def _rename(self, _number: int) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self.tree.editItem(item, 0)

    def _edited(self, item: QTreeWidgetItem, column: int) -> None:
        number, text = _number(item), item.text(0).strip()
        if column == 0 and number and text != self.name_of(number):
            if text:
                self.rename_wanted.emit(number, text)
            else:
                item.setText(0, self.name_of(number))

    def _remove(self) -> None:
        if self.chosen:
            self.remove_wanted.emit(self.chosen)

    def _restyle(self) -> None:
        self.tree.setFont(theme.font(12.5))
        self._mark()


def _number(item: QTreeWidgetItem) -> int:
    return int(item.data(0, NUMBER_ROLE))
