"""The run that is open: scenarios, replays and policies of one's own are read here, and what is wrong is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app import actions, theme
from app.canvas import Depth
from app.export import replay as replays
from app.shell.arrangements import NAMES as ARRANGEMENTS
from app.shell.arrangements import from_text
from app.shell.machines import Beside
from app.thread.file_watch import FileWatch
from app.thread.lesson import Course, LessonMaker
from app.thread.loading import policy_loader, scenario_loader
from app.words.language import language
from app.words.refusal import refusal
from engine.errors import InputError
from engine.phrase import phrase
from engine.program import Program
from engine.resources import scenarios_dir

if TYPE_CHECKING:
    from app.shell.window import MainWindow
    from app.thread.frames import Frame


class Opening(QObject):
    """Has the worker of one window open files, and puts the window in order for what was opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.path: Path | None = None
        """The scenario that is open, or that could not be opened."""
        self.sets: tuple[str, ...] = ()
        """What was set besides, as ``--set`` takes it."""
        self._remembered = True
        """The open file belongs among the recent ones."""
        self._replay: replays.Replay | None = None
        """The replay that is being opened."""
        self._replay_file: Path | None = None
        """Its file."""
        self.under_way = False
        """Something is being opened: what is refused now is refused of it."""
        self._run: tuple[Path | None, tuple[str, ...], bool] | None = None
        """Of the run that the worker has: its file, what was set besides, and whether it is remembered."""
        self._title = ""
        """What that run is called."""
        self._doubt = ""
        """The notice that a replay shows another machine, while it is one of what is open."""
        self._file = FileWatch(self)
        self._lessons = LessonMaker(self)
        self._file.saved.connect(self._file_saved)
        self._lessons.made.connect(self._show_course)
        window.worker.opened.connect(self._opened)
        window.worker.refused.connect(self._refused)
        window.worker.broken.connect(self._broken)

    # -- asked for ------------------------------------------------------------------------------

    def open(self, path: Path, sets: tuple[str, ...] = (), remembered: bool = True) -> None:
        """Open a scenario, with values changed as ``--set`` does, or a replay; what is wrong with it is shown."""
        window = self._window
        self._replay, self._replay_file, self._remembered = None, None, remembered
        if self._doubt and window.status.said() == self._doubt:
            window.status.dismiss()
        self._doubt = ""
        path = Path(path).resolve()
        self._file.watch(path)
        if path.suffix.lower() == replays.SUFFIX:
            self._replay_file = path
            try:
                self._replay = replays.load(path)
                sets, path = self._replay.sets, self._replay.scenario(path.parent)
            except InputError as error:
                self.path, self.sets, self._replay, self.under_way = path, (), None, True
                self._refused(error)
                return
        self.path, self.sets = path, sets
        window.player.pause()
        reading = self.tr("Reading {name}").format(name=path.name)
        window.status.busy(reading)
        begin = self._replay.apply if self._replay is not None else None
        self.under_way = True
        window.worker.open(scenario_loader(path, sets), reading, begin)
        self.make_lesson()
        self._file.watch(path)

    def reload(self) -> None:
        """Read the open file again."""
        if self.path is not None:
            self.open(self.path, self.sets, self._remembered)

    def go_back(self) -> None:
        """From the first page, or from what is wrong with another file, to the run that was seen before."""
        window = self._window
        if self._run is None or window.frame is None or window.pages.currentWidget() is window.machines:
            return
        here = (self.path, self.sets)
        self.path, self.sets, self._remembered = self._run
        window.pages.setCurrentWidget(window.machines)
        window.docks.show_run(True)
        actions.set_run_open(window.actions_by_name, True)
        window.show_title(self._title)
        if self.path is not None and here != (self.path, self.sets):
            self._file.watch(self.path)
            self.make_lesson()
        window.showing.show_again()
        window.canvas.setFocus()

    def show_way_back(self) -> None:
        """Offer the way back where there is one."""
        window = self._window
        there = self._run is not None and window.frame is not None
        away = there and window.pages.currentWidget() is not window.machines
        window.actions_by_name["to_run"].setEnabled(away)
        for page in (window.welcome, window.problems):
            page.offer_back(away)

    def open_instance(self, seed: int) -> None:
        """The open scenario with another seed: the same questions about another run."""
        if self.path is not None:
            self.open(self.path, (f"seed={seed}",), self._remembered)

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        start = str(self.path.parent if self.path else scenarios_dir())
        kinds = self.tr("Scenarios and replays (*.toml *.swapscope)")
        chosen, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open"), start, kinds)
        if chosen:
            self.open(Path(chosen))

    def open_dropped(self, event: QDropEvent) -> None:
        """Open the first file that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open(Path(files[0]))

    def ask_and_use_policy(self) -> None:
        """Choose a policy file, and run its code only after a yes."""
        kinds = self.tr("Python files (*.py)")
        chosen, _ = QFileDialog.getOpenFileName(self._window, self.tr("Policy of your own"), "", kinds)
        if not chosen:
            return
        question = self.tr("This runs the Python code in {file}. Use only policies whose author you trust.")
        answer = QMessageBox.question(self._window, self.tr("Policy of your own"), question.format(file=chosen))
        if answer == QMessageBox.StandardButton.Yes:
            self.use_policy(Path(chosen))

    def use_policy(self, policy: Path) -> None:
        """The scenario that is open, once more, with a policy of one's own deciding what leaves memory or the pool."""
        window = self._window
        if self.path is None:
            return
        window.player.pause()
        say = self.tr("{name} decides").format(name=policy.name)
        window.status.busy(say)
        if window.docks.has("lesson"):
            window.docks.lesson.set_course(None)  # its steps and answers are those of another run
        self.under_way = True
        window.worker.open(policy_loader(self.path, self.sets, policy, window.worker.is_wanted), say)

    # -- answered by the worker -----------------------------------------------------------------

    def _opened(self, program: Program) -> None:
        window = self._window
        self.under_way = False
        language().names = {}
        self._run, self._title = (self.path, self.sets, self._remembered), program.title
        window.showing.clear(program)
        window.bookmarks.open(self.path)
        window.actions_by_name["loop"].setChecked(False)
        window.show_title(program.title)
        window.pages.setCurrentWidget(window.machines)
        window.docks.show_run(not window.lecture.on)
        actions.set_run_open(window.actions_by_name, True)
        window.status.busy("")
        if self.path is not None and self._remembered:
            window.settings.note_opened(self.path)
        if self._replay is not None:
            window.showing.selection = self._replay.selection
            self._show_look(self._replay.look)
        window.canvas.setFocus()

    def _show_look(self, look: replays.Look) -> None:
        """As the window was when a replay was saved, as far as that is known here."""
        window = self._window
        if look.theme in theme.THEMES:
            window.looks.choose_theme(look.theme)
        if look.depth in set(Depth):
            window.looks.choose_depth(look.depth)
        if look.machines in set(Beside):
            window.comparing.show_beside(Beside(look.machines))
        layout = from_text(look.layout)
        if look.arrangement in ARRANGEMENTS and not window.lecture.on:
            window.looks.choose_arrangement(look.arrangement)
            if layout is not None:
                window.docks.restore(layout)

    def first_frame(self, frame: Frame) -> None:
        """A frame is about to be shown. If it is the first of a replay, it is compared as it was when it was saved;
        if it is not the moment that was saved, it is said."""
        replay, self._replay = self._replay, None
        if replay is None:
            return
        self._window.comparing.take_up(replay.compared, frame)
        if replay.state and replays.state_of(frame.moment.view) not in ("", replay.state):
            self._doubt = self.tr("The model has changed since this replay was saved: the machine is another one.")
            self._window.status.say(self._doubt, True)

    def _refused(self, error: InputError) -> None:
        window = self._window
        if not self.under_way and window.frame is not None:
            # A change that the machine cannot have: the run is as it was.
            window.status.say(refusal(error), True)
            return
        self.under_way = False
        if self._replay_file is not None:
            error = inside(error, self.path, self._replay_file)
            self.path, self.sets = self._replay_file, ()
            self._file.watch(self.path)
        window.painted_once()
        window.player.stopped()
        self._replay = None
        window.lecture.leave()
        window.status.busy("")
        mendable = self.path is not None and self.path.is_file() and self.path.suffix.lower() != replays.SUFFIX
        window.problems.show_problems(self.path.name if self.path else self.tr("This"), error, mendable)
        window.pages.setCurrentWidget(window.problems)
        window.docks.show_run(False)
        window.show_title("")
        actions.set_run_open(window.actions_by_name, False)
        window.actions_by_name["reload"].setEnabled(self.path is not None)
        window.actions_by_name["edit"].setEnabled(mendable)

    def _broken(self, text: str) -> None:
        self._window.player.stopped()
        last = text.strip().splitlines()[-1]
        say = self.tr("The engine stopped with a mistake of its own: {text}").format(text=last)
        self._window.status.say(say, True, text)

    # -- the file and its lesson ----------------------------------------------------------------

    def set_follow(self) -> None:
        """Reload a saved file, or not; remembered."""
        self._window.settings.set("follow_file", self._window.actions_by_name["follow"].isChecked())

    def _file_saved(self) -> None:
        if self._window.settings.get("follow_file") and not self._window.editors.spoiled(self.path):
            self.reload()

    def make_lesson(self) -> None:
        """The lesson of the open scenario, once there is a panel to show it."""
        if self.path is not None and self._window.docks.has("lesson"):
            self._lessons.make(self.path, self.sets)

    def _show_course(self, course: Course) -> None:
        """The lesson of the run that is open, with the title in the language of the window."""
        window = self._window
        window.docks.lesson.set_course(course)
        if window.pages.currentWidget() is window.machines:
            self._title = course.title
            window.show_title(course.title)
            language().names = course.marks
            window.showing.show_marks()

    def close(self) -> None:
        """Watch no file any more, and end the thread that makes lessons."""
        self._file.stop()
        self._lessons.close()


def inside(error: InputError, scenario: Path | None, replay: Path) -> InputError:
    """What is wrong with the scenario in a replay, told of the replay: the person knows no other file."""
    told = []
    for problem in error.problems:
        if scenario is not None and problem.file == str(scenario) and scenario != replay:
            what = phrase("in its scenario {name}: {what}", name=scenario.name, what=problem.what)
            if problem.line is not None:
                what = phrase(
                    "in line {line} of its scenario {name}: {what}",
                    line=problem.line, name=scenario.name, what=problem.what,
                )  # fmt: skip
            problem = replace(problem, what=what, file=str(replay), line=None)
        told.append(problem)
    return InputError(told)
