"""The main window: puts the views together, hands each frame to them, and turns their wishes into commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QInputDialog,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import actions, theme
from app.arrangements import NAMES as ARRANGEMENTS
from app.arrangements import Arrangements, as_text, from_text
from app.bookmarks import Bookmarks
from app.branching import Branching
from app.canvas import Depth
from app.canvas.motion import Amount
from app.charting import Charting
from app.comparing import Comparing
from app.compiling import compiling
from app.docks import Docks
from app.editor.editors import Editors
from app.export import replay as replays
from app.file_watch import FileWatch
from app.focus_keys import FocusKeys
from app.frames import Frame, Table
from app.gallery import Described, Gallery
from app.health import Health
from app.language import language
from app.lecture import Lecture
from app.lesson import Course, LessonMaker
from app.lesson_steps import LessonSteps
from app.machines import Beside, Machines
from app.menus import Menus
from app.moment import Moment, Selected
from app.numbers import count
from app.panels.transport import EventMenu, Transport
from app.player import SPEED_STEPS, Player, Unit
from app.problems import ProblemsPage
from app.reasons import Reasons
from app.said import said
from app.sentence import SentenceBar
from app.settings import Settings
from app.status import StatusLine
from app.stopping import Stopping
from app.timeline.marks import Mark, marks_of
from app.timeline.view import TimelineView
from app.topbar import TopBar
from app.welcome import WelcomePage
from app.worker import Worker, policy_loader, scenario_loader
from engine.errors import InputError
from engine.mm import transitions as tr
from engine.program import Program
from engine.resources import scenarios_dir

if TYPE_CHECKING:
    from app.saving import Saving

FRAME_MS = 16
"""At most one frame is shown in this time."""
AFTER_PAINT_MS = 20
"""After the first thing there is to show, what can wait begins."""


FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(1280, 800)


class MainWindow(QMainWindow):
    """One window, one run."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Swapscope")
        self.setAcceptDrops(True)
        self.setAnimated(False)
        self.settings = settings
        self.worker = Worker(self)
        self.player = Player(self.worker, self)
        self.frame: Frame | None = None
        self.path: Path | None = None
        self._sets: tuple[str, ...] = ()
        self._remembered = True
        """The open file belongs among the recent ones."""
        self._replay: replays.Replay | None = None
        """The replay that is being opened."""
        self._selection: tuple[Selected, ...] = ()
        self._scenarios: list[Described] = []
        self._samples: object = None
        self._table: Table | None = None
        self._span: Table | None = None
        self._started = False
        self._restore_player()

        self.actions_by_name = actions.build(self)
        self._events = EventMenu(self.player, self)
        self._build_views()
        self.menus = Menus(self, self._events)
        self._connect()
        self._focus_keys = FocusKeys(self)
        self._restore_layout()
        self._show_choices()
        actions.set_run_open(self.actions_by_name, False)
        self.show_welcome()
        if settings.notice:
            self.status.say(settings.notice, lasting=True)
        self.editors.tell_left_behind()
        self.worker.start()

    # -- building -------------------------------------------------------------------------------

    def _build_views(self) -> None:
        transport = Transport(self.player, self.actions_by_name, self._events)
        self.topbar = TopBar(transport, self.actions_by_name)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.topbar)
        self.machines = Machines()
        self.canvas = self.machines.canvas
        self.welcome = WelcomePage()
        self.problems = ProblemsPage()
        self.pages = QStackedWidget()
        for page in (self.welcome, self.machines, self.problems):
            self.pages.addWidget(page)
        holder = QWidget()
        self._around = QVBoxLayout(holder)
        self._around.addWidget(self.pages)
        self.setCentralWidget(holder)
        self.lecture = Lecture(self, self._around)
        self.sentence = SentenceBar()
        self.timeline = TimelineView()
        self.docks = Docks(self, self._bottom())
        self.arrangements = Arrangements(self.docks, self.settings)
        self.status = StatusLine()
        self.status.cancelled.connect(self.player.pause)
        self.status.cancelled.connect(self.worker.cancel)
        self.setStatusBar(self.status)

        self._frame_clock = QTimer(self)
        self._frame_clock.setSingleShot(True)
        self._frame_clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame_clock.timeout.connect(self._show_newest)
        self._since_frame = QElapsedTimer()
        self._since_frame.start()
        self._file = FileWatch(self)
        self.gallery = Gallery(scenarios_dir(), self)
        self.lessons = LessonMaker(self)
        self.bookmarks = Bookmarks(self.settings, self)
        self.editors = Editors(self)
        self.comparing = Comparing(self.worker, self.player, self.docks, self.machines, self.settings, self)
        self.reasons = Reasons(self.worker, self.player, self.docks, self.status, self)
        self.stopping = Stopping(self.worker, self.player, self.docks, self.status, self)
        self.branching = Branching(self)
        self.charting = Charting(self.worker, self.docks, self.timeline, self.comparing, self.settings, self)
        self.lesson_steps = LessonSteps(self.worker, self.timeline, self.docks, self.settings, self)
        self.health = Health(self.worker, self.status.health, self)

    def _bottom(self) -> QWidget:
        """Sentence above, timeline below."""
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(theme.px(8), 0, theme.px(8), theme.px(2))
        column.setSpacing(theme.px(8))
        column.addWidget(self.sentence)
        card = QFrame()
        card.setProperty("card", True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.timeline)
        column.addWidget(card, 1)
        return body

    def _connect(self) -> None:
        worker = self.worker
        worker.ready.connect(self._frame_ready)
        worker.opened.connect(self._opened)
        worker.refused.connect(self._refused)
        worker.broken.connect(self._broken)
        worker.ended.connect(self.player.stopped)
        for view in self._views():
            self._grant(view)
        self.docks.made.connect(self._furnished)
        self.timeline.span_changed.connect(worker.watch)
        self.docks.named("transitions").visibilityChanged.connect(worker.want_table)
        self.lessons.made.connect(self._show_course)
        for name in ("why", "compare", "charts"):
            # Not at once: what is in sight is only known once the dock is laid out.
            seen = self.docks.named(name).visibilityChanged
            seen.connect(lambda there: there and QTimer.singleShot(0, self, self._show_late))
        self.bookmarks.changed.connect(self._show_marks)
        self.timeline.loop_requested.connect(self._loop)
        self.comparing.changed.connect(self._show_choices)
        self.welcome.chosen.connect(self.open)
        self.welcome.open_requested.connect(self.ask_and_open)
        self.welcome.new_requested.connect(self.editors.new)
        self.problems.retry_requested.connect(self.reload)
        self.problems.edit_requested.connect(lambda: self.editors.edit(self.path))
        self.problems.welcome_requested.connect(self.show_welcome)
        self.gallery.described.connect(self._described)
        self.gallery.pictured.connect(self.welcome.show_pictures)
        self._file.saved.connect(self._file_saved)
        self.player.changed.connect(self._remember_player)
        theme.switch().changed.connect(self._dress)
        compiling().changed.connect(self.show_engine)
        self._dress()

    def _grant(self, view: Any) -> None:
        """Do what a view wishes."""
        for signal, wish in (("selected", self.select), ("jump_requested", self.player.jump),
                             ("change_requested", self._change),
                             ("shock_requested", self.branching.strike_named)):  # fmt: skip
            if hasattr(view, signal):
                getattr(view, signal).connect(wish)

    def _furnished(self, name: str, panel: Any) -> None:
        """A panel was made: connect it, and show it what the others show."""
        self._grant(panel)
        if name == "lesson":
            panel.instance_requested.connect(self.open_instance)
            self.lesson_steps.follow(panel)
            self._make_lesson()
        elif name == "branches":
            panel.switch_wanted.connect(self.switch_branch)
            panel.rename_wanted.connect(self.worker.rename_branch)
            panel.remove_wanted.connect(self.remove_branch)
            panel.compare_wanted.connect(self.comparing.choose_branch)
        elif name == "charts":
            self.charting.follow(panel)
        elif name == "compare":
            panel.branch_chosen.connect(self.switch_branch)
            self.comparing.follow(panel)
        elif name == "why":
            self.reasons.follow(panel)
        elif name == "find":
            self.stopping.follow(panel)
        frame = self.frame
        if frame is None or self.pages.currentWidget() is not self.machines:
            return
        if name == "charts":
            panel.set_series(frame.series)
        elif name == "transitions" and self._table is not None:
            self._show_table(self._table)
        elif name == "branches":
            panel.show_branches(frame.branches, frame.branch)
        panel.show_moment(self.told_moment(frame))

    def showEvent(self, event: QShowEvent) -> None:
        """The first page is all there is to show, or else a run is coming."""
        super().showEvent(event)
        if self.path is None:
            self._painted_once()

    def _painted_once(self) -> None:
        """All that the first paint does not need, now that it is near."""
        if not self._started:
            self._started = True
            QTimer.singleShot(AFTER_PAINT_MS, self, self.docks.begin)
            QTimer.singleShot(AFTER_PAINT_MS, self, self.gallery.start)

    def _make_lesson(self) -> None:
        """The lesson of the open scenario, once there is a panel to show it."""
        if self.path is not None and self.docks.has("lesson"):
            self.lessons.make(self.path, self._sets)

    def _views(self) -> Iterator[Any]:
        """Everything that shows moments."""
        yield self.machines
        yield from self.docks.panels
        yield self.sentence
        yield self.timeline
        yield self.lecture.caption
        yield self.lecture.spotlight

    # -- opening --------------------------------------------------------------------------------

    def open(self, path: Path, sets: tuple[str, ...] = (), remembered: bool = True) -> None:
        """Open a scenario, with values changed as ``--set`` does, or a replay; what is wrong with it is shown."""
        self._replay, self._remembered = None, remembered
        path = Path(path).resolve()
        if path.suffix.lower() == replays.SUFFIX:
            try:
                self._replay = replays.load(path)
                sets, path = self._replay.sets, self._replay.scenario(path.parent)
            except InputError as error:
                self.path, self._replay = path, None
                self._refused(error)
                return
        self.path, self._sets = path, sets
        self.player.pause()
        self.status.busy(self.tr("Reading {name}").format(name=self.path.name))
        begin = self._replay.apply if self._replay is not None else None
        self.worker.open(scenario_loader(self.path, sets), self.tr("Reading {name}").format(name=self.path.name), begin)
        self._make_lesson()
        self._file.watch(self.path)

    def ask_and_use_policy(self) -> None:
        """Choose a policy file, and run its code only after a yes."""
        kinds = self.tr("Python files (*.py)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Policy of your own"), "", kinds)
        if not chosen:
            return
        question = self.tr("This runs the Python code in {file}. Use only policies whose author you trust.")
        answer = QMessageBox.question(self, self.tr("Policy of your own"), question.format(file=chosen))
        if answer == QMessageBox.StandardButton.Yes:
            self.use_policy(Path(chosen))

    def use_policy(self, policy: Path) -> None:
        """The scenario that is open, once more, with a policy of one's own deciding what leaves memory or the pool."""
        if self.path is None:
            return
        self.player.pause()
        say = self.tr("{name} decides").format(name=policy.name)
        self.status.busy(say)
        if self.docks.has("lesson"):
            self.docks.lesson.set_course(None)  # its steps and answers are those of another run
        self.worker.open(policy_loader(self.path, self._sets, policy, self.worker.is_wanted), say)

    def reload(self) -> None:
        """Read the open file again."""
        if self.path is not None:
            self.open(self.path, self._sets, self._remembered)

    def open_instance(self, seed: int) -> None:
        """The open scenario with another seed: the same questions about another run."""
        if self.path is not None:
            self.open(self.path, (f"seed={seed}",), self._remembered)

    def ask_and_open(self) -> None:
        """Ask for a file and open it."""
        start = str(self.path.parent if self.path else scenarios_dir())
        kinds = self.tr("Scenarios and replays (*.toml *.swapscope)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open"), start, kinds)
        if chosen:
            self.open(Path(chosen))

    def _opened(self, program: Program) -> None:
        self._selection = ()
        self._samples = None
        language().names = {}
        self.comparing.clear()
        self.reasons.clear()
        self.stopping.clear(program)
        self.timeline.clear()
        self.bookmarks.open(self.path)
        self.actions_by_name["loop"].setChecked(False)
        self.machines.clear()
        self._show_title(program.title)
        self.pages.setCurrentWidget(self.machines)
        self.docks.show_run(not self.lecture.on)
        actions.set_run_open(self.actions_by_name, True)
        self.status.busy("")
        if self.path is not None and self._remembered:
            self.settings.note_opened(self.path)
        self._table = self._span = None
        if self._replay is not None:
            self._selection = self._replay.selection
            self._show_look(self._replay.look)
        self.canvas.setFocus()

    def _show_look(self, look: replays.Look) -> None:
        """As the window was when a replay was saved, as far as that is known here."""
        if look.theme in theme.THEMES:
            self.choose_theme(look.theme)
        if look.depth in set(Depth):
            self.choose_depth(look.depth)
        layout = from_text(look.layout)
        if look.arrangement in ARRANGEMENTS and not self.lecture.on:
            self.choose_arrangement(look.arrangement)
            if layout is not None:
                self.docks.restore(layout)

    def _check_replay(self, frame: Frame) -> None:
        """Say so when the moment of a replay is not what it was when it was saved."""
        replay, self._replay = self._replay, None
        if replay is not None and replay.state and replays.state_of(frame.moment.view) not in ("", replay.state):
            self.status.say(
                self.tr("The model has changed since this replay was saved: the machine is another one."), True
            )

    def _refused(self, error: InputError) -> None:
        self._painted_once()
        self.player.stopped()
        self._replay = None
        self.lecture.leave()
        self.status.busy("")
        self.problems.show_problems(self.path.name if self.path else self.tr("This"), error)
        self.pages.setCurrentWidget(self.problems)
        self.docks.show_run(False)
        self.topbar.show_title("")
        self.setWindowTitle("Swapscope")
        actions.set_run_open(self.actions_by_name, False)
        for name in ("reload", "edit"):
            self.actions_by_name[name].setEnabled(self.path is not None)

    def _broken(self, text: str) -> None:
        self.player.stopped()
        last = text.strip().splitlines()[-1]
        self.status.say(self.tr("The engine stopped with a mistake of its own: {text}").format(text=last), True, text)

    def _file_saved(self) -> None:
        if self.settings.get("follow_file") and not self.editors.spoiled(self.path):
            self.reload()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open(Path(files[0]))

    # -- showing --------------------------------------------------------------------------------

    def _frame_ready(self) -> None:
        if self._frame_clock.isActive():
            return
        self._frame_clock.start(max(0, FRAME_MS - self._since_frame.elapsed()))

    def _show_newest(self) -> None:
        self._since_frame.restart()
        frame = self.worker.take()
        if frame is not None:
            self._show_frame(frame)

    def _show_frame(self, frame: Frame) -> None:
        self.frame = frame
        self._check_replay(frame)
        if self.pages.currentWidget() is self.problems:
            return
        samples = (frame.moment.epoch, frame.branch, len(frame.series.transition))
        if samples != self._samples:
            self._samples = samples
            self.timeline.show_series(frame.series)
            self.canvas.show_series(frame.series)
            if self.docks.has("charts"):
                self.docks.charts.set_series(frame.series)
            self._show_marks()
        if frame.table is not self._table:
            self._table = frame.table
            self._show_table(frame.table)
        if frame.span is not self._span:
            self._span = frame.span
            self.timeline.show_records(frame.span.records)
        self._show_moment()
        self.status.show_frame(frame)
        self.health.show_frame(frame)
        self.comparing.show_frame(frame)
        if self.docks.has("branches"):
            self.docks.branches.show_branches(frame.branches, frame.branch)
        self._painted_once()

    def _show_table(self, table: Table) -> None:
        if not self.docks.has("transitions"):
            return
        self.docks.transitions.set_records(table.records, [said(sentence) for sentence in table.sentences])

    def _show_moment(self) -> None:
        """Hand the moment to every view that can be seen."""
        if self.frame is None:
            return
        moment = self.told_moment(self.frame)
        for view in self._views():
            view.show_moment(moment)
        self.reasons.show_frame(self.frame, self._selection)
        self.stopping.show_frame(self.frame, self._selection)
        self.charting.show_frame(self.frame, self._selection)

    def told_moment(self, frame: Frame) -> Moment:
        """A frame's moment in the language that is shown, with what is selected here."""
        moment = frame.moment
        return replace(moment, selection=self._selection, sentence=said(moment.sentence))

    def show_again(self) -> None:
        """Hand the same moment out once more: a view has come into sight."""
        self._show_moment()

    def _show_late(self) -> None:
        """A panel that asks the engine has come into sight."""
        if self.frame is not None and self.pages.currentWidget() is self.machines:
            self.reasons.show_frame(self.frame, self._selection)
            self.comparing.show_frame(self.frame)
            self.charting.show_frame(self.frame, self._selection)

    def select(self, things: tuple[Selected, ...]) -> None:
        """Light these everywhere."""
        self._selection = tuple(things)
        self._show_moment()

    def switch_branch(self, number: int) -> None:
        """Show another branch; 0 is the run as the scenario has it."""
        self.player.pause()
        self.worker.switch_branch(number)

    def _show_marks(self) -> None:
        """The scenario's marks and the bookmarks, as flags on the timeline."""
        marks = [Mark(one.name, one.at, own=True) for one in self.bookmarks]
        if self.frame is not None:
            marks = marks_of(self.frame.moment.program, self.frame.series, language().names) + marks
        self.timeline.show_marks(marks)
        if self.frame is not None:
            self.charting.show_frame(self.frame, self._selection)

    def ask_and_bookmark(self) -> None:
        """Ask for a name for this moment; the bookmark that is here is renamed, or taken away by an empty name."""
        if self.frame is None:
            return
        number = self.frame.moment.transition.number
        there = self.bookmarks.at(number)
        name = there.name if there else self.tr("transition {number}").format(number=count(number))
        label = self.tr("Name of this moment; empty takes its bookmark away:")
        text, good = QInputDialog.getText(self, self.tr("Bookmark"), label, text=name)
        if good:
            self.bookmarks.put(number, text)

    def seek_bookmark(self, direction: int) -> None:
        """To the next (1) or last (-1) bookmark."""
        if self.frame is not None:
            found = self.bookmarks.neighbour(self.frame.moment.transition.number, direction)
            if found is None:
                self.status.say(self.tr("There is no bookmark in this direction."))
            else:
                self.player.jump(found.at)

    def toggle_loop(self) -> None:
        """Play the part of the run that the timeline shows again and again, or the whole run again."""
        first, last = self.timeline.span
        self._loop(None if self.timeline.loop else (round(first), round(last)))

    def _loop(self, span: tuple[int, int] | None) -> None:
        self.timeline.show_loop(span)
        self.actions_by_name["loop"].setChecked(span is not None)
        self.worker.loop(span)

    def remove_branch(self, number: int) -> None:
        """Forget a branch and those that left it; a comparison with a branch ends, as their numbers change."""
        self.player.pause()
        self.comparing.forget_branches()
        self.worker.remove_branch(number)

    def _change(self, key: str, value: object) -> None:
        self.player.pause()
        self.worker.change(key, int(value))  # type: ignore[call-overload]

    def show_welcome(self) -> None:
        """The page of scenarios."""
        self.player.pause()
        self.lecture.leave()
        self.welcome.show_recent(self.settings.recent())
        self.pages.setCurrentWidget(self.welcome)
        self.docks.show_run(False)

    def _show_course(self, course: Course) -> None:
        """The lesson of the run that is open, with the title in the language of the window."""
        self.docks.lesson.set_course(course)
        if self.pages.currentWidget() is self.machines:
            self._show_title(course.title)
            language().names = course.marks
            self._show_marks()

    def _show_title(self, title: str) -> None:
        self.topbar.show_title(title)
        self.setWindowTitle(f"{title} · Swapscope")

    def _described(self, scenarios: list[Described]) -> None:
        self._scenarios = scenarios
        self.welcome.show_scenarios(scenarios)
        self.welcome.show_recent(self.settings.recent())
        self.menus.show_scenarios(scenarios)

    def show_engine(self) -> None:
        """Say which engine runs, or that it is being compiled; called again when that is done."""
        compilation = compiling()
        if compilation.ready:
            self.worker.use_compiled()
            self.status.engine(self.tr("engine: compiled"), self.tr("Machine code, made by Numba from the model."))
        elif compilation.error:
            self.status.engine(self.tr("engine: plain Python"), compilation.error)
        elif compilation.under_way:
            self.status.engine(
                self.tr("compiling the engine… plain Python until then"),
                self.tr("Done once after an installation or an upgrade. Everything works meanwhile, only slower."),
            )
        else:
            self.status.engine(
                self.tr("engine: plain Python"),
                self.tr("The model runs without machine code: everything works, only slower."),
            )

    # -- going ----------------------------------------------------------------------------------

    def ask_and_jump(self) -> None:
        """Ask for a transition's number and go there."""
        if self.frame is None:
            return
        moment = self.frame.moment
        known = count(moment.length) + ("" if moment.complete else self.tr(" so far"))
        number, good = QInputDialog.getInt(
            self, self.tr("Jump to transition"), self.tr("Transition, 0 to {known}:").format(known=known),
            moment.transition.number, 0, 2**31 - 1,
        )  # fmt: skip
        if good:
            self.player.jump(number)

    def seek_fault(self, direction: int) -> None:
        """To the next or previous fault."""
        self.player.seek(frozenset({tr.FAULT}), direction)

    def seek_mark(self, direction: int) -> None:
        """To the scenario's next or previous mark."""
        self.player.seek(frozenset({tr.MARK}), direction)

    def change_speed(self, by: int) -> None:
        """Move the speed slider."""
        self.player.choose_speed(self.player.position + by)

    def compare(self) -> None:
        """Show the comparison; with the other design, where nothing was chosen yet."""
        self.comparing.call_panel()
        if not self.comparing.others and self.frame is not None:
            self.comparing.choose((self.comparing.offers(self.frame)[0].variant,))

    def show_machines(self, how: str) -> None:
        """The machines that are compared side by side or overlaid, or only ours; where there is one, another comes."""
        self.comparing.show_beside(Beside(how))
        if how != Beside.ALONE and not self.comparing.others:
            self.compare()

    def open_find(self) -> None:
        """The keyboard into the field of the search, with the panel in front."""
        self.docks.call("find")
        self.docks.find.words.setFocus()
        self.docks.find.words.selectAll()

    def show_why(self) -> None:
        """Why this happened, and the life of what is selected; pressed again it is closed."""
        if self.docks.toggle("why"):
            self._show_moment()

    # -- looks ----------------------------------------------------------------------------------

    def choose_theme(self, choice: str) -> None:
        """Dark, light or as the system, from now on."""
        self.settings.set("theme", choice)
        theme.switch().choose(choice)
        self._show_choices()

    def choose_language(self, code: str) -> None:
        """All texts in another language, from now on."""
        self.settings.set("language", code)
        language().choose(code)
        self._show_choices()
        if self._table is not None:
            self._show_table(self._table)
        self.menus.show_scenarios(self._scenarios)
        if self.frame is not None and self.path is not None and self.docks.run_shown:
            self.lessons.make(self.path, self._sets)
        self.show_again()

    def toggle_theme(self) -> None:
        """The other of dark and light."""
        self.choose_theme("light" if theme.current().dark else "dark")

    def scale_type(self, factor: float) -> None:
        """Everything written larger or smaller by a factor; 0: as it was."""
        if self.lecture.on:
            self.lecture.scale_type(factor)
            return
        theme.switch().resize_type(theme.switch().scale * factor if factor else 1.0)
        self.settings.set("type_scale", theme.switch().scale)

    def choose_motion(self, amount: str) -> None:
        """How much moves on its way: ``none``, ``short`` or ``full``."""
        self.settings.set("motion", amount)
        self.canvas.amount = Amount(amount)
        self.actions_by_name[f"motion_{amount}"].setChecked(True)

    def choose_depth(self, depth: str) -> None:
        """How much of the machine is told: ``story``, ``mechanism`` or ``kernel``."""
        self.settings.set("depth", depth)
        self.machines.set_depth(Depth(depth))
        self.actions_by_name[f"depth_{depth}"].setChecked(True)

    def set_legend(self) -> None:
        """The legend under the machine, or more room for the machine."""
        shown = self.actions_by_name["legend"].isChecked()
        self.machines.set_legend(shown)
        self.settings.set("legend", shown)

    def toggle_full_screen(self) -> None:
        """On the whole screen, or as before."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.actions_by_name["full"].setChecked(self.isFullScreen())

    def escape(self) -> None:
        """Out of the lecture; else what takes long is stopped."""
        if self.lecture.on:
            self.lecture.leave()
        else:
            self.player.pause()

    def arrange_anew(self) -> None:
        """The panels of this arrangement as they come."""
        self.arrangements.reset()

    def choose_arrangement(self, name: str) -> None:
        """Another arrangement of the panels, as it was left."""
        self.arrangements.choose(name)
        self.actions_by_name[f"arrange_{self.arrangements.current}"].setChecked(True)
        if name == "compare":
            self.compare()
        self.show_again()

    def _dress(self) -> None:
        actions.dress(self.actions_by_name)
        self.actions_by_name["play_back"].setIcon(actions.icon("mdi6.play", flip=True))
        self.dress_edges()
        self.player.changed.emit()

    def dress_edges(self) -> None:
        """The distance around the machine; panels on its right bring their own."""
        right = theme.px(8) if self.lecture.on else 0
        self._around.setContentsMargins(theme.px(8), theme.px(8), right, right)

    def _show_choices(self) -> None:
        self.actions_by_name[theme.switch().choice].setChecked(True)
        self.actions_by_name[f"arrange_{self.arrangements.current}"].setChecked(True)
        self.actions_by_name[f"language_{language().code}"].setChecked(True)
        for name, key in (("follow", "follow_file"), ("lesson_stops", "lesson_stops")):
            self.actions_by_name[name].setChecked(self.settings.get(key))
        self.actions_by_name["legend"].setChecked(self.settings.get("legend"))
        self.actions_by_name[f"machines_{self.comparing.beside}"].setChecked(True)
        self.machines.set_legend(self.settings.get("legend"))
        motion, depth = self.settings.get("motion"), self.settings.get("depth")
        self.choose_motion(motion if motion in {str(amount) for amount in Amount} else "full")
        self.choose_depth(depth if depth in set(Depth) else "mechanism")

    # -- remembered -----------------------------------------------------------------------------

    def set_follow(self) -> None:
        """Reload a saved file, or not."""
        self.settings.set("follow_file", self.actions_by_name["follow"].isChecked())

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self.settings.forget_recent()
        self.welcome.show_recent([])

    def _restore_player(self) -> None:
        self.player.position = min(SPEED_STEPS, max(0, self.settings.get("speed")))
        kinds = {kind.name: kind.number for kind in tr.KINDS}
        self.player.event_kind = kinds.get(self.settings.get("event"), tr.WRITE_BACK)
        if self.settings.get("unit") in set(Unit):
            self.player.unit = Unit(self.settings.get("unit"))

    def _remember_player(self) -> None:
        self.settings.set("speed", self.player.position)
        self.settings.set("unit", str(self.player.unit))
        self.settings.set("event", tr.KINDS[self.player.event_kind].name)

    def _restore_layout(self) -> None:
        # As large as looks best, but not larger than the screen, nor smaller than all panels need.
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize().expandedTo(LEAST_SIZE)))
        self.docks.arrange(self.arrangements.current)
        for key, restore in (("geometry", self.restoreGeometry), ("layout", self.docks.restore)):
            kept = from_text(self.settings.get(key))
            if kept is not None:
                restore(kept)

    def _remember_layout(self) -> None:
        self.settings.set("geometry", as_text(self.saveGeometry()))
        self.settings.set("layout", as_text(self.docks.save()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout and end both threads; an editor with something unsaved may hold it back."""
        if not self.editors.close_all():
            event.ignore()
            return
        self.lecture.leave()
        self._remember_layout()
        self._frame_clock.stop()
        self._file.stop()
        self.health.stop()
        self.gallery.close()
        self.lessons.close()
        self.worker.close()
        super().closeEvent(event)

    @property
    def scenarios(self) -> list[Described]:
        """The scenarios that come with Swapscope, as far as they are read."""
        return self._scenarios

    @property
    def sets(self) -> tuple[str, ...]:
        """What was set besides the open scenario, as ``--set`` takes it."""
        return self._sets

    @property
    def selection(self) -> tuple[Selected, ...]:
        """What is lit everywhere."""
        return self._selection

    # -- loaded when first asked for: the start need not wait for it -------------------------------

    @cached_property
    def saving(self) -> Saving:
        """Pictures, replays and animations as files."""
        from app.saving import Saving

        return Saving(self)

    def show_palette(self) -> None:
        """The command palette."""
        from app.palette import Palette

        Palette(self).show()

    def show_glossary(self) -> None:
        """What the words mean."""
        from app.glossary import Glossary

        Glossary(self).show()

    def show_shortcuts(self) -> None:
        """All keys at a glance."""
        from app.dialogs import Shortcuts

        Shortcuts(self).exec()

    def show_about(self) -> None:
        """What this is."""
        from app.dialogs import About

        About(self).exec()
