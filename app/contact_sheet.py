"""Pictures of the whole window: every panel, dialogue, page, theme and depth at several sizes, on one page to look at.

``python -m app.contact_sheet DIR`` draws them all (``make gallery``); ``--size`` and ``--only`` draw fewer. What there
is comes from where it is declared (docks, depths, themes, arrangements, languages, actions that open a dialogue), so
that a new one appears by itself. Each size is drawn in a process of its own: a screen's scale belongs to a process.
``--size`` takes any size, such as ``1024x700``; without it there are the three of :data:`SCREENS`.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.shell.window import MainWindow
    from app.thread.lesson import Course


@dataclass(frozen=True)
class Screen:
    """A window's size in pixels of the picture, and how many of them a pixel of the interface has."""

    width: int
    height: int
    scale: int = 1

    def __str__(self) -> str:
        return f"{self.width}x{self.height}" + (f"@{self.scale}" if self.scale > 1 else "")

    @classmethod
    def of(cls, text: str) -> Screen:
        """From ``WIDTHxHEIGHT`` or ``WIDTHxHEIGHT@SCALE``; ValueError where it is neither."""
        size, _, scale = text.partition("@")
        width, _, height = size.partition("x")
        return cls(int(width), int(height), int(scale or 1))


SCREENS = (Screen(1280, 800), Screen(1920, 1080), Screen(3840, 2160, 2))
SCENARIO = "03-zswap-spills.toml"
AT = 4000
"""A moment with pages in memory, in the pool and on the swapfile."""
SOUGHT = "written back"
EDITOR_PAGES = ("scenario", "machine", "workload", "lesson")
MISTAKES = (("frames = 48", "frames = -48"), ('pattern = "sequential"', 'pattern = "sequentail"'),
            ("minutes = 15", "minutes = 9000"))  # fmt: skip
"""What a file says, and what it says wrongly."""
LONGEST_WAIT, PICTURES_WAIT = 60.0, 3.0


