"""Those Swapscope is measured against: libCacheSim's own loop, the list-based LRU of textbooks, and a twin in C."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from engine.program import Program
from engine.study.bench_workload import IMAGES
from engine.trace.generate import Pages

TWIN_SOURCE = Path(__file__).with_name("twin.c")
TWIN_COUNTERS = (
    "references", "hits", "pgfault", "pgmajfault", "zswpout", "zswpin", "zswpwb", "pswpout", "pswpin", "swap_ra",
    "pgscan_anon", "pgsteal_anon", "pgactivate", "pgdeactivate",
)  # fmt: skip
"""What the twin counts, in the order of its ``counters``."""


def has_libcachesim() -> bool:
    """Whether libCacheSim's wheel is installed."""
    return importlib.util.find_spec("libcachesim") is not None


class CacheSim:
    """libCacheSim on a trace file in its own binary format, so that only its C code runs."""

    def __init__(self, pages: Pages, folder: str) -> None:
        record = np.zeros(len(pages), dtype=[("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])
        record["time"] = np.arange(len(pages))
        record["id"] = pages + 1
        record["size"] = 1
        record["next"] = -1
        self._path = str(Path(folder) / "references.oracleGeneral")
        self._references = len(pages)
        record.tofile(self._path)

    def run(self, policy: str, frames: int) -> tuple[float, float]:
        """Millions of references a second of a policy (``LRU`` or ``Clock``), and its miss ratio."""
        import libcachesim

        reader = libcachesim.TraceReader(self._path, libcachesim.TraceType.ORACLE_GENERAL_TRACE)
        cache = getattr(libcachesim, policy)(frames)
        began = time.perf_counter()
        misses, _ = cache.process_trace(reader)
        return self._references / (time.perf_counter() - began) / 1e6, float(misses)


@contextmanager
def cache_sim(pages: Pages) -> Iterator[CacheSim]:
    """A :class:`CacheSim` whose trace file is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="swapscope-bench-") as folder:
        yield CacheSim(pages, folder)


def textbook_lru(pages: list[int], frames: int) -> int:
    """LRU as OSTEP's ``paging-policy.py`` has it: memory is a list, its first is the oldest; the misses."""
    memory: list[int] = []
    misses = 0
    for page in pages:
        if page in memory:
            memory.remove(page)
        else:
            misses += 1
            if len(memory) == frames:
                memory.pop(0)
        memory.append(page)
    return misses


def compiler() -> str | None:
    """The C compiler of this machine: ``CC``, or what is called cc, gcc or clang."""
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and shutil.which(name):
            return name
    return None


class Twin:
    """The model's hot path in C (twin.c), compiled on the spot; raises OSError or CalledProcessError without."""

    def __init__(self) -> None:
        found = compiler()
        if found is None:
            raise OSError("there is no C compiler")
        with tempfile.TemporaryDirectory(prefix="swapscope-twin-") as folder:
            library = str(Path(folder) / "twin.so")
            command = [found, "-O2", "-march=native", "-shared", "-fPIC", "-o", library, str(TWIN_SOURCE)]
            subprocess.run(command, check=True, capture_output=True)
            self._library = ctypes.CDLL(library)
        self._library.twin_new.restype = ctypes.c_void_p
        self._library.twin_new.argtypes = [ctypes.c_int64] * 5 + [ctypes.c_void_p, ctypes.c_int64]
        self._library.twin_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
        self._library.twin_counters.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        self._library.twin_free.argtypes = [ctypes.c_void_p]

    def run(self, program: Program) -> tuple[float, dict[str, int]]:
        """Millions of references a second on a program's references, and what it counted."""
        pages = program.processes[0].pages
        lengths = np.ascontiguousarray(program.images.lz4)
        machine = self._library.twin_new(
            pages, program.setting("machine.frames"), program.swapfiles[0].slots,
            program.setting("machine.zswap.max_pool_percent"), 1 << program.setting("machine.page_cluster"),
            lengths.ctypes.data, IMAGES,
        )  # fmt: skip
        if not machine:
            raise MemoryError("the twin found no memory")
        began = time.perf_counter()
        self._library.twin_run(machine, program.ops.ctypes.data, len(program.ops))
        seconds = time.perf_counter() - began
        counted = np.zeros(len(TWIN_COUNTERS), np.int64)
        self._library.twin_counters(machine, counted.ctypes.data)
        self._library.twin_free(machine)
        return len(program.ops) / seconds / 1e6, dict(zip(TWIN_COUNTERS, counted.tolist(), strict=True))
