"""``swapscope record``: any program's memory references, taken while it runs under Valgrind's Lackey tool.

The program keeps its input and outputs; Lackey's lines come through a pipe of their own, so the
program is never more than a pipe's length ahead of what is read, and its mappings can be looked at
while they are still there. Only the program itself is followed: what it forks, or becomes by exec,
goes on unrecorded.
"""

from __future__ import annotations

import argparse
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from engine.errors import InputError, Problem
from engine.trace.files import check_writable, save_trace
from engine.trace.folding import Folder
from engine.trace.lackey_output import read_lines
from engine.trace.mappings import PageNames
from engine.trace.recording import Recording, as_word

if sys.platform == "linux":
    import fcntl

_PIPE_BYTES = 1 << 20
"""The program runs ahead by no more than this, some 60 000 lines, while its mappings are looked up."""
_GATHER_SECONDS = 0.008
_POLL_SECONDS = 0.2
_STOP_SECONDS = 3.0
_MOST_MESSAGES = 50


@dataclass(frozen=True)
class Recorded:
    """What came of recording a program."""

    recording: Recording
    exit_code: int
    """As the system has it: minus the signal's number when a signal ended the program."""
    stopped: str
    """Why it was stopped before its end: ``limit``, ``interrupt`` or nothing."""
    seconds: float


HELP = "record the memory references of a real program (needs Valgrind)"
EPILOG = "examples:\n  swapscope record -o sort.swt -- sort words.txt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``swapscope record``."""
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the trace to write (.swt)")
    parser.add_argument("--limit", type=_positive, metavar="N", help="stop the program after N references")
    parser.add_argument("--text", action="store_true", help="write the plain text form")
    parser.add_argument(
        "--window", type=_positive, default=1, metavar="N",
        help="keep each page once in every N references, with its count; "
        "1 (the default) folds only immediate repeats",
    )  # fmt: skip
    parser.add_argument("--instructions", action="store_true", help="record instruction fetches as reads, too")
    parser.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="-- COMMAND …",
        help="the program to run, with its arguments; programs that it starts in turn are not followed",
    )  # fmt: skip


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {value}")
    return value


def run(args: argparse.Namespace) -> int:
    """Record the program of ``args`` and write the trace; returns 0 when it was written.

    Raises InputError when there is nothing to record or the trace cannot be written.
    """
    command = args.program[1:] if args.program[:1] == ["--"] else args.program
    check_writable(args.output)
    console = Console(stderr=True)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal,
        redirect_stdout=False, redirect_stderr=False, refresh_per_second=4,
    ) as progress:  # fmt: skip
        task = progress.add_task("starting Valgrind")
        done = record(
            command, limit=args.limit, window=args.window, instructions=args.instructions,
            report=lambda references, pages: progress.update(
                task, description=f"{references:,} references, {pages:,} pages"
            ),
        )  # fmt: skip
    save_trace(done.recording, args.output, text=args.text or None)
    print(describe(done, args.output), file=sys.stderr)
    return 0


def describe(done: Recorded, output: str) -> str:
    """What was recorded and how the program ended, in two sentences."""
    recording = done.recording
    why = {"limit": " It was stopped at the limit.", "interrupt": " It was interrupted; what came before is kept."}
    code = done.exit_code
    end = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
    return (
        f"{recording.processes[0]}: {recording.references:,} references ({recording.writes:,} writes) to "
        f"{recording.touched_pages():,} pages in {done.seconds:.1f} s, kept as {len(recording):,} in {output} "
        f"({Path(output).stat().st_size:,} bytes). The program ended with {end}.{why.get(done.stopped, '')}"
    )


