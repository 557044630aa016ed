"""``python -m engine.truth``: the model beside the kernel, as Markdown tables."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from engine.mm import image as im
from engine.truth.cases import Case, cases
from engine.truth.compare import Row, replay, rows, walked
from engine.truth.recorded import KILLED
from engine.truth.walks import walks


def main(arguments: list[str]) -> int:
    """Print a table for every case and walk (or those whose name begins as said); 1 when a figure is off."""
    off = 0
    for case in cases():
        if not asked_for(case.name, arguments):
            continue
        machine, figures = replay(case)
        print(f"\n### {case.name}\n")
        if case.name in KILLED:
            at = machine.view.scalar(im.OOM_REFERENCE)
            slots, resident = case.program.swapfiles[0].slots, case.program.setting("machine.frames")
            print(f"Killed at reference {at}: {slots} slots and {resident} frames hold {slots + resident} pages.")
            continue
        off += table(rows(case, figures))
    recordings = walked()
    for walk in walks():
        if not asked_for(walk.name, arguments) or walk.name not in recordings:
            continue
        machine, figures = replay(Case(walk.name, walk.program(), walk.marks))
        recording = recordings[walk.name]
        print(f"\n### {walk.name}\n")
        if recording.killed or machine.outcome == "oom":
            ended = "as in the model" if machine.outcome == "oom" else "not so in the model"
            print(f"The OOM killer ended {recording.killed} of the kernel's {recording.runs} runs; {ended}.\n")
        off += table(recording.rows(walk, figures))
    print(f"\n{off} figures are off." if off else "\nAll figures hold.")
    return 1 if off else 0


def asked_for(name: str, arguments: list[str]) -> bool:
    """Whether a case is among those that are asked for; nothing asked: all."""
    return not arguments or name.startswith(tuple(arguments))


def table(found: Iterable[Row]) -> int:
    """Print figures as a Markdown table; how many are off."""
    off = 0
    print("| mark | figure | kernel | model | deviation |\n|---|---|---:|---:|---:|")
    for row in found:
        if row.compared:
            moment = " *" if row.of_the_moment else ""
            print(f"| {row.mark} | `{row.name}`{moment} | {row.kernel} | {row.model} | {row.deviation:+.1%} |")
        off += not row.holds
    return off


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
