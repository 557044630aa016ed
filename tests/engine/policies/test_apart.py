"""A policy in a process of its own: the same answers, and nothing it does can harm this one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.errors import InputError
from engine.policies.apart import decide_apart
from engine.policies.decide import decide
from engine.policies.file import PolicyFile
from tests.engine.policies.policies_written import FIFO, LRU, flooded, thrashing, written


def test_it_gives_the_answers_that_it_gives_here(tmp_path: Path) -> None:
    path = written(tmp_path, "print('hello')\n" + FIFO)
    here, apart = decide(flooded(), PolicyFile(path)), decide_apart(flooded(), path, sort="writeback")
    assert (here.decisions == apart.decisions).all()
    assert here.settings == apart.settings


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("__import__('os')._exit(3)", r"mine.py: the policy took its process down \(exit code 3\)"),
        ("__import__('os').kill(__import__('os').getpid(), 11)", r"took its process down \(it was killed\)"),
        ("self.order[10**6]", r"mine.py:12: victim: IndexError"),
    ],
)
def test_one_that_fails_is_told(tmp_path: Path, answer: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        decide_apart(thrashing(), written(tmp_path, LRU.replace("self.order.pop(0)", answer)))


def test_one_that_hangs_is_stopped_at_its_line(tmp_path: Path) -> None:
    hanging = LRU.replace("return self.order.pop(0)", "while True:\n            pass")
    with pytest.raises(InputError, match=r"mine.py:1[23]: victim: .*no answer after 1 s"):
        decide_apart(thrashing(), written(tmp_path, hanging), seconds=1)


def test_one_that_will_not_be_stopped_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal\n"
        + LRU.replace("return self.order.pop(0)", "while True:\n            signal.setitimer(signal.ITIMER_REAL, 0)")
    )  # fmt: skip
    with pytest.raises(InputError, match=r"no answer after 0.5 s"):
        decide_apart(thrashing(), written(tmp_path, stubborn), seconds=0.5)


def test_one_that_nobody_waits_for_is_left(tmp_path: Path) -> None:
    hanging = LRU.replace("return self.order.pop(0)", "while True:\n            pass")
    began = time.monotonic()
    with pytest.raises(InputError, match=r"stopped before it had decided"):
        decide_apart(thrashing(), written(tmp_path, hanging), wanted=lambda: time.monotonic() < began + 0.3)


def test_another_sort_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"class Mine is a replacement policy; expected a writeback policy"):
        decide_apart(thrashing(), written(tmp_path, LRU), sort="writeback")
