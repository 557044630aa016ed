"""``python -m engine.truth``: the model beside the kernel, as Markdown tables."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from engine.mm import image as im
from engine.truth.cases import Case, cases
from engine.truth.compare import NOISE, Row, replay, rows, walked
from engine.truth.recorded import KILLED
from engine.truth.walks import walks

NEAR = 0.01


def main(arguments: list[str]) -> int:
    """A table for every case and walk, or those whose name begins as said; 1 when a figure is off."""
    parser = argparse.ArgumentParser(prog="python -m engine.truth", description=__doc__)
    parser.add_argument("case", nargs="*", help="cases and walks by the beginning of their name (default: all)")
    parser.add_argument("--brief", action="store_true", help="one line each, and what they add up to")
    keys = [setting.key for setting in im.schema.settings]
    parser.add_argument(
        "--without", action="append", default=[], metavar="KEY", choices=keys, help="walk with this setting at 0"
    )  # fmt: skip
    given = parser.parse_args(arguments)
    off, seen = 0, list[Row]()
    show = line if given.brief else table
    if given.brief:
        print("| case | ended out of memory | figures | hold | furthest off |\n|---|---|---:|---:|---|")
    for case in cases():
        if asked_for(case.name, given.case):
            machine, figures = replay(case)
            killed = f"at reference {machine.view.scalar(im.OOM_REFERENCE)}" if case.name in KILLED else ""
            off += show(case.name, killed, list(rows(case, figures)))
    recordings = walked()
    for walk in walks():
        if asked_for(walk.name, given.case) and walk.name in recordings:
            program = walk.program()
            program = replace(program, settings={**program.settings, **dict.fromkeys(given.without, 0)})
            machine, figures = replay(Case(walk.name, program, walk.marks))
            recording = recordings[walk.name]
            killed = ""
            if recording.killed or machine.outcome == "oom":
                model = "too" if machine.outcome == "oom" else "not"
                killed = f"{recording.killed} of {recording.runs} runs, the model {model}"
            found = list(recording.rows(walk, figures))
            seen += [row for row in found if row.compared]
            off += show(walk.name, killed, found)
    if given.brief:
        hold, near = sum(row.holds for row in seen), sum(abs(row.deviation) <= NEAR for row in seen)
        print(f"\nOf {len(seen)} figures of walks above {NOISE}, {hold} hold; {near} are within 1 %.")
    print(f"\n{off} figures are off." if off else "\nAll figures hold.")
    return 1 if off else 0


def asked_for(name: str, arguments: list[str]) -> bool:
    """Whether a case is among those that are asked for; nothing asked: all."""
    return not arguments or name.startswith(tuple(arguments))


def table(name: str, killed: str, found: list[Row]) -> int:
    """Print the figures of a case as a Markdown table; how many are off."""
    print(f"\n### {name}\n")
    if killed:
        print(f"Ended by the OOM killer: {killed}.\n")
    if found:
        print("| mark | figure | kernel | model | deviation |\n|---|---|---:|---:|---:|")
    for row in found:
        if row.compared:
            moment = " *" if row.of_the_moment else ""
            print(f"| {row.mark} | `{row.name}`{moment} | {row.kernel} | {row.model} | {row.deviation:+.1%} |")
    return sum(not row.holds for row in found)


def line(name: str, killed: str, found: list[Row]) -> int:
    """Print a case as one line of a Markdown table; how many of its figures are off."""
    large = [row for row in found if row.compared]
    furthest = max(large, key=lambda row: abs(row.deviation), default=None)
    off = "" if furthest is None else f"`{furthest.name}` {furthest.deviation:+.1%}"
    print(f"| {name} | {killed} | {len(large)} | {sum(row.holds for row in large)} | {off} |")
    return sum(not row.holds for row in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
