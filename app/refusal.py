"""What the engine or a file refused, in the language of the window, for a box or a line."""

from __future__ import annotations

from app.editor.mistakes import sentence
from engine.errors import InputError


def refusal(error: InputError) -> str:
    """Every problem on a line of its own: file, line and key, then what is wrong and what would be right."""
    lines = []
    for problem in error.problems:
        place = (problem.file or "") + (f":{problem.line}" if problem.line is not None else "")
        lines.append(": ".join(part for part in (place, problem.key, sentence(problem)) if part))
    return "\n".join(lines)
