"""``swapscope grade``: submissions of an assignment, one or a folder of them, told in words or as JSON, JUnit, CSV."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from engine.cli.arguments import example_text, whole_number
from engine.cli.output import STDOUT, console, say_problems, write_json
from engine.cli.progress import PatientProgress
from engine.errors import InputError
from engine.lesson.grade import Graded, Grader, Result
from engine.lesson.submission import find_submissions, read_submission
from engine.naming import grouped
from engine.scenario import Scenario, load_scenario
from engine.scenario.lesson import question_ids
from engine.scenario.prose import without_links
from engine.scenario.shipped import find_scenario

HELP = "grade submissions of an assignment; without a submission, tell the assignment"
EPILOG = example_text([
    "swapscope grade homework.toml",
    "swapscope grade homework.toml ann.toml",
    "swapscope grade homework.toml submissions --csv > marks.csv",
    "swapscope grade homework.toml submissions --junit > report.xml",
    "swapscope grade 26-writeback-policy submissions --run-policies",
]) + """

exit code: 0 when all passed, 1 when one did not, 2 when something given cannot be used."""  # fmt: skip
UNUSABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="a scenario file with an [assignment]")
    parser.add_argument("submissions", metavar="SUBMISSION", nargs="*", help="files, or folders of files")
    parser.add_argument("--seed", metavar="N", type=whole_number(0), help="the instance for all, whatever they say")
    parser.add_argument(
        "--run-policies", action="store_true",
        help="run the Python code of policies that submissions bring, each in a process of its own",
    )  # fmt: skip
    parser.add_argument(
        "--policy-seconds", metavar="N", type=whole_number(1), default=60,
        help="how long such a policy may take; default: 60",
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the results as JSON")
    form.add_argument("--junit", action="store_true", help="print them as JUnit XML")
    form.add_argument("--csv", action="store_true", help="print them as CSV, a line for each submission")


def run(args: argparse.Namespace) -> int:
    """Grade; raises InputError for an assignment that cannot be used."""
    scenario = load_scenario(find_scenario(args.assignment), [] if args.seed is None else [f"seed={args.seed}"])
    grader = Grader(scenario, run_policies=args.run_policies, policy_seconds=args.policy_seconds)
    if not args.submissions:
        tell(scenario, console())
        return 0
    files = find_submissions(args.submissions)
    graded, unusable = grade_all(grader, files, args.seed)
    if args.json:
        write_json({"assignment": scenario.title, "submissions": [as_json(one) for one in graded],
                    "unusable": [_unusable(file, error) for file, error in unusable]}, STDOUT)  # fmt: skip
    elif args.junit:
        sys.stdout.write(as_junit(scenario, graded, unusable))
    elif args.csv:
        sys.stdout.write(as_csv(graded, unusable))
    else:
        out = console()
        for one in graded:
            print_graded(one, out)
        if len(files) > 1:
            passed = sum(one.passed for one in graded)
            rest = f", {len(unusable)} cannot be used." if unusable else "."
            out.print(Text(f"{passed} of {len(files)} passed{rest}", style="bold"))
    for _, error in unusable:
        say_problems(error)
    if unusable:
        return UNUSABLE
    return 0 if all(one.passed for one in graded) else 1


def grade_all(
    grader: Grader, files: list[Path], seed: int | None = None
) -> tuple[list[Graded], list[tuple[Path, InputError]]]:
    """Every submission that can be used, graded, and what is wrong with the others."""
    graded: list[Graded] = []
    unusable: list[tuple[Path, InputError]] = []
    with PatientProgress(f"grading {len(files)} submissions") as progress:
        for done, file in enumerate(files):
            progress(done, len(files))
            try:
                submission = read_submission(file)
                if seed is not None:
                    submission = submission.of_seed(seed)
                graded.append(grader.grade(submission))
            except InputError as error:
                unusable.append((file, error))
    return graded, unusable


def tell(scenario: Scenario, out: Console) -> None:
    """The assignment as students may know it: the task, what may be changed, the checks that are not hidden."""
    assignment = scenario.assignment
    assert assignment is not None
    out.print(Text(scenario.title, style="bold"))
    task = without_links(assignment.task).strip()
    out.print(Markdown(task) if out.is_terminal else Text(task))
    out.print(Text("\nYou may change:", style="bold"))
    for change in assignment.may_change:
        limits = [] if change.low is None else [f"from {change.low}"]
        limits += [] if change.high is None else [f"up to {change.high}"]
        limits += [", ".join(map(str, change.choices))] if change.choices else []
        out.print(Text(f"  {change.key}" + (f": {' '.join(limits)}" if limits else "")))
    if assignment.workload:
        most = grouped(assignment.max_references)
        out.print(Text(f"  the workload: [[run]] parts of your own, up to {most} operations"))
    if assignment.policy:
        out.print(Text(f"  the {assignment.policy} policy: a Python file of your own beside your submission"))
    if not assignment.may_change and not assignment.workload and not assignment.policy:
        out.print(Text("  nothing"))
    out.print(Text("\nIt is held against:", style="bold"))
    for criterion in assignment.check:
        if not criterion.hidden:
            out.print(Text(f"  {criterion.that}  ({_points(criterion.points)})  {criterion.text}".rstrip()))
    hidden = sum(criterion.hidden for criterion in assignment.check)
    if hidden:
        out.print(Text(f"  and {hidden} more that {'is' if hidden == 1 else 'are'} not told"))
    names = [name for names in question_ids(scenario.step) for name in names]
    if assignment.questions and names:
        out.print(Text(f"  your answers to {', '.join(names)}"))


def _points(points: float) -> str:
    return f"{points:g} point" + ("" if points == 1 else "s")


def print_graded(graded: Graded, out: Console) -> None:
    """One submission: what it has, and of each check that failed what was expected, what was found, where to look."""
    passed = "passed" if graded.passed else "not passed"
    out.print(Text(f"{graded.student}: {graded.earned:g} of {_points(graded.points)}, {passed}",
                   style="bold green" if graded.passed else "bold red"))  # fmt: skip
    for result in graded.results:
        out.print(Text(f"  {'✓' if result.passed else '✗'} {_told(result)}", style="" if result.passed else "red"))
        if not result.passed:
            out.print(Text(f"      expected {result.expected}, found {result.found}"))
            out.print(Text(f"      look at transition {grouped(result.look_at)}: {result.look}", style="dim"))


def _told(result: Result) -> str:
    part = "" if result.score in (0.0, 1.0) else f", {result.earned:.3g} of {_points(result.points)}"
    return f"{result.name}{': ' + result.text if result.text else ''}{part}"


def as_json(graded: Graded) -> dict[str, Any]:
    """One submission for ``--json``."""
    return {
        "file": graded.file, "student": graded.student, "seed": graded.seed, "passed": graded.passed,
        "earned": round(graded.earned, 6), "points": graded.points,
        "results": [
            {"name": one.name, "text": one.text, "passed": one.passed, "earned": round(one.earned, 6),
             "points": one.points, "found": one.found, "expected": one.expected, "transition": one.look_at,
             "sentence": one.look, "hidden": one.hidden}
            for one in graded.results
        ],
    }  # fmt: skip


def _unusable(file: Path, error: InputError) -> dict[str, Any]:
    return {"file": str(file), "problems": [str(problem) for problem in error.problems]}


def as_junit(scenario: Scenario, graded: list[Graded], unusable: list[tuple[Path, InputError]]) -> str:
    """All of it as JUnit XML: a suite for each submission, a case for each check and answer."""
    root = ElementTree.Element("testsuites", name=scenario.title)
    for one in graded:
        failures = sum(not result.passed for result in one.results)
        suite = ElementTree.SubElement(root, "testsuite", name=one.student, file=one.file, tests=str(len(one.results)),
                                       failures=str(failures), errors="0")  # fmt: skip
        for result in one.results:
            case = ElementTree.SubElement(suite, "testcase", classname=one.student, name=result.name)
            if not result.passed:
                failure = ElementTree.SubElement(
                    case, "failure", message=f"expected {result.expected}, found {result.found}"
                )
                failure.text = f"{result.text}\ntransition {result.look_at}: {result.look}".strip()
    for file, error in unusable:
        suite = ElementTree.SubElement(root, "testsuite", name=file.stem, file=str(file), tests="1", failures="0",
                                       errors="1")  # fmt: skip
        case = ElementTree.SubElement(suite, "testcase", classname=file.stem, name="submission")
        ElementTree.SubElement(case, "error", message="cannot be used").text = "\n".join(map(str, error.problems))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def as_csv(graded: list[Graded], unusable: list[tuple[Path, InputError]]) -> str:
    """A line for each submission: who, points, passed, and the points of each check and answer."""
    names = [result.name for result in graded[0].results] if graded else []
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["student", "file", "seed", "earned", "points", "passed", "problem", *names])
    for one in graded:
        earned = [f"{result.earned:g}" for result in one.results]
        passed = "yes" if one.passed else "no"
        rows.writerow([_safe(one.student), one.file, one.seed, f"{one.earned:g}", one.points, passed, "", *earned])
    for file, error in unusable:
        rows.writerow([_safe(file.stem), str(file), "", 0, "", "no", str(error.problems[0])])
    return text.getvalue()


def _safe(text: str) -> str:
    """A student's text as a spreadsheet may read it: never as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


