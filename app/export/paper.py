"""Markdown on paper: a text laid out on A4 pages as PDF, for worksheets and their keys."""

from __future__ import annotations

import os
import re
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)  # fmt: skip

from app import theme as themes
from app.application import has_display, make_application
from engine.trace.files import write_whole

MARGIN_MM = 20
RESOLUTION = 1200
"""Dots an inch that the layout is made with."""
BODY_POINTS = 10.5
FOOT_POINTS = 8.0
FOOT_MM = 8
MM_PER_INCH = 25.4
AIR = (10.0, 18.0)
"""Pixels of 1/96 inch above a question, and above a heading."""
MOST_KEPT = 0.6
"""What belongs together is kept on one page up to this share of it."""


def save_pdf(markdown: str, output: Path | str, foot: str = "") -> None:
    """Write a Markdown text as PDF; raises InputError when the file cannot be written. Needs no display."""
    write_whole(output, pdf(markdown, foot))


def pdf(markdown: str, foot: str = "") -> bytes:
    """The text as the bytes of a PDF file; ``foot`` stands at the bottom of every page, beside its number."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    make_application()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Swapscope")
    writer.setTitle(foot)
    writer.setResolution(RESOLUTION)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )
    writer.setPageLayout(layout)
    font = QFont(themes.font(13))
    font.setPointSizeF(BODY_POINTS)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setMarkdown(markdown)
    painted = layout.paintRectPixels(RESOLUTION)
    page = QSizeF(painted.width(), painted.height() - RESOLUTION * FOOT_MM / MM_PER_INCH)
    document.setPageSize(page)
    _give_air(document)
    _keep_together(document, page.height())
    _paint(document, writer, page, QRectF(0, page.height(), page.width(), painted.height() - page.height()), foot)
    del writer  # it writes the end of the file
    return bytes(buffer.data().data())


def _paint(document: QTextDocument, writer: QPdfWriter, page: QSizeF, foot_room: QRectF, foot: str) -> None:
    """Every page with its foot."""
    pages = document.pageCount()
    small = QFont(document.defaultFont())
    small.setPointSizeF(FOOT_POINTS)
    painter = QPainter(writer)
    for number in range(pages):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * page.height())
        document.drawContents(painter, QRectF(0, number * page.height(), page.width(), page.height()))
        painter.restore()
        painter.setFont(small)
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(foot_room, bottom | Qt.AlignmentFlag.AlignLeft, foot)
        painter.drawText(foot_room, bottom | Qt.AlignmentFlag.AlignRight, f"{number + 1} / {pages}")
    painter.end()


def _blocks(document: QTextDocument) -> list[QTextBlock]:
    blocks = []
    block = document.begin()
    while block.isValid():
        blocks.append(block)
        block = block.next()
    return blocks


def _give_air(document: QTextDocument) -> None:
    """Room above each heading and question."""
    for block in _blocks(document)[1:]:
        if _begins(block):
            form = block.blockFormat()
            form.setTopMargin(AIR[bool(form.headingLevel())])
            QTextCursor(block).setBlockFormat(form)


def _keep_together(document: QTextDocument, height: float) -> None:
    """A heading goes to the next page with what follows it, and so does a question with its answers."""
    layout = document.documentLayout()
    blocks = _blocks(document)
    starts = [place for place, one in enumerate(blocks) if _begins(one)]
    for number, place in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(blocks)
        if blocks[place].blockFormat().headingLevel() and number + 1 < len(starts):
            end = starts[number + 2] if number + 2 < len(starts) else len(blocks)
        top = layout.blockBoundingRect(blocks[place]).top()
        bottom = layout.blockBoundingRect(blocks[end - 1]).bottom()
        if int(top / height) != int((bottom - 1) / height) and bottom - top < MOST_KEPT * height:
            form = blocks[place].blockFormat()
            form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(blocks[place]).setBlockFormat(form)


def _begins(block: QTextBlock) -> bool:
    """Whether a heading or a numbered question begins here."""
    return block.blockFormat().headingLevel() > 0 or re.match(r"\d+\. ", block.text()) is not None
