"""Compiling once, in the background or not, and after a damaged cache."""

from __future__ import annotations

import pytest

from engine.mm import compiler


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
