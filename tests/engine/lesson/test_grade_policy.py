"""Policies that submissions bring: run only when asked for, apart, and one that fails is one failed row."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import InputError
from engine.lesson.grade import Graded, Grader
from engine.lesson.submission import read_submission
from engine.resources import scenarios_dir
from engine.scenario import Scenario, load_scenario

ASKS = '[assignment]\ntask = "t"\npolicy = "writeback"\n[[assignment.check]]\nthat = "zswpwb > 10"\npoints = 2\n'
FIRST = """
class Mine:
    def __init__(self, pages): pass
    def stored(self, entry): pass
    def left(self, entry): pass
    def write_back(self, entries):
        return entries[0]
"""


@pytest.fixture
def asking(tmp_path: Path) -> Scenario:
    """The first part of scenario 26 as an assignment of two points."""
    text = (scenarios_dir() / "26-writeback-policy.toml").read_text(encoding="utf-8")
    text = text[: text.index("# What the lesson says.")].replace("references = 800", "references = 300")
    file = tmp_path / "asking.toml"
    file.write_text(text.replace("references = 400", "references = 150") + ASKS, encoding="utf-8")
    return load_scenario(file)


def graded(scenario: Scenario, folder: Path, policy: str, **options: object) -> Graded:
    (folder / "ann.py").write_text(policy, encoding="utf-8")
    file = folder / "ann.toml"
    file.write_text('student = "Ann"\npolicy = "ann.py"\n', encoding="utf-8")
    return Grader(scenario, compiled=False, **options).grade(read_submission(file))  # type: ignore[arg-type]


def test_it_decides_the_run_that_is_graded(asking: Scenario, tmp_path: Path) -> None:
    good = graded(asking, tmp_path, FIRST, run_policies=True)
    assert (good.earned, good.passed) == (2, True)
    none = graded(asking, tmp_path, FIRST.replace("entries[0]", "None"), run_policies=True)
    assert (none.earned, none.results[0].found) == (0, "0")


def test_no_code_is_run_unless_it_was_asked_for(asking: Scenario, tmp_path: Path) -> None:
    mark = tmp_path / "was here"
    with pytest.raises(InputError, match=r"ann.toml:2: policy: a policy is code.*expected grade --run-policies"):
        graded(asking, tmp_path, f"open({str(mark)!r}, 'w')\n" + FIRST)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("entries[99]", "ann.py:7: write_back: IndexError"),
        ("__import__('os')._exit(1)", "took its process down"),
        ("graded() if 0 else [0 for _ in iter(int, 1)]", "no answer after 1 s"),
    ],
)
def test_one_that_fails_fails_its_checks_and_says_why(
    asking: Scenario, tmp_path: Path, answer: str, said: str
) -> None:
    found = graded(asking, tmp_path, FIRST.replace("entries[0]", answer), run_policies=True, policy_seconds=1)
    assert (found.earned, found.points, found.passed) == (0, 2, False)
    assert said in found.results[0].found


def test_one_of_the_other_sort_fails(asking: Scenario, tmp_path: Path) -> None:
    other = (scenarios_dir() / "policies" / "most_recent.py").read_text(encoding="utf-8")
    assert "expected a writeback policy" in graded(asking, tmp_path, other, run_policies=True).results[0].found


@pytest.mark.parametrize("name", ["../ann.py", "/ann.py", "a\\b.py", "", "..", "there.py", 3])
def test_it_is_a_file_beside_the_submission(tmp_path: Path, name: object) -> None:
    file = tmp_path / "ann.toml"
    file.write_text(f"policy = {name!r}\n".replace('"', "'"), encoding="utf-8")
    with pytest.raises(InputError, match=r"ann.toml:1: policy: .*beside the submission"):
        read_submission(file)


def test_an_assignment_that_asks_for_none_takes_none(asking: Scenario, tmp_path: Path) -> None:
    text = (tmp_path / "asking.toml").read_text(encoding="utf-8").replace('policy = "writeback"\n[[', "[[")
    other = tmp_path / "other.toml"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a policy of one's own is not allowed here"):
        graded(load_scenario(other), tmp_path, FIRST, run_policies=True)
