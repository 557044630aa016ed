"""The line from the inactive list's tail leads to what would take the next page."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolTip

from app.canvas import Depth
from app.canvas.facts import FACTS, read
from app.canvas.scene import Scene, viewpoints
from app.canvas.style import Style
from app.canvas.way_out import paint_way, way
from engine.reading import Leaving, Way
from tests.app.canvas.fixtures import moment_of
from tests.engine.reading.built import SWAP_DESC, populated

pytestmark = pytest.mark.usefixtures("qapp")


def facts_of(leads=Way.POOL, offset=40):
    facts = read(moment_of(populated(SWAP_DESC)))
    assert facts.leaving.frame == facts.memory.inactive[-1]
    return replace(facts, leaving=Leaving(facts.leaving.frame, leads, 0, offset))


def scene_of(leads=Way.POOL, depth=Depth.MECHANISM, size=(1312, 640)):
    return Scene.of(facts_of(leads), QRectF(0, 0, *size), Style.now(1.0), viewpoints(depth), depth)


@pytest.mark.parametrize(("leads", "goal", "side"), [
    (Way.POOL, lambda scene: scene.backends.pool_box, QRectF.left),
    (Way.SLOT, lambda scene: scene.slot(40), None),
    (Way.DROP, lambda scene: scene.memory.free_box, QRectF.right),
    (Way.ZERO, lambda scene: scene.memory.free_box, QRectF.right),
])  # fmt: skip
def test_it_leads_from_the_tail_to_what_takes_the_page(leads, goal, side):
    scene = scene_of(leads)
    corners = way(scene)
    tail = scene.frame(scene.facts.leaving.frame)
    assert corners[0].x() == tail.center().x()
    assert corners[0].y() > tail.bottom()
    box, end = goal(scene), corners[-1]
    assert box.top() <= end.y() <= box.bottom()
    if side is not None:
        assert abs(end.x() - side(box)) <= 2
    assert all(a.x() == b.x() or a.y() == b.y() for a, b in pairwise(corners)), "level or upright"


def test_a_page_that_cannot_leave_stops_before_the_backends():
    scene = scene_of(Way.NONE)
    assert scene.memory.box.right() < way(scene)[-1].x() < scene.backends.box.left()


@pytest.mark.parametrize(("depth", "size"), [(Depth.STORY, (1312, 640)), (Depth.KERNEL, (1312, 640)),
                                             (Depth.MECHANISM, (520, 640))])  # fmt: skip
def test_elsewhere_there_is_none(depth, size):
    scene = scene_of(depth=depth, size=size)
    assert way(scene) == []
    blank = QImage(1312, 640, QImage.Format.Format_RGB32)
    blank.fill(0)
    painter = QPainter(blank)
    paint_way(painter, scene, Style.now(1.0))
    painter.end()
    assert blank.pixel(0, 0) == blank.pixel(700, 300)


def test_it_is_seen_and_told(canvas):
    pictures, facts = [], facts_of()
    for leads in Way:
        told = replace(facts, leaving=replace(facts.leaving, way=leads))
        canvas.show_moment(replace(moment_of(populated(SWAP_DESC)), extras={FACTS: told}))
        picture = canvas.grab().toImage()
        assert all(picture != other for other in pictures), leads
        pictures.append(picture)
    start, turn, *_ = way(canvas.scene)
    under = ((start + turn) / 2).toPoint()
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, under, canvas.mapToGlobal(QPoint(0, 0))))
    assert "it cannot leave now" in QToolTip.text()
