"""From a checked scenario to a program: patterns are drawn, traces read, images collected, all as operation words."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import operation
from engine.content.table import ImageTable
from engine.interleaving import interleave, put_between
from engine.mm.image import schema
from engine.operation import Op, Ops
from engine.program import Images, Process, Program, Region, Swapfile
from engine.scenario.machine import chosen_in, number_for, settings_of, swapfile_names
from engine.scenario.model import (
    Compressed,
    ExecPart,
    ExitPart,
    ForkPart,
    IdlePart,
    MarkPart,
    ParallelPart,
    RangePart,
    Scenario,
    SetPart,
    SwapPart,
    TouchPart,
    TracePart,
)  # fmt: skip
from engine.scenario.part import Part
from engine.scenario.patterns import PatternPart, arguments
from engine.scenario.positions import key_lines, line_of
from engine.scenario.spaces import Space, names_in_run, spaces_of
from engine.scenario.traces import ContentValue, TraceFiles
from engine.trace.generate import PATTERNS

_SEED_STEP = 1_000_003
"""Every pattern draws from numbers of its own: the scenario's seed times this, and its place in the run."""


def build(scenario: Scenario, base_dir: str | os.PathLike[str] | None = None) -> Program:
    """The program of a scenario that :func:`engine.scenario.load_scenario` gave.

    ``base_dir`` is where the names of trace files are seen from: the scenario's own folder when
    not given. Raises InputError when a trace cannot be read.
    """
    if base_dir is None:
        base_dir = scenario.source.parent if scenario.source else Path()
    return _Builder(scenario, Path(base_dir)).program()


def build_with_parts(scenario: Scenario, base_dir: str | os.PathLike[str]) -> tuple[Program, list[int]]:
    """The same, and how many operations each ``[[run]]`` part became."""
    builder = _Builder(scenario, Path(base_dir))
    return builder.program(), builder.lengths


def place_of_operation(scenario: Scenario, operation: int) -> tuple[int, int | None]:
    """The ``[[run]]`` part that an operation, counted from 0, came from, and the line it begins at.

    The line is None where the scenario has no file. IndexError for an operation that is none of the scenario's.
    """
    folder = scenario.source.parent if scenario.source else Path()
    behind = np.cumsum(build_with_parts(scenario, folder)[1])
    part = int(np.searchsorted(behind, operation, side="right"))
    if part >= len(behind):
        raise IndexError(operation)
    if scenario.source is None:
        return part, None
    return part, line_of(key_lines(scenario.source.read_text(encoding="utf-8")), ("run", part))


