"""Swapfiles as real files of real blocks: 4096 bytes a slot, where the model puts them."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from engine.errors import InputError, Problem
from engine.mm.swapops import SWP_OFFSET_MASK, SWP_TYPE_SHIFT
from engine.program import Program

BLOCK_BYTES = 4096
_OPEN = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


class BlockFiles(MutableMapping[int, bytes]):
    """The blocks of a program's swapfiles, by slot (``type << 58 | offset``), each in a file of its own.

    The files are made in ``folder``, one a swapfile and named after it, and stay when it is closed, so
    that they can be looked at. They are sparse: what was never written takes no room. Raises
    :class:`engine.errors.InputError` when they cannot be made.
    """

    def __init__(self, folder: Path, program: Program) -> None:
        self._written: set[int] = set()
        self._files: list[int] = []
        self.paths: list[Path] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for swapfile in program.swapfiles:
                path = folder / f"{swapfile.name}.blocks"
                self._files.append(os.open(path, _OPEN, 0o600))
                self.paths.append(path)
                os.ftruncate(self._files[-1], (swapfile.slots + 1) * BLOCK_BYTES)
        except OSError as error:
            self.close()
            raise InputError(Problem(f"no block file can be made here: {error.strerror}", file=str(folder))) from None

    def __setitem__(self, slot: int, block: bytes) -> None:
        if len(block) != BLOCK_BYTES:
            raise ValueError(f"a block has {BLOCK_BYTES} bytes, not {len(block)}")
        file, offset = self._place(slot)
        os.lseek(file, offset, os.SEEK_SET)
        try:
            whole = os.write(file, block) == BLOCK_BYTES
            why = "no room is left"
        except OSError as error:
            whole, why = False, str(error.strerror)
        if not whole:
            path = self.paths[slot >> SWP_TYPE_SHIFT]
            raise InputError(Problem(f"a block cannot be written: {why}", file=str(path)))
        self._written.add(slot)

    def __getitem__(self, slot: int) -> bytes:
        if slot not in self._written:
            raise KeyError(slot)
        file, offset = self._place(slot)
        os.lseek(file, offset, os.SEEK_SET)
        return os.read(file, BLOCK_BYTES)

    def __delitem__(self, slot: int) -> None:
        self._written.remove(slot)

    def __iter__(self) -> Iterator[int]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    def close(self) -> None:
        """Close the files; what was written stays."""
        while self._files:
            os.close(self._files.pop())

    def discard(self) -> None:
        """Close the files and take them away: what is in them is not whole."""
        self.close()
        for path in self.paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def __enter__(self) -> BlockFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _place(self, slot: int) -> tuple[int, int]:
        return self._files[slot >> SWP_TYPE_SHIFT], (slot & SWP_OFFSET_MASK) * BLOCK_BYTES
