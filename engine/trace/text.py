"""The plain text form of a recording: one reference a line, made by hand or by any script.

``r 17`` and ``w 17``, then optionally ``*250`` (so many in a row) and a process name; ``mark NAME``;
``#`` begins a comment. ``process``, ``region``, ``command`` and ``window`` lines keep what else a
recording knows.
``docs/traces.md`` has the whole form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from engine.errors import InputError, Problem, nearest
from engine.phrase import phrase
from engine.trace.recording import MAX_PAGE, Recording, Region, check_word

DEFAULT_PROCESS = "program"
MOST_PROBLEMS = 20
FOREIGN = 4
"""So many lines that begin as none of a trace does, and no reference: another kind of file."""
_NO_LINE = "begins no line of a trace"
_CHUNK = 1 << 22
_MOST_REPEATS = (1 << 62) - 1
_WORDS = ("r", "w", "mark", "process", "region", "command", "window")
_NUMBER = re.compile(r"[0-9]{1,19}|0x[0-9a-fA-F]{1,15}")


class _BadLine(Exception):
    """One line that cannot be used; carries what and expected."""


class _Lines(dict[bytes, int]):
    """From a line's bytes to a small number, each different line read once.

    A trace says the same few thousand lines again and again, so a dictionary's look-up is most of the
    work and ten million lines take seconds. What a line means lies in the lists, by its number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.processes: dict[str, int] = {}
        self.process: list[int] = []
        self.page: list[int] = []
        self.write: list[bool] = []
        self.count: list[int] = []
        """0 when the line is no reference."""
        self.other: dict[int, tuple[str, list[str]]] = {}
        """Line number here -> (word, the rest of the words) of directives."""
        self.bad: dict[int, tuple[str, str | None, str | None]] = {}
        """Line number here -> (what, expected, nearest)."""

    def __missing__(self, line: bytes) -> int:
        self[line] = number = len(self.count)
        self.process.append(0)
        self.page.append(0)
        self.write.append(False)
        self.count.append(0)
        try:
            words = line.decode().split("#", 1)[0].split()
        except UnicodeDecodeError:
            self.bad[number] = ("is not UTF-8 text", None, None)
            return number
        try:
            if words and words[0] in ("r", "w"):
                self._reference(number, words)
            elif words:
                self._directive(number, words, line.decode())
        except _BadLine as error:
            what, expected, near = (*error.args, None, None)[:3]
            self.bad[number] = (what, expected, near)
        return number

    def _reference(self, number: int, words: list[str]) -> None:
        form = f"'{words[0]} PAGE [*COUNT] [PROCESS]'"
        if len(words) < 2:
            raise _BadLine(phrase("the page is missing"), form)
        page = read_number(words[1], phrase("page"), MAX_PAGE)
        rest = words[2:]
        count = 1
        if rest and rest[0].startswith("*"):
            count = read_number(rest[0][1:], phrase("count after '*'"), _MOST_REPEATS, least=1)
            rest = rest[1:]
        if len(rest) > 1:
            raise _BadLine(phrase("'{rest}' is one word too many", rest=rest[1]), form)
        name = rest[0] if rest else DEFAULT_PROCESS
        self.process[number] = self.number_of(name)
        self.page[number], self.write[number], self.count[number] = page, words[0] == "w", count

    def _directive(self, number: int, words: list[str], line: str) -> None:
        word, rest = words[0], words[1:]
        if word not in _WORDS:
            near = nearest(word, _WORDS) or nearest(word.lower(), _WORDS)
            raise _BadLine(
                phrase("'{word}' begins no line of a trace", word=word[:40]),
                phrase("{names} or #", names=", ".join(_WORDS)),
                near,
            )
        if word == "command":
            rest = [line.split(None, 1)[1].strip()] if rest else []
        if word == "process":
            self.number_of(_one_word(word, rest))
        else:
            self.other[number] = (word, rest)

    def number_of(self, process: str) -> int:
        """The number of a process, a new one when it is named for the first time."""
        if process not in self.processes:
            _check("process", process)
        return self.processes.setdefault(process, len(self.processes))


def read_number(word: str, what: str, most: int, least: int = 0) -> int:
    """A decimal or ``0x`` number within bounds; raises the error for a line otherwise."""
    value = int(word, 16 if word.startswith("0x") else 10) if _NUMBER.fullmatch(word) else -1
    if not least <= value <= most:
        raise _BadLine(
            phrase("'{word}' is no {what}", word=word[:40], what=what),
            phrase("a whole number {least} to {most}", least=least, most=most),
        )
    return value


