"""What needs a Python process of its own: compiling, loading, starting, drawing and playing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from typing import Any

from engine.resources import scenarios_dir
from engine.study.bench import Effort, Figure, Say, at_least, at_most, missing

WINDOW = "app.bench_window"
"""The program that draws; it is run, never imported, because it loads Qt."""
WINDOW_SIZE = (1680, 1050)

_COMPILE = """
import time
import numba, numpy
from engine.mm.compiler import ensure_compiled
began = time.perf_counter()
ensure_compiled()
print(time.perf_counter() - began)
"""


def measure_compile(effort: Effort, say: Say) -> Iterator[Figure]:
    """The first compilation ever, and loading its result."""
    with tempfile.TemporaryDirectory(prefix="swapscope-cache-") as cache:
        environment = {"SWAPSCOPE_CACHE_DIR": cache}
        say("compiling the engine")
        cold = float(_python(["-c", _COMPILE], environment))
        warm = []
        for turn in range(effort.rounds):
            say(f"loading the engine, round {turn + 1} of {effort.rounds}")
            warm.append(float(_python(["-c", _COMPILE], environment)))
    yield Figure("compile.cold", "the whole engine compiled for the first time", (cold,), "s", False, at_most(30))
    yield Figure("compile.warm", "loaded later, numba itself not counted", tuple(warm), "s", False, at_most(0.4))


def measure_start(effort: Effort, say: Say) -> Iterator[Figure]:
    """From starting Python to the first paint with the engine loaded, and to the end of a small run."""
    scenario = str(min(scenarios_dir().glob("*.toml")))
    drawn, ready, runs = [], [], []
    problem = ""
    with tempfile.TemporaryDirectory(prefix="swapscope-bytecode-") as bytecode:
        # An installed program has its bytecode; a checkout may be told not to keep any.
        environment = {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
        for turn in range(effort.rounds + 1):
            say(f"start, round {turn + 1} of {effort.rounds + 1}")
            began = time.time()
            try:
                said = json.loads(_python(["-m", WINDOW, "start", scenario], environment))
            except subprocess.CalledProcessError as error:
                problem = _last_line(error)
                break
            ran = time.perf_counter()
            _python(["-m", "engine.cli", "run", scenario], environment)
            ran = time.perf_counter() - ran
            if turn:  # the first one fills the system's caches, and makes the bytecode
                drawn.append(said["painted"] - began)
                ready.append(said["ready"] - began)
                runs.append(ran)
    what = "start of the app with a scenario to its first paint"
    if problem:
        yield missing("start.paint", what, "s", problem, at_most(0.9))
        return
    yield Figure("start.paint", what, tuple(drawn), "s", False, at_most(0.9))
    yield Figure("start.ready", "the same until the engine's machine code is loaded too", tuple(ready), "s", False,
                 at_most(0.9))  # fmt: skip
    yield Figure("start.run", "'swapscope run' on a small scenario", tuple(runs), "s", False, at_most(0.6))


def measure_frames(effort: Effort, say: Say) -> Iterator[Figure]:
    """A frame of the canvas in which every cell is another than before."""
    wide, high = WINDOW_SIZE
    for cells in effort.cells:
        say(f"drawing {cells} pages")
        what = f"a frame with {cells} pages, all changing, {wide}×{high} offscreen"
        # Cells as small as these are drawn as a map; those that have a shape may take longer.
        bound = at_most(14 if cells <= 16_000 else 8)
        try:
            said = json.loads(_python(["-m", WINDOW, "frames", str(cells), str(effort.frames), str(wide), str(high)]))
        except subprocess.CalledProcessError as error:
            yield missing(f"frame.{cells}.total", what, "ms", _last_line(error), bound)
            continue
        yield Figure(f"frame.{cells}.total", what, tuple(said["total"]), "ms", False, bound,
                     note="as a map" if said["map"] else "cells with their shapes")  # fmt: skip
        yield Figure(f"frame.{cells}.read", "of it, reading the image", tuple(said["read"]), "ms", False)
        yield Figure(f"frame.{cells}.layout", "of it, laying out", tuple(said["layout"]), "ms", False)
        yield Figure(f"frame.{cells}.paint", "of it, painting", tuple(said["paint"]), "ms", False)


def measure_play(effort: Effort, say: Say) -> Iterator[Figure]:
    """Playing as fast as it goes with the window open."""
    speeds, alone, frames = [], [], []
    for turn in range(effort.rounds):
        say(f"playing, round {turn + 1} of {effort.rounds}")
        try:
            said = json.loads(_python(["-m", WINDOW, "play", str(effort.play_seconds)]))
        except subprocess.CalledProcessError as error:
            yield missing("play.ratio", "playing with the window open against headless", "×", _last_line(error),
                          at_least(0.8))  # fmt: skip
            return
        speeds.append(said["window"])
        alone.append(said["headless"])
        frames.append(said["fps"])
    pairs = tuple(a / b for a, b in zip(speeds, alone, strict=True))
    yield Figure("play.rate", "playing at full speed with the window open", tuple(speeds), "M refs/s", True)
    yield Figure("play.ratio", "the same against headless", pairs, "×", True, at_least(0.8))
    yield Figure("play.fps", "frames the window drew meanwhile", tuple(frames), "frames/s", True, at_least(30))


def _python(arguments: list[str], environment: Mapping[str, str] | None = None) -> str:
    """What a Python process printed; raises CalledProcessError when it failed."""
    variables: dict[str, Any] = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **(environment or {})}
    with tempfile.TemporaryDirectory(prefix="swapscope-settings-") as settings:
        variables["SWAPSCOPE_CONFIG_DIR"] = settings
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=variables)
    return done.stdout


def _last_line(error: subprocess.CalledProcessError) -> str:
    lines = (error.stderr or "").strip().splitlines()
    return lines[-1] if lines else f"it ended with code {error.returncode}"
