"""Answers as people write them, in the terminal or in a submission: read into what the question wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import nearest
from engine.explain import Form
from engine.lesson.asked import Asked, Given, letter
from engine.lesson.evaluate import Instant
from engine.lesson.pte import Filled, fields_of, filled, filled_from
from engine.program import Program
from engine.reading.chain import Place
from engine.scenario.prose import without_links
from engine.scenario.query import QueryError, Thing, parse_query
from engine.scenario.query_check import Known, result_of

_FORMS = {"present": Form.PRESENT, "not present": Form.SWAPPED, "swapped": Form.SWAPPED, "never touched": Form.NEVER}
_THING = re.compile(r"(descriptor|virtual slot|swap id|zswap entry)\b")
_WORDS = {"descriptor": "desc", "virtual slot": "desc", "swap id": "desc", "zswap entry": "entry"}


class AnswerError(Exception):
    """An answer that cannot be read; says what would be possible."""

    def __init__(self, what: str, expected: str, near: str | None = None) -> None:
        super().__init__(f"{what}; expected {expected}" + (f" (did you mean '{near}'?)" if near else ""))
        self.what = what
        self.expected = expected
        self.near = near


def read_answer(asked: Asked, raw: Any, program: Program) -> Given:
    """An answer given as text, number, list or table; raises AnswerError.

    A choice may be given by its letter or its text, an order by letters (``"C A B"``) or a list, a
    thing as a query names it (``"page 12 of editor"``), an entry as a word or as a table of fields.
    """
    if asked.kind in ("choice", "next"):
        return _option(asked, raw)
    if asked.kind == "number":
        return _number(raw)
    if asked.kind == "click":
        return _thing(raw, program)
    if asked.kind == "order":
        return _order(asked, raw)
    return _entry(raw)


def how_to_answer(asked: Asked) -> str:
    """What may be written, in a few words."""
    if asked.kind in ("choice", "next"):
        return f"a letter from A to {letter(len(asked.options) - 1)}"
    if asked.kind == "order":
        return "the letters in order, as " + " ".join(letter(place) for place in reversed(range(len(asked.options))))
    if asked.kind == "number":
        return "a number" + (f" of {asked.unit}" if asked.unit else "")
    if asked.kind == "click":
        return "a thing, as page 12 of editor, entry 5, slot 7, frame 3 or desc 9"
    return "the word, as 0x07fffffffffb3408, or its fields, as: present, PFN 7, D 1, A 1, RW 1, US 1, P 1, NX 1"


def _option(asked: Asked, raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    expected = how_to_answer(asked) + ", or the text of one of them"
    if not isinstance(raw, str):
        raise AnswerError("this is no choice", expected)
    texts = [_plain(option) for option in asked.options]
    wanted = _plain(raw)
    if wanted in texts:
        return texts.index(wanted)
    if len(wanted) == 1 and wanted.isalpha() and ord(wanted) - ord("a") < len(texts):
        return ord(wanted) - ord("a")
    near = nearest(wanted, texts)
    raise AnswerError(f"'{raw}' is not among them", expected, asked.options[texts.index(near)] if near else None)


def _plain(text: str) -> str:
    """A text as it is compared: without links, marks, gaps between digits and capitals."""
    text = re.sub(r"[*_`]", "", without_links(text))
    text = re.sub(r"(?<=\d)[\u202f\u00a0 ](?=\d{3})", "", text)
    return " ".join(text.split()).strip(" .").casefold()


def _number(raw: Any) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        text = re.sub(r"[\s_\u202f\u00a0]", "", raw)
        found = re.match(r"[-+]?(0[xX][0-9a-fA-F]+|\d+(\.\d+)?)", text)
        if found:
            return int(found[0], 0) if "x" in found[0].lower() else float(found[0])
    raise AnswerError(f"'{raw}' is no number", "a number")


def _thing(raw: Any, program: Program) -> Place:
    expected = "a thing, as page 12 of editor, entry 5, slot 7, frame 3 or desc 9"
    if not isinstance(raw, str):
        raise AnswerError(f"'{raw}' is no thing", expected)
    text = _THING.sub(lambda found: _WORDS[found[1]], raw.strip().rstrip("."))
    pages = {process.name: process.pages for process in program.processes} | dict(program.shmem)
    try:
        query = parse_query(text)
        if not isinstance(query, Thing) or isinstance(query.number, str):
            raise AnswerError(f"'{raw}' is no thing", expected)
        result_of(query, Known((), pages, [swapfile.name for swapfile in program.swapfiles]))
    except QueryError as error:
        raise AnswerError(f"'{raw}': {error.what}", error.expected or expected, error.near) from None
    place = Instant(program, {}).thing(query)
    assert isinstance(place, Place)
    return place


def _order(asked: Asked, raw: Any) -> tuple[int, ...]:
    expected = how_to_answer(asked) + ", each once"
    parts: list[Any] = list(raw) if isinstance(raw, Sequence) and not isinstance(raw, str) else _parts(str(raw))
    order = tuple(_option(asked, part) for part in parts)
    if sorted(order) != list(range(len(asked.options))):
        raise AnswerError(f"there are {len(asked.options)} things to put in order", expected)
    return order


def _parts(text: str) -> list[str]:
    """``C A B``, ``CAB`` or texts with commas between them."""
    if "," in text:
        return [part.strip() for part in text.split(",")]
    words = text.split()
    return list(text) if len(words) == 1 else words


def _entry(raw: Any) -> Filled:
    """A whole word, a table of ``form`` and fields, or both in one line of text."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return filled_from(raw)
    if isinstance(raw, str):
        text = raw.strip()
        if re.fullmatch(r"0[xX][0-9a-fA-F_]+", text):
            return filled_from(int(text.replace("_", ""), 16))
        form, _, rest = text.partition(":") if ":" in text else text.partition(",")
        fields: dict[str, Any] = {}
        for part in rest.split(","):
            name, _, value = part.strip().replace("=", " ").rpartition(" ")
            if part.strip():
                fields[name.strip()] = value
        return _fields(form, fields)
    if isinstance(raw, Mapping):
        return _fields(str(raw.get("form", "")), {key: value for key, value in raw.items() if key != "form"})
    raise AnswerError(f"'{raw}' is no page-table entry", "a word as 0x…, or a table with form and fields")


def _fields(form: str, fields: Mapping[str, Any]) -> Filled:
    kind = _FORMS.get(form.strip().casefold())
    if kind is None:
        raise AnswerError(f"'{form}' is no form of an entry", "one of present, not present, never touched",
                          nearest(form.strip().casefold(), _FORMS))  # fmt: skip
    known = {field.name: field for field in fields_of(kind)} | {"offset": None}
    values: dict[str, int] = {}
    for name, value in fields.items():
        if name not in known:
            expected = "one of " + ", ".join(field.name for field in fields_of(kind))
            raise AnswerError(f"an entry that is {kind} has no field '{name}'", expected, nearest(name, known))
        number = _number(value)
        values["~offset" if name == "offset" else name] = int(number)
    return filled(kind, values)
