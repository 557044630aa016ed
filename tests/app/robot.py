"""A robot at the window: clicks, types, drags and asks at random for minutes, and tells what broke.

``python -m tests.app.robot --minutes 10 --seed 7`` (``make robot``) prints the seed, and on failure the way back:
every act is written down as one line of JSON, and ``--replay FILE`` does the same acts again. Exit code 1: it broke.

What may not happen: an exception anywhere, a warning of Qt, a broken invariant of the machine, an engine's thread
that does not answer, a scenario that came with Swapscope refused, a window, thread or timer left behind.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer, qInstallMessageHandler
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from app.panels.knob import Knob

ANSWER_SECONDS = 30.0
"""The engine's thread must have answered a question by then: one slice of a long run may be under way."""
HUNG_SECONDS = 120
NOT_TRIGGERED = {"quit", "full"}
"""The window would close, or ask a screen that is not there for its size."""
HARMLESS = ("propagateSizeHints", "does not support raise", "grabbing the keyboard", "grabbing the mouse")
"""What Qt's platform without a screen says of itself."""
KEYS = ("Tab", "Backtab", "Return", "Space", "Escape", "Left", "Right", "Up", "Down", "Home", "End", "PageUp",
        "PageDown", "Delete", "Backspace", "Plus", "Minus", "F", "M", "N", "W", "1", "2", "3", "0", "Comma", "Period",
        "BracketLeft", "BracketRight", "L", "B", "C", "T", "F6")  # fmt: skip
WORDS = ("written back", "page 12", "pswpout >= 10", "disk", "42", "zswap", "length>2000", "fault or", "((", "0x1f",
         "é✓", "state=zswap", "free_frames < 3", "", " ", "-1", "99999999999999")  # fmt: skip

Act = list[Any]
"""A name and what it takes: all that is needed to do it again."""


class Broke(Exception):
    """What the robot found."""


