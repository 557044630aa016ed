"""Machine code is kept in a file, loaded without Numba, and not trusted when it is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.mm import object_code
from engine.mm.compiler import ensure_compiled
from engine.mm.kernel import cache_folder, entry_names, use_loaded
from engine.mm.object_code import FILE, Object, keep, load


@pytest.fixture(scope="module")
def made() -> Object:
    """A function that adds up an array and a number, as an object file."""
    import numba

    @numba.njit(_nrt=False)
    def total(words, more):  # type: ignore[no-untyped-def]
        found = more
        for word in words:
            found += word
        return found

    from numba.core import codegen

    finalize = codegen.CPUCodeLibrary.finalize

    def finalize_and_remember(library: object) -> None:
        library.enable_object_caching()  # type: ignore[attr-defined]
        finalize(library)

    codegen.CPUCodeLibrary.finalize = finalize_and_remember
    try:
        total(np.arange(3), 1)
    finally:
        codegen.CPUCodeLibrary.finalize = finalize
    (compiled,) = total.overloads.values()
    return Object(compiled.fndesc.llvm_func_name, compiled.library._get_compiled_object())


def test_what_was_kept_is_called(made: Object, tmp_path: Path) -> None:
    keep(tmp_path / "new", {"total": made})
    code = load(tmp_path / "new")["total"]
    assert code(np.arange(5), 100) == 110
    assert code(np.arange(100), -1) == 4949


@pytest.mark.parametrize("place", [0, 40, -1])
def test_damage_is_noticed(made: Object, tmp_path: Path, place: int) -> None:
    keep(tmp_path, {"total": made})
    content = bytearray((tmp_path / FILE).read_bytes())
    content[place] ^= 1
    (tmp_path / FILE).write_bytes(content)
    assert load(tmp_path) == {}
    (tmp_path / FILE).write_bytes(content[:50])
    assert load(tmp_path) == {}


def test_nothing_kept_is_nothing_loaded(tmp_path: Path) -> None:
    assert load(tmp_path) == {}


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(object_code.os, "replace", full)
    keep(tmp_path, {"total": Object("total", b"code")})
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_the_model_is_not_used() -> None:
    assert not use_loaded({"run": object_code.Code("run", 0)})


def test_the_model_is_loaded_without_numba_and_comes_to_the_same() -> None:
    ensure_compiled()
    assert {*load(cache_folder())} == entry_names()
    program = """
import sys
from engine.machine import Machine
from engine.mm.compiler import load_compiled
from engine.study.bench_workload import zipf_program
assert load_compiled()
hashes = []
for compiled in (True, False):
    machine = Machine(zipf_program(3000, 200), compiled)
    machine.run()
    hashes.append(machine.state_hash())
print(hashes[0] == hashes[1], "numba" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
