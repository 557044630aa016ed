"""Curves along the chain of what is selected: page-table entry → descriptor → backend."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from app.canvas.scene import Scene
from app.canvas.sprites import backend_colour
from app.canvas.style import Style, centre_left, centre_right
from app.moment import Selected, Thing
from engine.reading import Backend, Chain, Neighbours

MOST_ROUND = 40
"""Outlines that are drawn with round corners."""
MOST_SHARERS = 24
"""Page-table entries a chain draws curves to; all of them are outlined."""


@dataclass(frozen=True)
class Link:
    """One curve."""

    path: QPainterPath
    colour: str
    dashed: bool = False
    thin: bool = False


def curve(start: QRectF, end: QRectF) -> QPainterPath:
    """From the side of one box to the near side of another, leaving and arriving level."""
    forward = end.center().x() >= start.center().x()
    a = centre_right(start) if forward else centre_left(start)
    b = centre_left(end) if forward else centre_right(end)
    if start.left() < end.right() and end.left() < start.right():
        # One above the other: go round at the right.
        a, b = centre_right(start), centre_right(end)
        bulge = 30.0 + abs(b.y() - a.y()) * 0.15
        return _bezier(a, QPointF(max(a.x(), b.x()) + bulge, a.y()), QPointF(max(a.x(), b.x()) + bulge, b.y()), b)
    reach = max(24.0, abs(b.x() - a.x()) * 0.45) * (1 if forward else -1)
    return _bezier(a, QPointF(a.x() + reach, a.y()), QPointF(b.x() - reach, b.y()), b)


def _bezier(a: QPointF, c: QPointF, d: QPointF, b: QPointF) -> QPainterPath:
    path = QPainterPath(a)
    path.cubicTo(c, d, b)
    return path


def chain_links(chain: Chain, scene: Scene, style: Style) -> list[Link]:
    """The curves of one chain, between those of its things that the scene shows."""
    theme = style.theme
    tables = [scene.page(Selected(Thing.PAGE, page, process)) for process, page in chain.pages]
    tables += [scene.page(Selected(Thing.SHMEM, index, mapping)) for mapping, index in chain.shmem]
    holders = [rect for rect in tables if rect is not None][:MOST_SHARERS]
    frame = scene.frame(chain.frame) if chain.frame else None
    name = scene.name_of(chain.entry) if chain.entry else None
    bar = scene.zswap(chain.zswap) if chain.zswap else None
    slot = scene.slot(chain.slot) if chain.slot else None
    links: list[Link] = []
    middle = name or frame
    if middle is not None:
        links += [Link(curve(rect, middle), theme.selection) for rect in holders]
    start = name or (holders[0] if holders else frame or bar)
    if start is None:
        return links
    if frame is not None and frame not in (middle, start):
        links.append(Link(curve(start, frame), theme.swapcache if name is not None else theme.selection))
    if bar is not None and bar is not start:
        links.append(Link(curve(start, bar), theme.zswap))
    if slot is not None:
        stored = chain.backend is Backend.SLOT
        links.append(
            Link(curve(start, slot), backend_colour(chain.backend, theme) if stored else theme.dim, not stored)
        )
    return links


def neighbour_links(found: Neighbours, chain: Chain, scene: Scene, style: Style) -> tuple[list[Link], list[QRectF]]:
    """The readahead window around a chain's page: its outline, and thin curves to the names of its other pages."""
    theme, links = style.theme, []
    spots = [scene.slot(slot) for slot in found.slots]
    spots += [scene.page(Selected(Thing.PAGE, page, process)) for process, page in found.pages]
    for slot, entry in found.owners:
        a, b = scene.slot(slot), scene.name_of(entry)
        if entry != chain.entry and a is not None and b is not None:
            links.append(Link(curve(a, b), theme.dim, dashed=True, thin=True))
    for process, page, entry in found.entries:
        a, b = scene.page(Selected(Thing.PAGE, page, process)), scene.name_of(entry)
        if entry != chain.entry and a is not None and b is not None:
            links.append(Link(curve(a, b), theme.dim, dashed=True, thin=True))
    return links, rows_of([rect for rect in spots if rect is not None])


def rows_of(rects: list[QRectF]) -> list[QRectF]:
    """One box for each row of cells among some that follow each other."""
    boxes: dict[float, QRectF] = {}
    for rect in rects:
        boxes[rect.top()] = boxes.get(rect.top(), rect).united(rect)
    return list(boxes.values())


def paint_links(painter: QPainter, links: list[Link], style: Style) -> None:
    """Draw curves with a dark edge, so that they stand out from any cell they cross."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    under = style.theme.colour("panel", 0.75)
    for link in links:
        painter.setPen(QPen(under, style.px(2.4 if link.thin else 4.2), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(link.path)
    for link in links:
        pen = QPen(
            QColor(link.colour), style.px(1.0 if link.thin else 1.8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap
        )
        if link.dashed:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawPath(link.path)


def paint_outline(painter: QPainter, box: QRectF, style: Style, colour: str = "selection", width: float = 2.0) -> None:
    """An outline around a thing."""
    grow = style.px(2.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    outer = box.adjusted(-grow, -grow, grow, grow)
    radius = min(style.px(5), max(2.0, outer.height() * 0.25))
    painter.setPen(QPen(style.theme.colour("panel", 0.8), style.px(width + 2)))
    painter.drawRoundedRect(outer, radius, radius)
    painter.setPen(QPen(style.theme.colour(colour), style.px(width)))
    painter.drawRoundedRect(outer, radius, radius)


def paint_outlines(painter: QPainter, boxes: list[QRectF], style: Style) -> None:
    """Outlines of all that is selected: drawn with care while they are few, in one go when they are many."""
    if len(boxes) <= MOST_ROUND:
        for box in boxes:
            paint_outline(painter, box, style)
        return
    painter.setPen(QPen(style.theme.colour("selection"), style.px(1.4)))
    painter.setBrush(style.theme.colour("selection", 0.22))
    painter.drawRects([box.adjusted(-0.5, -0.5, 0.5, 0.5) for box in boxes])
