"""Animations: a span frame by frame, by the dialogue, cancelled, and refused."""

from __future__ import annotations

import shutil

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.export.animation import Animation, Shown
from app.export.animation_dialog import AnimationDialog
from app.moment import Selected, Thing
from app.shell.machines import Beside
from engine.errors import InputError
from engine.timeline import Timeline
from engine.variant import Change, Variant


def finish(made):
    shares = []
    while made.step():
        shares.append(made.share)
    return shares


def test_one_picture_for_each_transition(program, qapp, tmp_path):
    output = tmp_path / "run.gif"
    made = Animation(program, 100, 105, output, size=(640, 480), rate=5)
    shares = finish(made)
    assert shares == sorted(shares)
    assert made.share == 1.0
    with Image.open(output) as film:
        assert film.size == (640, 480)
        assert film.n_frames == 6
        assert film.info["duration"] == 200
        pictures = []
        for index in range(6):
            film.seek(index)
            pictures.append(film.convert("RGB").tobytes())
    assert len(set(pictures)) == 6


def pictures_of(film):
    with Image.open(film) as opened:
        found = []
        for index in range(opened.n_frames):
            opened.seek(index)
            found.append(opened.convert("RGB").tobytes())
        return found


@pytest.mark.parametrize("beside", Beside)
def test_the_machines_compared_with_and_the_selection_are_in_every_picture(program, qapp, tmp_path, beside):
    timeline = Timeline(program)
    timeline.to_operation(100)
    timeline.change("machine.frames", 40)
    timeline.to_operation(140)
    at, selection = timeline.cursor, (Selected(Thing.PAGE, 42, 1),)
    others = (Variant(Change.BRANCH, 0), Variant(Change.DESIGN, 0))
    shown = Shown(selection, others, ("with less", "as it was", "legacy"), beside)
    drawn = {}
    for name, what in (("all", shown), ("alone", Shown(selection)), ("plain", None)):
        made = Animation(timeline.program, at, at + 1, tmp_path / f"{name}.gif", timeline=timeline.twin(), shown=what)
        finish(made)
        drawn[name] = pictures_of(tmp_path / f"{name}.gif")
    for number in range(2):
        assert drawn["alone"][number] != drawn["plain"][number]
        assert (drawn["all"][number] == drawn["alone"][number]) is (beside is Beside.ALONE)
    assert drawn["all"][0] != drawn["all"][1]


def test_a_span_past_the_end_stops_there(program, qapp, tmp_path):
    made = Animation(program, 10**9, 10**9 + 5, tmp_path / "end.gif", size=(320, 320))
    finish(made)
    with Image.open(tmp_path / "end.gif") as film:
        assert film.n_frames == 1


@pytest.mark.parametrize(("first", "last", "name", "said"), [
    (5, 4, "a.gif", "no span from 5 to 4"),
    (0, 4, "a.webm", "'.webm'"),
    (0, 4, "no/a.gif", "cannot be written"),
])  # fmt: skip
def test_what_cannot_be_made(program, qapp, tmp_path, first, last, name, said):
    with pytest.raises(InputError, match=said):
        Animation(program, first, last, tmp_path / name)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg")
def test_mp4(program, qapp, tmp_path):
    finish(Animation(program, 0, 3, tmp_path / "run.mp4", size=(320, 320)))
    assert b"ftyp" in (tmp_path / "run.mp4").read_bytes()[:16]


def test_without_an_encoder_mp4_is_refused(program, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr("app.export.animation.shutil.which", lambda _name: None)
    with pytest.raises(InputError, match="needs ffmpeg"):
        Animation(program, 0, 3, tmp_path / "run.mp4")


@pytest.fixture
def dialog(window, qtbot):
    window.player.jump(50)
    qtbot.waitUntil(lambda: window.frame.moment.transition.number == 50)
    QTest.keySequence(window, "Ctrl+M")
    made = window.findChild(AnimationDialog)
    assert made.first.value() == 50
    return made


def test_the_dialogue_takes_along_what_is_compared(window, dialog, qtbot, tmp_path):
    film = tmp_path / "film.gif"
    window.branching.change("machine.frames", 40)
    qtbot.waitUntil(lambda: window.frame.branch == 1)
    window.comparing.choose((Variant(Change.BRANCH, 0),))
    dialog.last.setValue(51)
    dialog.begin(film)
    qtbot.waitUntil(lambda: dialog.made is not None, timeout=20_000)
    assert dialog.made.shown.others == (Variant(Change.BRANCH, 0),)
    assert dialog.made.shown.names == tuple(window.comparing.names())
    assert dialog.made.shown.beside is window.comparing.beside is not Beside.ALONE
    qtbot.waitUntil(film.is_file, timeout=20_000)


def test_by_the_dialogue(window, dialog, qtbot, tmp_path, monkeypatch):
    output = tmp_path / "shown.gif"
    monkeypatch.setattr("app.export.animation_dialog.QFileDialog.getSaveFileName", lambda *_: (str(output), ""))
    dialog.last.setValue(53)
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(output.is_file, timeout=20_000)
    assert "shown.gif" in window.status.said()
    assert window.frame.moment.transition.number == 50


def test_cancelled_it_leaves_nothing(dialog, qtbot, tmp_path):
    dialog.last.setValue(300)
    dialog.begin(tmp_path / "never.gif")
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=20_000)
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    qtbot.wait(50)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_place_is_said_in_the_dialogue(dialog, tmp_path):
    dialog.begin(tmp_path / "no" / "a.gif")
    assert "cannot be written" in dialog.note.text()
    dialog.close()
