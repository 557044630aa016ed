"""``swapscope new`` and ``upgrade``: a file to begin with, and files of an older format brought up to date."""

from __future__ import annotations

import argparse
import re
from importlib import resources
from pathlib import Path

from engine.cli.arguments import example_text
from engine.cli.output import say, say_problems
from engine.errors import InputError, Problem
from engine.scenario import FORMAT
from engine.scenario.read import load_scenario, parse_scenario, read_text
from engine.scenario.upgrade import upgrade_text
from engine.trace.files import write_whole

NEW_HELP = "start a scenario, an assignment or a submission from a template"
NEW_EPILOG = example_text([
    "swapscope new my-first-lesson --template lesson",
    "swapscope new homework-3 --template assignment -o course",
])  # fmt: skip
UPGRADE_HELP = "bring scenario files of an older format up to date, in place"
UPGRADE_EPILOG = example_text(["swapscope upgrade course/*.toml"])
TEMPLATES = ("plain", "lesson", "assignment", "submission")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]*")


def add_new_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``new``."""
    parser.add_argument("name", metavar="NAME", help="name of the file, without .toml; its title is made from it")
    known = ", ".join(TEMPLATES)
    parser.add_argument("--template", choices=TEMPLATES, default="plain", help=f"{known}; default: plain")
    parser.add_argument("-o", "--output", metavar="DIR", default=".", help="folder for it; default: this one")


def run_new(args: argparse.Namespace) -> int:
    """Write the file; raises InputError, also where there is one already."""
    name = args.name.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        expected = "letters, digits, -, _ and blanks"
        raise InputError(Problem(f"'{name}' is no name for a file", key="NAME", expected=expected))
    file = Path(args.output) / f"{name}.toml"
    if not file.parent.is_dir():
        raise InputError(Problem(f"there is no folder '{args.output}'", args.output))
    if file.exists():
        raise InputError(Problem("there is such a file already", str(file), expected="another name"))
    write_whole(file, template(args.template, name).encode())
    say(f"{file} is there. " + (f"'swapscope open {file}' shows it." if args.template != "submission" else
                                "Fill it in, then 'swapscope grade' tells what it is worth."))  # fmt: skip
    return 0


def template(kind: str, name: str) -> str:
    """A template with its title, made from a name: ``my-first-lesson`` is *My first lesson*."""
    text = (resources.files("engine.scenario") / "templates" / f"{kind}.toml").read_text(encoding="utf-8")
    title = re.sub(r"[-_]+", " ", name).strip()
    return text.replace("@TITLE@", title[:1].upper() + title[1:])


def add_upgrade_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``upgrade``."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="scenario files")


def run_upgrade(args: argparse.Namespace) -> int:
    """Upgrade each file; one that is not right is left as it is, and makes the exit code 2."""
    wrong = 0
    for name in args.files:
        try:
            load_scenario(name)
            text = read_text(name)
            newer = upgrade_text(text)
            if newer == text:
                say(f"{name}: has format {FORMAT} already")
                continue
            parse_scenario(newer, name)
            write_whole(name, newer.encode())
            say(f"{name}: has format {FORMAT} now")
        except InputError as error:
            say_problems(error)
            wrong += 1
    return 2 if wrong else 0
