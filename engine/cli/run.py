"""``swapscope run``: a scenario from start to end without a window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from engine.cli import INTERRUPTED
from engine.cli.arguments import add_scenario_arguments, example_text
from engine.cli.examine import invariants, verify
from engine.cli.library import load
from engine.cli.output import STDOUT, check_target, console, write_json
from engine.cli.progress import PatientProgress
from engine.cli.report import print_run, print_verdicts
from engine.errors import InputError, Problem
from engine.execution import Run, execute, report_of
from engine.program import Program
from engine.scenario.checks import Verdict, judge

if TYPE_CHECKING:
    from engine.cli.transition_table import TransitionTable

HELP = "run a scenario without a window"
EPILOG = example_text([
    "swapscope run zswap-spills",
    "swapscope run zswap-spills --design legacy --set machine.frames=64",
    "swapscope run my.toml --trace sort.swt --limit 100000 --json result.json",
    "swapscope run my.toml --json - | jq .counters.pswpout",
]) + """

exit code: 0, or 1 when a check of the scenario fails, 2 when something given cannot be used,
130 after Ctrl-C; what was done until then is reported."""  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_scenario_arguments(parser)
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON; '-' prints it, and nothing else")
    parser.add_argument(
        "--transitions", metavar="FILE.csv", help="write every transition, one a line (runs a good deal slower)"
    )
    parser.add_argument(
        "--verify", action="store_true", help="run it once more with the real bytes and compare them on their way back"
    )
    parser.add_argument(
        "--blocks", metavar="DIR", help="with --verify: keep the swapfiles' blocks as real files in this folder"
    )
    parser.add_argument(
        "--invariants", action="store_true", help="step through it and look at the whole machine after each transition"
    )


def run(args: argparse.Namespace) -> int:
    """Run and report; raises InputError."""
    if args.blocks is not None and not args.verify:
        raise InputError(Problem("--blocks goes with --verify", expected="--verify --blocks DIR"))
    check_target(args.json)
    scenario, program = load(args.file, args.sets, design=args.design, trace=args.trace, limit=args.limit,
                             policy=args.policy)  # fmt: skip
    done = _execute(program, args.transitions)
    verdicts: list[Verdict] = []
    if args.limit is None and not done.interrupted:
        verdicts = judge(scenario, done.design, done.value)
    if args.json is not None:
        write_json(report_of(done, scenario.title) | _checks(verdicts), args.json)
    if args.json == STDOUT:
        print_verdicts([verdict for verdict in verdicts if not verdict.passed], console(stderr=True))
    else:
        print_run(done, scenario, verdicts, console())
    if done.interrupted:
        return INTERRUPTED
    sound = _examine(args, program, scenario.title)
    return 0 if sound and all(verdict.passed for verdict in verdicts) else 1


def _examine(args: argparse.Namespace, program: Program, title: str) -> bool:
    """What was asked for beside the run itself, told on standard error; whether all was well."""
    told: list[tuple[bool, str]] = []
    if args.verify:
        told.append(verify(program, args.blocks, title))
    if args.invariants:
        told.append(invariants(program, title))
    out = console(stderr=True)
    for well, line in told:
        out.print(line, style="green" if well else "red", highlight=False)
    return all(well for well, _ in told)


def _execute(program: Program, transitions: str | None) -> Run:
    with PatientProgress(program.title) as progress:
        if transitions is None:
            return execute(program, progress=progress)
        from engine.cli.transition_table import TransitionTable

        file: TransitionTable
        with TransitionTable(transitions, program) as file:
            return execute(program, progress=progress, on_transition=file.add)


def _checks(verdicts: list[Verdict]) -> dict[str, Any]:
    """What came of each check, for the JSON."""
    return {
        "checks": [
            {"name": one.check.name, "op": one.check.op, "value": one.check.value, "at": one.check.at,
             "found": one.found, "passed": one.passed}
            for one in verdicts
        ]
    }  # fmt: skip
