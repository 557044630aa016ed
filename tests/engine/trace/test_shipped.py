"""The recordings that come with Swapscope: there, small, interesting, and telling nothing of a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.resources import scenarios_dir
from engine.trace import load_trace
from engine.trace.__main__ import table
from engine.trace.binary import decode

TRACES = scenarios_dir() / "traces"
FILES = sorted(TRACES.glob("*.swt"))


def test_three_programs_or_more_are_there() -> None:
    assert {"python3", "sort", "sqlite3"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recording_is_small_and_long_enough_to_be_worth_running(path: Path) -> None:
    recording = load_trace(path)
    assert path.stat().st_size < 2_000_000
    assert 100_000 <= len(recording) <= 1_000_000
    assert 500 <= recording.touched_pages() <= 4000
    assert 0 < recording.writes < recording.references
    assert {"stack", "heap", "anon"} <= {region.name for region in recording.regions}
    assert recording.command.split()[0].endswith(path.stem)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recording_tells_nothing_of_the_machine_it_was_made_on(path: Path) -> None:
    recording = load_trace(path)
    for word in recording.command.split():
        assert not word.startswith("/") or word.startswith(("/usr/", "/bin/"))
    assert not any("/" in region.name for region in recording.regions)
    assert b"/home/" not in path.read_bytes()


def test_the_table_in_the_readme_is_what_the_files_hold() -> None:
    readme = (TRACES / "README.md").read_text(encoding="utf-8")
    for row in table([(path, load_trace(path)) for path in FILES]).splitlines():
        assert row in readme


def test_a_damaged_recording_is_noticed() -> None:
    data = bytearray((TRACES / "sort.swt").read_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises(InputError, match="damaged references"):
        decode(bytes(data), "sort.swt")
