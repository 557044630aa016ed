"""Pictures of a moment, without a window."""

from __future__ import annotations

import pytest

from app import theme
from app.export.picture import render_picture, save_picture
from engine.errors import InputError


def test_size_and_theme(program, qapp):
    dark = render_picture(program, 40, (900, 600), "dark")
    light = render_picture(program, 40, (900, 600), "light")
    assert (dark.width(), dark.height()) == (900, 600)
    assert dark.pixelColor(2, 2).name() == theme.DARK.window
    assert light.pixelColor(2, 2).name() == theme.LIGHT.window
    assert theme.current() is theme.DARK


def test_the_same_moment_gives_the_same_picture_and_another_another(program, qapp):
    one = render_picture(program, 40, (900, 600))
    assert one == render_picture(program, 40, (900, 600))
    assert one != render_picture(program, 41, (900, 600))


def test_the_end_and_a_mark(program, qapp):
    end = render_picture(program, None, (900, 600))
    mark = render_picture(program, "second pass", (900, 600))
    assert end != mark


def test_a_picture_does_not_touch_the_type_size_chosen(program, qapp):
    theme.switch().resize_type(1.5)
    try:
        large = render_picture(program, 40, (900, 600))
        assert theme.switch().scale == 1.5
    finally:
        theme.switch().resize_type(1.0)
    assert large == render_picture(program, 40, (900, 600))


@pytest.mark.parametrize(("change", "said"), [
    ({"at": -1}, "the run has no transition -1"),
    ({"at": 10**9}, "the run has no transition 1000000000"),
    ({"at": "second pas"}, "second pass"),
    ({"size": (10, 600)}, "no picture can be 10x600 large"),
    ({"theme": "plaid"}, "there is no theme 'plaid'"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_said(program, qapp, change, said):
    with pytest.raises(InputError, match=said):
        render_picture(program, **{"at": 4, "size": (900, 600), **change})


def test_files(program, qapp, tmp_path):
    output = tmp_path / "out.png"
    save_picture(program, output, at=4, size=(640, 480))
    assert output.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="cannot be written"):
        save_picture(program, tmp_path / "no" / "out.png", at=4, size=(640, 480))


def test_from_a_window(window, qtbot, tmp_path):
    window.player.jump(30)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 30)
    window.saving.save_picture(tmp_path / "shown.png")
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")
    assert "shown.png" in window.status.said()
