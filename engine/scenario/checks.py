"""A scenario's own checks held against a run."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from engine.scenario.model import Check, Scenario

_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of one check."""

    check: Check
    found: int | str | None
    """The value there was; None where the run never came to the check's mark."""
    passed: bool

    def __str__(self) -> str:
        check = self.check
        where = f" at '{check.at}'" if check.at else ""
        text = f"{check.name}{where} {check.op} {check.value}"
        if self.found is None:
            return f"{text}: the run never came there"
        return text if self.passed else f"{text}: it is {self.found}"


def judge(scenario: Scenario, design: str, value_of: Callable[[str, str | None], int | str | None]) -> list[Verdict]:
    """Every check that is meant for ``design``; ``value_of(name, mark)`` gives a figure of the run."""
    verdicts = []
    for check in scenario.check:
        if check.design not in (None, design):
            continue
        found = value_of(check.name, check.at)
        verdicts.append(Verdict(check, found, holds(check, found)))
    return verdicts


def holds(check: Check, found: int | str | None) -> bool:
    """Whether a figure is what the check wants; texts can only be equal or not."""
    if isinstance(found, int) and isinstance(check.value, int):
        return _OPERATORS[check.op](found, check.value)
    if found is None or check.op not in ("==", "!="):
        return False
    return (found == check.value) == (check.op == "==")
