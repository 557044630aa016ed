"""Commands and flags: help, versions, and what a slip is answered with."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from engine.cli.command import COMMANDS, main, make_parser

Call = Callable[..., Any]


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_has_help(command: str, swapscope: Call) -> None:
    said = swapscope(command, "--help")
    assert said.code == 0
    assert said.out.startswith(f"usage: swapscope {command}")
    assert said.err == ""


def test_help_of_the_whole_names_every_command(swapscope: Call) -> None:
    said = swapscope("--help")
    assert said.code == 0
    assert all(f"    {command.name} " in said.out for command in COMMANDS)


def test_examples_of_the_help_texts_can_be_parsed() -> None:
    """An example that is not right any more would be worse than none."""
    parser = make_parser()
    for command in COMMANDS:
        for line in (command.epilog or "").splitlines():
            words = line.split(" | ")[0].split(" > ")[0].split()
            if words[:1] == ["swapscope"]:
                assert parser.parse(words[1:]).command == command.name, line


def test_version(swapscope: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", {"swapscope": "9.8.7"}.__getitem__)
    said = swapscope("--version")
    assert said.code == 0
    assert said.out == "swapscope 9.8.7\n"


SLIPS: list[tuple[list[str], str, str | None]] = [
    (["rnu"], "no command 'rnu'", "run"),
    (["comapre", "x"], "no command 'comapre'", "compare"),
    (["--versoin"], "no flag '--versoin'", "--version"),
    (["run"], "required: FILE", None),
    (["run", "x.toml", "--desing", "legacy"], "no flag '--desing'", "--design"),
    (["run", "x.toml", "--jsn=-"], "no flag '--jsn'", "--json"),
    (["run", "x.toml", "y.toml"], "'y.toml' is one argument too many", None),
    (["run", "x.toml", "--design", "legcy"], "no value 'legcy'", "legacy"),
    (["run", "x.toml", "--limit", "many"], "'many' is no whole number", None),
    (["run", "x.toml", "--limit", "-4"], "-4 is too small", None),
    (["run", "x.toml", "--set"], "expected one argument", None),
    (["run", "zswap-spils"], "no such file and no scenario", "03-zswap-spills"),
    (["compare", "x.toml", "--designs", "legacy,swapdesc"], "no design 'swapdesc'", "swap_desc"),
    (["compare", "x.toml", "--designs", "legacy,legacy"], "different designs", None),
    (["compare", "x.toml", "--designs", ","], "different designs", None),
    (["picture", "x.toml"], "required: -o", None),
    (["picture", "x.toml", "-o", "a.png", "--size", "big"], "'big' is no size", None),
    (["picture", "x.toml", "-o", "a.png", "--size", "10x10"], "'10x10' is no size", None),
    (["picture", "x.toml", "-o", "a.png", "--theme", "drak"], "no value 'drak'", "dark"),
    (["record", "-o", "x.swt", "--limit", "none"], "--limit", None),
    (["check"], "required: FILE", None),
    (["open", "nothing.toml"], "no such file", None),
    (["capture", "-o", "{tmp}/pages", "--family", "heep"], "no family of pages 'heep'", "heap"),
]


@pytest.mark.parametrize(("arguments", "what", "near"), SLIPS, ids=[" ".join(slip[0]) for slip in SLIPS])
def test_a_slip_is_answered_with_what_is_right(
    arguments: list[str], what: str, near: str | None, swapscope: Call, tmp_path: Path
) -> None:
    said = swapscope(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert said.code == 2
    assert said.out == ""
    assert what in said.err
    assert "Traceback" not in said.err
    if near:
        assert f"did you mean '{near}'?" in said.err


def test_several_slips_at_once(swapscope: Call) -> None:
    said = swapscope("run", "x.toml", "--jsn", "--desing=legacy")
    assert said.code == 2
    assert "--jsn" in said.err
    assert "--desing" in said.err


# -- list, check, schema -----------------------------------------------------------------------


def test_list_shows_every_scenario(swapscope: Call) -> None:
    from engine.resources import scenarios_dir

    said = swapscope("list")
    assert said.code == 0
    files = sorted(scenarios_dir().glob("*.toml"))
    assert len(files) >= 5
    assert all(file.stem in said.out for file in files)
    listed = json.loads(swapscope("list", "--json").out)
    assert [item["name"] for item in listed] == [file.stem for file in files]
    assert all(item["title"] and item["summary"] and item["minutes"] for item in listed)


def test_list_with_a_broken_scenario(
    swapscope: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path
) -> None:
    (tmp_path / "broken.toml").write_text("format = 1\n")
    monkeypatch.setattr("engine.scenario.shipped.scenarios_dir", lambda: tmp_path)
    said = swapscope("list")
    assert said.code == 2
    assert "small" in said.out
    assert "broken.toml" in said.err


def test_check(swapscope: Call, small: Path, tmp_path: Path) -> None:
    said = swapscope("check", small, "zswap-spills", "01")
    assert said.code == 0
    assert said.err == ""
    assert len(said.out.splitlines()) == 3
    broken = tmp_path / "broken.toml"
    broken.write_text(small.read_text().replace("frames", "frame").replace('"editor"', "3"))
    said = swapscope("check", broken, small)
    assert said.code == 2
    assert f"{broken}:5: machine.frame: there is no key 'frame' here" in said.err
    assert f"{broken}:11: process.0.name: 3 has the wrong type" in said.err
    assert "did you mean 'frames'?" in said.err
    assert "small.toml: right" in said.out


def test_schema(swapscope: Call, tmp_path: Path) -> None:
    said = swapscope("schema")
    assert json.loads(said.out)["properties"]["format"]
    assert swapscope("schema", "-o", tmp_path / "schema.json").code == 0
    assert json.loads((tmp_path / "schema.json").read_text()) == json.loads(said.out)
    said = swapscope("schema", "-o", tmp_path / "nowhere" / "schema.json")
    assert said.code == 2
    assert "cannot be written" in said.err


class Unwritable(io.StringIO):
    """A standard output that takes nothing; its number is that of a file, which may be put elsewhere."""

    def __init__(self, error: OSError, file: Path) -> None:
        super().__init__()
        self.error, self.number = error, os.open(file, os.O_WRONLY | os.O_CREAT)

    def write(self, text: str) -> int:
        raise self.error

    def fileno(self) -> int:
        return self.number


@pytest.mark.parametrize(("error", "code", "told"), [
    (OSError(errno.ENOSPC, "it is full"), 2, "standard output: cannot be written: it is full\n"),
    (BrokenPipeError(), 0, ""),
])  # fmt: skip
@pytest.mark.parametrize("arguments", [("list",), ("schema",)])
def test_output_that_nobody_takes(
    arguments: tuple[str, ...], error: OSError, code: int, told: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    output = Unwritable(error, tmp_path / "out")
    monkeypatch.setattr("sys.stdout", output)
    assert main(arguments) == code
    assert capsys.readouterr().err == told
    os.close(output.number)


@pytest.mark.parametrize("arguments", [("list",), ("run", "01-first-swap-out"), ("compare", "01-first-swap-out")])
def test_a_narrow_terminal_cuts_no_name_and_no_number(
    arguments: tuple[str, ...], swapscope: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.cli.output._Console.is_terminal", True)
    monkeypatch.setenv("COLUMNS", "40")
    said = re.sub(r"\x1b\[[0-9;]*m", "", swapscope(*arguments).out)
    assert max(map(len, said.splitlines())) <= 40
    assert "…" not in said
    if arguments == ("list",):
        assert "compressed, leaves, and comes back." in said
    else:
        assert "Frames that hold" not in said


# -- in a process of its own --------------------------------------------------------------------


def run_python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine.cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def test_exit_codes_of_the_real_command(checkout: Path) -> None:
    assert run_python("check", "scenarios/01-first-swap-out.toml", folder=checkout).returncode == 0
    bad = run_python("run", "nothing.toml", folder=checkout)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("nothing.toml: ")


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot interrupt itself there")
@pytest.mark.parametrize("moment", ["engine.cli.command", "rich.console", "engine.machine", "end"])
def test_an_interrupt_at_any_moment_ends_it_quietly(moment: str, checkout: Path) -> None:
    """While a module is being loaded, however early, and when all is done."""
    program = """
