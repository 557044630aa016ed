"""A policy of one's own decides about memory or the pool, and its run is like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cli.command import main
from engine.errors import InputError
from engine.machine import Machine
from engine.mm import image as im
from engine.mm.decisions import NOTHING
from engine.mm.transitions import KINDS
from engine.policies.decide import decide
from engine.policies.file import PolicyFile
from engine.program import Program
from engine.resources import scenarios_dir
from engine.timeline import Timeline
from tests.engine.policies.policies_written import FIFO, LRU, ended, flooded, thrashing, written

EXAMPLES = scenarios_dir() / "policies"


def faults(program: Program) -> int:
    return ended(program).counters()["pgmajfault"]


# -- what leaves memory ---------------------------------------------------------------------------


def test_lru_written_by_hand_misses_like_the_built_in_one(tmp_path: Path) -> None:
    mine = decide(thrashing(), PolicyFile(written(tmp_path, LRU)))
    assert faults(mine) == faults(thrashing().with_settings({"machine.policy": 2}))


def test_every_eviction_is_decided_where_readahead_needs_several(tmp_path: Path) -> None:
    """With readahead one operation evicts more than one page: LRU by hand stays what the built-in one is."""
    sets = ("machine.page_cluster=3", "machine.readahead=cluster")
    mine = decide(thrashing(*sets), PolicyFile(written(tmp_path, LRU)))
    machine = ended(mine)
    assert machine.counters()["swap_ra"] > 0
    assert len(mine.decisions) == machine.view.scalar(im.DECISIONS)
    assert (mine.decisions > 0).all()


def test_the_worked_example_is_as_good_as_opt_on_a_loop() -> None:
    example = PolicyFile(EXAMPLES / "most_recent.py")
    opt = thrashing().with_settings({"machine.policy": 5})
    assert faults(decide(thrashing(), example)) == faults(opt) == 72


def test_decisions_are_pages_of_the_program(tmp_path: Path) -> None:
    mine = decide(thrashing(), PolicyFile(written(tmp_path, LRU)))
    assert len(mine.decisions) > 0
    assert np.all(mine.decisions & (1 << 32) - 1 < mine.processes[0].pages)


# -- what leaves the pool -------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", ["6.2", "6.18", "mm"])
def test_first_in_first_out_by_hand_is_the_kernel_without_its_second_chance(tmp_path: Path, kernel: str) -> None:
    sets = (f'machine.kernel="{kernel}"', "machine.zswap.second_chance=false")
    mine = ended(decide(flooded(*sets), PolicyFile(written(tmp_path, FIFO))))
    theirs = ended(flooded(*sets))
    assert theirs.counters()["zswpwb"] > 5
    assert mine.counters() == theirs.counters()
    assert mine.view["transitions"] == theirs.view["transitions"]


def test_what_is_written_back_is_what_it_named(tmp_path: Path) -> None:
    program = decide(flooded(), PolicyFile(written(tmp_path, FIFO.replace("entries[0]", "entries[-1]"))))
    timeline = Timeline(program, False)
    kind = next(kind.number for kind in KINDS if kind.name == "written back")
    for answer in program.decisions[:5].tolist():
        timeline.seek({kind})
        timeline.step(-1)
        swap = timeline.view.at(im.Z_SWPENTRY, answer)
        timeline.step(1)
        assert timeline.transition().operand("swap") == swap


def test_a_policy_may_keep_everything(tmp_path: Path) -> None:
    program = decide(flooded(), PolicyFile(written(tmp_path, FIFO.replace("return entries[0]", "return None"))))
    machine = ended(program)
    assert machine.counters()["zswpwb"] == 0
    assert (program.decisions == NOTHING).all()
    assert machine.view.scalar(im.WORKER_DUE) == 0 or machine.view.scalar(im.WORKER_FAILURES) <= 16


# -- a run with it --------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "program"), [(LRU, thrashing), (FIFO, flooded)])
def test_a_run_with_it_can_be_walked_like_any_other(tmp_path: Path, text: str, program) -> None:
    mine = decide(program(), PolicyFile(written(tmp_path, text)))
    machine = Machine(mine, False)
    machine.run()
    timeline = Timeline(mine, False)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert timeline.state_hash() == machine.state_hash()
    timeline.jump(timeline.length // 2)
    told = timeline.state_hash()
    timeline.step(-30)
    timeline.step(30)
    assert timeline.state_hash() == told


def test_answers_that_cannot_be_do_no_harm(tmp_path: Path) -> None:
    """Data may come from anywhere: the model looks before it follows."""
    for make, text in ((thrashing, LRU), (flooded, FIFO)):
        program = decide(make(), PolicyFile(written(tmp_path, text)))
        for wrong in (-5, 1 << 40, 99 << 32, (1 << 32) | (1 << 31), 0):
            program.decisions[:] = wrong
            ended(program)


def test_code_that_reaches_into_the_machine_is_found_out(tmp_path: Path) -> None:
    reaching = FIFO.replace(
        "return entries[0]",
        "import sys\n"
        "        frame = sys._getframe()\n"
        "        while frame.f_code.co_name != '_answer':\n"
        "            frame = frame.f_back\n"
        "        from engine.mm.image import STORED_BYTES\n"
        "        frame.f_locals['machine'].words[STORED_BYTES] += 1\n"
        "        return entries[0]",
    )
    with pytest.raises(InputError, match=r"not in order after this policy"):
        decide(flooded(), PolicyFile(written(tmp_path, reaching)))


# -- the command line -----------------------------------------------------------------------------


def test_the_command_line_runs_and_compares_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, LRU))
    assert main(["compare", "18-thrashing", "--policies", "lru,own", "--policy", path, "--json", "-"]) == 0
    out = capsys.readouterr().out
    assert '"policy": "lru"' in out
    assert '"policy": "Mine"' in out
    assert main(["compare", "18-thrashing", "--policies", "lur"]) == 2
    assert "did you mean 'lru'" in capsys.readouterr().err
    assert main(["compare", "18-thrashing", "--policies", "own"]) == 2
    assert main(["run", "18-thrashing", "--policy", str(tmp_path / "none.py")]) == 2
    assert main(["run", "18-thrashing", "--set", 'machine.policy="own"']) == 2
    assert "--policy FILE.py" in capsys.readouterr().err
    assert main(["run", "18-thrashing", "--set", 'machine.zswap.writeback_policy="own"']) == 2
    assert "--policy FILE.py" in capsys.readouterr().err


def test_several_stand_beside_the_kernel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ann, ben = written(tmp_path, FIFO, "ann.py"), written(tmp_path, FIFO, "ben.py")
    given = ["compare", "26-writeback-policy", "--limit", "800"]
    assert main([*given, "--policy", str(ann), "--policy", str(ben), "--json", "-"]) == 0
    out = capsys.readouterr().out
    for label in ("lru", "Mine (ann)", "Mine (ben)"):
        assert f'"policy": "{label}"' in out
    assert main([*given, "--policy", str(ann), "--policies", "lru,clock"]) == 2
    assert "expected lru, own" in capsys.readouterr().err
    assert main([*given, "--policy", str(ann), "--policy", str(written(tmp_path, LRU, "c.py"))]) == 2
    assert "policies of one sort" in capsys.readouterr().err
