"""``python -m engine.truth``: the model beside the kernel, as Markdown tables."""

from __future__ import annotations

import sys

from engine.mm import image as im
from engine.truth.cases import cases
from engine.truth.compare import replay, rows
from engine.truth.recorded import KILLED


def main(arguments: list[str]) -> int:
    """Print a table for every case (or those whose name begins as said); 1 when a figure is off."""
    off = 0
    for case in cases():
        if arguments and not case.name.startswith(tuple(arguments)):
            continue
        machine, figures = replay(case)
        print(f"\n### {case.name}\n")
        if case.name in KILLED:
            at = machine.view.scalar(im.OOM_REFERENCE)
            slots, resident = case.program.swapfiles[0].slots, case.program.setting("machine.frames")
            print(f"Killed at reference {at}: {slots} slots and {resident} frames hold {slots + resident} pages.")
            continue
        print("| mark | figure | kernel | model | deviation |\n|---|---|---:|---:|---:|")
        for row in rows(case, figures):
            if row.compared:
                moment = " *" if row.of_the_moment else ""
                print(f"| {row.mark} | `{row.name}`{moment} | {row.kernel} | {row.model} | {row.deviation:+.1%} |")
            if not row.holds:
                off += 1
    print(f"\n{off} figures are off." if off else "\nAll figures hold.")
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
