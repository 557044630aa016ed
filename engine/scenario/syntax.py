"""What is wrong with a text that is not TOML: the line as it stands, the mistake, and what would be right.

Python's parser has words of its own for programmers, and none for what should be there instead.
"""

from __future__ import annotations

import re
import tomllib

from engine.errors import Problem
from engine.phrase import phrase

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_CURLED = "“”„‘’‚«»"
_MOST_SHOWN = 60

_PAIR = phrase("KEY = VALUE, or [TABLE]")
_TWICE = phrase("this key has a value already"), phrase("each key once")
_OPEN_TEXT = phrase("a text is not closed"), phrase("the same quote at its end")
_BACKSLASH = phrase("a backslash in a text in double quotes means nothing here"), phrase("\\\\, or 'single quotes'")
_WORDS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("Invalid value", (phrase("this is no value"), phrase('a number, true, false, "text", an array or a table'))),
    ("Invalid statement", (phrase("a key is missing"), _PAIR)),
    ("Invalid initial character", (phrase("a key is missing"), phrase("letters, digits, - and _"))),
    ("Expected '=' after a key", (phrase("'=' is missing behind the key"), _PAIR)),
    ("Expected newline", (phrase("something stands behind the value"), phrase("one KEY = VALUE a line"))),
    ("Cannot declare", (phrase("this table is there already"), phrase("each [TABLE] once, or [[TABLE]] each time"))),
    ("Cannot", _TWICE),
    ("Duplicate inline table key", _TWICE),
    ("Expected ']'", (phrase("a bracket is not closed"), "']'")),
    ("Expected ']]'", (phrase("a bracket is not closed"), "']]'")),
    ("Unclosed array", (phrase("an array is not closed"), phrase("commas between its values, and ']' at its end"))),
    ("Unclosed inline table", (phrase("a table is not closed"), phrase("commas, and a brace at its end, in one line"))),
    ("Unterminated string", _OPEN_TEXT),
    ('Expected "', _OPEN_TEXT),
    ("Illegal character '\\n'", _OPEN_TEXT),
    ("Unescaped", _BACKSLASH),
    ("Invalid hex value", _BACKSLASH),
    ("Escaped character", _BACKSLASH),
    ("Invalid date", (phrase("there is no such day or time"), phrase('"text" in quotes'))),
    ("Illegal character", (phrase("a character that cannot be seen"), phrase("text that can be read"))),
    ("Found invalid character", (phrase("a character that cannot be seen"), phrase("text that can be read"))),
)
"""How the parser's message begins, the mistake, and what is right; of several that fit, the first."""


def syntax_problem(error: tomllib.TOMLDecodeError, text: str, file: str) -> Problem:
    """The mistake that stopped the parser; ``text`` is what it read, ``file`` where that is from."""
    message = str(error)
    found = _AT.search(message)
    lines = text.split("\n")
    if found and found[1]:
        number, column = int(found[1]), int(found[2])
    else:  # It wanted more where the text ends: the last line that has anything is the one to look at.
        number = len(text.rstrip().split("\n"))
        column = len(lines[number - 1]) + 1
    line = lines[number - 1]
    why, expected = _told(message, line[column - 1 : column])
    what = phrase("{line} is not TOML: {why}", line=_shown(line, column), why=why)
    return Problem(what, file, number, expected=expected)


def _told(message: str, sign: str) -> tuple[str, str | None]:
    """Mistake, and what is right, where the parser stopped with a message at a sign (nothing: at a line's end)."""
    if sign and sign in _CURLED:
        return phrase("these quotes are typographic"), phrase('straight quotes, as "text"')
    found = (words for start, words in _WORDS if message.startswith(start))
    return next(found, (phrase("this cannot be read"), None))


def _shown(line: str, column: int) -> str:
    """The line, or of a long one the part around a column."""
    start = max(min(column - _MOST_SHOWN // 2, len(line) - _MOST_SHOWN), 0)
    part = "".join(sign if sign.isprintable() else "·" for sign in line[start : start + _MOST_SHOWN].strip())
    return "'" + "…" * (start > 0) + part + "…" * (start + _MOST_SHOWN < len(line)) + "'"