class Camera:
    """Brings one window into every state and takes its picture."""

    def __init__(self, window: MainWindow, folder: Path, screen: Screen, only: str = "") -> None:
        self.window, self.folder, self.screen, self.only = window, folder, screen, only
        self.taken: list[str] = []
        self._full = False
        """The run that is open is at :data:`AT`, with all there is to be seen."""
        window.looks.choose_motion("none")
        window.resize(screen.width // screen.scale, screen.height // screen.scale)
        window.show()

    # -- what there is ------------------------------------------------------------------------

    def states(self) -> Iterator[tuple[str, Callable[[], QWidget]]]:
        """Name of each picture, and what brings the window there and gives what is to be drawn."""
        from app import theme
        from app.canvas import Depth
        from app.shell.arrangements import NAMES as ARRANGEMENTS
        from app.shell.machines import Beside
        from app.words.language import NAMES as LANGUAGES

        window = self.window
        for colours in theme.THEMES:
            yield f"welcome-{colours}", self._state(colours, self._welcome)
            yield f"problems-{colours}", self._state(colours, self._show_problems)
        for panel in self.panels():
            yield f"empty-panel-{panel}", self._state("dark", partial(self._empty, panel))
        for colours in theme.THEMES:
            for depth in Depth:
                yield f"depth-{depth}-{colours}", self._run(colours, partial(window.looks.choose_depth, depth))
            for name in ARRANGEMENTS:
                arrange = partial(window.looks.choose_arrangement, name)
                yield f"arrangement-{name}-{colours}", self._run(colours, arrange)
            for panel in self.panels():
                yield f"panel-{panel}-{colours}", self._run(colours, partial(self._call, panel))
            for how in Beside:
                yield f"machines-{how}-{colours}", self._run(colours, partial(window.comparing.show_machines, how))
            yield f"lecture-{colours}", self._run(colours, window.lecture.enter)
        for code in LANGUAGES:
            if code != "en":
                for panel in self.panels():
                    yield f"{code}-panel-{panel}", self._run("dark", partial(self._call, panel), code)
                yield f"{code}-welcome", self._state("dark", self._welcome, code)
                for panel in self.panels():
                    yield f"{code}-empty-panel-{panel}", self._state("dark", partial(self._empty, panel), code)
                for page in EDITOR_PAGES:
                    yield f"{code}-editor-{page}", self._editor("dark", page, code)
        for colours in theme.THEMES:
            for page in EDITOR_PAGES:
                yield f"editor-{page}-{colours}", self._editor(colours, page)
                yield f"editor-{page}-mistakes-{colours}", self._editor(colours, page, mistakes=True)
        for panel in self.panels():
            yield f"large-panel-{panel}", self._run("dark", partial(self._large, panel, 1.5))
            yield f"huge-panel-{panel}", self._run("dark", partial(self._large, panel, 2.0))

    def panels(self) -> list[str]:
        """Names of all docks."""
        return [dock.objectName() for dock in self.window.docks.all]

    def _call(self, panel: str) -> None:
        """A dock in front; where runs are compared, with another beside this one and both at the cursor."""
        window = self.window
        window.docks.call(panel)
        if panel == "compare" and window.frame is not None:
            window.comparing.choose((window.comparing.offers(window.frame)[0].variant,))
            self._until(lambda: bool(window.docks.compare.results))
        if panel == "why" and window.frame is not None:
            self._until(lambda: bool(window.docks.why.cards))

    def _large(self, panel: str, factor: float) -> None:
        self.window.looks.scale_type(factor)
        self._call(panel)

    def take_all(self) -> None:
        """Every picture of this screen."""
        from app.words.language import NAMES as LANGUAGES

        for name, state in self.states():
            if self.only not in name:
                continue
            self._take(name, state())
            self._back()
        for name in asking():
            if self.only in f"dialogue-{name}":
                self._run("dark", lambda: None)()
                look_at_dialogues(self.window, name, partial(self._take_dialogue, name))
            for code in LANGUAGES:
                if code != "en" and self.only in f"{code}-dialogue-{name}":
                    self._run("dark", lambda: None, code)()
                    look_at_dialogues(self.window, name, partial(self._take, f"{code}-dialogue-{name}"))

    def _take_dialogue(self, name: str, dialogue: QWidget) -> None:
        from app import theme

        for colours in theme.THEMES:
            self.window.looks.choose_theme(colours)
            self._take(f"dialogue-{name}-{colours}", dialogue)

    # -- the ways there -----------------------------------------------------------------------

    def _state(self, colours: str, go: Callable[[], object], code: str = "en") -> Callable[[], QWidget]:
        def there() -> QWidget:
            self.window.looks.choose_language(code)
            self.window.looks.choose_theme(colours)
            go()
            return self.window

        return there

    def _run(self, colours: str, go: Callable[[], object], code: str = "en") -> Callable[[], QWidget]:
        """With a run open at :data:`AT`, a page selected, a branch made, a search done and a comparison under way."""
        from app.words.language import language

        def there() -> QWidget:
            window, told = self.window, self.window.docks.lesson.course
            again = language().code != code
            window.looks.choose_language(code)
            window.looks.choose_theme(colours)
            if window.pages.currentWidget() is not window.machines or not self._full:
                self._open()
            go()
            window.showing.show_again()
            self._until(lambda: window.machines.caught_up and self._made(told if again else None))
            return window

        return there

    def _editor(self, colours: str, page: str, code: str = "en", mistakes: bool = False) -> Callable[[], QWidget]:
        """The editor with one of its pages, a step of the run chosen, its file right or with mistakes in it."""

        def there() -> QWidget:
            from engine.resources import scenarios_dir

            self.window.looks.choose_language(code)
            self.window.looks.choose_theme(colours)
            editor = self.window.editors.edit(scenarios_dir() / SCENARIO)
            assert editor is not None
            editor.resize(self.window.size())
            editor.tabs.setCurrentIndex(EDITOR_PAGES.index(page))
            if page == "lesson":
                editor.lesson.tree.choose(("step", 0, "question", 0))
            else:
                editor.workload.tree.choose(("run", 2))
            self._until(lambda: editor.checked is not None)
            if mistakes:
                text = editor.document.text
                for right, wrong in MISTAKES:
                    text = text.replace(right, wrong, 1)
                editor.document.change(text, "")
                self._until(lambda: bool(editor.problems))
            return editor

        return there

    def _empty(self, panel: str) -> None:
        """A panel of a run that was opened just now: nothing has happened, nothing is selected, compared or sought."""
        from engine.resources import scenarios_dir

        window = self.window
        self._full = False
        before = window.frame.moment.epoch if window.frame is not None else None
        window.open(scenarios_dir() / SCENARIO)
        self._until(lambda: bool(window.frame and window.frame.moment.epoch != before and window.frame.moment.complete))
        window.select(())
        window.docks.find.words.clear()
        window.docks.call(panel)

    def _open(self) -> None:
        from app.moment import Selected, Thing
        from engine.resources import scenarios_dir

        window = self.window
        window.open(scenarios_dir() / SCENARIO)
        self._until(lambda: window.frame is not None and window.frame.moment.complete)
        window.player.jump(AT)
        self._until(lambda: window.frame is not None and window.frame.moment.transition.number == AT)
        window.worker.change("machine.page_cluster", 0)
        self._until(lambda: window.frame is not None and len(window.frame.branches) > 1)
        window.branching.switch(0)
        window.player.jump(AT)
        self._until(lambda: bool(window.frame and not window.frame.branch and
                                 window.frame.moment.transition.number == AT))  # fmt: skip
        window.select((Selected(Thing.PAGE, 42, 1),))
        window.docks.find.words.setText(SOUGHT)
        window.stopping.search(SOUGHT)
        window.stopping.add(SOUGHT)
        window.arrangements.reset()
        self._full = True

    def _welcome(self) -> None:
        """The first page, its scenarios with their pictures where those are drawn soon."""
        page = self.window.welcome
        self.window.show_welcome()
        end = time.monotonic() + PICTURES_WAIT
        while time.monotonic() < end and not (page.cards and all(card.pictured for card in page.cards)):
            self._settle(0.1)

    def _made(self, told: Course | None) -> bool:
        """The lesson that is open has its questions, and is another than one told in another language."""
        course = self.window.docks.lesson.course
        return course is not None and course is not told and (course.lesson is not None or not course.steps)

    def _show_problems(self) -> None:
        broken = self.folder / "broken.toml"
        broken.write_text('format = 1\ntitle = "Something is wrong here"\nseed = -3\n\n[machine]\ndesign = "swapdesc"\n'
                          'frames = "many"\n', encoding="utf-8")  # fmt: skip
        self.window.open(broken)
        self._until(lambda: self.window.pages.currentWidget() is self.window.problems)
        broken.unlink()

    def _back(self) -> None:
        """What is not to be seen in the next picture."""
        from app.shell.machines import Beside

        window = self.window
        for editor in window.editors.open:
            editor.document.steps.undo()  # mistakes: with nothing to keep it closes without a question
        window.editors.close_all()
        window.lecture.leave()
        if window.frame is not None and window.pages.currentWidget() is window.machines:
            window.comparing.choose(())
            window.looks.scale_type(0)
            window.looks.choose_depth("mechanism")
            window.comparing.show_beside(Beside.SIDE)
            window.looks.choose_arrangement("explore")
            window.arrangements.reset()
        window.resize(self.screen.width // self.screen.scale, self.screen.height // self.screen.scale)

    # -- pictures -----------------------------------------------------------------------------

    def _take(self, name: str, shown: QWidget) -> None:
        self._settle()
        file = f"{self.screen}-{name}.png"
        shown.grab().save(str(self.folder / file), "PNG")
        self.taken.append(file)
        print(file, flush=True)

    def _settle(self, seconds: float = 0.35) -> None:
        """Let the engine answer and the window draw itself."""
        wait(seconds)

    def _until(self, there: Callable[[], bool]) -> None:
        end = time.monotonic() + LONGEST_WAIT
        while not there():
            if time.monotonic() > end:
                raise TimeoutError("the window did not come to what was to be drawn")
            self._settle(0.02)


def wait(seconds: float) -> None:
    """Let everything happen that is to happen, also what is only deleted once a loop of events is left."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def asking() -> list[str]:
    """Names of the actions that open a dialogue: those whose text says so, and those of the Help menu."""
    from app import actions

    of_help = dict(actions.MENUS)["&Help"]
    return [spec.name for spec in actions.SPECS if spec.text.endswith("…") or spec.name in of_help]


def look_at_dialogues(window: MainWindow, name: str, look: Callable[[QWidget], object]) -> int:
    """Trigger an action, hand each dialogue that it opens to ``look`` and close it; returns how many there were."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QDialog

    seen: list[int] = []
    looking = False

    def found() -> None:
        nonlocal looking
        for widget in () if looking else QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                looking = True
                seen.append(id(widget))
                look(widget)
                widget.reject()
                looking = False
                return

    timer = QTimer()
    timer.setInterval(100)
    timer.timeout.connect(found)
    timer.start()
    if window.actions_by_name[name].isEnabled():
        window.actions_by_name[name].trigger()  # returns when a dialogue that waits for an answer is closed
    wait(0.4)  # one that does not wait is there by then
    timer.stop()
    return len(seen)


def draw(folder: Path, screen: Screen, only: str) -> None:
    """All pictures of one screen, in this process."""
    from app.application import make_window

    window = make_window(compile_engine=False)
    Camera(window, folder, screen, only).take_all()
    window.close()


def _screen_file(folder: Path, screen: Screen) -> Path:
    """A screen of that size for Qt's platform without a display: what fills the screen is then as large."""
    file = folder / "screen.json"
    whole = {"name": "screen", "x": 0, "y": 0, "width": screen.width, "height": screen.height,
             "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    file.write_text(json.dumps({"synchronousWindowSystemEvents": False, "windowFrameMargins": False,
                                "screens": [whole]}), encoding="utf-8")  # fmt: skip
    return file


