"""The line from the inactive list's tail leads to what would take the next page."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas import Depth
from app.canvas.facts import read
from app.canvas.scene import Scene, viewpoints
from app.canvas.style import Style
from app.canvas.way_out import paint_way, way
from app.moment import Thing
from tests.app.canvas.fixtures import moment_of
from tests.engine.reading.built import SWAP_DESC, populated

pytestmark = pytest.mark.usefixtures("qapp")


def scene_of(depth=Depth.MECHANISM, size=(1312, 640), **pool):
    facts = read(moment_of(populated(SWAP_DESC)))
    facts = replace(facts, pool=replace(facts.pool, **{"enabled": True, "refusing": False, **pool}))
    return Scene.of(facts, QRectF(0, 0, *size), Style.now(1.0), viewpoints(depth), depth)


def test_it_leads_from_the_tail_to_the_pool():
    scene = scene_of()
    corners, colour = way(scene)
    assert colour == "zswap"
    tail = scene.frame(int(scene.facts.memory.inactive[-1]))
    assert corners[0].x() == tail.center().x()
    assert corners[0].y() > tail.bottom()
    end = corners[-1]
    assert abs(end.x() - scene.backends.pool_box.left()) <= 2
    assert scene.backends.pool_box.top() < end.y() < scene.backends.pool_box.bottom()


@pytest.mark.parametrize("pool", [{"refusing": True}, {"enabled": False}])
def test_it_leads_to_the_swapfile_where_the_pool_takes_nothing(pool):
    scene = scene_of(**pool)
    corners, colour = way(scene)
    slots = next(field.box for field in scene.backends.fields if field.thing is Thing.SLOT)
    assert colour == "disk"
    assert slots.top() < corners[-1].y() < slots.bottom()


@pytest.mark.parametrize(("depth", "size"), [(Depth.STORY, (1312, 640)), (Depth.KERNEL, (1312, 640)),
                                             (Depth.MECHANISM, (520, 640))])  # fmt: skip
def test_elsewhere_there_is_none(depth, size):
    scene = scene_of(depth, size)
    assert way(scene)[0] == []
    blank = QImage(1312, 640, QImage.Format.Format_RGB32)
    blank.fill(0)
    painter = QPainter(blank)
    paint_way(painter, scene, Style.now(1.0))
    painter.end()
    assert blank.pixel(0, 0) == blank.pixel(700, 300)
