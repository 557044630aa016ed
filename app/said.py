"""Sentences of the engine in the language of the window.

The engine tells a transition in English, from the template of its kind. The words that were filled
in are read back from the sentence, translated where they are phrases, and filled into the template
of the catalogue. A language without these templates leaves the sentence as it is.
"""

from __future__ import annotations

import re
from functools import cache

from app.language import fill, language, pattern_of
from engine.mm.transitions import KINDS, REASONS, Kind
from engine.sentence import BACKENDS, MAPPED, SWAPOFF_RESULTS, WRITEBACK_FAILURES

PHRASES: tuple[str, ...] = (
    "Page {number} of {process}", "Page {number}", "slot {number} of {file}", "slot {number}", "swap id {number}",
    "virtual slot {number}", "its page", "a write", "a read",
    "it belongs to the working set and becomes active", "too late to tell", "no swap entry can be had",
    "locked into memory", "no longer locked",
    *BACKENDS, *MAPPED, *SWAPOFF_RESULTS, *(text for text in (*REASONS, *WRITEBACK_FAILURES) if text),
)  # fmt: skip
"""What is filled into the sentences; the first that fits is meant."""


def templates() -> set[str]:
    """All texts that :func:`said` looks for in a catalogue."""
    return {kind.sentence for kind in KINDS if kind.sentence} | set(PHRASES)


def said(sentence: str, kind: Kind) -> str:
    """A sentence of this kind in the language chosen."""
    texts = language().texts
    template = texts.get(kind.sentence)
    if template is None:
        return sentence
    found = _of_kind(kind.sentence).fullmatch(sentence)
    if found is None:
        return sentence
    words = {name: _phrase(word, texts) for name, word in found.groupdict().items()}
    return fill(template, words)


def _phrase(word: str, texts: dict[str, str]) -> str:
    for phrase, pattern in _phrases():
        found = pattern.fullmatch(word)
        if found is not None:
            return fill(texts.get(phrase, phrase), found.groupdict())
    return word


@cache
def _of_kind(template: str) -> re.Pattern[str]:
    return pattern_of(template)


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((phrase, pattern_of(phrase)) for phrase in PHRASES)
