"""A part of the model compiled in a process of its own, while this one compiles the rest.

LLVM does one thing at a time in a process, and Numba in front of it is Python. So the two large forms of
the model take half as long in two processes, though each of them lowers the whole. What cannot be had
this way is compiled here, one after the other: nothing depends on the second process.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.mm.object_code import Object, packed, unpacked

if TYPE_CHECKING:
    import subprocess

LONGEST_WAIT_S = 600

PROGRAM = """
import sys
sys.path[:] = {path!r}
from engine.mm.compiler import compile_for_another
from engine.mm.second_process import end_with
end_with({parent})
compile_for_another({folder!r}, {names!r})
"""


class Second:
    """The second process; None where there is none."""

    def __init__(self, process: subprocess.Popen[bytes] | None) -> None:
        self._process = process

    def objects(self) -> dict[str, Object]:
        """Wait for what it made: the entries by name, none where it failed."""
        from subprocess import TimeoutExpired

        if self._process is None:
            return {}
        try:
            said, _ = self._process.communicate(timeout=LONGEST_WAIT_S)
        except TimeoutExpired:
            return {}
        return unpacked(said)


@contextmanager
def second_process(folder: str, names: Collection[str]) -> Iterator[Second]:
    """Compile these entries of the model that ``folder`` is named after in another process; ended with the block."""
    import subprocess  # Only here: a start that finds the machine code does without it.

    code = PROGRAM.format(path=sys.path, parent=os.getpid(), folder=folder, names=sorted(names))
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except OSError:
        yield Second(None)
        return
    with process:
        try:
            yield Second(process)
        finally:
            process.kill()


def end_with(parent: int) -> None:
    """In the second process: end when the first is gone, which left it to itself (not on Windows)."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    if os.name == "posix":
        threading.Thread(target=watch, daemon=True).start()


def hand_over(objects: dict[str, Object]) -> None:
    """In the second process: give the first what was made."""
    sys.stdout.buffer.write(packed(objects))


def processors() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
