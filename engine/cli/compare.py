"""``swapscope compare``: the same operations on several designs, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from engine.cli import INTERRUPTED
from engine.cli.arguments import add_scenario_arguments, example_text, list_of_designs
from engine.cli.library import decided, load, read_policy
from engine.cli.output import STDOUT, check_target, console, write_json
from engine.cli.progress import PatientProgress
from engine.cli.report import print_comparison
from engine.errors import InputError, Problem, nearest
from engine.execution import execute, report_of
from engine.mm.image import schema
from engine.mm.schema import Setting
from engine.policies.file import WRITEBACK, PolicyFile
from engine.program import Program
from engine.scenario import Scenario

HELP = "run a scenario on several designs, or under several policies, and show what differs, and why"
EPILOG = example_text([
    "swapscope compare zswap-spills --designs legacy,swap_desc",
    "swapscope compare 18-thrashing --policies lru,opt,own --policy scenarios/policies/most_recent.py",
    "swapscope compare 26-writeback-policy --policy ann.py --policy ben.py",
    "swapscope compare recorded-sort --set machine.frames=256 --json comparison.json",
])  # fmt: skip
OWN = "own"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_scenario_arguments(parser, design=False, policies=True)
    parser.add_argument(
        "--designs", metavar="A,B", type=list_of_designs, default=["legacy", "swap_desc"],
        help="the designs to compare; default: legacy,swap_desc",
    )  # fmt: skip
    parser.add_argument(
        "--policies", metavar="A,B",
        help="compare policies instead: linux, fifo, lru, clock, random, opt, own; with a writeback policy: lru, own; "
        "with --policy alone: the scenario's own and yours",
    )  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write the runs as JSON; '-' prints it, and nothing else")


def run(args: argparse.Namespace) -> int:
    """Run and report; raises InputError."""
    check_target(args.json)
    if args.policies or args.policy:
        return _report(args, _policies(args), "policy")
    return _report(args, _designs(args), "design")


def _designs(args: argparse.Namespace) -> Iterator[tuple[str, Scenario, Program]]:
    for design in args.designs:
        yield design, *load(args.file, args.sets, design=design, trace=args.trace, limit=args.limit)


def _policies(args: argparse.Namespace) -> Iterator[tuple[str, Scenario, Program]]:
    files = [read_policy(file) for file in args.policy]
    if len({file.sort.name for file in files}) > 1:
        what = "one policy decides what leaves memory, another what leaves the pool"
        raise InputError(Problem(what, key="--policy", expected="policies of one sort"))
    writeback = bool(files) and files[0].sort is WRITEBACK
    setting = schema.setting_for("machine.zswap.writeback_policy" if writeback else "machine.policy")
    for name in _chosen(args, setting):
        if name != OWN:
            sets = [*args.sets, f'{setting.key}="{name}"'] if args.policies else args.sets
            scenario, program = load(args.file, sets, trace=args.trace, limit=args.limit)
            yield setting.choices[program.setting(setting.key)], scenario, program
            continue
        for file, label in zip(files, _labels(files), strict=True):
            scenario, program = load(args.file, args.sets, trace=args.trace, limit=args.limit)
            yield label, scenario, decided(program, file)


def _chosen(args: argparse.Namespace, setting: Setting) -> list[str]:
    """The policies that were asked for; without any, that of the scenario and those of one's own."""
    if not args.policies:
        return [setting.choices[0], OWN]
    names: list[str] = [name.strip() for name in args.policies.split(",")]
    for name in names:
        if name not in setting.choices:
            near = nearest(name, setting.choices)
            what, allowed = f"'{name}' is no policy", ", ".join(setting.choices)
            raise InputError(Problem(what, key="--policies", expected=allowed, nearest=near))
        if name == OWN and not args.policy:
            raise InputError(Problem("'own' needs a policy file", key="--policies", expected="--policy FILE.py"))
    return names


def _labels(files: list[PolicyFile]) -> list[str]:
    """What each policy is called: its class, with its file where two classes have one name."""
    names = [file.name for file in files]
    return [name if names.count(name) == 1 else f"{name} ({file.path.stem})" for name, file in zip(names, files)]


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
    if args.json is not None:
        write_json({"scenario": scenario.title, "runs": reports}, args.json)
    if args.json != STDOUT:
        print_comparison(runs, scenario, console(), reasons=key == "design")
    return INTERRUPTED if runs[-1].interrupted else 0
