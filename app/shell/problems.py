"""The page shown in place of the machine when a file cannot be used: every problem, with file, line and key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app import theme
from app.words.said import said
from engine.errors import InputError, Problem


class ProblemsPage(QScrollArea):
    """What is wrong, where, and what would be right."""

    retry_requested = Signal()
    welcome_requested = Signal()
    edit_requested = Signal()
    back_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._error: InputError | None = None
        self._name = ""
        self._mendable = True
        self._way_back = False
        self.back: QPushButton | None = None
        theme.switch().changed.connect(self._again)

    def show_problems(self, name: str, error: InputError, mendable: bool = True) -> None:
        """The problems of a file or of what was asked for; ``mendable``: it is a text that can be written anew."""
        self._name, self._error, self._mendable = name, error, mendable
        body = QWidget()
        body.setMaximumWidth(theme.px(900))
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.px(28), theme.px(24), theme.px(28), theme.px(24))
        column.setSpacing(theme.px(10))
        title = QLabel(self.tr("{name} cannot be opened").format(name=name))
        title.setFont(theme.font(19, bold=True))
        number = len(error.problems)
        told = self.tr("One thing is wrong.") if number == 1 else self.tr("{n} things are wrong.").format(n=number)
        if mendable:
            told += " " + self.tr("Mend the file and save it: it is read again by itself.")
        below = QLabel(told)
        below.setProperty("dim", True)
        column.addWidget(title)
        column.addWidget(below)
        for problem in error.problems:
            column.addWidget(self._card(problem))
        buttons = QHBoxLayout()
        again = QPushButton(self.tr("Read it again"))
        again.setProperty("primary", True)
        again.clicked.connect(self.retry_requested)
        edit = QPushButton(self.tr("Mend it in the editor"))
        edit.clicked.connect(self.edit_requested)
        self.back = QPushButton(self.tr("Back to the run"))
        self.back.clicked.connect(self.back_requested)
        home = QPushButton(self.tr("Welcome page"))
        home.clicked.connect(self.welcome_requested)
        buttons.addWidget(again)
        buttons.addWidget(edit)
        buttons.addWidget(self.back)
        buttons.addWidget(home)
        buttons.addStretch(1)
        column.addSpacing(theme.px(6))
        column.addLayout(buttons)
        column.addStretch(1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.addWidget(body, 1)
        self.setWidget(holder)
        edit.setVisible(mendable)
        self.back.setVisible(self._way_back)

    def offer_back(self, there: bool) -> None:
        """Whether there is a run to go back to."""
        self._way_back = there
        if self.back is not None:
            self.back.setVisible(there)

    def texts(self) -> list[str]:
        """Everything written on the page."""
        body = self.widget()
        return [label.text() for label in body.findChildren(QLabel)] if body else []

    def _card(self, problem: Problem) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        column = QVBoxLayout(card)
        column.setContentsMargins(theme.px(14), theme.px(10), theme.px(14), theme.px(12))
        column.setSpacing(theme.px(4))
        place = Path(problem.file).name if problem.file else ""
        if problem.line is not None:
            place += self.tr(", line {line}").format(line=problem.line)
        where = "   ".join(part for part in (place, problem.key or "") if part)
        lines = [(where, theme.mono(12.5), "danger"), (said(problem.what), theme.font(14), "")]
        if problem.expected:
            lines.append((self.tr("Expected: {what}").format(what=said(problem.expected)), theme.font(13), "dim"))
        if problem.nearest:
            lines.append((self.tr("Did you mean “{name}”?").format(name=problem.nearest), theme.font(13), "dim"))
        for text, font, role in lines:
            if text:
                label = QLabel(text)
                label.setFont(font)
                label.setWordWrap(True)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                label.setToolTip(problem.file or "")
                if role:
                    label.setProperty(role, True)
                column.addWidget(label)
        return card

    def _again(self) -> None:
        if self._error is not None:
            self.show_problems(self._name, self._error, self._mendable)