class _Builder:
    def __init__(self, scenario: Scenario, base_dir: Path) -> None:
        self.scenario = scenario
        self.traces = TraceFiles(base_dir)
        parts = [*scenario.run, *(part for shock in scenario.shock for part in (*shock.run, *shock.beside))]
        self.spaces = spaces_of(scenario.process, parts, self.traces, grow=scenario._on_trace)
        self.number = {name: number for number, name in enumerate(self.spaces)}
        self.declared = [process.name for process in scenario.process if not self.spaces[process.name].late]
        self.swapfiles = swapfile_names(scenario.machine)
        self.settings = {setting.key: setting for setting in schema.settings}
        self.marks: dict[str, int] = {}
        self.drawn = 0
        self.lengths: list[int] = []
        """Operations of each part of the run, shocks in it included, once :meth:`program` was called."""
        self.images = ImageTable()

    def program(self) -> Program:
        """The whole program."""
        words = [self._repeated(part) for part in self.scenario.run]
        ops, part_of = _joined(words), np.repeat(np.arange(len(words)), np.array([len(part) for part in words], int))
        for shock in self.scenario.shock:
            at = min(shock.at, len(ops))  # one that would come after the end of a trace comes there
            added = _joined([self._repeated(part) for part in shock.run])
            beside = [self._repeated(part) for part in shock.beside]
            ops = put_between(ops, at, added, beside)
            # What comes in between counts to the part that it comes into.
            part_of = put_between(part_of, at, np.zeros_like(added), [np.zeros_like(run) for run in beside])
            part_of = np.maximum.accumulate(part_of)
        self.lengths = np.bincount(part_of, minlength=len(words)).tolist()
        processes = tuple(self._process(space) for space in self.spaces.values())
        machine = self.scenario.machine
        return Program(
            title=self.scenario.title,
            processes=processes,
            ops=ops,
            images=_facts(self.images),
            settings=settings_of(machine),
            swapfiles=tuple(
                Swapfile(name, file.slots, file.device, file.priority, tuple(sorted(set(file.bad))), file.active)
                for name, file in zip(self.swapfiles, machine.swapfile, strict=True)
            ),
            marks=tuple(self.marks),
            seed=self.scenario.seed,
            shmem=tuple((shmem.name, shmem.pages) for shmem in self.scenario.shmem),
            kernel=machine.kernel,
            chosen=chosen_in(machine),
        )

    # -- processes --------------------------------------------------------------------------

    def _process(self, space: Space) -> Process:
        shared = {shmem.name: shmem.content for shmem in self.scenario.shmem}
        regions = []
        for region in space.regions:
            content = region.content if region.shared is None else shared[region.shared]
            first, count = self._image(content)
            placed = Region(
                region.name, region.first, region.pages, first, count, region.shared, region.offset, region.locked,
                region.address,
            )  # fmt: skip
            regions.append(placed)
        return Process(space.name, space.pages, tuple(regions), space.late)

    def _image(self, content: ContentValue) -> tuple[int, int]:
        """First image and number of images of a content; images are counted from 1."""
        wanted = {"compressed": content.compressed} if isinstance(content, Compressed) else content
        first, count = self.images.add(wanted)
        return first + 1, count

    # -- operations -------------------------------------------------------------------------

    def _repeated(self, part: Part) -> Ops:
        words = self._words(part)
        times = int(getattr(part, "repeat", 1))
        return words if times == 1 else np.tile(words, times)

    def _words(self, part: Part) -> Ops:
        if isinstance(part, PatternPart):
            return self._pattern(part)
        if isinstance(part, TracePart):
            return self._trace(part)
        if isinstance(part, ParallelPart):
            return interleave([self._repeated(inner) for inner in part.parallel], part.turn)
        return np.array(list(self._few_words(part)), dtype=np.int64)

    def _few_words(self, part: Part) -> Iterable[int]:
        """The words of a part that is written out one by one."""
        if isinstance(part, MarkPart):
            yield operation.encode_mark(self._mark(part.mark))
        elif isinstance(part, SetPart):
            setting = self.settings[part.set]
            yield operation.encode_setting(setting.number, number_for(setting, part.value))
        elif isinstance(part, TouchPart):
            space = self._space(part.process)
            first, _ = self._span(space, part.region)
            op = Op.WRITE if part.op == "write" else Op.READ
            for page in part.page if isinstance(part.page, list) else [part.page]:
                yield operation.encode(op, self.number[space.name], first + page, part.count - 1)
        elif isinstance(part, RangePart):
            space = self._space(part.process)
            start, room = self._span(space, part.region)
            first, left = start + part.first, part.pages or room - part.first
            while left:  # a word has room for 2²⁰ pages
                pages = min(left, operation.MAX_COUNT + 1)
                yield operation.encode_range(Op[part.op.upper()], self.number[space.name], first, pages)
                first, left = first + pages, left - pages
        elif isinstance(part, ForkPart):
            parent = self._space(part.process)
            yield operation.encode(Op.FORK, self.number[parent.name], count=self.number[part.child])
        elif isinstance(part, ExecPart):
            space = self.spaces[part.process]
            image, _ = self._image(space.regions[0].content)
            yield operation.encode(Op.EXEC, self.number[space.name], image, space.pages - 1)
        elif isinstance(part, ExitPart):
            yield operation.encode(Op.EXIT, self.number[self._space(part.process).name])
        elif isinstance(part, SwapPart):
            yield operation.encode(Op[part.op.upper()], self.swapfiles.index(part.swapfile))
        elif isinstance(part, IdlePart):
            yield operation.encode(Op.IDLE, value=part.ns)
        else:
            raise TypeError(f"no words for {type(part).__name__}")

    def _pattern(self, part: PatternPart) -> Ops:
        space = self._space(part.process)
        start, room = self._span(space, part.region)
        pages = part.pages or room - part.first
        seed = self.scenario.seed * _SEED_STEP + self.drawn if part.seed is None else part.seed
        self.drawn += 1
        page, write = PATTERNS[part.pattern](part.references, pages, seed=seed, **arguments(part))
        process = np.full(len(page), self.number[space.name], np.int64)
        return operation.encode_references(process, page + (start + part.first), write, np.ones(len(page), np.int64))

    def _trace(self, part: TracePart) -> Ops:
        recording = self.traces.load(part.trace)
        if part.limit is not None:
            recording = recording.first(part.limit)
        names = names_in_run(part, recording, self.declared)
        numbers = np.array([self.number[name] for name in names], np.int64)
        words = operation.encode_references(
            numbers[recording.process], recording.page, recording.write, recording.count
        )
        kept = np.ones(len(words), bool)
        if not part.files:
            for region in recording.regions:
                if region.file:
                    inside = (recording.page >= region.first_page) & (recording.page < region.end_page)
                    kept &= ~(inside & (recording.process == region.process))
        places = np.array([position for position, _ in recording.marks], np.int64)
        # A mark stays before the first reference after it that is kept.
        places = np.concatenate([[0], np.cumsum(kept)])[places]
        marks = [operation.encode_mark(self._mark(name)) for _, name in recording.marks]
        return np.insert(words[kept], places, np.array(marks, np.int64))

    def _space(self, name: str | None) -> Space:
        return self.spaces[name] if name is not None else next(iter(self.spaces.values()))

    def _span(self, space: Space, region: str | None) -> tuple[int, int]:
        """First page and length of a region, or of the whole process."""
        placed = space.region(region) if region is not None else None
        return (placed.first, placed.pages) if placed else (0, space.pages)

    def _mark(self, name: str) -> int:
        return self.marks.setdefault(name, len(self.marks))


