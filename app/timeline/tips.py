"""What the timeline says at the pointer: of a lane's name, of a pin of the lesson, of a place in the run."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from app.timeline.marks import Mark
from app.timeline.steps import StepFlag
from app.words.numbers import count
from app.words.terms import tip

LANES: dict[str, tuple[str, str]] = {
    "faults": ("What programs do: every tick is a step of an access to a page that was not at hand.", "fault"),
    "reclaim": ("Memory is looked through for pages that can go.", "reclaim"),
    "zswap": ("Pages are compressed into the pool, taken out of it again, or written back from it.", "zswap"),
    "disk I/O": ("Pages are written to a swapfile and read from it.", "backend"),
    "pressure": ("The share of time in which a program waits for memory: the higher, the worse.",
                 "pressure stall information"),
}  # fmt: skip
"""What each row shows, and the word of the glossary that it is about, by its name."""


def _say(text: str) -> str:
    return QCoreApplication.translate("TimelineView", text)


def of_lane(name: str) -> str:
    """What a row shows, by its English name."""
    text, term = LANES[name]
    return tip(_say(text), term)


def of_pin(flag: StepFlag) -> str:
    """A step of the lesson, and how far one has come with it."""
    title = _say("Step {number} of the lesson: {title}").format(number=flag.place + 1, title=flag.title)
    if not flag.questions:
        return title
    right = _say("{right} of {all} right").format(right=flag.right, all=flag.questions)
    return f"{title}\n{right} · " + _say("transition {number}").format(number=count(flag.at))


def of_place(number: int, marks: Iterable[Mark]) -> str:
    """A transition, and the first of the marks that are near it."""
    for mark in marks:
        return _say("{name} · transition {number}").format(name=mark.name, number=count(mark.at))
    return _say("transition {number}").format(number=count(number))
