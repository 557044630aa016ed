"""A widget as a picture file: PNG in pixels, SVG and PDF with lines as lines and text as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from engine.errors import InputError, Problem, nearest
from engine.trace.files import write_whole

DOTS = 96
"""Pixels of the screen in an inch of paper."""


def as_image(widget: QWidget) -> QImage:
    """The widget in pixels of its own size."""
    made = QImage(widget.size(), QImage.Format.Format_RGB32)
    widget.render(made)
    return made


def write(widget: QWidget, output: Path) -> None:
    """Write a widget as it is now, in the form the suffix says; InputError for another suffix or a bad place."""
    write_whole(output, WRITERS[check_suffix(output)](widget))


def check_suffix(output: Path) -> str:
    """The suffix of a picture file; InputError when it is none of :data:`WRITERS`."""
    suffix = output.suffix.lower()
    if suffix not in WRITERS:
        what = f"there are no pictures of the form '{output.suffix}'" if suffix else "the picture's form is not said"
        raise InputError(
            Problem(what, file=str(output), expected=" or ".join(WRITERS), nearest=nearest(suffix, WRITERS))
        )
    return suffix


def _png(widget: QWidget) -> bytes:
    buffer = _buffer()
    as_image(widget).save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(widget: QWidget) -> bytes:
    buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(DOTS)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setTitle("Swapscope")
    widget.render(generator)
    return bytes(buffer.data().data())


def _pdf(widget: QWidget) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setCreator("Swapscope")
    writer.setResolution(DOTS)
    points = QSizeF(widget.width() * 72 / DOTS, widget.height() * 72 / DOTS)
    page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    widget.render(writer)
    del writer  # it writes the end of the file
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


WRITERS: dict[str, Callable[[QWidget], bytes]] = {".png": _png, ".svg": _svg, ".pdf": _pdf}
"""By suffix."""
