"""A progress bar on a terminal for what takes longer than a second, and for the machine code that is made once."""

from __future__ import annotations

import time
from types import TracebackType

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from engine.cli.output import console

PATIENCE_SECONDS = 1.0
_LOOK_SECONDS = 0.2


class PatientProgress:
    """A bar that appears on stderr only on a terminal, and only when things take a while."""

    def __init__(self, text: str) -> None:
        self.text = text
        """What is being done; may change."""
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

    def __call__(self, done: int, total: int | None) -> None:
        """So much of ``total`` is done; None: nobody knows how much there is."""
        if self._bar is None:
            if not self._console.is_terminal or time.monotonic() - self._started < PATIENCE_SECONDS:
                return
            columns: tuple[ProgressColumn, ...] = (TextColumn("{task.description}"), BarColumn())
            if total is None:
                columns += (TimeElapsedColumn(),)
            else:
                columns += (TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self.text, total=total)
        self._bar.update(self._task, description=self.text, completed=done, total=total)


def make_machine_code(operations: int) -> None:
    """The model's machine code, where a run of so many operations is worth it, with a sign that it is being made."""
    from engine.machine import WORTH_COMPILING
    from engine.mm.compiler import compile_in_background, load_compiled

    if operations < WORTH_COMPILING or load_compiled():
        return
    with PatientProgress("making machine code, this once") as progress:
        work = compile_in_background()
        while work.is_alive():
            work.join(_LOOK_SECONDS)
            progress(0, None)
