"""``python -m engine.truth.recorder``: the walks on the kernel of this machine, and its counters.

For root on a Linux with zswap, memory cgroups of version 1, debugfs and tracefs, without swap in use. Each
walk gets a swapfile and a cgroup of its own; the kernel's settings are put back afterwards. The walker
is compiled from ``walker.c`` with the machine's C compiler.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import InputError, Problem, nearest
from engine.study.bench_peers import compiler
from engine.truth.recorded import COUNTERS, GAUGES
from engine.truth.walks import Walk, reads, walks

SOURCE = Path(__file__).with_name("walker.c")
MARK, FORK, EXIT, WRITE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 1 << 31
MIB = 1 << 20
PAGE_SIZE = 4096
FLUSH_IS_OVER_S = 0.1
"""The walker starts so long after the kernel has flushed its statistics: nearly two seconds before the next time."""
VMSTAT = {"swapcached_pages": "nr_swapcached"}
"""Figures of /proc/vmstat that the model has under another name."""
ZSWAP = {
    "pool_limit_hit": "pool_limit_hit", "zswap_stored_pages": "stored_pages",
    "stored_incompressible_pages": "stored_incompressible_pages",
}  # fmt: skip
"""Figures of /sys/kernel/debug/zswap."""

Figures = dict[str, int]


class Kernel:
    """Where this machine's kernel is told what to do; ``root`` is its file system's (a test gives one of its own)."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.zswap = root / "sys/module/zswap/parameters"
        self.vm = root / "proc/sys/vm"
        self.swaps = root / "proc/swaps"
        self.cgroups = root / "sys/fs/cgroup/memory"
        self.debug = root / "sys/kernel/debug"
        self.tracing = root / "sys/kernel/tracing"

    def missing(self) -> list[Problem]:
        """What stands in the way of recording here."""
        wanted = (
            (self.zswap / "enabled", "a kernel with zswap (CONFIG_ZSWAP)"),
            (self.cgroups / "memory.limit_in_bytes", "memory cgroups of version 1, mounted at /sys/fs/cgroup/memory"),
            (self.debug, "debugfs: mount -t debugfs none /sys/kernel/debug"),
            (self.tracing / "trace", "tracefs: mount -t tracefs none /sys/kernel/tracing"),
        )  # fmt: skip
        found = [Problem("is not there", file=str(path), expected=what) for path, what in wanted if not path.exists()]
        if os.geteuid() != 0:
            found.append(Problem("only root may do that", expected="sudo"))
        elif not found and len(self.swaps.read_text().splitlines()) > 1:
            found.append(Problem("swap is in use", file=str(self.swaps), expected="none: swapoff -a"))
        if compiler() is None:
            found.append(Problem("there is no C compiler", expected="cc, gcc or clang"))
        return found

    @contextmanager
    def set_up_for(self, walk: Walk) -> Iterator[None]:
        """The kernel's settings as a walk wants them, and afterwards as they were."""
        settings = {
            self.zswap / "max_pool_percent": walk.pool_percent,
            self.zswap / "accept_threshold_percent": walk.accept_threshold_percent,
            self.zswap / "shrinker_enabled": "N",
            self.zswap / "enabled": "Y" if walk.zswap else "N",
            self.vm / "page-cluster": walk.page_cluster,
            self.vm / "swappiness": 100,
        }
        before = {path: path.read_text() for path in settings}
        try:
            for path, value in settings.items():
                path.write_text(str(value))
            yield
        finally:
            for path, text in before.items():
                path.write_text(text)

    @contextmanager
    def swapfile(self, folder: Path, mib: int) -> Iterator[None]:
        """A swapfile in use."""
        path = folder / "swapfile"
        with path.open("wb") as file:
            for _ in range(mib):
                file.write(bytes(MIB))
        path.chmod(0o600)
        subprocess.run(["mkswap", path], check=True, capture_output=True)
        subprocess.run(["swapon", path], check=True)
        try:
            yield
        finally:
            subprocess.run(["swapoff", path], check=True)
            path.unlink()

    @contextmanager
    def cgroup(self, limit: int) -> Iterator[Path]:
        """A memory cgroup with a limit in bytes."""
        path = self.cgroups / "swapscope"
        path.mkdir()
        try:
            (path / "memory.swappiness").write_text("100")
            (path / "memory.limit_in_bytes").write_text(str(limit))
            yield path
        finally:
            for _ in range(50):
                try:
                    path.rmdir()
                    break
                except OSError:
                    time.sleep(0.1)

    def wait_for_flush(self) -> None:
        """Until the cgroups' statistics have just been flushed; raises OSError when they are not in ten seconds."""
        event = self.tracing / "events/memcg/memcg_flush_stats"
        on = self.tracing / "tracing_on"
        was_on = on.read_text()
        (event / "filter").write_text("force==1")
        (event / "enable").write_text("1")
        on.write_text("1")
        try:
            (self.tracing / "trace").write_text("")
            for _ in range(1000):
                if "memcg_flush_stats:" in (self.tracing / "trace").read_text():
                    time.sleep(FLUSH_IS_OVER_S)
                    return
                time.sleep(0.01)
            raise OSError("the kernel does not flush its statistics")
        finally:
            on.write_text(was_on)
            (event / "enable").write_text("0")
            (event / "filter").write_text("0")


def words_of(walk: Walk) -> NDArray[np.uint32]:
    """A walk as the walker's list: 32-bit words."""
    words: list[int] = []
    for part in walk.whole():
        pages = (part.pages + np.where(part.writes, WRITE, 0)).tolist()
        words += [FORK, *pages, MARK, EXIT] if part.by_child else [*pages, MARK]
    return np.array(words, dtype=np.uint32)


