"""A question as it is asked of one person: everything in it is found, its answer too."""

from __future__ import annotations

from dataclasses import dataclass

from engine import explain as ex
from engine.lesson.pte import Filled, filled_from, share_right
from engine.reading.chain import Place

Given = int | float | Place | tuple[int, ...] | Filled
"""An answer: index of a choice, a number, a thing, indices in order, or a filled entry."""


@dataclass(frozen=True)
class Asked:
    """One question, ready to be asked."""

    id: str
    kind: str
    """choice, number, click, order, pte or next."""
    ask: str
    """Markdown, all values filled in."""
    moment: int
    """Transition at which it is asked."""
    shown_at: int
    """Transition that shows why the answer is what it is."""
    shown: str
    """What happens there, in a sentence."""
    answer: str
    """The right answer in words."""
    options: tuple[str, ...] = ()
    """Of a choice; of order: the things in the order in which they are shown."""
    right: int | float | tuple[int, ...] = 0
    """Index of the right option; the number; the indices in the right order; the word."""
    accepts: frozenset[Place] = frozenset()
    """Everything that may be clicked."""
    tolerance: float = 0.0
    """How far off a number may be."""
    unit: str = ""
    predict: bool = False
    hints: tuple[str, ...] = ()
    why: str = ""
    """Markdown, with the values of ``shown_at``; may be empty."""
    points: int = 1


@dataclass(frozen=True)
class Verdict:
    """What came of an answer."""

    right: bool
    score: float
    """0 … 1."""


def judge(asked: Asked, given: Given) -> Verdict:
    """Hold an answer against what the engine found; TypeError for an answer of another kind of question."""
    score = _score(asked, given)
    return Verdict(score == 1.0, score)


def _score(asked: Asked, given: Given) -> float:
    right = asked.right
    if asked.kind in ("choice", "next") and isinstance(given, int):
        return float(given == right)
    if asked.kind == "number" and isinstance(given, int | float) and isinstance(right, int | float):
        return float(abs(given - right) <= asked.tolerance + 1e-9 * abs(right))
    if asked.kind == "click" and isinstance(given, Place):
        return float(given in asked.accepts)
    if asked.kind == "order" and isinstance(given, tuple) and isinstance(right, tuple):
        if len(given) != len(right):
            return 0.0
        return sum(one == other for one, other in zip(given, right)) / len(right)
    if asked.kind == "pte" and isinstance(given, Filled | int) and isinstance(right, int):
        return share_right(filled_from(ex.signed(given)) if isinstance(given, int) else given, right)
    raise TypeError(f"a question of kind {asked.kind} is not answered by {type(given).__name__}")


def letter(index: int) -> str:
    """The letter of an option: A, B, …"""
    return chr(ord("A") + index)
