"""Colours for TOML: tables, keys, texts, numbers, comments; texts of several lines, too."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app import theme

_PLAIN, _BASIC, _LITERAL = -1, 1, 2
"""What a line ends inside of: nothing, a text in three double quotes, one in three single quotes."""
_ENDS = {_BASIC: '"""', _LITERAL: "'''"}
_HEADER = re.compile(r"\s*(\[\[?[^\[\]#]*\]\]?)\s*(?=#|$)")
_KEY = re.compile(r"""(?:^|(?<=[{,]))\s*((?:[\w.-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[\w-]+)*)\s*(?==)""")
_TOKEN = re.compile(
    r"""(?P<long>\"{3}|'{3})|(?P<text>"(?:\\.|[^"\\])*"|'[^']*')|(?P<comment>\#.*)"""
    r"""|(?P<number>(?<![\w"])[+-]?\d[\w.+-]*)|(?P<word>\b(?:true|false)\b)"""
)


class Highlighter(QSyntaxHighlighter):
    """Dresses the document of a text pane."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        theme.switch().changed.connect(self.dress)
        self.dress()

    def dress(self) -> None:
        """The colours of the theme that is shown now."""
        colours = theme.current()
        for name, colour, bold in (("header", colours.accent, True), ("key", colours.swapcache, False),
                                   ("text", colours.zswap, False), ("number", colours.disk, False),
                                   ("word", colours.disk, False), ("comment", colours.dim, False)):  # fmt: skip
            made = QTextCharFormat()
            made.setForeground(QColor(colour))
            if bold:
                made.setFontWeight(600)
            made.setFontItalic(name == "comment")
            self._formats[name] = made
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """One line."""
        at = 0
        state = self.previousBlockState()
        if state in _ENDS:
            at = self._long(text, 0, state)
            if at < 0:
                return
        self.setCurrentBlockState(_PLAIN)
        if at == 0:
            header = _HEADER.match(text)
            if header:
                self.setFormat(header.start(1), len(header[1]), self._formats["header"])
                at = header.end(1)
        for key in _KEY.finditer(text, at):
            self.setFormat(key.start(1), len(key[1]), self._formats["key"])
        while (token := _TOKEN.search(text, at)) is not None:
            kind = token.lastgroup or ""
            if kind == "long":
                state = _BASIC if token[0] == '"""' else _LITERAL
                self.setFormat(token.start(), 3, self._formats["text"])
                at = self._long(text, token.end(), state)
                if at < 0:
                    return
                continue
            if kind != "text" or not _KEY.match(text, token.start()):
                self.setFormat(token.start(), len(token[0]), self._formats[kind])
            at = token.end()

    def _long(self, text: str, start: int, state: int) -> int:
        """The rest of a text of several lines; where it ends, or -1 where it goes on in the next line."""
        end = text.find(_ENDS[state], start)
        stop = len(text) if end < 0 else end + 3
        self.setFormat(start, stop - start, self._formats["text"])
        self.setCurrentBlockState(state if end < 0 else _PLAIN)
        return -1 if end < 0 else stop
