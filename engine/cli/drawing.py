"""``open``, ``picture`` and ``animate``: the commands that need Qt, which is imported only inside them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from engine.cli.arguments import add_scenario_arguments, example_text
from engine.cli.library import load
from engine.cli.progress import PatientProgress, make_machine_code
from engine.errors import InputError, Problem, nearest
from engine.program import Program
from engine.scenario.shipped import find_scenario

OPEN_HELP = "open the window on a scenario"
OPEN_EPILOG = example_text(["swapscope open zswap-spills", "swapscope open my.toml"])
PICTURE_HELP = "draw one moment of a run into a picture file"
PICTURE_EPILOG = example_text([
    "swapscope picture zswap-spills --at end -o end.png",
    "swapscope picture my.toml --at 8214 --size 1920x1080 --theme light -o moment.svg",
])  # fmt: skip
ANIMATE_HELP = "draw a span of a run into a moving picture"
ANIMATE_EPILOG = example_text([
    "swapscope animate zswap-spills --from 0 --to 200 -o start.gif",
    "swapscope animate my.toml --from filled --to end --rate 12 --depth story -o full.mp4",
])  # fmt: skip
THEMES = ("dark", "light")
DEPTHS = ("story", "mechanism", "kernel")
FASTEST = 60
SMALLEST, LARGEST = 320, 16384
PROGRESS_STEPS = 1000
_SIZE = re.compile(r"(\d+)[xX×](\d+)")


def add_open_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``open``."""
    parser.add_argument("file", metavar="FILE", help="a scenario file, or the name of one of those that 'list' shows")


def run_open(args: argparse.Namespace) -> int:
    """Open the window; without a file on what the app starts with. Raises InputError for a file that is not there."""
    path = find_scenario(args.file) if getattr(args, "file", None) else None
    from app.application import run_app

    return run_app([str(path)] if path else [])


def picture_size(text: str) -> tuple[int, int]:
    """A type for ``add_argument``: ``1680x1050`` in pixels."""
    found = _SIZE.fullmatch(text)
    if not found or not all(SMALLEST <= int(side) <= LARGEST for side in found.groups()):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no size; expected WIDTHxHEIGHT in pixels, each from {SMALLEST} to {LARGEST}"
        )
    return int(found[1]), int(found[2])


def add_picture_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``picture``."""
    add_scenario_arguments(parser)
    parser.add_argument("--at", metavar="N", default="end", help="number of a transition, name of a mark, or 'end'")
    parser.add_argument("--size", metavar="WxH", type=picture_size, default=(1680, 1050), help="pixels; 1680x1050")
    parser.add_argument("--theme", choices=THEMES, default="dark", help="dark (the default) or light")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the picture file: .png, .svg or .pdf")


def frame_rate(text: str) -> float:
    """A type for ``add_argument``: frames a second."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= FASTEST:
        raise argparse.ArgumentTypeError(f"'{text}' is no rate; expected frames a second, from 0.1 to {FASTEST}")
    return rate


def add_animate_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``animate``."""
    add_scenario_arguments(parser)
    parser.add_argument("--from", dest="first", metavar="N", default="0",
                        help="where it begins: number of a transition, or name of a mark; 0")  # fmt: skip
    parser.add_argument("--to", dest="last", metavar="N", default="end",
                        help="where it ends: number of a transition, name of a mark, or 'end'")  # fmt: skip
    parser.add_argument("--rate", metavar="R", type=frame_rate, default=8.0, help="frames a second; 8")
    parser.add_argument("--size", metavar="WxH", type=picture_size, default=(1280, 800), help="pixels; 1280x800")
    parser.add_argument("--theme", choices=THEMES, default="dark", help="dark (the default) or light")
    parser.add_argument("--depth", choices=DEPTHS, default="mechanism", help="story, mechanism (the default) or kernel")
    parser.add_argument("-o", "--output", metavar="OUT", required=True,
                        help="the file: .gif, or .mp4 where ffmpeg is installed")  # fmt: skip


def run_animate(args: argparse.Namespace) -> int:
    """Draw the animation; raises InputError."""
    program = _program(args)
    first, last = moment(args.first, program, "--from"), moment(args.last, program, "--to")
    from app.canvas import Depth
    from app.export.animation import check_form, save_animation

    check_form(Path(args.output))
    make_machine_code(len(program.ops))
    with PatientProgress("running") as progress:
        save_animation(
            program, Path(args.output), first=first, last=last, size=args.size,
            theme=args.theme, rate=args.rate, depth=Depth(args.depth),
            running=share_of(progress, "running"), progress=share_of(progress, "drawing"),
        )  # fmt: skip
    return 0


def share_of(bar: PatientProgress, text: str) -> Callable[[float], bool]:
    """Shows a share of something that is done, 0 … 1, by a bar; True: go on."""

    def show(share: float) -> bool:
        bar.text = text
        bar(round(share * PROGRESS_STEPS), PROGRESS_STEPS)
        return True

    return show


def _program(args: argparse.Namespace) -> Program:
    """The program to draw; raises InputError, also where its file cannot be put."""
    _, program = load(args.file, args.sets, design=args.design, trace=args.trace, limit=args.limit)
    folder = Path(args.output).parent
    if not folder.is_dir():
        raise InputError(Problem(f"there is no folder '{folder}'", args.output))
    return program


def moment(text: str, program: Program, key: str = "--at") -> int | str | None:
    """What ``--at`` means: a transition's number, a mark's name, or None for the end; raises InputError."""
    if text == "end":
        return None
    if text.isdecimal():
        return int(text)
    if text in program.marks:
        return text
    raise InputError(
        Problem(
            f"there is no mark '{text}'", key=key,
            expected="the number of a transition, 'end', or one of " + ", ".join(program.marks),
            nearest=nearest(text, ["end", *program.marks]),
        )
    )  # fmt: skip


def run_picture(args: argparse.Namespace) -> int:
    """Draw the picture; raises InputError."""
    program = _program(args)
    at = moment(args.at, program)
    from app.export.picture import save_picture
    from app.export.vector import check_suffix

    check_suffix(Path(args.output))
    make_machine_code(len(program.ops))
    with PatientProgress("running") as progress:
        running = share_of(progress, "running")
        save_picture(program, args.output, at=at, size=args.size, theme=args.theme, running=running)
    return 0
