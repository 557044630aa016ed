"""What several values of a scenario must agree about: names that are used exist, pages fit, operations are possible.

Runs on whatever parts of a file are valid in themselves, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from engine.content.library import load_library
from engine.errors import InputError, Problem, nearest
from engine.figures import DERIVED
from engine.mm.image import schema
from engine.mm.schema import Group
from engine.operation import MAX_COUNT, MAX_PROCESSES
from engine.phrase import phrase
from engine.scenario.assignment import Assignment
from engine.scenario.lesson import Question, Step
from engine.scenario.lesson_check import LessonCheck
from engine.scenario.machine import Machine, Swapfile, number_for
from engine.scenario.model import (
    Check,
    ExecPart,
    ExitPart,
    ForkPart,
    MarkPart,
    ParallelPart,
    Process,
    RangePart,
    SetPart,
    Shmem,
    Shock,
    SwapPart,
    TouchPart,
    TracePart,
)  # fmt: skip
from engine.scenario.part import Part
from engine.scenario.patterns import PatternPart, Target, arguments
from engine.scenario.positions import Path, dotted
from engine.scenario.problems import Place, shown, value_at
from engine.scenario.query_check import Known
from engine.scenario.spaces import Space, names_in_run, spaces_of
from engine.scenario.traces import TraceFiles
from engine.scenario.vary import PARTS, Vary, value_before
from engine.trace.generate import PATTERNS

MAX_OPERATIONS = 50_000_000
"""More would not fit in the memory of an ordinary machine."""
OUTCOMES = ("finished", "oom", "segfault")
OTHER_VALUES = ("outcome", "references", "transitions", "simulated_ns")
"""What a check may name besides counters and gauges."""


@dataclass
class ShockParts:
    """A shock, and apart from it the parts that it has."""

    shock: Shock | None
    run: list[Part | None]
    beside: list[Part | None]


@dataclass
class Parts:
    """A file's parts; None stands for one that is not valid in itself."""

    machine: Machine | None
    swapfiles: list[Swapfile | None]
    processes: list[Process | None]
    shmem: list[Shmem | None]
    runs: list[Part | None]
    shocks: list[ShockParts]
    checks: list[Check | None]
    steps: list[tuple[Step | None, list[Question | None]]] = field(default_factory=list)
    """Each step, and its questions."""
    assignment: Assignment | None = None
    varied: list[Vary | None] = field(default_factory=list)


def checkable_names() -> list[str]:
    """Everything a ``[[check]]`` can name."""
    groups = (Group.COUNTER, Group.GAUGE)
    return [*OTHER_VALUES, *(scalar.name for group in groups for scalar in schema.of_group(group)), *DERIVED]


def cross_problems(
    data: Mapping[str, Any], parts: Parts, traces: TraceFiles, place: Place, *, grow: bool = False
) -> list[Problem]:
    """Every disagreement in a file, in the order of its parts; ``grow`` as :func:`spaces_of` has it."""
    return _CrossCheck(data, parts, traces, place, grow).problems()


