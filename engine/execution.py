"""One program run from start to end without a window: in pieces, with progress, marks noted, and stoppable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine import operation
from engine.figures import derived
from engine.mm.image import schema
from engine.program import Program

if TYPE_CHECKING:
    from engine.machine import Machine
    from engine.transition import Transition

FIRST_PIECE = 256
PIECE_SECONDS = 0.05
"""Operations run in pieces about this long: between them progress is shown and Ctrl-C is seen."""

WORTH_COMPILING = 1_000_000
"""Operations from which on machine code pays although it may have to be made first."""

OnProgress = Callable[[int, int], None]
OnTransition = Callable[["Transition", "Machine"], None]


@dataclass(frozen=True)
class Moment:
    """The figures at one moment of a run."""

    references: int
    simulated_ns: int
    transitions: int
    counters: dict[str, int]
    gauges: dict[str, int]
    figures: dict[str, int]
    """What is reckoned from several: see :mod:`engine.figures`."""


@dataclass(frozen=True)
class MarkMoment:
    """A mark that was passed: the figures there, and the counters since the mark before."""

    name: str
    moment: Moment
    since: dict[str, int]


@dataclass
class Run:
    """A run as far as it came."""

    design: str
    machine: Machine
    start: Moment
    marks: list[MarkMoment] = field(default_factory=list)
    seconds: float = 0.0
    """Wall time of the model alone."""
    interrupted: bool = False

    @property
    def end(self) -> Moment:
        """The figures where it stands now."""
        return moment_of(self.machine)

    @property
    def outcome(self) -> str:
        """``finished``, ``oom``, ``segfault``, or ``interrupted``."""
        outcome: str = self.machine.outcome
        return "interrupted" if self.interrupted and outcome == "running" else outcome

    def value(self, name: str, mark: str | None = None) -> int | str | None:
        """A counter, gauge or other figure by name, at a mark or at the end; None where the run never came."""
        if name == "outcome":
            return self.outcome
        moment = self.end
        if mark is not None:
            passed = [one.moment for one in self.marks if one.name == mark]
            if not passed:
                return None
            moment = passed[-1]
        if name in ("references", "transitions", "simulated_ns"):
            return int(getattr(moment, name))
        return moment.counters.get(name, moment.gauges.get(name, moment.figures.get(name)))


def moment_of(machine: Machine) -> Moment:
    """The figures of a machine now."""
    view = machine.view
    return Moment(
        view["references"], view["now"], view["transitions"], dict(machine.counters()), dict(machine.gauges()),
        derived(view),
    )  # fmt: skip


def execute(
    program: Program,
    *,
    compiled: bool | None = None,
    progress: OnProgress | None = None,
    on_transition: OnTransition | None = None,
) -> Run:
    """Run ``program`` to its end, or until memory runs out or Ctrl-C is pressed.

    ``progress`` is called with operations done and in all between pieces; ``on_transition`` with
    each transition (which makes the run a good deal slower). With ``compiled`` None the run begins
    in the interpreter at once, and a long one goes on in machine code as soon as that is there.
    """
    from engine.machine import Machine
    from engine.mm.compiler import compile_in_background, is_ready

    machine = Machine(program, compiled=is_ready() if compiled is None else compiled)
    if compiled is None and not is_ready() and len(program.ops) >= WORTH_COMPILING:
        compile_in_background()
    design = schema.setting_for("machine.design").choices[program.setting("machine.design")]
    run = Run(design, machine, moment_of(machine))
    before = run.start.counters
    try:
        for until, mark in _stops(program):
            for seconds in _run_to(machine, until, on_transition):
                run.seconds += seconds
                machine.compiled = machine.compiled or (compiled is None and is_ready())
                if progress:
                    progress(machine.position, len(program.ops))
            if machine.outcome not in ("running", "finished"):
                break
            if mark is not None:
                now = moment_of(machine)
                since = {name: value - before[name] for name, value in now.counters.items()}
                run.marks.append(MarkMoment(mark, now, since))
                before = now.counters
    except KeyboardInterrupt:
        run.interrupted = True
    return run


def _stops(program: Program) -> Iterator[tuple[int, str | None]]:
    """Where the run is looked at: behind each mark, with its name, and at the end."""
    ops = program.ops
    for place in program.mark_operations:
        yield place + 1, program.marks[int(ops[place] >> operation.VALUE_SHIFT)]
    yield len(ops), None


def _run_to(machine: Machine, until: int, on_transition: OnTransition | None) -> Iterator[float]:
    """Run to operation ``until`` in pieces; gives the seconds of each."""
    piece = FIRST_PIECE
    while machine.position < until and machine.outcome == "running":
        target = min(machine.position + piece, until)
        started = time.perf_counter()
        if on_transition is None:
            machine.run(target)
        else:
            for transition in machine.run_recorded(target):
                on_transition(transition, machine)
        seconds = time.perf_counter() - started
        if seconds < PIECE_SECONDS:
            piece *= 2
        elif seconds > 4 * PIECE_SECONDS:
            piece = max(piece // 2, FIRST_PIECE)
        yield seconds


def report_of(run: Run, scenario: str) -> dict[str, Any]:
    """A run as ``--json`` gives it."""
    end = run.end
    return {
        "scenario": scenario,
        "design": run.design,
        "references": end.references,
        "transitions": end.transitions,
        "simulated_ns": end.simulated_ns,
        "seconds": round(run.seconds, 6),
        "references_per_second": round(end.references / run.seconds) if run.seconds else None,
        "outcome": run.outcome,
        "oom_reference": run.machine.view["oom_reference"] if run.outcome == "oom" else None,
        "counters": end.counters,
        "gauges": end.gauges,
        "figures": end.figures,
        "metadata_bytes": run.machine.metadata_bytes(),
        "marks": [
            {
                "name": mark.name,
                "reference": mark.moment.references,
                "simulated_ns": mark.moment.simulated_ns,
                "counters": mark.since,
                "gauges": mark.moment.gauges,
                "figures": mark.moment.figures,
            }
            for mark in run.marks
        ],
        "state_hash": run.machine.state_hash(),
    }
