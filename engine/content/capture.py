"""Capture page images from the memory of real programs: ``swapscope capture -o DIR [--family NAME]…``.

Each family has a program (:mod:`engine.content.workload`) that is really started, stopped with
SIGSTOP when its content is in place, and read through ``/proc/PID/maps`` and ``/proc/PID/mem``.
Of the pages that qualify (see :data:`RULE`) a fixed number is picked by a seeded generator.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from engine.content.library import FORMAT, INDEX, PAGE_BYTES
from engine.errors import InputError, Problem, nearest

IMAGES = 48
SEED = 2023
MIN_NONZERO_BYTES = 512
RULE = (
    f"whole 4096-byte pages at their own address; at least {MIN_NONZERO_BYTES} bytes that are not zero and not one "
    "repeated word (except the families zero and filled); no page twice; none with an absolute path below a "
    f"machine's usual or own directories, a mail address or the host's name; seeded choice (seed {SEED})"
)
MAIL = re.compile(rb"[A-Za-z0-9._+-]{2,}@[A-Za-z0-9-]{2,}\.[a-z]{2,}")
USUAL_DIRECTORIES = ("/root", "/home/", "/tmp", "/usr/", "/var/", "/opt/", "/etc/", "/mnt/", "/Users/")
CODE_FILES = re.compile(r"/(libpython|python3|libsqlite3|libcrypto|libssl|libz)[^/]*$")


@dataclass(frozen=True)
class Recipe:
    """How one family is captured: which mappings count and how many images are wanted."""

    about: str
    """What the pages are, one sentence without a full stop."""
    licence: str
    mapping: str = "span"
    """``span``: the places the program names; ``anonymous``: its heap and arenas; ``code``: executable file pages."""
    count: int = IMAGES
    uniform: bool = False
    """The pages are meant to be one repeated word."""


PYTHON_LICENCE = "Python Software Foundation License (the input is Python's standard library)"
RECIPES = {
    "heap": Recipe(
        "heap of a Python program: syntax trees, objects, dicts, lists, strings", PYTHON_LICENCE, "anonymous"
    ),
    "database": Recipe("page cache of SQLite: tables and indices of an API index", PYTHON_LICENCE, "anonymous"),
    "text": Recipe("the Python language reference, English prose as UTF-8", PYTHON_LICENCE),
    "json": Recipe("JSON records of the classes and functions of Python's standard library", PYTHON_LICENCE),
    "code": Recipe(
        "machine code of the libraries of a Python program, as mapped",
        "Python Software Foundation License; SQLite is in the public domain; OpenSSL: Apache-2.0; zlib: zlib License",
        "code",
    ),
    "random": Recipe("bytes of the kernel's random generator, as encrypted memory looks", "none needed"),
    "zero": Recipe("a page of zeros", "none needed", count=1, uniform=True),
    "filled": Recipe("one word repeated, not zero: memory a program has filled", "none needed", count=4, uniform=True),
}


HELP = "capture page images from the memory of real programs"
EPILOG = "examples:\n  swapscope capture -o pages\n  swapscope capture -o pages --family json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``swapscope capture``."""
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="where the images are written")
    parser.add_argument(
        "--family", metavar="NAME", action="append", help="only this family (may be repeated); default: all of them"
    )


def run(args: argparse.Namespace) -> int:
    """Capture what ``args`` asks for and say what came of it; raises InputError."""
    for line in capture(args.output, args.family):
        print(line, flush=True)
    return 0


