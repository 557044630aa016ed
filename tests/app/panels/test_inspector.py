from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from app import theme
from app.moment import Selected, Thing
from app.panels.bitstrip import field_text
from app.panels.inspector import InspectorPanel
from engine.columns import address
from engine.mm import image as im
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built


@pytest.fixture
def two_pages():
    """Page 5 of process 1 in zswap, page 6 in memory."""
    built = Built(SWAP_DESC)
    built.entry = built.swapped((1, 5), length=1612)
    built.page_frame = built.frame((1, 6), active=True)
    return built


def shown_rows(panel):
    return {row.label.text(): row for row in panel.chain.rows if not row.isHidden()}


def test_nothing_selected_says_what_to_do(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages))
    assert panel.empty.isVisible()
    assert "Click a page" in panel.empty.text
    panel.copy_text()


def test_a_swapped_page_is_read_bit_by_bit(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    assert not panel.empty.isVisible()
    assert panel.title.text() == "editor page 5"
    assert panel.state.text() == "not present"
    assert panel.hex.text() == "0x07fffffffffffc00"
    assert [field.name for field in panel.strip.word.fields] == ["type", "~offset", "", "", "E", "F", "SD", "P"]
    assert "~offset = 1" in panel.strip.accessibleDescription()
    rows = shown_rows(panel)
    assert {"swap id", "→ descriptor", "→ zswap entry", "zswap LRU", "content", "region"} <= set(rows)
    assert "count 1 · no swapcache" in rows["→ descriptor"].value.text()


def test_a_link_selects_what_it_names(show, moment_of, two_pages, qtbot):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    value = shown_rows(panel)["→ descriptor"].value
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.mouseClick(value, Qt.MouseButton.LeftButton, pos=QPoint(8, value.height() // 2))
    assert heard.args == [(Selected(Thing.DESC, two_pages.entry),)]
    panel.show_moment(moment_of(two_pages, *heard.args[0]))
    assert panel.title.text() == f"descriptor {two_pages.entry}"
    with qtbot.waitSignal(panel.selected) as back:
        shown_rows(panel)["← held by"].value.linkActivated.emit("go")
    assert back.args == [(Selected(Thing.PAGE, 5, 1),)]


def test_links_can_be_followed_by_keys(show, moment_of, two_pages, qtbot):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 6, 1)))
    value = shown_rows(panel)["→ frame"].value
    assert value.focusPolicy() == Qt.FocusPolicy.TabFocus
    value.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(value, Qt.Key.Key_Tab)
    value.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(panel.selected) as heard:
        qtbot.keyClick(value, Qt.Key.Key_Return)
    assert heard.args == [(Selected(Thing.FRAME, two_pages.page_frame),)]


