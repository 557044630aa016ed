"""The main window: makes the views and what drives them, connects the two, and remembers how it was left."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import actions, theme
from app.editor.editors import Editors
from app.moment import Selected
from app.panels.transport import EventMenu, Transport
from app.settings import Settings
from app.shell.arrangements import Arrangements, as_text, from_text
from app.shell.docks import Docks
from app.shell.focus_keys import FocusKeys
from app.shell.health import Health
from app.shell.lecture import Lecture
from app.shell.looks import Looks
from app.shell.machines import Machines
from app.shell.menus import Menus
from app.shell.problems import ProblemsPage
from app.shell.sentence import SentenceBar
from app.shell.showing import Showing
from app.shell.status import StatusLine
from app.shell.topbar import TopBar
from app.shell.welcome import WelcomePage
from app.steering.bookmarks import Bookmarks
from app.steering.branching import Branching
from app.steering.charting import Charting
from app.steering.comparing import Comparing
from app.steering.going import Going
from app.steering.lesson_steps import LessonSteps
from app.steering.opening import Opening
from app.steering.reasons import Reasons
from app.steering.stopping import Stopping
from app.thread.compiling import compiling
from app.thread.frames import Frame
from app.thread.gallery import Described, Gallery
from app.thread.player import Player
from app.thread.worker import Worker
from app.timeline.view import TimelineView
from engine.resources import scenarios_dir

if TYPE_CHECKING:
    from app.steering.saving import Saving

AFTER_PAINT_MS = 20
"""After the first thing there is to show, what can wait begins."""
FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(1280, 800)


class MainWindow(QMainWindow):
    """One window, one run."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setAnimated(False)
        self.settings = settings
        self.worker = Worker(self)
        self.player = Player(self.worker, self)
        self.actions_by_name = actions.build(self)
        self._events = EventMenu(self.player, self)
        self._build_views()
        self._build_drivers()
        self.menus = Menus(self, self._events)
        self._connect()
        self._focus_keys = FocusKeys(self)
        self._restore_layout()
        self.looks.show_choices()
        actions.set_run_open(self.actions_by_name, False)
        self.show_title("")
        self.show_welcome()
        if settings.notice:
            self.status.say(settings.notice, lasting=True)
        self.editors.tell_left_behind()
        self.worker.start()

    # -- building -------------------------------------------------------------------------------

    def _build_views(self) -> None:
        """What is seen."""
        self.topbar = TopBar(Transport(self.player, self.actions_by_name, self._events), self.actions_by_name)
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
        self.sentence.why_asked.connect(lambda: self.docks.call("why"))
        self.timeline = TimelineView()
        self.docks = Docks(self, self._bottom())
        self.arrangements = Arrangements(self.docks, self.settings)
        self.status = StatusLine()
        self.setStatusBar(self.status)

    def _build_drivers(self) -> None:
        """What hands moments to the views and does what they wish."""
        self._scenarios: list[Described] = []
        self.gallery = Gallery(scenarios_dir(), self)
        self._after_paint = QTimer(self)
        self._after_paint.setSingleShot(True)
        self._after_paint.setInterval(AFTER_PAINT_MS)
        self._started = False
        self.bookmarks = Bookmarks(self.settings, self)
        self.editors = Editors(self)
        self.comparing = Comparing(self.worker, self.player, self.docks, self.machines, self.settings, self)
        self.reasons = Reasons(self.worker, self.player, self.docks, self.status, self)
        self.stopping = Stopping(self.worker, self.player, self.docks, self.status, self)
        self.charting = Charting(self.worker, self.docks, self.timeline, self.comparing, self.settings, self)
        self.lesson_steps = LessonSteps(self.worker, self.timeline, self.docks, self.settings, self)
        self.health = Health(self.worker, self.status.health, self)
        self.branching = Branching(self)
        self.showing = Showing(self)
        self.opening = Opening(self)
        self.going = Going(self)
        self.looks = Looks(self)

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
        worker.ended.connect(self.player.stopped)
        self.status.cancelled.connect(self.player.pause)
        self.status.cancelled.connect(worker.cancel)
        for view in self.showing.views():
            self._grant(view)
        self.comparing.chosen.connect(self._mark_comparing)
        self.docks.made.connect(self._furnished)
        self.docks.named("transitions").visibilityChanged.connect(worker.want_table)
        self.timeline.span_changed.connect(worker.watch)
        self.welcome.chosen.connect(self.open)
        self.welcome.open_requested.connect(self.opening.ask_and_open)
        self.welcome.new_requested.connect(self.editors.new)
        for page in (self.welcome, self.problems):
            page.back_requested.connect(self.opening.go_back)
        self.pages.currentChanged.connect(self.opening.show_way_back)
        self.pages.currentChanged.connect(lambda page: self.status.show_run(self.pages.widget(page) is self.machines))
        self.problems.retry_requested.connect(self.opening.reload)
        self.problems.edit_requested.connect(lambda: self.editors.edit(self.path))
        self.problems.welcome_requested.connect(self.show_welcome)
        self.gallery.described.connect(self._described)
        self.gallery.pictured.connect(self.welcome.show_pictures)
        self._after_paint.timeout.connect(self.docks.begin)
        self._after_paint.timeout.connect(self.gallery.start)
        compiling().changed.connect(self.show_engine)
        self.looks.dress()

    def _mark_comparing(self) -> None:
        self.actions_by_name["compare"].setChecked(bool(self.comparing.others))

    def _grant(self, view: Any) -> None:
        """Do what a view wishes."""
        for signal, wish in (("selected", self.select), ("jump_requested", self.player.jump),
                             ("change_requested", self.branching.change),
                             ("shock_requested", self.branching.strike_named)):  # fmt: skip
            if hasattr(view, signal):
                getattr(view, signal).connect(wish)

    def _furnished(self, name: str, panel: Any) -> None:
        """A panel was made: connect it, and show it what the others show."""
        self._grant(panel)
        if name == "lesson":
            panel.instance_requested.connect(self.opening.open_instance)
            self.lesson_steps.follow(panel)
            self.opening.make_lesson()
        elif name == "branches":
            self.branching.follow(panel)
        elif name == "charts":
            self.charting.follow(panel)
        elif name == "compare":
            panel.branch_chosen.connect(self.branching.switch)
            self.comparing.follow(panel)
        elif name == "why":
            self.reasons.follow(panel)
        elif name == "find":
            self.stopping.follow(panel)
        self.showing.catch_up(name, panel)

    def showEvent(self, event: QShowEvent) -> None:
        """The first page is all there is to show, or else a run is coming."""
        super().showEvent(event)
        if self.path is None:
            self.painted_once()

    def painted_once(self) -> None:
        """All that the first paint does not need, now that it is near."""
        if not self._started:
            self._started = True
            self._after_paint.start()

    # -- what is shown --------------------------------------------------------------------------

    @property
    def frame(self) -> Frame | None:
        """The frame now shown."""
        return self.showing.frame

    @property
    def path(self) -> Path | None:
        """The scenario that is open, or that could not be opened."""
        return self.opening.path

    @property
    def scenarios(self) -> list[Described]:
        """The scenarios that come with Swapscope, as far as they are read."""
        return self._scenarios

    def open(self, path: Path, sets: tuple[str, ...] = (), remembered: bool = True) -> None:
        """Open a scenario, with values changed as ``--set`` does, or a replay; what is wrong with it is shown."""
        self.opening.open(path, sets, remembered)

    def select(self, things: tuple[Selected, ...]) -> None:
        """Light these everywhere."""
        self.showing.select(things)

    def show_welcome(self) -> None:
        """The page of scenarios."""
        self.player.pause()
        self.lecture.leave()
        self.welcome.show_recent(self.settings.recent())
        self.pages.setCurrentWidget(self.welcome)
        self.docks.show_run(False)
        self.show_title("")
        actions.set_run_open(self.actions_by_name, False)
        self.opening.show_way_back()

    def show_title(self, title: str) -> None:
        """What is open, above and in the window's title; empty: nothing."""
        self.topbar.show_title(title)
        self.setWindowTitle(f"{title} · Swapscope" if title else "Swapscope")

    def show_engine(self) -> None:
        """Say which engine runs, or that it is being compiled; called again when that is done."""
        if compiling().ready:
            self.worker.use_compiled()
        self.status.show_compilation(compiling())

    def dress_edges(self) -> None:
        """The distance around the machine; panels on its right bring their own."""
        right = theme.px(8) if self.lecture.on else 0
        self._around.setContentsMargins(theme.px(8), theme.px(8), right, right)

    def _described(self, scenarios: list[Described]) -> None:
        self._scenarios = scenarios
        self.welcome.show_scenarios(scenarios)
        self.welcome.show_recent(self.settings.recent())
        self.menus.show_scenarios(scenarios)

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self.settings.forget_recent()
        self.welcome.show_recent([])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file was dropped."""
        self.opening.open_dropped(event)

    # -- remembered -----------------------------------------------------------------------------

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
        """Remember the layout and end all threads; an editor with something unsaved may hold it back."""
        if not self.editors.close_all():
            event.ignore()
            return
        self.lecture.leave()
        self._remember_layout()
        self._started = True  # what waits for the first paint is not begun any more
        self._after_paint.stop()
        self.showing.stop()
        self.health.stop()
        self.gallery.close()
        self.opening.close()
        self.worker.close()
        super().closeEvent(event)

    # -- loaded when first asked for: the start need not wait for it -------------------------------

    @cached_property
    def saving(self) -> Saving:
        """Pictures, replays and animations as files."""
        from app.steering.saving import Saving

        return Saving(self)

    def show_palette(self) -> None:
        """The command palette."""
        from app.shell.palette import Palette

        Palette(self).show()

    def show_glossary(self) -> None:
        """What the words mean."""
        from app.shell.glossary import Glossary

        Glossary(self).show()

    def show_shortcuts(self) -> None:
        """All keys at a glance."""
        from app.shell.dialogs import Shortcuts

        Shortcuts(self).exec()

    def show_about(self) -> None:
        """What this is."""
        from app.shell.dialogs import About

        About(self).exec()
