"""What steps, questions and assignments of a scenario must agree about: queries, moments, links and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.errors import nearest
from engine.figures import DERIVED
from engine.mm.image import schema
from engine.mm.schema import Setting
from engine.phrase import joined, phrase
from engine.scenario.assignment import Assignment, MayChange
from engine.scenario.lesson import MOMENT_KEYS, Question, Step, When
from engine.scenario.machine import number_for
from engine.scenario.positions import Path
from engine.scenario.problems import shown
from engine.scenario.prose import Link, links_in, queries_in, stray_brace
from engine.scenario.query import Compared, Named, Number, Query, QueryError, Result, Times, is_list, parse_query
from engine.scenario.query_check import KIND_NAMES, PLACES, Known, figure_names, read_query, result_of

Say = Callable[..., None]
"""Tells a problem: path, what, expected, nearest."""

_ANSWERS: dict[str, tuple[Result, ...]] = {
    "choice": (Result.NUMBER, Result.WORD, Result.TEXT, Result.THING, Result.TRUTH),
    "number": (Result.NUMBER, Result.WORD, Result.THING),
    "click": (Result.THING,),
    "order": (Result.THING, Result.TEXT, Result.NUMBER),
    "pte": (Result.WORD,),
}
"""What the answer of each kind of question may be."""
_ONLY_FOR: dict[str, tuple[str, ...]] = {
    "unit": ("number",), "tolerance": ("number",), "tolerance_percent": ("number",), "choices": ("choice",),
    "option": ("choice",), "answer": ("choice", "number", "click", "order", "pte"),
}  # fmt: skip


class LessonCheck:
    """Checks the steps and the assignment of one file; ``say`` is told every problem."""

    def __init__(self, known: Known, say: Say) -> None:
        self.known = known
        self._say = say
        self._ids: set[str] = set()
        self._number = 0

    # -- steps ------------------------------------------------------------------------------

    def step(self, step: Step, questions: Sequence[Question | None], path: Path) -> None:
        """One step with those of its questions that are valid in themselves."""
        self._when(step.when, (*path, "when"))
        let: dict[str, Result] = {}
        for name, text in step.let.items():
            where = (*path, "let", name)
            found = self._query(text, where, replace(self.known, let=let))
            if not name.isidentifier():
                self._say(where, phrase("'{name}' is no name", name=name), phrase("letters, digits and _"))
            elif name in figure_names():
                self._say(where, phrase("'{name}' is a figure of the machine", name=name), phrase("a name of its own"))
            if found:
                query, result = found
                if is_list(query):
                    self._say(where, phrase("a name stands for one value"), phrase("a query that gives one"))
                let[name] = result
            else:
                # What uses the name shall not be blamed as well.
                let[name] = Result.NUMBER
        known = replace(self.known, let=let)
        self._prose(step.text, (*path, "text"), known)
        for place, question in enumerate(questions):
            self._number += 1
            if question is not None:
                self._question(question, (*path, "question", place), known)

    def _when(self, when: str | When, path: Path) -> None:
        if isinstance(when, str):
            if when not in self.known.marks and when not in PLACES:
                self._unknown(path, phrase("mark"), when, [*self.known.marks, *PLACES])
            return
        given = [key for key in MOMENT_KEYS if getattr(when, key) is not None]
        if len(given) != 1:
            what = (
                phrase("does not say which moment")
                if not given
                else phrase("has both '{one}' and '{other}'", one=given[0], other=given[1])
            )
            self._say(path, what, phrase("one of the keys {names}", names=", ".join(MOMENT_KEYS)))
        if when.kind is not None and when.kind not in KIND_NAMES:
            self._unknown((*path, "kind"), phrase("kind of transition"), when.kind, list(KIND_NAMES))
        for key in ("mark", "after"):
            name = getattr(when, key)
            if name is not None and name not in self.known.marks:
                self._unknown((*path, key), phrase("mark"), name, list(self.known.marks))
        if when.condition is not None:
            found = self._query(when.condition, (*path, "condition"), self.known)
            if found and not is_condition(found[0]):
                expected = phrase(
                    "a counter or gauge, a comparison, and a number or setting, as zswap_pool_pages >= 20"
                )
                self._say(
                    (*path, "condition"), phrase("'{condition}' is no condition", condition=when.condition), expected
                )

    # -- questions --------------------------------------------------------------------------

    def _question(self, question: Question, path: Path, known: Known) -> None:
        name = question.id or f"q{self._number}"
        if name in self._ids:
            self._say(
                (*path, "id") if question.id else path,
                phrase("the id '{name}' is there twice", name=name),
                phrase("an id of its own"),
            )
        self._ids.add(name)
        self._prose(question.ask, (*path, "ask"), known)
        self._prose(question.why, (*path, "why"), known)
        for place, hint in enumerate(question.hints):
            self._prose(hint, (*path, "hints", place), known)
        for key, kinds in _ONLY_FOR.items():
            if key in question.model_fields_set and question.kind not in kinds:
                what = phrase("a question of kind '{kind}' has no '{key}'", kind=question.kind, key=key)
                self._say((*path, key), what, phrase("kind {names}", names=" or ".join(kinds)))
        result = self._answer(question, path, known)
        for place, text in enumerate(question.choices):
            found = self._query(text, (*path, "choices", place), known)
            if found and result and found[1] is not result:
                self._say(
                    (*path, "choices", place),
                    phrase("it gives {found}, and the answer {result}", found=phrase(found[1]), result=phrase(result)),
                    phrase(result),
                )
            if text in question.choices[:place]:
                self._say((*path, "choices", place), phrase("it is there twice"), phrase("each of them once"))
        for place, option in enumerate(question.option):
            inner = (*path, "option", place)
            if option.text in [other.text for other in question.option[:place]]:
                self._say((*inner, "text"), phrase("it is there twice"), phrase("each of them once"))
            self._prose(option.text, (*inner, "text"), known)
            self._truth(option.holds, (*inner, "holds"), known)
        if question.show is not None:
            found = self._query(question.show, (*path, "show"), known)
            if found and (found[1] is not Result.EVENT or is_list(found[0])):
                self._say(
                    (*path, "show"),
                    phrase("it gives no single transition"),
                    phrase("a transition, as next 'written back'"),
                )

    def _answer(self, question: Question, path: Path, known: Known) -> Result | None:
        """What the answer is; None where that cannot be said."""
        if question.kind == "next" or (question.kind == "choice" and question.option):
            if question.option and question.answer is not None:
                self._say(
                    (*path, "answer"), phrase("the options say which is right"), phrase("either answer or option")
                )
            if question.option and len(question.option) < 2:
                self._say((*path, "option"), phrase("there is nothing to choose"), phrase("at least two options"))
            return None
        if question.answer is None:
            self._say((*path, "answer"), phrase("the key 'answer' is missing"), phrase("a query (docs/lessons.md)"))
            return None
        found = self._query(question.answer, (*path, "answer"), known)
        if found is None:
            return None
        query, result = found
        allowed = _ANSWERS[question.kind]
        if result not in allowed:
            self._say(
                (*path, "answer"),
                phrase("it gives {result}", result=phrase(result)),
                phrase("{names} for kind '{kind}'", names=joined(" / ", map(phrase, allowed)), kind=question.kind),
            )
        elif question.kind == "order" and not is_list(query):
            self._say(
                (*path, "answer"),
                phrase("it gives only one value"),
                phrase("several, as page of next 4 'written back'"),
            )
        elif question.kind in ("choice", "number", "pte") and is_list(query):
            self._say((*path, "answer"), phrase("it gives several values"), phrase("one value"))
        return result

    # -- assignment -------------------------------------------------------------------------

    def assignment(self, assignment: Assignment, data: Mapping[str, Any], path: Path = ("assignment",)) -> None:
        """The assignment; ``data`` is the whole document."""
        for place, change in enumerate(assignment.may_change):
            if change.key in [other.key for other in assignment.may_change[:place]]:
                self._say((*path, "may_change", place, "key"), phrase("it is there twice"), phrase("each of them once"))
            self._may_change(change, data, (*path, "may_change", place))
        for place, criterion in enumerate(assignment.check):
            self._truth(criterion.that, (*path, "check", place, "that"), self.known)
        if not assignment.check and not (assignment.questions and self._ids):
            self._say(
                path, phrase("there is nothing to grade"), phrase("an [[assignment.check]], or a question in a step")
            )

    def _may_change(self, change: MayChange, data: Mapping[str, Any], path: Path) -> None:
        settings = {setting.key: setting for setting in schema.settings}
        key = change.key
        setting = settings.get(key)
        if setting is None and key not in ("machine.kernel",):
            expected = phrase("a key of [machine] (docs/scenarios.md lists them)")
            self._say((*path, "key"), phrase("there is no setting '{key}'", key=key), expected, nearest(key, settings))
            return
        if key.startswith("machine.swapfile."):
            files = data.get("machine", {}).get("swapfile", []) if isinstance(data.get("machine"), Mapping) else []
            if isinstance(files, list) and int(key.split(".")[2]) >= len(files):
                self._say(
                    (*path, "key"),
                    phrase("there is no swapfile {number}", number=key.split(".")[2]),
                    phrase("0 to {last}", last=len(files) - 1),
                )
        if setting is not None:
            self._allowed(change, setting, path)
        if change.low is not None and change.high is not None and change.low > change.high:
            self._say(
                (*path, "high"),
                phrase("{high} is below low", high=change.high),
                phrase("at least {low}", low=change.low),
            )
        if change.choices and (change.low is not None or change.high is not None):
            self._say((*path, "choices"), phrase("it has both choices and a range"), phrase("only one of them"))

    def _allowed(self, change: MayChange, setting: Setting, path: Path) -> None:
        """What a submission may set must be something that the setting can be."""
        given = [(("low",), change.low), (("high",), change.high)]
        for where, value in [*given, *((("choices", place), one) for place, one in enumerate(change.choices))]:
            if value is None:
                continue
            try:
                number_for(setting, value)
            except ValueError as error:
                what = phrase("{value} is not possible for {key}", value=shown(value), key=setting.key)
                self._say((*path, *where), what, error.args[0])

    # -- parts ------------------------------------------------------------------------------

    def _query(self, text: str, path: Path, known: Known) -> tuple[Query, Result] | None:
        try:
            return read_query(text, known)
        except QueryError as error:
            self._say(path, error.what, error.expected, error.near)
            return None

    def _truth(self, text: str, path: Path, known: Known) -> None:
        found = self._query(text, path, known)
        if found and found[1] is not Result.TRUTH:
            self._say(path, phrase("it gives {found}", found=phrase(found[1])), phrase("a comparison, as zswpwb > 0"))

    def _prose(self, text: str, path: Path, known: Known) -> None:
        if stray_brace(text):
            self._say(path, phrase("a brace stands alone"), phrase("{query}, or {{ and }} for braces"))
            return
        for query in queries_in(text):
            found = self._query(query, path, known)
            if found and found[1] is Result.EVENT:
                self._say(
                    path,
                    phrase("'{query}' is a transition and no value", query=query),
                    phrase("a fact of it, as sentence of next"),
                )
        for link in links_in(text):
            self._link(link, path, known)

    def _link(self, link: Link, path: Path, known: Known) -> None:
        if "{" in link.target:
            what = phrase(
                "the link '{scheme}:{target}' has a query in its target", scheme=link.scheme, target=link.target
            )
            self._say(path, what, phrase("it:NAME, a name of 'let'"))
        elif link.scheme == "it":
            if link.target not in known.let:
                self._unknown(path, phrase("name of 'let'"), link.target, list(known.let))
        elif link.scheme == "mark":
            if link.target not in known.marks:
                self._unknown(path, phrase("mark"), link.target, list(known.marks))
        elif link.scheme == "transition":
            if not link.target.isdecimal() and link.target not in KIND_NAMES:
                self._unknown(path, phrase("kind of transition"), link.target, list(KIND_NAMES))
        else:
            try:
                result_of(parse_query(thing_query(link)), known)
            except QueryError as error:
                what = phrase(
                    "the link '{scheme}:{target}' leads nowhere: {what}", scheme=link.scheme, target=link.target,
                    what=error.what,
                )  # fmt: skip
                self._say(path, what, error.expected, error.near)

    def _unknown(self, path: Path, what: str, name: str, known: Sequence[str]) -> None:
        expected = phrase("one of {names}", names=", ".join(known)) if known else phrase("none: there is none")
        self._say(path, phrase("there is no {what} '{name}'", what=what, name=name), expected, nearest(name, known))


def is_condition(query: Query) -> bool:
    """Whether a query is what ``when.condition`` may be: a figure, a comparison, a number or setting."""
    if not isinstance(query, Compared) or not isinstance(query.left, Named | Times):
        return False
    if isinstance(query.left, Named) and query.left.name in DERIVED:  # no single word of the image says when it changes
        return False
    settings = {setting.key for setting in schema.settings}
    return isinstance(query.right, Number) or (isinstance(query.right, Named) and query.right.name in settings)


def thing_query(link: Link) -> str:
    """The query of the thing that a link leads to: ``page:editor/12`` is ``page 12 of 'editor'``."""
    owner, slash, number = link.target.rpartition("/")
    return f"{link.scheme} {number} of '{owner}'" if slash else f"{link.scheme} {number}"
