"""A scenario's text changed at one place, as a hand would: comments, order and blank lines of all the rest stay.

Every function takes a text that is TOML and gives another one; nothing is kept between two calls. A
*place* is a path as :mod:`engine.scenario.positions` has it. LookupError says that there is no such
place, or none that can be changed without writing the file anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.scenario.model import Scenario
from engine.scenario.positions import Header, Layout, Pair, Path, dotted, layout_of
from engine.scenario.write import key_text, section_text, value_text

_TOP = ("machine", *(key for key in Scenario.model_fields if key not in ("format", "machine")))
"""The tables of a file in the order in which new ones are put."""
_COMMENT = re.compile(r"([ \t]+)#[^\n]*")


def put(text: str, path: Path, value: Any) -> str:
    """The text with another value at ``path``, or with the key, and the table around it, where they are missing.

    A comment behind the value stays in its column where there is room.
    """
    layout = layout_of(text)
    found = layout.pair(path)
    if found is not None:
        return _replaced(text, found.value, found.end, value_text(value))
    table, key = path[:-1], path[-1]
    if not isinstance(key, str):
        raise LookupError(f"there is no {dotted(path)}")
    line = f"{key_text(key)} = {value_text(value)}"
    around = layout.pair(table)
    if around is not None:
        return _put_inline(text, layout, around, line)
    if layout.header(path) is not None:  # a table that is to be a value: its header and keys go
        return put(_cut(text, *_block(text, layout, path)), path, value)
    header = layout.header(table)
    if header is not None:
        return _put_line(text, _content_end(text, layout, header), line)
    inside = [pair for pair in layout.pairs if pair.path[: len(table)] == table and not pair.inline]
    if inside:  # machine.zswap.enabled = true, without a header of its own
        last = inside[-1]
        before = table[len(last.table) :]
        return _put_line(text, _line_end(text, last.end), ".".join([*map(key_text, map(str, before)), line]))
    if any(isinstance(part, int) for part in table):
        raise LookupError(f"there is no {dotted(table)}")
    return _put_section(text, layout, table, {key: value}, array=False)


def put_all(text: str, values: Mapping[Path, Any]) -> str:
    """The text with other values at places that all have one already; LookupError where one has none."""
    layout = layout_of(text)
    found = [(layout.pair(path), value) for path, value in values.items()]
    places = [(pair, value) for pair, value in found if pair is not None]
    if len(places) != len(found):
        raise LookupError("one of the values is not there")
    for pair, value in sorted(places, key=lambda place: -place[0].value):
        text = _replaced(text, pair.value, pair.end, value_text(value))
    return text


def remove(text: str, path: Path) -> str:
    """The text without a key and the comment behind it, or without a whole table or element of an array of tables.

    A table's header that is left with nothing below it goes, too.
    """
    layout = layout_of(text)
    found = layout.pair(path)
    if found is None:
        if layout.header(path) is None:
            raise LookupError(f"there is no {dotted(path)}")
        start, end = _block(text, layout, path)
        return _cut(text, start, end)
    if found.inline:
        return _remove_inline(text, layout, found)
    text = text[: _line_start(text, found.start)] + text[_line_end(text, found.end) :]
    return _without_empty(text, found.table)


def insert(text: str, array: Path, index: int, table: Mapping[str, Any]) -> str:
    """The text with a new element of an array of tables before element ``index``, or behind the last one."""
    layout = layout_of(text)
    around = layout.pair(array)
    if around is not None:
        return _insert_inline(text, layout, around, index, value_text(dict(table)))
    length = array_length(layout, array)
    if not 0 <= index <= length:
        raise LookupError(f"there is no place {index} in {dotted(array)}")
    if not length:
        return _put_section(text, layout, array, table, array=True)
    made = section_text(table, _names(array), array=True)
    if index < length:
        at = _block(text, layout, (*array, index))[0]
        return text[:at] + made + "\n" + text[at:]
    at = _block(text, layout, (*array, length - 1))[1]
    return _joined(text[:at], made, text[at:])


def reorder(text: str, array: Path, order: Sequence[int]) -> str:
    """The text with the elements of an array in another order: ``order`` names, for each place, who stands there.

    Comments right above an element move with it; what stands between elements stays where it is.
    """
    layout = layout_of(text)
    if sorted(order) != list(range(len(order))) or len(order) != array_length(layout, array):
        raise LookupError(f"{list(order)} is no order of {dotted(array)}")
    if layout.pair(array) is None and not text.endswith("\n"):
        text += "\n"
    extents = [_extent(text, layout, (*array, index)) for index in range(len(order))]
    made, at = "", 0
    for (start, end), wanted in zip(extents, order, strict=True):
        made += text[at:start] + text[slice(*extents[wanted])]
        at = end
    return made + text[at:]


def duplicate(text: str, path: Path) -> str:
    """The text with an element of an array of tables twice, the second one behind the first, comments and all."""
    layout = layout_of(text)
    found = layout.pair(path)
    if found is not None:
        around = layout.pair(path[:-1])
        if around is None or not isinstance(path[-1], int):
            raise LookupError(f"there is no element {dotted(path)}")
        return _insert_inline(text, layout, around, path[-1] + 1, text[found.value : found.end])
    if not isinstance(path[-1], int) or layout.header(path) is None:
        raise LookupError(f"there is no element {dotted(path)}")
    end = _block(text, layout, path)[1]
    header = layout.header(path)
    assert header is not None
    copy = text[_line_start(text, header.start) : end]
    return _joined(text[:end], copy, text[end:])


def array_length(layout: Layout, array: Path) -> int:
    """How many elements an array has: one in brackets, or one of ``[[…]]`` tables."""
    depth = len(array)
    paths = [pair.path for pair in layout.pairs] + [header.path for header in layout.headers]
    places = [path[depth] for path in paths if len(path) == depth + 1 and path[:depth] == array]
    return 1 + max((place for place in places if isinstance(place, int)), default=-1)


# -- keys and tables ---------------------------------------------------------------------------


def _replaced(text: str, start: int, end: int, value: str) -> str:
    comment = _COMMENT.match(text, end)
    if comment is None or "\n" in text[start:end] or "\n" in value or len(comment[1]) < 2:
        return text[:start] + value + text[end:]
    gap = max(1, len(comment[1]) + (end - start) - len(value))
    return text[:start] + value + " " * gap + text[comment.end(1) :]


def _put_line(text: str, at: int, line: str) -> str:
    before = text[:at]
    if before and not before.endswith("\n"):
        before += "\n"
    return before + line + "\n" + text[at:]


def _put_section(text: str, layout: Layout, path: Path, table: Mapping[str, Any], array: bool) -> str:
    """A new header with its keys, behind what comes before it in the format's order."""
    around = max((header.path for header in layout.headers if path[: len(header.path)] == header.path), key=len)
    if isinstance(around[-1] if around else None, int):
        at = _block(text, layout, around)[1]
    else:
        mine = _rank(path, array)
        before = [header for header in layout.headers
                  if not header.path or _rank(header.path, _is_array(header)) <= mine]  # fmt: skip
        at = max(_content_end(text, layout, header) for header in before)
    return _joined(text[:at], section_text(table, _names(path), array), text[at:])


