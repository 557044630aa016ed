"""The programs whose memory is captured: each fills its memory with one kind of content and waits.

Run as a file of its own (``python -I -S workload.py FAMILY [DIR]``; a database is written in DIR), so
nothing but the standard library may be imported here. When the content is in place the program
prints one line of JSON, then waits for its standard input to end:

``{"spans": [[address, bytes], …]}``

``spans`` are the places in its own memory that hold the content; none means "look for it".
"""

from __future__ import annotations

import ast
import ctypes
import importlib.util
import json
import mmap
import os
import sqlite3
import sys
from typing import Any

MODULES = (
    "argparse", "ast", "asyncio.base_events", "asyncio.events", "asyncio.streams", "base64", "bisect", "calendar",
    "cmd", "codecs", "collections", "concurrent.futures.thread", "configparser", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "difflib", "dis", "doctest", "email.message", "enum", "fractions",
    "functools", "gettext", "gzip", "heapq", "html.parser", "http.client", "http.cookies", "inspect", "ipaddress",
    "json.decoder", "json.encoder", "locale", "logging", "logging.handlers", "mailbox", "mimetypes", "optparse",
    "pathlib", "pdb", "pickle", "pickletools", "pprint", "profile", "pydoc", "queue", "random", "sched", "selectors",
    "shelve", "shutil", "socketserver", "statistics", "string", "subprocess", "tarfile", "textwrap", "threading",
    "tokenize", "trace", "traceback", "turtle", "typing", "unittest.case", "unittest.mock", "urllib.parse",
    "urllib.request", "uuid", "warnings", "wave", "weakref", "xml.dom.minidom", "xml.sax.handler", "zipfile",
)  # fmt: skip
"""Modules of the standard library whose sources are the input of the programs; a missing one is passed over."""

FILL_WORDS = (0xFFFFFFFFFFFFFFFF, 0x0101010101010101, 0x2020202020202020, 0xAAAAAAAA55555555)
"""What real programs fill memory with: all ones, booleans, spaces, a memory test's pattern."""

BUFFER_BYTES = 1 << 20


def sources() -> list[tuple[str, str]]:
    """(module, source text) of every module of ``MODULES`` that is installed with its source."""
    found = []
    for name in MODULES:
        try:
            spec = importlib.util.find_spec(name)
        except ImportError:
            continue
        if spec is not None and spec.origin is not None and spec.origin.endswith(".py"):
            with open(spec.origin, encoding="utf-8") as file:
                found.append((name, file.read()))
    return found


def records() -> list[dict[str, Any]]:
    """One record for every class and function of the standard library: what an index of an API holds."""
    found: list[dict[str, Any]] = []
    for module, source in sources():
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            arguments = [] if isinstance(node, ast.ClassDef) else [a.arg for a in node.args.args]
            found.append({
                "id": len(found) + 1,
                "module": module,
                "kind": type(node).__name__.removesuffix("Def").lower(),
                "name": node.name,
                "line": node.lineno,
                "lines": (node.end_lineno or node.lineno) - node.lineno + 1,
                "arguments": arguments,
                "private": node.name.startswith("_"),
                "doc": ast.get_docstring(node),
            })  # fmt: skip
    return found


def manual() -> str:
    """The language reference that ``help()`` shows: a real manual, installed with every Python."""
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in sorted(topics))


def hold(data: bytes) -> tuple[object, list[tuple[int, int]]]:
    """``data`` in an anonymous mapping of its own, as an editor or a server holds a large buffer."""
    buffer = mmap.mmap(-1, len(data))
    buffer.write(data)
    return buffer, [(ctypes.addressof(ctypes.c_char.from_buffer(buffer)), len(data))]


class Symbol:
    """One name of a module and where it is used, an ordinary object with a ``__dict__``."""

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self.module = module
        self.lines: list[int] = []
        self.used_by: set[str] = set()
        self.weight = 0.0


