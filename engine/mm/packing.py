"""An image packed for keeping: each column of a stretch of rows in as few bytes as its values need.

Most words of an image are small numbers: links, counts, flags, lengths. A stretch of up to 4096 words
is taken as rows of eight, because all wide tables have rows of 1, 2, 4, 8 or 16 words; of each of the
eight columns the least value is kept, and what each value is above it in 0, 1, 2, 3, 4 or 8 bytes. An
image of a million pages takes a third of its size. Packing takes three times as long as copying, which
is why it is done in a thread beside the run; unpacking takes twice as long.

Needs the compiler.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from itertools import accumulate, pairwise
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.mm.intrinsics import place
from engine.mm.kernel import compiled, entry, kernel

Span = tuple[int, int]
Image = NDArray[np.int64]
Packed = NDArray[np.int64]

TYPICALLY_PACKED = 3
"""How many times as large an image is as what it is packed into, about."""
COLUMNS = 8
STRETCH = 4096
"""Words of a stretch; 512 rows."""
MUCH = 1 << 16
"""Words from which on a second thread helps to unpack them."""
STRETCH_HEAD = 1 + COLUMNS
"""Words before a stretch: the columns' codes in one word, then the least value of each."""


def pack_in_background(words: Image, spans: Sequence[Span]) -> Future[Packed]:
    """Copy the spans (start and end address each) now and pack them in a thread, one image after the other."""
    with _lock:
        if _last:
            wait(_last)
        ends = list(accumulate(end - start for start, end in spans))
        parts = list(pairwise((0, *ends)))
        kept = _room("copy", ends[-1])
        copy_spans(words, [(*span, part[0]) for span, part in zip(spans, parts, strict=True)], kept)
        _last[:] = [_packers().submit(pack, kept, parts)]
        return _last[0]


def copy_spans(words: Image, spans: Sequence[tuple[int, int, int]], target: Image) -> None:
    """Copy spans (start, end, and where in ``target`` it begins) without the interpreter from the first to the last."""
    compiled(copy_words)(words, _flat(spans), target)


