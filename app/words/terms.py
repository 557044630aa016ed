"""The glossary at the pointer: what a word in the window means, in one sentence, with the kernel's names for it.

One source, :mod:`engine.glossary`. A place is asked about by what it shows: a word (``swapcache``), a name of the
kernel (``zswap_store``), a setting's key, a figure or a table of the model.
"""

from __future__ import annotations

import textwrap

from PySide6.QtCore import QCoreApplication

from app.words.said import declared
from engine.glossary import Term, term_of, term_seen_in

WIDTH = 72
"""Letters of a line: a plain tooltip does not wrap by itself."""


OTHER_WORDS = {
    "swap id": "swap entry", "zswap entry": "zswap", "zswap LRU": "second chance", "LRU": "inactive list",
    "virtual slot": "virtual swap", "held by": "page-table entry", "size": "size class", "pages in swap": "swap entry",
    "slots in use": "slot", "slots wasted": "slot", "swapoff work": "swapoff", "look-ups per fault": "swap table",
    "fault latency": "major fault", "swapped before OOM": "swap entry", "state": "backend", "pool": "pool",
}  # fmt: skip
"""What panels call something that the glossary has under another word."""


def term_for(*names: str) -> Term | None:
    """The term that the first of these names that has one stands for."""
    for name in names:
        found = term_of(OTHER_WORDS.get(name, name)) or term_seen_in(name)
        if found is not None:
            return found
    return None


def meaning(term: Term) -> str:
    """A term in the language of the window: word, sentence and the kernel's names, a line each."""
    lines = [declared(term.term), *textwrap.wrap(declared(term.meaning), _width())]
    if term.kernel:
        names = ", ".join(term.kernel)
        lines += textwrap.wrap(QCoreApplication.translate("Terms", "Kernel: {names}").format(names=names), WIDTH)
    return "\n".join(lines)


def tip(text: str, *names: str) -> str:
    """A tooltip: its own text, and below it what the glossary says of the first of these names that has a term."""
    term = term_for(*names)
    return "\n\n".join(part for part in (text, meaning(term) if term is not None else "") if part)


def _width() -> int:
    from app.words.language import language

    return WIDTH // 2 if language().code.startswith("zh") else WIDTH  # a Chinese letter is twice as wide
