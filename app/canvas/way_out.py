"""The way out of memory: from the tail of the inactive list, whose page goes first, to where it goes.

That is the zswap pool, or the swapfile while zswap is off or takes nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from app.canvas.depth import Depth
from app.canvas.scene import Scene
from app.canvas.style import Style
from app.moment import Thing

DROP, HEAD = 9, 4
"""Pixels from the last cell down to the line, and of half the arrow's head."""
SOLID = 0.6
"""Share of the way inside memory's column that is drawn through; then it is only a way to go."""


def goal(scene: Scene) -> tuple[QRectF, str]:
    """Where the next page goes, and the colour of what is there; empty where there is nothing to take it."""
    pool = scene.facts.pool
    if pool.enabled and not pool.refusing and not scene.backends.pool_box.isEmpty():
        return scene.backends.pool_box, "zswap"
    slots = next((field.box for field in scene.backends.fields if field.thing is Thing.SLOT), QRectF())
    return slots.intersected(scene.backends.window), "disk"


def way(scene: Scene) -> tuple[list[QPointF], str]:
    """Corners of the line from the tail to the goal, and its colour; none where either is not in sight."""
    memory, backends = scene.memory, scene.backends
    tail = memory.tail_box
    box, colour = goal(scene)
    beside = backends.box.top() == memory.box.top() and backends.box.left() > memory.box.right()
    if scene.depth is not Depth.MECHANISM or not beside or tail.isEmpty() or box.isEmpty():
        return [], colour
    px = memory.style.px
    low = tail.bottom() + px(DROP)
    if not memory.window.contains(QPointF(tail.center().x(), low)):
        return [], colour
    start, turn = QPointF(tail.center().x(), tail.bottom() + px(6)), QPointF(tail.center().x(), low)
    gutter = (memory.box.right() + backends.box.left()) / 2
    high = min(max(low, box.top() + px(2 * HEAD)), box.bottom() - px(2 * HEAD))
    end = QPointF(box.left() - px(1), high)
    return [start, turn, QPointF(gutter, low), QPointF(gutter, high), end], colour


def paint_way(painter: QPainter, scene: Scene, style: Style) -> None:
    """Draw the line with an arrow at its end: drawn through at the list, dashed to where it leads."""
    corners, colour = way(scene)
    if not corners:
        return
    start, turn, edge, level, end = corners
    middle = QPointF(turn.x() + (scene.memory.inner.right() - turn.x()) * SOLID, turn.y())
    pen = QPen(style.colour(colour), style.px(1.4), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap,
               Qt.PenJoinStyle.MiterJoin)  # fmt: skip
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPolyline([start, turn, middle])
    pen.setStyle(Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3, 2.4])
    painter.setPen(pen)
    painter.drawPolyline([middle, edge, level, end])
    size = style.px(HEAD)
    head = QPainterPath(end)
    head.lineTo(end + QPointF(-size * 1.3, -size))
    head.lineTo(end + QPointF(-size * 1.3, size))
    head.closeSubpath()
    painter.fillPath(head, style.colour(colour))
