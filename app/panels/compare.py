"""What is compared with what, where the runs differ, and the figures that matter as bars."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.chip import LETTERS, Chip
from app.moment import Moment
from app.panels.figures import FIGURES, FigureRow, Result
from app.panels.setting_choice import SettingChoice
from app.panels.widgets import Empty, Rule, Text, column_of, row_of, scrolled
from app.words.numbers import count, duration
from app.words.offers import Offer
from app.words.said import declared, said
from app.words.terms import tip as glossary
from engine.difference import Difference
from engine.program import Program
from engine.variant import Change, Variant

VIEWS = (
    ("side", "Side by side", "mdi6.view-split-vertical", "Each machine a picture of its own [S]"),
    ("over", "Overlaid", "mdi6.layers-outline", "One picture, with marks on what is otherwise in the others [O]"),
    ("alone", "Only figures", "mdi6.square-outline", "One picture without marks [A]"),
)
"""Name, text, icon and tip of each way to show the others."""
LABEL_WIDTH = 50
OUTCOMES = {"oom": "out of memory", "finished": "finished", "running": "on its way", "segfault": "segmentation fault"}
SETTING = "setting"
"""Entry of a list of runs that opens the choice of a setting."""


class ComparePanel(QWidget):
    """Chooses runs and shows their figures; who runs them hands the results in."""

    other_chosen = Signal(int, object)
    """Place (0, 1) and the Variant that is to stand there, or None for nothing."""
    branch_chosen = Signal(int)
    """Another branch is to be ours."""
    beside_chosen = Signal(str)
    """How the others are to be shown."""
    difference_wanted = Signal(int)
    """The first (0), next (1) or last (-1) difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Comparison"))
        self.results: list[Result] = []
        self.names: list[str] = []
        self._chosen: list[Offer] = []
        self._first: Offer | None = None
        """The run that is offered first."""
        self.difference: Difference | None = None
        outer = column_of(self, 0, 0)
        outer.addLayout(self._choosers())
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("How far the others are"))
        self.progress.setFixedHeight(theme.px(3))
        outer.addWidget(self.progress)
        body = QWidget()
        column = column_of(body, 5)
        self._add_difference(column)
        self._add_figures(column)
        column.addStretch(1)
        self.empty = Empty("", "")
        self.begin = QPushButton()
        self.begin.setProperty("primary", True)
        self.begin.clicked.connect(self._begin)
        self.empty.put(self.begin)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(body))
        outer.addWidget(self._stack, 1)
        self.show_progress(-1)
        self.show_offers([], [], [], 0, None)
        theme.switch().changed.connect(self._restyle)
        self._restyle()

    # -- building -------------------------------------------------------------------------------

    def _choosers(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(*(theme.px(side) for side in (12, 10, 12, 6)))
        column.setSpacing(theme.px(5))
        self.ours = QComboBox()
        self.ours.setAccessibleName(self.tr("This run"))
        self.ours.setToolTip(self.tr("Which branch of the run is shown and compared"))
        self.ours.activated.connect(lambda row: self.branch_chosen.emit(row))
        self.others = [QComboBox(), QComboBox()]
        self.settings = [SettingChoice(), SettingChoice()]
        self._rows: list[list[QWidget]] = []
        labels = (self.tr("this run"), self.tr("with"), self.tr("and"))
        for place, (label, box) in enumerate(zip(labels, (self.ours, *self.others), strict=True)):
            name = Text(label, 12, colour="dim")
            chip = Chip(place)
            row = row_of(chip, name, box, spacing=6)
            row.setStretchFactor(box, 1)
            # A long name of a branch must not make the panel wide.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            column.addLayout(row)
            self._rows.append([chip, name, box])
            if place:
                choice = self.settings[place - 1]
                choice.hide()
                choice.chosen.connect(partial(self._setting_chosen, place - 1))
                choice.closed.connect(partial(self._setting_closed, place - 1))
                box.activated.connect(partial(self._activated, place - 1))
                column.addWidget(choice)
        self.others[0].setAccessibleName(self.tr("Compare with"))
        self.others[1].setAccessibleName(self.tr("And with"))
        column.addLayout(self._views())
        return column

    def _views(self) -> QHBoxLayout:
        self.views: dict[str, QToolButton] = {}
        self._view_group = QButtonGroup(self)
        row = row_of(spacing=4)
        for name, text, _icon, tip in VIEWS:
            button = QToolButton()
            button.setText(self.tr(text))
            button.setToolTip(self.tr(tip))
            button.setAccessibleName(self.tr(text))
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._view_clicked, name))
            self._view_group.addButton(button)
            self.views[name] = button
            row.addWidget(button)
        return row

    def _add_difference(self, column: QVBoxLayout) -> None:
        self.difference_title = Text(self.tr("Where they part"), 12.5, bold=True)
        self.difference_text = Text(size=12, wrap=True)
        self.difference_theirs = Text(size=12, colour="dim", wrap=True)
        self.difference_first = self._button(self.tr("First"), self.tr("To the first difference of the run"), 0)
        self.difference_last = self._button("◂", self.tr("Back to the difference before the cursor"), -1)
        self.difference_next = self._button("▸", self.tr("On to the next difference"), 1)
        column.addLayout(row_of(self.difference_title, 1, self.difference_first, self.difference_last,
                                self.difference_next, spacing=4))  # fmt: skip
        column.addWidget(self.difference_text)
        column.addWidget(self.difference_theirs)
        column.addWidget(Rule())

    def _button(self, text: str, tip: str, direction: int) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda _on=False: self.difference_wanted.emit(direction))
        return button

    def _add_figures(self, column: QVBoxLayout) -> None:
        self.title = Text(self.tr("Figures here"), 12.5, bold=True)
        self.copy = QToolButton()
        self.copy.setText(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the figures as text"))
        self.copy.setProperty("flat", True)
        self.copy.clicked.connect(self.copy_text)
        column.addLayout(row_of(self.title, 1, self.copy))
        self.rows = [FigureRow() for _ in FIGURES]
        for row in self.rows:
            column.addWidget(row)
        self.outcome = Text(size=11.5, colour="dim", wrap=True)
        column.addWidget(self.outcome)

    # -- what can be chosen ---------------------------------------------------------------------

    def show_offers(
        self, offers: Sequence[Offer], chosen: Sequence[Offer], branches: Sequence[str], branch: int,
        program: Program | None,
    ) -> None:  # fmt: skip
        """What ours can be compared with, what it is compared with, and the branches that can be ours."""
        self._chosen, self._first = list(chosen), next(iter(offers), None)
        with QSignalBlocker(self.ours):
            self.ours.clear()
            self.ours.addItems(list(branches) or [self.tr("as the scenario has it")])
            self.ours.setCurrentIndex(branch)
        self.ours.setEnabled(len(branches) > 1)
        for place, box in enumerate(self.others):
            now = chosen[place] if place < len(chosen) else None
            with QSignalBlocker(box):
                _fill(box, self.tr("nothing"), self.tr("a setting…"), offers, now)
            choice = self.settings[place]
            is_setting = now is not None and now.variant.change is Change.SETTING
            if program is not None:
                choice.show_program(program)
            if now is not None and is_setting:
                choice.show_choice(now.variant.key, now.variant.value)
            choice.setVisible(is_setting)
        for part in self._rows[2]:
            part.setVisible(len(chosen) > 0)
        for button in self.views.values():
            button.setEnabled(bool(chosen))
        if not chosen:
            self._stack.setCurrentIndex(0)
        self._say_why_empty()

    def _begin(self) -> None:
        if self._first is not None:
            self.other_chosen.emit(0, self._first.variant)

    def _say_why_empty(self) -> None:
        self.begin.setVisible(self._first is not None and not self._chosen)
        if self._first is not None:
            self.begin.setText(self.tr("Compare with {other}").format(other=self._first.text))
        if self._chosen:
            self.empty.say(
                self.tr("On its way"),
                self.tr("The other machine runs from the start of the run to the cursor. It comes when it is there."),
            )
            return
        self.empty.say(
            self.tr("Nothing to compare with yet"),
            self.tr("Choose a run above, or press C: the same workload runs on another machine in step with this "
                    "one, and where they differ is marked here and in the picture."),
        )  # fmt: skip

    def show_names(self, names: Sequence[str]) -> None:
        """What the runs are called, ours first."""
        self.names = list(names)
        tips = [f"{letter}: {name}" for letter, name in zip(LETTERS, names, strict=False)]
        for parts, tip in zip(self._rows, tips, strict=False):
            parts[0].setToolTip(tip)

    def show_beside(self, name: str) -> None:
        """Which way of showing the others is chosen."""
        self.views[name].setChecked(True)

    def _activated(self, place: int, row: int) -> None:
        variant = self.others[place].itemData(row)
        self.settings[place].setVisible(variant == SETTING)
        if variant == SETTING:
            self.settings[place].show_choice("", 0)
            self.settings[place].list.setFocus()
        else:
            self.other_chosen.emit(place, variant)

    def _setting_chosen(self, place: int, key: str, value: int) -> None:
        self.other_chosen.emit(place, Variant(Change.SETTING, int(value), key))

    def _setting_closed(self, place: int) -> None:
        self.settings[place].hide()
        self.other_chosen.emit(place, None)

    def _view_clicked(self, name: str, _on: bool = False) -> None:
        self.beside_chosen.emit(name)

    # -- what came of it ------------------------------------------------------------------------

    def show_progress(self, share: float) -> None:
        """How far the others are on their way to the cursor; negative: they are there."""
        self.progress.setRange(0, 1000)
        self.progress.setValue(0 if share < 0 else round(1000 * share))
        # It keeps its place, so that nothing moves when it is done.
        self.progress.setStyleSheet("" if share >= 0 else "QProgressBar, QProgressBar::chunk { background: none; "
                                    "border: none; }")  # fmt: skip

    def show_difference(self, difference: Difference | None, share: float | None = None) -> None:
        """An operation that is carried out differently; None with a share: looked for so far; None: there is none."""
        self.difference = difference
        self.difference_theirs.setVisible(difference is not None)
        if difference is None:
            text = self.tr("No difference that way: both do the same.")
            if share is not None:
                text = self.tr("Looked through {share:.0%}: none so far.").format(share=share)
            self.difference_text.show_text(text)
            return
        letter = LETTERS[difference.other + 1]
        name = self.names[difference.other + 1] if difference.other + 1 < len(self.names) else letter
        kinds = [self.tr("{name} {ours}\u00d7 in A, {theirs}\u00d7 in {letter}").format(
                 name=declared(name_), ours=ours, theirs=theirs, letter=letter)
                 for name_, ours, theirs in difference.kinds[:3]]  # fmt: skip
        at = difference.parted
        ours = said(difference.our_sentences[at]) if difference.our_sentences else self.tr("nothing")
        theirs = self.tr("nothing")
        if difference.their_sentences:
            theirs = said(difference.their_sentences[min(at, len(difference.their_sentences) - 1)])
        number = count(difference.operation)
        self.difference_text.show_text(
            self.tr("Operation {number}: {kinds}.").format(number=number, kinds="; ".join(kinds)) + f"\nA  {ours}"
        )
        self.difference_theirs.show_text(f"{letter}  {theirs}")
        self.difference_theirs.setToolTip(name)

    def set_results(self, results: Sequence[Result]) -> None:
        """The results of ours and of what it is compared with; fewer than two empty the panel."""
        self.results = list(results) if len(results) > 1 else []
        self._stack.setCurrentIndex(1 if self.results else 0)
        if not self.results:
            return
        ended = any(result.get("outcome") == "oom" for result in self.results)
        for place, (figure, row) in enumerate(zip(FIGURES, self.rows, strict=True)):
            name = self.tr("swapped before OOM") if ended and not place else self.tr(figure.name)
            values = [figure.value(result) for result in self.results]
            texts = ["–" if value is None else figure.text(value) for value in values]
            row.show_values(name, values, texts)
            told = self._compared(values)
            meant = f"{self.tr(figure.tip)}.\n{told}" if told else self.tr(figure.tip) + "."
            row.setToolTip(glossary(meant, figure.name))
            row.setAccessibleName(f"{name}: {', '.join(texts)}. {told}".rstrip())
        ends = [f"{letter}  {self._outcome(result)}" for letter, result in zip(LETTERS, self.results, strict=False)]
        self.outcome.show_text("\n".join(ends))

    def show_moment(self, moment: Moment) -> None:
        """The results come for themselves, once the others are where this run is."""

    def copy_text(self) -> None:
        """Put the figures on the clipboard, columns apart by tabs."""
        if not self.results:
            return
        names = self.names or [str(result.get("design", "")) for result in self.results]
        lines = ["\t".join(("figure", *names))] + ["\t".join((row.name, *row.texts)) for row in self.rows]
        QGuiApplication.clipboard().setText("\n".join(lines).replace("\u202f", " "))

    def _compared(self, values: Sequence[float | None]) -> str:
        """How ours stands to each of the others, in words."""
        ours, *others = values
        told = []
        for letter, value in zip(LETTERS[1:], others, strict=False):
            if ours is None or value is None:
                told.append(self.tr("Not in both A and {letter}.").format(letter=letter))
            elif ours == value:
                told.append(self.tr("The same in A and {letter}.").format(letter=letter))
            elif ours and value:
                told.append(self._ratio(ours / value).format(times=ours / value, share=abs(ours / value - 1),
                                                             letter=letter))  # fmt: skip
        return " ".join(told)

    def _ratio(self, more: float) -> str:
        if more >= 2:
            return self.tr("A has {times:.1f} times as much as {letter}.")
        if more > 1:
            return self.tr("A has {share:.0%} more than {letter}.")
        return self.tr("A has {share:.0%} less than {letter}.")

    def _outcome(self, result: Result) -> str:
        """How far a run came, and how it ended."""
        told = [self.tr("{n} references").format(n=count(int(result.get("references") or 0)))]
        nanoseconds, outcome, at = result.get("simulated_ns"), result.get("outcome"), result.get("oom_reference")
        if nanoseconds is not None:
            told.append(duration(int(nanoseconds)))
        if outcome == "oom" and at:
            told.append(self.tr("out of memory at reference {number}").format(number=count(int(at))))
        elif outcome in OUTCOMES:
            told.append(self.tr(OUTCOMES[outcome]))
        return ", ".join(told)

    def _restyle(self) -> None:
        labels = [label for _chip, label, _box in self._rows]
        # As wide as the longest of them in the language chosen, so that the fields stand below each other.
        wide = max((label.sizeHint().width() for label in labels), default=0)
        for label in labels:
            label.setFixedWidth(max(theme.px(LABEL_WIDTH), wide))
        for name, _text, icon, _tip in VIEWS:
            self.views[name].setIcon(actions.icon(icon))
            self.views[name].setIconSize(QSize(theme.px(15), theme.px(15)))


def _fill(box: QComboBox, nothing: str, setting: str, offers: Sequence[Offer], now: Offer | None) -> None:
    """All runs to choose from in their groups, and the one that is chosen."""
    box.clear()
    box.addItem(nothing, None)
    group = None
    for offer in offers:
        if offer.group != group:
            box.insertSeparator(box.count())
            group = offer.group
        box.addItem(offer.text, offer.variant)
    box.insertSeparator(box.count())
    if now is not None and now.variant.change is Change.SETTING:
        box.addItem(now.text, now.variant)
    box.addItem(setting, SETTING)
    for row in range(box.count()):
        if now is not None and box.itemData(row) == now.variant:
            box.setCurrentIndex(row)
