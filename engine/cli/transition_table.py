"""``run --transitions``: every transition of a run as a line of a CSV file."""

from __future__ import annotations

import csv
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from engine.errors import InputError, Problem
from engine.program import Program
from engine.trace.files import check_writable

if TYPE_CHECKING:
    from engine.machine import Machine
    from engine.transition import Transition

COLUMNS = ("number", "time_ns", "operation", "cause", "actor", "kind", "function", "sentence")


class TransitionTable:
    """The file, written beside its place and moved there when the run is over."""

    def __init__(self, path: str, program: Program) -> None:
        check_writable(path)
        self.path = Path(path)
        self.program = program
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        except OSError as error:
            raise self._unwritable(error) from None
        self._unfinished = Path(name)
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)

    def add(self, transition: Transition, machine: Machine) -> None:
        """Write one line."""
        from engine.sentence import sentence

        text = sentence(transition, self.program, machine.view)
        row = (transition.number, transition.time_ns, transition.operation, transition.cause,
               transition.actor.name.lower(), transition.kind.name, transition.kind.function, text)  # fmt: skip
        try:
            self._rows.writerow(row)
        except OSError as error:
            raise self._unwritable(error) from None

    def __enter__(self) -> TransitionTable:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if error is None:
                umask = os.umask(0)
                os.umask(umask)
                os.chmod(self._unfinished, 0o666 & ~umask)
                os.replace(self._unfinished, self.path)
        except OSError as trouble:
            if error is None:
                raise self._unwritable(trouble) from None
        finally:
            self._unfinished.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(Problem(f"cannot be written: {error.strerror}", file=str(self.path)))
