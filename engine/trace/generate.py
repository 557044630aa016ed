"""Made-up references: the patterns a scenario can name, the same on every machine for the same seed.

Every pattern is a function ``(references, pages, *, seed, write_share, …)`` that returns
``(page, write)``: ``int64`` page numbers 0 … pages-1 and ``bool``, both of shape (references,).
:data:`PATTERNS` names them all. Wrong values raise ValueError with a sentence for the person.

Nothing here depends on a library's random streams or on the last bit of a float. Random numbers are
SplitMix64 (Steele, Lea, Flood 2014): the i-th number of a stream is ``mix(start + (i+1)·γ)``, so a
whole array is made at once. A number below n is the high half of the 64x64-bit product, whose bias
is below n/2⁶⁴. Shares become integers out of 2³² once; Zipf's weights are computed in integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Pages = NDArray[np.int64]
Writes = NDArray[np.bool_]
Words = NDArray[np.uint64]

_GAMMA = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
# Streams of one seed, so that e.g. changing the write share never moves a page.
_PAGE, _WRITE, _CHOICE, _SCATTER, _PHASE = range(1, 6)


def _mix(words: Words) -> Words:
    """SplitMix64's finaliser on an array of uint64 (arrays wrap around silently, as wanted)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    words ^= words >> np.uint64(31)
    return words


def random_words(seed: int, stream: int, n: int) -> Words:
    """The first ``n`` 64-bit numbers of stream number ``stream`` of ``seed``."""
    start = _mix(np.array([(seed * _GAMMA + stream * 0xD1342543DE82EF95) & _MASK], np.uint64))
    return _mix(start + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(_GAMMA))


def below(words: Words, bound: int) -> Pages:
    """Each word scaled to 0 … bound-1: the high 64 bits of ``word · bound``, for bound up to 2⁶³."""
    low, high = words & np.uint64(0xFFFFFFFF), words >> np.uint64(32)
    b_low, b_high = np.uint64(bound & 0xFFFFFFFF), np.uint64(bound >> 32)
    middle = high * b_low + ((low * b_low) >> np.uint64(32))
    other = low * b_high + (middle & np.uint64(0xFFFFFFFF))
    result: Pages = (high * b_high + (middle >> np.uint64(32)) + (other >> np.uint64(32))).astype(np.int64)
    return result


def _chosen(words: Words, share: float) -> Writes:
    """True with probability ``share``, from the words' high 32 bits."""
    return (words >> np.uint64(32)) < np.uint64(round(share * (1 << 32)))


def _writes(references: int, seed: int, write_share: float) -> Writes:
    _check_share("write_share", write_share)
    return _chosen(random_words(seed, _WRITE, references), write_share)


def _check_share(name: str, share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"{name} must be 0 to 1, not {share}")


def _check_size(references: int, pages: int) -> None:
    if references < 0:
        raise ValueError(f"references must be 0 or more, not {references}")
    if pages < 1:
        raise ValueError(f"pages must be 1 or more, not {pages}")


def _check_part(name: str, part: int, pages: int) -> None:
    if not 1 <= part <= pages:
        raise ValueError(f"{name} must be 1 to {pages}, not {part}")


def sequential(references: int, pages: int, *, seed: int = 0, write_share: float = 0.0) -> tuple[Pages, Writes]:
    """Page after page from 0 upwards, beginning again after the last."""
    _check_size(references, pages)
    return np.arange(references, dtype=np.int64) % pages, _writes(references, seed, write_share)


def random(references: int, pages: int, *, seed: int = 0, write_share: float = 0.0) -> tuple[Pages, Writes]:
    """Every page equally likely, independent of what came before."""
    _check_size(references, pages)
    return below(random_words(seed, _PAGE, references), pages), _writes(references, seed, write_share)


def loop(
    references: int, pages: int, *, seed: int = 0, write_share: float = 0.0, length: int | None = None
) -> tuple[Pages, Writes]:
    """The first ``length`` pages (all, when not given) over and over: LRU's worst case when memory is shorter."""
    _check_size(references, pages)
    length = pages if length is None else length
    _check_part("length", length, pages)
    return np.arange(references, dtype=np.int64) % length, _writes(references, seed, write_share)


def stride(
    references: int, pages: int, *, seed: int = 0, write_share: float = 0.0, step: int = 8
) -> tuple[Pages, Writes]:
    """Every ``step``-th page; each further pass begins one page later, so that all pages come in turn."""
    _check_size(references, pages)
    _check_part("step", step, pages)
    order = np.concatenate([np.arange(first, pages, step, dtype=np.int64) for first in range(step)])
    return order[np.arange(references, dtype=np.int64) % pages], _writes(references, seed, write_share)


def zipf(
    references: int, pages: int, *, seed: int = 0, write_share: float = 0.0, s: float = 1.0, scatter: bool = False
) -> tuple[Pages, Writes]:
    """Page k (from 1) with probability proportional to 1/k^s; ``scatter`` deals the ranks out over the pages."""
    _check_size(references, pages)
    if not 0.0 <= s <= 8.0:
        raise ValueError(f"s must be 0 to 8, not {s}")
    table = np.cumsum(zipf_weights(pages, s))
    draws = below(random_words(seed, _PAGE, references), int(table[-1]))
    page = np.searchsorted(table, draws, side="right").astype(np.int64)
    if scatter:
        page = np.argsort(random_words(seed, _SCATTER, pages), kind="stable").astype(np.int64)[page]
    return page, _writes(references, seed, write_share)


