"""Fields of cells: maps agree with shapes, and both with the states."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from app.canvas.cells import Field, map_pixels
from app.canvas.levels import Level, first_fitting, grown, levels
from app.canvas.sprites import CARD, FRAME, PAGE, SLOT, Atlas, page_colours
from app.canvas.style import Style, rgb
from app.moment import Thing
from app.theme import DARK
from engine.reading import PageState, SlotState


@pytest.fixture
def style(qapp):
    return Style(DARK, 1.0, 1.0)


def pixels_of(image):
    return np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4).copy()


def field(marks, level, family=PAGE):
    return Field(Thing.PAGE, 1, family, np.asarray(marks, dtype=np.uint8), level, QPointF(0, 0), 1.0)


@pytest.mark.parametrize("width", [80, 333, 660])
def test_levels_get_coarser_step_by_step_and_fit_the_width(width):
    found = levels(width, 24, 4)
    areas = [level.pitch * level.pitch_y / level.per for level in found]
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) == len(areas)
    assert all(level.columns * level.pitch <= width for level in found)
    assert found[0].pitch <= 24


def test_the_finest_level_that_fits_is_chosen():
    found = levels(320, 24, 4)
    place = first_fitting(found, lambda level: level.rows(1000) * level.pitch_y, 300)
    assert found[place].rows(1000) * found[place].pitch_y <= 300
    assert found[place - 1].rows(1000) * found[place - 1].pitch_y > 300
    assert first_fitting(found, lambda level: 1000, 300) == len(found) - 1
    assert first_fitting(found, lambda level: 10, 300) == 0


def test_room_grows_in_steps():
    assert [grown(24, count) for count in (0, 24, 25, 36, 37)] == [24, 24, 36, 36, 54]


@pytest.mark.parametrize("state", [PageState.ACTIVE, PageState.INACTIVE])
def test_map_and_shapes_have_the_same_colour(style, state):
    marks = [state * 2] * 8
    shape = pixels_of(field(marks, Level(4, 16)).picture(style, 0, 2))
    dots = pixels_of(field(marks, Level(4, 2)).picture(style, 0, 2))
    assert shape[7, 7] == dots[1, 1] == rgb(page_colours(DARK)[state * 2])


def test_each_cell_of_a_map_is_at_the_place_of_its_shape(style):
    marks = np.random.default_rng(1).integers(0, 2, 40) * 2 + 2
    shape = field(marks, Level(8, 16))
    dots = field(marks, Level(8, 3))
    for one, pitch in ((shape, 16), (dots, 3)):
        image = pixels_of(one.picture(style, 0, 5))
        for index, mark in enumerate(marks):
            centre = one.rect(index).center()
            assert image[int(centre.y()), int(centre.x())] == rgb(page_colours(DARK)[mark]), (pitch, index)


def test_a_part_of_a_field_is_the_same_as_that_part_of_the_whole(style):
    marks = np.random.default_rng(2).integers(0, 20, 100)
    whole = pixels_of(field(marks, Level(10, 12)).picture(style, 0, 10))
    part = pixels_of(field(marks, Level(10, 12)).picture(style, 3, 6))
    assert np.array_equal(whole[36:72], part)


def test_a_cell_of_several_things_has_their_mean_colour():
    colours = ["#000000", "#ff0000", "#0000ff"]
    mean = map_pixels(np.array([1, 1, 2, 0], dtype=np.uint8), colours, "#000000", 1, 1, 4)
    assert hex(int(mean[0, 0])) == hex(0xFF7F003F)
    alone = map_pixels(np.array([1, 2], dtype=np.uint8), colours, "#00ff00", 2, 2, 1)
    assert alone.tolist() == [[0xFFFF0000, 0xFF0000FF], [0xFF00FF00, 0xFF00FF00]], "the rest is the ground"


@pytest.mark.parametrize("per", [2, 8, 64, 4096])
def test_mean_colours_agree_with_a_plain_mean(per):
    colours = page_colours(DARK)
    marks = np.random.default_rng(3).integers(0, len(colours), 6 * per).astype(np.uint8)
    found = map_pixels(marks, colours, DARK.panel, 2, 3, per)
    channels = np.array([[rgb(colour) >> shift & 255 for shift in (16, 8, 0)] for colour in colours])
    wanted = channels[marks].reshape(6, per, 3).sum(axis=1) // per
    for cell, want in zip(found.ravel().tolist(), wanted.tolist(), strict=True):
        assert [cell >> shift & 255 for shift in (16, 8, 0)] == want


NEVER_OCCUR = {
    "page": {PageState.CACHED_ONLY * 2},
    "frame": set(),
    "slot": {SlotState.FREE * 2 + 1, SlotState.CACHED * 2 + 1},
}
"""Marks no reading gives: a free slot has no page in the swapcache, and what is only cached always has."""


@pytest.mark.parametrize("family", [PAGE, FRAME, SLOT], ids=lambda family: family.name)
@pytest.mark.parametrize("size", [8, 12, 20, 40])
def test_every_drawing_of_a_family_differs_from_every_other(style, family, size):
    marks = [mark for mark in range(family.count) if mark not in NEVER_OCCUR[family.name]]
    image = pixels_of(field(marks, Level(len(marks), size), family).picture(style, 0, 1))
    drawings = image.reshape(size, len(marks), size).transpose(1, 0, 2)
    assert len({drawing.tobytes() for drawing in drawings}) == len(marks)


@pytest.mark.parametrize("family", [PAGE, FRAME, SLOT, CARD], ids=lambda family: family.name)
@pytest.mark.parametrize("size", [8, 13, 20, 33])
def test_no_drawing_reaches_into_the_next(style, family, size):
    made = Atlas(family, size, size, style, 2).pixels
    back = made[-1, 0, 0]
    assert (made[:, :, size - 2 :] == back).all()
    assert (made[:, size - 2 :, :] == back).all()


def test_steps_stay_inside_the_field():
    one = field([0] * 10, Level(4, 10))
    assert one.step(0, 1, 0) == 1
    assert one.step(3, 1, 0) == -1, "not into the next row"
    assert one.step(0, 0, 1) == 4
    assert one.step(7, 0, 1) == -1, "the last row is not full"
    assert one.step(4, 0, -1) == 0
    assert one.step(0, -1, 0) == -1


@pytest.mark.parametrize("level", [Level(10, 3), Level(10, 1, per=4)], ids=["dots", "shared"])
def test_a_map_that_changed_in_few_places_is_the_same_as_one_made_anew(style, level):
    draw = np.random.default_rng(4)
    marks = draw.integers(0, 20, 40 * 10 * level.per - 7).astype(np.uint8)
    rows = level.rows(len(marks))
    field(marks, level).picture(style, 0, rows)
    for changes in (0, 1, 3, len(marks)):
        marks = marks.copy()
        marks[draw.integers(0, len(marks), changes)] = 2
        marks[-1] = changes % 20
        found = pixels_of(field(marks, level).picture(style, 0, rows))
        colours = page_colours(DARK)
        anew = map_pixels(marks, colours, DARK.panel, rows, level.columns, level.per)
        anew = anew.repeat(level.pitch, axis=0).repeat(level.pitch, axis=1)
        assert np.array_equal(found, anew), changes
