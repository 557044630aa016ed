"""A part of a scenario in one line, and the picture that stands for its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.editor.mistakes import tr
from app.words.numbers import count
from engine.scenario.lesson import MOMENT_KEYS
from engine.scenario.model import RUN_KINDS
from engine.scenario.positions import Path
from engine.scenario.write import value_text

MOST_LETTERS = 60
_ICONS = {"pattern": "mdi6.chart-scatter-plot", "trace": "mdi6.record-rec", "op": "mdi6.cog-outline",
          "mark": "mdi6.flag-outline", "set": "mdi6.tune-vertical", "parallel": "mdi6.call-split",
          "process": "mdi6.application-outline", "regions": "mdi6.view-sequential-outline",
          "shmem": "mdi6.share-variant-outline", "shock": "mdi6.flash-outline", "check": "mdi6.check-circle-outline",
          "swapfile": "mdi6.harddisk", "step": "mdi6.school-outline", "question": "mdi6.comment-question-outline",
          "option": "mdi6.radiobox-marked", "vary": "mdi6.shuffle-variant", "may_change": "mdi6.pencil-outline",
          "assignment": "mdi6.clipboard-text-outline"}  # fmt: skip


def kind_of(path: Path, value: Any) -> str:
    """What sort of part it is: a key of a run, or the name of its array."""
    if len(path) == 1:
        return str(path[0])
    if path[-2] in ("run", "parallel", "beside"):
        return next((kind for kind in RUN_KINDS if isinstance(value, Mapping) and kind in value), "")
    return str(path[-2])


def icon_of(path: Path, value: Any) -> str:
    """The name of a part's icon."""
    return _ICONS.get(kind_of(path, value), "mdi6.help-circle-outline")


def line_of(path: Path, value: Any) -> str:
    """A part in one line."""
    if not isinstance(value, Mapping):
        return value_text(value) if isinstance(value, str | int | float | list) else "?"
    told = [part for part in _parts(kind_of(path, value), value) if part]
    if path[-2:-1] == ("beside",):
        told.append(tr("beside all that follows"))
    return " · ".join(told) or tr("says nothing yet")


def _parts(kind: str, value: Mapping[str, Any]) -> list[str]:
    who = _word(value, "process") + (f"/{_word(value, 'region')}" if "region" in value else "")
    times = f"× {count(value['repeat'])}" if isinstance(value.get("repeat"), int) else ""
    match kind:
        case "pattern":
            return [_word(value, "pattern"), _number(value, "references", tr("{number} references")), who, times]
        case "trace":
            return [_word(value, "trace").rpartition("/")[2] or tr("no file yet"), who, times]
        case "op":
            return [f"{_word(value, 'op')} {_object(value)}".strip(), who, times]
        case "mark":
            return [_word(value, "mark")]
        case "set":
            return [f"{_word(value, 'set').removeprefix('machine.')} = {_word(value, 'value')}"]
        case "parallel":
            return [tr("At the same time"), _number(value, "turn", tr("{number} in turn")), times]
        case "step":
            return [_word(value, "title"), _moment(value.get("when"))]
        case "question":
            return [_word(value, "kind"), _cut(_word(value, "ask"))]
        case "option":
            return [_cut(_word(value, "text"))]
        case "vary" | "may_change":
            low, high = value.get("low"), value.get("high")
            return [_word(value, "key"), f"{low} … {high}" if low is not None and high is not None else
                    _cut(_word(value, "choices"))]  # fmt: skip
        case "assignment":
            return [_cut(_word(value, "task"))]
        case "check" if "that" in value:
            return [_word(value, "that"), _cut(_word(value, "text"))]
        case "check":
            compared = f"{_word(value, 'name')} {_word(value, 'op') or '=='} {_word(value, 'value')}"
            return [compared, _word(value, "at"), _word(value, "design")]
        case "shock":
            return [_word(value, "name"), _number(value, "at", tr("after {number} operations"))]
        case "swapfile":
            priority = tr("priority {number}").format(number=value["priority"]) if "priority" in value else ""
            slots = _number(value, "slots", tr("{number} slots"))
            return [_word(value, "name"), slots, _word(value, "device"), priority]
    shared = tr("maps {name}").format(name=value["shared"]) if "shared" in value else ""
    return [_word(value, "name"), _number(value, "pages", tr("{number} pages")), shared]


def _object(value: Mapping[str, Any]) -> str:
    """What an operation is done to."""
    if "child" in value:
        return f"→ {value['child']}"
    if "swapfile" in value:
        return _word(value, "swapfile")
    if "ns" in value:
        return _number(value, "ns", "{number} ns")
    if "page" in value:
        several = value["page"] if isinstance(value["page"], list) else [value["page"]]
        return ", ".join(map(str, several[:6])) + (" …" if len(several) > 6 else "")
    first, pages = value.get("first", 0), value.get("pages")
    if isinstance(first, int) and isinstance(pages, int):
        return f"{first} … {first + pages - 1}"
    return str(first) if first else ""


def _moment(value: Any) -> str:
    """When a step is, in a few words."""
    if isinstance(value, Mapping):
        return next((f"{value[key]}" for key in MOMENT_KEYS if key in value), "")
    return "" if value is None else str(value)


def _cut(text: str) -> str:
    """The beginning of a longer text."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"


def _word(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key, "")
    return found if isinstance(found, str) else value_text(found)


def _number(value: Mapping[str, Any], key: str, text: str) -> str:
    if key not in value:
        return ""
    number = value[key]
    return text.format(number=count(number) if isinstance(number, int) else number)
