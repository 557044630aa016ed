"""All that is wrong with the text, a line each; a click or Return goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app import actions, theme
from app.words.refusal import sentence
from engine.errors import Problem

_PROBLEM = Qt.ItemDataRole.UserRole
MOST_LINES = 4


class ProblemList(QListWidget):
    """Hidden while nothing is wrong."""

    chosen = Signal(object)
    """A :class:`Problem`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What is wrong"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._go)
        self.itemActivated.connect(self._go)
        self.hide()
        theme.switch().changed.connect(self._dress)

    @property
    def problems(self) -> list[Problem]:
        """What is listed."""
        return [self.item(row).data(_PROBLEM) for row in range(self.count())]

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """These and no others."""
        row = max(0, self.currentRow())
        self.clear()
        self.setFont(theme.font(12.5))
        for problem in problems:
            place = self.tr("line {line}").format(line=problem.line) if problem.line is not None else ""
            where = "  ".join(part for part in (place, problem.key or "") if part)
            item = QListWidgetItem(f"{where}   {sentence(problem)}".strip())
            item.setData(_PROBLEM, problem)
            item.setIcon(actions.icon("mdi6.alert-circle", theme.current().danger))
            item.setForeground(QColor(theme.current().text))
            item.setToolTip(sentence(problem))
            self.addItem(item)
        self.setCurrentRow(min(row, self.count() - 1))
        self.setVisible(bool(problems))
        lines = min(MOST_LINES, max(1, len(problems)))
        self.setFixedHeight(lines * max(self.sizeHintForRow(0), theme.px(20)) + 2 * self.frameWidth() + theme.px(4))

    def _dress(self) -> None:
        self.show_problems(self.problems)

    def _go(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_PROBLEM))
