"""Bands, ranges, panning and the map at the edge, by the mouse."""

import pytest
from PySide6.QtCore import QPoint, Qt

from app.canvas import Depth
from app.moment import Selected, Thing
from engine.reading import PageState
from tests.app.canvas.fixtures import centre_of, moment_of, page_in
from tests.engine.reading.built import SWAP_DESC, Built

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def drag(qtbot, canvas, start, end, button=LEFT, keys=NO_KEYS):
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    qtbot.mousePress(canvas, button, keys, start)
    for share in (0.3, 0.6, 1.0):
        point = QPointF(start + (end - start) * share)
        where = canvas.mapToGlobal(point)
        move = QMouseEvent(QEvent.Type.MouseMove, point, where, Qt.MouseButton.NoButton, button, keys)
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, button, keys, end)


def test_a_band_selects_what_it_touches_and_only_that(qtbot, shown):
    first, last = (shown.scene.place(Selected(Thing.PAGE, page, 1)) for page in (0, 2))
    with qtbot.waitSignal(shown.selected, check_params_cb=lambda things: len(things) > 1) as said:
        # From the ground left of the first cell, so that the press itself selects nothing.
        drag(qtbot, shown, first.topLeft().toPoint() - QPoint(4, 4), last.center().toPoint())
    assert said.args[0] == tuple(Selected(Thing.PAGE, page, 1) for page in range(3))
    assert shown.pointer.band.isEmpty(), "the band is gone once the button is up"


def test_a_band_with_control_adds(qtbot, shown, built):
    other = page_in(built, PageState.ACTIVE, process=2)
    qtbot.mouseClick(shown, LEFT, NO_KEYS, centre_of(shown, other))
    first = shown.scene.place(Selected(Thing.PAGE, 0, 1))
    drag(qtbot, shown, first.topLeft().toPoint() - QPoint(4, 4), first.center().toPoint(),
         keys=Qt.KeyboardModifier.ControlModifier)  # fmt: skip
    assert shown.selection == (other, Selected(Thing.PAGE, 0, 1))


def test_shift_selects_up_to_the_thing_clicked(qtbot, shown):
    qtbot.mouseClick(shown, LEFT, NO_KEYS, centre_of(shown, Selected(Thing.PAGE, 3, 1)))
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(shown, LEFT, shift, centre_of(shown, Selected(Thing.PAGE, 7, 1)))
    assert set(shown.selection) == {Selected(Thing.PAGE, page, 1) for page in range(3, 8)}
    assert all(thing in shown.lit.things for thing in shown.selection)


def test_a_hair_of_movement_is_still_a_click(qtbot, shown):
    page = Selected(Thing.PAGE, 3, 1)
    point = centre_of(shown, page)
    drag(qtbot, shown, point, point + QPoint(2, 1))
    assert shown.selection == (page,)


@pytest.fixture
def tall(canvas):
    canvas.show_moment(moment_of(Built(SWAP_DESC, pages=(30_000,))))
    canvas.zoom(0, 12)
    return canvas


def test_the_middle_button_pans(qtbot, tall):
    start = tall.scene.tables.window.center().toPoint()
    assert tall._looks[0].scroll == 0
    drag(qtbot, tall, start, start - QPoint(0, 120), MIDDLE)
    assert tall._looks[0].scroll == pytest.approx(120, abs=1)
    drag(qtbot, tall, start, start + QPoint(0, 500), MIDDLE)
    assert tall._looks[0].scroll == 0, "not past the top"


def test_the_map_at_the_edge_leads_anywhere(qtbot, tall):
    column = tall.scene.tables
    box = column.minimap().box
    qtbot.mouseClick(tall, LEFT, NO_KEYS, (box.bottomLeft() + QPoint(4, -2)).toPoint())
    assert tall._looks[0].scroll == pytest.approx(column.most_scroll, rel=0.05)
    seen = tall.scene.tables.minimap().seen
    assert seen.bottom() == pytest.approx(box.bottom(), abs=4)
    assert tall.selection == (), "a click on the map selects nothing"


def test_a_column_that_fits_has_no_map(shown):
    assert shown.scene.tables.most_scroll == 0
    assert not shown.pointer._on_map()


def test_the_thing_under_the_pointer_stays_there_when_zooming(tall):
    tall.scroll_to(0, 2000)
    point = tall.scene.tables.window.center()
    thing = tall.scene.at(point)
    before = tall.scene.tables.raw(thing).center().y()
    tall.zoom(0, 3, point)
    assert tall.scene.tables.raw(thing).center().y() == pytest.approx(before, abs=2)


def test_zoom_goes_to_the_bits_of_one_entry_and_back_to_all_of_them(shown, built):
    page = page_in(built, PageState.DISK)
    shown.choose((page,))
    shown.zoom(0, 100)
    assert shown.scene.tables.visible(page)
    assert shown.scene.tables.fields[0].level.columns == 1
    assert shown.scene.tables.fields[0].level.words
    assert not shown.grab().isNull()
    at_most = shown.zoom_of(0)
    shown.zoom(0, 1)
    assert shown.zoom_of(0) == at_most, "there is nothing closer"
    shown.fit()
    assert shown.zoom_of(0) == 0
    assert shown.scene.tables.most_scroll == 0


@pytest.mark.parametrize("depth", list(Depth))
def test_fit_brings_all_into_sight_at_every_depth(shown, depth):
    shown.detail = depth
    for place in range(len(shown.scene.columns)):
        shown.zoom(place, 4)
    shown.fit()
    assert [column.most_scroll for column in shown.scene.columns] == [0] * len(shown.scene.columns)
