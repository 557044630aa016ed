"""What is wrong, in the words that fields, text and list share."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from app.said import said
from engine.errors import Problem

MOST_EXPECTED = 160
"""Letters of what would be allowed: a list of every key is too long for one line."""


def sentence(problem: Problem) -> str:
    """The mistake, what would be right and the nearest name, in one line."""
    parts = [said(problem.what)]
    if problem.expected:
        expected = said(problem.expected)
        if len(expected) > MOST_EXPECTED:
            expected = expected[: MOST_EXPECTED - 1] + "…"
        parts.append(tr("Expected: {what}").format(what=expected))
    if problem.nearest:
        parts.append(tr("Did you mean “{name}”?").format(name=problem.nearest))
    return tr(". ").join(parts)


def at_key(problems: Iterable[Problem], key: str) -> Problem | None:
    """The problem of the value at a dotted key, or inside it."""
    return next((one for one in problems if one.key is not None and f"{one.key}.".startswith(f"{key}.")), None)


def tr(text: str) -> str:
    """Translate a text of the editor."""
    return QCoreApplication.translate("editor", text)
