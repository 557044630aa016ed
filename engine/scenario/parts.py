"""New parts for a scenario: the least that each needs to be right in the document it is put into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.mm.image import schema
from engine.scenario.edit import put, remove
from engine.scenario.forms import fields_of
from engine.scenario.machine import read_value
from engine.scenario.model import OPS, RUN_KINDS, run_model
from engine.scenario.names import free_name, names_for
from engine.scenario.patterns import MODELS
from engine.scenario.positions import Path
from engine.scenario.problems import value_at

REFERENCES = 200
NEW_PAGES = 64
NEW_SLOTS = 256


def run_choices() -> dict[str, tuple[str, ...]]:
    """What a part of a run can be: for each key that says so, the words that may stand there."""
    words: dict[str, tuple[str, ...]] = {"pattern": tuple(MODELS), "op": OPS}
    return {kind: words.get(kind, ()) for kind in RUN_KINDS}


def new_part(data: Mapping[str, Any], kind: str, word: str = "") -> dict[str, Any]:
    """A ``[[run]]`` part: ``pattern`` or ``op`` with one of its words, or another of the keys of a run."""
    if kind == "parallel":
        names = names_for(data, "process") or [""]
        return {"parallel": [_of(new_part(data, "pattern", "random"), name) for name in names]}
    if kind == "mark":
        return {"mark": free_name(data, "mark", "a moment")}
    if kind == "set":
        return {"set": "machine.frames", "value": _half(data)}
    made: dict[str, Any] = {kind: word}
    if kind == "pattern":
        made["references"] = REFERENCES
    elif word in ("read", "write"):
        made["page"] = 0
    elif word == "idle":
        return {**made, "ns": 1_000_000}
    elif word in ("swapon", "swapoff"):
        return {**made, "swapfile": next(iter(names_for(data, "swapfile")), "swap0")}
    elif word == "exec":
        return {**made, "process": _unused(data)}
    elif kind == "trace":
        return made
    processes = names_for(data, "process")
    # After a fork there are two, and a part must say whose it is.
    made = _of(made, processes[0] if len(processes) > 1 or (processes and word == "fork") else "")
    if word == "fork":
        made["child"] = free_name(data, "process", "child")
    return made


def new_element(data: Mapping[str, Any], array: Path) -> dict[str, Any]:
    """An element of one of the other arrays of tables: a process, a region, a shared object, a swapfile, a check."""
    match array:
        case ("process",):
            return {"name": free_name(data, "process", "program"), "pages": NEW_PAGES}
        case ("process", _, "regions"):
            return {"name": free_name(data, "region", "heap"), "pages": NEW_PAGES}
        case ("shmem",):
            return {"name": free_name(data, "shmem", "shared"), "pages": NEW_PAGES}
        case ("machine", "swapfile"):
            return {"name": _free_swapfile(data), "slots": NEW_SLOTS}
        case ("shock",):
            return {"at": 0, "name": "a shock", "run": [{"set": "machine.frames", "value": _half(data)}]}
        case ("check",):
            return {"name": "pswpout", "op": ">", "value": 0}
        case ("step",):
            return {"title": "What to look at", "when": "start", "text": "What is seen at this moment."}
        case ("step", _, "question", _, "option"):
            return {"text": "It is so.", "holds": "pswpout > 0"}
        case ("vary",):
            return {"key": "machine.frames", "low": _half(data), "high": 2 * _half(data)}
        case ("assignment", "may_change"):
            return {"key": "machine.frames", "low": _half(data), "high": 4 * _half(data)}
        case ("assignment", "check"):
            return {"that": "pgmajfault < 100", "text": "What is to be reached."}
    raise LookupError(f"no new element for {array}")


def new_question(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A ``[[step.question]]`` that is answered in one of the ways there are."""
    names = names_for(data, "process")
    page = f"page 0 of {names[0]}" if len(names) > 1 else "page 0"
    made: dict[str, Any] = {"kind": kind}
    match kind:
        case "choice":
            options = [{"text": "Yes.", "holds": "pswpout > 0"}, {"text": "No.", "holds": "pswpout == 0"}]
            return {**made, "ask": "Is anything on the swapfile?", "option": options}
        case "number":
            return {**made, "ask": "How many pages were written to the swapfile?", "answer": "pswpout"}
        case "click":
            return {**made, "ask": "Click the page that leaves memory next.", "answer": "page of next 'frame freed'"}
        case "order":
            return {**made, "ask": "Which pages leave memory next? Put them in order.",
                    "answer": "page of next 3 'frame freed'"}  # fmt: skip
        case "pte":
            return {**made, "ask": f"What is in the page-table entry of {page} now?", "answer": f"pte of {page}"}
    return {**made, "ask": "What happens next?"}


def with_word(text: str, path: Path, part: Mapping[str, Any], kind: str, word: str) -> str:
    """The text with a part of the run turned into another pattern or operation; keys that it has not are removed."""
    kept = run_model({kind: word})
    known = {field.key for field in fields_of(kept)} if kept is not None else set(part)
    for key in part:
        if key not in known:
            text = remove(text, (*path, key))
    text = put(text, (*path, kind), word)
    for key, value in new_part({}, kind, word).items():
        if key not in part:
            text = put(text, (*path, key), value)
    return text


def _of(part: dict[str, Any], process: str) -> dict[str, Any]:
    """The part with the process that it is about, behind the key that says what it is."""
    if not process:
        return part
    (kind, word), *rest = part.items()
    return {kind: word, "process": process, **dict(rest)}


def _unused(data: Mapping[str, Any]) -> str:
    """A process that no part of the run is about; the last one where there is none."""
    names = names_for(data, "process")
    runs = value_at(data, ("run",))
    used = {part.get("process") for part in runs if isinstance(part, Mapping)} if isinstance(runs, list) else set()
    return next((name for name in names if name not in used), names[-1] if names else "program")


def _half(data: Mapping[str, Any]) -> int:
    frames = value_at(data, ("machine", "frames"))
    setting = schema.setting_for("machine.frames")
    if not isinstance(frames, int) or isinstance(frames, bool):
        frames = int(read_value(setting, setting.default))
    return max(setting.low, frames // 2)


def _free_swapfile(data: Mapping[str, Any]) -> str:
    names = names_for(data, "swapfile")
    return next(name for number in range(len(names) + 1) if (name := f"swap{number}") not in names)
