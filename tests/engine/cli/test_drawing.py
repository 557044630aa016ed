"""The commands that draw, in processes of their own: tests of the engine load no Qt."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.cli.drawing import moment, picture_size
from engine.errors import InputError
from engine.scenario import load_scenario

Call = Callable[..., Any]


def swapscope_process(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "engine.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env={**kept, **environment}, capture_output=True, text=True, timeout=110,
                          check=False)  # fmt: skip


def png_size(file: Path) -> tuple[int, int]:
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_pictures_of_moments(checkout: Path, small: Path, tmp_path: Path) -> None:
    pictures = {}
    for at in ("0", "filled", "end"):
        file = tmp_path / f"{at}.png"
        done = swapscope_process("picture", small, "--at", at, "--size", "900x700", "-o", file, folder=checkout)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert png_size(file) == (900, 700)
        pictures[at] = file.read_bytes()
    assert len(set(pictures.values())) == 3, "moments look alike"


def test_a_moment_that_never_comes(checkout: Path, small: Path, tmp_path: Path) -> None:
    done = swapscope_process("picture", small, "--at", "999999", "-o", tmp_path / "x.png", folder=checkout)
    assert done.returncode == 2
    assert "no transition 999999" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.png").exists()


def frames_of(file: Path) -> tuple[int, int, tuple[int, int]]:
    """Frames of a GIF, how long each is shown in ms, and its size."""
    from PIL import Image

    with Image.open(file) as film:
        return int(getattr(film, "n_frames", 1)), int(film.info["duration"]), film.size


def test_a_span_as_a_moving_picture(checkout: Path, small: Path, tmp_path: Path) -> None:
    file = tmp_path / "span.gif"
    done = swapscope_process("animate", small, "--from", "3", "--to", "8", "--rate", "4", "--size", "640x480",
                             "--depth", "story", "-o", file, folder=checkout)  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    frames, milliseconds, size = frames_of(file)
    assert (milliseconds, size) == (250, (640, 480))
    assert 2 <= frames <= 6, "frames that look alike may be joined"


@pytest.mark.parametrize(("span", "said"), [
    (("--from", "999999"), "no transition 999999"),
    (("--from", "9", "--to", "4"), "transition 9 comes after 4"),
    (("--from", "end", "--to", "4"), "comes after 4"),
    (("--to", "usd"), "no mark 'usd'"),
    (("--rate", "0"), "no rate"),
    (("--rate", "fast"), "no rate"),
])  # fmt: skip
def test_a_span_that_cannot_be_drawn(checkout: Path, small: Path, tmp_path: Path, span: tuple[str, ...],
                                     said: str) -> None:  # fmt: skip
    done = swapscope_process("animate", small, *span, "-o", tmp_path / "x.gif", folder=checkout)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.glob("*.gif")) == []


def test_a_form_that_cannot_be_written(checkout: Path, small: Path, tmp_path: Path) -> None:
    for name in ("x.avi", "x"):
        done = swapscope_process("animate", small, "-o", tmp_path / name, folder=checkout)
        assert done.returncode == 2
        assert "no animation can be written" in done.stderr
    done = swapscope_process("animate", small, "-o", tmp_path / "no" / "x.gif", folder=checkout)
    assert done.returncode == 2
    assert "there is no folder" in done.stderr


def test_no_window_without_a_display(checkout: Path, small: Path) -> None:
    for arguments in ((), ("open", small)):
        done = swapscope_process(*arguments, folder=checkout)
        assert done.returncode == 2
        assert "no display" in done.stderr
        assert "Traceback" not in done.stderr


def test_where_the_picture_goes_is_looked_at_first(swapscope: Call, small: Path, tmp_path: Path) -> None:
    said = swapscope("picture", small, "-o", tmp_path / "nowhere" / "x.png")
    assert said.code == 2
    assert "there is no folder" in said.err


def test_what_at_means(small: Path) -> None:
    program = load_scenario(small).build()
    assert moment("end", program) is None
    assert moment("17", program) == 17
    assert moment("used", program) == "used"
    with pytest.raises(InputError) as caught:
        moment("usd", program)
    (problem,) = caught.value.problems
    assert (problem.key, problem.nearest) == ("--at", "used")


def test_sizes() -> None:
    assert picture_size("1680x1050") == picture_size("1680X1050") == picture_size("1680×1050") == (1680, 1050)