def build_heap() -> object:
    """Syntax trees, an index of symbols, word counts: objects, dicts, lists, sets, strings and floats."""
    trees: dict[str, ast.Module] = {}
    symbols: dict[str, Symbol] = {}
    words: dict[str, int] = {}
    for module, source in sources()[:24]:
        trees[module] = ast.parse(source)
        for node in ast.walk(trees[module]):
            if isinstance(node, ast.Name):
                symbol = symbols.setdefault(node.id, Symbol(node.id, module))
                symbol.lines.append(node.lineno)
                symbol.used_by.add(f"{module}:{node.lineno}")
                symbol.weight += 1.0 / (1 + node.col_offset)
        for word in source.split():
            words[word] = words.get(word, 0) + 1
    ranking = sorted(((count, word) for word, count in words.items()), reverse=True)
    return trees, symbols, words, ranking


def write_database(file: str) -> None:
    """A database of three tables and two indices in ``file``, made by a process of its own that ends then."""
    if (writer := os.fork()) != 0:
        os.waitpid(writer, 0)
        return
    connection = sqlite3.connect(file)
    connection.executescript("""
        PRAGMA page_size = 4096;
        CREATE TABLE symbol (id INTEGER PRIMARY KEY, module TEXT, kind TEXT, name TEXT, line INTEGER, lines INTEGER,
                             doc TEXT);
        CREATE TABLE argument (symbol INTEGER REFERENCES symbol, position INTEGER, name TEXT);
        CREATE TABLE size (symbol INTEGER REFERENCES symbol, lines INTEGER, mean_argument_length REAL);
        CREATE INDEX symbol_name ON symbol (name, module);
        CREATE INDEX argument_name ON argument (name, symbol);
    """)
    for r in records():
        row = (r["id"], r["module"], r["kind"], r["name"], r["line"], r["lines"], r["doc"])
        connection.execute("INSERT INTO symbol VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        names = r["arguments"]
        connection.executemany("INSERT INTO argument VALUES (?, ?, ?)", [(r["id"], i, n) for i, n in enumerate(names)])
        mean = sum(map(len, names)) / max(1, len(names))
        connection.execute("INSERT INTO size VALUES (?, ?, ?)", (r["id"], r["lines"], mean))
    connection.commit()
    connection.close()
    os._exit(0)


def read_database(file: str) -> object:
    """A connection that has read every page of the database into SQLite's page cache, and nothing else."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA cache_size = -65536")
    for query in (
        "SELECT sum(length(doc)) FROM symbol",
        "SELECT count(*) FROM symbol INDEXED BY symbol_name WHERE name > '' AND module > ''",
        "SELECT count(*) FROM argument INDEXED BY argument_name WHERE name > '' AND symbol > 0",
        "SELECT max(name) FROM argument NOT INDEXED",
        "SELECT sum(mean_argument_length) FROM size",
    ):
        connection.execute(query).fetchall()
    return connection


def main(family: str, directory: str) -> None:
    """Build the content of ``family``, say where it is, and keep it until standard input ends."""
    spans: list[tuple[int, int]] = []
    kept: object
    if family == "heap":
        kept = build_heap()
    elif family == "database":
        file = os.path.join(directory, "symbols.db")
        write_database(file)
        kept = read_database(file)
    elif family == "code":
        # Their libraries are what is captured: the interpreter, OpenSSL, zlib and SQLite.
        import ssl
        import zlib

        kept = (ssl, zlib, sqlite3)
    elif family == "text":
        kept, spans = hold(manual().encode())
    elif family == "json":
        kept, spans = hold(json.dumps(records()).encode())
    elif family == "random":
        kept, spans = hold(os.urandom(BUFFER_BYTES))
    elif family == "zero":
        kept, spans = hold(bytes(mmap.PAGESIZE))
    elif family == "filled":
        kept, spans = hold(b"".join(w.to_bytes(8, "little") * (mmap.PAGESIZE // 8) for w in FILL_WORDS))
    else:
        raise SystemExit(f"unknown family {family!r}")
    print(json.dumps({"spans": spans}), flush=True)
    sys.stdin.read()
    del kept


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ".")
