"""The card under the page tables: which page it is about, and what it says of it."""

import pytest
from PySide6.QtCore import QPoint

from app.canvas.entry_card import EntryCard, shortened, subject
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.mm import transitions as tr
from engine.operation import Op, encode
from engine.reading import PageState, chain
from tests.app.canvas.fixtures import centre_of, moment_of, page_in
from tests.engine.reading.built import SWAP_DESC, Built, populated


def chosen(moment):
    return subject(moment, chain(moment.view, moment.selection[0]) if moment.selection else None)


def test_the_page_that_is_selected():
    built = populated(SWAP_DESC)
    page = page_in(built, PageState.ZSWAP)
    assert chosen(moment_of(built, selection=(page,))) == page


def test_the_first_page_of_whatever_is_selected():
    built = Built(SWAP_DESC)
    entry = built.swapped((1, 5), (2, 7), to="zswap")
    assert chosen(moment_of(built, selection=(Selected(Thing.DESC, entry),))) == Selected(Thing.PAGE, 5, 1)
    assert chosen(moment_of(built, selection=(Selected(Thing.ZSWAP, 1),))) == Selected(Thing.PAGE, 5, 1)
    assert chosen(moment_of(built, selection=(Selected(Thing.SLOT, 3, 0),))) is None


@pytest.mark.parametrize("design", [0, 1])
def test_the_page_of_the_transition(design):
    built = Built(design)
    entry = built.swapped((1, 5), to="disk", offset=4)
    frame = built.frame((2, 9))
    assert chosen(moment_of(built, 3, tr.FAULT, (2 << 32 | 11, 0, 0))) == Selected(Thing.PAGE, 11, 2)
    assert chosen(moment_of(built, 3, tr.ZSWAP_STORE, (entry, 1, 1000))) == Selected(Thing.PAGE, 5, 1)
    assert chosen(moment_of(built, 3, tr.KEEP, (frame, 0, 0))) == Selected(Thing.PAGE, 9, 2)


def test_else_the_page_of_the_reference_under_way_but_not_on_a_branch():
    built = Built(SWAP_DESC)
    built.program = built.program.with_ops([encode(Op.READ, who=0, value=8)])
    assert chosen(moment_of(built, 3, tr.KSWAPD_SLEEP, (20, 8, 0))) == Selected(Thing.PAGE, 8, 1)
    assert chosen(moment_of(built, 3, tr.KSWAPD_SLEEP, (20, 8, 0), branch="what if")) is None


def test_at_full_speed_only_what_is_selected():
    built = populated(SWAP_DESC)
    fast = {"playing": True, "skipping": True}
    assert chosen(moment_of(built, 3, tr.FAULT, (2 << 32 | 11, 0, 0), **fast)) is None
    page = page_in(built, PageState.ZSWAP)
    assert chosen(moment_of(built, 3, tr.FAULT, (2 << 32 | 11, 0, 0), selection=(page,), **fast)) == page


def test_it_follows_clicks(qtbot, canvas):
    from PySide6.QtCore import Qt

    built = populated(SWAP_DESC)
    canvas.resize(1680, 760)
    canvas.show_moment(moment_of(built))
    assert not canvas.scene.entry_box.isEmpty()
    assert canvas.entry.told is None
    for state, said in ((PageState.ZSWAP, "not present"), (PageState.INACTIVE, "present")):
        page = page_in(built, state)
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=centre_of(canvas, page))
        assert canvas.entry.about == page
        assert canvas.entry.told.state == said
        assert not canvas.grab().isNull()
        assert canvas.entry.told.word.summary in canvas.entry.tip()


def test_a_page_that_is_not_there_leaves_it_empty():
    card = EntryCard()
    card.tell(moment_of(populated()), Selected(Thing.PAGE, 10**6, 1))
    assert card.told is None
    assert "bit by bit" in card.tip()


def test_parts_go_before_a_text_is_cut(qapp):
    style = Style.now(1.0)
    text = "heap page 4 of 48 · LZ4 1 612 B · checksum 9c1e"
    whole = style.width(text, 10.5, mono=True)
    assert shortened(text, whole + 1, style, content=True) == text
    assert shortened(text, whole - 1, style, content=True) == "heap page 4 of 48 · checksum 9c1e"
    assert shortened(text, whole - 1, style) == "heap page 4 of 48 · LZ4 1 612 B"
    assert shortened("on no list now: reclaim works on it", 120, style) == "on no list now"


@pytest.mark.parametrize(("state", "thing"), [(PageState.ZSWAP, Thing.ZSWAP), (PageState.DISK, Thing.SLOT),
                                          (PageState.INACTIVE, Thing.FRAME)])  # fmt: skip
def test_a_line_leads_to_what_it_names_and_the_card_stays(qtbot, canvas, state, thing):
    from PySide6.QtCore import Qt

    built = populated(SWAP_DESC)
    canvas.resize(1680, 760)
    page = page_in(built, state)
    canvas.show_moment(moment_of(built, selection=(page,)))
    box, style = canvas.scene.entry_box, canvas.scene.columns[0].style
    lines = [line for line, row, _ in canvas.entry._lines(box, style) if row.ref and row.ref.thing == thing]
    assert len(lines) == 1
    point = lines[0].center().toPoint()
    qtbot.mouseMove(canvas, QPoint(1, 1))
    qtbot.mouseMove(canvas, point)
    assert canvas.cursor().shape() is Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    assert [one.thing for one in canvas.selection] == [thing]
    assert canvas.entry.about == page
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=box.topLeft().toPoint() + QPoint(20, 10))
    assert [one.thing for one in canvas.selection] == [thing], "what stands on the card is no empty place"
