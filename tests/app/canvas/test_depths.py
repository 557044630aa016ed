"""Three depths of the same machine: the same things, the same selection, the same colours."""

import numpy as np
import pytest

from app.canvas import Depth
from app.canvas.scene import COLUMNS
from app.moment import Selected, Thing
from engine.reading import PageState, chain
from tests.app.canvas.fixtures import centre_of, page_in

EVERY = pytest.mark.parametrize("depth", list(Depth))


@EVERY
def test_every_thing_is_found_where_it_is_drawn(shown, depth):
    shown.detail = depth
    tried = 0
    for column in shown.scene.columns:
        for field in column.fields:
            for index in range(field.count):
                thing, rect = field.selected(index), field.rect(index)
                if thing is not None and field.level.per == 1 and column.view_of(field).contains(rect):
                    assert field.at(rect.center()) == thing
                    assert column.at(rect.center()) == thing
                    tried += 1
    assert tried > 200


@EVERY
def test_nothing_is_drawn_over_anything_else(shown, depth):
    shown.detail = depth
    for column in shown.scene.columns:
        for one in column.fields:
            assert one.box.left() >= column.box.left()
            assert one.box.right() <= column.box.right()
            assert not any(one.box.intersects(other.box) for other in column.fields if other is not one)


def test_the_selection_stays_when_the_depth_changes(qtbot, shown, built):
    page = page_in(built, PageState.ZSWAP)
    qtbot.mouseClick(shown, _left(), pos=centre_of(shown, page))
    outlined = set(shown.lit.things)
    for depth in (Depth.KERNEL, Depth.STORY, Depth.MECHANISM):
        shown.detail = depth
        assert shown.selection == (page,)
        assert set(shown.lit.things) == outlined
        entry = Selected(Thing.ZSWAP, chain(built.view, page).zswap)
        assert shown.scene.place(entry) is not None
        assert not shown.grab().isNull()


def _left():
    from PySide6.QtCore import Qt

    return Qt.MouseButton.LeftButton


def test_the_story_has_no_page_tables_and_the_kernel_has_two_columns_of_backends(shown):
    shown.detail = Depth.STORY
    assert shown.scene.tables is None
    assert shown.scene.descriptors is None
    shown.detail = Depth.KERNEL
    assert len(shown.scene.columns) == len(COLUMNS[Depth.KERNEL]) == 5


def test_a_frame_has_the_same_state_at_every_depth(shown, built):
    seen = []
    for depth in Depth:
        shown.detail = depth
        states = {}
        for field in shown.scene.memory.fields:
            for index in range(field.count):
                thing = field.selected(index)
                if field.thing is Thing.FRAME and thing is not None:
                    states[thing.number] = int(field.sprites[index])
        seen.append(states)
    story, mechanism, kernel = seen
    assert mechanism == kernel
    assert {number: story[number] for number in mechanism} == mechanism


def test_each_depth_remembers_how_it_was_looked_at(shown):
    shown.zoom(0, 3)
    shown.detail = Depth.KERNEL
    assert shown.zoom_of(0) == 0
    shown.detail = Depth.MECHANISM
    assert shown.zoom_of(0) == 3


def test_tab_goes_through_all_columns_of_a_depth(qtbot, shown):
    from PySide6.QtCore import Qt

    shown.detail = Depth.KERNEL
    shown.setFocus()
    seen = []
    for _ in range(5):
        qtbot.keyClick(shown, Qt.Key.Key_Tab)
        seen.append(shown.walk.column)
    assert seen == [0, 1, 2, 3, 4]


def test_screen_readers_find_a_child_for_each_column(shown):
    from PySide6.QtGui import QAccessible

    shown.detail = Depth.KERNEL
    children = [child for child in shown.voices.children if not child.isHidden()]
    assert [child.accessibleName() for child in children] == [column.name for column in shown.scene.columns]
    assert all(child.accessibleName() for child in children)
    assert "RSS" in children[0].accessibleDescription()
    found = QAccessible.queryAccessibleInterface(shown)
    names = [found.child(place).text(QAccessible.Text.Name) for place in range(found.childCount())]
    assert set(names) >= {column.name for column in shown.scene.columns}
    shown.detail = Depth.STORY
    assert sum(not child.isHidden() for child in shown.voices.children) == 3


@EVERY
def test_every_depth_can_be_drawn_small_and_large(canvas, built, depth):
    from app import theme
    from tests.app.canvas.fixtures import moment_of

    canvas.detail = depth
    canvas.show_moment(moment_of(built))
    for size, scale in (((640, 360), 0.75), ((900, 420), 2.0), ((2600, 1300), 1.0)):
        theme.switch().resize_type(scale)
        canvas.resize(*size)
        picture = canvas.grab().toImage()
        assert not picture.isNull()
    theme.switch().resize_type(1.0)
    assert np.isfinite(canvas.scene.columns[0].height_needed)
