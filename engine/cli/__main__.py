"""The command ``swapscope``: finds what is asked for and does it. Exit codes: 0, 1 checks failed, 2 bad input, 130."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

from engine.cli import bench, compare, drawing, files, grade, new, quiz, run, worksheet
from engine.cli.arguments import Parser, example_text
from engine.cli.output import say_problems
from engine.content import capture
from engine.errors import InputError
from engine.trace import lackey

DESCRIPTION = "See how Linux swaps: every page-table entry, swap descriptor and backend, one change at a time."
EPILOG = example_text([
    "swapscope                                  open the window",
    "swapscope list                             what scenarios there are",
    "swapscope run zswap-spills                 run one without a window",
    "swapscope compare zswap-spills             today's design beside swap descriptors",
    "swapscope record -o sort.swt -- sort FILE  record a real program",
]) + "\n\n'swapscope COMMAND --help' tells more about a command."  # fmt: skip
BAD_INPUT = 2


@dataclass(frozen=True)
class Command:
    """One command: its options and what it does."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    epilog: str | None = None


COMMANDS = (
    Command("open", drawing.OPEN_HELP, drawing.add_open_arguments, drawing.run_open, drawing.OPEN_EPILOG),
    Command("list", files.LIST_HELP, files.add_list_arguments, files.run_list),
    Command("check", files.CHECK_HELP, files.add_check_arguments, files.run_check, files.CHECK_EPILOG),
    Command("run", run.HELP, run.add_arguments, run.run, run.EPILOG),
    Command("compare", compare.HELP, compare.add_arguments, compare.run, compare.EPILOG),
    Command(
        "picture", drawing.PICTURE_HELP, drawing.add_picture_arguments, drawing.run_picture, drawing.PICTURE_EPILOG
    ),
    Command(
        "record", "record the memory references of a real program (needs Valgrind)", lackey.add_arguments, lackey.run,
        example_text(["swapscope record -o sort.swt -- sort words.txt"]),
    ),
    Command(
        "capture", "capture page images from the memory of real programs", capture.add_arguments, capture.run,
        example_text(["swapscope capture -o pages", "swapscope capture -o pages --family json"]),
    ),
    Command("bench", bench.HELP, bench.add_arguments, bench.run, bench.EPILOG),
    Command("quiz", quiz.HELP, quiz.add_arguments, quiz.run, quiz.EPILOG),
    Command("worksheet", worksheet.HELP, worksheet.add_arguments, worksheet.run, worksheet.EPILOG),
    Command("grade", grade.HELP, grade.add_arguments, grade.run, grade.EPILOG),
    Command("new", new.NEW_HELP, new.add_new_arguments, new.run_new, new.NEW_EPILOG),
    Command("upgrade", new.UPGRADE_HELP, new.add_upgrade_arguments, new.run_upgrade, new.UPGRADE_EPILOG),
    Command("schema", files.SCHEMA_HELP, files.add_schema_arguments, files.run_schema, files.SCHEMA_EPILOG),
)  # fmt: skip


def version() -> str:
    """The version of this installation."""
    try:
        return metadata.version("swapscope")
    except metadata.PackageNotFoundError:
        return "not installed"


def make_parser() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(prog="swapscope", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"swapscope {version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=Parser)
    for command in COMMANDS:
        inner = commands.add_parser(
            command.name, help=command.help, description=command.help[0].upper() + command.help[1:] + ".",
            epilog=command.epilog,
        )  # fmt: skip
        command.add_arguments(inner)
        inner.set_defaults(run=command.run, parser=inner)
    parser.set_defaults(run=drawing.run_open, parser=parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for; gives the exit code. Never raises for bad input."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign gets another one, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        args = make_parser().parse(list(sys.argv[1:] if argv is None else argv))
        return int(args.run(args))
    except InputError as error:
        say_problems(error)
        return BAD_INPUT
    except KeyboardInterrupt:
        return run.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; nothing more may be written to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:  # --help and --version
        return stop.code if isinstance(stop.code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
