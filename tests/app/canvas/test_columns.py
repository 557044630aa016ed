"""Where things are drawn, and that what is drawn at a point is found there."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas.column import Column
from app.canvas.facts import ORDERED_FRAMES, read
from app.canvas.places import Viewpoint
from app.canvas.scene import Scene
from app.canvas.style import Style
from app.moment import Selected, Thing
from engine.mm import image as im
from engine.mm import transitions as tr
from engine.reading import PageState, inactive_list, zswap_lru
from tests.app.canvas.fixtures import moment_of, page_in
from tests.engine.reading.built import LEGACY, SWAP_DESC, Built, populated


def scene_of(built, width=1312, height=640, looks=None, ratio=1.0):
    return Scene.of(read(moment_of(built)), QRectF(0, 0, width, height), Style.now(ratio), looks or [Viewpoint()] * 4)


@pytest.fixture(autouse=True)
def _app(qapp):
    """Fonts need an application."""


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
@pytest.mark.parametrize("size", [(820, 420), (1312, 640), (1900, 900)])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_every_thing_is_found_where_it_is_drawn(design, size, ratio):
    scene = scene_of(populated(design), *size, ratio=ratio)
    tried = 0
    for column in scene.columns:
        for field in column.fields:
            for index in range(field.count):
                thing = field.selected(index)
                rect = field.rect(index)
                if thing is not None and field.level.per == 1 and column.view_of(field).contains(rect):
                    assert field.at(rect.center()) == thing
                    assert column.at(rect.center()) == thing
                    tried += 1
    assert tried > 300


def test_the_columns_do_not_overlap_and_hold_their_cells():
    scene = scene_of(populated())
    for left, right in zip(scene.columns, scene.columns[1:], strict=False):
        assert left.box.right() < right.box.left()
    for column in scene.columns:
        for field in column.fields:
            assert column.box.contains(field.box), (column.title, field.thing)
        for one in column.fields:
            assert not any(one.box.intersects(other.box) for other in column.fields if other is not one)


def test_nothing_is_found_between_the_columns_and_in_headings():
    scene = scene_of(populated())
    first = scene.columns[0]
    assert scene.at(QPointF(first.box.right() + 3, 200)) is None
    assert scene.at(first.box.topLeft() + QPointF(20, 20)) is None


def test_lru_lists_are_drawn_in_their_order():
    built = populated()
    scene = scene_of(built)
    frames = inactive_list(built.view).tolist()
    places = [scene.memory.place(Selected(Thing.FRAME, frame)) for frame in frames]
    assert places == sorted(places, key=lambda rect: (rect.top(), rect.left()))


def test_zswap_bars_are_as_high_as_what_they_hold_and_the_coldest_is_at_the_bottom_left():
    built = Built(SWAP_DESC, frames=64)
    for page, length in enumerate([800, 3200, 1600]):
        built.swapped((1, page), to="zswap", length=length)
    bars = scene_of(built).backends.bars
    heights = [bars.rect(index).height() for index in range(3)]
    assert heights[1] > 3 * heights[0] > heights[0] > 0
    assert heights[2] == pytest.approx(2 * heights[0], abs=2)
    assert bars.rect(0).left() < bars.rect(1).left() < bars.rect(2).left()
    assert bars.rect(0).bottom() == bars.rect(2).bottom()
    assert zswap_lru(built.view)[0] == bars.selected(0).number


def test_a_full_pool_reaches_its_limit():
    """The tank's level: pages of the pool against its limit, at the lines that are drawn."""
    built = Built(SWAP_DESC, frames=1000)
    built.set(im.POOL_PAGES, 200)
    backends = scene_of(built).backends
    assert backends._level_y(backends.pool_box, 200) == backends._level_y(backends.pool_box, backends.facts.pool.limit)
    assert backends.facts.pool.accept == 180


