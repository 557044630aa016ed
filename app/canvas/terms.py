"""What the words on the canvas mean: the glossary's sentences as rich text for a tooltip."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from app import theme
from app.canvas.words import translate
from app.words.said import declared
from engine.glossary import term_of

WIDE = 330
"""Pixels at normal type size of a tooltip with sentences, which would else be one long line."""


def explained(terms: Iterable[str]) -> str:
    """Each term with its sentence and the kernel's names for it; KeyError for one that the glossary has not."""
    dim, told = theme.current().dim, []
    for name in terms:
        term = term_of(name)
        if term is None:
            raise KeyError(name)
        text = f"<b>{escape(declared(term.term))}</b><br>{escape(declared(term.meaning))}"
        if term.kernel:
            kernel = translate("Canvas", "Kernel: {names}").format(names=", ".join(term.kernel))
            text += f"<br><span style='color:{dim}'>{escape(kernel)}</span>"
        told.append(text)
    return "<hr>".join(told)


def as_tooltip(text: str, terms: Iterable[str]) -> str:
    """A part's own text, and below it what its words mean; no wider than can be read."""
    parts = [part for part in (text, explained(terms)) if part]
    if not parts:
        return ""
    return f"<table width='{theme.px(WIDE)}'><tr><td>{'<hr>'.join(parts)}</td></tr></table>"
