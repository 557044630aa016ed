"""The images a scenario uses as one flat table: the model knows an image by its number here only.

A page's content is a range of these numbers, a family; :mod:`engine.mm.choice` says which of
them a page has at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.content.library import Family, Library, load_library, synthetic
from engine.errors import InputError, Problem


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
