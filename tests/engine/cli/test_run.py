"""Runs without a window: what is reported, where it is written, and how they end."""

from __future__ import annotations

import csv
import errno
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.execution import execute
from engine.scenario import load_scenario
from engine.scenario.build import place_of_operation

Call = Callable[..., Any]


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


KEYS = {
    "scenario", "design", "references", "transitions", "simulated_ns", "seconds", "references_per_second", "outcome",
    "oom_reference", "counters", "gauges", "figures", "metadata_bytes", "marks", "state_hash", "checks",
}  # fmt: skip


def test_json_on_stdout_and_nothing_else(swapscope: Call, small: Path) -> None:
    said = swapscope("run", small, "--json", "-")
    assert said.code == 0
    assert said.err == ""
    result = json.loads(said.out)
    assert set(result) == KEYS
    assert (result["scenario"], result["design"], result["outcome"]) == ("small", "swap_desc", "finished")
    assert result["references"] == 260
    assert result["oom_reference"] is None
    assert result["transitions"] > result["references"]
    assert result["simulated_ns"] > 0
    assert result["counters"]["pgfault"] >= 60
    assert set(result["metadata_bytes"]) == {"static", "dynamic", "total"}
    assert {"swap_used_pages", "zswap_stored_pages", "zswap_pool_pages", "swapcached_pages", "resident_pages",
            "descriptors"} <= set(result["gauges"])  # fmt: skip
    assert len(result["state_hash"]) == 16
    assert [check["passed"] for check in result["checks"]] == [True, True]


def test_marks_have_what_came_since_the_one_before(swapscope: Call, small: Path) -> None:
    result = json.loads(swapscope("run", small, "--json", "-").out)
    filled, used = result["marks"]
    assert (filled["name"], filled["reference"]) == ("filled", 60)
    assert (used["name"], used["reference"]) == ("used", 260)
    assert filled["counters"]["pgfault"] == 60
    for name, total in result["counters"].items():
        assert filled["counters"][name] + used["counters"][name] == total
    assert used["gauges"] == result["gauges"]


def test_the_same_run_gives_the_same_state(swapscope: Call, small: Path) -> None:
    def state(*arguments: str) -> str:
        return str(json.loads(swapscope("run", small, "--json", "-", *arguments).out)["state_hash"])

    assert state() == state()
    assert state() != state("--set", "seed=2")
    assert state() != state("--design", "legacy")
    assert state("--design", "legacy") == state("--set", "machine.design=legacy")


def test_human_output(swapscope: Call, small: Path, tmp_path: Path) -> None:
    said = swapscope("run", small, "--json", tmp_path / "out.json")
    assert said.code == 0
    assert "Ran to its end: 260 references" in said.out
    assert "All 2 checks of the scenario passed." in said.out
    result = json.loads((tmp_path / "out.json").read_text())
    for name, value in result["counters"].items():
        if value and not name.startswith(("fault_latency_", "net_gain")):
            assert name in said.out
    marks = said.out[said.out.index("at the mark") :]
    assert "filled" in marks
    assert "used" in marks


def test_failing_checks_give_1(swapscope: Call, small: Path) -> None:
    small.write_text(small.read_text() + '[[check]]\nname = "pgfault"\nop = "<"\nvalue = 60\nat = "filled"\n'
                     'text = "few faults"\n')  # fmt: skip
    said = swapscope("run", small)
    assert said.code == 1
    assert "check failed: pgfault at 'filled' < 60: it is 60 (few faults)" in said.out
    said = swapscope("run", small, "--json", "-")
    assert said.code == 1
    assert "check failed" in said.err
    assert [check["passed"] for check in json.loads(said.out)["checks"]] == [True, True, False]


def test_limits(swapscope: Call, small: Path) -> None:
    small.write_text(small.read_text() + '[[check]]\nname = "pgfault"\nvalue = 1\n')
    for limit in (0, 1, 59, 60, 61, 260, 1000):
        said = swapscope("run", small, "--limit", limit, "--json", "-")
        assert said.code == 0, "checks are left out"
        assert json.loads(said.out)["references"] == min(limit, 260)