def _rank(path: Path, array: bool) -> tuple[int, bool]:
    """Where a table stands among the others: the machine's own before its swapfiles, then as in the format."""
    top = str(path[0])
    return (_TOP.index(top) if top in _TOP else len(_TOP), array)


def _is_array(header: Header) -> bool:
    return any(isinstance(part, int) for part in header.path)


def _joined(before: str, made: str, after: str) -> str:
    """A section between two pieces of text, with a blank line on both sides."""
    if before and not before.endswith("\n"):
        before += "\n"
    if before and not before.endswith("\n\n"):
        before += "\n"
    if after and not after.startswith("\n"):
        made += "\n"
    return before + made + after


def _without_empty(text: str, table: Path) -> str:
    """The text without the header of a plain table that has nothing left, not even a comment."""
    layout = layout_of(text)
    header = layout.header(table)
    if header is None or not table or isinstance(table[-1], int):
        return text
    place = layout.headers.index(header)
    following = layout.headers[place + 1].start if place + 1 < len(layout.headers) else len(text)
    if text[header.end : following].strip():
        return text
    return _cut(text, _line_start(text, header.start), _line_end(text, header.end))


def _cut(text: str, start: int, end: int) -> str:
    """The text without a block of lines and the blank lines that set it apart."""
    before, after = text[:start], text[end:]
    if not after.strip():
        return before.rstrip("\n") + "\n" if before.strip() else ""
    return before + after.lstrip("\n")


