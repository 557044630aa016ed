"""States can be told apart by those who see colours otherwise: by simulated colour, and by shape."""

import itertools

import numpy as np
import pytest

from app.canvas.cells import Field
from app.canvas.levels import Level
from app.canvas.sprites import PAGE, SLOT, page_colours, slot_colours
from app.canvas.style import Style, rgb
from app.moment import Thing
from app.theme import CONTRAST, DARK, LIGHT
from engine.reading import PageState, SlotState

BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=lambda theme: theme.name)

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
SEEN = {
    "as it is": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
EYES = pytest.mark.parametrize("eyes", list(SEEN))


def linear(colour):
    values = np.array([rgb(colour) >> shift & 255 for shift in (16, 8, 0)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(colour, eyes):
    """CIE L*a*b* of a colour as those eyes see it."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    seen = xyz @ np.clip(SEEN[eyes] @ linear(colour), 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(seen > 0.008856, np.cbrt(seen), 7.787 * seen + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, other, eyes):
    return float(np.linalg.norm(lab(one, eyes) - lab(other, eyes)))


MAIN = (PageState.NEVER, PageState.ACTIVE, PageState.INACTIVE, PageState.ZSWAP, PageState.DISK, PageState.CACHED_ONLY)


@BOTH
@EYES
def test_the_colours_of_the_main_states_are_apart_in_a_map(theme, eyes):
    """A distance of 10 in L*a*b* is plain to see side by side; 2.3 is just noticeable."""
    colours = page_colours(theme)
    for one, other in itertools.combinations(MAIN, 2):
        assert apart(colours[one * 2], colours[other * 2], eyes) > 10, (one.name, other.name)


@BOTH
@EYES
def test_slots_in_a_map(theme, eyes):
    colours = slot_colours(theme)
    for one, other in itertools.combinations((SlotState.FREE, SlotState.DISK, SlotState.HELD, SlotState.CACHED), 2):
        assert apart(colours[one * 2], colours[other * 2], eyes) > 10, (one.name, other.name)


def silhouettes(family, theme, size, indices):
    """Each drawing as the mask of what is not ground: its shape without any colour."""
    style = Style(theme, 1.0, 1.0)
    cells = Field(Thing.PAGE, 1, family, np.array(indices, dtype=np.uint8), Level(len(indices), size), _origin(), 1.0)
    image = cells.picture(style, 0, 1)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(size, image.bytesPerLine() // 4)
    shapes = pixels[:, : size * len(indices)].reshape(size, len(indices), size).transpose(1, 0, 2)
    grounds = {rgb(theme.panel), rgb(theme.never)}
    return [~np.isin(shape, list(grounds)) for shape in shapes]


def _origin():
    from PySide6.QtCore import QPointF

    return QPointF(0, 0)


@BOTH
@pytest.mark.parametrize("size", [10, 18])
def test_shapes_differ_without_colour(qapp, theme, size):
    """Square, bar, disc, dot, ring: at least a tenth of the cell's pixels differ between any two shapes."""
    states = [PageState.NEVER, PageState.INACTIVE, PageState.ZSWAP, PageState.DISK, PageState.ZERO]
    shapes = silhouettes(PAGE, theme, size, [state * 2 for state in states])
    for (one, a), (other, b) in itertools.combinations(zip(states, shapes, strict=True), 2):
        limit = 0.02 if {one, other} == {PageState.NEVER, PageState.ZERO} else 0.1
        assert np.count_nonzero(a != b) > limit * size * size, (one.name, other.name)


@BOTH
def test_slot_shapes_differ_without_colour(qapp, theme):
    states = list(SlotState)
    shapes = silhouettes(SLOT, theme, 14, [state * 2 for state in states])
    for (one, a), (other, b) in itertools.combinations(zip(states, shapes, strict=True), 2):
        assert np.count_nonzero(a != b) > 4, (one.name, other.name)


@BOTH
def test_the_swapcache_ring_is_seen_on_any_square(qapp, theme):
    for state in (PageState.ACTIVE, PageState.INACTIVE):
        assert apart(getattr(theme, state.name.lower()), theme.swapcache, "deuteranopia") > 10


@BOTH
@EYES
def test_active_and_inactive_are_well_apart(theme, eyes):
    """They are neighbours everywhere, and the same shape: more than twice the distance of other states."""
    assert apart(theme.active, theme.inactive, eyes) > 24


def test_high_contrast_is_higher():
    from tests.app.test_theme import contrast

    assert contrast(CONTRAST.text, CONTRAST.panel) > 20
    assert contrast(CONTRAST.dim, CONTRAST.panel) >= 12
    for edge in ("panel_edge", "raised_edge"):
        assert contrast(getattr(CONTRAST, edge), CONTRAST.panel) >= 4.5
