"""How well a few typed letters fit a text: in order, at the beginnings of words best."""

from __future__ import annotations


def score(typed: str, text: str) -> float | None:
    """Higher is better; None when the words typed are not in the text, letter after letter.

    Words are looked for one by one, in any order. A letter counts more at the beginning of a word and
    right after the one before; a short text more than a long one.
    """
    low = text.casefold()
    total = 0.0
    for word in typed.casefold().split():
        found = _word(word, low)
        if found is None:
            return None
        total += found
    return total - len(low) / 200


def _word(word: str, text: str) -> float | None:
    at = _whole(word, text)
    if at >= 0 and _begins(text, at):
        return 4.0 * len(word) + 3.0
    within = 2.0 * len(word) - 2.5 if at >= 0 else 0.0
    total, at = 0.0, -1
    for letter in word:
        following = at >= 0 and text[at + 1 : at + 2] == letter
        at = at + 1 if following else _next(letter, text, at + 1)
        if at < 0:
            break
        total += 2.0 if following or _begins(text, at) else 0.3
    # Letters strewn about a long text are chance, not what was meant.
    strewn = total if at >= 0 and total >= 1.2 * len(word) else 0.0
    return max(within, strewn) or None


def _next(letter: str, text: str, start: int) -> int:
    """The next place of a letter: at the beginning of a word if there is one, else anywhere, else -1."""
    at = first = text.find(letter, start)
    while at >= 0 and not _begins(text, at):
        at = text.find(letter, at + 1)
    return at if at >= 0 else first


def _whole(word: str, text: str) -> int:
    """Where the whole word is: at the beginning of a word, else anywhere, else -1."""
    at = first = text.find(word)
    while at >= 0 and not _begins(text, at):
        at = text.find(word, at + 1)
    return at if at >= 0 else first


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
