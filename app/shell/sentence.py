"""The bar that says in one sentence what the current transition did, and where in the run it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app import theme
from app.moment import Moment
from app.timeline.density import DRAWN
from app.timeline.tips import of_lane
from app.words.numbers import count, duration
from app.words.speaking import Speaker
from app.words.terms import tip

ROWS = dict(DRAWN)
"""Names of the timeline's rows by their lanes."""


class _Dot(QWidget):
    """The lane's colour."""

    def __init__(self) -> None:
        super().__init__()
        self.lane = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(theme.px(12), theme.px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().lane_colours[self.lane]))
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        painter.end()


class SentenceBar(QFrame):
    """Kernel function, sentence, number and time of the transition at the cursor."""

    why_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("What happened"))
        self._speaker = Speaker(self)
        self._dot = _Dot()
        self.function = QLabel()
        self.text = QLabel()
        self.place = QLabel()
        self.function.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.place.setProperty("dim", True)
        self.why = QToolButton()
        self.why.setText(self.tr("Why?"))
        self.why.setToolTip(self.tr("The chain of causes of this transition, or of where the selected thing is.  [W]"))
        self.why.setAccessibleName(self.tr("Why?"))
        self.why.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.why.clicked.connect(lambda _on=False: self.why_asked.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(14), theme.px(6), theme.px(14), theme.px(6))
        row.setSpacing(theme.px(12))
        row.addWidget(self._dot)
        row.addWidget(self.function)
        row.addWidget(self.text, 1)
        row.addWidget(self.why)
        row.addWidget(self.place)
        self._lane = 0
        theme.switch().changed.connect(self._dress)
        self._dress()

    def show_moment(self, moment: Moment) -> None:
        """Say what the moment's transition did."""
        transition = moment.transition
        function = transition.kind.function
        self.function.setText(f"{function}()" if function else "")
        self.function.setVisible(bool(function))
        meaning = tip("", function, transition.kind.name)
        self.function.setToolTip(meaning)
        self.text.setToolTip(meaning)
        row = ROWS.get(transition.kind.lane)
        self._dot.setToolTip(of_lane(row) if row else "")
        if self.text.text() != moment.sentence:
            self.text.setText(moment.sentence)
            self.setAccessibleDescription(moment.sentence)
        self._speaker.show_moment(moment)
        known = count(moment.length) + ("" if moment.complete else "+")
        self.place.setToolTip(
            self.tr("A transition is one step of the machine that means something; the run is all of them in order.\n"
                    "t is the machine's own time: what accesses, compression and the disk take.")
        )  # fmt: skip
        branch = f"{moment.branch} · " if moment.branch else ""
        self.place.setText(
            branch
            + self.tr("transition {number} of {length} · t = {time}").format(
                number=count(transition.number), length=known, time=duration(transition.time_ns)
            )
        )
        if transition.kind.lane != self._lane:
            self._lane = int(transition.kind.lane)
            self._dress()

    def _dress(self) -> None:
        colours = theme.current()
        self._dot.lane = self._lane
        self._dot.update()
        self.function.setFont(theme.mono(13))
        self.function.setStyleSheet(f"color: {colours.lane_colours[self._lane]}")
        self.text.setFont(theme.font(13.5))
        self.place.setFont(theme.font(12))
        self.why.setFont(theme.font(12))
        self.why.setFixedHeight(theme.px(26))
        self.setMinimumHeight(theme.px(40))