def record(
    command: Sequence[str],
    *,
    limit: int | None = None,
    window: int = 1,
    instructions: bool = False,
    report: Callable[[int, int], None] = lambda references, pages: None,
) -> Recorded:
    """Run ``command`` under Lackey and return what it referenced.

    ``report`` is called now and then with the references and pages so far. An interrupt (Ctrl-C) stops
    the program and returns what there is. Raises InputError when Valgrind or the program is missing,
    or when the program made no reference.
    """
    valgrind = _find(command)
    ours, theirs = os.pipe()
    _widen(theirs)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            [
                valgrind, "--tool=lackey", "--trace-mem=yes", f"--log-fd={theirs}", "--trace-children=no",
                "--child-silent-after-fork=yes", "--vgdb=no", "--", *command,
            ],
            pass_fds=(theirs,),
        )  # fmt: skip
    finally:
        os.close(theirs)
    names = PageNames(lambda: _maps(process.pid))
    folder = Folder(window)
    messages: list[str] = []
    stopped = ""
    try:
        for chunk in _chunks(ours, process):
            accesses = read_lines(chunk, instructions=instructions)
            page, write = accesses.page, accesses.write
            if limit is not None and folder.references + len(page) >= limit:
                page, write = page[: limit - folder.references], write[: limit - folder.references]
                stopped = "limit"
            names.see(page, write)
            folder.add((page << 1) | write)
            messages = (messages + accesses.messages)[-_MOST_MESSAGES:]
            report(folder.references, len(names.pages))
            if stopped:
                break
        else:
            process.wait()
    except KeyboardInterrupt:
        stopped = "interrupt"
    finally:
        _end(process, ours)
    recording = _recording(command, names, folder)
    if not len(recording):
        said = "; ".join(message for message in messages if message)
        raise InputError(
            Problem(f"'{command[0]}' made no memory reference under Valgrind ({said or 'it said nothing'})")
        )
    return Recorded(recording, process.returncode, stopped, time.monotonic() - started)


def _find(command: Sequence[str]) -> str:
    """The path of Valgrind. Raises InputError when it or the command is missing; both when both are."""
    problems = []
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        problems.append(Problem("Valgrind is not installed, and recording needs it", expected="apt install valgrind"))
    if not command:
        problems.append(Problem("there is no program to record", expected="swapscope record -o FILE -- COMMAND …"))
    elif shutil.which(command[0]) is None:
        problems.append(Problem(f"'{command[0]}' is no program that can be run", expected="a program's name or path"))
    if problems or valgrind is None:
        raise InputError(problems)
    return valgrind


def _widen(pipe: int) -> None:
    """Let the pipe hold as much as one read takes, where the system allows it."""
    if sys.platform == "linux":
        try:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        except OSError:
            pass  # Its own size does as well, only slower.


def _maps(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/maps").read_text(errors="replace")
    except OSError:
        return None


def _chunks(pipe: int, process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """Whole lines from ``pipe``, some at a time, until its end or the program's (a child may keep it open)."""
    rest = b""
    while True:
        ready = select.select([pipe], [], [], _POLL_SECONDS)[0]
        if not ready:
            if process.poll() is not None:
                break
            continue
        data = os.read(pipe, _PIPE_BYTES)
        if not data:
            break
        if len(data) < _PIPE_BYTES // 2:
            # Lackey writes line by line: waking up for each would cost it and us most of the time.
            time.sleep(_GATHER_SECONDS)
        data = rest + data
        whole = data.rfind(b"\n") + 1
        lines, rest = data[:whole], data[whole:]
        if lines:
            yield lines


def _end(process: subprocess.Popen[bytes], pipe: int) -> None:
    """Stop the program if it still runs, and close ``pipe``."""
    if process.poll() is None:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    # Valgrind looks at signals between its writes, so what it still writes has to be taken.
    while process.poll() is None and time.monotonic() < deadline:
        if not select.select([pipe], [], [], _POLL_SECONDS)[0] or not os.read(pipe, _PIPE_BYTES):
            time.sleep(_GATHER_SECONDS)
    if process.poll() is None:
        process.kill()
    os.close(pipe)
    process.wait()


def _recording(command: Sequence[str], names: PageNames, folder: Folder) -> Recording:
    keys, count = folder.finish()
    regions, pages, numbers = names.number()
    page = keys >> 1
    theirs = np.isin(page, pages)
    page, keys, count = page[theirs], keys[theirs], count[theirs]
    return Recording(
        process=np.zeros(len(page), np.uint8),
        page=numbers[np.searchsorted(pages, page)] if len(page) else page,
        write=(keys & 1).astype(np.bool_),
        count=count,
        processes=(as_word(Path(command[0]).name),),
        regions=regions,
        command=shlex.join(command),
        window=folder.window,
    )
