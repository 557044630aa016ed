"""quiz, worksheet, grade, new and upgrade as they are called: what they print, write and end with."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from engine.cli.new import TEMPLATES, template
from engine.scenario import load_scenario
from tests.engine.lesson.conftest import RUN
from tests.engine.lesson.test_grade import ASSIGNMENT

Call = Callable[..., Any]
QUESTIONS = """
[[step]]
title = "Filled"
when = "filled"
text = "There are {zswap_stored_pages} of [them](page:editor/5)."
[[step.question]]
kind = "choice"
ask = "Where is page 5?"
answer = "state of page 5 of editor"
hints = ["Not there.", "Look."]
[[step.question]]
kind = "number"
ask = "How many?"
answer = "zswap_stored_pages"
why = "So many: {zswap_stored_pages}."
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "course.toml"
    made.write_text(RUN + QUESTIONS)
    return made


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    made = tmp_path / "homework.toml"
    made.write_text(RUN + ASSIGNMENT)
    return made


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "subs"
    folder.mkdir()
    (folder / "ann.toml").write_text('student = "=Ann"\n')
    (folder / "bob.toml").write_text("[set]\nmachine.zswap.max_pool_percent = 90\n")
    (folder / "eve.toml").write_text("[set]\nmachine.frames = 999\n")
    return folder


# -- quiz ---------------------------------------------------------------------------------------


def test_without_a_terminal_questions_are_printed_and_not_asked(file: Path, swapscope: Call) -> None:
    said = swapscope("quiz", file)
    assert said.code == 0
    assert "1. [q1] Where is page 5?" in said.out
    assert "  A  " in said.out
    assert "of them." in said.out
    assert "Answer:" not in said.out


def test_answers_are_those_of_the_seed(file: Path, swapscope: Call) -> None:
    one, again, other = (swapscope("quiz", file, "--answers", "--seed", seed) for seed in (4, 4, 5))
    assert "Answer: " in one.out
    assert "So many: " in one.out
    assert "(seed 4)" in one.out
    assert one.out == again.out
    assert one.out != other.out


