"""``swapscope compare``: the same operations on several designs, side by side."""

from __future__ import annotations

import argparse

from engine.cli.arguments import add_scenario_arguments, example_text, list_of_designs
from engine.cli.execution import execute, report_of
from engine.cli.library import load
from engine.cli.output import STDOUT, console, write_json
from engine.cli.progress import PatientProgress
from engine.cli.report import print_comparison
from engine.cli.run import INTERRUPTED

HELP = "run a scenario on several designs and show what differs, and why"
EPILOG = example_text([
    "swapscope compare zswap-spills --designs legacy,swap_desc",
    "swapscope compare recorded-sort --set machine.frames=256 --json comparison.json",
])  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_scenario_arguments(parser, design=False)
    parser.add_argument(
        "--designs", metavar="A,B", type=list_of_designs, default=["legacy", "swap_desc"],
        help="the designs to compare; default: legacy,swap_desc",
    )  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write the runs as JSON; '-' prints it, and nothing else")


def run(args: argparse.Namespace) -> int:
    """Run and report; raises InputError."""
    runs = []
    for design in args.designs:
        scenario, program = load(args.file, args.sets, design=design, trace=args.trace, limit=args.limit)
        with PatientProgress(f"{program.title}: {design}") as progress:
            runs.append(execute(program, progress=progress))
        if runs[-1].interrupted:
            break
    if args.json:
        write_json({"scenario": scenario.title, "runs": [report_of(one, scenario.title) for one in runs]}, args.json)
    if args.json != STDOUT:
        print_comparison(runs, scenario, console())
    return INTERRUPTED if runs[-1].interrupted else 0