def read_marks(told: str) -> list[Figures]:
    """The figures at each mark of what the walker printed; counters since the mark before, gauges as they are."""
    states = []
    for section in re.split(r"^mark \d+$", told, flags=re.MULTILINE)[1:]:
        values = dict(re.findall(r"^(\w+) (\d+)$", section, flags=re.MULTILINE))
        used = sum(int(kib) for kib in re.findall(r"^\S+\s+file\s+\d+\s+(\d+)", section, flags=re.MULTILINE))
        state = {name: int(values.get(VMSTAT.get(name, ZSWAP.get(name, name)), 0)) for name in COUNTERS + GAUGES}
        state["swap_used_pages"] = used * 1024 // PAGE_SIZE
        state["zswap_pool_pages"] = int(values.get("pool_total_size", 0)) // PAGE_SIZE
        states.append(state)
    return [
        {name: now[name] - (before[name] if name in COUNTERS else 0) for name in COUNTERS + GAUGES}
        for before, now in itertools.pairwise(states)
    ]


@dataclass(frozen=True)
class Run:
    """What the kernel counted at each mark that was reached, and whether it ended the run for want of memory."""

    marks: list[Figures]
    killed: bool


def record(walk: Walk, kernel: Kernel, walker: Path, folder: Path, *, at_flush: bool = True) -> Run:
    """One walk on this kernel.

    ``at_flush``: it begins when the statistics have just been flushed. Raises OSError when the walker fails.
    """
    steps = folder / "walk"
    words_of(walk).tofile(steps)
    with (
        kernel.set_up_for(walk),
        kernel.swapfile(folder, walk.swap_mb),
        kernel.cgroup(walk.frames * PAGE_SIZE + MIB) as cgroup,
    ):
        if at_flush:
            kernel.wait_for_flush()
        done = subprocess.run(
            [walker, steps, str(walk.pages), cgroup, "shmem" if walk.shmem else "private",
             "random" if walk.random_bytes else "text"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode > 0:
        raise OSError(f"the walker ended with {done.returncode}: {done.stderr.strip()}")
    marks = read_marks(done.stdout)
    return Run(marks, len(marks) < len(walk.marks))


def prime(kernel: Kernel, walker: Path, folder: Path) -> None:
    """A walk in order, ended within a window, leaves readahead's window as after boot: the kernel has but one."""
    walk = Walk("in order", 2_000, 500, (reads(np.arange(1_996)),), swap_mb=16)
    record(walk, kernel, walker, folder, at_flush=False)


def spans(runs: Sequence[Run]) -> list[dict[str, list[int]]]:
    """At each mark the least and the most of the runs that came to it, of figures that are not always 0."""
    found = []
    for mark in range(max(len(run.marks) for run in runs)):
        states = [run.marks[mark] for run in runs if mark < len(run.marks)]
        low = {name: min(state[name] for state in states) for name in COUNTERS + GAUGES}
        high = {name: max(state[name] for state in states) for name in COUNTERS + GAUGES}
        found.append({name: [low[name], high[name]] for name in low if high[name]})
    return found


def chosen(names: Sequence[str]) -> list[Walk]:
    """The walks whose names begin as said, all when nothing is said; raises InputError for a name of none."""
    found = walks()
    for name in names:
        if not any(walk.name.startswith(name) for walk in found):
            known = [walk.name for walk in found]
            raise InputError(Problem(f"there is no walk '{name}'", nearest=nearest(name, known)))
    return [walk for walk in found if not names or walk.name.startswith(tuple(names))]


def main(arguments: Sequence[str], kernel: Kernel | None = None) -> int:
    """Record walks and write their figures to a JSON file; 2 when this machine or the arguments do not allow it."""
    parser = argparse.ArgumentParser(prog="python -m engine.truth.recorder", description=__doc__)
    parser.add_argument("walk", nargs="*", help="walks by the beginning of their name (default: all)")
    parser.add_argument("--runs", type=int, default=4, help="times each walk is made (default: 4)")
    parser.add_argument("--out", type=Path, default=Path("walks.json"), help="where the figures go (walks.json)")
    given = parser.parse_args(arguments)
    kernel = kernel or Kernel()
    try:
        wanted = chosen(given.walk)
        if problems := kernel.missing():
            raise InputError(problems)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix="swapscope-", dir=given.out.resolve().parent) as folder:
            record_all(wanted, kernel, Path(folder), given.runs, given.out)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"recording failed: {error}", file=sys.stderr)
        return 2
    return 0


def record_all(wanted: Sequence[Walk], kernel: Kernel, folder: Path, times: int, out: Path) -> None:
    """Each walk so many times; the figures are written after each, beside those of walks that ``out`` has already."""
    found = json.loads(out.read_text()) if out.exists() else {}
    walker = folder / "walker"
    subprocess.run([str(compiler()), "-O2", "-o", walker, SOURCE], check=True)
    for walk in wanted:
        runs = []
        for _ in range(times):
            prime(kernel, walker, folder)
            runs.append(record(walk, kernel, walker, folder))
        killed = sum(run.killed for run in runs)
        print(f"{walk.name}: {times} runs, {killed} of them ended by the OOM killer", flush=True)
        found[walk.name] = {"runs": times, "killed": killed, "marks": spans(runs)}
        out.write_text(json.dumps(found, separators=(",", ":")).replace('}]},"', '}]},\n"') + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
