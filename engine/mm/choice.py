"""Which image of its family a page has: one at the first touch, the next at every write that makes it dirty.

Both rules are integer arithmetic and nothing else: the same for the interpreter and the compiled model.
"""

from __future__ import annotations

from engine.mm.kernel import kernel


@kernel
def first_image(first: int, count: int, page: int, seed: int) -> int:
    """The image of a page when it is touched for the first time: ``first`` to ``first + count - 1``.

    ``page`` and ``seed`` are any 64-bit integers, ``count`` at least 1. Integer arithmetic only and
    every value below 2**62, so Python's integers and a compiled model's agree.
    """
    # Two rounds of multiplication modulo the prime 2**31 - 1 (L'Ecuyer's multipliers), folded in between.
    x = (page % 2147483647 * 48271 + seed % 2147483647 * 69621 + 12345) % 2147483647
    x = (x ^ (x >> 15)) * 40692 % 2147483647
    x = (x ^ (x >> 13)) * 41358 % 2147483647
    return first + (x ^ (x >> 16)) % count


@kernel
def next_image(first: int, count: int, image: int) -> int:
    """The image of a page after a write: the next of its family, the first again after the last."""
    if image + 1 < first + count:
        return image + 1
    return first
