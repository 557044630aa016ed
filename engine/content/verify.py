"""Verify mode: the bytes themselves travel through the pool and the swapfile and are compared on the way back.

Single pages in one thread, on purpose. Measured (2 cores, python-lz4 4.4.5, µs a page, text): LZ4 of
4 KiB pages 5.5 in one thread; handed to two threads one page, 16 pages or half of all at a time 17.8,
6.9 and 4.2, and for pages that compress faster (heap, random) two threads are slower in every way,
because each call gives the interpreter lock up and waits for it again. Blocks of 64 KiB gain
1.9 × from a second thread, but 16 pages in one block are not what a pool holds: zswap compresses
each page on its own. A whole :class:`Bytes` may well run in a thread beside the compiled model.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import lz4.block

from engine.content.library import PAGE_BYTES
from engine.content.table import ImageTable


class VerifyError(Exception):
    """A page came back with other bytes than it left with: a mistake in the model, never in the input."""


def compress(page: bytes) -> bytes:
    """The LZ4 block of one page of 4096 bytes."""
    block: bytes = lz4.block.compress(page, store_size=False)
    return block


def decompress(block: bytes) -> bytes:
    """The page of an LZ4 block; raises VerifyError when it does not give 4096 bytes."""
    try:
        page: bytes = lz4.block.decompress(block, uncompressed_size=PAGE_BYTES)
    except lz4.block.LZ4BlockError as error:
        raise VerifyError(f"an LZ4 block of {len(block)} bytes cannot be read: {error}") from error
    if len(page) != PAGE_BYTES:
        raise VerifyError(f"an LZ4 block of {len(block)} bytes gives {len(page)} bytes, not {PAGE_BYTES}")
    return page


def mismatches(blocks: Iterable[bytes], checksums: Iterable[int]) -> list[int]:
    """The indices of ``blocks`` whose page has not the CRC-32 in ``checksums`` (or cannot be read)."""
    wrong = []
    for i, (block, checksum) in enumerate(zip(blocks, checksums, strict=True)):
        try:
            page = decompress(block)
        except VerifyError:
            wrong.append(i)
            continue
        if zlib.crc32(page) != checksum:
            wrong.append(i)
    return wrong


@dataclass(frozen=True)
class _Stored:
    data: bytes
    raw: bool


class Bytes:
    """The real bytes of every page that is in zswap or in a swapfile, by the key of the place it is in.

    A key is whatever names the place, say ``("zswap", entry)`` or ``(device, slot)``.
    """

    def __init__(self, table: ImageTable) -> None:
        self._table = table
        self._checksums = [int(checksum) for checksum in table.checksum]
        self._lengths = [int(length) for length in table.lz4_bytes]
        self._blocks: dict[int, bytes] = {}
        self._places: dict[object, _Stored] = {}

    def __len__(self) -> int:
        return len(self._places)

    def store_compressed(self, key: object, image: int) -> int:
        """Put the LZ4 block of an image at ``key`` and return its bytes; an image is compressed once.

        Raises VerifyError when the length is not the one the model reckons with.
        """
        block = self._blocks.get(image)
        if block is None:
            block = compress(self._table.bytes_of(image))
            if len(block) != self._lengths[image]:
                raise VerifyError(f"image {image}: {len(block)} bytes, the table says {self._lengths[image]}")
            self._blocks[image] = block
        self._places[key] = _Stored(block, raw=False)
        return len(block)

    def store_raw(self, key: object, image: int) -> None:
        """Put the 4096 bytes of an image at ``key``: a slot of a swapfile, or an incompressible page kept."""
        self._places[key] = _Stored(self._table.bytes_of(image), raw=True)

    def write_back(self, source: object, target: object) -> None:
        """Decompress what is at ``source`` and put its 4096 bytes at ``target``; ``source`` is freed."""
        self._places[target] = _Stored(self._page(source), raw=True)
        del self._places[source]

    def load(self, key: object, image: int) -> bytes:
        """The page at ``key``; raises VerifyError unless its bytes are those of ``image``."""
        page = self._page(key)
        checksum = zlib.crc32(page)
        if checksum != self._checksums[image]:
            raise VerifyError(
                f"the page at {key} has the CRC-32 {checksum:08x}, image {image} has {self._checksums[image]:08x}"
            )
        return page

    def free(self, key: object) -> None:
        """Forget what is at ``key``; raises VerifyError when nothing is there."""
        if self._places.pop(key, None) is None:
            raise VerifyError(f"nothing is stored at {key}")

    def _page(self, key: object) -> bytes:
        stored = self._places.get(key)
        if stored is None:
            raise VerifyError(f"nothing is stored at {key}")
        return stored.data if stored.raw else decompress(stored.data)
