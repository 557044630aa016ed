"""``swapscope quiz``: the questions of a lesson in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from engine.cli import INTERRUPTED
from engine.cli.arguments import DESIGNS, example_text, whole_number
from engine.cli.library import load
from engine.cli.output import console, say, say_problems
from engine.cli.progress import PatientProgress
from engine.errors import InputError, Problem
from engine.lesson.answers import AnswerError, how_to_answer, read_answer
from engine.lesson.asked import Asked, judge, letter
from engine.lesson.lesson import Lesson, LessonStep, make_lesson
from engine.lesson.progress import Progress
from engine.lesson.worksheet import answer_text, instance_text
from engine.naming import grouped
from engine.scenario import Scenario
from engine.scenario.prose import without_links

HELP = "ask the questions of a scenario's lesson in the terminal"
EPILOG = example_text([
    "swapscope quiz zswap-spills",
    "swapscope quiz zswap-spills --seed 7",
    "swapscope quiz zswap-spills --seed 7 --answers",
]) + """

Where the output is no terminal the questions are printed and not asked."""  # fmt: skip
Read = Callable[[str], str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_lesson_arguments(parser)
    parser.add_argument("--seed", metavar="N", type=whole_number(0), help="another instance of the same questions")
    parser.add_argument("--answers", action="store_true", help="print the questions with their answers")
    parser.add_argument(
        "--learner", metavar="NAME", default="", help="whose progress it is, where several share a computer"
    )
    parser.add_argument("--reset", action="store_true", help="forget the progress in this scenario first")


def add_lesson_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of every command that makes a lesson."""
    parser.add_argument("file", metavar="FILE", help="a scenario file, or the name of one of those that 'list' shows")
    parser.add_argument("--design", choices=DESIGNS, metavar="DESIGN", help="legacy, swap_desc or vswap")
    parser.add_argument(
        "--set", dest="sets", metavar="KEY.PATH=VALUE", action="append", default=[],
        help="change a value of the scenario (may be repeated)",
    )  # fmt: skip


def lesson_of(args: argparse.Namespace, seed: int | None) -> tuple[Scenario, Lesson]:
    """The lesson that the arguments mean; raises InputError where there are no questions."""
    sets = [*args.sets, *([] if seed is None else [f"seed={seed}"])]
    scenario, program = load(args.file, sets, design=args.design)
    if not any(step.question for step in scenario.step):
        expected = "a [[step.question]]"
        raise InputError(Problem("this scenario asks no questions", args.file, key="step", expected=expected))
    with PatientProgress(scenario.title) as progress:
        lesson = make_lesson(scenario, program, progress=lambda done, total: progress(done, total))
    if not lesson.questions:
        raise InputError(lesson.problems)
    return scenario, lesson


def run(args: argparse.Namespace) -> int:
    """Ask, or print; raises InputError."""
    scenario, lesson = lesson_of(args, args.seed)
    if lesson.problems:
        say_problems(InputError(lesson.problems))
    name = scenario.source.stem if scenario.source else scenario.title
    progress = Progress(learner=args.learner)
    if progress.notice:
        say(progress.notice, stderr=True)
    if args.reset:
        progress.reset(name)
    out = console()
    if args.answers or not (sys.stdin.isatty() and out.is_terminal):
        print_questions(lesson, out, answers=args.answers, instance=instance_text(scenario))
        return 0
    try:
        if instance := instance_text(scenario):
            _print_prose(instance, out)
        ask_all(lesson, name, progress, out, lambda prompt: out.input(Text(prompt, style="bold")))
    except EOFError:
        out.print()
    except KeyboardInterrupt:
        out.print()
        return INTERRUPTED
    return 0


def print_questions(lesson: Lesson, out: Console, *, answers: bool, instance: str = "") -> None:
    """All questions, with their answers when wanted; ``instance`` is what is different in this one."""
    out.print(Text(f"{lesson.title} (seed {lesson.seed})", style="bold"))
    if instance:
        _print_prose(instance, out)
    for number, asked in _each_question(lesson, out):
        _print_question(asked, f"{number}. [{asked.id}]", out)
        if answers:
            out.print(Text(f"Answer: {answer_text(asked)}", style="green"))
            _tell(asked, out, answer=False)


