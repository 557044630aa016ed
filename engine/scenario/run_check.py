"""What a run does must be possible: its processes run then, its pages exist, its settings may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import InputError, Problem, nearest
from engine.mm.image import schema
from engine.operation import MAX_COUNT
from engine.phrase import phrase
from engine.scenario.findings import Findings, Parts
from engine.scenario.machine import number_for
from engine.scenario.model import (
    ExecPart,
    ExitPart,
    ForkPart,
    MarkPart,
    ParallelPart,
    RangePart,
    SetPart,
    SwapPart,
    TouchPart,
    TracePart,
)  # fmt: skip
from engine.scenario.part import Part
from engine.scenario.patterns import PatternPart, Target, arguments
from engine.scenario.positions import Path, dotted
from engine.scenario.problems import Place, shown, value_at
from engine.scenario.query_check import PLACES
from engine.scenario.spaces import Space, names_in_run
from engine.scenario.traces import TraceFiles
from engine.trace.generate import PATTERNS

MAX_OPERATIONS = 50_000_000
"""More would not fit in the memory of an ordinary machine."""


FRAMES, WATERMARKS = "frames", ("watermark_min", "watermark_low", "watermark_high")


def too_high(mark: int, frames: int) -> tuple[str, str]:
    """What is wrong with a watermark at which no frame could ever be taken, and what is right."""
    what = phrase("a watermark of {mark} leaves nothing of {frames} frames", mark=mark, frames=frames)
    return what, phrase("watermarks below {frames}", frames=frames)


class RunCheck(Findings):
    """Goes through ``[[run]]`` and ``[[shock]]`` in order."""

    def __init__(
        self, data: Mapping[str, Any], place: Place, found: list[Problem], parts: Parts, spaces: dict[str, Space],
        declared: Sequence[str], swapfiles: Sequence[str], traces: TraceFiles,
    ) -> None:  # fmt: skip
        super().__init__(data, place, found)
        self.parts, self.spaces, self.declared, self.swapfiles, self.traces = parts, spaces, declared, swapfiles, traces
        self.marks: set[str] = set()
        """Names of the marks that the run comes to."""
        self._own_marks: set[str] = set()
        """Those of them that the file itself has set."""
        machine = parts.machine
        self._memory = {key: getattr(machine, key) for key in (FRAMES, *WATERMARKS)} if machine is not None else {}
        """The size of memory and its watermarks as they are then."""
        self.in_use = {
            name: swapfile is None or swapfile.active for name, swapfile in zip(swapfiles, parts.swapfiles)
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

    def check(self) -> None:
        """All of it."""
        self._runs()
        self._shocks()

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
            self._mark(part, path)
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

    def _mark(self, part: MarkPart, path: Path) -> None:
        if part.mark in PLACES:
            what = phrase("'{name}' is the name of another moment", name=part.mark)
            self._say((*path, "mark"), what, phrase("a name of its own"))
        elif part.mark in self._own_marks:
            what = phrase("the name {name} is there twice", name=shown(part.mark))
            self._say((*path, "mark"), what, phrase("a name of its own"))
        self._own_marks.add(part.mark)
        self.marks.add(part.mark)

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
            return
        key = part.set.removeprefix("machine.")
        if key in self._memory and not self.in_shock:
            self._memory[key] = part.value
            frames = self._memory[FRAMES]
            highest = max(self._memory[name] for name in WATERMARKS)
            if highest >= frames:
                self._say((*path, "value"), *too_high(highest, frames))

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
