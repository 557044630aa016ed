"""Compiling once, in the background or not; what was made is kept, and made again when that is damaged."""

from __future__ import annotations

import pytest

from engine.mm import compiler
from engine.mm.object_code import Object


class Compiler:
    """Stands for Numba and for the file of machine code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[str] = []
        self.there = False
        self.error: Exception | None = None
        monkeypatch.setattr(compiler, "_ready", type(compiler._ready)())
        monkeypatch.setattr(compiler, "_call_entries", self.compile)
        monkeypatch.setattr(compiler, "objects", lambda: {"run": Object("run", b"code")})
        monkeypatch.setattr(compiler, "load", lambda _folder: {})
        monkeypatch.setattr(compiler, "use_loaded", lambda _codes: self.there)
        monkeypatch.setattr(compiler, "keep", lambda _folder, made: self.said.append(f"kept {', '.join(made)}"))

    def compile(self) -> None:
        self.said.append("compiled")
        if self.error is not None:
            raise self.error


@pytest.fixture
def numba(monkeypatch: pytest.MonkeyPatch) -> Compiler:
    return Compiler(monkeypatch)


def test_what_is_made_is_kept_and_made_once(numba: Compiler) -> None:
    assert not compiler.load_compiled()
    compiler.ensure_compiled()
    compiler.ensure_compiled()
    assert numba.said == ["compiled", "kept run"]
    assert compiler.is_ready()


def test_what_was_kept_is_used(numba: Compiler) -> None:
    numba.there = True
    compiler.ensure_compiled()
    assert numba.said == []
    assert compiler.is_ready()


def test_a_failure_is_an_error_and_nothing_is_kept(numba: Compiler) -> None:
    numba.error = OSError("no compiler")
    with pytest.raises(OSError, match="no compiler"):
        compiler.ensure_compiled()
    assert numba.said == ["compiled"]
    assert not compiler.is_ready()


def test_in_the_background_the_end_is_told(numba: Compiler) -> None:
    said: list[bool] = []
    compiler.compile_in_background(lambda: said.append(compiler.is_ready())).join(10)
    assert said == [True]