def write_page(folder: Path) -> Path:
    """The page that shows every picture of the folder, by size; returns its file."""
    pictures = sorted(folder.glob("*.png"))
    cards = "\n".join(
        f'<a href="{html.escape(file.name)}"><img loading="lazy" src="{html.escape(file.name)}" alt=""><br>'
        f"{html.escape(file.stem)}</a>" for file in pictures
    )  # fmt: skip
    page = folder / "index.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><title>Swapscope: every picture</title><style>"
        "body{font:14px sans-serif;background:#222;color:#ddd;display:grid;gap:16px;"
        "grid-template-columns:repeat(auto-fill,minmax(420px,1fr))}a{color:inherit}img{width:100%}</style>\n" + cards,
        encoding="utf-8",
    )
    return page


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m app.contact_sheet", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--size", type=Screen.of, metavar="WIDTHxHEIGHT[@SCALE]", help="only this size")
    parser.add_argument("--only", default="", help="only pictures with this in their name")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    screens = SCREENS if asked.size is None else (asked.size,)
    if asked.here:
        draw(asked.folder, screens[0], asked.only)
        return 0
    for screen in screens:
        settings = tempfile.TemporaryDirectory()  # nobody's own
        platform = f"offscreen:configfile={_screen_file(asked.folder, screen)}"
        environment = {**os.environ, "QT_QPA_PLATFORM": platform, "QT_LOGGING_RULES": "qt.qpa.*=false",
                       "QT_SCALE_FACTOR": str(screen.scale), "SWAPSCOPE_CONFIG_DIR": settings.name}  # fmt: skip
        command = [sys.executable, "-m", "app.contact_sheet", str(asked.folder), "--size", str(screen), "--only",
                   asked.only, "--here"]  # fmt: skip
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
    print(write_page(asked.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
