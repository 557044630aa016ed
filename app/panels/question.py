"""One question of a lesson as a card: what is asked, something to answer with, Check, Hint and Show why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.moment import Moment
from app.panels.answers import answer_widget
from app.panels.prose import Prose
from app.panels.widgets import Text, column_of, row_of
from app.words.numbers import count
from engine.lesson.asked import Asked, Verdict, judge
from engine.lesson.progress import Answered


class QuestionCard(QFrame):
    """A question; its state follows from the answer that was checked and from how far the run is shown."""

    jump_requested = Signal(object)
    followed = Signal(str)
    """A link was followed."""
    answered = Signal(str, object)
    """Id of the question and score 0 … 1, each time an answer is checked."""
    hinted = Signal(str, object)
    """Id of the question and how many hints were looked at."""

    def __init__(self, asked: Asked, before: Answered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked = asked
        self.verdict: Verdict | None = None
        self._hints = 0
        self._shown = False
        self._cursor = 0
        heading = self.tr("Predict") if asked.predict else self.tr("Question")
        self.heading = Text(heading, 13, bold=True, colour="zswap")
        self.state = Text("", 12, colour="dim")
        self.prompt = Prose(asked.ask)
        self.prompt.linkActivated.connect(self.followed)
        self.answer = answer_widget(asked)
        self.answer.changed.connect(self._changed)
        self.check = QPushButton(self.tr("Check"))
        self.check.setProperty("primary", True)
        self.check.clicked.connect(lambda _on=False: self.check_answer())
        self.hint = QPushButton(self.tr("Hint"))
        self.hint.clicked.connect(lambda _on=False: self.show_hint())
        self.why = QPushButton(self.tr("Show why"))
        self.why.clicked.connect(lambda _on=False: self.show_why())
        self.said = Text("", 13, bold=True, wrap=True)
        self.hints = Prose("", 12.5, "dim")
        self.told = Prose("", 12.5)
        self.told.linkActivated.connect(self.followed)
        column = column_of(self, 6, 0)
        column.addLayout(row_of(self.heading, 1, self.state))
        for part in (self.prompt, self.answer, self.hints):
            column.addWidget(part)
        column.addLayout(row_of(self.check, self.hint, self.why, 1))
        column.addWidget(self.said)
        column.addWidget(self.told)
        self.hint.setVisible(bool(asked.hints))
        if before.tries:
            self.state.show_text(self.tr("answered rightly before") if before.right else self.tr("tried before"))
        self._render()

    def show_moment(self, moment: Moment) -> None:
        """A prediction is told once the run has come to what it was about."""
        self.answer.show_moment(moment)
        cursor = moment.transition.number
        if (cursor >= self.asked.shown_at) != (self._cursor >= self.asked.shown_at):
            self._cursor = cursor
            self._render()
        self._cursor = cursor

    @property
    def waits(self) -> bool:
        """Answered, but what happens has not been shown yet."""
        return self.verdict is not None and self.asked.predict and not self._shown

    def check_answer(self) -> None:
        """Hold the answer against what the engine found."""
        given = self.answer.given()
        if given is None:
            return
        self.verdict = judge(self.asked, given)
        self._shown = not self.asked.predict or self._cursor >= self.asked.shown_at > self.asked.moment
        self.answered.emit(self.asked.id, self.verdict.score)
        self._render()

    def show_hint(self) -> None:
        """One hint more."""
        if self._hints < len(self.asked.hints):
            self._hints += 1
            self.hinted.emit(self.asked.id, self._hints)
            self._render()

    def show_why(self) -> None:
        """To the transition that shows why; the answer is told with it."""
        self._shown = True
        self._render()
        self.jump_requested.emit(self.asked.shown_at)

    def _changed(self) -> None:
        self.verdict = None
        self._render()

    def _render(self) -> None:
        asked = self.asked
        self.check.setEnabled(self.answer.given() is not None and self.verdict is None)
        self.hint.setEnabled(self._hints < len(asked.hints))
        self.hints.setVisible(self._hints > 0)
        self.hints.show_text("\n\n".join(asked.hints[: self._hints]))
        self.why.setVisible(self.verdict is not None)
        self.why.setText(self.tr("Go on and see") if self.waits else self.tr("Show why"))
        if self.waits and self._cursor >= asked.shown_at > asked.moment:
            self._shown = True
        self.said.setVisible(self.verdict is not None)
        self.told.setVisible(self._shown and self.verdict is not None)
        if self.verdict is None:
            return
        if self.waits:
            self.said.show_text(self.tr("Noted. The run will show it."))
            self.said.set_colour("zswap")
            return
        self.said.show_text(self._sentence(self.verdict))
        self.said.set_colour("accent" if self.verdict.right else "danger")
        place = self.tr("Transition {number}: {text}").format(number=count(asked.shown_at), text=asked.shown)
        answer = "" if self.verdict.right else self.tr("The answer: {answer}").format(answer=asked.answer)
        why = "" if asked.why.strip() == asked.shown else asked.why
        self.told.show_text("\n\n".join(part for part in (answer, place, why) if part))

    def _sentence(self, verdict: Verdict) -> str:
        if verdict.right:
            return self.tr("Right.")
        if verdict.score:
            return self.tr("Not yet: {share} % of it is right.").format(share=round(100 * verdict.score))
        return self.tr("Not right. See why, or try again.")
