"""Replay files: a few KB of JSON that open the exact moment again: branches, panels, selection and what is compared.

The scenario is in the file as text. A scenario file that has the same text is preferred (beside the
replay, or one that comes with Swapscope), because recordings that a scenario names lie beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.moment import Selected, Thing
from app.settings import cache_dir
from engine.errors import InputError, Problem
from engine.mm.layout import state_hash, used_spans
from engine.phrase import phrase
from engine.resources import scenarios_dir
from engine.step import Set, Step, as_data, from_data
from engine.trace.files import write_whole
from engine.variant import Variant, as_values, from_values

if TYPE_CHECKING:
    from engine.history import Branch
    from engine.mm.view import View
    from engine.timeline import Timeline

SUFFIX = ".swapscope"
KIND, VERSION = "replay", 3
MOST_BYTES = 8 << 20
MOST_HASHED = 1 << 21
"""Words in use of an image that are hashed on the window's thread: a few milliseconds."""


@dataclass(frozen=True)
class Change:
    """A branch: steps put in after ``position`` operations of its parent."""

    parent: int
    position: int
    steps: tuple[Step, ...]
    name: str


@dataclass(frozen=True)
class Look:
    """How the window showed it; what is empty stays as it is."""

    theme: str = ""
    depth: str = ""
    arrangement: str = ""
    layout: str = ""
    machines: str = ""
    """Compared machines side by side, overlaid or not drawn."""


@dataclass(frozen=True)
class Replay:
    """One moment, and how to get there."""

    name: str
    """Name of the scenario's file."""
    text: str
    sets: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    """Branch 1, 2, … in the order they were opened."""
    branch: int = 0
    cursor: int = 0
    state: str = ""
    """Hash of the machine's state there; empty where it was not taken."""
    selection: tuple[Selected, ...] = ()
    compared: tuple[Variant, ...] = ()
    """The runs it was compared with."""
    look: Look = field(default_factory=Look)
    beside: str = ""
    """Where the scenario's file was, seen from the replay's folder."""

    def apply(self, timeline: Timeline) -> None:
        """Open the branches again and go to the moment; raises InputError where the run has changed too much."""
        for change in self.changes:
            timeline.switch(change.parent)
            timeline.to_operation(change.position)
            timeline.insert(change.name, change.steps)
        if self.branch != timeline.branch:
            timeline.switch(self.branch)
        timeline.jump(self.cursor)

    def scenario(self, folder: Path) -> Path:
        """The scenario's file: one with this very text, or one made of the text; ``folder`` is the replay's."""
        wanted = _digest(self.text)
        places = [folder / self.beside] if self.beside else []
        places.append(folder / self.name)
        try:
            places.append(scenarios_dir() / self.name)
        except FileNotFoundError:
            pass
        for place in places:
            try:
                if _digest(place.read_text(encoding="utf-8")) == wanted:
                    return place
            except (OSError, UnicodeDecodeError, ValueError):
                continue
        made = cache_dir() / "replays" / wanted[:16] / self.name
        try:
            made.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = phrase("the scenario cannot be put there: {why}", why=error.strerror)
            raise InputError(Problem(what, str(made))) from None
        write_whole(made, self.text.encode())
        return made


def changes_of(branches: tuple[Branch, ...]) -> tuple[Change, ...]:
    """What opened every branch but the first."""
    return tuple(Change(one.parent, one.position, one.steps, one.name) for one in branches[1:])


def save(replay: Replay, output: Path, scenario: Path | None = None) -> None:
    """Write a replay file; InputError when that cannot be done."""
    beside = ""
    if scenario is not None:
        try:
            beside = Path(os.path.relpath(scenario, output.parent)).as_posix()
        except ValueError:  # on another drive
            beside = ""
        try:
            if scenario.parent.resolve() == scenarios_dir().resolve():
                beside = ""  # it comes with Swapscope
        except FileNotFoundError:
            pass
    made = {
        "swapscope": KIND,
        "version": VERSION,
        "scenario": {"name": replay.name, "beside": beside, "text": replay.text},
        "sets": list(replay.sets),
        "changes": [{**vars(change), "steps": [as_data(step) for step in change.steps]} for change in replay.changes],
        "branch": replay.branch,
        "cursor": replay.cursor,
        "state": replay.state,
        "selection": [[str(one.thing), one.number, one.owner] for one in replay.selection],
        "compared": [as_values(one) for one in replay.compared],
        "look": vars(replay.look),
    }
    write_whole(output, (json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode())


def load(path: Path) -> Replay:
    """Read a replay file; raises InputError with everything that is wrong with it."""
    name = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            allowed = phrase("at most {bytes} bytes", bytes=MOST_BYTES)
            raise InputError(Problem(phrase("is too large for a replay"), name, expected=allowed))
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Problem(phrase("cannot be read: {why}", why=error.strerror), name)) from None
    except (UnicodeDecodeError, RecursionError):
        raise InputError(Problem(phrase("is no replay: it is not text in JSON"), name)) from None
    except json.JSONDecodeError as error:
        raise InputError(Problem(phrase("is no replay: {why}", why=error.msg), name, line=error.lineno)) from None
    return _Reader(name).replay(data)


