"""The language of the window: English, or a catalogue of texts beside this file, switched while it is open.

A catalogue is JSON, English text to translation. Every text goes through Qt's ``tr`` or
``QCoreApplication.translate``, which ask the installed :class:`Catalogue`. What was written into
widgets and actions before a switch is found by its text and written anew; views that paint their
texts, or write them with every moment, ask again by themselves. What Qt itself writes, in file dialogues and on
their buttons, it brings translations for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from string import Formatter
from typing import Any

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from app import theme

NAMES: dict[str, str] = {"en": "English", "zh_CN": "简体中文"}
"""Languages by code, each as it calls itself."""
SYSTEM = "system"
_PROPERTIES = ("text", "toolTip", "statusTip", "windowTitle", "accessibleName", "placeholderText", "title")
_TIP_WITH_KEYS = re.compile(r"(?s)(.*?)(  \[[^\]]*.*\])")


class Catalogue(QTranslator):
    """Translations by the English text, whatever the context."""

    def __init__(self, texts: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        shared = Counter(texts.values())
        self.asked: dict[str, dict[str, set[str]]] = {text: {} for text, count in shared.items() if count > 1}
        """Of a translation that several texts have: which of them were asked for, and by what classes."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str | None:  # type: ignore[override]
        """The translation; None (the text stays) where there is none."""
        found = self.texts.get(text)
        if found in self.asked:
            self.asked[found].setdefault(text, set()).add(context)
        return found

    def isEmpty(self) -> bool:
        """Qt asks only catalogues that are not."""
        return not self.texts


def file_of(code: str) -> Path:
    """Where the texts of a language are."""
    return Path(__file__).parent / "translations" / f"{code}.json"


def load(code: str) -> dict[str, str]:
    """The texts of a language; none for English, for one that is unknown, and for a file that cannot be read."""
    if code == "en" or code not in NAMES:
        return {}
    try:
        found: Any = json.loads(file_of(code).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(source): str(text) for source, text in found.items()} if isinstance(found, dict) else {}


