"""LZ4 of one page, there and back, as verify mode does it.

Single pages in one thread, on purpose. Measured (2 cores, python-lz4 4.4.5, µs a page, text): LZ4 of
4 KiB pages 5.5 in one thread; handed to two threads one page, 16 pages or half of all at a time 17.8,
6.9 and 4.2, and for pages that compress faster (heap, random) two threads are slower in every way,
because each call gives the interpreter lock up and waits for it again. Blocks of 64 KiB gain
1.9 × from a second thread, but 16 pages in one block are not what a pool holds: zswap compresses
each page on its own.
"""

from __future__ import annotations

import lz4.block

from engine.content.library import PAGE_BYTES


class VerifyError(Exception):
    """A page came back with other bytes than it left with: a mistake in the model, never in the input."""


def compress(page: bytes) -> bytes:
    """The LZ4 block of one page of 4096 bytes."""
    block: bytes = lz4.block.compress(page, store_size=False)
    return block


def decompress(block: bytes | bytearray) -> bytes:
    """The page of an LZ4 block; raises VerifyError when it does not give 4096 bytes."""
    try:
        page: bytes = lz4.block.decompress(block, uncompressed_size=PAGE_BYTES)
    except lz4.block.LZ4BlockError as error:
        raise VerifyError(f"an LZ4 block of {len(block)} bytes cannot be read: {error}") from error
    if len(page) != PAGE_BYTES:
        raise VerifyError(f"an LZ4 block of {len(block)} bytes gives {len(page)} bytes, not {PAGE_BYTES}")
    return page
