"""Pictures of one moment: the machine, the sentence and the timeline, without window, bars and panels.

:func:`render_picture` works without a screen. It must run on the thread of the QApplication, which
it makes when there is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from app import theme as themes
from app.application import has_display, make_application
from app.canvas import Depth
from app.export.vector import as_image, check_suffix, write
from app.moment import Moment
from app.shell.machines import Machines
from app.shell.sentence import SentenceBar
from app.timeline.marks import marks_of
from app.timeline.view import TimelineView
from app.words.language import language
from engine.errors import InputError, Problem, nearest
from engine.mm.transitions import MARK
from engine.program import Program

SMALLEST, LARGEST = 320, 16384
"""Pixels a side."""


OnShare = Callable[[float], bool]
"""Told how much is done, 0 … 1; says whether to go on."""


def on(_share: float) -> bool:
    """Go on; nobody wants to know."""
    return True


class Scene(QWidget):
    """One moment laid out for a picture; never shown."""

    def __init__(
        self, moment: Moment, series: Any, depth: Depth = Depth.MECHANISM, machines: Machines | None = None
    ) -> None:
        """``machines``: what is compared there comes along."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.setAutoFillBackground(True)
        self.machines = Machines()
        self.canvas = self.machines.canvas
        self.machines.set_depth(depth)
        self._like = machines
        self.sentence = SentenceBar()
        self.sentence.why.hide()  # nothing can be pressed in a picture
        self.timeline = TimelineView()
        name = QLabel("Swapscope")
        name.setFont(themes.font(16, bold=True))
        title = QLabel(moment.program.title)
        title.setProperty("dim", True)
        title.setFont(themes.font(13.5))
        head = QHBoxLayout()
        head.setSpacing(themes.px(10))
        head.addWidget(name)
        head.addWidget(title, 1)
        card = QFrame()
        card.setProperty("card", True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.timeline)
        card.setFixedHeight(themes.px(176))
        column = QVBoxLayout(self)
        column.setContentsMargins(themes.px(12), themes.px(10), themes.px(12), themes.px(12))
        column.setSpacing(themes.px(8))
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # what was asked for, however small
        column.addLayout(head)
        column.addWidget(self.machines, 1)
        column.addWidget(self.sentence)
        column.addWidget(card)
        self._moment, self._series = moment, series

    def lay_out(self, size: tuple[int, int]) -> None:
        """Give everything its place in ``size`` pixels."""
        self.resize(QSize(*size))
        themes.switch().dress_again()
        self.show()  # not on any screen; children get their sizes
        self.canvas.show_series(self._series)
        self.show_moment(self._moment)
        if self._like is not None:
            self.machines.take_after(self._like)
        self.timeline.show_series(self._series)
        self.timeline.show_marks(marks_of(self._moment.program, self._series, language().names))
        QApplication.sendPostedEvents()
        self.layout().activate()

    def show_moment(self, moment: Moment) -> None:
        """Another moment in the same places."""
        for view in (self.machines, self.sentence, self.timeline):
            view.show_moment(moment)

    def image(self, size: tuple[int, int]) -> QImage:
        """The picture, ``size`` pixels wide and high."""
        self.lay_out(size)
        made = as_image(self)
        self.hide()
        return made


def render_picture(
    program_or_path: Program | Path | str, at: int | str | None = None, size: tuple[int, int] = (1680, 1050),
    theme: str = "dark",
) -> QImage:
    """The picture of transition ``at`` of a scenario or of a program; a name is that of a mark, None the end.

    ``size`` is width and height in pixels. Raises InputError for a scenario that cannot be read, a
    transition that the run does not reach, an unknown theme and a size out of range.
    """
    with _scene(program_or_path, at, size, theme) as scene:
        return scene.image(size)


@contextmanager
def _scene(
    program_or_path: Program | Path | str, at: int | str | None, size: tuple[int, int], theme: str,
    running: OnShare = on,
) -> Iterator[Scene]:
    """The moment in the theme, for as long as it is drawn."""
    from engine.timeline import Timeline

    with drawing(size, theme):
        program = program_or_path if isinstance(program_or_path, Program) else _load(Path(program_or_path))
        timeline = Timeline(program)
        go_to(timeline, at, running=running)
        scene = Scene(moment_of(timeline), timeline.series)
        try:
            yield scene
        finally:
            scene.hide()
            scene.deleteLater()


@contextmanager
def drawing(size: tuple[int, int], theme: str) -> Iterator[None]:
    """Qt, with or without a display, and the theme, for as long as something is drawn; InputError where it cannot."""
    _check(size, theme)
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    make_application()
    with _dressed(theme):
        yield


def save_picture(
    program_or_path: Program | Path | str, output: Path | str, *, at: int | str | None = None,
    size: tuple[int, int] = (1680, 1050), theme: str = "dark", running: OnShare = on,
) -> None:
    """Write the picture as PNG, SVG or PDF, by the file's suffix; errors as above, and of the file.

    ``running`` is told the share of the run that is carried out.
    """
    check_suffix(Path(output))
    with _scene(program_or_path, at, size, theme, running) as scene:
        scene.lay_out(size)
        write(scene, Path(output))


def moment_of(timeline: Any) -> Moment:
    """The moment at a Timeline's cursor."""
    return Moment(
        program=timeline.program,
        view=timeline.view,
        transition=timeline.transition(),
        sentence=timeline.sentence(),
        changed=timeline.changed(),
        length=timeline.length,
        complete=timeline.complete,
        skipping=True,
    )


def _check(size: tuple[int, int], theme: str) -> None:
    problems = []
    if not all(SMALLEST <= side <= LARGEST for side in size):
        allowed = f"{SMALLEST} to {LARGEST} pixels a side"
        problems.append(Problem(f"no picture can be {size[0]}x{size[1]} large", key="--size", expected=allowed))
    if theme not in themes.THEMES:
        problems.append(Problem(f"there is no theme '{theme}'", key="--theme", expected=" or ".join(themes.THEMES)))
    if problems:
        raise InputError(problems)


def _load(path: Path) -> Program:
    from app.thread.preload import load_scenario

    return load_scenario(path).build()


def go_to(timeline: Any, at: int | str | None, key: str = "--at", running: OnShare = on) -> int:
    """To the moment asked for, and its number; a name is that of a mark, None the end.

    The run is carried out to its end first, so that the timeline shows it whole. Raises InputError,
    with ``key`` as what asked for it, where the run does not come there.
    """
    timeline.run_to_end(running)
    if isinstance(at, str):
        _go_to_mark(timeline, at, key)
    elif at is not None and not 0 <= at <= timeline.length:
        raise InputError(Problem(f"the run has no transition {at}", key=key, expected=f"0 to {timeline.length}"))
    else:
        timeline.jump(timeline.length if at is None else at)
    return int(timeline.cursor)


def _go_to_mark(timeline: Any, name: str, key: str) -> None:
    marks = timeline.program.marks
    timeline.jump(0)
    while timeline.seek({MARK}):
        if marks[timeline.transition().operand("mark")] == name:
            return
    near = nearest(name, marks)
    raise InputError(
        Problem(f"the run comes to no mark '{name}'", key=key, expected=", ".join(marks) or None, nearest=near)
    )


@contextmanager
def _dressed(name: str) -> Iterator[None]:
    """The theme for the time of one picture."""
    switch = themes.switch()
    before, scale = switch.choice, switch.scale
    switch.scale = 1.0
    switch.choose(name)
    try:
        yield
    finally:
        switch.scale = scale
        switch.choose(before)
