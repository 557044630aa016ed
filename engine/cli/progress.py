"""A progress bar on a terminal for what takes longer than a second."""

from __future__ import annotations

import time
from types import TracebackType

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from engine.cli.output import console

PATIENCE_SECONDS = 1.0


class PatientProgress:
    """A bar that appears on stderr only on a terminal, and only when things take a while."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._started = time.monotonic()
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._console = console(stderr=True)

    def __enter__(self) -> PatientProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """So much of ``total`` is done."""
        if self._bar is None:
            if not self._console.is_terminal or time.monotonic() - self._started < PATIENCE_SECONDS:
                return
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                       TimeRemainingColumn())  # fmt: skip
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self.text, total=total)
        self._bar.update(self._task, completed=done, total=total)
