"""A policy file is read and checked, and its mistakes are told at their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.policies.decide import decide
from engine.policies.file import REPLACEMENT, WRITEBACK, PolicyFile
from engine.resources import scenarios_dir
from tests.engine.policies.policies_written import FIFO, LRU, flooded, thrashing, written

BOTH = LRU + FIFO.replace("class Mine:", "").replace("def __init__(self, pages):\n        self.there = {}", "")


def test_its_sort_is_told_by_the_question_it_answers(tmp_path: Path) -> None:
    assert PolicyFile(written(tmp_path, LRU)).sort is REPLACEMENT
    assert PolicyFile(written(tmp_path, FIFO)).sort is WRITEBACK
    with pytest.raises(InputError, match=r"has both 'victim' and 'write_back'"):
        PolicyFile(written(tmp_path, BOTH))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Mine:\n    def victim(self pages): pass\n", r"mine.py:2: this is no Python"),
        ("class Mine:\n    x = '\0'\n", r"mine.py.*this is no Python"),
        ("x = 1\n", r"mine.py: 0 classes are in this file"),
        (LRU + "\nclass Other: pass\n", r"mine.py: 2 classes are in this file"),
        (LRU.replace("def used", "def usde"), r"used: class Mine has no method 'used'.*did you mean 'usde'"),
        (FIFO.replace("def left", "def laft"), r"left: class Mine has no method 'left'.*did you mean 'laft'"),
        (FIFO.replace("def write_back", "def writeback"), r"no method 'write_back'.*did you mean 'writeback'"),
        (LRU.replace("self, page, write", "self, page"), r"mine.py:7: used: 'used' has 2 parameters"),
        (LRU.replace("self.order.pop(0)", "self.order[10**6]"), r"mine.py:12: victim: IndexError"),
        (LRU.replace("self.order.pop(0)", "'page 3'"), r"mine.py:10: victim: victim\(\) gave 'page 3'"),
        (LRU.replace("self.order.pop(0)", "None"), r"mine.py:10: victim: victim\(\) gave None"),
        (LRU.replace("self.order = []", "self.order = frames / 0"), r"mine.py:4: __init__: ZeroDivisionError"),
        (LRU.replace("self.order = []", "raise SystemExit"), r"mine.py:4: __init__: SystemExit"),
        ("import no_such_module\n" + LRU, r"mine.py:1: ModuleNotFoundError"),
        (FIFO.replace("return entries[0]", "return entries[0].number"), r"mine.py:10: write_back: .*or None"),
        (FIFO.replace("return entries[0]", "return entry"), r"mine.py:12: write_back: NameError"),
    ],
)
def test_mistakes_are_told_at_their_line(tmp_path: Path, text: str, said: str) -> None:
    program = flooded() if "write" in text and "stored" in text else thrashing()
    with pytest.raises(InputError, match=said):
        decide(program, PolicyFile(written(tmp_path, text)))


def test_an_answer_that_cannot_be_compared_is_told_too(tmp_path: Path) -> None:
    odd = LRU.replace("self.order.pop(0)", "__import__('numpy').zeros(2)")
    with pytest.raises(InputError, match=r"which cannot leave now"):
        decide(thrashing(), PolicyFile(written(tmp_path, odd)))


def test_reading_it_leaves_nothing_beside_it(tmp_path: Path) -> None:
    PolicyFile(written(tmp_path, LRU))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_the_worked_examples_are_policies() -> None:
    found = {path.stem: PolicyFile(path).sort.name for path in (scenarios_dir() / "policies").glob("*.py")}
    assert found == {"most_recent": "replacement", "fewest_visits": "writeback"}
