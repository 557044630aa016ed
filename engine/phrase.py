"""English text that knows how it was put together, so that a window can tell it in another language.

A :class:`Phrase` is a ``str`` like any other: printed, compared and written to files as the English text it is. Beside
that it keeps its template and what was filled in, each a phrase again where that is language, too. The engine knows
no other language: who has a catalogue of templates calls :func:`retold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


class Phrase(str):
    """Made by :func:`phrase` and :func:`joined`."""

    template: str
    """With ``{names}``; empty where it is parts beside each other."""
    words: Mapping[str, object]
    parts: tuple[str, ...]
    capital: bool
    """It begins a sentence: with a capital letter, where a language has them."""
    stop: bool
    """It ends as its template does; False: without the full stop."""

    def __new__(
        cls, text: str, template: str = "", words: Mapping[str, object] | None = None, parts: tuple[str, ...] = (),
        capital: bool = False, stop: bool = True,
    ) -> Phrase:  # fmt: skip
        made = super().__new__(cls, text)
        made.template, made.words, made.parts, made.capital, made.stop = template, words or {}, parts, capital, stop
        return made

    def beginning(self) -> Phrase:
        """The same, as the beginning of a sentence."""
        return Phrase(self[:1].upper() + self[1:], self.template, self.words, self.parts, True, self.stop)

    def unstopped(self) -> Phrase:
        """The same, without the full stop at its end."""
        return Phrase(self.rstrip("."), self.template, self.words, self.parts, self.capital, False)


def phrase(template: str, /, **words: object) -> Phrase:
    """The template with these words filled in, as ``str.format`` does; a text that is put together."""
    return Phrase(template.format(**words) if words else template, template, words)


def joined(separator: str, parts: Iterable[str]) -> Phrase:
    """Texts beside each other."""
    told: list[str] = []
    for part in parts:
        told += [separator, part] if told else [part]
    return Phrase("".join(told), parts=tuple(told))


FULL_STOPS = ".。．"


def retold(text: str, lookup: Callable[[str], str | None]) -> str:
    """A text in the language of ``lookup``, which gives the translation of a template, or None where it has none.

    What is no phrase stays as it is: a name, a number, a text that somebody wrote.
    """
    if not isinstance(text, Phrase):
        return text
    translation: str | None = None
    if text.parts:
        told = "".join(retold(part, lookup) for part in text.parts)
    else:
        translation = lookup(text.template)
        template = text.template if translation is None else translation
        words = {name: retold(word, lookup) if isinstance(word, str) else word for name, word in text.words.items()}
        told = template.format(**words) if words else template
    if text.capital and (text.parts or translation is None or translation[:1] != "{"):
        # What a translation begins with is as it is there: a name, most often.
        told = told[:1].upper() + told[1:]
    return told if text.stop else told.rstrip(FULL_STOPS)
