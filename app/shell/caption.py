"""The caption of lecture mode: the sentence in large type, and how far along the run it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.moment import Moment
from app.words.numbers import count, duration


class _Way(QWidget):
    """A thin line: the part of the run that is behind."""

    def __init__(self) -> None:
        super().__init__()
        self.share, self.lane = 0.0, 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        for width, colour in ((whole.width(), theme.current().raised_edge),
                              (whole.width() * self.share, theme.current().lane_colours[self.lane])):  # fmt: skip
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, width, whole.height()), whole.height() / 2, whole.height() / 2)
        painter.end()


class Caption(QFrame):
    """What happened, to be read from the last row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.setObjectName("caption")
        self.setAccessibleName(self.tr("Caption"))
        self.text, self.function, self.place = QLabel(), QLabel(), QLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.place.setProperty("dim", True)
        self.way = _Way()
        small = QHBoxLayout()
        small.addWidget(self.function)
        small.addStretch(1)
        small.addWidget(self.place)
        self._column = QVBoxLayout(self)
        self._column.addLayout(small)
        self._column.addWidget(self.text, 1)
        self._column.addWidget(self.way)
        theme.switch().changed.connect(self._dress)
        self._dress()

    def show_moment(self, moment: Moment) -> None:
        """Say what the moment's transition did."""
        if not self.isVisible():
            return
        kind = moment.transition.kind
        self.text.setText(moment.sentence)
        self.setAccessibleDescription(moment.sentence)
        self.function.setText(f"{kind.function}()" if kind.function else "")
        branch = f"{moment.branch} · " if moment.branch else ""
        known = count(moment.length) + ("" if moment.complete else "+")
        self.place.setText(
            branch
            + self.tr("{number} of {length} · t = {time}").format(
                number=count(moment.transition.number), length=known, time=duration(moment.transition.time_ns)
            )
        )
        self.way.share = moment.transition.number / max(1, moment.length)
        if int(kind.lane) != self.way.lane:
            self.way.lane = int(kind.lane)
            self._dress()
        self.way.update()

    def _dress(self) -> None:
        self.text.setFont(theme.font(23, bold=True))
        self.function.setFont(theme.mono(15))
        self.function.setStyleSheet(f"color: {theme.current().lane_colours[self.way.lane]}")
        self.place.setFont(theme.font(15))
        # Two lines have room, so that the machine above does not move from step to step.
        self.text.setMinimumHeight(2 * self.text.fontMetrics().lineSpacing() + theme.px(2))
        self.way.setFixedHeight(theme.px(4))
        self._column.setContentsMargins(theme.px(18), theme.px(8), theme.px(18), theme.px(10))
        self._column.setSpacing(theme.px(4))
        if self.parentWidget() is not None and self.parentWidget().layout() is not None:
            self.parentWidget().layout().setSpacing(theme.px(8))
