"""What is wrong with something a person gave us, said so that they can mend it.

Every reader of outside input (scenario, trace, flag, settings file) collects :class:`Problem`
records and raises one :class:`InputError` with all of them. The command line prints them and
ends with exit code 2, the window shows them at their place; neither ever shows a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what it is, and what would be right."""

    what: str
    """The mistake in one sentence, without the place."""
    file: str | None = None
    line: int | None = None
    """1-based line of the file."""
    key: str | None = None
    """Dotted path of the key, as ``machine.zswap.max_pool_percent``."""
    expected: str | None = None
    """What is allowed here."""
    nearest: str | None = None
    """The allowed name most like the one that was given."""

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}"
        parts = [part for part in (place, self.key) if part]
        text = ": ".join([*parts, self.what])
        if self.expected:
            text += f"; expected {self.expected}"
        if self.nearest:
            text += f" (did you mean '{self.nearest}'?)"
        return text


class InputError(Exception):
    """Something a person gave us cannot be used; carries every mistake found, not only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most like ``name``, or None when none is near."""
    found = difflib.get_close_matches(name, list(allowed), n=1, cutoff=0.55)
    return found[0] if found else None
