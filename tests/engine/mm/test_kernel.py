"""Plain functions and their compiled twins; where the machine code is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.mm import compiler, kernel
from engine.mm.journal import get
from engine.mm.kernel import cache_folder, entry_names, forget_cache
from engine.mm.linking import link_late


def test_only_what_is_called_from_outside_is_an_entry() -> None:
    assert entry_names() == {"run", "swap_back", "swap_forward"}


def test_a_registered_function_stays_what_it_is() -> None:
    words = [0] * 100
    words[0] = 50
    words[50 + 3 * 4 + 2] = 77
    assert get(words, 0 << 16 | 4 << 8 | 2, 3) == 77


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SWAPSCOPE_CACHE_DIR", str(tmp_path))
    folder = cache_folder()
    assert folder.parent == tmp_path / "kernels"
    assert folder == cache_folder()
    folder.mkdir(parents=True)
    (folder / "stale").write_text("x")
    forget_cache()
    assert not folder.exists()
    forget_cache()


def test_without_the_variable_it_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SWAPSCOPE_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(kernel.sys, "platform", "linux")
    assert cache_folder().is_relative_to(tmp_path / "swapscope")


def test_numba_is_left_as_it_was_after_linking_late() -> None:
    from numba.core import codegen

    before = (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env)
    with link_late({"run"}):
        assert before[0] != codegen.CPUCodeLibrary.finalize
    assert (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env) == before
    with pytest.raises(RuntimeError), link_late({"run"}):
        raise RuntimeError
    assert (codegen.CPUCodeLibrary.finalize, codegen.JITCPUCodegen.set_env) == before


class Entries:
    """Stands for compiling: fails so many times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError("the cache is damaged")


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was thrown away."""
    said: list[str] = []
    monkeypatch.setattr(compiler, "_ready", type(compiler._ready)())
    monkeypatch.setattr(compiler, "forget_cache", lambda: said.append("cache"))
    monkeypatch.setattr(compiler, "forget_twins", lambda: said.append("twins"))
    return said


def test_a_damaged_cache_is_thrown_away_and_built_anew(monkeypatch: pytest.MonkeyPatch, forgotten: list[str]) -> None:
    entries = Entries(failures=1)
    monkeypatch.setattr(compiler, "_call_entries", entries)
    compiler.ensure_compiled()
    assert (entries.calls, forgotten, compiler.is_ready()) == (2, ["cache", "twins"], True)
    compiler.ensure_compiled()
    assert entries.calls == 2, "once is enough"


def test_what_fails_twice_is_an_error(monkeypatch: pytest.MonkeyPatch, forgotten: list[str]) -> None:
    monkeypatch.setattr(compiler, "_call_entries", Entries(failures=2))
    with pytest.raises(OSError, match="damaged"):
        compiler.ensure_compiled()
    assert not compiler.is_ready()


def test_in_the_background_the_end_is_told(monkeypatch: pytest.MonkeyPatch, forgotten: list[str]) -> None:
    monkeypatch.setattr(compiler, "_call_entries", Entries(failures=0))
    said: list[bool] = []
    compiler.compile_in_background(lambda: said.append(compiler.is_ready())).join(10)
    assert said == [True]