def _each_question(lesson: Lesson, out: Console) -> Iterator[tuple[int, Asked]]:
    """Every question with its number, once its step is printed."""
    number = 0
    for step in lesson.steps:
        if step.moment is None:
            continue
        out.print()
        _print_step(step, out)
        for asked in step.questions:
            number += 1
            out.print()
            yield number, asked


def ask_all(lesson: Lesson, name: str, progress: Progress, out: Console, read: Read) -> int:
    """Ask every question; gives how many were answered rightly. EOFError and KeyboardInterrupt go through."""
    out.print(Text(f"{lesson.title} (seed {lesson.seed})", style="bold"))
    out.print(Text("? gives a hint, ! the answer; an empty line goes on.", style="dim"))
    right = 0
    questions = [asked.id for asked in lesson.questions]
    for number, asked in _each_question(lesson, out):
        _print_question(asked, f"{number} of {len(questions)}.", out)
        right += _ask(asked, lesson, name, progress, out, read)
    kept = progress.right(name, lesson.seed, questions)
    out.print()
    out.print(Text(f"{right} of {len(questions)} right now, {kept} in all so far.", style="bold"))
    return right


def _ask(asked: Asked, lesson: Lesson, name: str, progress: Progress, out: Console, read: Read) -> bool:
    hints = 0
    while True:
        text = read("Your answer: ").strip()
        if not text:
            return False
        if text == "!":
            _tell(asked, out)
            return False
        if text == "?":
            if hints < len(asked.hints):
                _print_prose(asked.hints[hints], out)
                hints += 1
                progress.note_hints(name, lesson.seed, asked.id, hints)
            else:
                out.print(Text("There is no hint." if not asked.hints else "That was the last hint."))
            continue
        try:
            given = read_answer(asked, text, lesson.program)
        except AnswerError as error:
            out.print(Text(str(error), style="yellow"))
            continue
        verdict = judge(asked, given)
        progress.note(name, lesson.seed, asked.id, verdict.score)
        if verdict.right:
            out.print(Text("Right.", style="bold green"))
            _tell(asked, out, answer=False)
            return True
        share = f" {verdict.score:.0%} of it is." if verdict.score else ""
        out.print(Text(f"Not right.{share} Look at transition {grouped(asked.shown_at)}, or try again.", style="red"))


def _tell(asked: Asked, out: Console, answer: bool = True) -> None:
    if answer:
        out.print(Text(f"It is {answer_text(asked).removesuffix('.')}.", style="bold"))
    out.print(Text(f"Transition {grouped(asked.shown_at)}: {asked.shown}"))
    if asked.why.strip() not in ("", asked.shown):
        _print_prose(asked.why, out)


def _print_step(step: LessonStep, out: Console) -> None:
    out.print(Text(f"{step.number} {step.title}", style="bold").append(
        f"  (transition {grouped(step.moment or 0)})", style="not bold dim"))  # fmt: skip
    if step.text.strip():
        _print_prose(step.text, out)


def _print_question(asked: Asked, head: str, out: Console) -> None:
    out.print(Text(head, style="bold"), end=" ")
    _print_prose(asked.ask, out)
    for place, text in enumerate(asked.options):
        out.print(Text(f"  {letter(place)}  {without_links(text)}"))
    if asked.kind in ("click", "pte", "order"):
        out.print(Text(f"  Answer with {how_to_answer(asked)}.", style="dim"))
    elif asked.kind == "number" and asked.unit:
        out.print(Text(f"  in {asked.unit}", style="dim"))


def _print_prose(text: str, out: Console) -> None:
    """Markdown, laid out where there is a terminal."""
    plain = without_links(text).strip()
    out.print(Markdown(plain) if out.is_terminal else Text(plain))
