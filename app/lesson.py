"""Makes the lesson of the open scenario, in a thread of its own: its run is gone through and every answer found."""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from app.language import language
from app.preload import in_language, lessons, load_scenario
from app.said import said
from engine.errors import InputError

if TYPE_CHECKING:
    from engine.lesson.lesson import Lesson


@dataclass(frozen=True)
class Course:
    """What the lesson panel shows of one scenario."""

    name: str
    """Name of the file without its ending, under which progress is kept."""
    title: str
    goals: tuple[str, ...] = ()
    text: str = ""
    """The scenario's own text, Markdown."""
    seed: int = 1
    steps: int = 0
    """How many there will be."""
    lesson: Lesson | None = None
    """None while it is being made, and where there are no steps."""
    varied: tuple[tuple[str, str, str], ...] = ()
    """What this instance has otherwise than the file: key, value here, value there (empty: the file has none)."""
    marks: dict[str, str] = field(default_factory=dict)
    """What the marks of the run are called in the language of the window."""
    trouble: str = ""
    """Why it could not be made."""


def _shown(value: object) -> str:
    """A value as a scenario file has it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class LessonMaker(QThread):
    """Makes the newest lesson asked for; one that is not wanted any more is left where it is."""

    made = Signal(object)
    """A :class:`Course`: at once without its steps, then with them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self._bell = threading.Condition()
        self._wanted: tuple[Path, tuple[str, ...]] | None = None
        self._stopping = False

    def make(self, path: Path, sets: tuple[str, ...] = ()) -> None:
        """Make the lesson of a scenario file; said once it is there."""
        with self._bell:
            self._wanted = (path, sets)
            self._bell.notify()
        if not self.isRunning():
            self.start()

    def close(self) -> None:
        """End the thread; returns when it has ended."""
        with self._bell:
            self._stopping = True
            self._bell.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        while True:
            with self._bell:
                while self._wanted is None and not self._stopping:
                    self._bell.wait()
                if self._stopping or self._wanted is None:
                    return
                path, sets = self._wanted
                self._wanted = None
            try:
                self._make(path, sets)
            except InputError:
                pass  # the window shows what is wrong with the file
            except Exception as error:
                text = "".join(traceback.format_exception_only(error)).strip()
                self.made.emit(Course(path.stem, path.stem, trouble=text))

    def _make(self, path: Path, sets: tuple[str, ...]) -> None:
        scenario = in_language(load_scenario(path, sets), language().code)
        varied = tuple((key, _shown(here), _shown(there)) for key, (here, there) in scenario.varied.items())
        course = Course(path.stem, scenario.title, tuple(scenario.goals), scenario.lesson, scenario.seed,
                        len(scenario.step), varied=varied, marks=scenario.mark_names)  # fmt: skip
        self.made.emit(course)
        if not scenario.step:
            return
        making = lessons()
        from engine.mm.compiler import is_ready

        try:
            tell = partial(said, called=scenario.mark_names)
            lesson = making.make_lesson(scenario, compiled=is_ready(), progress=self._going_on, tell=tell)
        except making.Stopped:
            return
        except InputError as error:
            self.made.emit(replace(course, steps=0, trouble=str(error)))
            return
        self.made.emit(replace(course, lesson=lesson))

    def _going_on(self, _done: int, _total: int) -> bool:
        """Whether this lesson is still wanted; lets the window have the interpreter."""
        time.sleep(0.001)
        return not self._stopping and self._wanted is None
