"""Texts of lessons: Markdown with queries in braces and links that lead to things, moments and transitions.

``{zswpout}`` and ``{state of page 12 of editor}`` stand for values, ``{{`` and ``}}`` for braces;
``[page 12](page:editor/12)`` is a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

LINKS = ("page", "frame", "desc", "entry", "slot", "transition", "mark", "it")
"""What a link can begin with; ``it:NAME`` leads to what a name of ``let`` stands for."""
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_WORDS = re.compile(r"(?<=\[)[^\[\]]*(?=\]\()")
_LINK = re.compile(r"\]\(<?(" + "|".join(LINKS) + r"):([^)>]*)>?\)")


@dataclass(frozen=True)
class Link:
    """Where a link leads."""

    scheme: str
    target: str

    @property
    def href(self) -> str:
        """As a URL without blanks."""
        return f"{self.scheme}:{quote(self.target, safe='/')}"

    @classmethod
    def of_href(cls, href: str) -> Link:
        """The link that a URL means."""
        scheme, _, target = href.partition(":")
        return cls(scheme, unquote(target))


def queries_in(text: str) -> list[str]:
    """Every query of a text, as it is written."""
    return [found[1] for found in _PART.finditer(text) if found[1] is not None]


def stray_brace(text: str) -> bool:
    """Whether a brace stands alone."""
    rest = _PART.sub("", text)
    return "{" in rest or "}" in rest


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """The text with each query replaced by what ``value_of`` says of it."""

    def say(found: re.Match[str]) -> str:
        return value_of(found[1]) if found[1] is not None else found[0][0]

    made, at = "", 0
    for words in _WORDS.finditer(text):
        # Inside the words of a link a value is no link of its own.
        made += _PART.sub(say, text[at : words.start()]) + without_links(_PART.sub(say, words[0]))
        at = words.end()
    return made + _PART.sub(say, text[at:])


def links_in(text: str) -> Iterator[Link]:
    """Every link of a text that leads into the machine."""
    for found in _LINK.finditer(text):
        yield Link(found[1], found[2])


def with_hrefs(text: str) -> str:
    """The text with links whose targets are proper URLs."""
    return _LINK.sub(lambda found: f"]({Link(found[1], found[2]).href})", text)


def without_links(text: str) -> str:
    """The text with the words of its links alone: for paper and the terminal."""
    return re.sub(r"\[([^\]]*)\]\(<?(?:" + "|".join(LINKS) + r"):[^)>]*>?\)", r"\1", text)
