"""A small picture of where a run came to: every page in its state, and where pages lived on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from app.theme import State, Theme
from engine.mm.view import View
from engine.program import Program
from engine.reading import PageState, page_states

PICTURE_SIZE = (640, 360)
MOST_CELLS = 1200
CURVES_SHARE = 0.34

_STATE = {
    PageState.NEVER: State.NEVER,
    PageState.ACTIVE: State.ACTIVE,
    PageState.INACTIVE: State.INACTIVE,
    PageState.UNEVICTABLE: State.ACTIVE,
    PageState.ZSWAP: State.ZSWAP,
    PageState.DISK: State.DISK,
    PageState.ZERO: State.ZERO,
    PageState.CACHED_ONLY: State.SWAPCACHE,
    PageState.ZERO_PAGE: State.ZERO,
    PageState.ADRIFT: State.SWAPCACHE,
}


def draw(program: Program, view: View, series: Any, colours: Theme) -> QImage:
    """The picture, 16 : 9. May be called in any thread: it draws on an image, not on a widget."""
    width, height = PICTURE_SIZE
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colours.window))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    split = height * (1 - CURVES_SHARE)
    _cells(painter, QRectF(20, 20, width - 40, split - 34), _states(program, view), colours)
    _curves(painter, QRectF(0, split, width, height - split), series, colours)
    painter.end()
    return image


def _states(program: Program, view: View) -> list[State]:
    """States of all pages of all processes, thinned to what can be seen."""
    found = [page_states(view, number + 1) for number in range(len(program.processes))]
    codes = np.concatenate([states for states, _ in found])
    cached = np.concatenate([flags for _, flags in found])
    step = max(1, -(-len(codes) // MOST_CELLS))
    return [
        State.SWAPCACHE if ring else _STATE[PageState(int(code))]
        for code, ring in zip(codes[::step], cached[::step], strict=True)
    ]


def _cells(painter: QPainter, box: QRectF, states: list[State], colours: Theme) -> None:
    """One small drawing a page, the shapes of the legend."""
    if not states:
        return
    across = max(1, int(np.ceil(np.sqrt(len(states) * box.width() / box.height()))))
    side = min(box.width() / across, box.height() / -(-len(states) // across), 40.0)
    left = box.left() + (box.width() - side * min(across, len(states))) / 2
    top = box.top() + (box.height() - side * -(-len(states) // across)) / 2
    for place, state in enumerate(states):
        cell = QRectF(left + place % across * side, top + place // across * side, side, side)
        _cell(painter, cell.adjusted(side * 0.1, side * 0.1, -side * 0.1, -side * 0.1), state, colours)


def _cell(painter: QPainter, cell: QRectF, state: State, colours: Theme) -> None:
    side = cell.width()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.never))
    painter.drawRoundedRect(cell, side * 0.2, side * 0.2)
    colour = QColor(colours.state(state))
    painter.setBrush(colour)
    if state in (State.ACTIVE, State.INACTIVE):
        painter.drawRoundedRect(cell, side * 0.2, side * 0.2)
    elif state is State.SWAPCACHE:
        painter.setBrush(QColor(colours.inactive))
        painter.setPen(_pen(colour, side * 0.14))
        painter.drawRoundedRect(cell, side * 0.2, side * 0.2)
    elif state is State.ZSWAP:
        painter.drawRoundedRect(QRectF(cell.left(), cell.center().y(), side, side / 2), side * 0.12, side * 0.12)
    elif state is State.DISK:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(colour, side * 0.14))
        painter.drawEllipse(cell.center(), side * 0.36, side * 0.36)
    elif state is State.ZERO:
        painter.drawEllipse(cell.center(), side * 0.14, side * 0.14)


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, max(1.0, width))


def _curves(painter: QPainter, box: QRectF, series: Any, colours: Theme) -> None:
    """Pages in memory, in zswap and in swapfiles along the run, stacked."""
    at = np.asarray(series.transition, dtype=np.float64)
    if len(at) < 2:
        return
    columns = np.linspace(at[0], at[-1], 160)
    parts = [np.interp(columns, at, values.astype(np.float64)) for values in living(series)]
    whole = max(1.0, float(sum(parts).max()))
    base = np.zeros(len(columns))
    for values, name in zip(parts, ("inactive", "zswap", "disk"), strict=True):
        upper = base + values
        x = box.left() + box.width() * np.linspace(0, 1, len(columns))
        line = [QPointF(a, box.bottom() - box.height() * 0.94 * b / whole) for a, b in zip(x, upper, strict=True)]
        back = [QPointF(a, box.bottom() - box.height() * 0.94 * b / whole) for a, b in zip(x, base, strict=True)][::-1]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour(name, 0.55))
        painter.drawPolygon(QPolygonF(line + back))
        painter.setPen(_pen(colours.colour(name), 2))
        painter.drawPolyline(QPolygonF(line))
        base = upper


def living(series: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pages in memory, in zswap, and in swapfiles at each sample."""
    resident = series.of("resident_pages")
    stored = series.of("zswap_stored_pages")
    outside = np.maximum(series.of("swapped_pages") - stored - series.of("zero_marked_pages"), 0)
    return resident, stored, outside
