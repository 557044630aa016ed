"""Submissions are graded by their run: what failed is told with what was found and where to look; limits hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InputError
from engine.lesson.course import follow
from engine.lesson.evaluate import Evaluator
from engine.lesson.grade import Graded, Grader
from engine.lesson.submission import find_submissions, read_submission
from engine.scenario import load_scenario
from engine.scenario.query_check import Known, read_query
from engine.timeline import Timeline

ASSIGNMENT = """
[[step]]
title = "s"
when = "filled"
[[step.question]]
id = "stored"
kind = "number"
ask = "How many?"
answer = "zswap_stored_pages"
points = 2
[[step.question]]
id = "order"
kind = "order"
ask = "Order?"
answer = "page of next 4 'frame freed'"
points = 4
[assignment]
task = "Write less."
workload = true
max_references = 500
pass_percent = 60
[[assignment.may_change]]
key = "machine.zswap.max_pool_percent"
low = 5
high = 90
[[assignment.may_change]]
key = "machine.zswap.shrink_rule"
choices = ["one_entry", "batch"]
[[assignment.check]]
that = "pswpout <= 20"
text = "little is written"
points = 3
[[assignment.check]]
that = "zswap_stored_pages at 'both there' > 5"
[[assignment.check]]
that = "times 'out of memory' == 0"
hidden = true
"""


@pytest.fixture
def file(lesson_file: Callable[..., Path]) -> Path:
    return lesson_file(ASSIGNMENT)


@pytest.fixture
def grader(file: Path) -> Grader:
    return Grader(load_scenario(file), compiled=False)


@pytest.fixture
def grade(grader: Grader, tmp_path: Path) -> Callable[[str], Graded]:
    def one(text: str) -> Graded:
        submission = tmp_path / "ann.toml"
        submission.write_text(text)
        return grader.grade(read_submission(submission))

    return one


@pytest.fixture
def refused(grade: Callable[[str], Graded]) -> Callable[[str], list[Any]]:
    """Every problem of a submission that cannot be used; each has the place in its file."""

    def one(text: str) -> list[Any]:
        with pytest.raises(InputError) as error:
            grade(text)
        assert all(str(problem.file).endswith("ann.toml") for problem in error.value.problems)
        return list(error.value.problems)

    return one


def by_name(graded: Graded) -> dict[str, Any]:
    return {result.name: result for result in graded.results}


def test_as_it_is_the_scenario_does_not_pass(grade: Callable[[str], Graded], file: Path) -> None:
    graded = grade("")
    assert graded.student == "ann"
    assert (graded.seed, graded.points, graded.passed) == (1, 11, False)
    written = by_name(graded)["pswpout <= 20"]
    timeline = Timeline(load_scenario(file).build(), False)
    timeline.run_to_end()
    timeline.jump(timeline.length)
    assert written.found == str(timeline.view["pswpout"])
    assert timeline.view["pswpout"] > 20
    assert written.expected == "<= 20"
    timeline.jump(written.look_at)
    assert timeline.view["pswpout"] == 21, "the transition at which it ceased to hold"
    timeline.step(-1)
    assert timeline.view["pswpout"] == 20
    assert written.look
    assert by_name(graded)["times 'out of memory' == 0"].hidden
    assert by_name(graded)["stored"].found == "no answer"


def test_a_change_is_graded_by_its_own_run(grade: Callable[[str], Graded]) -> None:
    best = max(grade(f'[set]\n"machine.zswap.max_pool_percent" = {percent}').earned for percent in (5, 40, 90))
    worst = min(grade(f"[set]\nmachine.zswap.max_pool_percent = {percent}").earned for percent in (5, 40, 90))
    assert best > worst


def test_answers_are_held_against_the_scenarios_own_run(grade: Callable[[str], Graded], grader: Grader) -> None:
    lesson = grader._lesson(grader.scenario)
    stored, order = lesson.questions
    listed = [order.options[place] for place in order.right]
    answers = f"[answers]\nstored = {stored.right}\norder = {listed}"
    everything = grade(f"[set]\nmachine.zswap.max_pool_percent = 90\n{answers}")
    assert by_name(everything)["stored"].passed
    assert by_name(everything)["order"].earned == 4
    listed[0], listed[1] = listed[1], listed[0]
    partly = by_name(grade(f"[answers]\norder = {listed}"))["order"]
    assert (partly.passed, partly.earned) == (False, 2.0)
    wrong = by_name(grade('[answers]\nstored = "many"\norder = ["x"]'))
    assert wrong["stored"].earned == wrong["order"].earned == 0
    assert "no number" in wrong["stored"].found


def test_another_seed_is_another_instance(grade: Callable[[str], Graded], grader: Grader) -> None:
    right = grader._lesson(grader.scenario).questions[0].right
    graded = grade(f"seed = 5\n[answers]\nstored = {right}")
    assert graded.seed == 5
    other = next(asked for asked in grader._lessons[5].questions if asked.id == "stored")
    assert by_name(graded)["stored"].passed == (other.right == right)
    assert by_name(graded)["stored"].expected == other.answer


def test_part_of_the_points_may_be_enough(grade: Callable[[str], Graded], grader: Grader) -> None:
    stored = grader._lesson(grader.scenario).questions[0]
    graded = grade(f'[set]\nmachine.zswap.max_pool_percent = 90\n[answers]\nstored = {stored.right}')
    assert graded.needed_percent == 60
    assert graded.passed == (graded.earned >= 0.6 * graded.points)


def test_a_workload_of_ones_own(grade: Callable[[str], Graded]) -> None:
    graded = grade("""