def test_what_an_empty_pool_is_for_is_told_where_it_does_not_meet_the_names_of_the_limits(monkeypatch):
    told = []
    monkeypatch.setattr(Column, "wrapped", lambda self, box, text, align, painter: told.append((self, box, text)))
    for width, height in ((1312, 640), (1312, 300), (640, 340), (640, 460), (420, 260)):
        scene = scene_of(Built(SWAP_DESC, frames=64, settings={"machine.zswap.enabled": 1}), width, height)
        paper = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(paper)
        scene.backends.paint(painter)
        painter.end()
    boxes = [(column, box) for column, box, text in told if text == "Compressed pages are kept here."]
    assert 1 <= len(boxes) < 5
    for column, box in boxes:
        assert box.top() >= column._level_y(column.pool_box, column.facts.pool.accept) + 16
        assert column.holds(box, "Compressed pages are kept here.")


def test_descriptors_or_the_slots_that_are_names():
    with_desc = scene_of(populated(SWAP_DESC))
    assert with_desc.descriptors.title == "SWAP DESCRIPTORS"
    assert {field.thing for field in with_desc.descriptors.fields} == {Thing.DESC}
    today = scene_of(populated(LEGACY))
    assert today.descriptors.title == "SWAP MAP"
    assert {field.thing for field in today.descriptors.fields} == {Thing.SLOT}


def test_todays_wasted_slots_are_counted():
    built = populated(LEGACY)
    facts = read(moment_of(built))
    held = int((facts.swapfiles[0].marks >> 1 == 2).sum())
    assert held == built.view.scalar(im.SLOTS_WASTED) == built.view.scalar(im.NR_STORED) > 0


@pytest.mark.parametrize("pages", [300, 12_000, 400_000])
def test_many_pages_become_a_map_and_all_of_them_stay_in_the_column(pages):
    scene = scene_of(Built(SWAP_DESC, pages=(pages,)))
    field = scene.tables.fields[0]
    assert field.shapes == (pages == 300)
    assert field.box.bottom() <= scene.tables.box.bottom()
    assert field.level.rows(pages) * field.level.columns * field.level.per >= pages
    assert scene.tables.place(Selected(Thing.PAGE, pages - 1, 1)) is not None


def test_zoom_brings_the_drawings_back_and_scrolls():
    built = Built(SWAP_DESC, pages=(30_000,))
    far = scene_of(built).tables
    near = scene_of(built, looks=[Viewpoint(zoom=20), Viewpoint(), Viewpoint(), Viewpoint()]).tables
    assert not far.fields[0].shapes
    assert far.most_scroll == 0
    assert near.fields[0].shapes
    assert near.most_scroll > 0
    last = Selected(Thing.PAGE, 29_999, 1)
    assert not near.visible(last)
    scrolled = scene_of(built, looks=[Viewpoint(20, near.scroll_to(last)), *[Viewpoint()] * 3]).tables
    assert scrolled.visible(last)
    assert near.clip.contains(near.place(last).center()), "what is scrolled away is held at the edge"


def test_very_many_frames_are_shown_by_number_with_the_end_of_the_list():
    built = Built(SWAP_DESC, pages=(4,), frames=ORDERED_FRAMES + 200)
    for place in range(ORDERED_FRAMES + 100):
        built.put(im.PAGE_FLAGS, place + 1, 4)
    built.set(im.NR_INACTIVE, ORDERED_FRAMES + 100)
    built.set(im.INACTIVE_TAIL, 7)
    built.put(im.PAGE_PREV, 7, 8)
    memory = scene_of(built).memory
    assert not memory.facts.memory.ordered
    tail, every = memory.fields
    assert tail.numbers.tolist() == [8, 7]
    assert every.count == ORDERED_FRAMES + 200
    assert every.selected(41).number == 42


def test_empty_states_say_what_would_be_there():
    words = []
    built = Built(SWAP_DESC, slots=(), settings={"machine.zswap.enabled": 0})
    scene = scene_of(built)
    for column in scene.columns:
        column.empty = lambda _box, text: words.append(text)
        column.lay_out()
    said = " ".join(words)
    assert "No swapfile: pages that zswap refuses must stay in memory." in said
    assert "zswap is off" in said
    assert "descriptor is allocated" in said
    assert "New pages come here" in said


