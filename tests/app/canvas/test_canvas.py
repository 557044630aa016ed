"""The canvas by mouse, wheel and keys."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app import theme
from app.canvas import Amount, MachineCanvas
from app.moment import Selected, Thing
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.reading import PageState, chain, inactive_list
from tests.app.canvas.fixtures import centre_of, moment_of, page_in
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated

NO_KEYS = Qt.KeyboardModifier.NoModifier


def click(qtbot, canvas, thing, modifier=NO_KEYS):
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, modifier, centre_of(canvas, thing))


def turn(canvas, point, steps, modifier=NO_KEYS):
    event = QWheelEvent(
        QPointF(point), QPointF(canvas.mapToGlobal(point)), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_without_a_moment_it_says_what_to_do(canvas):
    assert not canvas.grab().isNull()
    assert canvas.description() == ""
    canvas.copy()


@pytest.mark.parametrize("state", [PageState.ACTIVE, PageState.INACTIVE, PageState.ZSWAP, PageState.DISK])
def test_a_click_selects_and_lights_the_whole_chain(qtbot, shown, built, state):
    page = page_in(built, state)
    with qtbot.waitSignal(shown.selected) as said:
        click(qtbot, shown, page)
    assert said.args[0] == (page,)
    outlined = {(thing.thing, thing.owner, thing.number) for thing in shown.lit.things}
    assert outlined == {(place.thing, place.owner, place.number) for place in chain(built.view, page).places()}
    assert shown.lit.links, "curves along the chain"
    assert all(not link.path.isEmpty() for link in shown.lit.links)


def test_the_chain_is_the_same_from_the_backend_back(qtbot, shown, built):
    page = page_in(built, PageState.ZSWAP)
    click(qtbot, shown, page)
    from_page = set(shown.lit.things)
    click(qtbot, shown, Selected(Thing.ZSWAP, chain(built.view, page).zswap))
    assert set(shown.lit.things) == from_page


def test_curves_start_at_the_entry_and_end_at_the_backend(qtbot, shown, built):
    page = page_in(built, PageState.DISK)
    click(qtbot, shown, page)
    found = chain(built.view, page)
    first, last = shown.lit.links[0].path, shown.lit.links[-1].path
    assert shown.scene.place(page).adjusted(-1, -1, 1, 1).contains(first.pointAtPercent(0))
    assert shown.scene.name_of(found.entry).adjusted(-1, -1, 1, 1).contains(first.pointAtPercent(1))
    assert shown.scene.slot(found.slot).adjusted(-1, -1, 1, 1).contains(last.pointAtPercent(1))


def test_todays_page_in_zswap_also_leads_to_the_slot_that_is_held_for_it(qtbot, canvas):
    built = populated(LEGACY)
    canvas.show_moment(moment_of(built))
    click(qtbot, canvas, page_in(built, PageState.ZSWAP))
    assert [link.dashed for link in canvas.lit.links] == [False, False, True]


def test_control_adds_and_takes_away_and_a_click_on_nothing_clears(qtbot, shown, built):
    one, other = page_in(built, PageState.ZSWAP), page_in(built, PageState.DISK)
    control = Qt.KeyboardModifier.ControlModifier
    click(qtbot, shown, one)
    click(qtbot, shown, other, control)
    assert shown._selection == (one, other)
    click(qtbot, shown, one, control)
    assert shown._selection == (other,)
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=QPoint(20, 15))
    assert shown._selection == ()
    assert shown.lit.things == [] == shown.lit.links


def test_selection_comes_with_the_moment(shown, built):
    page = page_in(built, PageState.DISK)
    shown.show_moment(moment_of(built, 2, selection=(page,)))
    assert page in shown.lit.things
    shown.show_moment(moment_of(built, 3))
    assert not shown.lit.things


def test_the_same_moment_with_another_selection_is_not_read_again(shown, built, monkeypatch):
    from dataclasses import replace

    moment = moment_of(built, 2)
    shown.show_moment(moment)
    monkeypatch.setattr("app.canvas.canvas.facts_of", lambda _moment: pytest.fail("read again"))
    shown.show_moment(replace(moment, selection=(page_in(built, PageState.DISK),)))
    assert len(shown.lit.things) > 1


def test_tab_goes_through_the_columns_and_out(qtbot, shown):
    shown.setFocus()
    owners = []
    for _ in range(4):
        qtbot.keyClick(shown, Qt.Key.Key_Tab)
        owners.append(shown.walk.column)
        assert shown.scene.columns[shown.walk.column].find(shown._selection[0])
    assert owners == [0, 1, 2, 3]
    qtbot.keyClick(shown, Qt.Key.Key_Backtab)
    assert shown.walk.column == 2
    qtbot.keyClick(shown, Qt.Key.Key_Tab)
    qtbot.keyClick(shown, Qt.Key.Key_Tab)
    assert not shown.walk.walking, "past the last column the next widget has the turn"


def test_arrows_move_the_selection_once_tab_or_return_came_here(qtbot, shown, built):
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert shown._selection == (Selected(Thing.PAGE, 0, 1),)
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert shown._selection == (Selected(Thing.PAGE, 1, 1),)
    columns = shown.scene.tables.fields[0].level.columns
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert shown._selection == (Selected(Thing.PAGE, 1 + columns, 1),)
    for _ in range(96 // columns):
        qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert shown._selection[0].owner == 2, "and on into the next process"
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert shown._selection == ()


def test_arrows_belong_to_the_window_after_a_click(qtbot, shown, built):
    """A person who clicked a page steps the run with the arrows and watches it."""
    shown.setFocus()
    click(qtbot, shown, page_in(built, PageState.ZSWAP))
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    override.ignore()
    shown.event(override)
    assert not override.isAccepted()
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    override.ignore()
    shown.event(override)
    assert override.isAccepted()


def test_arrows_follow_the_lru_list(qtbot, shown, built):
    frames = inactive_list(built.view).tolist()
    click(qtbot, shown, Selected(Thing.FRAME, frames[0]))
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    qtbot.keyClick(shown, Qt.Key.Key_Right)
    assert shown._selection == (Selected(Thing.FRAME, frames[1]),)


def test_copy_puts_the_facts_into_the_clipboard(qtbot, shown, built):
    shown.setFocus()
    page = page_in(built, PageState.ZSWAP)
    click(qtbot, shown, page)
    qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert f"page: editor page {page.number}\n" in text
    assert "state: not present\n" in text
    assert f"zswap entry: #{chain(built.view, page).zswap} · " in text


def test_hover_tells_everything(qtbot, shown, built):
    page = page_in(built, PageState.DISK)
    point = centre_of(shown, page)
    QApplication.sendEvent(shown, QHelpEvent(QEvent.Type.ToolTip, point, shown.mapToGlobal(point)))
    assert f"editor page {page.number}" in QToolTip.text()
    assert "slot" in QToolTip.text()
    assert "0x07ffff" in QToolTip.text(), "the word in the page table"
    box = shown.scene.backends.pool_box
    point = QPoint(int(box.left()) + 3, int(box.top()) + 3)
    QApplication.sendEvent(shown, QHelpEvent(QEvent.Type.ToolTip, point, shown.mapToGlobal(point)))
    assert "Limit" in QToolTip.text()
    QToolTip.hideText()


def test_the_pointer_shows_what_can_be_clicked(qtbot, shown, built):
    page = page_in(built, PageState.DISK)
    point = QPointF(centre_of(shown, page))
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, point, shown.mapToGlobal(point), none, none, NO_KEYS)
    QApplication.sendEvent(shown, moved)
    assert shown._hovered == page
    assert shown.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    assert shown._hovered is None


def test_control_and_wheel_zoom_a_column_and_the_wheel_scrolls_it(canvas):
    canvas.show_moment(moment_of(Built(SWAP_DESC, pages=(30_000,))))
    point = canvas.scene.tables.fields[0].box.center().toPoint()
    before = canvas.scene.tables.fields[0].level
    turn(canvas, point, 1)
    assert canvas._looks[0].scroll == 0, "nothing to scroll while everything fits"
    for _ in range(6):
        turn(canvas, point, 1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom_of(0) == 6
    assert canvas.scene.tables.fields[0].level.pitch > before.pitch
    assert canvas.zoom_of(1) == canvas.zoom_of(3) == 0
    scrolled = canvas._looks[0].scroll
    turn(canvas, point, -2)
    assert canvas._looks[0].scroll > scrolled
    for _ in range(9):
        turn(canvas, point, -1, Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom_of(0) == 0
    assert canvas.scene.tables.fields[0].level == before


def test_keys_bring_into_sight_what_is_scrolled_away(qtbot, canvas):
    built = Built(SWAP_DESC, pages=(30_000,))
    canvas.show_moment(moment_of(built))
    canvas.setFocus()
    canvas.zoom(0, 30)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    for _ in range(40):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.scene.tables.visible(canvas._selection[0])
    assert canvas._looks[0].scroll > 0


def test_legend_can_be_hidden(shown):
    height = shown.scene.columns[0].box.height()
    shown.legend_visible = False
    assert shown.scene.columns[0].box.height() > height
    shown.legend_visible = True
    assert shown.scene.columns[0].box.height() == height


def test_what_a_transition_changed_is_highlighted(canvas):
    built = Built(SWAP_DESC)
    frame = built.frame((1, 4))
    built.swapped((1, 6), to="zswap")
    layout, view = built.layout, built.view
    addresses = frozenset({
        layout.base["pte"] + 6, layout.base["page"] + frame * im.page.width + (im.PAGE_FLAGS & 0xFF),
        layout.base["page"] + frame * im.page.width + (im.PAGE_NEXT & 0xFF), im.NOW,
        layout.base["desc"] + im.desc.width + (im.DESC_BACKEND & 0xFF),
    })  # fmt: skip
    canvas.show_moment(moment_of(built, changed=addresses))
    assert set(canvas._changed) == {
        Selected(Thing.PAGE, 6, 1), Selected(Thing.FRAME, frame), Selected(Thing.DESC, 1),
    }  # fmt: skip
    canvas.show_moment(moment_of(built, 2, changed=frozenset({frame_link(layout, frame)})))
    assert canvas._changed == (), "links of lists change as a side effect"
    assert view is not None


def frame_link(layout, frame):
    return layout.base["page"] + frame * im.page.width + (im.PAGE_PREV & 0xFF)


def test_the_page_a_reference_is_about_is_highlighted_even_if_nothing_changed(shown, built):
    page = page_in(built, PageState.ACTIVE)
    shown.show_moment(moment_of(built, 2, tr.HIT, (page.owner << 32 | page.number, 1, 0)))
    assert shown._changed == (page,)


def test_theme_and_type_size_are_followed(shown):
    before = shown.grab().toImage()
    pitch = shown.scene.columns[0].style.px(10)
    theme.switch().choose("light")
    light = shown.grab().toImage()
    theme.switch().resize_type(1.5)
    larger = shown.scene.columns[0].style.px(10)
    theme.switch().resize_type(1.0)
    theme.switch().choose("dark")
    assert light != before
    assert larger == 1.5 * pitch
    assert shown.grab().toImage() == before


@pytest.mark.parametrize("size", [(640, 360), (200, 90), (2600, 1300)])
@pytest.mark.parametrize("scale", [0.75, 2.5])
def test_any_size_can_be_drawn(canvas, built, size, scale):
    theme.switch().resize_type(scale)
    try:
        canvas.setMinimumSize(1, 1)
        canvas.resize(*size)
        canvas.show_moment(moment_of(built))
        assert not canvas.grab().isNull()
    finally:
        theme.switch().resize_type(1.0)


def test_it_says_itself_to_a_screen_reader(shown, built, qtbot):
    assert shown.accessibleName() == "The machine"
    assert shown.accessibleDescription() == "Something happens."
    click(qtbot, shown, page_in(built, PageState.ZSWAP))
    assert "zswap entry" in shown.accessibleDescription()


def test_a_machine_with_nothing_in_it(canvas):
    built = Built(SWAP_DESC, pages=(), slots=(), frames=8)
    canvas.show_moment(moment_of(built))
    assert not canvas.grab().isNull()
    canvas.setFocus()
    canvas.clear()
    assert canvas.scene is None
    assert not canvas.grab().isNull()


def test_another_run_starts_with_its_own_view(canvas):
    canvas.show_moment(moment_of(Built(SWAP_DESC, pages=(30_000,)), epoch=1))
    canvas.zoom(0, 3)
    canvas.show_moment(moment_of(populated(), epoch=2))
    assert canvas.zoom_of(0) == 0


def test_amount_of_motion_is_an_attribute(canvas):
    assert canvas.amount is Amount.FULL
    canvas.amount = "none"
    assert canvas.amount is Amount.NONE
    assert MachineCanvas.selected is not None
