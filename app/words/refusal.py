"""What the engine or a file refused, in the language of the window, for a box or a line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.words.said import said
from engine.errors import InputError, Problem

MOST_EXPECTED = 160
"""Letters of what would be allowed: a list of every key is too long for one line."""


def refusal(error: InputError) -> str:
    """Every problem on a line of its own: file, line and key, then what is wrong and what would be right."""
    lines = []
    for problem in error.problems:
        place = (problem.file or "") + (f":{problem.line}" if problem.line is not None else "")
        lines.append(": ".join(part for part in (place, problem.key, sentence(problem)) if part))
    return "\n".join(lines)


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


def tr(text: str) -> str:
    """Translate a text of a refusal."""
    return QCoreApplication.translate("refusal", text)