def test_a_name_and_its_slot_are_two_places_today():
    built = populated(LEGACY)
    scene = scene_of(built)
    page = page_in(built, PageState.DISK)
    from engine.reading import chain

    slot = chain(built.view, page).slot
    assert scene.name_of(slot) != scene.slot(slot)
    assert scene.descriptors.box.contains(scene.name_of(slot))
    assert scene.backends.box.contains(scene.slot(slot))
    assert len(scene.places(Selected(Thing.SLOT, slot, 0))) == 2


def test_regions_are_named():
    facts = read(moment_of(populated()))
    assert [name for name, _, _ in facts.processes[0].regions] == ["heap", "stack"]
    assert np.asarray(facts.processes[0].marks).dtype == np.uint8


@pytest.mark.parametrize(
    ("offset", "pages", "window"), [(13, 8, range(8, 16)), (5, 4, range(4, 8)), (3, 8, range(1, 8))]
)
def test_the_readahead_window_is_outlined_while_it_is_read(offset, pages, window):
    built = Built(SWAP_DESC, slots=(40,), settings={"machine.readahead": 1})
    entry = built.swapped((1, 3), to="disk", offset=offset)
    built.set(im.RA_LAST_PAGES, pages)
    facts = read(moment_of(built, 4, tr.READ_AHEAD, (entry, 1, pages)))
    kind, first, count = facts.window
    assert (kind, range(first, first + count)) == (0, window)
    backends = Scene.of(facts, QRectF(0, 0, 1312, 640), Style.now(1.0), [Viewpoint()] * 4).backends
    boxes = backends.window_boxes()
    for slot in window:
        assert any(box.contains(backends.place(Selected(Thing.SLOT, slot, 0))) for box in boxes)
    assert not any(box.contains(backends.place(Selected(Thing.SLOT, window[-1] + 1, 0)).center()) for box in boxes)
    assert read(moment_of(built, 5, tr.FAULT, (1 << 32, 0, 0))).window[2] == 0


def test_vma_readahead_has_no_window_of_slots():
    built = Built(SWAP_DESC, slots=(40,), settings={"machine.readahead": 2})
    entry = built.swapped((1, 3), to="disk", offset=9)
    built.set(im.RA_LAST_PAGES, 8)
    assert read(moment_of(built, 4, tr.READ_AHEAD, (entry, 1, 8))).window[2] == 0


@pytest.mark.parametrize("design", [LEGACY, SWAP_DESC])
def test_what_is_zoomed_does_not_cover_what_stays(design):
    built = populated(design, pages=(700, 300), frames=300, slots=(1500,), shmem=0)
    looks = [Viewpoint(zoom=9, scroll=90)] * 4
    scene = scene_of(built, looks=looks)
    for column in scene.columns:
        for field in column.fields:
            if field.rolls and field.box.bottom() > column.window.bottom() + 20:
                below = QPointF(field.box.left() + 4, column.window.bottom() + 12)
                hit = column.at(below)
                assert hit is None or column.find(hit)[0] is not field
    descriptors = scene.descriptors
    assert descriptors.most_scroll > 0
    slab = descriptors.hints[-1].box
    assert not descriptors.window.intersects(slab)


@pytest.mark.parametrize(("free", "said"), [(4, "free · 4"), (-12, "free · 0, 12 too many in use")])
def test_memory_taken_away_that_is_still_in_use_is_told_in_words(monkeypatch, free, said):
    texts = []
    write = Column.text

    def note(self, *given, **more):
        texts.append(given[3])
        write(self, *given, **more)

    monkeypatch.setattr(Column, "text", note)
    built = populated()
    built.view.words[im.FREE_PAGES] = free
    scene_of(built)
    assert said in texts