def capture(directory: Path, families: Iterable[str] | None = None) -> Iterator[str]:
    """Capture ``families`` (default all) into ``directory``, yielding one line of report for each.

    Families that are not asked for keep the images and the index entry they have. Nothing in
    ``directory`` changes before every family is captured. Raises InputError.
    """
    names = list(dict.fromkeys(families)) if families else list(RECIPES)
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        allowed = ", ".join(RECIPES)
        raise InputError(
            Problem(f"there is no family of pages '{name}'", key="--family", expected=allowed,
                    nearest=nearest(name, RECIPES))
            for name in unknown
        )  # fmt: skip
    if sys.platform != "linux":
        raise InputError(Problem("page images are read from /proc/PID/mem, which only Linux has", key="capture"))
    try:
        directory.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".capture-", dir=directory))
    except OSError as error:
        raise InputError(Problem(f"cannot write there: {error.strerror}", file=str(directory))) from error
    try:
        entries = _kept_entries(directory)
        for name in names:
            pages, source = capture_family(name)
            data = b"".join(pages)
            (scratch / f"{name}.pages").write_bytes(data)
            recipe = RECIPES[name]
            entries[name] = {
                "images": len(pages),
                "crc32": zlib.crc32(data),
                "about": recipe.about,
                "program": source,
                "command": f"python -I -S engine/content/workload.py {name}",
                "date": datetime.date.today().isoformat(),
                "licence": recipe.licence,
            }
            yield f"{name}: {len(pages)} pages"
        ordered = {name: entries[name] for name in RECIPES if name in entries}
        index = {"format": FORMAT, "page_bytes": PAGE_BYTES, "rule": RULE, "families": ordered}
        (scratch / INDEX).write_text(json.dumps(index, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for name in names:
            os.replace(scratch / f"{name}.pages", directory / f"{name}.pages")
        os.replace(scratch / INDEX, directory / INDEX)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _kept_entries(directory: Path) -> dict[str, object]:
    try:
        return dict(json.loads((directory / INDEX).read_text(encoding="utf-8"))["families"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # nothing there yet, or nothing that can be kept


def capture_family(name: str) -> tuple[list[bytes], str]:
    """The pages of one family, each 4096 bytes, and the program they came from; raises InputError."""
    recipe = RECIPES[name]
    with tempfile.TemporaryDirectory(prefix="capture-") as scratch:
        process = _start(name, scratch)
        try:
            spans = _wait_until_ready(process, name)
            _stop(process.pid)
            program = _program(name)
            if recipe.mapping != "span":
                wanted = [m for m in mappings(process.pid) if _wanted(recipe, m[2], m[3])]
                spans = [(address, size) for address, size, _, _ in wanted]
                if recipe.mapping == "code":
                    program += ": " + ", ".join(sorted({Path(path).name for _, _, _, path in wanted}))
            pages = list(dict.fromkeys(read_pages(process.pid, spans)))
        finally:
            process.kill()
            process.communicate()
        if not recipe.uniform:
            private = machine_names()
            pages = [page for page in pages if qualifies(page) and not reveals(page, private)]
        if name == "database":
            stored = (Path(scratch) / "symbols.db").read_bytes()
            pages = made_of(pages, stored)
    chosen = choose(pages, recipe.count)
    if len(chosen) < recipe.count:
        found = f"only {len(chosen)} of {recipe.count} pages of family '{name}' were found in the program's memory"
        raise InputError(Problem(found, key="capture", expected="a Python with its standard library's sources"))
    return chosen, program


def _program(name: str) -> str:
    text = f"{platform.python_implementation()} {platform.python_version()} on Linux {platform.machine()}"
    return f"{text}, SQLite {sqlite3.sqlite_version}" if name == "database" else text


def _start(name: str, scratch: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("workload.py")), name, scratch]
    # An empty environment: what is not in the program's memory cannot be captured.
    clean = {"LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean, cwd=scratch
    )


def _wait_until_ready(process: subprocess.Popen[bytes], name: str) -> list[tuple[int, int]]:
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    try:
        return [(int(a), int(size)) for a, size in json.loads(line)["spans"]]
    except ValueError:
        said = process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
        raise InputError(Problem(f"the program of family '{name}' failed: {said}", key="capture")) from None


def _stop(pid: int) -> None:
    """Stop the child and wait until it really stands still, so that its memory is one state."""
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)


def mappings(pid: int) -> Iterator[tuple[int, int, str, str]]:
    """(address, bytes, flags, path) of every mapping of a process, in the order of addresses."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        begin, end = (int(part, 16) for part in fields[0].split("-"))
        yield begin, end - begin, fields[1], fields[5] if len(fields) > 5 else ""


def _wanted(recipe: Recipe, flags: str, path: str) -> bool:
    if recipe.mapping == "code":
        return "x" in flags and CODE_FILES.search(path) is not None
    return flags.startswith("rw") and flags.endswith("p") and path in ("", "[heap]")


def read_pages(pid: int, spans: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """Every whole page inside ``spans`` (address, bytes) of a stopped child process."""
    memory: IO[bytes]
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for begin, size in spans:
            first = -(-begin // PAGE_BYTES) * PAGE_BYTES
            for address in range(first, begin + size - PAGE_BYTES + 1, PAGE_BYTES):
                memory.seek(address)
                try:
                    page = memory.read(PAGE_BYTES)
                except OSError:
                    continue  # a guard page
                if len(page) == PAGE_BYTES:
                    yield page


def qualifies(page: bytes) -> bool:
    """Whether a page has something in it: neither almost zero nor one word repeated."""
    return PAGE_BYTES - page.count(0) >= MIN_NONZERO_BYTES and page != page[:8] * (PAGE_BYTES // 8)


def machine_names() -> re.Pattern[bytes]:
    """What must not be in a page: the directories and the name of the machine this runs on."""
    own = [os.getcwd(), str(Path.home()), tempfile.gettempdir(), sys.prefix, sys.base_prefix, __file__]
    directories = {"/" + Path(path).parts[1] for path in own if len(Path(path).parts) > 1} | set(USUAL_DIRECTORIES)
    name = socket.gethostname()
    host = b"" if name == "localhost" else re.escape(name.encode())
    paths = b"|".join(re.escape(directory.encode()) for directory in sorted(directories))
    # A short host name occurs by chance inside words and in machine code; only a whole word can be it.
    return re.compile(paths + (rb"|(?<![A-Za-z0-9])" + host + rb"(?![A-Za-z0-9])" if host else b""))


def reveals(page: bytes, private: re.Pattern[bytes]) -> bool:
    """Whether a page tells something of a machine or a person."""
    return private.search(page) is not None or MAIL.search(page) is not None


def made_of(pages: list[bytes], stored: bytes) -> list[bytes]:
    """The pages that hold parts of ``stored``: of eight samples of 48 bytes at least six are found in it.

    Two may lie on what is between two buffers of a page cache. A sample of zeros is no evidence.
    """
    # Searching for every sample of every page takes seconds, so most pages are ruled out by single words first.
    shifted = [np.frombuffer(stored, "<u8", (len(stored) - shift) // 8, shift) for shift in range(8)]
    words = np.frombuffer(b"".join(pages), "<u8").reshape(-1, PAGE_BYTES // 8)[:, ::16]
    likely = np.isin(words, np.concatenate(shifted)).mean(axis=1) > 0.8
    found = []
    for i in np.flatnonzero(likely):
        samples = [pages[i][at : at + 48] for at in range(232, PAGE_BYTES, 512)]
        if sum(any(sample) and sample in stored for sample in samples) >= 6:
            found.append(pages[i])
    return found


def choose(pages: list[bytes], count: int) -> list[bytes]:
    """At most ``count`` of ``pages``, the same ones for the same list, in the order of the list."""
    if len(pages) <= count:
        return pages
    picked = random.Random(SEED).sample(range(len(pages)), count)
    return [pages[i] for i in sorted(picked)]
