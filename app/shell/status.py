"""The line at the bottom: what takes long and how to stop it, what the engine is, and notices."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget

from app import actions, theme
from app.shell.health import HealthBadge
from app.shell.topbar import Elided
from app.thread.compiling import Compiling
from app.thread.frames import Frame
from app.words.numbers import count

SETTLE_MS = 150
"""What the engine says and the frame it is about are two messages: the second comes so long after the first at most."""


class StatusLine(QStatusBar):
    """Says one thing at a time."""

    cancelled = Signal()
    """What takes long is to be stopped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._notice = Elided()
        self._notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._dismiss = QToolButton()
        self._dismiss.setProperty("flat", True)
        self._dismiss.setProperty("tight", True)  # the usual distances would leave no room for its cross
        self._dismiss.setToolTip(self.tr("Dismiss"))
        self._dismiss.setAccessibleName(self.tr("Dismiss the notice"))
        self._dismiss.clicked.connect(self.dismiss)
        self._busy = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = QToolButton()
        self._stop.setText(self.tr("Stop"))
        self._stop.setAccessibleName(self.tr("Stop what takes long"))
        self._stop.clicked.connect(self.cancelled)
        self._engine = QLabel()
        self.health = HealthBadge()
        self.addWidget(self._notice, 1)
        self.addWidget(self._dismiss)
        for widget in (self._busy, self._bar, self._stop, self.health, self._engine):
            self.addPermanentWidget(widget)
        for label in (self._notice, self._busy, self._engine):
            label.setProperty("dim", True)
        self._lasting = self._spoken = False
        self._here = self._spoken_at = (0, 0)
        """Transition and branch that are shown, and those that the notice is about."""
        self._settle = QTimer(self)
        """Runs for a moment behind a notice: a frame that comes meanwhile is the one the notice is about."""
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._run_in_sight = True
        self._progress = ""
        """How far along the run the cursor is."""
        self.messageChanged.connect(self._give_way)
        self.dismiss()
        self.busy("")
        theme.switch().changed.connect(self._dress)
        self._dress()

    def say(self, text: str, lasting: bool = False, more: str = "") -> None:
        """A notice; a lasting one stays until dismissed, another until the cursor moves."""
        self._notice.setText(text)
        self._spoken, self._spoken_at = bool(text), self._here
        self._settle.start()
        self._notice.setToolTip(more or text)
        self._lasting = lasting
        self._give_way(self.currentMessage())

    def said(self) -> str:
        """The notice now shown."""
        return self._notice.text()

    def dismiss(self) -> None:
        """Take the notice away."""
        self.say("")

    def busy(self, text: str, fraction: float = -1.0) -> None:
        """What takes long, and how far it is (0 … 1; negative: it cannot be said). Empty: nothing does."""
        self._busy.setText(text)
        for widget in (self._busy, self._bar, self._stop):
            widget.setVisible(bool(text))
        self._bar.setRange(0, 0 if fraction < 0 else 1000)
        if fraction >= 0:
            self._bar.setValue(round(fraction * 1000))

    def engine(self, text: str, tip: str = "") -> None:
        """Which engine runs, or that it is being compiled."""
        self._engine.setText(text)
        self._engine.setToolTip(tip)

    def show_compilation(self, compilation: Compiling) -> None:
        """Which engine runs, or that it is being compiled."""
        if compilation.ready:
            self.engine(self.tr("engine: compiled"), self.tr("Machine code, made by Numba from the model."))
        elif compilation.error:
            self.engine(self.tr("engine: plain Python"), compilation.error)
        elif compilation.under_way:
            self.engine(
                self.tr("compiling the engine… plain Python until then"),
                self.tr("Done once after an installation or an upgrade. Everything works meanwhile, only slower."),
            )
        else:
            self.engine(
                self.tr("engine: plain Python"),
                self.tr("The model runs without machine code: everything works, only slower."),
            )

    def engine_said(self) -> str:
        """What is said of the engine now."""
        return self._engine.text()

    def show_run(self, in_sight: bool) -> None:
        """Whether the machine is on screen: elsewhere nothing is said of it."""
        self._run_in_sight = in_sight
        self.health.setVisible(in_sight)
        if not self._lasting and not self._spoken:
            self._notice.setText(self._progress if in_sight else "")

    def show_frame(self, frame: Frame) -> None:
        """What the worker is busy with, and how far the run is known."""
        busy, fraction = frame.busy, frame.fraction
        if busy and fraction >= 0:
            busy = self.tr("{what}: {percent} %").format(what=busy, percent=round(fraction * 100))
        self.busy(busy, fraction)
        here = self._here = (frame.moment.transition.number, frame.branch)
        if self._settle.isActive():
            self._settle.stop()
            self._spoken_at = here
        total = len(frame.moment.program.ops)
        self._progress = self.tr("operation {number} of {total}").format(
            number=count(frame.operations), total=count(total)
        )
        if self._run_in_sight and not self._lasting and not (self._spoken and here == self._spoken_at):
            self._spoken = False
            self._notice.setText(self._progress)
            self._notice.setToolTip(
                self.tr("An operation is what a program does: it reads or writes a page, forks, ends.\n"
                        "The machine answers each with one transition or with many.")
            )  # fmt: skip

    def _give_way(self, tip: str) -> None:
        """While the tip of an action is told, the notice is hidden by us, not by Qt: Qt's way is undone by a layout."""
        self._notice.setVisible(not tip)
        self._dismiss.setVisible(self._lasting and not tip)

    def _dress(self) -> None:
        font = theme.font(11.5)
        for widget in (self._notice, self._busy, self._engine, self._stop):
            widget.setFont(font)
        self._bar.setFixedWidth(theme.px(140))
        self._stop.setFixedHeight(theme.px(20))
        self._dismiss.setFixedSize(theme.px(20), theme.px(20))
        self._dismiss.setIconSize(QSize(theme.px(14), theme.px(14)))
        self.setFixedHeight(theme.px(26))
        self._dismiss.setIcon(actions.icon("mdi6.close", theme.current().dim))
        self.setContentsMargins(theme.px(10), 0, theme.px(10), theme.px(2))
