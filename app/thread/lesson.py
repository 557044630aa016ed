"""Makes the lesson of the open scenario, in a thread of its own: its run is gone through and every answer found."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.thread.newest import Newest
from app.thread.preload import in_language, lessons, load_scenario
from app.words.language import language
from app.words.refusal import refusal
from app.words.said import said
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


class LessonMaker(Newest):
    """Makes the newest lesson asked for; one that is not wanted any more is left where it is."""

    made = Signal(object)
    """A :class:`Course`: at once without its steps, then with them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("lesson", parent)

    def make(self, path: Path, sets: tuple[str, ...] = ()) -> None:
        """Make the lesson of a scenario file; said once it is there."""
        self.want((path, sets))

    def grant(self, wish: tuple[Path, tuple[str, ...]]) -> None:
        """Make one; in the thread."""
        path, sets = wish
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
            lesson = making.make_lesson(scenario, compiled=is_ready(), progress=self._still_wanted, tell=tell)
        except making.Stopped:
            return
        except InputError as error:
            self.made.emit(replace(course, steps=0, trouble=refusal(error)))
            return
        self.made.emit(replace(course, lesson=lesson))

    def _still_wanted(self, _done: int, _total: int) -> bool:
        return self.going_on()
