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

NEW_HELP = "start a scenario, an assignment, a submission or a policy from a template"
NEW_EPILOG = example_text([
    "swapscope new my-first-lesson --template lesson",
    "swapscope new homework-3 --template assignment -o course",
    "swapscope new my-policy --template writeback-policy",
])  # fmt: skip
UPGRADE_HELP = "bring scenario files of an older format up to date, in place"
UPGRADE_EPILOG = example_text(["swapscope upgrade course/*.toml"])
TEMPLATES = ("plain", "lesson", "assignment", "submission", "replacement-policy", "writeback-policy")
_NEXT = {
    "submission": "Fill it in, then 'swapscope grade' tells what it is worth.",
    "replacement-policy": "'swapscope run SCENARIO --policy {file}' runs with it.",
    "writeback-policy": "'swapscope run SCENARIO --policy {file}' runs with it.",
}
"""What to do with a new file that is no scenario."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]*")


def add_new_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``new``."""
    parser.add_argument("name", metavar="NAME", help="name of the file, without its suffix; its title is made from it")
    known = ", ".join(TEMPLATES)
    parser.add_argument("--template", choices=TEMPLATES, default="plain", help=f"{known}; default: plain")
    parser.add_argument("-o", "--output", metavar="DIR", default=".", help="folder for it; default: this one")


def run_new(args: argparse.Namespace) -> int:
    """Write the file; raises InputError, also where there is one already."""
    suffix = ".py" if args.template.endswith("policy") else ".toml"
    name = args.name.removesuffix(suffix)
    if not _NAME.fullmatch(name):
        expected = "letters, digits, -, _ and blanks"
        raise InputError(Problem(f"'{name}' is no name for a file", key="NAME", expected=expected))
    file = Path(args.output) / f"{name}{suffix}"
    if not file.parent.is_dir():
        raise InputError(Problem(f"there is no folder '{args.output}'", args.output))
    if file.exists():
        raise InputError(Problem("there is such a file already", str(file), expected="another name"))
    write_whole(file, template(args.template, name).encode())
    say(f"{file} is there. " + _NEXT.get(args.template, "'swapscope open {file}' shows it.").format(file=file))
    return 0


def template(kind: str, name: str) -> str:
    """A template and what a name gives it: ``my-first-lesson`` is *My first lesson*, its class ``MyFirstLesson``."""
    suffix = ".py.txt" if kind.endswith("policy") else ".toml"
    text = (resources.files("engine.scenario") / "templates" / f"{kind}{suffix}").read_text(encoding="utf-8")
    words = [word for word in re.split(r"[-_ .]+", name) if word]
    title = re.sub(r"[-_]+", " ", name).strip()
    own = "".join(word[:1].upper() + word[1:] for word in words)
    own = own if own.isidentifier() else f"Policy{own}"
    for place, filled in (("@TITLE@", title[:1].upper() + title[1:]), ("@CLASS@", own), ("@FILE@", f"{name}.py")):
        text = text.replace(place, filled)
    return text


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
