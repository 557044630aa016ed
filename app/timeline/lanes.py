"""The picture of the timeline's lanes and of the pressure below them, kept until something it shows is another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF

from app import theme
from app.timeline import density
from engine.transition import Transition

Span = tuple[float, float]


class Lanes:
    """Ticks one by one where there is room for each transition, else how dense they are."""

    def __init__(self) -> None:
        self._image: QImage | None = None
        self._drawn_for: object = None
        self.span: Span = (0.0, 0.0)
        """First and last transition of the picture."""

    def forget(self) -> None:
        """It is to be drawn anew."""
        self._drawn_for = None

    def picture(self, series: Any, records: list[Transition], span: Span, length: int, rows: list[QRect], size: QSize,
                ratio: float, growing: bool = False) -> QImage | None:  # fmt: skip
        """The rows, those of the lanes and at last the pressure's, without what is left of them; None: no run yet.

        Of a run that is ``growing`` with every frame the picture may still be that of another span, until there are
        more samples.
        """
        if series is None or length == 0:
            return None
        colours = theme.current()
        key = (size, ratio, len(series.transition), colours.name, len(records))
        if self._image is not None and self._drawn_for == key and (growing or self.span == span):
            return self._image
        width = rows[0].width()
        image = QImage(round(width * ratio), round(size.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.translate(-rows[0].left(), 0)
        if _cover(records, span, length, width):
            _draw_records(painter, records, span, rows, colours)
        else:
            _draw_density(painter, series, span, rows, colours)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_pressure(painter, series, span, length, rows[-1], colours)
        painter.end()
        self._image, self._drawn_for, self.span = image, key, span
        return image


def _cover(records: list[Transition], span: Span, length: int, width: int) -> bool:
    """The single transitions of the span are at hand and there is room for each."""
    first, last = span
    return bool(records) and records[0].number <= first + 1 and records[-1].number >= min(last, length) - 1 \
        and last - first <= width


def _draw_records(painter: QPainter, records: list[Transition], span: Span, rows: list[QRect],
                  colours: theme.Theme) -> None:  # fmt: skip
    first, last = span
    left, each = rows[0].left(), rows[0].width() / (last - first)
    tick = 2 if each > 3 else 1
    lanes = {lane: row for (lane, _), row in zip(density.DRAWN, rows, strict=False)}
    for record in records:
        row = lanes.get(record.kind.lane)
        if row is not None:
            x = round(left + (record.number - first) * each)
            painter.fillRect(x, row.top(), tick, row.height(), QColor(colours.lane_colours[record.kind.lane]))


def _draw_density(painter: QPainter, series: Any, span: Span, rows: list[QRect], colours: theme.Theme) -> None:
    first, last = span
    width = rows[0].width()
    counts = density.lane_counts(series, np.linspace(first, last, width + 1))
    for (lane, _), row in zip(density.DRAWN, rows, strict=False):
        share = np.clip(counts[lane] / max(1e-9, (last - first) / width), 0.0, 1.0)
        alpha = np.where(counts[lane] > 0.02, 0.25 + 0.75 * np.sqrt(share), 0.0)
        painter.drawImage(row, _strip(QColor(colours.lane_colours[lane]), alpha))


def _draw_pressure(painter: QPainter, series: Any, span: Span, length: int, row: QRect,
                   colours: theme.Theme) -> None:  # fmt: skip
    first, last = span
    points = max(2, row.width() // 3)
    edges = np.linspace(first, last, points + 1)
    values = density.smooth(density.pressure(series, edges), 7)
    top, height = row.top() + 2, row.height() - 4
    shown = edges[:-1] <= min(length, last)
    across = row.left() + (edges[:-1][shown] + edges[1:][shown] - 2 * first) / 2 / (last - first) * row.width()
    down = top + height * (1 - values[shown])
    line = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
    if len(line) < 2:
        return
    area = QPainterPath(QPointF(line[0].x(), row.bottom()))
    for point in line:
        area.lineTo(point)
    area.lineTo(line[-1].x(), row.bottom())
    painter.fillPath(area, colours.colour("danger", 0.16))
    painter.setPen(QPen(QColor(colours.danger), 1.5))
    painter.drawPolyline(QPolygonF(line))


def _strip(colour: QColor, alpha: NDArray[np.float64]) -> QImage:
    """One row of pixels in a colour, with an opacity 0 … 1 for each; shape (width,)."""
    parts = np.empty((len(alpha), 4))
    parts[:] = (colour.blue(), colour.green(), colour.red(), 255)  # the order of ARGB32 in memory
    pixels = np.ascontiguousarray(np.rint(parts * alpha[:, np.newaxis]).astype(np.uint8))
    return QImage(pixels.data, len(alpha), 1, 4 * len(alpha), QImage.Format.Format_ARGB32_Premultiplied).copy()
