"""Compiling once, in the background or not; what was made is kept, and made again when that is damaged."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext

import pytest

from engine.mm import compiler
from engine.mm.object_code import Object


class Compiler:
    """Stands for Numba and for the file of machine code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.here: set[str] = set()
        self.there = False
        self.error: Exception | None = None
        monkeypatch.setattr(compiler, "_ready", type(compiler._ready)())
        monkeypatch.setattr(compiler, "processors", lambda: 1)
        monkeypatch.setattr(compiler, "entry_names", lambda: {"run", "run_unrecorded"})
        monkeypatch.setattr(compiler, "_call_entries", self.compile)
        monkeypatch.setattr(compiler, "objects", lambda: {name: Object(name, b"code") for name in self.here})
        monkeypatch.setattr(compiler, "linked", lambda made: made)
        monkeypatch.setattr(compiler, "load", lambda _folder: {})
        monkeypatch.setattr(compiler, "use_loaded", lambda _codes: self.there)
        monkeypatch.setattr(compiler, "keep", lambda _folder, made: self.said.append(f"kept {', '.join(sorted(made))}"))

    def compile(self, names: Collection[str]) -> None:
        self.said.append(f"compiled {', '.join(sorted(names))}")
        self.here |= set(names)
        if self.error is not None:
            raise self.error


@pytest.fixture
def numba(monkeypatch: pytest.MonkeyPatch) -> Compiler:
    return Compiler(monkeypatch)


def test_what_is_made_is_kept_and_made_once(numba: Compiler) -> None:
    assert not compiler.load_compiled()
    compiler.ensure_compiled()
    compiler.ensure_compiled()
    assert numba.said == ["compiled run, run_unrecorded", "kept run, run_unrecorded"]
    assert compiler.is_ready()


@pytest.mark.parametrize("fails", [False, True])
def test_with_two_processors_a_second_process_does_its_part(
    numba: Compiler, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    class Second:
        def objects(self) -> dict[str, Object]:
            return {} if fails else {"run_unrecorded": Object("run_unrecorded", b"its code")}

    monkeypatch.setattr(compiler, "processors", lambda: 2)
    monkeypatch.setattr(compiler, "IN_FIRST_PROCESS", frozenset({"run"}))
    monkeypatch.setattr(compiler, "second_process", lambda _folder, _names: nullcontext(Second()))
    compiler.ensure_compiled()
    alone = ["compiled run, run_unrecorded"] if fails else []
    assert numba.said == ["compiled run", *alone, "kept run, run_unrecorded"]


def test_what_was_kept_is_used(numba: Compiler) -> None:
    numba.there = True
    compiler.ensure_compiled()
    assert numba.said == []
    assert compiler.is_ready()


def test_a_failure_is_an_error_and_nothing_is_kept(numba: Compiler) -> None:
    numba.error = OSError("no compiler")
    with pytest.raises(OSError, match="no compiler"):
        compiler.ensure_compiled()
    assert numba.said == ["compiled run, run_unrecorded"]
    assert not compiler.is_ready()


def test_in_the_background_the_end_is_told(numba: Compiler) -> None:
    said: list[bool] = []
    compiler.compile_in_background(lambda: said.append(compiler.is_ready())).join(10)
    assert said == [True]