def _joined(words: list[Ops]) -> Ops:
    return np.concatenate(words) if words else np.zeros(0, np.int64)


def _facts(table: ImageTable) -> Images:
    """The images as the model is given them: counted from 1, row 0 unused."""
    family = table.family
    counts = np.bincount(family, minlength=len(table.names)).astype(np.int64)
    firsts = np.cumsum(counts) - counts + 1

    def row0(values: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(1, np.int64), values.astype(np.int64)])

    filled = table.same_filled.astype(np.int64) + 2 * table.zero.astype(np.int64)
    return Images(
        row0(table.lz4_bytes), row0(filled), row0(firsts[family]), row0(counts[family]), row0(table.checksum),
        row0(family), tuple(table.names),
    )  # fmt: skip


def first_references(program: Program, references: int) -> Program:
    """The program cut after ``references`` references, repeats of a page counted; what comes before them stays."""
    ops = program.ops
    kind = ops & operation.KIND_MASK
    is_reference = (kind == int(Op.READ)) | (kind == int(Op.WRITE))
    repeats = (ops >> operation.COUNT_SHIFT) & operation.COUNT_MASK
    made = np.cumsum(np.where(is_reference, repeats + 1, 0))
    if references < 0:
        raise ValueError(f"the number of references must be 0 or more, not {references}")
    end = int(np.searchsorted(made, references, side="right"))
    kept = ops[:end]
    if end < len(ops):
        left = references - (int(made[end - 1]) if end else 0)
        if left:  # the next operation is a page touched several times, of which only the first are wanted
            word = int(ops[end]) & ~(operation.COUNT_MASK << operation.COUNT_SHIFT)
            kept = np.append(kept, word | (left - 1) << operation.COUNT_SHIFT)
    return program.with_ops(kept)
