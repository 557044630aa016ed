"""What a second process compiles is taken over; whatever goes wrong with it, there is nothing, and nobody waits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.mm import compiler, second_process
from engine.mm.kernel import cache_folder
from engine.mm.object_code import Object, packed, unpacked

MADE = {"run": Object("symbol", bytes(range(256)) * 1000), "swap_back": Object("other", b"")}


def said_by(monkeypatch: pytest.MonkeyPatch, program: str) -> dict[str, Object]:
    """What is taken over from a second process that runs this program instead of the compiler."""
    monkeypatch.setattr(second_process, "PROGRAM", program)
    with second_process.second_process("folder", ["run"]) as second:
        return second.objects()


def test_what_it_made_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    program = """
import os
import subprocess
import sys
sys.path[:] = {path!r}
from engine.mm.object_code import Object
from engine.mm.second_process import hand_over
hand_over({{"run": Object("symbol", bytes(range(256)) * 1000), "swap_back": Object("other", b"")}})
"""
    assert said_by(monkeypatch, program) == MADE


@pytest.mark.parametrize("program", ["", "raise SystemExit(1)", "print('something else')", "not Python"])
def test_where_it_fails_there_is_nothing(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    assert said_by(monkeypatch, program) == {}


def test_without_python_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert said_by(monkeypatch, "") == {}


def test_it_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_process, "LONGEST_WAIT_S", 0.1)
    assert said_by(monkeypatch, "import time; time.sleep(60)") == {}


def test_objects_are_handed_over_whole_or_not_at_all() -> None:
    said = packed(MADE)
    assert unpacked(said) == MADE
    assert unpacked(said[:-1]) == {}
    assert unpacked(b"") == {}


def test_another_model_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[set[str]] = []
    handed: list[dict[str, Object]] = []
    monkeypatch.setattr(compiler, "_call_entries", lambda names: compiled.append(set(names)))
    monkeypatch.setattr(compiler, "objects", lambda: MADE)
    monkeypatch.setattr(compiler, "hand_over", handed.append)
    compiler.compile_for_another("another", ["run"])
    assert (compiled, handed) == ([], [])
    compiler.compile_for_another(cache_folder().name, ["run"])
    assert (compiled, handed) == ([{"run"}], [MADE])


@pytest.mark.skipif(os.name != "posix", reason="who its parent is, is not told elsewhere")
def test_it_ends_when_the_first_is_gone() -> None:
    code = """
import time
from engine.mm.second_process import end_with
end_with(-1)
time.sleep(60)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=50, check=False).returncode == 1
