"""The badge in the status line: whether the machine on screen keeps every invariant; a click tells which there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QToolButton, QVBoxLayout, QWidget

from app import actions, theme
from app.panels.widgets import scrolled
from app.words.said import declared
from engine.invariants import INVARIANTS, Broken, broken

if TYPE_CHECKING:
    from app.thread.frames import Frame
    from app.thread.worker import Worker
    from engine.timeline import Timeline

REST_MS = 200
"""The cursor must rest so long before the machine is examined."""


def examine(timeline: Timeline) -> Iterator[object]:
    """The errand: which invariants are broken at the cursor."""
    yield timeline.cursor, tuple(broken(timeline.view, timeline.program))


class HealthBadge(QToolButton):
    """Green and quiet while all is well; red, with the first broken rule, when not; dim while nobody knows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("health")
        self.setProperty("flat", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.found: tuple[Broken, ...] | None = None
        self.at = 0
        self.clicked.connect(self.tell)
        theme.switch().changed.connect(self.restyle)
        self.show_found(None)

    def show_found(self, found: tuple[Broken, ...] | None, at: int = 0) -> None:
        """What was found at a transition; None: not examined yet."""
        self.found, self.at = found, at
        if found is None:
            text, tip = self.tr("invariants"), self.tr("Rules that always hold, such as: no slot has two owners.\n"
                                                       "They are examined whenever the cursor rests.")  # fmt: skip
        elif not found:
            text = self.tr("all {count} invariants hold").format(count=len(INVARIANTS))
            tip = self.tr("Rules that always hold, such as: no slot has two owners.\n"
                          "Examined at transition {at}; click for what they are.").format(at=at)  # fmt: skip
        else:
            text = self.tr("broken: {name}").format(name=found[0].invariant)
            tip = "\n".join(str(one) for one in found)
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.restyle()

    def restyle(self) -> None:
        """Colour and size of the theme."""
        now = theme.current()
        colour = now.dim if self.found is None else now.danger if self.found else now.active
        name = "mdi6.shield-alert" if self.found else "mdi6.shield-check-outline"
        self.setIcon(actions.icon(name, colour))
        self.setIconSize(QSize(theme.px(14), theme.px(14)))
        self.setFont(theme.font(11.5, bold=bool(self.found)))
        self.setFixedHeight(theme.px(20))

    def tell(self) -> None:
        """Show every invariant, broken ones first."""
        HealthDialog(self.found, self.at, self.window()).exec()


class HealthDialog(QDialog):
    """Every invariant with its meaning; broken ones first, with the numbers by which they are."""

    def __init__(self, found: tuple[Broken, ...] | None, at: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Invariants at transition {at}").format(at=at))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        now = theme.current()
        body = QWidget()
        column = QVBoxLayout(body)
        wrong = {one.invariant: one.sentence for one in found or ()}
        for invariant in sorted(INVARIANTS, key=lambda one: one.name not in wrong):
            bad = invariant.name in wrong
            mark = "?" if found is None else "✗" if bad else "✓"
            colour = now.dim if found is None else now.danger if bad else now.active
            text = wrong.get(invariant.name) or declared(invariant.meaning)
            name = f"<b>{_safe(invariant.name)}</b>"
            label = QLabel(f'<span style="color:{colour}">{mark}</span> {name}<br>{_safe(text)}')
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setWordWrap(True)
            label.setFont(theme.font(12.5))
            column.addWidget(label)
        column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addWidget(scrolled(body), 1)
        outer.addWidget(buttons)
        self.resize(theme.px(520), theme.px(560))


class Health(QObject):
    """Has the machine examined once the cursor rests, and shows what was found."""

    def __init__(self, worker: Worker, badge: HealthBadge, parent: QObject) -> None:
        super().__init__(parent)
        self._worker, self._badge = worker, badge
        self._shown: tuple[int, int, int, int] | None = None
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(REST_MS)
        self._clock.timeout.connect(lambda: worker.begin("invariants", examine))
        worker.told.connect(self._told)

    def show_frame(self, frame: Frame) -> None:
        """Another frame: examine it once nothing moves any more."""
        moment = frame.moment
        here = (moment.epoch, frame.branch, len(frame.branches), moment.transition.number)
        if here != self._shown:
            self._shown = here
            if self._badge.found is not None:
                self._badge.show_found(None)
            self._clock.start()
        elif moment.playing:
            self._clock.start()

    def stop(self) -> None:
        """Examine nothing any more."""
        self._clock.stop()

    def _told(self, name: str, answer: Any) -> None:
        if name == "invariants":
            at, found = answer
            if self._shown is not None and at == self._shown[3]:
                self._badge.show_found(found, at)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
