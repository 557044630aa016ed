"""The binary form: the way there and back, and every kind of damage told."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.trace import Recording, Region
from engine.trace.binary import MAGIC, decode, encode


def make(page: list[int], count: list[int] | None = None, processes: tuple[str, ...] = ("sort",)) -> Recording:
    n = len(page)
    return Recording(
        process=(np.arange(n) % len(processes)).astype(np.uint8),
        page=np.array(page, np.int64),
        write=np.arange(n) % 3 == 0,
        count=np.array(count or [1] * n, np.int64),
        processes=processes,
        marks=((0, "begin"), (n, "end")),
        command="sort words.txt",
        window=1024,
    )


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        decode(data, "a.swt")
    (problem,) = caught.value.problems
    assert problem.file == "a.swt"
    return str(problem)


@given(st.lists(st.tuples(st.integers(0, (1 << 31) - 1), st.integers(1, 1 << 62)), max_size=40), st.integers(1, 3))
def test_what_is_written_is_read_back(rows: list[tuple[int, int]], processes: int) -> None:
    recording = make([page for page, _ in rows], [count for _, count in rows], ("a", "b", "c")[:processes])
    assert decode(encode(recording), "a.swt").same_as(recording)


def test_regions_are_read_back() -> None:
    recording = make([0, 7, 3])
    recording = Recording(
        recording.process, recording.page, recording.write, recording.count, ("sort",),
        (Region(0, "heap", 0, 5, 0x4000000), Region(0, "libc.so.6", 5, 3, 0x7F0000000000, True)),
    )  # fmt: skip
    assert decode(encode(recording), "a.swt").regions == recording.regions


def test_the_bytes_are_those_the_description_says() -> None:
    """By hand, from docs/traces.md, so that a change of the format cannot go unnoticed."""
    data = encode(make([5, 3, 300], [1, 1, 65]))
    assert data[:8] == bytes.fromhex("89 53 57 54 0d 0a 1a 0a")
    version, length, checksum = struct.unpack("<III", data[8:20])
    header = data[20 : 20 + length]
    assert (version, zlib.crc32(header)) == (1, checksum)
    assert json.loads(header) == {
        "references": 3, "processes": ["sort"], "regions": [], "marks": [[0, "begin"], [3, "end"]],
        "command": "sort words.txt", "window": 1024,
    }  # fmt: skip
    raw_length, stored, checksum = struct.unpack("<QQI", data[20 + length : 40 + length])
    body = data[40 + length :]
    assert (len(body), zlib.crc32(body)) == (stored, checksum)
    raw = zlib.decompress(body)
    # +5, -2, +297 in zigzag LEB128; then twice the repeats, plus 1 for a write
    assert raw == bytes([10, 3, 0xD2, 0x04]) + bytes([1, 0, 0x80, 0x01])
    assert raw_length == len(raw)


def test_every_cut_is_noticed() -> None:
    data = encode(make(list(range(50))))
    for length in range(len(data)):
        assert "is cut off" in refusal(data[:length])


def test_every_changed_byte_is_noticed() -> None:
    data = encode(make(list(range(50))))
    for at in range(len(data)):
        broken = bytearray(data)
        broken[at] ^= 0x10
        refusal(bytes(broken))


def test_says_what_is_wrong_and_where() -> None:
    data = encode(make([1, 2, 3]))
    assert "goes on after its end" in refusal(data + b"x")
    assert "version 9" in refusal(data[:8] + struct.pack("<I", 9) + data[12:])
    assert "copy in text mode" in refusal(data.replace(b"\r\n", b"\n", 1))
    assert "damaged header" in refusal(data[:25] + b"?" + data[26:])
    assert f"at byte {len(data) - 1}" in refusal(data[:-1])


def packed(changes: dict[str, Any], raw: bytes, claimed: int | None = None) -> bytes:
    """A file whose checksums are right, whatever it says."""
    header = {"references": 2, "processes": ["a"], "regions": [], "marks": [], "command": "", "window": 1, **changes}
    head, body = json.dumps(header).encode(), zlib.compress(raw)
    return b"".join(
        (
            struct.pack("<8sIII", MAGIC, 1, len(head), zlib.crc32(head)),
            head,
            struct.pack("<QQI", len(raw) if claimed is None else claimed, len(body), zlib.crc32(body)),
            body,
        )
    )


def test_a_file_that_contradicts_itself_is_refused() -> None:
    assert len(decode(packed({}, bytes(4)), "a.swt")) == 2
    assert "3 numbers for 2 references" in refusal(packed({}, bytes(3)))
    assert "cut off" in refusal(packed({}, bytes(3) + b"\x80"))
    assert "longer than 64 bits" in refusal(packed({}, bytes(3) + b"\x80" * 10 + b"\x01"))
    assert "unpacks to" in refusal(packed({}, bytes(4), claimed=3))
    assert "unpacks to" in refusal(packed({}, bytes(4), claimed=5))
    assert "fewer process numbers" in refusal(packed({"processes": ["a", "b"]}, b"\0"))
    assert "contradicts itself" in refusal(packed({"regions": [[0, "heap"]]}, bytes(4)))
    assert "contradicts itself" in refusal(packed({"references": "many"}, bytes(4)))
    assert "contradicts itself" in refusal(packed({"processes": 5}, bytes(4)))
    assert "names process" in refusal(packed({"processes": ["a", "b"]}, bytes(4) + b"\0\x02"))
    assert "every count" in refusal(packed({}, bytes(2) + b"\xff" * 9 + b"\x01" + b"\0"))
