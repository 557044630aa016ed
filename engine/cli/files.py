"""``swapscope list``, ``check`` and ``schema``: what scenarios there are, whether files are right, and the format."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.text import Text

from engine.cli.arguments import example_text
from engine.cli.output import NARROW, STDOUT, console, say, say_problems, write_json
from engine.cli.report import table
from engine.errors import InputError
from engine.scenario import Scenario, json_schema, load_scenario
from engine.scenario.read import check_variations
from engine.scenario.shipped import find_scenario, shipped
from engine.scenario.translation import check_translations

LIST_HELP = "list the scenarios that come with Swapscope"
CHECK_HELP = "read scenario files and say everything that is wrong with them"
CHECK_EPILOG = example_text(["swapscope check my.toml", "swapscope check lessons/*.toml"])
SCHEMA_HELP = "print the JSON Schema of scenario files, for editors"
SCHEMA_EPILOG = example_text(["swapscope schema > scenario.schema.json"])


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``list``."""
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run_list(args: argparse.Namespace) -> int:
    """Print the list; a file that cannot be read is in it, and makes the exit code 2."""
    rows, broken = [], False
    for file in shipped():
        try:
            scenario = load_scenario(file)
        except InputError as error:
            say_problems(error)
            broken = True
            continue
        rows.append((file, scenario))
    if args.json:
        keys = {"title", "summary", "level", "minutes", "goals"}
        listed = [{"file": str(file), "name": file.stem, **one.model_dump(include=keys)} for file, one in rows]
        write_json(listed, STDOUT)
    else:
        _print_list(rows, console())
    return 2 if broken else 0


def _print_list(rows: list[tuple[Path, Scenario]], out: Console) -> None:
    """The scenarios as a table, or one below the other where a table has no room."""
    shown = table("name", "minutes", "what it shows")
    shown.columns[2].no_wrap = False
    for file, scenario in rows:
        text = Text(scenario.title, style="bold")
        text.append(f"\n{scenario.summary} ({scenario.level})", style="not bold")
        if out.width < NARROW:
            out.print(Text(f"{file.stem}, {scenario.minutes} minutes", style="bold"), text, sep="\n", end="\n\n")
        shown.add_row(file.stem, str(scenario.minutes), text)
    if out.width >= NARROW:
        out.print(shown)


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``check``."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="scenario files, or names of those that 'list' shows")


def run_check(args: argparse.Namespace) -> int:
    """Check each file; 2 when one is wrong."""
    wrong = 0
    for name in args.files:
        try:
            scenario = load_scenario(find_scenario(name))
            program = scenario.build()
            check_variations(scenario)
            check_translations(scenario)
        except InputError as error:
            say_problems(error)
            wrong += 1
        else:
            count = len(program.processes)
            processes = "1 process" if count == 1 else f"{count} processes"
            say(f"{name}: right ({processes}, {len(program.ops):,} operations)")
    if wrong:
        say(f"{wrong} of {len(args.files)} files cannot be used", stderr=True)
    return 2 if wrong else 0


def add_schema_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``schema``."""
    parser.add_argument("-o", "--output", metavar="FILE", default=STDOUT, help="write it there instead")


def run_schema(args: argparse.Namespace) -> int:
    """Print or write the schema."""
    write_json(json_schema(), args.output)
    return 0