class _Reader:
    """Reads values of the right type and notes what is wrong."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[Problem] = []

    def replay(self, data: Any) -> Replay:
        if not isinstance(data, dict) or data.get("swapscope") != KIND:
            what = phrase("is no replay of Swapscope")
            raise InputError(Problem(what, self._file, key="swapscope", expected=f'"{KIND}"'))
        version = self._number(data, "version", 1)
        if version > VERSION:
            what = phrase("was saved by a newer Swapscope (version {version})", version=version)
            allowed = phrase("at most {number}", number=VERSION)
            raise InputError(Problem(what, self._file, key="version", expected=allowed))
        scenario = self._table(data, "scenario")
        look = self._table(data, "look", {})
        changes = [self._change(one, f"changes[{i}]", i) for i, one in enumerate(self._list(data, "changes"))]
        branch = self._number(data, "branch", 0)
        if branch > len(changes):
            self._wrong("branch", phrase("there is no branch {branch}", branch=branch), f"0 … {len(changes)}")
        made = Replay(
            name=self._file_name(scenario),
            text=self._text(scenario, "text", None, "scenario."),
            sets=tuple(self._each_text(data, "sets")),
            changes=tuple(changes),
            branch=branch,
            cursor=self._number(data, "cursor", 0),
            state=self._text(data, "state", ""),
            selection=tuple(self._selected(data)),
            compared=tuple(self._compared(data, len(changes))),
            look=Look(**{key: self._text(look, key, "", "look.") for key in vars(Look())}),
            beside=self._text(scenario, "beside", "", "scenario."),
        )
        if self._problems:
            raise InputError(self._problems)
        return made

    def _wrong(self, key: str, what: str, expected: str) -> None:
        self._problems.append(Problem(what, self._file, key=key, expected=expected))

    def _table(self, data: dict[str, Any], key: str, default: Any = None) -> dict[str, Any]:
        value = data.get(key, default)
        if not isinstance(value, dict):
            self._wrong(key, phrase("is missing") if value is None else phrase("is no table"), phrase("a table"))
            return {}
        return value

    def _list(self, data: dict[str, Any], key: str) -> list[Any]:
        value = data.get(key, [])
        if not isinstance(value, list):
            self._wrong(key, phrase("is no list"), phrase("a list"))
            return []
        return value

    def _text(self, data: dict[str, Any], key: str, default: str | None, within: str = "") -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            what = phrase("is missing") if value is None else phrase("{value} is no text", value=repr(value))
            self._wrong(within + key, what, phrase("a text"))
            return ""
        return value

    def _each_text(self, data: dict[str, Any], key: str) -> list[str]:
        values = self._list(data, key)
        for i, value in enumerate(values):
            if not isinstance(value, str):
                what = phrase("{value} is no text", value=repr(value))
                self._wrong(f"{key}[{i}]", what, phrase("a text as {text}", text='"machine.frames=64"'))
        return [value for value in values if isinstance(value, str)]

    def _number(self, data: dict[str, Any], key: str, least: int, within: str = "") -> int:
        value = data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value < 1 << 62:
            said = phrase("is missing") if value is None else phrase("{value} cannot be", value=repr(value))
            self._wrong(within + key, said, phrase("a whole number of at least {least}", least=least))
            return least
        return value

    def _file_name(self, scenario: dict[str, Any]) -> str:
        name = self._text(scenario, "name", None, "scenario.")
        if name and (Path(name).name != name or "\\" in name or name in (".", "..")):
            what = phrase("{value} is no name of a file", value=repr(name))
            self._wrong("scenario.name", what, phrase("a name without folders"))
        return name

    def _change(self, value: Any, place: str, index: int) -> Change:
        if not isinstance(value, dict):
            self._wrong(place, phrase("is no table"), "parent, position, name, steps")
            return Change(0, 0, (), "")
        within = place + "."
        parent = self._number(value, "parent", 0, within)
        if parent > index:
            self._wrong(within + "parent", phrase("there is no branch {branch} yet", branch=parent), f"0 … {index}")
        position = self._number(value, "position", 0, within)
        if "steps" in value:
            return Change(parent, position, self._steps(value, within), self._text(value, "name", None, within))
        # Version 1 knew settings only, and gave a branch its name after them.
        key, number = self._text(value, "key", None, within), self._number(value, "value", 0, within)
        return Change(parent, position, (Set(key, number),), f"{key} = {number}")

    def _steps(self, data: dict[str, Any], within: str) -> tuple[Step, ...]:
        found = []
        for i, one in enumerate(self._list(data, "steps")):
            try:
                found.append(from_data(one if isinstance(one, dict) else {}))
            except ValueError as error:
                expected = phrase("a step: {steps}", steps="set, start, walk, work, end")
                self._wrong(f"{within}steps[{i}]", str(error), expected)
        return tuple(found)

    def _compared(self, data: dict[str, Any], branches: int) -> list[Variant]:
        found = []
        for i, one in enumerate(self._list(data, "compared")):
            try:
                found.append(from_values(one, branches))
            except ValueError as error:
                self._wrong(f"compared[{i}]", str(error), '["design", number, ""], a kernel, setting or branch')
        return found

    def _selected(self, data: dict[str, Any]) -> list[Selected]:
        found = []
        for i, one in enumerate(self._list(data, "selection")):
            good = isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and one[0] in set(Thing)
            if good and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 1 << 62 for n in one[1:]):
                found.append(Selected(Thing(one[0]), one[1], one[2]))
            else:
                what = phrase("{value} is nothing to select", value=repr(one))
                self._wrong(f"selection[{i}]", what, '["page", number, owner]')
        return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def state_of(view: View) -> str:
    """What tells this state of the machine from others; empty where that would take long."""
    used = sum(end - start for start, end in used_spans(view.words, view.layout))
    return state_hash(view.words, view.layout) if used <= MOST_HASHED else ""
