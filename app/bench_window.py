"""The part of the benchmarks that draws, as a program of its own: ``python -m app.bench_window JOB …``.

Jobs: ``start SCENARIO`` (when the first paint and the engine were there), ``frames CELLS FRAMES WIDTH
HEIGHT`` (milliseconds of each frame of the canvas), ``play SECONDS`` (references a second with the
window open and without). The answer is one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PATIENCE_SECONDS = 120
PLAYED_PAGES = 65_536
PLAYED_REFERENCES = 40_000_000
"""What is played in the seconds there are, or until it is all played."""
STARTING_SECONDS = 1.5
"""Played before it is measured: meanwhile the window makes its panels and reads the scenarios of the first page."""
HEADLESS_REFERENCES = 3_000_000


def start(scenario: str) -> dict[str, Any]:
    """Times (since the epoch) of the first paint of the machine, and of the engine being there."""
    from PySide6.QtCore import QEvent, QObject

    from app.application import make_application, make_window
    from app.thread.compiling import compiling

    application = make_application()
    found: dict[str, float] = {}

    class Watch(QObject):
        def eventFilter(self, watched: Any, event: Any) -> bool:
            if event.type() == QEvent.Type.Paint and window.canvas.scene is not None:
                found.setdefault("painted", time.time())
            return False

    window = make_window(Path(scenario))
    watch = Watch()
    window.canvas.installEventFilter(watch)
    window.show()
    patience = time.time() + PATIENCE_SECONDS
    while len(found) < 2 and time.time() < patience:
        application.processEvents()
        if compiling().ready:
            found.setdefault("ready", time.time())
        time.sleep(0.001)
    window.close()
    if len(found) < 2:
        raise TimeoutError("the window was not painted, or the engine not compiled, in time")
    return found


def frames(cells: str, count: str, wide: str, high: str) -> dict[str, Any]:
    """Milliseconds of frames that show two states of a machine in turn, every cell another than before."""
    from PySide6.QtGui import QImage

    from app.application import make_application
    from app.canvas import MachineCanvas
    from app.canvas.facts import FACTS, read
    from app.moment import Moment
    from engine.mm.compiler import ensure_compiled

    make_application()
    ensure_compiled()
    moments: list[Moment] = _two_moments(int(cells))
    canvas = MachineCanvas()
    canvas.resize(int(wide), int(high))
    target = QImage(canvas.size(), QImage.Format.Format_RGB32)
    found: dict[str, Any] = {"total": [], "read": [], "layout": [], "paint": []}
    for number in range(int(count) + 2):
        moment = moments[number % 2]
        began = time.perf_counter()
        moment.extras[FACTS] = read(moment)  # in the app the engine's thread does this
        middle = time.perf_counter()
        canvas.show_moment(moment)
        shown = time.perf_counter()
        canvas.render(target)
        end = time.perf_counter()
        if number < 2:
            continue  # what is made once: fonts, the ground, pixmaps
        reading = middle - began
        found["total"].append(1e3 * (end - middle))
        found["read"].append(1e3 * reading)
        found["layout"].append(1e3 * (shown - middle))
        found["paint"].append(1e3 * (end - shown))
    found["map"] = _is_map(canvas)
    canvas.deleteLater()
    return found


def _two_moments(pages: int) -> list[Any]:
    """Two states of one machine: one early and, of another seed, one late."""
    from app.moment import Moment
    from engine.machine import Machine
    from engine.study.bench_workload import zipf_program
    from engine.transition import Transition

    program = zipf_program(2 * pages + 2_000, pages, design="swap_desc")
    early = Machine(program, True, journal_words=8, records=8)
    early.run(pages // 2)
    late = Machine(program, True, journal_words=8, records=8)
    late.run()
    # Every page-table entry, flag and backend differs that can: what is drawn is made anew in any case.
    transition = Transition.from_record(0, [0] * 8)
    return [Moment(program, machine.view, transition, "", skipping=True) for machine in (early, late)]


def _is_map(canvas: Any) -> bool:
    """The page tables are drawn as a map, not as cells with shapes."""
    return not any(field.shapes for field in canvas.scene.tables.fields)


def play(seconds: str) -> dict[str, Any]:
    """Millions of references a second with the window open, without it (before and after), and frames a second."""
    from PySide6.QtCore import QEvent, QObject

    from app.application import make_application, make_window
    from engine.mm.compiler import ensure_compiled
    from engine.study.bench_workload import references_per_second, zipf_program

    application = make_application()
    ensure_compiled()
    program = zipf_program(PLAYED_REFERENCES, PLAYED_PAGES)
    short = program.with_ops(program.ops[:HEADLESS_REFERENCES])
    headless = references_per_second(short)
    painted = 0

    class Watch(QObject):
        def eventFilter(self, watched: Any, event: Any) -> bool:
            nonlocal painted
            painted += event.type() == QEvent.Type.Paint
            return False

    window = make_window(None)
    window.resize(1680, 1050)
    watch = Watch()
    window.canvas.installEventFilter(watch)
    window.show()
    window.worker.open(lambda: program, "Opening")
    patience = time.time() + PATIENCE_SECONDS
    while (window.frame is None or window.frame.moment.program.ops is not program.ops) and time.time() < patience:
        application.processEvents()

    def shown() -> int:
        return window.frame.operations if window.frame is not None else 0

    window.player.run_on()
    _pass(application, STARTING_SECONDS, window.worker.ended)
    painted, before, began = 0, shown(), time.perf_counter()
    _pass(application, float(seconds), window.worker.ended)
    took = time.perf_counter() - began
    done, drawn = shown() - before, painted
    window.player.pause()
    window.close()
    headless = (headless + references_per_second(short)) / 2
    return {"window": done / took / 1e6, "headless": headless, "fps": drawn / took}


def _pass(application: Any, seconds: float, ended: Any) -> None:
    """Let the window live for so long, or until what it plays has ended: Qt's own loop waits for what comes."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop(application)
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    ended.connect(loop.quit)
    loop.exec()


JOBS: dict[str, Callable[..., dict[str, Any]]] = {"start": start, "frames": frames, "play": play}


def main() -> None:
    """Do a job and leave; the process ends without waiting for a compiler at work."""
    said = json.dumps(JOBS[sys.argv[1]](*sys.argv[2:]))
    print(said, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