import atexit, os, signal, sys

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == MOMENT:
            interrupt()

sys.meta_path.insert(0, Interrupting())
from engine.cli.__main__ import main
atexit.register(interrupt)
sys.exit(main())
"""
    command = [sys.executable, "-c", f"MOMENT = {moment!r}\n{program}", "run", "01", "--json", "-"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (130, "")
    assert bool(done.stdout) == (moment == "end")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that takes nothing")
@pytest.mark.parametrize(("arguments", "code"), [(["run", "nothing.toml"], 2), (["run", "01", "--verify"], 0)])
def test_messages_that_nobody_takes_change_nothing(arguments: list[str], code: int, checkout: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "engine.cli", *arguments]
        done = subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, stderr=full, timeout=100, check=False)
    assert done.returncode == code
    assert bool(done.stdout) == (code == 0)


def test_a_reader_that_has_enough_is_no_error(checkout: Path) -> None:
    program = "import sys; sys.stdin.readline()"
    first = subprocess.Popen([sys.executable, "-m", "engine.cli", "schema"], cwd=checkout, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)  # fmt: skip
    second = subprocess.run([sys.executable, "-c", program], stdin=first.stdout, check=True, timeout=60)
    assert first.stdout is not None
    first.stdout.close()
    assert first.stderr is not None
    assert first.stderr.read() == b""
    assert first.wait(60) == 0
    assert second.returncode == 0


@pytest.mark.parametrize(
    "arguments", [["list"], ["check", "01"], ["schema"], ["--help"], ["run", "01", "--json", "-"], ["compare", "01"]]
)
def test_no_qt_without_a_window(arguments: list[str], python_in_checkout: Callable[..., str]) -> None:
    program = """
import contextlib, io, sys
from engine.cli.command import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(sys.argv[1:])
assert code in (0, 1), code
print([name for name in sys.modules if name.startswith(("PySide6", "shiboken6", "pyqtgraph", "app"))])
"""
    assert python_in_checkout(program, *arguments).strip() == "[]"


def test_the_page_knows_every_command_and_key(checkout: Path, swapscope: Call, small: Path) -> None:
    page = (checkout / "docs" / "cli.md").read_text(encoding="utf-8")
    assert all(f"`swapscope {command.name} " in page for command in COMMANDS)
    result = json.loads(swapscope("run", small, "--json", "-").out)
    assert all(f"| `{key}` |" in page for key in result)