[[run]]
pattern = "sequential"
process = "editor"
references = 5
[[run]]
mark = "both there"
""")
    results = by_name(graded)
    assert results["pswpout <= 20"].found == "0"
    assert not results["zswap_stored_pages at 'both there' > 5"].passed


@pytest.mark.parametrize(("text", "key", "what"), [
    ("nonsense = 3", "nonsense", "no key"), ("student = 3", "student", "wrong type"),
    ("seed = -1", "seed", "not possible"),
    ("set = 3", "set", "wrong type"), ("run = []", "run", "wrong type"), ("answers = []", "answers", "wrong type"),
    ("[set]\nmachine.frames = 64", "set.machine.frames", "may not be changed"),
    ('[set]\n"machine.frmes" = 64', "set.machine.frmes", "no setting"),
    ("[set]\nmachine.zswap.max_pool_percent = 91", "set.machine.zswap.max_pool_percent", "91 is not allowed"),
    ("[set]\nmachine.zswap.max_pool_percent = true", "set.machine.zswap.max_pool_percent", "not allowed"),
    ('[set]\nmachine.zswap.shrink_rule = "pool_page"', "set.machine.zswap.shrink_rule", "not allowed"),
    ("[answers]\nstord = 3", "answers.stord", "no question 'stord'"),
    ('[[run]]\ntrace = "/etc/passwd"\nprocess = "editor"', "run.0", "cannot name trace files"),
    ('[[run]]\nparallel = [{ trace = "x.swt" }]', "run.0", "cannot name trace files"),
    ('[[run]]\nset = "machine.frames"\nvalue = 64', "run.0.set", "may not be changed"),
    ('[[run]]\nset = "machine.zswap.max_pool_percent"\nvalue = 99', "run.0.set", "99 is not allowed"),
    ('[[run]]\npattern = "random"\nprocess = "editor"\nreferences = 501', "run", "501 operations are too many"),
    ('[[run]]\nrepeat = 300\nparallel = [{ pattern = "random", process = "editor", references = 2 }]', "run",
     "too many"),
    ('[[run]]\npattern = "random"\nprocess = "editor"\nreferences = 5', "run", "cannot be held against this workload"),
    ('[[run]]\npattern = "randm"\nprocess = "editor"\nreferences = 5', "run.0.pattern", "no pattern 'randm'"),
])  # fmt: skip
def test_what_may_not_be_is_refused(refused: Callable[[str], list[Any]], text: str, key: str, what: str) -> None:
    found = refused(text)
    assert [problem for problem in found if problem.key == key and what in problem.what], found


def test_everything_wrong_is_told_at_once(refused: Callable[[str], list[Any]]) -> None:
    found = refused("[set]\nmachine.frames = 64\nmachine.zswap.max_pool_percent = 91\n[answers]\nx = 1")
    assert [problem.line for problem in found] == [2, 3, 5]


def test_a_submission_that_is_no_toml_or_too_large(tmp_path: Path) -> None:
    broken = tmp_path / "b.toml"
    broken.write_text("a = \n")
    with pytest.raises(InputError, match="is not TOML"):
        read_submission(broken)
    broken.write_text("#" * 1_000_001)
    with pytest.raises(InputError, match="too large"):
        read_submission(broken)


def test_a_scenario_that_lies_among_the_submissions(tmp_path: Path) -> None:
    """Its keys are not told one by one: none of them is a slip."""
    file = tmp_path / "assignment.toml"
    file.write_text('format = 1\ntitle = "t"\n[machine]\nframes = 64\n')
    with pytest.raises(InputError) as caught:
        read_submission(file)
    (problem,) = caught.value.problems
    assert problem.what == "is a scenario and no submission"
    assert "--template submission" in str(problem.expected)


def test_submissions_are_found_in_folders(tmp_path: Path) -> None:
    (tmp_path / "group" / "a").mkdir(parents=True)
    for name in ("z.toml", "group/b.toml", "group/a/c.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "group" / "notes.txt").write_text("")
    found = find_submissions([str(tmp_path / "group"), str(tmp_path / "z.toml")])
    assert [path.name for path in found] == ["c.toml", "b.toml", "z.toml"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError) as error:
        find_submissions([str(empty), str(tmp_path / "nowhere.toml")])
    assert len(error.value.problems) == 2


def test_a_scenario_that_is_no_assignment(lesson_file: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match="is no assignment"):
        Grader(load_scenario(lesson_file()))


@pytest.mark.parametrize("that", ["pswpout since 'filled' < 5", "2 * pswpout - 2 * zswpwb < 30", "pswpout + 0 <= 20"])
def test_the_moment_at_which_any_comparison_ceased_to_hold_is_told(
    lesson_file: Callable[..., Path], tmp_path: Path, that: str
) -> None:
    file = lesson_file(f'[assignment]\ntask = "t"\n[[assignment.check]]\nthat = "{that}"\n')
    handed_in = tmp_path / "handed-in.toml"
    handed_in.write_text("", encoding="utf-8")
    scenario = load_scenario(file)
    result = Grader(scenario, compiled=False).grade(read_submission(handed_in)).results[0]
    assert not result.passed
    program = scenario.build()
    course = follow(program, compiled=False)
    query, _ = read_query(that, Known(program.marks))
    assert 0 < result.look_at < course.end
    evaluator = Evaluator(Timeline(program, False), course)
    assert [evaluator.at(query, number) for number in (result.look_at - 1, result.look_at)] == [True, False]
