"""Recording a kernel's counters, as far as it goes without touching this machine's kernel."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engine.study.bench_peers import compiler
from engine.truth.recorder import (
    EXIT,
    FORK,
    MARK,
    SOURCE,
    WRITE,
    Kernel,
    Run,
    chosen,
    main,
    read_marks,
    spans,
    words_of,
)
from engine.truth.walks import Part, Walk, mixed, reads, walks, writes

AT_A_MARK = """mark {at}
pgmajfault {faults}
nr_swapcached 37
pswpout 5
nr_free_pages 9
Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
/somewhere/swapfile                     file\t\t16380\t\t{used}\t\t-2

stored_pages 3
pool_total_size 8192
pool_limit_hit 0
stored_incompressible_pages 0
"""


@pytest.fixture
def machine(tmp_path: Path) -> Kernel:
    """A file system with what recording wants to find."""
    for path, text in (
        ("sys/module/zswap/parameters/enabled", "N"), ("sys/module/zswap/parameters/max_pool_percent", "20"),
        ("sys/module/zswap/parameters/accept_threshold_percent", "90"),
        ("sys/module/zswap/parameters/shrinker_enabled", "N"), ("proc/sys/vm/page-cluster", "3"),
        ("proc/sys/vm/swappiness", "60"), ("proc/swaps", "Filename Type Size Used Priority\n"),
        ("sys/fs/cgroup/memory/memory.limit_in_bytes", "1"), ("sys/kernel/debug/there", ""),
        ("sys/kernel/tracing/trace", ""),
    ):  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return Kernel(tmp_path)


def test_a_walk_is_a_list_of_words_with_marks_and_a_child() -> None:
    child = mixed(np.array([2]), 1.0, 0, by_child=True)
    walk = Walk("small", 3, 2, (child, reads(np.array([1]))))
    assert words_of(walk).tolist() == [WRITE, WRITE | 1, WRITE | 2, MARK, FORK, WRITE | 2, MARK, EXIT, 1, MARK]
    assert words_of(walk).dtype == np.uint32


def test_counters_are_told_since_the_mark_before_and_gauges_as_they_are() -> None:
    told = AT_A_MARK.format(at=1, faults=10, used=4) + AT_A_MARK.format(at=2, faults=25, used=40)
    (figures,) = read_marks(told)
    assert (figures["pgmajfault"], figures["pswpout"]) == (15, 0)
    assert (figures["swapcached_pages"], figures["swap_used_pages"]) == (37, 10)
    assert (figures["zswap_stored_pages"], figures["zswap_pool_pages"]) == (3, 2)


def test_several_runs_give_the_least_and_the_most_at_the_marks_they_came_to() -> None:
    (one,) = read_marks(AT_A_MARK.format(at=1, faults=0, used=0) + AT_A_MARK.format(at=2, faults=7, used=0))
    (two,) = read_marks(AT_A_MARK.format(at=1, faults=0, used=0) + AT_A_MARK.format(at=2, faults=9, used=0))
    found = spans([Run([one], True), Run([two, two], False)])
    assert [mark["pgmajfault"] for mark in found] == [[7, 9], [9, 9]]
    assert "zswpwb" not in found[0], "what is always 0 is left out"


def test_settings_are_put_back_whatever_happens(machine: Kernel) -> None:
    walk = Walk("small", 3, 2, (), page_cluster=0, pool_percent=1)

    def fail() -> None:
        with machine.set_up_for(walk):
            assert (machine.vm / "page-cluster").read_text() == "0"
            assert (machine.zswap / "enabled").read_text() == "Y"
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fail()
    assert (machine.vm / "page-cluster").read_text() == "3"
    assert (machine.vm / "swappiness").read_text() == "60"
    assert (machine.zswap / "enabled").read_text() == "N"


def test_what_is_missing_is_told_with_what_would_help(machine: Kernel, capsys: pytest.CaptureFixture[str]) -> None:
    (machine.tracing / "trace").unlink()
    (machine.zswap / "enabled").unlink()
    assert main(["random"], machine) == 2
    said = capsys.readouterr().err
    assert "mount -t tracefs" in said
    assert "CONFIG_ZSWAP" in said


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gets so far")
def test_swap_in_use_is_left_alone(machine: Kernel, capsys: pytest.CaptureFixture[str]) -> None:
    machine.swaps.write_text(machine.swaps.read_text() + "/dev/sda2 partition 1 0 -2\n")
    assert main(["random"], machine) == 2
    assert "swap is in use" in capsys.readouterr().err


def test_a_wrong_name_gets_the_nearest_right_one(machine: Kernel, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backward!"], machine) == 2
    assert "did you mean 'backwards'" in capsys.readouterr().err
    assert [walk.name for walk in chosen(["backwards"])] == ["backwards", "backwards, no zswap"]
    assert [walk.name for walk in chosen([])] == [walk.name for walk in walks()]


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler")
def test_the_walker_makes_its_references_and_tells_its_faults(tmp_path: Path) -> None:
    walker, steps, cgroup = tmp_path / "walker", tmp_path / "walk", tmp_path / "cgroup"
    cgroup.mkdir()
    command = [str(compiler()), "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(walker), str(SOURCE)]
    subprocess.run(command, check=True)
    part = Part(np.arange(50), np.arange(50) % 2 == 0)
    words_of(Walk("small", 100, 50, (part, writes(np.arange(3))))).tofile(steps)
    command = [str(walker), str(steps), "100", str(cgroup), "private", "text"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "mlockall" in done.stderr:
        pytest.skip("this user may not lock memory")
    assert done.returncode == 0, done.stderr
    assert (cgroup / "cgroup.procs").read_text().isdigit()
    assert done.stdout.count("\nmark ") + done.stdout.startswith("mark ") == 4
    assert len(read_marks(done.stdout)) == 3
