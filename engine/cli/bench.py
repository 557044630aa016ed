"""``swapscope bench``: how fast everything is, beside its peers, and what became slower."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from engine.cli.arguments import example_text
from engine.cli.output import STDOUT, console, say, write_json
from engine.errors import InputError, Problem
from engine.trace.files import write_whole

HELP = "measure how fast everything is, beside its peers"
EPILOG = example_text([
    "swapscope bench --quick",
    "swapscope bench --only references jump",
    "swapscope bench --json now.json --compare before.json",
    "swapscope bench --markdown > figures.md",
])  # fmt: skip
NAMES = (
    "references", "textbook", "cost", "history", "policy", "verify", "memory", "jump", "compile", "start", "frame",
    "play", "growth",
)  # fmt: skip
"""What can be measured; here as well, so that ``--help`` need not load the engine."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="fewer rounds of smaller runs: two minutes, not seven")
    size.add_argument("--tiny", action="store_true", help="sizes that say nothing: only to see that it all works")
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", choices=NAMES, help="measure only these: " + ", ".join(NAMES)
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON; '-' prints it, and nothing else")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown, for the docs")
    parser.add_argument("--growth-picture", metavar="FILE.svg", help="draw the growth curves")
    parser.add_argument(
        "--compare", metavar="BASELINE.json", help="also tell what became slower by more than 10 %% since that report"
    )


def run(args: argparse.Namespace) -> int:
    """Measure and report; raises InputError."""
    from engine.study.bench import FULL, QUICK, TINY, check_baseline
    from engine.study.bench_report import growth_svg, markdown
    from engine.study.bench_suite import run_benches

    baseline = check_baseline(_read_json(args.compare), args.compare) if args.compare else None
    effort = TINY if args.tiny else QUICK if args.quick else FULL
    err = console(stderr=True)
    with err.status("benchmarks") as status:
        report = run_benches(effort, args.only, lambda text: status.update(text))
    if args.json:
        write_json(report.to_json(), args.json)
    if args.growth_picture:
        write_whole(args.growth_picture, growth_svg(report.series).encode())
    if args.json == STDOUT:
        return 0
    if args.markdown:
        say(markdown(report).rstrip("\n"))
    else:
        _print_report(report)
    if baseline is not None:
        _print_changes(baseline, report.to_json(), args.compare)
    return 0


def _read_json(file: str) -> Any:
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", file)) from None
    except ValueError:
        raise InputError(Problem("this is no JSON", file)) from None


def _print_report(report: Any) -> None:
    from rich.table import Table

    from engine.study.bench_report import value_text, wanted_text
    from engine.study.bench_suite import title_of

    out = console()
    machine = report.machine
    say(f"{machine['processor']}, {machine['cores']} cores, Python {machine['versions']['python']}")
    table = Table(box=None, pad_edge=False)
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("wanted", justify="right")
    before = None
    for figure in report.figures:
        title = title_of(figure.name)
        if title != before:
            table.add_row(f"[bold]{title}[/]")
            before = title
        style = {True: "green", False: "red", None: ""}[figure.met]
        note = f" ({figure.note})" if figure.note else ""
        table.add_row(f"  {figure.what}{note}", value_text(figure), wanted_text(figure), style=style)
    out.print(table)


def _print_changes(baseline: dict[str, Any], report: dict[str, Any], file: str) -> None:
    from engine.study.bench import SLOWER, changes, number_text

    if baseline.get("effort") != report["effort"]:
        say(f"{file} is of a {baseline.get('effort')} run, this one is {report['effort']}: sizes differ.")
    slower = [change for change in changes(baseline, report) if change.worse_by > SLOWER]
    if not slower:
        say(f"Nothing became slower by more than {SLOWER:.0%} since {file}.")
        return
    say(f"Slower by more than {SLOWER:.0%} since {file}:")
    for change in slower:
        say(f"  {change.name}: {number_text(change.before)} {change.unit} before, {number_text(change.now)} now "
            f"({change.worse_by:.0%} worse)")  # fmt: skip
