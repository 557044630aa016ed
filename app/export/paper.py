"""Markdown on paper: a text laid out on A4 pages as PDF, for worksheets and their keys."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app import theme as themes
from app.application import has_display, make_application
from engine.trace.files import write_whole

MARGIN_MM = 20
RESOLUTION = 1200
"""Dots an inch that the layout is made with."""
BODY_POINTS = 10.5


def save_pdf(markdown: str, output: Path | str) -> None:
    """Write a Markdown text as PDF; raises InputError when the file cannot be written. Needs no display."""
    write_whole(output, pdf(markdown))


def pdf(markdown: str) -> bytes:
    """The text as the bytes of a PDF file."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    make_application()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Swapscope")
    writer.setResolution(RESOLUTION)
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )
    writer.setPageLayout(layout)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    font = QFont(themes.font(13))
    font.setPointSizeF(BODY_POINTS)
    document.setDefaultFont(font)
    document.setDocumentMargin(0)
    document.setMarkdown(markdown)
    painted = layout.paintRectPixels(RESOLUTION)
    document.setPageSize(QSizeF(painted.width(), painted.height()))
    document.print_(writer)
    del writer  # it writes the end of the file
    return bytes(buffer.data().data())