def _names(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path if isinstance(part, str))


# -- where a table begins and ends -------------------------------------------------------------


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Behind the end of the line."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _content_end(text: str, layout: Layout, header: Header) -> int:
    """Behind the last line of a header's own keys."""
    place = layout.headers.index(header)
    following = layout.headers[place + 1].start if place + 1 < len(layout.headers) else len(text)
    own = [pair.end for pair in layout.pairs if not pair.inline and header.end <= pair.start < following]
    if not own and not header.path:
        return _comments_above(text, following) if following < len(text) else len(text)
    return _line_end(text, max([header.end, *own]))


def _comments_above(text: str, start: int) -> int:
    """Where the comments right above a line begin."""
    at = _line_start(text, start)
    while at and text[_line_start(text, at - 1) : at].lstrip(" \t").startswith("#"):
        at = _line_start(text, at - 1)
    return at


def _block(text: str, layout: Layout, path: Path) -> tuple[int, int]:
    """An element of an array of tables with the comments right above it and all tables inside it."""
    places = [place for place, header in enumerate(layout.headers) if header.path[: len(path)] == path]
    if not places or places != list(range(places[0], places[0] + len(places))):
        raise LookupError(f"{dotted(path)} is not in one piece")
    start = _comments_above(text, layout.headers[places[0]].start)
    return start, _content_end(text, layout, layout.headers[places[-1]])


def _extent(text: str, layout: Layout, path: Path) -> tuple[int, int]:
    """An element of any array."""
    found = layout.pair(path)
    if found is not None:
        return found.value, found.end
    return _block(text, layout, path)


# -- inside brackets ---------------------------------------------------------------------------


def _inside(layout: Layout, around: Pair) -> list[Pair]:
    """The pairs or elements directly inside a pair of brackets or braces."""
    return [pair for pair in layout.pairs if pair.table == around.path and pair.inline
            and around.value < pair.start < around.end]  # fmt: skip


def _put_inline(text: str, layout: Layout, around: Pair, line: str) -> str:
    if text[around.value] != "{":
        raise LookupError(f"{dotted(around.path)} is no table")
    inside = _inside(layout, around)
    if not inside:
        return text[: around.value] + "{ " + line + " }" + text[around.end :]
    at = inside[-1].end
    return text[:at] + ", " + line + text[at:]


def _insert_inline(text: str, layout: Layout, around: Pair, index: int, value: str) -> str:
    if text[around.value] != "[":
        raise LookupError(f"{dotted(around.path)} is no array")
    inside = _inside(layout, around)
    if not 0 <= index <= len(inside):
        raise LookupError(f"there is no place {index} in {dotted(around.path)}")
    if not inside:
        return text[: around.value] + f"[{value}]" + text[around.end :]
    first = inside[0].start
    indent = text[_line_start(text, first) : first]
    between = ", " if indent.strip() else f",\n{indent}"
    if index == len(inside):
        return text[: inside[-1].end] + between + value + text[inside[-1].end :]
    return text[: inside[index].start] + value + between + text[inside[index].start :]


def _remove_inline(text: str, layout: Layout, found: Pair) -> str:
    inside = [pair for pair in layout.pairs if pair.table == found.table and pair.inline]
    place = inside.index(found)
    if place + 1 < len(inside):
        following = inside[place + 1].start
        if "#" not in text[found.end : following]:
            return text[: found.start] + text[following:]
        comma = text.index(",", found.end)
        return text[: found.start] + text[comma + 1 :].lstrip(" \t")
    if place:
        return text[: inside[place - 1].end] + text[found.end :]
    around = layout.pair(found.table)
    if around is None:
        raise LookupError(f"there is no {dotted(found.table)}")
    empty = "{}" if text[around.value] == "{" else "[]"
    return text[: around.value] + empty + text[around.end :]
