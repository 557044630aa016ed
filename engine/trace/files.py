"""Trace files on disk: which form a file has, and writing one so that it is whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from engine.errors import InputError, Problem
from engine.phrase import phrase
from engine.trace.binary import MAGIC, decode, encode
from engine.trace.foreign import refuse_foreign
from engine.trace.recording import Recording
from engine.trace.text import format_text, parse_text

BINARY_SUFFIX = ".swt"


def load_trace(path: str | os.PathLike[str]) -> Recording:
    """The recording in ``path``, in whichever form its content has.

    Raises InputError when the file cannot be read, is damaged, or is neither form.
    """
    name = os.fspath(path)
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(Problem(phrase("cannot be read: {why}", why=error.strerror), file=name)) from None
    if data.startswith(MAGIC[:4]):
        return decode(data, name)
    refuse_foreign(data, name)
    if Path(path).suffix == BINARY_SUFFIX:
        raise InputError(
            Problem(
                phrase("is not a binary trace: the first bytes are wrong"),
                file=name,
                expected=phrase("bytes {bytes}", bytes=MAGIC.hex(" ")),
            )
        )
    return parse_text(data, name)


def save_trace(recording: Recording, path: str | os.PathLike[str], *, text: bool | None = None) -> None:
    """Write ``recording`` to ``path``: plain text or binary; by the suffix (``.swt``) when ``text`` is not given.

    The file appears under its name only when it is complete. Raises InputError when it cannot be written.
    """
    if text is None:
        text = Path(path).suffix != BINARY_SUFFIX
    write_whole(path, format_text(recording) if text else encode(recording))


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise InputError when ``path`` could not be written, before the work that fills it is done."""
    target = Path(path)
    if target.is_dir():
        raise InputError(Problem(phrase("cannot be written: it is a folder"), file=os.fspath(path)))
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise InputError(
            Problem(phrase("cannot be written: {why}", why=error.strerror), file=os.fspath(path))
        ) from None


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` beside ``path`` and rename it there. Raises InputError when that cannot be done."""
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            # mkstemp makes files private; give this one what the umask gives any new file.
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise InputError(
            Problem(phrase("cannot be written: {why}", why=error.strerror), file=os.fspath(path))
        ) from None
