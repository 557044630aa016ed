"""The command ``swapscope``: finds what is asked for and does it. Exit codes: 0, 1 checks failed, 2 bad input, 130."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from engine.cli import BAD_INPUT, INTERRUPTED
from engine.cli.arguments import Parser, example_text
from engine.cli.output import say_problems
from engine.errors import InputError, Problem

DESCRIPTION = "See how Linux swaps: every page-table entry, swap descriptor and backend, one change at a time."
EPILOG = example_text([
    "swapscope                                  open the window",
    "swapscope list                             what scenarios there are",
    "swapscope run zswap-spills                 run one without a window",
    "swapscope compare zswap-spills             today's design beside swap descriptors",
    "swapscope record -o sort.swt -- sort FILE  record a real program",
]) + "\n\n'swapscope COMMAND --help' tells more about a command."  # fmt: skip
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@dataclass(frozen=True)
class Command:
    """One command: where its options and deeds are. Its module is only imported when it is asked for."""

    name: str
    module: str
    suffix: str = ""
    """Where a module has several commands: which, as in ``add_list_arguments`` and ``LIST_HELP``."""

    @property
    def help(self) -> str:
        """What it does, in a few words."""
        return str(self._part(f"{self.suffix.upper()}_HELP" if self.suffix else "HELP"))

    @property
    def epilog(self) -> str | None:
        """Examples and exit codes, where it has any."""
        found = self._part(f"{self.suffix.upper()}_EPILOG" if self.suffix else "EPILOG")
        return None if found is None else str(found)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare its options."""
        self._part(f"add_{self.suffix}_arguments" if self.suffix else "add_arguments")(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Do it; gives the exit code."""
        return int(self._part(f"run_{self.suffix}" if self.suffix else "run")(args))

    def _part(self, name: str) -> Any:
        return getattr(importlib.import_module(self.module), name, None)


COMMANDS = (
    Command("open", "engine.cli.drawing", "open"),
    Command("list", "engine.cli.files", "list"),
    Command("check", "engine.cli.files", "check"),
    Command("run", "engine.cli.run"),
    Command("compare", "engine.cli.compare"),
    Command("picture", "engine.cli.drawing", "picture"),
    Command("animate", "engine.cli.drawing", "animate"),
    Command("record", "engine.trace.lackey"),
    Command("capture", "engine.content.capture"),
    Command("bench", "engine.cli.bench"),
    Command("quiz", "engine.cli.quiz"),
    Command("worksheet", "engine.cli.worksheet"),
    Command("grade", "engine.cli.grade"),
    Command("new", "engine.cli.new", "new"),
    Command("upgrade", "engine.cli.new", "upgrade"),
    Command("schema", "engine.cli.files", "schema"),
)


def version() -> str:
    """The version of this installation."""
    try:
        return metadata.version("swapscope")
    except metadata.PackageNotFoundError:
        return "not installed"


def make_parser(asked: str | None = None) -> Parser:
    """The parser of the whole command line; with ``asked``, only that command's options are in it."""
    parser = Parser(prog="swapscope", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"swapscope {version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", parser_class=Parser)
    for command in COMMANDS:
        if asked is not None and asked != command.name:
            commands.add_parser(command.name)
            continue
        inner = commands.add_parser(
            command.name, help=command.help, description=command.help[0].upper() + command.help[1:] + ".",
            epilog=command.epilog,
        )  # fmt: skip
        command.add_arguments(inner)
        inner.set_defaults(run=command.run, parser=inner)
    parser.set_defaults(run=COMMANDS[0].run, parser=parser)
    return parser


def command_asked(arguments: Sequence[str]) -> str | None:
    """The command, where the first argument is one; then no other's modules are needed."""
    known = {command.name for command in COMMANDS}
    return arguments[0] if arguments and arguments[0] in known else None


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for; gives the exit code. Never raises for bad input."""
    _mend_streams()
    try:
        arguments = list(sys.argv[1:] if argv is None else argv)
        args = make_parser(command_asked(arguments)).parse(arguments)
        code = int(args.run(args))
        sys.stdout.flush()  # What cannot be printed is told here, not by Python when it ends.
        return code
    except InputError as error:
        say_problems(error)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; nothing more may be written to it at exit.
        _print_no_more()
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _print_no_more()
        file = None if error.filename is None else os.fsdecode(error.filename)
        say_problems(InputError(Problem(f"cannot be written: {error.strerror}", file or "standard output")))
        return BAD_INPUT
    except SystemExit as stop:  # --help and --version
        return stop.code if isinstance(stop.code, int) else 0


def _mend_streams() -> None:
    """Somewhere to print to, whatever the terminal is."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # It was closed by whoever started this.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a sign gets another one, not a traceback.
            stream.reconfigure(errors="replace")
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        file = open(sys.stderr.fileno(), "wb", closefd=False)  # noqa: SIM115
        sys.stderr = _Messages(file, sys.stderr.encoding, "replace", line_buffering=True)


class _Messages(io.TextIOWrapper):
    """Standard error. What nobody takes is not said; the command goes on, and its exit code tells as much."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            pass


def _print_no_more() -> None:
    """Nothing more may be written to what does not take it, at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

