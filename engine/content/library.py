"""The library of page images: families captured from real programs, and what is computed of each image."""

from __future__ import annotations

import functools
import json
import random
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lz4.block
import numpy as np
import numpy.typing as npt

from engine.errors import InputError, Problem, nearest
from engine.resources import assets_dir

PAGE_BYTES = 4096
FORMAT = 1
INDEX = "index.json"
SYNTHETIC_IMAGES = 8
"""Images of one synthetic size: pages of a process differ from each other, as real ones do."""
SYNTHETIC_MAX = PAGE_BYTES
_REPEATED = bytes.fromhex("a55ac33c0ff09966")


@dataclass(frozen=True, eq=False)
class Family:
    """Page images of one kind and the facts of each, all computed from the bytes."""

    name: str
    images: npt.NDArray[np.uint8]
    """(n, 4096), read-only."""
    source: str
    """What the pages are and where they come from, for people."""
    lz4_bytes: npt.NDArray[np.int64]
    """(n,) bytes of the LZ4 block of each page, at most 4114: longer than a page where LZ4 cannot make it smaller."""
    same_filled: npt.NDArray[np.bool_]
    """(n,) whether the page is one 64-bit word repeated (a page of zeros is)."""
    fill_word: npt.NDArray[np.int64]
    """(n,) that word as a signed integer (little endian); 0 where the page is not same-filled."""
    zero: npt.NDArray[np.bool_]
    """(n,) whether every byte is zero."""
    checksum: npt.NDArray[np.int64]
    """(n,) CRC-32 of the 4096 bytes, 0 to 2**32 - 1."""

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, eq=False)
class Library:
    """Every family of page images by its name, in the order of the index."""

    families: dict[str, Family]

    def family(self, name: str) -> Family:
        """The family of this name; raises InputError with the nearest name."""
        try:
            return self.families[name]
        except KeyError:
            names = ", ".join(self.families)
            what = f"there is no family of page images '{name}'"
            raise InputError(
                Problem(what, key="content", expected=names, nearest=nearest(name, self.families))
            ) from None


def lz4_size(page: bytes | memoryview) -> int:
    """Bytes of the LZ4 block (no size header, default acceleration, as the kernel's ``lz4``) of one page."""
    return len(lz4.block.compress(page, store_size=False))