def parse_text(data: bytes, name: str) -> Recording:
    """The recording in the text ``data``; ``name`` is the file's name for messages.

    Raises InputError with every mistake's line (the first 20, and how many more there are).
    """
    if b"\0" in data[:4096]:
        raise InputError(
            Problem(
                phrase("is neither a text trace nor a binary one"), file=name, expected=phrase("see docs/traces.md")
            )
        )
    lines = _Lines()
    parts = [np.fromiter(map(lines.__getitem__, chunk), np.int64, len(chunk)) for chunk in _chunks(data)]
    ids = np.concatenate(parts) if parts else np.empty(0, np.int64)
    count = np.array(lines.count, np.int64)[ids]
    is_reference = count > 0
    position = np.cumsum(is_reference)
    marks: list[tuple[int, str]] = []
    header = _Header()
    problems: list[Problem] = []
    odd = np.zeros(len(lines.count), np.bool_)
    odd[[*lines.other, *lines.bad]] = True
    for index in np.flatnonzero(odd[ids]).tolist():
        number = int(ids[index])
        what: tuple[str, str | None, str | None] | None = lines.bad.get(number)
        if what is None:
            word, rest = lines.other[number]
            try:
                if word == "mark":
                    marks.append((int(position[index]), _check("mark", _one_word(word, rest))))
                else:
                    header.take(word, rest, lines)
            except _BadLine as error:
                what = (*error.args, None, None)[:3]
        if what is not None:
            problems.append(Problem(what[0], name, index + 1, expected=what[1], nearest=what[2]))
    if not problems and not is_reference.any():
        problems.append(Problem(phrase("has no references"), name, expected=phrase("lines such as 'r 17' or 'w 17'")))
    foreign = [problem for problem in problems if problem.what.endswith(_NO_LINE)]
    if len(foreign) >= FOREIGN and not is_reference.any() and not marks:
        # One word about the whole says more than the same one for each line.
        first = foreign[0]
        said = phrase("is no trace: {what}, nor do {number} more lines", what=first.what, number=len(foreign) - 1)
        problems = [Problem(said, name, first.line, expected=first.expected)]
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems[MOST_PROBLEMS:] = [
            Problem(phrase("and {more} more mistakes", more=more) if more > 1 else phrase("and one more mistake"), name)
        ]
    if problems:
        raise InputError(problems)
    kept = ids[is_reference]
    try:
        return Recording(
            process=np.array(lines.process, np.int64)[kept].astype(np.uint8),
            page=np.array(lines.page, np.int64)[kept],
            write=np.array(lines.write, np.bool_)[kept],
            count=count[is_reference],
            processes=tuple(lines.processes),
            regions=tuple(header.regions),
            marks=tuple(marks),
            command=header.command,
            window=header.window,
        )
    except ValueError as error:
        raise InputError(Problem(str(error), name)) from None


class _Header:
    """What ``region``, ``command`` and ``window`` lines say."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self.command = ""
        self.window = 1

    def take(self, word: str, rest: list[str], lines: _Lines) -> None:
        if word == "command":
            self.command = rest[0] if rest else ""
        elif word == "window":
            self.window = read_number(_one_word(word, rest), phrase("window"), MAX_PAGE, least=1)
        else:
            self._region(rest, lines)

    def _region(self, rest: list[str], lines: _Lines) -> None:
        form = "'region NAME FIRST_PAGE PAGES ADDRESS anonymous|file [PROCESS]'"
        if len(rest) not in (5, 6) or rest[4] not in ("anonymous", "file"):
            raise _BadLine(phrase("is no region"), form)
        first = read_number(rest[1], phrase("first page"), MAX_PAGE)
        pages = read_number(rest[2], phrase("number of pages"), MAX_PAGE + 1, least=1)
        address = read_number(rest[3], phrase("address"), (1 << 60) - 1)
        name = rest[5] if len(rest) == 6 else DEFAULT_PROCESS
        number = lines.number_of(name)
        self.regions.append(Region(number, _check("region", rest[0]), first, pages, address, rest[4] == "file"))


def _one_word(word: str, rest: list[str]) -> str:
    if len(rest) != 1:
        raise _BadLine(
            phrase("'{word}' takes one word, not {number}", word=word, number=len(rest)),
            phrase("'{word} NAME'", word=word),
        )
    return rest[0]


def _check(what: str, name: str) -> str:
    try:
        check_word(what, name)
    except ValueError as error:
        raise _BadLine(str(error)) from None
    return name


def _chunks(data: bytes) -> Iterator[list[bytes]]:
    """The lines of ``data`` in lists of some megabytes each, without their line ends."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + _CHUNK) + 1 or len(data)
        lines = data[start:end].split(b"\n")
        if not lines[-1]:
            lines.pop()
        yield lines
        start = end


def format_text(recording: Recording) -> bytes:
    """``recording`` as text that :func:`parse_text` reads back to the same recording."""
    many = recording.processes != (DEFAULT_PROCESS,)

    def suffix(number: int) -> str:
        return f" {recording.processes[number]}" if many else ""

    head = [f"process {name}" for name in recording.processes] if many else []
    if recording.command:
        head.append(f"command {' '.join(recording.command.split())}")
    if recording.window != 1:
        head.append(f"window {recording.window}")
    for r in recording.regions:
        kind = "file" if r.file else "anonymous"
        head.append(f"region {r.name} {r.first_page} {r.pages} {r.address:#x} {kind}{suffix(r.process)}")
    columns = (recording.process, recording.page, recording.write, recording.count)
    body = [
        f"{'w' if write else 'r'} {page}{f' *{count}' if count > 1 else ''}{suffix(process)}"
        for process, page, write, count in zip(*(column.tolist() for column in columns), strict=True)
    ]
    lines = list(head)
    done = 0
    for position, mark in recording.marks:
        lines += body[done:position]
        lines.append(f"mark {mark}")
        done = position
    lines += body[done:]
    return ("\n".join(lines) + "\n").encode()
