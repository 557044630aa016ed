"""Markdown in a panel: follows the theme, keeps its paragraphs apart, and has links into the machine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QLabel, QWidget

from app import theme

PARAGRAPH = 7
"""Room below a paragraph, in pixels at normal type size."""
LINE_PERCENT = 118
LIST = 16
"""Pixels by which what is listed stands further in."""


class Prose(QLabel):
    """A text in Markdown; a link that is followed is told by ``linkActivated``."""

    def __init__(self, text: str = "", size: float = 13, colour: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size, self._colour = size, colour
        self.source = ""
        """The Markdown that is shown."""
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.show_text(text)
        self.restyle()
        theme.switch().changed.connect(self.restyle)

    def show_text(self, text: str) -> None:
        """Show this Markdown, where it is another text than before."""
        if text != self.source:
            self.source = text
            self._set()

    def restyle(self) -> None:
        """Take size and colours from the theme that is shown now."""
        self.setFont(theme.font(self._size))
        palette = self.palette()
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
            palette.setColor(role, theme.current().colour(self._colour))
        palette.setColor(QPalette.ColorRole.Link, theme.current().colour("disk"))
        self.setPalette(palette)
        self._set()

    def _set(self) -> None:
        self.setText(html(self.source, self._size) if self.source.strip() else "")
        self.setAccessibleName(self.source)


def html(markdown: str, size: float) -> str:
    """Markdown as rich text: headings little larger than the text, paragraphs apart, links in the theme's colour."""
    document = QTextDocument()
    document.setDefaultFont(theme.font(size))
    document.setMarkdown(markdown)
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        _dress(cursor, block, size, first=block == document.begin(), last=not block.next().isValid())
        block = block.next()
    return document.toHtml()


def _dress(cursor: QTextCursor, block: QTextBlock, size: float, *, first: bool, last: bool) -> None:
    heading = block.blockFormat().headingLevel() > 0
    form = QTextBlockFormat()
    form.setTopMargin(theme.px(PARAGRAPH) if heading and not first else 0)
    listed = block.textList() is not None and block.next().textList() is not None
    form.setBottomMargin(0 if last else theme.px(2 if listed or heading else PARAGRAPH))
    form.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if heading:
        form.setHeadingLevel(0)
    if block.textList() is not None:
        # A label's own indentation of lists is forty pixels at any type size.
        shape = block.textList().format()
        form.setLeftMargin(theme.px(LIST) * max(1, shape.indent()))
        shape.setIndent(0)
        block.textList().setFormat(shape)
    cursor.setPosition(block.position())
    cursor.mergeBlockFormat(form)
    parts = block.begin()
    while not parts.atEnd():
        piece = parts.fragment()
        parts += 1
        look = QTextCharFormat()
        if heading:
            look.setFont(theme.font(size + 1.5, bold=True))
            look.setProperty(QTextFormat.Property.FontSizeAdjustment.value, 0)
        elif piece.charFormat().isAnchor():
            look.setForeground(theme.current().colour("disk"))
            look.setFontUnderline(False)
        else:
            continue
        cursor.setPosition(piece.position())
        cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(look)
