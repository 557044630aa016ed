"""The lesson: the step that belongs to the cursor, with its text, its questions and how far one has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QInputDialog,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.moment import Moment, Selected, Thing
from app.panels.prose import Prose
from app.panels.question import QuestionCard
from app.panels.widgets import Empty, Rule, Text, column_of, row_of, scrolled
from app.timeline.steps import StepFlag
from app.words.numbers import count
from app.words.said import said
from engine.lesson.progress import Progress

if TYPE_CHECKING:
    from app.thread.lesson import Course
    from engine.lesson.lesson import LessonStep

INTRODUCTION = -1
"""Stands for the page before the first step."""


class LessonPanel(QWidget):
    """Shows the lesson of the open scenario."""

    selected = Signal(object)
    jump_requested = Signal(object)
    instance_requested = Signal(object)
    """Another instance is wanted: a seed."""
    progressed = Signal()
    """Other steps are there, one was begun, or a question was answered."""

    def __init__(self, progress: Progress | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Lesson"))
        self.progress = progress if progress is not None else Progress()
        self.course: Course | None = None
        self.current = INTRODUCTION
        """Place of the step that is shown."""
        self.begun = False
        """Whether the person has gone to a step of this lesson: it is under way."""
        self.cards: list[QuestionCard] = []
        self._moment: Moment | None = None
        self._cursor = 0
        self.empty = Empty(
            self.tr("No lesson is open"),
            self.tr("The scenarios of the first page come with lessons. Their steps and questions are shown here."),
        )
        self._build()

    def _build(self) -> None:
        self.title = Text("", 15, bold=True, wrap=True)
        self.place = QPushButton()
        self.place.setProperty("flat", True)
        self.place.setToolTip(self.tr("Go to the moment of this step"))
        self.place.setAccessibleName(self.tr("Go to the moment of this step"))
        self.place.clicked.connect(lambda _on=False: self.go_to(self.current))
        self.note = Text("", 12, colour="warning", wrap=True)
        self.text = Prose()
        self.text.linkActivated.connect(self.follow)
        self.more = QToolButton()
        self.more.setText("…")
        self.more.setToolTip(self.tr("Another instance of the questions, progress"))
        self.more.setAccessibleName(self.more.toolTip())
        self.more.setProperty("flat", True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.addAction(self.tr("Another instance of the questions"), self.next_instance)
        menu.addAction(self.tr("The instance of a sheet…"), self.ask_instance)
        menu.addAction(self.tr("Forget my progress in this scenario…"), self.ask_and_reset)
        self.more.setMenu(menu)
        body = QWidget()
        column = column_of(body, 8)
        heading = row_of(self.title, self.more)
        heading.setStretchFactor(self.title, 1)
        heading.setAlignment(self.more, Qt.AlignmentFlag.AlignTop)
        column.addLayout(heading)
        column.addLayout(row_of(self.place, 1))
        column.addWidget(self.note)
        column.addWidget(self.text)
        self._questions = QVBoxLayout()
        self._questions.setSpacing(theme.px(12))
        column.addLayout(self._questions)
        column.addStretch(1)
        self.back, self.on = QPushButton(self.tr("Back")), QPushButton(self.tr("Next"))
        self.back.clicked.connect(lambda _on=False: self.go_to(self.current - 1))
        self.on.clicked.connect(lambda _on=False: self.go_to(self.current + 1))
        self.count = Text("", 12, colour="dim")
        self.score = Text("", 12, colour="dim")
        foot = QWidget()
        column_of(foot, 0, 8).addLayout(row_of(self.back, self.on, 1, self.score, self.count))
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._area = scrolled(body)
        whole.addWidget(self._area, 1)
        whole.addWidget(Rule())
        whole.addWidget(foot)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    # -- what is shown ------------------------------------------------------------------------

    def set_course(self, course: Course | None) -> None:
        """Another scenario's lesson, or its steps once they are made; None: none is open."""
        again = self.course is not None and course is not None and self.course.name == course.name
        self.course = course
        if not again or course is None or course.lesson is None:
            self.current = INTRODUCTION
        if not again:
            self.begun = False
        self._stack.setCurrentIndex(0 if course is None else 1)
        self._show_step()
        if self._moment is not None:
            self._follow_cursor(self._moment, True)

    @property
    def steps(self) -> tuple[LessonStep, ...]:
        """The steps; empty while they are being made."""
        return self.course.lesson.steps if self.course is not None and self.course.lesson is not None else ()

    def flags(self) -> list[StepFlag]:
        """The steps that this run comes to, for the timeline."""
        found = []
        for place, step in enumerate(self.steps):
            if step.moment is not None and self.course is not None:
                names = [asked.id for asked in step.questions]
                right = self.progress.right(self.course.name, self.course.seed, names)
                found.append(StepFlag(place, step.moment, step.title, len(names), right, place == self.current))
        return found

    def show_moment(self, moment: Moment) -> None:
        """The step of the cursor, its values as they are now."""
        self._moment = moment
        if self.course is None:
            return
        self._follow_cursor(moment, moment.transition.number != self._cursor)
        for card in self.cards:
            card.show_moment(moment)
        if self.isVisible():
            self._render_now(moment)

    def _follow_cursor(self, moment: Moment, moved: bool) -> None:
        self._cursor = moment.transition.number
        self.note.setVisible(bool(moment.branch))
        if moment.branch:
            self.note.show_text(self.tr("You have left the lesson's run: its steps and answers are those of the "
                                        "scenario as it is."))  # fmt: skip
            return
        if moved and self.steps:
            here = self._step_at(self._cursor)
            if here != self.current:
                self.current = here
                self._show_step()

    def _step_at(self, cursor: int) -> int:
        """The step that belongs to a transition: the last one whose moment has come."""
        if 0 <= self.current < len(self.steps) and self.steps[self.current].moment == cursor:
            return self.current
        best, found = -1, INTRODUCTION
        for place, step in enumerate(self.steps):
            if step.moment is not None and best <= step.moment <= cursor:
                best, found = step.moment, place
        # At the start the introduction comes first, unless a step there was asked for.
        return INTRODUCTION if cursor == 0 and self.current == INTRODUCTION else found

    def go_to(self, place: int) -> None:
        """To a step, or to the introduction: the cursor goes to its moment."""
        if self.course is None:
            return
        self.current = max(INTRODUCTION, min(place, len(self.steps) - 1))
        self.begun = self.begun or self.current > INTRODUCTION
        moment = 0 if self.current == INTRODUCTION else self.steps[self.current].moment
        self._show_step()
        if moment is not None:
            self.jump_requested.emit(moment)

    def _show_step(self) -> None:
        """Another step: its title, text and questions."""
        for card in self.cards:
            card.hide()
            self._questions.removeWidget(card)
            card.deleteLater()
        self.cards = []
        course = self.course
        if course is None:
            self.progressed.emit()
            return
        total = len(self.steps)
        self.back.setEnabled(self.current > INTRODUCTION)
        self.on.setEnabled(self.current < total - 1)
        self.on.setText(self.tr("Begin") if self.current == INTRODUCTION else self.tr("Next"))
        for button in (self.back, self.on):
            button.setVisible(total > 0)
        self.more.setVisible(total > 0)
        if self.current == INTRODUCTION:
            self._show_introduction(course)
        else:
            self._show_one(self.steps[self.current], total)
        self._show_score()
        self._area.verticalScrollBar().setValue(0)
        self.progressed.emit()

    def _show_introduction(self, course: Course) -> None:
        self.title.show_text(course.title)
        self.place.hide()
        goals = "\n".join(f"- {goal}" for goal in course.goals)
        parts = [self._instance(course), goals, course.text]
        self.text.show_text("\n\n".join(part.strip() for part in parts if part.strip()))
        if course.trouble:
            self.count.show_text(self.tr("The steps could not be made."))
            self.count.setToolTip(course.trouble)
        elif course.steps and course.lesson is None:
            self.count.show_text(self.tr("Making the questions…"))
        else:
            self.count.show_text(self.tr("{steps} steps").format(steps=course.steps) if course.steps else "")

    def _instance(self, course: Course) -> str:
        """What this instance has otherwise than the text that follows; empty where that is nothing."""
        told = [
            self.tr("`{key}` is {here}, where the text has {there}").format(key=key, here=here, there=there)
            if there else self.tr("`{key}` is {here}").format(key=key, here=here)
            for key, here, there in course.varied
        ]  # fmt: skip
        if not told:
            return ""
        text = self.tr("*This is instance {seed} of the questions: {what}.*")
        return text.format(seed=course.seed, what=self.tr("; ").join(told))

    def _show_one(self, step: LessonStep, total: int) -> None:
        self.title.show_text(f"{step.number}  {step.title}")
        self.place.setVisible(step.moment is not None)
        self.place.setText(self.tr("transition {number}").format(number=count(step.moment or 0)))
        self.count.show_text(self.tr("{number} of {total}").format(number=self.current + 1, total=total))
        if step.moment is None:
            self.text.show_text(self.tr("This run never comes to the moment of this step."))
            return
        self.text.show_text(step.text)
        course = self.course
        for asked in step.questions if course is not None else ():
            before = self.progress.of(course.name, course.seed, asked.id)
            card = QuestionCard(asked, before)
            card.jump_requested.connect(self.jump_requested)
            card.followed.connect(self.follow)
            card.answered.connect(self._note)
            card.hinted.connect(self._note_hints)
            self._questions.addWidget(card)
            self.cards.append(card)
            if self._moment is not None:
                card.show_moment(self._moment)

    def _render_now(self, moment: Moment) -> None:
        """Values that one look at the machine gives are those of the cursor."""
        if 0 <= self.current < len(self.steps) and not moment.branch:
            step = self.steps[self.current]
            if step.moment is not None and "{" in step.source:
                self.text.show_text(step.text_now(moment.view, moment.program, said))

    # -- links --------------------------------------------------------------------------------

    def follow(self, href: str) -> None:
        """Select the thing, or go to the moment, that a link means."""
        from engine.lesson.links import place_of
        from engine.mm.transitions import KINDS
        from engine.scenario.prose import Link

        link = Link.of_href(href)
        lesson = self.course.lesson if self.course is not None else None
        if lesson is None:
            return
        if link.scheme == "mark":
            number = lesson.course.place(link.target)
            if number is not None:
                self.jump_requested.emit(number)
        elif link.scheme == "transition" and link.target.isdecimal():
            self.jump_requested.emit(int(link.target))
        elif link.scheme == "transition":
            kind = next((kind.number for kind in KINDS if kind.name == link.target), None)
            found = lesson.course.of_kind(kind, self._cursor + 1, lesson.course.end)
            if not len(found):
                found = lesson.course.of_kind(kind, 1, self._cursor)
            if len(found):
                self.jump_requested.emit(int(found[0]))
        else:
            place = place_of(link, lesson.program)
            if place is not None:
                self.selected.emit((Selected(Thing(place.thing), place.number, place.owner),))

    # -- progress -----------------------------------------------------------------------------

    def _note(self, question: str, score: float) -> None:
        if self.course is not None:
            self.progress.note(self.course.name, self.course.seed, question, float(score))
            self._show_score()
            self.progressed.emit()

    def _note_hints(self, question: str, hints: int) -> None:
        if self.course is not None:
            self.progress.note_hints(self.course.name, self.course.seed, question, int(hints))

    def _show_score(self) -> None:
        lesson = self.course.lesson if self.course is not None else None
        names = [asked.id for asked in lesson.questions] if lesson is not None else []
        if not names or self.course is None:
            self.score.show_text("")
            return
        right = self.progress.right(self.course.name, self.course.seed, names)
        self.score.show_text(self.tr("{right} of {all} right").format(right=right, all=len(names)) + "  ·")

    def next_instance(self) -> None:
        """Ask for the same questions about another run."""
        if self.course is not None:
            self.instance_requested.emit(self.course.seed + 1)

    def ask_instance(self) -> None:
        """Ask for the number of a sheet, and for its questions."""
        if self.course is None:
            return
        seed, good = QInputDialog.getInt(
            self, self.tr("The instance of a sheet"), self.tr("Number of the sheet, its seed:"), self.course.seed, 0,
            2**31 - 1,
        )  # fmt: skip
        if good:
            self.instance_requested.emit(seed)

    def ask_and_reset(self) -> None:
        """Ask, then forget the progress in this scenario."""
        if self.course is None:
            return
        question = self.tr("Forget all answers in “{title}”?").format(title=self.course.title)
        answer = QMessageBox.question(self, self.tr("Forget progress"), question)
        if answer == QMessageBox.StandardButton.Yes:
            self.reset()

    def reset(self) -> None:
        """Forget the progress in this scenario."""
        if self.course is not None:
            self.progress.reset(self.course.name)
            self._show_step()
