"""The way out of memory: from the tail of the inactive list, whose page goes first, to where it goes.

That is the zswap pool, a swapfile, or at once a free frame; :mod:`engine.reading.leaving` knows which.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from app.canvas.depth import Depth
from app.canvas.scene import Scene
from app.canvas.style import Style
from engine.reading import Way

DROP, HEAD = 9, 4
"""Pixels from the last cell down to the line, and of half the arrow's head."""
SOLID = 0.6
"""Share of the way inside memory's column that is drawn through; then it is only a way to go."""
COLOURS = {Way.POOL: "zswap", Way.SLOT: "disk", Way.ZERO: "zero", Way.DROP: "accent", Way.NONE: "danger"}


def goal(scene: Scene) -> QRectF:
    """What takes the next page; empty where there is nothing, or not in sight."""
    leaving = scene.facts.leaving
    if leaving.way is Way.POOL:
        return scene.backends.pool_box
    if leaving.way is Way.SLOT:
        return scene.backends.slots_box(leaving)
    return scene.memory.free_box if leaving.way in (Way.ZERO, Way.DROP) else QRectF()


def way(scene: Scene) -> list[QPointF]:
    """Corners of the line from the tail to the goal, or into the gutter where none is; nothing without a tail."""
    memory, backends = scene.memory, scene.backends
    tail, box, px = memory.tail_box, goal(scene), memory.style.px
    beside = backends.box.top() == memory.box.top() and backends.box.left() > memory.box.right()
    stays = scene.facts.leaving.way is Way.NONE
    if scene.depth is not Depth.MECHANISM or not beside or tail.isEmpty() or (box.isEmpty() and not stays):
        return []
    low = tail.bottom() + px(DROP)
    if not scene.facts.leaving.frame or not memory.window.contains(QPointF(tail.center().x(), low)):
        return []
    start, turn = QPointF(tail.center().x(), tail.bottom() + px(6)), QPointF(tail.center().x(), low)
    gutter = (memory.box.right() + backends.box.left()) / 2
    if stays:
        return [start, turn, QPointF(gutter, low)]
    inside = box.right() < gutter
    bend = memory.inner.right() + px(7) if inside else gutter
    margin = min(px(2 * HEAD), box.height() / 2)
    high = min(max(low, box.top() + margin), box.bottom() - margin)
    end = QPointF(box.right() + px(1) if inside else box.left() - px(1), high)
    return [start, turn, QPointF(bend, low), QPointF(bend, high), end]


def paint_way(painter: QPainter, scene: Scene, style: Style) -> None:
    """Draw the line with an arrow at its end, or a bar: drawn through at the list, dashed to where it leads."""
    corners = way(scene)
    if not corners:
        return
    colour = style.colour(COLOURS[scene.facts.leaving.way])
    start, turn, *rest = corners
    middle = QPointF(turn.x() + (scene.memory.inner.right() - turn.x()) * SOLID, turn.y())
    pen = QPen(colour, style.px(1.4), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPolyline([start, turn, middle])
    pen.setStyle(Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3, 2.4])
    painter.setPen(pen)
    painter.drawPolyline([middle, *rest])
    end, size = rest[-1], style.px(HEAD)
    if scene.facts.leaving.way is Way.NONE:
        painter.setPen(QPen(colour, style.px(2)))
        painter.drawLine(end - QPointF(0, size), end + QPointF(0, size))
        return
    back = math.copysign(size * 1.3, rest[-2].x() - end.x())
    head = QPainterPath(end)
    head.lineTo(end + QPointF(back, -size))
    head.lineTo(end + QPointF(back, size))
    head.closeSubpath()
    painter.fillPath(head, colour)