class Terminal(io.StringIO):
    """Takes what is printed for a terminal's."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Terminal:
    """As if a person typed these lines."""
    out = Terminal()
    answers = iter(lines)

    def read(_prompt: object = "") -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr("builtins.input", read)
    return out


def test_a_person_is_asked(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from engine.cli.command import main
    from engine.lesson.lesson import make_lesson
    from engine.lesson.progress import Progress

    monkeypatch.setenv("SWAPSCOPE_DATA_DIR", str(tmp_path / "data"))
    asked = make_lesson(load_scenario(file), compiled=False).questions
    wrong = "AB"[asked[0].right == 0]
    out = typed(monkeypatch, "?", "?", "?", "Q", wrong, asked[0].answer, "99999", "!")
    assert main(["quiz", str(file)]) == 0
    text = out.getvalue()
    for part in ("Not there.", "Look.", "That was the last hint.", "'Q' is not among them", "Not right.", "Right.",
                 f"It is {asked[1].answer}", "1 of 2 right now"):  # fmt: skip
        assert part in text, part
    progress = Progress(tmp_path / "data")
    first = progress.of("course", 1, "q1")
    assert (first.tries, first.right, first.hints) == (2, True, 2)
    assert progress.of("course", 1, "q2").tries == 1
    typed(monkeypatch)
    assert main(["quiz", str(file), "--reset"]) == 0
    assert Progress(tmp_path / "data").of("course", 1, "q1").tries == 0


def test_a_scenario_without_questions(small: Path, swapscope: Call) -> None:
    said = swapscope("quiz", small)
    assert said.code == 2
    assert "asks no questions" in said.err


def test_what_cannot_be_asked_in_this_run_is_said(file: Path, swapscope: Call) -> None:
    file.write_text(file.read_text() + '[[step]]\ntitle = "x"\nwhen = { kind = "out of memory" }\n')
    said = swapscope("quiz", file)
    assert said.code == 0
    assert "the run never comes to this moment" in said.err
    assert "step.1.when" in said.err


# -- worksheet ----------------------------------------------------------------------------------


def test_a_sheet_and_a_key_for_each_seed(file: Path, tmp_path: Path, swapscope: Call) -> None:
    folder = tmp_path / "sheets"
    assert swapscope("worksheet", file, "--seeds", "3..5", "-o", folder).code == 0
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"course-{seed}{end}.md" for seed in (3, 4, 5) for end in ("-key", "")]
    sheets = [(folder / f"course-{seed}.md").read_text() for seed in (3, 4, 5)]
    assert len(set(sheets)) == 3
    assert "☐ **A** " in sheets[0]
    assert "Name: " in sheets[0]
    said = swapscope("quiz", file, "--answers", "--seed", 3).out
    answers = [line.removeprefix("Answer: ") for line in said.splitlines() if line.startswith("Answer: ")]
    assert len(answers) == 2
    key = (folder / "course-3-key.md").read_text()
    assert all(answer in key for answer in answers)
    assert "Transition" in key.split("\n\n")[2], "where it can be seen"
    assert "Answer: \\_" in sheets[0]


def test_sheets_as_pdf(file: Path, tmp_path: Path, swapscope: Call, qapp: Any) -> None:
    folder = tmp_path / "sheets"
    assert swapscope("worksheet", file, "--format", "pdf", "-o", folder).code == 0
    sheet = (folder / "course-1.pdf").read_bytes()
    assert sheet.startswith(b"%PDF-")
    assert sheet.rstrip().endswith(b"%%EOF")
    assert b"/Page" in sheet


@pytest.mark.parametrize("flags", [("--seeds", "5..3"), ("--seeds", "x"), ("--seeds", "1..99999"), ("--format", "odt")])
def test_what_no_sheet_can_be_made_of(file: Path, tmp_path: Path, swapscope: Call, flags: tuple[str, str]) -> None:
    said = swapscope("worksheet", file, *flags, "-o", tmp_path / "sheets")
    assert said.code == 2
    assert flags[1] in said.err


def test_a_teacher_hears_of_a_question_without_an_answer(file: Path, tmp_path: Path, swapscope: Call) -> None:
    file.write_text(file.read_text() + '[[step]]\ntitle = "x"\nwhen = { kind = "out of memory" }\n')
    assert swapscope("worksheet", file, "-o", tmp_path / "sheets").code == 2


# -- grade --------------------------------------------------------------------------------------


def test_without_a_submission_the_assignment_is_told(homework: Path, swapscope: Call) -> None:
    said = swapscope("grade", homework)
    assert said.code == 0
    assert "machine.zswap.max_pool_percent: from 5 up to 90" in said.out
    assert "pswpout <= 20  (3 points)  little is written" in said.out
    assert "and 1 more that is not told" in said.out
    assert "out of memory" not in said.out
    assert "stored, order" in said.out


def test_a_folder_in_one_call(homework: Path, submissions: Path, swapscope: Call) -> None:
    said = swapscope("grade", homework, submissions)
    assert said.code == 2
    assert "=Ann: " in said.out
    assert "expected <= 20, found " in said.out
    assert "look at transition " in said.out
    assert "1 cannot be used" in said.out
    assert "eve.toml:2: set.machine.frames: 'machine.frames' may not be changed" in said.err


def test_exit_codes(homework: Path, submissions: Path, tmp_path: Path, swapscope: Call) -> None:
    assert swapscope("grade", homework, submissions / "ann.toml").code == 1
    easy = tmp_path / "easy.toml"
    easy.write_text(RUN + '[assignment]\ntask = "Run."\n[[assignment.check]]\nthat = "outcome == \'finished\'"\n')
    nothing = tmp_path / "nothing.toml"
    nothing.write_text("")
    assert swapscope("grade", easy, nothing).code == 0
    assert swapscope("grade", easy, tmp_path / "nowhere").code == 2
    assert swapscope("grade", easy.with_name("nope.toml"), nothing).code == 2


def test_as_json(homework: Path, submissions: Path, swapscope: Call) -> None:
    told = json.loads(swapscope("grade", homework, submissions, "--json").out)
    assert [one["student"] for one in told["submissions"]] == ["=Ann", "bob"]
    ann = told["submissions"][0]
    assert ann["points"] == 11
    assert ann["earned"] == sum(result["earned"] for result in ann["results"])
    failed = next(result for result in ann["results"] if result["name"] == "pswpout <= 20")
    assert failed["passed"] is False
    assert failed["transition"] > 0
    assert failed["sentence"]
    assert told["unusable"][0]["file"].endswith("eve.toml")


def test_as_junit(homework: Path, submissions: Path, swapscope: Call) -> None:
    root = ElementTree.fromstring(swapscope("grade", homework, submissions, "--junit").out)
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"=Ann", "bob", "eve"}
    assert len(suites["=Ann"]) == int(suites["=Ann"].get("tests", 0)) == 5
    failures = suites["=Ann"].findall("testcase/failure")
    assert len(failures) == int(suites["=Ann"].get("failures", 0)) > 0
    assert suites["eve"].find("testcase/error") is not None


def test_as_csv(homework: Path, submissions: Path, swapscope: Call) -> None:
    rows = list(csv.DictReader(io.StringIO(swapscope("grade", homework, submissions, "--csv").out)))
    assert [row["student"] for row in rows] == ["'=Ann", "bob", "eve"], "no spreadsheet takes it for a formula"
    assert float(rows[0]["earned"]) == sum(float(rows[0][name] or 0) for name in list(rows[0])[7:])
    assert rows[2]["passed"] == "no"
    assert "may not be changed" in rows[2]["problem"]


def test_a_seed_for_all(homework: Path, submissions: Path, swapscope: Call) -> None:
    (submissions / "ann.toml").write_text("seed = 77\n")
    told = json.loads(swapscope("grade", homework, submissions / "ann.toml", "--json", "--seed", 9).out)
    assert told["submissions"][0]["seed"] == 9


# -- new and upgrade ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TEMPLATES[:3])
def test_a_template_is_right_as_it_is(kind: str, tmp_path: Path, swapscope: Call) -> None:
    said = swapscope("new", "my-first_one", "--template", kind, "-o", tmp_path)
    assert said.code == 0
    file = tmp_path / "my-first_one.toml"
    assert load_scenario(file).title == "My first one"
    assert swapscope("check", file).code == 0
    assert swapscope("run", file).code == 0, "its checks hold"
    if kind == "lesson":
        assert swapscope("worksheet", file, "--seeds", "1..3", "-o", tmp_path / "sheets").code == 0


def test_the_assignment_of_the_template_is_neither_done_nor_impossible(tmp_path: Path, swapscope: Call) -> None:
    file, submission = tmp_path / "homework.toml", tmp_path / "ann.toml"
    file.write_text(template("assignment", "homework"))
    submission.write_text(template("submission", "ann"))
    assert swapscope("grade", file, submission).code == 1
    passed = []
    for percent in range(25, 61, 5):
        submission.write_text(f'[set]\n"machine.zswap.max_pool_percent" = {percent}\n')
        passed.append(swapscope("grade", file, submission).code == 0)
    assert any(passed)
    assert not all(passed)


@pytest.mark.parametrize(
    ("kind", "scenario"), [("replacement-policy", "18-thrashing"), ("writeback-policy", "25-late-slot")]
)
def test_a_policy_template_runs_as_it_is(kind: str, scenario: str, tmp_path: Path, swapscope: Call) -> None:
    said = swapscope("new", "ann's policy", "--template", kind, "-o", tmp_path)
    assert said.code == 2, "no name for a file"
    said = swapscope("new", "3-ann.py", "--template", kind, "-o", tmp_path)
    assert said.code == 0
    file = tmp_path / "3-ann.py"
    assert "class Policy3Ann:" in file.read_text()
    assert "@" not in file.read_text()
    told = swapscope("compare", scenario, "--policy", file, "--json", "-")
    assert [run["policy"] for run in json.loads(told.out)["runs"]][1] == "Policy3Ann"


def test_grading_runs_policies_only_when_told_to(tmp_path: Path, swapscope: Call) -> None:
    assert swapscope("new", "ann", "--template", "writeback-policy", "-o", tmp_path).code == 0
    (tmp_path / "ann.toml").write_text('policy = "ann.py"\n')
    (tmp_path / "ben.toml").write_text('policy = "ben.py"\n')
    (tmp_path / "ben.py").write_text((tmp_path / "ann.py").read_text().replace("entries[0]", "entries[-1:]"))
    homework = tmp_path / "work" / "homework.toml"
    homework.parent.mkdir()
    assert swapscope("new", "homework", "--template", "assignment", "-o", homework.parent).code == 0
    homework.write_text(homework.read_text().replace("[assignment]", '[assignment]\npolicy = "writeback"'))
    assert "the writeback policy: a Python file of your own" in swapscope("grade", homework).out
    said = swapscope("grade", homework, tmp_path / "ann.toml")
    assert said.code == 2
    assert "expected grade --run-policies" in said.err
    said = swapscope("grade", homework, tmp_path / "ann.toml", tmp_path / "ben.toml", "--run-policies", "--json")
    assert said.code == 1
    ann, ben = json.loads(said.out)["submissions"]
    assert ann["earned"] > ben["earned"] == 0
    assert "ben.py" in ben["results"][0]["found"]


def test_nothing_is_overwritten(tmp_path: Path, swapscope: Call) -> None:
    assert swapscope("new", "one", "-o", tmp_path).code == 0
    before = (tmp_path / "one.toml").read_text()
    said = swapscope("new", "one.toml", "--template", "lesson", "-o", tmp_path)
    assert said.code == 2
    assert (tmp_path / "one.toml").read_text() == before
    assert swapscope("new", "../x", "-o", tmp_path).code == 2
    assert swapscope("new", "x", "-o", tmp_path / "nowhere").code == 2


def test_upgrade(small: Path, tmp_path: Path, swapscope: Call) -> None:
    before = small.read_text()
    said = swapscope("upgrade", small)
    assert (said.code, small.read_text()) == (0, before)
    assert "has format 1 already" in said.out
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(before.replace("format = 1", "format = 7"))
    said = swapscope("upgrade", small, wrong)
    assert said.code == 2
    assert "format 7 is newer" in said.err


def test_upgrade_of_an_older_file(tmp_path: Path, swapscope: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.scenario import upgrade

    changes = (upgrade.Rename(("machine",), "memory", "frames"),)
    monkeypatch.setattr(upgrade, "UPGRADES", {0: upgrade.Upgrade(changes)})
    file = tmp_path / "old.toml"
    file.write_text(RUN.replace("format = 1", "format = 0").replace("frames = 32", "memory = 32  # all of it"))
    assert swapscope("upgrade", file).code == 0
    assert "frames = 32  # all of it" in file.read_text()
    assert load_scenario(file).machine.frames == 32