def test_a_trace_in_place_of_the_run(swapscope: Call, small: Path, tmp_path: Path) -> None:
    trace = tmp_path / "t.txt"
    trace.write_text("".join(f"w {page}\n" for page in range(100)) + "mark m\nr 5\nr 5\nr 7\n")
    result = json.loads(swapscope("run", small, "--trace", trace, "--json", "-").out)
    assert result["references"] == 103
    assert [mark["name"] for mark in result["marks"]] == ["m"]
    assert result["checks"] == []


def test_transitions_as_a_table(swapscope: Call, small: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    said = swapscope("run", small, "--transitions", file, "--json", "-")
    assert said.code == 0
    result = json.loads(said.out)
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert [int(row["number"]) for row in rows] == list(range(1, result["transitions"] + 1))
    assert sum(row["kind"] == "first touch" for row in rows) == 60
    assert all(row["sentence"].endswith(".") for row in rows)
    assert {row["function"] for row in rows} >= {"do_anonymous_page", "handle_mm_fault"}
    plain = json.loads(swapscope("run", small, "--json", "-").out)
    assert plain["state_hash"] == result["state_hash"]


@pytest.mark.parametrize("flag", ["--json", "--transitions"])
def test_files_that_cannot_be_written(flag: str, swapscope: Call, small: Path, tmp_path: Path) -> None:
    said = swapscope("run", small, flag, tmp_path / "nowhere" / "file")
    assert said.code == 2
    assert "cannot be written" in said.err
    assert list(tmp_path.iterdir()) == [small]


@pytest.mark.parametrize("flag", ["--json", "--transitions"])
def test_a_folder_in_place_of_a_file_is_told_before_the_run(flag: str, swapscope: Call, small: Path) -> None:
    said = swapscope("run", small, flag, small.parent)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"{small.parent}: cannot be written: it is a folder\n"
    assert list(small.parent.iterdir()) == [small]


def test_flags_that_cannot_be_meant_are_told_before_the_run(swapscope: Call, small: Path) -> None:
    for arguments in (("--json", ""), ("--blocks", "folder")):
        said = swapscope("run", small, *arguments)
        assert (said.code, said.out) == (2, ""), arguments
        assert arguments[0] in said.err


def test_a_table_that_cannot_be_written_to_its_end_is_not_there(
    swapscope: Call, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.cli.transition_table.os.replace", full_disk)
    said = swapscope("run", small, "--transitions", small.parent / "table.csv")
    assert (said.code, said.err) == (2, f"{small.parent / 'table.csv'}: cannot be written: No space left on device\n")
    assert list(small.parent.iterdir()) == [small]


def test_blocks_that_cannot_be_written_are_taken_away(
    swapscope: Call, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.blocks.os.write", full_disk)
    said = swapscope("run", small, "--verify", "--blocks", small.parent / "blocks")
    assert said.code == 2
    assert said.err.endswith("swap0.blocks: a block cannot be written: No space left on device\n")
    assert list((small.parent / "blocks").iterdir()) == []


def test_a_machine_larger_than_the_computer(swapscope: Call, small: Path) -> None:
    huge = "[[machine.swapfile]]\nslots = 2147483646\n"
    small.write_text(small.read_text().replace("slots = 100\n", "slots = 100\n" + huge * 7))
    said = swapscope("run", small)
    assert (said.code, said.out) == (2, "")
    assert "this computer has no room for it" in said.err
    assert said.err.endswith("expected fewer frames, pages or slots\n")


def test_what_a_policy_prints_is_no_part_of_the_result(swapscope: Call, tmp_path: Path) -> None:
    file = tmp_path / "chatty.py"
    swapscope("new", "chatty", "--template", "replacement-policy", "-o", tmp_path)
    file.write_text(file.read_text().replace("def victim(", "def victim(self, pages):\n        print('I choose')\n"
                                             "        return pages[0]\n\n    def other("))  # fmt: skip
    said = swapscope("run", "18-thrashing", "--policy", file, "--json", "-")
    assert json.loads(said.out)["outcome"] == "finished"
    assert "I choose" in said.err


def test_out_of_memory_is_an_outcome(swapscope: Call, small: Path) -> None:
    text = small.read_text().replace("[[machine.swapfile]]\nslots = 100\n", "")
    small.write_text(text.replace("enabled = true", "enabled = false"))
    said = swapscope("run", small, "--json", "-")
    result = json.loads(said.out)
    assert result["outcome"] == "oom"
    assert 0 < result["oom_reference"] <= 60
    assert said.code == 1  # the scenario's check wants it to finish
    assert "Memory ran out at reference" in swapscope("run", small).out


# -- comparison ----------------------------------------------------------------------------------


def test_compare(swapscope: Call, small: Path) -> None:
    said = swapscope("compare", small)
    assert said.code == 0
    assert "legacy" in said.out
    assert "swap_desc" in said.out
    assert "slots_held_by_zswap" in said.out
    result = json.loads(swapscope("compare", small, "--designs", "swap_desc,legacy", "--json", "-").out)
    assert [run["design"] for run in result["runs"]] == ["swap_desc", "legacy"]
    assert result["runs"][0]["references"] == result["runs"][1]["references"] == 260
    assert result["runs"][0]["gauges"]["slots_held_by_zswap"] == 0
    assert result["runs"][1]["gauges"]["slots_held_by_zswap"] > 0


# -- interruption --------------------------------------------------------------------------------


def test_an_interrupted_run_reports_what_was_done(small: Path) -> None:
    calls = []

    def interrupt(done: int, total: int) -> None:
        calls.append(done)
        raise KeyboardInterrupt

    run = execute(load_scenario(small, ["run.2.references=5000"]).build(), progress=interrupt)
    assert run.interrupted
    assert run.outcome == "interrupted"
    assert len(calls) == 1
    assert run.machine.position == calls[0] < 5000
    assert run.end.references == 60


def test_ctrl_c_ends_cleanly(checkout: Path, small: Path, tmp_path: Path) -> None:
    """A run of a million references is interrupted once it has begun to write transitions."""
    arguments = ["run", str(small), "--set", "run.2.references=1000000", "--json", "-"]
    arguments += ["--transitions", str(tmp_path / "t.csv")]
    process = subprocess.Popen([sys.executable, "-m", "engine.cli", *arguments], cwd=checkout, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)  # fmt: skip
    try:
        while not any(file.stat().st_size > 20000 for file in tmp_path.glob(".t.csv*")):
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == ""
    result = json.loads(out)
    assert result["outcome"] == "interrupted"
    assert 0 < result["references"] < 1_000_060
    rows = (tmp_path / "t.csv").read_text().splitlines()
    assert len(rows) > 100


def test_a_page_that_is_not_mapped_any_more(swapscope: Call, small: Path) -> None:
    small.write_text(small.read_text().replace('[[run]]\nmark = "filled"\n', '[[run]]\nop = "munmap"\nfirst = 30\n'))
    said = swapscope("run", small, "--json", "-")
    result = json.loads(said.out)
    assert result["outcome"] == "segfault"
    assert 60 < result["references"] < 260
    assert said.code == 1
    told = swapscope("run", small).out
    page = told.partition("touched a page that it does not have, its page ")[2].partition(": a segmentation fault")[0]
    assert int(page) >= 30
    lines = small.read_text().splitlines()
    number = int(told.partition("It was operation ")[2].partition(",")[0])
    part, line = place_of_operation(load_scenario(small), number - 1)
    assert f"of run.{part}, {small}:{line}." in told
    assert lines[line - 1] == "[[run]]"
    assert [text.strip() for text in lines[:line]].count("[[run]]") == part + 1
