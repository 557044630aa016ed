"""LZ4 of one page, there and back, as verify mode does it.

Single pages, on purpose: zswap compresses each page on its own. Called from Python one page at a time,
a second thread does not help (measured with 2 cores and python-lz4 4.4.5, µs a page, text: 5.5 in one
thread; handed to two threads one page, 16 pages or half of all at a time 17.8, 6.9 and 4.2, and for
pages that compress faster, heap and random, two threads are slower in every way), because each call
gives the interpreter's lock up and waits for it again. So the model's machine code calls LZ4 itself,
hundreds of pages without the interpreter (:mod:`engine.mm.mover`): :func:`c_functions` says where
python-lz4 has the functions.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import lz4.block

from engine.content.library import PAGE_BYTES
from engine.mm.intrinsics import C_FUNCTION


@dataclass(frozen=True)
class CFunctions:
    """LZ4 for machine code, which calls it with :func:`engine.mm.intrinsics.call_c`."""

    compress: int
    """Address of ``int f(void *state, const char *page, char *block, int length, int room, int acceleration)``."""
    decompress: int
    """Address of ``int f(const char *block, char *page, int length, int room)``."""
    state_bytes: int
    """What LZ4 needs to compress a page, of zeroes."""



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


@lru_cache
def c_functions() -> CFunctions:
    """The functions of the library inside python-lz4, called as :func:`compress` calls them: with the same blocks.

    Where it does not show them (on Windows a module shows nothing but its own beginning), they lead through Python.
    """
    try:
        library = ctypes.CDLL(lz4.block._block.__file__)
        compressor, decompressor = library.LZ4_compress_fast_continue, library.LZ4_decompress_safe
        return CFunctions(_address(compressor), _address(decompressor), library.LZ4_sizeofState())
    except (AttributeError, OSError):
        return through_python()


@lru_cache
def through_python() -> CFunctions:
    """C functions that call :func:`compress` and :func:`decompress`; they give 0 where these fail."""
    _kept.extend((C_FUNCTION(_compress_at), C_FUNCTION(_decompress_at)))
    return CFunctions(_address(_kept[-2]), _address(_kept[-1]), 0)


_kept: list[ctypes._FuncPointer] = []
"""What ctypes made for Python's functions lives as long as somebody holds it."""


def _address(function: ctypes._FuncPointer) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def _compress_at(state: int, page: int, block: int, length: int, room: int, acceleration: int) -> int:
    return _put(compress(ctypes.string_at(page, length)), block, room)


def _decompress_at(block: int, page: int, length: int, room: int, *_: int) -> int:
    try:
        return _put(decompress(ctypes.string_at(block, length)), page, room)
    except VerifyError:
        return 0


def _put(data: bytes, at: int, room: int) -> int:
    if len(data) > room:
        return 0
    ctypes.memmove(at, data, len(data))
    return len(data)
