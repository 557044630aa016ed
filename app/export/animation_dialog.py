"""Asks for the span and the pace of an animation, draws it while the window lives on, and can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
)

from app import theme
from app.export.animation import MOST_FRAMES, Animation, Shown, check_form, forms
from engine.errors import InputError
from engine.timeline import Timeline

if TYPE_CHECKING:
    from app.shell.window import MainWindow

USUAL_SPAN = 60
ERRAND = "animation"


class AnimationDialog(QDialog):
    """One animation; closing it stops what is under way."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        assert window.frame is not None
        self._window = window
        self.setWindowTitle(self.tr("Save animation"))
        self.made: Animation | None = None
        self._output = Path()
        moment = window.frame.moment
        here = moment.transition.number
        self.first = self._number(0, moment.length, here, self.tr("First transition"))
        self.last = self._number(0, moment.length, min(moment.length, here + USUAL_SPAN), self.tr("Last transition"))
        self.rate = self._number(1, 30, 8, self.tr("Pictures a second"))
        self.note = QLabel(self.tr("A span of more than {most} transitions is drawn with some left out.").format(
            most=MOST_FRAMES))  # fmt: skip
        self.note.setProperty("dim", True)
        self.note.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress of the animation"))
        self.bar.hide()  # until there is some
        self.save = QPushButton(self.tr("Save…"))
        self.save.setDefault(True)
        self.save.clicked.connect(self.ask_and_begin)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        form = QFormLayout(self)
        form.setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(14))
        form.setVerticalSpacing(theme.px(10))
        for field in (self.first, self.last, self.rate):
            form.addRow(field.accessibleName(), field)
        form.addRow(self.note)
        form.addRow(self.bar)
        form.addRow(buttons)
        self.setMinimumWidth(theme.px(380))
        self._clock = QTimer(self)
        self._clock.setInterval(0)
        self._clock.timeout.connect(self._step)
        window.worker.told.connect(self._told)

    def ask_and_begin(self) -> None:
        """Ask for the file, and draw."""
        kinds = " ".join(f"*{form}" for form in forms())
        stem = self._window.path.stem if self._window.path else "swapscope"
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), f"{stem}.gif", self.tr("Animations ({kinds})").format(kinds=kinds)
        )
        if chosen:
            self.begin(Path(chosen))

    def begin(self, output: Path) -> None:
        """Draw into a file."""
        try:
            check_form(output)
        except InputError as error:
            self._say(str(error))
            return
        self._output = output
        for widget in (self.save, self.first, self.last, self.rate):
            widget.setEnabled(False)
        self.bar.setRange(0, 0)  # how long the engine is busy cannot be said
        self.bar.show()
        self._window.player.pause()
        self._window.worker.begin(ERRAND, _twin)

    def _told(self, name: str, answer: object) -> None:
        """A timeline for the animation has come from the engine's thread."""
        if name != ERRAND or self.made is not None or not isinstance(answer, Timeline):
            return
        window = self._window
        comparing = window.comparing
        shown = Shown(
            window.showing.selection, comparing.others, tuple(comparing.names()), comparing.beside, window.canvas.looks
        )
        try:
            self.made = Animation(
                answer.program, self.first.value(), self.last.value(), self._output, rate=self.rate.value(),
                depth=window.canvas.detail, timeline=answer, shown=shown,
            )  # fmt: skip
        except InputError as error:
            self._say(str(error))
            return
        self.bar.setRange(0, 1000)
        self._clock.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is under way is stopped, and leaves no file."""
        self._clock.stop()
        self._window.worker.drop(ERRAND)
        self._window.worker.told.disconnect(self._told)
        if self.made is not None:
            self.made.close()
            self.made = None
        super().closeEvent(event)
        self.deleteLater()

    def reject(self) -> None:
        """Escape closes as the button does."""
        self.close()

    def _step(self) -> None:
        if self.made is None:
            return
        try:
            going = self.made.step()
        except InputError as error:
            self._clock.stop()
            self._say(str(error))
            return
        self.bar.setValue(round(self.made.share * 1000))
        if not going:
            self._window.status.say(self.tr("Saved {name}").format(name=self._output))
            self.close()

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.setProperty("danger", True)
        self.note.style().polish(self.note)

    def _number(self, low: int, high: int, value: int, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(low, high)
        field.setValue(value)
        field.setAccessibleName(name)
        return field


def _twin(timeline: Timeline) -> Iterator[object]:
    yield timeline.twin()
