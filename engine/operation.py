"""One operation of a run as one 64-bit word: what goes in, before any machine sees it.

A run's input is an ``int64`` array with one word an operation. Words, not objects, because a
run may hold ten million of them, because the compiled model reads them directly, and because
"change a knob here" is then nothing but a word inserted at an index (see :mod:`engine.timeline`).

====== ======================= ==========================================================
bits   ``TOUCH_*``             ``SET``                      ``MARK``
====== ======================= ==========================================================
0-3    the operation's kind    kind                         kind
4-11   process number          setting number               unused
12-31  repeats after the first unused                       unused
32-62  page of the process     value, 0 … 2³¹−1             number of the mark
====== ======================= ==========================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

OP_READ = 1
OP_WRITE = 2
OP_SET = 3
OP_MARK = 4

KIND_MASK = 0xF
WHO_SHIFT = 4
WHO_MASK = 0xFF
REPEAT_SHIFT = 12
REPEAT_MASK = 0xFFFFF
VALUE_SHIFT = 32

MAX_PROCESSES = WHO_MASK + 1
MAX_REPEATS = REPEAT_MASK
MAX_VALUE = (1 << 31) - 1

Ops = NDArray[np.int64]


def encode_references(
    process: NDArray[np.integer], page: NDArray[np.integer], write: NDArray[np.bool_], count: NDArray[np.integer]
) -> Ops:
    """References as operation words.

    All arrays have shape (n,): process number, page of the process, whether it writes, and how
    many times in a row the page was touched (at least 1; folded repeats past ``MAX_REPEATS`` are
    capped, they only lengthen the time the reference takes).
    """
    kind = np.where(write, OP_WRITE, OP_READ).astype(np.int64)
    repeats = np.minimum(count.astype(np.int64) - 1, MAX_REPEATS)
    who = process.astype(np.int64) << WHO_SHIFT
    words: Ops = kind | who | (repeats << REPEAT_SHIFT) | (page.astype(np.int64) << VALUE_SHIFT)
    return words


def encode_setting(setting: int, value: int) -> int:
    """The word that sets setting number ``setting`` (see ``engine.mm.image.SETTINGS``) to ``value``."""
    if not 0 <= value <= MAX_VALUE:
        raise ValueError(f"a setting's value must be 0 to {MAX_VALUE}, not {value}")
    return OP_SET | (setting << WHO_SHIFT) | (value << VALUE_SHIFT)


def encode_mark(number: int) -> int:
    """The word of mark ``number``: it changes nothing, it only says where the run has come to."""
    return OP_MARK | (number << VALUE_SHIFT)
