"""``swapscope worksheet``: sheets of questions on paper, another instance for each seed, and their keys."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from engine.cli.arguments import example_text
from engine.cli.output import say
from engine.cli.quiz import add_lesson_arguments, lesson_of
from engine.errors import InputError, Problem
from engine.lesson.lesson import strict
from engine.lesson.worksheet import key, sheet
from engine.trace.files import write_whole

HELP = "write sheets of questions with their keys, another instance for each seed"
EPILOG = example_text([
    "swapscope worksheet zswap-spills --seeds 1..30 -o sheets",
    "swapscope worksheet zswap-spills --seeds 7 --format pdf -o sheets",
])  # fmt: skip
MOST = 10_000
FORMATS = ("md", "pdf")
_SEEDS = re.compile(r"(\d+)(?:\.\.(\d+))?")


def seeds(text: str) -> range:
    """A type for ``add_argument``: ``7`` or ``1..30``."""
    found = _SEEDS.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' is no range of seeds; expected A..B, as 1..30")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first or last - first >= MOST:
        raise argparse.ArgumentTypeError(f"'{text}' is no range of seeds; expected up to {MOST} from low to high")
    return range(first, last + 1)


def formats(text: str) -> list[str]:
    """A type for ``add_argument``: some of md and pdf."""
    names = [name.strip() for name in text.split(",")]
    if not names or any(name not in FORMATS for name in names):
        raise argparse.ArgumentTypeError(f"'{text}' is not possible; expected md, pdf or md,pdf")
    return names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_lesson_arguments(parser)
    parser.add_argument("--seeds", metavar="A..B", type=seeds, default=range(1, 2), help="a sheet for each; default: 1")
    parser.add_argument(
        "--format", metavar="md,pdf", type=formats, default=["md"], help="Markdown (the default), PDF or both"
    )
    parser.add_argument("-o", "--output", metavar="DIR", required=True, help="folder for the sheets; made if need be")


def run(args: argparse.Namespace) -> int:
    """Write the sheets; raises InputError, also when a question has no answer for one of the seeds."""
    folder = Path(args.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Problem(f"cannot be made: {error.strerror}", args.output)) from None
    for seed in args.seeds:
        scenario, lesson = lesson_of(args, seed)
        strict(lesson)
        stem = scenario.source.stem if scenario.source else "sheet"
        foot = f"{lesson.title} · sheet {seed}"
        for name, text, told in ((f"{stem}-{seed}", sheet(lesson, scenario), foot),
                                 (f"{stem}-{seed}-key", key(lesson), f"{foot} · key")):  # fmt: skip
            if "md" in args.format:
                write_whole(folder / f"{name}.md", text.encode())
            if "pdf" in args.format:
                from app.export.paper import save_pdf

                save_pdf(text, folder / f"{name}.pdf", told)
    count = len(args.seeds)
    say(f"{count} {'sheet' if count == 1 else 'sheets'} with {'its key' if count == 1 else 'their keys'} in {folder}")
    return 0
