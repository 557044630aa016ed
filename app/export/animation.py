"""A span of a run as a moving picture, drawn frame by frame: GIF, or MP4 where ffmpeg is installed.

:class:`Animation` does one frame at each :meth:`Animation.step`, so that whoever calls can show how
far it is and stop. It has a Timeline of its own and does not move anybody's cursor. What a window
shows besides the run, what is selected and the machines compared with, is shown in each frame too.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image as Pictures
from PySide6.QtGui import QImage

from app.canvas import Depth
from app.canvas.places import Viewpoint
from app.export.picture import OnShare, Scene, drawing, go_to, moment_of, on
from app.export.vector import as_image
from app.moment import Selected
from app.shell.machines import Beside
from app.thread.company import Company, Together
from app.words.said import said
from engine.errors import InputError, Problem
from engine.mm.compiler import is_ready
from engine.program import Program
from engine.timeline import Timeline
from engine.trace.files import check_writable, write_whole
from engine.variant import Variant

MOST_FRAMES = 600
"""A longer span is drawn with transitions left out."""
COLOURS = 128


def forms() -> list[str]:
    """Suffixes that can be written here."""
    return [".gif", *([".mp4"] if shutil.which("ffmpeg") else [])]


def check_form(output: Path) -> str:
    """The suffix, in small letters; InputError where no such file can be made there."""
    suffix = output.suffix.lower()
    if suffix not in forms():
        more = " (.mp4 needs ffmpeg, which is not installed)" if suffix == ".mp4" else ""
        what = f"no animation can be written as '{suffix}'{more}"
        raise InputError(Problem(what, file=str(output), expected=" or ".join(forms())))
    check_writable(output)
    return suffix


def save_animation(
    program: Program, output: Path, *, first: int | str | None = 0, last: int | str | None = None,
    size: tuple[int, int] = (1280, 800), theme: str = "dark", rate: float = 8.0, depth: Depth = Depth.MECHANISM,
    running: OnShare = on, progress: Callable[[float], object] = on,
) -> None:  # fmt: skip
    """Draw a span of a run into a file, without a window.

    ``first`` and ``last`` are numbers of transitions or names of marks; None is the end. ``running``
    gets the share of the run that is carried out, 0 … 1, then ``progress`` that of the frames. Raises InputError for
    moments that the run does not reach and for what cannot be written; nothing is left of an unfinished file.
    """
    check_form(output)
    with drawing(size, theme):
        timeline = Timeline(program)
        begin, end = go_to(timeline, first, "--from", running), go_to(timeline, last, "--to")
        if begin > end:
            raise InputError(Problem(f"transition {begin} comes after {end}", key="--from"))
        made = Animation(program, begin, end, output, size=size, rate=rate, depth=depth, timeline=timeline)
        try:
            while made.step():
                progress(made.share)
        finally:
            made.close()


@dataclass(frozen=True)
class Shown:
    """What a window shows besides its own machine."""

    selection: tuple[Selected, ...] = ()
    others: tuple[Variant, ...] = ()
    """The runs that are drawn beside ours, or over it."""
    names: tuple[str, ...] = ()
    """Of all machines, ours first."""
    beside: Beside = Beside.ALONE
    looks: tuple[Viewpoint, ...] = ()
    """How each column is looked at; none: as it fits."""


class Animation:
    """One animation being made. ``share`` of it is done, 0 … 1; the file is there when :meth:`step` gives False."""

    def __init__(
        self, program: Program, first: int, last: int, output: Path, *, size: tuple[int, int] = (1280, 800),
        rate: float = 8.0, depth: Depth = Depth.MECHANISM, timeline: Timeline | None = None, shown: Shown | None = None,
    ) -> None:  # fmt: skip
        """Transitions ``first`` … ``last`` at ``rate`` frames a second; raises InputError for what cannot be made.

        ``timeline`` is one of the program that may be moved about, where there is one already; it knows
        the branches that ``shown`` compares with.
        """
        if not 0 <= first <= last:
            raise InputError(Problem(f"there is no span from {first} to {last}", expected="0 ≤ first ≤ last"))
        suffix = check_form(output)
        self._timeline = timeline or Timeline(program)
        self._first, self._last, self._output, self._rate = first, last, output, rate
        self._size = (size[0] // 2 * 2, size[1] // 2 * 2)
        """Even, which MP4 asks for."""
        self._depth = depth
        self.shown = shown or Shown()
        if self.shown.beside is Beside.ALONE:
            self.shown = replace(self.shown, others=())
        self._company: Company | None = None
        self._following: Iterator[Together | float] | None = None
        """The machines that are compared, on their way to the frame that is drawn next."""
        self._wanted: list[int] | None = None
        self._scene: Scene | None = None
        self._film: _Gif | _Mp4 = _Gif(rate) if suffix == ".gif" else _Mp4(rate, self._size)
        self.share = 0.0

    def step(self) -> bool:
        """Do a little; False when the file is written. Raises InputError when it cannot be."""
        timeline = self._timeline
        if self._wanted is None:
            if timeline.length <= self._last and not timeline.complete:
                timeline.explore(20_000 if is_ready() else 300)
                return True
            last = min(self._last, timeline.length)
            stride = max(1, -(-(last - self._first + 1) // MOST_FRAMES))
            self._wanted = list(range(min(self._first, last), last + 1, stride))
            self._count = len(self._wanted)
            return True
        if self._wanted:
            if self._following is None:
                timeline.jump(self._wanted[0])
                if self.shown.others:
                    self._company = self._company or Company(timeline, self.shown.others)
                    self._following = self._company.follow(timeline, True)
            together = next(self._following) if self._following is not None else None
            if isinstance(together, float):
                return True  # the others are on their way
            self._following = None
            self._wanted.pop(0)
            self._film.add(self._draw(together))
            self.share = 1.0 - len(self._wanted) / self._count
            return True
        self._film.finish(self._output)
        self.close()
        return False

    def close(self) -> None:
        """Give everything back; also in the middle, when nobody wants it any more."""
        if self._scene is not None:
            self._scene.hide()
            self._scene.deleteLater()
            self._scene = None
        self._film.close()

    def _draw(self, together: Together | None) -> QImage:
        moment = moment_of(self._timeline)
        moment = replace(moment, selection=self.shown.selection, sentence=said(moment.sentence))
        if self._scene is None:
            self._scene = Scene(moment, self._timeline.series, self._depth)
            self._scene.canvas.looks = self.shown.looks
            if together is not None:
                self._scene.machines.arrange(self.shown.beside, self.shown.names)
            self._scene.lay_out(self._size)
        else:
            self._scene.show_moment(moment)
        if together is not None:
            self._scene.machines.show_others(together.seen)
        return as_image(self._scene)


class _Gif:
    """Frames of few colours, one palette for all."""

    def __init__(self, rate: float) -> None:
        self._milliseconds = round(1000 / rate)
        self._frames: list[Pictures.Image] = []

    def add(self, image: QImage) -> None:
        picture = _picture(image)
        if self._frames:
            self._frames.append(picture.quantize(palette=self._frames[0], dither=Pictures.Dither.NONE))
        else:
            self._frames.append(picture.quantize(COLOURS, dither=Pictures.Dither.NONE))

    def finish(self, output: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made.gif"
            self._frames[0].save(
                made, save_all=True, append_images=self._frames[1:], duration=self._milliseconds, loop=0, optimize=False
            )
            write_whole(output, made.read_bytes())

    def close(self) -> None:
        self._frames = []


class _Mp4:
    """Frames handed to ffmpeg as they are drawn."""

    def __init__(self, rate: float, size: tuple[int, int]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._made = Path(self._folder.name) / "made.mp4"
        command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
                   "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "-", "-pix_fmt", "yuv420p",
                   str(self._made)]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def add(self, image: QImage) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_picture(image).tobytes())
        except OSError as error:
            raise InputError(Problem(f"ffmpeg does not take the pictures ({error.strerror})")) from None

    def finish(self, output: Path) -> None:
        assert self._process is not None
        self._process.communicate()
        if self._process.returncode or not self._made.is_file():
            raise InputError(Problem("ffmpeg could not make the film", file=str(output)))
        write_whole(output, self._made.read_bytes())

    def close(self) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
                self._process.communicate()
            self._process = None
            self._folder.cleanup()


def _picture(image: QImage) -> Pictures.Image:
    """The same in Pillow's hands."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    data: Any = plain.constBits()
    size = (plain.width(), plain.height())
    return Pictures.frombuffer("RGB", size, bytes(data), "raw", "RGB", plain.bytesPerLine(), 1)
