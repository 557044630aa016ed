"""One operation of a run as one 64-bit word: what goes in, before any machine sees it.

A run's input is an ``int64`` array with one word an operation. Words, not objects, because a
run may hold ten million of them, because the compiled model reads them directly, and because
"change a knob here" is then nothing but a word inserted at an index (see :mod:`engine.timeline`).

====== ==================== ==================== ==================== ====================
bits   ``READ``, ``WRITE``  ``SET``              ranges (``PAGEOUT``…) ``FORK``, ``SWAPON``…
====== ==================== ==================== ==================== ====================
0-4    the operation's kind kind                 kind                 kind
5-11   process number       unused               process number       process, or swapfile
12-31  repeats after first  setting number       pages - 1            child process
32-62  page of the process  value, 0 … 2³¹-1     first page           unused
====== ==================== ==================== ==================== ====================

``MARK`` keeps the number of the mark and ``IDLE`` its nanoseconds where ``SET`` has the value. ``EXEC``
starts a process: bits 12-31 are its pages - 1, bits 32-62 the first image its pages are made from.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Op(IntEnum):
    """The kinds of operation."""

    READ = 1
    WRITE = 2
    SET = 3
    MARK = 4
    IDLE = 5
    FORK = 6
    EXIT = 7
    MUNMAP = 8
    PAGEOUT = 9
    COLD = 10
    DONTNEED = 11
    WILLNEED = 12
    MLOCK = 13
    MUNLOCK = 14
    SWAPON = 15
    SWAPOFF = 16
    EXEC = 17


KIND_MASK = 0x1F
WHO_SHIFT = 5
WHO_MASK = 0x7F
COUNT_SHIFT = 12
COUNT_MASK = 0xFFFFF
VALUE_SHIFT = 32

MAX_PROCESSES = WHO_MASK + 1
MAX_COUNT = COUNT_MASK
MAX_VALUE = (1 << 31) - 1

Ops = NDArray[np.int64]


def encode_references(
    process: NDArray[np.integer], page: NDArray[np.integer], write: NDArray[np.bool_], count: NDArray[np.integer]
) -> Ops:
    """References as operation words.

    All arrays have shape (n,): process number, page of the process, whether it writes, and how
    many times in a row the page was touched (at least 1; folded repeats past ``MAX_COUNT`` are
    capped, they only lengthen the time the reference takes).
    """
    kind = np.where(write, int(Op.WRITE), int(Op.READ)).astype(np.int64)
    repeats = np.minimum(count.astype(np.int64) - 1, MAX_COUNT)
    who = process.astype(np.int64) << WHO_SHIFT
    words: Ops = kind | who | (repeats << COUNT_SHIFT) | (page.astype(np.int64) << VALUE_SHIFT)
    return words


def encode(op: Op, who: int = 0, value: int = 0, count: int = 0) -> int:
    """One operation as a word; ``count`` is repeats, pages - 1, setting or child as the kind has it."""
    if not 0 <= who < MAX_PROCESSES:
        raise ValueError(f"a process number must be 0 to {MAX_PROCESSES - 1}, not {who}")
    if not 0 <= value <= MAX_VALUE:
        raise ValueError(f"an operation's value must be 0 to {MAX_VALUE}, not {value}")
    if not 0 <= count <= MAX_COUNT:
        raise ValueError(f"an operation's count must be 0 to {MAX_COUNT}, not {count}")
    return int(op) | who << WHO_SHIFT | count << COUNT_SHIFT | value << VALUE_SHIFT


def encode_setting(setting: int, value: int) -> int:
    """The word that sets setting number ``setting`` (see ``engine.mm.image.schema``) to ``value``."""
    return encode(Op.SET, value=value, count=setting)


def encode_range(op: Op, who: int, first: int, pages: int) -> int:
    """An operation on ``pages`` pages (at least 1, at most 2²⁰) of a process from page ``first``."""
    return encode(op, who, first, pages - 1)


def encode_mark(number: int) -> int:
    """The word of mark ``number``: it changes nothing, it only says where the run has come to."""
    return encode(Op.MARK, value=number)