def zipf_weights(pages: int, s: float) -> Pages:
    """1/k^s for k = 1 … pages in units of 2⁻³², (pages,) int64, by integer arithmetic alone.

    log2 k by repeated squaring to 28 binary places, times s (rounded to 2⁻¹⁶), then 2^-x as a product
    of constants 2^(-1/2), 2^(-1/4) …, themselves from integer square roots. Error about 2⁻²⁶ relative.
    """
    places = 28
    k = np.arange(1, pages + 1, dtype=np.uint64)
    log = np.zeros(pages, np.uint64)
    for shift in (16, 8, 4, 2, 1):
        big = (k >> log) >= np.uint64(1 << shift)
        log[big] += np.uint64(shift)
    mantissa = (k << np.uint64(31)) >> log  # 1 … 2 in units of 2⁻³¹
    for _ in range(places):
        mantissa = (mantissa * mantissa) >> np.uint64(31)
        carry = mantissa >> np.uint64(32)  # 1 when the square reached 2
        log = (log << np.uint64(1)) | carry
        mantissa >>= carry
    exponent = (log * np.uint64(round(s * (1 << 16)))) >> np.uint64(16)
    weight = np.full(pages, 1 << 32, np.uint64)
    factor = 1 << 63  # 2^(-2^-i) in units of 2⁻⁶⁴, by taking the root again and again
    for i in range(1, places + 1):
        factor = math.isqrt(factor << 64)
        bit = ((exponent >> np.uint64(places - i)) & np.uint64(1)).astype(bool)
        weight[bit] = (weight[bit] * np.uint64(factor >> 33)) >> np.uint64(31)
    weights: Pages = (weight >> np.minimum(exponent >> np.uint64(places), np.uint64(63))).astype(np.int64)
    return weights


def hot_cold(
    references: int,
    pages: int,
    *,
    seed: int = 0,
    write_share: float = 0.0,
    hot_pages: int | None = None,
    hot_share: float = 0.9,
) -> tuple[Pages, Writes]:
    """``hot_share`` of the references to the first ``hot_pages`` pages (a tenth), the rest to the others."""
    _check_size(references, pages)
    hot_pages = max(1, pages // 10) if hot_pages is None else hot_pages
    _check_part("hot_pages", hot_pages, pages)
    _check_share("hot_share", hot_share)
    words = random_words(seed, _PAGE, references)
    hot = _chosen(random_words(seed, _CHOICE, references), hot_share)
    if hot_pages == pages:
        hot[:] = True
    page = np.where(hot, below(words, hot_pages), hot_pages + below(words, pages - hot_pages))
    return page, _writes(references, seed, write_share)


def phases(
    references: int,
    pages: int,
    *,
    seed: int = 0,
    write_share: float = 0.0,
    working_set: int | None = None,
    phase_length: int = 10_000,
    shift: int | None = None,
) -> tuple[Pages, Writes]:
    """A working set of ``working_set`` pages (a quarter), random within, that moves on every ``phase_length``.

    It moves by ``shift`` pages (its own size, when not given) and wraps around at the end.
    """
    _check_size(references, pages)
    working_set = max(1, pages // 4) if working_set is None else working_set
    _check_part("working_set", working_set, pages)
    shift = working_set if shift is None else shift
    if phase_length < 1 or shift < 0:
        raise ValueError("phase_length must be 1 or more and shift 0 or more")
    first = np.arange(references, dtype=np.int64) // phase_length * shift
    page = (first + below(random_words(seed, _PAGE, references), working_set)) % pages
    return page, _writes(references, seed, write_share)


def stack(references: int, pages: int, *, seed: int = 0, write_share: float = 0.5) -> tuple[Pages, Writes]:
    """A depth that goes up or down by one page each time, and stays at the ends: deep calls and returns.

    A step deeper writes always, another step writes with ``write_share``.
    """
    _check_size(references, pages)
    deeper = _chosen(random_words(seed, _CHOICE, references), 0.5)
    # A walk that stays at its walls has no closed form; blocks with plain ints are fast enough.
    page = np.empty(references, np.int64)
    depth = 0
    steps = []
    for down in deeper.tolist():
        depth = min(depth + 1, pages - 1) if down else max(depth - 1, 0)
        steps.append(depth)
    page[:] = steps
    return page, deeper | _writes(references, seed, write_share)


def scan_hot(
    references: int,
    pages: int,
    *,
    seed: int = 0,
    write_share: float = 0.0,
    hot_pages: int | None = None,
    scan_share: float = 0.5,
) -> tuple[Pages, Writes]:
    """A hot set used at random while a scan passes once and again over all other pages.

    ``scan_share`` of the references belong to the scan: what LRU handles badly and second chance well.
    """
    _check_size(references, pages)
    hot_pages = max(1, pages // 10) if hot_pages is None else hot_pages
    _check_part("hot_pages", hot_pages, pages)
    _check_share("scan_share", scan_share)
    scan = _chosen(random_words(seed, _CHOICE, references), scan_share)
    if hot_pages == pages:
        scan[:] = False
    scanned = hot_pages + (np.cumsum(scan, dtype=np.int64) - 1) % max(pages - hot_pages, 1)
    page = np.where(scan, scanned, below(random_words(seed, _PAGE, references), hot_pages))
    return page, _writes(references, seed, write_share)


PATTERNS: dict[str, Callable[..., tuple[Pages, Writes]]] = {
    "sequential": sequential,
    "random": random,
    "loop": loop,
    "stride": stride,
    "zipf": zipf,
    "hot-cold": hot_cold,
    "phases": phases,
    "stack": stack,
    "scan-hot": scan_hot,
}
"""Every pattern by the name a scenario gives it; the keyword arguments are the keys of ``[[run]]``."""
