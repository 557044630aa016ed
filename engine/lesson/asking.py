"""Makes a question of a run: its answer, the wrong answers beside it, and the transition that shows why."""

from __future__ import annotations

import random
from typing import Any

from engine.lesson.asked import Asked
from engine.lesson.distractors import WRONG, kinds_near, wrong_answers
from engine.lesson.evaluate import Evaluator
from engine.lesson.pte import told
from engine.lesson.speech import Tell, prose
from engine.lesson.values import Value, said
from engine.phrase import phrase
from engine.reading.chain import Place, chain
from engine.scenario.lesson import Question
from engine.scenario.positions import Path
from engine.scenario.query import At, Event, Query, Result, parse_query, walk
from engine.scenario.query_check import Known, result_of
from engine.transition import Transition


class Unmade(Exception):
    """A part cannot be made of this run; the path is relative to its step."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(what)
        self.path = path
        self.what = what


class Asker:
    """Makes the questions of one step."""

    def __init__(self, evaluator: Evaluator, known: Known, moment: int, tell: Tell = str) -> None:
        self.tell = tell
        self.evaluator = evaluator
        self.known = known
        self.moment = moment
        self.program = evaluator.program

    def asked(self, question: Question, name: str) -> Asked:
        """The question with its answer."""
        draw = random.Random(f"{self.program.seed}/{self.evaluator.salt}")
        make = {"choice": self._choice, "number": self._number, "click": self._click, "order": self._order,
                "pte": self._pte, "next": self._next}[question.kind]  # fmt: skip
        parts = make(question, draw)
        shown = self._shown_at(question)
        return Asked(
            id=name, kind=question.kind, ask=self._text(question.ask, self.moment), moment=self.moment, shown_at=shown,
            shown=self._told(self.evaluator.event_fact("sentence", self.evaluator.transition(shown))),
            predict=question.predict, hints=tuple(self._text(hint, self.moment) for hint in question.hints),
            why=self._text(question.why, shown), points=question.points, unit=question.unit, **parts,
        )  # fmt: skip

    # -- one for each kind ------------------------------------------------------------------

    def _choice(self, question: Question, draw: random.Random) -> dict[str, Any]:
        if question.option:
            return self._statements(question, draw)
        query, result, right = self._answer(question)
        wrong = [self.evaluator.at(parse_query(text), self.moment) for text in question.choices]
        wrong = [value for value in wrong if value is not None]
        if not question.choices:
            wrong = wrong_answers(self.evaluator, query, result, right, self.moment, draw)
        view = self.evaluator.view(self.moment)
        texts = [self.tell(said(value, result, self.program, view)) for value in [right, *wrong]]
        return self._chosen(list(dict.fromkeys(texts)), draw)

    def _chosen(self, texts: list[str], draw: random.Random) -> dict[str, Any]:
        """Options of which the first is right, shuffled."""
        if len(texts) < 2:
            raise Unmade((), "there is no wrong answer to choose from")
        right = texts[0]
        draw.shuffle(texts)
        return {"answer": right, "options": tuple(texts), "right": texts.index(right)}

    def _statements(self, question: Question, draw: random.Random) -> dict[str, Any]:
        truths = [self.evaluator.at(parse_query(option.holds), self.moment) for option in question.option]
        if truths.count(True) != 1:
            holding = [option.text for option, truth in zip(question.option, truths) if truth]
            what = "none of the options holds" if not holding else "more than one option holds: " + "; ".join(holding)
            raise Unmade(("option",), what)
        texts = [self._text(option.text, self.moment) for option in question.option]
        right = texts[truths.index(True)]
        if len(set(texts)) < len(texts):
            raise Unmade(("option",), "two options say the same")
        draw.shuffle(texts)
        return {"answer": right, "options": tuple(texts), "right": texts.index(right)}

    def _number(self, question: Question, draw: random.Random) -> dict[str, Any]:
        _, result, right = self._answer(question)
        if isinstance(right, Place):
            right = right.number
        if isinstance(right, bool) or not isinstance(right, int | float):
            raise Unmade(("answer",), f"'{question.answer}' gives no number in this run")
        tolerance = max(question.tolerance, abs(right) * question.tolerance_percent / 100)
        view = self.evaluator.view(self.moment)
        unit = question.unit.removesuffix("s") if right == 1 else question.unit
        text = self.tell(said(right, result, self.program, view)) + (f" {unit}" if unit else "")
        return {"answer": text, "right": right, "tolerance": tolerance}

    def _click(self, question: Question, draw: random.Random) -> dict[str, Any]:
        _, result, right = self._answer(question)
        things = right if isinstance(right, list) else [right]
        view = self.evaluator.view(self.moment)
        accepts: set[Place] = set()
        for thing in things:
            if isinstance(thing, Place):
                accepts |= {thing, *chain(view, thing).places()}
        return {"answer": self.tell(said(right, result, self.program, view)), "accepts": frozenset(accepts)}

    def _order(self, question: Question, draw: random.Random) -> dict[str, Any]:
        _, result, right = self._answer(question)
        view = self.evaluator.view(self.moment)
        things = right if isinstance(right, list) else []
        texts = [self.tell(said(thing, result, self.program, view)) for thing in things]
        if len(set(texts)) < len(texts):
            texts = list(dict.fromkeys(texts))
        if len(texts) < 2:
            raise Unmade(("answer",), f"'{question.answer}' gives fewer than two things in this run")
        shown = list(texts)
        while shown == texts:
            draw.shuffle(shown)
        right_order = tuple(shown.index(text) for text in texts)
        return {"answer": ", ".join(texts), "options": tuple(shown), "right": right_order}

    def _pte(self, question: Question, draw: random.Random) -> dict[str, Any]:
        _, _, right = self._answer(question)
        if not isinstance(right, int):
            raise Unmade(("answer",), f"'{question.answer}' gives no word in this run")
        return {"answer": self.tell(told(right)), "right": right}

    def _next(self, question: Question, draw: random.Random) -> dict[str, Any]:
        if self.moment >= self.evaluator.course.end:
            raise Unmade((), "nothing happens any more after this moment")
        right = self.evaluator.transition(self.moment + 1).kind.name
        texts = [right]
        for name in kinds_near(self.evaluator, self.moment, draw):
            if name not in texts:
                texts.append(name)
            if len(texts) > WRONG:
                break
        return self._chosen([self.tell(phrase(text)) for text in texts], draw)

    # -- parts ------------------------------------------------------------------------------

    def _answer(self, question: Question) -> tuple[Query, Result, Value]:
        text = question.answer or ""
        query = parse_query(text)
        value = self.evaluator.at(query, self.moment)
        if value is None:
            raise Unmade(("answer",), f"'{text}' gives nothing in this run")
        return query, result_of(query, self.known), value

    def _shown_at(self, question: Question) -> int:
        """The transition that shows why."""
        if question.show is not None:
            found = self.evaluator.at(parse_query(question.show), self.moment)
            if not isinstance(found, Transition):
                raise Unmade(("show",), f"'{question.show}' gives nothing in this run")
            return found.number
        if question.kind == "next":
            return self.moment + 1
        texts = [question.answer] if question.answer else [option.holds for option in question.option]
        places: list[int] = []
        for text in texts:
            for one in walk(parse_query(text)):
                if isinstance(one, At):
                    place = self.evaluator.place(one.moment, self.moment)
                    places += [] if place is None else [place]
                elif isinstance(one, Event):
                    found = self.evaluator.at(one, self.moment)
                    first = found[0] if isinstance(found, list) else found
                    places += [first.number] if isinstance(first, Transition) else []
        return max(places, default=self.moment)

    def _text(self, text: str, number: int) -> str:
        """A text with the values of a moment."""
        return prose(self.evaluator, text, self.known, number, self.tell)

    def _told(self, value: Value) -> str:
        """A sentence of the engine."""
        return self.tell(value) if isinstance(value, str) else str(value)
