"""Picture files by suffix: pixels, and lines that stay lines."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from app.canvas import Depth
from app.export.picture import Scene, moment_of, save_picture
from app.export.vector import write
from engine.cli.command import main
from engine.errors import InputError
from engine.timeline import Timeline


def test_svg_has_text_and_lines_and_can_be_read(program, qapp, tmp_path):
    output = tmp_path / "out.svg"
    save_picture(program, output, at=40, size=(1200, 800))
    text = output.read_text(encoding="utf-8")
    assert "SWAP DESCRIPTORS" in text
    assert 'viewBox="0 0 1200 800"' in text
    assert text.count("<path") + text.count("<rect") + text.count("<poly") > 300
    widest = max((int(float(width)) for width in re.findall(r'<image[^>]* width="([\d.]+)"', text)), default=0)
    assert widest < 1200  # the lanes of the timeline are pixels; the machine is not
    assert QSvgRenderer(QByteArray(text.encode())).isValid()


NUMBER = r"(-?[\d.]+)"


@pytest.mark.parametrize("depth", list(Depth))
def test_svg_draws_nothing_outside_the_columns(program, qapp, tmp_path, depth):
    """Not every program that reads SVG clips, and Qt's generator does not write clips."""
    timeline = Timeline(program)
    timeline.jump(40)
    scene = Scene(moment_of(timeline), timeline.series, depth)
    scene.lay_out((1280, 800))
    canvas = scene.canvas
    for place in range(len(canvas.scene.columns)):
        canvas.zoom(place, 6)
        canvas.scroll_to(place, 43)
    output = tmp_path / "out.svg"
    write(canvas, output)
    text = output.read_text(encoding="utf-8")
    boxes = [column.box for column in canvas.scene.columns]
    lowest, highest = max(box.bottom() for box in boxes), min(box.top() for box in boxes)
    for x, y, width, height in re.findall(f'<rect x="{NUMBER}" y="{NUMBER}" width="{NUMBER}" height="{NUMBER}"', text):
        if float(width) < 1000 and float(y) < lowest:  # the background is larger, the legend lower
            assert float(y) >= highest - 1
            assert float(y) + float(height) <= lowest + 1
            assert any(float(x) >= box.left() - 1 and float(x) + float(width) <= box.right() + 1 for box in boxes)
    for y in re.findall(f'<text[^>]* y="{NUMBER}"', text):
        assert float(y) > -20
    scene.hide()


def test_pdf_is_one_page_of_the_pictures_size(program, qapp, tmp_path):
    output = tmp_path / "out.pdf"
    save_picture(program, output, at=40, size=(1200, 800))
    data = output.read_bytes()
    assert data.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[([^\]]*)\]", data)
    assert box is not None
    assert [round(float(side)) for side in box[1].split()] == [0, 0, 900, 600]
    assert len(re.findall(rb"/Type /Page\b", data)) == 1


@pytest.mark.parametrize(("name", "said"), [("out.pnx", "did you mean '.png'"), ("out", "form is not said")])
def test_other_suffixes(program, qapp, tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        save_picture(program, tmp_path / name, at=4, size=(640, 480))
    assert not (tmp_path / name).exists()


def test_the_command_says_it_without_running(tmp_path, capsys, qapp):
    assert main(["picture", "zswap-spills", "--at", "4", "-o", str(tmp_path / "a.jpg")]) == 2
    assert ".svg" in capsys.readouterr().err


def test_of_the_window(window, tmp_path, monkeypatch):
    for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        chosen = tmp_path / f"window{suffix}"
        monkeypatch.setattr("app.steering.saving.QFileDialog.getSaveFileName", lambda *_, to=chosen: (str(to), ""))
        window.actions_by_name["window_picture"].trigger()
        assert chosen.read_bytes().startswith(start)
