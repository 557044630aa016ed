"""Recording real programs; what needs Valgrind is left out where it is not installed."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.trace import load_trace
from engine.trace.lackey import add_arguments, describe, record, run

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="Valgrind is not installed")


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def refusal(*words: str) -> str:
    with pytest.raises(InputError) as caught:
        run(arguments(*words))
    return str(caught.value)


def test_what_is_missing_is_said_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = refusal("-o", str(tmp_path / "a.swt"), "--", "no-such-program")
    assert "apt install valgrind" in said
    assert "'no-such-program' is no program" in said
    assert "there is no program to record" in refusal("-o", str(tmp_path / "a.swt"))


def test_an_output_that_cannot_be_written_is_said_before_the_program_runs(tmp_path: Path) -> None:
    said = refusal("-o", str(tmp_path / "no" / "a.swt"), "--", "touch", str(tmp_path / "ran"))
    assert "cannot be written" in said
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("words", [["--limit", "0"], ["--window", "x"], ["--limit", "-3"]])
def test_numbers_must_be_positive(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        arguments("-o", "a.swt", *words, "--", "true")
    assert caught.value.code == 2


@needs_valgrind
def test_records_a_program_with_its_regions(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "echo.swt"
    assert run(arguments("-o", str(target), "--", "/bin/echo", "hello there")) == 0
    out, err = capfd.readouterr()
    assert out == "hello there\n"
    assert "ended with exit code 0" in err
    recording = load_trace(target)
    assert recording.processes == ("echo",)
    assert recording.command == "/bin/echo 'hello there'"
    assert recording.references > len(recording) > 1000
    assert 0 < recording.writes < recording.references
    names = {region.name: region for region in recording.regions}
    assert {"echo", "stack", "heap"} <= set(names)
    assert names["echo"].file
    assert not names["stack"].file
    assert any(name.startswith("libc") for name in names)
    assert not any("vgpreload" in name or "lackey" in name for name in names)
    # A program starts by storing on its stack.
    first = recording.region_of(0, int(recording.page[0]))
    assert first == names["stack"]
    assert bool(recording.write[0])


@needs_valgrind
def test_a_window_makes_the_recording_smaller_and_changes_no_count(tmp_path: Path) -> None:
    exact, folded = (record(["/bin/true"], window=window).recording for window in (1, 512))
    assert len(folded) < len(exact) / 5
    assert folded.window == 512
    # Two runs differ by what the kernel hands over on the stack, if at all.
    assert folded.references == pytest.approx(exact.references, rel=0.01)
    assert folded.touched_pages() == pytest.approx(exact.touched_pages(), abs=3)


@needs_valgrind
def test_instructions_are_recorded_when_asked_for() -> None:
    both = record(["/bin/true"], limit=5000, instructions=True).recording
    # Before the first store, which begins a recording of data alone, comes the instruction that makes it.
    first = both.region_of(0, int(both.page[0]))
    assert first is not None
    assert first.file
    assert not both.write[0]


@needs_valgrind
def test_the_limit_stops_the_program(tmp_path: Path) -> None:
    done = record(["/bin/sleep", "60"], limit=1000)
    assert done.stopped == "limit"
    assert done.recording.references <= 1000
    assert done.recording.references > 900  # the rest fell on Valgrind's own pages
    assert done.exit_code == -signal.SIGTERM


@needs_valgrind
def test_the_exit_code_is_the_programs(tmp_path: Path) -> None:
    done = record(["/bin/sh", "-c", "exit 7"])
    assert done.exit_code == 7
    (tmp_path / "a.swt").write_bytes(b"")
    assert "exit code 7" in describe(done, str(tmp_path / "a.swt"))


@needs_valgrind
def test_only_the_program_itself_is_followed() -> None:
    alone = record(["/bin/sh", "-c", ":"]).recording
    with_child = record(["/bin/sh", "-c", "/bin/ls / >/dev/null; :"]).recording
    assert not any(region.name == "ls" for region in with_child.regions)
    assert with_child.references < 3 * alone.references


@needs_valgrind
def test_a_child_left_behind_does_not_hold_the_recording_up() -> None:
    done = record(["/bin/sh", "-c", "sleep 30 & echo $! >&2"])
    assert done.exit_code == 0
    assert done.seconds < 25


@needs_valgrind
def test_the_text_form_can_be_written(tmp_path: Path) -> None:
    run(arguments("-o", str(tmp_path / "a.txt"), "--text", "--limit", "2000", "--", "/bin/true"))
    assert (tmp_path / "a.txt").read_text().startswith("process true\ncommand /bin/true\n")
    assert load_trace(tmp_path / "a.txt").command == "/bin/true"


@needs_valgrind
def test_a_file_valgrind_cannot_run_is_refused_with_what_it_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    assert "made no memory reference" in refusal("-o", str(tmp_path / "a.swt"), "--", str(broken))
    assert not (tmp_path / "a.swt").exists()


@needs_valgrind
def test_an_interrupt_keeps_what_was_recorded(tmp_path: Path) -> None:
    target = tmp_path / "a.swt"
    code = (
        "import argparse, sys; from engine.trace.lackey import add_arguments, run\n"
        "parser = argparse.ArgumentParser(); add_arguments(parser); sys.exit(run(parser.parse_args()))"
    )
    # The program says when it has come to where it waits; only then is the recorder interrupted.
    command = [sys.executable, "-c", code, "-o", str(target), "--", "/bin/sh", "-c", "echo ready; read line"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as recorder:
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == b"ready\n"
        recorder.send_signal(signal.SIGINT)
        recorder.wait(60)
        assert recorder.stderr is not None
        err = recorder.stderr.read()
    assert recorder.returncode == 0, err
    assert b"interrupted; what came before is kept" in err
    assert load_trace(target).references > 1000