class Robot:
    """Acts on one window. ``acts`` is all it did."""

    def __init__(self, window: Any, seed: int, scenarios: list[Path], log: Path | None = None) -> None:
        self.window, self.seed, self.scenarios = window, seed, scenarios
        self.dice = random.Random(seed)
        self.acts: list[Act] = []
        self.wrong: list[str] = []
        self._log = log.open("w", encoding="utf-8") if log is not None else None
        self._asked = 0.0
        self._answered = True
        self._resting = 0
        window.worker.broken.connect(self.wrong.append)
        window.worker.refused.connect(lambda error: self.wrong.append(f"refused: {error}"))

    # -- choosing -----------------------------------------------------------------------------

    def choose(self) -> Act:
        """The next act, of what can be done now."""
        dice = self.dice
        if QApplication.activePopupWidget() is not None:
            return dice.choice([["popup_key", dice.choice(("Down", "Up", "Return", "Escape"))], ["close_popup"]])
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            if isinstance(dialog, QFileDialog) or dice.random() < 0.3:
                return ["close_dialog"]
            return dice.choice([self._click_in(dialog), self._key(), ["type", dice.choice(WORDS)]])
        kinds: list[tuple[int, Callable[[], Act]]] = [
            (18, self._trigger), (22, lambda: self._click_in(dice.choice(windows()))), (10, self._key),
            (5, self._wheel), (5, self._drag), (4, lambda: ["type", dice.choice(WORDS)]), (3, self._open),
            (5, self._knob), (4, self._dock), (4, self._jump),
            (3, self._resize), (3, lambda: ["look", dice.randrange(1000)]),
            (2, lambda: ["float", dice.choice(self._docks())]), (4, lambda: ["wait", dice.choice((5, 30, 150, 400))]),
            (1, lambda: ["save", dice.choice(("a.png", "a.svg", "a.swapscope"))]),
        ]  # fmt: skip
        return dice.choices([make for _, make in kinds], [weight for weight, _ in kinds])[0]()

    def _docks(self) -> list[str]:
        return [dock.objectName() for dock in self.window.docks.all]

    def _trigger(self) -> Act:
        return ["trigger", self.dice.choice(sorted(set(self.window.actions_by_name) - NOT_TRIGGERED))]

    def _click_in(self, root: QWidget) -> Act:
        """A place on a widget that can be seen, so that small buttons are found as often as large views."""
        seen = [one for one in root.findChildren(QWidget)
                if one.isVisible() and one.window() is root.window() and not one.visibleRegion().isEmpty()]  # fmt: skip
        if not seen:
            return ["wait", 5]
        widget = self.dice.choice(seen)
        inside = widget.visibleRegion().boundingRect()
        at = widget.mapTo(root.window(), QPoint(self.dice.randint(inside.left(), inside.right()),
                                                self.dice.randint(inside.top(), inside.bottom())))  # fmt: skip
        return ["click", at.x(), at.y(), self.dice.choice(("", "", "", "ctrl", "shift")), self.dice.random() < 0.15,
                self.dice.random() < 0.06, type(root.window()).__name__]  # fmt: skip

    def _key(self) -> Act:
        return ["key", self.dice.choice(KEYS), self.dice.choice(("", "", "", "ctrl", "shift", "alt"))]

    def _place(self) -> list[int]:
        return [self.dice.randrange(max(1, self.window.width())), self.dice.randrange(max(1, self.window.height()))]

    def _wheel(self) -> Act:
        return ["wheel", *self._place(), self.dice.choice((-240, -120, 120, 240)), self.dice.choice(("", "ctrl"))]

    def _drag(self) -> Act:
        return ["drag", *self._place(), *self._place()]

    def _open(self) -> Act:
        return ["open", self.dice.randrange(len(self.scenarios))]

    def _knob(self) -> Act:
        knobs = self.window.docks.pressure.knobs
        setting = knobs[self.dice.choice(sorted(knobs))].setting
        return ["knob", setting.key, self.dice.choice((0, 1, 2, 5, 10, 33, 90, 200, 1000))]

    def _dock(self) -> Act:
        return ["dock", self.dice.choice(self._docks()), self.dice.choice(("call", "call", "toggle"))]

    def _jump(self) -> Act:
        return ["jump", self.dice.randrange(12_000)]

    def _resize(self) -> Act:
        return ["resize", self.dice.randrange(900, 2200), self.dice.randrange(600, 1300)]

    # -- doing --------------------------------------------------------------------------------

    def do(self, act: Act) -> None:
        """Do one act, and write it down first."""
        self.acts.append(act)
        if self._log is not None:
            self._log.write(json.dumps(act) + "\n")
            self._log.flush()
        getattr(self, f"do_{act[0]}")(*act[1:])

    def do_trigger(self, name: str) -> None:
        action = self.window.actions_by_name.get(name)
        if action is not None and action.isEnabled() and QApplication.activeModalWidget() is None:
            action.trigger()

    def do_click(self, x: int, y: int, held: str, double: bool, right: bool, name: str) -> None:
        there = [one for one in windows() if type(one).__name__ == name]
        root = QApplication.activeModalWidget() or (there[0] if there else self.window)
        widget = root.childAt(x, y)
        if widget is None or not widget.isEnabled():
            return
        at = widget.mapFrom(root, QPoint(x, y))
        if right:
            # A menu waits for an answer: it must not wait inside the click. ``root`` is kept, or the binding takes what
            # is inside a dialogue of Qt's own for deleted.
            def click(root: QWidget = root) -> None:
                if isValid(root) and isValid(widget):
                    QTest.mouseClick(widget, Qt.MouseButton.RightButton, _held(held), at)

            QTimer.singleShot(0, widget, click)
            return
        (QTest.mouseDClick if double else QTest.mouseClick)(widget, Qt.MouseButton.LeftButton, _held(held), at)

    def do_key(self, key: str, held: str) -> None:
        widget = QApplication.focusWidget() or QApplication.activeModalWidget() or self.window
        QTest.keyClick(widget, getattr(Qt.Key, f"Key_{key}"), _held(held))

    def do_popup_key(self, key: str) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            QTest.keyClick(popup, getattr(Qt.Key, f"Key_{key}"))

    def do_close_popup(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()

    def do_close_dialog(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.reject()

    def do_type(self, words: str) -> None:
        widget = QApplication.focusWidget()
        if not isinstance(widget, QLineEdit | QPlainTextEdit):
            fields = [one for one in self.window.findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]
            if not fields:
                return
            widget = fields[len(words) % len(fields)]
            widget.setFocus()
        for letter in words:  # QTest itself types no letter beyond ASCII
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))
        QTest.keyClick(widget, Qt.Key.Key_Return)

    def do_wheel(self, x: int, y: int, turn: int, held: str) -> None:
        widget = self.window.childAt(x, y)
        if widget is not None:
            at = QPointF(widget.mapFrom(self.window, QPoint(x, y)))
            turned = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
                                 _held(held), Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
            QApplication.sendEvent(widget, turned)

    def do_drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        widget = self.window.childAt(x, y)
        if widget is None or isinstance(widget, QDockWidget):
            return
        places = [QPoint(x + (to_x - x) * part // 8, y + (to_y - y) * part // 8) for part in range(9)]
        inside = [widget.mapFrom(self.window, place) for place in places]
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside[0])
        for place in inside:
            QTest.mouseMove(widget, place)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside[-1])

    def do_open(self, number: int) -> None:
        self.window.open(self.scenarios[number % len(self.scenarios)])

    def do_knob(self, key: str, value: int) -> None:
        knob: Knob | None = self.window.docks.pressure.knobs.get(key)
        frame = self.window.frame
        # A panel that nobody sees shows an earlier machine.
        if knob is None or frame is None or knob.reason or self.window.opening.under_way or knob.setting.fixed:
            return
        low, high = frame.moment.program.limits(key)
        if knob.setting.choices:
            low, high = 0, len(knob.setting.choices) - 1
        knob.ask(min(high, max(low, value)))

    def do_dock(self, name: str, way: str) -> None:
        if self.window.docks.run_shown:
            getattr(self.window.docks, way)(name)

    def do_float(self, name: str) -> None:
        if self.window.docks.run_shown:
            dock = self.window.docks.named(name)
            dock.setFloating(not dock.isFloating())

    def do_jump(self, number: int) -> None:
        if self.window.frame is not None and self.window.docks.run_shown:
            self.window.player.jump(number)

    def do_resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)

    def do_look(self, number: int) -> None:
        """A theme, a language, a depth or a type size."""
        from app import theme
        from app.canvas import Depth
        from app.words.language import NAMES

        looks: list[Callable[[], object]] = [
            *(lambda one=one: self.window.looks.choose_theme(one) for one in theme.CHOICES),
            *(lambda one=one: self.window.looks.choose_language(one) for one in NAMES),
            *(lambda one=one: self.window.looks.choose_depth(one) for one in Depth),
            *(lambda one=one: self.window.looks.scale_type(one) for one in (0, 1.1, 1 / 1.1, 1.5)),
        ]
        looks[number % len(looks)]()

    def do_wait(self, milliseconds: int) -> None:
        pass  # the clock of the run waits

    def do_save(self, name: str) -> None:
        if self.window.frame is not None and self.window.docks.run_shown and self.window.path is not None:
            folder = Path(tempfile.gettempdir()) / f"swapscope-robot-{os.getpid()}"
            folder.mkdir(exist_ok=True)
            saving = self.window.saving
            save = saving.save_replay if name.endswith("swapscope") else saving.save_picture
            save(folder / name)

    # -- what must hold -----------------------------------------------------------------------

    def examine(self) -> None:
        """Look at what must always hold; raises Broke."""
        from engine.invariants import broken

        window, worker = self.window, self.window.worker
        if not worker.isRunning():
            self.wrong.append("the engine's thread has ended")
        frame = window.frame
        if frame is not None:
            moment = frame.moment
            if not 0 <= moment.transition.number <= moment.length:
                self.wrong.append(f"transition {moment.transition.number} of {moment.length} is shown")
            if window.docks.run_shown != (window.pages.currentWidget() is window.machines and not window.lecture.on):
                self.wrong.append("the panels are there without a run, or a run without its panels")
        found = window.health.badge.found if hasattr(window.health, "badge") else window.status.health.found
        if found:
            self.wrong.append(f"invariants: {found[0]}")
        if not self._answered and time.monotonic() - self._asked > ANSWER_SECONDS:
            self.wrong.append("the engine's thread does not answer")
        if self._answered and frame is not None:
            self._answered, self._asked = False, time.monotonic()

            def examined(found: object) -> None:
                self._answered = True
                if found:
                    self.wrong.append(f"invariants: {found}")

            worker.ask(lambda timeline: [str(one) for one in broken(timeline.view, timeline.program)][:3], examined)
        if self.wrong:
            raise Broke("\n".join(self.wrong))

    def close(self) -> None:
        """End the log."""
        if self._log is not None:
            self._log.close()


