"""A policy of one's own decides, its mistakes are told at their line, and its run is like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cli.__main__ import main
from engine.errors import InputError
from engine.invariants import broken
from engine.machine import Machine
from engine.resources import scenarios_dir
from engine.scenario import load_scenario
from engine.study.own_policy import OwnPolicy, decide
from engine.timeline import Timeline

LRU = """
class Mine:
    def __init__(self, frames):
        self.order = []
    def loaded(self, page):
        self.order.append(page)
    def used(self, page, write):
        self.order.remove(page)
        self.order.append(page)
    def victim(self, pages):
        self.order = [page for page in self.order if page in pages]
        return self.order.pop(0)
"""


def thrashing():
    return load_scenario(scenarios_dir() / "18-thrashing.toml").build()


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


def faults(program) -> int:
    machine = Machine(program, False)
    machine.run()
    assert machine.outcome == "finished"
    assert broken(machine.view, program) == []
    return machine.counters()["pgmajfault"]


def test_lru_written_by_hand_misses_like_the_built_in_one(tmp_path: Path) -> None:
    mine = decide(thrashing(), OwnPolicy(written(tmp_path, LRU)))
    assert faults(mine) == faults(thrashing().with_settings({"machine.policy": 2}))


def test_the_worked_example_beats_lru_on_a_loop() -> None:
    example = OwnPolicy(scenarios_dir() / "policies" / "most_recent.py")
    assert faults(decide(thrashing(), example)) * 4 < faults(thrashing().with_settings({"machine.policy": 2}))


def test_a_run_with_it_can_be_walked_like_any_other(tmp_path: Path) -> None:
    mine = decide(thrashing(), OwnPolicy(written(tmp_path, LRU)))
    machine = Machine(mine, False)
    machine.run()
    timeline = Timeline(mine, False)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert timeline.state_hash() == machine.state_hash()
    before = timeline.length // 2
    timeline.jump(before)
    told = timeline.state_hash()
    timeline.step(-30)
    timeline.step(30)
    assert timeline.state_hash() == told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Mine:\n    def victim(self pages): pass\n", r"mine.py:2: this is no Python"),
        ("x = 1\n", r"mine.py: 0 classes are in this file"),
        (LRU.replace("def used", "def usde"), r"used: class Mine has no method 'used'.*did you mean 'usde'"),
        (LRU.replace("self, page, write", "self, page"), r"mine.py:7: used: 'used' has 2 parameters"),
        (LRU.replace("self.order.pop(0)", "self.order[10**6]"), r"mine.py:12: victim: IndexError"),
        (LRU.replace("self.order.pop(0)", "'page 3'"), r"mine.py:10: victim: victim\(\) gave 'page 3'"),
        (LRU.replace("self.order = []", "self.order = frames / 0"), r"mine.py:4: __init__: ZeroDivisionError"),
        ("import no_such_module\n" + LRU, r"mine.py:1: ModuleNotFoundError"),
    ],
)
def test_mistakes_are_told_at_their_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        decide(thrashing(), OwnPolicy(written(tmp_path, text)))


def test_the_command_line_runs_and_compares_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, LRU))
    assert main(["compare", "18-thrashing", "--policies", "lru,own", "--policy", path, "--json", "-"]) == 0
    out = capsys.readouterr().out
    assert '"policy": "own"' in out
    assert main(["compare", "18-thrashing", "--policies", "lur"]) == 2
    assert "did you mean 'lru'" in capsys.readouterr().err
    assert main(["compare", "18-thrashing", "--policies", "own"]) == 2
    assert main(["run", "18-thrashing", "--policy", str(tmp_path / "none.py")]) == 2
    assert main(["run", "18-thrashing", "--set", 'machine.policy="own"']) == 2
    assert "--policy FILE.py" in capsys.readouterr().err


def test_decisions_are_pages_of_the_program(tmp_path: Path) -> None:
    mine = decide(thrashing(), OwnPolicy(written(tmp_path, LRU)))
    assert len(mine.decisions) > 0
    assert np.all(mine.decisions & (1 << 32) - 1 < mine.processes[0].pages)