def make_family(name: str, data: bytes, source: str) -> Family:
    """A family of the 4096-byte pages in ``data`` (a multiple of 4096 bytes), its facts computed here."""
    images = np.frombuffer(data, dtype=np.uint8).reshape(-1, PAGE_BYTES)
    words = np.frombuffer(data, dtype="<i8").reshape(-1, PAGE_BYTES // 8)
    same_filled = (words == words[:, :1]).all(axis=1)
    fill_word = np.where(same_filled, words[:, 0], 0).astype(np.int64)
    view = memoryview(data)
    pages = [view[at : at + PAGE_BYTES] for at in range(0, len(data), PAGE_BYTES)]
    facts: list[npt.NDArray[Any]] = [
        np.fromiter((lz4_size(page) for page in pages), np.int64, len(pages)),
        same_filled,
        fill_word,
        same_filled & (fill_word == 0),
        np.fromiter((zlib.crc32(page) for page in pages), np.int64, len(pages)),
    ]
    for fact in facts:
        fact.flags.writeable = False
    return Family(name, images, source, *facts)


def default_directory() -> Path:
    """Where the images that come with Swapscope are; raises InputError when the installation lacks them."""
    try:
        return assets_dir() / "pages"
    except FileNotFoundError as error:
        raise InputError(Problem(str(error))) from error


def load_library(directory: Path | str | None = None) -> Library:
    """The families in ``directory`` (default: those that come with Swapscope); raises InputError.

    Every fact is computed from the bytes now; the index gives names, texts and a CRC-32 of each file only.
    """
    return _load(Path(directory) if directory is not None else default_directory())


@functools.lru_cache(maxsize=4)
def _load(directory: Path) -> Library:
    index_file = directory / INDEX
    try:
        index = json.loads(index_file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Problem(f"cannot read it: {error.strerror}", file=str(index_file))) from error
    except ValueError as error:
        raise InputError(Problem(f"not JSON: {error}", file=str(index_file))) from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        raise InputError(Problem("not an index of page images", str(index_file), key="format", expected=str(FORMAT)))
    families: dict[str, Family] = {}
    problems: list[Problem] = []
    entries = index.get("families")
    if not isinstance(entries, dict) or not entries:
        raise InputError(Problem("it names no family", str(index_file), key="families", expected="a table of families"))
    for name, entry in entries.items():
        file = directory / f"{name}.pages"
        try:
            data = file.read_bytes()
            source = f"{entry['about']} ({entry['program']}, {entry['date']})"
            crc = entry["crc32"]
        except OSError as error:
            problems.append(Problem(f"cannot read it: {error.strerror}", file=str(file)))
            continue
        except (KeyError, TypeError):
            expected = "about, program, date and crc32"
            problems.append(
                Problem("the entry is not whole", str(index_file), key=f"families.{name}", expected=expected)
            )
            continue
        if not data or len(data) % PAGE_BYTES:
            problems.append(Problem(f"{len(data)} bytes are not whole pages", str(file), expected="4096 bytes a page"))
        elif zlib.crc32(data) != crc:
            problems.append(
                Problem("its bytes are not the ones the index describes", str(file), expected=f"CRC-32 {crc}")
            )
        else:
            families[name] = make_family(name, data, source)
    if problems:
        raise InputError(problems)
    return Library(families)


@functools.lru_cache(maxsize=1)
def synthetic_min() -> int:
    """The least LZ4 length :func:`synthetic` can make: a page that is one word repeated, but for one word."""
    return lz4_size(_synthetic_page(8, 0))


@functools.lru_cache(maxsize=64)
def synthetic(compressed: int) -> Family:
    """Images whose real LZ4 length is as near to ``compressed`` bytes as can be, the same ones every time.

    Each page is a repeated word and then random bytes, as many as the length asks for (found by
    halving), so the length is within 2 bytes of what was asked. Raises InputError when ``compressed``
    is not between :func:`synthetic_min` and 4096.
    """
    low = synthetic_min()
    if not low <= compressed <= SYNTHETIC_MAX:
        what = f"a page cannot be compressed to {compressed} bytes"
        raise InputError(Problem(what, key="content.compressed", expected=f"{low} to {SYNTHETIC_MAX}"))
    data = b"".join(_nearest_page(compressed, variant) for variant in range(SYNTHETIC_IMAGES))
    return make_family(f"compressed={compressed}", data, f"made so that LZ4 makes {compressed} bytes of each page")


def _synthetic_page(random_bytes: int, variant: int) -> bytes:
    # The repeated part comes first: after a long stretch of random bytes LZ4 looks for matches in
    # ever larger steps, and would find the repeated part or not, by luck.
    head = PAGE_BYTES - random_bytes
    return (_REPEATED * (PAGE_BYTES // len(_REPEATED)))[:head] + random.Random(variant).randbytes(PAGE_BYTES)[head:]


def _nearest_page(compressed: int, variant: int) -> bytes:
    """The page of this variant whose LZ4 length is nearest to ``compressed``."""
    low, high = len(_REPEATED), PAGE_BYTES
    while low < high:
        middle = (low + high) // 2
        if lz4_size(_synthetic_page(middle, variant)) < compressed:
            low = middle + 1
        else:
            high = middle
    near = [_synthetic_page(n, variant) for n in (low, low - 1, low + 1) if len(_REPEATED) <= n <= PAGE_BYTES]
    return min(near, key=lambda page: abs(lz4_size(page) - compressed))
