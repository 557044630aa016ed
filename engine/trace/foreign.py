"""Output of other tools that somebody takes for a trace: which tool's it is, so that it can be said what to do."""

from __future__ import annotations

import re

from engine.errors import InputError, Problem
from engine.phrase import phrase

_LOOKED_AT = 1 << 16
_ENOUGH = 3
"""So many lines of a tool's form tell that it is that tool's output."""
_BEGINNINGS = (
    (b"PERFILE2", "perf record"),
    (b"PERFFILE", "perf record"),
)
_LINES = (
    (re.compile(rb"==\d+== "), "Valgrind"),
    (re.compile(rb"(?:I | [LSM]) {1,2}[0-9a-fA-F]+,\d+$"), "Valgrind"),
    (re.compile(rb"\s*\S.*\s\d+\s+(?:\[\d+\]\s+)?\d+\.\d{6,9}:\s"), "perf script"),
    (re.compile(rb"0x[0-9a-fA-F]+: [RW] 0x[0-9a-fA-F]+"), "Pin"),
    (re.compile(rb"(?:\d+\s+)?\w+\(.*\)\s+= (?:-?\d+|0x[0-9a-f]+|\?)"), "strace"),
)


def refuse_foreign(data: bytes, file: str) -> None:
    """Raise InputError when ``data`` is what another tool has written; ``file`` is its name for the message."""
    tool = tool_of(data)
    if tool is not None:
        expected = phrase("what '{command}' writes", command="swapscope record -o FILE.swt -- COMMAND")
        raise InputError(Problem(phrase("is output of {tool} and no trace", tool=tool), file, expected=expected))


def tool_of(data: bytes) -> str | None:
    """The tool that has written this; None where it is none of those known here."""
    for beginning, tool in _BEGINNINGS:
        if data.startswith(beginning):
            return tool
    found: dict[str, int] = {}
    for line in data[:_LOOKED_AT].split(b"\n"):
        for form, tool in _LINES:
            if form.match(line.rstrip()) or form.match(line):
                found[tool] = found.get(tool, 0) + 1
                if found[tool] >= _ENOUGH:
                    return tool
                break
    return None
