"""What commands print and write: mistakes on stderr, tables on stdout, files that are whole or not there."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.errors import InputError, Problem
from engine.trace.files import check_writable, write_whole

STDOUT = "-"
NARROW = 72
"""Columns of a terminal below which there is no room for a last column of words."""


class _Console(Console):
    """``rich``'s, which would end the command with exit code 1 when whoever reads has enough."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Where tables go; plain text without cut lines when it is not a terminal."""
    file = sys.stderr if stderr else sys.stdout
    made = _Console(file=file, highlight=False, soft_wrap=False)
    return made if made.is_terminal else _Console(file=file, highlight=False, width=120)


def print_table(table: Table, out: Console) -> None:
    """A table; on a narrow terminal without its last column where that is words, such as meanings."""
    if out.width < NARROW:
        table.columns[0].no_wrap = False  # A name on two lines is whole, a number cut off is another one.
        if len(table.columns) > 2 and table.columns[-1].justify == "left":
            table.columns.pop()
    out.print(table)


def say(text: str = "", *, stderr: bool = False) -> None:
    """Print a line without any markup."""
    print(text, file=sys.stderr if stderr else sys.stdout)


def say_problems(error: InputError) -> None:
    """Every mistake of ``error``, one a line, on stderr."""
    err = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in error.problems:
        err.print(_problem_text(problem))


def _problem_text(problem: Problem) -> Text:
    """A problem in its one form, the place set apart where there are colours."""
    text = Text(str(problem))
    place = ": ".join(part for part in (_place(problem), problem.key) if part)
    text.stylize("bold", 0, len(place))
    return text


def _place(problem: Problem) -> str:
    return (problem.file or "") + (f":{problem.line}" if problem.line is not None else "")


def check_target(target: str | None) -> None:
    """Raise InputError when what was asked for with ``--json`` could not be written, before any work is done."""
    if target == "":
        raise InputError(Problem("no file is named", key="--json", expected="FILE, or - to print it"))
    if target is not None and target != STDOUT:
        check_writable(target)


def write_json(value: Any, target: str) -> None:
    """``value`` as JSON into file ``target``, or on stdout for ``-``; raises InputError when it cannot be written."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    if target == STDOUT:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        write_whole(target, text.encode())