def pack(words: Image, spans: Sequence[Span]) -> Packed:
    """The words of the spans, packed in two halves; the first word says where the second one begins. For one thread."""
    total = sum(end - start for start, end in spans)
    buffer = _room("packed", 1 + total + (total // STRETCH + 2 * len(spans) + 4) * (STRETCH_HEAD + COLUMNS))
    at = 1
    for half in _halves(spans):
        buffer[0] = at
        at += compiled(pack_spans)(words, _flat(half), *_views(buffer[at:]))
    return buffer[:at].copy()


def unpack(packed: Packed, words: Image, spans: Sequence[Span]) -> None:
    """Put what was packed back to where the spans were; much of it in two threads."""
    halves, second = _halves(spans), int(packed[0])
    work = compiled(unpack_spans)
    later = (words, _flat(halves[1]), *_views(packed[second:]))
    beside = _unpackers().submit(work, *later) if len(packed) >= MUCH else None
    work(words, _flat(halves[0]), *_views(packed[1:second]))
    if beside is not None:
        beside.result()
    else:
        work(*later)


def _halves(spans: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """The spans, cut in two behind about half of their words and a whole number of stretches."""
    left = sum(end - start for start, end in spans) // 2
    first, second = [], []
    for start, end in spans:
        cut = min(start + max(left, 0) // STRETCH * STRETCH, end)
        first.append((start, cut))
        second.append((cut, end))
        left -= end - start
    return first, second


def _views(packed: Packed) -> tuple[NDArray[np.uint8], NDArray[np.uint16], NDArray[np.uint32], Packed]:
    return packed.view(np.uint8), packed.view(np.uint16), packed.view(np.uint32), packed


def _flat(spans: Sequence[tuple[int, ...]]) -> Image:
    """Spans as machine code takes them: one number after the other."""
    return np.array(spans, dtype=np.int64).ravel()


_lock = Lock()
_last: list[Future[Packed]] = []
"""The packing asked for last."""
_kept: dict[str, Image] = {}


def _room(name: str, words: int) -> Image:
    """Room to work in, used again: fresh memory would cost as much as the packing."""
    if name not in _kept or len(_kept[name]) < words:
        _kept[name] = np.empty(words + words // 4, dtype=np.int64)
    return _kept[name]


@lru_cache
def _packers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "pack keyframes")


@lru_cache
def _unpackers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "unpack keyframes")


@entry
def copy_words(words: Any, spans: Any, target: Any) -> int:
    """Copy each span; three words of ``spans`` say from where, up to where and whereto."""
    for span in range(len(spans) // 3):
        start = spans[3 * span]
        to = spans[3 * span + 2]
        for word in range(spans[3 * span + 1] - start):
            target[place(to + word)] = words[place(start + word)]
    return 0


@entry
def pack_spans(words: Any, spans: Any, out8: Any, out16: Any, out32: Any, out: Any) -> int:
    """Pack all spans into ``out``, of which the others are views; gives the words it takes."""
    at = 0
    for span in range(len(spans) // 2):
        at = pack_span(words, spans[2 * span], spans[2 * span + 1], out8, out16, out32, out, at)
    return at


@entry
def unpack_spans(words: Any, spans: Any, in8: Any, in16: Any, in32: Any, packed: Any) -> int:
    """The reverse."""
    at = 0
    for span in range(len(spans) // 2):
        at = unpack_span(words, spans[2 * span], spans[2 * span + 1], in8, in16, in32, packed, at)
    return at


@kernel
def pack_span(words: Any, start: int, end: int, out8: Any, out16: Any, out32: Any, out: Any, at: int) -> int:
    """Pack one span behind word ``at`` of ``out``, of which the others are views; gives the word behind it."""
    here = start
    while here < end:
        count = min(end - here, 4096)
        rows = count // 8
        codes = 0
        head = at
        at += 9
        for column in range(8 if rows > 0 else 0):
            first = here + column
            least = words[first]
            most = least
            for row in range(rows):
                value = words[place(first + 8 * row)]
                least = min(least, value)
                most = max(most, value)
            span = most - least
            out[head + 1 + column] = least
            if span == 0:
                continue
            if 0 < span < 1 << 8:
                codes |= 1 << (4 * column)
                byte = 8 * at
                for row in range(rows):
                    out8[place(byte + row)] = words[place(first + 8 * row)] - least
                at += (rows + 7) // 8
            elif 0 < span < 1 << 16:
                codes |= 2 << (4 * column)
                half = 4 * at
                for row in range(rows):
                    out16[place(half + row)] = words[place(first + 8 * row)] - least
                at += (rows + 3) // 4
            elif 0 < span < 1 << 24:
                codes |= 3 << (4 * column)
                half = 4 * at
                at += (rows + 3) // 4
                byte = 8 * at
                at += (rows + 7) // 8
                for row in range(rows):
                    value = words[place(first + 8 * row)] - least
                    out16[place(half + row)] = value & 0xFFFF
                    out8[place(byte + row)] = value >> 16
            elif 0 < span < 1 << 32:
                codes |= 4 << (4 * column)
                quarter = 2 * at
                for row in range(rows):
                    out32[place(quarter + row)] = words[place(first + 8 * row)] - least
                at += (rows + 1) // 2
            else:
                codes |= 8 << (4 * column)
                for row in range(rows):
                    out[place(at + row)] = words[place(first + 8 * row)]
                at += rows
        out[head] = codes
        for word in range(8 * rows, count):
            out[at] = words[here + word]
            at += 1
        here += count
    return at


@kernel
def unpack_span(words: Any, start: int, end: int, in8: Any, in16: Any, in32: Any, packed: Any, at: int) -> int:
    """The reverse; gives the word of ``packed`` behind the span."""
    here = start
    while here < end:
        count = min(end - here, 4096)
        rows = count // 8
        codes = packed[at]
        head = at
        at += 9
        for column in range(8 if rows > 0 else 0):
            first = here + column
            least = packed[head + 1 + column]
            code = codes >> (4 * column) & 15
            if code == 0:
                for row in range(rows):
                    words[place(first + 8 * row)] = least
            elif code == 1:
                byte = 8 * at
                for row in range(rows):
                    words[place(first + 8 * row)] = least + in8[place(byte + row)]
                at += (rows + 7) // 8
            elif code == 2:
                half = 4 * at
                for row in range(rows):
                    words[place(first + 8 * row)] = least + in16[place(half + row)]
                at += (rows + 3) // 4
            elif code == 3:
                half = 4 * at
                at += (rows + 3) // 4
                byte = 8 * at
                at += (rows + 7) // 8
                for row in range(rows):
                    above = np.int64(in16[place(half + row)]) | np.int64(in8[place(byte + row)]) << 16
                    words[place(first + 8 * row)] = least + above
            elif code == 4:
                quarter = 2 * at
                for row in range(rows):
                    words[place(first + 8 * row)] = least + in32[place(quarter + row)]
                at += (rows + 1) // 2
            else:
                for row in range(rows):
                    words[place(first + 8 * row)] = packed[place(at + row)]
                at += rows
        for word in range(8 * rows, count):
            words[here + word] = packed[at]
            at += 1
        here += count
    return at
