"""Marks on what another machine has otherwise: where they lie in cells, dots, cards and the legend."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from app.canvas.cells import Field
from app.canvas.legend import differences
from app.canvas.levels import Level
from app.canvas.marking import Marking, differing_dots, mark_cells, mark_dots, paint_mark, sample
from app.canvas.sprites import CARD, FRAME, PAGE, SLOT, atlas
from app.canvas.style import Style
from app.moment import Thing
from engine.reading import PageState, SlotState
from engine.reading.apart import SAME, Apart

ACTIVE, DISK = PageState.ACTIVE * 2, PageState.DISK * 2


@pytest.fixture
def style(qapp):
    return Style.now(1.0)


def marking(thing, marks, pictured=True, owner=0, more=()):
    others = (Apart({(thing, owner): np.array(marks, dtype=np.uint8)}), *more)
    return Marking(others, ("one", "two")[: len(others)], pictured)


def field(thing, family, sprites, pitch, **more):
    level, marks = Level(2, pitch), np.array(sprites, dtype=np.uint8)
    return Field(thing, more.pop("owner", 0), family, marks, level, QPointF(0, 0), 1.0, **more)


def drawn(one, style):
    image = one.picture(style, 0, one.level.rows(one.count))
    return image.pixels.copy()


def test_a_picture_of_its_state_there_lies_in_the_lower_right_corner(style):
    cells = field(Thing.PAGE, PAGE, [ACTIVE] * 4, 20, owner=1)
    plain = drawn(cells, style)
    cells.marking = marking("page", [SAME, DISK, SAME, SAME], owner=1)
    marked = drawn(cells, style)
    changed = np.argwhere(plain != marked)
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    # The second cell: columns 20 … 39, rows 0 … 19; its lower right half.
    assert 20 + 8 <= left <= right <= 39
    assert 8 <= top <= bottom <= 19
    size = round(18 * 0.52)
    picture = atlas(PAGE, size, size, style, 0).pixels[DISK]
    assert (marked[18 - size : 18, 38 - size : 38] == picture).all()


def test_a_second_machine_has_the_corner_above(style):
    cells = field(Thing.PAGE, PAGE, [ACTIVE] * 4, 20, owner=1)
    plain = drawn(cells, style)
    more = (Apart({("page", 1): np.array([SAME, DISK, SAME, SAME], dtype=np.uint8)}),)
    cells.marking = marking("page", [SAME] * 4, owner=1, more=more)
    changed = np.argwhere(plain != drawn(cells, style))
    assert len(changed)
    assert changed.max(axis=0)[0] <= 11


def test_beside_each_other_a_plain_corner_is_enough(style):
    cells = field(Thing.PAGE, PAGE, [ACTIVE] * 4, 20, owner=1)
    plain = drawn(cells, style)
    cells.marking = marking("page", [DISK, SAME, SAME, SAME], pictured=False, owner=1)
    marked = drawn(cells, style)
    changed = np.argwhere(plain != marked)
    assert changed.max(axis=0)[0] <= 7
    assert changed.max(axis=0)[1] <= 18
    assert marked[0, 17] == 0xFF000000 | int(style.theme.text[1:], 16)


@pytest.mark.parametrize(("thing", "family", "more"), [
    (Thing.FRAME, FRAME, {"numbers": np.array([1, 2, 3, 4])}),  # in the order of a list
    (Thing.SLOT, CARD, {"numbers": np.array([1, 2, 3, 4]), "owners": np.zeros(4, dtype=np.int64)}),  # names, not slots
    (Thing.ZSWAP, PAGE, {}),
])  # fmt: skip
def test_what_cannot_be_told_apart_is_not_marked(thing, family, more, style):
    cells = field(thing, family, [0] * 4, 20, **more)
    cells.marking = marking(str(thing), [8] * 5)
    assert cells.theirs(0, 4) == []


def test_numbers_lead_to_the_marks(style):
    cells = field(Thing.SLOT, SLOT, [0] * 4, 20, numbers=np.array([3, 1, 9, -1]))
    held = SlotState.HELD * 2
    cells.marking = marking("slot", [SAME, SAME, 0, held])
    assert cells.theirs(0, 4)[0].tolist() == [held, SAME, SAME, SAME]
    counted = field(Thing.SLOT, SLOT, [0] * 4, 20, first=2)
    counted.marking = cells.marking
    assert counted.theirs(0, 4)[0].tolist() == [0, held, SAME, SAME]


@pytest.mark.parametrize("per", [1, 2, 4, 8, 16, 32])
def test_dots_that_stand_for_something_that_differs(per):
    random = np.random.default_rng(per)
    marks = np.where(random.random(1000) < 0.02, random.integers(0, 20, 1000), SAME).astype(np.uint8)
    dots = -(-1000 // per)
    expected = [bool((marks[dot * per : (dot + 1) * per] != SAME).any()) for dot in range(dots)]
    assert differing_dots([marks], dots, per).tolist() == expected
    assert differing_dots([np.full(1000, SAME, dtype=np.uint8), marks], dots, per).tolist() == expected


@pytest.mark.parametrize("pictured", [True, False])
def test_in_a_map_what_is_the_same_steps_back(style, pictured):
    dots = np.full((2, 2), 0xFF80FF80, dtype=np.uint32)
    mark_dots(dots, [np.array([SAME, 4, SAME, SAME], dtype=np.uint8)], 1, pictured, style)
    assert dots[0, 1] == 0xFF80FF80
    assert len({int(dot) for dot in dots.reshape(-1)}) == 2
    assert (dots >> 24 == 0xFF).all()


def test_a_map_without_a_difference_stays_as_it_is(style):
    dots = np.full((2, 2), 0xFF80FF80, dtype=np.uint32)
    mark_dots(dots, [np.full(4, SAME, dtype=np.uint8)], 1, True, style)
    assert (dots == 0xFF80FF80).all()


def test_a_large_dot_has_the_others_colour_in_its_lower_half(style):
    cells = field(Thing.PAGE, PAGE, [ACTIVE] * 4, 4, owner=1)
    cells.marking = marking("page", [SAME, DISK, SAME, SAME], owner=1)
    made = drawn(cells, style)
    assert made[2, 5] == 0xFF000000 | int(style.theme.disk[1:], 16)
    assert made[1, 5] == 0xFF000000 | int(style.theme.active[1:], 16)


def test_lines_and_cards_are_marked_by_a_painter(style):
    images = []
    for theirs in ([SAME], [DISK], [SAME, DISK]):
        image = QImage(30, 30, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_mark(painter, QRectF(5, 5, 20, 20), theirs, PAGE, True, style)
        paint_mark(painter, QRectF(5, 5, 20, 20), [SAME for _ in theirs], PAGE, False, style)
        painter.end()
        images.append(image)
    assert images[0].pixelColor(15, 15).value() == 0
    assert images[1] != images[0]
    assert images[2] not in (images[0], images[1])


def test_the_legend_counts(style):
    one = Apart({("page", 1): np.array([SAME, 4, 4], dtype=np.uint8), ("slot", 0): np.array([SAME, 2], dtype=np.uint8)})
    none = Apart({("page", 1): np.full(3, SAME, dtype=np.uint8)})
    assert differences(Marking((one, none), ("B", "C"))) == ["B: 2 pages, 1 slot differ", "C: pages and slots as here"]
    assert differences(None) == []
    assert sample(style, 15, 0, True) != sample(style, 15, 1, True)
    assert sample(style, 15, 0, True) != sample(style, 15, 0, False)


def test_marks_never_leave_their_cell(style):
    """Whatever the size of a cell, its neighbours are not touched."""
    for pitch in range(7, 40):
        gap = max(1, pitch // 8)
        for pictured in (True, False):
            cells = np.zeros((1, pitch, 3, pitch), dtype=np.uint32)
            mark_cells(cells, [np.array([SAME, ACTIVE, SAME], dtype=np.uint8)] * 2, PAGE, gap, pictured, style)
            assert cells[:, :, 1].any()
            assert not cells[:, :, 0].any()
            assert not cells[:, :, 2].any()
