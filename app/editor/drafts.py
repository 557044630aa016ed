"""What is typed and not yet saved, kept in files so that a crash loses nothing; and texts that are only tried.

A draft is a small JSON file in the folder of the settings, and a lock beside it while its editor is
open: a draft without anybody who holds its lock was left behind.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from app.settings import config_dir
from engine.errors import InputError
from engine.scenario.traces import with_traces_from
from engine.trace.files import write_whole


@dataclass(frozen=True)
class Draft:
    """A text that was not saved."""

    file: Path
    """Of the draft."""
    path: Path | None
    """The file it is a newer text of; None for one that was never saved."""
    text: str
    when: float
    """Seconds since 1970."""


def drafts_dir() -> Path:
    """Where drafts are; it need not exist yet."""
    return config_dir() / "drafts"


def left_behind() -> list[Draft]:
    """Drafts that no editor holds, newest first."""
    found = [draft for file in drafts_dir().glob("*.json") if (draft := _read(file)) is not None and _free(file)]
    return sorted(found, key=lambda draft: -draft.when)


def forget(draft: Draft) -> None:
    """Throw a draft away."""
    with suppress(OSError):
        draft.file.unlink(missing_ok=True)


class DraftKeeper:
    """Keeps the draft of one editor."""

    def __init__(self) -> None:
        self._lock: QLockFile | None = None
        self._file: Path | None = None

    def keep(self, path: Path | None, text: str) -> None:
        """Write the draft; a folder that cannot be written is no error: there is no draft, that is all."""
        try:
            drafts_dir().mkdir(parents=True, exist_ok=True)
            if self._file is None:
                self._hold(path)
            if self._file is not None:
                kept = {"path": str(path) if path else None, "text": text, "when": time.time()}
                write_whole(self._file, json.dumps(kept).encode())
        except (OSError, InputError):
            return

    def drop(self) -> None:
        """There is nothing unsaved any more."""
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.unlock()
        self._lock = self._file = None

    def _hold(self, path: Path | None) -> None:
        digest = hashlib.blake2b(f"{path} {os.getpid()} {time.time_ns()}".encode(), digest_size=8).hexdigest()
        file = drafts_dir() / f"{digest}.json"
        lock = QLockFile(str(file.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            self._lock, self._file = lock, file


def write_trial(path: Path | None, text: str, name: str) -> Path:
    """The text as a file to be tried without being saved; recordings are named so that it finds them.

    Raises InputError when it cannot be written.
    """
    folder = drafts_dir() / "tried"
    file = folder / (path.name if path is not None else name)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if path is not None:
        text = with_traces_from(text, path.parent, None)
    write_whole(file, text.encode())
    return file


def _read(file: Path) -> Draft | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Draft(file, Path(kept["path"]) if kept["path"] else None, str(kept["text"]), float(kept["when"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _free(file: Path) -> bool:
    lock = QLockFile(str(file.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    free = lock.tryLock(0)
    if free:
        lock.unlock()
    return free
