"""The teacher's page: its plan names scenarios that are there, and its assignment can be handed out and graded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli.command import main
from engine.lesson.lesson import make_lesson
from engine.scenario import load_scenario
from tests.scenarios.library_runs import FILES

PAGE = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """The code between two marks of the page."""
    found = re.search(rf"<!-- {name} -->\n```toml\n(.*?)```\n<!-- end -->", PAGE, re.S)
    assert found is not None
    return found[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A teacher's folder: the assignment, and what three students handed in."""
    (tmp_path / "pool-homework.toml").write_text(block("assignment"), encoding="utf-8")
    ann = block("submission")
    handed_in = tmp_path / "handed-in"
    handed_in.mkdir()
    (handed_in / "ann.toml").write_text(ann, encoding="utf-8")
    (handed_in / "ben.toml").write_text(ann.replace("Ann", "Ben").replace("= 60", "= 90"), encoding="utf-8")
    (handed_in / "cleo.toml").write_text('[set]\n"machine.frames" = 256\n', encoding="utf-8")
    return tmp_path


def test_the_plan_has_every_scenario_and_no_other() -> None:
    named = set(re.findall(r"\b\d\d-[a-z-]+[a-z]", PAGE))
    assert named == {file.stem for file in FILES}


def test_the_homework_has_two_questions_for_every_student(course: Path) -> None:
    for seed in (1, 7, 30):
        lesson = make_lesson(load_scenario(course / "pool-homework.toml", [f"seed={seed}"]), compiled=False)
        assert not lesson.problems
        assert len(lesson.questions) == 2


def test_the_homework_can_be_done_by_every_student(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another seed is another machine, and 64 pages of pool are enough in each."""
    file = course / "all.toml"
    frames = set()
    for seed in (2, 3, 4, 5):
        frames.add(load_scenario(course / "pool-homework.toml", [f"seed={seed}"]).machine.frames)
        file.write_text(f'seed = {seed}\n[set]\n"machine.zswap.max_pool_pages" = 64\n', encoding="utf-8")
        main(["grade", str(course / "pool-homework.toml"), str(file)])
        out = capsys.readouterr().out
        assert "✓ pswpin" in out
        assert "✓ machine.zswap" in out
    assert len(frames) > 1


def test_what_was_handed_in_is_graded(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    homework = str(course / "pool-homework.toml")
    assert main(["grade", homework, str(course / "handed-in" / "ann.toml")]) == 0
    assert "5 of 5 points" in capsys.readouterr().out
    assert main(["grade", homework, str(course / "handed-in" / "ben.toml")]) == 1
    assert "4 of 5 points" in capsys.readouterr().out
    assert main(["grade", homework, str(course / "handed-in"), "--csv"]) == 2
    told = capsys.readouterr()
    assert "may not be changed" in told.out + told.err
    assert [line.partition(",")[0] for line in told.out.splitlines()[:3]] == ["student", "Ann", "Ben"]
