"""A policy asked in a process of its own, with a limit of time and memory: one that hangs or crashes harms nobody.

The program goes to the child through its standard input; what comes back is data that is checked:
a line of JSON with what went wrong, or with how many answers follow as 64-bit integers. Nothing
the child sends is ever run. This is no prison: the code can do what its user can do
(docs/policies.md), so it runs only where somebody asked for that.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from engine.errors import InputError, Problem
from engine.phrase import phrase
from engine.policies.decide import decide
from engine.policies.file import SORTS, PolicyFile, TooLong
from engine.policies.watch import settings_of
from engine.program import Program

SECONDS = 60.0
"""How long a policy may take when nothing else is said."""
MOST_MEMORY = 4 << 30
"""Bytes of address space the child may take, where the platform can hold it to that."""
POLL = 0.1
GRACE = 2.0
"""Seconds a child has to end by itself, with the line at which its time ran out."""


def decide_apart(
    program: Program,
    path: Path,
    *,
    sort: str | None = None,
    seconds: float = SECONDS,
    wanted: Callable[[], bool] = lambda: True,
) -> Program:
    """The program with the answers of the policy in ``path``, found by a process of its own.

    Raises InputError for mistakes of the policy, for one that is not of the ``sort`` asked for
    ("replacement" or "writeback"), for one that takes longer than ``seconds``, for one that takes
    its process down, and once ``wanted`` says that nobody waits for it any more.
    """
    given = pickle.dumps((program, str(path), sort, seconds), protocol=pickle.HIGHEST_PROTOCOL)
    root = str(Path(__file__).resolve().parents[2])
    known = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    child = subprocess.Popen(
        [sys.executable, "-m", "engine.policies.apart"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
    )  # fmt: skip
    try:
        said = _talk(child, given, path, seconds, wanted)
    finally:
        _end(child)
    return _read(program, said, path, child.returncode)


def _talk(
    child: subprocess.Popen[bytes], given: bytes, path: Path, seconds: float, wanted: Callable[[], bool]
) -> bytes:
    """Send the program and wait for all that the child has to say."""
    until = time.monotonic() + seconds
    first: bytes | None = given
    while True:
        try:
            return child.communicate(first, timeout=POLL)[0]
        except subprocess.TimeoutExpired:
            first = None  # it is on its way already
            if not wanted():
                raise InputError(Problem(phrase("the policy was stopped before it had decided"), str(path))) from None
            if time.monotonic() > until + GRACE:
                raise InputError(Problem(_too_long(seconds), str(path))) from None


def _too_long(seconds: float) -> str:
    return phrase("the policy had no answer after {seconds:g} s and was stopped", seconds=seconds)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child where it still runs, and what it has started itself."""
    if child.poll() is None:
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None and not stream.closed:
            try:
                stream.close()
            except BrokenPipeError:
                pass


def _problem(told: Sequence[Any]) -> Problem:
    """A problem of what the child said of it; what is neither text nor number it did not know."""
    fields: list[Any] = [field if isinstance(field, str | int) else None for field in told]
    return Problem(*fields)


def _read(program: Program, said: bytes, path: Path, code: int | None) -> Program:
    """What the child said, as a program; raises InputError with its problems."""
    line, _, rest = said.partition(b"\n")
    try:
        told = json.loads(line)
        if "problems" in told:
            problems = [_problem(one) for one in told["problems"]]
        else:
            answers = np.frombuffer(rest, dtype=np.int64).copy()
            if len(answers) != told["answers"]:
                raise ValueError
            return replace(program.with_settings(settings_of(SORTS[told["sort"]])), decisions=answers)
    except (ValueError, KeyError, TypeError):
        why = f" (exit code {code})" if code is not None and code >= 0 else " (it was killed)"
        raise InputError(Problem(phrase("the policy took its process down{why}", why=why), str(path))) from None
    raise InputError(problems)


# -- in the child ---------------------------------------------------------------------------


def _limit(seconds: float) -> None:
    """Hold this process to its memory and time, and end it even if nobody does."""
    if hasattr(signal, "setitimer"):

        def stop(*_: object) -> None:
            raise TooLong(_too_long(seconds))

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for what, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, int(seconds) + 30)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            pass


def _answer(given: bytes, out: BinaryIO) -> None:
    program, path, sort, seconds = pickle.loads(given)
    _limit(seconds)
    try:
        policy = PolicyFile(Path(path))
        if sort is not None and policy.sort.name != sort:
            what = phrase("class {name} is a {sort} policy", name=policy.name, sort=policy.sort.name)
            raise InputError(Problem(what, path, expected=phrase("a {sort} policy (docs/policies.md)", sort=sort)))
        made = decide(program, policy).decisions
    except TooLong as error:
        out.write(json.dumps({"problems": [[str(error), path]]}).encode() + b"\n")
        return
    except InputError as error:
        fields = [(one.what, one.file, one.line, one.key, one.expected, one.nearest) for one in error.problems]
        out.write(json.dumps({"problems": fields}).encode() + b"\n")
        return
    out.write(json.dumps({"answers": len(made), "sort": policy.sort.name}).encode() + b"\n" + made.tobytes())


def _main() -> None:
    # What the policy prints goes nowhere: the answer has a way out of its own.
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    with out:
        _answer(sys.stdin.buffer.read(), out)


if __name__ == "__main__":
    _main()