class Language(QObject):
    """The one place where the language is changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = "en"
        self.names: dict[str, str] = {}
        """What things of the run that is open are called in this language: its marks."""
        self._catalogue: Catalogue | None = None
        self._of_qt: QTranslator | None = None

    @property
    def texts(self) -> dict[str, str]:
        """The texts now shown; none: English."""
        return self._catalogue.texts if self._catalogue is not None else {}

    def choose(self, code: str) -> None:
        """Switch to a language by its code; ``system``: that of the desktop if it is here, else English."""
        if code == SYSTEM:
            name = QLocale.system().name()
            code = "zh_CN" if name.startswith("zh_CN") else "en"
        self.code = code if code in NAMES else "en"
        self.use(load(self.code))

    def use(self, texts: dict[str, str]) -> None:
        """Show everything in the texts of a catalogue; none: English."""
        before = self.texts
        if texts == before:
            return
        asked = self._catalogue.asked if self._catalogue is not None else {}
        for translator in (self._catalogue, self._of_qt):
            if translator is not None:
                QCoreApplication.removeTranslator(translator)
        self._catalogue = Catalogue(texts, self) if texts else None
        self._of_qt = self._qt_texts() if texts else None
        for translator in (self._of_qt, self._catalogue):  # the last one is asked first
            if translator is not None:
                QCoreApplication.installTranslator(translator)
        _Rewriter(before, texts, asked).everything()
        self.changed.emit()
        theme.switch().dress_again()


    def _qt_texts(self) -> QTranslator | None:
        """What Qt itself writes in this language; None where Qt was installed without its translations."""
        found = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        return found if self.code != "en" and found.load(f"qtbase_{self.code}", folder) else None


def plain(text: str) -> str:
    """The text of an action or menu without the key that opens it: ``&Open``, or ``打开(&O)``."""
    return re.sub(r"\(&\w\)", "", text).replace("&", "")


class _Rewriter:
    """Writes the texts of widgets and actions in another language."""

    def __init__(self, before: dict[str, str], now: dict[str, str], asked: dict[str, dict[str, set[str]]]) -> None:
        self._asked = asked
        self._sources = {text: source for source, text in before.items()}
        self._before, self._now = before, now
        shown = {source: before.get(source, source) for source in {*before, *now} if _fields(source)}
        self._filled = [
            (_pattern(text), now.get(source, source))
            for source, text in sorted(shown.items(), key=lambda pair: (-_fixed(pair[1]), pair[0]))
            if _fixed(text) >= LEAST_FIXED
        ]  # fmt: skip
        """What formatted texts look like, and what they are to become, those that say most first."""

    def everything(self) -> None:
        """Of all windows of this process."""
        if not isinstance(QApplication.instance(), QApplication):
            return
        seen: set[int] = set()
        for widget in QApplication.allWidgets():
            self._rewrite(widget)
            for action in (*widget.actions(), *widget.findChildren(QAction)):
                if id(action) not in seen:
                    seen.add(id(action))
                    self._rewrite(action)

    def _rewrite(self, thing: QWidget | QAction) -> None:
        for name in _PROPERTIES:
            if name == "text" and isinstance(thing, QLineEdit):
                continue  # what a person wrote
            value = thing.property(name)
            if isinstance(value, str) and value:
                new = self._text(thing, name, value)
                if new != value:
                    thing.setProperty(name, new)
        if isinstance(thing, QComboBox):
            for index in range(thing.count()):
                thing.setItemText(index, self._text(thing, f"item{index}", thing.itemText(index)))

    def _text(self, thing: QObject, name: str, value: str) -> str:
        keys = ""
        found = _TIP_WITH_KEYS.fullmatch(value) if name == "toolTip" else None
        if found:
            value, keys = found[1], found[2]
        # Two texts may have the same translation: the one that was written here is remembered here.
        known = thing.property(f"source_{name}")
        if not isinstance(known, str) or self._before.get(known, known) != value:
            known = self._source(thing, value)
        if known in self._now or known in self._before:
            thing.setProperty(f"source_{name}", known)
            return self._now.get(known, known) + keys
        for pattern, new in self._filled:
            filled = pattern.fullmatch(value)
            if filled:
                return fill(new, filled.groupdict()) + keys
        return value + keys

    def _source(self, thing: QObject, value: str) -> str:
        """The text of which ``value`` is the translation: one that a class around the thing asked for, if there is."""
        asked = self._asked.get(value)
        if not asked:
            return self._sources.get(value, value)
        around: QObject | None = thing
        while around is not None:
            kind = type(around).__name__
            for source, classes in asked.items():
                if kind in classes:
                    return source
            around = around.parent()
        # Of what stands on buttons and tabs the first letter is a large one.
        return next((source for source in asked if source.lstrip("&")[:1].isupper()), next(iter(asked)))


LEAST_FIXED, ENOUGH_FIXED = 2, 8
"""Letters of its own that a text must have to be known again with numbers filled in, and with anything."""


def _fields(template: str) -> list[str]:
    """Names of what is filled into a text, ``0``, ``1`` … where there are none."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    return [name or str(index) for index, name in enumerate(names)]


def _fixed(template: str) -> int:
    """Letters that are the text's own."""
    return sum(letter.isalpha() for part, *_ in Formatter().parse(template) for letter in part)


def pattern_of(template: str, anything: str = ".+?") -> re.Pattern[str]:
    """What a text looks like with its ``{names}`` filled in; they are groups ``_name``."""
    made, names = "", iter(_fields(template))
    for part, name, _, _ in Formatter().parse(template):
        made += re.escape(part) + (f"(?P<_{next(names)}>{anything})" if name is not None else "")
    return re.compile(made, re.DOTALL | re.IGNORECASE)


def fill(template: str, words: dict[str, str]) -> str:
    """The template with words, by group, as they were found by :func:`pattern_of`."""
    made, names = "", iter(_fields(template))
    for part, name, _, _ in Formatter().parse(template):
        made += part + (words[f"_{next(names)}"] if name is not None else "")
    return made


def _pattern(template: str) -> re.Pattern[str]:
    # A few letters of its own tell a text only where nothing but numbers is filled in.
    return pattern_of(template, ".+?" if _fixed(template) >= ENOUGH_FIXED else "[^A-Za-z\u4e00-\u9fff]+?")


_language: Language | None = None


def language() -> Language:
    """The language of this process."""
    global _language
    if _language is None:
        _language = Language()
    return _language
