"""What several values of a scenario must agree about: names that are used exist, pages fit, operations are possible.

Runs on whatever parts of a file are valid in themselves, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from engine.errors import Problem, nearest
from engine.figures import DERIVED
from engine.mm.image import schema
from engine.mm.schema import Group
from engine.operation import MAX_PROCESSES
from engine.phrase import phrase
from engine.scenario.findings import Findings, Parts
from engine.scenario.lesson_check import LessonCheck
from engine.scenario.machine import Swapfile
from engine.scenario.positions import Path
from engine.scenario.problems import Place, shown
from engine.scenario.query_check import Known
from engine.scenario.run_check import RunCheck, too_high
from engine.scenario.spaces import spaces_of
from engine.scenario.traces import TraceFiles
from engine.scenario.vary import PARTS, value_before

OUTCOMES = ("finished", "oom", "segfault")
OTHER_VALUES = ("outcome", "references", "transitions", "simulated_ns")
"""What a check may name besides counters and gauges."""


def checkable_names() -> list[str]:
    """Everything a ``[[check]]`` can name."""
    groups = (Group.COUNTER, Group.GAUGE)
    return [*OTHER_VALUES, *(scalar.name for group in groups for scalar in schema.of_group(group)), *DERIVED]


def cross_problems(
    data: Mapping[str, Any], parts: Parts, traces: TraceFiles, place: Place, *, grow: bool = False
) -> list[Problem]:
    """Every disagreement in a file, in the order of its parts; ``grow`` as :func:`spaces_of` has it."""
    return _CrossCheck(data, parts, traces, place, grow).problems()


class _CrossCheck(Findings):
    def __init__(self, data: Mapping[str, Any], parts: Parts, traces: TraceFiles, place: Place, grow: bool) -> None:
        super().__init__(data, place, [])
        self.parts = parts
        everything = [*parts.runs, *(part for shock in parts.shocks for part in (*shock.run, *shock.beside))]
        self.spaces = spaces_of(parts.processes, everything, traces, grow=grow)
        names = [process.name for process in parts.processes if process is not None]
        declared = [name for name in names if not self.spaces[name].late]
        self.swapfiles = self._names("machine", "swapfile", default="swap")
        self.run = RunCheck(data, place, self.found, parts, self.spaces, declared, self.swapfiles, traces)

    def problems(self) -> list[Problem]:
        if self.data.get("format") is True:  # which Python takes for 1
            self._say(("format",), phrase("{value} has the wrong type", value=shown(True)), phrase("a whole number"))
        self._machine()
        self._processes()
        self.run.check()
        self._checks()
        self._variations()
        self._lesson()
        return self.found

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
            if swapfile is not None:
                self._bad_slots(swapfile, ("machine", "swapfile", number, "bad"))
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

        frames = self.parts.machine.frames
        for name, mark in marks:
            if mark >= frames:
                self._say(("machine", name), *too_high(mark, frames))

    def _bad_slots(self, swapfile: Swapfile, path: Path) -> None:
        for place, slot in enumerate(swapfile.bad):
            if not 1 <= slot <= swapfile.slots:
                expected = phrase("slots 1 to {slots}", slots=swapfile.slots)
                self._say((*path, place), phrase("there is no slot {slot}", slot=slot), expected)
            elif slot in swapfile.bad[:place]:
                self._say((*path, place), phrase("slot {slot} is there twice", slot=slot), phrase("each slot once"))
        if len(set(swapfile.bad)) >= swapfile.slots:
            self._say(path, phrase("there is no slot left that can be used"), phrase("at least one slot that is good"))

    def _processes(self) -> None:
        names = self._names("process")
        self._once(names, "process")
        objects = {shmem.name: shmem for shmem in self.parts.shmem if shmem}
        self._once(self._names("shmem"), "shmem")
        for number, shmem in enumerate(self.parts.shmem):
            if shmem:
                self._content(shmem.content, ("shmem", number, "content"))
                if shmem.name in names:
                    what = phrase("there is already a process {name}", name=shown(shmem.name))
                    self._say(("shmem", number, "name"), what, phrase("a name of its own"))
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
                if check.op not in ("==", "!="):
                    self._say((*path, "op"), phrase("an outcome cannot be less or more"), "== or !=")
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
            if check.at is not None and check.at not in self.run.marks:
                self._unknown((*path, "at"), phrase("mark"), check.at, sorted(self.run.marks))

    # -- lesson and assignment --------------------------------------------------------------

    def _lesson(self) -> None:
        pages = {name: space.pages for name, space in self.spaces.items()}
        pages |= {shmem.name: shmem.pages for shmem in self.parts.shmem if shmem}
        check = LessonCheck(Known(sorted(self.run.marks), pages, self.swapfiles), self._say)
        for number, (step, questions) in enumerate(self.parts.steps):
            if step is not None:
                check.step(step, questions, ("step", number))
        if self.parts.assignment is not None:
            check.assignment(self.parts.assignment, self.data)
