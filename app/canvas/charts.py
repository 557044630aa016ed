"""The two charts of the memory column: where pages live, and how long faults take, over the whole run.

What is before the cursor is drawn in full, what comes after it faintly. Each chart is drawn once in both
ways and kept with the run; a frame copies its two parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from app.canvas.facts import Facts
from app.canvas.run import Run
from app.canvas.style import Style, keeps_lines
from app.canvas.words import translate
from app.series import Values
from engine.mm import image as im
from engine.naming import grouped

HEAD, FOOT, PAD = 30, 10, 10
SECOND_LINE = 15
"""Pixels of a line for the figures, where they find no room beside the title."""
LEAST_PLOT = 40
"""Pixels a plot keeps below such a second line; in a lower card the title is a shorter one."""
FAINT = 0.28
LEAST_APART = 17
"""Pixels between the lines of two powers of ten."""
MOST_PICTURES = 12

Draw = Callable[[QPainter, QRectF, Run, Style, float, float], None]
"""Draws the part of a chart that lies between two shares (0 … 1) of the run into a box for the whole of it."""


@dataclass(frozen=True)
class Figure:
    """A figure above a chart."""

    text: str
    short: str
    """Without its name, for the narrowest of columns: its colour tells."""
    colour: str


@dataclass(frozen=True)
class Chart:
    """One chart: its title, what it draws and what it says of the moment."""

    name: str
    titles: Callable[[], tuple[str, ...]]
    """The title, and shorter ones for narrow columns."""
    draw: Draw
    says: Callable[[Run, Facts], list[Figure]]
    """Each figure of the moment."""
    widest: Callable[[Run], list[str]]
    """Figures that are as long as they get in this run: a heading must not jump while they change."""
    tip: Callable[[], str]
    terms: tuple[str, ...] = ()
    """Words of the glossary."""

    def paint(self, painter: QPainter, box: QRectF, run: Run, facts: Facts, style: Style) -> None:
        """The card with the chart, the cursor at the moment of ``facts``."""
        px = style.px
        style.card(painter, box)
        line = QRectF(box.left() + px(PAD), box.top() + px(7), box.width() - px(2 * PAD), px(18))
        says = self.says(run, facts)
        room = line.width() - self._figures_width(self.widest(run), style) - px(8)
        title, *shorter = self.titles()
        head = HEAD
        if style.width(title, 11, bold=True) > room and box.height() >= px(HEAD + SECOND_LINE + LEAST_PLOT + FOOT):
            head += SECOND_LINE
            self._figures(painter, line.translated(0, px(SECOND_LINE + 1)), says, style, left=True)
        else:
            # A card without a title says less than figures without their names, which their colours tell.
            bare = all(style.width(one, 11, bold=True) > room for one in (title, *shorter))
            if bare:
                room = line.width() - self._figures_width([figure.short for figure in says], style) - px(8)
            self._figures(painter, line, says, style, bare=bare)
            fitting = (one for one in (title, *shorter) if style.width(one, 11, bold=True) <= room)
            title = next(fitting, (title, *shorter)[-1])
        style.text(painter, line, title, 11, bold=True)
        plot = QRectF(style.snap(line.left()), style.snap(box.top() + px(head)), style.snap(line.width()),
                      style.snap(box.height() - px(head + FOOT)))  # fmt: skip
        share = min(1.0, facts.transition / max(1, run.known))
        self._curves(painter, plot, run, share, style)
        x = style.snap(plot.left() + plot.width() * share)
        painter.setPen(QPen(style.colour("text"), px(1.2)))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    def _figures_width(self, texts: list[str], style: Style) -> float:
        return sum(style.width(text, 10) + style.px(7) for text in texts) - style.px(7)

    def _figures(
        self, painter: QPainter, line: QRectF, says: list[Figure], style: Style, *, left: bool = False,
        bare: bool = False,
    ) -> None:  # fmt: skip
        """The figures of the moment, each in its colour: at the right of the line, or from its left on."""
        texts = [figure.text for figure in says]
        if bare or self._figures_width(texts, style) > line.width():
            texts = [figure.short for figure in says]
        x = line.left() if left else max(line.left(), line.right() - self._figures_width(texts, style))
        for text, figure in zip(texts, says, strict=True):
            style.text(painter, QRectF(x, line.top(), line.right() - x, line.height()), text, 10, figure.colour)
            x += style.width(text, 10) + style.px(7)

    def _curves(self, painter: QPainter, plot: QRectF, run: Run, share: float, style: Style) -> None:
        if keeps_lines(painter):
            self.draw(painter, plot, run, style, 0.0, share)
            painter.save()
            painter.setOpacity(FAINT)
            self.draw(painter, plot, run, style, share, 1.0)
            painter.restore()
            return
        split = round(plot.width() * share * style.ratio)
        wide, high = round(plot.width() * style.ratio), round(plot.height() * style.ratio)
        for strength, left, right in ((1.0, 0, split), (FAINT, split, wide)):
            if right > left:
                made = self._picture(plot, run, style, strength)
                part = QRectF(plot.left() + left / style.ratio, plot.top(), (right - left) / style.ratio, plot.height())
                painter.drawPixmap(part, made, QRectF(left, 0, right - left, high))

    def _picture(self, plot: QRectF, run: Run, style: Style, strength: float) -> QPixmap:
        key = (self.name, plot.width(), plot.height(), style.theme.name, style.scale, style.ratio, strength)
        if key not in run.pictures:
            if len(run.pictures) >= MOST_PICTURES:
                run.pictures.clear()
            made = QPixmap(round(plot.width() * style.ratio), round(plot.height() * style.ratio))
            made.setDevicePixelRatio(style.ratio)
            made.fill(style.colour("raised"))
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(strength)
            self.draw(painter, QRectF(0, 0, plot.width(), plot.height()), run, style, 0.0, 1.0)
            painter.end()
            run.pictures[key] = made
        return run.pictures[key]


def _between(at: Values, values: Values, known: int, begin: float, end: float) -> tuple[Values, Values]:
    """Places (0 … 1) and values of a curve from ``begin`` to ``end``, the ends in between two points worked out."""
    places = at / max(1, known)
    inside = places[(places > begin) & (places < end)]
    wanted = np.concatenate(([begin], inside, [end]))
    return wanted, np.interp(wanted, places, values)


def _polygon(plot: QRectF, places: Values, heights: Values) -> list[QPointF]:
    """Points of a curve whose heights are shares of the plot."""
    xs = (plot.left() + places * plot.width()).tolist()
    ys = (plot.bottom() - np.clip(heights, 0.0, 1.0) * plot.height()).tolist()
    return [QPointF(x, y) for x, y in zip(xs, ys, strict=True)]


def draw_occupancy(painter: QPainter, plot: QRectF, run: Run, style: Style, begin: float, end: float) -> None:
    """Stacked areas of pages in memory, in zswap and on disk."""
    if len(run.at) < 2 or end <= begin:
        return
    full = max(1.0, float(np.sum([curve.values for curve in run.parts], axis=0).max()))
    below: Values | None = None
    for curve in run.parts:
        places, values = _between(run.at, curve.values / full, run.known, begin, end)
        under = np.zeros(len(places)) if below is None else below
        top = under + values
        line = _polygon(plot, places, top)
        painter.setPen(Qt.PenStyle.NoPen)
        fill = QColor(style.colour(curve.colour))
        fill.setAlphaF(0.5)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(line + _polygon(plot, places, under)[::-1]))
        painter.setPen(QPen(style.colour(curve.colour), style.px(1.4)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        below = top


def latency_span(run: Run) -> tuple[float, float]:
    """Whole powers of ten, as logarithms of µs, that hold every point of the percentiles."""
    known = np.concatenate([curve.values[np.isfinite(curve.values) & (curve.values > 0)] for curve in run.percentiles])
    if not len(known):
        return 0.0, 1.0
    low, high = float(np.floor(np.log10(known.min()))), float(np.ceil(np.log10(known.max())))
    return low, max(high, low + 1)


def draw_latency(painter: QPainter, plot: QRectF, run: Run, style: Style, begin: float, end: float) -> None:
    """p50 and p99 on a logarithmic scale, a faint line at each power of ten."""
    if not run.percentiles or end <= begin:
        return
    low, high = latency_span(run)
    apart = plot.height() / (high - low)
    each = max(1, math.ceil(style.px(LEAST_APART) / apart))
    left, right = plot.left() + begin * plot.width(), plot.left() + end * plot.width()
    for power in range(int(low), int(high) + 1, each):
        y = plot.bottom() - (power - low) / (high - low) * plot.height()
        painter.setPen(QPen(style.colour("raised_edge"), 1))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
    for curve in run.percentiles:
        there = np.isfinite(curve.values) & (curve.values > 0)
        if there.sum() < 2:
            continue
        heights = (np.log10(curve.values[there]) - low) / (high - low)
        places, shares = _between(run.ends[there], heights, run.known, begin, end)
        first = run.ends[there][0] / max(1, run.known)
        kept = places >= first
        painter.setPen(QPen(style.colour(curve.colour), style.px(1.5), j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(_polygon(plot, places[kept], shares[kept])))
    if begin == 0.0:
        _name_powers(painter, plot, range(int(low), int(high), each), plot.height() / (high - low), right, style)


def _name_powers(
    painter: QPainter, plot: QRectF, powers: range, apart: float, right: float, style: Style
) -> None:
    """A time at each line, over the curves but not hiding them."""
    for power in powers:
        text = _micro(10.0**power)
        y = plot.bottom() - (power - powers.start) * apart
        label = QRectF(plot.left() + 1, y - style.px(13), style.width(text, 8.5) + 3, style.px(12))
        if label.right() <= right:
            painter.fillRect(label, style.theme.colour("raised", 0.75))
            style.text(painter, label.adjusted(1, 0, 4, 0), text, 8.5, "dim")


def _micro(value: float) -> str:
    """A time given in µs, short."""
    if value >= 1e6:
        return f"{value / 1e6:g} s"
    if value >= 1000:
        return f"{value / 1000:g} ms"
    return f"{value:g} µs" if value >= 1 else f"{value * 1000:g} ns"


def _short(value: float) -> str:
    return "–" if not np.isfinite(value) else _micro(float(f"{value:.3g}"))


def _occupancy_says(_run: Run, facts: Facts) -> list[Figure]:
    """Of the moment itself, by the rules of :func:`app.series.where_pages_live`."""
    of = facts.scalar
    stored = of(im.NR_STORED)
    out = max(of(im.NR_SWAPPED) - stored - of(im.NR_ZEROMAP), 0)
    slots = max(of(im.SWAP_USED) - of(im.SLOTS_WASTED), 0)
    counts = of(im.NR_RESIDENT), stored, min(slots, out)
    figures = zip(_occupancy_texts(*counts), counts, ("active", "zswap", "disk"), strict=True)
    return [Figure(text, grouped(count), colour) for text, count, colour in figures]


def _occupancy_texts(memory: int, stored: int, disk: int) -> list[str]:
    return [
        translate("Canvas", "memory {n}").format(n=grouped(memory)),
        translate("Canvas", "zswap {n}").format(n=grouped(stored)),
        translate("Canvas", "disk {n}").format(n=grouped(disk)),
    ]


def _occupancy_widest(run: Run) -> list[str]:
    most = [int(curve.values.max()) if len(curve.values) else 0 for curve in run.parts]
    return _occupancy_texts(*most) if len(most) == 3 else _occupancy_texts(0, 0, 0)


def _latency_widest(run: Run) -> list[str]:
    return [f"{curve.name} 88.8 µs" for curve in run.percentiles]


def _latency_says(run: Run, facts: Facts) -> list[Figure]:
    times = [_short(run.now(curve, run.ends, facts.transition)) for curve in run.percentiles]
    return [Figure(f"{curve.name} {time}", time, curve.colour) for curve, time in
            zip(run.percentiles, times, strict=True)]  # fmt: skip


OCCUPANCY = Chart(
    "occupancy", lambda: (translate("Canvas", "Where pages live"), translate("Canvas", "Pages")), draw_occupancy,
    _occupancy_says, _occupancy_widest,
    lambda: translate(
        "Canvas",
        "Pages in memory, in zswap and on disk over the whole run, one on the other.<br>Left of the line is what was, "
        "right of it, faint, what comes.",
    ),
    ("swapcache", "zswap"),
)  # fmt: skip
LATENCY = Chart(
    "latency", lambda: (translate("Canvas", "Fault latency"), translate("Canvas", "Faults")), draw_latency,
    _latency_says, _latency_widest,
    lambda: translate(
        "Canvas",
        "How long faults took over the run: half of them at most p50, all but one in a hundred at most p99.<br>"
        "The scale is logarithmic.",
    ),
    ("fault", "major fault", "minor fault"),
)  # fmt: skip
