"""A parser of arguments whose errors name the nearest command or flag, and arguments that several commands share."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from engine.errors import InputError, Problem, nearest
from engine.mm.image import schema

DESIGNS = schema.setting_for("machine.design").choices
_CHOICE = re.compile(r"invalid choice: '(?P<given>.*?)'")


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """``argparse``'s, which forgets that commands stand further in when it measures how wide their names are."""

    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        if isinstance(action, argparse._SubParsersAction):
            longest = max((len(name) for name in action.choices), default=0)
            self._action_max_length = max(self._action_max_length, longest + self._current_indent + 2)


class Parser(argparse.ArgumentParser):
    """``argparse``'s parser; wrong usage is an InputError like any other bad input."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("formatter_class", _Formatter)
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Raise InputError; ``argparse`` would print and exit."""
        key, near, expected = None, None, None
        named = re.match(r"argument ([^:]+): (.*)", message, re.S)
        if named:
            key, message = named[1].split("/")[-1], named[2]
        found = _CHOICE.search(message)
        if found:
            allowed = self._choices(key)
            what = "command" if key in (None, "COMMAND") else "value"
            message, near = f"there is no {what} '{found['given']}'", nearest(found["given"], allowed)
            expected = "one of " + ", ".join(allowed)
            key = None if what == "command" else key
        raise InputError(Problem(message, self.prog, key=key, expected=expected, nearest=near))

    def parse(self, argv: list[str]) -> argparse.Namespace:
        """The arguments; raises InputError for what is wrong, with the nearest flag."""
        args, rest = self.parse_known_args(argv)
        if rest:
            used = getattr(args, "parser", self)
            flags = [flag for action in used._actions for flag in action.option_strings if flag.startswith("--")]
            problems = []
            for word in rest:
                name = word.partition("=")[0]
                if name.startswith("-"):
                    what, expected = f"there is no flag '{name}'", "one of " + ", ".join(flags)
                    problems.append(Problem(what, used.prog, expected=expected, nearest=nearest(name, flags)))
                else:
                    problems.append(Problem(f"'{word}' is one argument too many", used.prog))
            raise InputError(problems)
        return args

    def _choices(self, key: str | None) -> list[str]:
        for action in self._actions:
            names = [*action.option_strings, str(action.metavar), action.dest]
            if action.choices is not None and (key is None or key in names):
                return [str(choice) for choice in action.choices]
        return []


def whole_number(least: int) -> Any:
    """A type for ``add_argument``: a whole number of at least ``least``."""

    def read(text: str) -> int:
        try:
            value = int(text.replace("_", ""))
        except ValueError:
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from None
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is too small; expected at least {least}")
        return value

    return read


def list_of_designs(text: str) -> list[str]:
    """A type for ``add_argument``: names of designs with commas between them."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in DESIGNS:
            near = nearest(name, DESIGNS)
            hint = f" (did you mean '{near}'?)" if near else ""
            allowed = ", ".join(DESIGNS)
            raise argparse.ArgumentTypeError(f"there is no design '{name}'; expected some of {allowed}{hint}")
    if len(names) < 1 or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError("expected different designs with commas between them")
    return names


def add_scenario_arguments(parser: argparse.ArgumentParser, *, design: bool = True, policies: bool = False) -> None:
    """The arguments of every command that runs one scenario; with ``policies``, --policy may be given several times."""
    parser.add_argument("file", metavar="FILE", help="a scenario file, or the name of one of those that 'list' shows")
    if design:
        parser.add_argument(
            "--design", choices=DESIGNS, metavar="DESIGN", help="legacy, swap_desc or vswap; else the scenario's own"
        )
    parser.add_argument(
        "--set", dest="sets", metavar="KEY.PATH=VALUE", action="append", default=[],
        help="change a value of the scenario, as machine.frames=64 or machine.swapfile.0.slots=8192 (may be repeated)",
    )  # fmt: skip
    own = "a replacement or writeback policy of your own; its Python code is run (see docs/policies.md)"
    if policies:
        own += " (may be repeated)"
        parser.add_argument("--policy", metavar="FILE.py", action="append", default=[], help=own)
    else:
        parser.add_argument("--policy", metavar="FILE.py", help=own)
    parser.add_argument("--trace", metavar="FILE", help="references that take the place of all [[run]] parts")
    parser.add_argument(
        "--limit", metavar="N", type=whole_number(0), help="stop after N references; the scenario's checks are left out"
    )


def example_text(examples: Iterable[str]) -> str:
    """The end of a help text: examples, one a line."""
    return "examples:\n" + "\n".join(f"  {line}" for line in examples)
