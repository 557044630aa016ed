"""Which processes take part in a run and where their regions lie: the file's own, a trace's, a fork's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engine.errors import InputError
from engine.scenario.model import ExecPart, ForkPart, ParallelPart, Process, TracePart
from engine.scenario.part import Part
from engine.scenario.traces import ContentValue, TraceFiles, content_of
from engine.trace import Recording


@dataclass(frozen=True)
class Placed:
    """A region at its place in a process."""

    name: str
    first: int
    pages: int
    content: ContentValue
    shared: str | None = None
    offset: int = 0
    locked: bool = False
    address: int = 0


@dataclass
class Space:
    """The address space of one process."""

    name: str
    pages: int
    regions: list[Placed] = field(default_factory=list)
    forked: bool = False
    """It starts with a fork and has its parent's regions then."""
    late: bool = False
    """It starts with an exec."""

    def region(self, name: str) -> Placed | None:
        """The region of that name; None when there is none."""
        return next((region for region in self.regions if region.name == name), None)

    def grow(self, pages: int) -> None:
        """Make it at least ``pages`` long, by its last region."""
        if pages > self.pages:
            if self.regions:
                last = self.regions[-1]
                self.regions[-1] = replace(last, pages=pages - last.first)
            self.pages = pages


def declared_space(process: Process) -> Space:
    """The space of a process that the file describes."""
    if not process.regions:
        pages = process.pages or 0
        return Space(process.name, pages, [Placed(process.name, 0, pages, process.content)])
    regions, at = [], 0
    for region in process.regions:
        content = process.content if region.content is None else region.content
        regions.append(Placed(region.name, at, region.pages, content, region.shared, region.offset, region.locked))
        at += region.pages
    return Space(process.name, max(at, process.pages or 0), regions)


def recorded_space(name: str, part: TracePart, recording: Recording, number: int) -> Space:
    """The space of process ``number`` of a recording."""
    pages = max(recording.pages_of(number), 1)
    own = [region for region in recording.regions if region.process == number]
    regions = []
    for region in own:
        content = content_of(part, recording, region)
        regions.append(Placed(region.name, region.first_page, region.pages, content, address=region.address))
    return Space(name, pages, regions or [Placed(name, 0, pages, content_of(part, recording, None))])


def names_in_run(part: TracePart, recording: Recording, declared: Sequence[str]) -> list[str]:
    """For each process of a recording, the name of the process that makes its references in the run.

    The one the part names; else the one of the same name; else, where the file declares as many
    processes as were recorded and none has such a name, one after the other; else a new process.
    """
    recorded = list(recording.processes)
    if part.process is not None and len(recorded) == 1:
        return [part.process]
    if len(declared) == len(recorded) and not set(declared) & set(recorded):
        return list(declared)
    return recorded


def parts_in_order(runs: Iterable[Part | None]) -> Iterable[Part]:
    """Every part of a run, those inside ``parallel`` one by one."""
    for part in runs:
        if isinstance(part, ParallelPart):
            yield from part.parallel
        elif part is not None:
            yield part


def spaces_of(
    processes: Iterable[Process | None], runs: Sequence[Part | None], traces: TraceFiles, *, grow: bool = False
) -> dict[str, Space]:
    """Every process of a run by name, in the order of their numbers; ``runs`` are the parts of its shocks too.

    Trace files that cannot be read are left out. With ``grow``, a declared process is made as
    long as a trace needs it.
    """
    started = started_later(runs)
    spaces = {process.name: declared_space(process) for process in processes if process is not None}
    declared = [name for name in spaces if name not in started]
    for part in parts_in_order(runs):
        if isinstance(part, TracePart):
            try:
                recording = traces.load(part.trace)
            except InputError:
                continue
            for number, name in enumerate(names_in_run(part, recording, declared)):
                if name not in spaces:
                    spaces[name] = recorded_space(name, part, recording, number)
                elif grow or name not in declared:
                    spaces[name].grow(recording.pages_of(number))
    for part in parts_in_order(runs):
        if isinstance(part, ForkPart) and part.child not in spaces:
            parent = spaces.get(part.process or (declared[0] if len(declared) == 1 else ""))
            spaces[part.child] = Space(part.child, parent.pages if parent else 0, forked=True)
    for name in [name for name in spaces if name in started]:
        # Behind all others: their numbers are the same whether it ever starts or not.
        spaces[name] = replace(spaces.pop(name), late=True)
    return spaces


def started_later(runs: Iterable[Part | None]) -> set[str]:
    """The processes that an exec starts."""
    return {part.process for part in runs if isinstance(part, ExecPart)}