def windows() -> list[QWidget]:
    """Every window on screen, in an order that does not depend on where they lie in memory."""
    every = QApplication.topLevelWidgets()
    shown = [one for one in every if isinstance(one, QMainWindow | QDialog) and one.isVisible()]
    return sorted(shown, key=lambda one: (type(one).__name__, one.windowTitle()))


def _held(name: str) -> Qt.KeyboardModifier:
    return {"ctrl": Qt.KeyboardModifier.ControlModifier, "shift": Qt.KeyboardModifier.ShiftModifier,
            "alt": Qt.KeyboardModifier.AltModifier}.get(name, Qt.KeyboardModifier.NoModifier)  # fmt: skip


class Watch:
    """Collects exceptions of all threads and warnings of Qt while it is entered."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def __enter__(self) -> Watch:
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = lambda kind, error, trace: self.wrong.append(
            "".join(traceback.format_exception(kind, error, trace))
        )
        threading.excepthook = lambda args: self.wrong.append(f"in a thread: {args.exc_value!r}")
        self._handler = qInstallMessageHandler(self._said)
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook, threading.excepthook = self._hooks
        qInstallMessageHandler(self._handler)

    def _said(self, kind: object, _context: object, text: str) -> None:
        if not any(part in text for part in HARMLESS):
            self.wrong.append(f"Qt: {text}")


def run(robot: Robot, seconds: float, replay: list[Act] | None = None) -> None:
    """Let the robot act for so long, or do what was written down; raises Broke with what went wrong."""
    loop = QEventLoop()
    end = time.monotonic() + seconds
    clock = QTimer()
    clock.setSingleShot(True)
    left: Iterator[Act] | None = iter(replay) if replay is not None else None
    with Watch() as watch:

        def step() -> None:
            act = next(left, None) if left is not None else robot.choose()
            over = act is None or (left is None and time.monotonic() >= end)
            if over or watch.wrong or robot.wrong:
                loop.quit()
                for widget in QApplication.topLevelWidgets():  # out of every loop that waits for an answer
                    if isinstance(widget, QDialog | QMenu) and widget.isVisible():
                        widget.close()
                return
            assert act is not None
            faulthandler.dump_traceback_later(HUNG_SECONDS, exit=True)
            # The next act is due whether or not this one waits for an answer in a loop of its own.
            clock.start(act[1] if act[0] == "wait" else 0)
            try:
                robot.do(act)
                if len(robot.acts) % 10 == 0:
                    robot.examine()
            except Broke:
                pass
            except Exception:
                watch.wrong.append(traceback.format_exc())

        clock.timeout.connect(step)
        clock.start(0)
        loop.exec()
        clock.stop()
        faulthandler.cancel_dump_traceback_later()
    wrong = [*watch.wrong, *robot.wrong]
    if wrong:
        raise Broke("\n".join(wrong))


def _rest(milliseconds: int) -> None:
    done = QEventLoop()
    QTimer.singleShot(milliseconds, done.quit)
    done.exec()


def _discard() -> None:
    """An editor asks whether to save what the robot typed."""
    box = QApplication.activeModalWidget()
    if isinstance(box, QMessageBox):
        button = box.button(QMessageBox.StandardButton.Discard)
        (button.click if button is not None else box.reject)()


def left_behind(window: Any) -> list[str]:
    """Close the window; what of it is still there."""
    timers = window.findChildren(QTimer)
    threads = [window.worker, window.gallery]
    for editor in tuple(window.editors.open):
        editor.discard()
    answering = QTimer()
    answering.timeout.connect(_discard)
    answering.start(50)
    window.close()
    answering.stop()
    running = [f"thread {one.objectName()}" for one in threads if one.isRunning()]
    _rest(100)  # what was to happen once may still do so
    active = [f"timer of {one.parent()!r}" for one in timers if isValid(one) and one.isActive()]
    window.deleteLater()
    _rest(200)
    gc.collect()
    shown = [repr(one) for one in QApplication.topLevelWidgets() if one.isVisible()]
    return [*running, *active, *shown]


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="A robot at the window.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="by default another one each time")
    parser.add_argument("--log", type=Path, default=None, help="where the acts are written down")
    parser.add_argument("--replay", type=Path, default=None, help="do the acts of such a file again")
    asked = parser.parse_args(arguments)
    seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1_000_000)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    faulthandler.enable()
    settings = tempfile.TemporaryDirectory()
    os.environ["SWAPSCOPE_CONFIG_DIR"] = settings.name
    from app.application import make_window
    from engine.resources import scenarios_dir

    log = asked.log or Path(tempfile.gettempdir()) / f"swapscope-robot-{seed}.log"
    print(f"seed {seed}; the acts are written to {log}", flush=True)
    replay = None
    if asked.replay is not None:
        replay = [json.loads(line) for line in asked.replay.read_text(encoding="utf-8").splitlines()]
    # What it types in the editor may be saved: copies, nobody's own files.
    folder = tempfile.TemporaryDirectory()
    shutil.copytree(scenarios_dir(), folder.name, dirs_exist_ok=True)
    window = make_window(compile_engine=False)
    window.resize(1280, 800)
    window.show()
    robot = Robot(window, seed, sorted(Path(folder.name).glob("*.toml")), log)
    try:
        run(robot, asked.minutes * 60, replay)
        left = left_behind(window)
        if left:
            raise Broke("left behind: " + ", ".join(left))
    except Broke as error:
        print(f"\nAfter {len(robot.acts)} acts something broke:\n{error}\n\nThe last acts:")
        for act in robot.acts[-20:]:
            print("  ", json.dumps(act))
        print(f"Again: python -m tests.app.robot --replay {log}")
        sys.stdout.flush()
        os._exit(1)  # whatever still runs must not keep the process, nor its end be told as a second failure
    finally:
        robot.close()
    print(f"{len(robot.acts)} acts, and nothing broke")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
