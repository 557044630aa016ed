"""What Valgrind's Lackey prints, read in chunks: lines of text to arrays of page and kind.

With ``--trace-mem=yes`` Lackey prints one line an access: ``I  0401ab70,3`` for an instruction fetch,
`` L 1fff000768,8``, `` S …`` and `` M …`` for a load, a store and a modify, each with the address in
hexadecimal and the size in bytes. Everything else Valgrind says begins with ``==PID==`` or ``--PID--``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.trace.recording import PAGE_BYTES

_PAGE_SHIFT = PAGE_BYTES.bit_length() - 1
_SHORTEST_LINE = len(" L 1,1")
_LONGEST_ADDRESS = 16
_LONGEST_SIZE = 4
_PADDING = 32  # zero bytes after the chunk, so that looking past a short last line stays inside

_HEX = np.full(256, 255, np.uint8)
_HEX[[ord(c) for c in "0123456789abcdef"]] = np.arange(16)
_HEX[[ord(c) for c in "ABCDEF"]] = np.arange(10, 16)

_KINDS = np.zeros(256, np.uint8)
_LOAD, _STORE, _MODIFY = 1, 2, 3
_KINDS[[ord("L"), ord("S"), ord("M")]] = _LOAD, _STORE, _MODIFY


class Accesses(NamedTuple):
    """Accesses of a chunk, in order."""

    page: NDArray[np.int64]
    """(n,) byte address divided by 4096."""
    write: NDArray[np.bool_]
    """(n,) whether it writes."""
    messages: list[str]
    """What Valgrind itself said, without its ``==PID==``."""


def read_lines(chunk: bytes, *, instructions: bool = False) -> Accesses:
    """The accesses in ``chunk``, which ends with a complete line.

    A modify is a read and then a write; an access across the end of a page is one for each page.
    Instruction fetches are left out unless ``instructions``. Lines of another form are passed over.
    """
    text = np.frombuffer(chunk + bytes(_PADDING), np.uint8)
    ends = np.flatnonzero(text[: len(chunk)] == ord("\n"))
    starts = np.concatenate([np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1])
    first = text[starts]
    kind = _KINDS[text[starts + 1]] * (first == ord(" "))
    if instructions:
        kind[(first == ord("I")) & (text[starts + 1] == ord(" "))] = _LOAD
    kind *= (text[starts + 2] == ord(" ")) & (ends - starts >= _SHORTEST_LINE)
    lines = np.flatnonzero(kind)
    kind = kind[lines]
    address, after = _read_number(text, starts[lines] + 3, 16, _LONGEST_ADDRESS)
    size, after_size = _read_number(text, after + 1, 10, _LONGEST_SIZE)
    good = (text[after] == ord(",")) & (after_size == ends[lines]) & (size > 0)
    if not good.all():
        kind, address, size = kind[good], address[good], size[good]

    page = (address >> np.uint64(_PAGE_SHIFT)).astype(np.int64)
    pages = ((address + size - np.uint64(1)) >> np.uint64(_PAGE_SHIFT)).astype(np.int64) - page + 1
    times = pages * np.where(kind == _MODIFY, 2, 1)
    which = np.repeat(np.arange(len(page)), times)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    second_half = nth >= pages[which]
    return Accesses(
        page[which] + nth - np.where(second_half, pages[which], 0),
        (kind[which] == _STORE) | second_half,
        [_message(chunk[starts[i] : ends[i]]) for i in np.flatnonzero((first == ord("=")) | (first == ord("-")))],
    )


def _read_number(
    text: NDArray[np.uint8], at: NDArray[np.int64], base: int, longest: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The numbers that begin at ``at`` (k,), and the place (k,) after each; 0 and ``at`` where there is none."""
    value = np.zeros(len(at), np.uint64)
    reading = np.ones(len(at), np.bool_)
    after = at.copy()
    for column in range(longest):
        digit = _HEX[text[at + column]]
        reading &= digit < base
        if not reading.any():
            break
        value = np.where(reading, value * np.uint64(base) + digit, value)
        after += reading
    return value, after


def _message(line: bytes) -> str:
    text = line.decode(errors="replace")
    return text.split(text[:2], 2)[-1].strip()
