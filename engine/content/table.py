"""Which content a page has: the images a scenario uses as one flat table, and the rule that picks one.

The model knows an image by its number in this table only. A page's content is a range of numbers
(a family); the first touch takes one of them by :func:`first_image`, every write that makes the
page dirty takes the next one of the family by :func:`next_image`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.content.library import Family, Library, load_library, synthetic
from engine.errors import InputError, Problem


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


def next_image(first: int, count: int, image: int) -> int:
    """The image of a page after a write: the next of its family, the first again after the last."""
    if image + 1 < first + count:
        return image + 1
    return first


class ImageTable:
    """The images of the families a scenario uses, numbered from 0; each family or size is in it once.

    The arrays have one element an image and are made anew when they are asked for after an ``add``:
    keep them only when the table is complete.
    """

    def __init__(self, library: Library | None = None) -> None:
        self._library = library
        self._ranges: dict[str, tuple[int, int]] = {}
        self._families: list[Family] = []
        self._starts: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, content: str | Mapping[str, Any]) -> tuple[int, int]:
        """(first, count) of the images of a family's name or of ``{"compressed": bytes}``; raises InputError."""
        family = self._find(content)
        known = self._ranges.get(family.name)
        if known is not None:
            return known
        self._ranges[family.name] = (self._count, len(family))
        self._families.append(family)
        self._starts.append(self._count)
        self._count += len(family)
        return self._ranges[family.name]

    def _find(self, content: str | Mapping[str, Any]) -> Family:
        if isinstance(content, str):
            if self._library is None:
                self._library = load_library()
            return self._library.family(content)
        size = content.get("compressed")
        if len(content) != 1 or not isinstance(size, int) or isinstance(size, bool):
            expected = "the name of a family, or { compressed = BYTES }"
            raise InputError(Problem(f"{dict(content)} is no content of a page", key="content", expected=expected))
        return synthetic(size)

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every family in the table, by its index."""
        return tuple(self._ranges)

    @property
    def lz4_bytes(self) -> npt.NDArray[np.int64]:
        """Bytes of each image's LZ4 block, up to 4114."""
        return self._joined(lambda family: family.lz4_bytes, np.int64)

    @property
    def same_filled(self) -> npt.NDArray[np.bool_]:
        """Whether each image is one 64-bit word repeated."""
        return self._joined(lambda family: family.same_filled, np.bool_)

    @property
    def fill_word(self) -> npt.NDArray[np.int64]:
        """The word repeated in a same-filled image, 0 in any other."""
        return self._joined(lambda family: family.fill_word, np.int64)

    @property
    def zero(self) -> npt.NDArray[np.bool_]:
        """Whether each image is all zero."""
        return self._joined(lambda family: family.zero, np.bool_)

    @property
    def checksum(self) -> npt.NDArray[np.int64]:
        """CRC-32 of each image's 4096 bytes."""
        return self._joined(lambda family: family.checksum, np.int64)

    @property
    def family(self) -> npt.NDArray[np.int64]:
        """The index in :attr:`names` of each image's family."""
        counts = [len(family) for family in self._families]
        return np.repeat(np.arange(len(counts), dtype=np.int64), counts)

    def _joined(self, fact: Callable[[Family], npt.NDArray[Any]], dtype: type[Any]) -> npt.NDArray[Any]:
        parts = [fact(family) for family in self._families]
        return np.concatenate(parts) if parts else np.zeros(0, dtype)

    def bytes_of(self, image: int) -> bytes:
        """The 4096 bytes of an image; raises IndexError for a number that is not in the table."""
        if not 0 <= image < self._count:
            raise IndexError(f"image {image} of a table of {self._count}")
        index = int(np.searchsorted(self._starts, image, side="right")) - 1
        return bytes(self._families[index].images[image - self._starts[index]].data)
