"""``swapscope compare``: the same operations on several designs, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from engine.cli.arguments import add_scenario_arguments, example_text, list_of_designs
from engine.cli.execution import execute, report_of
from engine.cli.library import load
from engine.cli.output import STDOUT, console, write_json
from engine.cli.progress import PatientProgress
from engine.cli.report import print_comparison
from engine.cli.run import INTERRUPTED
from engine.errors import InputError, Problem, nearest
from engine.mm.image import schema
from engine.program import Program
from engine.scenario import Scenario

HELP = "run a scenario on several designs and show what differs, and why"
EPILOG = example_text([
    "swapscope compare zswap-spills --designs legacy,swap_desc",
    "swapscope compare 18-thrashing --policies lru,opt,own --policy scenarios/policies/most_recent.py",
    "swapscope compare recorded-sort --set machine.frames=256 --json comparison.json",
])  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_scenario_arguments(parser, design=False)
    parser.add_argument(
        "--designs", metavar="A,B", type=list_of_designs, default=["legacy", "swap_desc"],
        help="the designs to compare; default: legacy,swap_desc",
    )  # fmt: skip
    parser.add_argument(
        "--policies", metavar="A,B",
        help="compare replacement policies instead: linux, fifo, lru, clock, random, opt, own",
    )  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write the runs as JSON; '-' prints it, and nothing else")


def run(args: argparse.Namespace) -> int:
    """Run and report; raises InputError."""
    if args.policies:
        return _report(args, _policies(args), "policy")
    if args.policy:
        raise InputError(Problem("--policy goes with --policies here", expected="--policies lru,clock,own"))
    return _report(args, _designs(args), "design")


def _designs(args: argparse.Namespace) -> Iterator[tuple[str, Scenario, Program]]:
    for design in args.designs:
        yield design, *load(args.file, args.sets, design=design, trace=args.trace, limit=args.limit)


def _policies(args: argparse.Namespace) -> Iterator[tuple[str, Scenario, Program]]:
    known = schema.setting_for("machine.policy").choices
    for policy in args.policies.split(","):
        if policy not in known:
            allowed = ", ".join(known)
            near = nearest(policy, known)
            raise InputError(Problem(f"'{policy}' is no policy", key="--policies", expected=allowed, nearest=near))
        if policy == "own" and not args.policy:
            raise InputError(Problem("'own' needs a policy file", key="--policies", expected="--policy FILE.py"))
        own = args.policy if policy == "own" else None
        sets = args.sets if own else [*args.sets, f'machine.policy="{policy}"']
        yield policy, *load(args.file, sets, trace=args.trace, limit=args.limit, policy=own)


def _report(args: argparse.Namespace, programs: Iterator[tuple[str, Scenario, Program]], key: str) -> int:
    runs = []
    reports = []
    for name, scenario, program in programs:
        with PatientProgress(f"{program.title}: {name}") as progress:
            runs.append(execute(program, progress=progress))
        reports.append(report_of(runs[-1], scenario.title) | {key: name})
        runs[-1].design = name
        if runs[-1].interrupted:
            break
    if args.json:
        write_json({"scenario": scenario.title, "runs": reports}, args.json)
    if args.json != STDOUT:
        print_comparison(runs, scenario, console())
    return INTERRUPTED if runs[-1].interrupted else 0
