"""Time travel: how long a jump and a step take, how much history takes, and memory a page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from engine.machine import Machine
from engine.mm.layout import used_spans
from engine.scout import HISTORY_BYTES, LARGE_HISTORY_BYTES
from engine.study.bench import Effort, Figure, Say, Wanted, at_most, missing
from engine.study.bench_machine import resident_bytes
from engine.study.bench_workload import zipf_program
from engine.timeline import Timeline
from engine.trace.generate import below, random_words

MIB = 1 << 20
SMALL_PAGES = 65_536
"""Up to so many pages the bounds of the smaller run hold."""
STEPS = 1_000
REFINE_OPERATIONS = 100_000


def measure_jump(effort: Effort, say: Say) -> Iterator[Figure]:
    """Jumps to any transition of a long run, and single steps either way from wherever they lead."""
    for pages in effort.jump_pages:
        small = pages <= SMALL_PAGES
        history = HISTORY_BYTES if small else LARGE_HISTORY_BYTES
        say(f"jumps, {pages} pages: the run")
        program = zipf_program(effort.jump_references, pages)
        timeline = Timeline(program, effort.compiled, history_bytes=history)
        timeline.run_to_end()
        while timeline.refine(REFINE_OPERATIONS):  # as the window does while the cursor rests
            pass
        timeline.jump(timeline.length)
        say(f"jumps, {pages} pages")
        took, steps = _jump_and_step(timeline, _places(timeline, effort.jumps))
        name, text = f"jump.{pages}", f"{pages} pages, {effort.jump_references} references"
        long_run = effort.jump_references >= 10_000_000
        bounds = (8, 40, 512) if small else (25, 100, 2048)
        wanted: list[Wanted | None] = [at_most(bound) for bound in bounds]
        if not long_run:
            wanted[:2] = [None, None]
        yield Figure(f"{name}.median", f"a jump anywhere, {text}", tuple(took[: effort.jumps]), "ms", False, wanted[0])
        what = f"the slowest of {len(took)} jumps, a quarter of them to where single operations do most"
        yield Figure(f"{name}.worst", what, tuple(took), "ms", False, wanted[1], reduce="worst")
        used = sum(keyframe.nbytes for keyframe in timeline.branches[0].keyframes)
        yield Figure(f"{name}.history", f"keyframes of it, {len(timeline.branches[0].keyframes)} in all",
                     (used / MIB,), "MiB", False, wanted[2])  # fmt: skip
        yield Figure(f"{name}.step", f"one step back or forward, {text}", tuple(steps), "ms", False, at_most(1))
        yield Figure(f"{name}.step-worst", f"the slowest of {len(steps)} steps", tuple(steps), "ms", False, at_most(1),
                     reduce="worst")  # fmt: skip


def _places(timeline: Timeline, count: int) -> list[int]:
    """So many transitions of the whole run, then a third as many of the stretch in which operations do most."""
    anywhere = below(random_words(4, 8, count), timeline.length + 1)
    transitions = timeline.series.transition
    busiest = int(np.argmax(np.diff(transitions)))
    first, last = int(transitions[busiest]), int(transitions[busiest + 1])
    busy = first + below(random_words(4, 9, -(-count // 3)), last - first)
    return [int(place) for place in (*anywhere, *busy)]


def _jump_and_step(timeline: Timeline, places: list[int]) -> tuple[list[float], list[float]]:
    """Milliseconds of a jump to each place, and of the single steps taken there."""
    took, steps = [], []
    each = -(-STEPS // len(places))
    for number, place in enumerate(places):
        began = time.perf_counter()
        timeline.jump(place)
        took.append((time.perf_counter() - began) * 1e3)
        for back in below(random_words(4, number, each), 2).tolist():
            began = time.perf_counter()
            timeline.step(-1 if back else 1)
            steps.append((time.perf_counter() - began) * 1e3)
    return took, steps


def measure_memory(effort: Effort, say: Say) -> Iterator[Figure]:
    """The image in use, and the process, divided by the pages of the run."""
    program = zipf_program(effort.references, effort.pages)
    say("memory")
    machine = Machine(program, effort.compiled, journal_words=8, records=8)
    machine.run()
    used = sum(end - start for start, end in used_spans(machine.words, machine.layout)) * machine.words.itemsize
    what = f"the image in use at the end, {effort.pages} pages"
    yield Figure("memory.image", what, (used / effort.pages,), "bytes a page", False, at_most(96))
    grown = _resident_growth(effort)
    what = "growth of the process' resident memory while running it, operations left out"
    if grown is None:
        yield missing("memory.resident", what, "bytes a page", "the system does not say")
    else:
        yield Figure("memory.resident", what, (grown / effort.pages,), "bytes a page", False)


_CHILD = """
import sys
from engine.mm.compiler import ensure_compiled
from engine.machine import Machine
from engine.study.bench_machine import resident_bytes
from engine.study.bench_workload import zipf_program
program = zipf_program(int(sys.argv[1]), int(sys.argv[2]))
ensure_compiled()
before = resident_bytes()
machine = Machine(program, True, journal_words=8, records=8)
machine.run()
print(resident_bytes() - before)
"""


def _resident_growth(effort: Effort) -> float | None:
    """Bytes; in a process of its own, where memory was not used and given back before."""
    if resident_bytes() is None:
        return None
    command = [sys.executable, "-c", _CHILD, str(effort.references), str(effort.pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return float(done.stdout)
