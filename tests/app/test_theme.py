"""Colours can be read and told apart, in both themes."""

from __future__ import annotations

import itertools
import re

import pytest
from PySide6.QtGui import QColor

from app import theme
from app.theme import CONTRAST, DARK, LIGHT, LOOKS, State

BOTH = pytest.mark.parametrize("colours", [DARK, LIGHT, CONTRAST], ids=lambda colours: colours.name)


def luminance(colour):
    values = QColor(colour).getRgbF()
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@BOTH
@pytest.mark.parametrize("ground", ["panel", "window", "raised"])
def test_text_can_be_read(colours, ground):
    assert contrast(colours.text, getattr(colours, ground)) >= 7
    assert contrast(colours.dim, getattr(colours, ground)) >= 4.5


@BOTH
def test_states_stand_out_from_the_panel(colours):
    for state in State:
        if state is not State.NEVER:  # it is meant to recede
            assert contrast(colours.state(state), colours.panel) >= 3, state


@BOTH
def test_text_on_the_accent_can_be_read(colours):
    assert contrast(colours.on_accent, colours.accent) >= 4.5


def test_every_state_has_a_colour_and_a_shape():
    assert {look.state for look in LOOKS} == set(State)
    for one, other in itertools.combinations(LOOKS, 2):
        same_colour = DARK.state(one.state) == DARK.state(other.state)
        assert (one.shape, same_colour) != (other.shape, True), (one, other)


@BOTH
def test_the_sheet_is_filled_in(colours, qapp):
    sheet = theme.stylesheet(colours)
    assert not re.search(r"@\w+", sheet)
    assert colours.panel in sheet


def test_sizes_follow_the_type_size(qapp):
    switch = theme.switch()
    normal = theme.px(20)
    switch.resize_type(2.0)
    try:
        assert theme.px(20) == 2 * normal
        assert theme.font(13).pixelSize() == 26
    finally:
        switch.resize_type(1.0)


def test_the_type_size_is_held_within_what_can_be_used(qapp):
    theme.switch().resize_type(40)
    assert theme.switch().scale == 2.5
    theme.switch().resize_type(1.0)


def test_an_unknown_theme_is_dark(qapp):
    theme.switch().choose("plaid")
    assert theme.current() is DARK
    assert theme.switch().choice == "dark"


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_large_type_fits_a_small_screen(window, qtbot, scale):
    window.looks.scale_type(0)
    window.looks.scale_type(scale)
    window.resize(1280, 800)
    parts = (window.topbar, window.machines, window.sentence, window.timeline, window.status)

    def outside():
        return [part for part in parts if not window.rect().contains(part.mapTo(window, part.rect().bottomRight()))]

    qtbot.waitUntil(lambda: window.size().toTuple() == (1280, 800) and not outside())
    for column in window.canvas.scene.columns:
        assert column.box.right() <= window.canvas.width() + 1
        assert column.box.bottom() <= window.canvas.height() + 1
        assert 0.7 <= column.style.scale <= scale