def test_what_the_transition_wrote_is_highlighted(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    chosen = Selected(Thing.PAGE, 5, 1)
    panel.show_moment(moment_of(two_pages, chosen))
    assert not any(row.changed for row in panel.chain.rows)
    wrote = frozenset({address(two_pages.view, im.DESC_BACKEND, two_pages.entry)})
    panel.show_moment(moment_of(two_pages, chosen, changed=wrote))
    assert [row.label.text() for row in panel.chain.rows if row.changed and not row.isHidden()] == ["→ zswap entry"]
    assert not panel.strip.changed
    assert shown_rows(panel)["→ zswap entry"].value.accessibleName().endswith("changed")
    panel.show_moment(moment_of(two_pages, chosen, changed=frozenset({address(two_pages.view, im.PTE, 5)})))
    assert panel.strip.changed
    assert [row.label.text() for row in panel.chain.rows if row.changed and not row.isHidden()] == ["swap id"]


def test_it_follows_the_page_as_it_changes(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    chosen = Selected(Thing.PAGE, 5, 1)
    panel.show_moment(moment_of(two_pages, chosen))
    two_pages.frame((1, 5))
    panel.show_moment(moment_of(two_pages, chosen))
    assert panel.state.text() == "present"
    assert panel.strip.word.field("P").value == 1
    assert "→ descriptor" not in shown_rows(panel)


def test_a_field_of_the_strip_is_explained_by_click_and_key(show, moment_of, two_pages, qtbot):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    strip = panel.strip
    boxes = strip.boxes()
    assert len(boxes) == 8
    assert boxes[-1].right() <= strip.width()
    assert all(left.right() <= right.left() for left, right in itertools.pairwise(boxes))
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=boxes[4].center().toPoint())
    assert panel.detail.text() == field_text(strip.word.fields[4])
    assert "_PAGE_SWP_EXCLUSIVE" in panel.detail.text()
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert "_PAGE_SWP_UFFD_WP" in panel.detail.text()
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert "__swp_type" in panel.detail.text()
    qtbot.keyClick(strip, Qt.Key.Key_End)
    assert "_PAGE_PRESENT" in panel.detail.text()


def test_every_bit_and_every_column_can_be_unfolded(show, moment_of, two_pages, qtbot):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.DESC, two_pages.entry)))
    assert not panel.columns.isVisible()
    qtbot.mouseClick(panel.columns_fold.button, Qt.MouseButton.LeftButton)
    assert panel.columns.isVisible()
    labels = [row.label.text() for row in panel.columns.rows if row.isVisible()]
    assert labels == [column.name for column in im.desc.columns]
    qtbot.mouseClick(panel.bits_fold.button, Qt.MouseButton.LeftButton)
    assert [row.label.text() for row in panel.bits.rows if row.isVisible()] == ["bits 63–3", "bits 2–0"]


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_every_kind_of_thing_is_shown(show, moment_of, design):
    built = Built(design, shmem=4)
    built.swapped((1, 5), to="zswap")
    built.swapped((1, 6), to="disk")
    built.frame((1, 7), shmem=(1,))
    panel = show(InspectorPanel())
    titles = []
    for chosen in (Selected(Thing.PAGE, 5, 1), Selected(Thing.SHMEM, 1, 1), Selected(Thing.FRAME, 1),
                   Selected(Thing.DESC, 1), Selected(Thing.ZSWAP, 1), Selected(Thing.SLOT, 1, 0)):  # fmt: skip
        panel.show_moment(moment_of(built, chosen))
        titles.append(panel.title.text())
        assert panel.strip.word.bits == sum(field.width for field in panel.strip.word.fields)
    assert len(set(titles)) == 6


def test_a_thing_that_is_not_there_any_more(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5000, 1)))
    assert panel.empty.isVisible()
    assert "5000 is not there" in panel.empty.text


def test_copy_gives_all_of_it_as_text(show, moment_of, two_pages, qtbot):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("editor page 5\n")
    assert panel.description.word.hex in text
    assert "→ zswap entry\t#1 · 1 612 B" in text


def test_the_images_are_named_by_whoever_knows_them(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    two_pages.put(im.PAGE_CONTENT, two_pages.page_frame, 1)
    extras = {"image_text": lambda image: f"heap page v{image} · checksum 9c1e"}
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 6, 1), extras=extras))
    assert shown_rows(panel)["content"].value.text() == "heap page v1 · checksum 9c1e"


def test_it_waits_with_drawing_until_it_is_on_screen(qtbot, show, moment_of, two_pages):
    panel = InspectorPanel()
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    assert panel.title.text() == ""
    show(panel)
    assert panel.title.text() == "editor page 5"


def test_links_take_the_colours_of_the_other_theme(show, moment_of, two_pages):
    panel = show(InspectorPanel())
    panel.show_moment(moment_of(two_pages, Selected(Thing.PAGE, 5, 1)))
    try:
        for chosen in ("light", "dark"):
            theme.switch().choose(chosen)
            assert theme.current().disk in shown_rows(panel)["→ descriptor"].value.text()
    finally:
        theme.switch().choose("dark")