class _CrossCheck:
    def __init__(self, data: Mapping[str, Any], parts: Parts, traces: TraceFiles, place: Place, grow: bool) -> None:
        self.data = data
        self.parts = parts
        self.traces = traces
        self.place = place
        self.found: list[Problem] = []
        everything = [*parts.runs, *(part for shock in parts.shocks for part in (*shock.run, *shock.beside))]
        self.spaces = spaces_of(parts.processes, everything, traces, grow=grow)
        names = [process.name for process in parts.processes if process is not None]
        self.declared = [name for name in names if not self.spaces[name].late]
        self.marks: set[str] = set()
        self.swapfiles = self._names("machine", "swapfile", default="swap")
        self.in_use = {
            name: swapfile is None or swapfile.active for name, swapfile in zip(self.swapfiles, parts.swapfiles)
        }
        self.unknown_process = any(process is None for process in parts.processes)
        self.born: set[str] = set()
        """Children of the forks so far."""
        self.ended: dict[str, str] = {}
        self.operations = 0
        self.traced = False
        """A trace is among the parts: how many operations it makes is not known to the last one."""
        self.in_shock = False
        """A shock may come at any time: who runs then is not asked."""

    def problems(self) -> list[Problem]:
        self._machine()
        self._processes()
        self._runs()
        self._shocks()
        self._checks()
        self._variations()
        self._lesson()
        return self.found

    def _say(self, path: Path, what: str, expected: str | None = None, near: str | None = None) -> None:
        self.found.append(self.place.problem(path, what, expected, near))

    def _names(self, *path: str, default: str = "") -> list[str]:
        """The names in an array of tables, those of invalid parts included."""
        items = value_at(self.data, path)
        names = []
        for number, item in enumerate(items if isinstance(items, list) else []):
            name = item.get("name") if isinstance(item, Mapping) else None
            names.append(name if isinstance(name, str) else f"{default}{number}" if default else "")
        return names

    def _once(self, names: Sequence[str], *path: str | int) -> None:
        for name, times in Counter(names).items():
            if name and times > 1:
                again = [number for number, other in enumerate(names) if other == name][1]
                self._say(
                    (*path, again, "name"),
                    phrase("the name {name} is there twice", name=shown(name)),
                    phrase("a name of its own"),
                )

    def _variations(self) -> None:
        settings = {setting.key for setting in schema.settings}
        seen: set[str] = set()
        for number, one in enumerate(self.parts.varied):
            path: Path = ("vary", number)
            if one is None:
                continue
            for place, key in enumerate((one.key, *one.also)):
                where: Path = (*path, "also", place - 1) if place else (*path, "key")
                words = tuple(key.split("."))
                if key in seen:
                    self._say(where, phrase("'{key}' varies already", key=key), phrase("each key once"))
                seen.add(key)
                if words[0] not in PARTS:
                    self._say(
                        where,
                        phrase("'{key}' cannot vary", key=key),
                        phrase("a key of {names}", names=", ".join(PARTS)),
                        nearest(key, settings),
                    )
                elif key not in settings and value_before(self.data, words) is None:
                    expected = phrase("a setting of [machine], or a key that is in the file")
                    self._say(where, phrase("there is no '{key}' here", key=key), expected, nearest(key, settings))
            if bool(one.choices) == (one.low is not None or one.high is not None):
                self._say(path, phrase("does not say what it can be"), phrase("either low and high, or choices"))
            elif not one.choices and (one.low is None or one.high is None):
                missing = "low" if one.low is None else "high"
                self._say(path, phrase("the key '{key}' is missing", key=missing), phrase("low and high"))
            elif one.low is not None and one.high is not None and one.low > one.high:
                self._say(
                    (*path, "high"), phrase("{high} is below low", high=one.high), phrase("at least {low}", low=one.low)
                )

    # -- machine, processes, shared memory --------------------------------------------------

    def _machine(self) -> None:
        self._once(self.swapfiles, "machine", "swapfile")
        for number, swapfile in enumerate(self.parts.swapfiles):
            for place, slot in enumerate(swapfile.bad if swapfile else ()):
                if swapfile and not 1 <= slot <= swapfile.slots:
                    self._say(
                        ("machine", "swapfile", number, "bad", place), phrase("there is no slot {slot}", slot=slot),
                        phrase("slots 1 to {slots}", slots=swapfile.slots),
                    )  # fmt: skip
        if self.parts.machine is None:
            return
        zswap = getattr(self.parts.machine, "zswap", None)
        for path, table, key in ((("machine",), self.parts.machine, "policy"),
                                 (("machine", "zswap"), zswap, "writeback_policy")):  # fmt: skip
            if getattr(table, key, None) == "own":
                self._say(
                    (*path, key), phrase("a scenario has no policy of somebody's own"),
                    phrase("another policy here, and --policy FILE.py on the command line"),
                )  # fmt: skip
        names = ("watermark_min", "watermark_low", "watermark_high")
        marks = [(name, getattr(self.parts.machine, name)) for name in names]
        for (lower, low), (higher, high) in pairwise(marks):
            if low and high and low > high:
                self._say(
                    ("machine", higher),
                    phrase("{high} is below {lower}", high=high, lower=lower),
                    phrase("at least {low}", low=low),
                )

    def _processes(self) -> None:
        names = self._names("process")
        self._once(names, "process")
        objects = {shmem.name: shmem for shmem in self.parts.shmem if shmem}
        self._once(self._names("shmem"), "shmem")
        for number, shmem in enumerate(self.parts.shmem):
            if shmem:
                self._content(shmem.content, ("shmem", number, "content"))
        if len(self.spaces) > MAX_PROCESSES:
            self._say(
                ("process",),
                phrase("{spaces} processes are too many", spaces=len(self.spaces)),
                phrase("at most {most}", most=MAX_PROCESSES),
            )
        for number, process in enumerate(self.parts.processes):
            if process is None:
                continue
            path: Path = ("process", number)
            self._content(process.content, (*path, "content"))
            if process.pages is None and not process.regions:
                self._say(
                    (*path, "pages"), phrase("the key 'pages' is missing"), phrase("a whole number from 1, or regions")
                )
            self._once([region.name for region in process.regions], *path, "regions")
            needed = sum(region.pages for region in process.regions)
            if process.pages is not None and needed > process.pages:
                self._say(
                    (*path, "pages"),
                    phrase("its regions have {needed} pages", needed=needed),
                    phrase("at least {needed}", needed=needed),
                )
            for place, region in enumerate(process.regions):
                inner = (*path, "regions", place)
                if region.content is not None:
                    self._content(region.content, (*inner, "content"))
                if region.shared is None:
                    continue
                shared = objects.get(region.shared)
                if shared is None:
                    known = [name for name in self._names("shmem") if name]
                    if region.shared not in known:
                        self._unknown((*inner, "shared"), phrase("shmem object"), region.shared, known)
                elif region.offset + region.pages > shared.pages:
                    last = region.offset + region.pages - 1
                    what = phrase(
                        "pages {offset} to {last} of '{name}' do not all exist",
                        offset=region.offset,
                        last=last,
                        name=shared.name,
                    )
                    self._say((*inner, "pages"), what, phrase("pages 0 to {number}", number=shared.pages - 1))

    def _content(self, content: Any, path: Path) -> None:
        if isinstance(content, dict):
            for name, inner in content.items():
                self._content(inner, (*path, name))
        elif isinstance(content, str):
            families = load_library().families
            if content not in families:
                self._unknown(path, phrase("family of page images"), content, families)

    def _unknown(self, path: Path, what: str, name: str, known: Iterable[str]) -> None:
        known = [one for one in known if one]
        expected = (
            phrase("one of {names}", names=", ".join(known)) if known else phrase("none: the file has no such thing")
        )
        self._say(
            path, phrase("there is no {what} {name}", what=what, name=shown(name)), expected, nearest(name, known)
        )

    # -- the run ----------------------------------------------------------------------------

    def _runs(self) -> None:
        if not value_at(self.data, ("run",)):
            self._say(("run",), phrase("nothing happens in this scenario"), phrase("at least one [[run]]"))
        for number, part in enumerate(self.parts.runs):
            if isinstance(part, ParallelPart):
                before = self.operations
                for place, inner in enumerate(part.parallel):
                    self._part(inner, ("run", number, "parallel", place))
                self.operations = before + (self.operations - before) * part.repeat
            elif part is not None:
                self._part(part, ("run", number))
            if self.operations > MAX_OPERATIONS:
                self._say(
                    ("run", number),
                    phrase("the run is too long"),
                    phrase("at most {most} operations in all", most=MAX_OPERATIONS),
                )
                break

    def _shocks(self) -> None:
        self.in_shock = True
        for number, one in enumerate(self.parts.shocks):
            shock, path = one.shock, ("shock", number)
            if shock is not None and shock.at > self.operations and not self.traced:
                what = phrase("the run has only {operations} operations there", operations=self.operations)
                self._say((*path, "at"), what, phrase("0 to {operations}", operations=self.operations))
            if shock is not None and not one.run and not one.beside:
                self._say((*path, "run"), phrase("nothing happens in this shock"), phrase("at least one [[shock.run]]"))
            for place, part in enumerate(one.run):
                if part is not None and not isinstance(part, ParallelPart):
                    self._part(part, (*path, "run", place))
                elif part is not None:
                    for inner_place, inner in enumerate(part.parallel):
                        self._part(inner, (*path, "run", place, "parallel", inner_place))
            for place, part in enumerate(one.beside):
                if part is not None:
                    self._part(part, (*path, "beside", place))

    def _part(self, part: Part, path: Path) -> None:
        length = 1
        if isinstance(part, PatternPart):
            length = part.references
            self._pattern(part, path)
        elif isinstance(part, TracePart):
            length = self._trace(part, path)
            self.traced = True
        elif isinstance(part, TouchPart):
            length = len(part.page) if isinstance(part.page, list) else 1
            self._touch(part, path)
        elif isinstance(part, RangePart):
            self._target(part, path)
        elif isinstance(part, MarkPart):
            self.marks.add(part.mark)
        elif isinstance(part, SetPart):
            self._set(part, path)
        elif isinstance(part, SwapPart):
            self._swap(part, path)
        elif isinstance(part, ForkPart):
            self._fork(part, path)
        elif isinstance(part, ExecPart):
            self._exec(part, path)
        elif isinstance(part, ExitPart):
            space = self._space(part.process, path)
            if space:
                self.ended[space.name] = phrase("it ended in {path}", path=dotted(path))
        self.operations += length * getattr(part, "repeat", 1)

    def _space(self, name: str | None, path: Path) -> Space | None:
        """The process a part names, or the only one there is; says so when there is none, or it does not run."""
        if name is None:
            if len(self.spaces) == 1:
                return next(iter(self.spaces.values()))
            if not self.unknown_process:
                if self.spaces:
                    expected = phrase("one of {names}", names=", ".join(self.spaces))
                    self._say((*path, "process"), phrase("the key 'process' is missing"), expected)
                else:
                    self._say(path, phrase("nobody makes these references"), phrase("at least one [[process]]"))
            return None
        space = self.spaces.get(name)
        if space is None:
            if name not in self._names("process"):
                self._unknown((*path, "process"), phrase("process"), name, self._names("process") or list(self.spaces))
            return None
        if self.in_shock:
            return space
        if name in self.ended:
            self._say(
                (*path, "process"),
                phrase("process {name} does not run any more: {ended}", name=shown(name), ended=self.ended[name]),
            )
            return None
        if space.forked and space.name not in self.born:
            self._say(
                (*path, "process"), phrase("process {name} does not run yet", name=shown(name)), phrase("a fork before")
            )
            return None
        if space.late and space.name not in self.born:
            self._say(
                (*path, "process"),
                phrase("process {name} does not run yet", name=shown(name)),
                phrase("an exec before"),
            )
            return None
        return space

    def _room(self, space: Space, region: str | None, path: Path) -> int | None:
        """Pages of the region, or of the whole process."""
        if region is None:
            return space.pages
        placed = space.region(region)
        if placed is None:
            if not space.forked:
                self._unknown((*path, "region"), phrase("region"), region, [one.name for one in space.regions])
            return None
        return placed.pages

    def _target(self, part: Target, path: Path) -> int | None:
        """How many pages a part is about; None when that is already wrong."""
        space = self._space(part.process, path)
        room = self._room(space, part.region, path) if space else None
        if room is None or not room:
            return None
        if part.first >= room:
            self._say(
                (*path, "first"),
                phrase("there is no page {first}", first=part.first),
                phrase("pages 0 to {number}", number=room - 1),
            )
            return None
        if part.pages is not None and part.first + part.pages > room:
            last = part.first + part.pages - 1
            what = phrase("pages {first} to {last} do not all exist", first=part.first, last=last)
            self._say((*path, "pages"), what, phrase("at most {most}", most=room - part.first))
            return None
        return part.pages or room - part.first

    def _pattern(self, part: PatternPart, path: Path) -> None:
        pages = self._target(part, path)
        if pages is None:
            return
        try:
            PATTERNS[part.pattern](0, pages, **arguments(part))
        except ValueError as error:
            named = str(error).split()[0]
            self._say((*path, named) if named in part.model_fields_set else path, str(error))

    def _touch(self, part: TouchPart, path: Path) -> None:
        space = self._space(part.process, path)
        room = self._room(space, part.region, path) if space else None
        if room is None:
            return
        listed = isinstance(part.page, list)
        for place, page in enumerate(part.page if isinstance(part.page, list) else [part.page]):
            if page >= room:
                where = (*path, "page", place) if listed else (*path, "page")
                self._say(
                    where, phrase("there is no page {page}", page=page), phrase("pages 0 to {number}", number=room - 1)
                )

    def _trace(self, part: TracePart, path: Path) -> int:
        """The trace's references; 0 where it cannot be read."""
        if part.content is not None:
            self._content(part.content, (*path, "content"))
        try:
            recording = self.traces.load(part.trace)
        except InputError as error:
            for problem in error.problems:
                where = f" (line {problem.line})" if problem.line else ""
                self._say(
                    (*path, "trace"),
                    phrase("'{trace}'{where}: {what}", trace=part.trace, where=where, what=problem.what),
                    problem.expected,
                    problem.nearest,
                )
            return 0
        self.marks.update(name for _, name in recording.marks)
        if part.process is not None and len(recording.processes) > 1:
            what = phrase("the trace has {number} processes of its own", number=len(recording.processes))
            expected = phrase("processes of these names: {names}", names=", ".join(recording.processes))
            self._say((*path, "process"), what, expected)
            return len(recording)
        if isinstance(part.content, dict):
            regions = {region.name for region in recording.regions}
            for name in part.content:
                if name not in regions:
                    self._unknown((*path, "content", name), phrase("region"), name, sorted(regions))
        for number, name in enumerate(names_in_run(part, recording, self.declared)):
            space = self._space(name, path)
            needed = recording.pages_of(number)
            if space and needed > space.pages:
                words = {"needed": needed, "name": name, "pages": space.pages}
                what = phrase("the trace has {needed} pages, process '{name}' only {pages}", **words)
                self._say((*path, "trace"), what, phrase("at least {needed} pages in the process", needed=needed))
        return min(len(recording), part.limit or len(recording))

    def _set(self, part: SetPart, path: Path) -> None:
        there = {f"machine.swapfile.{number}.slots" for number in range(len(self.swapfiles))}
        settings = {
            setting.key: setting
            for setting in schema.settings
            if setting.key in there or not setting.key.startswith(("machine.swapfile.", "machine.design"))
        }
        if part.set == "machine.design":
            self._say(
                (*path, "set"),
                phrase("a run keeps its design; another design is another run"),
                phrase("[machine] design"),
            )
            return
        if part.set not in settings:
            # All keys would be a page long; those of the same table are what a person looks for.
            start = part.set[: part.set.find(".", len("machine.")) + 1]
            same = [key for key in settings if start and key.startswith(start)]
            self._say(
                (*path, "set"), phrase("there is no setting {key} to be changed in a run", key=shown(part.set)),
                phrase("one of {names}", names=", ".join(same or [key for key in settings if key.count(".") == 1])),
                nearest(part.set, settings),
            )  # fmt: skip
            return
        try:
            number_for(settings[part.set], part.value)
        except ValueError as error:
            choices = settings[part.set].choices
            near = nearest(str(part.value), choices) if choices else None
            what = phrase("{value} is not possible for {key}", value=shown(part.value), key=part.set)
            self._say((*path, "value"), what, error.args[0], near)

    def _swap(self, part: SwapPart, path: Path) -> None:
        if part.swapfile not in self.swapfiles:
            self._unknown((*path, "swapfile"), phrase("swapfile"), part.swapfile, self.swapfiles)
            return
        turned_on = part.op == "swapon"
        if self.in_use.get(part.swapfile) == turned_on:
            told = phrase("{name} is already in use", name=shown(part.swapfile))
            told = told if turned_on else phrase("{name} is not in use", name=shown(part.swapfile))
            self._say((*path, "swapfile"), told)
        self.in_use[part.swapfile] = turned_on

    def _fork(self, part: ForkPart, path: Path) -> None:
        self._space(part.process, path)
        if part.child in self.declared or part.child in self.born:
            self._say(
                (*path, "child"),
                phrase("there is already a process {name}", name=shown(part.child)),
                phrase("a name of its own"),
            )
        self.born.add(part.child)

    def _exec(self, part: ExecPart, path: Path) -> None:
        space, there = self.spaces.get(part.process), (*path, "process")
        process = next((one for one in self.parts.processes if one and one.name == part.process), None)
        if space is None or process is None:
            if part.process not in self._names("process"):
                self._unknown(there, phrase("process"), part.process, self._names("process"))
            return
        if process.regions:
            self._say(
                there,
                phrase("process {name} has regions", name=shown(part.process)),
                phrase("one that has only 'pages'"),
            )
        elif space.pages > MAX_COUNT + 1:
            self._say(there, phrase("process {name} is too large to start later", name=shown(part.process)),
                      phrase("at most {number} pages", number=MAX_COUNT + 1))  # fmt: skip
        if part.process in self.born and part.process not in self.ended and not self.in_shock:
            self._say(there, phrase("process {name} runs already", name=shown(part.process)), phrase("another process"))
        self.born.add(part.process)
        self.ended.pop(part.process, None)

    # -- checks -----------------------------------------------------------------------------

    def _checks(self) -> None:
        names = checkable_names()
        for number, check in enumerate(self.parts.checks):
            if check is None:
                continue
            path: Path = ("check", number)
            if check.name not in names:
                near = nearest(check.name, names)
                self._say((*path, "name"), phrase("there is no counter or gauge {name}", name=shown(check.name)),
                          phrase("a counter or gauge (docs/scenarios.md lists them)"), near)  # fmt: skip
            elif check.name == "outcome":
                if check.value not in OUTCOMES:
                    expected = phrase("one of {names}", names=", ".join(OUTCOMES))
                    near = nearest(str(check.value), OUTCOMES)
                    self._say(
                        (*path, "value"), phrase("{value} is no outcome", value=shown(check.value)), expected, near
                    )
            elif not isinstance(check.value, int):
                self._say(
                    (*path, "value"),
                    phrase("{value} has the wrong type", value=shown(check.value)),
                    phrase("a whole number"),
                )
            if check.at is not None and check.at not in self.marks:
                self._unknown((*path, "at"), phrase("mark"), check.at, sorted(self.marks))

    # -- lesson and assignment --------------------------------------------------------------

    def _lesson(self) -> None:
        pages = {name: space.pages for name, space in self.spaces.items()}
        pages |= {shmem.name: shmem.pages for shmem in self.parts.shmem if shmem}
        check = LessonCheck(Known(sorted(self.marks), pages, self.swapfiles), self._say)
        for number, (step, questions) in enumerate(self.parts.steps):
            if step is not None:
                check.step(step, questions, ("step", number))
        if self.parts.assignment is not None:
            check.assignment(self.parts.assignment, self.data)
