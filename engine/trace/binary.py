"""The compact binary form of a recording (``.swt``); ``docs/traces.md`` describes it byte by byte."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError, Problem
from engine.phrase import phrase
from engine.trace.recording import Recording, Region

MAGIC = b"\x89SWT\r\n\x1a\n"
"""As PNG's: a byte no text has, a name, and line ends that a text-mode copy would spoil."""
VERSION = 1

_FIXED = struct.Struct("<8sIII")  # magic, version, length and CRC-32 of the header
_BODY = struct.Struct("<QQI")  # length once unpacked, length as stored, CRC-32 as stored
_COMPRESSION_LEVEL = 6
_LONGEST_VARINT = 10


def encode(recording: Recording) -> bytes:
    """The whole file as bytes."""
    header: dict[str, Any] = {
        "references": len(recording),
        "processes": list(recording.processes),
        "regions": [[r.process, r.name, r.first_page, r.pages, r.address, int(r.file)] for r in recording.regions],
        "marks": [list(mark) for mark in recording.marks],
        "command": recording.command,
        "window": recording.window,
    }
    columns = [_pack_varints(_zigzag(_changes(recording.page)))]
    columns.append(_pack_varints(((recording.count - 1).astype(np.uint64) << np.uint64(1)) | recording.write))
    if len(recording.processes) > 1:
        columns.append(recording.process.tobytes())
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    raw = b"".join(columns)
    body = zlib.compress(raw, _COMPRESSION_LEVEL)
    return b"".join(
        (
            _FIXED.pack(MAGIC, VERSION, len(head), zlib.crc32(head)),
            head,
            _BODY.pack(len(raw), len(body), zlib.crc32(body)),
            body,
        )
    )


def decode(data: bytes, name: str) -> Recording:
    """The recording in ``data``; ``name`` is the file's name for messages.

    Raises InputError that says what is wrong, and at which byte.
    """

    def refuse(what: str, at: int, expected: str | None = None) -> NoReturn:
        raise InputError(
            Problem(phrase("{what} (at byte {at})", what=what, at=at), file=name, expected=expected)
        ) from None

    if len(data) < _FIXED.size:
        refuse(
            phrase("is cut off within its first bytes"), len(data), phrase("at least {least} bytes", least=_FIXED.size)
        )
    magic, version, head_length, head_sum = _FIXED.unpack_from(data)
    if magic != MAGIC:
        refuse(
            phrase("is not a binary trace, or was changed by a copy in text mode"),
            0,
            phrase("bytes {bytes}", bytes=MAGIC.hex(" ")),
        )
    if version != VERSION:
        refuse(
            phrase("is written in version {version} of the format", version=version),
            8,
            phrase("version {version}", version=VERSION),
        )
    at = _FIXED.size
    if len(data) < at + head_length + _BODY.size:
        refuse(
            phrase("is cut off within its header"),
            len(data),
            phrase("at least {least} bytes", least=at + head_length + _BODY.size),
        )
    head = data[at : at + head_length]
    if zlib.crc32(head) != head_sum:
        refuse(phrase("has a damaged header: its checksum does not fit"), at)
    at += head_length
    raw_length, body_length, body_sum = _BODY.unpack_from(data, at)
    at += _BODY.size
    if len(data) != at + body_length:
        what = (
            phrase("is cut off within its references")
            if len(data) < at + body_length
            else phrase("goes on after its end")
        )
        refuse(what, min(len(data), at + body_length), phrase("{number} bytes", number=at + body_length))
    body = memoryview(data)[at:]
    if zlib.crc32(body) != body_sum:
        refuse(phrase("has damaged references: their checksum does not fit"), at)
    # From here on the file is as it was written; what is still wrong was written wrongly.
    try:
        unpacker = zlib.decompressobj()
        raw = np.frombuffer(unpacker.decompress(body, raw_length + 1), np.uint8)
        if len(raw) != raw_length or not unpacker.eof:
            refuse(
                phrase("unpacks to {number} bytes or more", number=len(raw)),
                at,
                phrase("{number} bytes", number=raw_length),
            )
    except zlib.error:
        refuse(phrase("has references that cannot be unpacked"), at)
    try:
        return _assemble(json.loads(head), raw)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        refuse(phrase("contradicts itself: {error}", error=str(error)), _FIXED.size)


def _assemble(header: dict[str, Any], raw: NDArray[np.uint8]) -> Recording:
    """The recording from a header and the unpacked columns. Raises ValueError and the like when they disagree."""
    n = int(header["references"])
    processes = tuple(str(name) for name in header["processes"])
    if len(processes) > 1:
        if len(raw) < n:
            raise ValueError("fewer process numbers than references")
        process, raw = raw[len(raw) - n :].copy(), raw[: len(raw) - n]
    else:
        process = np.zeros(n, np.uint8)
    values = _unpack_varints(raw)
    if len(values) != 2 * n:
        raise ValueError(f"{len(values)} numbers for {n} references, instead of two each")
    return Recording(
        process=process,
        page=np.cumsum(_unzigzag(values[:n])),
        write=(values[n:] & np.uint64(1)).astype(np.bool_),
        count=(values[n:] >> np.uint64(1)).astype(np.int64) + 1,
        processes=processes,
        regions=tuple(
            Region(int(process), str(name), int(first), int(pages), int(address), bool(file))
            for process, name, first, pages, address, file in header["regions"]
        ),
        marks=tuple((int(position), str(name)) for position, name in header["marks"]),
        command=str(header["command"]),
        window=int(header["window"]),
    )


def _changes(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each value less the one before it, the first less 0."""
    return np.diff(values, prepend=np.int64(0))


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """0, -1, 1, -2 … as 0, 1, 2, 3 …"""
    return ((values << 1) ^ (values >> 63)).astype(np.uint64)


def _unzigzag(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    half: NDArray[np.int64] = (values >> np.uint64(1)).astype(np.int64)
    return half ^ -(values & np.uint64(1)).astype(np.int64)


def _pack_varints(values: NDArray[np.uint64]) -> bytes:
    """LEB128: seven bits a byte, lowest first, the top bit set on all but the last byte of a value."""
    lengths = np.ones(len(values), np.int64)
    for k in range(1, _LONGEST_VARINT):
        longer = values >= np.uint64(1 << (7 * k))
        if not longer.any():
            break
        lengths += longer
    starts = np.cumsum(lengths) - lengths
    out = np.zeros(int(lengths.sum()), np.uint8)
    for k in range(int(lengths.max(initial=0))):
        has = np.flatnonzero(lengths > k)
        byte = (values[has] >> np.uint64(7 * k)).astype(np.uint8) & np.uint8(0x7F)
        out[starts[has] + k] = byte | ((lengths[has] > k + 1).astype(np.uint8) << np.uint8(7))
    return out.tobytes()


def _unpack_varints(raw: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The values in ``raw``. Raises ValueError when the last is cut off or one is longer than 64 bits."""
    ends = np.flatnonzero(raw < 0x80)
    if len(raw) and (not len(ends) or ends[-1] != len(raw) - 1):
        raise ValueError("the last number is cut off")
    starts = np.concatenate([np.zeros(min(len(ends), 1), np.int64), ends[:-1] + 1])
    lengths = ends - starts + 1
    longest = int(lengths.max(initial=0))
    if longest > _LONGEST_VARINT:
        raise ValueError("a number is longer than 64 bits")
    values: NDArray[np.uint64] = (raw[starts] & np.uint8(0x7F)).astype(np.uint64)
    for k in range(1, longest):
        has = np.flatnonzero(lengths > k)
        values[has] |= (raw[starts[has] + k] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * k)
    return values
