"""Where each key of a TOML text stands: ``tomllib`` gives values without places, this gives lines and offsets.

The scanner follows only what it needs to find keys: table headers, keys, and where each value
ends. It is meant for text that ``tomllib`` has accepted; on other text it stops early.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

Path = tuple[str | int, ...]
"""A place in a document: keys and, inside arrays, indices; ``("run", 2, "process")``."""

_INSIDE = {
    '"': re.compile(r'(?:[^"\\]+|\\.)*', re.DOTALL),
    '"""': re.compile(r'(?:[^"\\]+|\\.|"(?!""))*', re.DOTALL),
}
"""What a text in double quotes has before they end it."""
_BLANKS = re.compile(r"[ \t]*")
_SPACES = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
"""White space, line ends and comments."""
_BARE_KEY = re.compile(r"[^ \t\r\n.=\]#]*")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_LINE_END = re.compile(r"\n")


@dataclass(frozen=True)
class Header:
    """``[machine.zswap]`` or ``[[run]]``; the root of the document is the one with an empty path."""

    path: Path
    """With the index of the element, for an array of tables."""
    start: int
    end: int
    """Offsets of the first bracket and behind the last one."""


@dataclass(frozen=True)
class Pair:
    """``key = value``, or an element of an array in brackets, which has no key."""

    path: Path
    table: Path
    """Path of the header, inline table or array that it stands in."""
    inline: bool
    """It stands in an inline table or an array."""
    start: int
    """Offset of the key; of the value where there is no key."""
    value: int
    end: int
    """Offsets of the value's first letter and behind its last."""


@dataclass
class Layout:
    """Every header, pair and array element of a text, in the order they stand there."""

    headers: list[Header] = field(default_factory=lambda: [Header((), 0, 0)])
    pairs: list[Pair] = field(default_factory=list)

    def header(self, path: Path) -> Header | None:
        """The header of a table; None when the table has none."""
        return self._headers_by_path.get(path)

    def pair(self, path: Path) -> Pair | None:
        """The pair or array element at a path; None when there is none."""
        return self._pairs_by_path.get(path)

    @cached_property
    def _headers_by_path(self) -> dict[Path, Header]:
        return {header.path: header for header in reversed(self.headers)}

    @cached_property
    def _pairs_by_path(self) -> dict[Path, Pair]:
        return {pair.path: pair for pair in reversed(self.pairs)}


def layout_of(text: str) -> Layout:
    """Where everything in a TOML text stands; not to be changed, as others may be given the same one."""
    return _scanned(text).layout


def key_lines(text: str) -> dict[Path, int]:
    """The 1-based line of every key, table and array element of a TOML text."""
    return dict(_scanned(text).lines)


@lru_cache(maxsize=8)
def _scanned(text: str) -> _Scanner:
    """The text gone through once: an editor asks about the same one several times, from its threads as well."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of ``path``, or of the nearest thing around it that is there; None when nothing is."""
    for length in range(len(path), 0, -1):
        line = lines.get(path[:length])
        if line is not None:
            return line
    return None


def dotted(path: Path) -> str:
    """A path as people write it: ``run.2.process``."""
    return ".".join(str(part) for part in path)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.layout = Layout()
        self._line_starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._elements: dict[Path, int] = {}
        """How many ``[[…]]`` of each array of tables came so far."""

    def document(self) -> None:
        table: Path = ()
        while True:
            self._skip_space()
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self._header()
            elif not self._pair(table):
                return

    def _header(self) -> Path:
        line, start = self._line(), self.at
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        keys = self._key()
        self.at += 2 if array else 1
        path: Path = ()
        for place, key in enumerate(keys):
            path += (key,)
            self.lines.setdefault(path, line)
            if array and place == len(keys) - 1:
                self._elements[path] = self._elements.get(path, 0) + 1
            if path in self._elements:
                path += (self._elements[path] - 1,)
                self.lines.setdefault(path, line)
        self.layout.headers.append(Header(path, start, self.at))
        return path

    def _pair(self, table: Path, inline: bool = False) -> bool:
        """One ``key = value``; False when there is none, which only happens in text that is not TOML."""
        start, line = self.at, self._line()
        keys = self._key()
        self._skip(_BLANKS)
        if self.at == start or not self.text.startswith("=", self.at):
            self.at = len(self.text)
            return False
        path = table
        for key in keys:
            path += (key,)
            self.lines.setdefault(path, line)
        self.at += 1
        self._skip(_BLANKS)
        self._noted(path, table, inline, start)
        return True

    def _noted(self, path: Path, table: Path, inline: bool, start: int) -> None:
        """Go over a value and note where it stands, before what is inside it."""
        place, value = len(self.layout.pairs), self.at
        self._value(path)
        end = value + len(self.text[value : self.at].rstrip())
        self.layout.pairs.insert(place, Pair(path, table, inline, start, value, end))

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_BLANKS)
            start = self.at
            if self.text[start : start + 1] in ('"', "'"):
                self._string()
                keys.append(_unquoted(self.text[start : self.at]))
            else:
                self._skip(_BARE_KEY)
                keys.append(self.text[start : self.at])
            self._skip(_BLANKS)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _value(self, path: Path) -> None:
        letter = self.text[self.at : self.at + 1]
        if letter in ('"', "'"):
            self._string()
        elif letter == "[":
            self.at += 1
            index = 0
            while self._more("]"):
                self.lines.setdefault((*path, index), self._line())
                self._noted((*path, index), path, True, self.at)
                index += 1
        elif letter == "{":
            self.at += 1
            while self._more("}") and self._pair(path, True):
                pass
        else:
            self._skip(_BARE_VALUE)

    def _more(self, end: str) -> bool:
        """Whether another element follows before ``end``; steps over commas and the end itself."""
        self._skip_space()
        if self.text.startswith(",", self.at):
            self.at += 1
            self._skip_space()
        if self.at >= len(self.text):
            return False
        if self.text[self.at] == end:
            self.at += 1
            return False
        return True

    def _string(self) -> None:
        quote = self.text[self.at]
        marks = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(marks)
        if quote == "'":
            end = self.text.find(marks, self.at)
            self.at = len(self.text) if end < 0 else end
        else:
            found = _INSIDE[marks].match(self.text, self.at)
            self.at = found.end() if found else self.at
        self.at += len(marks)
        if len(marks) == 3:  # up to two quotes may stand directly before the closing three
            while self.text.startswith(quote, self.at):
                self.at += 1

    def _skip(self, what: re.Pattern[str]) -> None:
        found = what.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _skip_space(self) -> None:
        """Over white space, line ends and comments."""
        self._skip(_SPACES)

    def _line(self) -> int:
        return bisect_right(self._line_starts, self.at)


def _unquoted(word: str) -> str:
    if word.startswith("'") or "\\" not in word:
        return word[1:-1]
    import tomllib

    return str(tomllib.loads(f"key = {word}")["key"])
