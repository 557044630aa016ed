"""Capture starts real programs, reads their memory and leaves a library that can be loaded."""

from __future__ import annotations

import argparse
import json
import mmap
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.content import capture
from engine.content.library import INDEX, load_library
from engine.content.workload import MODULES
from engine.errors import InputError

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc/PID/mem")


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    capture.add_arguments(parser)
    return capture.run(parser.parse_args(arguments))


@on_linux
def test_captured_families_can_be_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["text", "heap", "code", "zero", "filled", "random"]
    assert run("-o", str(tmp_path / "pages"), *[part for name in names for part in ("--family", name)]) == 0
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == names
    families = load_library(tmp_path / "pages").families
    assert {name: len(family) for name, family in families.items()} == {n: capture.RECIPES[n].count for n in names}
    text = families["text"].images.tobytes()
    assert b"expression" in text
    # Machine code: the commonest byte pair of x86-64 is not what other machines have, so only "not text" is claimed.
    assert (families["code"].images >= 0x80).mean() > 0.1
    assert families["zero"].zero.all()
    # Nothing but the library is left behind.
    expected = {INDEX} | {f"{name}.pages" for name in names}
    assert {file.name for file in (tmp_path / "pages").iterdir()} == expected


@on_linux
def test_pages_of_a_database_are_pages_of_its_cache() -> None:
    pages, program = capture.capture_family("database")
    assert len(pages) == capture.IMAGES
    assert "SQLite" in program
    modules = [module.encode() for module in MODULES if len(module) > 6]
    assert sum(any(module in page for module in modules) for page in pages) > capture.IMAGES // 3


@on_linux
def test_the_same_program_gives_the_same_pages(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert run("-o", str(tmp_path / name), "--family", "text") == 0
    assert (tmp_path / "a" / "text.pages").read_bytes() == (tmp_path / "b" / "text.pages").read_bytes()


@on_linux
def test_other_families_are_kept(tmp_path: Path) -> None:
    assert run("-o", str(tmp_path), "--family", "zero") == 0
    before = json.loads((tmp_path / INDEX).read_text())["families"]["zero"]
    assert run("-o", str(tmp_path), "--family", "filled") == 0
    families = json.loads((tmp_path / INDEX).read_text())["families"]
    assert families["zero"] == before
    assert list(families) == ["zero", "filled"]
    assert set(load_library(tmp_path).families) == {"zero", "filled"}


@on_linux
def test_a_program_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("-o", str(tmp_path), "--family", "zero") == 0
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setitem(capture.RECIPES, "tape", capture.Recipe("no program makes this", "none"))
    with pytest.raises(InputError) as caught:
        run("-o", str(tmp_path), "--family", "zero", "--family", "tape")
    assert "unknown family 'tape'" in caught.value.problems[0].what
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_unknown_families_are_named_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run("-o", str(tmp_path / "new"), "--family", "heep", "--family", "zero", "--family", "jason")
    assert [problem.nearest for problem in caught.value.problems] == ["heap", "json"]
    assert not (tmp_path / "new").exists()


def test_other_systems_get_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(InputError) as caught:
        run("-o", str(tmp_path / "new"))
    assert "only Linux" in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_place_that_cannot_be_written_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError) as caught:
        run("-o", str(tmp_path / "file"), "--family", "zero")
    assert caught.value.problems[0].file == str(tmp_path / "file")


def test_pages_that_are_almost_zero_or_one_word_do_not_qualify() -> None:
    assert not capture.qualifies(bytes(4096))
    assert not capture.qualifies(b"\xff" * 4096)
    assert not capture.qualifies(b"abcdefgh" * 512)
    assert not capture.qualifies(b"x" * 511 + bytes(3585))
    assert capture.qualifies(b"x" * 512 + bytes(3584))


def test_what_tells_of_a_machine_or_a_person_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "pine-17")
    private = capture.machine_names()
    folders = [f"/{name}/someone".encode() for name in ("root", "tmp", "home")]
    for told in (*folders, str(Path.cwd()).encode(), sys.prefix.encode(), b"mail: someone@example.org", b" pine-17\0"):
        assert capture.reveals(b"abc" + told + b"\0def", private), told
    assert not capture.reveals(b"the rest of a page: a/b, user@, alpine-17, pine-170", private)


@on_linux
def test_only_whole_pages_of_a_span_are_read() -> None:
    code = (
        "import ctypes, mmap, sys\n"
        "m = mmap.mmap(-1, 16384)\n"
        "m.write(b'a' * 4096 + b'b' * 4096 + b'c' * 4096 + b'd' * 4096)\n"
        "print(ctypes.addressof(ctypes.c_char.from_buffer(m)), flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        address = int(child.stdout.readline())
        assert any(begin <= address < begin + size for begin, size, flags, _ in capture.mappings(child.pid))
        assert list(capture.read_pages(child.pid, [(address + 1, 16384 - 2)])) == [b"b" * 4096, b"c" * 4096]
        assert list(capture.read_pages(child.pid, [(address, 100), (address, mmap.PAGESIZE)])) == [b"a" * 4096]
    finally:
        child.kill()
        child.communicate()


def test_pages_of_a_file_are_found_at_any_shift() -> None:
    stored = random.Random(1).randbytes(40_000)
    inside = [stored[at : at + 4096] for at in (0, 1, 4099, 40_000 - 4096)]
    between = stored[:2000] + bytes(100) + stored[9000:10_996]
    half = stored[:2048] + random.Random(2).randbytes(2048)
    assert capture.made_of([*inside, between, half, b"x" * 4096], stored) == [*inside, between]


def test_words_that_any_program_has_do_not_make_a_page_of_a_file() -> None:
    small = b"".join(i.to_bytes(8, "little") for i in range(256))
    assert capture.made_of([bytes(range(1, 65)) * 64, small[:1024] * 4], small[1024:] + bytes(8192) + small[:40]) == []


def test_the_choice_is_the_same_and_keeps_the_order() -> None:
    pages = [bytes([i]) for i in range(200)]
    chosen = capture.choose(pages, 48)
    assert chosen == capture.choose(pages, 48) == sorted(chosen)
    assert len(set(chosen)) == 48
    assert capture.choose(pages[:10], 48) == pages[:10]
