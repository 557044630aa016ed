"""Icons are glyphs of one font, in the colours asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from app import actions
from app.icons import icon


def drawn(made, mode=QIcon.Mode.Normal):
    """The colours of an icon's opaque pixels, and the picture."""
    picture = made.pixmap(QSize(24, 24), 1.0, mode).toImage()
    pixels = [picture.pixelColor(x, y) for x in range(24) for y in range(24)]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}, picture


@pytest.mark.usefixtures("qapp")
def test_every_action_has_a_glyph_of_its_own():
    names = [spec.icon for spec in actions.SPECS if spec.icon]
    assert all(drawn(icon(name, "#ff0000", "#00ff00"))[0] == {"#ff0000"} for name in names)
    assert drawn(icon(names[0], "#ff0000", "#00ff00"))[1] != drawn(icon(names[1], "#ff0000", "#00ff00"))[1]


@pytest.mark.usefixtures("qapp")
def test_what_is_off_has_the_other_colour():
    assert drawn(icon("mdi6.stop", "#ff0000", "#00ff00"), QIcon.Mode.Disabled)[0] == {"#00ff00"}


@pytest.mark.usefixtures("qapp")
def test_flipped_it_points_the_other_way():
    def weight(picture):
        return sum((x - 11.5) * picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24))

    plain, flipped = (drawn(icon("mdi6.play", "#ff0000", "#00ff00", flip))[1] for flip in (False, True))
    assert weight(plain) < 0 < weight(flipped)


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        icon("mdi6.no-such-glyph", "#ff0000", "#00ff00")
