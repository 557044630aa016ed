"""``python -m engine.trace FILE…``: what trace files hold, as a Markdown table or in full."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.errors import InputError, Problem
from engine.trace.files import load_trace
from engine.trace.recording import Recording


def main(arguments: list[str] | None = None) -> int:
    """Print the table (or, with ``--regions``, the address spaces); 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m engine.trace", description="What trace files hold.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--regions", action="store_true", help="the regions of every process instead")
    args = parser.parse_args(arguments)
    recordings: list[tuple[Path, Recording]] = []
    problems: list[Problem] = []
    for name in args.files:
        try:
            recordings.append((Path(name), load_trace(name)))
        except InputError as error:
            problems += error.problems
    if recordings:
        print("\n\n".join(_regions(*item) for item in recordings) if args.regions else table(recordings))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 2 if problems else 0


def table(recordings: list[tuple[Path, Recording]]) -> str:
    """A Markdown table with one row a recording."""
    rows = [
        "| file | command | pages | touched | references | writes | kept | window | bytes |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for path, r in recordings:
        pages = sum(r.pages_of(process) for process in range(len(r.processes)))
        rows.append(
            f"| {path.name} | `{r.command}` | {pages:,} | {r.touched_pages():,} | {r.references:,} | {r.writes:,} "
            f"| {len(r):,} | {r.window:,} | {path.stat().st_size:,} |"
        )
    return "\n".join(rows)


def _regions(path: Path, recording: Recording) -> str:
    lines = [f"{path.name}: {recording.command}"]
    for region in recording.regions:
        process = recording.processes[region.process]
        lines.append(f"  {process} {region.first_page:7} {region.pages:7} {region.address:#014x} {region.name}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
